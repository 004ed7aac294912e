"""`import`, `contacts import`, `payments import`: what is told, and the exit status."""

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from tests.clerk import ON, Clerk
from tests.lists import number, row, rows, write_csv, write_xlsx
from tests.test_people_intake import FEE_PAGE, contact, looked_up, payment

IMPORT_KEYS = {
    "file": str,
    "encoding": str,
    "format": str,
    "sheets": list,
    "as_of": str,
    "run": int,
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
    "skips": list,
    "warnings": list,
    "changes": list,
}
NOTE_KEYS = {
    "sheet": str,
    "row": int,
    "column": str,
    "code": str,
    "value": str,
    "message": str,
}


def has_types(found: dict[str, Any], types: dict[str, type]) -> bool:
    return {key: type(value) for key, value in found.items()} == types


def test_an_import_answers_with_one_object_for_each_file(clerk: Clerk) -> None:
    write_csv(Path("a.csv"), rows(2))
    bad = row(5, 申请号="201510000005.X")
    write_csv(Path("b.csv"), [*rows(1, first=4), bad, row(6, 县区="火星")])
    found = clerk.json("import", "a.csv", "b.csv", *ON, status=1)
    assert [one["file"] for one in found] == ["a.csv", "b.csv"]
    assert all(has_types(one, IMPORT_KEYS) for one in found)
    assert (found[1]["read"], found[1]["accepted"], found[1]["rejected"]) == (3, 2, 1)
    (reject,), (warning,) = found[1]["rejects"], found[1]["warnings"]
    assert has_types(reject, NOTE_KEYS)
    assert (reject["row"], reject["column"], reject["code"]) == (
        3,
        "申请号",
        "check_digit",
    )
    assert (warning["code"], warning["value"]) == ("county_unknown", "火星")
    sheet = found[0]["sheets"][0]
    assert (sheet["name"], sheet["header_row"]) == ("", 1)
    assert sheet["columns"]["application_no"] == "申请号"
    assert found[0]["as_of"] == "2026-11-22"


def test_a_change_names_field_old_and_new(clerk: Clerk) -> None:
    write_csv(Path("a.csv"), rows(2))
    write_csv(Path("b.csv"), [row(1, 申请日="2015-06-02", 县区="清丰县"), row(2)])
    clerk.run("import", "a.csv", "--as-of", "2026-10-01", *ON)
    (found,) = clerk.json("import", "b.csv", *ON)
    changes = [(c["field"], c["old"], c["new"]) for c in found["changes"]]
    assert changes == [
        ("filing_date", "2015-06-01", "2015-06-02"),
        ("county", "410902", "410922"),
    ]
    assert {c["application_no"] for c in found["changes"]} == {number(1)}
    shown = clerk.run("import", "b.csv", *ON)
    assert "变更 0、未变 2" in shown


@pytest.mark.parametrize("as_json", [False, True])
def test_a_refused_list_is_1_and_says_how_to_take_it(
    clerk: Clerk, *, as_json: bool
) -> None:
    write_csv(Path("a.csv"), rows(20))
    write_csv(Path("b.csv"), rows(3))
    clerk.run("import", "a.csv", *ON)
    if as_json:
        (found,) = clerk.json("import", "b.csv", *ON, status=1)
        assert (found["refused"], type(found["run"])) == (True, int)
        assert "华龙区原有 20 件，这份清单少了 17 件" in found["refusal"]
        assert [one["code"] for one in found["warnings"]] == ["refused_vanished"]
    else:
        shown = clerk.run("import", "b.csv", *ON, status=1)
        assert shown.startswith("未导入：华龙区原有 20 件")
        assert "--force 理由" in shown
    clerk.run("import", "b.csv", "--partial", *ON)
    (forced,) = clerk.json("import", "b.csv", "--force", "园区撤销", *ON)
    assert forced["vanished"] == 17
    assert clerk.rows("audit")[-1]["reason"] == "园区撤销"


def test_a_file_that_cannot_be_read_is_1_and_an_object_like_the_others(
    clerk: Clerk,
) -> None:
    write_csv(Path("good.csv"), rows(1))
    Path("bad.xlsx").write_bytes(b"%PDF-1.4")
    found = clerk.json("import", "none.csv", "bad.xlsx", "good.csv", *ON, status=1)
    assert [one["refused"] for one in found] == [True, True, False]
    assert [set(one) for one in found] == [set(IMPORT_KEYS)] * 3
    assert found[0]["warnings"][0]["code"] == "file_missing"
    assert "bad.xlsx：不是可导入的清单（实际为PDF）" in found[1]["refusal"]
    assert found[2]["created"] == 1


def test_an_import_is_shown_in_chinese_with_the_first_of_each_kind(
    clerk: Clerk,
) -> None:
    write_csv(Path("a.csv"), [row(n, 申请日="2015-02-30") for n in range(1, 10)])
    shown = clerk.run("import", "a.csv", *ON, status=1)
    assert "已导入：a.csv：读 9 行，采用 0" in shown
    assert shown.count("不是存在的日期") == 5
    assert "还有 4 行（date_impossible）" in shown


def test_a_workbook_is_read_sheet_by_sheet(clerk: Clerk) -> None:
    write_xlsx(Path("a.xlsx"), {"华龙区": rows(2), "说明": [{"甲": "乙"}]})
    (found,) = clerk.json("import", "a.xlsx", *ON)
    assert (found["format"], found["encoding"]) == ("xlsx", None)
    assert [sheet["name"] for sheet in found["sheets"]] == ["华龙区"]


