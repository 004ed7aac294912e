"""What waits in the outbox and is not to be said: closed at once, not at the claim."""

from collections.abc import Collection

from sqlalchemy import Connection, exists, select, update

from patentwatch.model import Channel, Reason, State
from patentwatch.store import outbox
from patentwatch.store.patents import chunks
from patentwatch.store.tables import alerts, messages


def numbers_for(connection: Connection, recipient: str) -> list[str]:
    """Return the patents about which something waits for a recipient."""
    query = select(alerts.c.application_no).where(
        alerts.c.recipient == recipient, alerts.c.state == State.PENDING.value
    )
    return list(connection.execute(query.distinct()).scalars())


def cancel_for(connection: Connection, recipient: str, *, reason: Reason) -> int:
    """Cancel all that waits for a recipient; return how many messages that were.

    What is on the wire keeps its own outcome.
    """
    waits = alerts.c.recipient == recipient, alerts.c.state == State.PENDING.value
    ids = connection.execute(
        select(alerts.c.message_id)
        .where(*waits, alerts.c.message_id.is_not(None))
        .distinct()
    ).scalars()
    found = list(ids)
    connection.execute(
        update(alerts)
        .where(*waits, alerts.c.channel != Channel.CALL.value)
        .values(state=State.CANCELLED.value, reason=reason.value)
    )
    outbox.close_messages(connection, found)
    return len(found)


def close_empty(connection: Connection, numbers: Collection[str]) -> int:
    """Cancel the waiting messages that have nothing left to say; return how many.

    `numbers`: of the patents whose alerts may have been the last in them.
    """
    other = alerts.alias()
    left = exists().where(
        other.c.message_id == messages.c.id, other.c.state == State.PENDING.value
    )
    found: set[int] = set()
    for some in chunks(numbers):
        query = (
            select(messages.c.id)
            .join(alerts, alerts.c.message_id == messages.c.id)
            .where(
                alerts.c.application_no.in_(some),
                messages.c.state == State.PENDING.value,
                ~left,
            )
        )
        found |= set(connection.execute(query).scalars())
    outbox.close_messages(connection, sorted(found))
    return len(found)
