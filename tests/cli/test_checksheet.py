"""The check sheet's way: exported, filled in by a person, brought back as facts."""

from datetime import date
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from tests.clerk import ON, Clerk
from tests.lists import Cells, number, row, write_csv

HEADERS = [
    "县区", "专利号", "发明名称", "专利权人", "应缴年度", "缴费期限", "补缴期限",
    "案件状态", "已缴年度", "应缴金额", "查询日", "备注",
]  # fmt: skip
OUT = ("checksheet", "export", "--out", "sheet.xlsx")


def load(clerk: Clerk, *lines: Cells, as_of: str = "2026-11-22") -> None:
    write_csv(Path("list.csv"), list(lines))
    clerk.run("import", "list.csv", "--as-of", as_of, *ON)


def asked(clerk: Clerk, on: str) -> list[tuple[str, int]]:
    """Return the numbers and fee years that a sheet of a day asks for."""
    found = clerk.json(*OUT, "--dry-run", "--on", on)
    return [(line["application_no"], line["fee_year"]) for line in found]


def unsure(serial: int, **changes: str) -> Cells:
    """Return a row that says nothing about fees: due on 1 June 2026, presumed."""
    return row(serial, 已缴年费年度="", **changes)


# L is 1 June 2026, W6 1 December 2026.
@pytest.mark.parametrize(
    ("on", "wanted"),
    [
        pytest.param("2026-05-31", False, id="the-day-before"),
        pytest.param("2026-06-01", False, id="last-day-in-time"),
        pytest.param("2026-06-02", True, id="the-day-after"),
        pytest.param("2026-12-01", True, id="last-day-of-all"),
        pytest.param("2027-06-01", True, id="twelve-months-after-the-due-day"),
        pytest.param("2027-06-02", False, id="one-day-more"),
    ],
)
def test_a_presumed_patent_is_asked_for_from_the_day_after_its_last_day(
    clerk: Clerk, on: str, *, wanted: bool
) -> None:
    load(clerk, unsure(1), as_of="2026-05-01")
    assert ((number(1), 12) in asked(clerk, on)) is wanted


def test_a_grant_soon_after_an_anniversary_asks_which_year_was_paid(
    clerk: Clerk,
) -> None:
    """Year 12 began on 1 June; the registration may have been charged with year 11."""
    load(clerk, unsure(1, 授权公告日="2026-08-20"), unsure(2, 授权公告日="2026-10-02"))
    found = clerk.json(*OUT, "--dry-run", *ON)
    assert [(line["application_no"], line["fee_year"]) for line in found] == [
        (number(1), 12)
    ]
    assert "哪一年度" in found[0]["question"]


@pytest.mark.parametrize(
    ("on", "wanted"),
    [("2027-05-31", True), ("2027-06-01", True), ("2027-06-02", False)],
)
def test_one_assumed_paid_is_asked_for_until_a_year_after_its_due_day(
    clerk: Clerk, on: str, *, wanted: bool
) -> None:
    load(clerk, unsure(1), as_of="2026-05-01")
    write_csv(Path("later.csv"), [unsure(1)])
    clerk.run("import", "later.csv", "--as-of", "2026-12-20", "--on", "2026-12-20")
    assert ((number(1), 12) in asked(clerk, on)) is wanted


def test_what_was_looked_up_in_the_last_month_is_not_asked_for_again(
    clerk: Clerk,
) -> None:
    load(clerk, unsure(1), as_of="2026-05-01")
    clerk.run(
        "fact", "add", number(1), "--year", "12", "--says", "unpaid",
        "--dated", "2026-07-10", "--by", "李", "--on", "2026-07-10",
    )  # fmt: skip
    assert asked(clerk, "2026-07-09") == [(number(1), 12)]
    assert asked(clerk, "2026-07-10") == []
    assert asked(clerk, "2026-08-09") == []
    assert asked(clerk, "2026-08-10") == [(number(1), 12)]


def test_what_is_paid_is_not_asked_for_and_what_contradicts_itself_is(
    clerk: Clerk,
) -> None:
    load(clerk, unsure(1), unsure(2))
    clerk.run(
        "payments", "add", number(2), "--year", "12", "--paid-on", "2026-05-20",
        "--yuan", "2400", "--by", "李", *ON,
    )  # fmt: skip
    assert asked(clerk, "2026-11-22") == [(number(1), 12)]
    clerk.run(
        "fact", "add", number(2), "--year", "12", "--says", "unpaid",
        "--dated", "2026-11-20", "--by", "李", *ON,
    )  # fmt: skip
    assert set(asked(clerk, "2026-11-22")) == {(number(1), 12), (number(2), 12)}


def test_a_sheet_is_that_of_one_county_and_sorted_by_county_and_day(
    clerk: Clerk,
) -> None:
    load(
        clerk,
        unsure(1, 县区="清丰县"),
        unsure(2),
        unsure(3, 申请日="2015-05-20"),
        unsure(4, 县区=""),
    )
    found = clerk.json(*OUT, "--dry-run", *ON)
    places = [(line["county"], line["application_no"]) for line in found]
    assert places == [
        ("华龙区", number(3)),
        ("华龙区", number(2)),
        ("清丰县", number(1)),
        ("濮阳市知识产权局", number(4)),
    ]
    one = clerk.json(*OUT, "--county", "清丰县", "--dry-run", *ON)
    assert [line["application_no"] for line in one] == [number(1)]


