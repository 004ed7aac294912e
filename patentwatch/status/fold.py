"""Events folded into what they mean for one right on a day; knows fees only by name.

An end ends, a restoration undoes the last end, and a repeated end is no second one.
What a person must still read changes nothing.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from patentwatch.deadlines import fee_dates, meant_year
from patentwatch.law import terms
from patentwatch.law.rulebook import Rulebook
from patentwatch.model import Fact, FactKind, FactSource, Patent
from patentwatch.status import labels
from patentwatch.status.codes import Effect
from patentwatch.status.events import Event, distinct

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

    @property
    def end(self) -> End | None:
        """Return the end that counts: the first that is not undone."""
        return self.ends[0] if self.ends else None


def fold(
    patent: Patent, events: Iterable[Event], *, on: date, rulebook: Rulebook
) -> Fold:
    """Return what the events known by `on` say about the right."""
    granted_on = patent.grant_on
    known = [e for e in distinct(events, on=on) if not _before_grant(e, granted_on)]
    clear = [event for event in known if not event.needs_review]
    ends: list[End] = []
    restored: list[tuple[Event, End | None]] = []
    regressions = []
    for event in clear:
        match event.effect:
            case Effect.END:
                _end(ends, patent, event, rulebook)
            case Effect.RESTORE:
                restored.append((event, ends.pop() if ends else None))
            case Effect.GRANT if ends:
                regressions.append(event)
    return Fold(
        events=tuple(clear),
        waiting=tuple(event for event in known if event.needs_review),
        granted_on=granted_on or _granted_on(clear),
        ends=tuple(ends),
        restored=tuple(event for event, _ in restored),
        regressions=tuple(regressions),
        term_ends_on=_term_ends_on(patent, clear, rulebook),
        suspended_since_on=suspended_since(clear, on=on),
        facts=(
            *_end_facts(patent, ends, rulebook),
            *(_restored(patent, *one, rulebook) for one in restored),
        ),
    )


def _before_grant(event: Event, granted_on: date | None) -> bool:
    """Tell whether an event speaks of the application: there was no right to end."""
    return granted_on is not None and event.known_on < granted_on


def _end(ends: list[End], patent: Patent, event: Event, rulebook: Rulebook) -> None:
    """Add an end; one that is there already only learns its reason or its day."""
    new = End(
        event.reason,
        _counts_from(patent, event),
        _known_on(patent, event, rulebook),
        event,
    )
    for place, old in enumerate(ends):
        if old.reason == new.reason or new.reason == UNSTATED:
            return
        if old.reason == UNSTATED:
            ends[place] = End(new.reason, new.effective_on, old.known_on, event)
            return
    ends.append(new)


def _counts_from(patent: Patent, event: Event) -> date:
    if event.reason in BACKWARDS and patent.grant_on is not None:
        return patent.grant_on
    return event.effective_on or event.known_on


def _known_on(patent: Patent, event: Event, rulebook: Rulebook) -> date:
    """Return since when an end is known; nobody knows of a lapse in the six months.

    A report without the day of its announcement says only from when the end counts.
    """
    if event.announced_on is None and event.reason == NON_PAYMENT:
        year = year_due_on(patent, event.known_on)
        if year is not None:
            return fee_dates(patent, year, (), rulebook=rulebook).ends_on + ONE_DAY
    return event.known_on


def year_due_on(patent: Patent, day: date) -> int | None:
    """Return the fee year whose nominal due day is `day`, None when it is none's."""
    if day < patent.filing_on:
        return None
    year = terms.year_of(patent.filing_on, day)
    return year if year > 1 and terms.due_on(patent.filing_on, year) == day else None


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
    year = year_due_on(patent, end.effective_on) if end.cause.effective_on else None
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
    """Return 期满终止日, moved by the newest decision; None when that names no day.

    Law: TERM, COMPENSATION.
    """
    moved = [event for event in events if event.effect is Effect.TERM]
    plain_on = terms.expires_on(patent.patent_type, patent.filing_on, rulebook=rulebook)
    if not moved:
        return plain_on
    fields = moved[-1].fields
    if (named_on := _named_end(fields)) is not None:
        return named_on
    days = _compensation_days(fields)
    return None if days is None else plain_on + timedelta(days=days)


def _named_end(fields: Mapping[str, str]) -> date | None:
    """Return the new 期满终止日 a decision names; a 届满日 is the day before it."""
    found = set()
    for label, value in fields.items():
        if label.startswith(("原", "补偿前", "变更前")):
            continue
        if (day := labels.day(value)) is None:
            continue
        if "终止日" in label:
            found.add(day)
        elif "届满日" in label or "到期日" in label:
            found.add(day + ONE_DAY)
    return found.pop() if len(found) == 1 else None


def _compensation_days(fields: Mapping[str, str]) -> int | None:
    for label, value in fields.items():
        if label.startswith("补偿") and (found := _DAYS.fullmatch(value.strip())):
            return int(found[1])
    return None


_DAYS = re.compile(r"(\d{1,4})\s*[天日]?")

_BEGINS = frozenset({"PP01"})
_IS_OVER = frozenset({"PD01"})


def suspended_since(events: Sequence[Event], *, on: date) -> date | None:
    """Return since when a preservation suspends termination on `on`, None when none."""
    days = sorted(
        (event.effective_on or event.known_on, is_over(event))
        for event in events
        if event.event == "preservation"
    )
    since = None
    for day, over in days:
        if day <= on:
            since = None if over else (since or day)
    return since


def is_over(event: Event) -> bool:
    """Return whether a registration (pledge, licence, preservation) ends with this."""
    if event.code in _IS_OVER | {"PC01", "EC01", "OL02"}:
        return True
    if event.code in _BEGINS | {"PE01", "EE01", "OL01", "PM01", "EM01"}:
        return False
    title = event.text.partition("\n")[0][:30]
    return "解除日" in event.fields or any(
        word in title for word in ("注销", "解除", "撤回")
    )
