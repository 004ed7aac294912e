"""Carrying out a backfill's plan: all of it in one transaction, or nothing.

The files are taken and everybody who is due is decided about inside one transaction;
it is kept only if no alert comes of it that the plan did not show.
"""

import logging
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine

from patentwatch import clock
from patentwatch.backfill.files import BackfillFile, FileKind, sha256_of
from patentwatch.backfill.loading import Account, take
from patentwatch.errors import InputError
from patentwatch.intake import TakeBack
from patentwatch.look import look_in
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.store import runs, verdicts
from patentwatch.store.engine import reading, transaction
from patentwatch.store.shadow import Work, alone
from patentwatch.store.vault import Vault

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Applied:
    """What was done. `again`: this plan had been applied before, nothing was done."""

    files: int
    alerts: int
    run: int | None = None
    again: bool = False


def apply(
    engine: Engine,
    vault: Vault,
    settings: Settings,
    rules: Rules,
    plan: dict[str, Any],
    *,
    now: datetime,
    dry_run: bool = False,
    on_rows: Callable[[int], None] = lambda _: None,
    on_looked: Callable[[int], None] = lambda _: None,
) -> Applied:
    """Carry out a plan that was read; raises `InputError` when it is not true any more.

    A plan is for the day on which it was made: on another day others are due.
    """
    applied = _earlier(engine, plan)
    if applied is not None:
        return applied
    files = _still_true(plan, rules, on=clock.today(now))
    with alone(engine, settings.database.url, work=Work.BACKFILL):
        applied = _earlier(engine, plan)  # another process may have been faster
        if applied is not None:
            return applied
        with suppress(TakeBack), transaction(engine) as connection:
            runs.no_time_limit(connection)
            said = verdicts.to_be_said(connection)
            _take_all(connection, settings, plan, files, now=now, on_rows=on_rows)
            look_in(connection, vault, rules, now=now, on_looked=on_looked)
            new = set(verdicts.to_be_said(connection)) - set(said)
            _refuse_others(new - set(plan["would_send"]["keys"]))
            run_id = None if dry_run else _record(connection, plan, now=now)
            applied = Applied(len(files), len(new), run=run_id)
            if dry_run:
                raise TakeBack
    assert applied is not None  # noqa: S101 - set before anything is taken back
    log.info("backfill applied run=%s alerts=%s", applied.run, applied.alerts)
    return applied


def _earlier(engine: Engine, plan: dict[str, Any]) -> Applied | None:
    with reading(engine) as connection:
        run = runs.backfill_of(connection, plan["hash"])
    return None if run is None else Applied(len(plan["files"]), 0, run, again=True)


def _take_all(
    connection: Connection,
    settings: Settings,
    plan: dict[str, Any],
    files: Sequence[BackfillFile],
    *,
    now: datetime,
    on_rows: Callable[[int], None],
) -> None:
    for file, account in zip(files, plan["files"], strict=True):
        taken = take(
            connection, settings, file, force=plan["force"], now=now, on_rows=on_rows
        )
        _compare(account, taken)


def _still_true(plan: dict[str, Any], rules: Rules, *, on: date) -> list[BackfillFile]:
    """Return the plan's files; raises `InputError` where anything has changed."""
    if date.fromisoformat(plan["on"]) != on:
        raise _outdated(f"计划是为 {plan['on']} 生成的，今天是 {on}")
    if plan["rules"] != rules.fingerprint:
        raise _outdated("生成计划之后，配置、法规表或程序已经改动")
    return [_file(account) for account in plan["files"]]


def _file(account: Account) -> BackfillFile:
    path = Path(account["file"])
    if not path.is_file() or sha256_of(path) != account["sha256"]:
        raise _outdated(f"文件 {path.name} 已改动或不在原处")
    as_of_on = date.fromisoformat(account["as_of"]) if account["as_of"] else None
    return BackfillFile(path, account["sha256"], FileKind(account["kind"]), as_of_on)


def _compare(planned: Account, taken: Account) -> None:
    if planned["refused"] != taken["refused"]:
        name = Path(planned["file"]).name
        raise _outdated(f"清单 {name} 现在{'被拒绝' if taken['refused'] else '可导入'}")


def _refuse_others(keys: Collection[str]) -> None:
    if keys:
        raise _outdated(f"现在会多出 {len(keys)} 条计划中没有的提醒")


def _outdated(what: str) -> InputError:
    return InputError(
        f"计划已不成立，什么也没有改动：{what}；请重新生成计划", code="plan_outdated"
    )


def _record(connection: Connection, plan: dict[str, Any], *, now: datetime) -> int:
    """Remember that the past was rebuilt: what was over by then is never said."""
    return runs.add_backfill(
        connection,
        plan["hash"],
        from_on=date.fromisoformat(plan["from"]),
        to_on=date.fromisoformat(plan["to"]),
        now=now,
    )
