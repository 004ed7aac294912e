"""`status import`, `pull`, `sources`: events and facts from files and services."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patentwatch.cli.imports import take_files
from patentwatch.cli.options import (
    Day,
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    progress,
    when_option,
)

if TYPE_CHECKING:
    from patentwatch.register.result import Intake
    from patentwatch.store.sources import SourceState


@click.command(
    "import",
    help="导入法律状态：批量数据 XML（可为 zip）、公告清单（CSV、XLSX、JSON Lines）、"
    "案件状态清单、保存的查询页（JSON）。",
    epilog="全国批量数据只取登记中已有的专利；请先导入清单。"
    "撤回一次导入：import undo 编号。",
)
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--as-of",
    "queried_on",
    type=Day(),
    help="查询日，用于自己不写日期的文件；默认文件的保存日期",
)
@click.option("--encoding", help="文本文件的编码；默认自动识别")
@when_option
@dry_run_option
@json_option
@click.pass_context
def import_(
    ctx: click.Context,
    files: Sequence[str],
    queried_on: date | None,
    encoding: str | None,
    now: datetime,
    dry_run: bool,  # noqa: FBT001 - click hands in every option by name
    as_json: bool,  # noqa: FBT001
) -> int:
    """Take status files one by one; each is taken or refused as a whole."""
    from patentwatch import statusintake

    app = open_app(ctx)

    def take(path: Path) -> "Intake":
        with progress(path.name, total=None) as advance:
            return statusintake.import_status(
                app.engine,
                app.settings,
                path,
                now=now,
                queried_on=queried_on,
                dry_run=dry_run,
                encoding=encoding,
                on_rows=advance,
            )

    return take_files(
        app, files, "status", take, now=now, dry_run=dry_run, as_json=as_json
    )


@click.command(help="向欧洲专利局 OPS 逐件查询法律状态，按紧要程度排队，不超过其限额。")
@click.option("--limit", type=click.IntRange(min=1), help="这一次最多查询多少件")
@when_option
@dry_run_option
@json_option
@click.pass_context
def pull(
    ctx: click.Context,
    limit: int | None,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> int:
    """Ask the remote source about the patents that are due to be asked for."""
    from patentwatch import clock, installation, pulling

    app = open_app(ctx)
    # What is asked at a day of one's choice is asked now all the same.
    offset = now - clock.now()
    with progress("OPS", total=None) as advance:
        pulled = pulling.pull(
            app.engine,
            app.vault,
            app.settings,
            installation.rules_of(app.settings, app.vault),
            tell_time=lambda: clock.now() + offset,
            limit=limit,
            dry_run=dry_run,
            on_asked=advance,
        )
    if as_json:
        emit_json(pulled.document())
    else:
        for line in pulled.lines(dry_run=dry_run):
            click.echo(line)
    return int(pulled.needs_a_person)


@click.command(help="各法律状态来源最近一次有回答是什么时候")
@when_option
@json_option
@click.pass_context
def sources(
    ctx: click.Context,
    now: datetime,
    as_json: bool,  # noqa: FBT001
) -> int:
    """Tell how old the data of each source is; 1 when one is stale."""
    from patentwatch.store import sources as store
    from patentwatch.store.engine import reading

    app = open_app(ctx)
    with reading(app.engine) as connection:
        found = store.states(connection)
    if as_json:
        emit_json([_shown(state, now) for state in found])
    else:
        if not found:
            click.echo("还没有导入或查询过法律状态")
        for state in found:
            click.echo(_line(state, now))
    return int(any(state.stale(now) for state in found))


def _shown(state: "SourceState", now: datetime) -> dict[str, Any]:
    return {
        "source": state.name,
        "asked_at": state.asked_at,
        "answered_at": state.answered_at,
        "not_before_at": state.not_before_at,
        "stale": state.stale(now),
        "detail": state.detail,
    }


def _line(state: "SourceState", now: datetime) -> str:
    from patentwatch import clock

    if state.answered_at is None:
        return f"{state.name}：从未得到回答；提醒照常进行。{state.detail}"
    until = clock.today(state.answered_at)
    mark = "，已超过 7 天没有更新，提醒照常进行" if state.stale(now) else ""
    return f"{state.name}：数据截至 {until}{mark}"
