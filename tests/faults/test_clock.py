"""F20, F21: the wall clock of a running daemon is set. F22, a suspension, moves a clock
that no test can set: `tests/test_halts.py`.
"""

import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, time, timedelta
from pathlib import Path

import pytest

from patentwatch import clock
from patentwatch.store import halts
from patentwatch.store.engine import reading
from tests.faults import needs
from tests.faults.offices import Office
from tests.faults.supervisor import Heard, supervisor, wait_until
from tests.faults.worker import PATIENCE, command, environment, run_the_daemon
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
        draft = self.file.with_suffix(".new")
        draft.write_text(f"{(self._right + jump).total_seconds():+.0f}\n")
        draft.replace(self.file)


@contextmanager
def daemon_by(
    hands: Hands, words: list[str], library: str
) -> Iterator["subprocess.Popen[bytes]"]:
    faked = {
        "LD_PRELOAD": library,
        "FAKETIME_TIMESTAMP_FILE": str(hands.file),
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "FAKETIME_NO_CACHE": "1",
    }
    process = subprocess.Popen(  # noqa: S603 - our own words
        words, env=environment() | faked, cwd=Path(__file__).parents[2]
    )
    try:
        yield process
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
    library = needs.clock_to_set()
    hands, line = Hands(tmp_path), office("sqlite")
    here = line.line
    soon = clock.today(hands.now) + timedelta(days=20)
    here.many(2, due_on=soon)
    notify = tmp_path / "notify"
    words = command(tmp_path, run_the_daemon, line.job(), 1.0, str(notify))
    with supervisor(notify) as heard, daemon_by(hands, words, library) as process:

        def lives() -> bool:
            return process.poll() is None

        wait_until(lambda: server.count == 2, lives)
        hands.off_by(jump)
        wait_until(lambda: standing(here) != set(), lives)
        here.many(2, due_on=soon)  # would be told at once, and all by another day
        ticks(heard, TICKS, lives)
        assert server.count == 2
        hands.off_by(timedelta(0))
        wait_until(lambda: server.count == 4, lives)
        assert standing(here) == set()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE) == 0


def ticks(heard: Heard, more: int, lives: Callable[[], bool]) -> None:
    seen = heard.count("WATCHDOG=1")
    wait_until(lambda: heard.count("WATCHDOG=1") >= seen + more, lives)
