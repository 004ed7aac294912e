"""When each step runs. APScheduler is an alarm clock and nothing else.

What is due is computed from the database on every tick: a lost tick costs nothing.
"""

import logging
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from threading import Event, Thread
from types import FrameType

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.base import BaseTrigger

from patentwatch import alarms, clock, outgoing, pipeline, supervisor, templates
from patentwatch.alarms import Unwritten
from patentwatch.errors import PatentwatchError, StoreBroken, StoreUnavailable
from patentwatch.installation import Installation
from patentwatch.store import halts
from patentwatch.store.engine import transaction
from patentwatch.store.halts import Halt

log = logging.getLogger(__name__)

TICK_SECONDS = 60.0
"""A tick that finds nothing due reads two indexes."""

PULL_SECONDS = 900.0
"""How often a remote source is asked, if anybody is due; beside the ticks."""


class AlarmClockDied(Exception):
    """No tick came although one was asked for: the process should be started anew."""


class Pulse:
    """Whether ticks still come, by a clock that nobody can set.

    The supervisor hears of every piece of work that is done, and of nothing else: a
    loop that hangs falls silent. `ended`: how many ticks did. `broken`: a tick found a
    database that cannot be trusted; none may follow.
    """

    def __init__(self, steady: Callable[[], float]) -> None:
        self._steady = steady
        self._ended_at = steady()
        self._running = False
        self._told_at = steady() - 1
        self.ended = 0
        self.broken: StoreBroken | None = None

    @contextmanager
    def tick(self) -> Iterator[None]:
        """Note that a tick runs, and when it ended."""
        self._running = True
        try:
            yield
        finally:
            self._ended_at, self._running = self._steady(), False
            self.ended += 1
            self.beat()

    def beat(self) -> None:
        """Say that a piece of work is done, at most once a second."""
        now = self._steady()
        if now - self._told_at >= 1:
            self._told_at = now
            supervisor.tell("WATCHDOG=1")

    def silent_seconds(self) -> float:
        """Return for how long no tick has run; 0 while one does."""
        return 0.0 if self._running else self._steady() - self._ended_at


class Every(BaseTrigger):  # type: ignore[misc]  # the library has no types
    """Rings every so many seconds from now; what was missed is one ring.

    The library's own interval counts every ring that it missed: a clock that is set
    forward by years would keep it busy for hours.
    """

    def __init__(self, seconds: float) -> None:
        self._span = timedelta(seconds=seconds)

    def get_next_fire_time(
        self, previous_fire_time: datetime | None, now: datetime
    ) -> datetime:
        """Return when to ring next: a span after the last ring, or from now."""
        following = (previous_fire_time or now) + self._span
        return following if following > now else now + self._span


def run(here: Installation, *, tick_seconds: float = TICK_SECONDS) -> None:
    """Tick at once, then every minute, until SIGTERM or SIGINT.

    A stop lets the message in flight finish and takes no new one. Raises
    `AlarmClockDied` when ticks stay away, so that somebody starts us anew.
    """
    logging.basicConfig(
        level=logging.INFO, format="%(asctime)s %(levelname)s %(name)s %(message)s"
    )
    logging.getLogger("apscheduler").setLevel(logging.WARNING)
    scheduler = BackgroundScheduler(
        timezone=clock.SHANGHAI,
        job_defaults={
            "coalesce": True,
            "max_instances": 1,
            "misfire_grace_time": None,
        },
    )
    pulse = Pulse(clock.steady)
    unwritten = alarms.Unwritten(outgoing.alarm_ways(here, now=clock.now()))
    templates.check()
    with until_told_to_stop() as stop:
        job = scheduler.add_job(
            _tick,
            Every(tick_seconds),
            args=[here, stop, pulse, unwritten],
            next_run_time=clock.now(),
        )
        if here.settings.ops.secret_file is not None:
            scheduler.add_job(
                _pull,
                Every(PULL_SECONDS),
                args=[here, stop],
                next_run_time=clock.now(),
            )
        scheduler.start()
        supervisor.tell("READY=1")
        log.info("daemon started observing=%s", here.rules.observing)
        try:
            watch(
                pulse,
                stop,
                tick_seconds=tick_seconds,
                ring=lambda: job.modify(next_run_time=clock.now()),
            )
        finally:
            supervisor.tell("STOPPING=1")
            scheduler.shutdown(wait=True)
    log.info("daemon stopped")


