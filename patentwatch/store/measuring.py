"""Actuals, counted from records as of a day: one query or two for each measure.

Windows: from the plan's first day (span "year") or ever, to the day that is asked
about; a newest figure may be from before the plan, whatever the span. A record after
that day never counts, one after the plan's end neither. A record after the due day
does: what is done late is done.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import ColumnElement, Select, func, select

from patentwatch.plan.kinds import FieldType
from patentwatch.plan.measures import median, percent, year_before
from patentwatch.plan.values import Counted, MeasureType, Selection
from patentwatch.store.coverage import coverage
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

_FEN = 100
_LINKED_TO = {FieldType.PARTY: "party", FieldType.PATENTS: "patent"}


@dataclass(frozen=True, slots=True)
class _Group:
    """What was found of one county, None for the city as a whole."""

    value: Decimal | None
    records: int
    latest_on: date | None


_Groups = Mapping[str | None, _Group]
_NOTHING = _Group(Decimal(0), 0, None)


def measured(asked: Asked) -> Counted:
    """Return the actual of a commitment whose measure counts records."""
    return _BY_TYPE[asked.commitment.measure.type](asked)


def newest(asked: Asked, *, since: date) -> dict[str | None, date]:
    """Return the newest day of each county's records from `since` on.

    Also from before the plan's first day: what goes on does not begin with the year.
    """
    found = chosen(asked, asked.selection, from_on=since, to_on=asked.to_on)
    groups = _groups(asked, found, func.count())
    return {county: g.latest_on for county, g in groups.items() if g.latest_on}


def days_of_news(asked: Asked, *, after: date) -> set[date]:
    """Return the days after `after` on which the actual may have become another."""
    measure = asked.commitment.measure
    found = days_of_change(asked, asked.selection, after=after)
    if measure.of is not None:
        found |= days_of_change(asked, measure.of, after=after)
    if measure.entries.startswith("kind:"):
        kind = Selection((measure.entries.removeprefix("kind:"),))
        found |= days_of_change(asked, kind, after=after)
    return found


def _count(asked: Asked) -> Counted:
    return _counted(
        asked, _groups(asked, selected(asked, asked.selection), func.count())
    )


def _sum(asked: Asked) -> Counted:
    field, selection = asked.commitment.measure.field, asked.selection
    amount = amount_of(asked, selection, field)
    found = selected(asked, selection)
    groups = _groups(asked, found, func.sum(amount))
    if asked.type_of(selection, field) is FieldType.YUAN:
        groups = {county: _in_yuan(group) for county, group in groups.items()}
    counted = _counted(asked, groups)
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
    base = select(records.c.county).where(found.where)
    if kind is not None:
        key = record_links.c.to_key
        base = base.join(record_links, record_links.c.record_id == records.c.id).where(
            record_links.c.to_kind == kind,
            record_links.c.link.in_(asked.links_of(selection, field)),
        )
    groups = _grouped(asked, base, found.day, func.count(key.distinct()))
    total = base.with_only_columns(func.count(key.distinct()))
    number = asked.connection.execute(total).scalar_one()
    return replace(_counted(asked, groups), actual=Decimal(number))


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
    return _counted(asked, _groups(asked, selected(asked, selection), func.count()))


def _growth(asked: Asked) -> Counted:
    counted = _counted(asked, _groups(asked, _this_year(asked), func.count()))
    before = _groups(asked, _last_year(asked, asked.selection), func.count())
    number = sum(group.records for group in before.values())
    if not number and not _was_kept_last_year(asked):
        why = f"去年没有“{asked.labels(asked.selection)}”的记录，无法比较；请补录去年的"
        return replace(counted, unknown=why)
    return replace(counted, target=Decimal(number))


def _median_days(asked: Asked) -> Counted:
    spent, records_, latest_on = _days_spent(asked, _this_year(asked))
    before, _, _ = _days_spent(asked, _last_year(asked, asked.selection))
    whole: Counter[int] = Counter()
    for days in spent.values():
        whole.update(days)
    last: Counter[int] = Counter()
    for days in before.values():
        last.update(days)
    actual, target = median(whole), median(last)
    unknown = ""
    if actual is None:
        unknown = f"今年还没有起止日期齐全的“{asked.labels(asked.selection)}”记录"
    elif target is None:
        unknown = (
            f"去年没有起止日期齐全的“{asked.labels(asked.selection)}”记录，无法比较"
        )
    by_county = {
        code: median(spent.get(code, Counter())) for code in asked.commitment.counties
    }
    return Counted(actual, records_, latest_on, target, by_county, unknown)


def _days_spent(
    asked: Asked, found: Chosen
) -> tuple[dict[str | None, Counter[int]], int, date | None]:
    """Return county → days → how often, how many in all, and the newest day.

    A record that ends before it begins is a mistake and is left out.
    """
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


def _latest(asked: Asked) -> Counted:
    field, selection = asked.commitment.measure.field, asked.selection
    groups = _newest_figures(asked)
    if asked.type_of(selection, field) is FieldType.YUAN:
        groups = {county: _in_yuan(group) for county, group in groups.items()}
    wanted = asked.commitment.counties or tuple(code for code in groups if code)
    missing = [code for code in wanted if code not in groups]
    if (not wanted or missing) and None in groups:
        used = [groups[None]]  # the city's own figure, before half a sum
    else:
        used = [groups[code] for code in wanted if code in groups]
    by_county = {
        code: groups[code].value if code in groups else None
        for code in asked.commitment.counties
    }
    if not used:
        why = f"还没有“{asked.labels(selection)}”的数字"
        return Counted(None, 0, by_county=by_county, unknown=why)
    unknown = ""
    if missing:
        names = "、".join(missing)
        unknown = (
            f"{names} 没有数字，用的是全市的数字"
            if None in groups
            else f"{names} 没有数字，合计不含这些县区"
        )
    total = sum((group.value or Decimal(0) for group in used), Decimal(0))
    return Counted(
        total,
        len(used),
        max(group.latest_on for group in used if group.latest_on),
        by_county=by_county,
        unknown=unknown,
    )


def _newest_figures(asked: Asked) -> _Groups:
    """Return the newest figure of each county; of one day's the last recorded."""
    amount = amount_of(asked, asked.selection, asked.commitment.measure.field)
    found = chosen(asked, asked.selection, from_on=None, to_on=asked.to_on)
    order = (
        func.row_number()
        .over(
            partition_by=records.c.county,
            order_by=(found.day.desc(), records.c.id.desc()),
        )
        .label("place")
    )
    ranked = (
        select(
            records.c.county,
            amount.label("amount"),
            found.day.label("day"),
            order,
        )
        .where(found.where, amount.is_not(None))
        .subquery()
    )
    query = select(ranked.c.county, ranked.c.amount, ranked.c.day).where(
        ranked.c.place == 1
    )
    return {
        row.county: _Group(Decimal(row.amount), 1, as_date(row.day))
        for row in asked.connection.execute(query)
    }


