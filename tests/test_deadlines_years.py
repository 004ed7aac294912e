"""Which fee years are looked at: grant, unknown grant, extension, term and its end."""

from dataclasses import replace

import pytest

from patentwatch import deadlines
from patentwatch.deadlines import Standing
from patentwatch.model import Evidence, Fact, FactSource, Patent, PatentType
from tests.make_situations import (
    BOOK,
    PATENT,
    PUT_OFF,
    day,
    ended,
    listed,
    notice,
    paid,
    payment,
    situation,
    unpaid,
    years,
)

NO_GRANT = replace(PATENT, grant_on=None)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param("2024-04-09", [5, 6, 7], id="day-before-the-anniversary"),
        pytest.param("2024-04-10", [6, 7, 8], id="anniversary"),
        pytest.param("2024-04-11", [6, 7, 8], id="day-after"),
        pytest.param("2020-09-04", [4], id="day-of-the-grant"),
        pytest.param("2018-04-10", [], id="day-of-filing"),
        pytest.param("2018-04-09", [], id="before-filing"),
    ],
)
def test_the_running_year_and_its_neighbours_are_looked_at(
    on: str, expected: list[int]
) -> None:
    assert years(on=on) == expected


@pytest.mark.parametrize(
    ("grant", "first"),
    [
        pytest.param("2021-04-09", 4, id="day-before-an-anniversary"),
        pytest.param("2021-04-10", 5, id="on-an-anniversary"),
        pytest.param("2021-04-11", 5, id="day-after"),
    ],
)
def test_years_up_to_the_grant_year_are_paid(grant: str, first: int) -> None:
    patent = replace(PATENT, grant_on=day(grant))
    assert deadlines.first_watched_year(patent, []) == first
    assert years(on="2021-04-11", patent=patent) == [
        year for year in (4, 5) if year >= first
    ]


def test_one_grant_year_obligation_and_not_five() -> None:
    late = replace(PATENT, filing_on=day("2021-03-10"), grant_on=day("2026-05-20"))
    assert years(on="2026-05-20", patent=late) == [7]


@pytest.mark.parametrize(
    "fact",
    [
        pytest.param(unpaid("2020-05-01", year=3), id="fee-page"),
        pytest.param(
            unpaid("2020-05-01", FactSource.CASE_STATUS, None), id="case-status"
        ),
    ],
)
def test_the_grant_year_is_looked_at_when_a_fact_calls_it_unpaid(fact: Fact) -> None:
    """The registration notice may have charged the year before (case G4)."""
    patent = replace(PATENT, grant_on=day("2020-04-20"))
    assert years(on="2020-05-02", patent=patent) == [4]
    assert years(fact, on="2020-05-02", patent=patent) == [3, 4]
    found = situation(fact, on="2020-05-02", patent=patent, year=3)
    assert (found.standing, found.evidence) == (Standing.OPEN, Evidence.CONFIRMED)


def test_a_year_before_the_grant_year_is_never_looked_at() -> None:
    old = ended("2019-12-01", year=2)
    assert years(old, on="2020-10-01") == [4]


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        pytest.param([], [], id="nothing-known"),
        pytest.param([listed("2024-06-01")], [8], id="a-list"),
        pytest.param([listed("2024-04-09"), listed("2024-06-01")], [7, 8], id="oldest"),
        pytest.param([listed("2024-06-01", 6)], [7, 8], id="column"),
        pytest.param([listed("2024-06-01", 5)], [6, 7, 8], id="column-two-years-back"),
        pytest.param([unpaid("2024-06-01")], [7, 8], id="called-unpaid"),
        pytest.param(
            [unpaid("2024-06-01", FactSource.CASE_STATUS, None)], [7, 8], id="no-year"
        ),
        pytest.param([ended("2024-05-01")], [6, 8], id="end-without-a-year"),
        pytest.param([paid("2024-06-01", FactSource.FEE_PAGE, 6)], [7, 8], id="paid"),
        pytest.param([payment("2023-04-01", 1200, 6)], [7, 8], id="a-receipt"),
        pytest.param([listed("2018-05-01", 0)], [6, 7, 8], id="absurd-column"),
        pytest.param([listed("2024-06-03")], [], id="a-list-of-tomorrow"),
    ],
)
def test_without_a_grant_date_the_years_we_are_sure_of_are_looked_at(
    facts: list[Fact], expected: list[int]
) -> None:
    assert years(*facts, on="2024-06-02", patent=NO_GRANT) == expected


