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
from patentwatch.model import Fact, FactKind, Patent
from patentwatch.standing import Situation, Standing
from patentwatch.status.codes import Effect
from patentwatch.status.events import Event
from patentwatch.status.fold import (
    EXPIRY,
    NON_PAYMENT,
    ONE_DAY,
    UNSTATED,
    End,
    Fold,
    fold,
    known_since,
    lapsed_year,
)


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
    """A patent on a day: what its events say, its fee years, its state."""

    fold: Fold
    situations: tuple[Situation, ...]
    right: Right


def judge(
    patent: Patent,
    events: Iterable[Event],
    facts: Sequence[Fact],
    *,
    on: date,
    rulebook: Rulebook,
    lag_days: int = 30,
) -> Judged:
    """Return what was known by `on` about a right: the one place where all meets.

    An end for another reason than fees leaves no fee year open; one that says no
    reason leaves them as they are, for a person to find out.
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
    return Judged(folded, tuple(situations), right)


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
    since_on = folded.granted_on or _first_listed_on(facts, on=on)
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


def _first_listed_on(facts: Iterable[Fact], *, on: date) -> date | None:
    return min(
        (f.dated_on for f in facts if f.kind is FactKind.LISTED and f.dated_on <= on),
        default=None,
    )


@dataclass(frozen=True, slots=True)
class Spell:
    """An unbroken time in force; `until_on` is exclusive, None: still in force."""

    from_on: date
    until_on: date | None
    began_by: str
    ended_by: str


@dataclass(frozen=True, slots=True)
class Spells:
    """When a right was in force: by law, as known today, and as was known each day.

    `by_law`: an end counts back to its day, a restoration closes the gap.
    `as_known`: what anybody counting on that day would have counted.
    """

    by_law: tuple[Spell, ...]
    as_known: tuple[Spell, ...]


_TELLING = frozenset(
    {FactKind.ENDED, FactKind.UNPAID, FactKind.NOTICE, FactKind.RESTORED}
)


def spells(
    patent: Patent,
    events: Sequence[Event],
    facts: Sequence[Fact],
    now: Judged,
    *,
    on: date,
    rulebook: Rulebook,
    lag_days: int = 30,
) -> Spells:
    """Return when the right was in force, as far as is known on `on`.

    `now` is the judgement of that day. Nothing is in the future but the end of term.
    """
    begun_on = now.fold.granted_on or _first_listed_on(facts, on=on)
    if begun_on is None or begun_on > on:
        return Spells((), ())
    by_law = _by_law(now.right, begun_on)
    if not _is_eventful(events, facts):
        return Spells(by_law, by_law)
    days = turning_days(patent, events, rulebook) | {fact.dated_on for fact in facts}
    as_known: list[Spell] = []
    for day in sorted(d for d in days | {begun_on, on} if begun_on <= d <= on):
        judged = judge(
            patent, events, facts, on=day, rulebook=rulebook, lag_days=lag_days
        )
        _step(as_known, judged.right, day)
    return Spells(by_law, _closed(as_known, now.right.term_ends_on))


def turning_days(
    patent: Patent, events: Iterable[Event], rulebook: Rulebook
) -> set[date]:
    """Return the days on which events change anything: known since, effective from."""
    days = set()
    for event in events:
        days |= {event.known_on, known_since(patent, event, rulebook)}
        days |= {event.effective_on} if event.effective_on else set()
    return days


def _by_law(right: Right, begun_on: date) -> tuple[Spell, ...]:
    if right.in_force:
        until_on, ended_by = right.term_ends_on, EXPIRY if right.term_ends_on else ""
    else:
        until_on, ended_by = right.since_on, right.reason
    if until_on is not None and until_on <= begun_on:
        return ()
    return (Spell(begun_on, until_on, "granted", ended_by),)


def _step(found: list[Spell], right: Right, day: date) -> None:
    """Go on with the running spell, begin another, or end it on `day`."""
    running = bool(found) and found[-1].until_on is None
    if right.in_force and not running:
        began_by = "restored" if found else "granted"
        found.append(Spell(day, None, began_by, ""))
    elif not right.in_force and running:
        last = found[-1]
        ends_on = right.known_on if right.state is RightState.EXPIRED else day
        found[-1] = Spell(last.from_on, ends_on or day, last.began_by, right.reason)


def _closed(found: list[Spell], term_ends_on: date | None) -> tuple[Spell, ...]:
    if found and found[-1].until_on is None and term_ends_on is not None:
        last = found[-1]
        found[-1] = Spell(last.from_on, term_ends_on, last.began_by, EXPIRY)
    return tuple(
        one for one in found if one.until_on is None or one.until_on > one.from_on
    )


def _is_eventful(events: Iterable[Event], facts: Iterable[Fact]) -> bool:
    """Tell whether anything but the grant and the term can have changed the state."""
    return any(
        event.effect in (Effect.END, Effect.RESTORE, Effect.TERM) for event in events
    ) or any(fact.kind in _TELLING for fact in facts)
