"""Files that people bring: bytes → raw rows under a recognised header.

What a file is, its first bytes say, not its name. Rows of text files stream; the cells
of a workbook are in memory while it is read.
"""

import csv
import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import date
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from patentwatch.errors import InputError
from patentwatch.model import RowNote
from patentwatch.register import archives, columns, encodings, magic, workbooks
from patentwatch.register.cells import Row
from patentwatch.register.columns import HEADER_WITHIN, Headings, Kind, Layout
from patentwatch.register.limits import DEFAULT, Limits
from patentwatch.register.magic import Format

_DELIMITERS = ",\t;|"
_LONGEST_RECORD = 20


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet with a header: where its fields stand, and its rows.

    `header_row` is as a person counts. `listed_on` is the 截至日期 above the header.
    """

    name: str
    header_row: int
    layout: Layout
    listed_on: date | None
    _source: Callable[[], Iterator[Row]] = field(repr=False)

    def rows(self) -> Iterator[Row]:
        """Yield the rows below the header, empty ones left out; may be called again.

        Raises InputError when the file turns out unusable further down.
        """
        return self._source()


@dataclass(frozen=True, slots=True)
class ListFile:
    """A file that can be read: `format` is csv, tsv, xlsx or xls.

    `encoding` is None for a workbook. `notes` are about the file, not about a row:
    sheets that were left out though they nearly fit.
    """

    name: str
    format: str
    encoding: str | None
    sheets: tuple[Sheet, ...]
    notes: tuple[RowNote, ...] = ()


class _Raw(NamedTuple):
    """One sheet before its header is looked for; `offset` counts rows from 1."""

    name: str
    rows: Callable[[], Iterator[Row]]


def read(
    path: Path,
    kind: Kind | Headings,
    *,
    encoding: str | None = None,
    limits: Limits = DEFAULT,
) -> ListFile:
    """Return the sheets of `path` that have the header of a list of `kind`.

    `encoding` overrides the ladder for text files. Raises InputError with one of the
    codes empty_file, file_too_large, file_missing, wrong_format, encrypted,
    workbook_broken, encoding_damaged, encoding_unknown, header_not_found,
    missing_column, duplicate_column, too_many_rows, too_many_columns, quote_unclosed.
    """
    wanted = kind if isinstance(kind, Headings) else None
    raw_sheets, form, used = _open(path, encoding, limits, wanted)
    sheets, faults = [], []
    for raw in raw_sheets:
        try:
            sheet = _sheet(path, raw, kind, limits)
        except InputError as fault:
            faults.append((raw.name, fault))
        else:
            sheets += [sheet] if sheet else []
    grave = next((f for _, f in faults if f.code != "missing_column"), None)
    if grave or (faults and not sheets):
        raise grave or faults[0][1]
    if not sheets:
        raise InputError(
            f"{path.name}：前 {HEADER_WITHIN} 行找不到表头，需要列："
            f"{columns.needed(kind)}；请补上表头",
            code="header_not_found",
        )
    if not any(next(sheet.rows(), None) for sheet in sheets):
        raise InputError(
            f"{path.name}：表头下没有数据行；请重新导出", code="empty_file"
        )
    notes = tuple(
        RowNote(name, 0, "", "sheet_left_out", "", f"工作表未读取。{fault}")
        for name, fault in faults
    )
    return ListFile(path.name, form, used, tuple(sheets), notes)


def kind_of(path: Path, *, limits: Limits = DEFAULT) -> Kind | None:
    """Return which kind of list `path` is, None when it is none; for an inbox.

    Raises InputError as `read` does for a file that cannot be read at all. A saved
    fee page (JSON) belongs to the payments.
    """
    if magic.of(path) is Format.JSON:
        return Kind.PAYMENTS
    for raw in _open(path, None, limits)[0]:
        for row in islice(raw.rows(), HEADER_WITHIN):
            kind = columns.kind_of(row.cells)
            if kind:
                return kind
    return None


def heads(
    path: Path, *, limits: Limits = DEFAULT
) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield (sheet, cells) for each row of a workbook that may be a header.

    Raises InputError as `read` does; a text file has no sheets and yields nothing.
    """
    if magic.of(path) not in (Format.XLSX, Format.XLS):
        return
    for raw in _open(path, None, limits)[0]:
        for row in islice(raw.rows(), HEADER_WITHIN):
            yield raw.name, tuple(map(str, row.cells))


def is_json(path: Path) -> bool:
    """Return whether `path` is a saved JSON answer rather than a list."""
    return path.is_file() and magic.of(path) is Format.JSON


