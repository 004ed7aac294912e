"""Which annuity is open on a day, and how sure we are: facts in, standing out.

Facts carry the day on which they were true; the newest decides, with the exceptions
of the design (§5): what is final, what yields to whom, what is a contradiction. A
fact dated after the day asked for does not exist yet, so any past day can be judged
again.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from patentwatch.law import lapse, terms
from patentwatch.law.account import Account, Notice, account
from patentwatch.law.annuities import Annuity, annuity, extension_for
from patentwatch.law.rulebook import Rulebook
from patentwatch.model import Evidence, Fact, FactKind, FactSource, Patent

ONE_DAY = timedelta(days=1)


class Standing(StrEnum):
    """Whether the fee of one year still asks for anything."""

    OPEN = "open"
    PAID = "paid"
    ASSUMED_PAID = "assumed_paid"
    ENDED = "ended"  # unpaid, six months over, and a fact says so: restorable
    ON_HOLD = "on_hold"  # facts contradict each other: nobody is sent a guess
    NOT_IN_FORCE = "not_in_force"  # the right ended with an earlier year


@dataclass(frozen=True, slots=True)
class FeeDates:
    """All days that one fee year of one patent has, as known on the day asked for.

    `restoration_anchor_on` is the restoration deadline before any roll, so that a new
    holiday notice does not look like another deadline.
    """

    annuity: Annuity
    restoration_until_on: date
    restoration_anchor_on: date
    notice: Notice | None
    extended_due_on: date | None = None

    @property
    def fee_year(self) -> int:
        """Return N of the fee of year N."""
        return self.annuity.fee_year

    @property
    def due_on(self) -> date:
        """Return the nominal due day, the anniversary."""
        return self.annuity.due_on

    @property
    def last_in_time_on(self) -> date:
        """Return the last day in time, rolled over rest days."""
        return self.annuity.last_in_time_on

    @property
    def ends_on(self) -> date:
        """Return the last day of the late period."""
        return self.annuity.ends_on

    def window_of(self, day: date) -> int:
        """Return which of the six windows holds `day`: -1 before them, 6 after."""
        if day <= self.last_in_time_on:
            return -1
        for number, window in enumerate(self.annuity.windows):
            if day <= window.until_on:
                return number
        return len(self.annuity.windows)


@dataclass(frozen=True, slots=True)
class Situation:
    """One fee year of one patent on one day: its dates and what the facts say.

    `unpaid_on` and `unpaid_source`: the newest fact that says unpaid or ended, however
    old. `question` is what an official should find out, "" when there is nothing.
    """

    patent: Patent
    dates: FeeDates
    standing: Standing
    evidence: Evidence
    account: Account
    unpaid_on: date | None = None
    unpaid_source: FactSource | None = None
    question: str = ""


@dataclass(frozen=True, slots=True)
class _Vote:
    dated_on: date
    says: Standing  # PAID, OPEN (unpaid) or ENDED
    source: FactSource


# "Paid by column or word yields only to a later fee page or check sheet."
_WEAK = frozenset({FactSource.COLUMN, FactSource.WORD})
_LOOKED_UP = frozenset({FactSource.FEE_PAGE, FactSource.CHECK_SHEET})


def first_watched_year(patent: Patent, facts: Sequence[Fact]) -> int | None:
    """Return the first fee year that the grant-year payment does not cover.

    Without a grant date the right is only known to exist on the day of its first
    list, and the year of that day may be the grant year: the next one is the first
    we are sure of. None while not even a list is known. Law: GRANT_YEAR.
    """
    listed_on = min(
        (fact.dated_on for fact in facts if fact.kind is FactKind.LISTED), default=None
    )
    known_on = patent.grant_on or listed_on
    if known_on is None:
        return None
    return terms.grant_year(patent.filing_on, known_on) + 1


def fee_dates(
    patent: Patent, fee_year: int, facts: Sequence[Fact], *, rulebook: Rulebook
) -> FeeDates:
    """Return the days of one fee year, with the restoration deadline known so far.

    A special extension by announcement moves the last day in time; a termination
    notice makes the restoration deadline exact, before it is an estimate.
    """
    plain = annuity(patent.patent_type, patent.filing_on, fee_year, rulebook=rulebook)
    extended_due_on = extension_for(
        patent.patent_type,
        plain.due_on,
        bool(patent.reduction),
        rulebook=rulebook,
    )
    fee = plain
    if extended_due_on is not None:
        fee = annuity(
            patent.patent_type,
            patent.filing_on,
            fee_year,
            rulebook=rulebook,
            extended_due_on=extended_due_on,
        )
    notice = _notice(facts, fee_year)
    if notice is None:
        base_on = extended_due_on or fee.due_on
        nominal_end_on = terms.months_after(base_on, 6)
        return FeeDates(
            fee,
            lapse.estimated_restoration_until_on(fee.ends_on, rulebook=rulebook),
            terms.months_after(lapse.earliest_notice_on(nominal_end_on), 2),
            None,
            extended_due_on,
        )
    received_on = lapse.notice_received_on(
        notice.dispatched_on, notice.delivery, rulebook=rulebook
    )
    return FeeDates(
        fee,
        lapse.restoration_until_on(received_on, rulebook=rulebook),
        terms.months_after(received_on, 2),
        notice,
        extended_due_on,
    )


def situations(
    patent: Patent,
    facts: Iterable[Fact],
    *,
    on: date,
    rulebook: Rulebook,
    lag_days: int = 30,
) -> list[Situation]:
    """Return the fee years that can matter on `on`, oldest first.

    These are the year now running, the one before it, the next one, and every year
    with a termination notice. Empty when the patent's last year is over or its first
    watched year is still far away.
    """
    known = [fact for fact in facts if fact.dated_on <= on]
    found: list[Situation] = []
    ended_with = None
    for fee_year in _years(patent, known, on=on, rulebook=rulebook):
        situation = situation_of(
            patent, fee_year, known, on=on, rulebook=rulebook, lag_days=lag_days
        )
        if ended_with is not None:
            situation = _after_the_end(situation)
        elif situation.standing is Standing.ENDED:
            ended_with = fee_year
        found.append(situation)
    return found


def situation_of(
    patent: Patent,
    fee_year: int,
    facts: Sequence[Fact],
    *,
    on: date,
    rulebook: Rulebook,
    lag_days: int = 30,
) -> Situation:
    """Return what the facts known on `on` say about one fee year.

    Looks at this year alone: that an earlier year ended the right is for the caller
    to say (`situations` does).
    """
    known = [fact for fact in facts if fact.dated_on <= on]
    dates = fee_dates(patent, fee_year, known, rulebook=rulebook)
    balance = balance_of(patent, dates, known, on=on, rulebook=rulebook)
    votes = _votes(dates, known, patent=patent, rulebook=rulebook, lag_days=lag_days)
    unpaid = _newest(vote for vote in votes if vote.says is not Standing.PAID)
    final_on = _final_on(dates, balance, known)
    standing, question = _settle(dates, votes, unpaid, final_on, known)
    if standing is Standing.OPEN:
        puzzle = _payment_puzzle(patent, dates, known, on, rulebook)
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
    )


def balance_of(
    patent: Patent,
    dates: FeeDates,
    facts: Sequence[Fact],
    *,
    on: date,
    rulebook: Rulebook,
    reduction: int | None = None,
) -> Account:
    """Return what is owed on `on`, given the payments of that year known so far.

    `reduction` asks "what if": without it the approved one counts, and an unknown one
    counts as none, because the full fee is the safe amount.
    """
    # With the grant unknown, year 1 stands for it: no reduction is then promised for a
    # year that might lie beyond the tenth.
    grant_on = patent.grant_on or patent.filing_on
    return account(
        dates.annuity,
        grant_year=terms.grant_year(patent.filing_on, grant_on),
        reduction=(patent.reduction or 0) if reduction is None else reduction,
        open_licence=False,
        payments=[
            (fact.dated_on, fact.amount_yuan or 0)
            for fact in facts
            if fact.kind is FactKind.PAYMENT and fact.fee_year == dates.fee_year
        ],
        on=on,
        notice=dates.notice,
        suspended=False,
        expires_on=terms.expires_on(
            patent.patent_type, patent.filing_on, rulebook=rulebook
        ),
        rulebook=rulebook,
    )


def change_days(
    patent: Patent, facts: Sequence[Fact], *, on: date, rulebook: Rulebook
) -> list[FeeDates]:
    """Return the dates of every fee year whose tiers may still begin or end after `on`.

    One year more than `situations` looks at, so that the first day of the next
    year's first tier is always among them.
    """
    running = terms.year_of(patent.filing_on, on)
    last = terms.last_fee_year(patent.patent_type, patent.filing_on, rulebook=rulebook)
    noticed = {fact.fee_year for fact in facts if fact.kind is FactKind.NOTICE}
    years = {year for year in noticed if year} | set(range(running - 1, running + 3))
    return [
        fee_dates(patent, year, facts, rulebook=rulebook)
        for year in sorted(years)
        if 1 < year <= last
    ]


def _years(
    patent: Patent,
    facts: Sequence[Fact],
    *,
    on: date,
    rulebook: Rulebook,
) -> list[int]:
    running = terms.year_of(patent.filing_on, on)
    first = first_watched_year(patent, facts)
    if first is None:
        return []
    last = terms.last_fee_year(patent.patent_type, patent.filing_on, rulebook=rulebook)
    # An ended right stops later years, so a year with a bad word about it is looked at
    # however long ago it was.
    accused = {
        fact.fee_year or terms.year_of(patent.filing_on, fact.dated_on)
        for fact in facts
        if fact.kind in (FactKind.UNPAID, FactKind.ENDED, FactKind.NOTICE)
    }
    years = accused | {year - 1 for year in accused}
    years |= {running - 1, running, running + 1}
    return sorted(year for year in years if first <= year <= last)


def _after_the_end(situation: Situation) -> Situation:
    return Situation(
        patent=situation.patent,
        dates=situation.dates,
        standing=Standing.NOT_IN_FORCE,
        evidence=situation.evidence,
        account=situation.account,
    )


def _notice(facts: Sequence[Fact], fee_year: int) -> Notice | None:
    notices = [
        fact
        for fact in facts
        if fact.kind is FactKind.NOTICE and fact.fee_year == fee_year
    ]
    if not notices:
        return None
    newest = max(notices, key=lambda fact: fact.dated_on)
    # An unknown way of delivery counts as electronic: the earlier deadline.
    return Notice(newest.dated_on, newest.delivery or "electronic")


def _votes(
    dates: FeeDates,
    facts: Sequence[Fact],
    *,
    patent: Patent,
    rulebook: Rulebook,
    lag_days: int,
) -> list[_Vote]:
    votes = []
    for fact in facts:
        says = _says(dates, fact, patent=patent, rulebook=rulebook, lag_days=lag_days)
        if says is not None:
            source = FactSource.COLUMN if fact.kind is FactKind.LISTED else fact.source
            votes.append(_Vote(fact.dated_on, says, source))
    return votes


def _says(
    dates: FeeDates,
    fact: Fact,
    *,
    patent: Patent,
    rulebook: Rulebook,
    lag_days: int,
) -> Standing | None:
    match fact.kind:
        case FactKind.PAID:
            covered = fact.fee_year is not None and fact.fee_year >= dates.fee_year
            return Standing.PAID if covered else None
        case FactKind.LISTED:
            return _says_column(dates, fact, lag_days=lag_days)
        case FactKind.UNPAID | FactKind.ENDED:
            if _meant_year(fact, patent, rulebook) != dates.fee_year:
                return None
            return _says_unpaid(dates, fact.dated_on)
        case _:
            return None


def _says_column(dates: FeeDates, fact: Fact, *, lag_days: int) -> Standing | None:
    """Read a list's paid-through column: it lags, so a low number needs patience."""
    if fact.paid_through is None:
        return None
    if fact.paid_through >= dates.fee_year:
        return Standing.PAID
    credible_from = dates.last_in_time_on + timedelta(days=lag_days)
    if credible_from < fact.dated_on <= dates.ends_on:
        return Standing.OPEN
    return None


