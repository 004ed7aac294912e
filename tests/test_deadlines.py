"""The fact table of the design, line by line, about year 7 of one patent."""

from dataclasses import replace

import pytest

from patentwatch import standing
from patentwatch.model import Evidence, Fact, FactSource, Patent, Standing
from tests.make_situations import (
    BOOK,
    DAY,
    PATENT,
    ROLLED,
    day,
    ended,
    listed,
    notice,
    paid,
    payment,
    restored,
    situation,
    unpaid,
)

COLUMN, WORD = FactSource.COLUMN, FactSource.WORD
FEE_PAGE, CHECK_SHEET = FactSource.FEE_PAGE, FactSource.CHECK_SHEET
STATUS = FactSource.CASE_STATUS
OPEN, PAID, ASSUMED = Standing.OPEN, Standing.PAID, Standing.ASSUMED_PAID
ENDED, HELD = Standing.ENDED, Standing.ON_HOLD
BEFORE, SURE, GUESS = Evidence.BEFORE_DUE, Evidence.CONFIRMED, Evidence.PRESUMED


@pytest.mark.parametrize(
    ("fact", "standing"),
    [
        # 2000 yuan in the seventh year; 5 % of it is 100.
        pytest.param(payment("2024-04-10", 2000), PAID, id="on-the-due-day"),
        pytest.param(payment("2024-05-10", 2000), PAID, id="in-the-free-month"),
        pytest.param(payment("2024-05-11", 2000), OPEN, id="a-surcharge-short"),
        pytest.param(payment("2024-05-11", 2100), PAID, id="with-the-surcharge"),
        pytest.param(payment("2024-04-10", 1999), OPEN, id="one-yuan-short"),
        pytest.param(payment("2024-06-01", 1, year=8), PAID, id="later-year"),
        pytest.param(payment("2024-06-01", 9000, year=6), OPEN, id="earlier-year"),
        pytest.param(paid("2024-06-01", FEE_PAGE), PAID, id="page-shows-the-next-year"),
        pytest.param(paid("2024-06-01", FEE_PAGE, 8), PAID, id="page-paid-beyond"),
        pytest.param(paid("2024-06-01", FEE_PAGE, 6), OPEN, id="page-paid-before"),
        pytest.param(restored("2024-04-10"), OPEN, id="restored-on-the-due-day"),
        pytest.param(restored("2024-04-11"), PAID, id="restored-after-the-due-day"),
        pytest.param(restored("2024-06-01", 7), PAID, id="restored-this-year"),
        pytest.param(restored("2024-06-01", 6), OPEN, id="restored-another-year"),
        pytest.param(listed("2023-12-01", 7), PAID, id="column-this-year"),
        pytest.param(listed("2023-12-01", 8), PAID, id="column-a-later-year"),
        pytest.param(listed("2023-12-01", 6), OPEN, id="column-the-year-before"),
        pytest.param(paid("2024-06-01", CHECK_SHEET), PAID, id="check-sheet"),
        pytest.param(paid("2024-06-01", WORD), PAID, id="an-official-says-paid"),
        pytest.param(listed("2024-06-20"), OPEN, id="merely-listed"),
    ],
)
def test_what_says_that_a_year_is_settled(fact: Fact, standing: Standing) -> None:
    assert situation(fact, on="2024-06-20").standing is standing


@pytest.mark.parametrize(
    "source",
    [FEE_PAGE, CHECK_SHEET, WORD, STATUS],
    ids=["fee-page", "check-sheet", "word", "case-status"],
)
@pytest.mark.parametrize(
    ("dated", "evidence"),
    [
        pytest.param("2024-09-17", GUESS, id="day-before"),
        pytest.param("2024-09-18", GUESS, id="last-day-in-time"),
        pytest.param("2024-09-19", SURE, id="first-late-day"),
    ],
)
def test_unpaid_is_heard_only_after_the_rolled_last_day_in_time(
    source: FactSource, dated: str, evidence: Evidence
) -> None:
    found = situation(unpaid(dated, source), on="2024-09-20", patent=ROLLED)
    assert (found.standing, found.evidence) == (OPEN, evidence)


@pytest.mark.parametrize("source", [FEE_PAGE, STATUS], ids=["fee-page", "case-status"])
def test_unpaid_without_a_year_means_the_last_year_whose_day_had_passed(
    source: FactSource,
) -> None:
    # On the due day itself year 6 is meant, and its six months were over in 2023.
    early = unpaid("2024-04-10", source, None)
    late = unpaid("2024-04-11", source, None)
    assert situation(early, on="2024-04-20", year=6).unpaid_on == day("2024-04-10")
    found = situation(late, on="2024-04-20")
    assert (found.standing, found.evidence) == (OPEN, SURE)
    assert situation(late, on="2024-04-20", year=6).unpaid_on is None


