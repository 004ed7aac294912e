"""Taking in a register: read, stage, compare, refuse or write; one transaction a file.

Every row is accounted for: read = accepted + skipped + rejected, and accepted =
created + changed + unchanged. A dry run does all of it and takes it back.
"""

import dataclasses
import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from patentwatch import clock
from patentwatch.config import Settings
from patentwatch.errors import InputError, UsageError
from patentwatch.model import Fact, FactKind, FactSource, Patent, RowNote
from patentwatch.register import casestatus, readers
from patentwatch.register.changes import Refusal, Shift, refusal
from patentwatch.register.columns import Kind
from patentwatch.register.counties import CountyIndex
from patentwatch.register.limits import DEFAULT as USUAL_LIMITS
from patentwatch.register.limits import Limits
from patentwatch.register.result import Intake
from patentwatch.register.rows import RegisterRows
from patentwatch.store import facts, patents, runs, staging
from patentwatch.store.engine import transaction
from patentwatch.store.staging import Scope

log = logging.getLogger(__name__)

BATCH = 5_000

_FIELDS = {
    "filing_on": "filing_date",
    "grant_on": "grant_date",
    "patentees": "patentee",
    "credit_codes": "credit_code",
}


@dataclass(frozen=True, slots=True)
class Order:
    """How a list is to be taken; None and False are the usual way.

    `county`: the code the list is complete for. `partial`: it only adds. `force`: the
    reason for which a refused list is taken.
    """

    as_of_on: date | None = None
    county: str | None = None
    partial: bool = False
    force: str = ""
    dry_run: bool = False
    encoding: str | None = None


class TakeBack(Exception):
    """Rolls the open transaction back."""


def import_register(
    engine: Engine,
    settings: Settings,
    path: Path,
    order: Order,
    *,
    now: datetime,
    on_rows: Callable[[int], None] = lambda _: None,
) -> Intake:
    """Take a list of valid patents, or refuse it as a whole.

    Raises `InputError` for a file that cannot be read and `UsageError` for a day or a
    county that cannot be meant; nothing is then changed.
    """
    listed = readers.read(
        path, Kind.REGISTER, encoding=order.encoding, limits=limits_of(settings)
    )
    intake = Intake(path.name, Kind.REGISTER, as_of=_as_of(listed, order, now))
    intake.encoding, intake.format = listed.encoding, listed.format
    intake.sheets = [shown_sheet(sheet) for sheet in listed.sheets]
    intake.note(intake.warnings, listed.notes)
    try:
        with transaction(engine) as connection:
            runs.no_time_limit(connection)
            _import(connection, settings, listed, intake, order, now, on_rows)
            staging.end(connection)
            if order.dry_run or intake.refused:
                raise TakeBack
    except TakeBack:
        intake.run = None
    if intake.refused and not order.dry_run:
        with transaction(engine) as connection:
            intake.run = runs.begin(connection, intake, now=now, state="refused")
            runs.finish(connection, intake.run, intake, now=now)
    log.info(
        "register taken run=%s read=%s accepted=%s rejected=%s refused=%s",
        intake.run,
        intake.read,
        intake.accepted,
        intake.rejected,
        intake.refused,
    )
    return intake


def undo(engine: Engine, run_id: int, *, by: str, reason: str, now: datetime) -> int:
    """Take a run back; return how many patents that changed.

    Raises `UsageError` when there is no such run or something was built on it.
    """
    with transaction(engine) as connection:
        runs.refuse_undo(connection, run_id)
        restored = staging.restore(connection, run_id)
        runs.mark_undone(connection, run_id, by=by, reason=reason, now=now)
        return restored


def limits_of(settings: Settings) -> Limits:
    """Return the readers' limits with the office's row numbers."""
    return dataclasses.replace(
        USUAL_LIMITS,
        text_rows=settings.register.max_rows_text,
        sheet_rows=settings.register.max_rows_xlsx,
    )


def shown_sheet(sheet: readers.Sheet) -> dict[str, Any]:
    """Return what is told about a sheet: its name, header row and columns."""
    return {
        "name": sheet.name,
        "header_row": sheet.header_row,
        "columns": dict(sheet.layout.headers),
    }


