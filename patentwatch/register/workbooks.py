"""Spreadsheets → rows of text, through calamine; the only module that knows it."""

import struct
from collections.abc import Iterable, Iterator
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import NamedTuple

import python_calamine as calamine

from patentwatch.errors import InputError
from patentwatch.register.cells import Row

_Value = int | float | str | bool | time | date | datetime | timedelta
_MIDNIGHT = time()
_EXACT = 1e15  # a spreadsheet keeps fifteen digits


class RawSheet(NamedTuple):
    """One sheet as it is; `rows` may be read any number of times."""

    name: str
    width: int
    height: int
    rows: "Rows"


class Rows:
    """The rows of a sheet from the first on, empty ones left out."""

    def __init__(self, sheet: calamine.CalamineSheet) -> None:
        self._sheet = sheet

    def __iter__(self) -> Iterator[Row]:
        for number, values in enumerate(self._sheet.iter_rows(), 1):
            if any(str(value).strip() for value in values):
                yield _row(number, values)


def sheets(path: Path) -> list[RawSheet]:
    """Return the sheets of the workbook at `path`, in order, hidden ones too.

    Raises InputError `encrypted` or `workbook_broken`. The caller has checked that the
    archive is not a bomb.
    """
    try:
        with calamine.CalamineWorkbook.from_path(path) as book:
            return [
                _sheet(book, one.name) for one in book.sheets_metadata if _rows(one)
            ]
    except calamine.PasswordError as error:
        raise encrypted(path) from error
    except (calamine.CalamineError, OSError, ValueError, struct.error) as error:
        raise _broken(path) from error
    except BaseException as error:
        # A panic of the parser arrives as an exception outside of Exception.
        if type(error).__name__ != "PanicException":
            raise
        raise _broken(path) from error


def encrypted(path: Path) -> InputError:
    """Return what to raise for a workbook that asks for a password."""
    return InputError(
        f"{path.name}：工作簿已加密；请去掉打开密码后另存，再导入", code="encrypted"
    )


def _broken(path: Path) -> InputError:
    return InputError(
        f"{path.name}：工作簿已损坏；请用 Excel 或 WPS 打开后另存为新的 xlsx",
        code="workbook_broken",
    )


def _rows(one: calamine.SheetMetadata) -> bool:
    return one.typ is calamine.SheetTypeEnum.WorkSheet


def _sheet(book: calamine.CalamineWorkbook, name: str) -> RawSheet:
    sheet = book.get_sheet_by_name(name)
    return RawSheet(name, sheet.width, sheet.total_height, Rows(sheet))


def _row(number: int, values: Iterable[_Value]) -> Row:
    cells = []
    numeric = []
    for position, value in enumerate(values):
        if isinstance(value, str):
            cells.append(value)
        else:
            cells.append(_text(value))
            if isinstance(value, float):
                numeric.append(position)
    return Row(number, cells, frozenset(numeric) if numeric else _NONE)


_NONE: frozenset[int] = frozenset()


def _text(value: _Value) -> str:
    """Return what a person sees in the cell, without a format: 5 for 5.0, ISO days."""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer() and abs(value) < _EXACT:
        return str(int(value))
    if isinstance(value, datetime):
        return (
            value.date().isoformat() if value.time() == _MIDNIGHT else value.isoformat()
        )
    return value.isoformat() if isinstance(value, date | time) else str(value)
