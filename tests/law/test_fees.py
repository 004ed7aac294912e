"""Amounts: the official tables, typed in, and the years a reduction reaches."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.errors import LawError, NoRuleInForce
from patentwatch.law import fees
from patentwatch.law.rulebook import Rulebook
from patentwatch.model import PatentType
from patentwatch.rulefiles import load

INVENTION, UTILITY_MODEL, DESIGN = PatentType
DUE = date(2026, 3, 30)

INVENTION_YUAN = [900] * 3 + [1200] * 3 + [2000] * 3 + [4000] * 3 + [6000] * 3
INVENTION_YUAN += [8000] * 5
OTHER_YUAN = [600] * 3 + [900] * 2 + [1200] * 3 + [2000] * 2


@pytest.mark.parametrize(
    ("patent_type", "expected"),
    [
        (INVENTION, INVENTION_YUAN),
        (UTILITY_MODEL, OTHER_YUAN),
        (DESIGN, OTHER_YUAN + [3000] * 5),
    ],
)
def test_full_fees_are_those_of_the_fee_guide(
    patent_type: PatentType, expected: list[int], book: Rulebook
) -> None:
    found = [
        fees.full_fee_yuan(patent_type, year, due_on=DUE, rulebook=book)
        for year in range(1, len(expected) + 1)
    ]
    assert found == expected


def test_a_year_the_scale_does_not_know_is_an_error(book: Rulebook) -> None:
    with pytest.raises(NoRuleInForce, match="没有第11年"):
        fees.full_fee_yuan(UTILITY_MODEL, 11, due_on=DUE, rulebook=book)


def payable(
    book: Rulebook,
    year: int,
    *,
    due: str = "2026-03-30",
    reduction: int | None = 0,
    open_licence: bool = False,
    grant_year: int = 1,
    patent_type: PatentType = INVENTION,
) -> int:
    return fees.payable_fee_yuan(
        patent_type,
        year,
        due_on=date.fromisoformat(due),
        grant_year=grant_year,
        reduction=reduction,
        open_licence=open_licence,
        rulebook=book,
    )


@pytest.mark.parametrize(
    ("reduction", "open_licence", "expected"),
    [
        (85, False, [135, 180, 300, 600]),
        (70, False, [270, 360, 600, 1200]),
        (0, True, [765, 1020, 1700, 3400]),
        (70, True, [270, 360, 600, 1200]),  # the higher one, never both
        (0, False, [900, 1200, 2000, 4000]),
        (None, False, [900, 1200, 2000, 4000]),  # unknown: the safe amount
    ],
)
def test_reduced_fees_are_those_of_the_fee_guide(
    *, reduction: int | None, open_licence: bool, expected: list[int], book: Rulebook
) -> None:
    found = [
        payable(book, year, reduction=reduction, open_licence=open_licence)
        for year in (2, 5, 8, 10)
    ]
    assert found == expected


def test_a_designs_eleventh_year_is_reduced_within_ten_years(book: Rulebook) -> None:
    given_up_to = {
        year: payable(book, year, reduction=85, grant_year=2, patent_type=DESIGN)
        for year in (10, 11, 12)
    }
    assert given_up_to == {10: 300, 11: 450, 12: 3000}


@pytest.mark.parametrize(
    ("due", "last_reduced_year"),
    [
        ("2016-08-31", 5),
        ("2016-09-01", 8),
        ("2016-09-02", 8),
        ("2018-07-31", 8),
        ("2018-08-01", 12),
        ("2018-08-02", 12),
    ],
)
def test_the_due_day_decides_how_many_years_are_reduced(
    due: str, last_reduced_year: int, book: Rulebook
) -> None:
    due_on = date.fromisoformat(due)
    years = fees.reduced_years(3, due_on=due_on, rulebook=book)
    assert years == (3, last_reduced_year)
    args = {"due": due, "grant_year": 3}
    last = payable(book, last_reduced_year, reduction=85, **args)  # type: ignore[arg-type]  # one dict for both calls
    full = payable(book, last_reduced_year, reduction=0, **args)  # type: ignore[arg-type]  # as above
    assert last * 100 == full * 15
    assert payable(
        book, last_reduced_year + 1, reduction=85, due=due, grant_year=3
    ) == payable(book, last_reduced_year + 1, reduction=0, due=due, grant_year=3)


@pytest.mark.parametrize(
    ("due", "yuan"), [("2024-07-14", 2000), ("2024-07-15", 1700), ("2024-07-16", 1700)]
)
def test_an_open_licence_counts_from_mid_july_2024(
    due: str, yuan: int, book: Rulebook
) -> None:
    assert payable(book, 8, due=due, open_licence=True) == yuan


def test_an_open_licence_still_counts_after_the_reduced_years(book: Rulebook) -> None:
    assert payable(book, 12, reduction=85, open_licence=True) == 3400


def test_a_reduction_that_does_not_exist_is_an_error(book: Rulebook) -> None:
    with pytest.raises(LawError, match="60%"):
        payable(book, 4, reduction=60)


def test_seventy_or_eighty_five_percent_could_be_approved_since_2001(
    book: Rulebook,
) -> None:
    assert fees.reductions(date(2001, 3, 1), rulebook=book) == (85, 70)
    with pytest.raises(NoRuleInForce):
        fees.reductions(date(2001, 2, 28), rulebook=book)


def test_what_is_not_whole_yuan_is_an_error() -> None:
    assert fees.percent_of(1200, 85) == 1020
    with pytest.raises(LawError, match="不是整数元"):
        fees.percent_of(955, 85)


@pytest.mark.parametrize(("days", "years"), [(200, 0), (364, 0), (365, 1), (400, 1)])
def test_a_part_of_a_compensated_year_costs_nothing(
    days: int, years: int, book: Rulebook
) -> None:
    found = fees.compensation_years(
        INVENTION, date(2021, 9, 6), compensation_days=days, rulebook=book
    )
    assert found == years
    assert fees.compensation_fee_yuan(found, on=date(2041, 9, 6), rulebook=book) == (
        8000 * years
    )


def test_a_compensation_annuity_before_the_rule_is_an_error(book: Rulebook) -> None:
    with pytest.raises(NoRuleInForce, match="2024-08-05"):
        fees.compensation_fee_yuan(1, on=date(2024, 8, 5), rulebook=book)


@given(
    year=st.integers(1, 20),
    granted=st.integers(1, 20),
    reduction=st.sampled_from([0, 70, 85]),
    open_licence=st.booleans(),
    due_on=st.dates(date(2001, 3, 1), date(2045, 12, 31)),
)
def test_a_reduction_never_costs_more(
    *, year: int, granted: int, reduction: int, open_licence: bool, due_on: date
) -> None:
    found = fees.payable_fee_yuan(
        INVENTION,
        year,
        due_on=due_on,
        grant_year=min(granted, year),
        reduction=reduction,
        open_licence=open_licence,
        rulebook=load(None),
    )
    full = fees.full_fee_yuan(INVENTION, year, due_on=due_on, rulebook=load(None))
    assert full * 15 <= found * 100 <= full * 100
