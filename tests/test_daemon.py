"""The alarm clock: it rings, it is watched, and it hears when it is told to stop."""

import os
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from patentwatch import clock
from patentwatch.daemon import (
    AlarmClockDied,
    Every,
    Pulse,
    run,
    until_told_to_stop,
    watch,
)
from patentwatch.errors import StoreBroken
from patentwatch.store.engine import reading
from patentwatch.store.memory import recall
from patentwatch.store.vault import Vault
from tests.line import Line

NOON = datetime(2026, 4, 11, 4, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)


class Clocks:
    """A wall clock and a steady one, turned by hand."""

    def __init__(self) -> None:
        self.wall_at, self.steady_at = NOON, 1000.0

    def wall(self) -> datetime:
        return self.wall_at

    def steady(self) -> float:
        return self.steady_at

    def pass_by(self, span: timedelta) -> None:
        self.wall_at += span
        self.steady_at += span.total_seconds()


@pytest.fixture
def clocks() -> Clocks:
    return Clocks()


def test_a_tick_that_runs_is_not_silence(clocks: Clocks) -> None:
    pulse = Pulse(clocks.steady)
    clocks.pass_by(timedelta(minutes=5))
    assert pulse.silent_seconds() == 300
    with pulse.tick():
        clocks.pass_by(timedelta(hours=5))
        assert pulse.silent_seconds() == 0
    assert pulse.silent_seconds() == 0


@pytest.mark.parametrize(
    ("passed", "next_in"),
    [
        pytest.param(0, 60, id="on-time"),
        pytest.param(59, 1, id="a-second-to-go"),
        pytest.param(60, 60, id="just-missed"),
        pytest.param(174 * 365 * 86_400, 60, id="missed-for-174-years"),
    ],
)
def test_what_an_alarm_clock_missed_is_one_ring(passed: int, next_in: int) -> None:
    now = NOON + timedelta(seconds=passed)
    found = Every(60).get_next_fire_time(NOON, now)
    assert found - now == timedelta(seconds=next_in)


def test_an_alarm_clock_that_is_late_is_rung_by_hand(clocks: Clocks) -> None:
    pulse, stop, rung = Pulse(clocks.steady), threading.Event(), []
    clocks.pass_by(timedelta(hours=1))

    def ring() -> None:
        rung.append(clocks.steady_at)
        with pulse.tick():
            stop.set()

    watch(pulse, stop, tick_seconds=0.001, ring=ring)
    assert len(rung) == 1


def test_an_alarm_clock_that_stays_silent_ends_the_process(clocks: Clocks) -> None:
    pulse = Pulse(clocks.steady)
    clocks.pass_by(timedelta(hours=1))
    with pytest.raises(AlarmClockDied):
        watch(pulse, threading.Event(), tick_seconds=0.001, ring=lambda: None)


def test_an_alarm_clock_that_rang_and_is_late_again_is_rung_again(
    clocks: Clocks,
) -> None:
    """A machine that sleeps again soon after it woke is no alarm clock that died."""
    pulse, stop, rung = Pulse(clocks.steady), threading.Event(), []
    clocks.pass_by(timedelta(hours=8))

    def ring() -> None:
        with pulse.tick():
            rung.append(clocks.steady_at)
        clocks.pass_by(timedelta(hours=8))
        if len(rung) == 3:
            stop.set()

    watch(pulse, stop, tick_seconds=0.001, ring=ring)
    assert len(rung) == 3


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_signal_sets_the_stop_and_the_old_handler_comes_back(number: int) -> None:
    before = signal.getsignal(number)
    with until_told_to_stop() as stop:
        assert not stop.is_set()
        os.kill(os.getpid(), number)
        assert stop.wait(5)
    assert signal.getsignal(number) is before


@contextmanager
def supervisor(path: Path) -> Iterator[list[str]]:
    """Listen like systemd on a socket that the environment names."""
    heard: list[str] = []
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
        line.bind(str(path))
        line.setblocking(False)
        before = os.environ.get("NOTIFY_SOCKET")
        os.environ["NOTIFY_SOCKET"] = str(path)
        try:
            yield heard
        finally:
            os.environ.pop("NOTIFY_SOCKET")
            if before is not None:
                os.environ["NOTIFY_SOCKET"] = before
            with suppress(BlockingIOError):
                while True:
                    heard.append(line.recv(100).decode())


def test_a_finished_tick_is_told_to_the_supervisor_and_a_hanging_one_is_not(
    clocks: Clocks, tmp_path: Path
) -> None:
    with supervisor(tmp_path / "notify") as heard:
        pulse = Pulse(clocks.steady)
        with pulse.tick():
            clocks.pass_by(timedelta(minutes=5))  # nothing is done meanwhile
    assert heard == ["WATCHDOG=1"]


def test_every_piece_of_work_is_a_sign_of_life_once_a_second(
    clocks: Clocks, tmp_path: Path
) -> None:
    with supervisor(tmp_path / "notify") as heard:
        pulse = Pulse(clocks.steady)
        with pulse.tick():
            for _ in range(5):
                pulse.beat()
            clocks.pass_by(A_SECOND)
            pulse.beat()
    assert heard == ["WATCHDOG=1"] * 2


def test_a_database_that_cannot_be_trusted_ends_the_process(clocks: Clocks) -> None:
    pulse = Pulse(clocks.steady)
    pulse.broken = StoreBroken("disk I/O error")
    with pytest.raises(StoreBroken):
        watch(pulse, threading.Event(), tick_seconds=0.001, ring=lambda: None)


def test_a_daemon_ticks_and_stops_when_told(
    sqlite_engine: Engine, vault: Vault, settings: Any, tmp_path: Path
) -> None:
    line = Line(sqlite_engine, vault, settings())

    def stop_after_a_tick() -> None:
        pause = threading.Event()
        for _ in range(600):
            with reading(line.engine) as connection:
                if recall(connection, "look.last_on"):
                    break
            pause.wait(0.05)
        os.kill(os.getpid(), signal.SIGTERM)

    watcher = threading.Thread(target=stop_after_a_tick)
    watcher.start()
    with supervisor(tmp_path / "notify") as heard:
        run(line.here, tick_seconds=30)
    watcher.join(30)
    assert heard[0] == "READY=1"
    assert {"WATCHDOG=1", "STOPPING=1"} <= set(heard)
    with reading(line.engine) as connection:
        assert recall(connection, "look.last_on") is not None


def test_the_steady_clock_only_ever_counts() -> None:
    first = clock.steady()
    assert clock.steady() >= first
