"""When a message is tried again: 1, 2, 4 … 30 minutes, and up to half as much more."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.backoff import after

NOW = datetime(2024, 4, 3, 1, 0, tzinfo=UTC)


def wait(
    attempt: int, *, key: str = "a", ambiguous: bool = False, late: bool = False
) -> timedelta:
    return after(attempt, key=key, ambiguous=ambiguous, late=late, now=NOW) - NOW


@pytest.mark.parametrize(
    ("attempt", "minutes"),
    [(1, 1), (2, 2), (3, 4), (4, 8), (5, 16), (6, 30), (7, 30), (1000, 30)],
)
@given(key=st.text(max_size=40))
def test_the_wait_doubles_up_to_half_an_hour(
    attempt: int, minutes: int, key: str
) -> None:
    least = timedelta(minutes=minutes)
    assert least <= wait(attempt, key=key) <= least * 1.5


def test_the_same_message_waits_the_same_and_others_do_not() -> None:
    assert wait(3, key="a") == wait(3, key="a")
    waits = [wait(6, key=str(number)) for number in range(200)]
    assert len(set(waits)) > 190
    assert max(waits) - min(waits) > timedelta(minutes=12)


@pytest.mark.parametrize("attempt", [1, 6])
def test_what_may_have_arrived_waits_until_that_can_be_seen(attempt: int) -> None:
    assert wait(attempt, ambiguous=True) == timedelta(minutes=15)


@pytest.mark.parametrize("attempt", [1, 6])
def test_a_late_tier_does_not_wait_for_certainty(attempt: int) -> None:
    assert wait(attempt, ambiguous=True, late=True) == wait(attempt)
    assert wait(attempt, late=True) == wait(attempt)
