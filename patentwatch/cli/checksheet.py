"""`checksheet`: which numbers to look up, and what was found."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import click

from patentwatch.cli.imports import import_options, take_files
from patentwatch.cli.options import (
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    when_option,
)


@click.group(help="每月核查表：导出待查专利号，导入查得结果")
def checksheet() -> None:
    """Hold the commands about check sheets."""


@checksheet.command(help="导出核查表：到国家知识产权局系统逐号查询，填好后再导入")
@click.option("--county", help="只要一个县区（代码或名称）")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="写到哪个文件（.xlsx）",
)
@when_option
@dry_run_option
@json_option
@click.pass_context
def export(
    ctx: click.Context,
    county: str | None,
    out: Path,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Write the numbers to look up into a workbook."""
    import dataclasses

    from patentwatch import checksheet as sheets
    from patentwatch import clock, installation
    from patentwatch.errors import UsageError
    from patentwatch.intake import county_code
    from patentwatch.store.engine import reading

    if out.suffix.lower() != ".xlsx":
        raise UsageError(f"--out {out}：文件名应以 .xlsx 结尾")
    if not out.parent.is_dir():
        raise UsageError(f"--out {out}：文件夹 {out.parent} 不存在")
    app = open_app(ctx)
    rules = installation.rules_of(app.settings, app.vault)
    on = clock.today(now)
    with reading(app.engine) as connection:
        found = list(
            sheets.lines(
                connection,
                app.vault,
                rules,
                app.settings,
                on=on,
                county=county_code(county, app.settings) if county else None,
            )
        )
    found.sort(key=lambda line: (line.county, line.ends_on, line.application_no))
    if not dry_run:
        sheets.write(found, out, on=on)
    if as_json:
        emit_json([dataclasses.asdict(line) for line in found])
    else:
        done = "试算（未写出）" if dry_run else f"已写出 {out}"
        click.echo(f"{done}：{len(found)} 个待查专利号")


@checksheet.command("import", help="导入填好的核查表")
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
    """Take filled check sheets one by one."""
    from patentwatch import people_intake

    app = open_app(ctx)
    return take_files(
        app,
        files,
        "check_sheet",
        lambda path: people_intake.import_checksheet(
            app.engine,
            app.settings,
            path,
            now=now,
            dry_run=dry_run,
            encoding=encoding,
        ),
        now=now,
        dry_run=dry_run,
        as_json=as_json,
    )
