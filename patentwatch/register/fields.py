"""The cells of one row by field name; an absent column reads as an empty cell."""

from datetime import date

from patentwatch.register import cells
from patentwatch.register.cells import Row
from patentwatch.register.columns import Layout
from patentwatch.register.outcome import Refused, Warnings


class Fields:
    """One row under its header. For short lists; a register's rows go a faster way."""

    __slots__ = ("_layout", "_row")

    def __init__(self, layout: Layout, row: Row) -> None:
        extra = next((one for one in row.cells[layout.width :] if one.strip()), "")
        if extra:
            raise Refused("", "column_shift", extra)
        self._layout = layout
        self._row = row

    def __getitem__(self, field: str) -> str:
        position = self._layout.positions.get(field, -1)
        if not 0 <= position < len(self._row.cells):
            return ""
        return cells.tidy(self._row.cells[position])

    def line(self, field: str, warnings: Warnings) -> str:
        """Return a name or remark as one clean line; raises Refused `too_long`."""
        line = cells.line(self[field])
        for code in line.codes:
            warnings.add(field, code, line.text)
        if len(line.text) > cells.LONGEST:
            raise Refused(field, "too_long", line.text)
        return line.text

    def past_day(self, field: str, today: date) -> date:
        """Return a required day that is not after `today`; raises Refused."""
        text = self[field]
        if not text:
            raise Refused(field, "date_empty")
        if cells.is_formula(text):
            raise Refused(field, "formula_cell", text)
        day = cells.day(text)
        fault = cells.day_fault(text, today)
        if day is None or fault:
            raise Refused(field, fault, text)
        return day
