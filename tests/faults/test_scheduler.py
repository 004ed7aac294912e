"""F23: a loop that hangs falls silent, an alarm clock that dies ends the process.

What systemd does with it (WatchdogSec, Restart) is in the unit; here is what it hears.
"""

import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from tests.faults.offices import Office
from tests.faults.sizes import gate_and_soak
from tests.faults.supervisor import supervisor, wait_until
from tests.faults.worker import (
    HANGS,
    finished,
    hang_in_a_tick,
    lose_the_alarm_clock,
    start,
)

Offices = Callable[..., Office]
SILENCE_SECONDS = 3.0
"""Three ticks: what systemd waits in the unit are two."""


@gate_and_soak("times", gate=1, soak=20)
def test_f23_a_tick_that_hangs_is_heard_as_silence(
    office: Offices, tmp_path: Path, times: int
) -> None:
    for round_ in range(times):
        notify = tmp_path / f"notify-{round_}"
        with supervisor(notify) as heard:
            process = start(hang_in_a_tick, office("sqlite").job(), str(notify), 2)
            wait_until(partial(heard.count, HANGS), process.is_alive)
            threading.Event().wait(SILENCE_SECONDS)
            assert process.is_alive()
            process.kill()
            finished(process)
        assert heard.words[0] == "READY=1"
        assert heard.words[-2:] == ["WATCHDOG=1", HANGS]


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
@gate_and_soak("times", gate=1, soak=20)
def test_f23_an_alarm_clock_that_dies_ends_the_process(
    office: Offices, tmp_path: Path, times: int
) -> None:
    for round_ in range(times):
        notify = tmp_path / f"notify-{round_}"
        with supervisor(notify) as heard:
            job = office("sqlite").job()
            code = finished(start(lose_the_alarm_clock, job, str(notify)))
        assert code > 0
        assert heard.count("WATCHDOG=1") >= 1
