"""`init`: a commented configuration, a database and a key, ready for the first list."""

from pathlib import Path

import click

from patentwatch import config
from patentwatch.cli.options import dry_run_option, say
from patentwatch.errors import UsageError


@click.command(help="写出带说明的 patentwatch.toml，建立或升级数据库，生成密钥。")
@click.option(
    "--dir",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path(),
    help="放在哪个文件夹；默认当前文件夹",
)
@dry_run_option
@click.pass_context
def init(ctx: click.Context, folder: Path, *, dry_run: bool) -> None:
    """Write what is missing; never change a file that is there."""
    named = ctx.find_root().params.get("config")
    path = named if isinstance(named, Path) else folder / config.FILE_NAME
    if dry_run:
        say(f"试算：{'保留' if path.exists() else '将写出'} {path}，并建立或升级数据库")
        return
    _write(path)
    settings = config.load(path)

    from patentwatch.inbox import STATUS
    from patentwatch.store import migrate
    from patentwatch.store.engine import connect

    engine = connect(settings.database.url)
    ctx.call_on_close(engine.dispose)
    _, key_made = migrate.install(engine, settings.database.key_file)
    if key_made:
        say(f"已生成密钥 {settings.database.key_file}，请另存一份，与备份分开保管")
    (settings.register.inbox / STATUS).mkdir(parents=True, exist_ok=True)
    say("数据库已就绪。接下来：填写单位名称和电话，然后 patentwatch import 清单文件")


def _write(path: Path) -> None:
    if path.exists():
        say(f"{path} 已经存在，保持不变")
        return
    if not path.parent.is_dir():
        raise UsageError(f"文件夹 {path.parent} 不存在")
    sample = Path(__file__).with_name("sample.toml")
    with path.open("x", encoding="utf-8") as file:
        file.write(sample.read_text("utf-8"))
    say(f"已写出 {path}，每一项都有说明")
