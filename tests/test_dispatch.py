"""Sending over a real server: each message once, true when it leaves, never lost."""

import threading
from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from patentwatch.delivery import Envelope, OnOutcomes, Outcome, OutcomeKind
from patentwatch.delivery.email import send_batch
from patentwatch.delivery.smtp_line import Relay
from patentwatch.dispatch import BATCH
from patentwatch.model import Channel
from patentwatch.settings import AlertSettings
from patentwatch.store import brake, circuits
from patentwatch.store.engine import transaction
from patentwatch.store.messages import LEASE, reference
from patentwatch.store.vault import Vault
from tests.line import (
    DUE,
    OFFICE,
    WINDOWS,
    Line,
    assert_accounted_for,
    at,
    days,
    live,
)
from tests.mail_sink import Sink, sink, text_of

W5, W6 = WINDOWS[4:]
REMINDER, URGENT = DUE - days(30), DUE - days(7)
A_MINUTE = timedelta(minutes=1)


@pytest.fixture
def server() -> Iterator[Sink]:
    with sink() as found:
        yield found


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Any, server: Sink) -> Line:
    return Line(engine, vault, settings(**live(server.port)))


@pytest.fixture
def small(sqlite_engine: Engine, vault: Vault, settings: Any, server: Sink) -> Line:
    """Return an installation on SQLite alone, for what the database has no part in."""
    return Line(sqlite_engine, vault, settings(**live(server.port)))


class Interrupted(RuntimeError):
    """The process ends here."""


def crashing(outcome: Outcome | None) -> Any:
    """Return a transport that ends the process before or after it settles."""

    def send(
        envelopes: Iterable[Envelope],
        *,
        on_outcomes: OnOutcomes,
        stop: threading.Event | None = None,  # noqa: ARG001 - part of a transport
    ) -> None:
        for envelope in envelopes:
            if outcome is not None:
                on_outcomes({envelope.message_key: outcome})
            raise Interrupted

    return send


def crashing_after_the_wire(port: int) -> Any:
    """Return a transport that sends one mail for real and then ends the process."""
    relay = Relay("127.0.0.1", port, "ip@puyang.example", security="none")

    def send(
        envelopes: Iterable[Envelope],
        *,
        on_outcomes: OnOutcomes,  # noqa: ARG001 - never told: that is the point
        stop: threading.Event | None = None,  # noqa: ARG001 - part of a transport
    ) -> None:
        send_batch([next(iter(envelopes))], relay=relay, on_outcomes=lambda *_: None)
        raise Interrupted

    return send


# One message.


def test_a_mail_arrives_and_is_said(line: Line, server: Sink) -> None:
    number = line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    assert line.deliver(REMINDER).accepted == 1
    (mail,) = server.mails
    assert mail["To"].addresses[0].addr_spec == "a@b.example"
    assert number in text_of(mail).replace(" ", "")
    assert ("reminder", "accepted", "said") in line.fates()
    assert_accounted_for(line, REMINDER)


def test_a_second_delivery_sends_nothing(line: Line, server: Sink) -> None:
    line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    line.deliver(REMINDER)
    line.look(REMINDER, everything=True)
    assert line.deliver(REMINDER).accepted == 0
    assert len(server.mails) == 1


def test_the_intent_is_written_before_the_outcome(line: Line) -> None:
    line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    line.deliver(REMINDER)
    found = [(row.event, row.outcome, row.attempt) for row in line.attempts()]
    assert found == [("intent", "", 1), ("outcome", "accepted", 1)]
    assert len({row.ref for row in line.attempts()}) == 1
    assert len(line.attempts()[0].content_hash) == 64


def test_the_message_id_is_the_hash_of_the_alerts_in_it(
    small: Line, server: Sink
) -> None:
    for _ in range(3):
        small.patent()
    small.contact("a@b.example")
    small.look(REMINDER)
    small.deliver(REMINDER)
    keys = [row.key for row in small.alerts(state="accepted")]
    (mail,) = server.mails
    assert mail["Message-ID"] == f"<{reference(keys)}@puyang.example>"


def test_a_mailbox_of_several_parties_is_addressed_to_none_by_name(
    small: Line, server: Sink
) -> None:
    small.patent(owners=("甲公司",))
    small.patent(owners=("乙公司",))
    small.contact("a@b.example", "甲公司")
    small.contact("a@b.example", "乙公司")
    small.look(REMINDER)
    small.deliver(REMINDER)
    (mail,) = server.mails
    assert "甲公司" not in text_of(mail)
    assert mail["To"].addresses[0].display_name == ""


