"""What the plan's measures ask of the register: counts and names of a day. Reads only.

Set work in the database. A right counts as it was known on the day (`as_known`).
"""

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    case,
    exists,
    func,
    or_,
    select,
    true,
)
from sqlalchemy.sql.expression import Subquery

from patentwatch import clock
from patentwatch.model import Audience, Channel, Reason, State, Tier
from patentwatch.routing import COUNTY
from patentwatch.store.counting import LAPSED, Counts
from patentwatch.store.patents import CHUNK
from patentwatch.store.standings import AS_KNOWN
from patentwatch.store.tables import (
    alerts,
    contacts,
    listings,
    patents,
    runs,
    spells,
    verdicts,
)

_ARRIVED = (State.ACCEPTED.value, State.DELIVERED.value)
_AFTER_THE_END = (Tier.LAPSED.value, Tier.RESTORE.value)
_OWNERS = (Audience.PATENTEE.value, Audience.AGENT.value)

Counties = Collection[str] | None
"""The codes of counties; None: the whole city, with what no county is known of."""


def has_register(connection: Connection) -> bool:
    """Tell whether any list was ever taken in."""
    query = select(or_(exists().select_from(patents), exists().select_from(listings)))
    return bool(connection.execute(query).scalar())


def first_list_on(connection: Connection) -> date | None:
    """Return the day of the oldest list of the register, None where none says one."""
    taken = select(func.min(runs.c.as_of_on)).where(
        runs.c.kind == "register", runs.c.state == "done"
    )
    complete = select(func.min(listings.c.as_of_on))
    days = [connection.execute(query).scalar() for query in (taken, complete)]
    return min((day for day in days if day is not None), default=None)


