"""The canary goes the whole way, every day, and nowhere into the office's numbers."""

from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from patentwatch import canary
from patentwatch.canary import CanarySilentError, Missing
from patentwatch.ladder import RungChange
from patentwatch.model import Channel, County, Office, Tier
from patentwatch.settings import AlarmSettings, AlertSettings
from patentwatch.store import grouping
from patentwatch.store.engine import reading, transaction
from patentwatch.store.tables import messages, patents
from patentwatch.store.vault import Vault
from tests.line import DUE, Line, at, days
from tests.mail_sink import parsed, text_of

TO = "admin@office.example"
ON = DUE - days(30)
NINE = at(ON, 9)
COUNTIES = (County("410901", "甲县"), County("410902", "乙县"))
A_DAY = timedelta(days=1)


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Any) -> Line:
    """Return an office of two counties whose administrator has an address."""
    return Line(
        engine, vault, settings(alarm=AlarmSettings(emails=(TO,)), counties=COUNTIES)
    )


def plan(line: Line, on: date = ON) -> bool:
    with transaction(line.engine) as connection:
        return canary.plan(
            connection, line.vault, line.settings, line.here.rules, now=at(on, 9)
        )


def letter(line: Line, on: date = ON) -> tuple[str, bytes]:
    (row,) = line.messages(ref=canary.reference(on))
    return canary.raw_of(row, line.settings, line.here.rules, now=at(on, 9))


def missing(line: Line, on: date, *, hour: int = 10) -> Missing | None:
    opens, _ = line.settings.alerts.send_window
    with reading(line.engine) as connection:
        return canary.missing(connection, now=at(on, hour), opens=opens)


def arrive(line: Line, on: date, state: str = "accepted") -> None:
    with transaction(line.engine) as connection:
        connection.execute(
            update(messages)
            .where(messages.c.ref == canary.reference(on))
            .values(state=state)
        )


def test_one_message_a_day_waits_in_the_outbox(line: Line) -> None:
    assert [plan(line), plan(line)] == [True, False]
    assert [plan(line, ON + A_DAY), plan(line, ON + A_DAY)] == [True, False]
    found = line.messages(kind="canary")
    assert [row.ref for row in found] == ["canary-20260411", "canary-20260412"]
    assert {row.recipient for row in found} == {
        line.vault.recipient_id(Channel.EMAIL, TO)
    }


def test_without_an_administrator_there_is_none(line: Line) -> None:
    line.change(alarm=AlarmSettings())
    assert not plan(line)
    assert line.messages() == []
    assert missing(line, ON + days(9)) is None


def test_it_shows_for_every_county_what_would_be_said(line: Line) -> None:
    plan(line)
    to, raw = letter(line)
    mail = parsed(raw)
    assert (to, mail["To"]) == (TO, TO)
    assert mail["Subject"] == "【自检】patentwatch 2026-04-11：2 个县区各一条示例提醒"
    text = text_of(mail)
    for county in ("甲县", "乙县"):
        assert f"自检示例（{county}）" in text
    assert "专利年费提醒" in text


@pytest.mark.parametrize("offset", range(0, 800, 7))
def test_every_day_has_something_to_say(
    sqlite_engine: Engine, vault: Vault, settings: Any, offset: int
) -> None:
    """A leap day and the turns of years are among them; each tier has its day."""
    line = Line(sqlite_engine, vault, settings(alarm=AlarmSettings(emails=(TO,))))
    on = date(2027, 12, 30) + days(offset)
    ((name, shown),) = canary.examples(
        line.settings, line.here.rules, to=TO, now=at(on, 9)
    )
    assert name == "全市"
    assert shown.message in {"notice", "reminder", "urgent"}


def test_each_tier_before_the_due_day_has_its_turn(line: Line) -> None:
    said = {
        canary.examples(line.settings, line.here.rules, to=TO, now=at(ON + days(n), 9))[
            0
        ][1].message
        for n in range(3)
    }
    assert said == {"notice", "reminder", "urgent"}


def test_what_would_stop_a_reminder_stops_the_canary(line: Line) -> None:
    plan(line)
    line.settings = line.settings.__class__(
        alarm=line.settings.alarm, office=Office("", "")
    )
    with pytest.raises(Exception, match="消息缺少"):
        letter(line)


def test_a_ladder_that_says_nothing_by_mail_is_named(line: Line) -> None:
    plan(line)
    mute = {
        tier: RungChange(channels=(Channel.SMS,))
        for tier in (Tier.NOTICE, Tier.REMINDER, Tier.URGENT)
    }
    line.change(alerts=AlertSettings(ladder=mute))
    with pytest.raises(CanarySilentError, match="没有一级发邮件"):
        letter(line)


def test_no_alert_ever_joins_it(line: Line) -> None:
    """The administrator may be an owner of patents, too."""
    plan(line)
    line.patent()
    line.contact(TO)
    line.look(ON)
    with transaction(line.engine) as connection:
        grouping.group(connection, now=NINE, brake=None)
    assert sorted(row.kind for row in line.messages()) == ["alerts", "canary"]


def test_it_is_in_no_register(line: Line) -> None:
    plan(line)
    letter(line)
    with reading(line.engine) as connection:
        assert connection.execute(select(patents)).all() == []
    assert line.alerts() == []


def test_one_made_in_the_evening_is_not_missed_before_the_window_opens(
    line: Line,
) -> None:
    with transaction(line.engine) as connection:
        canary.plan(
            connection, line.vault, line.settings, line.here.rules, now=at(ON, 22)
        )
    assert missing(line, ON + A_DAY, hour=8) is None
    found = missing(line, ON + A_DAY)
    assert found is not None
    assert found.state == "pending"


def test_on_its_first_day_none_is_missing(line: Line) -> None:
    plan(line)
    assert missing(line, ON) is None


@pytest.mark.parametrize(
    ("state", "arrived"),
    [("accepted", True), ("delivered", True), ("pending", False), ("refused", False)],
)
def test_yesterdays_must_have_arrived(
    line: Line,
    state: str,
    arrived: bool,  # noqa: FBT001 - a column of the table
) -> None:
    plan(line)
    arrive(line, ON, state)
    found = missing(line, ON + A_DAY)
    if arrived:
        assert found is None
    else:
        assert found is not None
        assert (found.on, found.state) == (ON, state)


def test_a_day_without_one_is_missed(line: Line) -> None:
    plan(line)
    arrive(line, ON)
    assert missing(line, ON + 2 * A_DAY) == Missing(ON + A_DAY)
