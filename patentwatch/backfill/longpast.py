"""Annuities whose last word is over: in a backfill nobody is told of them any more."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from patentwatch.cases import Rules
from patentwatch.deadlines import fee_dates
from patentwatch.law import terms
from patentwatch.law.terms import months_after
from patentwatch.model import Patent
from patentwatch.store import counting, patents, verdicts

_SURELY_OVER_MONTHS = 11
"""Restoration ends some nine and a half months after the due day, rolled or not."""


@dataclass(frozen=True, slots=True)
class PastAnnuity:
    """One fee year that is over."""

    application_no: str
    fee_year: int
    due_on: date


def long_past(
    connection: Connection, rules: Rules, *, from_on: date, to_on: date, on: date
) -> Iterator[PastAnnuity]:
    """Yield the annuities due in a time, both days inclusive, that are over on `on`.

    Only while the right was in force, and only where nothing was ever said: what was
    said is no matter of a backfill.
    """
    for chunk in patents.pages(connection):
        said = verdicts.spoken_years(connection, chunk)
        ends = counting.in_force_until(connection, chunk)
        for number, patent in patents.many(connection, chunk).items():
            for annuity in over(patent, rules, from_on=from_on, to_on=to_on, on=on):
                until_on = ends.get(number, date.min)
                spoken = (number, annuity.fee_year) in said
                if annuity.due_on <= until_on and not spoken:
                    yield annuity


def over(
    patent: Patent, rules: Rules, *, from_on: date, to_on: date, on: date
) -> Iterator[PastAnnuity]:
    """Yield the fee years of one patent due in a time that are over on `on`."""
    if patent.grant_on is None:
        return
    book = rules.rulebook
    first = terms.grant_year(patent.filing_on, patent.grant_on) + 1
    last = terms.last_fee_year(patent.patent_type, patent.filing_on, rulebook=book)
    for year in range(first, last + 1):
        due_on = terms.due_on(patent.filing_on, year)
        if due_on > to_on:
            return
        if due_on >= from_on and _is_over(patent, year, due_on, rules, on=on):
            yield PastAnnuity(patent.application_no, year, due_on)


def _is_over(
    patent: Patent, year: int, due_on: date, rules: Rules, *, on: date
) -> bool:
    if months_after(due_on, _SURELY_OVER_MONTHS) < on:
        return True
    if months_after(due_on, 6) >= on:
        return False
    dates = fee_dates(patent, year, (), rulebook=rules.rulebook)
    return dates.restoration_until_on < on
