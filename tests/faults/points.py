"""Where a process dies: made from outside, in its own process, by what it does.

No line of the program knows of this. A commit is recognised by what was written
before it; the wire by the transport that is put in the place of the real one.
"""

import os
import signal
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Any

from sqlalchemy import Connection, Engine, event

from patentwatch.delivery import Envelope, OnOutcomes, Outcome, Transport

BEFORE, AFTER = "before ", "after "
MIGRATION = "migration"
COMMITS = ("naming", "plan", "grouping", "intent", "outcome", "receipts")
"""Kinds of commit: the first beat, verdicts, messages, T1, T2, reports."""

NAMES = (
    *(f"{when}{what}" for what in COMMITS for when in (BEFORE, AFTER)),
    "before the wire",
    "in the envelope",
    "after the wire",
)


@dataclass(frozen=True)
class Point:
    """The process dies when it comes by this name for the `nth` time."""

    name: str
    nth: int = 1


def die() -> None:
    """End this process as kill -9 does: nothing is closed, nothing is flushed."""
    os.kill(os.getpid(), signal.SIGKILL)


class Counter:
    """Counts how often the process came by its point, and dies in time."""

    def __init__(self, point: Point) -> None:
        self.point = point
        self._seen = 0

    def passes(self, name: str) -> None:
        """Note that the process comes by `name`."""
        if name == self.point.name:
            self._seen += 1
            if self._seen == self.point.nth:
                die()


def arm(engine: Engine, point: Point) -> Counter:
    """Let the process die at a commit of `engine`; return what the wire counts with."""
    counter = Counter(point)
    written: set[str] = set()

    @event.listens_for(engine, "before_cursor_execute")
    def executing(
        connection: Connection,  # noqa: ARG001 - SQLAlchemy fixes the signature
        cursor: Any,  # noqa: ARG001
        statement: str,
        parameters: Any,
        context: Any,  # noqa: ARG001
        many: bool,  # noqa: FBT001, ARG001
    ) -> None:
        written.update(_kinds(statement, repr(parameters)))

    @event.listens_for(engine, "commit")
    def committing(_: Connection) -> None:
        for kind in sorted(written):
            counter.passes(BEFORE + kind)

    commit = engine.dialect.do_commit

    def committed(dbapi_connection: Any) -> None:
        commit(dbapi_connection)
        for kind in sorted(written):
            counter.passes(AFTER + kind)
        written.clear()

    engine.dialect.do_commit = committed  # type: ignore[method-assign]  # in this process
    return counter


def _kinds(statement: str, parameters: str) -> Iterator[str]:
    match " ".join(statement.split()[:3]):
        case "INSERT INTO attempts" if "'intent'" in parameters:
            yield "intent"
        case "INSERT INTO attempts" if "'outcome'" in parameters:
            yield "outcome"
        case "INSERT INTO meta" if "'generation'" in parameters:
            yield "naming"
        case "INSERT INTO verdicts":
            yield "plan"
        case "INSERT INTO messages":
            yield "grouping"
        case "INSERT INTO receipts":
            yield "receipts"


def dying(transport: Transport, passes: Callable[[str], None]) -> Transport:
    """Return `transport` in which the process comes by the points of the wire."""

    def send(
        envelopes: Iterable[Envelope],
        *,
        on_outcomes: OnOutcomes,
        stop: Event | None = None,
    ) -> None:
        def told(outcomes: Mapping[str, Outcome]) -> None:
            for _ in outcomes:
                passes("after the wire")
            on_outcomes(outcomes)

        transport(_counted(envelopes, passes), on_outcomes=told, stop=stop)

    return send


def _counted(
    envelopes: Iterable[Envelope], passes: Callable[[str], None]
) -> Iterator[Envelope]:
    for envelope in envelopes:
        passes("before the wire")
        yield envelope


def die_in_the_envelope(passes: Callable[[str], None]) -> None:
    """Let the mail client come by the point at which a server knows the sender."""
    import aiosmtplib

    mail = aiosmtplib.SMTP.mail

    async def begun(client: Any, *words: Any, **more: Any) -> Any:
        reply = await mail(client, *words, **more)
        passes("in the envelope")
        return reply

    aiosmtplib.SMTP.mail = begun  # type: ignore[method-assign]  # in this process
