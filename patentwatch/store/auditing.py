"""What the audit asks the database: counts and the rows that break a promise.

Sets, not loops; reads only.
"""

from collections import Counter
from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import Connection, and_, exists, func, or_, select

from patentwatch.model import Channel, State
from patentwatch.store.brake import BRAKED
from patentwatch.store.messages import LEASE, UNMADE
from patentwatch.store.patents import chunks
from patentwatch.store.tables import (
    alerts,
    attempts,
    messages,
    patents,
    receipts,
    runs,
    verdicts,
)

NAMED = 20
"""How many of the rows that break a promise are named; all are counted."""

_OPEN = (State.PENDING.value, State.SENDING.value)
_LEFT = (
    State.ACCEPTED.value,
    State.DELIVERED.value,
    State.UNDELIVERED.value,
    State.UNKNOWN.value,
)
_DEAD = (State.CANCELLED.value, State.EXPIRED.value, State.SUPERSEDED.value)


class Found(NamedTuple):
    """Rows that break a promise: how many, and the first of them by name."""

    total: int = 0
    names: tuple[str, ...] = ()


def states(connection: Connection) -> dict[str, Counter[str]]:
    """Return how many alerts are in which state, by channel."""
    query = select(alerts.c.channel, alerts.c.state, func.count()).group_by(
        alerts.c.channel, alerts.c.state
    )
    found: dict[str, Counter[str]] = {}
    for channel, state, count in connection.execute(query):
        found.setdefault(channel, Counter())[state] = count
    return found


def without_message(connection: Connection, *, before_at: datetime) -> Found:
    """Return patents whose waiting alert is in no message, decided before an instant.

    A call is no message. An alert knows only its day, so its verdict tells the hour.
    """
    query = select(
        alerts.c.id,
        alerts.c.application_no,
        alerts.c.fee_year,
        alerts.c.channel,
        alerts.c.recipient,
    ).where(
        alerts.c.state.in_(_OPEN),
        alerts.c.channel != Channel.CALL.value,
        alerts.c.message_id.is_(None),
    )
    rows: list[Any] = list(connection.execute(query.order_by(alerts.c.application_no)))
    young = _decided_since(connection, rows, before_at)
    return _found(
        row.application_no
        for row in rows
        if (row.application_no, row.fee_year, row.channel, row.recipient) not in young
    )


def out_of_step(connection: Connection) -> Found:
    """Return patents whose alert and its message contradict each other.

    An alert waits only in a message that waits, and is on the wire with it; what was
    said is in a message that left.
    """
    waits = and_(alerts.c.state.in_(_OPEN), alerts.c.state != messages.c.state)
    said = and_(
        alerts.c.state.in_(_LEFT), messages.c.state.in_((*_OPEN, *_DEAD, "refused"))
    )
    query = (
        select(alerts.c.application_no)
        .join(messages, alerts.c.message_id == messages.c.id)
        .where(alerts.c.channel != Channel.CALL.value, or_(waits, said))
    )
    return _named(connection, query.order_by(alerts.c.application_no))


def said_without_message(connection: Connection) -> Found:
    """Return patents whose alert counts as said and is in no message."""
    query = select(alerts.c.application_no).where(
        alerts.c.state.in_(_LEFT),
        alerts.c.channel != Channel.CALL.value,
        alerts.c.message_id.is_(None),
    )
    return _named(connection, query.order_by(alerts.c.application_no))


def overdue(
    connection: Connection, *, before_at: datetime, down: Collection[str]
) -> Found:
    """Return messages that could be tried since before an instant, and were not.

    Those of a transport that is down wait for it.
    """
    query = select(messages.c.id).where(
        messages.c.state == State.PENDING.value,
        messages.c.not_before_at <= before_at,
        messages.c.created_at <= before_at,
        messages.c.transport.notin_(list(down)),
    )
    return _named(connection, query.order_by(messages.c.id))


def empty(connection: Connection, *, before_at: datetime) -> Found:
    """Return messages that carry nothing: on the wire, or to be tried since long."""
    carries = exists().where(
        alerts.c.message_id == messages.c.id, alerts.c.state.in_(_OPEN)
    )
    query = select(messages.c.id).where(
        messages.c.kind == "alerts",
        ~carries,
        or_(
            messages.c.state == State.SENDING.value,
            and_(
                messages.c.state == State.PENDING.value,
                messages.c.not_before_at <= before_at,
                messages.c.created_at <= before_at,
            ),
        ),
    )
    return _named(connection, query.order_by(messages.c.id))


def stuck(connection: Connection, *, now: datetime) -> Found:
    """Return messages that are being sent for two leases or more, or without one."""
    query = select(messages.c.id).where(
        messages.c.state == State.SENDING.value,
        or_(
            messages.c.lease_until_at.is_(None),
            messages.c.lease_until_at <= now - LEASE,
        ),
    )
    return _named(connection, query.order_by(messages.c.id))