@pytest.mark.parametrize(
    ("dated", "evidence"),
    [
        pytest.param("2024-05-09", GUESS, id="29-days-after"),
        pytest.param("2024-05-10", GUESS, id="30-days-after"),
        pytest.param("2024-05-11", SURE, id="31-days-after"),
    ],
)
def test_a_column_confirms_more_than_thirty_days_after_the_last_day(
    dated: str, evidence: Evidence
) -> None:
    found = situation(listed(dated, 6), on="2024-05-12")
    assert (found.standing, found.evidence) == (OPEN, evidence)


def test_an_office_chooses_the_lag_of_the_column() -> None:
    found = standing.situation_of(
        PATENT,
        7,
        [listed("2024-04-21", 6)],
        on=day("2024-04-22"),
        rulebook=BOOK,
        lag_days=10,
    )
    assert found.evidence is SURE


def test_a_check_sheet_needs_no_lag() -> None:
    found = situation(unpaid("2024-04-11", CHECK_SHEET), on="2024-04-11")
    assert (found.standing, found.evidence) == (OPEN, SURE)


@pytest.mark.parametrize(
    ("dated", "standing", "evidence"),
    [
        pytest.param("2024-10-09", OPEN, GUESS, id="day-before"),
        pytest.param("2024-10-10", OPEN, GUESS, id="last-day"),
        pytest.param("2024-10-11", ENDED, SURE, id="day-after"),
    ],
)
@pytest.mark.parametrize(
    "source",
    [FEE_PAGE, CHECK_SHEET, WORD],
    ids=["fee-page", "check-sheet", "word"],
)
def test_unpaid_after_the_six_months_means_ended(
    source: FactSource, dated: str, standing: Standing, evidence: Evidence
) -> None:
    found = situation(unpaid(dated, source), on="2024-10-12")
    assert (found.standing, found.evidence) == (standing, evidence)


@pytest.mark.parametrize(
    "fact",
    [
        pytest.param(ended("2024-10-11", STATUS), id="status-awaits-restoration"),
        pytest.param(ended("2024-10-11"), id="end-by-announcement"),
        pytest.param(ended("2024-10-11", CHECK_SHEET, 7), id="check-sheet-ended"),
        pytest.param(ended("2024-10-11", FEE_PAGE, 7), id="fee-page-restoration-fee"),
        pytest.param(notice("2024-10-11"), id="termination-notice"),
    ],
)
def test_the_end_is_known_from_a_fact_after_the_six_months(fact: Fact) -> None:
    found = situation(fact, on="2024-10-11")
    assert (found.standing, found.evidence) == (ENDED, SURE)
    assert found.unpaid_on == day("2024-10-11")


def test_an_end_without_a_year_is_the_newest_year_whose_six_months_were_over() -> None:
    last = ended("2024-10-10")
    assert situation(last, on="2024-10-12", year=6).standing is ENDED
    assert situation(last, on="2024-10-12").standing is Standing.NOT_IN_FORCE
    assert situation(ended("2024-10-11"), on="2024-10-12").standing is ENDED
    assert situation(ended("2025-03-20"), on="2025-03-20").standing is ENDED


def test_a_status_still_awaiting_surcharges_does_not_say_that_the_right_ended() -> None:
    found = situation(
        unpaid("2024-10-20", STATUS, None), listed("2024-10-21"), on="2024-10-22"
    )
    assert (found.standing, found.evidence) == (OPEN, GUESS)
    assert found.question


def test_a_status_not_yet_changed_does_not_take_back_the_end() -> None:
    facts = (unpaid("2024-10-15"), unpaid("2024-10-20", STATUS, None))
    assert situation(*facts, on="2024-10-22").standing is ENDED


def test_a_notice_dated_within_the_six_months_is_none() -> None:
    found = situation(notice("2024-10-10"), on="2024-10-10")
    assert (found.standing, found.evidence) == (OPEN, GUESS)
    assert found.dates.notice is None
    assert found.dates.restoration_until_on == day("2025-01-13")


