"""Reports about messages that left: added once by their key, folded into states."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, func, select, update

from patentwatch import clock
from patentwatch.model import Reason, State
from patentwatch.receipts import Report, deciding, state_of
from patentwatch.store import outbox, people
from patentwatch.store.inserting import insert_into
from patentwatch.store.tables import alerts, contacts, messages, receipts

_SAID = frozenset({State.ACCEPTED, State.DELIVERED})


def add(
    connection: Connection,
    message_id: int,
    reports: Sequence[Report],
    *,
    now: datetime,
) -> bool:
    """Add what is new of `reports` and let it decide; return whether any was new.

    An address that the deciding report calls bad is flagged, and its patents are
    looked at again.
    """
    # The lock makes two reports at once one after the other: both are then counted.
    connection.execute(
        select(messages.c.id).where(messages.c.id == message_id).with_for_update()
    )
    fresh = _insert_unknown(connection, message_id, reports, now=now)
    if not fresh:
        fold(connection, message_id)  # it may have come while that was on the wire
        return False
    end = deciding(_fates(connection, message_id))
    for report in reports:
        decides = end == (report.state, report.reported_at)
        if report.key in fresh and report.bad_address and decides:
            words = f"{report.code} {report.detail}".strip()
            day = clock.today(report.reported_at)
            _flag_bad(connection, message_id, words, on=day)
    fold(connection, message_id)
    return True


def came_since(connection: Connection, since_at: Mapping[int, datetime]) -> list[int]:
    """Return those messages about which a report came in from their instant on."""
    query = (
        select(receipts.c.message_id, func.max(receipts.c.received_at).label("at"))
        .where(receipts.c.message_id.in_(list(since_at)))
        .group_by(receipts.c.message_id)
    )
    return [
        row.message_id
        for row in connection.execute(query)
        if row.at >= since_at[row.message_id]
    ]


def fold(connection: Connection, message_id: int) -> bool:
    """Set the state of a message and of its alerts from all reports about it.

    For a report that came while the attempt was still on the wire: call this when the
    attempt is settled. Returns whether the state changed.
    """
    row = connection.execute(
        select(messages).where(messages.c.id == message_id).with_for_update()
    ).one()
    fates = _fates(connection, message_id)
    old, new = State(row.state), state_of(State(row.state), fates)
    end = deciding(fates)
    reason = Reason.SAID if new in _SAID else _why_not(connection, row.recipient)
    values: dict[str, Any] = {"state": new.value}
    if new in _SAID and row.sent_at is None and fates:
        values["sent_at"] = end[1] if end else max(at for _, at in fates)
    changed = new is not old
    if changed:
        outbox.look_again(connection, message_id)
        connection.execute(
            update(messages).where(messages.c.id == message_id).values(values)
        )
    # A second report of the same end may be the first to call the address bad.
    if changed or new in (State.UNDELIVERED, State.REFUSED):
        connection.execute(
            update(alerts)
            .where(alerts.c.message_id == message_id, alerts.c.state == old.value)
            .values(values | {"reason": reason.value})
        )
    return changed


def by_ref(connection: Connection, ref: str, *, at: datetime) -> Row[Any] | None:
    """Return the message that left under a reference, None when none of ours did.

    What was refused once and said again later bears the same: then the newest that
    existed when the report was made.
    """
    found = connection.execute(
        select(messages).where(messages.c.ref == ref).order_by(messages.c.id)
    ).all()
    before = [row for row in found if row.created_at <= at]
    return before[-1] if before else next(iter(found), None)


def _insert_unknown(
    connection: Connection,
    message_id: int,
    reports: Sequence[Report],
    *,
    now: datetime,
) -> set[str]:
    """Insert the reports whose key is not there yet; return those keys."""
    if not reports:
        return set()
    rows = [
        {
            "message_id": message_id,
            "receipt_key": report.key,
            "state": report.state.value,
            "code": report.code[:40],
            "detail": report.detail[:500],
            "reported_at": report.reported_at,
            "received_at": now,
        }
        for report in reports
    ]
    statement = (
        insert_into(connection, receipts)
        .on_conflict_do_nothing()
        .returning(receipts.c.receipt_key)
    )
    return set(connection.execute(statement, rows).scalars())


def _fates(connection: Connection, message_id: int) -> list[tuple[State, datetime]]:
    query = select(receipts).where(receipts.c.message_id == message_id)
    return [
        (State(row.state), row.reported_at)
        for row in connection.execute(query.order_by(receipts.c.id))
    ]


def _flag_bad(connection: Connection, message_id: int, words: str, *, on: date) -> None:
    recipient = connection.execute(
        select(messages.c.recipient).where(messages.c.id == message_id)
    ).scalar_one()
    people.flag(connection, recipient, word="bad", reason=words, on=on)


def _why_not(connection: Connection, recipient: str) -> Reason:
    """Return why nothing arrived, as what happens to the alert next depends on it."""
    bad = connection.execute(
        select(func.count())
        .select_from(contacts)
        .where(contacts.c.recipient == recipient, contacts.c.flag == "bad")
    ).scalar_one()
    return Reason.BAD_CONTACT if bad else Reason.DUE
