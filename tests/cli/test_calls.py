"""The call sheet's way: listed, exported, filled in by an official, brought back."""

import stat
from datetime import date
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest

from tests.clerk import ON, Clerk
from tests.lists import ON as TODAY
from tests.lists import number, row, write_csv
from tests.test_people_intake import called, contact

LAST_WEEK = date(2026, 11, 24)
BY = ("--by", "张科长")
OUT = ("--out", "calls.xlsx")
FULL = "13800000001"
RECEIPT = {"缴费日期": "2026-11-20", "缴费金额": "1600", "票据号": "A7"}
HEADERS = [
    "任务", "县区", "专利号", "发明名称", "专利权人", "联系人", "电话",
    "代理机构及电话", "年度", "最后期限", "应缴金额", "已发送", "关联事项", "结果",
    "通话日期", "通话人", "缴费日期", "缴费金额", "票据号", "备注",
]  # fmt: skip


@pytest.fixture
def desk(office: Clerk) -> Clerk:
    """Return the office on a day of patent 1's last month, decided and delivered.

    Year 12 was due on 1 June 2026: 4000 yuan, 600 for an owner approved 85 % off,
    and the surcharge of the last month is 25 % of the full 4000.
    """
    office.run("run", "--once", *ON)
    return office


def tasks(clerk: Clerk, *more: str, on: tuple[str, str] = ON) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = clerk.json("calls", "list", *more, *on)
    return found


def task(clerk: Clerk) -> dict[str, Any]:
    (found,) = tasks(clerk)
    return found


def sheet(clerk: Clerk, *more: str) -> list[dict[str, str]]:
    """Return the rows of an exported sheet, by header."""
    clerk.run("calls", "export", *OUT, *more, *ON)
    book = openpyxl.load_workbook("calls.xlsx")
    head, *lines = book["电话任务"].iter_rows(values_only=True)
    book.close()
    assert list(head) == HEADERS
    return [dict(zip(HEADERS, map(str, line), strict=True)) for line in lines]


def inside(path: str) -> str:
    """Return everything a workbook holds, whatever a table program shows of it."""
    with ZipFile(path) as archive:
        return "".join(archive.read(name).decode() for name in archive.namelist())


def bring(clerk: Clerk, *lines: dict[str, str], status: int = 0) -> Any:
    write_csv(Path("filled.csv"), list(lines))
    (found,) = clerk.json("calls", "import", "filled.csv", *ON, status=status)
    return found


def state(clerk: Clerk) -> list[tuple[str, str, str]]:
    """Return tier, state and reason of the tasks, oldest first."""
    return [
        (one["tier"], one["state"], one["reason"])
        for one in clerk.rows("alerts")
        if one["channel"] == "call"
    ]


def test_a_task_tells_what_is_owed_till_when_and_what_was_sent(desk: Clerk) -> None:
    found = task(desk)
    assert (found["task"], found["application_no"], found["fee_year"]) == (
        "call",
        number(1),
        12,
    )
    assert (found["tier"], found["act_by_on"]) == ("final", "2026-12-01")
    assert found["amount_yuan"] == 600 + 1000
    assert found["county_name"] == "华龙区"
    assert {(one["channel"], one["state"]) for one in found["sent"]} == {
        ("sms", "accepted"),
        ("email", "accepted"),
    }
    assert found["telephones"] == [
        {
            "role": "patentee",
            "party": "第1机械有限公司",
            "person": "张*",
            "number": "138****0001",
        }
    ]
    told = desk.run("calls", "list", *ON)
    assert "138****0001" in told
    assert FULL not in told


def test_the_responsible_official_alone_gets_full_numbers_and_that_is_written_down(
    desk: Clerk,
) -> None:
    (line,) = sheet(desk, "--county", "华龙区", *BY)
    assert (line["电话"], line["联系人"]) == (FULL, "张三")
    assert stat.S_IMODE(Path("calls.xlsx").stat().st_mode) == 0o600
    (written,) = [one for one in desk.rows("audit") if "call" in one["action"]]
    assert (written["who"], written["action"], written["subject"]) == (
        "张科长",
        "call_sheet_exported",
        "county:410902",
    )
    shown = desk.run("calls", "export", "--county", "华龙区", *OUT, *BY, "--json", *ON)
    assert FULL not in shown


