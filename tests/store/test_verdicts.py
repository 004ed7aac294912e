"""Alerts in the database: one row per obligation, changed only from what it was."""

from typing import Any

import pytest
from sqlalchemy import Engine

from patentwatch.model import Channel, Reason, State
from patentwatch.store import verdicts
from patentwatch.store.engine import transaction
from patentwatch.store.vault import Vault
from patentwatch.store.verdicts import Closing, key_of
from tests.line import DUE, Line, at, days

REMINDER = DUE - days(30)


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Any) -> Line:
    line = Line(engine, vault, settings())
    line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    return line


def again(row: Any, old_state: State) -> dict[str, Any]:
    return {
        "row": row.id,
        "old_state": old_state.value,
        "new_state": "pending",
        "new_reason": "due",
        "new_evidence": row.evidence,
        "new_transport": "file",
        "new_correction": False,
        "new_day": REMINDER,
    }


@pytest.mark.parametrize(
    "changed",
    [
        {"number": "201610000002.3"},
        {"fee_year": 12},
        {"due_on": DUE + days(1)},
        {"tier": "urgent"},
        {"channel": "sms"},
        {"recipient": "s"},
    ],
    ids=lambda changed: next(iter(changed)),
)
def test_a_key_tells_every_part_of_an_obligation_apart(changed: dict[str, Any]) -> None:
    plain: dict[str, Any] = {
        "number": "201610000001.5",
        "fee_year": 11,
        "due_on": DUE,
        "tier": "reminder",
        "channel": "email",
        "recipient": "r",
    }
    assert key_of(**plain) == key_of(**plain)
    assert key_of(**(plain | changed)) != key_of(**plain)


def test_an_alert_that_exists_is_not_added_again(line: Line) -> None:
    row = line.alerts(tier="reminder")[0]._asdict()
    with transaction(line.engine) as connection:
        verdicts.add_alerts(connection, [{**row, "id": None} | {"id": 10_000}])
    assert len(line.alerts(tier="reminder")) == 1


def test_only_what_still_waits_is_closed(line: Line) -> None:
    waiting = line.alerts(tier="reminder")[0]
    line.deliver(REMINDER)
    with transaction(line.engine) as connection:
        verdicts.close(connection, [Closing(waiting.id, State.CANCELLED, Reason.PAID)])
    assert line.fates(tier="reminder") == [("reminder", "accepted", "said")]


def test_an_alert_is_made_due_again_only_from_what_it_was(line: Line) -> None:
    row = line.alerts(tier="reminder")[0]
    with transaction(line.engine) as connection:
        verdicts.close(connection, [Closing(row.id, State.CANCELLED, Reason.PAID)])
        verdicts.rearm(connection, [again(row, State.SUPPRESSED)])
    assert line.alerts(tier="reminder")[0].state == "cancelled"
    with transaction(line.engine) as connection:
        verdicts.rearm(connection, [again(row, State.CANCELLED)])
    found = line.alerts(tier="reminder")[0]
    assert (found.state, found.message_id) == ("pending", None)


def test_a_trial_counts_until_a_real_transport_was_ever_live(line: Line) -> None:
    number = line.alerts()[0].application_no
    line.deliver(REMINDER)
    with transaction(line.engine) as connection:
        for marked, counts in ((False, True), (True, False)):
            if marked:
                verdicts.mark_real(connection, Channel.EMAIL, now=at(REMINDER, 10))
            real = verdicts.real_channels(connection)
            history = verdicts.history_of(connection, [number], real=real)[number]
            said = [s for _, s in history if s.state is State.ACCEPTED]
            assert [s.counts for s in said] == [counts]


def test_nothing_to_write_writes_nothing(line: Line) -> None:
    before = line.alerts()
    with transaction(line.engine) as connection:
        verdicts.add_alerts(connection, [])
        verdicts.rearm(connection, [])
        verdicts.close(connection, [])
        verdicts.add_verdicts(
            connection, [], on=REMINDER, now=at(REMINDER, 9), rulebook=""
        )
    assert line.alerts() == before