def _this_year(asked: Asked) -> Chosen:
    starts_on = asked.plan.starts_on
    return chosen(asked, asked.selection, from_on=starts_on, to_on=asked.to_on)


def _last_year(asked: Asked, selection: Selection) -> Chosen:
    return chosen(
        asked,
        selection,
        from_on=year_before(asked.plan.starts_on),
        to_on=year_before(asked.plan.ends_on),
    )


def _was_kept_last_year(asked: Asked) -> bool:
    """Whether last year has records of the kinds at all, so that none means none."""
    bare = Selection(asked.selection.kinds, dated=asked.selection.dated)
    query = select(records.c.id).where(_last_year(asked, bare).where).limit(1)
    return asked.connection.execute(query).first() is not None


def _groups(asked: Asked, found: Chosen, value: ColumnElement[Any]) -> _Groups:
    return _grouped(
        asked, select(records.c.county).where(found.where), found.day, value
    )


def _grouped(
    asked: Asked,
    base: Select[tuple[str | None]],
    day: ColumnElement[Any],
    value: ColumnElement[Any],
) -> _Groups:
    query = base.add_columns(
        value, func.count(records.c.id.distinct()), func.max(day)
    ).group_by(records.c.county)
    return {
        county: _Group(
            None if number is None else Decimal(number), often, as_date(latest_on)
        )
        for county, number, often, latest_on in asked.connection.execute(query)
    }


def _counted(asked: Asked, groups: _Groups) -> Counted:
    """Add the counties up; one without a record has none, not an unknown."""
    values = [group.value for group in groups.values() if group.value is not None]
    days = [group.latest_on for group in groups.values() if group.latest_on]
    return Counted(
        actual=sum(values, Decimal(0)) if values or not groups else None,
        records=sum(group.records for group in groups.values()),
        latest_on=max(days, default=None),
        by_county={
            code: groups.get(code, _NOTHING).value for code in asked.commitment.counties
        },
    )


def _in_yuan(group: _Group) -> _Group:
    return replace(group, value=None if group.value is None else group.value / _FEN)


_BY_TYPE: Final[Mapping[MeasureType, Callable[[Asked], Counted]]] = {
    MeasureType.COUNT: _count,
    MeasureType.LINKED: _count,
    MeasureType.SUM: _sum,
    MeasureType.DISTINCT: _distinct,
    MeasureType.RATIO: _ratio,
    MeasureType.COVERAGE: lambda asked: coverage(asked).counted,
    MeasureType.GROWTH: _growth,
    MeasureType.MEDIAN_DAYS: _median_days,
    MeasureType.LATEST: _latest,
}