@pytest.mark.parametrize(
    "words",
    [
        pytest.param((), id="the-citys"),
        pytest.param(("--city",), id="what-the-city-follows"),
        pytest.param(("--county", "华龙区", "--masked"), id="asked-for"),
        pytest.param(("--county", "华龙区", "--city", *BY), id="the-citys-of-a-county"),
    ],
)
def test_everybody_elses_sheet_is_masked_and_not_written_down(
    desk: Clerk, words: tuple[str, ...]
) -> None:
    desk.look(LAST_WEEK)
    desk.run("calls", "export", *OUT, *words, "--on", LAST_WEEK.isoformat())
    whole = inside("calls.xlsx")
    assert number(1) in whole
    assert "138****0001" in whole
    assert FULL not in whole
    assert "张三" not in whole
    assert desk.rows("audit") == []


def test_full_numbers_without_a_name_and_odd_files_are_refused(desk: Clerk) -> None:
    before = desk.stored()
    told = desk.run("calls", "export", "--county", "华龙区", *OUT, *ON, status=2)
    assert "--by" in told
    export = ("calls", "export", *ON, "--out")
    assert "应以 .xlsx 结尾" in desk.run(*export, "a.csv", status=2)
    assert "文件夹 none 不存在" in desk.run(*export, "none/a.xlsx", status=2)
    told = desk.run(*export, "a.xlsx", "--county", "火星", *BY, status=2)
    assert "不认识“火星”" in told
    assert (desk.stored(), desk.files()) == (before, desk.files())


def test_the_sheet_is_text_with_five_choices_and_says_how_to_fill_it(
    clerk: Clerk,
) -> None:
    write_csv(Path("list.csv"), [row(1, 发明名称="=HYPERLINK(1)")])
    clerk.run("import", "list.csv", *ON)
    clerk.look(TODAY)
    (line,) = sheet(clerk)
    assert line["任务"] == "联系方式"
    assert line["发明名称"] == "=HYPERLINK(1)"
    assert line["应缴金额"] == "1600"
    book = openpyxl.load_workbook("calls.xlsx")
    page = book["电话任务"]
    assert {cell.data_type for cell in page[2]} <= {"s", "n"}
    (choices,) = page.data_validations.dataValidation
    assert str(choices.sqref) == "N2"
    assert choices.formula1 == '"已通知,空号,拒接,已缴费,放弃"'
    guide = "".join(
        str(cell[0]) for cell in book["填写说明"].iter_rows(values_only=True)
    )
    book.close()
    assert "本表生成于 2026-11-22" in guide
    assert "calls import" in guide


def fill(**cells: object) -> None:
    """Fill the only row of the sheet as a person would."""
    book = openpyxl.load_workbook("calls.xlsx")
    page = book["电话任务"]
    for name, value in cells.items():
        page.cell(2, HEADERS.index(name) + 1).value = value  # type: ignore[assignment]
    book.save("calls.xlsx")
    book.close()


@pytest.mark.parametrize("day", ["2026-11-22", "2026年11月22日", date(2026, 11, 22)])
def test_a_sheet_comes_back_settles_its_task_and_changes_nothing_twice(
    desk: Clerk, day: object
) -> None:
    sheet(desk, "--county", "华龙区", *BY)
    fill(结果="已通知", 通话日期=day, 通话人="李", 备注="本周办")
    (found,) = desk.json("calls", "import", "calls.xlsx", *ON)
    assert (found["read"], found["accepted"], found["created"]) == (1, 1, 1)
    assert state(desk) == [("final", "accepted", "said")]
    assert tasks(desk) == []
    (again,) = desk.json("calls", "import", "calls.xlsx", *ON)
    assert (again["created"], again["unchanged"]) == (0, 1)
    (kept,) = desk.rows("call_results")
    assert (kept["result"], kept["called_on"], kept["called_by"], kept["note"]) == (
        "notified",
        TODAY,
        "李",
        "本周办",
    )
    desk.look(LAST_WEEK)
    assert state(desk)[1:] == [("last_week", "pending", "due")]
    (asked,) = tasks(desk, on=("--on", "2026-11-24"))
    assert [one["result"] for one in asked["results"]] == ["notified"]


