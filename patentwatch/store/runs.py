"""Runs: one row for each file taken or refused, with every note about its rows."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from patentwatch.errors import UsageError
from patentwatch.model import RowNote, State
from patentwatch.register.result import Intake
from patentwatch.store.patents import chunks
from patentwatch.store.tables import (
    alerts,
    audit,
    run_changes,
    run_notes,
    runs,
)

_COUNTS = (
    "read",
    "accepted",
    "skipped",
    "rejected",
    "created",
    "changed",
    "unchanged",
    "vanished",
)


def begin(
    connection: Connection, intake: Intake, *, now: datetime, state: str = "done"
) -> int:
    """Store that a file is being taken (or was refused); return the run's number."""
    key = connection.execute(
        insert(runs).values(
            kind=intake.kind,
            file=intake.file,
            as_of_on=intake.as_of,
            state=state,
            reason=intake.refusal or "",
            counts={},
            sheets=intake.sheets,
            started_at=now,
        )
    ).inserted_primary_key
    assert key is not None  # noqa: S101 - every row of the table has one
    return int(key[0])


def finish(
    connection: Connection, run_id: int, intake: Intake, *, now: datetime
) -> None:
    """Store the counts of a run and every note about its rows."""
    connection.execute(
        update(runs)
        .where(runs.c.id == run_id)
        .values(
            counts={name: getattr(intake, name) for name in _COUNTS}, finished_at=now
        )
    )
    for level, notes in (
        ("reject", intake.rejects),
        ("skip", intake.skips),
        ("warning", intake.warnings),
    ):
        _add_notes(connection, run_id, level, notes)


def note_force(
    connection: Connection, run_id: int, reason: str, *, now: datetime
) -> None:
    """Record that a list was taken against the rule, and why."""
    connection.execute(update(runs).where(runs.c.id == run_id).values(reason=reason))
    write_down(
        connection,
        who="",
        action="import_forced",
        subject=f"run {run_id}",
        reason=reason,
        now=now,
    )


def refuse_undo(connection: Connection, run_id: int) -> None:
    """Raise `UsageError` unless the run can still be taken back."""
    run = connection.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
    if run is None or run.state != "done":
        raise UsageError(f"没有可以撤回的导入 {run_id}")
    numbers = list(
        connection.execute(
            select(run_changes.c.application_no).where(run_changes.c.run_id == run_id)
        ).scalars()
    )
    for some in chunks(numbers):
        later = connection.execute(
            select(run_changes.c.run_id)
            .where(
                run_changes.c.application_no.in_(some), run_changes.c.run_id > run_id
            )
            .limit(1)
        ).first()
        if later is not None:
            raise UsageError(f"之后的导入 {later.run_id} 改动了同样的专利，不能撤回")
        said = connection.execute(
            select(alerts.c.id)
            .where(
                alerts.c.application_no.in_(some),
                alerts.c.sent_at >= run.started_at,
                alerts.c.state.notin_([State.SUPERSEDED.value, State.SUPPRESSED.value]),
            )
            .limit(1)
        ).first()
        if said is not None:
            raise UsageError("已根据这次导入发出过提醒，不能撤回；请导入更正后的清单")


def mark_undone(
    connection: Connection, run_id: int, *, by: str, reason: str, now: datetime
) -> None:
    """Record who took a run back, and why."""
    connection.execute(
        update(runs).where(runs.c.id == run_id).values(state="undone", reason=reason)
    )
    write_down(
        connection,
        who=by,
        action="import_undone",
        subject=f"run {run_id}",
        reason=reason,
        now=now,
    )


def write_down(
    connection: Connection,
    *,
    who: str,
    action: str,
    subject: str,
    reason: str,
    now: datetime,
) -> None:
    """Add to the audit trail."""
    connection.execute(
        insert(audit).values(
            at=now, who=who, action=action, subject=subject, reason=reason
        )
    )


def no_time_limit(connection: Connection) -> None:
    """Let a long import run on PostgreSQL; other statements keep their limit."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")


def _add_notes(
    connection: Connection, run_id: int, level: str, notes: Sequence[RowNote]
) -> None:
    rows: list[dict[str, Any]] = [
        {
            "run_id": run_id,
            "level": level,
            "sheet": note.sheet,
            "row": note.row,
            "column": note.column,
            "code": note.code,
            "value": note.value,
            "message": note.message,
        }
        for note in notes
    ]
    if rows:
        connection.execute(insert(run_notes), rows)
