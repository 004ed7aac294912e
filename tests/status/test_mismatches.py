"""What does not agree: each question, when it is asked, and whether it holds."""

from dataclasses import replace
from typing import Any

import pytest

from patentwatch.model import Fact, FactKind, FactSource
from patentwatch.status.mismatches import Severity
from tests.make_events import LAPSED_8, TRANSFER, asked, event, kinds, lapse
from tests.make_situations import PATENT, day, ended, listed, paid, payment, unpaid
from tests.status.test_owners import TO_ELSEWHERE, TO_NANLE

OWNED = replace(PATENT, patentees=("甲示例公司",))
SOLD = replace(PATENT, patentees=("乙示例公司",))


def county(on: str, code: str) -> Fact:
    return Fact(FactKind.LISTED, FactSource.COLUMN, day(on), county=code)


def test_a_right_about_which_nothing_disagrees_asks_nothing() -> None:
    assert asked(on="2024-05-01", listed_on="2024-01-05") == []
    assert asked(lapse(), on="2024-12-01", listed_on="2024-01-05") == []


@pytest.mark.parametrize(
    ("on", "found"),
    [
        pytest.param("2023-01-04", [], id="day-before"),
        pytest.param("2023-01-05", [("vanished", False)], id="the-day"),
        pytest.param("2023-12-05", [("vanished", False)], id="eleven-months"),
        pytest.param("2024-01-04", [("vanished", False)], id="a-year-less-a-day"),
        pytest.param("2024-01-05", [("vanished", True)], id="a-year"),
        pytest.param("2024-01-06", [("vanished", True)], id="a-year-and-a-day"),
    ],
)
def test_a_vanished_right_is_a_question_and_held_only_after_a_year(
    on: str, found: list[tuple[str, bool]]
) -> None:
    assert kinds(asked(on=on, missing_since="2023-01-05")) == found


@pytest.mark.parametrize(
    ("seen_on", "held"),
    [("2023-01-05", True), ("2023-01-06", False), ("2024-02-01", False)],
    ids=["not-newer", "a-day-newer", "today"],
)
def test_a_vanished_right_of_which_something_newer_is_known_is_not_held(
    seen_on: str, *, held: bool
) -> None:
    facts = [payment(seen_on, 100, year=6)]
    found = asked(on="2024-02-01", missing_since="2023-01-05", facts=facts)
    assert ("vanished", held) in kinds(found)


def test_an_event_is_something_newer_too() -> None:
    told = event("PE01", "2023-06-02")
    found = asked(told, on="2024-02-01", missing_since="2023-01-05")
    assert kinds(found) == [("vanished", False)]


def test_a_right_that_ended_has_not_vanished() -> None:
    assert asked(lapse(), on="2024-12-01", missing_since="2024-11-25") == []
    gone = event("AV01", "2023-03-03")
    assert asked(gone, on="2024-02-01", missing_since="2023-01-05") == []


def test_an_end_without_a_reason_is_asked_about_and_held() -> None:
    (found,) = asked(event("EXPY", "2024-11-22"), on="2024-11-22")
    assert kinds([found]) == [("end_without_reason", True)]
    assert (found.severity, found.since_on) == (Severity.HIGH, day("2024-11-22"))
    assert "没有说明原因" in found.text


def test_an_end_whose_reason_is_told_later_is_no_question_any_more() -> None:
    told = event("EXPY", "2024-11-15"), lapse("2024-11-22")
    assert kinds(asked(*told, on="2024-11-21")) == [("end_without_reason", True)]
    assert asked(*told, on="2024-11-22") == []


def test_an_end_without_a_reason_of_a_right_whose_term_is_over_is_none() -> None:
    assert asked(event("EXPY", "2038-05-04"), on="2038-05-04") == []


@pytest.mark.parametrize(
    ("since", "found"),
    [
        pytest.param("2038-04-08", [("unexpected_end", True)], id="too-early"),
        pytest.param("2038-04-09", [], id="last-day-in-force"),
        pytest.param("2038-04-10", [], id="first-day-out-of-force"),
    ],
)
def test_an_expiry_before_its_time_is_asked_about(
    since: str, found: list[tuple[str, bool]]
) -> None:
    told = event("CX01", "2038-05-04", since=since)
    assert kinds(asked(told, on="2038-05-04")) == found