def test_a_row_that_nobody_filled_is_passed_over(desk: Clerk) -> None:
    sheet(desk, "--county", "华龙区", *BY)
    (found,) = desk.json("calls", "import", "calls.xlsx", *ON)
    assert [one["code"] for one in found["skips"]] == ["not_called"]
    assert desk.rows("call_results") == []


def test_a_wrong_number_is_used_no_more_and_the_task_stays(desk: Clerk) -> None:
    write_csv(
        Path("more.csv"), [contact(手机="13800000001、13800000009", 联系人="张三")]
    )
    desk.run("contacts", "import", "more.csv", *ON)
    (first, _) = sheet(desk, "--county", "华龙区", *BY)
    assert first["电话"] == FULL
    bring(desk, called(结果="空号"))
    (left,) = task(desk)["telephones"]
    assert left["number"] == "138****0009"
    flags = {one["flag"] for one in desk.rows("contacts") if one["flag"]}
    assert flags == {"bad"}
    (kept,) = desk.rows("call_results")
    assert kept["note"] == "138****0001"
    assert desk.rows("answers") == []
    bring(desk, called(结果="空号", 电话="138****0009"))
    found = task(desk)
    assert (found["telephones"], found["task"]) == ([], "contact")


def test_who_does_not_take_the_call_on_two_days_is_the_citys_too(desk: Clerk) -> None:
    desk.run("calls", "done", number(1), "--year", "12", "--result", "refused",
             *BY, *ON)  # fmt: skip
    assert task(desk)["city"] is False
    assert tasks(desk, "--city") == []
    next_day = ("--on", "2026-11-23")
    desk.run("calls", "done", number(1), "--year", "12", "--result", "refused",
             *BY, *next_day)  # fmt: skip
    (found,) = tasks(desk, "--city", on=next_day)
    assert (found["city"], len(found["results"])) == (True, 2)


def test_a_word_of_payment_in_the_last_month_leaves_a_task_to_verify(
    desk: Clerk,
) -> None:
    bring(desk, called(结果="已缴费"))
    (kept,) = desk.rows("answers")
    assert (kept["answer"], kept["via"], kept["given_by"]) == ("paid", "call", "李")
    assert task(desk)["task"] == "verify"
    assert state(desk) == [("final", "pending", "due")]


def test_a_receipt_against_a_newer_list_is_a_question(desk: Clerk) -> None:
    assert bring(desk, called(结果="已缴费") | RECEIPT)["created"] == 1
    (fact,) = [one for one in desk.rows("facts") if one["kind"] == "payment"]
    assert (fact["amount_yuan"], fact["ref"], fact["recorded_by"]) == (1600, "A7", "李")
    found = task(desk)
    assert (found["task"], found["question"]) == (
        "verify",
        "已有缴费或恢复记录，之后又查得未缴，请核实。",
    )


def test_giving_up_is_said_twice_on_two_days(desk: Clerk) -> None:
    bring(desk, called(结果="放弃"), called(结果="放弃", 通话人="王"))
    assert len(desk.rows("answers")) == 1
    assert state(desk) == [("final", "pending", "due")]
    desk.run("calls", "done", number(1), "--year", "12", "--result", "abandon",
             *BY, "--on", "2026-11-23")  # fmt: skip
    assert [one["answer"] for one in desk.rows("answers")] == ["abandon", "abandon"]
    assert state(desk) == [("final", "accepted", "said")]


