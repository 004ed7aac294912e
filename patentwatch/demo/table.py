"""A list on its way into a file."""

from dataclasses import dataclass
from datetime import date

Cell = str | int | float | date


@dataclass(slots=True)
class Table:
    """Headers and rows under an optional title; `name` is the sheet's."""

    name: str
    title: str
    headers: tuple[str, ...]
    rows: list[list[Cell]]
    widths: tuple[int, ...] = ()
