"""Which annuity is meant when none is named: the next unpaid one."""

from collections.abc import Sequence
from datetime import date

from patentwatch.errors import NotOwed
from patentwatch.law.account import Notice, Payment, running
from patentwatch.law.annuities import Annuity, annuity
from patentwatch.law.fees import payable_fee_yuan
from patentwatch.law.rulebook import Rulebook
from patentwatch.law.terms import last_fee_year, year_of
from patentwatch.model import PatentType


def next_unpaid_year(
    patent_type: PatentType,
    filing_on: date,
    *,
    grant_year: int,
    reduction: int | None,
    open_licence: bool,
    payments: Sequence[Payment],
    on: date,
    notice: Notice | None,
    rulebook: Rulebook,
) -> int:
    """Return the first fee year after `grant_year` that is still open on `on`.

    Payments settle the years in order; what one pays too much is not carried over. A
    year without any payment whose six months are over is passed by – the right would
    have ended – unless `notice` says that it did. Raises `NotOwed` when no year is
    left.

    Law: DUE, GRACE, TOP_UP.
    """
    last_year = last_fee_year(patent_type, filing_on, rulebook=rulebook)
    left = sorted(payment for payment in payments if payment[0] <= on)
    days = [on, *(day for day, _ in left[:1])]
    if notice is not None:
        days.append(notice.dispatched_on)
    first_year = _first_year(filing_on, grant_year=grant_year, days=days)
    ended = None
    for fee_year in range(first_year, last_year + 1):
        this = annuity(patent_type, filing_on, fee_year, rulebook=rulebook)
        payable = payable_fee_yuan(
            patent_type,
            fee_year,
            due_on=this.due_on,
            grant_year=grant_year,
            reduction=reduction,
            open_licence=open_licence,
            rulebook=rulebook,
        )
        settled, left, taken = _allot(this, payable, left)
        if settled:
            continue
        if notice is not None and this.ends_on < notice.dispatched_on <= on:
            ended = fee_year
            continue
        if ended is not None:
            return ended
        if taken or this.ends_on >= on:
            return fee_year
    if ended is not None:
        return ended
    raise NotOwed(
        f"到 {on} 已没有待缴的年费，最后一年是第{last_year}年；"
        "要看某一年，请指明年度（fee_year）"
    )


def _first_year(filing_on: date, *, grant_year: int, days: Sequence[date]) -> int:
    """Return a year before which no payment, notice or open late period can lie.

    The six months of a year are over before the next year begins, so two years before
    the earliest of `days` is early enough.
    """
    earliest = max(filing_on, min(days))
    return max(grant_year + 1, year_of(filing_on, earliest) - 2)


def _allot(
    this: Annuity, payable: int, left: list[Payment]
) -> tuple[bool, list[Payment], bool]:
    """Return whether the year is settled, what is left, and whether any was taken."""
    taken = [payment for payment in left if payment[0] <= this.ends_on]
    for count, (_, enough) in enumerate(running(this, payable, payments=taken), 1):
        if enough:
            return True, left[count:], True
    return False, left[len(taken) :], bool(taken)
