"""Where a reduction ends: ten patent years from that of the grant, which is the first.

Amounts by the official table: years 10 to 12 cost 4000 yuan, 13 to 15 cost 6000.
"""

from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from patentwatch.cliff import Cliff, cliff
from patentwatch.model import Patent, PatentType
from tests.make_situations import BOOK, PATENT, day

REDUCED = replace(
    PATENT, filing_on=date(2019, 5, 20), grant_on=date(2022, 3, 15), reduction=85
)
"""Granted in its year 3: years 3 to 12 are reduced (worked cases F3 and F4)."""


def ends(patent: Patent, on: str) -> Cliff | None:
    return cliff(patent, on=day(on), rulebook=BOOK)


def test_the_tenth_year_after_the_grant_is_reduced_and_the_eleventh_is_not() -> None:
    found = ends(REDUCED, "2026-11-22")
    assert found == Cliff(
        percent=85,
        last_year=12,
        last_fee_yuan=600,
        full_from_year=13,
        full_from_on=date(2031, 5, 20),
        full_fee_yuan=6000,
    )
    assert found.more_yuan == 5400


@pytest.mark.parametrize(
    ("grant", "last_year"),
    [
        pytest.param("2021-05-19", 11, id="day-before-the-anniversary-is-year-2"),
        pytest.param("2021-05-20", 12, id="the-anniversary-begins-year-3"),
        pytest.param("2021-05-21", 12, id="day-after"),
    ],
)
def test_the_patent_year_of_the_grant_decides(grant: str, last_year: int) -> None:
    found = ends(replace(REDUCED, grant_on=day(grant)), "2026-11-22")
    assert found is not None
    assert (found.last_year, found.full_from_year) == (last_year, last_year + 1)


@pytest.mark.parametrize(
    ("on", "told"),
    [
        pytest.param("2031-05-19", True, id="last-day-of-year-12"),
        pytest.param("2031-05-20", False, id="first-day-of-year-13"),
        pytest.param("2031-05-21", False, id="day-after"),
    ],
)
def test_once_the_first_full_year_runs_nothing_ends_any_more(
    on: str, *, told: bool
) -> None:
    assert (ends(REDUCED, on) is not None) is told


def test_owners_in_common_keep_thirty_percent_of_the_last_reduced_fee() -> None:
    found = ends(replace(REDUCED, reduction=70), "2026-11-22")
    assert found is not None
    assert (found.last_fee_yuan, found.more_yuan) == (1200, 4800)


def test_a_term_that_ends_first_has_no_cliff() -> None:
    model = replace(
        REDUCED, patent_type=PatentType.UTILITY_MODEL, grant_on=date(2019, 12, 3)
    )
    found = ends(model, "2026-11-22")
    assert found == Cliff(percent=85, last_year=10, last_fee_yuan=300)
    assert found.more_yuan == 0


def test_a_grant_late_in_the_term_keeps_its_reduction_to_the_end() -> None:
    found = ends(replace(REDUCED, grant_on=date(2030, 1, 7)), "2031-01-01")
    assert found is not None
    assert (found.last_year, found.full_from_year) == (20, None)


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"reduction": None}, id="unknown"),
        pytest.param({"reduction": 0}, id="none"),
        pytest.param({"grant_on": None}, id="grant-unknown"),
    ],
)
def test_without_an_approved_reduction_or_a_grant_nothing_is_promised(
    changes: dict[str, Any],
) -> None:
    assert ends(replace(REDUCED, **changes), "2026-11-22") is None
