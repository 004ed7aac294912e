"""Making a plan: the files onto a shadow, decisions there, then what would follow.

Killed anywhere it goes on where it was: the shadow keeps what was taken and decided.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Engine

from patentwatch import clock
from patentwatch.backfill import planning
from patentwatch.backfill.files import BackfillFile, find, key_of
from patentwatch.backfill.loading import load
from patentwatch.backfill.planning import Found, Period
from patentwatch.errors import UsageError
from patentwatch.intake import limits_of
from patentwatch.look import look
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.store import runs
from patentwatch.store.engine import reading
from patentwatch.store.shadow import Work, alone, drop_shadow, open_shadow
from patentwatch.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be rebuilt from what. `force`: a reason to take refused lists."""

    period: Period
    sources: Sequence[Path]
    force: str = ""


@dataclass(frozen=True, slots=True)
class Made:
    """A plan; `late` are lists newer than the period, `resumed`: a shadow was there."""

    plan: dict[str, Any]
    late: Sequence[Path]
    resumed: bool


def make(
    engine: Engine,
    vault: Vault,
    settings: Settings,
    rules: Rules,
    order: Order,
    *,
    now: datetime,
    keep: Callable[[dict[str, Any]], None] = lambda _: None,
    on_rows: Callable[[int], None] = lambda _: None,
    on_looked: Callable[[int], None] = lambda _: None,
) -> Made:
    """Return the plan of a backfill; the database itself is only read.

    `keep` takes the plan before the shadow is thrown away, so that no kill costs it.
    Raises `UsageError` for a period that cannot be meant, `InputError` for a file.
    """
    period, url = order.period, settings.database.url
    files, late = _files(settings, order, on=clock.today(now))
    with alone(engine, url, work=Work.BACKFILL):
        key = _key(engine, rules, order, files, now=now)
        shadow, resumed = open_shadow(engine, url, work=Work.BACKFILL, made_for=key)
        try:
            before = planning.before(shadow)
            accounts = load(
                shadow,
                settings,
                files,
                key,
                force=order.force,
                now=now,
                on_rows=on_rows,
            )
            undecided = look(
                shadow, vault, rules, now=now, only_due=True, on_looked=on_looked
            ).failed
            found = Found(before, accounts, undecided)
            plan = planning.plan_of(
                shadow, vault, settings, rules, found, order.force, period, now=now
            )
        finally:
            shadow.dispose()
        keep(plan)
        drop_shadow(engine, url, work=Work.BACKFILL)
    return Made(plan, late, resumed)


def _files(
    settings: Settings, order: Order, *, on: date
) -> tuple[list[BackfillFile], list[Path]]:
    period = order.period
    if period.from_on > period.to_on:
        raise UsageError(f"--from {period.from_on} 晚于 --to {period.to_on}")
    if period.to_on > on:
        raise UsageError(f"--to {period.to_on} 晚于今天 {on}")
    return find(order.sources, limits=limits_of(settings), to_on=period.to_on, on=on)


def _key(
    engine: Engine,
    rules: Rules,
    order: Order,
    files: Sequence[BackfillFile],
    *,
    now: datetime,
) -> str:
    """Return the name of this work: another file, day, rule or database is another."""
    with reading(engine) as connection:
        state = runs.newest_numbers(connection)
    period = order.period
    return key_of(
        files,
        period.from_on,
        period.to_on,
        order.force,
        clock.today(now),
        rules.fingerprint,
        state,
    )
