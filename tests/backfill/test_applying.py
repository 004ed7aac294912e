"""Carrying a plan out: all of it, just it, or nothing."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from patentwatch.backfill.planning import Period
from patentwatch.errors import Busy, InputError, UsageError
from patentwatch.look import look
from patentwatch.model import Channel
from patentwatch.settings import AlertSettings
from patentwatch.store import runs, verdicts
from patentwatch.store.engine import reading
from patentwatch.store.shadow import Work, alone
from patentwatch.store.tables import alerts
from tests.backfill.city import (
    ALERTS,
    PERIOD,
    TIMELESS,
    City,
    of,
    right,
    rows_of,
    sayings,
)
from tests.backfill.test_files import written_on
from tests.backfill.test_planning import broken
from tests.line import over_smtp
from tests.lists import NOW, ON, rows, write_csv
from tests.test_people_intake import contact, payment

OUTDATED = "计划已不成立，什么也没有改动：{}；请重新生成计划"
ELSEWHERE = contact("第3机械有限公司", 手机="13900000003", 邮箱="")


def alerts_of(city: City) -> list[dict[str, Any]]:
    with reading(city.engine) as connection:
        found = connection.execute(alerts.select()).mappings()
        return [dict(one) for one in found if one["channel"] != "call"]


def waiting(city: City) -> set[tuple[str, str, str]]:
    """Return what waits to be said."""
    return sayings(one for one in alerts_of(city) if one["state"] == "pending")


def refused(city: City, plan: dict[str, Any], **more: Any) -> str:
    """Apply a plan that must be refused, with nothing changed; return the words."""
    before = rows_of(city.engine)
    with pytest.raises(InputError) as error:
        city.apply(plan, **more)
    assert error.value.code == "plan_outdated"
    assert rows_of(city.engine) == before
    return str(error.value)


# What is done


def test_just_the_plan_is_done(city: City) -> None:
    plan = city.make().plan
    applied = city.apply(plan)
    assert (applied.files, applied.alerts, applied.again) == (8, 3, False)
    assert waiting(city) == ALERTS
    keys = {one["key"] for one in alerts_of(city) if one["state"] == "pending"}
    assert sorted(keys) == plan["would_send"]["keys"]
    stored = rows_of(city.engine, "patents", "facts", "events")
    assert {name: len(rows) for name, rows in stored.items()} == plan["stored"]


def test_just_the_plans_alerts_leave(city: City) -> None:
    city.apply(city.make().plan)
    delivered = city.deliver()
    assert (delivered.accepted, delivered.refused, delivered.retry) == (3, 0, 0)
    assert {one["state"] for one in alerts_of(city)} <= {"accepted", "superseded"}
    said = [one for one in alerts_of(city) if one["state"] == "accepted"]
    assert sayings(said) == ALERTS
    assert city.deliver().accepted == 0


def test_the_looks_that_follow_say_nothing_more(city: City) -> None:
    city.apply(city.make().plan)
    city.deliver()
    for day in range(7):
        now = NOW + timedelta(days=day)
        look(city.engine, city.vault, city.here.rules, now=now, everything=True)
        city.deliver(now=now)
    said = [one for one in alerts_of(city) if one["state"] == "accepted"]
    # Right 1 has its last week from 2026-11-24.
    later = {("1", "last_week", "email"), ("1", "last_week", "sms")}
    assert sayings(said) - ALERTS <= later


def test_it_is_remembered_which_time_was_rebuilt(city: City) -> None:
    plan = city.make().plan
    applied = city.apply(plan)
    with reading(city.engine) as connection:
        (known,) = runs.backfills(connection)
        assert runs.backfill_of(connection, plan["hash"]) == applied.run
    assert (known.from_on, known.to_on) == (PERIOD.from_on, PERIOD.to_on)
    assert known.applied_at == NOW


def test_a_plan_is_applied_once(city: City) -> None:
    plan = city.make().plan
    first = city.apply(plan)
    before = rows_of(city.engine)
    again = city.apply(plan)
    assert again.again
    assert (again.run, again.alerts) == (first.run, 0)
    assert rows_of(city.engine) == before


def test_a_plan_that_was_applied_is_known_the_day_after(sqlite_city: City) -> None:
    plan = sqlite_city.make().plan
    sqlite_city.apply(plan)
    assert sqlite_city.apply(plan, now=NOW + timedelta(days=1)).again


def test_a_trial_tells_what_would_be_done_and_does_nothing(city: City) -> None:
    plan = city.make().plan
    before = rows_of(city.engine)
    tried = city.apply(plan, dry_run=True)
    assert (tried.files, tried.alerts, tried.run) == (8, 3, None)
    assert rows_of(city.engine) == before
    assert city.apply(plan).alerts == 3


def test_the_same_files_again_change_nothing(city: City) -> None:
    city.apply(city.make().plan)
    city.deliver()
    content = ("patents", "holders", "facts", "events", "spells", "alerts", "messages")
    but = {*TIMELESS, "next_look_on"}
    before = rows_of(city.engine, *content, but=but)
    plan = city.make().plan
    assert plan["stored"] == {"patents": 0, "facts": 0, "events": 0}
    assert plan["would_send"]["alerts"] == 0
    assert city.apply(plan).alerts == 0
    assert rows_of(city.engine, *content, but=but) == before
    assert city.deliver().accepted == 0


def test_two_halves_come_to_the_whole(city: City) -> None:
    content = ("patents", "holders", "facts", "events", "spells", "alerts")
    but = {*TIMELESS, "next_look_on"}
    files = sorted((city.folder / "past").iterdir())
    for half in (files[1::2], files[::2]):
        city.apply(city.make(*half).plan)
    halves = rows_of(city.engine, *content, but=but)
    city.apply(city.make().plan)
    assert rows_of(city.engine, *content, but=but) == halves
    assert waiting(city) == ALERTS


def test_a_look_up_has_the_day_on_which_its_file_was_first_written(
    sqlite_city: City,
) -> None:
    folder = sqlite_city.folder / "lists"
    folder.mkdir()
    write_csv(folder / "2021-12-31.csv", [right(1)])
    line = [{"申请号": of(1), "案件状态": "专利权维持"}]
    for name, day in (("a", date(2024, 3, 2)), ("b", date(2024, 3, 1))):
        written_on(write_csv(folder / name, line), day)
    plan = sqlite_city.make(folder).plan
    written_on(folder / "b", ON)  # as a copy of the folder would be
    sqlite_city.apply(plan)
    found = rows_of(sqlite_city.engine, "facts")["facts"]
    assert {str(one[5]) for one in found} == {"2021-12-31", "2024-03-01"}


# What is refused


@pytest.mark.parametrize("days", [-1, 1])
def test_a_plan_is_of_its_day(days: int, sqlite_city: City) -> None:
    plan = sqlite_city.make().plan
    now = NOW + timedelta(days=days)
    assert refused(sqlite_city, plan, now=now) == OUTDATED.format(
        f"计划是为 2026-11-22 生成的，今天是 {ON + timedelta(days=days)}"
    )


@pytest.mark.parametrize("minutes", [-9 * 60, 0, 15 * 60 - 1])
def test_a_plan_holds_all_day(minutes: int, sqlite_city: City) -> None:
    plan = sqlite_city.make().plan
    assert sqlite_city.apply(plan, now=NOW + timedelta(minutes=minutes)).alerts == 3


def _append(path: Path) -> None:
    path.write_bytes(path.read_bytes() + b"\n")


@pytest.mark.parametrize("spoil", [_append, Path.unlink])
@pytest.mark.parametrize("name", ["清单_2022-12-31.csv", "缴费.csv"])
def test_a_file_that_changed_or_went_is_refused(
    name: str, spoil: Callable[[Path], None], sqlite_city: City
) -> None:
    plan = sqlite_city.make().plan
    spoil(sqlite_city.folder / "past" / name)
    assert refused(sqlite_city, plan) == OUTDATED.format(
        f"文件 {name} 已改动或不在原处"
    )


def test_other_rules_are_refused(sqlite_city: City) -> None:
    plan = sqlite_city.make().plan
    sqlite_city.change(alerts=AlertSettings(paid_through_lag_days=31))
    assert refused(sqlite_city, plan) == OUTDATED.format(
        "生成计划之后，配置、法规表或程序已经改动"
    )


def test_a_contact_entered_meanwhile_is_refused(city: City) -> None:
    plan = city.make().plan
    city.contacts([ELSEWHERE])
    assert refused(city, plan) == OUTDATED.format("现在会多出 1 条计划中没有的提醒")
    plan = city.make().plan
    assert city.apply(plan).alerts == 4


def test_a_payment_entered_meanwhile_is_welcome(city: City) -> None:
    plan = city.make().plan
    city.payments(
        [payment(申请号=of(1), 年度="12", 缴费日期="2026-11-20", 金额="9999")]
    )
    assert city.apply(plan).alerts == 1
    assert waiting(city) == {("3", "surcharge_2", "email")}


def test_a_list_that_is_refused_now_but_was_not_then_is_refused(
    sqlite_city: City,
) -> None:
    listed = write_csv(sqlite_city.folder / "2024-12-31.csv", rows(39))
    plan = sqlite_city.make(listed).plan
    assert not plan["files"][0]["refused"]
    sqlite_city.take(rows(50), on=date(2023, 12, 31))
    assert refused(sqlite_city, plan) == OUTDATED.format(
        "清单 2024-12-31.csv 现在被拒绝"
    )


def test_a_list_that_was_refused_then_but_is_not_now_is_refused(
    sqlite_city: City,
) -> None:
    run = sqlite_city.take(rows(50), on=date(2023, 12, 31)).run
    listed = write_csv(sqlite_city.folder / "2024-12-31.csv", rows(39))
    plan = sqlite_city.make(listed).plan
    assert plan["files"][0]["refused"]
    sqlite_city.undo(run)
    assert refused(sqlite_city, plan) == OUTDATED.format(
        "清单 2024-12-31.csv 现在可导入"
    )


def test_a_refused_list_of_the_plan_takes_nothing_with_it(city: City) -> None:
    folder = city.folder / "lists"
    folder.mkdir()
    write_csv(folder / "2021-12-31.csv", rows(50))
    write_csv(folder / "2022-12-31.csv", rows(39, 发明名称="改"))
    city.apply(city.make(folder).plan)
    found = rows_of(city.engine, "patents")["patents"]
    assert len(found) == 50
    assert not any("改" in map(str, one) for one in found)
    forced = city.make(folder, force="核对过").plan
    city.apply(forced)
    found = rows_of(city.engine, "patents")["patents"]
    assert sum("改" in map(str, one) for one in found) == 39
    assert any("核对过" in one for one in rows_of(city.engine, "audit")["audit"])


def test_a_broken_file_is_passed_over(city: City) -> None:
    broken(city.folder / "past")
    plan = city.make().plan
    assert city.apply(plan).alerts == 3
    assert len(rows_of(city.engine, "events")["events"]) == 3


def test_a_second_one_at_the_same_time_is_refused(sqlite_city: City) -> None:
    plan = sqlite_city.make().plan
    with (
        alone(
            sqlite_city.engine, sqlite_city.settings.database.url, work=Work.BACKFILL
        ),
        pytest.raises(Busy),
    ):
        sqlite_city.apply(plan)
    assert sqlite_city.apply(plan).alerts == 3


def test_two_processes_with_one_plan_apply_it_once(city: City) -> None:
    plan = city.make().plan

    def apply() -> bool:
        try:
            return not city.apply(plan).again
        except Busy:
            return False

    with ThreadPoolExecutor() as threads:
        done = [one.result() for one in [threads.submit(apply) for _ in range(3)]]
    assert done.count(True) == 1
    with reading(city.engine) as connection:
        assert len(runs.backfills(connection)) == 1


def test_a_fault_in_the_middle_leaves_nothing(city: City) -> None:
    plan = city.make().plan
    before = rows_of(city.engine)

    def fail(_: int) -> None:
        raise RuntimeError

    for hook in ("on_rows", "on_looked"):
        hooks: dict[str, Any] = {hook: fail}
        with pytest.raises(RuntimeError):
            city.apply(plan, **hooks)
        assert rows_of(city.engine) == before
    assert city.apply(plan).alerts == 3


# Beside the rest of the program


def test_the_files_of_a_backfill_can_be_taken_back_but_not_the_backfill(
    sqlite_city: City,
) -> None:
    listed = write_csv(sqlite_city.folder / "2024-12-31.csv", [right(1), right(3)])
    run = sqlite_city.apply(sqlite_city.make(listed).plan).run
    with pytest.raises(UsageError, match="是一次回填，不能整个撤回"):
        sqlite_city.undo(run)
    (file_run,) = (
        one[0]
        for one in rows_of(sqlite_city.engine, "runs")["runs"]
        if one[1] == "register"
    )
    assert sqlite_city.undo(file_run) == 2
    assert waiting(sqlite_city) == set()


def test_an_office_that_observes_lets_nothing_leave(sqlite_city: City) -> None:
    sqlite_city.change(smtp=over_smtp(1), alerts=AlertSettings(mode="observe"))
    sqlite_city.apply(sqlite_city.make().plan)
    found = [one for one in alerts_of(sqlite_city) if one["reason"] == "observed"]
    assert sayings(found) == ALERTS
    assert sqlite_city.deliver().accepted == 0


def test_a_trial_to_a_file_is_said_again_once_mail_is_real(sqlite_city: City) -> None:
    sqlite_city.apply(sqlite_city.make().plan)
    sqlite_city.deliver()
    sqlite_city.change(smtp=over_smtp(1), alerts=AlertSettings(mode="live"))
    sqlite_city.payments([payment(申请号=of(3), 年度="13", 缴费日期="2025-09-01")])
    sqlite_city.payments([payment(申请号=of(1), 年度="11", 缴费日期="2025-06-01")])
    plan = sqlite_city.make(period=Period(ON, ON)).plan
    by_mail = {one for one in ALERTS if one[2] == "email"}
    assert sayings(plan["would_send"]["list"]) == by_mail
    assert sqlite_city.apply(plan).alerts == 2
    assert waiting(sqlite_city) == by_mail
    with reading(sqlite_city.engine) as connection:
        assert verdicts.real_channels(connection) == {Channel.EMAIL}
