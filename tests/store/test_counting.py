"""Counts for any day out of the spells that a look has folded, in both views."""

from collections.abc import Callable
from datetime import date, timedelta
from random import Random
from typing import Any

import pytest
from sqlalchemy import Engine, select

from patentwatch.model import County, Fact, FactKind, FactSource
from patentwatch.status import state
from patentwatch.store import counting, events, facts, patents
from patentwatch.store.engine import reading, transaction
from patentwatch.store.standings import AS_KNOWN, BY_LAW, SpellRow, replace_spells
from patentwatch.store.tables import patents as patents_table
from patentwatch.store.tables import spells
from patentwatch.store.vault import Vault
from tests.line import Line
from tests.make_situations import day
from tests.status.test_owners import TO_NANLE

NOW = date(2026, 11, 22)
GRANTED = date(2018, 11, 11)
LAPSED = "未缴年费专利权终止\n终止日期：20240511"
HERE, THERE = "410901", "410923"
COUNTIES = (County(HERE, "华龙区"), County(THERE, "南乐县"))


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Callable[..., Any]) -> Line:
    line = Line(engine, vault, settings())
    line.change(counties=COUNTIES)
    return line


def valid(line: Line, on: str | date, view: str = AS_KNOWN) -> counting.Counts:
    when = day(on) if isinstance(on, str) else on
    with reading(line.engine) as connection:
        return counting.valid(connection, when, view=view)


def flow(line: Line, from_on: str, to_on: str) -> counting.Flow:
    with reading(line.engine) as connection:
        return counting.flow(connection, day(from_on), day(to_on), view=AS_KNOWN)


@pytest.mark.parametrize(
    ("on", "count"),
    [("2018-11-10", 0), ("2018-11-11", 1), ("2018-11-12", 1)],
    ids=["day-before-grant", "grant", "day-after"],
)
@pytest.mark.parametrize("view", [AS_KNOWN, BY_LAW])
def test_a_right_counts_from_its_grant(
    line: Line, on: str, count: int, view: str
) -> None:
    line.patent()
    line.look(NOW)
    assert valid(line, on, view) == ({HERE: 1} if count else {})


@pytest.mark.parametrize(
    ("on", "as_known", "by_law"),
    [
        pytest.param("2024-05-10", 1, 1, id="day-before-the-due-day"),
        pytest.param("2024-05-11", 1, 0, id="due-day"),
        pytest.param("2025-01-02", 1, 0, id="day-before-the-announcement"),
        pytest.param("2025-01-03", 0, 0, id="announced"),
        pytest.param("2025-01-04", 0, 0, id="day-after"),
    ],
)
def test_a_lapse_counts_back_by_law_and_from_its_announcement_as_known(
    line: Line, on: str, as_known: int, by_law: int
) -> None:
    number = line.patent()
    line.event(number, "CF01", date(2025, 1, 3), text=LAPSED)
    line.look(NOW)
    assert valid(line, on).get(HERE, 0) == as_known
    assert valid(line, on, BY_LAW).get(HERE, 0) == by_law


@pytest.mark.parametrize(
    ("on", "as_known"),
    [
        ("2025-01-02", 1),
        ("2025-01-03", 0),
        ("2025-06-05", 0),
        ("2025-06-06", 1),
        ("2025-06-07", 1),
    ],
)
def test_a_restoration_closes_the_gap_by_law_alone(
    line: Line, on: str, as_known: int
) -> None:
    number = line.patent()
    line.event(number, "CF01", date(2025, 1, 3), text=LAPSED)
    line.event(number, "RR01", date(2025, 6, 6))
    line.look(NOW)
    assert valid(line, on).get(HERE, 0) == as_known
    assert valid(line, on, BY_LAW) == {HERE: 1}


@pytest.mark.parametrize(
    ("on", "count"), [("2025-05-10", 1), ("2025-05-11", 0), ("2025-05-12", 0)]
)
def test_a_right_expires_without_any_event(line: Line, on: str, count: int) -> None:
    line.patent(due_on=date(2015, 5, 11))  # filed on 2005-05-11
    line.look(NOW)
    assert valid(line, on).get(HERE, 0) == valid(line, on, BY_LAW).get(HERE, 0) == count


def test_the_end_of_a_term_is_counted_ahead(line: Line) -> None:
    line.patent()
    line.look(NOW)
    assert valid(line, "2036-05-10") == {HERE: 1}
    assert valid(line, "2036-05-11") == {}


@pytest.mark.parametrize(
    ("on", "county"),
    [("2026-02-28", HERE), ("2026-03-01", THERE), ("2026-03-02", THERE)],
)
def test_a_notice_moves_a_right_to_another_county(
    line: Line, on: str, county: str
) -> None:
    number = line.patent()
    line.event(
        number, "CP02", date(2026, 3, 13), text=TO_NANLE, since=day("2026-03-01")
    )
    line.look(NOW)
    assert valid(line, on) == {county: 1}
    found = flow(line, "2026-01-01", "2026-12-31")
    assert (found.moved_in, found.moved_out) == ({THERE: 1}, {HERE: 1})


def test_lists_move_a_right_from_their_day_on(line: Line) -> None:
    number = line.patent()
    for on, county in ((date(2026, 2, 5), HERE), (date(2026, 8, 5), THERE)):
        line.fact(number, FactKind.LISTED, on, source=FactSource.COLUMN, county=county)
    line.look(NOW)
    assert valid(line, "2020-01-01") == {HERE: 1}
    assert valid(line, "2026-08-04") == {HERE: 1}
    assert valid(line, "2026-08-05") == {THERE: 1}


