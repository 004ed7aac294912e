"""A SQLite database copied to a file that is opened and checked before it counts.

A PostgreSQL database is backed up with its own tools (pg_dump, pg_restore).
"""

import os
import secrets
import shutil
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from patentwatch.clock import SHANGHAI
from patentwatch.errors import BackupFailed, InputError, StoreBroken, UsageError
from patentwatch.settings import sqlite_file
from patentwatch.store import halts, migrate
from patentwatch.store.engine import connect, transaction
from patentwatch.store.tables import metadata

_PAGES = 1000
_RESTORED_FROM = "数据库从备份 {name} 恢复"


@dataclass(frozen=True, slots=True)
class Backup:
    """A file that was checked: its size in bytes, its revision, its rows by table."""

    path: Path
    size: int
    revision: str
    rows: dict[str, int]


def file_of(url: str) -> Path:
    """Return the file of a SQLite database; raises `UsageError` for any other."""
    file = sqlite_file(url)
    if file is None:
        raise UsageError(
            "PostgreSQL 数据库请用它自己的工具：pg_dump -Fc 备份，pg_restore 恢复；"
            "恢复后程序会按发送日志自行停在核对状态"
        )
    return file


def damage(path: Path) -> list[str]:
    """Return what SQLite finds wrong with a file's structure; [] is sound."""
    try:
        with closing(_opened(path)) as connection:
            found = connection.execute("PRAGMA integrity_check(20)").fetchall()
            lost = connection.execute("PRAGMA foreign_key_check").fetchmany(20)
    except sqlite3.DatabaseError as error:
        return [str(error)]
    told = [str(row[0]) for row in found if row[0] != "ok"]
    return told + [f"{row[0]}: a row refers to nothing" for row in lost]


def checked(path: Path) -> Backup:
    """Return what a backup holds; raises `InputError` for one that cannot be used."""
    if not path.is_file():
        raise InputError(f"找不到备份文件 {path}")
    if found := damage(path):
        raise InputError(f"备份 {path.name} 已损坏（{found[0]}），不能用；请换一份")
    with closing(_opened(path)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table'"
        )
        names = {row[0] for row in tables}
        if "alembic_version" not in names:
            raise InputError(f"{path.name} 不是 patentwatch 的数据库")
        rows = {
            name: connection.execute(f"SELECT count(*) FROM {name}").fetchone()[0]  # noqa: S608 - our own names
            for name in sorted(names.intersection(metadata.tables))
        }
        revision = connection.execute("SELECT version_num FROM alembic_version")
        return Backup(path, path.stat().st_size, revision.fetchone()[0], rows)


def backup(
    source: Path, out: Path, *, on_part: Callable[[int, int], None] = lambda *_: None
) -> Backup:
    """Copy a database that may be in use; what stood at `out` stays until it is done.

    `on_part` is told the pages done and all of them. Raises `BackupFailed` with the
    bytes that are needed when it cannot be written, `StoreBroken` when the database
    itself is damaged.
    """
    if not out.parent.is_dir():
        raise UsageError(f"没有文件夹 {out.parent}")
    with _draft(out) as draft:
        try:
            with closing(_opened(source)) as from_, closing(_made(draft)) as to:
                from_.backup(
                    to,
                    pages=_PAGES,
                    progress=lambda _, left, all_: on_part(all_ - left, all_),
                )
                to.execute("PRAGMA journal_mode = DELETE")  # one file, complete
        except (sqlite3.OperationalError, OSError) as error:
            raise _not_written(source, out, str(error)) from error
        except sqlite3.DatabaseError as error:
            raise StoreBroken(f"数据库 {source} 已损坏（{error}）") from error
        if found := damage(draft):
            raise StoreBroken(
                f"数据库 {source} 已损坏（{found[0]}），没有写出备份；原有备份未动，"
                "请停止守护进程并从完好的备份恢复"
            )
        _keep(draft, out)
    return checked(out)


def restore(found: Backup, target: Path, *, now: datetime) -> Path | None:
    """Put a checked backup in a database's place; nothing is sent until released.

    Returns where the database that stood there was put aside, None if there was none.
    Call it while no daemon can start (`daemon_lock`).
    """
    with _draft(target) as draft:
        shutil.copyfile(found.path, draft)
        engine = connect(f"sqlite:///{draft}")
        _hold(engine, found, now=now)
        engine.dispose()
        aside = None
        if target.exists():
            moment = f"{now.astimezone(SHANGHAI):%Y%m%d-%H%M%S}"
            aside = target.with_name(f"{target.name}.before-{moment}")
            for end in ("-wal", "-shm", "-journal"):
                if (rest := target.with_name(target.name + end)).exists():
                    rest.rename(aside.with_name(aside.name + end))
            target.rename(aside)
        _keep(draft, target)
    return aside


def _hold(engine: Engine, found: Backup, *, now: datetime) -> None:
    migrate.upgrade(engine)
    with transaction(engine) as connection:
        detail = _RESTORED_FROM.format(name=found.path.name)
        halts.halt_restored(connection, detail=detail, now=now)


def _opened(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=30)


def _made(path: Path) -> sqlite3.Connection:
    path.touch(mode=0o600)
    return sqlite3.connect(path)


@contextmanager
def _draft(out: Path) -> Iterator[Path]:
    """Yield a name beside `out` whose file is gone afterwards, whatever happens."""
    draft = out.with_name(f".{out.name}.{secrets.token_hex(4)}")
    try:
        yield draft
    finally:
        for end in ("", "-journal", "-wal", "-shm"):
            draft.with_name(draft.name + end).unlink(missing_ok=True)


def _keep(draft: Path, out: Path) -> None:
    """Let a draft take its name durably."""
    for path, flags in ((draft, os.O_RDWR), (out.parent, os.O_RDONLY)):
        if path == out.parent:
            draft.replace(out)
        descriptor = os.open(path, flags)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _not_written(source: Path, out: Path, why: str) -> BackupFailed:
    needed, free = source.stat().st_size, shutil.disk_usage(out.parent).free
    return BackupFailed(
        f"备份没有写成（{why}）：{out.parent} 需要 {needed} 字节，现有 {free} 字节；"
        "原有备份未动，请腾出空间后再试"
    )
