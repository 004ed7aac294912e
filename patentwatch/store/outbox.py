"""The outbox: messages claimed with a lease and settled with a reason.

One message is one recipient on one channel. What happens to it is committed before
the wire (intent) and after it (outcome); a lease that runs out gives it back. Every
write names the state it expects, so that of two daemons one wins.
"""

import hashlib
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    exists,
    insert,
    select,
    update,
)

from patentwatch.model import Channel, Evidence, Reason, State, Tier
from patentwatch.store import patents
from patentwatch.store.tables import alerts, attempts, messages

LEASE = timedelta(minutes=15)

REPEATABLE = frozenset({"smtp", "file", "sheet"})
"""Transports to which a message may be given again under its name: a mail's copy is
folded, a file is there already. Every other has to be asked first."""

ALERTS = "alerts"
"""The kind of message that holds alerts; every other is a paper made beforehand."""

CANARY = "canary"
"""The kind that leaves while observing, too: it goes to the administrator."""

LATE = frozenset({Tier.FINAL, Tier.LAST_WEEK, Tier.LAPSED, Tier.RESTORE})
"""What no daily cap holds back."""

UNMADE = "unmade "
"""How the detail of a waiting message begins that cannot be made as it is, or that its
gateway does not take; the reason follows."""

PRESSING = LATE | {Tier.URGENT}
"""What does not wait for certainty: at most a fortnight is left to act."""


def pressing(severity: int) -> bool:
    """Whether a message of this severity does not wait for certainty."""
    return list(Tier)[severity] in PRESSING


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message in our hands until the lease runs out; `ref` names it to the world."""

    id: int
    kind: str
    recipient: str
    channel: Channel
    transport: str
    attempt: int
    ref: str
    severity: int
    lease_until_at: datetime
    first: bool  # nothing of it can have left before
    alert_ids: tuple[int, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    content_hash: str = ""
    parts: int | None = None  # short messages billed


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that the other side took, or may have taken (`unknown`)."""

    claimed: Claimed
    state: State
    provider_ref: str = ""


def recover(connection: Connection, *, now: datetime) -> list[int]:
    """Take back messages whose lease ran out; a kill left them. Return which.

    What did not leave by a `REPEATABLE` transport has a fate that must be asked before
    it is sent again; everything else is tried again.
    """
    fates = (
        (messages.c.transport.not_in(REPEATABLE), State.UNKNOWN),
        (messages.c.transport.in_(REPEATABLE), State.PENDING),
    )
    taken_back: list[int] = []
    for whose, state in fates:
        found = list(
            connection.execute(
                update(messages)
                .where(
                    messages.c.state == State.SENDING.value,
                    messages.c.lease_until_at <= now,
                    whose,
                )
                .values(
                    state=state.value,
                    lease_until_at=None,
                    not_before_at=now,
                    ask_at=now if state is State.UNKNOWN else None,
                )
                .returning(messages.c.id)
            ).scalars()
        )
        move_alerts(connection, found, State.SENDING, state)
        taken_back += found
    return taken_back


def look_again(connection: Connection, message_id: int) -> None:
    """Ask for another look at the patents of a message that did not arrive for sure."""
    query = select(alerts.c.application_no).where(alerts.c.message_id == message_id)
    patents.look_again(connection, list(connection.execute(query.distinct()).scalars()))


def look_again_at_pressing(connection: Connection, channel: Channel) -> None:
    """Ask for a look at what is pressing and cannot leave: an official is to ring.

    Only where nobody is asked to ring already.
    """
    asked = alerts.alias()
    rung = exists().where(
        asked.c.application_no == alerts.c.application_no,
        asked.c.fee_year == alerts.c.fee_year,
        asked.c.channel == Channel.CALL.value,
        asked.c.state == State.PENDING.value,
    )
    query = select(alerts.c.application_no).where(
        alerts.c.channel == channel.value,
        alerts.c.state == State.PENDING.value,
        alerts.c.tier.in_([tier.value for tier in PRESSING]),
        ~rung,
    )
    patents.look_again(connection, list(connection.execute(query.distinct()).scalars()))


def reference(keys: Iterable[str]) -> str:
    """Return the word by which a message is recognised: a hash of its alert keys."""
    return hashlib.sha256("|".join(sorted(keys)).encode()).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class Ended:
    """What came of an attempt; state PENDING means that it is tried again.

    `untouched`: this attempt cannot have left the house; where none before it can have,
    the message may still grow. `ask_at`: when its provider is asked what became of it,
    None: never.
    """

    claimed: Claimed
    state: State
    reason: Reason
    outcome: str
    detail: str = ""
    not_before_at: datetime | None = None
    untouched: bool = False
    provider_ref: str = ""
    ask_at: datetime | None = None


def settle(
    connection: Connection, ended: Sequence[Ended], *, now: datetime
) -> set[int]:
    """Write what came of attempts; return the messages that they still held.

    Re-runnable: only the attempt that holds a message is settled.
    """
    held = _held(connection, ended)
    if not held:
        return set()
    connection.execute(
        update(messages)
        .where(messages.c.id == bindparam("message"))
        .values({name: bindparam(name) for name in _SETTLED}),
        [_settled(end, row, now=now) for end, row in held],
    )
    ends = [end for end, _ in held]
    connection.execute(
        insert(attempts),
        [
            attempt_row(
                end.claimed,
                "outcome",
                now=now,
                outcome=end.outcome,
                detail=end.detail,
            )
            for end in ends
        ],
    )
    connection.execute(
        update(alerts)
        .where(
            alerts.c.message_id == bindparam("message"),
            alerts.c.state == State.SENDING.value,
        )
        .values(
            state=bindparam("after"), reason=bindparam("why"), sent_at=bindparam("at")
        ),
        [
            {
                "message": end.claimed.id,
                "after": end.state.value,
                "why": end.reason.value,
                "at": now if end.state is State.ACCEPTED else None,
            }
            for end in ends
        ],
    )
    return {end.claimed.id for end in ends}


