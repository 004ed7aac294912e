"""Alerts – one row per obligation, with its outcome – and the log of verdicts."""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    and_,
    bindparam,
    func,
    insert,
    or_,
    select,
    update,
)

from patentwatch.alerts import Verdict
from patentwatch.model import (
    Channel,
    Reason,
    RecipientId,
    Said,
    State,
    Tier,
)
from patentwatch.store.inserting import insert_once
from patentwatch.store.memory import recall, remember
from patentwatch.store.patents import chunks
from patentwatch.store.tables import alerts, events, facts, meta, patents, verdicts

COUNTED = frozenset({State.ACCEPTED, State.DELIVERED, State.UNKNOWN})
"""The states in which something was said."""

OPEN = frozenset({State.PENDING, State.SENDING})
"""The states in which something is still to happen."""

_REAL_SINCE = "real_since."


@dataclass(frozen=True, slots=True)
class AlertRow:
    """One alert as stored, as far as deciding again needs it."""

    id: int
    key: str
    fee_year: int
    due_on: date
    tier: Tier
    channel: Channel
    recipient: str
    state: State
    reason: Reason
    message_id: int | None


@dataclass(frozen=True, slots=True)
class Closing:
    """The outcome of an alert that is not sent; `by` is the key that replaced it."""

    row: int
    state: State
    reason: Reason
    by: str | None = None


def key_of(
    number: str, fee_year: int, due_on: date, tier: str, channel: str, recipient: str
) -> str:
    """Return the alert's key: stable, and telling nobody who the recipient is."""
    text = f"{number}|{fee_year}|{due_on}|{tier}|{channel}|{recipient}"
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def real_channels(connection: Connection) -> frozenset[Channel]:
    """Return the channels on which a real transport was ever live."""
    rows = connection.execute(
        select(meta.c.key).where(meta.c.key.startswith(_REAL_SINCE))
    ).scalars()
    return frozenset(Channel(key.removeprefix(_REAL_SINCE)) for key in rows)


def mark_real(connection: Connection, channel: Channel, *, now: datetime) -> None:
    """Remember that a real transport is live: file trials no longer count as said."""
    key = f"{_REAL_SINCE}{channel.value}"
    if recall(connection, key) is None:
        remember(connection, key, now.isoformat())


def history_of(
    connection: Connection, numbers: Iterable[str], *, real: frozenset[Channel]
) -> dict[str, list[tuple[AlertRow, Said]]]:
    """Return every alert about these patents, and what deciding knows of it."""
    found: dict[str, list[tuple[AlertRow, Said]]] = {}
    for chunk in chunks(numbers):
        query = select(alerts).where(alerts.c.application_no.in_(chunk))
        for row in connection.execute(query.order_by(alerts.c.id)):
            found.setdefault(row.application_no, []).append(
                (_alert_row(row), _said(row, real))
            )
    return found


def last_verdicts(
    connection: Connection, numbers: Iterable[str]
) -> dict[tuple[str, int, str, str], tuple[str | None, str]]:
    """Return the newest tier and reason by (number, fee year, channel, recipient)."""
    found = {}
    for chunk in chunks(numbers):
        query = select(verdicts).where(verdicts.c.application_no.in_(chunk))
        for row in connection.execute(query.order_by(verdicts.c.id)):
            key = (row.application_no, row.fee_year, row.channel, row.recipient)
            found[key] = (row.tier, row.reason)
    return found


def add_verdicts(
    connection: Connection,
    found: Sequence[Verdict],
    *,
    on: date,
    now: datetime,
    rulebook: str,
) -> None:
    """Add verdicts to the log; the caller passes only those that changed."""
    if found:
        connection.execute(
            insert(verdicts),
            [
                {
                    "application_no": verdict.application_no,
                    "fee_year": verdict.fee_year,
                    "due_on": verdict.due_on,
                    "audience": verdict.audience.value,
                    "channel": verdict.channel.value,
                    "recipient": verdict.recipient,
                    "tier": verdict.tier.value if verdict.tier else None,
                    "reason": verdict.reason.value,
                    "evidence": verdict.evidence.value,
                    "decided_on": on,
                    "decided_at": now,
                    "rulebook": rulebook,
                }
                for verdict in found
            ],
        )


