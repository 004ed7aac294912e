"""A simulation as a workbook: the tables, and one row for every load of every day."""

from collections.abc import Mapping, Sequence
from datetime import datetime, time
from io import BytesIO
from typing import Any

import xlsxwriter

from patentwatch.model import Channel
from patentwatch.simulation import told
from patentwatch.simulation.figures import Simulated, cost_fen
from patentwatch.texttables import TextTable
from patentwatch.why import CHANNEL_WORDS, TIER_WORDS

_COLUMNS = ("日期", "阶段", "渠道", "县区", "消息", "提醒", "计费条数", "短信费（元）")


def workbook(
    found: Simulated, names: Mapping[str, str], *, other: Simulated | None
) -> bytes:
    """Return the workbook; `names` of counties by code, `other` to compare with."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"created": datetime.combine(found.began_on, time())})
    head = book.add_format({"bold": True, "bg_color": "#E8EDF3"})
    notes = book.add_worksheet("说明")
    notes.set_column(0, 0, 100)
    for row, line in enumerate(told.summary(found)):
        notes.write_string(row, 0, line)
    for table in told.tables(found, names):
        _sheet(book, head, table.title, table.headers, _numbers(table))
    _sheet(book, head, "逐日", _COLUMNS, _daily(found, names))
    if other is not None:
        table = told.changed(found, other)
        _sheet(book, head, "对比", table.headers, _numbers(table))
    book.close()
    return target.getvalue()


def _daily(found: Simulated, names: Mapping[str, str]) -> list[Sequence[str | float]]:
    return [
        (
            load.on.isoformat(),
            TIER_WORDS[load.tier],
            CHANNEL_WORDS[load.channel],
            told.county_name(load.county, names),
            load.messages,
            load.alerts,
            load.sms_parts if load.channel is Channel.SMS else "",
            cost_fen(load.sms_parts, found.price) / 100 if load.sms_parts else "",
        )
        for load in found.loads
    ]


def _numbers(table: TextTable) -> list[Sequence[str | float]]:
    """Return the rows of a table with its numbers as numbers again."""
    return [[row[0], *map(_number, row[1:])] for row in table.rows]


def _number(cell: str) -> str | float:
    try:
        return float(cell)
    except ValueError:
        return cell


def _sheet(
    book: Any,
    head: Any,
    name: str,
    headers: Sequence[str],
    rows: Sequence[Sequence[str | float]],
) -> None:
    sheet = book.add_worksheet(name)
    sheet.set_column(0, len(headers) - 1, 16)
    for column, word in enumerate(headers):
        sheet.write_string(0, column, word, head)
    for at, row in enumerate(rows, 1):
        for column, cell in enumerate(row):
            if isinstance(cell, str):
                sheet.write_string(at, column, cell)
            else:
                sheet.write_number(at, column, cell)
    sheet.freeze_panes(1, 1)
