"""What every file that is taken in shares: its account, its limits, its refusal, undo.

What its rows mean, and what becomes of them, `registerintake`, `listintake` and the
others say.
"""

import dataclasses
import logging
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from patentwatch.errors import InputError, UsageError
from patentwatch.model import RowNote
from patentwatch.register import readers
from patentwatch.register.columns import Kind
from patentwatch.register.counties import CountyIndex
from patentwatch.register.limits import DEFAULT as USUAL_LIMITS
from patentwatch.register.limits import Limits
from patentwatch.register.result import Intake
from patentwatch.settings import Settings
from patentwatch.store import runs, takingback
from patentwatch.store.engine import transaction

log = logging.getLogger(__name__)


class TakeBack(Exception):
    """Rolls the open transaction back."""


def told(
    engine: Engine,
    path: Path,
    kind: str | None,
    take: Callable[[Path], Intake],
    *,
    now: datetime,
    dry_run: bool = False,
) -> Intake:
    """Return what `take` makes of a file; one that cannot be read is a refused run."""
    try:
        return take(path)
    except InputError as error:
        text, code = str(error), error.code
    except OSError as error:
        text, code = (
            f"{path.name}：无法读取（{error.strerror}）；请检查文件权限",
            "file_unreadable",
        )
    intake = Intake(path.name, kind or "", refused=True, refusal=text)
    intake.warnings.append(RowNote("", 0, "", code, "", text))
    if not dry_run and code != "file_missing":
        record_refusal(engine, intake, now=now)
    return intake


def record_refusal(engine: Engine, intake: Intake, *, now: datetime) -> None:
    """Keep that a file was refused, and why; nothing else of it was kept."""
    with transaction(engine) as connection:
        intake.run = runs.begin(connection, intake, now=now, state="refused")
        runs.finish(connection, intake.run, intake, now=now)


def undo(
    engine: Engine,
    run_id: int,
    *,
    by: str,
    reason: str,
    now: datetime,
    dry_run: bool = False,
) -> int:
    """Take a run back; return of how many patents it had spoken.

    Raises `UsageError` when there is no such run or something was built on it.
    """
    count = 0
    try:
        with transaction(engine) as connection:
            runs.no_time_limit(connection)
            runs.refuse_undo(connection, run_id)
            count = takingback.restore(connection, run_id)
            runs.mark_undone(connection, run_id, by=by, reason=reason, now=now)
            if dry_run:
                raise TakeBack
    except TakeBack:
        log.info("import undo tried run=%s", run_id)
    return count


def begun(listed: readers.ListFile, kind: Kind, *, as_of: date) -> Intake:
    """Return the account of a file that can be read, before its first row."""
    intake = Intake(
        listed.name,
        kind,
        as_of=as_of,
        encoding=listed.encoding,
        format=listed.format,
        sheets=[shown_sheet(sheet) for sheet in listed.sheets],
    )
    intake.note(intake.warnings, listed.notes)
    return intake


def limits_of(settings: Settings) -> Limits:
    """Return the readers' limits with the office's row numbers."""
    return dataclasses.replace(
        USUAL_LIMITS,
        text_rows=settings.register.max_rows_text,
        sheet_rows=settings.register.max_rows_xlsx,
    )


def shown_sheet(sheet: readers.Sheet) -> dict[str, Any]:
    """Return where the fields of a sheet were found, as `--json` tells it."""
    return {
        "name": sheet.name,
        "header_row": sheet.header_row,
        "columns": dict(sheet.layout.headers),
    }


def county_code(text: str, settings: Settings) -> str:
    """Return the code of the county that a command line names, by code or name."""
    code = CountyIndex(settings.counties).find(text)
    if code is None:
        known = "、".join(f"{c.code} {c.name}" for c in settings.counties)
        raise UsageError(
            f"--county：不认识“{text}”；配置文件中的县区有：{known or '无'}"
        )
    return code
