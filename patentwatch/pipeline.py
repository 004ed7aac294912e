"""The straight line: what is done in which order, and in which transaction. No rules.

inbox files → register and facts      one transaction a file
facts → verdicts, alerts              one transaction a few hundred patents
alerts → messages                     one transaction a look
short messages tried, not sent        one transaction a few of them
messages → people                     one transaction a claim, one an outcome
"""

import logging
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from threading import Event

from patentwatch import (
    alarms,
    canary,
    confirming,
    digestmaking,
    dispatch,
    linkedlettermaking,
    linkedmaking,
    monthsealing,
    outgoing,
    restoring,
    trying,
)
from patentwatch.bounces import take_bounces
from patentwatch.dispatch import Delivered
from patentwatch.inbox import take_inbox
from patentwatch.installation import Installation
from patentwatch.look import Looked, look
from patentwatch.pulling import Pulled, pull
from patentwatch.register.result import Intake
from patentwatch.store.engine import transaction
from patentwatch.trying import Tried

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Tick:
    """What one run of the line did."""

    taken: list[Intake] = field(default_factory=list)
    looked: Looked = field(default_factory=Looked)
    tried: Tried = field(default_factory=Tried)
    delivered: Delivered = field(default_factory=Delivered)

    @property
    def needs_a_person(self) -> bool:
        """Whether a file, a patent or a message asks for somebody."""
        return (
            self.delivered.needs_a_person
            or self.looked.failed > 0
            or self.tried.unmade > 0
            or any(intake.needs_a_person for intake in self.taken)
        )


def look_once(
    here: Installation,
    *,
    now: datetime,
    everything: bool = False,
    on_progress: Callable[[], None] = lambda: None,
) -> Looked:
    """Decide about everything that is due."""
    return look(
        here.engine,
        here.vault,
        here.rules,
        now=now,
        everything=everything,
        on_looked=lambda _: on_progress(),
    )


def pull_once(
    here: Installation, *, tell_time: Callable[[], datetime], stop: Event
) -> Pulled:
    """Ask the remote source about those whose turn it is."""
    return pull(
        here.engine,
        here.vault,
        here.settings,
        here.rules,
        tell_time=tell_time,
        stop=stop,
    )


def deliver_once(
    here: Installation,
    *,
    tell_time: Callable[[], datetime],
    stop: Event | None = None,
    on_message: Callable[[], None] = lambda: None,
) -> Delivered:
    """Send what waits, once the journal outside agrees with the database."""
    restoring.beat(here.engine, here.journal, now=tell_time())
    sending = outgoing.post(here, tell_time=tell_time, stop=stop)
    return dispatch.deliver(here.engine, here.vault, sending, on_message=on_message)


def watch_once(here: Installation, *, now: datetime, stop: Event | None = None) -> None:
    """Raise and end the alarms of the moment, and tell of those that are open."""
    with transaction(here.engine) as connection:
        alarms.watch(connection, now=now)
    ways = outgoing.alarm_ways(here, now=now, stop=stop)
    alarms.tell_open(here.engine, ways, now=now)


def tick(
    here: Installation,
    *,
    tell_time: Callable[[], datetime],
    stop: Event | None = None,
    on_progress: Callable[[], None] = lambda: None,
) -> Tick:
    """Run the line once: import what waits, decide, make what is due, send, watch.

    A step that fails does not keep the next from its work: a file that nobody can
    read silences no reminder. The last error is raised when all was tried.
    """
    now, done = tell_time(), Tick()
    steps: tuple[Callable[[], object], ...] = (
        partial(_take, here, done, now=now),
        partial(take_bounces, here.engine, here.vault, here.settings, now=now),
        partial(_look, here, done, now=now, on_progress=on_progress),
        partial(_try, here, done, now=now, stop=stop, on_progress=on_progress),
        *_makers(here, now=now),
        partial(_seal, here, now=now),
        partial(
            _deliver, here, done, tell_time=tell_time, stop=stop, on_message=on_progress
        ),
        partial(watch_once, here, now=now, stop=stop),
    )
    with ExitStack() as in_any_case:
        for step in reversed(steps):
            in_any_case.callback(step)
    log.info(
        "tick looked_at=%s due=%s messages=%s accepted=%s retry=%s refused=%s",
        done.looked.looked_at,
        done.looked.due,
        done.looked.messages,
        done.delivered.accepted,
        done.delivered.retry,
        done.delivered.refused,
    )
    return done


def _take(here: Installation, done: Tick, *, now: datetime) -> None:
    done.taken += take_inbox(
        here.engine, here.vault, here.settings, here.rules, now=now
    )


def _look(
    here: Installation, done: Tick, *, now: datetime, on_progress: Callable[[], None]
) -> None:
    done.looked = look_once(here, now=now, on_progress=on_progress)


def _try(
    here: Installation,
    done: Tick,
    *,
    now: datetime,
    stop: Event | None,
    on_progress: Callable[[], None],
) -> None:
    """See whether the new short messages can leave as they are, long before they do."""
    post = outgoing.post(here, tell_time=lambda: now, stop=stop)
    done.tried = trying.try_new(
        here.engine, here.vault, post, now=now, on_progress=on_progress
    )


def _makers(here: Installation, *, now: datetime) -> list[Callable[[], object]]:
    """Return what puts into the outbox that is not about alerts, step by step."""
    return [
        partial(_plan_canary, here, now=now),
        partial(confirming.queue_due, here.engine, here.rules, now=now),
        *(
            partial(
                make_due, here.engine, here.vault, here.rules, here.settings, now=now
            )
            for make_due in (
                digestmaking.make_due,
                linkedmaking.make_due,
                linkedlettermaking.make_due,
            )
        ),
    ]


def _plan_canary(here: Installation, *, now: datetime) -> None:
    with transaction(here.engine) as connection:
        canary.plan(connection, here.vault, here.settings, here.rules, now=now)


def _seal(here: Installation, *, now: datetime) -> None:
    """Seal the months of work plans that are over: their lights stay as they are."""
    with transaction(here.engine) as connection:
        monthsealing.seal_once_a_month(connection, here.settings, now=now)


def _deliver(
    here: Installation,
    done: Tick,
    *,
    tell_time: Callable[[], datetime],
    stop: Event | None,
    on_message: Callable[[], None],
) -> None:
    done.delivered = deliver_once(
        here, tell_time=tell_time, stop=stop, on_message=on_message
    )
