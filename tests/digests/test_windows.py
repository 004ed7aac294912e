"""Which week or month is told of on a day."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.digests.values import Kind, Window
from patentwatch.digests.windows import (
    before,
    beginning,
    last_full,
    newest_due,
    told_on,
)
from tests.make_situations import day

DAYS = st.dates(date(2020, 1, 1), date(2035, 12, 31))


@pytest.mark.parametrize(
    ("kind", "on", "start", "end"),
    [
        pytest.param("week", "2026-11-22", "2026-11-09", "2026-11-15", id="sunday"),
        pytest.param("week", "2026-11-23", "2026-11-16", "2026-11-22", id="monday"),
        pytest.param("week", "2026-11-24", "2026-11-16", "2026-11-22", id="tuesday"),
        pytest.param("week", "2027-01-04", "2026-12-28", "2027-01-03", id="new-year"),
        pytest.param("month", "2026-11-30", "2026-10-01", "2026-10-31", id="last-day"),
        pytest.param("month", "2026-12-01", "2026-11-01", "2026-11-30", id="first-day"),
        pytest.param("month", "2028-03-15", "2028-02-01", "2028-02-29", id="leap"),
        pytest.param("month", "2027-01-01", "2026-12-01", "2026-12-31", id="january"),
    ],
)
def test_the_last_full_window_is_over(kind: str, on: str, start: str, end: str) -> None:
    found = last_full(Kind(kind), day(on))
    assert found == Window(Kind(kind), day(start), day(end))


@given(DAYS, st.sampled_from(Kind))
def test_windows_follow_each_other_without_a_gap(on: date, kind: Kind) -> None:
    window = last_full(kind, on)
    assert window.end_on < on
    assert before(window).end_on == window.start_on - timedelta(days=1)
    assert beginning(kind, window.start_on) == window


@pytest.mark.parametrize("start", ["2026-11-15", "2026-11-17"])
def test_no_week_begins_on_another_day_than_monday(start: str) -> None:
    assert beginning(Kind.WEEK, day(start)) is None
    assert beginning(Kind.MONTH, day(start)) is None


@pytest.mark.parametrize(
    ("kind", "weekday", "month_day", "first"),
    [
        pytest.param("week", 1, 1, "2026-11-23", id="monday"),
        pytest.param("week", 7, 1, "2026-11-29", id="sunday"),
        pytest.param("month", 1, 1, "2027-02-01", id="first"),
        pytest.param("month", 1, 31, "2027-02-28", id="no-such-day"),
    ],
)
def test_a_window_is_told_of_on_the_day_that_the_office_chose(
    kind: str, weekday: int, month_day: int, first: str
) -> None:
    window = {
        "week": Window(Kind.WEEK, day("2026-11-16"), day("2026-11-22")),
        "month": Window(Kind.MONTH, day("2027-01-01"), day("2027-01-31")),
    }[kind]
    assert told_on(window, weekday=weekday, month_day=month_day) == day(first)


@pytest.mark.parametrize(
    ("on", "start"),
    [
        pytest.param("2026-11-24", "2026-11-09", id="day-before"),
        pytest.param("2026-11-25", "2026-11-16", id="the-day"),
        pytest.param("2026-11-26", "2026-11-16", id="day-after"),
        pytest.param("2026-12-01", "2026-11-16", id="a-week-later"),
    ],
)
def test_until_its_wednesday_the_window_before_is_the_newest(
    on: str, start: str
) -> None:
    found = newest_due(Kind.WEEK, day(on), weekday=3, month_day=1)
    assert found.start_on == day(start)


@given(DAYS, st.sampled_from(Kind), st.integers(1, 7), st.integers(1, 31))
def test_the_newest_due_window_has_come_and_the_next_has_not(
    on: date, kind: Kind, weekday: int, month_day: int
) -> None:
    plan = {"weekday": weekday, "month_day": month_day}
    window = newest_due(kind, on, **plan)
    following = last_full(kind, window.end_on + timedelta(days=40))
    while before(following) != window:
        following = before(following)
    assert told_on(window, **plan) <= on < told_on(following, **plan)