def listing_facts(patent: Patent, *, as_of_on: date) -> tuple[Fact, ...]:
    """Return what a row of a list of valid patents says, each on its own day.

    The status and the paid-through column speak of the row's own look-up, if it names
    one; the listing itself of the list's day.
    """
    queried_on = patent.queried_on
    if queried_on is None or queried_on == as_of_on:
        return casestatus.facts(
            patent.legal_status, as_of_on, paid_through=patent.paid_through
        )
    looked_up = casestatus.facts(
        patent.legal_status, queried_on, paid_through=patent.paid_through
    )
    if not looked_up or looked_up[0].kind is FactKind.ENDED:
        return looked_up
    return (*looked_up, Fact(FactKind.LISTED, FactSource.COLUMN, as_of_on))


def _import(
    connection: Connection,
    settings: Settings,
    listed: readers.ListFile,
    intake: Intake,
    order: Order,
    now: datetime,
    on_rows: Callable[[int], None],
) -> None:
    staging.begin(connection)
    _stage(connection, settings, listed, intake, order, now, on_rows)
    _settle_repeats(connection, intake)
    assert intake.as_of is not None  # noqa: S101 - set before the transaction
    scope = Scope(intake.as_of, _complete_for(connection, order, settings))
    _compare(connection, scope, intake)
    refused = None if order.force else _refusal(connection, scope, settings)
    if refused is not None:
        intake.refused, intake.refusal = True, refused.message
        note = RowNote("", 0, "", refused.code, "", refused.message)
        intake.note(intake.warnings, [note])
        return
    intake.run = runs.begin(connection, intake, now=now)
    runs.finish(connection, intake.run, intake, now=now)
    if order.force:
        runs.note_force(connection, intake.run, order.force, now=now)
    for old, _ in staging.changed_pairs(connection, scope):
        staging.remember_before(connection, intake.run, [old])
    staging.take(connection, scope, intake.run)
    _add_facts(connection, intake.run, as_of_on=scope.as_of_on, now=now)


def _stage(
    connection: Connection,
    settings: Settings,
    listed: readers.ListFile,
    intake: Intake,
    order: Order,
    now: datetime,
    on_rows: Callable[[int], None],
) -> None:
    home = county_code(order.county, settings) if order.county else None
    batch: list[dict[str, Any]] = []
    for sheet in listed.sheets:
        parser = RegisterRows(
            sheet.layout,
            counties=settings.counties,
            types=settings.register.types,
            today=clock.today(now),
            known=lambda number: patents.known_by_publication(connection, number),
        )
        for row in sheet.rows():
            intake.read += 1
            outcome = parser.read(row)
            warnings = outcome.warnings
            patent = outcome.value
            if patent is not None and home is not None and patent.county is None:
                patent = dataclasses.replace(patent, county=home)
                warnings = tuple(w for w in warnings if w.code != "county_unknown")
            intake.note(intake.warnings, warnings)
            if outcome.reject is not None:
                intake.rejected += 1
                intake.note(intake.rejects, [outcome.reject])
            elif outcome.skip is not None:
                intake.skipped += 1
                intake.note(intake.skips, [outcome.skip])
            elif patent is not None:
                batch.append(
                    patents.row_of(patent)
                    | {"seq": intake.read, "sheet": sheet.name, "row": row.number}
                )
            if len(batch) == BATCH:
                staging.add(connection, batch)
                on_rows(BATCH)
                batch = []
    staging.add(connection, batch)
    on_rows(len(batch))


def _settle_repeats(connection: Connection, intake: Intake) -> None:
    """Count a number listed twice once if the data are the same, else not at all."""
    dropped: list[int] = []
    for rows in staging.repeated(connection):
        places = "、".join(str(row.row) for row in rows)
        number = rows[0].application_no
        if len({row.fingerprint for row in rows}) == 1:
            for row in rows[1:]:
                text = f"申请号 {number} 重复（第 {places} 行），内容相同，只计一次"
                note = RowNote(row.sheet, row.row, "", "duplicate_row", number, text)
                intake.note(intake.skips, [note])
                intake.skipped += 1
                dropped.append(row.seq)
            continue
        columns = "、".join(_differing(rows))
        for row in rows:
            text = (
                f"申请号 {number} 在第 {places} 行内容不一致（{columns}），均未采用；"
                "请核对后只保留一行"
            )
            note = RowNote(row.sheet, row.row, "", "duplicate_conflict", number, text)
            intake.note(intake.rejects, [note])
            intake.rejected += 1
            dropped.append(row.seq)
    staging.drop(connection, dropped)
    intake.rejects.sort(key=lambda note: (note.sheet, note.row))
    intake.skips.sort(key=lambda note: (note.sheet, note.row))


