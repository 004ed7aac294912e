"""What status events do to what people are told, through the whole decision."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine, select

from patentwatch.cases import Case, cases
from patentwatch.model import County, FactKind, Patent
from patentwatch.names import name_key
from patentwatch.store import holders, patents
from patentwatch.store.engine import reading, transaction
from patentwatch.store.tables import patents as patents_table
from patentwatch.store.tables import spells
from patentwatch.store.vault import Vault
from tests.line import DUE, Line, days
from tests.status.test_owners import TO_NANLE

OLD, NEW = "old@a.example", "new@b.example"
SOLD = (
    "专利权的转移\n变更事项：专利权人\n变更前权利人：甲公司\n变更后权利人：乙公司\n"
    "登记生效日：20260301"
)
UNPAID_10 = "未缴年费专利权终止\n终止日期：20250511"
REMINDER = DUE - days(30)


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Callable[..., Any]) -> Line:
    line = Line(engine, vault, settings())
    line.change(counties=(County("410901", "华龙区"), County("410923", "南乐县")))
    return line


def case(line: Line, number: str, on: date) -> Case:
    with reading(line.engine) as connection:
        found = cases(connection, line.vault, line.here.rules, [number], on=on)
        return next(found)


def told(line: Line, number: str, on: date, *, year: int = 11) -> set[tuple[str, str]]:
    """Return tier and reason of what is decided for people about a year."""
    return {
        (verdict.tier.value if verdict.tier else "", verdict.reason.value)
        for verdict in case(line, number, on).verdicts
        if verdict.fee_year == year and verdict.channel.value != "call"
    }


def missing(line: Line, number: str, since_on: date) -> None:
    with transaction(line.engine) as connection:
        connection.execute(
            patents_table.update()
            .where(patents_table.c.application_no == number)
            .values(missing_since_on=since_on)
        )


def test_without_events_the_reminder_is_due(line: Line) -> None:
    number = line.patent()
    line.contact(OLD)
    assert told(line, number, REMINDER) == {("reminder", "due")}


def test_after_a_surrender_every_year_is_not_in_force(line: Line) -> None:
    number = line.patent()
    line.contact(OLD)
    line.event(number, "AV01", REMINDER)
    before = case(line, number, REMINDER - days(1)).verdicts
    assert {v.reason.value for v in before} != {"not_in_force"}
    after = case(line, number, REMINDER).verdicts
    assert {v.reason.value for v in after} == {"not_in_force"}


def test_after_a_lapse_the_owner_hears_how_to_restore(line: Line) -> None:
    number = line.patent(due_on=date(2025, 12, 11))
    line.contact(OLD)
    text = UNPAID_10.replace("20250511", "20251211")
    line.event(number, "CF01", date(2026, 7, 24), text=text)
    assert told(line, number, date(2026, 7, 24)) == {("lapsed", "due")}


def test_after_a_restoration_the_next_years_tiers_come(line: Line) -> None:
    number = line.patent()
    line.contact(OLD)
    line.event(number, "CF01", date(2026, 1, 9), text=UNPAID_10)
    assert {r for _, r in told(line, number, REMINDER)} == {"not_in_force"}
    line.event(number, "RR01", date(2026, 3, 6))
    assert {r for _, r in told(line, number, REMINDER, year=10)} <= {"paid"}
    assert told(line, number, REMINDER) == {("reminder", "due")}


def test_an_end_without_a_reason_holds_every_message(line: Line) -> None:
    number = line.patent()
    line.contact(OLD)
    line.event(number, "EXPY", date(2026, 4, 3))
    assert {r for _, r in told(line, number, REMINDER)} == {"on_hold"}


def test_a_payment_against_a_lapse_holds_its_year_alone(line: Line) -> None:
    number = line.patent(due_on=date(2027, 5, 11))  # year 10 is due on DUE
    line.contact(OLD)
    line.paid(number, date(2026, 5, 6), fee_year=10)
    text = UNPAID_10.replace("2025", "2026")
    line.event(number, "CF01", date(2026, 12, 11), text=text)
    on = date(2027, 4, 11)
    kinds = [question.kind.value for question in case(line, number, on).mismatches]
    assert kinds == ["paid_but_ended"]
    assert {r for _, r in told(line, number, on, year=10)} == {"on_hold"}
    assert told(line, number, on) == {("reminder", "due")}


def test_preservation_silences_nothing(line: Line) -> None:
    number = line.patent()
    line.contact(OLD)
    line.event(number, "PP01", date(2026, 3, 6))
    assert told(line, number, REMINDER) == {("reminder", "due")}


@pytest.mark.parametrize(
    ("since_on", "reason"),
    [
        pytest.param(date(2025, 5, 11), "due", id="eleven-months"),
        pytest.param(date(2025, 4, 12), "due", id="a-year-less-a-day"),
        pytest.param(date(2025, 4, 11), "on_hold", id="a-year"),
    ],
)
def test_a_vanished_patent_is_written_to_for_a_year(
    line: Line, since_on: date, reason: str
) -> None:
    number = line.patent()
    line.contact(OLD)
    with transaction(line.engine) as connection:
        connection.execute(patents_table.update().values(listed_on=date(2025, 1, 5)))
        connection.exec_driver_sql("DELETE FROM facts")
    missing(line, number, since_on)
    assert told(line, number, REMINDER) == {("reminder", reason)}


def test_a_vanished_patent_of_which_something_newer_is_known_is_written_to(
    line: Line,
) -> None:
    number = line.patent()
    line.contact(OLD)
    missing(line, number, date(2025, 4, 11))  # but listed on 2026-01-05
    assert told(line, number, REMINDER) == {("reminder", "due")}


def recipients(line: Line, number: str, on: date) -> set[str]:
    return {
        verdict.recipient
        for verdict in case(line, number, on).verdicts
        if verdict.speaks and verdict.channel.value == "email"
    }


def test_after_a_transfer_the_new_owner_is_written_to(line: Line) -> None:
    number = line.patent()
    seller, buyer = line.contact(OLD), line.contact(NEW, "乙公司")
    line.event(number, "TR01", date(2026, 3, 13), text=SOLD)
    found = case(line, number, REMINDER)
    assert (found.patent.patentees, found.registered.patentees) == (
        ("乙公司",),
        ("甲公司",),
    )
    assert recipients(line, number, REMINDER) == {buyer}
    assert recipients(line, number, REMINDER) != {seller}


def test_a_transfer_that_a_person_must_read_moves_nobody(line: Line) -> None:
    number = line.patent()
    line.event(number, "TR01", date(2026, 3, 13), text=f"{SOLD}...")
    found = case(line, number, REMINDER)
    assert found.patent == found.registered
    assert [one.kind.value for one in found.mismatches] == ["unread_event"]


def test_after_a_transfer_no_reduction_counts(line: Line) -> None:
    number = line.patent(reduction=85)
    line.event(number, "TR01", date(2026, 3, 13), text=SOLD)
    assert case(line, number, REMINDER).patent.reduction is None


def test_a_new_owner_finds_the_patent_once_it_was_looked_at(line: Line) -> None:
    number = line.patent()
    line.event(number, "TR01", date(2026, 3, 13), text=SOLD)
    line.look(REMINDER)
    with reading(line.engine) as connection:
        found = holders.held_by(connection, name_keys=[name_key("乙公司")])
    assert found == {number}


def test_a_list_that_comes_after_the_notice_does_not_lose_the_new_owner(
    line: Line,
) -> None:
    number = line.patent()
    line.event(number, "TR01", date(2026, 3, 13), text=SOLD)
    line.look(REMINDER)
    with transaction(line.engine) as connection:
        whole: Patent | None = patents.one(connection, number)
        assert whole is not None
        holders.replace_holders(connection, [whole])  # as a list does
        patents.look_again(connection, [number])
    line.look(REMINDER)
    with reading(line.engine) as connection:
        found = holders.held_by(connection, name_keys=[name_key("乙公司")])
    assert found == {number}


def test_a_new_address_moves_the_tasks_to_its_county(line: Line) -> None:
    number = line.patent()
    line.event(number, "CP02", date(2026, 3, 13), text=TO_NANLE)
    assert case(line, number, date(2026, 3, 12)).patent.county == "410901"
    assert case(line, number, date(2026, 3, 13)).patent.county == "410923"


def test_a_lapse_without_announcement_wakes_the_patent_when_it_is_known(
    line: Line,
) -> None:
    number = line.patent()
    line.event(number, "CF01", None, since=date(2025, 5, 11))
    line.look(date(2025, 11, 11))
    query = select(patents_table.c.next_look_on)
    with reading(line.engine) as connection:
        assert connection.execute(query).scalar_one() == date(2025, 11, 12)
    line.look(date(2025, 11, 12))
    with reading(line.engine) as connection:
        ended = connection.execute(select(spells.c.until_on, spells.c.view)).all()
    assert {(row.view, row.until_on) for row in ended} == {
        ("by_law", date(2025, 5, 11)),
        ("as_known", date(2025, 11, 12)),
    }


def test_looking_every_day_says_the_same_as_looking_at_everything_at_the_end(
    line: Line,
) -> None:
    number = line.patent()
    line.contact(OLD)
    line.event(number, "CF01", None, since=date(2025, 5, 11))
    line.event(number, "RR01", date(2026, 2, 6))
    line.fact(number, FactKind.LISTED, date(2026, 2, 5))
    changing = (date(2025, 11, 12), date(2026, 2, 6))
    for day in (one + days(shift) for one in changing for shift in range(-3, 4)):
        line.look(day)
    with reading(line.engine) as connection:
        often = set(connection.execute(select(spells)).all())
    line.look(date(2026, 2, 9), everything=True)
    with reading(line.engine) as connection:
        assert set(connection.execute(select(spells)).all()) == often
