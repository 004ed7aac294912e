"""Months that are over, sealed: their lights are written once and never again."""

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from itertools import groupby
from typing import Any

from sqlalchemy import Connection, Row, Select, func, select

from patentwatch import clock
from patentwatch.plan.lights import Light
from patentwatch.plan.progress import PlanStatus
from patentwatch.plan.sealing import Month, SealedLight, last_day, lights_of
from patentwatch.store.inserting import insert_once
from patentwatch.store.tables import lights, plans


def seal(connection: Connection, status: PlanStatus, *, now: datetime) -> bool:
    """Seal the month whose last day the status is of; False when it was sealed before.

    Two at once wait for each other: a month is one's or the other's, never a mixture.
    Raises `ValueError` for a day that does not end a month, or a month not yet over.
    """
    month_on = status.on.replace(day=1)
    if status.on != last_day(month_on) or status.on >= clock.today(now):
        raise ValueError(f"{status.on} does not end a month that is over")
    _wait_for_others(connection, status.plan.name)
    if month(connection, status.plan.name, month_on) is not None:
        return False
    insert_once(
        connection,
        lights,
        [
            {
                "plan": status.plan.name,
                "month_on": month_on,
                "commitment": one.commitment,
                "county": one.county,
                "light": one.light.value,
                "actual": None if one.actual is None else str(one.actual),
                "target": None if one.target is None else str(one.target),
                "sealed_at": now,
            }
            for one in lights_of(status)
        ],
    )
    return True


def month(connection: Connection, plan_name: str, month_on: date) -> Month | None:
    """Return a sealed month with the lights of the counties, None if it is not."""
    query = _of_plan(plan_name).where(lights.c.month_on == month_on)
    found = tuple(_light(row) for row in connection.execute(query))
    return Month(month_on, found) if found else None


def months(connection: Connection, plan_name: str) -> list[Month]:
    """Return every sealed month, oldest first, with the lights of commitments alone."""
    query = _of_plan(plan_name).where(lights.c.county == "")
    by_month = groupby(connection.execute(query), key=lambda row: row.month_on)
    return [
        Month(month_on, tuple(_light(row) for row in rows))
        for month_on, rows in by_month
    ]


def history(
    connection: Connection, plan_name: str
) -> dict[str, list[tuple[date, Light]]]:
    """Return the sealed lights of each commitment as a whole, oldest month first.

    A month is named by its first day.
    """
    found: dict[str, list[tuple[date, Light]]] = {}
    for one in months(connection, plan_name):
        for light in one.lights:
            found.setdefault(light.commitment, []).append((one.month_on, light.light))
    return found


def sealed_months(
    connection: Connection, plan_names: Iterable[str]
) -> set[tuple[str, date]]:
    """Return which months of plans are sealed, by their first days."""
    query = (
        select(lights.c.plan, lights.c.month_on)
        .where(lights.c.plan.in_(plan_names))
        .distinct()
    )
    return {(row.plan, row.month_on) for row in connection.execute(query)}


def loaded_at(connection: Connection, plan_names: Iterable[str]) -> dict[str, datetime]:
    """Return when each plan was loaded for the first time."""
    query = (
        select(plans.c.name, func.min(plans.c.loaded_at).label("first_at"))
        .where(plans.c.name.in_(plan_names))
        .group_by(plans.c.name)
    )
    return {row.name: row.first_at for row in connection.execute(query)}


def _wait_for_others(connection: Connection, plan_name: str) -> None:
    """Let nobody else seal before this transaction ends; SQLite does so by itself."""
    query = select(plans.c.id).where(plans.c.name == plan_name)
    connection.execute(query.order_by(plans.c.id).with_for_update())


def _of_plan(plan_name: str) -> Select[Any]:
    return (
        select(lights)
        .where(lights.c.plan == plan_name)
        .order_by(lights.c.month_on, lights.c.commitment, lights.c.county)
    )


def _light(row: Row[Any]) -> SealedLight:
    return SealedLight(
        commitment=row.commitment,
        county=row.county,
        light=Light(row.light),
        actual=None if row.actual is None else Decimal(row.actual),
        target=None if row.target is None else Decimal(row.target),
    )
