"""Events folded into what they mean for one right on a day; knows fees only by name.

An end ends, a restoration undoes the last end, and a repeated end is no second one.
What a person must still read changes nothing.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from patentwatch.deadlines import fee_dates, meant_year
from patentwatch.law import terms
from patentwatch.law.rulebook import Rulebook
from patentwatch.model import Fact, FactKind, FactSource, Patent
from patentwatch.status import term
from patentwatch.status.codes import Effect
from patentwatch.status.events import Event, Registers, distinct, registers

NON_PAYMENT = "annual_fee_not_paid"
UNSTATED = "terminated_reason_unstated"
EXPIRY = "term_expired"
BACKWARDS = frozenset({"fully_invalidated", "fully_revoked"})
"""Ends that undo the right from its beginning. Law: Patent Law art. 47."""

ONE_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class End:
    """One end of the right: since when by law, and since when it is known."""

    reason: str
    effective_on: date
    known_on: date
    cause: Event


@dataclass(frozen=True, slots=True)
class Fold:
    """What the events known on a day say.

    `ends` are those not undone, oldest first. `term_ends_on` None: an event moved it
    and does not say to when. `suspended_since_on` None: not suspended. `waiting` are
    the events that a person must read. `facts` are what the events say about fees.
    """

    events: tuple[Event, ...]
    waiting: tuple[Event, ...]
    granted_on: date | None
    ends: tuple[End, ...]
    restored: tuple[Event, ...]
    regressions: tuple[Event, ...]
    term_ends_on: date | None
    suspended_since_on: date | None
    facts: tuple[Fact, ...]


def fold(
    patent: Patent, events: Iterable[Event], *, on: date, rulebook: Rulebook
) -> Fold:
    """Return what the events known by `on` say about the right."""
    known = _known(patent, events, on=on, rulebook=rulebook)
    clear = [event for event in known if not event.needs_review]
    granted_on = patent.grant_on or _granted_on(clear)
    ends: list[End] = []
    restored: list[tuple[Event, End | None]] = []
    regressions = []
    for event in clear:
        match event.effect:
            case Effect.END:
                _end(ends, patent, event, granted_on, rulebook)
            case Effect.RESTORE if ends or not restored:
                # One with nothing to undo since the last is the same one once more.
                restored.append((event, ends.pop() if ends else None))
            case Effect.GRANT if ends:
                regressions.append(event)
    ends = [end for end in ends if end.reason == NON_PAYMENT or end.effective_on <= on]
    return Fold(
        events=tuple(clear),
        waiting=tuple(event for event in known if event.needs_review),
        granted_on=granted_on,
        ends=tuple(ends),
        restored=tuple(event for event, _ in restored),
        regressions=tuple(regressions),
        term_ends_on=_term_ends_on(patent, known, rulebook),
        suspended_since_on=suspended_since(clear, on=on),
        facts=(
            *_end_facts(patent, ends, rulebook),
            *(_restored(patent, *one, rulebook) for one in restored),
        ),
    )


def _known(
    patent: Patent, events: Iterable[Event], *, on: date, rulebook: Rulebook
) -> list[Event]:
    """Return the facts that anybody could know by `on`, in the order of knowing.

    What speaks of the application is left out: there was no right to end.
    """
    begun_on = patent.grant_on or patent.filing_on
    found = [
        (known_since(patent, event, rulebook), event)
        for event in distinct(events, on=on)
    ]
    return [
        event
        for day, event in sorted(found, key=lambda one: one[0])
        if day <= on and begun_on <= event.known_on
    ]


def known_since(patent: Patent, event: Event, rulebook: Rulebook) -> date:
    """Return since when an event is known; nobody knows of a lapse in the six months.

    A report without the day of its announcement says only from when the end counts.
    """
    if event.announced_on is None and event.reason == NON_PAYMENT:
        year = year_due_on(patent, event.known_on, rulebook)
        if year is not None:
            return fee_dates(patent, year, (), rulebook=rulebook).ends_on + ONE_DAY
    return event.known_on


def _end(
    ends: list[End],
    patent: Patent,
    event: Event,
    granted_on: date | None,
    rulebook: Rulebook,
) -> None:
    """Add an end; one that is there already only learns its reason or its day."""
    new = End(
        event.reason,
        _counts_from(event, granted_on),
        known_since(patent, event, rulebook),
        event,
    )
    for place, old in enumerate(ends):
        if new.reason == UNSTATED and old.reason != UNSTATED:
            return
        if UNSTATED not in (old.reason, new.reason) and old.reason != new.reason:
            continue
        if old.reason != new.reason or _learns_its_day(old, new):
            ends[place] = End(new.reason, new.effective_on, old.known_on, event)
        return
    ends.append(new)


def _learns_its_day(old: End, new: End) -> bool:
    """Tell whether a second report gives the day that the first one left out."""
    return (
        old.cause.effective_on is None
        and new.cause.effective_on is not None
        and new.effective_on <= old.known_on
    )


def _counts_from(event: Event, granted_on: date | None) -> date:
    if event.reason in BACKWARDS and granted_on is not None:
        return granted_on
    return event.effective_on or event.known_on


def year_due_on(patent: Patent, day: date, rulebook: Rulebook) -> int | None:
    """Return the fee year whose nominal due day is `day`, None when it is none's."""
    if day < patent.filing_on:
        return None
    year = terms.year_of(patent.filing_on, day)
    last = terms.last_fee_year(patent.patent_type, patent.filing_on, rulebook=rulebook)
    is_due = terms.due_on(patent.filing_on, year) == day
    return year if 1 < year <= last and is_due else None


