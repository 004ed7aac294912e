"""What reports make of a state, whatever their order and number."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.model import State
from patentwatch.receipts import key_of, state_of

NINE = datetime(2026, 4, 11, 9, 0, tzinfo=UTC)
ACCEPTED, DELIVERED = State.ACCEPTED, State.DELIVERED
UNDELIVERED, REFUSED = State.UNDELIVERED, State.REFUSED

Fate = tuple[State, datetime]


def fate(state: State, minute: int = 0) -> Fate:
    return state, NINE + timedelta(minutes=minute)


@pytest.mark.parametrize(
    ("current", "fates", "state"),
    [
        pytest.param(ACCEPTED, [], ACCEPTED, id="nothing-reported"),
        pytest.param(ACCEPTED, [fate(DELIVERED)], DELIVERED, id="delivered"),
        pytest.param(ACCEPTED, [fate(UNDELIVERED)], UNDELIVERED, id="undelivered"),
        pytest.param(ACCEPTED, [fate(REFUSED)], REFUSED, id="refused"),
        pytest.param(ACCEPTED, [fate(ACCEPTED)], ACCEPTED, id="still-on-its-way"),
        pytest.param(State.UNKNOWN, [fate(ACCEPTED)], ACCEPTED, id="was-taken"),
        pytest.param(State.UNKNOWN, [fate(DELIVERED)], DELIVERED, id="has-arrived"),
        pytest.param(
            ACCEPTED,
            [fate(UNDELIVERED, 1), fate(DELIVERED, 2)],
            DELIVERED,
            id="the-newer-word-says-delivered",
        ),
        pytest.param(
            ACCEPTED,
            [fate(DELIVERED, 1), fate(UNDELIVERED, 2)],
            UNDELIVERED,
            id="the-newer-word-says-undelivered",
        ),
        pytest.param(
            ACCEPTED,
            [fate(UNDELIVERED), fate(DELIVERED), fate(REFUSED)],
            DELIVERED,
            id="at-one-instant-delivered-wins",
        ),
        pytest.param(
            DELIVERED, [fate(DELIVERED, 1), fate(ACCEPTED, 9)], DELIVERED,
            id="taken-says-less-than-delivered",
        ),
        pytest.param(
            State.SENDING, [fate(DELIVERED)], State.SENDING,
            id="the-attempt-on-the-wire-ends-first",
        ),
        pytest.param(
            State.PENDING, [fate(UNDELIVERED)], State.PENDING, id="is-tried-again"
        ),
        pytest.param(
            State.PENDING, [fate(DELIVERED)], DELIVERED, id="need-not-be-tried-again"
        ),
        pytest.param(
            State.CANCELLED, [fate(DELIVERED)], State.CANCELLED, id="cancelled"
        ),
        pytest.param(State.EXPIRED, [fate(UNDELIVERED)], State.EXPIRED, id="expired"),
    ],
)  # fmt: skip
def test_the_newest_report_decides(
    current: State, fates: list[Fate], state: State
) -> None:
    assert state_of(current, fates) is state


FATES = st.lists(
    st.builds(
        fate,
        st.sampled_from([ACCEPTED, DELIVERED, UNDELIVERED, REFUSED]),
        st.integers(0, 3),
    ),
    max_size=6,
)
LEFT = st.sampled_from([State.PENDING, State.UNKNOWN, ACCEPTED])


@given(LEFT, FATES, st.data())
def test_order_and_repetition_change_nothing(
    current: State, fates: list[Fate], data: st.DataObject
) -> None:
    together = state_of(current, fates)
    shuffled = data.draw(st.permutations([*fates, *fates[:2]]))
    assert state_of(current, shuffled) is together
    state = current
    for end in range(1, len(shuffled) + 1):
        state = state_of(state, shuffled[:end])
    assert state is together


def test_a_key_is_the_same_for_the_same_report_alone() -> None:
    assert key_of("a", DELIVERED, NINE) == key_of("a", DELIVERED, NINE)
    assert key_of("a", DELIVERED, NINE) != key_of("b", DELIVERED, NINE)
    assert len(key_of("a")) == 64
