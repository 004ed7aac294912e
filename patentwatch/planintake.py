"""Taking a plan in: its file is found, read, compared with what held, and kept."""

from dataclasses import dataclass
from datetime import date, datetime
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Literal

from sqlalchemy import Connection, Engine

from patentwatch.errors import InputError
from patentwatch.plan.differences import Difference, differences
from patentwatch.plan.kinds import kinds
from patentwatch.plan.planfile import Fault, PlanFile, PlanRefused, read
from patentwatch.plan.values import Plan
from patentwatch.settings import Settings
from patentwatch.store import plans
from patentwatch.store.engine import reading, transaction

_LARGEST = 5_000_000


@dataclass(frozen=True, slots=True)
class PlanIntake:
    """What became of a plan's file: how it was kept and what that changes.

    The differences are to the wording that held until now on the day from which the
    new one holds.
    """

    file: str
    plan: Plan
    saved: Literal["created", "changed", "unchanged"]
    differences: tuple[Difference, ...]
    warnings: tuple[Fault, ...]


def shipped() -> tuple[str, ...]:
    """Return the names of the plans that come with the program."""
    return tuple(sorted(file.name.removesuffix(".toml") for file in _shipped_files()))


def load(
    engine: Engine,
    settings: Settings,
    source: str,
    *,
    by: str,
    now: datetime,
    dry_run: bool = False,
) -> PlanIntake:
    """Take in the plan of a file, or the shipped one of that name.

    Raises `InputError` when the file cannot be used; nothing of it is kept then.
    """
    label, text = _text(source)
    counties = {county.code for county in settings.counties}
    taken = read(text, file=label, kinds=kinds(), counties=counties)
    if dry_run:
        with reading(engine) as connection:
            saved = plans.would_save(connection, taken.plan)
            return _intake(connection, label, taken, saved)
    with transaction(engine) as connection:
        intake = _intake(
            connection, label, taken, plans.would_save(connection, taken.plan)
        )
        plans.save(connection, taken.plan, file=label, by=by, now=now)
    return intake


def _intake(
    connection: Connection,
    label: str,
    taken: PlanFile,
    saved: Literal["created", "changed", "unchanged"],
) -> PlanIntake:
    plan = taken.plan
    before = plans.in_force(connection, plan.name, on=plan.in_force_on)
    warnings = taken.warnings
    if saved == "changed" and before and before.in_force_on == plan.in_force_on:
        warnings = (*warnings, _rewrites(plan.in_force_on))
    return PlanIntake(label, plan, saved, differences(before, plan), warnings)


def _rewrites(day: date) -> Fault:
    return Fault(
        None,
        "",
        "in_force_on",
        f"仍是 {day}：从这一天起的各日都改按新文本计算；"
        "如果是修订计划，请写修订生效的日期再载入",
    )


def _text(source: str) -> tuple[str, str]:
    """Return how the file is called, and what it says."""
    path = Path(source)
    if source in shipped() and not path.is_file():
        (file,) = (f for f in _shipped_files() if f.name == f"{source}.toml")
        return file.name, file.read_text(encoding="utf-8")
    try:
        raw = path.read_bytes() if path.stat().st_size <= _LARGEST else None
    except FileNotFoundError as error:
        raise InputError(
            f"{source}：找不到这个文件；随程序提供的计划有：{'、'.join(shipped())}",
            code="file_missing",
        ) from error
    except (OSError, ValueError) as error:
        raise InputError(
            f"{source}：无法读取；请检查文件和它的权限", code="file_unreadable"
        ) from error
    if raw is None:
        raise InputError(f"{path.name}：大于 5 MB，不像计划文件；请核对")
    try:
        return path.name, raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        fault = Fault(None, "", "", "不是 UTF-8 编码；请用 UTF-8 编码另存后再载入")
        raise PlanRefused(path.name, [fault]) from error


def _shipped_files() -> list[Traversable]:
    folder = files("patentwatch.plan") / "plans"
    return [file for file in folder.iterdir() if file.name.endswith(".toml")]
