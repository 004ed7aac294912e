"""The state of a right on a day, its spells in force, and what is said to people."""

from dataclasses import replace
from typing import Any

import pytest

from patentwatch import alerts
from patentwatch.alerts import Circumstances
from patentwatch.ladder import LADDER
from patentwatch.law.account import AccountState
from patentwatch.model import Evidence, FactSource, Reason, Standing, Tier
from patentwatch.standing import Situation
from patentwatch.status.events import Event
from patentwatch.status.state import RightState
from tests.make_events import (
    LAPSED_8,
    event,
    judged,
    lapse,
    right,
    shown,
    spells,
)
from tests.make_situations import (
    DAY,
    MAIL,
    PATENT,
    PUT_OFF,
    SMS,
    day,
    ended,
    listed,
    payment,
)

EXAMPLE = replace(PATENT, filing_on=day("2021-09-06"), grant_on=day("2025-03-04"))
BACK = event("RR01", "2025-03-14", text="权利的恢复\n恢复权利日期：20250220")
TERM_ENDS = "2038-04-10"


def state_of(*events: Event, on: str, **more: Any) -> tuple[str, str | None]:
    found = right(*events, on=on, **more)
    since = found.since_on.isoformat() if found.since_on else None
    return found.state.value, since


def year(*events: Event, on: str, number: int = 7) -> Situation:
    found = judged(*events, on=on).situations
    return next(one for one in found if one.dates.fee_year == number)


def said(*events: Event, on: str, number: int = 7) -> set[tuple[str, str, str]]:
    """Return tier, reason and channel of what is decided for people about a year."""
    circumstances = Circumstances(
        routes=(MAIL, SMS), said=(), answers=(), holds=(), silenced=False
    )
    found = alerts.decide(
        year(*events, on=on, number=number), circumstances, on=day(on), rungs=LADDER
    )
    return {
        (v.tier.value if v.tier else "", v.reason.value, v.channel.value)
        for v in found
        if v.channel.value != "call"
    }


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param("2024-04-09", ("in_force", "2020-09-04"), id="before-due"),
        pytest.param("2024-11-21", ("in_force", "2020-09-04"), id="day-before"),
        pytest.param("2024-11-22", ("ended", "2024-04-10"), id="announced"),
        pytest.param("2024-11-23", ("ended", "2024-04-10"), id="day-after"),
    ],
)
def test_a_lapse_ends_the_right_backwards_once_it_is_announced(
    on: str, expected: tuple[str, str]
) -> None:
    assert state_of(lapse("2024-11-22"), on=on) == expected


def test_a_lapse_is_known_since_it_was_announced_however_often_it_is_confirmed() -> (
    None
):
    again = ended("2025-01-05", FactSource.CASE_STATUS)
    found = right(lapse("2024-11-22"), on="2025-02-01", facts=[again])
    assert (found.reason, found.known_on) == ("annual_fee_not_paid", day("2024-11-22"))


@pytest.mark.parametrize(
    ("announced_on", "since"),
    [
        pytest.param("2025-03-10", "2024-04-10", id="eleven-months-later"),
        pytest.param("2026-01-15", "2025-04-10", id="very-late"),
    ],
)
def test_a_lapse_without_its_day_ends_the_newest_year_it_can_mean(
    announced_on: str, since: str
) -> None:
    told = event("CF01", announced_on)
    assert state_of(told, on=announced_on) == ("ended", since)


def test_a_lapse_with_only_its_day_is_known_after_the_six_months() -> None:
    told = event("CF01", since="2024-04-10")
    assert state_of(told, on="2024-10-10")[0] == "in_force"
    assert state_of(told, on="2024-10-11") == ("ended", "2024-04-10")
    assert right(told, on="2025-01-01").known_on == day("2024-10-11")


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param("2025-03-13", "ended", id="day-before"),
        pytest.param("2025-03-14", "in_force", id="the-day"),
        pytest.param("2025-03-15", "in_force", id="day-after"),
    ],
)
def test_a_restoration_brings_the_right_back_when_it_is_announced(
    on: str, expected: str
) -> None:
    assert state_of(lapse(), BACK, on=on)[0] == expected


def test_after_a_restoration_the_next_year_lapses_like_any_other() -> None:
    again = lapse("2025-11-24", text=LAPSED_8)
    assert state_of(lapse(), BACK, again, on="2025-11-23")[0] == "in_force"
    assert state_of(lapse(), BACK, again, on="2025-11-24") == ("ended", "2025-04-10")


