"""What left over a gateway: asked after, never repeated on a guess, never forgotten."""

from collections.abc import Iterable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from threading import Event
from typing import Any

import pytest
from sqlalchemy import Engine

from patentwatch import asking, clock, outgoing
from patentwatch.delivery import Envelope, OnOutcomes
from patentwatch.dispatch import Delivered
from patentwatch.model import SmsText, State
from patentwatch.receipts import Report
from patentwatch.settings import AlertSettings, SmsSettings
from patentwatch.store import outbox, receipts
from patentwatch.store.engine import transaction
from patentwatch.store.fates import ASKING_TAKES
from patentwatch.store.messages import LEASE, UNMADE
from patentwatch.store.tables import contacts, messages
from patentwatch.store.vault import Vault
from tests.delivery.sms import emulator as provider
from tests.delivery.sms.emulator import Emulator, emulator
from tests.line import DUE, WINDOWS, Line, assert_accounted_for, at, days

REMINDER = DUE - days(30)
FINAL = WINDOWS[4] + days(1)
PHONE = "13800000001"
GRACE = timedelta(seconds=120)
A_MINUTE = timedelta(minutes=1)
TEMPLATES = {text: f"SMS_{number}" for number, text in enumerate(SmsText, 100)}


class City:
    """A line whose short messages go to a provider in the same world."""

    def __init__(self, line: Line, server: Emulator, now: datetime) -> None:
        self.line, self.server, self.now = line, server, now
        server.today = lambda: self.now.astimezone(clock.SHANGHAI)
        server.steady = lambda: self.now.timestamp()  # noqa: PLW0108 - it moves

    def deliver(self, *, after: timedelta = timedelta(0)) -> Delivered:
        """Send what waits, so much later."""
        self.now += after
        return self.line.deliver(self.now)

    def states(self, **wanted: Any) -> list[str]:
        wanted = {"channel": "sms"} | wanted
        return [row.state for row in self.line.messages(**wanted)]

    @property
    def taken(self) -> int:
        return len(self.server.accepted)


@pytest.fixture
def server() -> Iterator[Emulator]:
    with emulator() as found:
        yield found


def contract(server: Emulator, folder: Path, name: Any, **more: Any) -> SmsSettings:
    secret = folder / "sms-secret"
    secret.write_text(provider.SECRET)
    secret.chmod(0o600)
    return SmsSettings(
        provider=name,
        endpoint=server.url,
        app_id=provider.APP_ID,
        company=provider.COMPANY,
        access_key_id=provider.KEY_ID,
        secret_file=secret,
        sign_name="濮阳市知识产权局",
        templates=TEMPLATES,
        **more,
    )


def city(
    engine: Engine,
    vault: Vault,
    settings: Any,
    server: Emulator,
    folder: Path,
    *,
    name: str = "aliyun",
    on: Any = REMINDER,
    **more: Any,
) -> City:
    """Return a city with one patent whose owner has a telephone, looked at on a day."""
    sms = contract(server, folder, name, **more)
    line = Line(engine, vault, settings(sms=sms, alerts=AlertSettings(mode="live")))
    line.patent()
    line.contact(PHONE)
    line.look(on)
    return City(line, server, at(on, 9))


@pytest.fixture
def here(
    engine: Engine, vault: Vault, settings: Any, server: Emulator, tmp_path: Path
) -> City:
    return city(engine, vault, settings, server, tmp_path)


@pytest.fixture
def small(
    sqlite_engine: Engine,
    vault: Vault,
    settings: Any,
    server: Emulator,
    tmp_path: Path,
) -> City:
    return city(sqlite_engine, vault, settings, server, tmp_path)


def on_the_wire(here: City) -> None:
    """Set everything back to where a kill leaves it: given over, no answer written."""
    with transaction(here.line.engine) as connection:
        connection.execute(
            messages.update().values(
                state="sending",
                provider_ref="",
                ask_at=None,
                lease_until_at=here.now + LEASE,
            )
        )
        connection.exec_driver_sql("UPDATE alerts SET state = 'sending'")


# What arrives.


