"""What was counted of each county, and of all of them together."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Any

from sqlalchemy import ColumnElement, Select, func, select

from patentwatch.plan.values import Counted
from patentwatch.store.selecting import Asked, Chosen, as_date
from patentwatch.store.tables import records


@dataclass(frozen=True, slots=True)
class Group:
    """What was found of one county, None for the city as a whole."""

    value: Decimal | None
    records: int
    latest_on: date | None


Groups = Mapping[str | None, Group]

_FEN = 100
_NOTHING = Group(Decimal(0), 0, None)


def groups_of(asked: Asked, found: Chosen, value: ColumnElement[Any]) -> Groups:
    """Return what `value` comes to in each county, over its chosen records."""
    base = select(records.c.county).where(found.where)
    return grouped(asked, base, found.day, value, func.count())


def grouped(
    asked: Asked,
    base: Select[tuple[str | None]],
    day: ColumnElement[Any],
    value: ColumnElement[Any],
    often: ColumnElement[int],
) -> Groups:
    """Return the groups of a query of counties; `often` counts their records."""
    query = base.add_columns(value, often, func.max(day)).group_by(records.c.county)
    return {
        county: Group(
            None if number is None else Decimal(number), count, as_date(latest_on)
        )
        for county, number, count, latest_on in asked.connection.execute(query)
    }


def added_up(asked: Asked, groups: Groups) -> Counted:
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


def in_yuan(group: Group) -> Group:
    """Return a sum in fen as one in yuan."""
    return replace(group, value=None if group.value is None else group.value / _FEN)
