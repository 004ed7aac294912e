"""`db`: the database is brought up to the program, checked, backed up, restored."""

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from patentwatch.cli.options import (
    dry_run_option,
    emit_json,
    json_option,
    progress,
    say,
    settings_of,
    when_option,
)

if TYPE_CHECKING:
    from patentwatch.store.backups import Backup


@click.group(help="数据库：升级、检查、备份、恢复。")
def db() -> None:
    """Group the commands on the database."""


@db.command(help="建立或升级数据库，缺少密钥文件时生成一个。升级前请先备份。")
@dry_run_option
@click.pass_context
def upgrade(ctx: click.Context, *, dry_run: bool) -> None:
    """Bring the database to the code's revision and make a missing key."""
    from patentwatch.store import migrate
    from patentwatch.store.engine import connect

    settings = settings_of(ctx)
    engine = connect(settings.database.url)
    ctx.call_on_close(engine.dispose)
    if dry_run:
        say(f"试算：将把 {engine.url.render_as_string()} 升级到版本 {migrate.head()}")
        return
    changed, key_made = migrate.install(engine, settings.database.key_file)
    if key_made:
        say(f"已生成密钥 {settings.database.key_file}，请另存一份，与备份分开保管")
    say(f"数据库{'已升级到' if changed else '已经是'}版本 {migrate.head()}")


@db.command(
    help="检查数据库的版本和结构是否与程序一致，文件和每行数据有无损坏，密钥能否使用。"
)
@json_option
@click.pass_context
def check(ctx: click.Context, *, as_json: bool) -> int:
    """Compare the database with the tables in the code, and look for damage."""
    from patentwatch.store import backups, migrate, rowcheck
    from patentwatch.store.engine import connect, reading
    from patentwatch.store.vault import unlock

    settings = settings_of(ctx)
    engine = connect(settings.database.url)
    ctx.call_on_close(engine.dispose)
    migrate.check(engine)
    vault = unlock(settings.database.key_file)
    differences = migrate.differences(engine)
    if engine.dialect.name == "sqlite":
        differences += backups.damage(backups.file_of(settings.database.url))
    if not differences:
        with reading(engine) as connection:
            differences = list(rowcheck.damaged(connection, vault))
    if as_json:
        emit_json({"revision": migrate.head(), "differences": differences})
    else:
        for difference in differences:
            click.echo(difference)
        say(f"版本 {migrate.head()}，与程序{'不一致' if differences else '一致'}")
    return 1 if differences else 0


@db.command(help="备份数据库（SQLite，守护进程可以照常运行）；写成后打开核对才算数。")
@click.option("--out", type=click.Path(path_type=Path), help="备份文件或文件夹")
@when_option
@dry_run_option
@json_option
@click.pass_context
def backup(
    ctx: click.Context,
    /,
    out: Path | None,
    now: datetime,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Write a backup beside the database, or where it is asked for."""
    from patentwatch import clock
    from patentwatch.store import backups

    source = backups.file_of(settings_of(ctx).database.url)
    if not source.is_file():
        raise click.UsageError(f"还没有数据库 {source}")
    name = f"{source.stem}-{now.astimezone(clock.SHANGHAI):%Y%m%d-%H%M%S}.db"
    target = out or source.parent / name
    if target.is_dir():
        target /= name
    if dry_run:
        size = source.stat().st_size
        if as_json:  # what stands in it is known when it is written
            emit_json(_document(target, size, revision=None, rows=None))
        say(f"试算：将备份到 {target}，约 {size} 字节")
        return
    with progress("备份", total=None) as step:
        found = backups.backup(source, target, on_part=lambda *_: step(1))
    if as_json:
        emit_json(_told(found))
    say(
        f"已备份到 {found.path}（{found.size} 字节，版本 {found.revision}，"
        f"{found.rows.get('patents', 0)} 件专利）；密钥文件和发送日志不在其中，"
        "请另行、分开保存"
    )


@db.command(help="从备份恢复（SQLite）；恢复后不发任何消息，直到有人核对后放行。")
@click.argument("file", type=click.Path(path_type=Path))
@when_option
@dry_run_option
@json_option
@click.pass_context
def restore(
    ctx: click.Context, /, file: Path, now: datetime, *, dry_run: bool, as_json: bool
) -> None:
    """Put a backup in the database's place and the one that was there aside."""
    from patentwatch.store import backups
    from patentwatch.store.engine import daemon_lock

    url = settings_of(ctx).database.url
    target = backups.file_of(url)
    found = backups.checked(file)
    aside = None
    if not dry_run:
        with daemon_lock(url):
            aside = backups.restore(found, target, now=now)
    if as_json:
        emit_json(_told(found) | {"aside": str(aside) if aside else None})
    patents = found.rows.get("patents", 0)
    said = f"备份 {file} 完好：版本 {found.revision}，{patents} 件专利"
    if dry_run:
        say(f"试算：{said}；将代替 {target}")
        return
    kept = f"；原来的数据库改名为 {aside.name}" if aside else ""
    say(
        f"{said}；已恢复到 {target}{kept}。现在不会发送任何消息：请补录备份之后的缴费、"
        "答复和退订，再执行 "
        "patentwatch alerts release --restored --by 姓名 --reason 原因"
    )


def _told(found: "Backup") -> dict[str, object]:
    return _document(found.path, found.size, revision=found.revision, rows=found.rows)


def _document(
    file: Path, size: int, *, revision: str | None, rows: Mapping[str, int] | None
) -> dict[str, object]:
    return {"file": str(file), "size": size, "revision": revision, "rows": rows}
