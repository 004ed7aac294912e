"""Where an approved fee reduction ends, and what the first full fee costs more."""

from dataclasses import dataclass
from datetime import date

from patentwatch.deadlines import reduced_from_year
from patentwatch.law import terms
from patentwatch.law.fees import full_fee_yuan, percent_of, percent_off
from patentwatch.law.rulebook import Rulebook
from patentwatch.model import Patent


@dataclass(frozen=True, slots=True)
class Cliff:
    """Where an approved reduction ends: its last year and the first one in full.

    `full_from_year` None: the term ends first. Days are the nominal due days.

    Law: REDUCTION.
    """

    percent: int
    last_year: int
    last_fee_yuan: int
    full_from_year: int | None = None
    full_from_on: date | None = None
    full_fee_yuan: int | None = None

    @property
    def more_yuan(self) -> int:
        """Return by how much the first full fee exceeds the last reduced one."""
        return (self.full_fee_yuan or self.last_fee_yuan) - self.last_fee_yuan


def cliff(patent: Patent, *, on: date, rulebook: Rulebook) -> Cliff | None:
    """Return where an approved reduction ends, as the law of each due day has it.

    None without an approved reduction, without a grant date, and when the year now
    running is no longer reduced.

    Law: REDUCTION, FEE.
    """
    if not patent.reduction or patent.grant_on is None or on < patent.filing_on:
        return None
    last = terms.last_fee_year(patent.patent_type, patent.filing_on, rulebook=rulebook)
    running = terms.year_of(patent.filing_on, on)
    reduced = [
        year
        for year in range(running, last + 1)
        if _percent_off(patent, year, rulebook) == patent.reduction
    ]
    if not reduced:
        return None
    fee_yuan = _full_yuan(patent, reduced[-1], rulebook)
    found = (
        patent.reduction,
        reduced[-1],
        percent_of(fee_yuan, 100 - patent.reduction),
    )
    if reduced[-1] == last:
        return Cliff(*found)
    first_full = reduced[-1] + 1
    return Cliff(
        *found,
        full_from_year=first_full,
        full_from_on=terms.due_on(patent.filing_on, first_full),
        full_fee_yuan=_full_yuan(patent, first_full, rulebook),
    )


def _percent_off(patent: Patent, year: int, rulebook: Rulebook) -> int:
    return percent_off(
        year,
        due_on=terms.due_on(patent.filing_on, year),
        grant_year=reduced_from_year(patent),
        reduction=patent.reduction,
        open_licence=False,
        rulebook=rulebook,
    )


def _full_yuan(patent: Patent, year: int, rulebook: Rulebook) -> int:
    return full_fee_yuan(
        patent.patent_type,
        year,
        due_on=terms.due_on(patent.filing_on, year),
        rulebook=rulebook,
    )
