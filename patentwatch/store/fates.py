"""Messages whose fate is to be asked: unknown ones, and accepted ones without receipt.

Whoever asks first pushes the next asking ahead, so that two daemons do not ask at
once, and a kill asks again a little later.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, or_, select, update

from patentwatch.model import Channel, State
from patentwatch.store.outbox import move_alerts
from patentwatch.store.tables import attempts, messages

ASKING_TAKES = timedelta(minutes=5)
"""For how long one who asks keeps the others from asking, too."""

_OPEN = (State.UNKNOWN.value, State.ACCEPTED.value)


@dataclass(frozen=True, slots=True)
class Open:
    """A message that left at `left_at`, or may have, and whose end is not known."""

    id: int
    ref: str
    provider_ref: str
    recipient: str
    channel: Channel
    state: State
    severity: int
    attempt: int
    left_at: datetime

    @property
    def unknown(self) -> bool:
        """Whether it may never have arrived at the provider."""
        return self.state is State.UNKNOWN


def to_ask(
    connection: Connection, transport: str, *, now: datetime, limit: int
) -> list[Open]:
    """Return messages whose hour to be asked for has come, and keep others off them.

    First those that may never have arrived, however many wait for a mere receipt.
    """
    query = (
        _with_intent()
        .where(
            messages.c.ask_at <= now,
            messages.c.transport == transport,
            messages.c.state.in_(_OPEN),
        )
        # "unknown" goes before "accepted", by the alphabet from its end.
        .order_by(messages.c.state.desc(), messages.c.ask_at, messages.c.id)
        .limit(limit)
        .with_for_update(skip_locked=True, of=messages)
    )
    found = [_open(row) for row in connection.execute(query)]
    if found:
        connection.execute(
            update(messages)
            .where(messages.c.id.in_([one.id for one in found]))
            .values(ask_at=now + ASKING_TAKES)
        )
    return found


def find(
    connection: Connection, transport: str, *, ref: str = "", provider_ref: str = ""
) -> Open | None:
    """Return the message of which a provider speaks, whatever its state."""
    name = messages.c.ref == ref if ref else messages.c.provider_ref == provider_ref
    if not (ref or provider_ref):
        return None
    query = _with_intent().where(messages.c.transport == transport, name)
    row = connection.execute(query.order_by(messages.c.id.desc()).limit(1)).first()
    return _open(row) if row is not None else None


def candidates(
    connection: Connection, transport: str, recipient: str, *, since_at: datetime
) -> list[Open]:
    """Return what one number was sent lately and whose end is not known."""
    query = _with_intent().where(
        messages.c.transport == transport,
        messages.c.recipient == recipient,
        messages.c.state.in_((*_OPEN, State.SENDING.value)),
        attempts.c.at >= since_at,
    )
    return [_open(row) for row in connection.execute(query.order_by(messages.c.id))]


def unanswered(
    connection: Connection,
    askable: Collection[str],
    *,
    now: datetime,
    left_before_at: datetime,
) -> list[Open]:
    """Return messages of which nobody could say what became of them, oldest first.

    By whichever transport they left: the office may have changed its provider. What
    left by one of the `askable` ones and is still to be asked is not among them.
    """
    query = _with_intent().where(
        messages.c.state == State.UNKNOWN.value,
        messages.c.ask_at.is_not(None),
        or_(messages.c.ask_at > now, messages.c.transport.not_in(askable)),
        attempts.c.at <= left_before_at,
    )
    return [_open(row) for row in connection.execute(query.order_by(messages.c.id))]


def ask_again(
    connection: Connection,
    found: Open,
    *,
    at: datetime | None,
    provider_ref: str = "",
) -> None:
    """Ask at another time, None: never more; keep what the provider calls it."""
    values: dict[str, Any] = {"ask_at": at}
    if provider_ref:
        values["provider_ref"] = provider_ref[:80]
    connection.execute(update(messages).where(_still(found)).values(values))


def repeated(connection: Connection, found: Open, *, why: str) -> bool:
    """Whether a message was sent again for this reason before."""
    query = select(attempts.c.id).where(
        attempts.c.message_id == found.id,
        attempts.c.event == "asked",
        attempts.c.detail == why,
    )
    return connection.execute(query.limit(1)).first() is not None


def send_again(connection: Connection, found: Open, *, why: str, now: datetime) -> bool:
    """Let an unknown message wait to be sent once more, under the same name."""
    held = connection.execute(
        update(messages)
        .where(_still(found))
        .values(
            state=State.PENDING.value, ask_at=None, not_before_at=now, detail=why[:500]
        )
    )
    if held.rowcount == 0:
        return False
    connection.execute(
        insert(attempts).values(
            message_id=found.id,
            attempt=found.attempt,
            event="asked",
            at=now,
            ref=found.ref,
            outcome=State.PENDING.value,
            detail=why[:500],
        )
    )
    move_alerts(connection, [found.id], State.UNKNOWN, State.PENDING)
    return True


def _with_intent() -> Any:
    return select(messages, attempts.c.at.label("left_at")).join(
        attempts,
        and_(
            attempts.c.message_id == messages.c.id,
            attempts.c.attempt == messages.c.attempts,
            attempts.c.event == "intent",
        ),
    )


def _still(found: Open) -> Any:
    """Return that nobody settled the message or sent it again meanwhile."""
    return and_(
        messages.c.id == found.id,
        messages.c.state == found.state.value,
        messages.c.attempts == found.attempt,
    )


def _open(row: Row[Any]) -> Open:
    return Open(
        id=row.id,
        ref=row.ref or "",
        provider_ref=row.provider_ref,
        recipient=row.recipient,
        channel=Channel(row.channel),
        state=State(row.state),
        severity=row.severity,
        attempt=row.attempts,
        left_at=row.left_at,
    )
