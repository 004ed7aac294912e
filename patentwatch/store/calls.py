"""Calls: what officials are asked to do, what was sent before, and what came of it.

A task is an alert on the channel `call` that waits. Results are only ever added.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from patentwatch import clock
from patentwatch.calls import Called, CallResult
from patentwatch.model import Audience, Channel, Reason, State, Tier
from patentwatch.store.patents import chunks
from patentwatch.store.tables import alerts, call_results

Year = tuple[str, int]
"""A patent's number and one of its fee years."""

_DONE = frozenset({State.ACCEPTED.value, State.CANCELLED.value})
_SENT = (
    State.ACCEPTED,
    State.DELIVERED,
    State.UNDELIVERED,
    State.REFUSED,
    State.UNKNOWN,
)


@dataclass(frozen=True, slots=True)
class OpenCall:
    """A task that waits; `county` is a code or `city`.

    `asked_on`: since when that county is asked about the fee year without an end.
    """

    id: int
    application_no: str
    fee_year: int
    tier: Tier
    county: str
    asked_on: date


@dataclass(frozen=True, slots=True)
class Sent:
    """A message about a fee year that left, and how far it came."""

    on: date
    tier: Tier
    channel: Channel
    audience: Audience
    state: State


@dataclass(frozen=True, slots=True)
class Reported:
    """What somebody reported of a call."""

    result: CallResult
    called_on: date
    called_by: str
    note: str


def open_calls(connection: Connection, *, county: str | None = None) -> list[OpenCall]:
    """Return the tasks that wait, in one county or everywhere, oldest first."""
    query = select(alerts).where(
        alerts.c.channel == Channel.CALL.value, alerts.c.state == State.PENDING.value
    )
    if county is not None:
        query = query.where(alerts.c.recipient == _desk(county))
    rows = connection.execute(query.order_by(alerts.c.id)).all()
    since = _asked_since(connection, {row.application_no for row in rows})
    return [
        OpenCall(
            id=row.id,
            application_no=row.application_no,
            fee_year=row.fee_year,
            tier=Tier(row.tier),
            county=row.recipient.partition(":")[2],
            asked_on=since[row.application_no, row.fee_year, row.recipient],
        )
        for row in rows
    ]


def sent_of(connection: Connection, numbers: Iterable[str]) -> dict[Year, list[Sent]]:
    """Return by fee year what left about these patents, in that order."""
    found: dict[Year, list[Sent]] = {}
    for chunk in chunks(numbers):
        query = select(alerts).where(
            alerts.c.application_no.in_(chunk),
            alerts.c.channel != Channel.CALL.value,
            alerts.c.state.in_([state.value for state in _SENT]),
        )
        for row in connection.execute(query.order_by(alerts.c.id)):
            on = clock.today(row.sent_at) if row.sent_at else row.decided_on
            one = Sent(
                on,
                Tier(row.tier),
                Channel(row.channel),
                Audience(row.audience),
                State(row.state),
            )
            found.setdefault((row.application_no, row.fee_year), []).append(one)
    return found


def results_of(
    connection: Connection, numbers: Iterable[str]
) -> dict[Year, list[Reported]]:
    """Return by fee year what was reported of calls, in the order of the calls."""
    found: dict[Year, list[Reported]] = {}
    for chunk in chunks(numbers):
        query = (
            select(call_results)
            .where(call_results.c.application_no.in_(chunk))
            .order_by(call_results.c.called_on, call_results.c.id)
        )
        for row in connection.execute(query):
            found.setdefault((row.application_no, row.fee_year), []).append(
                Reported(CallResult(row.result), row.called_on, row.called_by, row.note)
            )
    return found


def asked_at(
    connection: Connection, number: str, fee_year: int, *, on: date
) -> Row[Any] | None:
    """Return the newest task about a fee year that was there on a day, in any state."""
    return connection.execute(
        select(alerts)
        .where(
            alerts.c.application_no == number,
            alerts.c.fee_year == fee_year,
            alerts.c.channel == Channel.CALL.value,
            alerts.c.decided_on <= on,
        )
        .order_by(alerts.c.decided_on.desc(), alerts.c.id.desc())
        .limit(1)
    ).one_or_none()


def add_result(
    connection: Connection, called: Called, *, alert_id: int, now: datetime
) -> bool:
    """Add what came of a call unless that is known; return whether it is new."""
    values = {
        "application_no": called.application_no,
        "fee_year": called.fee_year,
        "result": called.result.value,
        "called_on": called.called_on,
        "called_by": called.called_by,
        "note": called.note,
    }
    known = connection.execute(
        select(call_results.c.id).filter_by(**values).limit(1)
    ).scalar()
    if known is None:
        connection.execute(
            insert(call_results).values(**values, alert_id=alert_id, recorded_at=now)
        )
    return known is None


def settle(connection: Connection, alert_id: int, *, now: datetime) -> bool:
    """Mark a task that waits as done; return whether it did wait."""
    done = connection.execute(
        update(alerts)
        .where(alerts.c.id == alert_id, alerts.c.state == State.PENDING.value)
        .values(state=State.ACCEPTED.value, reason=Reason.SAID.value, sent_at=now)
    )
    return done.rowcount > 0


def _desk(county: str) -> str:
    return f"county:{county}"


def _asked_since(
    connection: Connection, numbers: Iterable[str]
) -> dict[tuple[str, int, str], date]:
    """Return since when each desk is asked about a fee year without an end.

    A milder task that a worse one replaced had no end of its own.
    """
    since: dict[tuple[str, int, str], date] = {}
    for chunk in chunks(sorted(numbers)):
        query = select(alerts).where(
            alerts.c.application_no.in_(chunk), alerts.c.channel == Channel.CALL.value
        )
        for row in connection.execute(query.order_by(alerts.c.decided_on, alerts.c.id)):
            key = (row.application_no, row.fee_year, row.recipient)
            if row.state in _DONE:
                since.pop(key, None)
            else:
                since.setdefault(key, row.decided_on)
    return since
