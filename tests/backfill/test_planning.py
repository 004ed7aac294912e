"""A plan: what would be stored, what history follows, who would hear. Nothing else."""

import json
import os
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import inspect

from patentwatch.backfill import planning
from patentwatch.backfill.planning import Period
from patentwatch.errors import Busy, InputError, UsageError
from patentwatch.rules import Rules
from patentwatch.settings import AlertSettings
from patentwatch.store.shadow import Work, alone
from tests.backfill.city import (
    ALERTS,
    LAPSED,
    PERIOD,
    City,
    of,
    right,
    rows_of,
    sayings,
    without_paths,
)
from tests.line import over_smtp
from tests.lists import NOW, ON, rows, write_csv
from tests.sources import made
from tests.test_people_intake import contact

COUNTED = ("valid", "granted", "lapsed", "restored", "expired")


def history(plan: dict[str, Any]) -> dict[tuple[int, str], tuple[int, ...]]:
    """Return the counts of `COUNTED`, then moved in and moved out."""
    names = {"410902": "华龙", "410922": "清丰", "410923": "南乐", None: "?"}
    return {
        (row["year"], names[row["county"]]): tuple(
            row[name] for name in (*COUNTED, "moved_in", "moved_out")
        )
        for row in plan["history"]
    }


# What would be stored, and what history follows


def test_the_plan_tells_what_became_of_each_file(city: City) -> None:
    plan = city.make().plan
    counts = [
        (Path(one["file"]).name, one["kind"], one["read"], one["created"])
        for one in plan["files"]
    ]
    assert counts[:4] == [
        ("清单_2021-12-31.csv", "register", 5, 5),
        ("清单_2022-12-31.csv", "register", 4, 0),
        ("清单_2023-12-31.csv", "register", 5, 1),
        ("清单_2024-12-31.csv", "register", 4, 0),
    ]
    assert sorted(counts[4:]) == [
        ("events.xml", "status", 1, 1),
        ("公告.csv", "status", 2, 2),
        ("核查表.csv", "check_sheet", 1, 1),
        ("缴费.csv", "payments", 2, 2),
    ]
    assert not any(one["refused"] or one["rejected"] for one in plan["files"])
    # 18 rows of lists, 2 payments, 1 look-up; 1 + 2 events
    assert plan["stored"] == {"patents": 6, "facts": 21, "events": 3}
    assert plan["undecided"] == 0


def test_the_history_is_that_of_the_city(city: City) -> None:
    nothing = (0, 0)
    assert history(city.make().plan) == {
        (2021, "华龙"): (2, 0, 0, 0, 0, *nothing),
        (2021, "清丰"): (2, 0, 0, 0, 0, *nothing),
        (2021, "南乐"): (1, 0, 0, 0, 0, *nothing),
        (2022, "华龙"): (1, 0, 0, 0, 0, 0, 1),  # right 5 left
        (2022, "清丰"): (1, 0, 2, 1, 0, *nothing),  # 2 and 3 lapsed, 3 came back
        (2022, "南乐"): (2, 0, 0, 0, 0, 1, 0),
        (2023, "华龙"): (2, 1, 0, 0, 0, *nothing),  # right 6
        (2023, "清丰"): (1, 0, 0, 0, 0, *nothing),
        (2023, "南乐"): (2, 0, 0, 0, 0, *nothing),
        (2024, "华龙"): (2, 0, 0, 0, 0, *nothing),
        (2024, "清丰"): (1, 0, 0, 0, 0, *nothing),
        (2024, "南乐"): (1, 0, 0, 0, 1, *nothing),  # right 4
    }


