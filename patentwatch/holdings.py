"""One right on one day, as its owner needs to see it: open fees, ties, reductions.

Facts and a day in, values out, no wording. Who owns it together with him is not told.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from patentwatch.cliff import Cliff, cliff
from patentwatch.deadlines import first_watched_year
from patentwatch.items import item_of
from patentwatch.law import terms
from patentwatch.law.rulebook import Rulebook
from patentwatch.letters import Item
from patentwatch.model import (
    Answer,
    Evidence,
    Fact,
    Hold,
    Patent,
    PatentNumber,
    Standing,
    Tier,
)
from patentwatch.standing import Situation, situation_of
from patentwatch.status.links import REGISTRATIONS, Link
from patentwatch.status.state import Judged

AHEAD_MONTHS = 12
"""So far ahead every fee is named; the next one always is."""

_SETTLED = (Standing.PAID, Standing.ASSUMED_PAID, Standing.NOT_IN_FORCE)
_LATE_TIERS = (
    Tier.OVERDUE,
    Tier.SURCHARGE_1,
    Tier.SURCHARGE_2,
    Tier.SURCHARGE_3,
    Tier.SURCHARGE_4,
    Tier.FINAL,
)
"""By the window that holds the day."""


class HoldingState(StrEnum):
    """Whether a right stands, or is over for its fee and can be restored."""

    IN_FORCE = "in_force"
    RESTORABLE = "restorable"


@dataclass(frozen=True, slots=True)
class Dossier:
    """What is known of one patent on the day of the statement."""

    patent: Patent
    judged: Judged
    facts: Sequence[Fact]
    answers: Sequence[Answer] = ()
    holds: Sequence[Hold] = ()
    missing_since_on: date | None = None


@dataclass(frozen=True, slots=True)
class StatedFee:
    """One annuity that is not settled; `item` has its days and amounts.

    `late`: its last day in time is over. `held`: the facts contradict each other, or
    somebody holds it: no amount is asked for. `answer`: what the party answered about
    it and nothing newer has refuted, "" for nothing.
    """

    item: Item
    standing: Standing
    late: bool
    held: bool
    answer: str = ""

    @property
    def confirmed(self) -> bool:
        """Whether somebody looked it up and found it unpaid."""
        return self.late and self.item.evidence is Evidence.CONFIRMED

    @property
    def over(self) -> bool:
        """Whether its six months are over; that alone does not say how it ended."""
        return self.late and self.item.window_percent is None

    @property
    def payable(self) -> bool:
        """Whether the fee alone, with its surcharge, keeps the right on the day."""
        return self.standing is Standing.OPEN and not self.over and not self.held


@dataclass(frozen=True, slots=True, kw_only=True)
class Holding:
    """One right of the party. `fees`: late ones, then those coming, oldest first.

    `owners`: how many own it together. `cliff` None: nothing is reduced any more, or
    it cannot be told; `patent.reduction` and `patent.grant_on` say which.
    """

    patent: Patent
    state: HoldingState
    term_ends_on: date | None
    fees: tuple[StatedFee, ...]
    cliff: Cliff | None
    links: tuple[Link, ...]
    missing_since_on: date | None

    @property
    def number(self) -> PatentNumber:
        """Return the application number."""
        return self.patent.application_no

    @property
    def late(self) -> tuple[StatedFee, ...]:
        """Return the annuities whose last day in time is over."""
        return tuple(fee for fee in self.fees if fee.late)

    @property
    def next(self) -> StatedFee | None:
        """Return the first annuity that can still be paid in time."""
        return next((fee for fee in self.fees if not fee.late), None)


def holding(
    dossier: Dossier, *, on: date, rulebook: Rulebook, lag_days: int
) -> Holding | None:
    """Return what a statement of `on` says of one right, None if it says nothing.

    A right that ended for another reason, or for good, is no longer stated.
    """
    right = dossier.judged.right
    late = [one for one in dossier.judged.situations if _is_late(one, on)]
    lost = [one for one in late if one.standing is Standing.ENDED]
    if right.in_force:
        coming = list(_coming(dossier, on=on, rulebook=rulebook, lag_days=lag_days))
        state, situations = HoldingState.IN_FORCE, [*late, *coming]
    elif any(on <= one.dates.restoration_until_on for one in lost):
        state, situations = HoldingState.RESTORABLE, lost
    else:
        return None
    tied = [
        one
        for one in dossier.judged.links
        if one.live(on) and one.kind in REGISTRATIONS
    ]
    return Holding(
        patent=dossier.patent,
        state=state,
        term_ends_on=right.term_ends_on,
        fees=tuple(_fee(one, dossier, on=on, rulebook=rulebook) for one in situations),
        cliff=cliff(dossier.patent, on=on, rulebook=rulebook),
        links=tuple(tied),
        missing_since_on=dossier.missing_since_on,
    )


def _is_late(situation: Situation, on: date) -> bool:
    """Tell whether a fee is past its day and somebody can still do something.

    What nobody found unpaid, and could not even be restored any more, was paid: the
    right would be gone.
    """
    dates, standing = situation.dates, situation.standing
    if standing in _SETTLED or on <= dates.last_in_time_on:
        return False
    return standing is not Standing.OPEN or on <= dates.restoration_until_on


def _coming(
    dossier: Dossier, *, on: date, rulebook: Rulebook, lag_days: int
) -> Iterator[Situation]:
    """Yield the unsettled fee years of the budget, and the next one in any case.

    Who has paid years ahead owes the first one that he has not paid.
    """
    patent = dossier.patent
    first = first_watched_year(patent, dossier.facts)
    if first is None:
        return
    judged = {one.dates.fee_year: one for one in dossier.judged.situations}
    last = terms.last_fee_year(patent.patent_type, patent.filing_on, rulebook=rulebook)
    until_on = terms.months_after(on, AHEAD_MONTHS)
    found = False
    for year in range(max(first, terms.year_of(patent.filing_on, on)), last + 1):
        if found and terms.due_on(patent.filing_on, year) >= until_on:
            return
        one = judged.get(year) or situation_of(
            patent,
            year,
            dossier.facts,
            on=on,
            rulebook=rulebook,
            lag_days=lag_days,
            suspended_since_on=dossier.judged.fold.suspended_since_on,
        )
        if one.standing not in _SETTLED and on <= one.dates.last_in_time_on:
            found = True
            yield one


def _fee(
    situation: Situation, dossier: Dossier, *, on: date, rulebook: Rulebook
) -> StatedFee:
    year = situation.dates.fee_year
    item = item_of(
        situation,
        tier=_tier(situation, on),
        evidence=situation.evidence,
        correction=False,
        on=on,
        rulebook=rulebook,
    )
    held = situation.standing is Standing.ON_HOLD or any(
        hold.fee_year in (None, year) for hold in dossier.holds
    )
    return StatedFee(
        item=item,
        standing=situation.standing,
        late=_is_late(situation, on),
        held=held,
        answer=_answer(situation, dossier.answers, on=on),
    )


def _tier(situation: Situation, on: date) -> Tier:
    """Return by which tier the days of the annuity are named."""
    if situation.standing is Standing.ENDED:
        return Tier.LAPSED
    window = situation.dates.window_of(on)
    if window < 0:
        return Tier.NOTICE
    return _LATE_TIERS[min(window, len(_LATE_TIERS) - 1)]


def _answer(situation: Situation, answers: Iterable[Answer], *, on: date) -> str:
    """Return the newest answer that still stands: a later finding refutes "paid"."""
    said = [
        one
        for one in answers
        if one.fee_year == situation.dates.fee_year
        and one.answered_on <= on
        and one.answer in ("paid", "agent", "abandon")
        and (one.confirmed or one.answer != "abandon")
    ]
    newest = max(said, key=lambda one: (one.answered_on, one.answer), default=None)
    if newest is None:
        return ""
    unpaid_on = situation.unpaid_on
    refuted = unpaid_on is not None and unpaid_on > newest.answered_on
    return "" if refuted and newest.answer == "paid" else newest.answer
