"""The outbox: alerts grouped into messages, claimed with a lease, settled with reason.

One message is one recipient on one channel. What happens to it is committed before
the wire (intent) and after it (outcome); a lease that runs out gives it back.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, func, insert, select, update

from patentwatch.model import Channel, Reason, State, Tier
from patentwatch.store.patents import chunks
from patentwatch.store.tables import alerts, attempts, messages

LEASE = timedelta(minutes=15)
EARLY = frozenset({Tier.NOTICE, Tier.REMINDER})
"""What the brake holds back."""

LATE = frozenset({Tier.FINAL, Tier.LAST_WEEK, Tier.LAPSED, Tier.RESTORE})
"""What no daily cap holds back and what does not wait for certainty."""

BRAKED = "braked"
_NEVER = datetime.fromisoformat("9999-01-01T00:00:00+00:00")
_LEAST_BRAKE = 500
_BRAKE_DAYS = 28


@dataclass(frozen=True, slots=True)
class Grouped:
    """How many messages a look made, and how many of them the brake holds."""

    messages: int
    braked: int


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message in our hands until the lease runs out."""

    id: int
    recipient: str
    channel: Channel
    transport: str
    attempt: int
    ref: str
    severity: int


def group(connection: Connection, *, now: datetime, brake: int | None) -> Grouped:
    """Put every waiting alert without a message into one, per recipient and channel.

    A message that was never claimed takes more alerts; one that was is fixed. When
    this look makes more messages than the brake allows, `notice` and `reminder` go
    into messages of their own that wait for a release.
    """
    rows = connection.execute(
        select(alerts).where(
            alerts.c.state == State.PENDING.value,
            alerts.c.message_id.is_(None),
            alerts.c.channel != Channel.CALL.value,
        )
    ).all()
    limit = brake or _usual_limit(connection, now=now)
    recipients = {(row.recipient, row.channel, row.transport) for row in rows}
    braking = len(recipients) > limit
    gathered: dict[tuple[str, str, str, bool], list[Row[Any]]] = {}
    for row in rows:
        held = braking and Tier(row.tier) in EARLY
        gathered.setdefault(
            (row.recipient, row.channel, row.transport, held), []
        ).append(row)
    open_messages = _open_messages(
        connection, [recipient for recipient, *_ in gathered]
    )
    made = 0
    for (recipient, channel, transport, held), members in sorted(
        gathered.items(), key=lambda item: item[0]
    ):
        severity = max(Tier(row.tier).severity for row in members)
        known = None if held else open_messages.get((recipient, channel, transport))
        if known is None:
            number = _new_message(
                connection, recipient, channel, transport, severity, held=held, now=now
            )
            made += 1
        else:
            number = known.id
            _set(connection, number, severity=max(severity, known.severity))
        values: dict[str, Any] = {"message_id": number}
        if held:
            values["reason"] = Reason.BRAKED.value
        for ids in _id_chunks([row.id for row in members]):
            connection.execute(
                update(alerts).where(alerts.c.id.in_(ids)).values(values)
            )
    return Grouped(made, sum(held for *_, held in gathered))


def braked(connection: Connection) -> int:
    """Return how many messages the brake holds."""
    return len(_held_by_the_brake(connection))


def release(connection: Connection, *, now: datetime) -> int:
    """Let go what the brake holds; return how many messages that is."""
    held = _held_by_the_brake(connection)
    for ids in _id_chunks(held):
        connection.execute(
            update(messages)
            .where(messages.c.id.in_(ids))
            .values(not_before_at=now, detail="")
        )
        connection.execute(
            update(alerts)
            .where(alerts.c.message_id.in_(ids), alerts.c.state == State.PENDING.value)
            .values(reason=Reason.DUE.value)
        )
    return len(held)


def recover(connection: Connection, *, now: datetime) -> int:
    """Give back messages whose lease ran out; a kill left them. Return how many."""
    lost = list(
        connection.execute(
            select(messages.c.id).where(
                messages.c.state == State.SENDING.value,
                messages.c.lease_until_at <= now,
            )
        ).scalars()
    )
    for ids in _id_chunks(lost):
        _back_to_pending(connection, ids, not_before_at=now)
    return len(lost)


