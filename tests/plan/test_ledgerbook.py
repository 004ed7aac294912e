"""The ledger's workbook: read again by three programs, it says the same."""

import shutil
import subprocess
from dataclasses import replace
from datetime import date, datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import openpyxl
import pytest
from openpyxl.utils import get_column_letter
from python_calamine import CalamineWorkbook

from patentwatch.plan.acts import ActKind
from patentwatch.plan.ledger import Ledger
from patentwatch.plan.ledgerbook import workbook
from patentwatch.plan.ledgercells import (
    ACT_COLUMNS,
    COUNTY_COLUMNS,
    LEDGER_COLUMNS,
    SLIP_COLUMNS,
)
from tests.make_ledgers import HUALONG, ON, YEAR_END, act
from tests.plan.test_ledger import ledger

TITLES = {
    "台账": LEDGER_COLUMNS,
    "县区分解": COUNTY_COLUMNS,
    "督办单": SLIP_COLUMNS,
    "办理记录": ACT_COLUMNS,
}
EVIL = '=HYPERLINK("http://evil.example","点这里")'


def made(found: Ledger | None = None) -> bytes:
    return workbook(found or ledger(), author="濮阳市知识产权局")


def opened(content: bytes) -> Any:
    return openpyxl.load_workbook(BytesIO(content))


def cells(sheet: Any, first: str) -> dict[str, Any]:
    """Return the cells of the row that begins so, by their titles."""
    titles = [cell.value for cell in sheet[3]]
    (row,) = (row for row in sheet.iter_rows(min_row=4) if row[0].value == first)
    return dict(zip(titles, row, strict=True))


def rows(book: CalamineWorkbook, name: str) -> list[list[Any]]:
    """Return the cells of a sheet; LibreOffice keeps fifteen digits of a number."""
    found = book.get_sheet_by_name(name).to_python()
    return [
        [round(cell, 12) if isinstance(cell, float) else cell for cell in row]
        for row in found
    ]


def with_note(text: str) -> Ledger:
    return ledger(more=[act(ActKind.PROGRESS, county=HUALONG, text=text)])


def test_the_sheets_have_title_day_and_the_columns_of_the_contract() -> None:
    book = opened(made())
    assert book.sheetnames == [*TITLES, "说明"]
    for name, columns in TITLES.items():
        sheet = book[name]
        assert sheet["A1"].value == "2023年濮阳市知识产权工作要点工作台账"
        assert sheet["A2"].value == (
            "濮知〔2023〕1号 截至2023年6月30日 承诺 5 项 绿 2 黄 2 红 1"
        )
        assert [cell.value for cell in sheet[3]] == [title for title, _ in columns]


def test_numbers_are_numbers_and_days_are_days() -> None:
    row = cells(opened(made())["台账"], "9.3")
    assert (row["目标"].value, row["实际"].value) == (200_000_000, 125_500_000)
    assert row["目标"].number_format == "#,##0"
    assert (row["完成率"].value, row["完成率"].number_format) == (0.6275, "0.00%")
    assert row["期限"].value == datetime.combine(YEAR_END, datetime.min.time())
    assert row["期限"].is_date
    assert (row["记录数"].data_type, row["编号"].data_type) == ("n", "s")


def test_what_is_not_there_is_an_empty_cell() -> None:
    row = cells(opened(made())["台账"], "3.4")
    assert [row[title].value for title in ("原期限", "完成率", "督办单")] == [None] * 3
    assert row["实际"].value == "未知"


@pytest.mark.parametrize(
    ("first", "word"), [("9.3", "绿"), ("19.3", "黄"), ("15.1", "红")]
)
def test_a_light_is_a_word_on_a_ground_of_its_colour(first: str, word: str) -> None:
    light = cells(opened(made())["台账"], first)["灯"]
    red, green = (int(light.fill.fgColor.rgb[i : i + 2], 16) for i in (2, 4))
    assert light.value == word
    assert {"绿": green > red, "黄": min(red, green) > 200, "红": red > green}[word]


