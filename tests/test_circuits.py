"""The breaker: opens after five failures, tries few, closes at the first answer."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patentwatch.circuits import (
    OPENS_AFTER,
    PROBE_LASTS,
    Circuit,
    Tries,
    answered,
    failed,
    must_be_told,
    probing,
    tries,
)

NOW = datetime(2026, 4, 11, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)
A_SECOND = timedelta(seconds=1)
names = st.text(min_size=1, max_size=12)


def after_failures(count: int, name: str = "smtp") -> Circuit:
    """Return the circuit after so many failures at NOW, all but five of them probes."""
    circuit = Circuit(name)
    for number in range(count):
        circuit = failed(circuit, probe=number >= OPENS_AFTER, detail="x", now=NOW)
    return circuit


@pytest.mark.parametrize(
    ("failures", "allowed"),
    [
        pytest.param(0, Tries.ANY, id="none"),
        pytest.param(4, Tries.ANY, id="one-too-few"),
        pytest.param(5, Tries.NONE, id="five"),
        pytest.param(6, Tries.NONE, id="one-more"),
    ],
)
def test_five_failures_in_a_row_open_it(failures: int, allowed: Tries) -> None:
    assert tries(after_failures(failures), now=NOW) is allowed


def test_an_answer_in_between_begins_the_row_anew() -> None:
    circuit = answered(after_failures(4))
    circuit = failed(circuit, probe=False, detail="x", now=NOW)
    assert (circuit.failures, tries(circuit, now=NOW)) == (1, Tries.ANY)


@pytest.mark.parametrize(
    ("late", "allowed"),
    [
        pytest.param(-A_SECOND, Tries.NONE, id="just-before"),
        pytest.param(timedelta(), Tries.ONE, id="when-the-pause-is-over"),
        pytest.param(A_SECOND, Tries.ONE, id="after"),
    ],
)
def test_after_the_pause_one_message_is_tried(late: timedelta, allowed: Tries) -> None:
    circuit = after_failures(5)
    assert circuit.open_until_at is not None
    assert tries(circuit, now=circuit.open_until_at + late) is allowed


def test_while_one_probes_the_others_wait_but_not_for_ever() -> None:
    circuit = probing(after_failures(5), now=NOW)
    assert tries(circuit, now=NOW + PROBE_LASTS - A_SECOND) is Tries.NONE
    assert tries(circuit, now=NOW + PROBE_LASTS) is Tries.ONE


def test_an_answer_closes_it() -> None:
    assert answered(probing(after_failures(9), now=NOW)) == Circuit("smtp")


@pytest.mark.parametrize(
    ("failures", "least", "most"),
    [(5, 1, 2), (6, 2, 4), (7, 2, 8), (8, 2, 16), (9, 2, 30), (10, 2, 30), (99, 2, 30)],
)
@given(name=names)
def test_the_pauses_grow_to_half_an_hour(
    failures: int, least: int, most: int, name: str
) -> None:
    until_at = after_failures(failures, name).open_until_at
    assert until_at is not None
    assert least * MINUTE <= until_at - NOW <= most * MINUTE


def test_two_transports_do_not_come_back_together() -> None:
    pauses = {after_failures(9, str(n)).open_until_at for n in range(200)}
    assert len(pauses) > 190


def test_what_was_in_flight_when_it_opened_makes_no_pause_longer() -> None:
    circuit = after_failures(5)
    for _ in range(20):
        assert failed(circuit, probe=False, detail="y", now=NOW) == circuit


@settings(deadline=None)
@given(name=names, every=st.integers(1, 90))
def test_an_outage_of_six_hours_costs_at_most_forty_tries_an_hour(
    name: str, every: int
) -> None:
    """Whoever asks whenever: every so many seconds somebody would like to send."""
    circuit = Circuit(name)
    tried: list[datetime] = []
    now = NOW
    while now < NOW + timedelta(hours=6):
        allowed = tries(circuit, now=now)
        if allowed is not Tries.NONE:
            tried.append(now)
            probe = allowed is Tries.ONE
            if probe:
                circuit = probing(circuit, now=now)
            circuit = failed(circuit, probe=probe, detail="connect", now=now)
        now += timedelta(seconds=every)
    hour = timedelta(hours=1)
    worst = max(sum(at <= one < at + hour for one in tried) for at in tried)
    assert worst <= 40
    longest = max(b - a for a, b in pairwise(tried))
    assert longest <= timedelta(minutes=30, seconds=every)
    assert circuit.down_since_at == NOW


@pytest.mark.parametrize(
    ("seconds", "told"),
    [
        pytest.param(599, False, id="a-second-before"),
        pytest.param(600, True, id="ten-minutes"),
        pytest.param(601, True, id="a-second-after"),
    ],
)
def test_somebody_is_told_of_an_outage_of_ten_minutes(seconds: int, told: bool) -> None:  # noqa: FBT001
    circuit = after_failures(5)
    assert must_be_told(circuit, now=NOW + timedelta(seconds=seconds)) is told


def test_four_failures_of_yesterday_are_no_outage() -> None:
    assert not must_be_told(after_failures(4), now=NOW + timedelta(days=1))
