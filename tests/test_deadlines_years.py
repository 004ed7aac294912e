"""Which fee years are looked at, and their days: grant, extension, notice, term."""

from dataclasses import replace
from datetime import date

import pytest

from patentwatch import deadlines, standing
from patentwatch.model import Evidence, Fact, FactSource, Patent, PatentType, Standing
from tests.make_situations import (
    BOOK,
    PATENT,
    PUT_OFF,
    ROLLED,
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
    late = notice("2026-04-20", "paper")  # received on 5 May: until Monday 6 July
    assert years(late, on="2026-06-01") == [7, 8, 9, 10]
    found = deadlines.change_days(PATENT, [late], on=day("2026-06-01"), rulebook=BOOK)
    assert {d.fee_year: d.restoration_until_on for d in found}[7] == day("2026-07-06")


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
    found = standing.situations(PUT_OFF, [fact], on=day("2024-01-02"), rulebook=BOOK)
    ends = [one.dates.fee_year for one in found if one.standing is Standing.ENDED]
    assert ends == [year]


def test_the_dates_of_a_rolled_year() -> None:
    dates = situation(on="2025-03-17", patent=ROLLED).dates
    assert dates.due_on == day("2024-09-15")
    assert dates.last_in_time_on == day("2024-09-18")
    assert dates.ends_on == day("2025-03-17")
    # The day after 17 April; the nominal end is 15 March.
    assert dates.restoration_until_on == day("2025-06-18")
    assert dates.restoration_anchor_on == day("2025-06-16")
    assert dates.over_on == day("2025-09-15")


@pytest.mark.parametrize(
    ("on", "window"),
    [
        pytest.param("2024-09-18", -1, id="in-time"),
        pytest.param("2024-09-19", 0, id="first-day"),
        pytest.param("2024-10-15", 0, id="last-day-without-surcharge"),
        pytest.param("2024-10-16", 1, id="first-surcharge"),
        pytest.param("2025-03-17", 5, id="last-day"),
        pytest.param("2025-03-18", 6, id="over"),
    ],
)
def test_which_window_holds_a_day(on: str, window: int) -> None:
    dates = situation(on="2024-09-20", patent=ROLLED).dates
    assert dates.window_of(day(on)) == window


@pytest.mark.parametrize(
    ("facts", "until", "anchor"),
    [
        pytest.param([], "2025-01-13", "2025-01-11", id="estimated"),
        pytest.param(
            [notice("2024-11-20")], "2025-01-20", "2025-01-20", id="unknown-delivery"
        ),
        pytest.param(
            [notice("2024-11-20", "electronic")],
            "2025-01-20",
            "2025-01-20",
            id="electronic",
        ),
        # 15 days later is 5 December; 5 February is the first day after the festival.
        pytest.param(
            [notice("2024-11-20", "paper")], "2025-02-05", "2025-02-05", id="paper"
        ),
        # 30 January lies in the Spring Festival, which ends on 4 February.
        pytest.param([notice("2024-11-30")], "2025-02-05", "2025-01-30", id="rolled"),
        pytest.param(
            [notice("2024-11-20"), notice("2024-12-20")],
            "2025-02-20",
            "2025-02-20",
            id="newest-notice",
        ),
        pytest.param(
            [notice("2024-11-20", year=6)], "2025-01-13", "2025-01-11", id="other-year"
        ),
    ],
)
def test_until_when_restoration_can_be_asked(
    facts: list[Fact], until: str, anchor: str
) -> None:
    dates = deadlines.fee_dates(PATENT, 7, facts, rulebook=BOOK)
    assert dates.restoration_until_on == day(until)
    assert dates.restoration_anchor_on == day(anchor)


def test_a_notice_of_tomorrow_leaves_the_estimate() -> None:
    tomorrow = notice("2024-12-20", "paper")
    assert situation(tomorrow, on="2024-12-19").dates.notice is None
    # 20 December, 15 days and two months: 2025-03-04.
    found = situation(tomorrow, on="2024-12-20").dates
    assert found.restoration_until_on == date(2025, 3, 4)
    days = deadlines.change_days(
        PATENT, [tomorrow], on=day("2024-12-19"), rulebook=BOOK
    )
    estimate = next(dates for dates in days if dates.fee_year == 7)
    assert estimate.restoration_until_on == day("2025-01-13")


FILED_MAY_20 = date(2019, 5, 20)


@pytest.mark.parametrize(
    ("granted", "doubtful"),
    [
        pytest.param("2022-05-19", None, id="day-before-the-anniversary"),
        pytest.param("2022-05-20", 4, id="on-the-anniversary"),
        pytest.param("2022-05-27", 4, id="case-G4"),
        pytest.param("2022-09-20", 4, id="four-months-after"),
        pytest.param("2022-09-21", None, id="longer-after"),
    ],
)
def test_an_anniversary_shortly_before_the_grant_leaves_its_year_in_doubt(
    granted: str, doubtful: int | None
) -> None:
    patent = replace(PATENT, filing_on=FILED_MAY_20, grant_on=day(granted))
    found = deadlines.doubtful_grant_year(patent, [], on=day("2022-10-01"))
    assert found == doubtful


@pytest.mark.parametrize(
    ("fact", "on", "doubtful"),
    [
        pytest.param(listed("2022-06-01"), "2022-07-01", 4, id="a-bare-list"),
        pytest.param(listed("2022-06-01", 3), "2022-07-01", 4, id="paid-before-it"),
        pytest.param(listed("2022-06-01", 4), "2022-07-01", None, id="paid-through"),
        pytest.param(
            unpaid("2022-06-01", year=4), "2022-07-01", None, id="known-unpaid"
        ),
        pytest.param(listed("2022-06-01", 4), "2022-05-31", 4, id="not-known-yet"),
        pytest.param(listed("2022-06-01"), "2022-05-26", None, id="not-granted-yet"),
        pytest.param(listed("2022-06-01"), "2023-05-20", 4, id="a-year-later"),
        pytest.param(listed("2022-06-01"), "2023-05-21", None, id="long-ago"),
    ],
)
def test_the_doubt_about_a_grant_year_ends_with_a_fact_about_it_or_a_year(
    fact: Fact, on: str, doubtful: int | None
) -> None:
    patent = replace(PATENT, filing_on=FILED_MAY_20, grant_on=date(2022, 5, 27))
    assert deadlines.doubtful_grant_year(patent, [fact], on=day(on)) == doubtful
