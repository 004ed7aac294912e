"""Claiming what waits in the outbox: read, locked, and taken with a lease."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, func, insert, or_, select, update

from patentwatch.model import Channel, Reason, State
from patentwatch.store.attempts import attempt_row
from patentwatch.store.brake import BRAKED
from patentwatch.store.messages import ALERTS, LEASE, UNMADE, Claimed, reference
from patentwatch.store.outbox import free_the_rest, id_chunks
from patentwatch.store.tables import alerts, attempts, messages


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


def lease(
    message: Row[Any],
    members: Sequence[Row[Any]],
    *,
    transport: str,
    now: datetime,
    again: bool = False,
) -> Claimed:
    """Return the claim on a message; `take` writes it.

    Its reference is fixed by its first claim. `transport` is the one it leaves by
    now, whatever was planned. `again`: another message about just these alerts left
    before, so that this one needs a name of its own.
    """
    word = message.ref or reference(row.key for row in members)
    if again and message.ref is None:
        word = reference([word, str(message.id)])
    return Claimed(
        id=message.id,
        kind=message.kind,
        recipient=message.recipient,
        channel=Channel(message.channel),
        transport=transport,
        attempt=message.attempts + 1,
        ref=word,
        severity=message.severity,
        lease_until_at=now + LEASE,
        first=message.ref is None,
        alert_ids=tuple(row.id for row in members),
    )


def take(connection: Connection, taken: Sequence[Claimed], *, now: datetime) -> None:
    """Take the leases and write down what is about to be sent, before it is.

    An alert that stays behind is free to go into another message.
    """
    if not taken:
        return
    connection.execute(
        update(messages)
        .where(messages.c.id == bindparam("message"))
        .values(
            state=State.SENDING.value,
            lease_until_at=bindparam("until"),
            attempts=bindparam("attempt"),
            ref=bindparam("word"),
            transport=bindparam("leaves_by"),
            parts=bindparam("billed"),
            ask_at=None,
        ),
        [
            {
                "message": claimed.id,
                "until": claimed.lease_until_at,
                "attempt": claimed.attempt,
                "word": claimed.ref,
                "leaves_by": claimed.transport,
                "billed": claimed.parts,
            }
            for claimed in taken
        ],
    )
    members = [
        {"alert": alert, "leaves_by": claimed.transport, "sure": evidence.value}
        for claimed in taken
        for alert, evidence in zip(claimed.alert_ids, claimed.evidence, strict=True)
    ]
    if members:
        connection.execute(
            update(alerts)
            .where(alerts.c.id == bindparam("alert"))
            .values(
                state=State.SENDING.value,
                reason=Reason.DUE.value,
                transport=bindparam("leaves_by"),
                evidence=bindparam("sure"),
            ),
            members,
        )
    connection.execute(
        insert(attempts), [attempt_row(claimed, "intent", now=now) for claimed in taken]
    )
    free_the_rest(connection, [claimed.id for claimed in taken])
