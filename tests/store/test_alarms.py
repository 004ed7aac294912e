"""Alarms in the database: one while its cause stands, told once a day."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from patentwatch.store import alarms
from patentwatch.store.alarms import Alarm
from patentwatch.store.engine import reading, transaction

NOON = datetime(2026, 4, 11, 4, tzinfo=UTC)
HOUR, DAY, A_SECOND = timedelta(hours=1), timedelta(days=1), timedelta(seconds=1)


def ring(
    engine: Engine, subject: str = "", *, detail: str = "甲", hours: int = 0
) -> None:
    with transaction(engine) as connection:
        now = NOON + hours * HOUR
        alarms.raise_alarm(connection, "k", subject=subject, detail=detail, now=now)


def clear(engine: Engine, subject: str = "") -> bool:
    with transaction(engine) as connection:
        return alarms.clear(connection, "k", subject=subject, now=NOON + HOUR)


def standing(engine: Engine) -> list[Alarm]:
    with reading(engine) as connection:
        return alarms.standing(connection)


def untold(engine: Engine, now: datetime) -> list[str]:
    with reading(engine) as connection:
        return [alarm.subject for alarm in alarms.untold(connection, now=now)]


def test_an_alarm_is_raised_once_while_it_is_open(engine: Engine) -> None:
    ring(engine)
    ring(engine, detail="乙", hours=1)
    (alarm,) = standing(engine)
    assert (alarm.raised_at, alarm.detail) == (NOON, "乙")


def test_each_subject_has_its_own(engine: Engine) -> None:
    ring(engine, "a")
    ring(engine, "b")
    assert [alarm.subject for alarm in standing(engine)] == ["a", "b"]
    assert clear(engine, "a")
    assert [alarm.subject for alarm in standing(engine)] == ["b"]


def test_what_is_over_begins_anew_when_it_comes_back(engine: Engine) -> None:
    ring(engine)
    assert clear(engine)
    assert not clear(engine)
    ring(engine, hours=2)
    (alarm,) = standing(engine)
    assert (alarm.raised_at, alarm.told_at) == (NOON + 2 * HOUR, None)


@pytest.mark.parametrize(
    ("after", "again"),
    [
        pytest.param(DAY - A_SECOND, False, id="just-before"),
        pytest.param(DAY, True, id="a-day"),
        pytest.param(DAY + A_SECOND, True, id="after"),
    ],
)
def test_what_stands_is_told_again_after_a_day(
    engine: Engine,
    after: timedelta,
    again: bool,  # noqa: FBT001 - a column of the table
) -> None:
    ring(engine, "a")
    assert untold(engine, NOON) == ["a"]
    with transaction(engine) as connection:
        alarms.mark_told(connection, [alarms.standing(connection)[0].id], now=NOON)
    assert untold(engine, NOON + after) == ["a"] * again


def test_of_a_kind_just_these_stand(engine: Engine) -> None:
    ring(engine, "a")
    ring(engine, "b")
    with transaction(engine) as connection:
        alarms.raise_alarm(connection, "other", detail="", now=NOON)
        alarms.stand(connection, "k", {"b": "丙", "c": "丁"}, now=NOON + HOUR)
    found = {(alarm.kind, alarm.subject): alarm for alarm in standing(engine)}
    assert set(found) == {("k", "b"), ("k", "c"), ("other", "")}
    assert (found["k", "b"].raised_at, found["k", "b"].detail) == (NOON, "丙")
    with transaction(engine) as connection:
        alarms.stand(connection, "k", {}, now=NOON + HOUR)
    assert [alarm.kind for alarm in standing(engine)] == ["other"]
