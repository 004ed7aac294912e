"""Taking in a list row by row: opened, counted, stored; one transaction a file.

Every row is accounted for: read = accepted + skipped + rejected, and accepted =
created + changed + unchanged. What a row means, its own module says.
"""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol, TypeVar

from sqlalchemy import Connection, Engine

from patentwatch import clock
from patentwatch.intake import TakeBack, begun, limits_of
from patentwatch.model import RowNote
from patentwatch.register import readers
from patentwatch.register.cells import Row
from patentwatch.register.columns import Kind
from patentwatch.register.outcome import Outcome
from patentwatch.register.readers import Sheet
from patentwatch.register.result import Intake
from patentwatch.settings import Settings
from patentwatch.store import runs, taking
from patentwatch.store.engine import transaction

T = TypeVar("T")


class Rows(Protocol[T]):
    """Reads the rows of one sheet."""

    def read(self, row: Row) -> Outcome[T]:
        """Return what a row says, or why it is not taken."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of one accepted row, and what is still to be said about it."""

    word: str  # created | changed | unchanged
    notes: tuple[tuple[str, str], ...] = ()  # code, message
    application_no: str = ""


def opened(
    settings: Settings,
    path: Path,
    kind: Kind,
    parser: Callable[[Sheet], Rows[T]],
    encoding: str | None,
    *,
    now: datetime,
) -> tuple[Intake, Iterator[tuple[str, int, T]]]:
    """Return the account of a list and its accepted rows, counted as they are read."""
    listed = readers.read(path, kind, encoding=encoding, limits=limits_of(settings))
    intake = begun(listed, kind, as_of=clock.today(now))
    rows = (
        (sheet.name, row.number, value)
        for sheet in listed.sheets
        for parse in [parser(sheet)]
        for row in sheet.rows()
        if (value := intake.count(parse.read(row))) is not None
    )
    return intake, rows


def take_all(
    engine: Engine,
    intake: Intake,
    rows: Iterable[tuple[str, int, T]],
    take: Callable[[Connection, T, int], Taken],
    after: Callable[[Connection, int], Iterable[RowNote]] = lambda *_: (),
    *,
    now: datetime,
    dry_run: bool,
) -> Intake:
    """Take every row and what follows from all of them, or nothing on a trial."""
    try:
        with transaction(engine) as connection:
            take_rows(connection, intake, rows, take, after, now=now)
            if dry_run:
                raise TakeBack
    except TakeBack:
        intake.run = None
    return intake


def take_rows(
    connection: Connection,
    intake: Intake,
    rows: Iterable[tuple[str, int, T]],
    take: Callable[[Connection, T, int], Taken],
    after: Callable[[Connection, int], Iterable[RowNote]] = lambda *_: (),
    *,
    now: datetime,
) -> None:
    """Take every row inside the caller's transaction, then what follows from all."""
    runs.no_time_limit(connection)
    run_id = runs.begin(connection, intake, now=now)
    spoken_of = set()
    for sheet, number, value in rows:
        taken = take(connection, value, run_id)
        _count(intake, taken, sheet, number)
        spoken_of.add(taken.application_no)
    taking.touch(connection, run_id, spoken_of - {""})
    intake.note(intake.warnings, after(connection, run_id))
    runs.finish(connection, run_id, intake, now=now)
    intake.run = run_id


def _count(intake: Intake, taken: Taken, sheet: str, row: int) -> None:
    intake.accepted += 1
    setattr(intake, taken.word, getattr(intake, taken.word) + 1)
    intake.note(
        intake.warnings,
        (RowNote(sheet, row, "", code, "", text) for code, text in taken.notes),
    )
