"""A row of a list of notices out of the gazette → its legal events."""

from patentwatch.register.cells import Row
from patentwatch.register.columns import Layout
from patentwatch.register.fields import Fields
from patentwatch.register.outcome import Outcome, Warnings, outcome_of
from patentwatch.register.stated import Stated
from patentwatch.sources.reports import Reading, Report, events, number_in
from patentwatch.status.events import EventSource


class NoticeRows:
    """Reads the rows of one sheet of notices."""

    def __init__(self, layout: Layout, reading: Reading) -> None:
        self._layout = layout
        self._reading = reading
        self._number_at = layout.positions.get("application_no", -1)

    def read(self, row: Row) -> Outcome[Stated]:
        """Return the events of `row`, or why it is not taken. Never raises."""
        return outcome_of(self._layout, row, self._stated)

    def _stated(self, row: Row, warnings: Warnings) -> Stated:
        fields = Fields(self._layout, row)
        number = number_in(
            fields,
            numeric=self._number_at in row.numeric,
            known=self._reading.known,
            warnings=warnings,
        )
        announced_on = (
            fields.past_day("announced_on", self._reading.today)
            if fields["announced_on"]
            else None
        )
        report = Report(
            number,
            EventSource.NOTICES,
            code=fields["status_code"],
            title=fields["legal_status"],
            text=fields["status_text"],
            announced_on=announced_on,
        )
        return Stated(number, events=events(report, self._reading))