@pytest.mark.parametrize("text", [EVIL, "+1+1", "-2", "@SUM(A1)", "\t=1", "1E5", "007"])
def test_what_looks_like_a_formula_or_a_number_stays_text(text: str) -> None:
    book = opened(made(with_note(text)))
    noted = book["办理记录"].cell(row=book["办理记录"].max_row, column=5)
    assert (noted.value, noted.data_type) == (text.strip(), "s")
    formulas = [
        cell.coordinate
        for sheet in book
        for row in sheet.iter_rows()
        for cell in row
        if cell.data_type == "f" or cell.hyperlink
    ]
    assert formulas == []


def test_it_is_made_to_be_scrolled_filtered_and_printed() -> None:
    for name, columns in TITLES.items():
        sheet = opened(made())[name]
        assert sheet.freeze_panes.endswith("4")
        last = get_column_letter(len(columns))
        assert sheet.auto_filter.ref == f"A3:{last}{sheet.max_row}"
        assert sheet.print_title_rows == "$3:$3"
        setup = sheet.page_setup
        assert (setup.orientation, setup.paperSize) == ("landscape", 9)
        assert (setup.fitToWidth or 1, setup.fitToHeight) == (1, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
    assert opened(made())["台账"]["C4"].alignment.wrap_text


def test_a_long_word_of_progress_makes_its_row_taller() -> None:
    short, long = (
        opened(made(with_note(text)))["台账"].row_dimensions[7].height
        for text in ("好", "已" * 500)
    )
    assert long > 10 * 13 > short
    endless = opened(made(with_note("已" * 40_000)))["台账"]
    assert endless.row_dimensions[7].height == 408


def test_what_no_sheet_can_hold_does_not_break_it() -> None:
    book = opened(made(with_note("已\x00评\ud800出\x1b2所_x0041_𠮷\u202e")))
    sheet = book["办理记录"]
    shown = sheet.cell(row=sheet.max_row, column=5).value
    assert shown == "已 评出 2所_x0041_𠮷"


def test_every_column_is_explained() -> None:
    sheet = opened(made())["说明"]
    explained = [(row[0].value, row[1].value) for row in sheet.iter_rows(min_row=4)]
    assert explained == [
        (name, title) for name, columns in TITLES.items() for title, _ in columns
    ]
    assert all(row[2].value for row in sheet.iter_rows(min_row=4))


def test_equal_ledgers_give_equal_bytes() -> None:
    assert made() == made()


def test_a_ledger_of_nothing_is_a_workbook_too() -> None:
    empty = replace(ledger(), lines=(), acts=(), slips=())
    sheet = opened(made(empty))["台账"]
    assert (sheet.max_row, sheet.auto_filter.ref) == (3, None)


def test_calamine_reads_the_same() -> None:
    book = CalamineWorkbook.from_filelike(BytesIO(made()))
    rows = book.get_sheet_by_name("台账").to_python()
    row = dict(zip(rows[2], rows[6], strict=True))
    assert row["承诺"] == "新增市级示范（试点）校 10 所"
    assert (row["期限"], row["完成率"], row["灯"]) == (YEAR_END, 0.3, "黄")


def test_libreoffice_opens_and_saves_it_without_a_change(tmp_path: Path) -> None:
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice (soffice) is not installed: package libreoffice-calc")
    (tmp_path / "ledger.xlsx").write_bytes(made(with_note(EVIL)))
    command = [
        office,
        f"-env:UserInstallation=file://{tmp_path}/profile",
        "--headless",
        "--convert-to",
        "ods",
        "--outdir",
        str(tmp_path),
        str(tmp_path / "ledger.xlsx"),
    ]
    subprocess.run(  # noqa: S603 - a program of this machine on a file of ours
        command, check=True, capture_output=True, timeout=180
    )
    before = CalamineWorkbook.from_path(tmp_path / "ledger.xlsx")
    after = CalamineWorkbook.from_path(tmp_path / "ledger.ods")
    assert after.sheet_names == before.sheet_names
    for name in before.sheet_names:
        assert rows(after, name) == rows(before, name)
    with ZipFile(tmp_path / "ledger.ods") as file:
        content = file.read("content.xml").decode()
    assert "evil.example" in content
    assert "table:formula" not in content


def test_the_day_is_the_ledgers_own() -> None:
    later = replace(ledger(), on=date(2023, 7, 31))
    assert "截至2023年7月31日" in opened(made(later))["台账"]["A2"].value
    assert later.on != ON