def test_an_undone_list_leaves_nothing_to_count(clerk: Clerk) -> None:
    write_csv(Path("a.csv"), rows(3))
    (found,) = clerk.json("import", "a.csv", *ON)
    clerk.run("run", "--once", *ON)
    assert clerk.json("status", "counts", *ON)["city"]["valid"] == 3
    clerk.run("import", "undo", str(found["run"]), "--by", "张", *ON)
    assert clerk.json("status", "counts", *ON)["city"]["valid"] == 0
    assert clerk.rows("spells") == []


def test_an_import_is_undone_by_its_number(clerk: Clerk) -> None:
    write_csv(Path("a.csv"), rows(3))
    empty = clerk.stored()
    (found,) = clerk.json("import", "a.csv", *ON)
    run = str(found["run"])
    before = clerk.stored()
    tried = clerk.json("import", "undo", run, "--dry-run", *ON)
    assert tried == [{"run": found["run"], "patents": 3, "undone": False}]
    assert clerk.stored() == before
    shown = clerk.run("import", "undo", run, "--by", "张", "--reason", "错", *ON)
    assert shown == f"已撤回导入 {run}：3 件专利恢复原状\n"
    for table in ("patents", "holders", "facts", "listings"):
        assert clerk.stored()[table] == empty[table]
    assert "已经撤回" in clerk.run("import", "undo", run, status=2)
    assert "没有编号为 99" in clerk.run("import", "undo", "99", status=2)
    for wrong in ([], ["x"], ["-1"], ["1.5"]):
        clerk.run("import", "undo", *wrong, status=2)


def test_contacts_payments_and_check_sheets_answer_alike(clerk: Clerk) -> None:
    write_csv(Path("list.csv"), rows(2))
    clerk.run("import", "list.csv", *ON)
    write_csv(Path("people.csv"), [contact(), contact(手机="1380000000")])
    write_csv(Path("paid.csv"), [payment(), payment(2, 金额="一千")])
    write_csv(Path("sheet.csv"), [looked_up(), looked_up(2, 查询日="")])
    for words, column, code in (
        (("contacts", "people.csv"), "手机", "phone_invalid"),
        (("payments", "paid.csv"), "金额", "amount_invalid"),
        (("checksheet", "sheet.csv"), "查询日", "query_date_missing"),
    ):
        command, name = words
        before = clerk.stored()
        (tried,) = clerk.json(command, "import", name, "--dry-run", *ON, status=1)
        assert clerk.stored() == before
        (found,) = clerk.json(command, "import", name, *ON, status=1)
        assert (tried["run"], found["run"] is None) == (None, False)
        assert has_types(found, IMPORT_KEYS)
        assert (found["created"], found["rejected"]) == (1, 1)
        (reject,) = found["rejects"]
        assert (reject["row"], reject["column"], reject["code"]) == (3, column, code)
        (again,) = clerk.json(command, "import", name, *ON, status=1)
        assert (again["unchanged"], again["created"]) == (1, 0)


def test_a_fee_page_is_named_by_its_file_or_by_the_command(clerk: Clerk) -> None:
    page = json.dumps(FEE_PAGE)
    Path("page.json").write_text(page, encoding="utf-8")
    Path(f"ZL{number(1).replace('.', '')}.json").write_text(page, encoding="utf-8")
    (found,) = clerk.json("payments", "import", "page.json", *ON, status=1)
    assert found["warnings"][0]["code"] == "number_missing"
    (named,) = clerk.json(
        "payments", "import", "page.json", "--number", f"ZL{number(1)}",
        "--as-of", "2026-11-01", *ON,
    )  # fmt: skip
    assert (named["created"], named["as_of"]) == (1, "2026-11-01")
    (again,) = clerk.json(
        "payments", "import", f"ZL{number(1).replace('.', '')}.json",
        "--as-of", "2026-11-01", *ON,
    )  # fmt: skip
    assert again["unchanged"] == 1
    for wrong in (["--as-of", "2026-11-23"], ["--number", "12"]):
        clerk.run("payments", "import", "page.json", *wrong, *ON, status=2)


def test_a_wrong_word_on_the_command_line_is_2_and_chinese(clerk: Clerk) -> None:
    write_csv(Path("a.csv"), rows(1))
    before = clerk.stored()
    for words, told in (
        (["--county", "火星"], "不认识“火星”；配置文件中的县区有：410902 华龙区"),
        (["--as-of", "2027-01-01"], "--as-of 2027-01-01 晚于今天 2026-11-22"),
        (["--as-of", "昨天"], "“昨天” 不是日期，应如 2026-11-22"),
        (["--on", "2026-11-22T10:00"], "缺少时区"),
    ):
        message = clerk.run("import", "a.csv", *ON, *words, status=2)
        assert told in message
    assert clerk.stored() == before


def test_the_day_of_a_list_may_be_named(clerk: Clerk) -> None:
    write_csv(Path("a.csv"), rows(1))
    (found,) = clerk.json("import", "a.csv", "--as-of", "2026-10-01", *ON)
    assert found["as_of"] == "2026-10-01"
    assert clerk.rows("facts")[0]["dated_on"] == date(2026, 10, 1)
