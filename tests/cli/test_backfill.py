"""`backfill`: what a clerk sees of a plan, of carrying it out, and of refusals."""

import json
import os
import pty
import re
import stat
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest

from tests.backfill.city import of, put_files
from tests.clerk import Clerk
from tests.lists import row, rows, write_csv
from tests.test_people_intake import contact

ROOT = Path(__file__).parents[2]
ON = ("--on", "2026-11-22")
PERIOD = ("--from", "2021-01-01", "--to", "2024-12-31")
PLAN = (*PERIOD, "--source", "past", "--plan", "plan.json", *ON)
APPLY = ("--apply", "plan.json", *ON)
PLAN_KEYS = {
    "format": int,
    "program": str,
    "made_at": str,
    "on": str,
    "from": str,
    "to": str,
    "force": str,
    "rules": str,
    "files": list,
    "stored": dict,
    "history": list,
    "backfilled": dict,
    "undecided": int,
    "would_send": dict,
    "hash": str,
}
FILE_KEYS = {
    "file": str,
    "sha256": str,
    "kind": str,
    "as_of": str,
    "read": int,
    "accepted": int,
    "skipped": int,
    "rejected": int,
    "created": int,
    "changed": int,
    "unchanged": int,
    "vanished": int,
    "refused": bool,
    "refusal": type(None),
    "rejects": list,
}
HISTORY_KEYS = [
    "year", "county", "valid", "granted", "lapsed", "restored", "expired",
    "otherwise_ended", "moved_in", "moved_out",
]  # fmt: skip


@pytest.fixture
def city(clerk: Clerk) -> Clerk:
    """Return a clerk beside the past of a small city, with two people's addresses."""
    put_files(Path("past"))
    people = [
        contact("第1机械有限公司", 手机="13800000001", 邮箱="a@a.example"),
        contact("第3机械有限公司", 手机="", 邮箱="c@c.example"),
    ]
    clerk.run("contacts", "import", str(write_csv(Path("people.csv"), people)), *ON)
    return clerk


def types(found: dict[str, Any]) -> dict[str, type]:
    return {key: type(value) for key, value in found.items()}


# The plan


def test_a_clerk_reads_the_plan_in_chinese(city: Clerk) -> None:
    lines = city.run("backfill", *PLAN).splitlines()
    assert lines[0] == "回填计划 2021-01-01 至 2024-12-31（2026-11-22，未执行）"
    assert lines[1] == (
        "  清单_2021-12-31.csv：读 5 行，采用 5（新增 5、变更 0），略过 0，退回 0"
    )
    assert lines[2].endswith("采用 4（新增 0、变更 1），略过 0，退回 0，少了 1 件")
    assert "将存入：专利 6 件、事实 21 条、法律状态事件 3 个" in lines
    head = lines.index(
        "历史（按当时所知）：年份 县区 年末有效 新授权 未缴年费终止 恢复 届满 其他终止"
    )
    assert lines[head + 1 : head + 6] == [
        "  2021 华龙区 2 0 0 0 0 0",
        "  2021 清丰县 2 0 0 0 0 0",
        "  2021 南乐县 1 0 0 0 0 0",
        "  2022 华龙区 1 0 0 0 0 0",
        "  2022 清丰县 1 0 2 1 0 0",
    ]
    assert "早已过去、不再发送：17 笔年费的提醒" in lines
    assert "今天仍应发送：3 条提醒，合 3 条消息，3 个收信地址" in lines
    assert f"  {of(1)} 第12年 final email a***@a.example" in lines
    assert lines[-1] == "执行：patentwatch backfill --apply plan.json（当天有效）"