def test_an_end_told_twice_and_one_restoration_leave_the_right_in_force() -> None:
    told = (lapse("2024-11-22"), event("EXPY", "2024-12-06"))
    assert (
        state_of(*told, event("RR01", "2025-03-14"), on="2025-03-14")[0] == "in_force"
    )


@pytest.mark.parametrize(
    ("on", "expected"),
    [("2038-04-09", "in_force"), ("2038-04-10", "expired"), ("2038-04-11", "expired")],
    ids=["last-day", "the-day", "day-after"],
)
def test_a_right_expires_without_any_event(on: str, expected: str) -> None:
    assert state_of(on=on)[0] == expected


def test_an_expiry_announced_late_counts_from_the_real_day() -> None:
    told = event("CX01", "2028-09-05")
    found = right(told, on="2028-10-01", patent=PUT_OFF)
    assert (found.state, found.since_on, found.known_on) == (
        RightState.EXPIRED,
        day("2028-08-10"),
        day("2028-08-10"),
    )


def test_the_last_day_that_a_notice_of_expiry_names_is_still_in_force() -> None:
    told = event("CX01", "2028-09-05", text="专利权有效期届满\n届满日：20280809")
    found = right(told, on="2028-10-01", patent=PUT_OFF)
    assert found.since_on == day("2028-08-10")
    assert spells(told, on="2028-10-01", patent=PUT_OFF).by_law[0].until_on == day(
        "2028-08-10"
    )


def test_an_expiry_told_before_its_time_is_known_from_its_announcement() -> None:
    told = event("CX01", "2027-03-09", since="2026-07-08")
    found = spells(told, on="2028-01-01", patent=PUT_OFF).as_known
    assert shown(found) == [("2019-03-01", "2027-03-09", "granted", "term_expired")]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param("2041-09-06", "in_force", id="plain-term-over"),
        pytest.param("2041-12-01", "in_force", id="compensated-last-day"),
        pytest.param("2041-12-02", "expired", id="first-day-out"),
        pytest.param("2041-12-03", "expired", id="day-after"),
    ],
)
def test_the_example_of_the_guidelines_expires_on_its_compensated_day(
    on: str, expected: str
) -> None:
    text = "专利权期限补偿\n补偿后的专利权期限届满日：2041年12月1日"
    told = event("TG01", "2025-05-06", text=text)
    assert state_of(told, on=on, patent=EXAMPLE)[0] == expected


def test_a_right_whose_term_was_moved_to_no_known_day_never_expires_on_a_guess() -> (
    None
):
    told = event("TG01", "2025-05-06")
    found = right(told, on="2050-01-01", patent=EXAMPLE)
    assert (found.state, found.term_ends_on) == (RightState.IN_FORCE, None)


def test_full_invalidation_takes_the_right_away_from_its_beginning() -> None:
    told = event("IW01", "2024-05-10")
    assert state_of(told, on="2024-05-09")[0] == "in_force"
    assert state_of(told, on="2024-05-10") == ("ended", "2020-09-04")
    found = spells(told, on="2024-06-01")
    assert found.by_law == ()
    assert shown(found.as_known) == [
        ("2020-09-04", "2024-05-10", "granted", "fully_invalidated")
    ]


def test_partial_invalidation_leaves_fees_and_dates_alone() -> None:
    with_it = judged(event("IP01", "2024-02-02"), on="2024-06-01")
    without = judged(on="2024-06-01")
    assert with_it.situations == without.situations
    assert with_it.right == without.right


def test_a_surrender_counts_from_the_day_it_names_and_leaves_no_year_open() -> None:
    told = event("AV01", "2024-03-29", text="专利权的主动放弃\n放弃生效日：20240301")
    found = judged(told, on="2024-03-29")
    assert (found.right.reason, found.right.since_on) == (
        "surrendered",
        day("2024-03-01"),
    )
    assert {one.standing for one in found.situations} == {Standing.NOT_IN_FORCE}


@pytest.mark.parametrize("on", ["2024-03-29", "2024-04-20", "2024-12-01"])
def test_after_a_surrender_nobody_hears_of_any_year(on: str) -> None:
    told = event("AV01", "2024-03-29", text="专利权的主动放弃\n放弃生效日：20240301")
    found = judged(told, on=on).situations
    assert found
    for one in found:
        assert {
            reason for _, reason, _ in said(told, on=on, number=one.dates.fee_year)
        } == {Reason.NOT_IN_FORCE.value}