def test_what_joins_after_the_claim_is_another_message(
    line: Line, server: Sink
) -> None:
    line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    server.answers(dot="451 later")
    line.deliver(REMINDER)
    line.patent()
    line.look(REMINDER)
    assert len(line.messages(state="pending")) == 2
    server.answers()
    line.deliver(REMINDER + days(1))
    assert len(server.mails) == 2
    assert_accounted_for(line, REMINDER + days(1))


def test_what_never_left_the_house_may_still_grow(line: Line, server: Sink) -> None:
    line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    server.answers(banner="554 go away")
    assert line.deliver(REMINDER).retry == 1
    line.patent()
    line.look(REMINDER)
    server.answers()
    line.deliver(REMINDER + days(1))
    (mail,) = server.mails
    assert "2" in mail["Subject"]
    keys = [row.key for row in line.alerts(state="accepted")]
    assert mail["Message-ID"] == f"<{reference(keys)}@puyang.example>"


# True when it leaves.


def test_paid_while_queued_is_not_sent(line: Line, server: Sink) -> None:
    number = line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    line.paid(number, REMINDER)
    delivered = line.deliver(REMINDER)
    assert (delivered.accepted, delivered.closed) == (0, 1)
    assert ("reminder", "cancelled", "paid") in line.fates()
    assert server.mails == []
    assert [row.state for row in line.messages()] == ["cancelled"]


def test_one_paid_patent_of_several_leaves_the_mail(line: Line, server: Sink) -> None:
    paid, other = line.patent(), line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    line.paid(paid, REMINDER)
    line.deliver(REMINDER)
    (mail,) = server.mails
    assert other in text_of(mail).replace(" ", "")
    assert paid not in text_of(mail).replace(" ", "")


def test_a_tier_that_ended_in_the_queue_is_not_sent(line: Line, server: Sink) -> None:
    line.patent()
    line.contact("a@b.example")
    line.look(URGENT)
    line.deliver(DUE + days(1))
    assert server.mails == []
    assert ("urgent", "expired", "not_confirmed") in line.fates()


def test_a_tier_that_was_overtaken_in_the_queue_is_said_as_the_next(
    line: Line, server: Sink
) -> None:
    line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    line.deliver(URGENT)
    assert len(server.mails) == 1
    assert [row.tier for row in line.alerts(state="accepted")] == ["urgent"]
    assert ("reminder", "superseded", "superseded") in line.fates()
    assert_accounted_for(line, URGENT)


def test_the_alert_remembers_the_evidence_it_was_sent_on(line: Line) -> None:
    number = line.patent()
    line.contact("a@b.example")
    line.look(WINDOWS[0] - days(10))
    assert line.alerts(tier="overdue")[0].evidence == "presumed"
    line.unpaid(number, WINDOWS[0] - days(10))
    line.deliver(WINDOWS[0] - days(10))
    said = line.alerts(tier="overdue", channel="email")[0]
    assert (said.state, said.evidence) == ("accepted", "confirmed")


def test_a_patent_that_cannot_be_decided_waits_and_the_others_go(
    line: Line, server: Sink
) -> None:
    good, bad = line.patent(), line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    line.refiled(bad, date(2026, 6, 1))
    delivered = line.deliver(REMINDER)
    (mail,) = server.mails
    assert good in text_of(mail).replace(" ", "")
    assert delivered.accepted == 1
    assert [row.state for row in line.alerts(application_no=bad, tier="reminder")] == [
        "pending"
    ]
    line.look(REMINDER)
    assert line.deliver(REMINDER).broken == 1
    line.refiled(bad, date(2016, 5, 11))
    line.look(REMINDER + days(1))
    assert line.deliver(REMINDER + days(1)).accepted == 1
    assert_accounted_for(line, REMINDER + days(1))


def test_a_message_that_cannot_be_rendered_waits_and_asks_for_a_person(
    small: Line, server: Sink
) -> None:
    small.change(office=replace(OFFICE, phone=""))
    small.patent()
    small.contact("a@b.example")
    small.look(REMINDER)
    delivered = small.deliver(REMINDER)
    assert (delivered.broken, delivered.needs_a_person) == (1, True)
    small.change(office=OFFICE)
    assert small.deliver(at(REMINDER, 9, 59)).accepted == 0
    assert small.deliver(at(REMINDER, 10, 1)).accepted == 1
    assert len(server.mails) == 1