@pytest.mark.parametrize(
    ("dated", "standing"),
    [
        pytest.param("2024-10-09", OPEN, id="day-before"),
        pytest.param("2024-10-10", OPEN, id="last-day"),
        pytest.param("2024-10-11", ASSUMED, id="day-after"),
    ],
)
def test_listed_as_valid_after_the_six_months_is_assumed_paid(
    dated: str, standing: Standing
) -> None:
    assert situation(listed(dated), on="2024-10-20").standing is standing


@pytest.mark.parametrize(
    ("facts", "standing"),
    [
        pytest.param(
            [unpaid("2024-08-12"), listed("2024-11-01")], ASSUMED, id="unpaid-on-W4"
        ),
        pytest.param(
            [unpaid("2024-08-13"), listed("2024-11-01")], OPEN, id="unpaid-after-W4"
        ),
        pytest.param(
            [unpaid("2024-10-11"), listed("2024-11-01")], ENDED, id="ended-right"
        ),
        pytest.param([listed("2024-11-01", 6)], OPEN, id="column-after-W6"),
        pytest.param(
            [listed("2024-10-20", 6), listed("2024-11-01")], OPEN, id="column-older"
        ),
        pytest.param(
            [listed("2024-10-20"), listed("2024-11-01", 6)], OPEN, id="column-newer"
        ),
        pytest.param(
            [listed("2024-10-20", 6), listed("2024-11-20", 7)], PAID, id="column-came"
        ),
        pytest.param(
            [listed("2024-06-20", 6), listed("2024-11-01")], ASSUMED, id="column-in-W3"
        ),
        pytest.param(
            [listed("2024-09-20", 6), listed("2024-11-01")], OPEN, id="column-in-W6"
        ),
    ],
)
def test_assumed_paid_replaces_only_what_is_presumed(
    facts: list[Fact], standing: Standing
) -> None:
    assert situation(*facts, on="2024-12-01").standing is standing


def test_a_column_after_the_six_months_says_nothing_and_asks() -> None:
    last = situation(listed("2024-10-10", 6), on="2024-10-10")
    assert (last.evidence, last.question) == (SURE, "")
    found = situation(listed("2024-10-11", 6), on="2024-10-11")
    assert (found.standing, found.evidence, found.unpaid_on) == (OPEN, GUESS, None)
    assert "名单显示该年度未缴" in found.question


def test_nothing_known_after_the_six_months_is_a_question() -> None:
    assert situation(on="2024-10-10").question == ""
    assert "未掌握" in situation(on="2024-10-11").question


@pytest.mark.parametrize(
    ("on", "evidence"),
    [
        pytest.param("2024-06-12", SURE, id="same-window"),
        pytest.param("2024-07-10", SURE, id="last-day-of-it"),
        pytest.param("2024-07-11", SURE, id="next-window"),
        pytest.param("2024-08-12", SURE, id="last-day-of-the-next"),
        pytest.param("2024-08-13", GUESS, id="the-one-after"),
        pytest.param("2024-10-10", GUESS, id="last-day-of-all"),
        pytest.param("2024-10-11", GUESS, id="over"),
    ],
)
@pytest.mark.parametrize("dated", ["2024-06-12", "2024-07-10"], ids=["first", "last"])
def test_a_confirmation_ages_over_windows(
    dated: str, on: str, evidence: Evidence
) -> None:
    found = situation(unpaid(dated), on=max(on, dated))
    assert found.evidence is evidence


def test_a_confirmation_of_the_last_window_does_not_reach_beyond_it() -> None:
    assert situation(unpaid("2024-10-10"), on="2024-10-10").evidence is SURE
    found = situation(unpaid("2024-10-10"), on="2024-10-11")
    assert (found.standing, found.evidence) == (OPEN, GUESS)


@pytest.mark.parametrize(
    ("on", "evidence"),
    [
        pytest.param("2024-09-15", BEFORE, id="nominal-due-day"),
        pytest.param("2024-09-18", BEFORE, id="last-day-in-time"),
        pytest.param("2024-09-19", GUESS, id="first-late-day"),
    ],
)
def test_nobody_is_late_before_the_rolled_day_is_over(
    on: str, evidence: Evidence
) -> None:
    assert situation(on=on, patent=ROLLED).evidence is evidence


