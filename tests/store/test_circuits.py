"""Circuits in the database: shared by all daemons, one probe at a time."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import Engine

from patentwatch.circuits import OPENS_AFTER, Circuit, Tries
from patentwatch.store import circuits
from patentwatch.store.engine import reading, transaction

NOW = datetime(2026, 4, 11, 1, tzinfo=UTC)


def fail(engine: Engine, times: int, *, probe: bool = False) -> Circuit:
    found = Circuit("smtp")
    for _ in range(times):
        with transaction(engine) as connection:
            found = circuits.record(
                connection, "smtp", failure="connect refused", probe=probe, now=NOW
            )
    return found


def ask(engine: Engine, now: datetime = NOW) -> Tries:
    with transaction(engine) as connection:
        return circuits.ask(connection, "smtp", now=now)


def test_a_transport_that_never_failed_may_be_tried(engine: Engine) -> None:
    assert ask(engine) is Tries.ANY
    with transaction(engine) as connection:
        circuits.record(connection, "smtp", failure=None, probe=False, now=NOW)
        assert circuits.known(connection) == []


def test_failures_are_counted_across_transactions(engine: Engine) -> None:
    fail(engine, OPENS_AFTER - 1)
    assert ask(engine) is Tries.ANY
    fail(engine, 1)
    assert ask(engine) is Tries.NONE
    with reading(engine) as connection:
        (found,) = circuits.known(connection)
    assert (found.failures, found.down_since_at) == (OPENS_AFTER, NOW)
    assert found.detail == "connect refused"


def test_of_two_that_ask_after_the_pause_one_may_probe(engine: Engine) -> None:
    until_at = fail(engine, OPENS_AFTER).open_until_at
    assert until_at is not None
    assert [ask(engine, until_at), ask(engine, until_at)] == [Tries.ONE, Tries.NONE]


def test_a_failed_probe_opens_it_for_longer_and_an_answer_closes_it(
    engine: Engine,
) -> None:
    opened = fail(engine, OPENS_AFTER)
    again = fail(engine, 1, probe=True)
    assert again.failures == OPENS_AFTER + 1
    assert opened.open_until_at is not None
    assert again.open_until_at is not None
    assert again.open_until_at - NOW >= timedelta(minutes=2)
    with transaction(engine) as connection:
        circuits.record(connection, "smtp", failure=None, probe=True, now=NOW)
    assert ask(engine) is Tries.ANY
    with reading(engine) as connection:
        assert circuits.known(connection) == [Circuit("smtp")]


def test_one_transport_does_not_speak_for_another(engine: Engine) -> None:
    fail(engine, OPENS_AFTER)
    with transaction(engine) as connection:
        assert circuits.ask(connection, "aliyun", now=NOW) is Tries.ANY