# When it may go.


@pytest.mark.parametrize(
    ("hour", "minute", "goes"),
    [
        pytest.param(8, 29, False, id="just-before-it-opens"),
        pytest.param(8, 30, True, id="opens"),
        pytest.param(20, 0, True, id="closes"),
        pytest.param(20, 1, False, id="just-after"),
        pytest.param(0, 0, False, id="midnight"),
    ],
)
def test_messages_go_in_the_send_window_only(
    small: Line,
    server: Sink,
    hour: int,
    minute: int,
    goes: bool,  # noqa: FBT001 - a column of the table
) -> None:
    small.patent()
    small.contact("a@b.example")
    now = at(REMINDER, hour, minute)
    small.look(now)
    delivered = small.deliver(now)
    assert (delivered.accepted, delivered.waiting) == ((1, 0) if goes else (0, 1))
    assert len(server.mails) == int(goes)


def test_what_waited_for_the_morning_goes_when_the_window_opens(line: Line) -> None:
    line.patent()
    line.contact("a@b.example")
    line.look(at(REMINDER, 22))
    line.deliver(at(REMINDER, 22))
    assert line.alerts(state="pending")[0].reason == "quiet_hours"
    tomorrow = REMINDER + days(1)
    assert line.deliver(at(tomorrow, 8, 29)).accepted == 0
    assert line.deliver(at(tomorrow, 8, 30)).accepted == 1
    assert ("reminder", "accepted", "said") in line.fates()


def test_the_fourth_message_of_a_day_waits_for_tomorrow(
    line: Line, server: Sink
) -> None:
    line.contact("a@b.example")
    for _ in range(4):
        line.patent()
        line.look(REMINDER)
        line.deliver(REMINDER)
    assert len(server.mails) == 3
    assert line.alerts(state="pending")[0].reason == "capped"
    assert line.deliver(at(REMINDER, 20)).accepted == 0
    assert line.deliver(REMINDER + days(1)).accepted == 1
    assert_accounted_for(line, REMINDER + days(1))


def test_the_cap_counts_what_is_on_the_wire(line: Line, server: Sink) -> None:
    line.contact("a@b.example")
    server.answers(dot="451 later")
    for n in range(5):
        line.patent()
        line.look(at(REMINDER, 9, n))
        line.deliver(at(REMINDER, 9, n))
    server.answers()
    line.deliver(at(REMINDER, 12))
    assert len(server.mails) == 3


def test_a_late_tier_is_not_capped(line: Line, server: Sink) -> None:
    line.contact("a@b.example")
    for _ in range(4):
        number = line.patent()
        line.unpaid(number, W5 + days(1))
        line.look(W5 + days(1))
        line.deliver(W5 + days(1))
    assert len(server.mails) == 4


def test_what_waits_for_tomorrow_goes_at_once_when_it_becomes_urgent(
    line: Line, server: Sink
) -> None:
    line.change(**live(server.port, daily_cap_per_recipient=1))
    line.contact("a@b.example")
    for _ in range(2):
        line.patent()
        line.look(REMINDER)
        line.deliver(REMINDER)
    assert len(server.take_all()) == 1
    late = line.patent(due_on=date(2025, 10, 13))  # its last week has begun
    line.unpaid(late, REMINDER - days(1))
    line.look(at(REMINDER, 10))
    line.deliver(at(REMINDER, 10))
    (mail,) = server.mails
    assert late in text_of(mail).replace(" ", "")


def test_the_brake_holds_early_tiers_until_somebody_releases_them(
    line: Line, server: Sink
) -> None:
    line.change(**live(server.port, brake=2))
    for n in range(3):
        line.patent(owners=(f"公司{n}",))
        line.contact(f"a{n}@b.example", f"公司{n}")
    assert line.look(REMINDER).braked == 3
    assert line.deliver(REMINDER).accepted == 0
    with transaction(line.engine) as connection:
        assert brake.braked(connection) == 3
        assert brake.release(connection, now=at(REMINDER, 10)) == 3
        assert brake.braked(connection) == 0
    assert line.deliver(at(REMINDER, 10)).accepted == 3
    assert len(server.mails) == 3
    assert_accounted_for(line, REMINDER)


def test_what_the_brake_held_gives_way_to_an_urgent_tier(
    line: Line, server: Sink
) -> None:
    line.change(**live(server.port, brake=1))
    for n in range(2):
        line.patent(owners=(f"公司{n}",))
        line.contact(f"a{n}@b.example", f"公司{n}")
    line.look(REMINDER)
    line.look(URGENT)
    with transaction(line.engine) as connection:
        assert brake.braked(connection) == 0
    assert line.deliver(URGENT).accepted == 2


