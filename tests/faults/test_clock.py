"""F20, F21: the wall clock of a running daemon is set. F22, a suspension, moves a clock
that no test can set: `tests/test_halts.py`.
"""

import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from patentwatch import clock
from patentwatch.store import halts
from patentwatch.store.engine import reading
from tests.faults import needs
from tests.faults.offices import Office
from tests.faults.supervisor import Heard, supervisor, wait_until
from tests.faults.worker import PATIENCE, Job, command, environment, run_the_daemon
from tests.line import Line
from tests.mail_sink import Sink

Offices = Callable[..., Office]
TICKS = 3
JUMPS = [
    pytest.param(timedelta(hours=-1), id="back-an-hour", marks=pytest.mark.gate),
    pytest.param(timedelta(days=1), id="a-day", marks=pytest.mark.gate),
    pytest.param(timedelta(days=30), id="a-month", marks=pytest.mark.soak),
    pytest.param(
        timedelta(days=174 * 365),
        id="2200",
        marks=pytest.mark.soak,
    ),
]


class Hands:
    """The hands of the clock of one process."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "hands"
        real = clock.now()
        # In the send window, whatever time it is here.
        self._right = clock.at(clock.today(real), time(10)) - real
        self.off_by(timedelta(0))

    @property
    def now(self) -> datetime:
        return clock.now() + self._right

    def off_by(self, jump: timedelta) -> None:
        """Set the clock wrong by `jump`; by nothing: right."""
        put(self.file, f"{(self._right + jump).total_seconds():+.0f}\n")

    def faked(self, library: str) -> dict[str, str]:
        """Return the environment of the process."""
        return {
            "LD_PRELOAD": library,
            "FAKETIME_TIMESTAMP_FILE": str(self.file),
            "FAKETIME_DONT_FAKE_MONOTONIC": "1",
            "FAKETIME_NO_CACHE": "1",
        }


def put(path: Path, text: str) -> None:
    """Write what a process reads all the time: it finds the old words or the new."""
    draft = path.with_suffix(".new")
    draft.write_text(text)
    draft.replace(path)


@dataclass
class Daemon:
    """A daemon that runs, and what its supervisor heard of it."""

    process: "subprocess.Popen[bytes]"
    heard: Heard

    def until(self, true: Callable[[], object]) -> None:
        wait_until(true, lambda: self.process.poll() is None)

    def ticks(self, more: int) -> None:
        seen = self.heard.count("WATCHDOG=1")
        self.until(lambda: self.heard.count("WATCHDOG=1") >= seen + more)

    def stops(self) -> None:
        self.process.send_signal(signal.SIGTERM)
        assert self.process.wait(PATIENCE) == 0


@contextmanager
def daemon_by(faked: dict[str, str], job: Job, folder: Path) -> Iterator[Daemon]:
    notify = folder / "notify"
    words = command(folder, run_the_daemon, job, 1.0, str(notify))
    with supervisor(notify) as heard:
        process = subprocess.Popen(  # noqa: S603 - our own words
            words, env=environment() | faked, cwd=Path(__file__).parents[2]
        )
        try:
            yield Daemon(process, heard)
        finally:
            process.kill()
            process.wait()


def standing(line: Line) -> set[str]:
    with reading(line.engine) as connection:
        return {halt.kind.value for halt in halts.standing(connection)}


@pytest.mark.parametrize("jump", JUMPS)
def test_f20_f21_with_a_clock_that_jumped_nothing_is_sent_and_the_ticks_go_on(
    office: Offices, server: Sink, tmp_path: Path, jump: timedelta
) -> None:
    faketime = needs.clock_to_set()
    hands, line = Hands(tmp_path), office("sqlite")
    here = line.line
    soon = clock.today(hands.now) + timedelta(days=20)
    here.many(2, due_on=soon)
    with daemon_by(hands.faked(faketime), line.job(), tmp_path) as daemon:
        daemon.until(lambda: server.count == 2)
        hands.off_by(jump)
        daemon.until(lambda: standing(here) != set())
        here.many(2, due_on=soon)  # would be told at once, and all by another day
        daemon.ticks(TICKS)
        assert server.count == 2
        hands.off_by(timedelta(0))
        daemon.until(lambda: server.count == 4)
        assert standing(here) == set()
        daemon.stops()