def test_a_payment_against_a_lapse_is_held_for_its_year() -> None:
    facts = [payment("2024-04-02", 2000)]
    (found,) = asked(lapse(), on="2024-11-22", facts=facts)
    assert (kinds([found]), found.fee_year) == ([("paid_but_ended", True)], 7)


def test_a_column_that_says_paid_against_a_lapse_is_held_too() -> None:
    facts = [listed("2024-06-03", paid_through=7)]
    found = asked(lapse(), on="2024-11-22", facts=facts)
    assert kinds(found) == [("paid_but_ended", True)]


def test_an_unpaid_year_that_lapses_is_no_question() -> None:
    facts = [unpaid("2024-08-01"), listed("2024-01-05", paid_through=6)]
    assert asked(lapse(), on="2024-11-22", facts=facts) == []


def test_an_end_on_no_anniversary_is_asked_about() -> None:
    text = "未缴年费专利权终止\n终止日期：20240411"
    (found,) = asked(lapse(text=text), on="2024-11-22")
    assert kinds([found]) == [("unexpected_end", True)]
    assert "2024-04-11 不是任何年度的缴费期限" in found.text


@pytest.mark.parametrize(
    ("announced_on", "early"),
    [("2024-10-09", True), ("2024-10-10", True), ("2024-10-11", False)],
    ids=["day-before", "last-day-of-the-six-months", "day-after"],
)
def test_an_end_before_the_six_months_are_over_is_asked_about(
    announced_on: str, *, early: bool
) -> None:
    found = kinds(asked(lapse(announced_on), on=announced_on))
    assert found == ([("unexpected_end", True)] if early else [])


def test_a_lapse_of_a_year_that_was_never_owed_is_asked_about() -> None:
    text = "未缴年费专利权终止\n终止日期：20190410"  # before the grant of 2020-09-04
    (found,) = asked(lapse(text=text), on="2024-12-01")
    assert kinds([found]) == [("unexpected_end", True)]


def test_a_grant_after_an_end_is_a_regression_that_holds_nothing() -> None:
    told = lapse("2024-11-22"), event("GR01", "2025-02-07")
    assert kinds(asked(*told, on="2025-02-06")) == []
    assert kinds(asked(*told, on="2025-02-07")) == [("status_regression", False)]


@pytest.mark.parametrize(
    ("listed_on", "found"),
    [
        pytest.param("2024-11-21", [], id="list-of-the-day-before"),
        pytest.param("2024-11-22", [], id="list-of-the-day"),
        pytest.param("2024-11-23", [("status_regression", False)], id="day-after"),
    ],
)
def test_a_list_that_shows_an_ended_right_is_a_regression(
    listed_on: str, found: list[tuple[str, bool]]
) -> None:
    facts = [listed(listed_on)]
    assert kinds(asked(lapse("2024-11-22"), on="2024-12-24", facts=facts)) == found


def test_a_list_older_than_the_newest_word_of_the_end_is_none() -> None:
    facts = [listed("2024-12-05"), ended("2025-01-05", FactSource.CASE_STATUS)]
    assert asked(lapse("2024-11-22"), on="2025-02-01", facts=facts) == []


@pytest.mark.parametrize(
    ("listed_on", "found"),
    [
        pytest.param("2024-03-14", [], id="older-list-yields"),
        pytest.param("2024-03-15", [("two_owners", True)], id="list-of-the-day"),
        pytest.param("2024-05-06", [("two_owners", True)], id="newer-list-lags"),
    ],
)
def test_a_newer_list_that_still_shows_the_seller_holds_messages(
    listed_on: str, found: list[tuple[str, bool]]
) -> None:
    told = event("TR01", "2024-03-15", text=TRANSFER)
    given: dict[str, Any] = {"patent": OWNED, "listed_on": listed_on}
    assert kinds(asked(told, on="2024-06-01", **given)) == found