def waiting(
    connection: Connection,
    channel: Channel,
    *,
    now: datetime,
    limit: int,
    after: tuple[int, int] | None,
) -> list[Row[Any]]:
    """Return messages that may be tried now, most urgent first, locked for us.

    `after` is the (severity, id) of the last one seen in this run, so that a run
    tries each message once.
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
    query = query.order_by(messages.c.severity.desc(), messages.c.id).limit(limit)
    return list(connection.execute(query.with_for_update(skip_locked=True)).all())


def alerts_in(connection: Connection, ids: Sequence[int]) -> dict[int, list[Row[Any]]]:
    """Return the waiting alerts of messages, by message."""
    found: dict[int, list[Row[Any]]] = {}
    for some in _id_chunks(ids):
        query = select(alerts).where(
            alerts.c.message_id.in_(some), alerts.c.state == State.PENDING.value
        )
        for row in connection.execute(query.order_by(alerts.c.id)):
            found.setdefault(row.message_id, []).append(row)
    return found


def sent_on(
    connection: Connection, recipient: str, channel: str, *, from_at: datetime
) -> int:
    """Return how many messages a recipient was sent since an instant."""
    return connection.execute(
        select(func.count())
        .select_from(messages)
        .where(
            messages.c.recipient == recipient,
            messages.c.channel == channel,
            messages.c.sent_at >= from_at,
        )
    ).scalar_one()


def take(
    connection: Connection,
    message: Row[Any],
    members: Sequence[Row[Any]],
    *,
    transport: str,
    now: datetime,
) -> Claimed:
    """Take the lease on a message; its reference is fixed by its first claim.

    `transport` is the one it leaves by now, whatever was planned.
    """
    ref = message.ref or reference([row.key for row in members])
    attempt = message.attempts + 1
    connection.execute(
        update(messages)
        .where(messages.c.id == message.id)
        .values(
            state=State.SENDING.value,
            lease_until_at=now + LEASE,
            attempts=attempt,
            ref=ref,
            transport=transport,
        )
    )
    connection.execute(
        update(alerts)
        .where(alerts.c.id.in_([row.id for row in members]))
        .values(state=State.SENDING.value, reason=Reason.DUE.value, transport=transport)
    )
    return Claimed(
        message.id,
        message.recipient,
        Channel(message.channel),
        transport,
        attempt,
        ref,
        message.severity,
    )


def intend(
    connection: Connection, claimed: Claimed, content: bytes, *, now: datetime
) -> None:
    """Write down what is about to be sent, before it is."""
    _attempt(
        connection,
        claimed,
        "intent",
        now=now,
        content_hash=hashlib.sha256(content).hexdigest(),
    )


def reference(keys: Sequence[str]) -> str:
    """Return the word by which a message is recognised: a hash of its alert keys."""
    return hashlib.sha256("|".join(sorted(keys)).encode()).hexdigest()[:32]


def settle(
    connection: Connection,
    claimed: Claimed,
    *,
    state: State,
    now: datetime,
    outcome: str,
    detail: str,
    not_before_at: datetime | None = None,
) -> None:
    """Write what came of an attempt; PENDING means it is tried again.

    Re-runnable: only the attempt that holds the message is settled.
    """
    held = connection.execute(
        select(messages.c.id).where(
            messages.c.id == claimed.id,
            messages.c.state == State.SENDING.value,
            messages.c.attempts == claimed.attempt,
        )
    ).first()
    if held is None:
        return
    _attempt(connection, claimed, "outcome", now=now, outcome=outcome, detail=detail)
    if state is State.PENDING:
        _back_to_pending(connection, [claimed.id], not_before_at=not_before_at or now)
        _set(connection, claimed.id, detail=detail)
        return
    said = state is State.ACCEPTED
    connection.execute(
        update(messages)
        .where(messages.c.id == claimed.id)
        .values(
            state=state.value,
            sent_at=now if said else None,
            lease_until_at=None,
            detail=detail,
        )
    )
    connection.execute(
        update(alerts)
        .where(alerts.c.message_id == claimed.id, alerts.c.state == State.SENDING.value)
        .values(
            state=state.value,
            sent_at=now if said else None,
            reason=Reason.SAID.value if said else Reason.BAD_CONTACT.value,
        )
    )


def close_message(connection: Connection, number: int, *, state: State) -> None:
    """Close a message that has nothing left to say."""
    _set(connection, number, state=state.value, lease_until_at=None)


def postpone(
    connection: Connection, number: int, *, until_at: datetime, reason: Reason
) -> None:
    """Let a message wait, and say why on its alerts."""
    _set(connection, number, not_before_at=until_at)
    connection.execute(
        update(alerts)
        .where(alerts.c.message_id == number, alerts.c.state == State.PENDING.value)
        .values(reason=reason.value)
    )


def _held_by_the_brake(connection: Connection) -> list[int]:
    query = select(messages.c.id).where(
        messages.c.state == State.PENDING.value, messages.c.detail == BRAKED
    )
    return list(connection.execute(query).scalars())


def _usual_limit(connection: Connection, *, now: datetime) -> int:
    """Return max(500, 3 × the 95th percentile of the last 28 days' messages a day)."""
    days: dict[date, int] = {}
    query = select(messages.c.created_at).where(
        messages.c.created_at > now - timedelta(days=_BRAKE_DAYS),
        messages.c.created_at < now,
    )
    for created_at in connection.execute(query).scalars():
        days[created_at.date()] = days.get(created_at.date(), 0) + 1
    counts = sorted(days.values())
    counts = [0] * (_BRAKE_DAYS - len(counts)) + counts
    return max(_LEAST_BRAKE, 3 * counts[int(0.95 * (len(counts) - 1))])


def _open_messages(
    connection: Connection, recipients: Sequence[str]
) -> dict[tuple[str, str, str], Row[Any]]:
    found = {}
    for some in chunks(dict.fromkeys(recipients)):
        query = select(messages).where(
            messages.c.recipient.in_(some),
            messages.c.state == State.PENDING.value,
            messages.c.attempts == 0,
            messages.c.detail != BRAKED,
        )
        for row in connection.execute(query):
            found[row.recipient, row.channel, row.transport] = row
    return found


def _new_message(
    connection: Connection,
    recipient: str,
    channel: str,
    transport: str,
    severity: int,
    *,
    held: bool,
    now: datetime,
) -> int:
    key = connection.execute(
        insert(messages).values(
            recipient=recipient,
            channel=channel,
            transport=transport,
            state=State.PENDING.value,
            severity=severity,
            created_at=now,
            not_before_at=_NEVER if held else now,
            detail=BRAKED if held else "",
        )
    ).inserted_primary_key
    assert key is not None  # noqa: S101 - every row of the table has one
    return int(key[0])


def _set(connection: Connection, number: int, **values: object) -> None:
    connection.execute(update(messages).where(messages.c.id == number).values(**values))


def _back_to_pending(
    connection: Connection, ids: Sequence[int], *, not_before_at: datetime
) -> None:
    connection.execute(
        update(messages)
        .where(messages.c.id.in_(ids))
        .values(
            state=State.PENDING.value,
            lease_until_at=None,
            not_before_at=not_before_at,
        )
    )
    connection.execute(
        update(alerts)
        .where(alerts.c.message_id.in_(ids), alerts.c.state == State.SENDING.value)
        .values(state=State.PENDING.value)
    )


def _attempt(
    connection: Connection,
    claimed: Claimed,
    event: str,
    *,
    now: datetime,
    content_hash: str = "",
    outcome: str = "",
    detail: str = "",
) -> None:
    connection.execute(
        insert(attempts).values(
            message_id=claimed.id,
            attempt=claimed.attempt,
            event=event,
            at=now,
            ref=claimed.ref,
            content_hash=content_hash,
            outcome=outcome,
            detail=detail[:500],
        )
    )


def _id_chunks(ids: Sequence[int]) -> list[Sequence[int]]:
    return [ids[start : start + 500] for start in range(0, len(ids), 500)]