def test_a_plan_is_a_document_with_the_keys_of_the_contract(city: Clerk) -> None:
    plan = city.json("backfill", *PLAN)
    assert types(plan) == PLAN_KEYS
    assert all(types(one) == FILE_KEYS for one in plan["files"])
    assert all(list(one) == HISTORY_KEYS for one in plan["history"])
    assert types(plan["would_send"]) == {
        "alerts": int, "messages": int, "people": int, "observed": int,
        "by_tier": list, "keys": list, "list": list,
    }  # fmt: skip
    assert plan == json.loads(Path("plan.json").read_text(encoding="utf-8"))


def test_only_its_owner_may_read_the_plan(city: Clerk) -> None:
    before = os.umask(0)
    try:
        city.run("backfill", *PLAN)
    finally:
        os.umask(before)
    assert stat.S_IMODE(Path("plan.json").stat().st_mode) == 0o600
    assert not Path("plan.json.part").exists()


def test_a_plan_that_is_not_saved_says_so(city: Clerk) -> None:
    shown = city.run("backfill", *PERIOD, "--source", "past", *ON)
    assert shown.splitlines()[-1] == "没有写 --plan，计划未保存；保存后才能执行"


def test_a_trial_of_a_plan_saves_nothing(city: Clerk) -> None:
    city.run("backfill", *PLAN, "--dry-run")
    assert not Path("plan.json").exists()


def test_planning_changes_nothing(city: Clerk) -> None:
    before, files = city.stored(), city.files()
    city.run("backfill", *PLAN)
    assert city.stored() == before
    assert city.files() == sorted([*files, "plan.json"])
    assert "0 封" in city.run("deliver", "--once", *ON) or not city.rows("messages")


def test_a_list_newer_than_the_period_is_named(city: Clerk) -> None:
    words = ("--from", "2021-01-01", "--to", "2023-12-31", "--source", "past", *ON)
    done = city.invoke("backfill", *words)
    assert done.exit_code == 0
    assert done.stderr == "清单_2024-12-31.csv 的日期晚于 --to，没有采用\n"


def test_without_sources_the_plan_is_of_what_is_known(office: Clerk) -> None:
    shown = office.run("backfill", *PERIOD, *ON)
    assert "将存入：专利 0 件、事实 0 条、法律状态事件 0 个" in shown


def test_an_office_that_observes_is_told_so(city: Clerk) -> None:
    settings = Path("patentwatch.toml")
    smtp = '[smtp]\nhost = "127.0.0.1"\nsender = "ip@puyang.example"\n'
    settings.write_text(settings.read_text("utf-8") + smtp, encoding="utf-8")
    assert "（观察模式，只记录不发送）" in city.run("backfill", *PLAN)


@pytest.mark.usefixtures("city")
def test_a_terminal_shows_how_far_each_step_has_come() -> None:
    terminal, end = pty.openpty()
    process = subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-m", "patentwatch", "backfill", *PLAN],
        env={
            "PATH": os.environ["PATH"],
            "PYTHONPATH": str(ROOT),
            "PYTHONUTF8": "1",
            "TERM": "xterm",
        },
        stdout=subprocess.DEVNULL,
        stderr=end,
    )
    os.close(end)
    shown = b""
    with suppress(OSError):  # so a terminal says that nobody writes any more
        while piece := os.read(terminal, 4096):
            shown += piece
    os.close(terminal)
    assert process.wait() == 0
    text = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown.decode())
    # 18 rows of lists, 3 events, 2 payments, 1 look-up; 6 patents
    assert re.search("读取文件 [━ ]+24 ", text)
    assert re.search("逐件判断 [━ ]+6 ", text)


# What asks for a person: exit status 1


def test_a_rejected_row_is_shown_and_asks_for_a_person(city: Clerk) -> None:
    write_csv(Path("past/2020-12-31.csv"), [row(9), row(8, 申请号="201510000008.X")])
    shown = city.run("backfill", *PLAN, status=1)
    assert "退回 1" in shown
    assert "    第 3 行 " in shown


