"""What events say of one right: ends, restorations, the term, preservation."""

from dataclasses import replace

import pytest

from patentwatch.model import FactKind, PatentType
from patentwatch.status import fold as folding
from patentwatch.status.events import Event, EventSource
from patentwatch.status.fold import Fold
from tests.make_events import LAPSED_7, LAPSED_8, event, lapse
from tests.make_situations import BOOK, PATENT, PUT_OFF, day

EXAMPLE = replace(PATENT, filing_on=day("2021-09-06"), grant_on=day("2025-03-04"))
"""Guidelines V-9 §4.1: the term ends on 2041-09-06, compensated on 2041-12-02."""


def fold(*events: Event, on: str = "2030-01-01", patent: object = PATENT) -> Fold:
    assert isinstance(patent, type(PATENT))
    return folding.fold(patent, events, on=day(on), rulebook=BOOK)


def ends(found: Fold) -> list[tuple[str, str, str]]:
    return [
        (end.reason, end.effective_on.isoformat(), end.known_on.isoformat())
        for end in found.ends
    ]


def test_an_end_counts_from_its_day_and_is_known_from_its_announcement() -> None:
    assert ends(fold(lapse("2024-11-22"))) == [
        ("annual_fee_not_paid", "2024-04-10", "2024-11-22")
    ]


def test_an_end_told_twice_is_one_known_from_the_first() -> None:
    found = fold(lapse("2024-11-22"), lapse("2024-12-20"), event("EXPY", "2025-01-03"))
    assert ends(found) == [("annual_fee_not_paid", "2024-04-10", "2024-11-22")]


def test_an_end_without_a_reason_learns_it_later() -> None:
    found = fold(event("EXPY", "2024-11-15"), lapse("2024-11-22"))
    assert ends(found) == [("annual_fee_not_paid", "2024-04-10", "2024-11-15")]


def test_an_end_without_its_day_learns_it_later() -> None:
    found = fold(event("CF01", "2026-01-15"), lapse("2026-02-03"))
    assert ends(found) == [("annual_fee_not_paid", "2024-04-10", "2026-01-15")]


def test_a_later_end_is_not_the_day_of_an_earlier_one() -> None:
    first = event("CF01", "2024-11-22")
    found = fold(first, lapse("2025-11-24", text=LAPSED_8))
    assert ends(found) == [("annual_fee_not_paid", "2024-11-22", "2024-11-22")]


def test_an_end_told_twice_is_undone_by_one_restoration() -> None:
    found = fold(
        lapse("2024-11-22"), event("EXPY", "2024-12-06"), event("RR01", "2025-03-14")
    )
    assert (found.ends, [one.code for one in found.restored]) == ((), ["RR01"])


def test_a_second_restoration_without_an_end_between_is_the_first_once_more() -> None:
    found = fold(lapse(), event("RR01", "2025-03-14"), event("RA01", "2025-11-20"))
    assert [one.code for one in found.restored] == ["RR01"]
    (fact,) = found.facts
    assert (fact.kind, fact.fee_year) == (FactKind.RESTORED, 7)


def test_a_restoration_undoes_only_the_last_end() -> None:
    surrendered = event("AV01", "2024-06-07", text="放弃生效日：20240520")
    found = fold(surrendered, lapse("2024-11-22"), event("RR01", "2025-03-14"))
    assert ends(found) == [("surrendered", "2024-05-20", "2024-06-07")]


def test_after_a_restoration_the_right_can_end_again() -> None:
    found = fold(
        lapse("2024-11-22"),
        event("RR01", "2025-03-14"),
        lapse("2025-11-24", text=LAPSED_8),
    )
    assert ends(found) == [("annual_fee_not_paid", "2025-04-10", "2025-11-24")]


@pytest.mark.parametrize(
    ("on", "count"),
    [("2024-10-10", 0), ("2024-10-11", 1), ("2024-10-12", 1)],
    ids=["last-day-of-the-six-months", "the-day-after", "two-days-after"],
)
def test_a_lapse_without_announcement_is_known_when_the_six_months_are_over(
    on: str, count: int
) -> None:
    found = fold(event("CF01", since="2024-04-10"), on=on)
    assert len(found.ends) == len(found.facts) == count


def test_a_lapse_without_announcement_is_not_what_an_earlier_return_undoes() -> None:
    lapse_6 = "未缴年费专利权终止\n终止日期：20230410"
    found = fold(
        event("CF01", "2023-11-21", text=lapse_6),
        event("CF01", since="2024-04-10"),
        event("RR01", "2024-05-21"),
    )
    assert ends(found) == [("annual_fee_not_paid", "2024-04-10", "2024-10-11")]


