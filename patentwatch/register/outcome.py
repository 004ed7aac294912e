"""What became of one row: taken, refused or passed over, and what is to be said."""

from collections.abc import Callable
from typing import Generic, NamedTuple, TypeVar

from patentwatch.model import RowNote
from patentwatch.register.cells import Row
from patentwatch.register.columns import Layout
from patentwatch.register.messages import Words, note

T = TypeVar("T")


class Outcome(NamedTuple, Generic[T]):
    """Exactly one of `value`, `reject` and `skip` is set; warnings go with any."""

    value: T | None = None
    reject: RowNote | None = None
    skip: RowNote | None = None
    warnings: tuple[RowNote, ...] = ()


class Refused(Exception):
    """Ends the reading of one row; never leaves `outcome_of`."""

    def __init__(
        self, field: str, code: str, value: str = "", expected: str = ""
    ) -> None:
        super().__init__(code)
        self.field = field
        self.code = code
        self.words = Words(value, expected)


class PassedOver(Refused):
    """The row is in order but not for us."""


class Warnings:
    """Gathers what is to be said about a row that is taken."""

    __slots__ = ("_layout", "_row", "notes")

    def __init__(self, layout: Layout, row: int) -> None:
        self._layout = layout
        self._row = row
        self.notes: tuple[RowNote, ...] = ()

    def add(self, field: str, code: str, value: str = "", expected: str = "") -> None:
        """Say `code` about `field`."""
        words = Words(value, expected)
        self.notes += (note(self._layout, self._row, field, code, words),)


def outcome_of(
    layout: Layout, row: Row, read: Callable[[Row, Warnings], T]
) -> Outcome[T]:
    """Return what `read` makes of `row`: its value, or the note that it ended with."""
    warnings = Warnings(layout, row.number)
    try:
        value = read(row, warnings)
    except Refused as fate:
        said = note(layout, row.number, fate.field, fate.code, fate.words)
        if isinstance(fate, PassedOver):
            return Outcome(skip=said, warnings=warnings.notes)
        return Outcome(reject=said, warnings=warnings.notes)
    return Outcome(value, warnings=warnings.notes)