def test_without_a_grant_date_a_late_list_confirms_what_its_column_says() -> None:
    found = situation(listed("2024-06-01", 6), on="2024-06-02", patent=NO_GRANT)
    assert (found.standing, found.evidence) == (Standing.OPEN, Evidence.CONFIRMED)


def test_a_year_with_a_notice_is_looked_at_however_old() -> None:
    late = notice("2026-01-10", "paper")  # restorable until 2026-03-25
    assert years(late, on="2026-06-01") == [7, 8, 9, 10]
    found = deadlines.change_days(PATENT, [late], on=day("2026-02-01"), rulebook=BOOK)
    assert 7 in [dates.fee_year for dates in found]


@pytest.mark.parametrize(
    ("patent_type", "filing", "on", "expected"),
    [
        pytest.param("invention", "2006-06-20", "2026-06-19", [19, 20], id="last-day"),
        pytest.param("invention", "2006-06-20", "2026-06-20", [], id="expired"),
        pytest.param("invention", "2006-06-20", "2026-06-21", [], id="day-after"),
        pytest.param("utility_model", "2016-06-20", "2026-06-19", [9, 10], id="model"),
        pytest.param("utility_model", "2016-06-20", "2026-06-20", [], id="model-over"),
        pytest.param("design", "2016-06-20", "2026-06-20", [], id="old-design-over"),
        pytest.param("design", "2021-06-01", "2031-07-01", [10, 11, 12], id="design"),
    ],
)
def test_nothing_is_looked_at_once_the_term_is_over(
    patent_type: str, filing: str, on: str, expected: list[int]
) -> None:
    patent = replace(
        PATENT,
        patent_type=PatentType(patent_type),
        filing_on=day(filing),
        grant_on=day(filing),
    )
    assert years(on=on, patent=patent) == expected


def test_change_days_go_one_year_further_and_stop_with_the_term() -> None:
    def looked_at(on: str) -> list[int]:
        found = deadlines.change_days(PATENT, [], on=day(on), rulebook=BOOK)
        return [dates.fee_year for dates in found]

    assert looked_at("2024-06-01") == [6, 7, 8, 9]
    assert looked_at("2037-06-01") == [19, 20]
    assert looked_at("2017-06-01") == [2, 3]


def test_a_due_day_put_off_by_announcement_moves_the_windows() -> None:
    dates = situation(on="2023-06-15", patent=PUT_OFF, year=5).dates
    assert dates.due_on == day("2022-08-10")
    assert dates.asked_on == day("2023-06-15")
    assert dates.last_in_time_on == day("2023-06-15")
    assert dates.ends_on == day("2023-12-15")
    # The day after 15 January, and two months: Saturday 2024-03-16.
    assert dates.restoration_anchor_on == day("2024-03-16")
    assert dates.restoration_until_on == day("2024-03-18")


@pytest.mark.parametrize(
    ("patent", "year", "until"),
    [
        pytest.param(PUT_OFF, 5, "2023-06-15", id="reduced"),
        pytest.param(replace(PUT_OFF, reduction=None), 5, "2022-08-10", id="unknown"),
        pytest.param(replace(PUT_OFF, reduction=0), 5, "2022-08-10", id="not-reduced"),
        pytest.param(
            replace(
                PUT_OFF,
                patent_type=PatentType.INVENTION,
                filing_on=day("2009-08-10"),
                grant_on=day("2012-03-01"),
            ),
            14,  # reduced from year 3 to year 12
            "2022-08-10",
            id="no-longer-reduced",
        ),
    ],
)
def test_only_a_fee_that_is_reduced_is_put_off(
    patent: Patent, year: int, until: str
) -> None:
    dates = deadlines.fee_dates(patent, year, [], rulebook=BOOK)
    assert dates.last_in_time_on == day(until)


@pytest.mark.parametrize(
    ("fact", "year"),
    [
        # Before 2023-06-16 nobody can be late with year 5: year 4 is meant.
        pytest.param(ended("2023-03-01"), 4, id="end-while-put-off"),
        pytest.param(ended("2023-12-15"), 4, id="end-on-the-last-day"),
        pytest.param(ended("2023-12-16"), 5, id="end-after-it"),
    ],
)
def test_an_end_without_a_year_knows_what_was_put_off(fact: Fact, year: int) -> None:
    found = deadlines.situations(PUT_OFF, [fact], on=day("2024-01-02"), rulebook=BOOK)
    ends = [one.dates.fee_year for one in found if one.standing is Standing.ENDED]
    assert ends == [year]