# What goes wrong.


def test_a_bad_address_is_flagged_and_the_agent_hears_next(
    line: Line, server: Sink
) -> None:
    line.patent(agency="某某专利事务所")
    line.contact("gone@b.example")
    line.contact("agent@c.example", "某某专利事务所", role="agent")
    line.look(REMINDER)
    server.answers(RCPT="550 5.1.1 no such user")
    assert line.deliver(REMINDER).refused == 1
    assert ("reminder", "refused", "bad_contact") in line.fates()
    server.answers()
    line.look(at(REMINDER, 10))
    line.deliver(at(REMINDER, 10))
    assert [m["To"].addresses[0].addr_spec for m in server.mails] == ["agent@c.example"]
    assert_accounted_for(line, REMINDER)


def test_a_bad_address_without_an_agent_becomes_a_call(
    line: Line, server: Sink
) -> None:
    line.patent()
    line.contact("gone@b.example")
    line.look(REMINDER)
    server.answers(RCPT="550 5.1.1 no such user")
    line.deliver(REMINDER)
    line.look(at(REMINDER, 10))
    assert line.fates(channel="call") == [("reminder", "pending", "due")]


def test_a_refused_message_is_no_bad_address_and_is_not_tried_for_ever(
    line: Line, server: Sink
) -> None:
    line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    server.answers(dot="554 5.7.1 looks like spam")
    assert line.deliver(REMINDER).refused == 1
    assert ("reminder", "refused", "due") in line.fates()
    server.answers()
    line.look(REMINDER + days(1), everything=True)
    assert line.deliver(REMINDER + days(1)).accepted == 0
    line.look(URGENT)
    assert line.deliver(URGENT).accepted == 1


def test_a_server_that_is_down_for_days_loses_nothing(line: Line, server: Sink) -> None:
    line.patent()
    line.contact("a@b.example")
    server.answers(banner="554 go away")
    for n in range(5):
        line.look(REMINDER + days(n))
        delivered = line.deliver(REMINDER + days(n))
        assert (delivered.retry, delivered.needs_a_person) == (1, True)
        assert_accounted_for(line, REMINDER + days(n))
    server.answers()
    line.look(REMINDER + days(5))
    line.deliver(REMINDER + days(5))
    assert len(server.mails) == 1
    assert ("reminder", "accepted", "said") in line.fates()


def test_a_server_down_until_the_tier_is_over_sends_the_next_one(
    line: Line, server: Sink
) -> None:
    line.patent()
    line.contact("a@b.example")
    server.answers(banner="554 go away")
    line.look(REMINDER)
    line.deliver(REMINDER)
    server.answers()
    line.look(URGENT)
    line.deliver(URGENT)
    assert len(server.mails) == 1
    assert line.alerts(state="accepted")[0].tier == "urgent"


def test_a_dead_relay_does_not_burn_through_the_queue(
    small: Line, server: Sink
) -> None:
    for n in range(2 * BATCH):
        small.patent(owners=(f"公司{n}",))
        small.contact(f"a{n}@b.example", f"公司{n}")
    server.answers(banner="554 go away")
    small.look(REMINDER)
    small.deliver(REMINDER)
    tried = {row.message_id for row in small.attempts() if row.outcome != "not_tried"}
    assert len(tried) <= BATCH
    assert len(small.messages(state="pending")) == 2 * BATCH
    server.answers()
    assert small.deliver(at(REMINDER, 10)).accepted == 2 * BATCH


def test_six_hours_without_a_relay_cost_few_calls_and_lose_nothing(
    small: Line, server: Sink
) -> None:
    count = 30
    for n in range(count):
        small.patent(owners=(f"公司{n}",))
        small.contact(f"a{n}@b.example", f"公司{n}")
    server.answers(banner="554 go away")
    small.look(REMINDER)
    down = at(REMINDER, 9)
    for minute in range(6 * 60):
        delivered = small.deliver(down + minute * A_MINUTE)
        assert delivered.needs_a_person
    tried = [row.at for row in small.attempts() if row.outcome == "channel_down"]
    for hour in range(6):
        begins = down + timedelta(hours=hour)
        within = [
            when for when in tried if begins <= when < begins + timedelta(hours=1)
        ]
        assert len(within) <= 40
    assert len([when for when in tried if when >= down + timedelta(hours=5)]) >= 1
    assert_accounted_for(small, at(REMINDER, 15))

    server.answers()
    for minute in range(60):
        small.deliver(at(REMINDER, 15, minute))
    assert len(server.mails) == count
    assert {row.state for row in small.alerts(tier="reminder")} == {"accepted"}


