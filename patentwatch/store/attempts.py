"""Attempts to send messages, and what came of them, with a reason.

What happens to a message is committed before the wire (intent) and after it (outcome).
Only the attempt that holds a message settles it, so that of two daemons one wins.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, bindparam, insert, select, update

from patentwatch.model import Reason, State
from patentwatch.store.messages import Claimed
from patentwatch.store.tables import alerts, attempts, messages


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