@pytest.mark.parametrize(
    ("from_on", "to_on", "lapsed", "restored"),
    [
        (date(2022, 5, 5), date(2022, 5, 5), 0, 0),
        (date(2022, 5, 6), date(2022, 5, 6), 2, 0),
        (date(2022, 5, 7), date(2022, 10, 10), 0, 0),
        (date(2022, 10, 11), date(2022, 10, 11), 0, 1),
        (date(2022, 10, 12), date(2022, 12, 31), 0, 0),
    ],
)
def test_the_first_and_the_last_day_of_the_period_count(
    from_on: date, to_on: date, lapsed: int, restored: int, sqlite_city: City
) -> None:
    # The lists are all there, whatever period is asked for: only the counting moves.
    everything = sqlite_city.make(period=PERIOD)
    sqlite_city.apply(everything.plan)
    plan = sqlite_city.make(period=Period(from_on, to_on)).plan
    assert sum(row["lapsed"] for row in plan["history"]) == lapsed
    assert sum(row["restored"] for row in plan["history"]) == restored


# What is long past


def test_the_annuities_that_are_over_are_counted_and_not_said(city: City) -> None:
    # 2021: 1, 2 (lapsed for it), 3, 4, 5; 2022 and 2023: 1, 3, 4, 5;
    # 2024: 1, 3, 5 and 6; right 4 had its last fee in 2023
    assert city.make().plan["backfilled"] == {
        "annuities": 17,
        "by_year": {"2021": 5, "2022": 4, "2023": 4, "2024": 4},
    }


@pytest.mark.parametrize(
    ("from_on", "to_on", "by_year"),
    [
        (date(2021, 6, 1), date(2021, 6, 1), {"2021": 1}),  # right 1
        (date(2021, 6, 2), date(2021, 8, 31), {}),
        (date(2021, 9, 1), date(2021, 9, 1), {"2021": 2}),  # rights 2 and 3
        (date(2022, 9, 1), date(2022, 9, 1), {"2022": 1}),  # 2 is not any more
        (date(2024, 2, 20), date(2024, 3, 10), {"2024": 1}),  # 6; 4 has expired
    ],
)
def test_an_annuity_belongs_to_the_period_of_its_due_day(
    from_on: date, to_on: date, by_year: dict[str, int], sqlite_city: City
) -> None:
    past = sqlite_city.folder / "past"
    plan = sqlite_city.make(past, period=PERIOD).plan
    sqlite_city.apply(plan)
    plan = sqlite_city.make(past, period=Period(from_on, to_on)).plan
    assert plan["backfilled"]["by_year"] == by_year


@pytest.mark.parametrize(("days", "over"), [(-1, 0), (0, 0), (1, 1)])
def test_an_annuity_is_over_when_it_cannot_be_restored_any_more(
    days: int, over: int, sqlite_city: City
) -> None:
    # Due 2026-01-15; W6 2026-07-15; notice 2026-08-16 at the earliest; two months
    # from it 2026-10-16, a Friday.
    last = date(2026, 10, 16) + timedelta(days=days)
    lines = [right(1, 申请日="2016-01-15")]
    listed = write_csv(sqlite_city.folder / "2024-12-31.csv", lines)
    now = NOW - timedelta(days=(ON - last).days)
    period = Period(date(2026, 1, 15), date(2026, 1, 15))
    plan = sqlite_city.make(listed, period=period, now=now).plan
    assert plan["backfilled"]["annuities"] == over


# Who would hear


def test_only_the_tier_that_is_true_today_would_be_said(city: City) -> None:
    would = city.make().plan["would_send"]
    assert sayings(would["list"]) == ALERTS
    assert (would["alerts"], would["messages"], would["people"]) == (3, 3, 3)
    assert would["observed"] == 0
    assert len(would["keys"]) == 3
    assert would["by_tier"] == [
        {"tier": "final", "channel": "email", "alerts": 1},
        {"tier": "final", "channel": "sms", "alerts": 1},
        {"tier": "surcharge_2", "channel": "email", "alerts": 1},
    ]


def test_nobody_is_named_in_a_plan(city: City) -> None:
    text = json.dumps(city.make().plan, ensure_ascii=False)
    for known in ("13800000001", "a@a.example", "c@c.example"):
        assert known not in text