def add_alerts(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Insert alerts; the unique key makes a second look a no-op."""
    insert_once(connection, alerts, rows)


def rearm(connection: Connection, rows: Sequence[Mapping[str, Any]]) -> None:
    """Make unsaid alerts due again: a trial that does not count, a cause that ended.

    Only where they still are as they were read.
    """
    if rows:
        connection.execute(
            update(alerts)
            .where(
                alerts.c.id == bindparam("row"),
                alerts.c.state == bindparam("old_state"),
            )
            .values(
                state=bindparam("new_state"),
                reason=bindparam("new_reason"),
                evidence=bindparam("new_evidence"),
                transport=bindparam("new_transport"),
                correction=bindparam("new_correction"),
                decided_on=bindparam("new_day"),
                message_id=None,
                sent_at=None,
                superseded_by=None,
            ),
            list(rows),
        )


def close(connection: Connection, found: Sequence[Closing]) -> None:
    """Give alerts that still wait their outcome; one on the wire keeps its own."""
    if found:
        connection.execute(
            update(alerts)
            .where(
                alerts.c.id == bindparam("row"), alerts.c.state == State.PENDING.value
            )
            .values(
                state=bindparam("new_state"),
                reason=bindparam("new_reason"),
                superseded_by=bindparam("by"),
            ),
            [
                {
                    "row": closing.row,
                    "new_state": closing.state.value,
                    "new_reason": closing.reason.value,
                    "by": closing.by,
                }
                for closing in found
            ],
        )


@dataclass(frozen=True, slots=True)
class ToBeSaid:
    """An alert that waits to leave, or would if nothing were only observed."""

    key: str
    application_no: str
    fee_year: int
    due_on: date
    tier: str
    channel: str
    recipient: str
    observed: bool


def to_be_said(connection: Connection) -> dict[str, ToBeSaid]:
    """Return by key what waits to leave; tasks for a telephone are not among them."""
    query = select(alerts).where(
        alerts.c.channel != Channel.CALL.value,
        or_(
            alerts.c.state == State.PENDING.value,
            and_(
                alerts.c.state == State.SUPPRESSED.value,
                alerts.c.reason == Reason.OBSERVED.value,
            ),
        ),
    )
    return {
        row.key: ToBeSaid(
            row.key,
            row.application_no,
            row.fee_year,
            row.due_on,
            row.tier,
            row.channel,
            row.recipient,
            observed=row.state == State.SUPPRESSED.value,
        )
        for row in connection.execute(query)
    }


def spoken_years(
    connection: Connection, numbers: Iterable[str]
) -> set[tuple[str, int]]:
    """Return the fee years of these patents about which any alert exists."""
    found: set[tuple[str, int]] = set()
    for chunk in chunks(numbers):
        query = select(alerts.c.application_no, alerts.c.fee_year).where(
            alerts.c.application_no.in_(chunk)
        )
        found |= {(number, year) for number, year in connection.execute(query)}
    return found


def how_many_stored(connection: Connection) -> dict[str, int]:
    """Return how many patents, facts and events are stored."""
    return {
        table.name: connection.execute(
            select(func.count()).select_from(table)
        ).scalar_one()
        for table in (patents, facts, events)
    }


def _alert_row(row: Row[Any]) -> AlertRow:
    return AlertRow(
        id=row.id,
        key=row.key,
        fee_year=row.fee_year,
        due_on=row.due_on,
        tier=Tier(row.tier),
        channel=Channel(row.channel),
        recipient=row.recipient,
        state=State(row.state),
        reason=Reason(row.reason),
        message_id=row.message_id,
    )


def _said(row: Row[Any], real: frozenset[Channel]) -> Said:
    channel = Channel(row.channel)
    trial = row.transport == "file" and channel in real
    return Said(
        fee_year=row.fee_year,
        anchor_on=row.anchor_on,
        tier=Tier(row.tier),
        channel=channel,
        recipient=RecipientId(row.recipient),
        state=State(row.state),
        counts=State(row.state) in COUNTED and not trial,
        sent_at=row.sent_at,
    )
