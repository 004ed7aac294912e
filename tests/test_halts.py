"""The clock guard as a decision: which readings are believed, and what ends a doubt."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import pytest

from patentwatch.halts import LARGEST_JUMP, Doubt, Known, noted

NOON = datetime(2026, 4, 11, 4, tzinfo=UTC)
A_SECOND, MINUTE, HOUR, DAY = (
    timedelta(seconds=1),
    timedelta(minutes=1),
    timedelta(hours=1),
    timedelta(days=1),
)


@dataclass
class Host:
    """A host whose clocks are turned by hand; `known` is what is remembered of them."""

    wall_at: datetime = NOON
    steady: float = 1000.0
    known: Known = field(default_factory=Known)

    def later(self, span: timedelta) -> "Host":
        self.wall_at += span
        self.steady += span.total_seconds()
        return self

    def set_by(self, span: timedelta) -> "Host":
        self.wall_at += span
        return self

    def reboot(self) -> "Host":
        self.known = Known(highest_at=self.known.highest_at)
        self.steady = 5.0
        return self

    def note(self) -> Doubt | None:
        self.known = noted(self.known, wall_at=self.wall_at, steady_seconds=self.steady)
        return self.known.doubted.why if self.known.doubted else None


@pytest.fixture
def host() -> Host:
    """Return a host whose clock was believed once."""
    host = Host()
    assert host.note() is None
    return host


@pytest.mark.parametrize("span", [MINUTE, 8 * HOUR, 400 * DAY])
def test_time_that_passes_or_is_slept_through_is_believed(
    host: Host, span: timedelta
) -> None:
    assert host.later(span).note() is None


@pytest.mark.parametrize("sign", [1, -1], ids=["forward", "back"])
@pytest.mark.parametrize(
    ("by", "doubt"),
    [
        pytest.param(timedelta(minutes=9, seconds=59), None, id="9:59"),
        pytest.param(timedelta(minutes=10), None, id="10:00"),
        pytest.param(timedelta(minutes=10, seconds=1), Doubt.JUMPED, id="10:01"),
    ],
)
def test_a_clock_that_is_set_by_more_than_ten_minutes_is_doubted(
    host: Host, by: timedelta, doubt: Doubt | None, sign: int
) -> None:
    assert host.set_by(sign * by).note() is doubt


@pytest.mark.parametrize(
    "by", [-HOUR, DAY, 30 * DAY, 3 * 365 * DAY, 174 * 365 * DAY], ids=str
)
def test_a_doubt_stands_while_time_goes_on(host: Host, by: timedelta) -> None:
    host.set_by(by)
    assert {host.later(MINUTE).note() for _ in range(60)} == {Doubt.JUMPED}


def test_a_clock_that_is_set_back_to_where_it_was_is_believed(host: Host) -> None:
    assert host.set_by(30 * DAY).note() is Doubt.JUMPED
    assert host.set_by(-30 * DAY).later(HOUR).note() is None


def test_a_wrong_time_is_never_remembered_as_the_highest(host: Host) -> None:
    host.set_by(30 * DAY).note()
    assert host.known.highest_at == NOON
    host.set_by(-30 * DAY).note()
    assert host.known.highest_at == NOON


@pytest.mark.parametrize(
    ("behind", "doubt"),
    [
        pytest.param(timedelta(minutes=9, seconds=59), None, id="9:59"),
        pytest.param(timedelta(minutes=10), None, id="10:00"),
        pytest.param(timedelta(minutes=10, seconds=1), Doubt.RAN_BACK, id="10:01"),
    ],
)
def test_after_a_reboot_time_may_not_be_earlier_than_was_seen(
    host: Host, behind: timedelta, doubt: Doubt | None
) -> None:
    assert host.reboot().set_by(-behind).note() is doubt


def test_after_a_reboot_a_later_time_is_believed(host: Host) -> None:
    assert host.reboot().set_by(30 * DAY).note() is None


def test_a_clock_that_runs_on_until_yesterday_is_reached_stays_doubted(
    host: Host,
) -> None:
    """Three days behind, it reads "now" again in three days, and is as wrong."""
    host.reboot().set_by(-3 * DAY).note()
    for _ in range(5):
        assert host.later(DAY).note() is Doubt.RAN_BACK


def test_a_clock_without_battery_is_believed_when_the_network_has_set_it(
    host: Host,
) -> None:
    lost = host.wall_at - datetime(1970, 1, 1, tzinfo=UTC)
    assert host.reboot().set_by(-lost).note() is Doubt.RAN_BACK
    assert host.later(MINUTE).note() is Doubt.RAN_BACK
    assert host.set_by(lost).note() is None


def test_many_small_corrections_are_believed_until_time_ran_back(host: Host) -> None:
    for _ in range(30):
        assert host.set_by(9 * MINUTE).note() is None
    assert host.set_by(-9 * MINUTE).note() is None
    assert host.set_by(-9 * MINUTE).note() is Doubt.RAN_BACK


def test_the_limit_is_ten_minutes() -> None:
    assert timedelta(minutes=10) == LARGEST_JUMP
