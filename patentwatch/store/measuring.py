"""Actuals, counted from records as of a day: one query or two for each measure.

Windows: from the plan's first day (span "year") or ever, to the day that is asked
about; a newest figure may be from before the plan, whatever the span. A record after
that day never counts, one after the plan's end neither. A record after the due day
does: what is done late is done.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from sqlalchemy import ColumnElement, func, literal, select

from patentwatch.plan.kinds import FieldType
from patentwatch.plan.measures import median, percent, year_before
from patentwatch.plan.values import (
    CommitmentKind,
    Counted,
    MeasureType,
    Plan,
    Selection,
)
from patentwatch.store.bycounty import added_up, grouped, groups_of, in_yuan
from patentwatch.store.coverage import OF_KIND, coverage
from patentwatch.store.latestfigures import latest
from patentwatch.store.selecting import (
    Asked,
    Chosen,
    amount_of,
    as_date,
    batches,
    chosen,
    days_of_change,
    selected,
    text_of,
)
from patentwatch.store.tables import record_links, records

_BETWEEN = "；"  # parties in one field
_LINKED_TO = {FieldType.PARTY: "party", FieldType.PATENTS: "patent"}


@dataclass(frozen=True, slots=True)
class ToBeat:
    """The number that a target without one of its own has to beat, or why it is not."""

    value: Decimal | None
    unknown: str = ""


def measured(asked: Asked) -> Counted:
    """Return the actual of a commitment whose measure counts records."""
    return _BY_TYPE[asked.commitment.measure.type](asked)


def number_to_beat(asked: Asked) -> ToBeat | None:
    """Return what a target without a number has to beat, None where it has one.

    It is the same on every day. What counts in the year is compared with all of the
    year before, what counts ever with where it stood on the day before the plan.
    """
    commitment = asked.commitment
    if commitment.kind is not CommitmentKind.TARGET or commitment.target is not None:
        return None
    starts_on = asked.plan.starts_on
    last = replace(
        asked.plan,
        starts_on=year_before(starts_on),
        ends_on=starts_on - timedelta(days=1),
    )
    before = measured(replace(asked, plan=last, on=last.ends_on))
    known = before.records or commitment.measure.of or _was_kept(asked, last)
    if before.actual is not None and known:
        return ToBeat(before.actual)
    why = f"年初以前没有“{asked.labels(asked.selection)}”的记录，无法比较；请补录"
    return ToBeat(None, why)


def least_since(asked: Asked, first_on: date) -> Decimal | None:
    """Return what the actual was never below from a day to the one that is asked about.

    Counted from the records that stood all the time, of a denominator from those that
    stood at any. None: unknown, or only to be found by looking at each day.
    """
    measure = asked.commitment.measure
    steady = replace(asked, on=first_on, standing_on=asked.to_on)
    if measure.type is MeasureType.RATIO and measure.of is not None:
        loose = replace(asked, standing_on=first_on)
        part, whole = _part(steady, asked.selection), _part(loose, measure.of)
        return percent(part.actual or 0, whole.actual or 0)
    of_kind = measure.entries.startswith(OF_KIND)
    return measured(steady).actual if measure.type in _SETS and not of_kind else None


def newest(asked: Asked, *, since: date) -> dict[str | None, date]:
    """Return the newest day of each county's records from `since` on.

    Also from before the plan's first day: what goes on does not begin with the year.
    """
    found = chosen(asked, asked.selection, from_on=since, to_on=asked.to_on)
    groups = groups_of(asked, found, func.count())
    return {county: g.latest_on for county, g in groups.items() if g.latest_on}


def days_of_news(asked: Asked, *, after: date) -> set[date]:
    """Return the days after `after` on which the actual may have become another."""
    measure = asked.commitment.measure
    found = days_of_change(asked, asked.selection, after=after)
    if measure.of is not None:
        found |= days_of_change(asked, measure.of, after=after)
    if measure.entries.startswith(OF_KIND):
        kind = Selection((measure.entries.removeprefix(OF_KIND),))
        found |= days_of_change(asked, kind, after=after)
    return found


def _count(asked: Asked) -> Counted:
    return added_up(
        asked, groups_of(asked, selected(asked, asked.selection), func.count())
    )


def _sum(asked: Asked) -> Counted:
    field, selection = asked.commitment.measure.field, asked.selection
    amount = amount_of(asked, selection, field)
    found = selected(asked, selection)
    groups = groups_of(asked, found, func.sum(amount))
    if asked.type_of(selection, field) is FieldType.YUAN:
        groups = {county: in_yuan(group) for county, group in groups.items()}
    counted = added_up(asked, groups)
    empty = asked.connection.execute(
        select(func.count()).select_from(records).where(found.where, amount.is_(None))
    ).scalar_one()
    if not empty:
        return counted
    return replace(counted, unknown=f"{empty} 条记录没有填要合计的数，没有算进去")


def _distinct(asked: Asked) -> Counted:
    return _told_apart(asked, asked.selection)


def _told_apart(asked: Asked, selection: Selection) -> Counted:
    """Count the different values of the measure's field, or what it is linked to."""
    field = asked.commitment.measure.field
    kind = _LINKED_TO.get(asked.type_of(selection, field))
    found = selected(asked, selection)
    key = text_of(field)
    base = select(records.c.county).where(found.where, key.is_not(None))
    if kind is not None:
        key = record_links.c.to_key
        base = select(records.c.county).join(
            record_links, record_links.c.record_id == records.c.id
        )
        base = base.where(
            found.where,
            # Not by the index of to_kind: that would read the links of every record.
            record_links.c.to_kind.concat("") == kind,
            record_links.c.link.in_(asked.links_of(selection, field)),
        )
        if asked.is_shared(selection, field):
            base = base.where(_is_named_in(field))
    number = func.count(key.distinct())
    groups = grouped(
        asked, base, found.day, number, func.count(records.c.id.distinct())
    )
    total = asked.connection.execute(base.with_only_columns(number)).scalar_one()
    return replace(added_up(asked, groups), actual=Decimal(total))


