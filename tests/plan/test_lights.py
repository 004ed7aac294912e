"""Lights by the ledger's rules, every boundary reckoned by hand.

The plan of 2023 runs from 1 January to 31 December: 364 days. On 2 July 182 of them
have passed, on 26 May 145; of a promise of 364 a day is worth one.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest

from patentwatch.plan.lights import USUAL, Light, Thresholds, light_of, made_up_later
from patentwatch.plan.values import (
    Commitment,
    CommitmentKind,
    Counted,
    Measure,
    MeasureType,
)

GREEN, YELLOW, RED = Light.GREEN, Light.YELLOW, Light.RED
STARTS, DUE = date(2023, 1, 1), date(2023, 12, 31)
HALF = date(2023, 7, 2)


def target(number: str | None, **extra: Any) -> Commitment:
    plain = Commitment(
        id="1.1",
        text="一项任务",
        kind=CommitmentKind.TARGET,
        due_on=DUE,
        measure=Measure(MeasureType.COUNT),
        target=None if number is None else Decimal(number),
    )
    return replace(plain, **extra)


MILESTONE = target(None, kind=CommitmentKind.MILESTONE)
ACTIVITY = target(None, kind=CommitmentKind.ACTIVITY)


def light(
    commitment: Commitment,
    actual: str | None,
    on: date,
    *,
    due_on: date = DUE,
    first: str | None = None,
    to_beat: str | None = None,
    latest_on: date | None = None,
    thresholds: Thresholds = USUAL,
) -> Light:
    counted = Counted(
        actual=None if actual is None else Decimal(actual),
        records=0,
        latest_on=latest_on,
        target=None if to_beat is None else Decimal(to_beat),
    )
    return light_of(
        commitment,
        counted,
        on=on,
        starts_on=STARTS,
        due_on=due_on,
        first=None if first is None else Decimal(first),
        thresholds=thresholds,
    )


@pytest.mark.parametrize(
    ("actual", "on", "expected"),
    [
        # Half of 400 is 200; 90 % of it 180, 60 % of it 120.
        pytest.param("180", HALF, GREEN, id="ninety-percent-exactly"),
        pytest.param("179.99", HALF, YELLOW, id="just-below-ninety"),
        pytest.param("120", HALF, YELLOW, id="sixty-percent-exactly"),
        pytest.param("119.99", HALF, RED, id="just-below-sixty"),
        pytest.param("400", HALF, GREEN, id="reached-early"),
        pytest.param("900", HALF, GREEN, id="more-than-reached-early"),
        pytest.param("0", STARTS, GREEN, id="nothing-is-due-on-the-first-day"),
        pytest.param("0", STARTS + timedelta(1), RED, id="nothing-on-the-second-day"),
        pytest.param("0", STARTS - timedelta(9), GREEN, id="before-the-plan-begins"),
        pytest.param("360", DUE, GREEN, id="ninety-percent-on-the-due-day"),
        pytest.param("359", DUE, YELLOW, id="less-on-the-due-day"),
        pytest.param("239", DUE, RED, id="far-less-on-the-due-day"),
        pytest.param("399", DUE + timedelta(1), RED, id="one-short-the-day-after"),
        pytest.param("400", DUE + timedelta(1), GREEN, id="reached-the-day-after"),
        pytest.param(None, HALF, YELLOW, id="unknown"),
        pytest.param(None, DUE, YELLOW, id="unknown-on-the-due-day"),
        pytest.param(None, DUE + timedelta(1), RED, id="unknown-the-day-after"),
    ],
)
def test_a_target_is_measured_by_the_line_from_zero(
    actual: str | None, on: date, expected: Light
) -> None:
    assert light(target("400"), actual, on) is expected


def test_a_share_that_no_decimal_holds_is_still_met_exactly() -> None:
    """73 in 365 days are 20 after a hundred, though 100 ÷ 365 never ends."""
    due_on, on = STARTS + timedelta(365), STARTS + timedelta(100)
    assert light(target("73"), "18", on, due_on=due_on) is GREEN
    assert light(target("73"), "12", on, due_on=due_on) is YELLOW


def test_an_extension_makes_the_line_flatter() -> None:
    later = DUE + timedelta(364)
    # 200 by half of the year; with twice the time 100, of which 90 are enough.
    assert light(target("400"), "90", HALF) is RED
    assert light(target("400"), "90", HALF, due_on=later) is GREEN


def test_a_promise_due_on_its_first_day_asks_for_all_of_it() -> None:
    assert light(target("10"), "9", STARTS, due_on=STARTS) is GREEN
    assert light(target("10"), "8", STARTS, due_on=STARTS) is YELLOW
    assert light(target("10"), "9", STARTS + timedelta(1), due_on=STARTS) is RED


@pytest.mark.parametrize(
    ("actual", "on", "expected"),
    [
        pytest.param("200000000", DUE, GREEN, id="on-the-way-at-equality"),
        pytest.param("200000000", DUE + timedelta(1), RED, id="equality-is-not-enough"),
        pytest.param("200000000.01", DUE + timedelta(1), GREEN, id="one-fen-more"),
    ],
)
def test_to_break_through_a_number_is_more_than_the_number(
    actual: str, on: date, expected: Light
) -> None:
    assert light(target("200000000", more_than=True), actual, on) is expected


@pytest.mark.parametrize(
    ("actual", "to_beat", "on", "expected"),
    [
        pytest.param("40", "40", DUE + timedelta(1), RED, id="as-many-as-last-year"),
        pytest.param("41", "40", DUE + timedelta(1), GREEN, id="one-more"),
        pytest.param("18", "40", HALF, GREEN, id="ninety-percent-of-half"),
        pytest.param("17", "40", HALF, YELLOW, id="less-than-that"),
        pytest.param("11", "40", HALF, RED, id="less-than-sixty"),
        pytest.param("11", None, HALF, YELLOW, id="last-year-unknown"),
        pytest.param("11", None, DUE + timedelta(1), RED, id="unknown-to-the-end"),
    ],
)
def test_last_years_number_has_to_be_beaten(
    actual: str, to_beat: str | None, on: date, expected: Light
) -> None:
    grows = target(None, measure=Measure(MeasureType.GROWTH))
    assert light(grows, actual, on, to_beat=to_beat) is expected


@pytest.mark.parametrize(
    ("actual", "first", "on", "expected"),
    [
        # From 2.8 to 3 half of the way is 2.9; 90 % of it 2.61, 60 % of it 1.74.
        pytest.param("2.61", "2.8", HALF, GREEN, id="ninety-percent-of-the-line"),
        pytest.param("2.6", "2.8", HALF, YELLOW, id="below-it"),
        pytest.param("1.74", "2.8", HALF, YELLOW, id="sixty-percent-of-the-line"),
        pytest.param("1.73", "2.8", HALF, RED, id="below-that"),
        pytest.param("2.52", "2.8", STARTS, GREEN, id="the-line-begins-at-the-first"),
        pytest.param("2.51", "2.8", STARTS, YELLOW, id="not-at-zero"),
        pytest.param("2.99", "2.8", DUE + timedelta(1), RED, id="missed-the-day-after"),
        pytest.param("2.9", None, HALF, YELLOW, id="nobody-knows-where-it-began"),
        pytest.param("3", None, HALF, GREEN, id="reached-wherever-it-began"),
        # Above the target at first, the line falls: 4 to 3, 3.5 in the middle.
        pytest.param("2.9", "4", HALF, YELLOW, id="fell-below-its-target"),
        pytest.param("0", "0", STARTS, GREEN, id="began-at-zero"),
    ],
)
def test_a_stock_is_measured_from_where_it_stood_on_the_first_day(
    actual: str, first: str | None, on: date, expected: Light
) -> None:
    assert light(target("3", level=True), actual, on, first=first) is expected


@pytest.mark.parametrize(
    ("actual", "on", "expected"),
    [
        pytest.param("30", STARTS, GREEN, id="kept-on-the-first-day"),
        pytest.param("30", HALF, GREEN, id="kept-in-the-middle"),
        pytest.param("31", HALF, YELLOW, id="hardly-broken"),
        pytest.param("50", HALF, YELLOW, id="the-cap-is-sixty-percent-of-it"),
        pytest.param("50.01", HALF, RED, id="the-cap-is-less-than-sixty"),
        pytest.param("30", DUE + timedelta(1), GREEN, id="kept-to-the-end"),
        pytest.param("31", DUE + timedelta(1), RED, id="broken-at-the-end"),
    ],
)
def test_a_cap_is_kept_or_broken_on_every_day_alike(
    actual: str, on: date, expected: Light
) -> None:
    assert light(target("30", at_most=True), actual, on) is expected


def test_none_at_all_is_a_cap_too() -> None:
    none = target("0", at_most=True)
    assert light(none, "0", HALF) is GREEN
    assert light(none, "1", HALF) is RED


def test_shorter_than_last_year_is_not_as_long_as_last_year() -> None:
    shorter = target(None, at_most=True, measure=Measure(MeasureType.MEDIAN_DAYS))
    assert light(shorter, "29.5", HALF, to_beat="30") is GREEN
    assert light(shorter, "30", HALF, to_beat="30") is YELLOW
    assert light(shorter, "30", DUE + timedelta(1), to_beat="30") is RED
    assert light(shorter, "30", HALF) is YELLOW


@pytest.mark.parametrize(
    ("actual", "expected"),
    [
        # From 40 down to 20 half of the way is 30: 33 is 30 ÷ 0.9 less a little.
        pytest.param("33", GREEN, id="nearly-on-the-line"),
        pytest.param("34", YELLOW, id="above-it"),
        pytest.param("50", YELLOW, id="the-line-is-sixty-percent-of-it"),
        pytest.param("51", RED, id="far-above-it"),
    ],
)
def test_a_stock_that_has_to_fall_follows_its_line_down(
    actual: str, expected: Light
) -> None:
    falls = target("20", at_most=True, level=True)
    assert light(falls, actual, HALF, first="40") is expected


@pytest.mark.parametrize(
    ("days_ahead", "done", "expected"),
    [
        pytest.param(31, "0", GREEN, id="thirty-one-days-ahead"),
        pytest.param(30, "0", YELLOW, id="thirty-days-ahead"),
        pytest.param(29, "0", YELLOW, id="twenty-nine-days-ahead"),
        pytest.param(0, "0", YELLOW, id="on-the-due-day"),
        pytest.param(-1, "0", RED, id="the-day-after"),
        pytest.param(30, "1", GREEN, id="done-within-the-thirty-days"),
        pytest.param(-1, "1", GREEN, id="done-though-late"),
        pytest.param(40, None, YELLOW, id="unknown-is-not-fine"),
        pytest.param(-1, None, RED, id="unknown-after-the-day"),
    ],
)
def test_a_milestone_is_done_or_not(
    days_ahead: int, done: str | None, expected: Light
) -> None:
    online_by = date(2023, 4, 30)
    on = online_by - timedelta(days_ahead)
    assert light(MILESTONE, done, on, due_on=online_by) is expected


@pytest.mark.parametrize(
    ("quiet_days", "expected"),
    [
        pytest.param(0, GREEN, id="today"),
        pytest.param(90, GREEN, id="ninety-days"),
        pytest.param(91, YELLOW, id="ninety-one-days"),
        pytest.param(180, YELLOW, id="a-hundred-and-eighty-days"),
        pytest.param(181, RED, id="a-hundred-and-eighty-one-days"),
        pytest.param(None, RED, id="never"),
    ],
)
def test_an_activity_goes_quiet(quiet_days: int | None, expected: Light) -> None:
    latest_on = None if quiet_days is None else HALF - timedelta(quiet_days)
    assert light(ACTIVITY, "1", HALF, latest_on=latest_on) is expected


def test_an_office_may_set_its_own_thresholds() -> None:
    own = Thresholds(
        green_percent=80,
        yellow_percent=50,
        milestone_days=10,
        active_days=30,
        quiet_days=60,
    )
    assert light(target("400"), "160", HALF, thresholds=own) is GREEN
    assert light(target("400"), "159", HALF, thresholds=own) is YELLOW
    assert light(target("400"), "99", HALF, thresholds=own) is RED
    assert light(MILESTONE, "0", DUE - timedelta(11), thresholds=own) is GREEN
    assert light(MILESTONE, "0", DUE - timedelta(10), thresholds=own) is YELLOW
    quiet: Mapping[int, Light] = {30: GREEN, 31: YELLOW, 60: YELLOW, 61: RED}
    for days, expected in quiet.items():
        latest_on = HALF - timedelta(days)
        assert (
            light(ACTIVITY, "1", HALF, latest_on=latest_on, thresholds=own) is expected
        )


def test_a_red_that_is_made_up_stays_yellow() -> None:
    assert made_up_later(GREEN, red_before=True) is YELLOW
    assert made_up_later(GREEN, red_before=False) is GREEN
    assert made_up_later(YELLOW, red_before=True) is YELLOW
    assert made_up_later(RED, red_before=True) is RED
