"""Tasks in the database: whose they are, since when, and what was sent before."""

import random
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from patentwatch import callsheet
from patentwatch.alerts import CITY
from patentwatch.calling import report
from patentwatch.calls import Called, CallResult
from patentwatch.clock import at_nine
from patentwatch.model import (
    County,
    Fact,
    FactKind,
    FactSource,
    PatentNumber,
    RecipientId,
    State,
    Tier,
)
from patentwatch.store import answers, calls
from patentwatch.store.engine import reading, transaction
from patentwatch.store.vault import Vault
from tests.line import DUE, WINDOWS, Line, days
from tests.status.test_owners import TO_NANLE

COUNTIES = ("410901", "410922", "410923")
REMINDER = DUE - days(30)
FINAL = WINDOWS[4] + days(1)
LAST_WEEK = WINDOWS[5] - days(7)


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Callable[..., Any]) -> Line:
    line = Line(engine, vault, settings())
    line.change(counties=tuple(County(code, code) for code in COUNTIES))
    return line


def shown(line: Line, on: date, **more: Any) -> list[callsheet.Line]:
    with reading(line.engine) as connection:
        return callsheet.lines(
            connection, line.vault, line.here.rules, line.settings, on=on, **more
        )


def said(line: Line, number: str, result: CallResult, on: date, **more: Any) -> bool:
    called = Called(PatentNumber(number), 11, result, on, "李", **more)
    with transaction(line.engine) as connection:
        return report(connection, line.vault, line.here.rules, called, now=at_nine(on))


def test_a_task_of_a_foreign_county_never_appears(line: Line) -> None:
    chosen = random.Random(7)  # noqa: S311 - no secret
    of = {}
    for _ in range(24):
        county = chosen.choice((*COUNTIES, None))
        on = DUE - days(chosen.choice((0, 150, 200)))
        of[line.patent(county=county, due_on=on)] = county or CITY
    line.look(DUE - days(3))
    everything = {one.application_no for one in shown(line, DUE - days(3))}
    assert everything
    found = set()
    for county in (*COUNTIES, CITY):
        mine = shown(line, DUE - days(3), county=county)
        assert {of[one.application_no] for one in mine} <= {county}
        assert {one.county for one in mine} <= {county}
        found |= {one.application_no for one in mine}
    assert found == everything


def test_a_patent_that_moved_is_on_the_desk_of_its_new_county_alone(line: Line) -> None:
    line.change(counties=(County("410901", "华龙区"), County("410923", "南乐县")))
    number = line.patent(county="410901")
    line.look(REMINDER)
    assert [one.county for one in shown(line, REMINDER)] == ["410901"]
    moved_on = REMINDER + days(1)
    line.event(number, "CP02", moved_on, text=TO_NANLE)
    line.look(moved_on)
    assert shown(line, moved_on, county="410901") == []
    (task,) = shown(line, moved_on)
    assert (task.county, task.county_name) == ("410923", "南乐县")


def test_a_receipt_that_covers_the_fee_ends_the_task(line: Line) -> None:
    number = line.patent()
    line.look(FINAL)
    receipt = Fact(
        FactKind.PAYMENT,
        FactSource.RECEIPT,
        FINAL,
        fee_year=11,
        amount_yuan=9999,
        ref="A7",
    )
    assert said(line, number, CallResult.PAID, FINAL, payment=receipt)
    assert line.fates(channel="call") == [("final", "cancelled", "paid")]
    with reading(line.engine) as connection:
        (kept,) = answers.of(connection, [number], on=FINAL)[number]
    assert (kept.answer, kept.answered_on) == ("paid", FINAL)


