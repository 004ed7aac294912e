"""Whether an annuity is open on a day, and how sure we are: facts in, standing out.

Facts carry the day on which they were true; the newest decides, with the exceptions
of the design (§5): what is final, what is assumed, what is a contradiction. What one
fact says and whose word yields to whose is for `votes`.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from patentwatch.balance import balance_of, payment_puzzle
from patentwatch.deadlines import (
    FeeDates,
    accused_years,
    fee_dates,
    known_by,
    relevant_years,
)
from patentwatch.law import terms
from patentwatch.law.account import Account
from patentwatch.law.rulebook import Rulebook
from patentwatch.model import Evidence, Fact, FactKind, FactSource, Patent, Standing
from patentwatch.votes import Vote, heard, newest, votes_of


@dataclass(frozen=True, slots=True)
class Situation:
    """One fee year of one patent on one day: its dates and what the facts say.

    `unpaid_on` and `unpaid_source`: the newest fact that says unpaid or ended, however
    old. `question` is what an official should find out, "" when there is nothing.
    `suspended`: termination for this year is suspended, the fee is owed all the same.
    """

    patent: Patent
    dates: FeeDates
    standing: Standing
    evidence: Evidence
    account: Account
    unpaid_on: date | None = None
    unpaid_source: FactSource | None = None
    question: str = ""
    suspended: bool = False


def situations(
    patent: Patent,
    facts: Iterable[Fact],
    *,
    on: date,
    rulebook: Rulebook,
    lag_days: int = 30,
    suspended_since_on: date | None = None,
) -> list[Situation]:
    """Return the fee years that can matter on `on`, oldest first.

    These are the year now running, the one before it, the next one, and every year
    that a fact calls unpaid. Empty when the patent's last year is over or its first
    watched year is still far away. `suspended_since_on`: a preservation or another
    suspension keeps the right from being terminated since that day.
    """
    known = known_by(patent, facts, on=on)
    found: list[Situation] = []
    ended_with = None
    for fee_year in relevant_years(patent, known, on=on, rulebook=rulebook):
        situation = situation_of(
            patent,
            fee_year,
            known,
            on=on,
            rulebook=rulebook,
            lag_days=lag_days,
            suspended_since_on=suspended_since_on,
        )
        if ended_with is not None:
            situation = after_the_end(situation)
        elif situation.standing is Standing.ENDED:
            ended_with = fee_year
        found.append(situation)
    return found


def lapses(
    patent: Patent,
    facts: Iterable[Fact],
    *,
    on: date,
    rulebook: Rulebook,
    lag_days: int = 30,
) -> list[Situation]:
    """Return the fee years with which the right ended, also when its term is over.

    `situations` has none any more after the term; a lapse stays one all the same.
    """
    known = known_by(patent, facts, on=on)
    last = terms.last_fee_year(patent.patent_type, patent.filing_on, rulebook=rulebook)
    found = [
        situation_of(patent, year, known, on=on, rulebook=rulebook, lag_days=lag_days)
        for year in sorted(accused_years(patent, known, rulebook))
        if 1 < year <= last
    ]
    return [one for one in found if one.standing is Standing.ENDED]


def situation_of(
    patent: Patent,
    fee_year: int,
    facts: Sequence[Fact],
    *,
    on: date,
    rulebook: Rulebook,
    lag_days: int = 30,
    suspended_since_on: date | None = None,
) -> Situation:
    """Return what the facts known on `on` say about one fee year.

    Looks at this year alone: that an earlier year ended the right is for the caller
    to say (`situations` does).
    """
    known = known_by(patent, facts, on=on)
    dates = fee_dates(patent, fee_year, known, rulebook=rulebook)
    suspended = _is_suspended(dates, suspended_since_on)
    balance = balance_of(
        patent, dates, known, on=on, rulebook=rulebook, suspended=suspended
    )
    votes = votes_of(dates, known, patent=patent, rulebook=rulebook, lag_days=lag_days)
    unpaid = newest(vote for vote in votes if vote.says is not Standing.PAID)
    final_on = _final_on(dates, balance, known)
    standing, question = _settle(dates, votes, unpaid, final_on, known)
    if standing in (Standing.OPEN, Standing.ENDED):
        puzzle = payment_puzzle(patent, dates, known, on, rulebook)
        if puzzle:
            standing, question = Standing.ON_HOLD, puzzle
    return Situation(
        patent=patent,
        dates=dates,
        standing=standing,
        evidence=_evidence(dates, unpaid, standing, on),
        account=balance,
        unpaid_on=unpaid.dated_on if unpaid else None,
        unpaid_source=unpaid.source if unpaid else None,
        question=question or _verify_question(dates, standing, known, on),
        suspended=suspended,
    )


def _is_suspended(dates: FeeDates, since_on: date | None) -> bool:
    """Tell whether termination for this year is suspended: it had not come before.

    The fee stays owed. Law: SUSPENSION.
    """
    return since_on is not None and since_on <= dates.ends_on


def after_the_end(situation: Situation) -> Situation:
    """Return a fee year of a right that had ended before: nothing is asked for it."""
    return Situation(
        patent=situation.patent,
        dates=situation.dates,
        standing=Standing.NOT_IN_FORCE,
        evidence=situation.evidence,
        account=situation.account,
    )


def _final_on(dates: FeeDates, balance: Account, facts: Sequence[Fact]) -> date | None:
    """Return the day of the newest final settlement: payment, receipt, restoration."""
    days = [balance.paid_on] if balance.paid_on is not None else []
    for fact in facts:
        later_year = (
            fact.kind is FactKind.PAYMENT
            and fact.fee_year is not None
            and fact.fee_year > dates.fee_year
        )
        restored = fact.kind is FactKind.RESTORED and (
            fact.fee_year == dates.fee_year
            if fact.fee_year is not None
            else dates.due_on < fact.dated_on
        )
        if later_year or restored:
            days.append(fact.dated_on)
    return max(days, default=None)


def _settle(
    dates: FeeDates,
    votes: Sequence[Vote],
    unpaid: Vote | None,
    final_on: date | None,
    facts: Sequence[Fact],
) -> tuple[Standing, str]:
    kept = heard(votes)
    paid_on = max((v.dated_on for v in kept if v.says is Standing.PAID), default=None)
    if final_on is not None:
        settled_on = max(final_on, paid_on or final_on)
        if unpaid is not None and unpaid.dated_on >= settled_on:
            return Standing.ON_HOLD, "已有缴费或恢复记录，之后又查得未缴，请核实。"
        return Standing.PAID, ""
    bad = [vote for vote in kept if vote.says is not Standing.PAID]
    newer = [vote for vote in bad if paid_on is None or vote.dated_on > paid_on]
    ended_on = {vote.dated_on for vote in newer if vote.says is Standing.ENDED}
    if ended_on:
        if any(_seen_alive(fact) and fact.dated_on in ended_on for fact in facts):
            return Standing.ON_HOLD, _WHICH_YEAR
        return Standing.ENDED, ""
    if paid_on is not None and not newer:
        if any(vote.dated_on == paid_on for vote in bad):
            return Standing.ON_HOLD, "同一天的记录互相矛盾（已缴与未缴），请核实。"
        return Standing.PAID, ""
    if _assumed_paid(dates, unpaid, facts):
        return Standing.ASSUMED_PAID, ""
    return Standing.OPEN, ""


_WHICH_YEAR = (
    "补缴期已过仍查得应缴金额，案件状态却是专利权维持，请核实是哪一年度的费用。"
)


def _seen_alive(fact: Fact) -> bool:
    """Tell whether a look-up found the right in force; a list may be old by its day."""
    return fact.kind is FactKind.LISTED and fact.source is FactSource.CHECK_SHEET


def _assumed_paid(dates: FeeDates, unpaid: Vote | None, facts: Sequence[Fact]) -> bool:
    """Tell whether a list after the six months shows the right alive.

    Not while a list of that time says in its column that the fee was not paid.
    """
    fresh_after = dates.annuity.windows[3].until_on
    if unpaid is not None and unpaid.dated_on > fresh_after:
        return False
    late = _listed_after_the_end(dates, facts)
    return bool(late) and all(fact.paid_through is None for fact in late)


def _listed_after_the_end(dates: FeeDates, facts: Sequence[Fact]) -> list[Fact]:
    return [
        fact
        for fact in facts
        if fact.kind is FactKind.LISTED and fact.dated_on > dates.ends_on
    ]


def _evidence(
    dates: FeeDates, unpaid: Vote | None, standing: Standing, on: date
) -> Evidence:
    if on <= dates.last_in_time_on:
        return Evidence.BEFORE_DUE
    if standing is Standing.ENDED:
        return Evidence.CONFIRMED
    if unpaid is None or on > dates.ends_on:
        return Evidence.PRESUMED
    age = dates.window_of(on) - dates.window_of(unpaid.dated_on)
    return Evidence.CONFIRMED if age <= 1 else Evidence.PRESUMED


def _verify_question(
    dates: FeeDates, standing: Standing, facts: Sequence[Fact], on: date
) -> str:
    if standing is not Standing.OPEN or on <= dates.ends_on:
        return ""
    if any(
        fact.paid_through is not None for fact in _listed_after_the_end(dates, facts)
    ):
        return "名单显示该年度未缴，但补缴期已过且专利仍在名单上，请核实。"
    return "补缴期已过，未掌握缴费或终止信息，请核实。"
