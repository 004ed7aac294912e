"""The statement as it is read: word for word in a golden text, and as a workbook."""

from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import load_workbook

from patentwatch.model import Hold, Patent, PatentNumber
from patentwatch.statementbooks import statement_xlsx
from patentwatch.statementpage import TITLE, html, text
from patentwatch.statements import Statement
from tests.make_events import event
from tests.make_situations import answer, ended, payment, unpaid
from tests.make_statements import OWNED, dossier, stated
from tests.status.test_links import PLEDGED

GOLDEN = Path(__file__).parent / "golden_statements"
ON = "2024-12-02"


def patent(serial: int, title: str, filed: str, granted: str, **more: Any) -> Patent:
    return replace(
        OWNED,
        application_no=PatentNumber(f"20181000000{serial}.1"),
        title=title,
        filing_on=date.fromisoformat(filed),
        grant_on=date.fromisoformat(granted),
        **more,
    )


def mixed() -> Statement:
    """Return a statement in which every kind of line occurs.

    On 2024-12-02: the six months of number 1 were over on 10 October. Number 2 is in
    its last window, 25 % of 2000 yuan, until Tuesday 17 December. Number 3 is in its
    second one, 5 %, until Monday 23 December. Number 4, granted in its year 3, pays
    the last reduced fee, that of year 12, on 2025-03-03, and year 13 in full.
    """
    return stated(
        dossier(
            ended("2024-11-22", year=7),
            on=ON,
            patent=patent(1, "一种密封装置", "2018-04-10", "2020-09-04"),
        ),
        dossier(
            unpaid("2024-11-29"),
            on=ON,
            patent=patent(2, "一种清洗设备", "2018-06-17", "2020-09-04"),
            answers=[answer("agent", "2024-11-01")],
        ),
        dossier(
            on=ON,
            patent=patent(3, "羽绒制品", "2018-10-22", "2020-09-04", reduction=None),
        ),
        dossier(
            payment("2024-02-20", 600, 11),
            on=ON,
            patent=patent(4, "", "2014-03-03", "2016-05-02", reduction=85),
            events=[event("PE01", "2023-02-03", text=PLEDGED)],
        ),
        dossier(
            on=ON,
            patent=patent(5, "五号装置", "2018-12-20", "2020-09-04"),
            holds=[Hold("查")],
            missing_since_on=date(2024, 11, 30),
        ),
        on=ON,
        credit_code="91410900MA40000019",
    )


def test_the_statement_reads_word_for_word() -> None:
    assert text(mixed()) == (GOLDEN / "statement.txt").read_text("utf-8")


def test_without_anything_open_it_says_so_and_nothing_else() -> None:
    found = stated(dossier(payment("2024-04-01", 2000), on=ON), on=ON)
    shown = text(found)
    assert "今后12个月（2025年12月2日前）到期的年费共1笔，合计2000元。" in shown
    assert "已过缴费期限" not in shown
    assert "减缴即将结束" not in shown


def test_the_page_needs_nothing_from_outside_and_prints_on_a4() -> None:
    shown = html(mixed())
    assert "size:A4" in shown
    assert "default-src 'none'" in shown
    assert "<script" not in shown
    assert "src=" not in shown
    for line in ("补缴期已于2024年10月10日届满", "示例银行", "减缴85%至第12年"):
        assert line in shown


@settings(deadline=None)
@given(st.text(max_size=30), st.text(max_size=30))
def test_foreign_text_cannot_become_markup(title: str, name: str) -> None:
    owned = replace(OWNED, title=f"<i>{title}</i>", patentees=(f"<i>{name}",))
    found = stated(dossier(on=ON, patent=owned), on=ON, party=f"<i>{name}")
    assert "<i>" not in html(found)


def test_the_workbook_has_every_right_every_late_fee_and_the_budget() -> None:
    book = load_workbook(BytesIO(statement_xlsx(mixed())))
    assert book.sheetnames == ["专利", "已过缴费期限", "预算"]
    rights, late, budget = (
        [[cell.value for cell in row] for row in sheet.iter_rows()] for sheet in book
    )
    assert rights[0][0] == f"甲示例公司　{TITLE}（2024年12月2日）"
    assert [row[0] for row in rights[2:]] == ["1", "2", "3", "4", "5"]
    by_number = {row[1]: row for row in rights[2:]}
    reduced = by_number["ZL201810000004.1"]
    assert reduced[7:16] == [
        "12", "2025-03-03", 4000, 600, "85%", "12", "13", "2026-03-03", 6000,
    ]  # fmt: skip
    assert by_number["ZL201810000005.1"][9:11] == [None, None]
    assert by_number["ZL201810000001.1"][6] == "补缴期已满，尚可请求恢复"
    assert [row[8] for row in late[1:]] == [None, 2500, 2100]
    assert [row[:3] for row in budget[1:]] == [["2025", 3, 4600]]


@pytest.mark.parametrize("sheet", [0, 1, 2])
def test_every_cell_but_the_amounts_is_text(sheet: int) -> None:
    book = load_workbook(BytesIO(statement_xlsx(mixed())))
    cells = [cell for row in book.worksheets[sheet].iter_rows() for cell in row]
    kinds = {(c.data_type, c.number_format) for c in cells if isinstance(c.value, int)}
    assert kinds <= {("n", "0")}
    assert all(c.data_type == "s" for c in cells if isinstance(c.value, str))
