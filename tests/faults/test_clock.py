"""F20, F21: the wall clock of a running daemon is set. F22: it sleeps with its machine.

Asleep, the clock that counts suspension moves with the wall. No tool moves it in one
process, so a library of our own does: `suspend.c`.
"""

import os
import signal
import subprocess
from collections import Counter
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
from tests.faults.judge import Judgement, judged_mails
from tests.faults.offices import Office
from tests.faults.sizes import gate_and_soak
from tests.faults.supervisor import Heard, supervisor, wait_until
from tests.faults.worker import PATIENCE, Job, command, environment, run_the_daemon
from tests.line import Line
from tests.mail_sink import Sink

Offices = Callable[..., Office]
TICKS = 3
EIGHT_HOURS = timedelta(hours=8)
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


class Clocks:
    """The wall of one process, and its clock that counts suspension."""

    def __init__(self, folder: Path) -> None:
        self.file = folder / "clocks"
        real = clock.now()
        # At ten and eight hours later the window is open, at two in the night not.
        self._wall = clock.at(clock.today(real), time(10)) - real
        self._slept = timedelta(0)
        self.set_by(timedelta(0))

    @property
    def now(self) -> datetime:
        return clock.now() + self._wall

    def sleep(self, span: timedelta) -> None:
        """Let both count a span."""
        self._slept += span
        self.set_by(span)

    def set_by(self, span: timedelta) -> None:
        """Let the wall alone count it."""
        self._wall += span
        moved = (self._wall, self._slept)
        put(self.file, " ".join(f"{by.total_seconds():.0f}" for by in moved))

    def faked(self, library: str) -> dict[str, str]:
        """Return the environment of the process."""
        return {"LD_PRELOAD": library, "CLOCKS_MOVED_BY": str(self.file)}


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

    def suspended(self, count: Callable[[timedelta], None], span: timedelta) -> None:
        """Let it sleep as with its machine: stopped, and later awake at once.

        Meanwhile nobody may touch its database: it may have stopped with the lock.
        """
        self.process.send_signal(signal.SIGSTOP)
        # If it died instead it is not reaped here: `until` must still see that.
        how = os.WSTOPPED | os.WEXITED | os.WNOWAIT
        os.waitid(os.P_PID, self.process.pid, how)
        count(span)
        self.process.send_signal(signal.SIGCONT)

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


@pytest.fixture
def library(tmp_path: Path) -> str:
    """Return what moves the clocks of a process that it is loaded into."""
    source, made = Path(__file__).with_name("suspend.c"), tmp_path / "suspend.so"
    words = [needs.compiler(), "-shared", "-fPIC", "-Wall", "-Wextra", "-Werror"]
    subprocess.run(  # noqa: S603 - our own words
        [*words, "-o", str(made), str(source)], check=True
    )
    return str(made)


@gate_and_soak("days", gate=1, soak=7)
def test_f22_a_suspension_is_no_jump_and_what_came_due_is_told_once(
    office: Offices, server: Sink, tmp_path: Path, library: str, days: int
) -> None:
    clocks, line = Clocks(tmp_path), office("sqlite")
    here = line.line

    def two_come_due() -> None:
        here.many(2, due_on=clock.today(clocks.now) + timedelta(days=20))

    def messages_are(**wanted: int) -> Callable[[], bool]:
        return lambda: Counter(box.state for box in here.messages()) == wanted

    with daemon_by(clocks.faked(library), line.job(), tmp_path) as daemon:
        for told in range(0, 6 * days, 6):
            two_come_due()
            daemon.until(messages_are(accepted=told + 2))
            daemon.suspended(clocks.sleep, EIGHT_HOURS)
            two_come_due()
            daemon.until(messages_are(accepted=told + 4))
            daemon.suspended(clocks.sleep, EIGHT_HOURS)
            two_come_due()
            daemon.until(messages_are(accepted=told + 4, pending=2))
            daemon.ticks(TICKS)
            assert server.count == told + 4  # it is night
            daemon.suspended(clocks.sleep, EIGHT_HOURS)
            daemon.until(messages_are(accepted=told + 6))
            assert standing(here) == set()
        daemon.ticks(TICKS)
        assert server.count == 6 * days
        assert judged_mails(here, server.mails) == Judgement()
        assert standing(here) == set()
        daemon.stops()


@pytest.mark.gate
def test_f22_the_same_sleep_is_a_jump_where_only_the_wall_counts_it(
    office: Offices, server: Sink, tmp_path: Path, library: str
) -> None:
    clocks, line = Clocks(tmp_path), office("sqlite")
    here = line.line
    soon = clock.today(clocks.now) + timedelta(days=20)
    here.many(2, due_on=soon)
    with daemon_by(clocks.faked(library), line.job(), tmp_path) as daemon:
        daemon.until(lambda: server.count == 2)
        daemon.suspended(clocks.set_by, EIGHT_HOURS)
        daemon.until(lambda: standing(here) == {"clock"})
        here.many(2, due_on=soon)
        daemon.ticks(TICKS)
        assert server.count == 2
        assert standing(here) == {"clock"}
        daemon.stops()
