"""When each step runs. APScheduler is an alarm clock and nothing else.

What is due is computed from the database on every tick: a lost tick costs nothing.
"""

import logging
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler

from patentwatch import clock, pipeline
from patentwatch.errors import PatentwatchError
from patentwatch.pipeline import Installation

log = logging.getLogger(__name__)

TICK_SECONDS = 60
"""A tick that finds nothing due reads two indexes."""


def run(here: Installation) -> None:
    """Tick at once, then every minute, until SIGTERM or SIGINT.

    A stop lets the message in flight finish and takes no new one. The scheduler's
    thread may die unnoticed, so the main thread watches that it lives.
    """
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    with until_told_to_stop() as stop:
        scheduler = BackgroundScheduler(
            timezone=clock.SHANGHAI,
            job_defaults={
                "coalesce": True,
                "max_instances": 1,
                "misfire_grace_time": None,
            },
        )
        scheduler.add_job(
            _tick,
            "interval",
            args=[here, stop],
            seconds=TICK_SECONDS,
            next_run_time=clock.now(),
        )
        scheduler.start()
        log.info("daemon started observing=%s", here.rules.observing)
        stop.wait()
        scheduler.shutdown(wait=True)
    log.info("daemon stopped")


@contextmanager
def until_told_to_stop() -> Iterator[Event]:
    """Yield an event that SIGTERM and SIGINT set; the old handlers come back."""
    stop = Event()

    def told(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        stop.set()

    before = {number: signal.signal(number, told) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def _tick(here: Installation, stop: Event) -> None:
    """Run the line; a failure is logged and the next tick tries again."""
    if stop.is_set():
        return
    try:
        pipeline.tick(here, tell_time=clock.now, stop=stop)
    except PatentwatchError as error:
        log.error("tick failed code=%s: %s", error.code, error)  # noqa: TRY400
    except Exception:  # the only broad one: the daemon outlives a bug
        log.exception("tick failed")
