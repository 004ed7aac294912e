"""Years, months and terms: official examples, boundaries, an independent oracle."""

from datetime import date, timedelta

import pytest
from dateutil.relativedelta import relativedelta
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.errors import LawError, NotOwed
from patentwatch.law import terms
from patentwatch.law.annuities import annuity
from patentwatch.law.rulebook import Rulebook
from patentwatch.model import PatentType

INVENTION, UTILITY_MODEL, DESIGN = PatentType
DAYS = st.dates(date(1985, 4, 1), date(2060, 12, 31))
DAY = timedelta(days=1)


def test_the_guidelines_example_of_years_filed_1999_06_01() -> None:
    filing_on = date(1999, 6, 1)
    assert terms.due_on(filing_on, 1) == date(1999, 6, 1)
    assert terms.due_on(filing_on, 2) == date(2000, 6, 1)
    years = [
        terms.year_of(filing_on, day)
        for day in (date(2000, 5, 31), date(2000, 6, 1), date(2001, 5, 31))
    ]
    assert years == [1, 2, 2]


def test_the_guidelines_example_of_the_sixth_year_due_2002_06_03() -> None:
    filing_on = date(1997, 6, 3)
    assert terms.grant_year(filing_on, date(2001, 8, 1)) == 5
    assert terms.due_on(filing_on, 6) == date(2002, 6, 3)


def test_the_guidelines_example_of_a_utility_models_term(book: Rulebook) -> None:
    ends = terms.expires_on(UTILITY_MODEL, date(1999, 9, 6), rulebook=book)
    assert ends == date(2009, 9, 6)  # a Sunday: never rolled


def test_the_guidelines_example_of_a_compensated_term(book: Rulebook) -> None:
    filing_on = date(2021, 9, 6)
    assert terms.expires_on(INVENTION, filing_on, rulebook=book) == date(2041, 9, 6)
    compensated = terms.expires_on(
        INVENTION,
        filing_on,
        rulebook=book,
        # from the last day 2041-09-05 to the last day 2041-12-01
        compensation_days=(date(2041, 12, 1) - date(2041, 9, 5)).days,
    )
    assert compensated == date(2041, 12, 2)


@pytest.mark.parametrize(
    ("filed", "years"),
    [
        pytest.param("2021-05-31", 10, id="day-before"),
        pytest.param("2021-06-01", 15, id="the-day"),
        pytest.param("2021-06-02", 15, id="day-after"),
    ],
)
def test_designs_filed_from_june_2021_last_fifteen_years(
    filed: str, years: int, book: Rulebook
) -> None:
    filing_on = date.fromisoformat(filed)
    assert terms.last_fee_year(DESIGN, filing_on, rulebook=book) == years
    assert terms.expires_on(DESIGN, filing_on, rulebook=book) == filing_on.replace(
        year=2021 + years
    )
    with pytest.raises(NotOwed, match=f"第{years + 1}年"):
        annuity(DESIGN, filing_on, years + 1, rulebook=book)


@pytest.mark.parametrize(
    ("granted", "year"),
    [
        pytest.param("2022-05-19", 3, id="day-before-the-anniversary"),
        pytest.param("2022-05-20", 4, id="on-the-anniversary"),
        pytest.param("2022-05-21", 4, id="day-after-the-anniversary"),
    ],
)
def test_a_grant_on_the_anniversary_belongs_to_the_new_year(
    granted: str, year: int
) -> None:
    assert terms.grant_year(date(2019, 5, 20), date.fromisoformat(granted)) == year


@pytest.mark.parametrize(
    ("fee_year", "due"),
    [(2, "2021-02-28"), (4, "2023-02-28"), (5, "2024-02-29"), (6, "2025-02-28")],
)
def test_a_leap_day_filing_returns_to_the_leap_day(fee_year: int, due: str) -> None:
    assert terms.due_on(date(2020, 2, 29), fee_year) == date.fromisoformat(due)


def test_months_from_the_31st_are_clamped_and_not_chained() -> None:
    ends = [terms.months_after(date(2024, 8, 31), months) for months in range(1, 7)]
    assert [day.isoformat() for day in ends] == [
        "2024-09-30",
        "2024-10-31",
        "2024-11-30",
        "2024-12-31",
        "2025-01-31",
        "2025-02-28",
    ]


def test_the_guidelines_example_of_thirty_six_months() -> None:
    assert terms.months_after(date(1998, 6, 1), 36) == date(2001, 6, 1)


def test_year_nought_is_refused() -> None:
    with pytest.raises(LawError, match="年度 0 不存在"):
        terms.due_on(date(2020, 1, 1), 0)


def test_a_day_before_filing_has_no_patent_year() -> None:
    filing_on = date(2020, 1, 1)
    with pytest.raises(LawError, match="早于申请日"):
        terms.year_of(filing_on, filing_on - DAY)


@given(DAYS, st.integers(0, 400))
def test_the_hand_clamp_equals_relativedelta(day: date, months: int) -> None:
    assert terms.months_after(day, months) == day + relativedelta(months=months)


@given(DAYS, st.integers(1, 40))
def test_years_never_chain(filing_on: date, fee_year: int) -> None:
    due_on = terms.due_on(filing_on, fee_year)
    assert due_on == filing_on + relativedelta(years=fee_year - 1)
    assert terms.year_of(filing_on, due_on) == fee_year
    if due_on > filing_on:
        assert terms.year_of(filing_on, due_on - DAY) == fee_year - 1
