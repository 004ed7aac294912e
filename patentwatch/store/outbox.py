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
        insert(attempts), [_attempt(claimed, "intent", now=now) for claimed in taken]
    )
    _free_the_rest(connection, [claimed.id for claimed in taken])


def reference(keys: Iterable[str]) -> str:
    """Return the word by which a message is recognised: a hash of its alert keys."""
    return hashlib.sha256("|".join(sorted(keys)).encode()).hexdigest()[:32]


def settle(
    connection: Connection,
    claimed: Claimed,
    *,
    state: State,
    reason: Reason,
    now: datetime,
    outcome: str,
    detail: str = "",
    not_before_at: datetime | None = None,
    untouched: bool = False,
    provider_ref: str = "",
    ask_at: datetime | None = None,
) -> bool:
    """Write what came of an attempt; PENDING means it is tried again.

    Re-runnable: only the attempt that holds the message is settled; return whether
    it did. `untouched`: this attempt cannot have left the house; where none before it
    can have, the message may still grow. `ask_at`: when its provider is asked what
    became of it, None: never.
    """
    said = state is State.ACCEPTED
    values: dict[str, Any] = {
        "state": state.value,
        "lease_until_at": None,
        "detail": detail[:500],
        "ask_at": ask_at,
    }
    if provider_ref:
        values["provider_ref"] = provider_ref[:80]
    if said:
        values["sent_at"] = now
    if state is State.PENDING:
        values["not_before_at"] = not_before_at or now
    if untouched and claimed.first:
        values["ref"] = None
    held = connection.execute(
        update(messages)
        .where(
            messages.c.id == claimed.id,
            messages.c.state == State.SENDING.value,
            messages.c.attempts == claimed.attempt,
        )
        .values(values)
    )
    if held.rowcount == 0:
        return False
    ended = _attempt(claimed, "outcome", now=now, outcome=outcome, detail=detail)
    connection.execute(insert(attempts), ended)
    connection.execute(
        update(alerts)
        .where(alerts.c.message_id == claimed.id, alerts.c.state == State.SENDING.value)
        .values(state=state.value, reason=reason.value, sent_at=now if said else None)
    )
    return True


def close_messages(connection: Connection, ids: Sequence[int]) -> None:
    """Close messages that have nothing left to say."""
    for some in id_chunks(ids):
        connection.execute(
            update(messages)
            .where(messages.c.id.in_(some), messages.c.state == State.PENDING.value)
            .values(state=State.CANCELLED.value, lease_until_at=None)
        )
    _free_the_rest(connection, ids)


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


def _free_the_rest(connection: Connection, ids: Sequence[int]) -> None:
    for some in id_chunks(ids):
        connection.execute(
            update(alerts)
            .where(alerts.c.message_id.in_(some), alerts.c.state == State.PENDING.value)
            .values(message_id=None)
        )


def _attempt(
    claimed: Claimed, event: str, *, now: datetime, outcome: str = "", detail: str = ""
) -> dict[str, Any]:
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