def document(path: Path, *, limits: Limits = DEFAULT) -> object:
    """Return the JSON document in `path`; raises InputError `unexpected_content`."""
    check_size(path, limits.workbook_bytes)
    try:
        parsed: object = json.loads(path.read_text("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise InputError(
            f"{path.name}：不是完整的 JSON（{magic.NAMES[magic.of(path)]}）；"
            "请重新登录查询系统后再保存该页",
            code="unexpected_content",
        ) from error
    return parsed


def _open(
    path: Path, encoding: str | None, limits: Limits, wanted: Headings | None = None
) -> tuple[Iterable[_Raw], str, str | None]:
    check_size(path, limits.text_bytes)
    form = magic.of(path)
    match form:
        case Format.TEXT:
            return _text(path, encoding, limits, wanted)
        case Format.ENCRYPTED:
            raise workbooks.encrypted(path)
        case Format.XLSX | Format.XLS:
            return _workbook(path, form, limits), form.value, None
    raise InputError(
        f"{path.name}：不是可导入的清单（实际为{magic.NAMES[form]}）；"
        "请用 Excel 或 WPS 打开后另存为 xlsx 或 CSV",
        code="wrong_format",
    )


def check_size(path: Path, most: int) -> None:
    """Raise InputError file_missing, empty_file or, above `most` bytes, too large."""
    if not path.is_file():
        raise InputError(f"{path.name}：找不到文件", code="file_missing")
    size = path.stat().st_size
    if size == 0:
        raise InputError(f"{path.name}：文件为空；请重新导出", code="empty_file")
    if size > most:
        raise InputError(
            f"{path.name}：文件过大（{size >> 20} MB，上限 {most >> 20} MB）；"
            "请按县区拆分",
            code="file_too_large",
        )


def _workbook(path: Path, form: Format, limits: Limits) -> list[_Raw]:
    check_size(path, limits.workbook_bytes)
    if form is Format.XLSX:
        archives.check(path, limits)
    sheets = workbooks.sheets(path)
    if sum(sheet.height for sheet in sheets) > limits.sheet_rows + HEADER_WITHIN:
        raise _too_many_rows(path, limits.sheet_rows, "请另存为 CSV 后导入")
    return [_Raw(sheet.name, sheet.rows.__iter__) for sheet in sheets]


def _text(
    path: Path, encoding: str | None, limits: Limits, wanted: Headings | None
) -> tuple[list[_Raw], str, str]:
    def recognised(head: str, delimiter: str) -> int:
        return _recognised(head, delimiter, wanted)

    def recognises(head: str) -> bool:
        return any(recognised(head, mark) >= 2 for mark in _DELIMITERS)

    used = encodings.detect(path, recognises, forced=encoding)
    with path.open(encoding=used, newline="") as file:
        head = file.read(1 << 16)
    if not head.strip():
        raise InputError(f"{path.name}：文件为空；请重新导出", code="empty_file")
    delimiter = max(_DELIMITERS, key=lambda mark: recognised(head, mark))

    def rows() -> Iterator[Row]:
        with path.open(encoding=used, newline="") as file:
            yield from _records(path, file, delimiter, limits)

    form = "tsv" if delimiter == "\t" else "csv"
    return [_Raw("", rows)], form, used.removesuffix("-sig")


def _recognised(head: str, delimiter: str, wanted: Headings | None) -> int:
    """Return the most header words that any of the first rows has."""
    lines = csv.reader(head.splitlines(keepends=True), delimiter=delimiter)
    try:
        first = list(islice(lines, HEADER_WITHIN))
    except csv.Error:
        return 0
    return max((columns.known_words(row, wanted) for row in first), default=0)


def _records(
    path: Path, file: Iterable[str], delimiter: str, limits: Limits
) -> Iterator[Row]:
    """Yield the records of a text file; a row's number is the line it begins on."""
    reader = csv.reader(file, delimiter=delimiter)
    begins, taken = 1, 0
    try:
        for record in reader:
            if reader.line_num - begins >= _LONGEST_RECORD:
                raise _unclosed(path, begins)
            if any(map(str.strip, record)):
                taken += 1
                yield Row(begins, record)
            begins = reader.line_num + 1
            if taken > limits.text_rows + HEADER_WITHIN:
                raise _too_many_rows(path, limits.text_rows, "请按县区拆分")
    except csv.Error as error:
        raise _unclosed(path, begins) from error


def _unclosed(path: Path, line: int) -> InputError:
    return InputError(
        f"{path.name}：第 {line} 行的引号没有配对，后面的行会被吞掉；请改正后再导入",
        code="quote_unclosed",
    )


def _too_many_rows(path: Path, most: int, remedy: str) -> InputError:
    return InputError(f"{path.name}：超过 {most:,} 行；{remedy}", code="too_many_rows")


def _sheet(
    path: Path, raw: _Raw, kind: Kind | Headings, limits: Limits
) -> Sheet | None:
    """Return the sheet under its header, None when nothing there looks like one."""
    head = list(islice(raw.rows(), HEADER_WITHIN))
    place = columns.header_row([row.cells for row in head], kind)
    if place is None:
        return None
    header = head[place]
    try:
        layout = columns.layout_of(header.cells, kind, sheet=raw.name)
    except InputError as fault:
        where = f"{path.name} {raw.name}".strip()
        raise InputError(
            f"{where}：第 {header.number} 行表头{fault}", code=fault.code
        ) from fault
    if layout.width > limits.columns:
        raise InputError(
            f"{path.name}：表头超过 {limits.columns} 列；请删除多余的列",
            code="too_many_columns",
        )
    above = columns.listed_on([row.cells for row in head[:place]])

    def rows() -> Iterator[Row]:
        return (row for row in raw.rows() if row.number > header.number)

    return Sheet(raw.name, header.number, layout, above, rows)