def test_the_workbook_is_text_with_choices_and_empty_columns_to_fill(
    clerk: Clerk,
) -> None:
    load(clerk, unsure(1, 发明名称="=HYPERLINK(1)", 专利权人="甲公司;乙公司"))
    assert clerk.run(*OUT, *ON) == "已写出 sheet.xlsx：1 个待查专利号\n"
    book = openpyxl.load_workbook("sheet.xlsx")
    sheet = book["核查表"]
    lines = list(sheet.iter_rows(values_only=True))
    assert list(lines[0]) == HEADERS
    assert lines[1][:7] == (
        "华龙区",
        number(1),
        "=HYPERLINK(1)",
        "甲公司；乙公司",
        "12",
        "2026-06-01",
        "2026-12-01",
    )
    assert {cell.data_type for cell in sheet[2]} <= {"s", "n"}
    assert sheet["C2"].data_type == "s", "no formula"
    assert {cell.number_format for cell in sheet[2]} == {"@"}
    (choices,) = sheet.data_validations.dataValidation
    assert str(choices.sqref) == "H2"
    assert "等年费滞纳金" in choices.formula1
    guide = "".join(
        str(cell[0]) for cell in book["填写说明"].iter_rows(values_only=True)
    )
    assert "本表生成于 2026-11-22" in guide
    assert "查询日" in guide
    book.close()


FILLED: list[tuple[dict[str, Any], tuple[str, int | None]]] = [
    ({"案件状态": "等年费滞纳金", "应缴金额": 960}, ("unpaid", 12)),
    ({"案件状态": "专利权维持", "已缴年度": 12}, ("paid", 12)),
    ({"案件状态": "未缴年费专利权终止，等恢复"}, ("ended", 12)),
    ({"案件状态": "专利权维持"}, ("listed", None)),
]


def fill(entries: dict[str, dict[str, Any]], *, day: Any = "2026-11-22") -> None:
    """Fill the sheet as a person would, and save it with another program."""
    book = openpyxl.load_workbook("sheet.xlsx")
    sheet = book["核查表"]
    for line in range(2, sheet.max_row + 1):
        entry = entries.get(str(sheet.cell(line, 2).value))
        for name, value in ({"查询日": day} | entry).items() if entry else ():
            sheet.cell(line, HEADERS.index(name) + 1).value = value
    book.save("sheet.xlsx")
    book.close()


@pytest.mark.parametrize("day", ["2026-11-22", "2026年11月22日", date(2026, 11, 22)])
def test_a_filled_sheet_becomes_facts_of_the_day_it_was_looked_up(
    clerk: Clerk, day: object
) -> None:
    count = len(FILLED)
    load(clerk, *(unsure(n) for n in range(1, count + 2)))
    clerk.run(*OUT, *ON)
    fill({number(n): entry for n, (entry, _) in enumerate(FILLED, 1)}, day=day)
    (found,) = clerk.json("checksheet", "import", "sheet.xlsx", *ON)
    assert (found["read"], found["created"], found["skipped"]) == (count + 1, count, 1)
    assert [one["code"] for one in found["skips"]] == ["not_filled"]
    told = [fact for fact in clerk.rows("facts") if fact["source"] == "check_sheet"]
    assert [(fact["kind"], fact["fee_year"]) for fact in told] == [
        expected for _, expected in FILLED
    ]
    assert {fact["dated_on"] for fact in told} == {date(2026, 11, 22)}
    (again,) = clerk.json("checksheet", "import", "sheet.xlsx", *ON)
    assert again["unchanged"] == count


def test_an_undated_row_is_rejected_by_row_and_column(clerk: Clerk) -> None:
    load(clerk, unsure(1))
    clerk.run(*OUT, *ON)
    fill({number(1): {"案件状态": "等年费滞纳金"}}, day=None)
    (found,) = clerk.json("checksheet", "import", "sheet.xlsx", *ON, status=1)
    (reject,) = found["rejects"]
    assert (reject["sheet"], reject["row"], reject["column"]) == ("核查表", 2, "查询日")
    assert reject["code"] == "query_date_missing"


def test_a_sheet_without_lines_can_be_written_and_brought_back(clerk: Clerk) -> None:
    load(clerk, row(1, 已缴年费年度="12"))
    assert "0 个待查专利号" in clerk.run(*OUT, *ON)
    (found,) = clerk.json("checksheet", "import", "sheet.xlsx", *ON, status=1)
    assert found["warnings"][0]["code"] == "empty_file"


def test_a_place_where_no_sheet_can_be_written_is_refused(clerk: Clerk) -> None:
    out = ("checksheet", "export", *ON, "--out")
    assert "应以 .xlsx 结尾" in clerk.run(*out, "sheet.csv", status=2)
    assert "文件夹 none 不存在" in clerk.run(*out, "none/sheet.xlsx", status=2)
    message = clerk.run(*out, "a.xlsx", "--county", "火星", status=2)
    assert "不认识“火星”" in message
