"""Alerts into messages: one per recipient and channel, and the brake on too many."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    exists,
    func,
    insert,
    select,
    update,
)

from patentwatch import clock
from patentwatch.model import Audience, Channel, Reason, State, Tier
from patentwatch.store.brake import BRAKED, EARLY
from patentwatch.store.messages import ALERTS
from patentwatch.store.patents import chunks
from patentwatch.store.tables import alerts, messages

_NEVER = datetime.fromisoformat("9999-01-01T00:00:00+00:00")
_LEAST_BRAKE = 500
_BRAKE_DAYS = 28


@dataclass(frozen=True, slots=True)
class Grouped:
    """How many messages a look made, and how many of them the brake holds."""

    messages: int = 0
    braked: int = 0


class _Box(NamedTuple):
    """Whose message it is, how it leaves, and whether the brake holds it.

    `linked`: it speaks to somebody of another's patents, so it is a message apart.
    """

    recipient: str
    channel: str
    transport: str
    held: bool
    linked: bool = False


def group(
    connection: Connection,
    *,
    now: datetime,
    brake: int | None,
    numbers: Collection[str] | None = None,
) -> Grouped:
    """Put every waiting alert without a message into one, per recipient and channel.

    A message that was never claimed takes more alerts; one that was is fixed. When
    this look makes more messages than the brake allows, `notice` and `reminder` go
    into messages of their own that wait for a release. `numbers`: only the alerts
    about these patents.
    """
    rows = _ungrouped(connection, numbers)
    if not rows:
        return Grouped()
    recipients = {(row.recipient, row.channel) for row in rows}
    braking = len(recipients) > _limit(connection, len(recipients), brake, now=now)
    boxes: dict[_Box, list[Row[Any]]] = {}
    for row in rows:
        held = braking and Tier(row.tier) in EARLY
        linked = row.audience == Audience.LINKED.value
        box = _Box(row.recipient, row.channel, row.transport, held, linked)
        boxes.setdefault(box, []).append(row)
    open_messages = _open_messages(connection, {box.recipient for box in boxes})
    made = 0
    filled: list[dict[str, Any]] = []
    for box in sorted(boxes):
        severity = max(Tier(row.tier).severity for row in boxes[box])
        number = _join(connection, open_messages.get(box), severity, now=now)
        if number is None:
            number = _new_message(connection, box, severity, now=now)
            made += 1
        reason = Reason.BRAKED if box.held else Reason.DUE
        filled += [
            {"alert": row.id, "box": number, "why": reason.value} for row in boxes[box]
        ]
    connection.execute(
        update(alerts)
        .where(alerts.c.id == bindparam("alert"))
        .values(message_id=bindparam("box"), reason=bindparam("why")),
        filled,
    )
    return Grouped(made, sum(box.held for box in boxes))


def _ungrouped(
    connection: Connection, numbers: Collection[str] | None
) -> list[Row[Any]]:
    query = (
        select(alerts)
        .where(
            alerts.c.state == State.PENDING.value,
            alerts.c.message_id.is_(None),
            alerts.c.channel != Channel.CALL.value,
        )
        .order_by(alerts.c.id)
        .with_for_update(skip_locked=True)
    )
    if numbers is None:
        return list(connection.execute(query).all())
    return [
        row
        for some in chunks(numbers)
        for row in connection.execute(query.where(alerts.c.application_no.in_(some)))
    ]


def _limit(
    connection: Connection, wanted: int, brake: int | None, *, now: datetime
) -> int:
    """Return max(500, 3 × the 95th percentile of the last 28 days' messages a day)."""
    if brake is not None:
        return brake
    if wanted <= _LEAST_BRAKE:
        return _LEAST_BRAKE
    days: dict[date, int] = {}
    query = (
        select(messages.c.created_at, func.count())
        .where(
            messages.c.kind == ALERTS,
            messages.c.created_at > now - timedelta(days=_BRAKE_DAYS),
            messages.c.created_at < now,
        )
        .group_by(messages.c.created_at)
    )
    for created_at, count in connection.execute(query):
        day = clock.today(created_at)
        days[day] = days.get(day, 0) + count
    counts = [0] * (_BRAKE_DAYS - len(days)) + sorted(days.values())
    return max(_LEAST_BRAKE, 3 * counts[int(0.95 * (len(counts) - 1))])


def _open_messages(
    connection: Connection, recipients: Collection[str]
) -> dict[_Box, Row[Any]]:
    """Return the messages that may still grow; one that is being claimed may not."""
    found = {}
    linked = exists().where(
        alerts.c.message_id == messages.c.id,
        alerts.c.audience == Audience.LINKED.value,
    )
    for some in chunks(sorted(recipients)):
        query = select(messages, linked.label("linked")).where(
            messages.c.recipient.in_(some),
            messages.c.kind == ALERTS,
            messages.c.state == State.PENDING.value,
            messages.c.ref.is_(None),
            messages.c.detail != BRAKED,
        )
        locked = query.with_for_update(skip_locked=True, of=messages)
        for row in connection.execute(locked):
            box = _Box(
                row.recipient,
                row.channel,
                row.transport,
                held=False,
                linked=bool(row.linked),
            )
            found[box] = row
    return found


def _join(
    connection: Connection, known: Row[Any] | None, severity: int, *, now: datetime
) -> int | None:
    """Let a message take more; what waited for tomorrow may have become urgent."""
    if known is None:
        return None
    connection.execute(
        update(messages)
        .where(messages.c.id == known.id)
        .values(
            severity=max(severity, known.severity),
            not_before_at=min(now, known.not_before_at),
            parts=None,  # its text is another one now
        )
    )
    return int(known.id)


def _new_message(
    connection: Connection, box: _Box, severity: int, *, now: datetime
) -> int:
    key: Sequence[Any] | None = connection.execute(
        insert(messages).values(
            kind=ALERTS,
            recipient=box.recipient,
            channel=box.channel,
            transport=box.transport,
            state=State.PENDING.value,
            severity=severity,
            created_at=now,
            not_before_at=_NEVER if box.held else now,
            detail=BRAKED if box.held else "",
        )
    ).inserted_primary_key
    assert key is not None  # noqa: S101 - every row of the table has one
    return int(key[0])
