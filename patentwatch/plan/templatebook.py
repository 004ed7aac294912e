"""The sheet of a kind of record to fill in: a workbook that explains itself.

A heading is the field's label, its unit behind it in full-width brackets. Before the
fields stands a serial number, behind them the commitments that a record counts for. One
row shows how to fill the sheet in: its serial number is the word `EXAMPLE`, and no
import takes it. Every cell is text, so that nothing that is typed is calculated or
rounded; equal kinds give equal bytes.
"""

import io
from collections.abc import Iterator, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from patentwatch.model import County
from patentwatch.plan.kinds import Field, FieldType, Kind
from patentwatch.plan.recordsheet import COMMITMENTS_LABEL, EXAMPLE, columns, heading

GUIDE = "说明"
COMMITMENTS = "承诺"

ROWS = 2000
"""For so many rows the cells are prepared: text, drop-downs, hints."""

_CHOICES = "选项"
_LONGEST_LIST = 255  # of a drop-down that stands in the cell's own rule
_EXAMPLE_PATENT = "202010123456.2"
_MADE_AT = datetime(2000, 1, 1)  # noqa: DTZ001 - a template is of no day

_REQUIRED_HEAD = "#F4B183"
_HEAD = "#DDEBF7"

TYPE_WORDS = {
    FieldType.TEXT: "文字",
    FieldType.DATE: "日期，如 2023-03-15",
    FieldType.INTEGER: "整数",
    FieldType.NUMBER: "数字，可以有小数",
    FieldType.YUAN: "金额，可以有两位小数",
    FieldType.CHOICE: "从下拉列表中选一项",
    FieldType.COUNTY: "从下拉列表中选县区",
    FieldType.PARTY: "单位或个人的全称，几个用；隔开",
    FieldType.PATENTS: "专利号（申请号），几个用；隔开",
}


def write_template(
    kind: Kind,
    out: Path,
    *,
    counties: Sequence[County],
    commitments: Sequence[tuple[str, str]] = (),
    rows: Sequence[Sequence[str]] = (),
) -> None:
    """Write the workbook of a kind.

    `commitments` are ids with their phrases; without them that column is free text.
    `rows` are filled in below the example, each with a cell for every column.
    """
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        book.set_properties({"created": _MADE_AT})
        sheet = book.add_worksheet(kind.label)
        _fill(sheet, book, kind, _example(kind, counties, commitments), rows)
        names = [county.name for county in counties]
        _explain(book.add_worksheet(GUIDE), book, kind, names)
        lists = _Lists(book)
        for place, field in enumerate(kind.fields, start=1):
            words = names if field.type is FieldType.COUNTY else field.choices
            _guide_cells(sheet, place, _rule(field, lists.source(words)))
        last = len(kind.fields) + 1
        source = _commitments(book, commitments) if commitments else ""
        _guide_cells(sheet, last, _rule_of_commitments(source))
    out.write_bytes(content.getvalue())


