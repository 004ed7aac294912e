"""`calls`: whom an official rings, the sheet for it, and what came of the calls."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patentwatch.cli.calls_done import done
from patentwatch.cli.imports import import_options, take_files
from patentwatch.cli.options import (
    App,
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    say,
    when_option,
)

if TYPE_CHECKING:
    from patentwatch.callsheet import Line

_SHOWN = 200

_county_option = click.option(
    "--county", help="只要一个县区（代码或名称）；city 表示由市局直接负责的"
)
_city_option = click.option(
    "--city", is_flag=True, help="只要市局应跟进的：县区逾期未办、多次拒接、最后几天"
)


@click.group(help="电话任务：该给谁打、导出任务表、登记通话结果")
def calls() -> None:
    """Hold the commands about calls."""


@calls.command("list", help="待办的电话任务（号码已遮盖）")
@_county_option
@_city_option
@when_option
@json_option
@click.pass_context
def list_(
    ctx: click.Context,
    county: str | None,
    city: bool,  # noqa: FBT001 - click hands in every option by name
    now: datetime,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Show what there is to ring about."""
    from patentwatch import callsheet

    found = _lines(open_app(ctx), county, city=city, now=now)
    lines = [callsheet.masked(line) for line in found]
    if as_json:
        emit_json([_document(line) for line in lines])
        return
    if not lines:
        click.echo("没有待办的电话任务")
    for line in lines[:_SHOWN]:
        click.echo(_sentence(line))
    if len(lines) > _SHOWN:
        say(f"…… 共 {len(lines)} 项，--json 可看全部")


@calls.command(
    help="导出电话任务表。负责县区的官员（--county 加 --by）得到完整号码，并留下记录；"
    "其余一律遮盖"
)
@_county_option
@_city_option
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="写到哪个文件（.xlsx）",
)
@click.option("--by", default="", help="导出给谁用；导出完整号码时必填")
@click.option("--masked", is_flag=True, help="遮盖号码")
@when_option
@dry_run_option
@json_option
@click.pass_context
def export(
    ctx: click.Context,
    county: str | None,
    city: bool,  # noqa: FBT001
    out: Path,
    by: str,
    masked: bool,  # noqa: FBT001
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Write the sheet; what is printed is masked, whatever the sheet holds."""
    from patentwatch import callbook, callsheet, clock
    from patentwatch.errors import UsageError

    if out.suffix.lower() != ".xlsx":
        raise UsageError(f"--out {out}：文件名应以 .xlsx 结尾")
    if not out.parent.is_dir():
        raise UsageError(f"--out {out}：文件夹 {out.parent} 不存在")
    full = county is not None and not (masked or city)
    if full and not by.strip():
        raise UsageError("导出完整号码要用 --by 写明给谁用；否则请加 --masked")
    app = open_app(ctx)
    found = _lines(app, county, city=city, now=now)
    shown = [callsheet.masked(line) for line in found]
    if not dry_run:
        _make_private(out)  # before anything is written down about it
        if full:
            _write_down(app, county or "", len(found), by=by.strip(), now=now)
        sheet = found if full else shown
        callbook.write(sheet, out, on=clock.today(now), masked=not full)
    if as_json:
        emit_json([_document(line) for line in shown])
        return
    head = "试算（未写出）" if dry_run else f"已写出 {out}"
    numbers = "含完整号码，导出有记录" if full else "号码已遮盖"
    click.echo(f"{head}：{len(found)} 项任务（{numbers}）")


def _make_private(out: Path) -> None:
    from patentwatch.errors import UsageError

    try:
        out.touch(mode=0o600)
    except OSError as error:
        raise UsageError(f"--out {out}：无法写入（{error.strerror}）") from error


@calls.command("import", help="导入填好的电话任务表")
@import_options
@click.pass_context
def import_(
    ctx: click.Context,
    files: Sequence[str],
    encoding: str | None,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> int:
    """Take filled call sheets one by one."""
    from patentwatch import calling, installation

    app = open_app(ctx)
    rules = installation.rules_of(app.settings, app.vault)
    return take_files(
        app,
        files,
        "call_sheet",
        lambda path: calling.import_calls(
            app.engine,
            app.vault,
            app.settings,
            rules,
            path,
            now=now,
            dry_run=dry_run,
            encoding=encoding,
        ),
        now=now,
        dry_run=dry_run,
        as_json=as_json,
    )


def _lines(app: App, county: str | None, *, city: bool, now: datetime) -> "list[Line]":
    from patentwatch import callsheet, clock, installation
    from patentwatch.store.engine import reading

    rules = installation.rules_of(app.settings, app.vault)
    with reading(app.engine) as connection:
        return callsheet.lines(
            connection,
            app.vault,
            rules,
            app.settings,
            on=clock.today(now),
            county=_code(app, county) if county is not None else None,
            city=city,
        )


def _code(app: App, county: str) -> str:
    from patentwatch.alerts import CITY
    from patentwatch.intake import county_code

    return CITY if county == CITY else county_code(county, app.settings)


def _write_down(app: App, county: str, tasks: int, *, by: str, now: datetime) -> None:
    """Record who gets full numbers, before there is a file that holds them."""
    from patentwatch import callsheet
    from patentwatch.store.engine import transaction

    with transaction(app.engine) as connection:
        callsheet.give_out(connection, _code(app, county), tasks=tasks, by=by, now=now)


def _document(line: "Line") -> dict[str, Any]:
    """Return what `--json` tells of one task."""
    import dataclasses

    return dataclasses.asdict(line)


def _sentence(line: "Line") -> str:
    """Return one task for a person's eyes."""
    from patentwatch.callbook import act_by, amount
    from patentwatch.calls import TASK_WORDS
    from patentwatch.why import TIER_WORDS

    telephones = "、".join(f"{one.person} {one.number}".strip() for one in line.ringing)
    return "  ".join(
        filter(
            None,
            (
                TASK_WORDS[line.task],
                line.county_name,
                f"{line.application_no} 第{line.fee_year}年",
                TIER_WORDS[line.tier.value],
                f"最迟 {act_by(line)}",
                f"{amount(line)} 元",
                "；".join(line.patentees),
                telephones or "没有可用的号码",
                f"自 {line.asked_on} 起",
                "市局跟进" if line.city else "",
            ),
        )
    )


calls.add_command(done)
