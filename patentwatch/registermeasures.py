"""The plan's measures over the patent register: what was reached as of a day, and why.

Reads the database and writes nothing. What cannot be known is None with a reason in
Chinese, never zero. How many rights there are is for `registerstocks` to say.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from sqlalchemy import Connection, Row

from patentwatch.counts import CITY
from patentwatch.law.terms import months_after
from patentwatch.plan.measures import percent
from patentwatch.plan.values import Commitment, Counted, Plan
from patentwatch.registerstocks import (
    HIGH_VALUE,
    HIGH_VALUE_PER_10K,
    NO_REGISTER,
    NOT_LOOKED_AT,
    STOCKS,
    VALID,
    VALID_PER_10K,
    counted_among,
    figure,
    in_scope,
    no_residents,
    scope_of,
    stock,
    to_beat,
    too_early,
)
from patentwatch.settings import Settings
from patentwatch.store import registermeasures as store
from patentwatch.store import verdicts

LAPSES, REMINDER_COVERAGE = "lapses", "reminder_coverage"
LIST_AGE_DAYS, RESPONSIBLE_UNITS = "list_age_days", "responsible_units"

_ONE_DAY = timedelta(days=1)


def counted(
    connection: Connection,
    settings: Settings,
    plan: Plan,
    commitment: Commitment,
    *,
    on: date,
) -> Counted:
    """Return what a measure of the register found as of a day.

    Where the commitment names no number, `target` is the one to beat: of a stock what
    it was on the day before the plan began, of lapses those of the whole year before.
    `by_county` None: not known of that county.
    """
    asked = _Asked(connection, settings, plan, commitment, on)
    measure = commitment.measure.register
    find = _FINDERS.get(measure)
    if find is None:
        return _unknown(asked, f"程序没有名为“{measure}”的登记指标，请核对计划文件")
    if measure != RESPONSIBLE_UNITS and not store.has_register(connection):
        return _unknown(asked, NO_REGISTER)
    return find(asked)


@dataclass(frozen=True, slots=True)
class CountedPatent:
    """A patent behind a figure; `note` says in Chinese what it counts as, "" plain."""

    application_no: str
    title: str
    county: str | None
    note: str = ""


def patents_counted(
    connection: Connection,
    settings: Settings,
    plan: Plan,
    commitment: Commitment,
    *,
    on: date,
    limit: int,
) -> list[CountedPatent]:
    """Return the patents that a measure counted as of a day, `limit` at most.

    Stocks by number, lapses the newest first, fees those first of which nobody was
    told. Measures that count no patents have none.
    """
    scope = scope_of(settings, commitment)
    match commitment.measure.register:
        case measure if measure in STOCKS:
            counting = partial(counted_among, connection, settings, measure, on=on)
            found = _standing(connection, scope, counting, on=on)
            return [one for one, _ in zip(found, range(limit), strict=False)]
        case "lapses":
            rows = store.lapsed(
                connection, plan.starts_on, on, counties=scope, limit=limit
            )
            return [_named(row, f"{row.until_on} 起因未缴年费失效") for row in rows]
        case "reminder_coverage":
            rows = store.fees_due(
                connection,
                plan.starts_on,
                on,
                counties=scope,
                real=verdicts.real_channels(connection),
                limit=limit,
            )
            return [
                _named(
                    row,
                    f"第{row.fee_year}年年费 {row.due_on} 到期，"
                    f"{'已提醒' if row.told else '没有提醒'}",
                )
                for row in rows
            ]
    return []


@dataclass(frozen=True, slots=True)
class _Asked:
    connection: Connection
    settings: Settings
    plan: Plan
    commitment: Commitment
    on: date

    @property
    def scope(self) -> tuple[str, ...] | None:
        return scope_of(self.settings, self.commitment)

    @property
    def counties(self) -> tuple[str, ...]:
        """Return the counties in scope by name, those of the configuration for all."""
        configured = tuple(county.code for county in self.settings.counties)
        return self.commitment.counties or configured


def _unknown(asked: _Asked, why: str) -> Counted:
    by_county = dict.fromkeys(asked.commitment.counties)
    return Counted(None, 0, by_county=by_county, unknown=why)


def _stocked(asked: _Asked) -> Counted:
    found = stock(asked.connection, asked.settings, asked.commitment, on=asked.on)
    if found.unknown:
        return _unknown(asked, found.unknown)
    shown = {
        county: _figure(asked, county, found.of(county))
        for county in (CITY, *asked.commitment.counties)
    }
    actual = shown.pop(CITY)
    listed = store.newest_lists(asked.connection, on=asked.on)
    return Counted(
        actual=actual,
        records=found.total,
        latest_on=max(listed.values(), default=None),
        target=to_beat(asked.connection, asked.settings, asked.plan, asked.commitment),
        by_county=shown,
        unknown=""
        if actual is not None
        else no_residents(asked.settings, asked.commitment, on=asked.on),
    )


def _figure(asked: _Asked, county: str, number: int | None) -> Decimal | None:
    return figure(
        asked.settings, asked.plan, asked.commitment, county, number, on=asked.on
    )


def _lapses(asked: _Asked) -> Counted:
    connection, plan, scope = asked.connection, asked.plan, asked.scope
    first_on = store.first_list_on(connection)
    if first_on is not None and asked.on < first_on:
        return _unknown(asked, too_early(first_on))
    found = store.lapses(connection, plan.starts_on, asked.on)
    before = store.lapses(
        connection,
        months_after(plan.starts_on, -12),
        plan.starts_on - _ONE_DAY,
    )
    watched = first_on is not None and first_on < plan.starts_on
    total = in_scope(found.counts, scope)
    return Counted(
        actual=Decimal(total),
        records=total,
        latest_on=found.latest_on,
        target=Decimal(in_scope(before.counts, scope)) if watched else None,
        by_county={
            county: Decimal(found.counts.get(county, 0))
            for county in asked.commitment.counties
        },
    )


def _reminders(asked: _Asked) -> Counted:
    """Share the fees that somebody was told of, of those that asked for a reminder."""
    found = store.reminders(
        asked.connection,
        asked.plan.starts_on,
        asked.on,
        real=verdicts.real_channels(asked.connection),
    )
    due = in_scope(found.due, asked.scope)
    told = in_scope(found.told, asked.scope)
    return Counted(
        actual=percent(told, due),
        records=due,
        latest_on=found.latest_due_on,
        by_county={
            county: percent(found.told.get(county, 0), found.due.get(county, 0))
            for county in asked.commitment.counties
        },
        unknown="" if due else _nothing_due(asked),
    )


def _nothing_due(asked: _Asked) -> str:
    if store.not_looked_at(asked.connection):
        return NOT_LOOKED_AT
    return "计划开始以来没有需要提醒的年费到期"


def _list_age(asked: _Asked) -> Counted:
    listed = store.newest_lists(asked.connection, on=asked.on)
    counties = asked.counties or tuple(sorted(listed))
    ages = {
        county: (asked.on - listed[county]).days if county in listed else None
        for county in counties
    }
    known = [age for age in ages.values() if age is not None]
    without = [county for county, age in ages.items() if age is None]
    actual = Decimal(max(known)) if known and not without else None
    return Counted(
        actual=actual,
        records=len(known),
        latest_on=max((listed[one] for one in counties if one in listed), default=None),
        by_county={
            county: None if (age := ages[county]) is None else Decimal(age)
            for county in asked.commitment.counties
        },
        unknown="" if actual is not None else _no_list(asked, without),
    )


def _units(asked: _Asked) -> Counted:
    if not asked.counties:
        return _unknown(asked, "没有配置县区，请在配置文件中填写 [[county]]")
    named = {county.code for county in asked.settings.counties if county.unit}
    named |= store.counties_with_official(asked.connection, on=asked.on)
    found = [county for county in asked.counties if county in named]
    to_have = None if asked.commitment.target is not None else len(asked.counties)
    return Counted(
        actual=Decimal(len(found)),
        records=len(found),
        target=None if to_have is None else Decimal(to_have),
        by_county={
            county: Decimal(county in named) for county in asked.commitment.counties
        },
    )


_FINDERS: Mapping[str, Callable[[_Asked], Counted]] = {
    VALID: _stocked,
    HIGH_VALUE: _stocked,
    VALID_PER_10K: _stocked,
    HIGH_VALUE_PER_10K: _stocked,
    LAPSES: _lapses,
    REMINDER_COVERAGE: _reminders,
    LIST_AGE_DAYS: _list_age,
    RESPONSIBLE_UNITS: _units,
}


def _no_list(asked: _Asked, without: Sequence[str]) -> str:
    names = {county.code: county.name for county in asked.settings.counties}
    shown = "、".join(names.get(code, code) for code in without) or "各县区"
    return f"没有完整清单：{shown}，请导入"


def _standing(
    connection: Connection,
    scope: Sequence[str] | None,
    counting: Callable[[Sequence[str]], set[str]],
    *,
    on: date,
) -> Iterator[CountedPatent]:
    for page in store.in_force(connection, on, counties=scope):
        wanted = counting([row.application_no for row in page])
        yield from (_named(row) for row in page if row.application_no in wanted)


def _named(row: Row[Any], note: str = "") -> CountedPatent:
    return CountedPatent(row.application_no, row.title, row.county, note)