def test_a_refused_list_is_shown_and_asks_for_a_person(city: Clerk) -> None:
    write_csv(Path("past/2019-12-31.csv"), rows(50, first=100))
    write_csv(Path("past/2020-12-31.csv"), rows(39, first=100))
    shown = city.run("backfill", *PLAN, status=1)
    assert (
        "  2020-12-31.csv：拒绝：华龙区原有 50 件，这份清单少了 11 件（超过 20%），"
        "未导入；请核对清单是否完整，确认无误后加 --force 理由 导入，"
        "只补充不完整时加 --partial"
    ) in shown
    forced = city.json("backfill", *PLAN, "--force", "核对过")
    assert not any(one["refused"] for one in forced["files"])


def test_a_file_that_is_nothing_stops_the_plan(city: Clerk) -> None:
    write_csv(Path("past/x.csv"), [contact()])
    done = city.invoke("backfill", *PLAN)
    assert done.exit_code == 1
    assert done.stderr == (
        "patentwatch: x.csv：不是清单、法律状态、缴费记录或核查表，不能用于回填；"
        "请从来源中去掉\n"
    )
    assert not Path("plan.json").exists()


def test_a_list_without_a_day_stops_the_plan(city: Clerk) -> None:
    write_csv(Path("past/x.csv"), rows(1))
    done = city.invoke("backfill", *PLAN)
    assert done.exit_code == 1
    assert "x.csv：看不出清单的截至日期" in done.stderr


# Carrying it out


def test_a_clerk_applies_a_plan_and_its_messages_leave(city: Clerk) -> None:
    city.run("backfill", *PLAN)
    assert city.run("backfill", *APPLY) == "已执行：8 个文件，3 条提醒将按计划发出\n"
    city.run("deliver", "--once", *ON)
    assert [one["state"] for one in city.rows("messages")] == ["accepted"] * 3


def test_a_plan_is_applied_once(city: Clerk) -> None:
    city.run("backfill", *PLAN)
    city.run("backfill", *APPLY)
    before = city.stored()
    (run,) = (one["id"] for one in city.rows("runs") if one["kind"] == "backfill")
    again = city.run("backfill", *APPLY)
    assert again == f"这个计划已经执行过（编号 {run}），没有再做\n"
    assert city.stored() == before


def test_a_trial_says_what_would_be_done_and_does_nothing(city: Clerk) -> None:
    city.run("backfill", *PLAN)
    before = city.stored()
    shown = city.run("backfill", *APPLY, "--dry-run")
    assert shown == "试算（未保存）：8 个文件，3 条提醒将按计划发出\n"
    assert city.stored() == before


def test_applying_answers_with_one_object(city: Clerk) -> None:
    city.run("backfill", *PLAN)
    tried = city.json("backfill", *APPLY, "--dry-run")
    assert tried == {
        "applied": False, "again": False, "run": None, "files": 8, "alerts": 3,
    }  # fmt: skip
    done = city.json("backfill", *APPLY)
    assert done == tried | {"applied": True, "run": done["run"]}
    again = city.json("backfill", *APPLY)
    assert again == done | {"applied": False, "again": True, "alerts": 0}


# Refusals, word for word


def refused(clerk: Clerk, *words: str) -> str:
    """Return why nothing was done; nothing was."""
    before = clerk.stored()
    done = clerk.invoke("backfill", *words)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert clerk.stored() == before
    return done.stderr.removeprefix("patentwatch: ").rstrip()


HEAD = "计划已不成立，什么也没有改动："
TAIL = "；请重新生成计划"


def test_another_day_is_refused(city: Clerk) -> None:
    city.run("backfill", *PLAN)
    words = ("--apply", "plan.json", "--on", "2026-11-23")
    assert refused(city, *words) == (
        f"{HEAD}计划是为 2026-11-22 生成的，今天是 2026-11-23{TAIL}"
    )


def test_a_changed_file_is_refused(city: Clerk) -> None:
    city.run("backfill", *PLAN)
    Path("past/缴费.csv").unlink()
    assert refused(city, *APPLY) == f"{HEAD}文件 缴费.csv 已改动或不在原处{TAIL}"


