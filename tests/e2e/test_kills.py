"""Killed at any moment, again and again: nothing is lost, a copy can be recognised."""

import random
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from patentwatch.store.engine import reading
from patentwatch.store.vault import Vault
from tests.line import DUE, Line, assert_accounted_for, at, days, live
from tests.mail_sink import Sink, sink

KILLS, MAILS = 30, 400
REMINDER = DUE - days(30)
ROOT = Path(__file__).parents[2]


@pytest.fixture
def server() -> Iterator[Sink]:
    with sink() as found:
        yield found


def test_thirty_kills_lose_nothing_and_double_only_what_was_on_the_wire(
    engine: Engine,
    database_url: str,
    vault: Vault,
    settings: Any,
    server: Sink,
    tmp_path: Path,
) -> None:
    line = Line(engine, vault, settings(**live(server.port)))
    for n in range(MAILS):
        line.patent(owners=(f"公司{n}",))
        line.contact(f"a{n}@b.example", f"公司{n}")
    line.look(REMINDER)
    engine.dispose()

    def start(number: int) -> subprocess.Popen[str]:
        now = at(REMINDER, 9) + number * timedelta(minutes=16)  # a lease later
        words = [database_url, tmp_path / "patentwatch.key", server.port, tmp_path]
        command = [sys.executable, ROOT / "tests/e2e/kill_worker.py", *words]
        return subprocess.Popen(  # noqa: S603 - our own words
            [*map(str, command), now.isoformat()],
            cwd=ROOT,
            env={"PYTHONPATH": str(ROOT), "PATH": "/usr/bin:/bin"},
            stdout=subprocess.PIPE,
            text=True,
        )

    kills = 0
    chance = random.Random(20260411)  # noqa: S311 - a die, and the same one every time
    for number in range(KILLS):
        before = len(server.mails)
        process = start(number)
        _wait_for_mail(server, before, process)
        threading.Event().wait(chance.uniform(0, 0.05))
        process.kill()
        out, _ = process.communicate()
        kills += "done" not in out
        _assert_sound(line)
    last = start(KILLS)
    out, _ = last.communicate(timeout=120)
    assert "done" in out

    copies = Counter(mail["To"].addresses[0].addr_spec for mail in server.mails)
    assert len(copies) == MAILS  # nothing is lost
    assert max(copies.values()) <= 1 + kills
    assert sum(copies.values()) - MAILS <= 2 * kills  # two connections
    identities = {
        (mail["To"].addresses[0].addr_spec, mail["Message-ID"]) for mail in server.mails
    }
    assert len(identities) == MAILS  # a copy bears the same Message-ID
    assert {row.state for row in line.alerts(tier="reminder")} == {"accepted"}
    assert_accounted_for(line, at(REMINDER, 20))


def _wait_for_mail(server: Sink, before: int, process: "subprocess.Popen[str]") -> None:
    """Wait until the process has sent something, or has nothing to send."""
    tick = threading.Event()
    for _ in range(3000):
        if server.count > before or process.poll() is not None:
            return
        tick.wait(0.01)
    raise AssertionError("the process neither sent nor ended")


def _assert_sound(line: Line) -> None:
    if line.engine.dialect.name == "sqlite":
        with reading(line.engine) as connection:
            check = connection.execute(text("PRAGMA integrity_check")).scalar_one()
        assert check == "ok"
