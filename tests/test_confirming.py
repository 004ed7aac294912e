"""Who opted out by short message is told once that he is heeded, and never more."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from patentwatch import confirming, optingout
from patentwatch.delivery.gateway import Reply
from patentwatch.model import Channel, SmsText
from patentwatch.settings import AlertSettings
from patentwatch.store import replies
from patentwatch.store.engine import reading, transaction
from patentwatch.store.vault import Vault
from tests.delivery.sms.emulator import Emulator, emulator
from tests.line import DUE, Line, assert_accounted_for, at, days, live
from tests.test_asking import TEMPLATES, City, city

REMINDER = DUE - days(30)
REPLIED_AT = at(REMINDER, 10)
PHONE = "13800000001"
TEXT = (
    "【濮阳市知识产权局】已按您的要求停止短信提醒。年费仍须按期缴纳，咨询0393-1234567"
)


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Any) -> Line:
    """Return an installation that writes files, with a telephone that opted out."""
    line = Line(engine, vault, settings())
    line.patent()
    line.contact(PHONE)
    line.look(REMINDER)
    opt_out(line)
    return line


@pytest.fixture
def server() -> Iterator[Emulator]:
    with emulator() as found:
        yield found


def opt_out(line: Line, when: datetime = REPLIED_AT, *, key: str = "r1") -> None:
    reply = Reply(key, PHONE, "TD", when)
    optingout.take_replies(line.engine, line.vault, [reply], now=when)


def queue(line: Line, now: datetime = REPLIED_AT) -> int:
    return confirming.queue_due(line.engine, line.here.rules, now=now)


def confirmations(line: Line) -> list[str]:
    return [box.state for box in line.messages(kind=confirming.KIND)]


def written(line: Line) -> list[str]:
    found = line.settings.outbox.rglob("*.txt")
    return [path.read_text("utf-8") for path in sorted(found)]


def waiting(line: Line) -> list[str]:
    with reading(line.engine) as connection:
        return list(replies.to_confirm(connection))


def test_he_is_told_once_although_he_opted_out(line: Line) -> None:
    for now in (REPLIED_AT, at(REMINDER, 11), at(REMINDER + days(1), 9)):
        line.tick(now)
    assert written(line) == [TEXT]
    (box,) = line.messages(kind="opt_out")
    assert (box.state, box.channel, box.parts) == ("accepted", "sms", 1)
    assert waiting(line) == []
    assert_accounted_for(line, REMINDER + days(1))


def test_it_waits_for_the_send_window(line: Line) -> None:
    line.tick(at(REMINDER, 22, 30))
    assert (confirmations(line), written(line)) == (["pending"], [])
    line.tick(at(REMINDER + days(1), 9))
    assert (confirmations(line), written(line)) == (["accepted"], [TEXT])


def test_it_is_queued_once_for_each_reply(line: Line) -> None:
    assert [queue(line), queue(line)] == [1, 0]
    recipient = line.vault.recipient_id(Channel.SMS, PHONE)
    # As if a restored database had heard the same reply again.
    with transaction(line.engine) as connection:
        replies.ask_to_confirm(connection, recipient, at=REPLIED_AT)
    assert queue(line, at(REMINDER, 11)) == 0
    assert confirmations(line) == ["pending"]


def test_who_comes_back_and_leaves_again_is_told_again(line: Line) -> None:
    line.tick(REPLIED_AT)
    line.contact(PHONE, consent=True, consent_on=REMINDER + days(1))
    opt_out(line, at(REMINDER + days(2), 10), key="r2")
    line.tick(at(REMINDER + days(2), 11))
    assert confirmations(line) == ["accepted", "accepted"]


def test_nobody_is_told_what_a_newer_consent_made_untrue(line: Line) -> None:
    queue(line)
    line.contact(PHONE, consent=True, consent_on=REMINDER + days(1))
    done = line.deliver(REMINDER + days(1))
    assert (confirmations(line), done.closed, done.broken) == (["cancelled"], 1, 0)
    assert TEXT not in written(line)


@pytest.mark.parametrize(
    ("late", "queued"), [(days(7), 1), (days(7) + timedelta(seconds=1), 0)]
)
def test_after_a_week_he_is_left_alone(
    line: Line, late: timedelta, queued: int
) -> None:
    assert queue(line, REPLIED_AT + late) == queued
    assert waiting(line) == []


def test_what_could_not_leave_for_a_week_is_closed(line: Line) -> None:
    queue(line)
    line.deliver(REPLIED_AT + days(7) + timedelta(seconds=1))
    assert (confirmations(line), written(line)) == (["cancelled"], [])


def test_while_observing_nothing_is_queued_but_for_a_guest(line: Line) -> None:
    observing = AlertSettings(mode="observe")
    line.change(**live(25) | {"alerts": observing})
    assert (queue(line), len(waiting(line))) == (0, 1)
    line.change(alerts=replace(observing, guest_list=(PHONE,)))
    assert (queue(line), waiting(line)) == (1, [])


def replied(
    engine: Engine, vault: Vault, settings: Any, server: Emulator, folder: Path,
    *, name: str,
) -> City:  # fmt: skip
    """Return a city whose one owner got a short message and sent T back."""
    here = city(engine, vault, settings, server, folder, name=name)
    here.deliver()
    server.accepted.clear()
    here.now += timedelta(hours=1)
    server.reply(PHONE, "T")
    here.line.tick(here.now)
    return here


@pytest.mark.parametrize("name", ["tencent", "mas"])
def test_a_provider_gets_it_as_its_template(
    sqlite_engine: Engine, vault: Vault, settings: Any, server: Emulator,
    tmp_path: Path, name: str,
) -> None:  # fmt: skip
    here = replied(sqlite_engine, vault, settings, server, tmp_path, name=name)
    for _ in range(3):
        here.now += timedelta(minutes=5)
        here.line.tick(here.now)
    (taken,) = server.accepted
    assert taken.template == TEMPLATES[SmsText.OPTED_OUT]
    assert here.states(kind="opt_out") == ["delivered"]


def test_without_a_template_it_is_closed_and_not_tried_for_ever(
    sqlite_engine: Engine, vault: Vault, settings: Any, server: Emulator,
    tmp_path: Path,
) -> None:  # fmt: skip
    here = replied(sqlite_engine, vault, settings, server, tmp_path, name="tencent")
    sms = here.line.settings.sms
    codes = dict(sms.templates)
    del codes[SmsText.OPTED_OUT]
    here.line.change(sms=replace(sms, templates=codes))
    here.now += timedelta(minutes=5)
    here.line.tick(here.now)
    assert (here.taken, here.states(kind="opt_out")) == (0, ["cancelled"])
    assert waiting(here.line) == []
    here.now += timedelta(hours=2)
    here.line.tick(here.now)
    assert here.states(kind="opt_out") == ["cancelled"]