def _says_unpaid(dates: FeeDates, dated_on: date) -> Standing | None:
    if dated_on <= dates.last_in_time_on:
        return None
    return Standing.OPEN if dated_on <= dates.ends_on else Standing.ENDED


def _meant_year(fact: Fact, patent: Patent, rulebook: Rulebook) -> int:
    """Return the year a fact speaks of; without one, the last whose day L had passed.

    An END names no year: it is the newest one whose six months were over.
    """
    if fact.fee_year is not None:
        return fact.fee_year
    year = terms.year_of(patent.filing_on, fact.dated_on)
    last = terms.last_fee_year(patent.patent_type, patent.filing_on, rulebook=rulebook)
    while year > 1:
        if year <= last:
            fee = annuity(patent.patent_type, patent.filing_on, year, rulebook=rulebook)
            over_on = (
                fee.ends_on if fact.kind is FactKind.ENDED else fee.last_in_time_on
            )
            if fact.dated_on > over_on:
                return year
        year -= 1
    return year


def _newest(votes: Iterable[_Vote]) -> _Vote | None:
    return max(
        votes,
        key=lambda vote: (vote.dated_on, vote.says is Standing.ENDED),
        default=None,
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
    votes: Sequence[_Vote],
    unpaid: _Vote | None,
    final_on: date | None,
    facts: Sequence[Fact],
) -> tuple[Standing, str]:
    if final_on is not None:
        if unpaid is not None and unpaid.dated_on >= final_on:
            return Standing.ON_HOLD, "已有缴费或恢复记录，之后又查得未缴，请核实。"
        return Standing.PAID, ""
    heard = _heard(votes)
    newest_on = max((vote.dated_on for vote in heard), default=None)
    said = {vote.says for vote in heard if vote.dated_on == newest_on}
    if Standing.PAID in said and len(said) > 1:
        return Standing.ON_HOLD, "同一天的记录互相矛盾（已缴与未缴），请核实。"
    if Standing.PAID in said:
        return Standing.PAID, ""
    if Standing.ENDED in said:
        return Standing.ENDED, ""
    if _assumed_paid(dates, unpaid, facts):
        return Standing.ASSUMED_PAID, ""
    return Standing.OPEN, ""


