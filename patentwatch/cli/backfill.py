"""`backfill`: rebuilds the past; shows a plan first, and applies only that plan."""

import json
import os
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import click

from patentwatch.cli.options import (
    App,
    Day,
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    steps,
    when_option,
)

_SHOWN = 20


@click.command(
    help="用历年清单、法律状态文件和缴费记录重建历史。先生成计划：会存什么、历史如何、"
    "哪些提醒早已过去（不再发送）、哪些今天仍应发送。看过之后用 --apply 执行，"
    "只执行看过的计划。",
    epilog="例：backfill --from 2020-01-01 --to 2025-12-31 --source 历年清单/ "
    "--plan 回填.json；然后 backfill --apply 回填.json。计划只在当天有效。",
)
@click.option("--from", "from_on", type=Day(), help="重建从哪一天起的历史")
@click.option("--to", "to_on", type=Day(), help="到哪一天为止（含）")
@click.option(
    "--source",
    "sources",
    multiple=True,
    type=click.Path(path_type=Path),
    help="文件或文件夹，可写多次；先后不影响结果",
)
@click.option(
    "--plan",
    "plan_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="把计划写进这个文件",
)
@click.option(
    "--apply",
    "apply_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="执行这个计划",
)
@click.option("--force", default="", metavar="理由", help="被拒绝的清单也要导入")
@when_option
@dry_run_option
@json_option
@click.pass_context
def backfill(
    ctx: click.Context,
    from_on: date | None,
    to_on: date | None,
    sources: Sequence[Path],
    plan_file: Path | None,
    apply_file: Path | None,
    force: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001 - click hands in every option by name
    as_json: bool,  # noqa: FBT001
) -> int:
    """Make a plan, or apply one."""
    if apply_file is not None:
        if from_on or to_on or sources or plan_file or force:
            raise click.UsageError("--apply 只执行计划，不与其他选项同用")
        app = open_app(ctx)
        return _apply(app, apply_file, now=now, dry_run=dry_run, as_json=as_json)
    if from_on is None or to_on is None:
        raise click.UsageError("须写 --from 和 --to；或用 --apply 执行计划")
    if plan_file is not None:
        _refuse_place(plan_file, sources)
    app = open_app(ctx)
    kept_in = None if dry_run else plan_file
    plan = _make(app, (from_on, to_on), sources, force, kept_in, now=now)
    if as_json:
        emit_json(plan)
    else:
        for line in _lines(app, plan, plan_file):
            click.echo(line)
    asks = any(one["refused"] or one["rejected"] for one in plan["files"])
    return int(asks or plan["undecided"] > 0)


def _refuse_place(plan_file: Path, sources: Sequence[Path]) -> None:
    """Say before hours of work that the plan could not be kept there."""
    folder = plan_file.resolve().parent
    if not folder.is_dir():
        raise click.UsageError(f"--plan：文件夹 {folder} 不存在")
    if any(source.resolve() in (folder, *folder.parents) for source in sources):
        raise click.UsageError("--plan：计划文件请放在来源文件夹之外")


def _save(plan: dict[str, Any], file: Path) -> None:
    """Write the plan whole or not at all, for its owner alone."""
    part = file.with_name(f"{file.name}.part")
    part.unlink(missing_ok=True)
    descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as out:
        json.dump(plan, out, ensure_ascii=False, indent=1)
        out.write("\n")
    part.replace(file)


def _make(
    app: App,
    period: tuple[date, date],
    sources: Sequence[Path],
    force: str,
    kept_in: Path | None,
    *,
    now: datetime,
) -> dict[str, Any]:
    from patentwatch import installation
    from patentwatch.backfill import making
    from patentwatch.backfill.planning import Period
    from patentwatch.cli.options import say

    order = making.Order(Period(*period), sources, force)
    with steps("读取文件", "逐件判断") as (on_rows, on_looked):
        made = making.make(
            app.engine,
            app.vault,
            app.settings,
            installation.rules_of(app.settings, app.vault),
            order,
            now=now,
            keep=lambda plan: _save(plan, kept_in) if kept_in else None,
            on_rows=on_rows,
            on_looked=on_looked,
        )
    for path in made.late:
        say(f"{path.name} 的日期晚于 --to，没有采用")
    if made.resumed:
        say("上次没有做完，已从断点继续")
    return made.plan


