"""Which county answered for a right, from when until when: dated by lists and moves."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from patentwatch.model import Fact
from patentwatch.status.spells import Spell

Place = tuple[date, str]
"""From which day on a county answers."""

MOVED = "moved"


def places(
    facts: Sequence[Fact], registered: str | None, *, moved: Place | None, on: date
) -> list[Place]:
    """Return the counties in order, each only where it differs from the one before.

    What a list states holds from its day; before the first list, what that one states,
    and where none is dated the `registered` one. Where two lists of one day claim it,
    the county that had it keeps it. `moved`: since when and whereto a notice newer than
    the lists has moved it; not before the newest list, which has it elsewhere.
    """
    by_day: dict[date, set[str]] = {}
    for fact in facts:
        if fact.county and fact.dated_on <= on:
            by_day.setdefault(fact.dated_on, set()).add(fact.county)
    if not by_day and registered:
        by_day[date.min] = {registered}
    if moved is not None:
        by_day[max([moved[0], *by_day])] = {moved[1]}
    found: list[Place] = []
    for day, codes in sorted(by_day.items()):
        if not found:
            found.append((date.min, registered if registered in codes else min(codes)))
        elif found[-1][1] not in codes:
            found.append((day, min(codes)))
    return found


def split(spell: Spell, found: Sequence[Place]) -> list[tuple[Spell, str | None]]:
    """Return a spell in force cut where the county changed, each part with its own."""
    if not found:
        return [(spell, None)]
    parts: list[tuple[Spell, str | None]] = []
    for place, (from_on, county) in enumerate(found):
        ends_on = found[place + 1][0] if place + 1 < len(found) else None
        begins = max(from_on, spell.from_on)
        until = min((d for d in (ends_on, spell.until_on) if d), default=None)
        if until is not None and until <= begins:
            continue
        cut = until is not None and until != spell.until_on
        parts.append(
            (
                replace(
                    spell,
                    from_on=begins,
                    until_on=until,
                    began_by=spell.began_by if begins == spell.from_on else MOVED,
                    ended_by=MOVED if cut else spell.ended_by,
                ),
                county,
            )
        )
    return parts