@pytest.mark.parametrize(
    ("on", "count"),
    [("2024-05-31", 0), ("2024-06-01", 1), ("2024-06-02", 1)],
    ids=["day-before", "the-day", "day-after"],
)
def test_an_end_that_lies_ahead_is_none_yet(on: str, count: int) -> None:
    surrendered = event("AV01", "2024-05-10", text="放弃生效日：20240601")
    assert len(fold(surrendered, on=on).ends) == count


@pytest.mark.parametrize(
    ("announced_on", "counts"),
    [("2020-09-03", False), ("2020-09-04", True), ("2020-09-05", True)],
    ids=["day-before-grant", "on-the-day", "day-after"],
)
def test_what_came_before_the_grant_ends_nothing(
    announced_on: str, *, counts: bool
) -> None:
    found = fold(event("AV01", announced_on))
    assert bool(found.ends) == counts
    assert bool(found.events) == counts


def test_full_invalidation_counts_back_to_the_grant() -> None:
    found = fold(event("IW01", "2024-05-10"))
    assert ends(found) == [("fully_invalidated", "2020-09-04", "2024-05-10")]


def test_the_grant_it_counts_back_to_may_be_known_from_its_notice_alone() -> None:
    unlisted = replace(PATENT, grant_on=None)
    grant, gone = event("GR01", "2020-09-04"), event("IW01", "2024-05-10")
    found = fold(grant, gone, patent=unlisted)
    assert found.granted_on == day("2020-09-04")
    assert ends(found) == [("fully_invalidated", "2020-09-04", "2024-05-10")]


def test_a_grant_after_an_end_is_a_regression_and_undoes_nothing() -> None:
    found = fold(lapse("2024-11-22"), event("GR01", "2025-02-07"))
    assert [one.code for one in found.regressions] == ["GR01"]
    assert len(found.ends) == 1


def test_a_grant_before_any_end_is_none() -> None:
    assert fold(event("GR01", "2020-09-04"), lapse()).regressions == ()


def test_what_a_person_must_read_changes_nothing() -> None:
    unclear = event("CF01", "2024-11-22", text="未缴年费专利权终止 更正有误")
    assert unclear.needs_review
    found = fold(unclear)
    assert (found.ends, found.facts, found.events) == ((), (), ())
    assert found.waiting == (unclear,)


def test_a_lapse_is_a_fact_about_its_year_dated_by_its_announcement() -> None:
    (fact,) = fold(lapse("2024-11-22")).facts
    assert (fact.kind, fact.fee_year, fact.dated_on) == (
        FactKind.ENDED,
        7,
        day("2024-11-22"),
    )


@pytest.mark.parametrize(
    ("announced_on", "year"),
    [
        pytest.param("2025-03-10", 7, id="eleven-months-after-the-due-day"),
        pytest.param("2025-10-10", 7, id="last-day-of-the-next-six-months"),
        pytest.param("2025-10-11", 8, id="the-day-after"),
        pytest.param("2024-10-11", 7, id="first-possible-day"),
        pytest.param("2024-10-10", 6, id="too-early-for-year-7"),
    ],
)
def test_a_lapse_without_its_day_is_the_newest_year_whose_six_months_were_over(
    announced_on: str, year: int
) -> None:
    (fact,) = fold(event("CF01", announced_on)).facts
    assert fact.fee_year == year


def test_another_end_is_no_fact_about_fees() -> None:
    assert fold(event("IW01", "2024-05-10")).facts == ()
    assert fold(event("EXPY", "2024-05-10")).facts == ()


def test_a_restoration_with_its_day_settles_what_was_due_before_it() -> None:
    back = event("RR01", "2025-03-14", text="权利的恢复\n恢复权利日期：20250220")
    (fact,) = fold(lapse(), back).facts
    assert (fact.kind, fact.fee_year, fact.dated_on) == (
        FactKind.RESTORED,
        None,
        day("2025-02-20"),
    )


def test_a_restoration_known_from_its_announcement_settles_the_year_that_ended() -> (
    None
):
    (fact,) = fold(lapse(), event("RR01", "2025-03-14")).facts
    assert (fact.fee_year, fact.dated_on) == (7, day("2025-03-14"))


def test_partial_invalidation_changes_nothing() -> None:
    found = fold(event("IP01", "2024-05-10"), event("AV02", "2024-05-17"))
    assert (found.ends, found.facts) == ((), ())
    assert len(found.events) == 2


@pytest.mark.parametrize(
    ("text", "ends_on"),
    [
        pytest.param("专利权期满终止日：2041-12-02", "2041-12-02", id="first-day-out"),
        pytest.param(
            "补偿后的专利权期限届满日：2041年12月1日", "2041-12-02", id="last-day-in"
        ),
        pytest.param("补偿天数：87天", "2041-12-02", id="days"),
        pytest.param("补偿期限：87日", "2041-12-02", id="days-otherwise-named"),
        pytest.param("", None, id="nothing"),
        pytest.param("专利号：ZL202110000001.X", None, id="nothing-of-use"),
        pytest.param(
            "原专利权期满终止日：2041-09-06\n专利权期满终止日：2041-12-02",
            None,
            id="two-days-are-for-a-person",
        ),
    ],
)
def test_a_decision_moves_the_end_of_the_term(text: str, ends_on: str | None) -> None:
    decided = event("TG01", "2025-05-06", text=f"专利权期限补偿\n{text}".strip())
    found = fold(decided, patent=EXAMPLE)
    assert found.term_ends_on == (day(ends_on) if ends_on else None)
    assert bool(found.waiting) == (ends_on is None)


