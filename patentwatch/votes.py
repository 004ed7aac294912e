"""What each fact says of the fee of one year, and whose word yields to whose.

A fact votes that the fee is paid, that it is not, or that the right ended with it; most
have no vote about that year. What the votes come to is for `standing`. Design (§5): the
table of facts, and what "paid" by a column or a person yields to.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from patentwatch.deadlines import FeeDates, meant_year
from patentwatch.law.rulebook import Rulebook
from patentwatch.model import Fact, FactKind, FactSource, Patent, Standing


@dataclass(frozen=True, slots=True)
class Vote:
    """What one fact says of the year; `says` is PAID, OPEN (unpaid) or ENDED."""

    dated_on: date
    says: Standing
    source: FactSource


# "Paid by column or word yields only to a later fee page or check sheet."
_WEAK = frozenset({FactSource.COLUMN, FactSource.WORD})
_LOOKED_UP = frozenset({FactSource.FEE_PAGE, FactSource.CHECK_SHEET})


def votes_of(
    dates: FeeDates,
    facts: Sequence[Fact],
    *,
    patent: Patent,
    rulebook: Rulebook,
    lag_days: int,
) -> list[Vote]:
    """Return the votes about one fee year in the order of the facts.

    `lag_days`: so long after the last day in time a list's low number says nothing.
    """
    votes = []
    for fact in facts:
        says = _says(dates, fact, patent=patent, rulebook=rulebook, lag_days=lag_days)
        if says is not None:
            source = FactSource.COLUMN if fact.kind is FactKind.LISTED else fact.source
            votes.append(Vote(fact.dated_on, says, source))
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
            if meant_year(fact, patent, rulebook) != dates.fee_year:
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


def newest(votes: Iterable[Vote]) -> Vote | None:
    """Return the newest vote, on equal days one that says ended; None: no vote."""
    return max(
        votes,
        key=lambda vote: (vote.dated_on, vote.says is Standing.ENDED),
        default=None,
    )


def heard(votes: Sequence[Vote]) -> list[Vote]:
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


def _stands_against(unpaid: Vote, votes: Sequence[Vote]) -> bool:
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
