"""Which rights in force owe a fee that fell due in a time, told apart by the database.

What a list or a payment settles beyond doubt is left out, so that what is read follows
what is owed, not the register. What the rest means, `standing` and `cases` say.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    case,
    exists,
    extract,
    false,
    func,
    not_,
    or_,
    select,
)

from patentwatch.model import FactKind, PatentType
from patentwatch.status.codes import Effect
from patentwatch.store.counting import EXPIRED
from patentwatch.store.patents import CHUNK
from patentwatch.store.registermeasures import Counties, standing, within
from patentwatch.store.tables import events, facts, patents, spells

_DOUBTING = (FactKind.UNPAID, FactKind.ENDED, FactKind.NOTICE, FactKind.RESTORED)
_HARMLESS = (Effect.GRANT, Effect.PENDING)
_ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Owing:
    """A right in force with a fee that nothing settles beyond doubt.

    `silent`: nothing but lists without a paid-through column speaks of it, the newest
    of `listed_on`; every other right has to be decided as a case.
    """

    application_no: str
    patent_type: PatentType
    filing_on: date
    grant_on: date | None
    reduction: int | None
    county: str | None
    silent: bool
    listed_on: date | None


def owing(
    connection: Connection,
    first_on: date,
    last_on: date,
    *,
    silent_from_on: date,
    counties: Counties,
    on: date,
    but_expired_by_on: date,
) -> Iterator[list[Owing]]:
    """Yield the rights in force on `on` that may owe a fee due in a time, in chunks.

    Both days inclusive and less than a year apart: one fee of each right. By what was
    known on `on`. Of the fees due before `silent_from_on` only those of rights with a
    word or an event that may make them unpaid; rights whose last day comes by
    `but_expired_by_on` are left out.
    """
    there = and_(
        standing(on),
        within(counties),
        not_(func.coalesce(_expires_by(but_expired_by_on), false())),
    )
    before_on = min(silent_from_on - _ONE_DAY, last_on)
    for from_on, to_on in _years(first_on, before_on):
        query = _query(from_on, to_on, on=on).where(there, not_(_silent(on)))
        yield from _pages(connection, query)
    for from_on, to_on in _years(max(first_on, silent_from_on), last_on):
        yield from _pages(connection, _query(from_on, to_on, on=on).where(there))


def expiring(
    connection: Connection, on: date, by_on: date, *, counties: Counties
) -> list[str]:
    """Return the rights in force on a day whose term is over by another."""
    query = select(spells.c.application_no).where(
        standing(on), within(counties), _expires_by(by_on)
    )
    return list(connection.execute(query).scalars())


def _expires_by(day: date) -> ColumnElement[bool]:
    return and_(spells.c.until_on <= day, spells.c.ended_by == EXPIRED)


def _owing(cell: Any) -> Owing:
    known = {
        "patent_type": PatentType(cell["patent_type"]),
        "silent": bool(cell["silent"]),
    }
    return Owing(**{**cell, **known})


def _years(first_on: date, last_on: date) -> Iterator[tuple[date, date]]:
    """Yield a time cut at the turns of the years, nothing where it is empty."""
    for year in range(first_on.year, last_on.year + 1):
        from_on = max(first_on, date(year, 1, 1))
        to_on = min(last_on, date(year, 12, 31))
        if from_on <= to_on:
            yield from_on, to_on


def _pages(connection: Connection, query: Select[Any]) -> Iterator[list[Owing]]:
    with connection.execute(query, execution_options={"yield_per": CHUNK}) as found:
        for page in found.partitions():
            yield [_owing(row._mapping) for row in page]  # noqa: SLF001 - documented


def _query(from_on: date, to_on: date, *, on: date) -> Select[Any]:
    """Return the rights with an anniversary between two days of one year."""
    due = _anniversary()
    fee_year = from_on.year - extract("year", patents.c.filing_on) + 1
    listed = select(func.max(facts.c.dated_on)).where(
        _known(on), facts.c.kind == FactKind.LISTED.value
    )
    return (
        select(
            patents.c.application_no,
            patents.c.patent_type,
            patents.c.filing_on,
            patents.c.grant_on,
            patents.c.reduction,
            spells.c.county,
            case((_silent(on), 1), else_=0).label("silent"),
            listed.scalar_subquery().label("listed_on"),
        )
        .join(spells, spells.c.application_no == patents.c.application_no)
        .where(
            due >= _month_and_day(from_on),
            due <= _month_and_day(to_on),
            or_(
                patents.c.grant_on.is_(None),
                _whole(patents.c.grant_on) < from_on.year * 10_000 + due,
            ),
            or_(_doubted(on), ~exists().where(_known(on), _settles(fee_year))),
        )
    )


def _known(on: date) -> ColumnElement[bool]:
    """Return the condition on a fact that it is about the patent and known by a day."""
    return and_(
        facts.c.application_no == patents.c.application_no, facts.c.dated_on <= on
    )


def _doubted(on: date) -> ColumnElement[bool]:
    """Return the condition that a word or an event may make a fee unpaid after all."""
    told = exists().where(
        _known(on), facts.c.kind.in_([kind.value for kind in _DOUBTING])
    )
    reported = exists().where(
        events.c.application_no == patents.c.application_no,
        or_(
            events.c.effect.not_in([effect.value for effect in _HARMLESS]),
            events.c.needs_review,
        ),
    )
    return or_(told, reported)


def _silent(on: date) -> ColumnElement[bool]:
    spoken_of = exists().where(
        _known(on),
        or_(facts.c.kind != FactKind.LISTED.value, facts.c.paid_through.is_not(None)),
    )
    return and_(~_doubted(on), ~spoken_of, patents.c.grant_on.is_not(None))


def _settles(fee_year: ColumnElement[int]) -> ColumnElement[bool]:
    """Return the condition on a fact that it settles a year unless others doubt it."""
    return or_(
        and_(facts.c.kind == FactKind.LISTED.value, facts.c.paid_through >= fee_year),
        and_(facts.c.kind == FactKind.PAID.value, facts.c.fee_year >= fee_year),
        and_(facts.c.kind == FactKind.PAYMENT.value, facts.c.fee_year > fee_year),
    )


def _anniversary() -> ColumnElement[int]:
    """Return month and day of the due day, 511 for the eleventh of May.

    A leap day stays one: whoever asks has to leave a day at the ends, and judge.
    """
    month, day = (extract(part, patents.c.filing_on) for part in ("month", "day"))
    return month * 100 + day


def _month_and_day(day: date) -> int:
    return day.month * 100 + day.day


def _whole(day: Any) -> ColumnElement[int]:
    """Return a day as a number that databases compare, 20260511."""
    return (
        extract("year", day) * 10_000
        + extract("month", day) * 100
        + extract("day", day)
    )
