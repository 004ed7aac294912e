"""`record kinds`, `record template`: which kinds of records there are, and how to fill.

A template lists the commitments of the plan, where there is a database with one.
"""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from patentwatch.cli.options import (
    dry_run_option,
    emit_json,
    has_database,
    json_option,
    settings_of,
    when_option,
)

if TYPE_CHECKING:
    from patentwatch.plan.kinds import Kind


@click.command("kinds", help="有哪些种类的记录，各填什么")
@json_option
def kinds_(*, as_json: bool) -> None:
    """Print every kind, in the order of the plan's items."""
    from patentwatch.plan.kinds import kinds

    if as_json:
        emit_json([_document(kind) for kind in kinds().values()])
        return
    width = max(map(len, kinds())) + 2
    click.echo(f"{'种类':<{width - 2}}名称，按什么识别同一条")
    for kind in kinds().values():
        recognised = "、".join(_labels(kind)[key] for key in kind.natural_key)
        click.echo(f"{kind.key:<{width}}{kind.label}（{recognised}）")


@click.command(help="生成一种记录的填写模板（XLSX）")
@click.argument("kind", required=False)
@click.option("--all", "every", is_flag=True, help="所有种类，各一个文件")
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="写到哪个文件（.xlsx）；有 --all 时为文件夹",
)
@when_option
@dry_run_option
@json_option
@click.pass_context
def template(
    ctx: click.Context,
    *,
    kind: str | None,
    every: bool,
    out: Path,
    now: datetime,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Write the workbook of one kind, or of each."""
    from patentwatch.plan.templatebook import write_template

    wanted = _wanted(kind, out, every=every)
    counties = settings_of(ctx).counties
    commitments = _commitments(ctx, now=now)
    if not dry_run:
        if every:
            out.mkdir(exist_ok=True)
        for one, file in wanted:
            write_template(one, file, counties=counties, commitments=commitments)
    if as_json:
        emit_json([_written(one, file, dry_run=dry_run) for one, file in wanted])
        return
    for one, file in wanted:
        done = "试算（未写出）" if dry_run else "已写出"
        click.echo(f"{done} {file}：{one.label}")


def _wanted(
    kind: str | None, out: Path, *, every: bool
) -> Sequence[tuple["Kind", Path]]:
    """Return which kinds go into which files; `UsageError` for what cannot be."""
    from patentwatch.errors import UsageError
    from patentwatch.plan.kinds import kind_named, kinds

    if every == (kind is not None):
        raise UsageError("请写一个种类，或用 --all 生成全部（二者选一）")
    if not out.absolute().parent.is_dir():
        raise UsageError(f"--out {out}：文件夹 {out.parent} 不存在")
    if kind is None:
        if out.exists() and not out.is_dir():
            raise UsageError(f"--out {out}：有 --all 时应为文件夹")
        return [(one, out / f"{one.key}.xlsx") for one in kinds().values()]
    found = kind_named(kind)
    if out.suffix.lower() != ".xlsx" or out.is_dir():
        raise UsageError(f"--out {out}：文件名应以 .xlsx 结尾")
    return [(found, out)]


def _commitments(ctx: click.Context, *, now: datetime) -> list[tuple[str, str]]:
    """Return how a sheet names each commitment of the year's plans, and its words.

    Where the year has no plan the newest one is meant; [] without any. With several
    plans loaded the plan stands in front, because 3.1 alone would not tell which.
    """
    from patentwatch import clock
    from patentwatch.store import migrate, plans
    from patentwatch.store.engine import connect, reading

    settings, on = settings_of(ctx), clock.today(now)
    if not has_database(settings):
        return []
    engine = connect(settings.database.url)
    ctx.call_on_close(engine.dispose)
    migrate.check(engine)
    with reading(engine) as connection:
        known = [
            plan
            for name in plans.names(connection)
            if (plan := plans.in_force(connection, name, on=on))
        ]
    meant = [plan for plan in known if plan.year == on.year] or known[-1:]
    return [
        (f"{plan.name}/{one.id}" if len(known) > 1 else one.id, one.text)
        for plan in meant
        for one in plan.commitments
    ]


def _document(kind: "Kind") -> dict[str, object]:
    document = asdict(kind)
    return {"kind": kind.key, **document}


def _written(kind: "Kind", file: Path, *, dry_run: bool) -> dict[str, object]:
    return {
        "kind": kind.key,
        "label": kind.label,
        "file": str(file),
        "written": not dry_run,
    }


def _labels(kind: "Kind") -> dict[str, str]:
    return {field.key: field.label for field in kind.fields}
