"""The brake: too many messages on one look wait until somebody lets them go."""

from datetime import datetime

from sqlalchemy import Connection, select, update

from patentwatch.model import Reason, State, Tier
from patentwatch.store.outbox import id_chunks
from patentwatch.store.tables import alerts, messages

EARLY = frozenset({Tier.NOTICE, Tier.REMINDER})
"""What the brake holds back."""

BRAKED = "braked"


def braked(connection: Connection) -> int:
    """Return how many messages the brake holds."""
    return len(_held_by_the_brake(connection))


def release(connection: Connection, *, now: datetime) -> int:
    """Let go what the brake holds; return how many messages that is."""
    held = _held_by_the_brake(connection)
    for ids in id_chunks(held):
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


def _held_by_the_brake(connection: Connection) -> list[int]:
    query = (
        select(messages.c.id)
        .join(alerts, alerts.c.message_id == messages.c.id)
        .where(
            messages.c.state == State.PENDING.value,
            messages.c.detail == BRAKED,
            alerts.c.state == State.PENDING.value,
        )
        .distinct()
    )
    return list(connection.execute(query).scalars())