def test_changed_settings_are_refused(city: Clerk) -> None:
    city.run("backfill", *PLAN)
    settings = Path("patentwatch.toml")
    more = "[alerts]\npaid_through_lag_days = 31\n"
    settings.write_text(settings.read_text("utf-8") + more, encoding="utf-8")
    assert refused(city, *APPLY) == (
        f"{HEAD}生成计划之后，配置、法规表或程序已经改动{TAIL}"
    )


def test_an_alert_that_was_not_shown_is_refused(city: Clerk) -> None:
    city.run("backfill", *PLAN)
    people = write_csv(Path("more.csv"), [contact("第3机械有限公司")])
    city.run("contacts", "import", str(people), *ON)
    assert refused(city, *APPLY) == f"{HEAD}现在会多出 1 条计划中没有的提醒{TAIL}"


def test_a_list_with_another_fate_is_refused(city: Clerk) -> None:
    write_csv(Path("past/2020-12-31.csv"), rows(9, first=100))
    city.run("backfill", *PLAN)
    whole = write_csv(Path("whole.csv"), rows(50, first=100))
    city.run("import", str(whole), "--as-of", "2019-12-31", *ON)
    assert refused(city, *APPLY) == f"{HEAD}清单 2020-12-31.csv 现在被拒绝{TAIL}"


def test_a_plan_that_was_edited_is_refused(city: Clerk) -> None:
    city.run("backfill", *PLAN)
    plan = Path("plan.json")
    plan.write_text(plan.read_text("utf-8").replace("final", "notice"), "utf-8")
    assert refused(city, *APPLY) == (
        "plan.json：计划在生成之后被改动过，不能执行；请重新生成"
    )


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"{", "plan.json：不是回填计划；请重新生成"),
        (b"\xff\xfe", "plan.json：不是回填计划；请重新生成"),
        (b"[]", "plan.json：不是这个版本的回填计划；请重新生成"),
        (b'{"format": 99}', "plan.json：不是这个版本的回填计划；请重新生成"),
        (None, "plan.json：无法读取（No such file or directory）"),
    ],
)
def test_what_is_no_plan_is_refused(
    content: bytes | None, words: str, clerk: Clerk
) -> None:
    if content is not None:
        Path("plan.json").write_bytes(content)
    assert refused(clerk, *APPLY) == words


# Wrong usage: exit status 2


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ((), "须写 --from 和 --to；或用 --apply 执行计划"),
        (PERIOD[:2], "须写 --from 和 --to；或用 --apply 执行计划"),
        ((*APPLY, *PERIOD), "--apply 只执行计划，不与其他选项同用"),
        ((*APPLY, "--source", "past"), "--apply 只执行计划，不与其他选项同用"),
        ((*APPLY, "--force", "x"), "--apply 只执行计划，不与其他选项同用"),
        ((*PERIOD, "--source", "nowhere"), "--source nowhere 不存在"),
        ((*PERIOD, "--plan", "no/plan.json"), "--plan：文件夹 "),
        (
            (*PERIOD, "--source", "past", "--plan", "past/plan.json"),
            "--plan：计划文件请放在来源文件夹之外",
        ),
        (
            ("--from", "2022-01-02", "--to", "2022-01-01"),
            "--from 2022-01-02 晚于 --to 2022-01-01",
        ),
        (
            ("--from", "2022-01-02", "--to", "2026-11-23", *ON),
            "--to 2026-11-23 晚于今天 2026-11-22",
        ),
        (("--from", "昨天", "--to", "2022-01-01"), "不是日期，应如 2026-11-22"),
    ],
)
def test_wrong_usage_is_told(words: tuple[str, ...], told: str, clerk: Clerk) -> None:
    Path("past").mkdir()
    assert told in clerk.run("backfill", *words, status=2)
    assert not Path("plan.json").exists()