def watch(
    pulse: Pulse, stop: Event, *, tick_seconds: float, ring: Callable[[], object]
) -> None:
    """Wait for the stop; when ticks stay away, ring; when none comes of it, raise.

    An alarm clock looks at the wall clock: set back by an hour it would ring an hour
    later, so it is rung by hand. A machine that is suspended is silent, too, and may be
    so again before anybody looked: only a ring that no tick followed was in vain.
    """
    rung_after: int | None = None
    while not _told_within(stop, tick_seconds) and pulse.broken is None:
        ended = pulse.ended
        if pulse.silent_seconds() <= 2 * tick_seconds:
            continue
        if ended == rung_after:
            raise AlarmClockDied(f"no tick for {pulse.silent_seconds():.0f} s")
        log.warning("ticks stay away, ringing by hand")
        ring()
        rung_after = ended
    if pulse.broken is not None:
        raise pulse.broken


def _told_within(stop: Event, seconds: float) -> bool:
    """Wait in short pieces: a signal that comes just before a wait cuts none short."""
    pieces = max(1, round(seconds))
    return any(stop.wait(seconds / pieces) for _ in range(pieces))


@contextmanager
def until_told_to_stop() -> Iterator[Event]:
    """Yield an event that SIGTERM and SIGINT set; the old handlers come back."""
    stop = Event()

    def told(number: int, frame: FrameType | None) -> None:  # noqa: ARG001
        # Not from here: the interrupted thread may be holding the event's lock.
        Thread(target=stop.set).start()

    before = {number: signal.signal(number, told) for number in _SIGNALS}
    try:
        yield stop
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


_SIGNALS = (signal.SIGTERM, signal.SIGINT)


def look_at_the_clock(here: Installation) -> Halt | None:
    """Let the database see the real clock; return why it cannot be believed."""
    with transaction(here.engine) as connection:
        halt = halts.note_real_time(
            connection, clock.now(), boottime=clock.steady(), boot_id=clock.boot_id()
        )
    if halt is not None:
        log.error("clock doubted since=%s: nothing is sent", halt.since_at)
    return halt


def _tick(here: Installation, stop: Event, pulse: Pulse, unwritten: Unwritten) -> None:
    """Run the line; a failure is logged and the next tick tries again.

    With a clock that is doubted nothing is decided either: a wrong day would write
    verdicts about it. Of a database that cannot be written to it cannot be told in it.
    """
    if stop.is_set() or pulse.broken is not None:
        return
    with pulse.tick(), _outlived("tick"):
        try:
            if look_at_the_clock(here) is not None:
                pipeline.watch_once(here, now=clock.now(), stop=stop)
                return
            pipeline.tick(here, tell_time=clock.now, stop=stop, on_progress=pulse.beat)
        except StoreUnavailable as error:
            if isinstance(error, StoreBroken):
                pulse.broken = error
                stop.set()  # whoever watches need not wait for the next tick
            unwritten.tell(_STORE, str(error), now=clock.now())
            raise
        unwritten.over(_STORE)


_STORE = "store"
"""The alarm for when the database itself is the trouble."""


def _pull(here: Installation, stop: Event) -> None:
    """Ask the remote source; a failure is logged and the next time tries again."""
    if stop.is_set():
        return
    with _outlived("pull"):
        if look_at_the_clock(here) is not None:
            return
        pipeline.pull_once(here, tell_time=clock.now, stop=stop)


@contextmanager
def _outlived(job: str) -> Iterator[None]:
    """Log what goes wrong inside, and go on."""
    try:
        yield
    except PatentwatchError as error:
        log.error("%s failed code=%s: %s", job, error.code, error)  # noqa: TRY400
    except Exception:  # the daemon outlives a bug
        log.exception("%s failed", job)
