"""The outbox: messages that wait, are put off, closed, or taken back.

One message is one recipient on one channel; a lease that runs out gives it back. Every
write names the state it expects, so that of two daemons one wins. `claiming` takes
messages from here, `attempts` says what came of them.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import (
    Connection,
    bindparam,
    exists,
    select,
    update,
)

from patentwatch.model import Channel, Reason, State
from patentwatch.store import patents
from patentwatch.store.messages import PRESSING, REPEATABLE, UNMADE
from patentwatch.store.tables import alerts, messages


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