def test_after_a_lapse_people_hear_how_to_restore() -> None:
    assert said(lapse("2024-11-22"), on="2024-11-22") == {
        (Tier.LAPSED.value, Reason.DUE.value, "email"),
        (Tier.LAPSED.value, Reason.DUE.value, "sms"),
    }


def test_after_a_restoration_the_settled_year_is_silent_and_the_next_one_comes() -> (
    None
):
    events = lapse("2024-11-22"), BACK
    assert {reason for _, reason, _ in said(*events, on="2025-03-20")} == {"paid"}
    assert said(*events, on="2025-03-20", number=8) == {
        ("reminder", "due", "email"),
        ("reminder", "due", "sms"),
    }


def test_a_restoration_known_from_its_announcement_leaves_the_next_year_open() -> None:
    events = lapse(), event("RR01", "2025-05-16")
    assert year(*events, on="2025-05-20", number=7).standing is Standing.PAID
    assert year(*events, on="2025-05-20", number=8).standing is Standing.OPEN


def test_a_restoration_with_its_day_settles_what_was_due_by_then() -> None:
    back = event("RR01", "2025-05-16", text="权利的恢复\n恢复权利日期：20250505")
    assert year(lapse(), back, on="2025-05-20", number=8).standing is Standing.PAID


def test_an_end_without_a_reason_leaves_the_years_to_a_person() -> None:
    found = judged(event("EXPY", "2024-11-22"), on="2024-11-22")
    assert (found.right.state, found.right.reason) == (
        RightState.ENDED,
        "terminated_reason_unstated",
    )
    assert year(event("EXPY", "2024-11-22"), on="2024-11-22").standing is Standing.OPEN


HELD = event("PP01", "2024-06-07", text="专利权的保全\n登记生效日：20240520")


def test_under_preservation_the_fee_stays_owed_and_termination_is_suspended() -> None:
    in_time = year(HELD, on="2024-10-10")
    assert (in_time.standing, in_time.suspended) == (Standing.OPEN, True)
    assert in_time.account.state is AccountState.GRACE
    over = year(HELD, on="2024-10-11")
    assert over.account.state is AccountState.TERMINATION_SUSPENDED
    # Year 7 of an invention costs 2000; 25 % of it is 500. No 1000 for a restoration.
    assert over.account.amount_due_yuan == 2500
    assert right(HELD, on="2024-10-11").state is RightState.IN_FORCE


def test_under_preservation_nobody_is_told_that_the_right_has_lapsed() -> None:
    for on in ("2024-10-10", "2024-10-11", "2024-12-01"):
        tiers = {tier for tier, reason, _ in said(HELD, on=on) if reason == "due"}
        assert not tiers & {"lapsed", "restore"}


def test_a_preservation_after_the_six_months_suspends_nothing_for_that_year() -> None:
    late = event("PP01", "2024-10-25", text="专利权的保全\n登记生效日：20241011")
    just = event("PP01", "2024-10-25", text="专利权的保全\n登记生效日：20241010")
    assert not year(late, on="2024-11-01").suspended
    assert year(just, on="2024-11-01").suspended


def test_a_payment_against_a_lapse_is_a_contradiction_and_no_end() -> None:
    facts = [payment("2024-04-02", 2000)]
    found = judged(lapse(), on="2024-12-01", facts=facts)
    assert found.right.in_force
    (seven,) = (one for one in found.situations if one.dates.fee_year == 7)
    assert seven.standing is Standing.ON_HOLD


def test_a_lapse_that_was_looked_up_ends_the_right_without_an_event() -> None:
    fact = ended("2024-11-30", FactSource.CASE_STATUS)
    found = right(on="2024-12-01", facts=[fact])
    assert (found.state, found.since_on, found.known_on) == (
        RightState.ENDED,
        day("2024-04-10"),
        day("2024-11-30"),
    )


@pytest.mark.parametrize("told_by", ["event", "fact"])
def test_a_lapse_stays_a_lapse_when_the_term_is_over(told_by: str) -> None:
    # Year 10, the last of a utility model filed on 2018-08-10, was due on 2027-08-10.
    events = [
        event("CF01", "2028-03-21", text="未缴年费专利权终止\n终止日期：20270810")
    ]
    facts = [ended("2028-03-21", FactSource.CASE_STATUS, 10)]
    given = (events, []) if told_by == "event" else ([], facts)
    for on in ("2028-08-09", "2028-08-10", "2030-01-01"):
        found = right(*given[0], facts=given[1], on=on, patent=PUT_OFF)
        assert (found.state, found.since_on) == (RightState.ENDED, day("2027-08-10"))