def test_one_who_owns_two_rights_is_one_person(sqlite_city: City) -> None:
    shared = contact("第3机械有限公司", 手机="", 邮箱="a@a.example")
    sqlite_city.contacts(
        [shared, contact("第1机械有限公司", 手机="", 邮箱="a@a.example")]
    )
    would = sqlite_city.make().plan["would_send"]
    # A mail with both rights, and a message to the mobile that is known already.
    assert sayings(would["list"]) == ALERTS
    assert (would["alerts"], would["messages"], would["people"]) == (3, 2, 2)


def test_a_notice_that_begins_tomorrow_is_not_due_today(sqlite_city: City) -> None:
    party = contact("第6机械有限公司", 手机="", 邮箱="f@f.example")
    sqlite_city.contacts([party])
    today, tomorrow = (
        sayings(sqlite_city.make(now=now).plan["would_send"]["list"])
        for now in (NOW, NOW + timedelta(days=1))
    )
    assert tomorrow - today == {("6", "notice", "email")}


def test_an_office_that_only_observes_is_told_so(sqlite_city: City) -> None:
    sqlite_city.change(smtp=over_smtp(1), alerts=AlertSettings(mode="observe"))
    would = sqlite_city.make().plan["would_send"]
    assert (would["alerts"], would["observed"]) == (3, 3)


def test_what_waits_already_is_not_the_plans(sqlite_city: City) -> None:
    sqlite_city.apply(sqlite_city.make().plan)
    again = sqlite_city.make().plan
    assert again["would_send"]["alerts"] == 0
    assert again["stored"] == {"patents": 0, "facts": 0, "events": 0}
    assert again["backfilled"]["annuities"] == 17


# What is wrong with files


def test_a_list_from_which_too_much_vanished_is_refused_in_the_plan(city: City) -> None:
    folder = city.folder / "lists"
    folder.mkdir()
    write_csv(folder / "2021-12-31.csv", rows(50))
    write_csv(folder / "2022-12-31.csv", rows(39))
    whole, cut = city.make(folder).plan["files"]
    assert (whole["refused"], whole["created"]) == (False, 50)
    assert cut["refused"]
    assert "华龙区原有 50 件，这份清单少了 11 件" in cut["refusal"]
    forced = city.make(folder, force="核对过").plan
    assert [one["refused"] for one in forced["files"]] == [False, False]
    assert forced["files"][1]["vanished"] == 11
    assert forced["force"] == "核对过"


def broken(folder: Path) -> Path:
    """Write an archive whose second file is an attack, and with a good first one."""
    folder.mkdir(parents=True, exist_ok=True)
    good = made.prs(
        made.record(references=[made.reference("original", of(1))], text=LAPSED)
    )
    bad = b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "b">]><x>&a;</x>'
    path = folder / "broken.zip"
    path.write_bytes(made.zipped({"a.xml": good, "b.xml": bad}))
    return path


def test_a_broken_file_is_told_and_takes_nothing_else_with_it(city: City) -> None:
    whole = city.make().plan
    broken(city.folder / "past")
    plan = city.make().plan
    (account,) = (one for one in plan["files"] if one["refused"])
    assert Path(account["file"]).name == "broken.zip"
    assert account["refusal"]
    assert account["accepted"] == 0
    for part in ("stored", "history", "backfilled", "would_send"):
        assert plan[part] == whole[part]
    assert city.apply(plan).alerts == 3


def test_a_file_that_breaks_far_down_leaves_nothing(city: City) -> None:
    told = [
        {"application_no": of(1), "announced_on": f"{2000 + n}-01-01", "code": "PB01"}
        for n in range(20)
    ]
    lines = made.lines(*(told * 251))  # more than are stored at a time
    (city.folder / "broken.jsonl").write_bytes(lines + b'{"application_no": "20')
    listed = write_csv(city.folder / "2024-12-31.csv", [right(1)])
    plan = city.make(listed, city.folder / "broken.jsonl").plan
    assert [one["refused"] for one in plan["files"]] == [False, True]
    assert plan["stored"] == {"patents": 1, "facts": 1, "events": 0}
    city.apply(plan)
    assert rows_of(city.engine, "events")["events"] == []
    assert [one[1] for one in rows_of(city.engine, "runs")["runs"]] == [
        "contacts",
        "register",
        "backfill",
    ]


