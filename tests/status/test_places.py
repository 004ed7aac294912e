"""Which county answered for a right, and spells cut where it changed."""

from dataclasses import replace
from datetime import date

import pytest

from patentwatch.model import Fact, FactKind, FactSource
from patentwatch.status.places import Place, places, split
from patentwatch.status.spells import Spell
from tests.make_situations import day

NOW = day("2026-11-22")
SPELL = Spell(day("2020-09-04"), day("2038-04-10"), "granted", "term_expired")


def listed(on: str, county: str | None) -> Fact:
    return Fact(FactKind.LISTED, FactSource.COLUMN, day(on), county=county)


def where(
    *facts: Fact, county: str | None = "A", moved: Place | None = None
) -> list[tuple[str, str]]:
    found = places(facts, county, moved=moved, on=NOW)
    return [(on.isoformat(), code) for on, code in found]


ALWAYS = date.min.isoformat()


def test_a_county_that_no_list_dates_has_always_answered() -> None:
    assert where() == [(ALWAYS, "A")]
    assert where(county=None) == []


def test_what_the_first_list_states_holds_before_it() -> None:
    assert where(listed("2022-01-05", "A")) == [(ALWAYS, "A")]


def test_what_a_later_list_states_holds_from_its_day() -> None:
    found = where(listed("2024-01-05", "B"), listed("2022-01-05", "A"), county="B")
    assert found == [(ALWAYS, "A"), ("2024-01-05", "B")]


def test_a_list_that_states_no_county_moves_nothing() -> None:
    assert where(listed("2022-01-05", "A"), listed("2024-01-05", None)) == [
        (ALWAYS, "A")
    ]


def test_a_list_of_a_day_to_come_states_nothing_yet() -> None:
    assert where(listed("2022-01-05", "A"), listed("2026-11-23", "B")) == [
        (ALWAYS, "A")
    ]


def test_a_notice_moves_from_its_day() -> None:
    to_b = (day("2024-03-01"), "B")
    moved = [(ALWAYS, "A"), ("2024-03-01", "B")]
    assert where(listed("2022-01-05", "A"), moved=to_b) == moved
    assert where(moved=to_b) == moved
    assert where(county=None, moved=to_b) == [(ALWAYS, "B")]


def test_a_notice_that_counts_back_before_the_list_moves_from_that_list() -> None:
    found = where(
        listed("2022-01-05", "B"),
        listed("2024-03-10", "A"),
        moved=(day("2024-03-01"), "B"),
    )
    assert found == [(ALWAYS, "B")]


@pytest.mark.parametrize(("now_in", "first"), [("A", "A"), ("B", "B"), (None, "A")])
def test_two_lists_of_one_day_leave_it_with_the_county_that_has_it(
    now_in: str | None, first: str
) -> None:
    both = [
        listed(on, code) for on in ("2022-01-05", "2023-01-05") for code in ("A", "B")
    ]
    assert where(*both, county=now_in) == [(ALWAYS, first)]


def cut(*found: tuple[str, str]) -> list[tuple[str, str, str, str, str | None]]:
    at: list[Place] = [(date.fromisoformat(on), code) for on, code in found]
    return [
        (str(part.from_on), str(part.until_on), part.began_by, part.ended_by, county)
        for part, county in split(SPELL, at)
    ]


def test_a_spell_is_cut_where_the_county_changes() -> None:
    assert cut((ALWAYS, "A"), ("2024-03-01", "B")) == [
        ("2020-09-04", "2024-03-01", "granted", "moved", "A"),
        ("2024-03-01", "2038-04-10", "moved", "term_expired", "B"),
    ]


@pytest.mark.parametrize(
    ("moved_on", "parts"),
    [("2020-09-03", 1), ("2020-09-04", 1), ("2020-09-05", 2)],
    ids=["day-before-the-spell", "its-first-day", "day-after"],
)
def test_a_move_before_the_spell_does_not_cut_it(moved_on: str, parts: int) -> None:
    found = cut((ALWAYS, "A"), (moved_on, "B"))
    assert len(found) == parts
    assert found[-1][4] == "B"
    assert found[0][2] == "granted"


@pytest.mark.parametrize(
    ("moved_on", "parts"),
    [("2038-04-09", 2), ("2038-04-10", 1), ("2038-04-11", 1)],
    ids=["last-day-of-the-spell", "first-day-after", "later"],
)
def test_a_move_after_the_spell_does_not_cut_it(moved_on: str, parts: int) -> None:
    found = cut((ALWAYS, "A"), (moved_on, "B"))
    assert len(found) == parts
    assert found[-1][3] == "term_expired"


def test_a_spell_without_a_place_stays_whole() -> None:
    assert split(SPELL, []) == [(SPELL, None)]


def test_an_open_spell_stays_open_in_its_last_county() -> None:
    going_on = replace(SPELL, until_on=None, ended_by="")
    parts = split(going_on, [(date.min, "A"), (day("2024-03-01"), "B")])
    assert [(p.until_on, p.ended_by) for p, _ in parts] == [
        (day("2024-03-01"), "moved"),
        (None, ""),
    ]
