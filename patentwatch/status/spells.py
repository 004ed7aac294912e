"""When a right was in force: the unbroken times between its beginnings and ends."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from patentwatch.law.rulebook import Rulebook
from patentwatch.model import Fact, FactKind, Patent
from patentwatch.status.codes import Effect
from patentwatch.status.events import Event
from patentwatch.status.fold import EXPIRY, known_since
from patentwatch.status.state import (
    Judged,
    Right,
    RightState,
    first_listed_on,
    judge,
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
    begun_on = now.fold.granted_on or first_listed_on(facts, on=on)
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
