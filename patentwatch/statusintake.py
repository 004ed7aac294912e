"""Taking in legal-status files: events and facts, each once; one transaction a file.

Every record is accounted for as in a register. Events about patents that the register
does not have are kept, but not those of a nationwide bulk file.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path

from sqlalchemy import Connection, Engine

from patentwatch import clock, statusfiles
from patentwatch.errors import InputError, UsageError
from patentwatch.intake import TakeBack, shown_sheet
from patentwatch.model import RowNote
from patentwatch.register import numbers
from patentwatch.register.columns import Kind
from patentwatch.register.outcome import Outcome
from patentwatch.register.result import Intake
from patentwatch.register.stated import Stated
from patentwatch.register.words import NAMES
from patentwatch.settings import Settings
from patentwatch.sources.files import StatusFile, StatusFormat, open_status_file
from patentwatch.store import events, facts, patents, runs, sources, taking
from patentwatch.store.engine import transaction

BATCH = 5_000
NATIONWIDE = frozenset({StatusFormat.PRS_XML, StatusFormat.PRS_ZIP})
"""Formats that hold the events of the whole country: only ours are kept."""


def import_status(
    engine: Engine,
    settings: Settings,
    path: Path,
    *,
    now: datetime,
    queried_on: date | None = None,
    dry_run: bool = False,
    encoding: str | None = None,
    on_rows: Callable[[int], None] = lambda _: None,
) -> Intake:
    """Take the events and facts of a file.

    `queried_on`: the day of the look-up where neither rows nor file say one, by default
    the day on which the file was written. Raises `InputError` for a file that is not
    what it should be; nothing of it is then kept.
    """
    intake = Intake(path.name, Kind.STATUS)
    try:
        with transaction(engine) as connection:
            found = opened(
                connection, path, now=now, queried_on=queried_on, encoding=encoding
            )
            intake = take_status(connection, settings, found, now=now, on_rows=on_rows)
            if dry_run:
                raise TakeBack
    except TakeBack:
        intake.run = None
    return intake


def take_status(
    connection: Connection,
    settings: Settings,
    found: StatusFile,
    *,
    now: datetime,
    on_rows: Callable[[int], None] = lambda _: None,
) -> Intake:
    """Take an opened file inside the caller's transaction."""
    runs.no_time_limit(connection)
    intake = _begun(found, now=now)
    run_id = runs.begin(connection, intake, now=now)
    for batch in _batches(found):
        _take(connection, settings, intake, batch, run_id, now=now)
        on_rows(len(batch))
    taking.touch_told(connection, run_id)
    runs.finish(connection, run_id, intake, now=now)
    sources.note(connection, intake.format, now=now, answered=True)
    intake.run = run_id
    return intake


def opened(
    connection: Connection,
    path: Path,
    *,
    now: datetime,
    queried_on: date | None = None,
    encoding: str | None = None,
) -> StatusFile:
    """Return a file as its kind of source reads it."""
    today = clock.today(now)
    if queried_on is not None and queried_on > today:
        raise UsageError(f"--as-of {queried_on} 晚于今天 {today}")
    if not path.is_file():
        raise InputError(f"{path.name}：找不到文件", code="file_missing")
    written_on = clock.today(datetime.fromtimestamp(path.stat().st_mtime, UTC))
    return open_status_file(
        path,
        table=statusfiles.load(),
        today=today,
        queried_on=queried_on or min(written_on, today),
        encoding=encoding,
        known=lambda number: patents.known_by_publication(connection, number),
    )


def _begun(found: StatusFile, *, now: datetime) -> Intake:
    """Return the account of a file before its first record."""
    intake = Intake(
        found.name,
        Kind.STATUS,
        as_of=clock.today(now),
        encoding=found.encoding,
        format=found.format.value,
        sheets=[shown_sheet(sheet) for sheet in found.sheets],
    )
    intake.note(intake.warnings, found.notes)
    return intake


def _batches(found: StatusFile) -> Iterator[list[Outcome[Stated]]]:
    """Yield the records some thousand at a time."""
    rows = found.rows()
    while batch := list(islice(rows, BATCH)):
        yield batch


def _take(
    connection: Connection,
    settings: Settings,
    intake: Intake,
    batch: Sequence[Outcome[Stated]],
    run_id: int,
    *,
    now: datetime,
) -> None:
    """Count a batch of records and store what they tell."""
    told = [row for row in (intake.count(outcome) for outcome in batch) if row]
    kept = [row for row in told if _is_watched(row, settings)]
    others = (row for row in told if not _is_watched(row, settings))
    _pass_over(intake, others, "type_not_watched")
    here = patents.registered(connection, {row.application_no for row in kept})
    if intake.format in NATIONWIDE:
        strange = (row for row in kept if row.application_no not in here)
        _pass_over(intake, strange, "not_in_register")
        kept = [row for row in kept if row.application_no in here]
    created = _store(connection, kept, run_id, now=now)
    intake.accepted += len(kept)
    intake.created += created
    intake.unchanged += len(kept) - created
    intake.note(
        intake.warnings,
        (
            RowNote("", 0, "", "patent_unknown", number, _UNKNOWN.format(number))
            for number in sorted({row.application_no for row in kept} - here)
        ),
    )


_UNKNOWN = "登记中还没有专利 {}，已先保存；导入清单后自动对应"
_PASSED_OVER = {
    "type_not_watched": "{}不在监控的专利种类之内，已略过",
    "not_in_register": "{}不在登记中，已略过；如属本市专利，请先导入清单再重新导入",
}


def _is_watched(row: Stated, settings: Settings) -> bool:
    return numbers.type_of(row.application_no) in settings.register.types


def _pass_over(intake: Intake, rows: Iterable[Stated], code: str) -> None:
    notes = [
        RowNote(
            "",
            0,
            "",
            code,
            row.application_no,
            _PASSED_OVER[code].format(_shown(row, code)),
        )
        for row in rows
    ]
    intake.skipped += len(notes)
    intake.note(intake.skips, notes)


def _shown(row: Stated, code: str) -> str:
    if code == "type_not_watched":
        return NAMES[numbers.type_of(row.application_no)]
    return f"专利 {row.application_no} "


def _store(
    connection: Connection, kept: Sequence[Stated], run_id: int, *, now: datetime
) -> int:
    """Store what the rows tell; return how many of them told something new."""
    pairs = [(row.application_no, fact) for row in kept for fact in row.facts]
    new_facts = facts.unknown(connection, pairs)
    facts.add(connection, pairs, now=now, run_id=run_id)
    reported = [event for row in kept for event in row.events]
    tells = iter(events.add(connection, reported, now=now, run_id=run_id))
    created = 0
    for row in kept:
        # Every event takes its answer, whether or not an earlier one was new.
        new_events = [next(tells) for _ in row.events]
        keys = {(row.application_no, facts.natural_key(fact)) for fact in row.facts}
        created += any(new_events) or not keys.isdisjoint(new_facts)
        new_facts -= keys
    return created
