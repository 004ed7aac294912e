"""How often legal status is asked for: by what is at stake."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch import refresh
from patentwatch.model import Fact
from patentwatch.refresh import EVERY, Stake
from patentwatch.status.events import Event
from tests.make_events import event, judged, lapse
from tests.make_situations import PUT_OFF, day, payment


def stake(on: str, *events: Event, facts: Sequence[Fact] = ()) -> Stake:
    return refresh.stake(judged(*events, on=on, facts=facts), on=day(on))


def next_on(on: str, *events: Event, facts: Sequence[Fact] = ()) -> str:
    found = refresh.next_ask_on(judged(*events, on=on, facts=facts), on=day(on))
    return found.isoformat()


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        # Year 6 was due on 2023-04-10 and may have been restored until 2024-01-11.
        pytest.param("2024-02-01", Stake.QUIET, id="far-from-any-day"),
        pytest.param("2024-03-10", Stake.QUIET, id="day-before-the-reminder"),
        pytest.param("2024-03-11", Stake.NEAR, id="thirty-days-before"),
        pytest.param("2024-04-10", Stake.NEAR, id="due-day"),
        pytest.param("2024-04-11", Stake.LATE, id="first-day-late"),
        pytest.param("2024-10-10", Stake.LATE, id="last-day-of-the-six-months"),
        pytest.param("2025-01-13", Stake.LATE, id="last-day-of-restoration"),
        pytest.param("2025-01-14", Stake.QUIET, id="nothing-to-save-any-more"),
    ],
)
def test_what_is_at_stake_follows_the_fee_year(on: str, expected: Stake) -> None:
    assert stake(on) is expected


def test_a_paid_year_asks_for_nothing() -> None:
    facts = [payment("2024-04-02", 2000)]
    assert stake("2024-06-01", facts=facts) is Stake.QUIET


def test_a_lapsed_right_is_asked_for_daily_until_restoration_ends() -> None:
    assert stake("2024-11-22", lapse("2024-11-22")) is Stake.LATE
    assert stake("2025-01-13", lapse("2024-11-22")) is Stake.LATE
    assert stake("2025-01-14", lapse("2024-11-22")) is not Stake.LATE


def test_what_is_gone_is_asked_for_seldom() -> None:
    given_up = event("AV01", "2024-05-10")
    assert stake("2024-06-01", given_up) is Stake.GONE
    assert next_on("2024-06-01", given_up) == "2024-08-30"
    expired = judged(on="2029-01-01", patent=PUT_OFF)
    assert refresh.stake(expired, on=day("2029-01-01")) is Stake.GONE


def test_a_right_that_lapsed_long_ago_is_gone() -> None:
    assert stake("2026-01-01", lapse("2024-11-22")) is Stake.GONE


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param("2024-01-20", "2024-02-19", id="monthly"),
        pytest.param("2024-02-20", "2024-03-11", id="monthly-but-the-reminder-begins"),
        pytest.param("2024-03-11", "2024-03-18", id="weekly"),
        pytest.param(
            "2024-04-05", "2024-04-11", id="weekly-but-the-late-period-begins"
        ),
        pytest.param("2024-04-11", "2024-04-12", id="daily"),
    ],
)
def test_the_next_question_is_after_the_interval_or_when_more_is_at_stake(
    on: str, expected: str
) -> None:
    assert next_on(on) == expected


@given(
    st.dates(day("2021-01-01"), day("2030-01-01")),
    st.sampled_from([(), (lapse(),), (event("AV01", "2024-05-10"),)]),
    st.sampled_from([(), (payment("2024-04-02", 9999),)]),
)
def test_more_is_never_at_stake_before_the_next_question(
    on: date, events: tuple[Event, ...], facts: tuple[Fact, ...]
) -> None:
    now = judged(*events, on=on, facts=facts)
    asked_on = refresh.next_ask_on(now, on=on)
    assert on < asked_on <= on + EVERY[Stake.GONE]
    told = [one.known_on for one in events] + [one.dated_on for one in facts]
    then = on + timedelta(days=1)
    while then < asked_on:
        if not any(on < known <= then for known in told):
            later = judged(*events, on=then, facts=facts)
            assert refresh.stake(later, on=then) >= refresh.stake(now, on=on)
        then += timedelta(days=1)