def test_a_probe_is_for_the_channel_that_has_something_to_try(
    sqlite_engine: Engine, vault: Vault, settings: Any
) -> None:
    line = Line(sqlite_engine, vault, settings())  # both channels into one folder
    line.patent()
    line.contact("13800000001")
    line.look(REMINDER)
    with transaction(sqlite_engine) as connection:
        for _ in range(5):
            circuits.record(
                connection,
                "file",
                failure="disk full",
                probe=False,
                now=at(REMINDER, 9),
            )
    assert line.deliver(REMINDER).down == ["file", "file"]
    assert line.deliver(at(REMINDER, 10)).accepted == 1


def test_a_relay_that_comes_back_is_tried_with_one_message_first(
    small: Line, server: Sink
) -> None:
    for n in range(3):
        small.patent(owners=(f"公司{n}",))
        small.contact(f"a{n}@b.example", f"公司{n}")
    server.answers(banner="554 go away")
    small.look(REMINDER)
    for minute in range(5):
        small.deliver(at(REMINDER, 9, 10 * minute))
    assert small.deliver(at(REMINDER, 9, 40)).down == ["smtp"]
    server.answers()
    assert small.deliver(at(REMINDER, 12)).accepted == 1
    assert small.deliver(at(REMINDER, 12, 1)).accepted == 2


def test_an_answer_that_never_came_is_asked_again_with_the_same_message_id(
    line: Line, server: Sink
) -> None:
    line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    server.answers(dot=None)  # hangs up after the message was given over
    assert line.deliver(REMINDER).retry == 1
    server.answers()
    assert line.deliver(at(REMINDER, 9, 14)).accepted == 0
    assert line.deliver(at(REMINDER, 9, 15)).accepted == 1
    refs = {row.ref for row in line.attempts()}
    assert len(refs) == 1
    assert server.mails[0]["Message-ID"] == f"<{refs.pop()}@puyang.example>"


def test_a_kill_after_the_wire_sends_again_with_the_same_message_id(
    line: Line, server: Sink
) -> None:
    line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    with pytest.raises(Interrupted):
        line.deliver(REMINDER, mail=crashing_after_the_wire(server.port))
    assert line.deliver(at(REMINDER, 9, 14)).accepted == 0
    assert line.deliver(at(REMINDER, 9, 15)).accepted == 1
    assert len(server.mails) == 2
    assert len({mail["Message-ID"] for mail in server.mails}) == 1
    assert_accounted_for(line, REMINDER)


def test_a_kill_before_the_wire_sends_once(line: Line, server: Sink) -> None:
    line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    with pytest.raises(Interrupted):
        line.deliver(REMINDER, mail=crashing(None))
    line.deliver(instant_after_the_lease())
    assert len(server.mails) == 1


def test_a_kill_after_settling_sends_once(line: Line, server: Sink) -> None:
    line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    with pytest.raises(Interrupted):
        line.deliver(REMINDER, mail=crashing(Outcome(OutcomeKind.ACCEPTED, "250")))
    line.deliver(instant_after_the_lease())
    assert server.mails == []
    assert ("reminder", "accepted", "said") in line.fates()


def instant_after_the_lease() -> Any:
    return at(REMINDER, 9) + LEASE


def test_one_channel_in_trouble_does_not_keep_the_other(line: Line) -> None:
    line.patent()
    line.contact("a@b.example")
    line.contact("13800000000")
    line.look(REMINDER)
    line.change(smtp=replace(line.settings.smtp, port=1))
    line.deliver(REMINDER)
    assert [row.channel for row in line.messages(state="accepted")] == ["sms"]


def test_a_stop_finishes_the_message_in_flight_and_gives_back_the_rest(
    line: Line, server: Sink
) -> None:
    line.change(smtp=replace(line.settings.smtp, connections=1))
    for n in range(5):
        line.patent(owners=(f"公司{n}",))
        line.contact(f"a{n}@b.example", f"公司{n}")
    line.look(REMINDER)
    stop = threading.Event()
    line.deliver(REMINDER, stop=stop, on_message=stop.set)
    assert len(server.mails) == 1
    assert len(line.messages(state="pending")) == 4
    assert line.messages(state="sending") == []
    assert line.deliver(REMINDER).accepted == 4
    assert len(server.mails) == 5
    assert_accounted_for(line, REMINDER)


