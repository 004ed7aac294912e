"""Notices as JSON Lines, one object a line → rows as a list has them."""

import json
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

from patentwatch.register import encodings
from patentwatch.register.cells import Row
from patentwatch.register.columns import Kind, Layout, field_of
from patentwatch.sources.unexpected import unexpected

_FIELDS = (
    "application_no",
    "announced_on",
    "legal_status",
    "status_code",
    "status_text",
    "filing_date",
    "grant_publication_no",
)
LAYOUT = Layout(
    Kind.STATUS, "", {}, {field: at for at, field in enumerate(_FIELDS)}, len(_FIELDS)
)
"""Where the fields of the rows stand, whatever keys the objects have."""

_LONGEST = 1 << 20
_KEY = re.compile(r'"([^"\\]{1,60})"\s*:')
_TRIED = ("utf-8-sig", "gb18030")
_BROKEN = "请重新导出后再导入"


def are_in(path: Path) -> bool:
    """Return whether the first line of `path` is a whole object about a patent."""
    with path.open("rb") as file:
        lines = iter(lambda: file.readline(_LONGEST), b"")
        line = next(filter(bytes.strip, lines), b"")
    for encoding in _TRIED:
        try:
            first = json.loads(line.decode(encoding))
        except (ValueError, RecursionError):
            continue
        return isinstance(first, dict) and "application_no" in map(_field, first)
    return False


def encoding_of(path: Path, *, forced: str | None = None) -> str:
    """Return the encoding of `path`; raises InputError as for a list."""
    return encodings.detect(path, _recognises, forced=forced)


def rows(path: Path, encoding: str) -> Iterator[Row]:
    """Yield a row for each line, blank lines left out.

    Raises InputError `unexpected_content` for a line that is no object: one that was
    cut off makes doubtful what stood before it.
    """
    with path.open(encoding=encoding) as file:
        lines = iter(lambda: file.readline(_LONGEST), "")
        for number, line in enumerate(lines, 1):
            if line.strip():
                yield Row(number, _cells(path, number, line))


def _cells(path: Path, number: int, line: str) -> list[str]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError) as error:
        raise unexpected(
            path.name, f"第 {number} 行不是完整的 JSON", _BROKEN
        ) from error
    if not isinstance(found, dict):
        raise unexpected(path.name, f"第 {number} 行不是一条记录", _BROKEN)
    cells = [""] * len(_FIELDS)
    for key, value in found.items():
        field = _field(key)
        at = LAYOUT.positions.get(field or "", -1)
        if at >= 0 and not cells[at] and value is not None:
            cells[at] = str(value)
    return cells


def _recognises(head: str) -> bool:
    return any(_field(key) for key in _KEY.findall(head))


@lru_cache(maxsize=4096)
def _field(key: str) -> str | None:
    return field_of(key, Kind.STATUS)
