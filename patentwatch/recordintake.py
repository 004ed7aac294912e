"""Taking in a file of records of one kind: read twice, stored once, one transaction.

Every row is accounted for as in any other list: read = accepted + skipped + rejected,
and accepted = created + changed + unchanged. What each accepted row does is told field
by field, on a trial too.
"""

import dataclasses
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from patentwatch import clock
from patentwatch.errors import InputError
from patentwatch.intake import TakeBack, limits_of, shown_sheet
from patentwatch.model import RowNote
from patentwatch.plan import recordsheet
from patentwatch.plan.kinds import Kind, kinds
from patentwatch.plan.records import NewRecord
from patentwatch.plan.repeats import Repeats
from patentwatch.plan.rows import RecordRows
from patentwatch.recordtaking import Taker
from patentwatch.register import readers
from patentwatch.register.columns import Layout
from patentwatch.register.limits import Limits
from patentwatch.register.messages import clipped
from patentwatch.register.outcome import Outcome
from patentwatch.register.readers import ListFile
from patentwatch.register.result import Intake
from patentwatch.settings import Settings
from patentwatch.store import runs
from patentwatch.store.engine import transaction
from patentwatch.store.promises import promises

_WORKBOOKS = frozenset({"xlsx", "xls"})


@dataclass(frozen=True, slots=True)
class Order:
    """Who brings the file, and whether it is only tried."""

    by: str = ""
    dry_run: bool = False
    encoding: str | None = None


def import_records(
    engine: Engine,
    settings: Settings,
    kind: Kind,
    path: Path,
    order: Order,
    *,
    now: datetime,
) -> Intake:
    """Take the records of a file; the same file again changes nothing.

    Raises `InputError` for a file that cannot be used; nothing of it is then kept.
    """
    listed = readers.read(
        path,
        recordsheet.headings_of(kind),
        encoding=order.encoding,
        limits=limits_of(settings),
    )
    listed = _of_kind(listed, kind)
    intake = _begun(listed, kind, now=now)
    try:
        with transaction(engine) as connection:
            _take(connection, settings, kind, listed, intake, order, now=now)
            if order.dry_run:
                raise TakeBack
    except TakeBack:
        intake.run = None
    return intake


def kind_in(path: Path, *, limits: Limits) -> Kind | None:
    """Return the kind whose filled template a workbook is; None: it is none.

    A template has a sheet of the kind's name with the column of commitments; a
    register may well have every other column.
    """
    named = {kind.label: kind for kind in kinds().values()}
    for sheet, cells in readers.heads(path, limits=limits):
        if sheet in named and not recordsheet.OVER_COMMITMENTS.isdisjoint(cells):
            return named[sheet]
    return None


def _of_kind(listed: ListFile, kind: Kind) -> ListFile:
    """Return the file without the sheets that are named after other kinds.

    Their columns may contain all that this kind needs.
    """
    others = {one.label for one in kinds().values()} - {kind.label}
    kept = tuple(one for one in listed.sheets if one.name not in others)
    left = [one.name for one in listed.sheets if one.name in others]
    if not kept:
        raise InputError(
            f"{listed.name}：工作表是“{left[0]}”，不是“{kind.label}”；请核对种类和文件",
            code="wrong_kind",
        )
    notes = tuple(
        RowNote(
            name, 0, "", "sheet_left_out", "", f"工作表“{name}”是另一种记录，未读取"
        )
        for name in left
    )
    return dataclasses.replace(listed, sheets=kept, notes=listed.notes + notes)


def _begun(listed: ListFile, kind: Kind, *, now: datetime) -> Intake:
    intake = Intake(
        listed.name,
        recordsheet.LIST,
        as_of=clock.today(now),
        encoding=listed.encoding,
        format=listed.format,
        sheets=[shown_sheet(one) | {"kind": kind.key} for one in listed.sheets],
    )
    intake.note(intake.warnings, listed.notes)
    for sheet in listed.sheets:
        intake.note(intake.warnings, _left_out(sheet.layout, sheet.header_row))
    return intake


def _left_out(layout: Layout, row: int) -> Iterator[RowNote]:
    for header in map(clipped, (*layout.unknown, *layout.ignored)):
        text = f"列“{header}”不是这种记录的列，没有读取；如有用，请改成模板中的列名"
        yield RowNote(layout.sheet, row, header, "column_unknown", header, text)


def _take(
    connection: Connection,
    settings: Settings,
    kind: Kind,
    listed: ListFile,
    intake: Intake,
    order: Order,
    *,
    now: datetime,
) -> None:
    runs.no_time_limit(connection)
    found = promises(connection)

    def rows() -> Iterator[Outcome[NewRecord]]:
        for sheet in listed.sheets:
            try:
                parser = RecordRows(
                    sheet.layout,
                    kind,
                    today=clock.today(now),
                    counties=settings.counties,
                    promise=found.find,
                    guarded=listed.format not in _WORKBOOKS,
                )
            except InputError as fault:
                raise InputError(f"{listed.name}：{fault}", code=fault.code) from fault
            yield from map(parser.read, sheet.rows())

    repeats = Repeats(kind)
    for outcome in rows():
        repeats.see(outcome.value)
    run_id = runs.begin(connection, intake, now=now)
    names = {county.code: county.name for county in settings.counties}
    taker = Taker(
        connection, kind, intake, run_id, counties=names, by=order.by, now=now
    )
    for outcome in rows():
        new = intake.count(repeats.settled(outcome))
        if new is not None:
            taker.add(new)
    taker.finish()
    runs.finish(connection, run_id, intake, now=now)
    intake.run = run_id