def _heard(votes: Sequence[_Vote]) -> list[_Vote]:
    """Drop what a column's or a person's "paid" does not yield to."""
    weak_paid_on = [
        vote.dated_on
        for vote in votes
        if vote.says is Standing.PAID and vote.source in _WEAK
    ]
    earliest = min(weak_paid_on, default=None)
    return [
        vote
        for vote in votes
        if vote.says is Standing.PAID
        or vote.source in _LOOKED_UP
        or earliest is None
        or vote.dated_on <= earliest
    ]


def _assumed_paid(dates: FeeDates, unpaid: _Vote | None, facts: Sequence[Fact]) -> bool:
    fresh_after = dates.annuity.windows[3].until_on
    if unpaid is not None and unpaid.dated_on > fresh_after:
        return False
    return any(
        fact.kind is FactKind.LISTED
        and fact.dated_on > dates.ends_on
        and fact.paid_through is None
        for fact in facts
    )


def _evidence(
    dates: FeeDates, unpaid: _Vote | None, standing: Standing, on: date
) -> Evidence:
    if on <= dates.last_in_time_on:
        return Evidence.BEFORE_DUE
    if standing is Standing.ENDED:
        return Evidence.CONFIRMED
    if unpaid is None or on > dates.ends_on:
        return Evidence.PRESUMED
    age = dates.window_of(on) - dates.window_of(unpaid.dated_on)
    return Evidence.CONFIRMED if age <= 1 else Evidence.PRESUMED


