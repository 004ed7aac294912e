"""A copy of the whole database to try things on; the real one is not touched.

On SQLite a file beside the database, on PostgreSQL a schema of its own; each kind of
work has one. It carries the name of what it was made for, so that a work that was
killed finds it again.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from enum import StrEnum
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, inspect, text
from sqlalchemy.exc import ProgrammingError

from patentwatch.errors import ConfigError
from patentwatch.settings import sqlite_file
from patentwatch.store.engine import connect, lock_file, told, transaction
from patentwatch.store.memory import recall, remember
from patentwatch.store.tables import metadata

_MADE_FOR = "shadow.made_for"
_NO_PRIVILEGE = "42501"


class Work(StrEnum):
    """What a shadow is for; two works do not meet, two of a kind take turns."""

    BACKFILL = "backfill"
    SIMULATION = "simulation"

    @property
    def schema(self) -> str:
        """Return the schema that is its shadow on PostgreSQL."""
        return f"patentwatch_{self.value}"


_LOCKS = {Work.BACKFILL: 0x70_77_62_66, Work.SIMULATION: 0x70_77_73_69}
"""Ours among the advisory locks of the database; the digits are letters: pwbf, pwsi."""

_IN_CHINESE = {Work.BACKFILL: "回填", Work.SIMULATION: "模拟"}


@contextmanager
def alone(engine: Engine, url: str, *, work: Work) -> Iterator[None]:
    """Hold the only place of a work on a database; raises `Busy` to a second one.

    On PostgreSQL it waits some seconds: what a killed process began ends a little
    after it.
    """
    file = sqlite_file(url)
    if file is not None:
        with lock_file(file.with_name(f"{file.name}.{work}-lock")):
            yield
        return
    with told(), engine.connect() as bare:
        connection = bare.execution_options(isolation_level="AUTOCOMMIT")
        try:
            connection.exec_driver_sql("SET lock_timeout = '10s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({_LOCKS[work]})")
            yield
        finally:
            # The lock is the session's, and the pool would keep the session.
            connection.invalidate()


@contextmanager
def throwaway(engine: Engine, url: str, *, work: Work) -> Iterator[Engine]:
    """Yield a new shadow that is gone afterwards; raises `Busy` to a second one.

    What a kill has left is thrown away first. A power cut may damage it: it is fast.
    """
    with alone(engine, url, work=work):
        drop_shadow(engine, url, work=work)
        _make(engine, url, work, made_for=work)
        shadow = _open(url, work, durable=False)
        try:
            yield shadow
        finally:
            shadow.dispose()
            drop_shadow(engine, url, work=work)


def open_shadow(
    engine: Engine, url: str, *, work: Work, made_for: str
) -> tuple[Engine, bool]:
    """Return the shadow made for this, and whether it was there already.

    One made for something else is thrown away. It appears whole or not at all.
    """
    found = _existing(engine, url, work)
    if found is not None:
        with transaction(found) as connection:
            if recall(connection, _MADE_FOR) == made_for:
                return found, True
        found.dispose()
        drop_shadow(engine, url, work=work)
    _make(engine, url, work, made_for)
    return _open(url, work), False


def drop_shadow(engine: Engine, url: str, *, work: Work) -> None:
    """Throw the shadow away, if there is one."""
    file = sqlite_file(url)
    if file is not None:
        _unlink(_beside(file, work))
        return
    with transaction(engine) as connection:
        connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {work.schema} CASCADE")


def _existing(engine: Engine, url: str, work: Work) -> Engine | None:
    file = sqlite_file(url)
    if file is not None:
        there = _beside(file, work).exists()
    else:
        with told():
            there = work.schema in inspect(engine).get_schema_names()
    return _open(url, work) if there else None


def _open(url: str, work: Work, *, durable: bool = True) -> Engine:
    file = sqlite_file(url)
    if file is not None:
        return connect(f"sqlite:///{_beside(file, work)}", durable=durable)
    return connect(url, schema=work.schema, durable=durable)


def _make(engine: Engine, url: str, work: Work, made_for: str) -> None:
    file = sqlite_file(url)
    if file is not None:
        _make_file(engine, file, work, made_for)
    else:
        _make_schema(engine, work, made_for)


def _unlink(file: Path) -> None:
    """Unlink a database with its journals: another one of that name is not theirs."""
    for suffix in ("", "-journal", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{file}{suffix}").unlink()


def _beside(file: Path, work: Work) -> Path:
    return file.with_name(f"{file.name}.{work}")


def _make_file(engine: Engine, file: Path, work: Work, made_for: str) -> None:
    draft = file.with_name(f"{file.name}.{work}-draft")
    _unlink(draft)
    draft.touch(mode=0o600)  # VACUUM fills an empty file and leaves its mode
    raw = engine.raw_connection()
    try:
        with told():
            cursor = raw.cursor()
            cursor.execute("PRAGMA query_only = OFF")  # its last reader had it on
            cursor.execute("VACUUM INTO ?", (str(draft),))
    finally:
        raw.close()
    drawn = connect(f"sqlite:///{draft}")
    with transaction(drawn) as connection:
        remember(connection, _MADE_FOR, made_for)
    drawn.dispose()
    draft.replace(_beside(file, work))


def _make_schema(engine: Engine, work: Work, made_for: str) -> None:
    with transaction(engine) as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        here = connection.execute(text("SELECT current_schema()")).scalar_one()
        _create_schema(connection, work)
        connection.exec_driver_sql(f"SET LOCAL search_path = {work.schema}")
        metadata.create_all(connection, checkfirst=False)
        for table in metadata.sorted_tables:
            _copy(connection, table, str(here), work.schema)
        remember(connection, _MADE_FOR, made_for)


def _create_schema(connection: Connection, work: Work) -> None:
    try:
        connection.exec_driver_sql(f"CREATE SCHEMA {work.schema}")
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != _NO_PRIVILEGE:
            raise
        raise ConfigError(
            f"database.url: 数据库用户不能新建模式，{_IN_CHINESE[work]}需要它来试算；"
            "请管理员执行 GRANT CREATE ON DATABASE 库名 TO 用户名"
        ) from error


def _copy(connection: Connection, table: Table, here: str, schema: str) -> None:
    """Copy a table's rows, and let its numbers go on behind the greatest."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    there = f'{schema}."{table.name}"'
    connection.exec_driver_sql(
        f'INSERT INTO {there} ({names}) SELECT {names} FROM "{here}"."{table.name}"'  # noqa: S608 - our own names
    )
    connection.exec_driver_sql(f"ANALYZE {there}")  # nobody else does it in time
    if "id" in table.columns:
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{schema}.{table.name}', 'id'),"  # noqa: S608
            f" COALESCE(MAX(id), 0) + 1, false) FROM {there}"
        )
