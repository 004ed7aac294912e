"""Halts in the database: they stand across restarts until somebody lifts them."""

from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import Engine

from patentwatch.store import halts
from patentwatch.store.engine import reading, transaction
from patentwatch.store.halts import Halt, HaltKind

NOON = datetime(2026, 4, 11, 4, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def note(engine: Engine, now: datetime, boottime: float, boot: str = "a") -> bool:
    """Note a reading as a new process would; return whether it halts."""
    with transaction(engine) as connection:
        halt = halts.note_real_time(connection, now, boottime=boottime, boot_id=boot)
    return halt is not None


def standing(engine: Engine) -> list[Halt]:
    with reading(engine) as connection:
        return halts.standing(connection)


def lift(engine: Engine, kind: HaltKind) -> int:
    with transaction(engine) as connection:
        return halts.lift(connection, kind)


def test_usually_nothing_stands(engine: Engine) -> None:
    assert not note(engine, NOON, 100)
    assert not note(engine, NOON + HOUR, 100 + 3600)
    assert standing(engine) == []


@pytest.mark.parametrize(
    ("seconds", "halted"),
    [
        pytest.param(599, False, id="9:59"),
        pytest.param(600, False, id="10:00"),
        pytest.param(601, True, id="10:01"),
    ],
)
@pytest.mark.parametrize("sign", [1, -1], ids=["forward", "back"])
def test_a_clock_set_while_the_daemon_was_stopped_is_noticed_at_its_start(
    engine: Engine,
    seconds: int,
    halted: bool,  # noqa: FBT001 - a column of the table
    sign: int,
) -> None:
    note(engine, NOON, 100)
    later = NOON + HOUR + sign * timedelta(seconds=seconds)
    assert note(engine, later, 100 + 3600) is halted
    assert [halt.kind for halt in standing(engine)] == [HaltKind.CLOCK] * halted


def test_a_halt_says_since_when_by_how_much_and_what_to_do(engine: Engine) -> None:
    note(engine, NOON, 100)
    note(engine, NOON + 30 * DAY, 160)
    note(engine, NOON + 30 * DAY + HOUR, 160 + 3600)
    (halt,) = standing(engine)
    assert halt.since_at == NOON + 30 * DAY
    assert "拨动了 29 天 23 小时 59 分钟" in halt.text
    assert "patentwatch alerts release --clock" in halt.text


def test_a_jump_stands_across_a_reboot_until_it_is_lifted(engine: Engine) -> None:
    note(engine, NOON, 100)
    assert note(engine, NOON + 30 * DAY, 160)
    assert not note(engine, NOON + 30 * DAY + HOUR, 10, boot="b")
    assert len(standing(engine)) == 1
    assert lift(engine, HaltKind.CLOCK) == 1
    assert standing(engine) == []


def test_a_lifted_clock_is_learnt_anew_even_if_it_is_earlier(engine: Engine) -> None:
    note(engine, NOON, 100)
    assert note(engine, NOON - DAY, 160)
    lift(engine, HaltKind.CLOCK)
    assert not note(engine, NOON - DAY + HOUR, 160 + 3600)
    assert note(engine, NOON + 2 * DAY, 160 + 3660)


def test_another_host_that_is_a_day_behind_may_not_send(engine: Engine) -> None:
    note(engine, NOON, 100, boot="a")
    assert note(engine, NOON - DAY, 7, boot="b")
    assert "比本库见过的最晚时间早 1 天" in standing(engine)[0].text


def test_a_clock_that_was_set_right_stands_no_more(engine: Engine) -> None:
    note(engine, NOON, 100)
    assert note(engine, NOON + DAY, 160)
    assert not note(engine, NOON + HOUR, 100 + 3600)
    assert standing(engine) == []


def test_boots_long_over_are_forgotten(engine: Engine) -> None:
    for number in range(5):
        note(engine, NOON + number * 61 * DAY, 100, boot=f"boot{number}")
    with reading(engine) as connection:
        kept = connection.exec_driver_sql(
            "SELECT count(*) FROM meta WHERE key LIKE 'clock.boot.%%'"
            if engine.dialect.name == "postgresql"
            else "SELECT count(*) FROM meta WHERE key LIKE 'clock.boot.%'"
        ).scalar_one()
    assert kept == 1


def test_a_restored_database_is_halted_until_it_is_released(engine: Engine) -> None:
    with transaction(engine) as connection:
        halts.halt_restored(connection, detail="甲", now=NOON)
        halts.halt_restored(connection, detail="乙", now=NOON + HOUR)
    (halt,) = standing(engine)
    assert (halt.kind, halt.since_at) == (HaltKind.RESTORED, NOON)
    assert "甲" in halt.text
    assert lift(engine, HaltKind.CLOCK) == 0
    assert lift(engine, HaltKind.RESTORED) == 1
    assert standing(engine) == []