_SETTLED = (
    "state",
    "lease_until_at",
    "detail",
    "ask_at",
    "provider_ref",
    "sent_at",
    "not_before_at",
    "ref",
)


def _held(
    connection: Connection, ended: Sequence[Ended]
) -> list[tuple[Ended, Row[Any]]]:
    """Return the attempts that hold their message, with it, locked for us."""
    query = select(messages).where(
        messages.c.id.in_([end.claimed.id for end in ended]),
        messages.c.state == State.SENDING.value,
    )
    locked = query.order_by(messages.c.id).with_for_update()
    rows = {row.id: row for row in connection.execute(locked)}
    return [
        (end, rows[end.claimed.id])
        for end in ended
        if end.claimed.id in rows
        and rows[end.claimed.id].attempts == end.claimed.attempt
    ]


def _settled(end: Ended, row: Row[Any], *, now: datetime) -> dict[str, Any]:
    """Return the columns of a message after its attempt; most stay where not said."""
    again = end.state is State.PENDING
    return {
        "message": row.id,
        "state": end.state.value,
        "lease_until_at": None,
        "detail": end.detail[:500],
        "ask_at": end.ask_at,
        "provider_ref": end.provider_ref[:80] or row.provider_ref,
        "sent_at": now if end.state is State.ACCEPTED else row.sent_at,
        "not_before_at": (end.not_before_at or now) if again else row.not_before_at,
        "ref": None if end.untouched and end.claimed.first else row.ref,
    }


def close_messages(connection: Connection, ids: Sequence[int]) -> None:
    """Close messages that have nothing left to say."""
    for some in id_chunks(ids):
        connection.execute(
            update(messages)
            .where(messages.c.id.in_(some), messages.c.state == State.PENDING.value)
            .values(state=State.CANCELLED.value, lease_until_at=None)
        )
    free_the_rest(connection, ids)


def postpone(
    connection: Connection,
    ids: Sequence[int],
    *,
    until_at: datetime,
    reason: Reason,
    detail: str | None = None,
) -> None:
    """Let messages wait, and say why on their alerts; `detail` None: it stays."""
    values: dict[str, Any] = {"not_before_at": until_at}
    if detail is not None:
        values["detail"] = detail[:500]
    for some in id_chunks(ids):
        connection.execute(
            update(messages)
            .where(messages.c.id.in_(some), messages.c.state == State.PENDING.value)
            .values(values)
        )
        connection.execute(
            update(alerts)
            .where(alerts.c.message_id.in_(some), alerts.c.state == State.PENDING.value)
            .values(reason=reason.value)
        )


def unmade(
    connection: Connection, recipients: Collection[str]
) -> set[tuple[Channel, str]]:
    """Return who of these waits, and on which channel, for what cannot be made."""
    found: set[tuple[Channel, str]] = set()
    for some in patents.chunks(sorted(recipients)):
        query = select(messages.c.channel, messages.c.recipient).where(
            messages.c.recipient.in_(some),
            messages.c.state == State.PENDING.value,
            messages.c.detail.startswith(UNMADE, autoescape=True),
        )
        for channel, recipient in connection.execute(query.distinct()):
            found.add((Channel(channel), recipient))
    return found


def set_parts(connection: Connection, parts: Mapping[int, int]) -> None:
    """Write how many parts of waiting short messages will be billed, by message."""
    if parts:
        connection.execute(
            update(messages)
            .where(messages.c.id == bindparam("message"))
            .values(parts=bindparam("billed")),
            [{"message": number, "billed": parts[number]} for number in sorted(parts)],
        )


def postpone_all(
    connection: Connection,
    channel: Channel,
    *,
    now: datetime,
    until_at: datetime,
    reason: Reason,
) -> int:
    """Let every message wait that could be tried now; return how many those are."""
    query = select(messages.c.id).where(
        messages.c.state == State.PENDING.value,
        messages.c.not_before_at <= now,
        messages.c.channel == channel.value,
    )
    locked = query.with_for_update(skip_locked=True)
    ids = list(connection.execute(locked).scalars())
    postpone(connection, ids, until_at=until_at, reason=reason)
    return len(ids)


def id_chunks(ids: Sequence[int]) -> list[Sequence[int]]:
    """Return `ids` in lists short enough for one IN."""
    return [ids[start : start + 500] for start in range(0, len(ids), 500)]


def move_alerts(
    connection: Connection, ids: Sequence[int], before: State, after: State
) -> None:
    """Let the alerts of messages follow them from one state to the next."""
    for some in id_chunks(ids):
        connection.execute(
            update(alerts)
            .where(alerts.c.message_id.in_(some), alerts.c.state == before.value)
            .values(state=after.value)
        )


def free_the_rest(connection: Connection, ids: Sequence[int]) -> None:
    """Let the alerts that stayed behind go into other messages."""
    for some in id_chunks(ids):
        connection.execute(
            update(alerts)
            .where(alerts.c.message_id.in_(some), alerts.c.state == State.PENDING.value)
            .values(message_id=None)
        )


def attempt_row(
    claimed: Claimed, event: str, *, now: datetime, outcome: str = "", detail: str = ""
) -> dict[str, Any]:
    """Return the row of what is about to be tried ("intent"), or was ("outcome")."""
    return {
        "message_id": claimed.id,
        "attempt": claimed.attempt,
        "event": event,
        "at": now,
        "ref": claimed.ref,
        "content_hash": claimed.content_hash if event == "intent" else "",
        "outcome": outcome,
        "detail": detail[:500],
    }