def newest_lists(connection: Connection, *, on: date) -> dict[str, date]:
    """Return the day of the newest complete list of each county by a day."""
    query = (
        select(listings.c.county, func.max(listings.c.as_of_on))
        .where(listings.c.as_of_on <= on)
        .group_by(listings.c.county)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def lacks_grant_days(connection: Connection) -> bool:
    """Tell whether the register has a right of which no list says since when."""
    query = select(exists().where(patents.c.grant_on.is_(None)))
    return bool(connection.execute(query).scalar())


def not_looked_at(connection: Connection) -> Counts:
    """Return how many patents no look has counted yet, by county."""
    query = (
        select(patents.c.county, func.count())
        .where(
            patents.c.next_look_on.is_(None),
            ~exists().where(spells.c.application_no == patents.c.application_no),
        )
        .group_by(patents.c.county)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


@dataclass(frozen=True, slots=True)
class Lapses:
    """How many rights a time lost for non-payment, by county, and the last of them."""

    counts: Counts
    latest_on: date | None


def lapses(connection: Connection, from_on: date, to_on: date) -> Lapses:
    """Return what became known as lapsed in a time, both days inclusive."""
    query = (
        select(spells.c.county, func.count(), func.max(spells.c.until_on))
        .where(_lapsed(from_on, to_on))
        .group_by(spells.c.county)
    )
    rows = connection.execute(query).all()
    return Lapses(
        {row[0]: row[1] for row in rows}, max((row[2] for row in rows), default=None)
    )


@dataclass(frozen=True, slots=True)
class Reminders:
    """Fees that fell due, and how many of them somebody was told of, by county."""

    due: Counts
    told: Counts
    latest_due_on: date | None


def reminders(
    connection: Connection, from_on: date, on: date, *, real: Collection[Channel]
) -> Reminders:
    """Return how many fees fell due from `from_on` to `on`, and how many were told of.

    A fee counts where the log of verdicts up to `on` has a tier of it before the end
    of the six months, or that nobody confirmed whether it is paid: what was known to be
    paid before its first tier asked for no reminder. Told: a message to an owner or
    an agent left by `on` and, as is known now, arrived; or an official was asked by
    `on` to ring. What was said after the right had ended is no reminder, and trials
    into files do not count on channels that were ever `real`.
    """
    fees = _fees(from_on, on)
    told = case((_told(fees, on, real), 1), else_=0)
    county = func.coalesce(spells.c.county, patents.c.county)
    figures = select(county, func.count(), func.sum(told), func.max(fees.c.due_on))
    query = _about(fees, figures).group_by(county)
    rows = connection.execute(query).all()
    return Reminders(
        {row[0]: row[1] for row in rows},
        {row[0]: int(row[2]) for row in rows},
        max((row[3] for row in rows), default=None),
    )


def counties_with_official(connection: Connection, *, on: date) -> set[str]:
    """Return the counties that had an official in the address book on a day."""
    query = select(contacts.c.county).where(
        contacts.c.role == COUNTY,
        contacts.c.valid_from_on <= on,
        or_(contacts.c.ended_on.is_(None), contacts.c.ended_on > on),
    )
    return set(connection.execute(query.distinct()).scalars()) - {""}


def in_force(
    connection: Connection, on: date, *, counties: Counties
) -> Iterator[Sequence[Row[Any]]]:
    """Yield the rights in force on a day in order of numbers, some hundred at a time.

    With number, title and the county of that day.
    """
    query: Select[Any] = (
        select(spells.c.application_no, patents.c.title, spells.c.county)
        .join(patents, patents.c.application_no == spells.c.application_no)
        .where(standing(on), within(counties))
        .order_by(spells.c.application_no)
    )
    with connection.execute(query, execution_options={"yield_per": CHUNK}) as found:
        yield from found.partitions()


def lapsed(
    connection: Connection,
    from_on: date,
    to_on: date,
    *,
    counties: Counties,
    limit: int,
) -> list[Row[Any]]:
    """Return the rights that became known as lapsed in a time, newest first."""
    query: Select[Any] = (
        select(
            spells.c.application_no,
            patents.c.title,
            spells.c.county,
            spells.c.until_on,
        )
        .join(patents, patents.c.application_no == spells.c.application_no)
        .where(_lapsed(from_on, to_on), within(counties))
        .order_by(spells.c.until_on.desc(), spells.c.application_no)
        .limit(limit)
    )
    return list(connection.execute(query).all())


def fees_due(
    connection: Connection,
    from_on: date,
    on: date,
    *,
    counties: Counties,
    real: Collection[Channel],
    limit: int,
) -> list[Row[Any]]:
    """Return the fees that `reminders` counts, those nobody was told of first.

    With number, title, county, `fee_year`, `due_on` and `told`, 1 or 0.
    """
    fees = _fees(from_on, on)
    told = case((_told(fees, on, real), 1), else_=0).label("told")
    county = func.coalesce(spells.c.county, patents.c.county)
    about = select(
        patents.c.application_no,
        patents.c.title,
        county.label("county"),
        fees.c.fee_year,
        fees.c.due_on,
        told,
    )
    query: Select[Any] = (
        _about(fees, about)
        .order_by(told, fees.c.due_on, patents.c.application_no)
        .limit(limit)
    )
    if counties is not None:
        query = query.where(county.in_(sorted(counties)))
    return list(connection.execute(query).all())


def standing(on: date | ColumnElement[date]) -> ColumnElement[bool]:
    """Return the condition on a spell that it was in force on a day, as known."""
    return and_(
        spells.c.view == AS_KNOWN,
        spells.c.from_on <= on,
        or_(spells.c.until_on.is_(None), spells.c.until_on > on),
    )


def within(counties: Counties) -> ColumnElement[bool]:
    """Return the condition on a spell that it is of these counties."""
    if counties is None:
        return true()
    return spells.c.county.in_(sorted(counties))


def _lapsed(from_on: date, to_on: date) -> ColumnElement[bool]:
    return and_(
        spells.c.view == AS_KNOWN,
        spells.c.until_on >= from_on,
        spells.c.until_on <= to_on,
        spells.c.ended_by == LAPSED,
    )


def _fees(from_on: date, on: date) -> Subquery:
    """Return the fees that fell due in a time and asked for a reminder, each once."""
    asked = or_(
        verdicts.c.tier.not_in(_AFTER_THE_END),
        and_(
            verdicts.c.tier.is_(None), verdicts.c.reason == Reason.NOT_CONFIRMED.value
        ),
    )
    return (
        select(
            verdicts.c.application_no,
            verdicts.c.fee_year,
            func.max(verdicts.c.due_on).label("due_on"),
        )
        .where(
            verdicts.c.due_on >= from_on,
            verdicts.c.due_on <= on,
            verdicts.c.decided_on <= on,
            asked,
        )
        .group_by(verdicts.c.application_no, verdicts.c.fee_year)
        .subquery()
    )


def _about(fees: Subquery, query: Select[*tuple[Any, ...]]) -> Select[Any]:
    """Join the fees with their patents, and the county of the due day."""
    then = and_(
        spells.c.application_no == fees.c.application_no, standing(fees.c.due_on)
    )
    return (
        query.select_from(fees)
        .join(patents, patents.c.application_no == fees.c.application_no)
        .outerjoin(spells, then)
    )


def _told(fees: Subquery, on: date, real: Collection[Channel]) -> ColumnElement[bool]:
    trial = and_(
        alerts.c.transport == "file",
        alerts.c.channel.in_(sorted(channel.value for channel in real)),
    )
    arrived = exists().where(
        alerts.c.application_no == fees.c.application_no,
        alerts.c.fee_year == fees.c.fee_year,
        alerts.c.channel != Channel.CALL.value,
        alerts.c.audience.in_(_OWNERS),
        alerts.c.tier.not_in(_AFTER_THE_END),
        alerts.c.state.in_(_ARRIVED),
        alerts.c.sent_at < clock.at(on + timedelta(days=1), time(0)),
        ~trial,
    )
    asked = exists().where(
        verdicts.c.application_no == fees.c.application_no,
        verdicts.c.fee_year == fees.c.fee_year,
        verdicts.c.channel == Channel.CALL.value,
        verdicts.c.tier.not_in(_AFTER_THE_END),
        verdicts.c.decided_on <= on,
    )
    return or_(arrived, asked)
