"""Counts for any day: how many rights were in force, where, and how many were lost.

All of it is set work on the spells that looks fold out of events and facts.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    false,
    func,
    literal,
    or_,
    select,
    union,
)

from patentwatch.highvalue import BY_LINK, Category
from patentwatch.register.ipc import Classes
from patentwatch.store import ties
from patentwatch.store.patents import CHUNK, chunks
from patentwatch.store.tables import events, patents, spells

LAPSED, EXPIRED = "annual_fee_not_paid", "term_expired"
RESTORED, GRANTED, MOVED = "restored", "granted", "moved"

Counts = dict[str | None, int]
"""A number for each county; None is for rights whose county cannot be told."""


@dataclass(frozen=True, slots=True)
class Flow:
    """What changed in a time, by county."""

    granted: Counts
    restored: Counts
    lapsed: Counts
    expired: Counts
    otherwise_ended: Counts
    moved_in: Counts
    moved_out: Counts


def valid(connection: Connection, day: date, *, view: str) -> Counts:
    """Return how many rights were in force on a day, by county."""
    return _by_county(connection, select(spells.c.county).where(_on(day, view)))


def missing(connection: Connection, day: date, *, view: str) -> Counts:
    """Return how many of them had vanished from the lists by then, unexplained."""
    query = (
        select(spells.c.county)
        .join(patents, patents.c.application_no == spells.c.application_no)
        .where(_on(day, view), patents.c.missing_since_on <= day)
    )
    return _by_county(connection, query)


def high_value(
    connection: Connection,
    day: date,
    *,
    view: str,
    filed_before_on: date,
    pledged: Iterable[str],
    strategic: Classes,
) -> dict[str, Counts]:
    """Return how many were high-value by each category that is known, and by any.

    `filed_before_on`: filed before that day they have been kept over ten years on
    `day`. `pledged`: the numbers with a pledge that stands on `day`, as notices tell
    of it. `strategic`: the classes of the strategic industries.

    Rights that are alike in all of it are counted by the database, so that only the
    different classes are looked at here.
    """
    number = spells.c.application_no
    by_record = and_(number.in_(ties.tied_on("pledge", day)), number.not_in(_noticed()))
    tests: dict[str, ColumnElement[bool]] = {
        Category.LONG_KEPT: patents.c.filing_on < filed_before_on,
        Category.LISTED: func.coalesce(patents.c.high_value, false()),
        Category.PLEDGED: or_(_any_of(pledged), by_record),
    }
    for link in ("overseas_family", "national_award"):
        if ties.told_of(connection, link, day):
            tests[BY_LINK[link]] = number.in_(ties.tied_on(link, day))
    columns = [test.label(name) for name, test in tests.items()]
    ipc = patents.c.ipc if strategic else literal("")
    kinds = (
        select(spells.c.county, ipc.label("ipc"), *columns)
        .join(patents, patents.c.application_no == number)
        .where(_on(day, view))
        .subquery()
    )
    grouped = select(kinds, func.count().label("rights")).group_by(*kinds.c)
    names = [*tests, *([Category.STRATEGIC] if strategic else []), "any"]
    found: dict[str, Counts] = {name: {} for name in names}
    for row in connection.execute(grouped):
        met = [name for name in tests if row._mapping[name]]  # noqa: SLF001
        met += [Category.STRATEGIC] if row.ipc in strategic else []
        for name in [*met, "any"] if met else []:
            counts = found[name]
            counts[row.county] = counts.get(row.county, 0) + row.rights
    return found


def with_pledges(connection: Connection) -> list[str]:
    """Return the patents about which notices ever told of a pledge."""
    return [row.application_no for row in connection.execute(_noticed())]


def pledged_ever(connection: Connection) -> list[str]:
    """Return the patents that notices or records ever told to be pledged."""
    query = union(_noticed(), ties.tied_ever("pledge"))
    return [row.application_no for row in connection.execute(query)]


def _noticed() -> Select[tuple[str]]:
    return select(events.c.application_no).where(events.c.event == "pledge").distinct()


def flow(connection: Connection, from_on: date, to_on: date, *, view: str) -> Flow:
    """Return what began and ended from `from_on` to `to_on`, both inclusive.

    A right ends on its first day out of force.
    """
    begins = and_(
        spells.c.view == view,
        spells.c.from_on >= from_on,
        spells.c.from_on <= to_on,
    )
    ends = and_(
        spells.c.view == view,
        spells.c.until_on >= from_on,
        spells.c.until_on <= to_on,
    )

    def count(*conditions: ColumnElement[bool]) -> Counts:
        return _by_county(connection, select(spells.c.county).where(*conditions))

    known = (LAPSED, EXPIRED, MOVED)
    return Flow(
        granted=count(begins, spells.c.began_by == GRANTED),
        restored=count(begins, spells.c.began_by == RESTORED),
        lapsed=count(ends, spells.c.ended_by == LAPSED),
        expired=count(ends, spells.c.ended_by == EXPIRED),
        otherwise_ended=count(ends, spells.c.ended_by.not_in(known)),
        moved_in=count(begins, spells.c.began_by == MOVED),
        moved_out=count(ends, spells.c.ended_by == MOVED),
    )


def valid_numbers(connection: Connection, day: date, *, view: str) -> set[str]:
    """Return the numbers of the rights in force on a day."""
    query = select(spells.c.application_no).where(_on(day, view))
    return set(connection.execute(query).scalars())


def _on(day: date, view: str) -> ColumnElement[bool]:
    return and_(
        spells.c.view == view,
        spells.c.from_on <= day,
        or_(spells.c.until_on.is_(None), spells.c.until_on > day),
    )


def _any_of(numbers: Iterable[str]) -> ColumnElement[bool]:
    wanted = sorted(numbers)
    pieces = [wanted[at : at + CHUNK] for at in range(0, len(wanted), CHUNK)]
    return or_(false(), *(spells.c.application_no.in_(piece) for piece in pieces))


def _by_county(connection: Connection, query: Select[tuple[str | None]]) -> Counts:
    counted = query.add_columns(func.count()).group_by(spells.c.county)
    return {row[0]: row[1] for row in connection.execute(counted)}


def in_force_until(connection: Connection, numbers: Iterable[str]) -> dict[str, date]:
    """Return by law until when each right was in force, the far future while it is."""
    found: dict[str, date] = {}
    for chunk in chunks(numbers):
        query = select(spells.c.application_no, spells.c.until_on).where(
            spells.c.application_no.in_(chunk), spells.c.view == "by_law"
        )
        for number, until_on in connection.execute(query):
            found[number] = max(found.get(number, date.min), until_on or date.max)
    return found


def last_spells(
    connection: Connection, numbers: Iterable[str], day: date, *, view: str
) -> dict[str, tuple[date, date | None, str]]:
    """Return the newest time in force begun by a day: from, until, ended by."""
    found: dict[str, tuple[date, date | None, str]] = {}
    for chunk in chunks(sorted(numbers)):
        query = (
            select(spells)
            .where(
                spells.c.application_no.in_(chunk),
                spells.c.view == view,
                spells.c.from_on <= day,
            )
            .order_by(spells.c.from_on)
        )
        for row in connection.execute(query):
            found[row.application_no] = row.from_on, row.until_on, row.ended_by
    return found
