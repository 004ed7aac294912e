"""Lines of the journal written back into the database that lost them, by their keys."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, Row, insert, select, update

from patentwatch import clock
from patentwatch.journallines import Entry, SaidAlert
from patentwatch.model import Reason, State
from patentwatch.store.inserting import insert_once
from patentwatch.store.messages import Taken
from patentwatch.store.tables import alerts, attempts, messages

FROM_THE_JOURNAL = "journal"

_NOT_SAID = frozenset(State) - {
    State.ACCEPTED,
    State.DELIVERED,
    State.UNDELIVERED,
    State.UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Merged:
    """How many messages and alerts were not known as said."""

    messages: int = 0
    alerts: int = 0


def entries_of(
    connection: Connection, taken: Sequence[Taken], *, at: datetime
) -> list[Entry]:
    """Return the lines about messages that are still being sent."""
    carried: dict[int, list[SaidAlert]] = {}
    query = select(alerts).where(
        alerts.c.message_id.in_([one.claimed.id for one in taken]),
        alerts.c.state == State.SENDING.value,
    )
    for row in connection.execute(query.order_by(alerts.c.id)):
        carried.setdefault(row.message_id, []).append(_carried(row))
    return [
        Entry(
            ref=one.claimed.ref,
            kind=one.claimed.kind,
            attempt=one.claimed.attempt,
            state=one.state.value,
            at=at,
            channel=one.claimed.channel.value,
            transport=one.claimed.transport,
            recipient=one.claimed.recipient,
            severity=one.claimed.severity,
            provider_ref=one.provider_ref,
            alerts=tuple(carried.get(one.claimed.id, ())),
        )
        for one in taken
    ]


def _carried(row: Row[Any]) -> SaidAlert:
    return SaidAlert(
        key=row.key,
        application_no=row.application_no,
        fee_year=row.fee_year,
        due_on=row.due_on.isoformat(),
        anchor_on=row.anchor_on.isoformat(),
        tier=row.tier,
        audience=row.audience,
        evidence=row.evidence,
    )


def merge(connection: Connection, entries: Sequence[Entry], *, now: datetime) -> Merged:
    """Write down what was taken; what is known already stays as it is."""
    told = [_merge_one(connection, entry, now=now) for entry in entries]
    return Merged(
        messages=sum(one.messages for one in told),
        alerts=sum(one.alerts for one in told),
    )


def _merge_one(connection: Connection, entry: Entry, *, now: datetime) -> Merged:
    message, changed = _message(connection, entry, now=now)
    if message is None:
        return Merged()
    said = sum(_say(connection, entry, alert, message) for alert in entry.alerts)
    return Merged(int(changed), said)


def _message(
    connection: Connection, entry: Entry, *, now: datetime
) -> tuple[int | None, bool]:
    """Return the message of an entry, made if need be, and whether it was changed.

    None: it is on the wire once more; that attempt has the say.
    """
    query = (
        select(messages)
        .where(messages.c.ref == entry.ref, messages.c.transport == entry.transport)
        .order_by(messages.c.id.desc())  # a trial that was said again bears the same
        .with_for_update()
    )
    row = connection.execute(query).first()
    if row is None:
        return _made(connection, entry, now=now), True
    if row.state == State.SENDING.value and row.attempts > entry.attempt:
        return None, False
    unsaid = _is_news(row.state, entry)
    if unsaid:
        connection.execute(
            update(messages).where(messages.c.id == row.id).values(_ended(entry, now))
        )
        _write_attempt(connection, row.id, entry)
    return row.id, unsaid


def _made(connection: Connection, entry: Entry, *, now: datetime) -> int:
    key = connection.execute(
        insert(messages).values(
            kind=entry.kind,
            recipient=entry.recipient,
            channel=entry.channel,
            severity=entry.severity,
            created_at=entry.at,
            not_before_at=entry.at,
            ref=entry.ref,
            transport=entry.transport,
            **_ended(entry, now),
        )
    ).inserted_primary_key
    assert key is not None  # noqa: S101 - every row of the table has one
    _write_attempt(connection, key[0], entry)
    return int(key[0])


def _say(connection: Connection, entry: Entry, alert: SaidAlert, message: int) -> bool:
    """Write down one alert of a message; return whether it was not known as said."""
    query = select(alerts).where(alerts.c.key == alert.key).with_for_update()
    row = connection.execute(query).one_or_none()
    values = {
        "state": entry.state,
        "reason": Reason.SAID.value,
        "transport": entry.transport,
        "sent_at": entry.at,
        "message_id": message,
        "superseded_by": None,
    }
    if row is None:
        insert_once(connection, alerts, [_alert_row(entry, alert) | values])
        return True
    if not _is_news(row.state, entry) or _is_an_old_trial(row, entry):
        return False
    connection.execute(update(alerts).where(alerts.c.id == row.id).values(values))
    return True


def _is_news(state: str, entry: Entry) -> bool:
    """Whether an entry says more than a row in this state."""
    if State(state) in _NOT_SAID:
        return True
    return state == State.UNKNOWN.value and entry.state == State.ACCEPTED.value


def _is_an_old_trial(row: Row[Any], entry: Entry) -> bool:
    """Whether a file was written, and the alert waits to leave for real since."""
    return entry.transport == "file" and row.transport != "file"


def _alert_row(entry: Entry, alert: SaidAlert) -> dict[str, Any]:
    return {
        "key": alert.key,
        "application_no": alert.application_no,
        "fee_year": alert.fee_year,
        "due_on": date.fromisoformat(alert.due_on),
        "anchor_on": date.fromisoformat(alert.anchor_on),
        "tier": alert.tier,
        "audience": alert.audience,
        "channel": entry.channel,
        "recipient": entry.recipient,
        "evidence": alert.evidence,
        "correction": False,
        "decided_on": clock.today(entry.at),
        "rulebook": FROM_THE_JOURNAL,
    }


def _ended(entry: Entry, now: datetime) -> dict[str, Any]:
    return {
        "state": entry.state,
        "sent_at": entry.at,
        "lease_until_at": None,
        "attempts": entry.attempt,
        "provider_ref": entry.provider_ref,
        "ask_at": now if entry.state == State.UNKNOWN.value else None,
        "detail": FROM_THE_JOURNAL,
    }


def _write_attempt(connection: Connection, message: int, entry: Entry) -> None:
    row = {
        "message_id": message,
        "attempt": entry.attempt,
        "at": entry.at,
        "ref": entry.ref,
        "content_hash": "",
        "outcome": "",
        "detail": FROM_THE_JOURNAL,
    }
    insert_once(
        connection,
        attempts,
        [
            row | {"event": "intent"},
            row | {"event": "outcome", "outcome": entry.state},
        ],
    )