def test_a_newer_list_that_shows_the_buyer_agrees() -> None:
    told = event("TR01", "2024-03-15", text=TRANSFER)
    assert asked(told, on="2024-06-01", patent=SOLD, listed_on="2024-05-06") == []


def test_a_newer_list_that_shows_a_third_party_is_a_question_only() -> None:
    third = replace(PATENT, patentees=("丙示例公司",))
    told = event("TR01", "2024-03-15", text=TRANSFER)
    found = asked(told, on="2024-06-01", patent=third, listed_on="2024-05-06")
    assert kinds(found) == [("two_owners", False)]


def test_a_change_of_address_does_not_hide_the_transfer_before_it() -> None:
    told = event("TR01", "2024-03-15", text=TRANSFER), event("CP02", "2024-04-12")
    found = asked(*told, on="2024-06-01", patent=OWNED, listed_on="2024-05-06")
    assert kinds(found) == [("two_owners", True)]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param(TO_NANLE, "暂按公告分派", id="another-county"),
        pytest.param(TO_ELSEWHERE, "可能已转出", id="outside"),
    ],
)
def test_a_new_address_elsewhere_is_asked_about_until_a_list_shows_it(
    text: str, words: str
) -> None:
    told = event("CP02", "2024-03-15", text=text)
    (found,) = asked(told, on="2024-06-01", listed_on="2024-03-14")
    assert kinds([found]) == [("moved_county", False)]
    assert words in found.text
    assert asked(told, on="2024-06-01", listed_on="2024-03-15") == []


def test_a_new_address_in_the_same_county_is_no_question() -> None:
    told = event("CP02", "2024-03-15", text=TO_NANLE)
    there = replace(PATENT, county="410923")
    assert asked(told, on="2024-06-01", patent=there, listed_on="2024-01-05") == []


def test_two_counties_that_claim_it_on_one_day_are_asked_about() -> None:
    facts = [county("2024-01-05", "410922"), county("2024-01-05", "410923")]
    (found,) = asked(on="2024-02-01", facts=facts)
    assert kinds([found]) == [("moved_county", False)]
    assert "410922、410923" in found.text
    assert asked(on="2024-02-01", facts=[*facts, county("2024-01-31", "410923")]) == []


def test_a_grave_notice_that_a_person_must_read_holds_messages() -> None:
    told = event("CF01", "2024-11-22", text="未缴年费专利权终止 更正有误")
    assert kinds(asked(told, on="2024-11-21")) == []
    assert kinds(asked(told, on="2024-11-22")) == [("unread_event", True)]


def test_another_notice_that_a_person_must_read_only_asks() -> None:
    told = event("OR01", "2024-11-22", text="其他有关事项")
    assert kinds(asked(told, on="2024-11-22")) == [("unread_event", False)]


def test_a_moved_term_without_its_end_is_asked_about_once() -> None:
    told = event("TG01", "2025-05-06")
    assert kinds(asked(told, on="2025-05-06")) == [("term_unknown", False)]
    clear = event("TG01", "2025-05-06", text="专利权期限补偿\n补偿天数：87天")
    assert asked(clear, on="2025-05-06") == []


def test_the_most_urgent_question_comes_first() -> None:
    found = asked(
        event("EXPY", "2024-12-20"),
        event("OR01", "2024-03-22", text="其他有关事项"),
        on="2025-01-01",
    )
    assert kinds(found) == [("end_without_reason", True), ("unread_event", False)]


def test_a_restored_right_asks_nothing_about_its_old_end() -> None:
    told = event("EXPY", "2024-11-22"), event("RR01", "2025-03-14")
    assert asked(*told, on="2025-03-14") == []


def test_a_lapse_of_the_next_year_is_judged_by_its_own_payments() -> None:
    facts = [payment("2024-04-02", 2000), paid("2024-05-01", FactSource.COLUMN)]
    again = lapse("2025-11-24", text=LAPSED_8)
    assert asked(again, on="2025-11-24", facts=facts) == []
