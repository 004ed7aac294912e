"""When an open licence lowers the fee: the records of it, and what speaks against them.

What costs the owner less is promised only while nothing contradicts it.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta

from patentwatch.model import Span
from patentwatch.status import owners
from patentwatch.status.events import Event, Registers, registers
from patentwatch.status.links import Link

KIND = "openly_licensed"
_REASON = "open_licence"
_ONE_DAY = timedelta(days=1)


def carried_out(ties: Iterable[Link], events: Sequence[Event]) -> tuple[Span, ...]:
    """Return the times in which a fee that falls due is lowered.

    `ties` are merged with the notices, `events` in the order of knowing, also those
    that a person must still read. A withdrawal leaves the fees until its own day and
    no later ones; after one a new declaration is needed. After a transfer nothing is
    promised until it is recorded anew, as with a reduction.

    Law: OPEN_LICENCE.
    """
    return tuple(
        span
        for tie in ties
        if tie.kind == KIND and (span := _span(tie, events)) is not None
    )


def _span(tie: Link, events: Sequence[Event]) -> Span | None:
    if _withdrawn_before(tie.from_on, events):
        return None
    own = [tie.until_on] if tie.until_on else []
    until_on = min([*own, *_cuts(tie.from_on, events)], default=None)
    span = Span(tie.from_on, until_on)
    return span if span.holds(tie.from_on) else None


def _cuts(from_on: date, events: Sequence[Event]) -> Iterator[date]:
    """Yield the days from which something that came later speaks against it."""
    for event in events:
        if _withdraws(event) and event.known_on >= from_on:
            yield event.known_on + _ONE_DAY
    for change in owners.changes(events):
        if change.transfer and change.effective_on >= from_on:
            yield change.effective_on


def _withdrawn_before(day: date, events: Sequence[Event]) -> bool:
    """Tell whether the newest declaration before a day was withdrawn."""
    said = [e for e in events if e.reason == _REASON and e.known_on < day]
    newest = max(said, key=lambda event: event.known_on, default=None)
    return newest is not None and _withdraws(newest)


def _withdraws(event: Event) -> bool:
    return event.reason == _REASON and registers(event) is Registers.ENDS
