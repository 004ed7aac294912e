"""Small tables for people at a terminal: aligned text, wide characters and all."""

import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class TextTable:
    """A small table; all columns but the first are numbers."""

    title: str
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def show(table: TextTable) -> None:
    """Print a table: with lines on a terminal, else as aligned text."""
    if sys.stdout.isatty():
        _on_terminal(table)
    else:
        sys.stdout.write("\n".join(in_plain_text(table)) + "\n")


def in_plain_text(table: TextTable) -> Iterator[str]:
    """Yield a table as lines of aligned text."""
    columns = list(zip(table.headers, *table.rows, strict=True))
    widths = [max(map(_width, column)) for column in columns]
    yield table.title
    for row in (table.headers, *table.rows):
        first, *rest = (
            " " * (width - _width(cell))
            for cell, width in zip(row, widths, strict=True)
        )
        numbers = "".join(
            f"  {gap}{cell}" for gap, cell in zip(rest, row[1:], strict=True)
        )
        yield f"  {row[0]}{first}{numbers}"


def _on_terminal(shown: TextTable) -> None:
    """Print a table with lines, in colour where the terminal has any."""
    from rich.console import Console
    from rich.table import Table

    table = Table(title=shown.title, title_justify="left", title_style="bold")
    for place, header in enumerate(shown.headers):
        table.add_column(header, justify="right" if place else "left")
    for row in shown.rows:
        table.add_row(*row)
    Console().print(table)


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
