"""When an annuity is due, and which surcharge runs on which day of the late period."""

from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from patentwatch.errors import LawError, NotOwed
from patentwatch.law import terms
from patentwatch.law.fees import full_fee_yuan
from patentwatch.law.restdays import provisional, roll
from patentwatch.law.rulebook import Rulebook, in_force
from patentwatch.model import PatentType

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Window:
    """Days on which `percent` of the full fee is added; both ends inclusive."""

    percent: int
    from_on: date
    until_on: date


@dataclass(frozen=True, slots=True)
class Annuity:
    """The annuity of one year.

    `due_on` is the nominal day and never moves; `last_in_time_on` and the windows are
    rolled and, when `provisional`, may move with the next holiday notice.
    """

    fee_year: int
    due_on: date
    last_in_time_on: date
    windows: tuple[Window, ...]
    full_fee_yuan: int
    provisional: bool

    @property
    def ends_on(self) -> date:
        """The last day of the six months, inclusive; afterwards the right is lost."""
        return self.windows[-1].until_on


def annuity(
    patent_type: PatentType,
    filing_on: date,
    fee_year: int,
    *,
    rulebook: Rulebook,
    extended_due_on: date | None = None,
) -> Annuity:
    """Return the annuity of `fee_year`, whether or not it was paid at registration.

    `extended_due_on` is a due day put off by announcement: the late period runs from
    it, while fee and termination go by the nominal day. A year beyond the term raises
    `NotOwed`.

    Law: DUE, GRACE, SURCHARGE, ROLL, MONTHS, FEE, EXTENSION.
    """
    last_year = terms.last_fee_year(patent_type, filing_on, rulebook=rulebook)
    if fee_year > last_year:
        raise NotOwed(
            f"第{fee_year}年超出保护期限，最后一年是第{last_year}年，请核对年度"
        )
    due_on = terms.due_on(filing_on, fee_year)
    base_on = extended_due_on or due_on
    if base_on < due_on:
        raise LawError(
            f"延长后的期限 {base_on} 早于原期限 {due_on}，请核对", code="extension"
        )
    rule = in_force(rulebook.surcharges, due_on, what="滞纳金")
    windows = _windows(base_on, rule.percents, rulebook)
    return Annuity(
        fee_year,
        due_on,
        windows[0].from_on - _DAY,
        windows,
        full_fee_yuan(patent_type, fee_year, due_on=due_on, rulebook=rulebook),
        provisional(windows[-1].until_on, rulebook=rulebook),
    )


@lru_cache(maxsize=32_768)  # patents with one anniversary share it: ninety years
def _windows(
    base_on: date, percents: tuple[int, ...], rulebook: Rulebook
) -> tuple[Window, ...]:
    """Each end corresponds to the nominal base and is rolled on its own."""
    windows: list[Window] = []
    before = roll(base_on, rulebook=rulebook)
    for months, percent in enumerate(percents, 1):
        ends = roll(terms.months_after(base_on, months), rulebook=rulebook)
        windows.append(Window(percent, before + _DAY, ends))
        before = ends
    return tuple(windows)


def surcharge_percent(annuity: Annuity, *, on: date) -> int:
    """Return the percent of the full fee that is added to a payment on `on`.

    0 until the last day in time. After the late period the last percent stays: a
    restoration demands it.

    Law: SURCHARGE, RESTORATION.
    """
    if on <= annuity.last_in_time_on:
        return 0
    for window in annuity.windows:
        if on <= window.until_on:
            return window.percent
    return annuity.windows[-1].percent


def extension_for(
    patent_type: PatentType,
    due_on: date,
    reduced: bool,  # noqa: FBT001 -- the third fact of the announcement, as it says
    *,
    rulebook: Rulebook,
) -> date | None:
    """Return the due day to which an announcement put `due_on` off, else None.

    `due_on` is the nominal day; `reduced`: a reduction is approved for this fee.

    Law: EXTENSION.
    """
    for row in rulebook.extensions:
        if (
            patent_type in row.patent_types
            and row.due_from <= due_on <= row.due_until
            and (reduced or not row.reduced_only)
        ):
            return row.extended_due_on
    return None