def _is_named_in(field: str) -> ColumnElement[bool]:
    """Whether a party is one of those in a field, as a person wrote it."""
    names = literal(_BETWEEN).concat(text_of(field)).concat(_BETWEEN)
    name = literal(_BETWEEN).concat(record_links.c.label).concat(_BETWEEN)
    return func.replace(names, name, "") != names


def _ratio(asked: Asked) -> Counted:
    of = asked.commitment.measure.of
    assert of is not None  # noqa: S101 - a plan without it is refused when it is loaded
    part, whole = _part(asked, asked.selection), _part(asked, of)
    actual = percent(part.actual or 0, whole.actual or 0)
    return Counted(
        actual,
        part.records,
        part.latest_on,
        by_county={
            code: percent(value or 0, whole.by_county[code] or 0)
            for code, value in part.by_county.items()
        },
        unknown="" if actual is not None else f"还没有“{asked.labels(of)}”的记录作分母",
    )


def _part(asked: Asked, selection: Selection) -> Counted:
    if asked.commitment.measure.field:
        return _told_apart(asked, selection)
    return added_up(asked, groups_of(asked, selected(asked, selection), func.count()))


def _median_days(asked: Asked) -> Counted:
    spent, number, latest_on = _days_spent(asked)
    whole: Counter[int] = Counter()
    for days in spent.values():
        whole.update(days)
    actual = median(whole)
    by_county = {
        code: median(spent.get(code, Counter())) for code in asked.commitment.counties
    }
    unknown = f"还没有起止日期齐全的“{asked.labels(asked.selection)}”记录"
    return Counted(
        actual,
        number,
        latest_on,
        by_county=by_county,
        unknown="" if actual is not None else unknown,
    )


def _days_spent(
    asked: Asked,
) -> tuple[dict[str | None, Counter[int]], int, date | None]:
    """Return county → days → how often, how many in all, and the newest day.

    A record that ends before it begins is a mistake and is left out.
    """
    found = _in_the_year(asked, asked.selection)
    begun = text_of(asked.commitment.measure.field)
    query = (
        select(records.c.county, begun, found.day, func.count())
        .where(found.where, begun.is_not(None))
        .group_by(records.c.county, begun, found.day)
    )
    spent: defaultdict[str | None, Counter[int]] = defaultdict(Counter)
    number, latest_on = 0, None
    for rows in batches(asked.connection, query):
        for county, begun_on, ended_on, often in rows:
            first, last = as_date(begun_on), as_date(ended_on)
            if first is None or last is None or first > last:
                continue
            spent[county][(last - first).days] += often
            number += often
            latest_on = max(latest_on or last, last)
    return spent, number, latest_on


def _count_of_the_year(asked: Asked) -> Counted:
    found = _in_the_year(asked, asked.selection)
    return added_up(asked, groups_of(asked, found, func.count()))


def _in_the_year(asked: Asked, selection: Selection) -> Chosen:
    starts_on = asked.plan.starts_on
    return chosen(asked, selection, from_on=starts_on, to_on=asked.to_on)


def _was_kept(asked: Asked, year: Plan) -> bool:
    """Whether a year has records of the kinds at all, so that none means none."""
    bare = Selection(asked.selection.kinds, dated=asked.selection.dated)
    found = _in_the_year(replace(asked, plan=year, on=year.ends_on), bare)
    query = select(records.c.id).where(found.where).limit(1)
    return asked.connection.execute(query).first() is not None


_SETS: Final = {
    MeasureType.COUNT,
    MeasureType.LINKED,
    MeasureType.SUM,
    MeasureType.DISTINCT,
    MeasureType.COVERAGE,
    MeasureType.GROWTH,
}
"""Where more records never make it less."""

_BY_TYPE: Final[Mapping[MeasureType, Callable[[Asked], Counted]]] = {
    MeasureType.COUNT: _count,
    MeasureType.LINKED: _count,
    MeasureType.SUM: _sum,
    MeasureType.DISTINCT: _distinct,
    MeasureType.RATIO: _ratio,
    MeasureType.COVERAGE: lambda asked: coverage(asked).counted,
    MeasureType.GROWTH: _count_of_the_year,
    MeasureType.MEDIAN_DAYS: _median_days,
    MeasureType.LATEST: latest,
}
