"""Annuities whose last word is over: a rebuilt past says nothing of them any more."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from patentwatch.deadlines import fee_dates
from patentwatch.law import terms
from patentwatch.law.rulebook import Rulebook
from patentwatch.law.terms import months_after
from patentwatch.model import Fact, Patent

_SURELY_OVER_MONTHS = 11
"""Restoration ends some nine and a half months after the due day, rolled or not."""


@dataclass(frozen=True, slots=True)
class PastAnnuity:
    """One fee year that is over."""

    application_no: str
    fee_year: int
    due_on: date


def over(
    patent: Patent,
    notices: Sequence[Fact],
    *,
    from_on: date,
    to_on: date,
    on: date,
    rulebook: Rulebook,
) -> Iterator[PastAnnuity]:
    """Yield the fee years of a patent due in a time that are over on `on`.

    Both days of the time are inclusive. `notices`: what is known of termination
    notices, which alone move the last day. Whether the right was in force is not asked.
    """
    if patent.grant_on is None:
        return
    first = terms.grant_year(patent.filing_on, patent.grant_on) + 1
    last = terms.last_fee_year(patent.patent_type, patent.filing_on, rulebook=rulebook)
    for year in range(first, last + 1):
        due_on = terms.due_on(patent.filing_on, year)
        if due_on > to_on:
            return
        if due_on >= from_on and _is_over(
            patent, year, due_on, notices, on=on, rulebook=rulebook
        ):
            yield PastAnnuity(patent.application_no, year, due_on)


def _is_over(
    patent: Patent,
    year: int,
    due_on: date,
    notices: Sequence[Fact],
    *,
    on: date,
    rulebook: Rulebook,
) -> bool:
    usual = not notices and not any(
        row.due_from <= due_on <= row.due_until for row in rulebook.extensions
    )
    if usual and months_after(due_on, _SURELY_OVER_MONTHS) < on:
        return True
    if months_after(due_on, 6) >= on:
        return False
    dates = fee_dates(patent, year, notices, rulebook=rulebook)
    return dates.restoration_until_on < on