def test_a_short_message_is_accepted_and_later_known_to_be_delivered(
    here: City,
) -> None:
    assert here.deliver().accepted == 1
    (taken,) = here.server.accepted
    (row,) = here.line.messages(channel="sms")
    assert (taken.to, taken.key) == (f"+86{PHONE}", row.ref)
    assert taken.template == TEMPLATES[SmsText.REMINDER]
    assert (row.state, row.provider_ref, row.parts) == ("accepted", taken.ref, 1)
    here.deliver(after=GRACE)
    assert here.states() == ["delivered"]
    assert ("reminder", "delivered", "said") in here.line.fates(channel="sms")
    assert here.line.messages(channel="sms")[0].ask_at is None


def test_a_message_without_a_receipt_is_asked_for_seldom_and_not_for_ever(
    small: City,
) -> None:
    small.server.behaviour.fates[f"+86{PHONE}"] = "waiting"
    small.deliver()
    for _ in range(4 * 24 * 6):
        small.deliver(after=timedelta(minutes=10))
    asked = small.server.requests.count("QuerySendDetails")
    assert 15 <= asked <= 60
    assert small.line.messages(channel="sms")[0].ask_at is None
    assert small.states()[0] == "accepted"


@pytest.mark.parametrize("name", ["tencent", "mas"])
def test_receipts_that_a_provider_gives_twice_count_once(
    sqlite_engine: Engine,
    vault: Vault,
    settings: Any,
    server: Emulator,
    tmp_path: Path,
    name: str,
) -> None:
    server.behaviour.copies = 3
    here = city(sqlite_engine, vault, settings, server, tmp_path, name=name)
    here.deliver()
    here.deliver(after=GRACE)
    here.deliver(after=GRACE)
    assert here.states() == ["delivered"]
    assert here.taken == 1


# What may have arrived.


def test_a_lost_answer_is_asked_after_and_not_sent_again(here: City) -> None:
    here.server.behaviour.lose_answers = 1
    assert here.deliver().unknown == 1
    assert here.states() == ["unknown"]
    assert [row.state for row in here.line.alerts(channel="sms")] == ["unknown"]
    here.deliver(after=GRACE - timedelta(seconds=1))
    assert here.states() == ["unknown"]
    assert "QuerySendDetails" not in here.server.requests
    here.deliver(after=timedelta(seconds=1))
    assert here.states() == ["delivered"]
    assert here.taken == 1
    assert_accounted_for(here.line, here.now)


def test_what_the_provider_never_heard_of_is_sent_again_under_its_name(
    here: City,
) -> None:
    here.server.behaviour.outage = "drop"
    assert here.deliver().unknown == 1
    here.server.behaviour.outage = ""
    here.deliver(after=GRACE)
    assert here.taken == 1
    (row,) = here.line.messages(channel="sms")
    assert (row.state, row.attempts) == ("accepted", 2)
    assert here.server.accepted[0].key == row.ref
    events = [attempt.event for attempt in here.line.attempts()]
    assert events == ["intent", "outcome", "asked", "intent", "outcome"]


def test_an_unknown_message_counts_as_said_until_more_is_known(here: City) -> None:
    here.server.behaviour.lose_answers = 1
    here.deliver()
    here.line.look(here.now, everything=True)
    assert len(here.line.messages(channel="sms")) == 1


def test_a_kill_on_the_wire_is_asked_after(here: City) -> None:
    here.deliver()
    on_the_wire(here)
    here.deliver(after=LEASE)
    assert here.states() == ["delivered"]
    assert here.taken == 1


def test_an_early_message_of_which_nobody_can_tell_is_left_to_the_next_tier(
    small: City,
) -> None:
    small.server.behaviour.lose_answers = 1
    small.deliver()
    small.server.behaviour.hide_records = True
    for _ in range(30):
        small.deliver(after=timedelta(hours=1))
    (row,) = small.line.messages(channel="sms")
    assert (row.state, row.ask_at) == ("unknown", None)
    assert small.taken == 1
    small.server.behaviour.hide_records = False
    small.now = at(DUE - days(7), 9)
    small.line.look(small.now)
    assert small.deliver().accepted == 1


