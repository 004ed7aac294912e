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
from patentwatch.law.fees import percent_off
from patentwatch.law.restdays import is_rest_day
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
    holiday notice does not look like another deadline; every day from
    `restoration_rolls_from_on` on rolls to the same one. `over_on` is the anniversary
    after the due day: that of the last year is the end of the term.
    """

    annuity: Annuity
    over_on: date
    restoration_until_on: date
    restoration_anchor_on: date
    restoration_rolls_from_on: date
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
    def asked_on(self) -> date:
        """Return the day before which payment is asked for: put off or nominal."""
        return self.extended_due_on or self.due_on

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

_ACCUSING = frozenset({FactKind.UNPAID, FactKind.ENDED, FactKind.NOTICE})
"""Kinds of facts that call a year unpaid."""

_REDUCTIONS = (85, 70)
"""What could have been approved where nothing is on file. Law: REDUCTION."""


def first_watched_year(patent: Patent, facts: Sequence[Fact]) -> int | None:
    """Return the first fee year that the grant-year payment does not cover.

    Without a grant date it is the earliest year we are sure of: one that a fact calls
    unpaid, the one after a year known to be paid, or the one after the year in which
    the right is first known to exist. None while nothing is known. Law: GRANT_YEAR.
    """
    if patent.grant_on is not None:
        return terms.grant_year(patent.filing_on, patent.grant_on) + 1
    sure = []
    for fact in facts:
        if fact.kind is not FactKind.PAYMENT:
            sure.append(terms.year_of(patent.filing_on, fact.dated_on) + 1)
        if fact.kind in _ACCUSING and fact.fee_year is not None:
            sure.append(fact.fee_year)
        if fact.kind in (FactKind.PAYMENT, FactKind.PAID) and fact.fee_year is not None:
            sure.append(fact.fee_year + 1)
        if fact.paid_through is not None:
            sure.append(fact.paid_through + 1)
    return max(min(sure), 2) if sure else None


def fee_dates(
    patent: Patent, fee_year: int, facts: Sequence[Fact], *, rulebook: Rulebook
) -> FeeDates:
    """Return the days of one fee year, with the restoration deadline known so far.

    A special extension by announcement moves the last day in time; a termination
    notice makes the restoration deadline exact, before it is an estimate.
    """
    fee, extended_due_on = _annuity(patent, fee_year, rulebook)
    notice = _notice(facts, fee)
    if notice is None:
        nominal_end_on = terms.months_after(extended_due_on or fee.due_on, 6)
        until_on = lapse.estimated_restoration_until_on(fee.ends_on, rulebook=rulebook)
        anchor_on = lapse.restoration_nominal_on(
            lapse.earliest_notice_on(nominal_end_on)
        )
    else:
        received_on = lapse.notice_received_on(
            notice.dispatched_on, notice.delivery, rulebook=rulebook
        )
        until_on = lapse.restoration_until_on(received_on, rulebook=rulebook)
        anchor_on = lapse.restoration_nominal_on(received_on)
    return FeeDates(
        annuity=fee,
        over_on=terms.due_on(patent.filing_on, fee_year + 1),
        restoration_until_on=until_on,
        restoration_anchor_on=anchor_on,
        restoration_rolls_from_on=_rolls_from(until_on, rulebook),
        notice=notice,
        extended_due_on=extended_due_on,
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
    that a fact calls unpaid. Empty when the patent's last year is over or its first
    watched year is still far away.
    """
    known = _known(patent, facts, on=on)
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
    known = _known(patent, facts, on=on)
    dates = fee_dates(patent, fee_year, known, rulebook=rulebook)
    balance = balance_of(patent, dates, known, on=on, rulebook=rulebook)
    votes = _votes(dates, known, patent=patent, rulebook=rulebook, lag_days=lag_days)
    unpaid = _newest(vote for vote in votes if vote.says is not Standing.PAID)
    final_on = _final_on(dates, balance, known)
    standing, question = _settle(dates, votes, unpaid, final_on, known)
    if standing in (Standing.OPEN, Standing.ENDED):
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
    return account(
        dates.annuity,
        grant_year=_grant_year(patent),
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
    known = _known(patent, facts, on=on)
    running = terms.year_of(patent.filing_on, max(on, patent.filing_on))
    last = terms.last_fee_year(patent.patent_type, patent.filing_on, rulebook=rulebook)
    years = _accused(patent, known, rulebook) | set(range(running - 1, running + 3))
    return [
        fee_dates(patent, year, known, rulebook=rulebook)
        for year in sorted(years)
        if 1 < year <= last
    ]


def _rolls_from(day: date, rulebook: Rulebook) -> date:
    while is_rest_day(day - ONE_DAY, rulebook=rulebook):
        day -= ONE_DAY
    return day


def _known(patent: Patent, facts: Iterable[Fact], *, on: date) -> list[Fact]:
    """Drop what is not known yet, and what is dated before there was anything."""
    return [fact for fact in facts if patent.filing_on <= fact.dated_on <= on]


def _grant_year(patent: Patent) -> int:
    """Return the year from which a reduction counts.

    With the grant unknown, year 1 stands for it: nothing is then promised for a year
    that might lie beyond the tenth.
    """
    return terms.grant_year(patent.filing_on, patent.grant_on or patent.filing_on)


def _annuity(
    patent: Patent, fee_year: int, rulebook: Rulebook
) -> tuple[Annuity, date | None]:
    """Return a year's annuity, and the due day to which an announcement put it off."""
    plain = annuity(patent.patent_type, patent.filing_on, fee_year, rulebook=rulebook)
    off = percent_off(
        fee_year,
        due_on=plain.due_on,
        grant_year=_grant_year(patent),
        reduction=patent.reduction,
        open_licence=False,
        rulebook=rulebook,
    )
    extended_due_on = extension_for(
        patent.patent_type, plain.due_on, off > 0, rulebook=rulebook
    )
    if extended_due_on is None:
        return plain, None
    put_off = annuity(
        patent.patent_type,
        patent.filing_on,
        fee_year,
        rulebook=rulebook,
        extended_due_on=extended_due_on,
    )
    return put_off, extended_due_on


def _years(
    patent: Patent,
    facts: Sequence[Fact],
    *,
    on: date,
    rulebook: Rulebook,
) -> list[int]:
    first = first_watched_year(patent, facts)
    over_on = terms.expires_on(patent.patent_type, patent.filing_on, rulebook=rulebook)
    if first is None or not patent.filing_on <= on < over_on:
        return []
    running = terms.year_of(patent.filing_on, on)
    last = terms.last_fee_year(patent.patent_type, patent.filing_on, rulebook=rulebook)
    # An ended right stops later years, so a year with a bad word about it is looked at
    # however long ago it was; also the grant year, which is only presumed to be paid:
    # the registration notice may have charged the year before.
    earliest = 2 if patent.grant_on is None else first - 1
    accused = {year for year in _accused(patent, facts, rulebook) if year >= earliest}
    watched = {year for year in range(running - 1, running + 2) if year >= first}
    return sorted(year for year in accused | watched if 1 < year <= last)


def _accused(patent: Patent, facts: Iterable[Fact], rulebook: Rulebook) -> set[int]:
    return {
        _meant_year(fact, patent, rulebook) for fact in facts if fact.kind in _ACCUSING
    }


def _after_the_end(situation: Situation) -> Situation:
    return Situation(
        patent=situation.patent,
        dates=situation.dates,
        standing=Standing.NOT_IN_FORCE,
        evidence=situation.evidence,
        account=situation.account,
    )


def _notice(facts: Sequence[Fact], fee: Annuity) -> Notice | None:
    """Return the newest notice; one dated before the six months were over is none."""
    notices = [
        fact
        for fact in facts
        if fact.kind is FactKind.NOTICE
        and fact.fee_year == fee.fee_year
        and fact.dated_on > fee.ends_on
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
        case FactKind.UNPAID | FactKind.ENDED | FactKind.NOTICE:
            if _meant_year(fact, patent, rulebook) != dates.fee_year:
                return None
            return _says_unpaid(dates, fact)
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


def _says_unpaid(dates: FeeDates, fact: Fact) -> Standing | None:
    """Read a bad word: nothing before the late period, the end of the right after it.

    等年费滞纳金 after the six months is a status that nobody has changed yet: unpaid,
    but no word that the right ended. A notice within them cannot be one.
    """
    if fact.dated_on <= dates.last_in_time_on:
        return None
    if fact.dated_on <= dates.ends_on:
        return None if fact.kind is FactKind.NOTICE else Standing.OPEN
    waiting = (FactKind.UNPAID, FactSource.CASE_STATUS)
    return Standing.OPEN if (fact.kind, fact.source) == waiting else Standing.ENDED


def _meant_year(fact: Fact, patent: Patent, rulebook: Rulebook) -> int:
    """Return the year a fact speaks of; without one, the last whose day L had passed.

    An END names no year: it is the newest one whose six months were over.
    """
    if fact.fee_year is not None:
        return fact.fee_year
    last = terms.last_fee_year(patent.patent_type, patent.filing_on, rulebook=rulebook)
    year = min(terms.year_of(patent.filing_on, fact.dated_on), last)
    while year > 1:
        fee, _ = _annuity(patent, year, rulebook)
        ended = fact.kind is not FactKind.UNPAID
        if fact.dated_on > (fee.ends_on if ended else fee.last_in_time_on):
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
    heard = _heard(votes)
    paid_on = max((v.dated_on for v in heard if v.says is Standing.PAID), default=None)
    if final_on is not None:
        settled_on = max(final_on, paid_on or final_on)
        if unpaid is not None and unpaid.dated_on >= settled_on:
            return Standing.ON_HOLD, "已有缴费或恢复记录，之后又查得未缴，请核实。"
        return Standing.PAID, ""
    bad = [vote for vote in heard if vote.says is not Standing.PAID]
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


def _heard(votes: Sequence[_Vote]) -> list[_Vote]:
    """Drop what a column's or a person's "paid" does not yield to.

    Once it has yielded to a fee page or a check sheet, others are heard again.
    """
    return [
        vote
        for vote in votes
        if vote.says is Standing.PAID
        or vote.source in _LOOKED_UP
        or not _stands_against(vote, votes)
    ]


def _stands_against(unpaid: _Vote, votes: Sequence[_Vote]) -> bool:
    before = [vote for vote in votes if vote.dated_on <= unpaid.dated_on]
    weak_on = max(
        (
            vote.dated_on
            for vote in before
            if vote.says is Standing.PAID
            and vote.source in _WEAK
            and vote.dated_on < unpaid.dated_on
        ),
        default=None,
    )
    return weak_on is not None and not any(
        vote.says is not Standing.PAID
        and vote.source in _LOOKED_UP
        and vote.dated_on > weak_on
        for vote in before
    )


def _assumed_paid(dates: FeeDates, unpaid: _Vote | None, facts: Sequence[Fact]) -> bool:
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
    for reduction in _REDUCTIONS:
        what_if = balance_of(
            patent, dates, facts, on=on, rulebook=rulebook, reduction=reduction
        )
        asked_yuan = what_if.payable_fee_yuan + what_if.surcharge_yuan
        if what_if.paid_on is not None and what_if.already_paid_yuan == asked_yuan:
            return f"缴费金额等于减缴{reduction}%的年费，但未登记费减，请核实。"
    return ""


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
