"""The audit: each promise that is broken on purpose is found, and by its own name."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, delete, insert, update

from patentwatch import audit, canary, oracle
from patentwatch.audit import Audited
from patentwatch.circuits import OPENS_AFTER
from patentwatch.journal import Journal
from patentwatch.model import FactKind
from patentwatch.settings import AlarmSettings, AlertSettings
from patentwatch.store import alarms, circuits, halts, memory
from patentwatch.store.engine import reading, transaction
from patentwatch.store.messages import LEASE
from patentwatch.store.tables import alerts, attempts, messages, patents, receipts, runs
from patentwatch.store.vault import Vault
from tests.line import DUE, Line, at, days

ON = DUE - days(30)
NINE = at(ON, 9)
TEN = at(ON, 10)
A_SECOND, MINUTE, HOUR = timedelta(seconds=1), timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Any) -> Line:
    """Return an office that has said what it had to: 3 patents, mail and SMS."""
    line = Line(engine, vault, settings())
    for party, address in (
        ("甲公司", "a@b.example"),
        ("乙公司", "c@d.example"),
        ("丙公司", "13800000001"),
    ):
        line.patent(owners=(party,))
        line.contact(address, party)
    line.look(ON)
    line.deliver(ON)
    return line


@pytest.fixture
def waiting(engine: Engine, vault: Vault, settings: Any) -> Line:
    """Return an office that has decided and not yet sent: one message waits."""
    line = Line(engine, vault, settings())
    line.patent()
    line.contact("a@b.example")
    line.look(ON)
    return line


def audited(line: Line, now: Any = NINE, *, journal: Journal | None = None) -> Audited:
    """Audit an office whose gateway "tencent" can be asked."""
    return audit.audit(
        line.engine,
        line.vault,
        line.settings,
        line.here.rules,
        journal=journal,
        askable=["tencent"],
        now=now,
    )


def found(line: Line, now: Any = NINE, *, journal: Journal | None = None) -> list[str]:
    return [one.check for one in audited(line, now, journal=journal).findings]


def remarks(line: Line, now: Any = NINE) -> list[str]:
    return [one.check for one in audited(line, now).remarks]


def test_an_office_in_good_order_has_nothing_to_be_found(line: Line) -> None:
    assert audited(line).sound
    assert audited(line, at(ON, 23)).sound
    assert audited(line, at(ON + days(1), 0, 5)).sound


def test_the_sums_come_out_by_channel(line: Line) -> None:
    """Each owner was told the reminder; its notice was passed over for it."""
    email, sms = audited(line).accounts
    assert (email.channel, email.planned, email.sent, email.superseded) == (
        "email",
        4,
        2,
        2,
    )
    assert (sms.channel, sms.sent, sms.waiting, sms.failed) == ("sms", 1, 0, 0)
    assert (email.missing, sms.missing) == (0, 0)


def test_an_empty_register_is_sound(
    sqlite_engine: Engine, vault: Vault, settings: Any
) -> None:
    assert audited(Line(sqlite_engine, vault, settings())).sound


def test_a_register_must_be_looked_at_within_a_day_of_the_first_list(
    sqlite_engine: Engine, vault: Vault, settings: Any
) -> None:
    line = Line(sqlite_engine, vault, settings())
    line.patent()
    with transaction(line.engine) as connection:
        run = {"kind": "register", "state": "done", "started_at": NINE}
        connection.execute(insert(runs).values(run))
    assert found(line, NINE + days(1) - A_SECOND) == []
    assert found(line, NINE + days(1)) == ["no_look"]


def _state_nobody_knows(connection: Connection) -> None:
    connection.execute(
        update(alerts).where(alerts.c.state == "superseded").values(state="lost")
    )


def _said_in_no_message(connection: Connection) -> None:
    connection.execute(
        update(alerts).where(alerts.c.state == "accepted").values(message_id=None)
    )


def _said_in_a_message_that_did_not_leave(connection: Connection) -> None:
    connection.execute(update(messages).values(state="cancelled"))


def _left_without_an_outcome(connection: Connection) -> None:
    connection.execute(delete(attempts).where(attempts.c.event == "outcome"))


def _left_without_an_intent(connection: Connection) -> None:
    connection.execute(delete(attempts).where(attempts.c.event == "intent"))


def _not_looked_at(connection: Connection) -> None:
    connection.execute(update(patents).values(next_look_on=ON - days(1)))


def _no_look_for_two_days(connection: Connection) -> None:
    memory.remember(connection, "look.last_on", (ON - days(2)).isoformat())


def _forgotten_by_the_look(connection: Connection) -> None:
    connection.execute(delete(alerts).where(alerts.c.channel == "email"))


def _ended_though_it_must_be_said(connection: Connection) -> None:
    connection.execute(
        update(alerts)
        .where(alerts.c.state == "accepted", alerts.c.channel == "email")
        .values(state="cancelled")
    )


def _halted(connection: Connection) -> None:
    halts.halt_restored(connection, detail="甲", now=NINE)


MUTATIONS: list[tuple[str, Callable[[Connection], None]]] = [
    ("unaccounted", _state_nobody_knows),
    ("said_without_message", _said_in_no_message),
    ("alert_out_of_step", _said_in_a_message_that_did_not_leave),
    ("attempt_unwritten", _left_without_an_outcome),
    ("attempt_unwritten", _left_without_an_intent),
    ("patent_not_looked_at", _not_looked_at),
    ("no_look", _no_look_for_two_days),
    ("unsaid", _forgotten_by_the_look),
    ("unsaid", _ended_though_it_must_be_said),
    ("halted", _halted),
]


@pytest.mark.parametrize(
    ("check", "mutate"), MUTATIONS, ids=[m.__name__ for _, m in MUTATIONS]
)
def test_a_broken_promise_is_found_by_its_name(
    line: Line, check: str, mutate: Callable[[Connection], None]
) -> None:
    with transaction(line.engine) as connection:
        mutate(connection)
    # What ended wrongly is found by the second opinion alone, and the reverse.
    assert found(line) == [check]


def _lost_its_message(connection: Connection) -> None:
    connection.execute(update(alerts).values(message_id=None))
    connection.execute(delete(messages))


def _its_message_ended(connection: Connection) -> None:
    connection.execute(update(messages).values(state="cancelled"))


def _its_message_is_empty(connection: Connection) -> None:
    connection.execute(
        update(alerts).where(alerts.c.state == "pending").values(state="cancelled")
    )


WAITING_MUTATIONS: list[tuple[list[str], Callable[[Connection], None]]] = [
    (["alert_without_message"], _lost_its_message),
    (["alert_out_of_step"], _its_message_ended),
    (
        ["message_overdue", "message_empty", "unsaid"],
        _its_message_is_empty,
    ),
]


@pytest.mark.parametrize(
    ("checks", "mutate"),
    WAITING_MUTATIONS,
    ids=[m.__name__ for _, m in WAITING_MUTATIONS],
)
def test_what_waits_for_nothing_is_found(
    waiting: Line, checks: list[str], mutate: Callable[[Connection], None]
) -> None:
    assert found(waiting) == []
    with transaction(waiting.engine) as connection:
        mutate(connection)
    assert found(waiting, TEN) == checks


@pytest.mark.parametrize(
    ("after", "told"),
    [
        pytest.param(HOUR - A_SECOND, False, id="just-before"),
        pytest.param(HOUR, True, id="an-hour"),
        pytest.param(HOUR + A_SECOND, True, id="after"),
    ],
)
def test_a_message_that_nobody_sends_for_an_hour_is_found(
    waiting: Line,
    after: timedelta,
    told: bool,  # noqa: FBT001 - a column of the table
) -> None:
    assert found(waiting, NINE + after) == ["message_overdue"] * told


@pytest.mark.parametrize(
    ("after", "told"),
    [
        pytest.param(HOUR - A_SECOND, False, id="just-before"),
        pytest.param(HOUR, True, id="an-hour"),
        pytest.param(HOUR + A_SECOND, True, id="after"),
    ],
)
def test_an_alert_may_wait_an_hour_for_its_message(
    waiting: Line,
    after: timedelta,
    told: bool,  # noqa: FBT001 - a column of the table
) -> None:
    with transaction(waiting.engine) as connection:
        _lost_its_message(connection)
    assert found(waiting, NINE + after) == ["alert_without_message"] * told


@pytest.mark.parametrize(
    ("after", "told"),
    [
        pytest.param(2 * LEASE - A_SECOND, False, id="just-before"),
        pytest.param(2 * LEASE, True, id="two-leases"),
        pytest.param(2 * LEASE + A_SECOND, True, id="after"),
    ],
)
def test_a_message_on_the_wire_for_two_leases_is_found(
    waiting: Line,
    after: timedelta,
    told: bool,  # noqa: FBT001 - a column of the table
) -> None:
    (message,) = waiting.messages()
    with transaction(waiting.engine) as connection:
        connection.execute(
            update(messages).values(state="sending", lease_until_at=NINE + LEASE)
        )
        connection.execute(
            update(alerts)
            .where(alerts.c.message_id == message.id)
            .values(state="sending")
        )
        intent = {"message_id": message.id, "attempt": 1, "event": "intent"}
        connection.execute(insert(attempts).values(**intent, at=NINE, ref="x"))
    assert found(waiting, NINE + after) == ["message_stuck"] * told
    with transaction(waiting.engine) as connection:
        connection.execute(update(messages).values(lease_until_at=None))
    assert found(waiting, NINE) == ["message_stuck"]


def test_what_waits_for_its_hour_or_its_provider_is_in_good_order(
    waiting: Line,
) -> None:
    with transaction(waiting.engine) as connection:
        connection.execute(update(messages).values(transport="smtp"))
        for _ in range(OPENS_AFTER):
            circuits.record(connection, "smtp", failure="connect", probe=False, now=TEN)
    assert found(waiting, TEN + 14 * MINUTE) == []
    assert found(waiting, TEN + 15 * MINUTE) == ["transport_down"]
    assert found(waiting, TEN + 16 * MINUTE) == ["transport_down"]
    with transaction(waiting.engine) as connection:
        circuits.record(connection, "smtp", failure=None, probe=True, now=TEN)
        connection.execute(update(messages).values(not_before_at=at(ON, 23)))
    assert found(waiting, at(ON, 22)) == []


def test_while_halted_only_the_halt_is_found(waiting: Line) -> None:
    with transaction(waiting.engine) as connection:
        _halted(connection)
    assert found(waiting, at(ON, 20)) == ["halted"]


@pytest.mark.parametrize(
    ("state", "changes", "hours", "expected"),
    [
        pytest.param("unknown", {}, 23, [], id="unknown-23-hours"),
        pytest.param("unknown", {}, 24, ["unknown"], id="unknown-24-hours"),
        pytest.param("accepted", {}, 71, [], id="no-receipt-71-hours"),
        pytest.param("accepted", {}, 72, ["no_receipt"], id="no-receipt-72-hours"),
        pytest.param("accepted", {}, 24 * 11, [], id="no-receipt-long-ago"),
        pytest.param("accepted", {"transport": "file"}, 72, [], id="file"),
    ],
)
def test_short_messages_without_an_answer_are_told_and_break_nothing(
    line: Line, state: str, changes: dict[str, str], hours: int, expected: list[str]
) -> None:
    sms = messages.c.channel == "sms"
    with transaction(line.engine) as connection:
        values = {"state": state, "transport": "mas"} | changes
        connection.execute(update(messages).where(sms).values(values))
        on = ON + timedelta(hours=hours)
        memory.remember(connection, "look.last_on", on.isoformat())
        connection.execute(update(patents).values(next_look_on=on + days(30)))
    told = [r for r in remarks(line, NINE + timedelta(hours=hours)) if "off" not in r]
    assert told == expected
    assert found(line, NINE + timedelta(hours=hours)) == []


def test_a_receipt_is_an_answer(line: Line) -> None:
    (message,) = line.messages(channel="sms")
    with transaction(line.engine) as connection:
        connection.execute(update(messages).values(transport="mas"))
        connection.execute(
            insert(receipts).values(
                message_id=message.id,
                receipt_key="k",
                state="delivered",
                reported_at=NINE,
                received_at=NINE,
            )
        )
    assert "no_receipt" not in remarks(line, NINE + days(3))


def test_a_sheet_without_a_report_is_found_after_four_days(line: Line) -> None:
    with transaction(line.engine) as connection:
        connection.execute(
            update(messages)
            .where(messages.c.channel == "sms")
            .values(transport="sheet")
        )
        memory.remember(connection, "look.last_on", (ON + days(4)).isoformat())
        connection.execute(update(patents).values(next_look_on=ON + days(30)))
    assert found(line, NINE + days(4) - A_SECOND) == []
    assert found(line, NINE + days(4)) == ["sheet_unreported"]


def test_a_fate_that_is_not_asked_in_time_is_found(line: Line) -> None:
    for transport, expected in (("tencent", ["fate_not_asked"]), ("mas", [])):
        with transaction(line.engine) as connection:
            connection.execute(
                update(messages)
                .where(messages.c.channel == "sms")
                .values(ask_at=NINE, transport=transport)
            )
        assert found(line, TEN - A_SECOND) == []
        assert found(line, TEN) == expected
    with transaction(line.engine) as connection:
        values = {"transport": "tencent", "state": "delivered"}
        sms = messages.c.channel == "sms"
        connection.execute(update(messages).where(sms).values(values))
    assert found(line, TEN) == []


def test_what_the_brake_holds_for_a_day_is_told(
    sqlite_engine: Engine, vault: Vault, settings: Any
) -> None:
    line = Line(sqlite_engine, vault, settings(alerts=AlertSettings(brake=1)))
    for party in ("甲公司", "乙公司"):
        line.patent(owners=(party,))
        line.contact(f"{ord(party[0])}@b.example", party)
    line.look(ON)
    assert "braked" not in remarks(line, NINE + days(1) - A_SECOND)
    assert "braked" in remarks(line, NINE + days(1))


def test_yesterdays_canary_must_have_arrived(line: Line) -> None:
    line.change(alarm=AlarmSettings(emails=("admin@b.example",)))
    with transaction(line.engine) as connection:
        canary.plan(connection, line.vault, line.settings, line.here.rules, now=NINE)
        connection.execute(
            update(messages)
            .where(messages.c.kind == "canary")
            .values(not_before_at=at(ON + days(9), 9))
        )
    assert found(line) == []
    tomorrow = audited(line, at(ON + days(1), 10))
    assert [one.check for one in tomorrow.findings] == ["canary_missing"]
    assert "停在“待发”" in tomorrow.findings[0].text
    line.change(alarm=AlarmSettings())
    assert found(line, at(ON + days(1), 10)) == []
    assert "canary_off" in remarks(line)


def test_an_alarm_that_nobody_could_be_told_of_is_found(line: Line) -> None:
    with transaction(line.engine) as connection:
        alarms.raise_alarm(connection, "k", detail="甲", now=NINE)
    late = NINE + 15 * MINUTE
    assert found(line, late) == []
    line.change(alarm=AlarmSettings(url="http://127.0.0.1:1/"))
    assert found(line, late - A_SECOND) == []
    assert found(line, late) == ["alarm_untold"]
    with transaction(line.engine) as connection:
        alarms.mark_told(connection, [1], now=late)
    assert found(line, late) == []


def test_a_tampered_journal_is_found(line: Line, tmp_path: Path) -> None:
    journal = Journal(line.settings.database.journal)
    assert len(journal.read(None).entries) == 3
    assert found(line, journal=journal) == []
    said = journal.path.read_bytes()
    journal.path.write_bytes(said.replace(b'"reminder"', b'"reminded"', 1))
    assert found(line, journal=journal) == ["journal_damaged"]
    journal.path.write_bytes(said[: said.rindex(b"{")])
    assert found(line, journal=journal) == ["journal_damaged"]
    journal.path.unlink()
    assert found(line, journal=journal) == ["journal_damaged"]
    elsewhere = Journal(tmp_path / "of another host")
    assert found(line, journal=elsewhere) == []


def test_every_finding_says_what_to_do_and_names_nobody(line: Line) -> None:
    for _, mutate in MUTATIONS[:5]:
        with transaction(line.engine) as connection:
            mutate(connection)
    for one in audited(line, NINE).findings:
        assert "请" in one.text
        for secret in ("甲公司", "b.example", "13800000001"):
            assert secret not in one.text


def test_a_second_opinion_asks_everybody_in_turn(
    sqlite_engine: Engine, vault: Vault, settings: Any
) -> None:
    line = Line(sqlite_engine, vault, settings())
    numbers = {line.patent(due_on=DUE + days(100)) for _ in range(10)}
    line.look(ON)
    asked: set[str] = set()
    with reading(line.engine) as connection:
        for day in range(4):
            some = oracle.sample(
                connection, line.here.rules, on=ON + days(day), rotating=3
            )
            assert len(some) <= 3
            asked |= set(some)
    assert asked == numbers


def test_a_second_opinion_asks_first_where_something_begins(
    sqlite_engine: Engine, vault: Vault, settings: Any
) -> None:
    line = Line(sqlite_engine, vault, settings())
    for _ in range(9):
        line.patent(due_on=DUE + days(100))
    begins = {line.patent(due_on=ON + days(n)) for n in (90, 30, 29, 7, 6)}
    line.look(ON)
    with reading(line.engine) as connection:
        assert begins <= set(
            oracle.sample(connection, line.here.rules, on=ON, rotating=1)
        )


def test_whoever_is_due_for_a_look_is_not_asked_about(line: Line) -> None:
    """A fact of a minute ago is the next look's."""
    number = line.alerts(state="accepted", channel="email")[0].application_no
    line.unpaid(number, ON)
    with transaction(line.engine) as connection:
        _forgotten_by_the_look(connection)
        connection.execute(
            update(patents)
            .where(patents.c.application_no == number)
            .values(next_look_on=None)
        )
    names = [n for one in audited(line).findings for n in one.names]
    assert names
    assert number not in " ".join(names)


def test_alarms_follow_the_findings(line: Line) -> None:
    with transaction(line.engine) as connection:
        _left_without_an_outcome(connection)
        _halted(connection)
    audit.note(line.engine, audited(line), now=NINE)
    with reading(line.engine) as connection:
        standing = {(one.kind, one.subject) for one in alarms.standing(connection)}
    assert standing == {("audit", "attempt_unwritten"), ("halted", "restored")}
    left = line.messages()
    with transaction(line.engine) as connection:
        halts.lift(connection, halts.HaltKind.RESTORED)
        for row in left:
            outcome = {"message_id": row.id, "attempt": 1, "event": "outcome"}
            connection.execute(insert(attempts).values(**outcome, at=NINE, ref="x"))
    audit.note(line.engine, audited(line), now=NINE)
    with reading(line.engine) as connection:
        assert alarms.standing(connection) == []


def test_the_audit_writes_nothing(line: Line) -> None:
    line.fact(line.alerts()[0].application_no, FactKind.LISTED, ON)
    before = (line.alerts(), line.messages(), line.attempts())
    audited(line)
    assert (line.alerts(), line.messages(), line.attempts()) == before