def test_a_year_tells_what_began_and_what_ended(line: Line) -> None:
    one, other = line.patent(), line.patent()
    line.patent(due_on=date(2015, 5, 11))
    line.event(one, "CF01", date(2025, 1, 3), text=LAPSED)
    line.event(one, "RR01", date(2025, 6, 6))
    line.event(other, "IW01", date(2025, 9, 5))
    line.look(NOW)
    found = flow(line, "2025-01-01", "2025-12-31")
    assert (found.lapsed, found.restored) == ({HERE: 1}, {HERE: 1})
    assert (found.expired, found.otherwise_ended) == ({HERE: 1}, {HERE: 1})
    assert found.granted == {}
    assert flow(line, "2018-11-11", "2018-11-11").granted == {HERE: 2}


@pytest.mark.parametrize(
    ("from_on", "to_on", "count"),
    [
        ("2025-01-01", "2025-01-02", 0),
        ("2025-01-01", "2025-01-03", 1),
        ("2025-01-03", "2025-12-31", 1),
        ("2025-01-04", "2025-12-31", 0),
    ],
)
def test_both_ends_of_a_time_are_inclusive(
    line: Line, from_on: str, to_on: str, count: int
) -> None:
    line.event(line.patent(), "CF01", date(2025, 1, 3), text=LAPSED)
    line.look(NOW)
    assert flow(line, from_on, to_on).lapsed.get(HERE, 0) == count


def test_what_vanished_from_the_lists_is_counted_and_told(line: Line) -> None:
    number = line.patent()
    line.patent()
    with transaction(line.engine) as connection:
        gone = patents_table.c.application_no == number
        connection.execute(
            patents_table.update()
            .where(gone)
            .values(missing_since_on=day("2026-06-01"))
        )
    line.look(NOW)
    with reading(line.engine) as connection:
        for on, count in (("2026-05-31", 0), ("2026-06-01", 1), ("2026-06-02", 1)):
            found = counting.missing(connection, day(on), view=AS_KNOWN)
            assert found.get(HERE, 0) == count
    assert valid(line, "2026-06-02") == {HERE: 2}


def test_the_numbers_and_the_last_spell_of_rights_can_be_named(line: Line) -> None:
    one, other = line.patent(), line.patent()
    line.event(one, "CF01", date(2025, 1, 3), text=LAPSED)
    line.look(NOW)
    with reading(line.engine) as connection:
        numbers = counting.valid_numbers(connection, NOW, view=AS_KNOWN)
        last = counting.last_spells(connection, [one], NOW, view=AS_KNOWN)
    assert numbers == {other}
    assert last == {one: (GRANTED, date(2025, 1, 3), "annual_fee_not_paid")}


def test_the_same_spells_are_not_written_again(line: Line) -> None:
    number = line.patent()
    row = SpellRow(AS_KNOWN, GRANTED, None, HERE, "granted", "")
    longer = SpellRow(BY_LAW, GRANTED, None, HERE, "granted", "")
    for wanted in ([row], [row], [row, longer], []):
        with transaction(line.engine) as connection:
            replace_spells(connection, {number: wanted})
        with reading(line.engine) as connection:
            rows = connection.execute(select(spells)).all()
        assert {SpellRow(*found[1:]) for found in rows} == set(wanted)


CODES = ("CF01", "CF01", "EXPY", "RR01", "RR01", "AV01", "IW01", "CX01", "GR01")


def fate(line: Line, chance: Random) -> None:
    """Put a patent with a history by chance into the register."""
    due_on = date(2015, 1, 1) + timedelta(days=chance.randrange(4000))
    number = line.patent(due_on=due_on, county=chance.choice([HERE, THERE, None]))
    for _ in range(chance.randrange(5)):
        on = date(2016, 1, 1) + timedelta(days=chance.randrange(3900))
        anniversary = date(on.year - 1, due_on.month, min(due_on.day, 28))
        since = chance.choice([None, None, anniversary])
        line.event(number, chance.choice(CODES), on, since=since)
    if chance.random() < 0.4:
        on = date(2020, 1, 1) + timedelta(days=chance.randrange(2000))
        kind = chance.choice([FactKind.ENDED, FactKind.UNPAID])
        line.fact(number, kind, on, source=FactSource.CASE_STATUS)


def by_hand(line: Line, on: date) -> dict[str | None, int]:
    """Count by judging every patent on that day."""
    rules = line.here.rules
    found: dict[str | None, int] = {}
    with reading(line.engine) as connection:
        numbers = list(
            connection.execute(select(patents_table.c.application_no)).scalars()
        )
        everything = patents.many(connection, numbers)
        told = events.of(connection, numbers)
        known: dict[str, list[Fact]] = dict(facts.of(connection, numbers))
    for number, patent in everything.items():
        judged = state.judge(
            patent,
            told.get(number, []),
            known.get(number, []),
            on=on,
            rulebook=rules.rulebook,
        )
        if judged.right.in_force:
            found[patent.county] = found.get(patent.county, 0) + 1
    return found


@pytest.mark.parametrize("seed", range(3))
def test_counts_out_of_spells_are_those_of_judging_every_patent(
    line: Line, seed: int
) -> None:
    chance = Random(seed)  # noqa: S311 - a test's
    for _ in range(30):
        fate(line, chance)
    line.look(NOW)
    for _ in range(15):
        on = date(2016, 1, 1) + timedelta(days=chance.randrange(3900))
        assert valid(line, on) == by_hand(line, on), on
    assert valid(line, NOW) == by_hand(line, NOW)