def test_a_county_is_asked_since_the_first_task_that_had_no_end(line: Line) -> None:
    number = line.patent()
    for on in (REMINDER, DUE - days(7), FINAL, LAST_WEEK):
        line.look(on)
    with reading(line.engine) as connection:
        (open_call,) = calls.open_calls(connection)
    assert (open_call.tier, open_call.asked_on) == (Tier.LAST_WEEK, REMINDER)
    assert said(line, number, CallResult.NOTIFIED, LAST_WEEK)
    with reading(line.engine) as connection:
        assert calls.open_calls(connection) == []
    line.unpaid(number, WINDOWS[5] + days(1))
    line.look(WINDOWS[5] + days(1))
    with reading(line.engine) as connection:
        (open_call,) = calls.open_calls(connection)
    assert (open_call.tier, open_call.asked_on) == (
        Tier.LAPSED,
        WINDOWS[5] + days(1),
    )


def test_a_settled_task_is_not_asked_again_by_looking_however_often(
    line: Line,
) -> None:
    number = line.patent()
    line.look(FINAL)
    said(line, number, CallResult.NOTIFIED, FINAL)
    for on in (FINAL, FINAL + days(1), LAST_WEEK - days(1)):
        line.look(on, everything=True)
        assert shown(line, on) == []
    line.look(LAST_WEEK)
    assert [one.tier for one in shown(line, LAST_WEEK)] == [Tier.LAST_WEEK]


def test_a_fee_that_was_paid_since_is_on_no_list(line: Line) -> None:
    number = line.patent()
    line.look(FINAL)
    assert len(shown(line, FINAL)) == 1
    line.paid(number, FINAL)
    assert shown(line, FINAL) == [], "before anybody looks again"
    line.look(FINAL)
    assert line.alerts(channel="call")[0].state == State.CANCELLED.value


def test_what_was_sent_is_told_as_it_ended(line: Line) -> None:
    line.contact("a@a.example")
    line.contact("13800000001")
    number = line.patent()
    line.tick(REMINDER)
    line.tick(FINAL)
    (task,) = shown(line, FINAL)
    assert {(one.on, one.tier, one.channel.value) for one in task.sent} == {
        (REMINDER, Tier.REMINDER, "email"),
        (REMINDER, Tier.REMINDER, "sms"),
        (FINAL, Tier.FINAL, "email"),
        (FINAL, Tier.FINAL, "sms"),
    }
    assert {one.state for one in task.sent} == {State.ACCEPTED}
    assert task.application_no == number
    assert [one.number for one in task.telephones] == ["13800000001"]


def test_a_call_made_before_the_task_was_asked_does_not_settle_it(line: Line) -> None:
    number = line.patent()
    line.look(FINAL)
    line.look(LAST_WEEK)
    assert said(line, number, CallResult.NOTIFIED, LAST_WEEK - days(1))
    assert [(one.tier, len(one.results)) for one in shown(line, LAST_WEEK)] == [
        (Tier.LAST_WEEK, 1)
    ]
    assert line.fates(channel="call") == [
        ("final", "superseded", "superseded"),
        ("last_week", "pending", "due"),
    ]


def test_a_wrong_number_of_the_only_owner_is_a_contact_task_at_once(
    line: Line,
) -> None:
    who = line.contact("13800000001")
    number = line.patent()
    line.look(DUE - days(7))
    assert shown(line, DUE - days(7)) == []
    with transaction(line.engine) as connection:
        assert calls.asked_at(connection, number, 11, on=DUE) is None
    line.look(FINAL)
    said(line, number, CallResult.WRONG_NUMBER, FINAL, recipient=RecipientId(who))
    (task,) = shown(line, FINAL)
    assert task.telephones == ()
    assert not line.alerts(channel="sms", state="pending"), "nothing leaves for it"


def test_the_same_call_reported_twice_counts_once(line: Line) -> None:
    number = line.patent()
    line.look(FINAL)
    assert said(line, number, CallResult.REFUSED, FINAL)
    assert not said(line, number, CallResult.REFUSED, FINAL)
    assert said(line, number, CallResult.REFUSED, FINAL + days(1))
    (task,) = shown(line, FINAL + days(1))
    assert (len(task.results), task.city) == (2, True)
