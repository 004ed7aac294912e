"""Patent years, months and terms: all counted from the filing day, never chained."""

from calendar import isleap
from datetime import date, timedelta

from patentwatch.errors import LawError
from patentwatch.law.rulebook import Rulebook, in_force
from patentwatch.law.rules import Term
from patentwatch.model import PatentType

_LAST_DAY = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_ALWAYS = 28


def months_after(day: date, months: int) -> date:
    """Return the day `months` later that corresponds to `day`.

    The month's last day where it has no such day; never chain the result.

    Law: MONTHS.
    """
    count = day.year * 12 + day.month - 1 + months
    year, month = divmod(count, 12)
    if day.day <= _ALWAYS:
        return date(year, month + 1, day.day)
    last = 29 if month == 1 and isleap(year) else _LAST_DAY[month]
    return date(year, month + 1, min(day.day, last))


def due_on(filing_on: date, fee_year: int) -> date:
    """Return the nominal due day of the annuity of `fee_year`; that day is in time.

    The anniversary on which that year begins; not rolled over rest days. Year 1 is
    due on the filing day.

    Law: YEAR, MONTHS, DUE.
    """
    if fee_year < 1:
        raise LawError(f"年度 {fee_year} 不存在，年度从 1 起算", code="fee_year")
    return months_after(filing_on, 12 * (fee_year - 1))


def year_of(filing_on: date, on: date) -> int:
    """Return the patent year (from 1) in which `on` lies; the anniversary begins one.

    Law: YEAR.
    """
    if on < filing_on:
        raise LawError(f"{on} 早于申请日 {filing_on}，请核对日期", code="before_filing")
    years = on.year - filing_on.year
    return years + 1 if on >= months_after(filing_on, 12 * years) else years


def grant_year(filing_on: date, grant_on: date) -> int:
    """Return the year whose annuity is paid at registration: that of the grant.

    By the day of the announcement; what the registration notice charged goes before
    it where that is known.

    Law: YEAR, GRANT_YEAR.
    """
    return year_of(filing_on, grant_on)


def last_fee_year(
    patent_type: PatentType, filing_on: date, *, rulebook: Rulebook
) -> int:
    """Return the last year for which an annuity is owed: the term in years.

    Law: TERM.
    """
    return _term(patent_type, filing_on, rulebook).years


def expires_on(
    patent_type: PatentType,
    filing_on: date,
    *,
    rulebook: Rulebook,
    compensation_days: int = 0,
) -> date:
    """Return 期满终止日: the day after the last day in force; never rolled.

    `compensation_days` are those of the term compensation decision.

    Law: TERM, COMPENSATION.
    """
    years = _term(patent_type, filing_on, rulebook).years
    return months_after(filing_on, 12 * years) + timedelta(days=compensation_days)


def _term(patent_type: PatentType, filing_on: date, rulebook: Rulebook) -> Term:
    return in_force(rulebook.terms[patent_type], filing_on, what="专利权期限")
