"""Coverage as of a day: which entries of a list appear among the records.

The list is one of the plan's, the commitment's counties, or the titles of the records
of a kind. A township is one of its county: five counties have a 城关镇 of their own.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final

from sqlalchemy import func, select

from patentwatch.plan.measures import folded, percent
from patentwatch.plan.values import Counted, Selection, Span
from patentwatch.store.selecting import COUNTY, Asked, as_date, selected, text_of
from patentwatch.store.tables import records

COUNTIES: Final = "counties"
OF_KIND: Final = "kind:"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry that is asked for; `county` None: in no county in particular."""

    county: str | None
    word: str


@dataclass(frozen=True, slots=True)
class Coverage:
    """What was counted, and the entries that nothing was found of, as written."""

    counted: Counted
    missing: tuple[Entry, ...] = ()


def coverage(asked: Asked) -> Coverage:
    """Return how many entries appear in the measure's field, or which share in %."""
    entries = _entries(asked)
    if not entries:
        by_county = dict.fromkeys(asked.commitment.counties)
        unknown = Counted(None, 0, by_county=by_county, unknown=_why(asked))
        return Coverage(unknown)
    found = selected(asked, asked.selection)
    word = text_of(asked.commitment.measure.field or COUNTY)
    query = (
        select(records.c.county, word, func.count(), func.max(found.day))
        .where(found.where, word.is_not(None))
        .group_by(records.c.county, word)
    )
    by_word: defaultdict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        by_word[folded(entry.word)].append(entry)
    covered: set[tuple[Entry, str | None]] = set()
    number, latest_on = 0, None
    for county, said, often, last in asked.connection.execute(query):
        entry_ = _meant(by_word.get(folded(said), ()), county)
        day = as_date(last)
        if entry_ is None or day is None:
            continue
        covered.add((entry_, county))
        number += often
        latest_on = max(latest_on or day, day)
    return _covered(asked, entries, covered, number, latest_on)


def _covered(
    asked: Asked,
    entries: list[Entry],
    covered: set[tuple[Entry, str | None]],
    number: int,
    latest_on: date | None,
) -> Coverage:
    hit = {entry for entry, _ in covered}
    by_county: dict[str, Decimal | None] = {}
    for code in asked.commitment.counties:
        own = [entry for entry in entries if entry.county in (None, code)]
        mine = {entry for entry, county in covered if code in (entry.county, county)}
        by_county[code] = _number(asked, len(mine), len(own)) if own else None
    counted = Counted(
        _number(asked, len(hit), len(entries)), number, latest_on, by_county=by_county
    )
    return Coverage(counted, tuple(entry for entry in entries if entry not in hit))


def _number(asked: Asked, hit: int, of: int) -> Decimal | None:
    return percent(hit, of) if asked.commitment.unit == "%" else Decimal(hit)


def _meant(entries: Iterable[Entry], county: str | None) -> Entry | None:
    """Return the entry that a record of a county means; None when it is not sure."""
    found = [entry for entry in entries if county in (None, entry.county)]
    found = found or [entry for entry in entries if entry.county is None]
    return found[0] if len(found) == 1 else None


def _entries(asked: Asked) -> list[Entry]:
    """Return each entry once, in the order of the list."""
    name = asked.commitment.measure.entries
    if name == COUNTIES:
        found = [Entry(code, code) for code in asked.commitment.counties]
    elif name.startswith(OF_KIND):
        kind = name.removeprefix(OF_KIND)
        known = selected(asked, Selection((kind,), span=Span.EVER))
        query = select(records.c.county, records.c.title).where(known.where)
        rows = asked.connection.execute(query.order_by(records.c.id))
        found = [Entry(county, title) for county, title in rows]
    else:
        found = [Entry(None, word) for word in asked.plan.lists.get(name, ())]
    once = {(entry.county, folded(entry.word)): entry for entry in reversed(found)}
    return list(reversed(once.values()))


def _why(asked: Asked) -> str:
    name = asked.commitment.measure.entries
    if name.startswith(OF_KIND):
        kind = asked.kinds.get(name.removeprefix(OF_KIND))
        return f"还没有“{kind.label if kind else name}”的名单，请先导入"
    if name == COUNTIES:
        return "计划里这一条没有写县区"
    return f"计划里的名单“{name}”还是空的，请补上后重新导入计划"
