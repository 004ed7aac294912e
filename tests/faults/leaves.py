"""Where the rows of a table lie in a SQLite file, so that a test can damage one.

The format: https://www.sqlite.org/fileformat.html, section 1.6.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

_INTERIOR, _LEAF = 5, 13


def rows_in(file: Path, table: str) -> list[range]:
    """Return the bytes of each row of a table, of a long one those on its page."""
    with closing(sqlite3.connect(file)) as connection:
        (size,) = connection.execute("PRAGMA page_size").fetchone()
        (root,) = connection.execute(
            "SELECT rootpage FROM sqlite_master WHERE type = 'table' AND name = ?",
            [table],
        ).fetchone()
    return list(_rows(file.read_bytes(), size, root))


def _rows(content: bytes, size: int, page: int) -> Iterator[range]:
    start = (page - 1) * size
    head = start + (100 if page == 1 else 0)
    count = int.from_bytes(content[head + 3 : head + 5])
    if content[head] == _INTERIOR:
        for cell in _cells(content, head + 12, count):
            child = int.from_bytes(content[start + cell : start + cell + 4])
            yield from _rows(content, size, child)
        yield from _rows(content, size, int.from_bytes(content[head + 8 : head + 12]))
    elif content[head] == _LEAF:
        for cell in _cells(content, head + 8, count):
            length, begin = _varint(content, start + cell)
            _, begin = _varint(content, begin)  # the row's own number
            yield range(begin, min(begin + length, start + size))


def _cells(content: bytes, begin: int, count: int) -> list[int]:
    return [
        int.from_bytes(content[at : at + 2])
        for at in range(begin, begin + 2 * count, 2)
    ]


def _varint(content: bytes, at: int) -> tuple[int, int]:
    value = 0
    while True:
        value = value << 7 | content[at] & 0x7F
        at += 1
        if not content[at - 1] & 0x80:
            return value, at
