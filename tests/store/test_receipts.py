"""Reports about messages that left: each once, and what becomes of the message."""

from datetime import datetime
from typing import Any

import pytest
from sqlalchemy import Engine, select

from patentwatch.delivery import Outcome, OutcomeKind
from patentwatch.model import Channel, State
from patentwatch.receipts import Report
from patentwatch.store import receipts
from patentwatch.store.engine import transaction
from patentwatch.store.tables import contacts
from patentwatch.store.tables import receipts as table
from patentwatch.store.vault import Vault
from tests.line import DUE, Line, assert_accounted_for, at, days

REMINDER = DUE - days(30)
SENT = at(REMINDER, 9)


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Any) -> Line:
    """Return an installation whose only message was accepted at nine."""
    line = Line(engine, vault, settings())
    line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    line.deliver(REMINDER)
    assert [box.state for box in line.messages()] == ["accepted"]
    return line


def report(
    state: State, at: datetime, *, key: str = "", bad: bool = False, code: str = "1"
) -> Report:
    return Report(key or f"{state}{at}", state, at, code, "words", bad_address=bad)


def add(line: Line, *reports: Report) -> bool:
    (box,) = line.messages()
    with transaction(line.engine) as connection:
        return receipts.add(connection, box.id, reports, now=at(REMINDER, 12))


def states(line: Line) -> list[tuple[str, str, str]]:
    boxes = {box.id: box.state for box in line.messages()}
    return [
        (boxes[row.message_id], row.state, row.reason)
        for row in line.alerts(channel="email", tier="reminder")
    ]


def flags(line: Line) -> list[str]:
    with transaction(line.engine) as connection:
        return list(connection.execute(select(contacts.c.flag)).scalars())


def test_a_delivered_message_was_said(line: Line) -> None:
    assert add(line, report(State.DELIVERED, at(REMINDER, 10)))
    assert states(line) == [("delivered", "delivered", "said")]
    (alert,) = line.alerts(channel="email", tier="reminder")
    assert alert.sent_at == SENT
    line.look(REMINDER + days(1))
    assert states(line) == [("delivered", "delivered", "said")]
    assert_accounted_for(line, REMINDER + days(1))


def test_the_same_report_counts_once(line: Line) -> None:
    one = report(State.UNDELIVERED, at(REMINDER, 10), key="k")
    assert add(line, one)
    assert not add(line, one)
    assert not add(line)
    with transaction(line.engine) as connection:
        (row,) = connection.execute(select(table)).all()
    assert (row.state, row.code, row.detail) == ("undelivered", "1", "words")
    assert (row.reported_at, row.received_at) == (at(REMINDER, 10), at(REMINDER, 12))


def test_an_older_report_that_comes_later_changes_nothing(line: Line) -> None:
    add(line, report(State.DELIVERED, at(REMINDER, 11)))
    assert add(line, report(State.UNDELIVERED, at(REMINDER, 10), bad=True))
    assert states(line) == [("delivered", "delivered", "said")]
    assert flags(line) == [""]


def test_a_full_box_is_undelivered_and_is_not_written_to_again_with_the_same(
    line: Line,
) -> None:
    add(line, report(State.UNDELIVERED, at(REMINDER, 10)))
    assert states(line) == [("undelivered", "undelivered", "due")]
    assert flags(line) == [""]
    line.look(REMINDER + days(1))
    assert states(line) == [("undelivered", "undelivered", "due")]
    assert line.look(DUE - days(7)).due == 1


def test_a_bad_address_is_flagged_and_a_call_arises(line: Line) -> None:
    add(line, report(State.UNDELIVERED, at(REMINDER, 10), bad=True))
    assert states(line) == [("undelivered", "undelivered", "bad_contact")]
    assert flags(line) == ["bad"]
    line.look(REMINDER + days(1))
    assert [(row.channel, row.tier) for row in line.alerts(state="pending")] == [
        ("call", "reminder")
    ]


def test_a_second_report_may_be_the_first_to_call_the_address_bad(line: Line) -> None:
    add(line, report(State.UNDELIVERED, at(REMINDER, 10)))
    add(line, report(State.UNDELIVERED, at(REMINDER, 11), bad=True))
    assert states(line) == [("undelivered", "undelivered", "bad_contact")]


def test_a_corrected_address_is_written_to_after_a_bad_one(line: Line) -> None:
    add(line, report(State.UNDELIVERED, at(REMINDER, 10), bad=True))
    line.contact("new@b.example")
    line.look(REMINDER + days(1))
    waiting = line.alerts(state="pending", channel="email")
    assert [row.recipient for row in waiting] == [
        line.vault.recipient_id(Channel.EMAIL, "new@b.example")
    ]


def test_a_report_during_the_attempt_counts_when_the_attempt_is_settled(
    engine: Engine, vault: Vault, settings: Any
) -> None:
    line = Line(engine, vault, settings())
    line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    early = report(State.DELIVERED, at(REMINDER, 9, 1))

    def fast(envelopes: Any, *, on_outcomes: Any, stop: Any = None) -> None:
        for envelope in envelopes:
            assert stop is not None
            assert add(line, early)
            assert [box.state for box in line.messages()] == ["sending"]
            on_outcomes({envelope.message_key: Outcome(OutcomeKind.ACCEPTED, "250")})

    line.deliver(REMINDER, mail=fast)
    (box,) = line.messages()
    assert states(line) == [("delivered", "delivered", "said")]
    with transaction(engine) as connection:
        assert not receipts.fold(connection, box.id)


def test_a_message_is_found_by_the_word_it_left_under(line: Line) -> None:
    (box,) = line.messages()
    with transaction(line.engine) as connection:
        found = receipts.by_ref(connection, box.ref, at=at(REMINDER, 10))
        assert found is not None
        assert (found.id, found.state) == (box.id, State.ACCEPTED.value)
        assert receipts.by_ref(connection, "nobody's", at=at(REMINDER, 10)) is None