def test_a_pressing_message_of_which_nobody_can_tell_goes_out_once_more(
    sqlite_engine: Engine,
    vault: Vault,
    settings: Any,
    server: Emulator,
    tmp_path: Path,
) -> None:
    here = city(sqlite_engine, vault, settings, server, tmp_path, on=FINAL)
    server.behaviour.lose_answers = 1
    server.behaviour.hide_records = True
    here.deliver()
    here.deliver(after=timedelta(minutes=9, seconds=59))
    assert here.taken == 1
    here.deliver(after=timedelta(seconds=1))
    assert here.taken == 2
    assert set(server.keys().values()) == {2}  # both bear the same name
    for _ in range(20):
        here.deliver(after=timedelta(minutes=10))
    assert here.taken == 2


@pytest.mark.parametrize("name", ["mas", "tencent", "aliyun"])
def test_however_many_answers_are_lost_there_is_one_more_copy_at_most(
    sqlite_engine: Engine,
    vault: Vault,
    settings: Any,
    server: Emulator,
    tmp_path: Path,
    name: str,
) -> None:
    here = city(sqlite_engine, vault, settings, server, tmp_path, on=FINAL, name=name)
    server.behaviour.lose_answers = 1000
    server.behaviour.hide_records = True
    server.behaviour.fates[f"+86{PHONE}"] = "waiting"
    here.deliver()
    for _ in range(40):
        here.deliver(after=timedelta(minutes=10))
    assert here.taken == 2
    assert here.states() == ["unknown"]
    assert_accounted_for(here.line, here.now)


def test_a_receipt_that_was_faster_than_the_answer_counts(here: City) -> None:
    here.deliver()
    (taken,) = here.line.messages(channel="sms")
    on_the_wire(here)
    report = Report("receipt", State.DELIVERED, reported_at=here.now)
    with transaction(here.line.engine) as connection:
        receipts.add(connection, taken.id, [report], now=here.now)
    assert here.states() == ["sending"]
    here.server.behaviour.hide_records = True
    here.deliver(after=LEASE)
    assert here.states() == ["delivered"]
    assert here.taken == 1


def test_a_pressing_message_is_never_repeated_before_it_was_asked_for(
    sqlite_engine: Engine,
    vault: Vault,
    settings: Any,
    server: Emulator,
    tmp_path: Path,
) -> None:
    here = city(sqlite_engine, vault, settings, server, tmp_path, on=FINAL)
    here.deliver()
    on_the_wire(here)
    here.now += LEASE
    stop = Event()
    stop.set()  # its turn to be asked for does not come
    here.line.deliver(here.now, stop=stop)
    assert here.states() == ["unknown"]
    here.deliver()
    assert here.states() == ["delivered"]
    assert here.taken == 1


def test_asking_that_has_used_up_its_time_leaves_the_rest_for_the_next_turn(
    small: City,
) -> None:
    small.deliver()
    on_the_wire(small)
    small.deliver(after=LEASE - GRACE)
    line, asked = small.line, len(small.server.bodies)
    small.now += LEASE
    post = outgoing.post(line.here, tell_time=lambda: small.now)
    with transaction(line.engine) as connection:
        outbox.recover(connection, now=small.now)
    asking.ask(line.engine, line.vault, post, on_asked=lambda: None, seconds=-1)
    assert len(small.server.bodies) == asked
    assert small.states() == ["unknown"]
    asking.ask(line.engine, line.vault, post, on_asked=lambda: None)
    assert len(small.server.bodies) == asked + 1
    assert small.states() == ["delivered"]


def test_a_change_of_provider_repeats_nothing_that_may_have_arrived(
    small: City, tmp_path: Path
) -> None:
    small.deliver()
    on_the_wire(small)
    small.line.change(sms=contract(small.server, tmp_path, "mas"))
    small.deliver(after=LEASE)
    assert small.states() == ["unknown"]
    assert small.taken == 1
    small.deliver(after=timedelta(hours=25))
    assert small.line.messages(channel="sms")[0].ask_at is None
    assert small.taken == 1


def test_what_broke_before_the_wire_is_tried_again(small: City) -> None:
    for n in range(3):
        small.line.patent(owners=(f"公司{n}",))
        small.line.contact(f"1380000001{n}", f"公司{n}")
    small.line.look(small.now)
    small.server.behaviour.lose_answers = 1

    def broken(
        envelopes: Iterable[Envelope], *, on_outcomes: OnOutcomes, stop: object = None
    ) -> None:
        del on_outcomes, stop
        next(iter(envelopes))
        raise RuntimeError("the process broke")

    with pytest.raises(RuntimeError, match="broke"):
        small.line.deliver(small.now, sms=broken)
    assert sorted(small.states()) == ["pending"] * 3 + ["sending"]


