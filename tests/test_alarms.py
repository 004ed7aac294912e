"""Somebody is told, outside the outbox, by any way that works."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine

from patentwatch import alarms, outside
from patentwatch.circuits import OPENS_AFTER
from patentwatch.delivery import over_relay
from patentwatch.delivery.smtp_line import Relay
from patentwatch.settings import AlarmSettings, Settings
from patentwatch.store import alarms as stored
from patentwatch.store import circuits, halts
from patentwatch.store.alarms import Alarm
from patentwatch.store.engine import reading, transaction
from tests.line import OFFICE, over_smtp
from tests.mail_sink import sink, text_of
from tests.watchman import Watchman, watchman

NOON = datetime(2026, 4, 11, 4, tzinfo=UTC)
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
ALARM = Alarm("halted", "clock", "系统时钟被拨动了", raised_at=NOON)


@pytest.fixture
def outsider() -> Iterator[Watchman]:
    """Yield somebody outside who takes what comes."""
    with watchman() as found:
        yield found


def told_by_url(
    settings: Callable[..., Settings], outsider: Watchman
) -> list[alarms.Way]:
    office = settings(office=OFFICE, alarm=AlarmSettings(url=outsider.url("/alarm")))
    return alarms.ways(office)


def open_kinds(engine: Engine) -> list[tuple[str, str]]:
    with reading(engine) as connection:
        return [(one.kind, one.subject) for one in stored.standing(connection)]


def test_an_alarm_is_posted_with_everything_it_says(
    settings: Any, outsider: Watchman
) -> None:
    assert alarms.tell(ALARM, told_by_url(settings, outsider), now=NOON)
    assert outsider.calls == [
        (
            "POST",
            "/alarm",
            {
                "kind": "halted",
                "subject": "clock",
                "detail": "系统时钟被拨动了",
                "raised_at": "2026-04-11T04:00:00+00:00",
                "office": "濮阳市知识产权局",
            },
        )
    ]


@pytest.mark.parametrize("status", [302, 404, 500])
def test_whoever_does_not_take_it_was_not_told(
    settings: Any, outsider: Watchman, status: int
) -> None:
    outsider.statuses = [status]
    assert not alarms.tell(ALARM, told_by_url(settings, outsider), now=NOON)


def test_a_connection_that_breaks_is_tried_a_few_times(
    settings: Any, outsider: Watchman
) -> None:
    outsider.cut_off = 2
    assert alarms.tell(ALARM, told_by_url(settings, outsider), now=NOON)
    assert len(outsider.calls) == 3
    outsider.cut_off = 3
    assert not alarms.tell(ALARM, told_by_url(settings, outsider), now=NOON)


def test_nobody_at_the_address_is_no_error() -> None:
    with watchman() as gone:
        url = gone.url("/alarm")
    assert not outside.ask(url)


def test_an_alarm_is_mailed_to_each_address_through_the_relay(settings: Any) -> None:
    with sink() as server:
        found = settings(
            office=OFFICE,
            smtp=over_smtp(server.port),
            alarm=AlarmSettings(emails=("a@b.example", "c@d.example")),
        )
        relay = Relay(
            host="127.0.0.1",
            port=server.port,
            sender=found.smtp.sender,
            security="none",
            connections=1,
            timeout=5,
        )
        ways = alarms.ways(found, mail=over_relay(relay))
        assert alarms.tell(ALARM, ways, now=NOON)
        mails = server.take_all()
    assert sorted(str(mail["To"]) for mail in mails) == ["a@b.example", "c@d.example"]
    assert mails[0]["Subject"] == "【告警】patentwatch：halted clock"
    assert "系统时钟被拨动了" in text_of(mails[0])
    assert "2026-04-11 12:00" in text_of(mails[0])


def test_a_short_message_fits_into_one(settings: Any) -> None:
    sent: list[tuple[str, str]] = []

    def send(to: str, text: str) -> bool:
        sent.append((to, text))
        return True

    found = settings(alarm=AlarmSettings(phones=("13800000000",)))
    long = replace(ALARM, detail="很长" * 200)
    assert alarms.tell(long, alarms.ways(found, sms=send), now=NOON)
    ((to, text),) = sent
    assert (to, len(text) <= 70) == ("13800000000", True)


def test_without_settings_there_is_no_way(settings: Any) -> None:
    assert alarms.ways(settings()) == []


def test_one_way_that_works_is_enough_and_all_are_tried(
    engine: Engine, settings: Any, outsider: Watchman
) -> None:
    asked: list[Alarm] = []

    def deaf(alarm: Alarm, _: datetime) -> bool:
        asked.append(alarm)
        return False

    with transaction(engine) as connection:
        stored.raise_alarm(connection, "k", detail="甲", now=NOON)
    assert alarms.tell_open(engine, [deaf], now=NOON) == 0
    ways = [deaf, *told_by_url(settings, outsider)]
    assert alarms.tell_open(engine, ways, now=NOON) == 1
    assert alarms.tell_open(engine, ways, now=NOON + DAY - MINUTE) == 0
    assert alarms.tell_open(engine, ways, now=NOON + DAY) == 1
    assert (len(asked), len(outsider.calls)) == (3, 2)


def test_a_transport_that_is_down_is_told_within_a_quarter_of_an_hour(
    engine: Engine,
) -> None:
    with transaction(engine) as connection:
        for _ in range(OPENS_AFTER):
            circuits.record(
                connection, "smtp", failure="connect", probe=False, now=NOON
            )
    seen = {}
    for minute in (9, 10, 15):
        with transaction(engine) as connection:
            alarms.watch(connection, now=NOON + minute * MINUTE)
        seen[minute] = open_kinds(engine)
    assert seen == {9: [], 10: [("transport_down", "smtp")], 15: seen[10]}
    with transaction(engine) as connection:
        circuits.record(connection, "smtp", failure=None, probe=True, now=NOON)
        alarms.watch(connection, now=NOON + 16 * MINUTE)
    assert open_kinds(engine) == []


def test_a_halt_is_told_at_once_and_its_end_ends_the_alarm(engine: Engine) -> None:
    with transaction(engine) as connection:
        halts.halt_restored(connection, detail="甲", now=NOON)
        alarms.watch(connection, now=NOON)
    assert open_kinds(engine) == [("halted", "restored")]
    with transaction(engine) as connection:
        halts.lift(connection, halts.HaltKind.RESTORED)
        alarms.watch(connection, now=NOON)
    assert open_kinds(engine) == []


def test_when_the_database_is_the_trouble_it_is_told_without_one(
    settings: Any, outsider: Watchman
) -> None:
    unwritten = alarms.Unwritten(told_by_url(settings, outsider))
    outsider.statuses = [500]
    for minute in range(3):
        unwritten.tell("store", "磁盘已满", now=NOON + minute * MINUTE)
    assert len(outsider.calls) == 2
    unwritten.tell("store", "磁盘已满", now=NOON + DAY + MINUTE)
    assert len(outsider.calls) == 3
    unwritten.over("store")
    unwritten.tell("store", "磁盘已满", now=NOON + DAY + 2 * MINUTE)
    assert len(outsider.calls) == 4


def test_no_log_holds_the_address_outside(
    settings: Any, outsider: Watchman, caplog: pytest.LogCaptureFixture
) -> None:
    outsider.statuses = [500]
    found = settings(alarm=AlarmSettings(url=outsider.url("/alarm?token=geheim")))
    caplog.set_level("DEBUG")
    alarms.tell(ALARM, alarms.ways(found), now=NOON)
    ours = [
        record for record in caplog.records if record.name.startswith("patentwatch")
    ]
    assert ours
    assert "geheim" not in "".join(record.getMessage() for record in ours)