def _differing(rows: list[Any]) -> Iterator[str]:
    first = rows[0]._mapping  # noqa: SLF001 - documented access of a row
    for name in patents.ATTRIBUTES:
        if any(row._mapping[name] != first[name] for row in rows):  # noqa: SLF001
            yield _FIELD_WORDS.get(name, name)


def _compare(connection: Connection, scope: Scope, intake: Intake) -> None:
    counts = staging.counts(connection, scope)
    intake.created, intake.changed = counts.created, counts.changed
    intake.unchanged = counts.unchanged
    intake.accepted = counts.created + counts.changed + counts.unchanged
    intake.vanished = len(staging.vanished_numbers(connection, scope))
    for old, new in staging.changed_pairs(connection, scope):
        intake.changes += [
            {
                "application_no": new["application_no"],
                "field": _FIELDS.get(name, name),
                "old": _shown(old[name]),
                "new": _shown(new[name]),
            }
            for name in patents.ATTRIBUTES
            if old[name] != new[name]
        ]


def _refusal(
    connection: Connection, scope: Scope, settings: Settings
) -> Refusal | None:
    names = {county.code: county.name for county in settings.counties}
    gone = {
        names.get(code, code): Shift(*numbers)
        for code, numbers in staging.vanished(connection, scope).items()
    }
    return refusal(gone, Shift(*staging.shifted_filing_dates(connection, scope)))


def _add_facts(
    connection: Connection, run_id: int, *, as_of_on: date, now: datetime
) -> None:
    added = 0
    for page in staging.pages(connection):
        rows = []
        for row in page:
            patent = patents.patent_of(row)
            rows += [
                facts.row_of(patent.application_no, fact, run_id=run_id, by="", now=now)
                for fact in listing_facts(patent, as_of_on=as_of_on)
            ]
        added += facts.insert_unknown(connection, rows)
    if added:
        staging.look_again(connection)


def _as_of(listed: readers.ListFile, order: Order, now: datetime) -> date:
    today = clock.today(now)
    named = [sheet.listed_on for sheet in listed.sheets if sheet.listed_on]
    found = order.as_of_on or (min(named) if named else today)
    if found > today:
        raise InputError(
            f"{listed.name}：清单日期 {found} 晚于今天 {today}；请核对截至日期",
            code="as_of_in_future",
        )
    return found


def _complete_for(
    connection: Connection, order: Order, settings: Settings
) -> frozenset[str]:
    if order.partial:
        return frozenset()
    if order.county:
        return frozenset({county_code(order.county, settings)})
    return staging.counties(connection)


def county_code(text: str, settings: Settings) -> str:
    """Return the code of the county that a command line names, by code or name."""
    code = CountyIndex(settings.counties).find(text)
    if code is None:
        known = "、".join(f"{c.code} {c.name}" for c in settings.counties)
        raise UsageError(
            f"--county：不认识“{text}”；配置文件中的县区有：{known or '无'}"
        )
    return code


def _shown(value: Any) -> Any:
    if isinstance(value, date):
        return value.isoformat()
    return value.replace("\n", "；") if isinstance(value, str) else value


_FIELD_WORDS = {
    "filing_on": "申请日",
    "grant_on": "授权公告日",
    "grant_publication_no": "授权公告号",
    "title": "名称",
    "patentees": "专利权人",
    "credit_codes": "统一社会信用代码",
    "address": "地址",
    "county": "县区",
    "ipc": "分类号",
    "agency": "代理机构",
    "reduction": "费减比例",
    "paid_through": "已缴年度",
    "legal_status": "法律状态",
    "queried_on": "查询日",
    "high_value": "高价值",
}


def refused_file(path: Path, error: InputError) -> Intake:
    """Return what is told of a file that cannot be read at all."""
    intake = Intake(path.name, Kind.REGISTER, refused=True, refusal=str(error))
    intake.warnings.append(RowNote("", 0, "", error.code, "", str(error)))
    return intake
