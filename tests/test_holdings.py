"""One right as its owner sees it. Its year 7 is due on 2024-04-10, see make_situations.

Years 7 to 9 cost 2000 yuan, years 10 to 12 cost 4000; a step of surcharge is 5 %.
"""

from dataclasses import replace
from datetime import date

import pytest

from patentwatch.holdings import HoldingState, StatedFee
from patentwatch.model import FactSource, Hold, Standing
from tests.make_events import LAPSED_7, event
from tests.make_situations import (
    ROLLED,
    answer,
    day,
    ended,
    listed,
    paid,
    payment,
    unpaid,
)
from tests.make_statements import OWNED, held, one_right
from tests.status.test_links import FREED, NUMBER, PLEDGED


def years(fees: tuple[StatedFee, ...]) -> list[tuple[int, bool]]:
    return [(fee.item.fee_year, fee.late) for fee in fees]


def test_the_next_fee_is_named_with_its_day_and_amount() -> None:
    found = one_right(payment("2024-04-01", 2000), on="2024-05-20")
    assert found.state is HoldingState.IN_FORCE
    assert found.late == ()
    assert found.next is not None
    item = found.next.item
    assert (item.fee_year, item.due_on) == (8, date(2025, 4, 10))
    assert (item.payable_fee_yuan, item.amount_due_yuan) == (2000, 2000)


@pytest.mark.parametrize(
    ("on", "late", "following"),
    [
        pytest.param("2024-04-09", [], 7, id="day-before-the-last-in-time"),
        pytest.param("2024-04-10", [], 7, id="last-day-in-time"),
        pytest.param("2024-04-11", [7], 8, id="first-day-late"),
    ],
)
def test_a_fee_is_late_from_the_day_after_its_last_in_time(
    on: str, late: list[int], following: int
) -> None:
    found = one_right(on=on)
    assert [fee.item.fee_year for fee in found.late] == late
    assert found.next is not None
    assert found.next.item.fee_year == following


def test_on_rolled_days_this_year_and_the_next_are_both_coming() -> None:
    found = one_right(on="2024-09-17", patent=replace(ROLLED, reduction=0))
    assert years(found.fees) == [(7, False), (8, False)]
    assert found.fees[0].item.last_in_time_on == date(2024, 9, 18)


def test_who_paid_years_ahead_owes_the_first_unpaid_one() -> None:
    found = one_right(paid("2024-05-20", FactSource.COLUMN, 10), on="2024-05-20")
    assert years(found.fees) == [(11, False)]
    assert found.fees[0].item.due_on == date(2028, 4, 10)


def test_after_the_last_year_nothing_is_coming() -> None:
    found = one_right(paid("2037-05-20", FactSource.COLUMN, 20), on="2037-05-20")
    assert (found.fees, found.next) == ((), None)
    assert found.term_ends_on == date(2038, 4, 10)


def test_without_a_grant_date_and_without_facts_nobody_knows_what_is_coming() -> None:
    assert held(on="2024-05-20", patent=replace(OWNED, grant_on=None)) is None
    known = one_right(
        listed("2024-05-01"), on="2024-05-20", patent=replace(OWNED, grant_on=None)
    )
    assert known.next is not None
    assert known.next.item.fee_year == 8


def test_a_fee_found_unpaid_is_confirmed_and_one_nobody_looked_up_is_not() -> None:
    (sure,) = one_right(unpaid("2024-06-20"), on="2024-06-21").late
    assert (sure.confirmed, sure.payable, sure.over) == (True, True, False)
    assert sure.item.amount_due_yuan == 2000 + 200
    (soft,) = one_right(on="2024-06-21").late
    assert (soft.confirmed, soft.payable) == (False, True)


@pytest.mark.parametrize(
    ("on", "over"),
    [("2024-10-09", False), ("2024-10-10", False), ("2024-10-11", True)],
)
def test_after_the_six_months_no_amount_keeps_the_right(on: str, *, over: bool) -> None:
    (late,) = one_right(unpaid("2024-09-20"), on=on).late
    assert (late.over, late.payable) == (over, not over)


@pytest.mark.parametrize(
    ("on", "named"),
    [("2025-01-12", True), ("2025-01-13", True), ("2025-01-14", False)],
)
def test_a_lost_right_is_named_while_it_can_be_restored(
    on: str, *, named: bool
) -> None:
    found = held(ended("2024-11-22", year=7), on=on)
    assert (found is not None) is named
    if found is not None:
        assert found.state is HoldingState.RESTORABLE
        assert [fee.standing for fee in found.fees] == [Standing.ENDED]
        assert not found.fees[0].payable


def test_a_right_that_ended_for_another_reason_is_not_named() -> None:
    found = held(
        on="2024-05-20",
        events=[
            event("CF01", "2024-03-01", text="主动放弃专利权\n放弃生效日：20240301")
        ],
    )
    lapse = held(on="2025-06-20", events=[event("CF01", "2024-11-22", text=LAPSED_7)])
    assert (found, lapse) == (None, None)


def test_a_contradiction_and_a_hold_ask_for_no_amount() -> None:
    (late,) = one_right(
        payment("2024-04-01", 2000), unpaid("2024-06-20"), on="2024-06-21"
    ).late
    assert (late.held, late.payable) == (True, False)
    found = one_right(on="2024-06-21", holds=[Hold("查", fee_year=8)])
    assert [fee.held for fee in found.fees] == [False, True]
    everything = one_right(on="2024-06-21", holds=[Hold("查")])
    assert [fee.held for fee in everything.fees] == [True, True]


@pytest.mark.parametrize(
    ("looked_up", "stands"),
    [
        pytest.param("2024-06-19", "paid", id="found-unpaid-before-the-answer"),
        pytest.param("2024-06-20", "paid", id="on-its-day"),
        pytest.param("2024-06-21", "", id="found-unpaid-after-it"),
    ],
)
def test_a_later_finding_refutes_that_it_was_paid(looked_up: str, stands: str) -> None:
    found = one_right(
        unpaid(looked_up), on="2024-06-25", answers=[answer("paid", "2024-06-20")]
    )
    assert found.late[0].answer == stands


def test_only_an_answer_about_the_year_and_only_a_confirmed_surrender_counts() -> None:
    answers = [answer("paid", "2024-06-01", year=6), answer("abandon", "2024-06-02")]
    assert one_right(on="2024-06-21", answers=answers).late[0].answer == ""
    answers += [answer("abandon", "2024-06-03", confirmed=True)]
    assert one_right(on="2024-06-21", answers=answers).late[0].answer == "abandon"
    assert one_right(on="2024-06-02", answers=answers).late[0].answer == ""


def test_a_live_pledge_is_named_and_one_that_is_over_is_not() -> None:
    pledge = event("PE01", "2023-02-03", text=PLEDGED)
    free = event("PC01", "2024-01-26", text=FREED)
    (tie,) = one_right(on="2023-12-01", events=[pledge, free]).links
    assert (tie.party, tie.number) == ("示例银行", NUMBER)
    assert one_right(on="2024-02-01", events=[pledge, free]).links == ()


def test_a_list_that_lacks_the_right_is_remembered() -> None:
    found = one_right(on="2024-06-21", missing_since_on=day("2024-06-01"))
    assert found.missing_since_on == date(2024, 6, 1)


@pytest.mark.parametrize(
    ("on", "late"), [("2025-01-12", [7]), ("2025-01-13", [7]), ("2025-01-14", [])]
)
def test_what_nobody_found_unpaid_was_paid_once_it_could_not_be_restored(
    on: str, late: list[int]
) -> None:
    assert [fee.item.fee_year for fee in one_right(on=on).late] == late