def _end_facts(patent: Patent, ends: Sequence[End], rulebook: Rulebook) -> list[Fact]:
    """Return the lapses as facts about their fee years, dated by the announcement."""
    return [
        Fact(
            FactKind.ENDED,
            FactSource.EVENT,
            end.known_on,
            fee_year=lapsed_year(patent, end, rulebook),
            ref=end.cause.code,
        )
        for end in ends
        if end.reason == NON_PAYMENT
    ]


def lapsed_year(patent: Patent, end: End, rulebook: Rulebook) -> int:
    """Return the year whose fee was not paid: by the day the end counts from.

    Where that day is not given or is no anniversary, the newest year whose six months
    were over when it was announced.
    """
    if end.cause.effective_on is not None:
        year = year_due_on(patent, end.effective_on, rulebook)
        if year is not None:
            return year
    told = Fact(FactKind.ENDED, FactSource.EVENT, end.known_on)
    return meant_year(told, patent, rulebook)


def _restored(
    patent: Patent, event: Event, undone: End | None, rulebook: Rulebook
) -> Fact:
    """Return a restoration as a fact: from its effective day every year before it.

    If only the announcement is known, only the year that ended is settled.
    """
    if event.effective_on is not None:
        return Fact(FactKind.RESTORED, FactSource.EVENT, event.effective_on)
    year = None
    if undone is not None and undone.reason in (NON_PAYMENT, UNSTATED):
        year = lapsed_year(patent, undone, rulebook)
    else:
        told = Fact(FactKind.ENDED, FactSource.EVENT, event.known_on)
        year = meant_year(told, patent, rulebook)
    return Fact(FactKind.RESTORED, FactSource.EVENT, event.known_on, fee_year=year)


def _granted_on(events: Sequence[Event]) -> date | None:
    return min(
        (event.known_on for event in events if event.effect is Effect.GRANT),
        default=None,
    )


def _term_ends_on(
    patent: Patent, events: Sequence[Event], rulebook: Rulebook
) -> date | None:
    """Return 期满终止日, moved by decisions; None when the newest names no day.

    One that a person must still read has moved it, too: it never expires on a guess.
    Law: TERM, COMPENSATION.
    """
    plain_on = terms.expires_on(patent.patent_type, patent.filing_on, rulebook=rulebook)
    decisions = [
        (event.reason, {} if event.needs_review else event.fields)
        for event in events
        if event.effect is Effect.TERM
    ]
    return term.moved(plain_on, decisions)


def suspended_since(events: Sequence[Event], *, on: date) -> date | None:
    """Return since when a preservation suspends termination on `on`, None when none.

    One that ends and one that begins on the same day are a renewal: orders queue.
    A notice that does not say which of the two it is changes nothing.
    """
    days = sorted(
        (event.effective_on or event.known_on, does is Registers.BEGINS)
        for event in events
        if event.event == "preservation" and (does := registers(event)) is not None
    )
    since = None
    for day, begins in days:
        if day <= on:
            since = (since or day) if begins else None
    return since
