"""The state of a right on any day: events, fee facts and dates in, state out.

Never stored as a truth: asked again with another day it answers for that day, from
what was known by then. A right ends backwards, from the day the fee was due.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from patentwatch import standing
from patentwatch.law.rulebook import Rulebook
from patentwatch.model import Fact, FactKind, Patent, Standing
from patentwatch.standing import Situation
from patentwatch.status.events import Event
from patentwatch.status.fold import (
    EXPIRY,
    NON_PAYMENT,
    ONE_DAY,
    UNSTATED,
    End,
    Fold,
    fold,
    lapsed_year,
)
from patentwatch.status.links import Link, links, merged


class RightState(StrEnum):
    """What a right is on a day."""

    PENDING = "pending"  # granted later, or nothing is known of a grant
    IN_FORCE = "in_force"
    ENDED = "ended"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Right:
    """The state of a right on a day, and why.

    `since_on` is the day from which it counts by law, `known_on` that from which it
    could be known; None: not known. `reason` is the word of the code table, "" where
    the list alone says so.
    """

    state: RightState
    reason: str
    since_on: date | None
    known_on: date | None
    term_ends_on: date | None

    @property
    def in_force(self) -> bool:
        """Whether the right exists."""
        return self.state is RightState.IN_FORCE


@dataclass(frozen=True, slots=True)
class Judged:
    """A patent on a day: what its events say, its fee years, its state.

    `links` are the ties that notices and the office's records tell of, ended ones too.
    """

    fold: Fold
    situations: tuple[Situation, ...]
    right: Right
    links: tuple[Link, ...]


def judge(
    patent: Patent,
    events: Iterable[Event],
    facts: Sequence[Fact],
    *,
    on: date,
    rulebook: Rulebook,
    lag_days: int = 30,
    recorded: Iterable[Link] = (),
) -> Judged:
    """Return what was known by `on` about a right: the one place where all meets.

    An end for another reason than fees leaves no fee year open; one that says no
    reason leaves them as they are, for a person to find out. `recorded` are the ties
    that the office's own records tell of.
    """
    folded = fold(patent, events, on=on, rulebook=rulebook)
    told = [*facts, *folded.facts]
    situations = standing.situations(
        patent,
        told,
        on=on,
        rulebook=rulebook,
        lag_days=lag_days,
        suspended_since_on=folded.suspended_since_on,
    )
    lapses = [one for one in situations if one.standing is Standing.ENDED]
    if not situations:  # the term is over, or nothing else is known of the right
        lapses = standing.lapses(
            patent, told, on=on, rulebook=rulebook, lag_days=lag_days
        )
    right = _right(folded, _gone(patent, folded, lapses, rulebook), facts, on=on)
    if any(end.reason not in (NON_PAYMENT, UNSTATED) for end in folded.ends):
        situations = [standing.after_the_end(one) for one in situations]
    known = [link for link in recorded if link.from_on <= on]
    ties = merged(links(folded.events), known)
    return Judged(folded, tuple(situations), right, tuple(ties))


@dataclass(frozen=True, slots=True)
class _Gone:
    reason: str
    effective_on: date
    known_on: date


def _right(
    folded: Fold, end: _Gone | None, facts: Sequence[Fact], *, on: date
) -> Right:
    term_on = folded.term_ends_on
    if end is not None and (term_on is None or is_before_term(end, term_on)):
        state = RightState.EXPIRED if end.reason == EXPIRY else RightState.ENDED
        return Right(state, end.reason, end.effective_on, end.known_on, term_on)
    if term_on is not None and on >= term_on:
        return Right(RightState.EXPIRED, EXPIRY, term_on, term_on, term_on)
    since_on = folded.granted_on or first_listed_on(facts, on=on)
    if since_on is None or since_on > on:
        return Right(RightState.PENDING, "", None, None, term_on)
    if folded.restored:
        back = folded.restored[-1]
        return Right(RightState.IN_FORCE, back.reason, since_on, back.known_on, term_on)
    return Right(RightState.IN_FORCE, "granted", since_on, since_on, term_on)


def _gone(
    patent: Patent, folded: Fold, lapses: Sequence[Situation], rulebook: Rulebook
) -> _Gone | None:
    """Return the end that counts, of events and of what was looked up about fees.

    A lapse is what the fee years say, so that a payment against it is a contradiction
    and no end; of several ends the earliest by law counts.
    """
    announced = {
        lapsed_year(patent, end, rulebook): end.known_on
        for end in folded.ends
        if end.reason == NON_PAYMENT
    }
    found = [
        _Gone(end.reason, end.effective_on, end.known_on)
        for end in folded.ends
        if end.reason != NON_PAYMENT
    ]
    for one in lapses:
        days = [announced.get(one.dates.fee_year), one.unpaid_on]
        known_on = min(day for day in days if day is not None)
        found.append(_Gone(NON_PAYMENT, one.dates.due_on, known_on))
    return min(found, key=lambda one: one.effective_on, default=None)


def is_before_term(end: End | _Gone, term_on: date) -> bool:
    """Tell whether an end comes before that of the term; 届满日 is its last day."""
    last_on = term_on - ONE_DAY if end.reason == EXPIRY else term_on
    return end.effective_on < last_on


def first_listed_on(facts: Iterable[Fact], *, on: date) -> date | None:
    """Return the first day on which a list showed the right, None without one."""
    return min(
        (f.dated_on for f in facts if f.kind is FactKind.LISTED and f.dated_on <= on),
        default=None,
    )
