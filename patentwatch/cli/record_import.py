"""`record import`: a filled-in template of one kind, with what it would change."""

from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patentwatch.cli.options import (
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    when_option,
)

if TYPE_CHECKING:
    from patentwatch.register.result import Intake

_SHOWN = 20


@click.command("import", help="导入一种记录（按模板填好的 XLSX、CSV、TSV）")
@click.argument("kind")
@click.argument("files", nargs=-1, required=True)
@click.option("--encoding", help="文本文件的编码；默认自动识别")
@click.option("--by", default="", help="经办人")
@when_option
@dry_run_option
@json_option
@click.pass_context
def import_(
    ctx: click.Context,
    kind: str,
    files: Sequence[str],
    encoding: str | None,
    by: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001 - click hands in every option by name
    as_json: bool,  # noqa: FBT001
) -> int:
    """Take files one by one; each is taken or refused as a whole."""
    from patentwatch.cli.imports import document
    from patentwatch.intake import told
    from patentwatch.plan.kinds import kind_named
    from patentwatch.plan.recordsheet import LIST
    from patentwatch.recordintake import Order, import_records

    named = kind_named(kind)
    app = open_app(ctx)
    order = Order(by, dry_run, encoding)

    def take(path: Path) -> "Intake":
        return import_records(app.engine, app.settings, named, path, order, now=now)

    done = []
    for name in files:
        found = told(app.engine, Path(name), LIST, take, now=now, dry_run=dry_run)
        done.append(found)
        if not as_json:
            _show(found, dry_run=dry_run)
    if as_json:
        emit_json([document(found) for found in done])
    return int(any(found.needs_a_person for found in done))


def _show(found: "Intake", *, dry_run: bool) -> None:
    """Say what became of one file: counts, notes, then the differences."""
    from patentwatch.cli.imports import show_notes

    if found.refused:
        click.echo(f"未导入：{found.refusal}")
        return
    click.echo(f"{'试算（未保存）' if dry_run else '已导入'}：{found.summary}")
    if found.run is not None:
        click.echo(f"导入编号 {found.run}")
    show_notes("退回", found.rejects)
    show_notes("提示", found.warnings)
    show_notes("略过", found.skips)
    told = [one for one in found.changes if one["word"] != "unchanged"]
    for change in told[:_SHOWN]:
        _show_change(change)
    if len(told) > _SHOWN:
        click.echo(f"  …… 共 {len(told)} 条新增或变更，--json 可看全部")


def _show_change(change: dict[str, Any]) -> None:
    from patentwatch.register.messages import clipped

    row = f"第 {change['row']} 行“{clipped(change['title'])}”"
    if change["word"] == "created":
        click.echo(f"  新增 {row}")
        return
    for one in change["fields"]:
        old, new = (clipped(one[side]) or "空" for side in ("old", "new"))
        click.echo(f"  变更 {row} {one['label']}：{old} → {new}")
