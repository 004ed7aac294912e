"""What waits in the outbox, read and locked for whoever is about to claim it."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, func, or_, select

from patentwatch.model import Channel, State
from patentwatch.store.brake import BRAKED
from patentwatch.store.outbox import ALERTS, UNMADE, id_chunks
from patentwatch.store.tables import alerts, messages


def any_waiting(connection: Connection, channel: Channel, *, now: datetime) -> bool:
    """Whether a message of a channel could be tried now."""
    query = select(messages.c.id).where(
        messages.c.state == State.PENDING.value,
        messages.c.not_before_at <= now,
        messages.c.channel == channel.value,
    )
    return connection.execute(query.limit(1)).first() is not None


def waiting(
    connection: Connection,
    channel: Channel,
    *,
    now: datetime,
    limit: int,
    after: tuple[int, int] | None,
    least_tried: bool = False,
) -> list[Row[Any]]:
    """Return messages that may be tried now, most urgent first, locked for us.

    `after` is the (severity, id) of the last one seen in this run, so that a run
    tries each message once. `least_tried`: those first that were tried least, so that
    one mailbox that never answers does not speak for a whole transport.
    """
    query = select(messages).where(
        messages.c.state == State.PENDING.value,
        messages.c.not_before_at <= now,
        messages.c.channel == channel.value,
    )
    if after is not None:
        severity, last_id = after
        query = query.where(
            (messages.c.severity < severity)
            | ((messages.c.severity == severity) & (messages.c.id > last_id))
        )
    if least_tried:
        query = query.order_by(messages.c.attempts)
    query = query.order_by(messages.c.severity.desc(), messages.c.id).limit(limit)
    return list(connection.execute(query.with_for_update(skip_locked=True)).all())


def untried(connection: Connection, *, after: int, limit: int) -> list[Row[Any]]:
    """Return short messages whose text nobody has made since they grew, locked for us.

    By id, those behind `after`. What the brake holds is not among them, nor what was
    claimed before, or could not be made.
    """
    query = (
        select(messages)
        .where(
            messages.c.state == State.PENDING.value,
            messages.c.channel == Channel.SMS.value,
            messages.c.kind == ALERTS,
            messages.c.ref.is_(None),
            messages.c.parts.is_(None),
            messages.c.detail != BRAKED,
            ~messages.c.detail.startswith(UNMADE, autoescape=True),
            messages.c.id > after,
        )
        .order_by(messages.c.id)
        .limit(limit)
    )
    return list(connection.execute(query.with_for_update(skip_locked=True)).all())


def numbers_in(connection: Connection, ids: Sequence[int]) -> set[str]:
    """Return the patents about which these messages would speak; locks nothing."""
    found: set[str] = set()
    for some in id_chunks(ids):
        query = select(alerts.c.application_no).where(
            alerts.c.message_id.in_(some), alerts.c.state == State.PENDING.value
        )
        found |= set(connection.execute(query.distinct()).scalars())
    return found


def in_use(connection: Connection, refs: Collection[str]) -> set[str]:
    """Return those references that a message bears already: it was said before."""
    query = select(messages.c.ref).where(messages.c.ref.in_(refs))
    return {ref for ref in connection.execute(query).scalars() if ref is not None}


def alerts_in(connection: Connection, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Return the waiting alerts of messages, by message, locked for us."""
    found: dict[int, list[Row[Any]]] = {}
    for some in id_chunks(ids):
        query = select(alerts).where(
            alerts.c.message_id.in_(some), alerts.c.state == State.PENDING.value
        )
        locked = query.order_by(alerts.c.id).with_for_update()
        for row in connection.execute(locked):
            found.setdefault(row.message_id, []).append(row)
    return found


def sent_since(
    connection: Connection,
    channel: Channel,
    recipients: Collection[str],
    *,
    from_at: datetime,
) -> dict[str, int]:
    """Return how many messages recipients were sent since an instant.

    What is on the wire counts, and what may have arrived.
    """
    query = (
        select(messages.c.recipient, func.count().label("sent"))
        .where(
            messages.c.recipient.in_(recipients),
            messages.c.channel == channel.value,
            or_(
                messages.c.sent_at >= from_at,
                messages.c.state.in_([State.SENDING.value, State.UNKNOWN.value]),
            ),
        )
        .group_by(messages.c.recipient)
    )
    return {row.recipient: row.sent for row in connection.execute(query)}
