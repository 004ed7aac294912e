"""`record kinds` and `record template` as a clerk types them."""

from pathlib import Path

import openpyxl

from patentwatch.plan.kinds import kinds
from tests.clerk import Clerk


def test_kinds_are_a_list_with_their_fields(clerk: Clerk) -> None:
    listed = clerk.json("record", "kinds")
    assert [one["kind"] for one in listed] == list(kinds())
    loan = next(one for one in listed if one["kind"] == "pledge_loan")
    assert (loan["label"], loan["natural_key"]) == ("质押贷款", ["registration_no"])
    amount = next(field for field in loan["fields"] if field["key"] == "amount")
    assert {
        key: amount[key]
        for key in ("key", "label", "type", "required", "choices", "unit")
    } == {
        "key": "amount",
        "label": "贷款金额",
        "type": "yuan",
        "required": True,
        "choices": [],
        "unit": "元",
    }


def test_kinds_are_a_table_for_people(clerk: Clerk) -> None:
    shown = clerk.run("record", "kinds").splitlines()
    assert len(shown) == 1 + len(kinds())
    assert "pledge_loan                  质押贷款（质押登记号）" in shown


def test_a_template_has_the_counties_of_the_configuration(clerk: Clerk) -> None:
    clerk.run("record", "template", "pledge_loan", "--out", "贷款.xlsx")
    sheet = openpyxl.load_workbook("贷款.xlsx")["质押贷款"]
    lists = {rule.formula1 for rule in sheet.data_validations.dataValidation}
    assert '"华龙区,清丰县,南乐县"' in lists


def test_a_kind_may_be_called_by_its_label(clerk: Clerk) -> None:
    told = clerk.json("record", "template", "质押贷款", "--out", "a.xlsx")
    assert told == [
        {
            "kind": "pledge_loan",
            "label": "质押贷款",
            "file": "a.xlsx",
            "written": True,
        }
    ]


def test_all_kinds_are_written_into_a_folder(clerk: Clerk) -> None:
    clerk.run("record", "template", "--all", "--out", "模板")
    assert {one.name for one in Path("模板").iterdir()} == {
        f"{key}.xlsx" for key in kinds()
    }


def test_a_trial_writes_no_template(clerk: Clerk) -> None:
    clerk.run("record", "template", "--all", "--out", "模板", "--dry-run")
    clerk.run("record", "template", "school", "--out", "a.xlsx", "--dry-run")
    assert not Path("模板").exists()
    assert not Path("a.xlsx").exists()


def test_a_wrong_word_is_told_and_nothing_is_written(clerk: Clerk) -> None:
    for words, told in (
        (("pledge_lon", "--out", "a.xlsx"), "是不是 pledge_loan"),
        (("school", "--out", "a.xls"), "应以 .xlsx 结尾"),
        (("school", "--out", "none/a.xlsx"), "文件夹 none 不存在"),
        (("--out", "a.xlsx"), "请写一个种类"),
        (("school", "--all", "--out", "a"), "二者选一"),
        (("--all", "--out", "patentwatch.toml"), "应为文件夹"),
    ):
        assert told in clerk.run("record", "template", *words, status=2)
    assert list(Path().glob("*.xls*")) == []


PLAN = """
name = "{name}"
title = "工作要点"
document_no = "测知〔{year}〕1号"
year = {year}
in_force_on = {year}-01-01
lead = "市知识产权局"
counties = ["410902"]
sections = ["一、保护"]

[[item]]
number = 3
section = 1
title = "奖励"

[[item.commitment]]
id = "3.1"
text = "{text}"
kind = "milestone"
measure.type = "linked"
"""


def loaded(clerk: Clerk, year: int, text: str) -> None:
    Path("plan.toml").write_text(
        PLAN.format(name=f"plan-{year}", year=year, text=text), encoding="utf-8"
    )
    clerk.run("plan", "load", "plan.toml", "--on", f"{year}-01-05")


def commitments(clerk: Clerk, *words: str) -> list[tuple[object, object]]:
    clerk.run("record", "template", "pledge_loan", "--out", "a.xlsx", *words)
    sheet = openpyxl.load_workbook("a.xlsx")["承诺"]
    return [(row[0], row[1]) for row in sheet.iter_rows(min_row=2, values_only=True)]


def test_a_template_lists_the_commitments_of_the_plan(clerk: Clerk) -> None:
    loaded(clerk, 2023, "出台奖励办法")
    assert commitments(clerk, "--on", "2023-03-01") == [("3.1", "出台奖励办法")]
    # Records of a year are still brought in when it is over.
    assert commitments(clerk, "--on", "2024-01-10") == [("3.1", "出台奖励办法")]


def test_with_two_plans_a_template_says_of_which_a_commitment_is(clerk: Clerk) -> None:
    loaded(clerk, 2023, "出台奖励办法")
    loaded(clerk, 2024, "修订奖励办法")
    assert commitments(clerk, "--on", "2023-03-01") == [
        ("plan-2023/3.1", "出台奖励办法")
    ]
    assert commitments(clerk, "--on", "2024-03-01") == [
        ("plan-2024/3.1", "修订奖励办法")
    ]


def test_a_template_needs_no_database_and_makes_none(clerk: Clerk) -> None:
    Path("patentwatch.db").unlink()
    clerk.run("record", "template", "pledge_loan", "--out", "a.xlsx")
    assert "承诺" not in openpyxl.load_workbook("a.xlsx").sheetnames
    assert not Path("patentwatch.db").exists()