def test_without_a_decision_the_term_ends_after_twenty_years() -> None:
    assert fold(patent=EXAMPLE).term_ends_on == day("2041-09-06")
    assert fold(patent=PUT_OFF).term_ends_on == day("2028-08-10")
    assert PUT_OFF.patent_type is PatentType.UTILITY_MODEL


def test_two_kinds_of_compensation_add_up() -> None:
    first = event("TG01", "2025-05-06", text="专利权期限补偿\n补偿天数：87天")
    drug = event("TP01", "2026-05-06", text="药品专利权期限补偿\n补偿天数：30天")
    # 2041-09-06 + 87 days = 2041-12-02; + 30 days = 2042-01-01
    assert fold(drug, first, patent=EXAMPLE).term_ends_on == day("2042-01-01")


def test_a_decision_told_twice_moves_the_term_once() -> None:
    told = [
        event("TG01", on, text="专利权期限补偿\n补偿天数：87天", source=source)
        for on, source in (
            ("2025-05-06", EventSource.PRS),
            ("2025-05-20", EventSource.NOTICES),
        )
    ]
    assert fold(*told, patent=EXAMPLE).term_ends_on == day("2041-12-02")


def test_a_clear_decision_answers_an_earlier_one_that_named_no_end() -> None:
    unclear = event("TG01", "2025-05-06")
    clear = event("TG01", "2025-06-06", text="专利权期限补偿\n补偿天数：87天")
    assert fold(unclear, clear, patent=EXAMPLE).term_ends_on == day("2041-12-02")


HELD = event("PP01", "2024-06-07", text="专利权的保全\n登记生效日：20240520")
FREED = event("PD01", "2024-12-06", text="专利权保全的解除\n解除日：20241120")


@pytest.mark.parametrize(
    ("on", "since"),
    [
        pytest.param("2024-06-06", None, id="day-before-it-is-known"),
        pytest.param("2024-06-07", "2024-05-20", id="the-day"),
        pytest.param("2024-06-08", "2024-05-20", id="day-after"),
        pytest.param("2024-12-05", "2024-05-20", id="day-before-its-end-is-known"),
        pytest.param("2024-12-06", None, id="over"),
        pytest.param("2024-12-07", None, id="still-over"),
    ],
)
def test_a_preservation_suspends_from_its_day_while_it_is_known(
    on: str, since: str | None
) -> None:
    found = fold(HELD, FREED, on=on).suspended_since_on
    assert found == (day(since) if since else None)


def test_a_discharge_with_a_new_order_of_the_same_day_is_a_renewal() -> None:
    renewed = event("PP01", "2024-12-06", text="专利权的保全\n登记生效日：20241120")
    found = fold(HELD, FREED, renewed)
    assert found.suspended_since_on == day("2024-11-20")


def test_a_code_for_both_that_says_nothing_suspends_nothing() -> None:
    assert fold(event("RINS", "2024-06-07")).suspended_since_on is None
    assert fold(HELD, event("RINS", "2024-07-05")).suspended_since_on == day(
        "2024-05-20"
    )


def test_a_lapse_names_its_own_year_even_when_it_is_announced_very_late() -> None:
    (fact,) = fold(event("CF01", "2027-02-05", text=LAPSED_7)).facts
    assert fact.fee_year == 7


def test_a_second_order_without_a_discharge_goes_on_with_the_first() -> None:
    again = event("PP01", "2024-09-06", text="专利权的保全\n登记生效日：20240820")
    assert fold(HELD, again).suspended_since_on == day("2024-05-20")


def test_a_decision_on_the_term_that_is_cut_short_moves_it_to_no_known_day() -> None:
    cut = event("TG01", "2025-05-06", text="专利权期限补偿...\n期满终止日：20411202")
    assert cut.needs_review
    assert fold(cut, patent=EXAMPLE).term_ends_on is None


def test_the_newest_word_on_the_term_counts_where_it_names_the_end() -> None:
    found = fold(
        event("TG01", "2025-05-06", text="专利权期限补偿\n补偿天数：87天"),
        event("TP01", "2026-05-06", text="药品专利权期限补偿\n补偿天数：30天"),
        event("TG01", "2026-06-05", text="专利权期限补偿\n期满终止日：20420115"),
        patent=EXAMPLE,
    )
    assert found.term_ends_on == day("2042-01-15")
