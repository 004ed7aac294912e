"""A PostgreSQL server that restarts, throws us out, falls silent, or is away.

F11 restart under an idle pool, F12 thrown out inside a transaction, F13 the answer to
a COMMIT is lost, F14 the server is away for long.
"""

import os
import random
import signal
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Connection, Engine, event, make_url

from patentwatch import clock
from patentwatch.errors import StoreUnavailable
from tests.cluster import Cluster
from tests.faults.judge import judged_mails
from tests.faults.offices import NINE, Wired
from tests.faults.sizes import gate_and_soak
from tests.faults.supervisor import supervisor, wait_until
from tests.faults.worker import finished, run_the_daemon, start
from tests.line import Line
from tests.mail_sink import Sink


def moment(round_: int) -> datetime:
    """Return the instant of a round, a lease after the one before, in the window."""
    day, part = divmod(round_, 25)
    return NINE + timedelta(days=day, minutes=16 * part)


def again_until_done(line: Line, now: datetime) -> int:
    """Do as a daemon does whose ticks fail; return how many failed."""
    failed = 0
    while True:
        try:
            line.look(now)
            line.deliver(now)
        except StoreUnavailable:
            failed += 1
            assert failed < 10
        else:
            return failed


def assert_each_once(line: Line, server: Sink, *, copies: int) -> None:
    found = judged_mails(line, server.mails)
    assert found.clean
    assert found.doubled <= copies
    boxes = [row.recipient for row in line.messages()]
    assert len(boxes) == len(set(boxes)), "an obligation twice"
    assert {row.state for row in line.messages()} == {"accepted"}


@gate_and_soak("restarts", gate=2, soak=50)
def test_f11_a_restart_under_an_idle_pool_is_not_noticed(
    shaky: Cluster, wired: Wired, server: Sink, restarts: int
) -> None:
    for round_ in range(restarts):
        wired.safe.many(1)
        wired.line.look(moment(round_))
        shaky.restart()
        assert wired.line.deliver(moment(round_)).accepted == 1
    assert server.count == restarts


class Thrown:
    """Throws the connection of an engine out at its n-th statement from now."""

    def __init__(self, engine: Engine, admin: str) -> None:
        self.after = 0
        self.count = 0
        dsn = make_url(admin).set(drivername="postgresql")
        self._dsn = dsn.render_as_string(hide_password=False)
        event.listen(engine, "before_cursor_execute", self._executing)

    def _executing(self, connection: Connection, *_: object) -> None:
        if self.after:
            self.after -= 1
            if not self.after:
                self.count += 1
                self._throw_out(connection)

    def _throw_out(self, connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        with psycopg.connect(self._dsn, autocommit=True) as admin:
            # With a timeout it returns when the other one is gone.
            admin.execute(
                "SELECT pg_terminate_backend(%s, 5000)", (driver.info.backend_pid,)
            )


@gate_and_soak("times", gate=10, soak=200)
def test_f12_thrown_out_inside_a_transaction_it_is_done_again(
    wired: Wired, server: Sink, times: int
) -> None:
    thrown = Thrown(wired.line.engine, wired.url)
    chance = random.Random(times)  # noqa: S311 - a die
    for round_ in range(times):
        wired.safe.many(2)
        thrown.after = chance.randint(1, 45)
        again_until_done(wired.line, moment(round_))
    thrown.after = 0
    again_until_done(wired.line, moment(times))
    assert thrown.count >= times // 2
    # A mail whose outcome could not be written for longer than it is tried.
    assert_each_once(wired.safe, server, copies=0)


@gate_and_soak("times", gate=10, soak=200)
def test_f13_a_commit_whose_answer_is_lost_is_done_once(
    wired: Wired, server: Sink, times: int
) -> None:
    chance = random.Random(times)  # noqa: S311 - a die
    for round_ in range(times):
        wired.safe.many(2)
        wired.proxy.lose_commit = chance.randint(1, 8)
        again_until_done(wired.line, moment(round_))
    wired.proxy.lose_commit = 0
    again_until_done(wired.line, moment(times))
    assert wired.proxy.lost >= times // 2
    assert_each_once(wired.safe, server, copies=0)


@pytest.mark.gate
def test_f14_a_server_that_is_away_keeps_the_daemon_alive_and_calm(
    wired: Wired, tmp_path: Path
) -> None:
    proxy, tick_seconds = wired.proxy, 1.0
    soon = clock.today(clock.now()) + timedelta(days=20)
    with supervisor(tmp_path / "notify") as heard:
        notify = str(tmp_path / "notify")
        process = start(run_the_daemon, wired.job, tick_seconds, notify)

        def ticks(more: int) -> None:
            seen = heard.count("WATCHDOG=1")
            wait_until(
                lambda: heard.count("WATCHDOG=1") >= seen + more, process.is_alive
            )

        ticks(1)
        proxy.refuses = True
        ticks(1)
        before, seen = proxy.asked, heard.count("WATCHDOG=1")
        ticks(4)
        tries = (proxy.asked - before) / (heard.count("WATCHDOG=1") - seen)
        assert 0 < tries <= 60, "more than one a second, with a tick a minute"
        wired.safe.patent(due_on=soon)
        wired.safe.contact("a@b.example")
        proxy.refuses = False
        ticks(2)  # the one that may have begun before, and the next
        assert wired.safe.alerts(channel="email") != []
        os.kill(process.pid or 0, signal.SIGTERM)
        assert finished(process) == 0
        assert heard.words[0] == "READY=1"
        assert heard.words[-1] == "STOPPING=1"
