"""`import`: a register of valid patents."""

import dataclasses
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from patentwatch.cli.options import (
    Day,
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    progress,
    say,
    when_option,
)

if TYPE_CHECKING:
    from patentwatch.model import RowNote
    from patentwatch.register.result import Intake

F = TypeVar("F", bound=Callable[..., object])

_SHOWN = 20


@click.command(
    "import",
    help="导入有效专利清单（CSV、TSV、XLSX、XLS）。撤回一次导入：import undo 编号。",
    epilog="清单对其中出现的县区视为完整：名单上不再出现的专利记为“待查”，绝不删除。",
)
@click.argument("files", nargs=-1, required=True)
@click.option(
    "--as-of", type=Day(), help="清单的截至日期；默认取文件内写明的，否则今天"
)
@click.option("--county", help="清单属于哪个县区（代码或名称）")
@click.option("--partial", is_flag=True, help="清单不完整，只增不减")
@click.option("--force", "force", metavar="理由", help="导入被拒绝的清单，并记下理由")
@click.option("--encoding", help="文本文件的编码；默认自动识别")
@click.option("--by", default="", help="经办人")
@click.option("--reason", default="", help="撤回的理由")
@when_option
@dry_run_option
@json_option
@click.pass_context
def import_(
    ctx: click.Context,
    files: Sequence[str],
    as_of: date | None,
    county: str | None,
    partial: bool,  # noqa: FBT001 - click hands in every option by name
    force: str | None,
    encoding: str | None,
    by: str,
    reason: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> int:
    """Take lists one by one; each is taken or refused as a whole."""
    from patentwatch import intake

    app = open_app(ctx)
    if files[0] == "undo":
        return _undo(app.engine, files[1:], by=by, reason=reason, now=now)
    order = intake.Order(
        as_of_on=as_of,
        county=county,
        partial=partial,
        force=force or "",
        dry_run=dry_run,
        encoding=encoding,
    )

    def take(path: Path) -> "Intake":
        with progress(path.name, total=None) as advance:
            return intake.import_register(
                app.engine, app.settings, path, order, now=now, on_rows=advance
            )

    return take_files(files, take, dry_run=dry_run, as_json=as_json)


def import_options(command: F) -> F:
    """Add what every import of a plain list understands."""
    for option in (
        json_option,
        dry_run_option,
        when_option,
        click.option("--encoding", help="文本文件的编码；默认自动识别"),
        click.argument("files", nargs=-1, required=True),
    ):
        command = option(command)
    return command


def take_files(
    files: Sequence[str],
    take: Callable[[Path], "Intake"],
    *,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Take files one by one, tell what became of each, return the exit status."""
    from patentwatch.errors import InputError
    from patentwatch.intake import refused_file

    done = []
    for name in files:
        try:
            found = take(Path(name))
        except InputError as error:
            found = refused_file(Path(name), error)
        done.append(found)
        if not as_json:
            show(found, dry_run=dry_run)
    if as_json:
        emit_json([document(found) for found in done])
    return int(any(found.needs_a_person for found in done))


def document(found: "Intake") -> dict[str, Any]:
    """Return what `--json` tells of one file."""
    whole = dataclasses.asdict(found)
    whole.pop("kind")
    return whole


def show(found: "Intake", *, dry_run: bool) -> None:
    """Say in Chinese what became of one file."""
    if found.refused:
        click.echo(f"未导入：{found.refusal}")
    head = "试算（未保存）" if dry_run else "已导入" if not found.refused else "统计"
    click.echo(
        f"{head}：{found.file}，读 {found.read} 行，采用 {found.accepted}"
        f"（新增 {found.created}、变更 {found.changed}、未变 {found.unchanged}），"
        f"略过 {found.skipped}，退回 {found.rejected}"
        + (f"，名单上少了 {found.vanished} 件" if found.vanished else "")
    )
    if found.run is not None:
        click.echo(f"导入编号 {found.run}；撤回：patentwatch import undo {found.run}")
    for title, notes in (
        ("退回", found.rejects),
        ("提示", found.warnings),
        ("略过", found.skips),
    ):
        show_notes(title, notes)
    for change in found.changes[:_SHOWN]:
        click.echo(
            f"  变更 {change['application_no']} {change['field']}："
            f"{change['old'] if change['old'] is not None else '空'} → "
            f"{change['new'] if change['new'] is not None else '空'}"
        )
    if len(found.changes) > _SHOWN:
        click.echo(f"  …… 共 {len(found.changes)} 处变更，--json 可看全部")


def show_notes(title: str, notes: Sequence["RowNote"]) -> None:
    """Say what is to be said about rows, the first of them."""
    for note in notes[:_SHOWN]:
        sheet = f"工作表“{note.sheet}”" if note.sheet else ""
        row = f"第 {note.row} 行" if note.row else ""
        click.echo(f"  {title} {sheet}{row} {note.message}（{note.code}）")
    if len(notes) > _SHOWN:
        click.echo(f"  …… {title}共 {len(notes)} 条，--json 可看全部")


def _undo(
    engine: Any, numbers: Sequence[str], *, by: str, reason: str, now: datetime
) -> int:
    from patentwatch import intake

    if not numbers or not all(number.isdecimal() for number in numbers):
        raise click.UsageError("用法：patentwatch import undo 导入编号")
    for number in numbers:
        count = intake.undo(engine, int(number), by=by, reason=reason, now=now)
        say(f"已撤回导入 {number}：{count} 件专利恢复原状")
    return 0
