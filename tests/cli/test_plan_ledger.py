"""What a clerk does about a commitment at the command line, and the ledger of it."""

import hashlib
from pathlib import Path

import openpyxl
import pytest

from tests.clerk import Clerk

PLAN = """
name = "test-2023"
title = "2023年工作要点"
document_no = "测知〔2023〕1号"
year = 2023
in_force_on = 2023-01-01
lead = "市知识产权局"
counties = ["410902", "410922", "410923"]
sections = ["一、服务", "二、文化"]

[[item]]
number = 15
section = 1
title = "上线平台"

[[item.commitment]]
id = "15.1"
text = "确保4月份正式上线运行"
kind = "milestone"
due_on = 2023-04-30
counties = []
measure.type = "linked"

[[item]]
number = 19
section = 2
title = "培育文化"

[[item.commitment]]
id = "19.1"
text = "新增示范校 10 所"
kind = "target"
target = 10
unit = "所"
measure.type = "linked"
"""
BY = ("--by", "李工")
REASON = ("--reason", "等保测评未完成")


def on(day: str) -> tuple[str, str]:
    return ("--on", f"2023-{day}")


@pytest.fixture
def planner(clerk: Clerk) -> Clerk:
    """Return a clerk who has loaded a plan of two commitments."""
    Path("plan.toml").write_text(PLAN, encoding="utf-8")
    clerk.run("plan", "load", "plan.toml", *on("01-03"))
    return clerk


def test_a_county_signs_by_name_or_code_and_the_lead_unit_without(
    planner: Clerk,
) -> None:
    for unit, name in (
        ((), "牵头单位"),
        (("--county", "华龙区"), "华龙区"),
        (("--county", "410922"), "清丰县"),
    ):
        told = planner.run("plan", "sign", "19.1", *unit, *BY, *on("02-01"))
        assert f"签收 19.1（{name}）" in told
    assert [row["county"] for row in planner.rows("commitment_acts")] == [
        "", "410902", "410922",
    ]  # fmt: skip
    told = planner.run("plan", "sign", "19.1", *BY, *on("02-02"))
    assert "早已登记，没有重复登记" in told


def test_a_county_or_commitment_that_is_not_is_a_wrong_command(
    planner: Clerk,
) -> None:
    sign = ("plan", "sign")
    told = planner.run(*sign, "19.2", *BY, *on("02-01"), status=2)
    assert "没有承诺“19.2”（是不是 19.1？）" in told
    told = planner.run(*sign, "19.1", "--county", "410929", *BY, *on("02-01"), status=2)
    assert "不涉及县区“410929”" in told
    told = planner.run(*sign, "19.1", "--county", "滑县", *BY, *on("02-01"), status=2)
    assert "不认识“滑县”" in told
    told = planner.run(
        *sign, "19.1", "--plan", "test-2032", *BY, *on("02-01"), status=2
    )
    assert "没有计划“test-2032”（是不是 test-2023？）" in told


def test_without_a_plan_a_clerk_is_told_to_load_one(clerk: Clerk) -> None:
    told = clerk.run("plan", "sign", "19.1", *BY, *on("02-01"), status=2)
    assert "还没有载入计划" in told


@pytest.mark.parametrize(("day", "status"), [("04-29", 0), ("04-30", 0), ("05-01", 2)])
def test_an_extension_is_asked_for_until_the_due_day(
    planner: Clerk, day: str, status: int
) -> None:
    extend = ("plan", "extend", "15.1", "--until", "2023-06-15")
    told = planner.run(*extend, *REASON, *BY, *on(day), status=status)
    assert ("延期须在期限当日或之前提出" in told) is (status == 2)
    assert len(planner.rows("commitment_acts")) == (status == 0)


def test_what_is_entered_late_keeps_the_real_instant(planner: Clerk) -> None:
    planner.run("plan", "note", "15.1", "已招标", *BY, *on("02-01"))
    (row,) = planner.rows("commitment_acts")
    assert row["acted_on"].isoformat() == "2023-02-01"
    assert row["recorded_at"].year > 2023


def test_a_file_is_known_by_its_hash(planner: Clerk) -> None:
    Path("验收报告.pdf").write_bytes(b"%PDF-1.7 report")
    attach = ("plan", "attach", "15.1", "验收报告.pdf", *BY, *on("04-28"))
    first, again = planner.json(*attach), planner.json(*attach)
    assert first == {
        "plan": "test-2023",
        "commitment": "15.1",
        "name": "验收报告.pdf",
        "size": 15,
        "sha256": hashlib.sha256(b"%PDF-1.7 report").hexdigest(),
        "added": True,
    }
    assert again["added"] is False
    assert len(planner.rows("evidence")) == 1


def test_a_file_that_proves_nothing_is_refused_as_for_records(planner: Clerk) -> None:
    Path("空.pdf").touch()
    for name, why in (("没有.pdf", "找不到文件"), (".", "找不到"), ("空.pdf", "为空")):
        result = planner.invoke("plan", "attach", "15.1", name, *BY, *on("04-28"))
        assert result.exit_code == 1
        assert why in result.stderr
    assert planner.rows("evidence") == []


SLIP = ("plan", "slip", "issue", "19.1", "--county", "清丰县", "--text", "请说明")


