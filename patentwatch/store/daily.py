"""One day of the line, read back: what left, who was asked to ring, what comes next."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection, delete, func, select, update

from patentwatch import clock
from patentwatch.model import Channel, State
from patentwatch.store import halts, pauses
from patentwatch.store.brake import BRAKED
from patentwatch.store.patents import chunks
from patentwatch.store.standings import AS_KNOWN
from patentwatch.store.tables import alerts, circuits, messages, patents, spells


@dataclass(frozen=True, slots=True)
class SentAlert:
    """One alert of a message that left; `county` None: it cannot be told.

    `parts` are what its message is billed as, 0 for a mail.
    """

    channel: Channel
    tier: str
    parts: int
    application_no: str
    county: str | None


@dataclass(frozen=True, slots=True)
class CallTask:
    """One task for an official with a telephone."""

    id: int
    tier: str
    county: str | None


@dataclass(frozen=True, slots=True)
class Next:
    """What comes after a day: `on` the next day with something to do, None: never.

    `waking_on` is the next day on which a silence begins or ends.
    """

    on: date | None
    waking_on: date | None


def sent(
    connection: Connection, refs: Collection[str], *, on: date
) -> dict[str, list[SentAlert]]:
    """Return by reference what these messages said; each in the order of numbers."""
    query = (
        select(
            messages.c.ref,
            messages.c.parts,
            alerts.c.channel,
            alerts.c.tier,
            alerts.c.application_no,
        )
        .join(alerts, alerts.c.message_id == messages.c.id)
        .where(alerts.c.state == State.ACCEPTED.value)
        .order_by(alerts.c.application_no, alerts.c.id)
    )
    rows = [
        row
        for some in chunks(refs)
        for row in connection.execute(query.where(messages.c.ref.in_(some)))
    ]
    where = counties(connection, {row.application_no for row in rows}, on=on)
    found: dict[str, list[SentAlert]] = {ref: [] for ref in refs}
    for row in rows:
        county = where.get(row.application_no)
        alert = SentAlert(
            Channel(row.channel), row.tier, row.parts or 0, row.application_no, county
        )
        found[row.ref].append(alert)
    return found


def calls(connection: Connection, *, on: date) -> list[CallTask]:
    """Return the tasks that were made on a day."""
    query = select(alerts).where(
        alerts.c.channel == Channel.CALL.value,
        alerts.c.state == State.PENDING.value,
        alerts.c.decided_on == on,
    )
    rows = connection.execute(query.order_by(alerts.c.id)).all()
    where = counties(connection, {row.application_no for row in rows}, on=on)
    return [CallTask(row.id, row.tier, where.get(row.application_no)) for row in rows]


def counties(
    connection: Connection, numbers: Iterable[str], *, on: date
) -> dict[str, str | None]:
    """Return which county answers for each patent on a day, as its notices have it."""
    found: dict[str, str | None] = {}
    for some in chunks(numbers):
        listed = select(patents.c.application_no, patents.c.county)
        placed = select(spells.c.application_no, spells.c.county).where(
            spells.c.application_no.in_(some),
            spells.c.view == AS_KNOWN,
            spells.c.from_on <= on,
        )
        for query in (
            listed.where(patents.c.application_no.in_(some)),
            placed.order_by(spells.c.from_on),
        ):
            found |= {row[0]: row[1] for row in connection.execute(query)}
    return found


def clear_the_way(connection: Connection) -> None:
    """Let nothing but the alerts themselves decide what leaves: on a copy only.

    No transport has failed, nothing is halted, and what is not about alerts, such as
    a digest, is not sent.
    """
    connection.execute(delete(circuits))
    for kind in halts.HaltKind:
        halts.lift(connection, kind)
    connection.execute(
        update(messages)
        .where(messages.c.kind != "alerts", messages.c.state == State.PENDING.value)
        .values(state=State.CANCELLED.value)
    )


def next_day(connection: Connection, *, after: date) -> Next:
    """Return when a look or a delivery has something to do after a day."""
    looks = select(func.min(patents.c.next_look_on)).where(
        patents.c.next_look_on > after
    )
    waits = select(func.min(messages.c.not_before_at)).where(
        messages.c.state.in_((State.PENDING.value, State.SENDING.value)),
        messages.c.detail != BRAKED,
    )
    look_on = connection.execute(looks).scalar_one_or_none()
    tried_at = connection.execute(waits).scalar_one_or_none()
    waking_on = pauses.silence_waking_day(connection, on=after)
    days = [look_on, waking_on, clock.today(tried_at) if tried_at else None]
    return Next(min((day for day in days if day), default=None), waking_on)
