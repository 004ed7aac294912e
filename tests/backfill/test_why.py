"""Why nothing was said about the long past: because a backfill brought it."""

from datetime import date, timedelta
from typing import Any

import pytest

from patentwatch import clock, why
from patentwatch.backfill.planning import Period
from patentwatch.model import Channel, Reason, State
from patentwatch.store.engine import reading
from tests.backfill.city import City, of
from tests.lists import ON
from tests.test_why import KEYS


def told(city: City, serial: int, *, on: date = ON) -> list[dict[str, Any]]:
    with reading(city.engine) as connection:
        return why.why(
            connection,
            city.vault,
            city.settings,
            city.here.rules,
            of(serial),
            on=on,
        )


def past(city: City, serial: int, *, on: date = ON) -> dict[int, str]:
    """Return the due day of each fee year that was long past."""
    found = [r for r in told(city, serial, on=on) if r["reason"] == Reason.BACKFILLED]
    assert len({row["fee_year"] for row in found}) == len(found)
    return {row["fee_year"]: str(row["due_on"]) for row in found}


def test_every_annuity_that_was_long_past_is_told_with_its_reason(city: City) -> None:
    city.apply(city.make().plan)
    assert past(city, 1) == {
        7: "2021-06-01",
        8: "2022-06-01",
        9: "2023-06-01",
        10: "2024-06-01",
    }
    assert past(city, 2) == {8: "2021-09-01"}  # its right ended for it
    assert past(city, 4) == {18: "2021-03-10", 19: "2022-03-10", 20: "2023-03-10"}
    assert past(city, 6) == {6: "2024-02-21"}


def test_together_they_are_as_many_as_the_plan_counted(city: City) -> None:
    plan = city.make().plan
    city.apply(plan)
    count = sum(len(past(city, serial)) for serial in range(1, 7))
    assert count == plan["backfilled"]["annuities"] == 17


def test_a_row_of_the_long_past_has_the_shape_of_every_row(sqlite_city: City) -> None:
    sqlite_city.apply(sqlite_city.make().plan)
    (row,) = (r for r in told(sqlite_city, 2) if r["reason"] == Reason.BACKFILLED)
    assert set(row) == KEYS
    assert (row["key"], row["tier"], row["recipient"]) == (None, None, "")
    assert (row["state"], row["channel"]) == (State.SUPPRESSED, Channel.EMAIL)
    assert row["decided_on"] == ON
    assert why.table_row(row)[-2:] == ("补录历史时早已过期，不再发送", "2026-11-22")


def test_a_plan_alone_tells_nothing(sqlite_city: City) -> None:
    sqlite_city.apply(sqlite_city.make(period=Period(ON, ON)).plan)
    sqlite_city.make()
    assert past(sqlite_city, 1) == {}


def test_two_backfills_of_one_time_tell_it_once(sqlite_city: City) -> None:
    for year in (2022, 2023):
        period = Period(date(2021, 6, 2), date(year, 6, 1))
        sqlite_city.apply(sqlite_city.make(period=period).plan)
    assert past(sqlite_city, 1) == {8: "2022-06-01", 9: "2023-06-01"}


@pytest.mark.parametrize(("days", "years"), [(-1, 0), (0, 4), (1, 4)])
def test_it_is_told_from_the_day_of_the_backfill(
    days: int, years: int, sqlite_city: City
) -> None:
    sqlite_city.apply(sqlite_city.make().plan)
    assert len(past(sqlite_city, 1, on=ON + timedelta(days=days))) == years


def test_what_was_said_is_not_told_as_long_past(sqlite_city: City) -> None:
    # Fee 12 is said today. Half a year later a backfill covers it, and it is over.
    city = sqlite_city
    city.apply(city.make().plan)
    city.deliver()
    later = clock.at_nine(date(2027, 6, 1))
    period = Period(date(2025, 1, 1), date(2026, 12, 31))
    plan = city.make(period=period, now=later).plan
    # All four of 2026 were spoken of: in messages, or as tasks for an official.
    assert plan["backfilled"]["by_year"] == {"2025": 4}
    city.apply(plan, now=later)
    assert set(past(city, 1, on=date(2027, 6, 1))) == {7, 8, 9, 10, 11}
