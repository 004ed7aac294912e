"""`import`: a register of valid patents."""

import dataclasses
from collections.abc import Callable, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from patentwatch.cli.options import (
    App,
    Day,
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    progress,
    when_option,
)

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from patentwatch.model import RowNote
    from patentwatch.register.result import Intake

F = TypeVar("F", bound=Callable[..., object])

_SHOWN = 20
_SHOWN_OF_A_KIND = 5


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
@click.option("--by", default="", help="经办人（--force 和撤回时记下）")
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
    from patentwatch import registerintake

    app = open_app(ctx)
    if files[0] == "undo":
        found = _undone(
            app.engine, files[1:], by=by, reason=reason, now=now, dry_run=dry_run
        )
        return _show_undone(found, dry_run=dry_run, as_json=as_json)
    order = registerintake.Order(
        as_of_on=as_of,
        county=county,
        partial=partial,
        force=force or "",
        by=by,
        dry_run=dry_run,
        encoding=encoding,
    )

    def take(path: Path) -> "Intake":
        with progress(path.name, total=None) as advance:
            return registerintake.import_register(
                app.engine, app.settings, path, order, now=now, on_rows=advance
            )

    return take_files(
        app, files, "register", take, now=now, dry_run=dry_run, as_json=as_json
    )


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
    app: App,
    files: Sequence[str],
    kind: str,
    take: Callable[[Path], "Intake"],
    *,
    now: datetime,
    dry_run: bool,
    as_json: bool,
) -> int:
    """Take files one by one, tell what became of each, return the exit status."""
    from patentwatch.intake import told
    from patentwatch.register.columns import Kind

    done = []
    for name in files:
        found = told(app.engine, Path(name), Kind(kind), take, now=now, dry_run=dry_run)
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
    from patentwatch.comparing import FIELD_WORDS

    if found.refused:
        click.echo(f"未导入：{found.refusal}")
        if not found.read:
            return
    head = "统计" if found.refused else "试算（未保存）" if dry_run else "已导入"
    click.echo(f"{head}：{found.summary}")
    if found.run is not None and not found.refused:
        click.echo(f"导入编号 {found.run}")
    show_notes("退回", found.rejects)
    show_notes("提示", [] if found.refused else found.warnings)
    show_notes("略过", found.skips)
    for change in found.changes[:_SHOWN]:
        old, new = (
            "空" if value is None or value == "" else value
            for value in (change["old"], change["new"])
        )
        field = FIELD_WORDS[change["field"]]
        click.echo(f"  变更 {change['application_no']} {field}：{old} → {new}")
    if len(found.changes) > _SHOWN:
        click.echo(f"  …… 共 {len(found.changes)} 处变更，--json 可看全部")


def show_notes(title: str, notes: Sequence["RowNote"]) -> None:
    """Say what is to be said about rows: the first of each kind, and how many more."""
    by_code: dict[str, list[RowNote]] = {}
    for note in notes:
        by_code.setdefault(note.code, []).append(note)
    for code, some in by_code.items():
        for note in some[:_SHOWN_OF_A_KIND]:
            sheet = f"工作表“{note.sheet}”" if note.sheet else ""
            row = f"第 {note.row} 行" if note.row else ""
            place = f"{sheet}{row} ".lstrip()
            click.echo(f"  {title} {place}{note.message}（{code}）")
        if len(some) > _SHOWN_OF_A_KIND:
            more = len(some) - _SHOWN_OF_A_KIND
            click.echo(
                f"  {title} …… 同样情况还有 {more} 行（{code}），--json 可看全部"
            )


def _undone(
    engine: "Engine",
    numbers: Sequence[str],
    *,
    by: str,
    reason: str,
    now: datetime,
    dry_run: bool,
) -> list[dict[str, int]]:
    from patentwatch import intake

    if not numbers or not all(number.isdecimal() for number in numbers):
        raise click.UsageError("用法：patentwatch import undo 导入编号")
    return [
        {
            "run": int(number),
            "patents": intake.undo(
                engine, int(number), by=by, reason=reason, now=now, dry_run=dry_run
            ),
        }
        for number in numbers
    ]


def _show_undone(
    found: Sequence[dict[str, int]], *, dry_run: bool, as_json: bool
) -> int:
    if as_json:
        emit_json([one | {"undone": not dry_run} for one in found])
        return 0
    head = "可以撤回" if dry_run else "已撤回"
    for one in found:
        click.echo(f"{head}导入 {one['run']}：{one['patents']} 件专利恢复原状")
    return 0
