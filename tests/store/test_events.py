"""Events in the database: each report once, each fact new once, decisions beside."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select

from patentwatch.status.codes import Effect
from patentwatch.status.events import Event, EventSource
from patentwatch.store import events
from patentwatch.store.engine import reading, transaction
from patentwatch.store.events import Decision, Waiting
from patentwatch.store.tables import events as events_table
from patentwatch.store.tables import patents
from patentwatch.store.vault import Vault
from tests.line import Line, at
from tests.make_events import TRANSFER

OPS = EventSource.OPS
ON = date(2026, 5, 15)
NOW = at(date(2026, 5, 20), 9)
UNREAD = "未缴年费专利权终止 更正有误"


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Callable[..., Any]) -> Line:
    return Line(engine, vault, settings())


def stored(line: Line, number: str) -> list[Event]:
    with reading(line.engine) as connection:
        return events.of(connection, [number]).get(number, [])


def waiting(line: Line) -> list[Waiting]:
    with reading(line.engine) as connection:
        return list(events.waiting(connection))


def decide(
    line: Line,
    event_id: int,
    effect: Effect = Effect.NONE,
    reason: str = "decided_by_person",
    effective_on: date | None = None,
) -> str | None:
    decision = Decision(effect, reason, effective_on, "张", "")
    with transaction(line.engine) as connection:
        return events.decide(connection, event_id, decision, now=NOW)


def next_look_on(line: Line, number: str) -> date | None:
    query = select(patents.c.next_look_on).where(patents.c.application_no == number)
    with reading(line.engine) as connection:
        found: date | None = connection.execute(query).scalar_one()
        return found


def test_a_report_is_kept_as_it_came(line: Line) -> None:
    number = line.patent()
    assert line.event(number, "TR01", ON, text=TRANSFER)
    (found,) = stored(line, number)
    assert (found.code, found.announced_on, found.effective_on) == (
        "TR01",
        ON,
        date(2024, 3, 1),
    )
    assert (found.source, found.text) == (EventSource.PRS, TRANSFER)
    assert found.fields["变更后权利人"] == "乙示例公司"
    assert not found.needs_review


def test_a_database_whose_keys_said_less_takes_reports_all_the_same(
    line: Line,
) -> None:
    number = line.patent()
    assert line.event(number, "CF01", ON)
    with transaction(line.engine) as connection:
        connection.execute(events_table.update().values(fact_key=f"end|{ON}|"))
    assert not line.event(number, "CF01", ON)
    assert line.event(number, "RR01", date(2026, 5, 18))
    assert [one.code for one in stored(line, number)] == ["CF01", "RR01"]


def test_a_report_is_stored_once_and_told_once(line: Line) -> None:
    number = line.patent()
    assert line.event(number, "CF01", ON)
    assert not line.event(number, "CF01", ON)
    assert len(stored(line, number)) == 1


@pytest.mark.parametrize(
    ("first", "again"),
    [
        pytest.param(("CF01", ""), ("EXPY", ""), id="old-code"),
        pytest.param(("CF01", ""), ("CF01", "未缴年费专利权终止"), id="other-words"),
        pytest.param(("TR01", TRANSFER), ("C41", ""), id="transfer-without-names"),
        pytest.param(("PC01", ""), ("PLDC", ""), id="pledge-without-a-word"),
    ],
)
def test_another_report_of_a_fact_is_kept_and_tells_nothing_new(
    line: Line, first: tuple[str, str], again: tuple[str, str]
) -> None:
    number = line.patent()
    assert line.event(number, first[0], ON, text=first[1])
    assert not line.event(number, again[0], ON, text=again[1], source=OPS)
    assert len(stored(line, number)) == 2


def test_who_bought_a_patent_is_new_after_a_transfer_without_names(line: Line) -> None:
    number = line.patent()
    assert line.event(number, "C41", ON, source=OPS)
    assert line.event(number, "TR01", ON, text=TRANSFER)


def test_one_batch_tells_each_fact_once(line: Line) -> None:
    number, other = line.patent(), line.patent()
    for one in (number, other):
        line.event(one, "CF01", ON)
    (told,) = stored(line, number)
    (same,) = stored(line, other)
    with transaction(line.engine) as connection:
        assert events.add(connection, [told, same, told], now=NOW) == [False] * 3
    assert len(stored(line, number)) == 1


def test_the_same_event_of_two_patents_is_two(line: Line) -> None:
    one, other = line.patent(), line.patent()
    assert line.event(one, "CF01", ON)
    assert line.event(other, "CF01", ON)


def test_an_event_has_its_patent_looked_at_again(line: Line) -> None:
    number, other = line.patent(), line.patent()
    line.look(ON)
    assert None not in {next_look_on(line, number), next_look_on(line, other)}
    line.event(number, "CF01", ON)
    assert next_look_on(line, number) is None
    assert next_look_on(line, other) is not None
    line.look(ON)
    line.event(number, "CF01", ON)
    assert next_look_on(line, number) is not None, "a known report changes nothing"


def test_an_event_of_a_patent_that_no_register_has_is_kept(line: Line) -> None:
    assert line.event("201610000099.X", "CF01", ON)
    assert len(stored(line, "201610000099.X")) == 1


def test_what_a_person_must_read_waits_oldest_first(line: Line) -> None:
    number = line.patent()
    line.event(number, "CF01", ON, text=UNREAD)
    line.event(number, "OR01", date(2026, 5, 8), text="其他有关事项")
    line.event(number, "GR01", ON)
    line.event("201610000099.X", "OR01", ON, text="其他有关事项")
    found = waiting(line)
    assert [one.event.code for one in found] == ["CF01", "OR01", "OR01"]
    assert [(one.title, one.county) for one in found] == [
        ("一种密封装置", "410901"),
        ("一种密封装置", "410901"),
        ("", None),
    ]


def test_a_decision_takes_the_place_of_what_the_program_read(line: Line) -> None:
    number = line.patent()
    line.event(number, "CF01", ON, text=UNREAD)
    line.look(ON)
    (one,) = waiting(line)
    lapsed_on = date(2025, 5, 11)
    told = decide(line, one.id, Effect.END, "annual_fee_not_paid", lapsed_on)
    assert told == number
    assert waiting(line) == []
    assert next_look_on(line, number) is None
    (found,) = stored(line, number)
    assert (found.source, found.effect, found.reason, found.effective_on) == (
        EventSource.PERSON,
        Effect.END,
        "annual_fee_not_paid",
        lapsed_on,
    )
    assert (found.needs_review, found.text) == (False, UNREAD)


def test_the_newest_decision_counts(line: Line) -> None:
    number = line.patent()
    line.event(number, "CF01", ON, text=UNREAD)
    (one,) = waiting(line)
    decide(line, one.id, Effect.END, "annual_fee_not_paid")
    decide(line, one.id)
    (found,) = stored(line, number)
    assert (found.effect, found.reason) == (Effect.NONE, "decided_by_person")


def test_a_decision_on_a_report_that_is_not_there_is_none(line: Line) -> None:
    assert decide(line, 999) is None


def test_a_decided_report_stays_decided_when_it_is_reported_again(line: Line) -> None:
    number = line.patent()
    line.event(number, "CF01", ON, text=UNREAD)
    (one,) = waiting(line)
    decide(line, one.id)
    line.event(number, "CF01", ON, text=UNREAD)
    assert waiting(line) == []


def test_the_day_a_person_gives_for_the_term_is_its_end(line: Line) -> None:
    number = line.patent()
    line.event(number, "TG01", ON)
    (one,) = waiting(line)
    decide(line, one.id, Effect.TERM, "patent_term_compensation", date(2036, 8, 6))
    (found,) = stored(line, number)
    assert dict(found.fields) == {"期满终止日": "2036-08-06"}
    assert found.effective_on is None


def test_reports_are_never_changed(line: Line) -> None:
    number = line.patent()
    line.event(number, "CF01", ON, text=UNREAD)
    with reading(line.engine) as connection:
        before = connection.execute(select(events_table)).all()
    (one,) = waiting(line)
    decide(line, one.id)
    line.event(number, "CF01", ON, text=UNREAD)
    with reading(line.engine) as connection:
        assert connection.execute(select(events_table)).all() == before
