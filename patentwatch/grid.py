"""Tables as a workbook that survives Excel and WPS: text stays text, money is whole.

Equal tables give equal bytes: nothing here reads a clock.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from io import BytesIO

import xlsxwriter

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_A4 = 9

Cell = str | int | None
"""A text, an amount in whole yuan, or nothing."""


@dataclass(frozen=True, slots=True)
class Grid:
    """One sheet: `columns` are titles with widths; `above` stands over them.

    `frozen`: so many columns stay in sight.
    """

    name: str
    columns: Sequence[tuple[str, int]]
    rows: Sequence[Sequence[Cell]]
    above: Sequence[str] = ()
    frozen: int = 0


def workbook(grids: Sequence[Grid], *, author: str, on: date) -> bytes:
    """Return the sheets as one XLSX file, for print on A4 across."""
    target = BytesIO()
    with xlsxwriter.Workbook(target, {"in_memory": True}) as book:
        made_at = datetime.combine(on, time())
        book.set_properties({"created": made_at, "author": author})
        border = {"border": 1, "valign": "vcenter"}
        head = book.add_format(
            {**border, "bold": True, "bg_color": "#E8EDF3", "text_wrap": True}
        )
        text = book.add_format({**border, "num_format": "@", "text_wrap": True})
        money = book.add_format({**border, "num_format": "0"})
        for grid in grids:
            _write(book.add_worksheet(grid.name), grid, (head, text, money))
    return target.getvalue()


def _write(
    sheet: "xlsxwriter.worksheet.Worksheet", grid: Grid, formats: tuple[object, ...]
) -> None:
    head, text, money = formats
    for line, sentence in enumerate(grid.above):
        sheet.write_string(line, 0, sentence)
    top = len(grid.above)
    for column, (title, width) in enumerate(grid.columns):
        sheet.set_column(column, column, width)
        sheet.write_string(top, column, title, head)
    for row, cells in enumerate(grid.rows, top + 1):
        for column, cell in enumerate(cells):
            if isinstance(cell, int):
                sheet.write_number(row, column, cell, money)
            elif cell:
                sheet.write_string(row, column, cell, text)
            else:
                sheet.write_blank(row, column, None, text)
    sheet.freeze_panes(top + 1, grid.frozen)
    sheet.set_landscape()
    sheet.set_paper(_A4)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(top)