def unwritten(connection: Connection) -> Found:
    """Return messages that left, or are leaving, without the attempt being recorded."""
    query = select(messages.c.id).where(
        or_(
            and_(messages.c.state.in_((*_LEFT, State.SENDING.value)), ~_has("intent")),
            and_(messages.c.state.in_(_LEFT), ~_has("outcome")),
        )
    )
    return _named(connection, query.order_by(messages.c.id))


def not_looked_at(connection: Connection, *, on: date) -> Found:
    """Return patents whose look was due before a day."""
    query = select(patents.c.application_no).where(patents.c.next_look_on < on)
    return _named(connection, query.order_by(patents.c.application_no))


def watched_since(connection: Connection) -> datetime | None:
    """Return when the first file was taken; None while nothing is watched."""
    return connection.execute(
        select(runs.c.started_at)
        .where(exists().select_from(patents))
        .order_by(runs.c.started_at)
        .limit(1)
    ).scalar()


def unknown_since(connection: Connection, *, before_at: datetime) -> Found:
    """Return messages of which it is not known, since an instant, what became."""
    last = (
        select(func.max(attempts.c.at))
        .where(attempts.c.message_id == messages.c.id)
        .scalar_subquery()
    )
    query = select(messages.c.id).where(
        messages.c.state == State.UNKNOWN.value, last <= before_at
    )
    return _named(connection, query.order_by(messages.c.id))


def not_asked(
    connection: Connection, *, before_at: datetime, askable: Collection[str]
) -> Found:
    """Return messages whose fate was to be asked before an instant, and was not.

    Only `askable` transports can be; others tell by themselves or never.
    """
    query = select(messages.c.id).where(
        messages.c.ask_at <= before_at,
        messages.c.state.in_((State.UNKNOWN.value, State.ACCEPTED.value)),
        messages.c.transport.in_(list(askable)),
    )
    return _named(connection, query.order_by(messages.c.id))


def without_receipt(
    connection: Connection, *, before_at: datetime, for_days: int, transport: str | None
) -> Found:
    """Return short messages taken before an instant that no receipt came for.

    `transport` None: any gateway; files give none. Older ones than `for_days` before
    it are let be: no provider reports that late.
    """
    query = select(messages.c.id).where(
        messages.c.channel == Channel.SMS.value,
        messages.c.state == State.ACCEPTED.value,
        messages.c.transport != "file",
        messages.c.sent_at <= before_at,
        messages.c.sent_at > before_at - timedelta(days=for_days),
        ~exists().where(receipts.c.message_id == messages.c.id),
    )
    if transport is not None:
        query = query.where(messages.c.transport == transport)
    return _named(connection, query.order_by(messages.c.id))


def unmade(connection: Connection) -> tuple[Found, list[str]]:
    """Return the waiting messages that cannot be made, and the reasons, each once."""
    query = select(messages.c.id, messages.c.detail).where(
        messages.c.state == State.PENDING.value,
        messages.c.detail.startswith(UNMADE, autoescape=True),
    )
    rows = connection.execute(query.order_by(messages.c.id)).all()
    reasons = {row.detail.removeprefix(UNMADE): None for row in rows}
    return _found(str(row.id) for row in rows), list(reasons)


def braked(connection: Connection, *, before_at: datetime) -> Found:
    """Return messages that the brake holds since before an instant."""
    query = select(messages.c.id).where(
        messages.c.state == State.PENDING.value,
        messages.c.detail == BRAKED,
        messages.c.created_at <= before_at,
    )
    return _named(connection, query.order_by(messages.c.id))


def _has(event: str) -> Any:
    return exists().where(
        attempts.c.message_id == messages.c.id, attempts.c.event == event
    )


def _decided_since(
    connection: Connection, rows: Collection[Any], before_at: datetime
) -> set[tuple[str, int, str, str]]:
    found = set()
    for some in chunks(sorted({row.application_no for row in rows})):
        query = select(
            verdicts.c.application_no,
            verdicts.c.fee_year,
            verdicts.c.channel,
            verdicts.c.recipient,
        ).where(verdicts.c.application_no.in_(some), verdicts.c.decided_at > before_at)
        found |= {tuple(row) for row in connection.execute(query)}
    return found


def _named(connection: Connection, query: Any) -> Found:
    return _found(connection.execute(query).scalars())


def _found(names: Any) -> Found:
    count, first = 0, []
    for name in names:
        count += 1
        if count <= NAMED:
            first.append(str(name))
    return Found(count, tuple(first))


def damage(connection: Connection) -> list[str]:
    """Return what is wrong with the structure of a SQLite file; [] for others."""
    if connection.dialect.name != "sqlite":
        return []
    found = connection.exec_driver_sql("PRAGMA quick_check(1)").scalars()
    return [text for text in found if text != "ok"]