def test_slips_are_issued_answered_and_listed(planner: Clerk) -> None:
    blue = planner.json(
        *SLIP, "--colour", "blue", "--reply-by", "2023-07-10", *BY, *on("07-03")
    )
    assert (blue["slip"], blue["colour"], blue["overdue"]) == ("2023-1", "blue", False)
    listed = ("plan", "slip", "list", "--overdue")
    assert planner.json(*listed, *on("07-10")) == []
    (late,) = planner.json(*listed, *on("07-11"))
    assert (late["slip"], late["county"], late["overdue"]) == ("2023-1", "410922", True)
    yellow = planner.run(
        *SLIP, "--colour", "黄", "--reply-by", "2023-07-20", *BY, *on("07-11")
    )
    assert "已发出黄色督办单 2023-2：承诺 19.1，清丰县" in yellow
    reply = ("plan", "slip", "reply", "2023-2", "--text", "已整改", *BY)
    planner.run(*reply, *on("07-12"))
    assert "已于 2023-07-12 回复" in planner.run(*reply, *on("07-13"), status=2)
    found = planner.json("plan", "slip", "list", *on("07-12"))
    assert [(one["slip"], one["follows"], one["reply"]) for one in found] == [
        ("2023-1", None, None),
        ("2023-2", "2023-1", "已整改"),
    ]


def test_yellow_is_refused_before_its_time(planner: Clerk) -> None:
    told = planner.run(
        *SLIP, "--colour", "yellow", "--reply-by", "2023-07-20", *BY, *on("07-11"),
        status=2,
    )  # fmt: skip
    assert "还没有蓝色督办单，不能发黄色" in told


WRITING = [
    ("plan", "sign", "19.1"),
    ("plan", "return", "19.1", *REASON),
    ("plan", "extend", "15.1", "--until", "2023-06-15", *REASON),
    ("plan", "note", "19.1", "已发通知"),
    ("plan", "attach", "19.1", "plan.toml"),
    (*SLIP, "--colour", "blue", "--reply-by", "2023-07-10"),
]


@pytest.mark.parametrize("words", WRITING, ids=lambda words: words[1])
def test_a_trial_writes_nothing(planner: Clerk, words: tuple[str, ...]) -> None:
    before = planner.stored()
    assert "将" in planner.run(*words, *BY, "--dry-run", *on("04-01"))
    planner.json(*words, *BY, "--dry-run", *on("04-01"))
    assert planner.stored() == before


def test_the_ledger_of_a_day_knows_nothing_later(planner: Clerk) -> None:
    planner.run("plan", "sign", "15.1", *BY, *on("02-01"))
    extend = ("plan", "extend", "15.1", "--until", "2023-06-15", *REASON)
    planner.run(*extend, *BY, *on("04-28"))
    planner.run("plan", "note", "19.1", "已评出2所", "--county", "华龙区", *BY,
                *on("06-20"))  # fmt: skip
    then = planner.json("plan", "ledger", *on("04-27"))
    now = planner.json("plan", "ledger", *on("06-20"))
    platform, schools = (line for line in then["lines"])
    assert (platform["due_on"], platform["light"]) == ("2023-04-30", "yellow")
    assert (platform["signed"], schools["progress"]) == (
        "2023-02-01 签收（李工）",
        None,
    )
    platform, schools = (line for line in now["lines"])
    assert (platform["due_on"], platform["first_due_on"], platform["light"]) == (
        "2023-06-15",
        "2023-04-30",
        "red",
    )
    assert schools["progress"] == "2023-06-20 华龙区：已评出2所"
    assert (schools["target"], schools["actual"], schools["rate"]) == (10, 0, 0)


def test_the_ledger_is_written_as_a_workbook(planner: Clerk) -> None:
    told = planner.run("plan", "ledger", "--out", "台账.xlsx", *on("03-01"))
    assert told.startswith("已写出 台账.xlsx：测知〔2023〕1号")
    book = openpyxl.load_workbook("台账.xlsx")
    rows = list(book["台账"].iter_rows(min_row=4, values_only=True))
    assert [row[0] for row in rows] == ["15.1", "19.1"]
    assert str(rows[0][7]) == "2023-04-30 00:00:00"
    assert rows[1][6] == "各县区"


def test_a_countys_ledger_has_what_it_shares(planner: Clerk) -> None:
    planner.run("plan", "ledger", "--county", "清丰县", "--out", "a.xlsx", *on("03-01"))
    book = openpyxl.load_workbook("a.xlsx")
    assert book["台账"]["A1"].value == "2023年工作要点工作台账（清丰县）"
    rows = list(book["县区分解"].iter_rows(min_row=4, values_only=True))
    assert [row[:4] for row in rows] == [
        ("19.1", "新增示范校 10 所", "410922", "清丰县")
    ]


@pytest.mark.parametrize("out", [(), ("--out", "a.xls"), ("--out", "nowhere/a.xlsx")])
def test_the_ledger_needs_a_place_to_go(planner: Clerk, out: tuple[str, ...]) -> None:
    assert "--out" in planner.run("plan", "ledger", *out, *on("03-01"), status=2)


def test_a_trial_of_the_ledger_writes_no_file(planner: Clerk) -> None:
    before = planner.files()
    planner.run("plan", "ledger", "--out", "a.xlsx", "--dry-run", *on("03-01"))
    assert planner.files() == before


def test_the_ledger_tells_officials_of_no_command(clerk: Clerk) -> None:
    clerk.run("plan", "load", "puyang-2023", *on("01-05"))
    clerk.run("plan", "ledger", "--out", "a.xlsx", *on("06-30"))
    rows = openpyxl.load_workbook("a.xlsx")["台账"].iter_rows(values_only=True)
    reasons = {str(row[21]) for row in rows if row[21] and len(row) == 22}
    assert "尚未导入专利清单" in reasons
    assert not [one for one in reasons if "patentwatch" in one or "请" in one]
