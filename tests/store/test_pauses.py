"""Holds and silences: from when to when they stand, and whom they cover."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert, select, update

from patentwatch.model import Patent, PatentNumber, PatentType
from patentwatch.store import holders, patents, pauses
from patentwatch.store.engine import transaction
from patentwatch.store.tables import patents as table

ON = date(2026, 11, 22)
DAY = timedelta(days=1)
LOOKED = date(2027, 1, 1)
NUMBERS = ("201510000001.1", "201510000002.2")


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    """Yield a transaction in which two patents are looked at until 2027."""
    with transaction(engine) as connection:
        for place, number in enumerate(NUMBERS):
            patent = Patent(
                PatentNumber(number),
                PatentType.INVENTION,
                date(2015, 6, 1),
                patentees=(f"第{place}公司",),
                county=f"41090{place}",
            )
            found = patents.row_of(patent) | {"listed_on": ON, "next_look_on": LOOKED}
            connection.execute(insert(table).values(found))
            holders.replace_holders(connection, [patent])
        yield connection


def asked_again(connection: Connection) -> list[str]:
    """Return which patents are to be looked at, and have them looked at."""
    query = select(table.c.application_no).where(table.c.next_look_on.is_(None))
    found = list(connection.execute(query).scalars())
    connection.execute(update(table).values(next_look_on=LOOKED))
    return found


def hold(
    connection: Connection, until_on: date | None, year: int | None = None
) -> None:
    pauses.add_hold(
        connection,
        NUMBERS[0],
        fee_year=year,
        reason="在查",
        by="张",
        on=ON,
        until_on=until_on,
    )


@pytest.mark.parametrize(
    ("day", "stands"),
    [(ON - DAY, False), (ON, True), (ON + 2 * DAY, True), (ON + 3 * DAY, False)],
)
def test_a_hold_stands_from_its_first_to_its_last_day(
    connection: Connection, day: date, *, stands: bool
) -> None:
    hold(connection, ON + 2 * DAY)
    found = pauses.holds_of(connection, NUMBERS, on=day)
    assert bool(found) is stands
    assert len(pauses.standing_holds(connection, on=day)) == int(stands)


def test_a_hold_has_its_patent_looked_at_and_again_when_it_ends(
    connection: Connection,
) -> None:
    hold(connection, ON + 2 * DAY)
    assert asked_again(connection) == [NUMBERS[0]]
    waking = pauses.waking_days(connection, NUMBERS, on=ON)
    assert waking == {NUMBERS[0]: ON + 3 * DAY}
    assert pauses.waking_days(connection, NUMBERS, on=ON + 3 * DAY) == {}


def test_holds_are_ended_all_or_those_of_one_year(connection: Connection) -> None:
    hold(connection, None, 11)
    hold(connection, None, 12)
    hold(connection, None)
    asked_again(connection)
    end: dict[str, Any] = {"by": "李", "on": ON + DAY}
    number = NUMBERS[0]
    assert pauses.end_holds(connection, number, fee_year=12, dry_run=True, **end) == 1
    assert asked_again(connection) == []
    assert pauses.end_holds(connection, number, fee_year=12, **end) == 1
    assert asked_again(connection) == [number]
    assert pauses.end_holds(connection, number, fee_year=12, **end) == 0
    assert pauses.end_holds(connection, number, fee_year=None, **end) == 2
    assert len(pauses.standing_holds(connection, on=ON)) == 3, "the past stays"
    assert pauses.standing_holds(connection, on=ON + DAY) == []


@pytest.mark.parametrize(
    "scope",
    [
        pytest.param(pauses.SilenceScope(application_no=NUMBERS[0]), id="patent"),
        pytest.param(pauses.SilenceScope(party="第０ 公司"), id="party"),
        pytest.param(pauses.SilenceScope(county="410900"), id="county"),
    ],
)
def test_a_silence_covers_its_scope_and_nothing_else(
    connection: Connection, scope: pauses.SilenceScope
) -> None:
    key = pauses.add_silence(
        connection, scope, reason="搬迁", by="张", on=ON, until_on=ON + DAY
    )
    assert asked_again(connection) == [NUMBERS[0]]
    covered = {
        day: [
            number
            for number in NUMBERS
            if pauses.silenced(
                _patent(connection, number), pauses.silences_on(connection, on=day)
            )
        ]
        for day in (ON - DAY, ON, ON + DAY, ON + 2 * DAY)
    }
    assert list(covered.values()) == [[], [NUMBERS[0]], [NUMBERS[0]], []]
    assert pauses.silence_waking_day(connection, on=ON) == ON + 2 * DAY
    end: dict[str, Any] = {"by": "李", "on": ON + DAY}
    assert pauses.end_silence(connection, key, dry_run=True, **end)
    assert pauses.end_silence(connection, key, **end)
    assert asked_again(connection) == [NUMBERS[0]]
    assert not pauses.end_silence(connection, key, **end)
    assert pauses.standing_silences(connection, on=ON + DAY) == []


def _patent(connection: Connection, number: str) -> Patent:
    patent = patents.one(connection, number)
    assert patent is not None
    return patent
