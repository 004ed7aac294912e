"""Due days and the windows of the late period."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.errors import LawError, NotOwed
from patentwatch.law.annuities import annuity, extension_for, surcharge_percent
from patentwatch.law.restdays import is_rest_day
from patentwatch.law.rulebook import Rulebook
from patentwatch.law.terms import months_after
from patentwatch.model import PatentType
from patentwatch.rulefiles import load

INVENTION, UTILITY_MODEL, DESIGN = PatentType
DAY = timedelta(days=1)
FILED = st.dates(date(2001, 3, 1), date(2040, 12, 31))


def test_the_late_fee_table_that_the_office_prints(book: Rulebook) -> None:
    """Fee query of a utility model, year 6, 1200 yuan, due 2025-12-03."""
    found = annuity(UTILITY_MODEL, date(2020, 12, 3), 6, rulebook=book)
    printed = [
        (
            f"{window.from_on}",
            f"{window.until_on}",
            found.full_fee_yuan * window.percent,
        )
        for window in found.windows[1:]
    ]
    assert printed == [
        ("2026-01-06", "2026-02-03", 60_00),
        ("2026-02-04", "2026-03-03", 120_00),
        ("2026-03-04", "2026-04-03", 180_00),
        ("2026-04-04", "2026-05-06", 240_00),
        ("2026-05-07", "2026-06-03", 300_00),
    ]


def test_the_window_of_the_record_of_2017_ends_on_a_monday(book: Rulebook) -> None:
    found = annuity(INVENTION, date(2004, 8, 21), 14, rulebook=book)
    assert (found.windows[1].from_on, found.windows[1].until_on) == (
        date(2017, 9, 22),
        date(2017, 10, 23),
    )
    assert found.full_fee_yuan == 6000


@pytest.mark.parametrize(
    ("on", "percent"),
    [
        ("2024-04-09", 0),
        ("2024-04-10", 0),  # the due day
        ("2024-04-11", 0),
        ("2024-05-09", 0),
        ("2024-05-10", 0),  # one whole month
        ("2024-05-11", 5),
        ("2024-06-10", 5),  # Dragon Boat
        ("2024-06-11", 5),  # two months, rolled
        ("2024-06-12", 10),
        ("2024-07-10", 10),
        ("2024-07-11", 15),
        ("2024-08-12", 15),  # 10 August is a Saturday
        ("2024-08-13", 20),
        ("2024-09-10", 20),
        ("2024-09-11", 25),
        ("2024-10-10", 25),
        ("2024-10-11", 25),  # over: what a restoration demands
    ],
)
def test_the_whole_month_day_still_has_the_lower_rate(
    on: str, percent: int, book: Rulebook
) -> None:
    found = annuity(INVENTION, date(2018, 4, 10), 7, rulebook=book)
    assert surcharge_percent(found, on=date.fromisoformat(on)) == percent


@pytest.mark.parametrize(
    ("filed", "year", "answer"),
    [
        pytest.param("2016-06-30", 11, False, id="ends-2026-12-30"),
        pytest.param("2016-07-01", 11, True, id="ends-2027-01-04"),
        pytest.param("1997-06-03", 6, False, id="before-the-first-notice"),
    ],
)
def test_an_annuity_is_provisional_when_a_rolled_day_is(
    *, filed: str, year: int, answer: bool, book: Rulebook
) -> None:
    found = annuity(INVENTION, date.fromisoformat(filed), year, rulebook=book)
    assert found.provisional is answer


def test_an_extension_moves_the_windows_and_not_the_nominal_day(book: Rulebook) -> None:
    found = annuity(
        UTILITY_MODEL,
        date(2018, 8, 10),
        5,
        rulebook=book,
        extended_due_on=date(2023, 6, 15),
    )
    assert found.due_on == date(2022, 8, 10)
    assert found.last_in_time_on == date(2023, 6, 15)
    assert found.ends_on == date(2023, 12, 15)


def test_an_extension_cannot_shorten(book: Rulebook) -> None:
    with pytest.raises(LawError, match="早于原期限"):
        annuity(
            INVENTION,
            date(2018, 8, 10),
            5,
            rulebook=book,
            extended_due_on=date(2022, 8, 9),
        )


@pytest.mark.parametrize(
    ("due", "reduced", "extended"),
    [
        ("2022-06-14", True, None),
        ("2022-06-15", True, date(2023, 6, 15)),
        ("2022-06-16", True, date(2023, 6, 15)),
        ("2022-12-30", True, date(2023, 6, 15)),
        ("2022-12-31", True, date(2023, 6, 15)),
        ("2023-01-01", True, None),
        ("2022-08-10", False, None),
    ],
)
def test_announcement_486_reaches_reduced_fees_of_the_second_half_of_2022(
    *, due: str, reduced: bool, extended: date | None, book: Rulebook
) -> None:
    due_on = date.fromisoformat(due)
    assert extension_for(INVENTION, due_on, reduced, rulebook=book) == extended


def test_a_year_beyond_the_term_is_not_owed(book: Rulebook) -> None:
    with pytest.raises(NotOwed, match="第21年超出保护期限"):
        annuity(INVENTION, date(2018, 4, 10), 21, rulebook=book)


def test_before_the_first_fee_scale_is_an_error_and_not_zero(book: Rulebook) -> None:
    with pytest.raises(LawError, match="2001-02-28"):
        annuity(INVENTION, date(1998, 2, 28), 4, rulebook=book)


@given(FILED, st.integers(1, 10))
def test_windows_tile_the_six_months(filing_on: date, fee_year: int) -> None:
    book = load(None)
    found = annuity(UTILITY_MODEL, filing_on, fee_year, rulebook=book)
    ends = [found.last_in_time_on, *(w.until_on for w in found.windows)]
    assert [w.from_on for w in found.windows] == [day + DAY for day in ends[:-1]]
    assert [w.percent for w in found.windows] == [0, 5, 10, 15, 20, 25]
    assert all(w.from_on <= w.until_on for w in found.windows)
    assert not any(is_rest_day(day, rulebook=book) for day in ends)
    nominal_end = months_after(found.due_on, 6)
    assert nominal_end <= found.ends_on < nominal_end + timedelta(days=12)


@given(FILED, st.integers(1, 10), st.integers(-40, 300))
def test_a_later_day_never_has_a_lower_surcharge(
    filing_on: date, fee_year: int, offset: int
) -> None:
    found = annuity(UTILITY_MODEL, filing_on, fee_year, rulebook=load(None))
    on = found.due_on + timedelta(days=offset)
    later = surcharge_percent(found, on=on + DAY)
    assert surcharge_percent(found, on=on) <= later
