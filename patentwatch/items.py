"""From what was decided to what a message says of it: dates and amounts, no wording."""

from dataclasses import replace
from datetime import date, timedelta

from patentwatch.deadlines import FeeDates, reduced_from_year
from patentwatch.ladder import AFTER_THE_END
from patentwatch.law.annuities import Window
from patentwatch.law.fees import (
    open_licence_percent,
    payable_fee_yuan,
    percent_of,
    percent_off,
    reductions,
)
from patentwatch.law.lapse import restoration_fee_yuan
from patentwatch.law.restdays import provisional
from patentwatch.law.rulebook import Rulebook
from patentwatch.law.terms import grant_year, months_after
from patentwatch.letters import Item, WindowAmount
from patentwatch.model import Evidence, FactSource, Standing, Tier
from patentwatch.standing import Situation


def item_of(
    situation: Situation,
    *,
    tier: Tier,
    evidence: Evidence,
    correction: bool,
    on: date,
    rulebook: Rulebook,
) -> Item:
    """Return what a message of `on` says of one annuity.

    A day beyond the last holiday notice is named as the nominal one: never later than
    the true one, so nobody is promised a day that a notice may take away.
    """
    patent, dates, account = situation.patent, situation.dates, situation.account
    annuity = dates.annuity
    last_in_time_on = _named(
        dates.asked_on, annuity.last_in_time_on, on=on, rulebook=rulebook
    )
    windows = _named_windows(dates, last_in_time_on, on=on, rulebook=rulebook)
    current = next((w for w in windows if w.from_on <= on <= w.until_on), None)
    later = [w.percent for w in windows if current and w.percent > current.percent]
    amounts = tuple(
        WindowAmount(
            window.percent,
            window.from_on,
            window.until_on,
            account.payable_fee_yuan
            + percent_of(annuity.full_fee_yuan, window.percent)
            - account.already_paid_yuan,
        )
        for window in windows
    )
    return Item(
        application_no=patent.application_no,
        title=patent.title,
        fee_year=dates.fee_year,
        tier=tier,
        evidence=evidence,
        due_on=dates.due_on,
        last_in_time_on=last_in_time_on,
        ends_on=windows[-1].until_on,
        terminated_from_on=dates.due_on,
        full_fee_yuan=annuity.full_fee_yuan,
        payable_fee_yuan=account.payable_fee_yuan,
        amount_due_yuan=account.amount_due_yuan - (account.restoration_fee_yuan or 0),
        surcharge_yuan=account.surcharge_yuan,
        already_paid_yuan=account.already_paid_yuan,
        restoration_fee_yuan=restoration_fee_yuan(on, rulebook=rulebook),
        reduction=patent.reduction,
        licence_percent=_licence_percent(situation, rulebook),
        reduced_fees=_reduced_fees(situation, rulebook),
        window_percent=current.percent if current else None,
        window_until_on=current.until_on if current else None,
        next_percent=later[0] if later else None,
        restoration_until_on=dates.restoration_until_on,
        restoration_known=dates.notice is not None,
        amounts_by_window=amounts,
        confirmed_on=situation.unpaid_on if evidence is Evidence.CONFIRMED else None,
        confirmed_by=_confirmed_by(situation),
        provisional=_acts_by_provisional(tier, dates, on=on, rulebook=rulebook),
        suspended=situation.suspended,
        correction=correction,
    )


def _named_windows(
    dates: FeeDates, last_in_time_on: date, *, on: date, rulebook: Rulebook
) -> tuple[Window, ...]:
    found = []
    from_on = last_in_time_on + timedelta(days=1)
    for number, window in enumerate(dates.annuity.windows, start=1):
        until_on = _named(
            months_after(dates.asked_on, number),
            window.until_on,
            on=on,
            rulebook=rulebook,
        )
        found.append(replace(window, from_on=from_on, until_on=until_on))
        from_on = until_on + timedelta(days=1)
    return tuple(found)


def _named(nominal_on: date, rolled_on: date, *, on: date, rulebook: Rulebook) -> date:
    """Return the day that a message names: the rolled one where it is certain.

    On a rest day after a nominal day it is the day to which that one rolls: the rate
    of the window is then still true, and no later notice makes that day earlier.
    """
    between = nominal_on < on <= rolled_on
    certain = not provisional(rolled_on, rulebook=rulebook)
    return rolled_on if certain or between else nominal_on


def _acts_by_provisional(
    tier: Tier, dates: FeeDates, *, on: date, rulebook: Rulebook
) -> bool:
    """Return whether a holiday notice may still move the day by which to act."""
    if tier in AFTER_THE_END:
        return False
    windows = dates.annuity.windows
    current = dates.window_of(on)
    by_on = dates.last_in_time_on if current < 0 else dates.ends_on
    if tier not in (Tier.FINAL, Tier.LAST_WEEK) and 0 <= current < len(windows):
        by_on = windows[current].until_on
    return provisional(by_on, rulebook=rulebook)


def _reduced_fees(
    situation: Situation, rulebook: Rulebook
) -> tuple[tuple[int, int], ...]:
    patent, annuity = situation.patent, situation.dates.annuity
    if patent.reduction is not None or patent.grant_on is None:
        return ()
    if situation.standing is Standing.ENDED:
        return ()
    fees = []
    for percent in reductions(annuity.due_on, rulebook=rulebook):
        yuan = payable_fee_yuan(
            patent.patent_type,
            annuity.fee_year,
            due_on=annuity.due_on,
            grant_year=grant_year(patent.filing_on, patent.grant_on),
            reduction=percent,
            open_licence=False,
            rulebook=rulebook,
        )
        if yuan < annuity.full_fee_yuan:
            fees.append((percent, yuan))
    return tuple(fees)


def _licence_percent(situation: Situation, rulebook: Rulebook) -> int | None:
    """Return by how many percent an open licence lowers the fee, None if it does not.

    A reduction that takes off as much or more counts alone.
    """
    patent, due_on = situation.patent, situation.dates.due_on
    if not patent.openly_licensed(due_on):
        return None
    percent = open_licence_percent(due_on, rulebook=rulebook)
    reduced = percent_off(
        situation.dates.fee_year,
        due_on=due_on,
        grant_year=reduced_from_year(patent),
        reduction=patent.reduction,
        open_licence=False,
        rulebook=rulebook,
    )
    return percent if percent > reduced else None


def _confirmed_by(situation: Situation) -> str:
    source = situation.unpaid_source or FactSource.FEE_PAGE
    return source.value
