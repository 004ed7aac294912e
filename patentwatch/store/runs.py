"""Runs: one row for each file taken or refused, with every note about its rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from patentwatch.errors import UsageError
from patentwatch.model import RowNote, State
from patentwatch.register.result import Intake
from patentwatch.store.tables import (
    alerts,
    answers,
    audit,
    contacts,
    events,
    facts,
    holds,
    reviews,
    run_changes,
    run_notes,
    runs,
    silences,
)

COUNTS = (
    "read",
    "accepted",
    "skipped",
    "rejected",
    "created",
    "changed",
    "unchanged",
    "vanished",
)
"""What is counted of a file."""


_BACKFILL = "backfill"
_UNDOABLE = frozenset({"register", "payments", "check_sheet", "status"})
_NOT_UNDOABLE = {
    "contacts": "是联系方式，不能撤回；请改正后重新导入，新的内容会代替旧的",
    "call_sheet": "是通话结果，不能撤回；请登记新的结果或答复",
    "records": "是工作记录，不能整个撤回；请改正后重新导入，或逐条 record withdraw",
    "answers": "是权利人的答复，不能撤回；请登记查得的事实，事实会代替答复",
}
_STATES = {"refused": "当时已被拒绝", "undone": "已经撤回"}


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
            counts={name: getattr(intake, name) for name in COUNTS}, finished_at=now
        )
    )
    for level, notes in (
        ("reject", intake.rejects),
        ("skip", intake.skips),
        ("warning", intake.warnings),
    ):
        _add_notes(connection, run_id, level, notes)


def note_force(
    connection: Connection, run_id: int, reason: str, *, by: str, now: datetime
) -> None:
    """Record who took a list against the rule, and why."""
    connection.execute(update(runs).where(runs.c.id == run_id).values(reason=reason))
    write_down(
        connection,
        who=by,
        action="import_forced",
        subject=f"run {run_id}",
        reason=reason,
        now=now,
    )


def refuse_undo(connection: Connection, run_id: int) -> None:
    """Raise `UsageError` unless the run can still be taken back.

    Built on it is a later run of the same kind that speaks of the same patents, and
    any message about them that left since.
    """
    run = connection.execute(select(runs).where(runs.c.id == run_id)).one_or_none()
    if run is None:
        raise UsageError(f"没有编号为 {run_id} 的导入")
    if run.state != "done":
        raise UsageError(f"导入 {run_id} 没有生效（{_STATES[run.state]}），无须撤回")
    if run.kind == _BACKFILL:
        raise UsageError(
            f"{run_id} 是一次回填，不能整个撤回；请逐个撤回它导入的文件，从最后一个起"
        )
    if run.kind not in _UNDOABLE:
        raise UsageError(f"导入 {run_id} {_NOT_UNDOABLE.get(run.kind, '不能撤回')}")
    later = _later_run(connection, run_id, run.kind)
    if later is not None:
        raise UsageError(
            f"之后的导入 {later} 涉及同样的专利；"
            f"请先撤回它：patentwatch import undo {later}"
        )
    said = _said_since(connection, run_id, run.started_at)
    if said is not None:
        raise UsageError(
            f"导入 {run_id} 之后已就 {said} 等专利发出过提醒，不能撤回；"
            "请导入更正后的清单"
        )


def _later_run(connection: Connection, run_id: int, kind: str) -> int | None:
    mine, other = run_changes.alias(), run_changes.alias()
    return connection.execute(
        select(runs.c.id)
        .join(other, other.c.run_id == runs.c.id)
        .join(mine, mine.c.application_no == other.c.application_no)
        .where(mine.c.run_id == run_id, runs.c.id > run_id, runs.c.kind == kind)
        .order_by(runs.c.id.desc())
        .limit(1)
    ).scalar()


def _said_since(
    connection: Connection, run_id: int, started_at: datetime
) -> str | None:
    return connection.execute(
        select(alerts.c.application_no)
        .join(run_changes, run_changes.c.application_no == alerts.c.application_no)
        .where(
            run_changes.c.run_id == run_id,
            alerts.c.sent_at >= started_at,
            alerts.c.state.notin_([State.SUPERSEDED.value, State.SUPPRESSED.value]),
        )
        .limit(1)
    ).scalar()


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


@dataclass(frozen=True, slots=True)
class Backfill:
    """A time whose past was rebuilt, both days inclusive, and when that was done."""

    from_on: date
    to_on: date
    applied_at: datetime


def add_backfill(
    connection: Connection, plan: str, *, from_on: date, to_on: date, now: datetime
) -> int:
    """Remember that a plan was applied; return the run's number."""
    key = connection.execute(
        insert(runs).values(
            kind=_BACKFILL,
            file=plan,
            as_of_on=to_on,
            state="done",
            reason=from_on.isoformat(),
            counts={},
            sheets=[],
            started_at=now,
            finished_at=now,
        )
    ).inserted_primary_key
    assert key is not None  # noqa: S101 - every row of the table has one
    return int(key[0])


def backfill_of(connection: Connection, plan: str) -> int | None:
    """Return the run in which a plan was applied, None when it never was."""
    query = select(runs.c.id).where(runs.c.kind == _BACKFILL, runs.c.file == plan)
    found: int | None = connection.execute(query).scalar()
    return found


def backfills(connection: Connection) -> list[Backfill]:
    """Return every time that was rebuilt, oldest first."""
    query = select(runs).where(runs.c.kind == _BACKFILL).order_by(runs.c.id)
    return [
        Backfill(date.fromisoformat(row.reason), row.as_of_on, row.started_at)
        for row in connection.execute(query)
    ]


def newest_numbers(connection: Connection) -> tuple[int, ...]:
    """Return the newest number of everything a decision depends on."""
    return tuple(
        connection.execute(select(func.coalesce(func.max(table.c.id), 0))).scalar_one()
        for table in (runs, facts, events, reviews, contacts, answers, holds, silences)
    )
