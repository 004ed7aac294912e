"""Deciding again before a message leaves, beside whoever looks at the same patents."""

from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Engine, select

from patentwatch import outgoing
from patentwatch.composing import still_true
from patentwatch.store import patents
from patentwatch.store.engine import reading, transaction
from patentwatch.store.tables import alerts
from patentwatch.store.vault import Vault
from tests.line import DUE, Line, at, days

REMINDER = DUE - days(30)
A_MOMENT = 0.05


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Any) -> Line:
    """Return an installation that writes its messages into a folder."""
    return Line(engine, vault, settings())


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_a_claim_waits_for_a_look_before_it_holds_any_alert(line: Line) -> None:
    number = line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    (message,) = line.messages(channel="email")
    post = outgoing.post(line.here, tell_time=lambda: at(REMINDER, 9))

    def claim() -> int:
        with transaction(line.engine) as connection:
            ids = [message.id]
            found, _ = still_true(
                connection, line.vault, post, ids, now=at(REMINDER, 9)
            )
            return len(found)

    with ThreadPoolExecutor(1) as daemon:
        with transaction(line.engine) as look:
            patents.lock(look, [number])
            claimed = daemon.submit(claim)
            wait_until_somebody_waits(line)
            rows = select(alerts.c.id).where(alerts.c.application_no == number)
            # Two that each hold what the other wants would end here.
            assert look.execute(rows.with_for_update(nowait=True)).all() != []
            assert not claimed.done()
        assert claimed.result(60) == 1


def wait_until_somebody_waits(line: Line) -> None:
    """Return when another session waits for a lock."""
    for _ in range(1200):
        with reading(line.engine) as connection:
            waits = connection.exec_driver_sql(
                "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' "
                "AND datname = current_database()"
            )
            if waits.scalar_one():
                return
        Event().wait(A_MOMENT)
    pytest.fail("nobody waited for the lock")
