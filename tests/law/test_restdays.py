"""Rest days, against the calendar that other people keep."""

from datetime import date, timedelta

import chinese_calendar
import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.law.restdays import (
    is_rest_day,
    provisional,
    roll,
    roll_if_makeup_days_count,
)
from patentwatch.law.rulebook import Rulebook

FIRST, LAST = date(2004, 1, 1), date(2026, 12, 31)
DAYS = st.dates(date(1990, 1, 1), date(2060, 12, 31))
DAY = timedelta(days=1)


def _days(first: date, last: date) -> list[date]:
    return [first + timedelta(days=n) for n in range((last - first).days + 1)]


def test_rest_days_are_weekends_and_what_the_notices_give_off(book: Rulebook) -> None:
    """chinese_calendar knows which weekend days are worked; the law does not care."""
    wrong = [
        day
        for day in _days(FIRST, LAST)
        if is_rest_day(day, rulebook=book)
        != (day.weekday() >= 5 or chinese_calendar.is_holiday(day))
    ]
    assert wrong == []


def test_makeup_weekend_days_are_those_that_are_worked(book: Rulebook) -> None:
    worked = {
        day
        for day in _days(FIRST, LAST)
        if day.weekday() >= 5 and chinese_calendar.is_workday(day)
    }
    assert book.makeup_weekend_days == worked


@pytest.mark.parametrize(
    ("day", "rest"),
    [
        pytest.param("2027-01-01", True, id="new-year"),
        pytest.param("2027-04-30", False, id="day-before-labour-day"),
        pytest.param("2028-05-02", True, id="second-of-may"),
        pytest.param("2028-05-03", False, id="third-of-may"),
        pytest.param("2030-10-03", True, id="third-of-october"),
        pytest.param("2030-10-04", False, id="fourth-of-october"),
        pytest.param("2027-02-08", False, id="spring-festival-is-not-guessed"),
        pytest.param("2003-10-01", True, id="before-the-first-notice"),
        pytest.param("2003-05-05", False, id="before-the-first-notice-no-swaps"),
        pytest.param("2027-01-02", True, id="a-saturday"),
    ],
)
def test_without_a_notice_only_weekends_and_fixed_holidays_rest(
    *, day: str, rest: bool, book: Rulebook
) -> None:
    assert is_rest_day(date.fromisoformat(day), rulebook=book) is rest


@pytest.mark.parametrize(
    ("day", "rolled"),
    [
        pytest.param("2022-09-30", "2022-09-30", id="day-before-national-day"),
        pytest.param("2022-10-01", "2022-10-10", id="over-worked-8-and-9-october"),
        pytest.param("2022-10-08", "2022-10-10", id="a-worked-saturday-rolls"),
        pytest.param("2026-01-03", "2026-01-05", id="printed-by-the-office"),
        pytest.param("2026-05-03", "2026-05-06", id="printed-by-the-office-may"),
        pytest.param("2017-10-21", "2017-10-23", id="record-of-2017"),
    ],
)
def test_a_limit_ends_on_the_first_real_working_day(
    day: str, rolled: str, book: Rulebook
) -> None:
    assert roll(date.fromisoformat(day), rulebook=book) == date.fromisoformat(rolled)


def test_the_other_reading_lands_on_a_worked_weekend_day(book: Rulebook) -> None:
    day = date(2022, 10, 3)
    assert roll_if_makeup_days_count(day, rulebook=book) == date(2022, 10, 8)


@pytest.mark.parametrize(
    ("day", "answer"),
    [("2026-12-30", False), ("2026-12-31", False), ("2027-01-01", True)],
)
def test_days_after_the_last_notice_are_provisional(
    *, day: str, answer: bool, book: Rulebook
) -> None:
    assert provisional(date.fromisoformat(day), rulebook=book) is answer


@given(DAYS)
def test_roll_never_lands_on_a_rest_day_and_passes_no_working_day(day: date) -> None:
    from patentwatch.rulefiles import load

    book = load(None)
    rolled = roll(day, rulebook=book)
    assert not is_rest_day(rolled, rulebook=book)
    assert all(
        is_rest_day(passed, rulebook=book) for passed in _days(day, rolled - DAY)
    )
    assert (rolled - day).days < 12
