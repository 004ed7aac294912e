"""What commands share: options, the open installation, and how results are printed."""

import json
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from patentwatch import clock, config
from patentwatch.errors import StoreBroken
from patentwatch.settings import Settings, sqlite_file

if TYPE_CHECKING:
    from sqlalchemy import Engine

    from patentwatch.store.vault import Vault

F = TypeVar("F", bound=Callable[..., object])


class When(click.ParamType[datetime]):
    """A date (09:00 in Shanghai on that day) or an instant with its offset."""

    name = "when"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> datetime:
        """Return `value` as aware UTC."""
        if isinstance(value, datetime):
            return value
        try:
            if len(value) <= len("2026-11-22"):
                return clock.at_nine(date.fromisoformat(value))
            instant = datetime.fromisoformat(value)
        except ValueError:
            self.fail(
                f"“{value}” 不是日期（2026-11-22）或时刻（2026-11-22T23:10+08:00）",
                param,
                ctx,
            )
        if instant.tzinfo is None:
            self.fail(f"“{value}” 缺少时区，如 {value}+08:00", param, ctx)
        return instant.astimezone(UTC)


class Day(click.ParamType[date]):
    """A day, `2026-11-22`."""

    name = "date"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Return `value` as a date."""
        if isinstance(value, date):
            return value
        try:
            return date.fromisoformat(value)
        except ValueError:
            self.fail(f"“{value}” 不是日期，应如 2026-11-22", param, ctx)


when_option = click.option(
    "--on",
    "now",
    type=When(),
    metavar="WHEN",
    default=clock.now,
    help="当作这一天（上海时间 9 点）或这一时刻来算；默认现在",
)
json_option = click.option("--json", "as_json", is_flag=True, help="输出一个 JSON 文档")
dry_run_option = click.option("--dry-run", is_flag=True, help="只算不写，什么也不保存")


@dataclass(frozen=True, slots=True)
class App:
    """An installation, open: its settings, its database, its keys."""

    settings: Settings
    engine: "Engine"
    vault: "Vault"


def settings_of(ctx: click.Context) -> Settings:
    """Return the settings that the command line asks for; opens nothing else."""
    return config.load(_config_path(ctx))


def open_app(ctx: click.Context) -> App:
    """Return the open installation; closed again when the command ends.

    A SQLite database that does not exist yet is made, with its key. Raises
    `SchemaMismatch` for a database that another version of the program left.
    """
    from patentwatch.store import migrate
    from patentwatch.store.engine import connect
    from patentwatch.store.vault import unlock

    settings = settings_of(ctx)
    engine = connect(settings.database.url)
    ctx.call_on_close(engine.dispose)
    if not has_database(settings):
        migrate.install(engine, settings.database.key_file)
    migrate.check(engine)
    return App(settings, engine, unlock(settings.database.key_file))


def has_database(settings: Settings) -> bool:
    """Whether there is a database; a file of SQLite has to be made first."""
    file = sqlite_file(settings.database.url)
    return file is None or (file.exists() and file.stat().st_size > 0)


def emit_json(document: object) -> None:
    """Print one JSON document on stdout; dates are ISO 8601.

    Where stdout is not UTF-8 everything but ASCII is escaped, so that nothing is lost.
    """
    escaped = not prints_unicode()
    click.echo(json.dumps(document, ensure_ascii=escaped, indent=2, default=_plain))


def prints_unicode() -> bool:
    """Whether stdout can print every character."""
    return (sys.stdout.encoding or "").lower().replace("-", "") == "utf8"


def refuse_damage(app: App) -> None:
    """Send nothing from a file whose structure is damaged."""
    from patentwatch.store import auditing
    from patentwatch.store.engine import reading

    with reading(app.engine) as connection:
        if found := auditing.damage(connection):
            raise StoreBroken(
                f"数据库文件已损坏（{found[0]}），没有发送任何消息；"
                "请从备份恢复：patentwatch db restore 备份文件"
            )


def say(text: str) -> None:
    """Print talk: to stderr, so that stdout holds the result and nothing else."""
    click.echo(text, err=True)


@contextmanager
def progress(label: str, *, total: int | None) -> Iterator[Callable[[int], None]]:
    """Yield a function that is told how many more are done; a bar on terminals only."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(label, total=total)
        yield lambda count: bar.advance(task, count)


@contextmanager
def steps(*labels: str) -> Iterator[list[Callable[[int], None]]]:
    """Yield a function for each step of a long work, told how many more are done.

    On terminals each has a line with its count: how many there will be nobody knows,
    and two bars of `progress` would write over each other.
    """
    if not sys.stderr.isatty():
        yield [lambda _: None for _ in labels]
        return
    from rich.console import Console
    from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        TextColumn("{task.completed:.0f}"),
        TimeElapsedColumn(),
    )
    with Progress(*columns, console=Console(stderr=True), transient=True) as bar:
        tasks = [bar.add_task(label, total=None) for label in labels]
        yield [partial(bar.advance, task) for task in tasks]


def _config_path(ctx: click.Context) -> Path | None:
    path = ctx.find_root().params.get("config")
    return path if isinstance(path, Path) else None


def _plain(value: object) -> object:
    if isinstance(value, datetime | date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, frozenset | set):
        return sorted(value)
    raise TypeError(f"{type(value).__name__} has no form in JSON")
