"""`db`: the database is brought up to the program, or compared with it."""

import click

from patentwatch.cli.options import (
    dry_run_option,
    emit_json,
    json_option,
    say,
    settings_of,
)


@click.group(help="数据库：升级、检查。")
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


@db.command(help="检查数据库的版本和结构是否与程序一致，密钥能否使用。")
@json_option
@click.pass_context
def check(ctx: click.Context, *, as_json: bool) -> int:
    """Compare the database with the tables in the code."""
    from patentwatch.store import migrate
    from patentwatch.store.engine import connect
    from patentwatch.store.vault import unlock

    settings = settings_of(ctx)
    engine = connect(settings.database.url)
    ctx.call_on_close(engine.dispose)
    migrate.check(engine)
    unlock(settings.database.key_file)
    differences = migrate.differences(engine)
    if as_json:
        emit_json({"revision": migrate.head(), "differences": differences})
    else:
        for difference in differences:
            click.echo(difference)
        say(f"版本 {migrate.head()}，与程序{'不一致' if differences else '一致'}")
    return 1 if differences else 0