def test_rows_in_trouble_are_told_with_their_place(sqlite_city: City) -> None:
    bad = right(1, 申请号="201510000001.X")
    listed = write_csv(sqlite_city.folder / "2021-12-31.csv", [right(2), bad])
    (account,) = sqlite_city.make(listed).plan["files"]
    assert (account["read"], account["accepted"], account["rejected"]) == (2, 1, 1)
    (told,) = account["rejects"]
    assert told["row"] == 3
    assert "201510000001" in told["message"]


# What planning leaves alone


def test_planning_changes_nothing_and_leaves_no_shadow(city: City) -> None:
    city.take([right(1)], on=date(2020, 12, 31))
    before = rows_of(city.engine)
    files = sorted(p.name for p in city.folder.iterdir())
    city.make()
    assert rows_of(city.engine) == before
    left = {p.name for p in city.folder.iterdir()} - set(files)
    assert left <= {"patentwatch.db.backfill-lock"}
    if city.engine.dialect.name == "postgresql":
        with city.engine.connect() as connection:
            assert Work.BACKFILL.schema not in inspect(connection).get_schema_names()


def test_nothing_leaves_before_a_plan_is_applied(city: City) -> None:
    city.make()
    assert city.deliver().accepted == 0


def test_the_same_files_give_the_same_plan(city: City) -> None:
    assert city.make().plan == city.make().plan


def test_a_second_backfill_waits_for_the_first(city: City) -> None:
    with alone(city.engine, city.settings.database.url, work=Work.BACKFILL):
        if city.engine.dialect.name == "sqlite":
            with pytest.raises(Busy, match=str(os.getpid())):
                city.make()
    assert city.make().plan["files"]


def test_what_was_shown_to_be_taken_meanwhile_is_not_counted(sqlite_city: City) -> None:
    # A clerk takes a list while the plan is being made: it is no part of the plan.
    taken: list[int] = []

    def meanwhile(_: int) -> None:
        if not taken:
            taken.append(1)
            sqlite_city.take(rows(3, first=100))

    plan = sqlite_city.make(on_rows=meanwhile).plan
    assert taken
    assert plan["stored"] == {"patents": 6, "facts": 21, "events": 3}


# Going on after a kill, in the same process


class _Killed(Exception):
    pass


@pytest.mark.parametrize("files", [1, 3, 6])
def test_a_plan_goes_on_where_it_was(files: int, city: City) -> None:
    undisturbed = city.make().plan
    count = 0

    def kill(_: int) -> None:
        nonlocal count
        count += 1
        if count > files:
            raise _Killed

    with pytest.raises(_Killed):
        city.make(on_rows=kill)
    resumed = city.make()
    assert resumed.resumed
    assert resumed.plan == undisturbed


def test_no_kill_costs_a_plan_that_is_made(sqlite_city: City) -> None:
    kept: list[dict[str, Any]] = []

    def kill(plan: dict[str, Any]) -> None:
        kept.append(plan)
        raise _Killed

    with pytest.raises(_Killed):
        sqlite_city.make(keep=kill)
    looked: list[int] = []
    again = sqlite_city.make(on_looked=looked.append)
    assert again.resumed
    assert looked == []  # all was decided
    assert [again.plan] == kept


def test_another_work_does_not_go_on_with_it(city: City) -> None:
    def kill(_: int) -> None:
        raise _Killed

    with pytest.raises(_Killed):
        city.make(on_looked=kill)
    (city.folder / "past" / "公告.csv").unlink()
    other = city.make()
    assert not other.resumed
    assert other.plan["stored"]["events"] == 1


