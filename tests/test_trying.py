"""Short messages are made on the day they are planned: what would not go is known."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, Row

from patentwatch import audit, outgoing, pipeline, trying
from patentwatch.model import Channel, SmsText
from patentwatch.pipeline import Tick
from patentwatch.settings import AlertSettings, SmsSettings
from patentwatch.store.messages import UNMADE
from patentwatch.store.vault import Vault
from patentwatch.trying import Tried
from tests.line import DUE, Line, assert_accounted_for, at, days, instant

REMINDER, URGENT = DUE - days(30), DUE - days(7)
NIGHT = at(REMINDER, 1)
PHONE = "13800000001"
NO_TEMPLATE = "没有模板编号"
TEMPLATES = {text: f"SMS_{number}" for number, text in enumerate(SmsText)}

Make = Callable[..., Line]


@pytest.fixture
def make(engine: Engine, vault: Vault, settings: Any, tmp_path: Path) -> Make:
    """Return how to make an office whose short messages leave over a provider."""
    secret = tmp_path / "sms-secret"
    secret.write_text("secret")
    secret.chmod(0o600)

    def made(**sms: Any) -> Line:
        found = SmsSettings(
            access_key_id="key", secret_file=secret, sign_name="某局", **sms
        )
        return Line(
            engine, vault, settings(sms=found, alerts=AlertSettings(mode="live"))
        )

    return made


def try_new(line: Line, on: Any) -> Tried:
    post = outgoing.post(line.here, tell_time=lambda: instant(on))
    return trying.try_new(line.engine, line.vault, post, now=instant(on))


def tick(line: Line, on: Any) -> Tick:
    return pipeline.tick(line.here, tell_time=lambda: instant(on))


def the_message(line: Line) -> Row[Any]:
    (found,) = line.messages(channel="sms")
    return found


def test_at_night_a_new_short_message_is_made_and_not_sent(make: Make) -> None:
    line = make()
    line.patent()
    line.contact(PHONE)
    assert tick(line, NIGHT).tried == Tried(fit=1, parts=1)
    found = the_message(line)
    assert (found.state, found.parts, found.attempts) == ("pending", 1, 0)
    assert not list(line.settings.outbox.glob("*"))


def test_a_message_without_a_template_is_known_before_the_window_opens(
    make: Make,
) -> None:
    line = make(provider="aliyun")
    line.patent()
    line.contact(PHONE)
    done = tick(line, NIGHT)
    assert done.tried == Tried(unmade=1)
    assert done.needs_a_person
    found = the_message(line)
    assert found.detail.startswith(UNMADE)
    assert NO_TEMPLATE in found.detail
    assert_accounted_for(line, NIGHT)


def test_the_administrator_is_told_of_what_could_not_be_made(make: Make) -> None:
    line = make(provider="aliyun")
    line.patent()
    line.contact(PHONE)
    tick(line, NIGHT)
    audited = audit.audit(
        line.engine,
        line.vault,
        line.settings,
        line.here.rules,
        journal=None,
        now=NIGHT,
    )
    (finding,) = [one for one in audited.findings if one.check == "message_unmade"]
    assert NO_TEMPLATE in finding.text
    assert finding.names == (str(the_message(line).id),)


def test_when_the_template_is_there_the_message_leaves(make: Make) -> None:
    line = make(provider="aliyun")
    line.patent()
    line.contact(PHONE)
    tick(line, NIGHT)
    line.change(sms=SmsSettings(templates=TEMPLATES))  # into files now
    assert line.deliver(at(REMINDER, 9)).accepted == 1
    assert the_message(line).parts == 1


def test_an_official_rings_whom_no_message_can_be_made_for(make: Make) -> None:
    line = make(provider="aliyun")
    line.patent()
    line.contact(PHONE)
    tick(line, at(REMINDER, 1))
    tick(line, at(REMINDER, 2))
    assert line.alerts(channel="call") == []  # there is time to mend it
    tick(line, at(URGENT, 1))
    tick(line, at(URGENT, 2))
    assert [row.tier for row in line.alerts(channel="call")] == ["urgent"]


def test_who_gets_a_mail_is_not_rung_for_a_short_message(make: Make) -> None:
    line = make(provider="aliyun")
    line.patent()
    line.contact(PHONE)
    line.contact("a@b.example")
    tick(line, at(URGENT, 1))
    tick(line, at(URGENT, 2))
    assert line.alerts(channel="call") == []


def test_each_message_is_tried_once(make: Make) -> None:
    line = make()
    line.many(45, channel=Channel.SMS)
    line.look(NIGHT)
    assert try_new(line, NIGHT) == Tried(fit=45, parts=45)
    assert try_new(line, NIGHT) == Tried()


def test_a_stop_leaves_the_rest_to_the_next_time(make: Make) -> None:
    line = make()
    line.many(45, channel=Channel.SMS)
    line.look(NIGHT)
    post = outgoing.post(line.here, tell_time=lambda: NIGHT)
    some = trying.try_new(
        line.engine, line.vault, post, now=NIGHT, on_progress=post.stop.set
    )
    assert some == Tried(fit=20, parts=20)
    assert try_new(line, NIGHT) == Tried(fit=25, parts=25)


def test_what_could_not_be_made_is_tried_again_only_when_it_may_leave(
    make: Make,
) -> None:
    line = make(provider="aliyun")
    line.many(45, channel=Channel.SMS)
    line.look(NIGHT)
    assert try_new(line, NIGHT) == Tried(unmade=45)
    assert try_new(line, NIGHT) == Tried()


def test_a_message_that_took_another_alert_is_tried_again(make: Make) -> None:
    line = make()
    line.patent()
    line.contact(PHONE)
    line.look(NIGHT)
    try_new(line, NIGHT)
    line.patent()
    line.look(NIGHT)
    assert the_message(line).parts is None
    assert try_new(line, NIGHT) == Tried(fit=1, parts=1)


def test_what_the_brake_holds_stays_braked(make: Make) -> None:
    line = make(provider="aliyun")
    line.change(alerts=replace(line.settings.alerts, brake=1))
    line.many(3, channel=Channel.SMS)
    line.look(NIGHT)
    before = line.messages()
    assert try_new(line, NIGHT) == Tried()
    assert line.messages() == before


def test_what_is_not_true_any_more_is_left_to_its_claim(make: Make) -> None:
    line = make()
    number = line.patent()
    line.contact(PHONE)
    line.look(NIGHT)
    line.paid(number, REMINDER - days(1))
    assert try_new(line, NIGHT) == Tried()
    line.deliver(at(REMINDER, 9))
    assert the_message(line).state == "cancelled"


def test_mails_are_not_tried(make: Make) -> None:
    line = make()
    line.patent()
    line.contact("a@b.example")
    assert tick(line, NIGHT).tried == Tried()
