"""`plan load` and `plan list`: the plan's file, taken in; what has been taken in."""

import dataclasses
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from patentwatch.cli.options import (
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    say,
    when_option,
)

if TYPE_CHECKING:
    from patentwatch.errors import InputError
    from patentwatch.plan.differences import Difference
    from patentwatch.planintake import PlanIntake
    from patentwatch.store.plans import Wording

_LONGEST = 60


@click.command(
    help="载入一份计划文件（TOML），或随程序提供的计划，如 puyang-2023。"
    "改过的计划另存为新的文本，旧文本保留。",
    epilog="修订计划时请写新的 in_force_on：此前各日仍按旧文本计算。",
)
@click.argument("file")
@click.option("--by", default="", help="经办人")
@when_option
@dry_run_option
@json_option
@click.pass_context
def load(
    ctx: click.Context,
    file: str,
    by: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001 - click hands in every option by name
    as_json: bool,  # noqa: FBT001
) -> int:
    """Take a plan in, or refuse its file as a whole."""
    from patentwatch import planintake
    from patentwatch.errors import InputError

    app = open_app(ctx)
    try:
        intake = planintake.load(
            app.engine, app.settings, file, by=by, now=now, dry_run=dry_run
        )
    except InputError as error:
        if not as_json:
            raise
        emit_json(_refused(file, error))
        return error.exit_status
    if as_json:
        emit_json(_document(intake, dry_run=dry_run))
    else:
        _show(intake, dry_run=dry_run)
    return 0


@click.command("list", help="已载入的计划；一份计划的各个文本按生效日期排列")
@when_option
@json_option
@click.pass_context
def list_(ctx: click.Context, now: datetime, as_json: bool) -> None:  # noqa: FBT001
    """Show every plan with its wordings."""
    from patentwatch import clock
    from patentwatch.store import plans
    from patentwatch.store.engine import reading

    app = open_app(ctx)
    on = clock.today(now)
    with reading(app.engine) as connection:
        found = [plans.wordings(connection, name) for name in plans.names(connection)]
    if as_json:
        emit_json([_listed(one, at_work=plans.holding(one, on=on)) for one in found])
        return
    for wordings in found:
        at_work = plans.holding(wordings, on=on)
        click.echo(f"{at_work.name}  {at_work.title}（{at_work.document_no}）")
        for one in wordings:
            mark = "*" if one.id == at_work.id else " "
            by = f"，{one.loaded_by}" if one.loaded_by else ""
            click.echo(
                f"  {mark} {one.in_force_on} 起生效，{one.commitments} 条承诺；"
                f"{clock.today(one.loaded_at)} 载入自 {one.file}{by}"
            )
    if not found:
        click.echo("没有计划；载入：patentwatch plan load puyang-2023")


def _listed(wordings: "Sequence[Wording]", *, at_work: "Wording") -> dict[str, Any]:
    return {
        "plan": at_work.name,
        "year": at_work.year,
        "title": at_work.title,
        "document_no": at_work.document_no,
        "in_force_on": at_work.in_force_on,
        "commitments": at_work.commitments,
        "wordings": [dataclasses.asdict(one) for one in wordings],
    }


def _document(intake: "PlanIntake", *, dry_run: bool) -> dict[str, Any]:
    plan = intake.plan
    return {
        "file": intake.file,
        "plan": plan.name,
        "year": plan.year,
        "title": plan.title,
        "document_no": plan.document_no,
        "in_force_on": plan.in_force_on,
        "items": len(plan.items),
        "commitments": len(plan.commitments),
        "saved": intake.saved,
        "dry_run": dry_run,
        "refused": False,
        "refusal": None,
        "faults": [],
        "warnings": [dataclasses.asdict(one) for one in intake.warnings],
        "changes": [dataclasses.asdict(one) for one in intake.differences],
    }


def _refused(file: str, error: "InputError") -> dict[str, Any]:
    faults = getattr(error, "faults", ())
    return {
        "file": file,
        "refused": True,
        "code": error.code,
        "refusal": str(error),
        "faults": [dataclasses.asdict(one) for one in faults],
    }


_DONE = {
    ("created", False): "已载入",
    ("created", True): "将载入",
    ("changed", False): "已载入新的文本",
    ("changed", True): "将载入新的文本",
    ("unchanged", False): "早已载入，没有变化",
    ("unchanged", True): "早已载入，没有变化",
}


def _show(intake: "PlanIntake", *, dry_run: bool) -> None:
    plan = intake.plan
    for one in intake.warnings:
        say(f"注意：{one}")
    click.echo(
        f"{_DONE[intake.saved, dry_run]}：{plan.title}（{plan.document_no}），计划名 "
        f"{plan.name}，{plan.in_force_on} 起生效，{len(plan.items)} 项任务，"
        f"{len(plan.commitments)} 条承诺"
    )
    if intake.saved == "changed":
        for change in intake.differences:
            click.echo(f"  {_told(change)}")


def _told(change: "Difference") -> str:
    match change.what:
        case "added":
            return f"新增 {change.id}：{_short(change.new)}"
        case "removed":
            return f"删去 {change.id}：{_short(change.old)}"
    what = f"{change.id} 的 {change.field}" if change.id else change.field
    return f"修改 {what}：{_short(change.old)} → {_short(change.new)}"


def _short(value: object) -> str:
    import json

    if value in (None, "", [], {}):
        return "（无）"
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= _LONGEST else f"{text[:_LONGEST]}……"