def test_a_right_is_pending_before_its_grant_and_where_nothing_is_known() -> None:
    assert state_of(on="2020-09-03")[0] == "pending"
    assert state_of(on="2020-09-04")[0] == "in_force"
    unlisted = replace(PATENT, grant_on=None)
    assert state_of(on="2024-01-01", patent=unlisted)[0] == "pending"
    known = event("C14", "2020-09-04")
    assert state_of(known, on="2024-01-01", patent=unlisted)[0] == "in_force"


def test_a_right_known_from_a_list_alone_counts_from_that_list() -> None:
    unlisted = replace(PATENT, grant_on=None)
    facts = [listed("2023-01-05"), listed("2022-01-05")]
    assert state_of(on="2024-01-01", patent=unlisted, facts=facts) == (
        "in_force",
        "2022-01-05",
    )


def test_spells_by_law_and_as_known_differ_while_a_lapse_is_unknown() -> None:
    found = spells(lapse("2024-11-22"), on="2025-01-01")
    assert shown(found.by_law) == [
        ("2020-09-04", "2024-04-10", "granted", "annual_fee_not_paid")
    ]
    assert shown(found.as_known) == [
        ("2020-09-04", "2024-11-22", "granted", "annual_fee_not_paid")
    ]


def test_a_restoration_closes_the_gap_by_law_and_leaves_it_as_known() -> None:
    found = spells(lapse("2024-11-22"), BACK, on="2025-06-01")
    assert shown(found.by_law) == [("2020-09-04", TERM_ENDS, "granted", "term_expired")]
    assert shown(found.as_known) == [
        ("2020-09-04", "2024-11-22", "granted", "annual_fee_not_paid"),
        ("2025-03-14", TERM_ENDS, "restored", "term_expired"),
    ]


def test_a_lapse_without_announcement_leaves_its_gap_after_a_restoration() -> None:
    found = spells(event("CF01", since="2024-04-10"), BACK, on="2025-06-01")
    assert shown(found.as_known) == [
        ("2020-09-04", "2024-10-11", "granted", "annual_fee_not_paid"),
        ("2025-03-14", TERM_ENDS, "restored", "term_expired"),
    ]


def test_a_surrender_that_lies_ahead_ends_the_spell_on_its_day() -> None:
    told = event("AV01", "2024-05-10", text="专利权的主动放弃\n放弃生效日：20240601")
    for found in (
        spells(told, on="2024-07-01").as_known,
        spells(told, on="2024-07-01").by_law,
    ):
        assert shown(found) == [("2020-09-04", "2024-06-01", "granted", "surrendered")]


def test_a_right_without_events_is_in_force_from_grant_to_the_end_of_its_term() -> None:
    found = spells(on="2024-01-01")
    assert found.by_law == found.as_known
    assert shown(found.by_law) == [("2020-09-04", TERM_ENDS, "granted", "term_expired")]


def test_a_right_whose_term_is_unknown_has_an_open_spell() -> None:
    found = spells(event("TG01", "2025-05-06"), on="2045-01-01", patent=EXAMPLE)
    assert shown(found.by_law) == [("2025-03-04", "", "granted", "")]
    assert shown(found.as_known) == [("2025-03-04", "", "granted", "")]


def test_before_the_grant_there_is_no_spell() -> None:
    assert spells(on=str(day("2020-09-04") - DAY)).by_law == ()


def test_a_lapse_announced_leaves_its_year_confirmed_ended() -> None:
    seven = year(lapse("2024-11-22"), on="2024-11-22")
    assert (seven.standing, seven.evidence) == (Standing.ENDED, Evidence.CONFIRMED)
    assert seven.dates.annuity == year(on="2024-11-22").dates.annuity


@pytest.mark.parametrize(
    ("given_up_on", "state"),
    [("20380409", "ended"), ("20380410", "expired"), ("20380411", "expired")],
    ids=["day-before-the-term-ends", "the-day", "day-after"],
)
def test_an_end_on_or_after_the_end_of_the_term_is_none(
    given_up_on: str, state: str
) -> None:
    text = f"专利权的主动放弃\n放弃生效日：{given_up_on}"
    told = event("AV01", "2038-05-04", text=text)
    assert state_of(told, on="2038-06-01")[0] == state
