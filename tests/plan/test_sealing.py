"""What is sealed of a month, and which months are over."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from patentwatch.plan.sealing import (
    Month,
    SealedLight,
    as_sealed,
    last_day,
    lights_of,
    month_after,
    month_before,
    months_over,
)
from tests.make_bulletins import (
    GREEN,
    HUALONG,
    JUNE,
    LOANS,
    PLAN,
    QINGFENG,
    RED,
    YELLOW,
    june,
    progress,
)


def test_every_light_is_sealed_with_what_it_was_judged_by() -> None:
    status = replace(june(), progress=(june().progress[2],))
    assert lights_of(status) == (
        SealedLight("9.1", "", GREEN, Decimal("119999999.99"), Decimal("200000000")),
        SealedLight("9.1", HUALONG, GREEN, Decimal(91_000_000), Decimal(80_000_000)),
        SealedLight("9.1", QINGFENG, RED, Decimal(0), Decimal(20_000_000)),
    )


def test_what_was_sealed_goes_before_what_is_counted_now() -> None:
    sealed = Month(JUNE, lights_of(june()))
    now = replace(
        june(),
        progress=(
            progress(
                LOANS, "300000000", YELLOW, rate="1.5", counties={HUALONG: YELLOW}
            ),
        ),
    )
    (found,) = as_sealed(now, sealed).progress
    assert (found.light, found.counted.actual) == (GREEN, Decimal("119999999.99"))
    assert found.rate == Decimal("0.5999")  # 0.59999…, cut to four decimals
    assert found.county_lights == {HUALONG: GREEN, QINGFENG: RED}


def test_a_status_that_did_not_change_is_the_sealed_one() -> None:
    assert as_sealed(june(), Month(JUNE, lights_of(june()))) == june()


def test_a_promise_that_was_not_there_when_the_month_was_sealed_is_left_out() -> None:
    sealed = Month(JUNE, lights_of(june())[:1])
    assert [one.commitment.id for one in as_sealed(june(), sealed).progress] == ["3.3"]


@pytest.mark.parametrize(
    ("on", "over"),
    [
        pytest.param("2023-01-31", [], id="last-day-of-the-first"),
        pytest.param("2023-02-01", [1], id="day-after"),
        pytest.param("2023-02-28", [1], id="last-day-of-the-second"),
        pytest.param("2023-03-01", [1, 2], id="february-is-over"),
        pytest.param("2024-01-01", [*range(1, 13)], id="year-is-over"),
        pytest.param("2025-06-01", [*range(1, 13)], id="nothing-after-the-plan"),
    ],
)
def test_a_month_is_over_on_the_day_after_its_last(on: str, over: list[int]) -> None:
    found = months_over(PLAN, on=date.fromisoformat(on))
    assert found == tuple(date(2023, month, 1) for month in over)


def test_a_plan_that_begins_within_a_month_has_that_month() -> None:
    plan = replace(PLAN, starts_on=date(2023, 3, 15))
    assert months_over(plan, on=date(2023, 4, 1)) == (date(2023, 3, 1),)


def test_months_know_their_neighbours() -> None:
    assert last_day(date(2024, 2, 1)) == date(2024, 2, 29)
    assert month_after(date(2023, 12, 31)) == date(2024, 1, 1)
    assert month_before(date(2023, 1, 1)) == date(2022, 12, 1)