def _apply(app: App, file: Path, *, now: datetime, dry_run: bool, as_json: bool) -> int:
    from patentwatch import installation
    from patentwatch.backfill import applying, planning

    plan = planning.read(file)
    with steps("导入文件", "逐件判断") as (on_rows, on_looked):
        applied = applying.apply(
            app.engine,
            app.vault,
            app.settings,
            installation.rules_of(app.settings, app.vault),
            plan,
            now=now,
            dry_run=dry_run,
            on_rows=on_rows,
            on_looked=on_looked,
        )
    if as_json:
        emit_json(
            {
                "applied": not dry_run and not applied.again,
                "again": applied.again,
                "run": applied.run,
                "files": applied.files,
                "alerts": applied.alerts,
            }
        )
    elif applied.again:
        click.echo(f"这个计划已经执行过（编号 {applied.run}），没有再做")
    else:
        head = "试算（未保存）" if dry_run else "已执行"
        click.echo(
            f"{head}：{applied.files} 个文件，{applied.alerts} 条提醒将按计划发出"
        )
    return 0


def _lines(app: App, plan: dict[str, Any], file: Path | None) -> Iterator[str]:
    yield f"回填计划 {plan['from']} 至 {plan['to']}（{plan['on']}，未执行）"
    for one in plan["files"]:
        fate = f"拒绝：{one['refusal']}" if one["refused"] else _counted(one)
        yield f"  {Path(one['file']).name}：{fate}"
        yield from (f"    第 {r['row']} 行 {r['message']}" for r in one["rejects"][:5])
    stored = plan["stored"]
    yield (
        f"将存入：专利 {stored['patents']} 件、事实 {stored['facts']} 条、"
        f"法律状态事件 {stored['events']} 个"
    )
    names = {county.code: county.name for county in app.settings.counties}
    yield (
        "历史（按当时所知）：年份 县区 年末有效 新授权 未缴年费终止 恢复 届满 其他终止"
    )
    for row in plan["history"]:
        yield (
            f"  {row['year']} {names.get(row['county'], row['county'] or '县区不详')} "
            f"{row['valid']} {row['granted']} {row['lapsed']} {row['restored']} "
            f"{row['expired']} {row['otherwise_ended']}"
        )
    past, send = plan["backfilled"], plan["would_send"]
    yield f"早已过去、不再发送：{past['annuities']} 笔年费的提醒"
    yield (
        f"今天仍应发送：{send['alerts']} 条提醒，合 {send['messages']} 条消息，"
        f"{send['people']} 个收信地址"
        + ("（观察模式，只记录不发送）" if send["observed"] else "")
    )
    if plan["undecided"]:
        yield f"有 {plan['undecided']} 件专利无法判断，请看日志"
    for one in send["list"][:_SHOWN]:
        yield (
            f"  {one['application_no']} 第{one['fee_year']}年 {one['tier']} "
            f"{one['channel']} {one['recipient']}"
        )
    if len(send["list"]) > _SHOWN:
        yield f"  …… 共 {len(send['list'])} 条，--json 可看全部"
    if file is None:
        yield "没有写 --plan，计划未保存；保存后才能执行"
    else:
        yield f"执行：patentwatch backfill --apply {file}（当天有效）"


def _counted(one: dict[str, Any]) -> str:
    gone = f"，少了 {one['vanished']} 件" if one["vanished"] else ""
    return (
        f"读 {one['read']} 行，采用 {one['accepted']}（新增 {one['created']}、"
        f"变更 {one['changed']}），略过 {one['skipped']}，退回 {one['rejected']}{gone}"
    )