def _payment_puzzle(
    patent: Patent,
    dates: FeeDates,
    facts: Sequence[Fact],
    on: date,
    rulebook: Rulebook,
) -> str:
    """Return the question that a payment raises, "" if it raises none.

    A receipt equal to a reduced rate while no reduction is on file is a question to
    the official, never a demand; money paid after the six months may be a restoration.
    """
    paid = [
        fact
        for fact in facts
        if fact.kind is FactKind.PAYMENT and fact.fee_year == dates.fee_year
    ]
    if not paid:
        return ""
    if any(fact.dated_on > dates.ends_on for fact in paid):
        return "补缴期满之后才有缴费记录，请核实是否已请求恢复。"
    if patent.reduction:
        return ""
    for reduction in (85, 70):
        what_if = balance_of(
            patent, dates, facts, on=on, rulebook=rulebook, reduction=reduction
        )
        if what_if.paid_on is not None:
            return f"缴费金额等于减缴{reduction}%的年费，但未登记费减，请核实。"
    return ""


def _verify_question(
    dates: FeeDates, standing: Standing, facts: Sequence[Fact], on: date
) -> str:
    if standing is not Standing.OPEN or on <= dates.ends_on:
        return ""
    stale = any(
        fact.kind is FactKind.LISTED
        and fact.dated_on > dates.ends_on
        and fact.paid_through is not None
        and fact.paid_through < dates.fee_year
        for fact in facts
    )
    if stale:
        return "名单显示该年度未缴，但补缴期已过且专利仍在名单上，请核实。"
    return "补缴期已过，未掌握缴费或终止信息，请核实。"