def _fill(
    sheet: Any,
    book: Any,
    kind: Kind,
    example: Sequence[str],
    rows: Sequence[Sequence[str]],
) -> None:
    text = book.add_format({"num_format": "@"})
    shown = book.add_format(
        {"num_format": "@", "italic": True, "font_color": "#7F7F7F", "border": 1}
    )
    required = [False, *(field.required for field in kind.fields), False]
    heads = {
        one: book.add_format(
            {"bold": True, "border": 1, "text_wrap": True, "bg_color": colour}
        )
        for one, colour in ((True, _REQUIRED_HEAD), (False, _HEAD))
    }
    for place, title in enumerate(columns(kind)):
        cell = example[place]
        longest = max(map(len, (title, cell, *(row[place] for row in rows))))
        sheet.set_column(place, place, min(max(2 * longest + 2, 8), 36), text)
        sheet.write_string(0, place, title, heads[required[place]])
        sheet.write_string(1, place, cell, shown)
        for number, row in enumerate(rows, start=2):
            sheet.write_string(number, place, row[place], text)
    sheet.freeze_panes(1, 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _example(
    kind: Kind, counties: Sequence[County], commitments: Sequence[tuple[str, str]]
) -> list[str]:
    first = "、".join(id_ for id_, _ in commitments[:1])
    return [EXAMPLE, *(example_of(one, counties) for one in kind.fields), first]


def example_of(field: Field, counties: Sequence[County]) -> str:
    """Return how a field may be filled in, "" for one that usually stays empty."""
    if field.example:
        return field.example
    match field.type:
        case FieldType.CHOICE:
            return field.choices[0] if field.required else ""
        case FieldType.COUNTY:
            return counties[0].name if counties else ""
        case FieldType.PATENTS:
            return _EXAMPLE_PATENT
        case _:
            return ""


class _Lists:
    """The drop-downs of a workbook; those too long for a rule get a hidden sheet."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._sheet: Any = None
        self._used = 0

    def source(self, words: Sequence[str]) -> list[str] | str:
        """Return what a rule names as its list, [] for none."""
        joined = ",".join(words)
        if len(joined) <= _LONGEST_LIST and joined.count(",") < max(len(words), 1):
            return list(words)
        if self._sheet is None:
            self._sheet = self._book.add_worksheet(_CHOICES)
            self._sheet.hide()
        source = _written(self._sheet, self._used, words, name=_CHOICES)
        self._used += 1
        return source


def _written(
    sheet: Any, place: int, words: Sequence[str], *, name: str, top: int = 0
) -> str:
    """Write words below each other and return the range they stand in."""
    for row, word in enumerate(words, start=top):
        sheet.write_string(row, place, word)
    letter = chr(ord("A") + place)
    return f"={name}!${letter}${top + 1}:${letter}${top + len(words)}"


def _rule(field: Field, source: list[str] | str) -> dict[str, object]:
    hint = {"input_title": field.label, "input_message": field.help or _hint(field)}
    if not source:
        return {"validate": "any", **hint}
    wrong = {
        "error_title": "请从列表中选择",
        "error_message": f"“{field.label}”只能填列表中的一项。",
    }
    return {"validate": "list", "source": source, **hint, **wrong}


def _hint(field: Field) -> str:
    unit = f"，单位：{field.unit}" if field.unit else ""
    return f"{'必填：' if field.required else ''}{TYPE_WORDS[field.type]}{unit}"


def _rule_of_commitments(source: str) -> dict[str, object]:
    hint = {"input_title": COMMITMENTS_LABEL, "input_message": _ABOUT_COMMITMENTS}
    if not source:
        return {"validate": "any", **hint}
    # Several may stand in a cell, so what is not in the list is allowed.
    return {"validate": "list", "source": source, "show_error": False, **hint}


def _guide_cells(sheet: Any, place: int, rule: dict[str, object]) -> None:
    sheet.data_validation(1, place, ROWS, place, rule)


def _commitments(book: Any, commitments: Sequence[tuple[str, str]]) -> str:
    """Write the commitments on a sheet of their own and return where the ids stand."""
    sheet = book.add_worksheet(COMMITMENTS)
    head = book.add_format({"bold": True, "border": 1, "bg_color": _HEAD})
    for place, (title, width) in enumerate((("工作要点编号", 14), ("原文", 100))):
        sheet.set_column(place, place, width)
        sheet.write_string(0, place, title, head)
    _written(sheet, 1, [phrase for _, phrase in commitments], name=COMMITMENTS, top=1)
    sheet.freeze_panes(1, 0)
    return _written(sheet, 0, [id_ for id_, _ in commitments], name=COMMITMENTS, top=1)


_ABOUT_COMMITMENTS = "本记录对应工作要点的哪几条，如 9.1、9.3；可以不填"

_GUIDE_COLUMNS = (
    ("列名", 24),
    ("怎么填", 32),
    ("是否必填", 10),
    ("可选项", 48),
    ("计量单位", 10),
    ("识别同一条", 12),
    ("填写说明", 48),
    ("填写示例", 28),
)


def _explain(sheet: Any, book: Any, kind: Kind, counties: Sequence[str]) -> None:
    head = book.add_format({"bold": True, "border": 1, "bg_color": _HEAD})
    wrapped = {"border": 1, "text_wrap": True, "valign": "top", "num_format": "@"}
    cell = book.add_format(wrapped)
    title = book.add_format({"bold": True, "font_size": 14})
    sentences = list(_sentences(kind))
    sheet.write_string(0, 0, f"{kind.label}：填写说明", title)
    for row, sentence in enumerate(sentences, start=1):
        sheet.write_string(row, 0, sentence)
    top = len(sentences) + 2
    for place, (name, width) in enumerate(_GUIDE_COLUMNS):
        sheet.set_column(place, place, width)
        sheet.write_string(top, place, name, head)
    for row, field in enumerate(kind.fields, start=top + 1):
        for place, text in enumerate(_explained(kind, field, counties)):
            sheet.write_string(row, place, text, cell)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)


def _sentences(kind: Kind) -> Iterator[str]:
    named = {field.key: field.label for field in kind.fields}
    recognised = "、".join(named[key] for key in kind.natural_key)
    yield f"在“{kind.label}”表中填写，一行一条。橙色列必填，蓝色列选填；不要改表头。"
    yield f"序号为“{EXAMPLE}”的一行只作示范，不会导入；请从它下面填起。"
    yield f"按“{recognised}”识别同一条记录：再次导入只更新，不重复计数。"
    yield f"统计以“{named[kind.dated]}”为准。"
    if kind.until:
        yield f"填了“{named[kind.until]}”的，从那一天起不再算有效。"
    if kind.holds:
        yield "有效期间，所填专利列为重点专利，提前提醒缴纳年费。"
    if kind.evidence:
        yield f"佐证材料：{kind.evidence}。"
    yield f"{COMMITMENTS_LABEL}：{_ABOUT_COMMITMENTS}，几条用、隔开。"
    yield f"导入：patentwatch record import {kind.key} 本文件"


def _explained(kind: Kind, field: Field, counties: Sequence[str]) -> tuple[str, ...]:
    words = counties if field.type is FieldType.COUNTY else field.choices
    return (
        heading(field),
        TYPE_WORDS[field.type],
        "必填" if field.required else "选填",
        "、".join(words),
        field.unit,
        "是" if field.key in kind.natural_key else "",
        field.help,
        field.example,
    )
