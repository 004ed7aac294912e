"""F30: weeks of the line while the store fails at random, against a calm twin.

Errors come from where a driver raises them: a statement fails, or a commit does, or
its answer is lost. Seed and rate are in the name of the test.
"""

import os
import random
import sqlite3
from collections import Counter
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, event

from patentwatch.errors import StoreUnavailable
from tests.faults.offices import KINDS, Office
from tests.line import DUE, Line, assert_accounted_for, at, days
from tests.mail_sink import Sink

Offices = Callable[..., Office]
RATE = 0.01
BEGIN, LENGTH = DUE - days(32), 40
DUES = [DUE, DUE + days(3), DUE - days(20), DUE - days(200)]
SEEDS = int(os.environ.get("PATENTWATCH_SEEDS", "20"))
ALL_SEEDS = [
    pytest.param(seed, marks=pytest.mark.gate if seed == 0 else pytest.mark.soak)
    for seed in range(SEEDS)
]


class Weather:
    """Lets the driver of an engine fail now and then, while it storms."""

    def __init__(self, engine: Engine, seed: int) -> None:
        self.storms, self.fell = False, 0
        self._chance = random.Random(seed)  # noqa: S311 - a die
        self._sqlite = engine.dialect.name == "sqlite"
        self._commit = engine.dialect.do_commit
        for name in ("do_execute", "do_executemany", "do_execute_no_params"):
            event.listen(engine, name, self._executing)
        engine.dialect.do_commit = self._committing  # type: ignore[method-assign]  # this engine

    def _executing(self, cursor: Any, statement: str, *_: Any) -> None:  # noqa: ARG002
        if not statement.startswith("PRAGMA"):
            self._perhaps()

    def _committing(self, dbapi_connection: Any) -> None:
        self._perhaps()
        self._commit(dbapi_connection)
        if not self._sqlite:  # the answer of a file is not lost
            self._perhaps()

    def _perhaps(self) -> None:
        if not self.storms or self._chance.random() >= RATE:
            return
        self.fell += 1
        if not self._sqlite:
            raise psycopg.OperationalError("the connection is lost")
        error = sqlite3.OperationalError("database or disk is full")
        error.sqlite_errorcode = sqlite3.SQLITE_FULL
        raise error


def happen(line: Line, on: date, numbers: list[str]) -> None:
    """Let the same become known on the same day everywhere."""
    if on == BEGIN + days(9):
        line.paid(numbers[1], on)
    if on == BEGIN + days(14):
        line.unpaid(numbers[2], on)
    if on == BEGIN + days(20):
        line.unpaid(numbers[3], on)


def settled_in(line: Line) -> list[str]:
    """Put the same patents and people into an office."""
    numbers = [
        line.patent(due_on=due_on, owners=(f"第{n}公司", "共有公司"))
        for n, due_on in enumerate(DUES)
    ]
    for n in range(len(DUES)):
        line.contact(f"a{n}@b.example", f"第{n}公司")
    line.contact("all@b.example", "共有公司")
    return numbers


def live(line: Line, numbers: list[str], weather: Weather | None) -> None:
    """Tick a few times a day, and more often when ticks fail, as daemons do."""
    for on in (BEGIN + n * days(1) for n in range(LENGTH)):
        happen(line, on, numbers)
        if weather is not None:
            weather.storms = True
        done = 0
        for n in range(30):
            try:
                line.tick(at(on, 9) + n * timedelta(minutes=16))
                done += 1
            except StoreUnavailable:
                continue
            if done == 2:
                break
        if weather is not None:
            weather.storms = False


def heard(line: Line) -> set[tuple[str, str, str, date]]:
    """Return who was told what on which day."""
    return {
        (row.application_no, row.tier, row.recipient, row.sent_at.date())
        for row in line.alerts(channel="email", state="accepted")
    }


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("seed", ALL_SEEDS)
def test_f30_a_store_that_fails_at_random_loses_nothing(
    office: Offices, server: Sink, kind: str, seed: int, tmp_path: Path
) -> None:
    inbox = tmp_path / "inbox"
    inbox.mkdir()
    calm = office("sqlite").line
    live(calm, settled_in(calm), None)
    server.take_all()

    line = office(kind).line
    numbers = settled_in(line)
    weather = Weather(line.engine, seed)
    live(line, numbers, weather)
    assert weather.fell >= 5
    assert heard(line) == heard(calm)
    found = judged_mails_by_message(line, server)
    assert found == Counter()
    assert_accounted_for(line, at(BEGIN + LENGTH * days(1), 9))


def judged_mails_by_message(line: Line, server: Sink) -> "Counter[str]":
    """Return the names of mails that came more often than can be excused."""
    copies = Counter(
        mail["Message-ID"].strip("<>").partition("@")[0] for mail in server.mails
    )
    rows = line.attempts()
    intents = Counter(row.ref for row in rows if row.event == "intent")
    ended = Counter(row.ref for row in rows if row.event == "outcome")
    left = Counter(row.ref for row in rows if row.outcome in ("accepted", "unknown"))
    return (copies - left - (intents - ended)) + (copies - intents)