REJECTS = [
    ({"专利号": "201510000001.1"}, "专利号", "check_digit"),
    ({"年度": "21"}, "年度", "fee_year_invalid"),
    ({"年度": "11"}, "专利号", "not_asked"),
    ({"专利号": number(2)}, "专利号", "not_asked"),
    ({"结果": ""}, "结果", "result_missing"),
    ({"结果": "改天再打"}, "结果", "result_unknown"),
    ({"通话日期": ""}, "通话日期", "date_empty"),
    ({"通话日期": "2026-11-23"}, "通话日期", "date_implausible"),
    ({"通话日期": "2026-11-21"}, "专利号", "not_asked"),
    ({"通话人": ""}, "通话人", "caller_missing"),
    ({"结果": "空号", "电话": ""}, "电话", "telephone_missing"),
    ({"结果": "空号", "电话": "13800000002"}, "电话", "telephone_unknown"),
    (RECEIPT, "缴费日期", "receipt_stray"),
    ({"结果": "已缴费"} | RECEIPT | {"缴费金额": "很多"}, "缴费金额", "amount_invalid"),
    ({"结果": "已缴费"} | RECEIPT | {"缴费日期": ""}, "缴费日期", "date_empty"),
    ({"结果": "已缴费"} | RECEIPT | {"票据号": ""}, "票据号", "receipt_missing"),
]


def test_rows_that_cannot_be_taken_are_rejected_by_row_and_column(
    desk: Clerk,
) -> None:
    before = desk.stored()
    nothing = dict.fromkeys(RECEIPT, "")
    bad = [called() | nothing | changes for changes, _, _ in REJECTS]
    found = bring(desk, *bad, called() | nothing, status=1)
    told = [(one["row"], one["column"], one["code"]) for one in found["rejects"]]
    assert told == [
        (place, column, code) for place, (_, column, code) in enumerate(REJECTS, 2)
    ]
    shown = "".join(one["message"] + one["value"] for one in found["rejects"])
    assert "13800000002" not in shown
    assert (found["rejected"], found["created"]) == (len(REJECTS), 1)
    after = desk.stored()
    assert len(after["call_results"]) == 1
    for table in ("facts", "answers", "contacts"):
        assert after[table] == before[table]


def test_what_is_known_of_a_call_may_be_said_alone(desk: Clerk) -> None:
    done = ("calls", "done", number(1), "--year", "12", *BY, *ON)
    assert "--telephone" in desk.run(*done, "--result", "wrong_number", status=2)
    told = desk.run(
        *done, "--result", "wrong_number", "--telephone", "13800000002", status=2
    )
    assert "138****0002 不是该专利登记的号码" in told
    told = desk.run(*done, "--result", "paid", "--yuan", "1600", status=2)
    assert "须一起写" in told
    told = desk.run(*done, "--result", "paid", "--called-on", "2026-11-23", status=2)
    assert "晚于今天" in told
    told = desk.run(
        "calls", "done", number(2), "--year", "12", "--result", "paid", *BY, *ON,
        status=2,
    )  # fmt: skip
    assert f"没有专利 {number(2)} 第12年的电话任务" in told
    assert desk.rows("call_results") == []
    first = desk.json(*done, "--result", "wrong_number", "--telephone", FULL)
    assert first["new"] is True
    again = desk.json(*done, "--result", "wrong_number", "--telephone", FULL)
    assert again["new"] is False
    assert task(desk)["telephones"] == []


def test_a_filled_sheet_dropped_into_the_inbox_is_taken(desk: Clerk) -> None:
    Path("inbox").mkdir(exist_ok=True)
    write_csv(Path("inbox/filled.csv"), [called()])
    desk.run("run", "--once", *ON)
    assert state(desk) == [("final", "accepted", "said")]
    told = desk.run("import", "undo", "3", *ON, status=2)
    assert "是通话结果，不能撤回" in told