def test_two_who_ask_at_once_ask_for_different_messages(here: City) -> None:
    here.server.behaviour.lose_answers = 1
    here.deliver()
    here.now += GRACE
    here.server.behaviour.fail_questions = 3  # all that one asker tries
    here.deliver()
    before = here.server.requests.count("QuerySendDetails")
    here.deliver(after=timedelta(seconds=1))
    assert here.server.requests.count("QuerySendDetails") == before
    here.deliver(after=ASKING_TAKES)
    assert here.states() == ["delivered"]


# What does not arrive.


def test_a_number_that_does_not_exist_is_flagged_and_becomes_a_call(
    here: City,
) -> None:
    here.server.behaviour.refuse[f"+86{PHONE}"] = "isv.MOBILE_NUMBER_ILLEGAL"
    assert here.deliver().refused == 1
    here.line.look(here.now + A_MINUTE)
    assert [row.tier for row in here.line.alerts(channel="call")] == ["reminder"]
    assert here.deliver(after=days(1)).accepted == 0


def test_an_account_in_trouble_burns_no_recipient(here: City) -> None:
    here.server.behaviour.refuse[f"+86{PHONE}"] = "isv.OUT_OF_SERVICE"
    delivered = here.deliver()
    assert (delivered.retry, delivered.refused) == (1, 0)
    here.server.behaviour.refuse.clear()
    assert here.deliver(after=timedelta(hours=1)).accepted == 1


def test_a_text_that_the_provider_forbids_waits_for_a_person(here: City) -> None:
    here.server.behaviour.refuse[f"+86{PHONE}"] = "isv.SMS_CONTENT_ILLEGAL"
    delivered = here.deliver()
    assert (delivered.broken, delivered.needs_a_person) == (1, True)
    (waiting,) = here.line.messages(channel="sms")
    assert waiting.detail.startswith(f"{UNMADE}isv.SMS_CONTENT_ILLEGAL")
    assert here.deliver(after=timedelta(minutes=59)).broken == 0
    here.server.behaviour.refuse.clear()
    assert here.deliver(after=A_MINUTE).accepted == 1


def test_a_tier_without_a_template_is_said_with_the_one_for_several(
    small: City,
) -> None:
    codes = {SmsText.SEVERAL: "SMS_MANY"}
    small.line.change(sms=replace(small.line.settings.sms, templates=codes))
    small.deliver()
    (taken,) = small.server.accepted
    assert taken.template == "SMS_MANY"
    assert '"count": "1"' in taken.text


def test_a_message_without_any_template_waits_and_asks_for_a_person(
    small: City,
) -> None:
    small.line.change(sms=replace(small.line.settings.sms, templates={}))
    delivered = small.deliver()
    assert (delivered.broken, delivered.needs_a_person) == (1, True)
    assert small.taken == 0
    assert_accounted_for(small.line, small.now)


# What a provider takes for one number.


def test_what_a_provider_takes_for_one_number_a_day_holds_late_tiers_too(
    sqlite_engine: Engine,
    vault: Vault,
    settings: Any,
    server: Emulator,
    tmp_path: Path,
) -> None:
    here = city(
        sqlite_engine,
        vault,
        settings,
        server,
        tmp_path,
        on=FINAL,
        per_number_daily=2,
    )
    for _ in range(3):
        here.deliver()
        here.line.patent()
        here.now += A_MINUTE
        here.line.look(here.now)
    assert here.deliver().accepted == 0
    assert here.taken == 2
    assert here.line.alerts(channel="sms", reason="capped") != []
    here.now = at(FINAL + days(1), 9, 10)
    here.deliver()
    assert here.taken == 3


def test_a_damaged_contact_keeps_nobody_else_from_being_told(small: City) -> None:
    small.deliver()
    with transaction(small.line.engine) as connection:
        connection.execute(contacts.update().values(party="乙公司"))
    small.line.patent(owners=("丙公司",))
    small.line.contact("13800000002", "丙公司")
    small.now += timedelta(minutes=3)  # it is time to ask about the first
    small.line.look(small.now)
    assert small.deliver().accepted == 1
    assert small.taken == 2