def test_another_day_period_or_force_is_another_work(sqlite_city: City) -> None:
    def kill(_: int) -> None:
        raise _Killed

    others: list[dict[str, Any]] = [
        {"force": "核对过"},
        {"period": Period(PERIOD.from_on, ON)},
        {"now": NOW + timedelta(days=1)},
    ]
    for other in others:
        with pytest.raises(_Killed):
            sqlite_city.make(on_looked=kill)
        assert not sqlite_city.make(**other).resumed


def test_what_is_entered_meanwhile_begins_the_work_anew(city: City) -> None:
    def kill(_: int) -> None:
        raise _Killed

    with pytest.raises(_Killed):
        city.make(on_looked=kill)
    city.contacts([contact("第3机械有限公司", 手机="", 邮箱="new@c.example")])
    again = city.make()
    assert not again.resumed
    assert "n***@c.example" in {
        r["recipient"] for r in again.plan["would_send"]["list"]
    }


# A plan as a file


def _written(plan: object, folder: Path) -> Path:
    path = folder / "plan.json"
    path.write_text(json.dumps(plan), encoding="utf-8")
    return path


def test_a_plan_is_read_as_it_was_written(sqlite_city: City) -> None:
    plan = sqlite_city.make().plan
    assert planning.read(_written(plan, sqlite_city.folder)) == plan


def test_a_plan_that_was_edited_is_refused(sqlite_city: City) -> None:
    plan = sqlite_city.make().plan
    for edited in (
        plan | {"on": "2026-11-23"},
        plan | {"would_send": plan["would_send"] | {"keys": []}},
        plan | {"files": plan["files"][1:]},
        plan | {"more": 1},
        plan | {"hash": "0" * 64},
        {name: value for name, value in plan.items() if name != "hash"},
    ):
        with pytest.raises(InputError) as refused:
            planning.read(_written(edited, sqlite_city.folder))
        assert refused.value.code == "plan_edited"


@pytest.mark.parametrize(
    "content", ["", "{", "[]", "1", '{"format": 0}', "[" * 100_000, "\udcff"]
)
def test_what_is_no_plan_is_refused(content: str, tmp_path: Path) -> None:
    path = tmp_path / "plan.json"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(InputError, match="重新生成"):
        planning.read(path)


def test_a_plan_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="无法读取"):
        planning.read(tmp_path / "plan.json")


@pytest.mark.parametrize(
    ("from_on", "to_on", "words"),
    [
        (date(2022, 1, 2), date(2022, 1, 1), "晚于 --to"),
        (date(2022, 1, 1), ON + timedelta(days=1), "晚于今天"),
    ],
)
def test_a_period_that_cannot_be_meant_is_wrong_usage(
    from_on: date, to_on: date, words: str, sqlite_city: City
) -> None:
    with pytest.raises(UsageError, match=words):
        sqlite_city.make(period=Period(from_on, to_on))


def test_a_period_may_be_one_day_and_end_today(sqlite_city: City) -> None:
    plan = sqlite_city.make(period=Period(ON, ON)).plan
    assert plan["from"] == plan["to"] == plan["on"] == "2026-11-22"


def test_a_patent_that_cannot_be_decided_is_told(sqlite_city: City) -> None:
    rules: Rules = sqlite_city.here.rules
    book = replace(rules.rulebook, fees={})
    sqlite_city.here = replace(sqlite_city.here, rules=replace(rules, rulebook=book))
    assert sqlite_city.make().plan["undecided"] > 0


def test_plans_of_one_past_in_two_folders_differ_by_paths_alone(
    sqlite_city: City,
) -> None:
    first = sqlite_city.make().plan
    moved = sqlite_city.folder / "past"
    moved.rename(sqlite_city.folder / "elsewhere")
    second = sqlite_city.make(sqlite_city.folder / "elsewhere").plan
    assert first != second
    assert without_paths(first) == without_paths(second)