@pytest.mark.parametrize(
    ("reduction", "yuan", "standing"),
    [
        pytest.param(None, 300, HELD, id="85-percent-unknown"),
        pytest.param(None, 600, HELD, id="70-percent-unknown"),
        pytest.param(0, 300, HELD, id="none-on-file"),
        pytest.param(None, 299, OPEN, id="less"),
        pytest.param(None, 301, OPEN, id="a-part-of-the-full-fee"),
        pytest.param(None, 1500, OPEN, id="most-of-the-full-fee"),
        pytest.param(85, 300, PAID, id="approved"),
        pytest.param(70, 300, OPEN, id="less-than-approved"),
    ],
)
def test_a_receipt_equal_to_a_reduced_rate_is_a_question(
    reduction: int | None, yuan: int, standing: Standing
) -> None:
    patent = replace(PATENT, reduction=reduction)
    found = situation(payment("2024-04-01", yuan), on="2024-04-20", patent=patent)
    assert found.standing is standing
    assert ("减缴" in found.question) == (standing is HELD)


def test_a_reduced_receipt_in_a_later_window_includes_its_surcharge() -> None:
    # 15 % of 2000 and 5 % of the full 2000.
    assert situation(payment("2024-05-11", 400), on="2024-05-12").standing is HELD
    assert situation(payment("2024-05-11", 300), on="2024-05-12").standing is OPEN


@pytest.mark.parametrize(
    "facts",
    [
        pytest.param([payment("2024-10-11", 3500)], id="nothing-else-known"),
        pytest.param(
            [unpaid("2024-10-11"), payment("2024-10-20", 3500)], id="after-the-end"
        ),
    ],
)
def test_money_paid_after_the_six_months_asks_about_a_restoration(
    facts: list[Fact],
) -> None:
    found = situation(*facts, on="2024-10-25")
    assert found.standing is HELD
    assert "恢复" in found.question
    settled = situation(*facts, restored("2024-12-01", 7), on="2024-12-02")
    assert settled.standing is PAID


@pytest.mark.parametrize(
    ("fact", "before", "standing"),
    [
        pytest.param(payment("2024-06-01", 2100), OPEN, PAID, id="payment"),
        pytest.param(paid("2024-06-01", COLUMN), OPEN, PAID, id="column"),
        pytest.param(ended("2024-12-01"), OPEN, ENDED, id="end"),
        pytest.param(notice("2024-12-01"), OPEN, ENDED, id="notice"),
        pytest.param(listed("2024-12-01"), OPEN, ASSUMED, id="list"),
    ],
)
def test_a_fact_dated_in_the_future_does_not_exist(
    fact: Fact, before: Standing, standing: Standing
) -> None:
    assert situation(fact, on=fact.dated_on - DAY).standing is before
    assert situation(fact, on=fact.dated_on).standing is standing


def test_what_is_dated_before_the_filing_says_nothing() -> None:
    found = situation(ended("2018-04-09"), listed("2018-04-09"), on="2024-05-01")
    assert (found.standing, found.unpaid_on) == (OPEN, None)


def _standings(*facts: Fact, on: str, patent: Patent = PATENT) -> dict[int, Standing]:
    found = standing.situations(patent, facts, on=day(on), rulebook=BOOK)
    return {one.dates.fee_year: one.standing for one in found}


def test_an_unknown_year_never_blocks_the_next_one() -> None:
    assert _standings(on="2025-02-01") == {6: OPEN, 7: OPEN, 8: OPEN}
    facts = (payment("2024-05-01", 2000), unpaid("2024-05-02"))
    assert _standings(*facts, on="2025-02-01") == {6: PAID, 7: HELD, 8: OPEN}


def test_only_an_ended_right_stops_later_years() -> None:
    gone = Standing.NOT_IN_FORCE
    assert _standings(ended("2024-12-01"), on="2025-02-01") == {
        6: OPEN,
        7: ENDED,
        8: gone,
    }
    old = unpaid("2022-11-01", FEE_PAGE, 5)  # year 5 was over on 2022-10-10
    assert _standings(old, on="2025-02-01") == {5: ENDED, 6: gone, 7: gone, 8: gone}


def test_a_restoration_takes_up_the_later_years_again() -> None:
    facts = (ended("2024-12-01"), restored("2025-01-20", 7))
    assert _standings(*facts, on="2025-02-01") == {6: OPEN, 7: PAID, 8: OPEN}
    everything = (ended("2024-12-01"), restored("2025-04-20"))
    assert _standings(*everything, on="2025-05-01") == {7: PAID, 8: PAID, 9: OPEN}


def test_a_year_settled_late_stays_settled() -> None:
    late = payment("2024-10-10", 2500)  # 25 % of 2000 on the very last day
    assert situation(late, on="2024-10-10").standing is PAID
    assert situation(late, listed("2024-11-01", 6), on="2025-02-01").standing is PAID
    assert situation(payment("2024-10-10", 2499), on="2024-10-10").standing is OPEN