def test_what_was_claimed_long_ago_is_not_sent_under_a_worn_out_lease(
    small: Line, server: Sink
) -> None:
    small.change(smtp=replace(small.settings.smtp, connections=1))
    for n in range(4):
        small.patent(owners=(f"公司{n}",))
        small.contact(f"a{n}@b.example", f"公司{n}")
    small.look(REMINDER)
    now = at(REMINDER, 9)
    small.deliver(lambda: now + LEASE if server.mails else now)
    assert 0 < len(server.mails) < 4
    assert small.messages(state="sending") == []
    small.deliver(now + LEASE)
    assert len(server.mails) == 4
    assert len({mail["Message-ID"] for mail in server.mails}) == 4


# Several at once.


def test_daemons_side_by_side_send_each_message_once(line: Line, server: Sink) -> None:
    count = 60
    for n in range(count):
        line.patent(owners=(f"公司{n}",))
        line.contact(f"a{n}@b.example", f"公司{n}")
    failed: list[BaseException] = []

    def daemon() -> None:
        try:
            line.look(REMINDER)
            line.deliver(REMINDER)
        except BaseException as error:  # noqa: BLE001 - a thread's error is the test's
            failed.append(error)

    threads = [threading.Thread(target=daemon) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert failed == []
    line.deliver(at(REMINDER, 10))
    assert len(server.mails) == count
    assert len({mail["Message-ID"] for mail in server.mails}) == count
    assert len(line.alerts(tier="reminder")) == count
    assert_accounted_for(line, REMINDER)


def test_a_look_during_a_claim_strands_no_alert(line: Line) -> None:
    line.contact("a@b.example")
    line.patent()
    line.look(REMINDER)
    late = line.patent()

    def meanwhile(
        envelopes: Iterable[Envelope],
        *,
        on_outcomes: OnOutcomes,
        stop: threading.Event | None = None,  # noqa: ARG001 - part of a transport
    ) -> None:
        for envelope in envelopes:
            line.look(REMINDER)
            on_outcomes({envelope.message_key: Outcome(OutcomeKind.ACCEPTED, "250")})

    line.deliver(REMINDER, mail=meanwhile)
    line.deliver(REMINDER)
    (row,) = line.alerts(application_no=late, tier="reminder")
    assert row.state == "accepted"
    assert_accounted_for(line, REMINDER)


# Observing.


def test_nothing_leaves_while_observing(small: Line, server: Sink) -> None:
    small.change(alerts=AlertSettings(mode="observe"))
    small.patent()
    small.contact("a@b.example")
    small.contact("13800000000")
    small.look(REMINDER)
    small.deliver(REMINDER)
    assert server.mails == []
    assert not small.settings.outbox.exists()


def test_what_was_queued_live_does_not_leave_while_observing(
    small: Line, server: Sink
) -> None:
    small.patent()
    small.contact("a@b.example")
    small.look(REMINDER)
    small.change(alerts=AlertSettings(mode="observe"))
    small.deliver(REMINDER)
    assert server.mails == []
    assert ("reminder", "suppressed", "observed") in small.fates()


def test_a_guest_gets_real_mail_while_observing(small: Line, server: Sink) -> None:
    observe = AlertSettings(mode="observe", guest_list=("a@b.example",))
    small.change(alerts=observe)
    small.patent(owners=("甲公司", "乙公司"))
    small.contact("a@b.example", "甲公司")
    small.contact("c@d.example", "乙公司")
    small.look(REMINDER)
    small.deliver(REMINDER)
    assert [m["To"].addresses[0].addr_spec for m in server.mails] == ["a@b.example"]


def test_a_trial_into_files_and_then_real_mail_sends_once_for_real(
    small: Line, server: Sink
) -> None:
    real = small.settings.smtp
    small.change(smtp=replace(real, host=""))
    small.patent()
    small.contact("a@b.example")
    small.look(REMINDER)
    small.deliver(REMINDER)
    assert len(list(small.settings.outbox.rglob("*.eml"))) == 1
    small.change(smtp=real)
    for n in range(1, 4):
        small.look(REMINDER + days(n))
        small.deliver(REMINDER + days(n))
    assert len(server.mails) == 1
    assert small.alerts(tier="reminder")[0].channel == Channel.EMAIL
