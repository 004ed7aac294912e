"""`statement`: a party's sheet on the screen, as files, and its sheet for paying."""

from pathlib import Path

import pytest
from openpyxl import load_workbook

from tests.clerk import ON, Clerk
from tests.lists import number

PARTY = ("--party", "第1机械有限公司")
"""Patent 1: year 12 was due on 2026-06-01, in the last window; 85 % off 4000 yuan."""


def test_without_a_file_the_text_is_shown(office: Clerk) -> None:
    shown = office.run("statement", *PARTY, *ON)
    assert shown.startswith("专利年费一览表\n\n第1机械有限公司：\n")
    assert f"一种第1号装置（ZL{number(1)}），第12年年费" in shown
    assert "第2机械有限公司" not in shown


@pytest.mark.parametrize("ending", ["html", "txt", "xlsx"])
def test_a_file_is_written_by_its_ending(office: Clerk, ending: str) -> None:
    told = office.run("statement", *PARTY, "--out", f"paper.{ending}", *ON)
    assert told == f"已写出 paper.{ending}：1 件专利\n"
    content = Path(f"paper.{ending}").read_bytes()
    starts = {"html": b"<!DOCTYPE html>", "txt": "专利年费".encode(), "xlsx": b"PK"}
    assert content.startswith(starts[ending])


def test_the_payment_sheet_is_the_portals(office: Clerk) -> None:
    told = office.run("statement", *PARTY, "--payment-sheet", "--out", "pay.xlsx", *ON)
    assert told == "已写出 pay.xlsx：2 笔，合计 1600 元\n"
    rows = list(load_workbook("pay.xlsx").worksheets[0].iter_rows(values_only=True))
    assert len(rows[0]) == 9
    assert [(row[5], row[7]) for row in rows[1:]] == [
        ("发明专利第12年年费", 600),
        ("发明专利年费滞纳金", 1000),
    ]
    assert rows[1][3] == "第1机械有限公司"


def test_what_is_left_out_of_it_is_told_on_stderr(office: Clerk) -> None:
    answered = ("--by", "李", "--reason", "来电")
    office.run("ack", number(1), "--year", "12", "--answer", "agent", *answered, *ON)
    result = office.invoke("statement", *PARTY, "--payment-sheet", "--json", *ON)
    assert f"未列入 {number(1)} 第12年：权利人曾告知" in result.stderr
    assert '"rows": []' in result.stdout


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(["--out", "a.doc"], "应以 .html、.txt、.xlsx 结尾", id="ending"),
        pytest.param(["--out", "no/a.txt"], "文件夹 no 不存在", id="folder"),
        pytest.param(["--out", f"{'甲' * 100}.txt"], "无法写入", id="unwritable"),
        pytest.param(["--payment-sheet"], "要用 --out 指明", id="no-file"),
        pytest.param(
            ["--payment-sheet", "--out", "a.txt"], "应以 .xlsx 结尾", id="sheet-ending"
        ),
        pytest.param(["--until", "2027-01-01"], "只与 --payment-sheet", id="until"),
        pytest.param(["--number", "1234"], "不是有效的申请号", id="number"),
        pytest.param(["--number", number(2)], "专利权人不是", id="another-owner"),
    ],
)
def test_what_cannot_be_done_is_said_in_chinese(
    office: Clerk, words: list[str], told: str
) -> None:
    before = office.files()
    assert told in office.run("statement", *PARTY, *words, *ON, status=2)
    assert office.files() == before
