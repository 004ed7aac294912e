"""The ledger as a workbook that opens alike in Excel, WPS and LibreOffice.

Text is written as text whatever it begins with, numbers as numbers, days as days. Equal
ledgers give equal bytes: nothing here reads a clock.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from decimal import Decimal
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final
from unicodedata import east_asian_width

from patentwatch import clean, clock, phrases
from patentwatch.plan import ledgercells
from patentwatch.plan.ledger import Ledger
from patentwatch.plan.ledgercells import (
    ACT_COLUMNS,
    COUNTY_COLUMNS,
    LEDGER_COLUMNS,
    SLIP_COLUMNS,
    Value,
)
from patentwatch.plan.lights import LIGHT_WORDS, Light

if TYPE_CHECKING:
    from xlsxwriter import Workbook

LEDGER, COUNTIES, SLIPS, ACTS, GUIDE = (
    "台账", "县区分解", "督办单", "办理记录", "说明",
)  # fmt: skip
HEADER_ROW: Final = 3
"""The row of the column titles on every sheet, as a person counts; above it stand two
lines that say of which plan and day it is."""

_A4 = 9
_CELL_LIMIT = 32_000
# Narrow, so that the whole width is still legible on A4; long cells grow downwards.
_WIDTHS: Final = {
    "编号": 6, "条目": 18, "承诺": 30, "类型": 5, "牵头单位": 11, "配合单位": 11,
    "县区": 10, "期限": 11, "原期限": 11, "目标": 12, "单位": 6, "实际": 12,
    "完成率": 8, "灯": 4, "签收": 20, "最新进展": 26, "最近记录日": 11, "证据数": 5,
    "记录数": 5, "督办单": 16, "关联记录数": 6, "说明": 14, "县区代码": 9,
    "督办单号": 10, "颜色": 6, "发给": 12, "发出日": 11, "回复期限": 11, "内容": 36,
    "发出人": 10, "上一张": 10, "情况": 11, "回复日": 11, "回复": 36, "回复人": 10,
    "日期": 11, "办理单位": 14, "办理": 6, "新期限": 11, "经办人": 10, "登记日": 11,
    "工作表": 10, "列": 12, "含义": 80,
}  # fmt: skip
_LINE_POINTS = 13.5
_TALLEST_POINTS = 408  # Excel takes no more than 409
# Pale grounds under dark words: told apart without colour, and on a grey printer.
_COLOURS: Final = {
    "绿": ("#C6EFCE", "#00561B"),
    "黄": ("#FFEB9C", "#6B4E00"),
    "红": ("#FFC7CE", "#9C0006"),
    "蓝": ("#DDEBF7", "#1F4E79"),
}
_COLOURED = frozenset({"灯", "颜色"})

_Columns = Sequence[tuple[str, str]]
_Rows = Iterable[Sequence[Value]]


def workbook(ledger: Ledger, *, author: str) -> bytes:
    """Return the ledger as one XLSX file, for print on A4 across."""
    import xlsxwriter

    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        made_at = datetime.combine(ledger.on, time())
        book.set_properties({"created": made_at, "author": clean.line(author)})
        sheets = _Sheets(book, ledger)
        sheets.add(LEDGER, LEDGER_COLUMNS, ledgercells.ledger_rows(ledger), frozen=3)
        sheets.add(COUNTIES, COUNTY_COLUMNS, ledgercells.county_rows(ledger), frozen=4)
        sheets.add(SLIPS, SLIP_COLUMNS, ledgercells.slip_rows(ledger), frozen=1)
        acts = ledgercells.act_rows(ledger, day=clock.today)
        sheets.add(ACTS, ACT_COLUMNS, acts, frozen=2)
        sheets.add(GUIDE, _GUIDE_COLUMNS, _guide(), frozen=0)
    return target.getvalue()


_GUIDE_COLUMNS = (("工作表", ""), ("列", ""), ("含义", ""))


def _guide() -> Iterable[tuple[str, str, str]]:
    for name, columns in (
        (LEDGER, LEDGER_COLUMNS),
        (COUNTIES, COUNTY_COLUMNS),
        (SLIPS, SLIP_COLUMNS),
        (ACTS, ACT_COLUMNS),
    ):
        for title, meaning in columns:
            yield name, title, meaning


def _title(ledger: Ledger) -> str:
    place = f"（{ledger.unit(ledger.county)}）" if ledger.county else ""
    return f"{ledger.plan.title}工作台账{place}"


def subtitle(ledger: Ledger) -> str:
    """Return one line on which plan and day it is, and how many of each light."""
    lights = [line.progress.light for line in ledger.lines]
    counts = "　".join(f"{LIGHT_WORDS[light]} {lights.count(light)}" for light in Light)
    return (
        f"{ledger.plan.document_no}　截至{phrases.day(ledger.on)}　"
        f"承诺 {len(lights)} 项　{counts}"
    )


class _Sheets:
    """Writes sheets that all look alike."""

    def __init__(self, book: "Workbook", ledger: Ledger) -> None:
        grid: Mapping[str, Any] = {
            "border": 1, "border_color": "#BFC6CE", "valign": "vcenter",
            "font_size": 10,
        }  # fmt: skip
        middle = {**grid, "align": "center"}
        self._book = book
        self._above = (clean.line(_title(ledger)), clean.line(subtitle(ledger)))
        self._title = book.add_format({"bold": True, "font_size": 16})
        self._head = book.add_format(
            {**middle, "bold": True, "bg_color": "#E8EDF3", "text_wrap": True}
        )
        self._text = book.add_format({**grid, "num_format": "@", "text_wrap": True})
        self._whole = book.add_format({**grid, "num_format": "#,##0"})
        self._exact = book.add_format({**grid, "num_format": "#,##0.00##"})
        self._percent = book.add_format({**grid, "num_format": "0.00%"})
        self._day = book.add_format({**middle, "num_format": "yyyy-mm-dd"})
        self._lights = {
            word: book.add_format(
                {**middle, "num_format": "@", "bold": True, "bg_color": ground,
                 "font_color": ink}
            )
            for word, (ground, ink) in _COLOURS.items()
        }  # fmt: skip

    def add(self, name: str, columns: _Columns, rows: _Rows, *, frozen: int) -> None:
        """Add a sheet; so many columns stay in sight."""
        sheet = self._book.add_worksheet(name)
        sheet.write_string(0, 0, self._above[0], self._title)
        sheet.write_string(1, 0, self._above[1])
        top = HEADER_ROW - 1
        for column, (title, _) in enumerate(columns):
            sheet.set_column(column, column, _WIDTHS[title])
            sheet.write_string(top, column, title, self._head)
        sheet.set_row(top, _height([title for title, _ in columns], columns))
        last = top
        for last, cells in enumerate(rows, HEADER_ROW):
            sheet.set_row(last, _height(cells, columns))
            for column, cell in enumerate(cells):
                self._write(sheet, (last, column), columns[column][0], cell)
        if last > top:
            sheet.autofilter(top, 0, last, len(columns) - 1)
        sheet.freeze_panes(HEADER_ROW, frozen)
        sheet.set_landscape()
        sheet.set_paper(_A4)
        sheet.set_margins(left=0.4, right=0.4, top=0.5, bottom=0.6)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(top)
        sheet.set_footer("&C第 &P 页，共 &N 页")

    def _write(self, sheet: Any, at: tuple[int, int], title: str, value: Value) -> None:
        match value:
            case None | "":
                sheet.write_blank(*at, None, self._text)
            case date():
                sheet.write_datetime(*at, datetime.combine(value, time()), self._day)
            case int() | Decimal():
                sheet.write_number(*at, float(value), self._number(title, value))
            case _:
                style = self._lights.get(value) if title in _COLOURED else None
                text = clean.line(value, limit=_CELL_LIMIT)
                sheet.write_string(*at, text, style or self._text)

    def _number(self, title: str, value: int | Decimal) -> Any:
        if title == "完成率":
            return self._percent
        return self._whole if value == int(value) else self._exact


def _height(cells: Sequence[Value], columns: _Columns) -> float:
    """Return the height of a row in points: not every program finds it by itself."""
    texts = zip(cells, columns, strict=True)
    lines = max(
        -(-_breadth(cell) // (_WIDTHS[title] - 1))
        for cell, (title, _) in texts
        if isinstance(cell, str)
    )
    return min(max(lines, 1) * _LINE_POINTS + 4, _TALLEST_POINTS)


def _breadth(text: str) -> int:
    """Return how broad a text is in Latin characters; a Chinese one is two."""
    return sum(2 if east_asian_width(one) in "WFA" else 1 for one in text)
