"""A copy of the whole database to try things on; the real one is not touched.

On SQLite a file beside the database, on PostgreSQL a schema of its own. It carries the
name of what it was made for, so that a work that was killed finds it again.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import Connection, Engine, Table, inspect, text
from sqlalchemy.exc import ProgrammingError

from patentwatch.config import sqlite_file
from patentwatch.errors import ConfigError
from patentwatch.store.engine import connect, lock_file, told, transaction
from patentwatch.store.memory import recall, remember
from patentwatch.store.tables import metadata

SCHEMA = "patentwatch_backfill"
_MADE_FOR = "shadow.made_for"
_NO_PRIVILEGE = "42501"
_LOCK = 0x70_77_62_66
"""Ours among the advisory locks of the database; the digits are the letters pwbf."""


@contextmanager
def alone(engine: Engine, url: str) -> Iterator[None]:
    """Hold the only place of a backfill on a database; raises `Busy` to a second one.

    On PostgreSQL it waits some seconds: what a killed process began ends a little
    after it.
    """
    file = sqlite_file(url)
    if file is not None:
        with lock_file(file.with_name(f"{file.name}.backfill-lock")):
            yield
        return
    with told(), engine.connect() as bare:
        connection = bare.execution_options(isolation_level="AUTOCOMMIT")
        try:
            connection.exec_driver_sql("SET lock_timeout = '10s'")
            connection.exec_driver_sql(f"SELECT pg_advisory_lock({_LOCK})")
            yield
        finally:
            # The lock is the session's, and the pool would keep the session.
            connection.invalidate()


def open_shadow(engine: Engine, url: str, *, made_for: str) -> tuple[Engine, bool]:
    """Return the shadow made for this work, and whether it was there already.

    A shadow of another work is thrown away. It appears whole or not at all.
    """
    found = _existing(engine, url)
    if found is not None:
        with transaction(found) as connection:
            if recall(connection, _MADE_FOR) == made_for:
                return found, True
        found.dispose()
        drop_shadow(engine, url)
    file = sqlite_file(url)
    if file is not None:
        return _new_file(engine, file, made_for), False
    return _new_schema(engine, url, made_for), False


def drop_shadow(engine: Engine, url: str) -> None:
    """Throw the shadow away, if there is one."""
    file = sqlite_file(url)
    if file is not None:
        _unlink(_beside(file))
        return
    with transaction(engine) as connection:
        connection.exec_driver_sql(f"DROP SCHEMA IF EXISTS {SCHEMA} CASCADE")


def _existing(engine: Engine, url: str) -> Engine | None:
    file = sqlite_file(url)
    if file is not None:
        beside = _beside(file)
        return connect(f"sqlite:///{beside}") if beside.exists() else None
    with told():
        there = SCHEMA in inspect(engine).get_schema_names()
    return connect(url, schema=SCHEMA) if there else None


def _unlink(file: Path) -> None:
    """Unlink a database with its journals: another one of that name is not theirs."""
    for suffix in ("", "-journal", "-wal", "-shm"):
        with suppress(FileNotFoundError):
            Path(f"{file}{suffix}").unlink()


def _beside(file: Path) -> Path:
    return file.with_name(f"{file.name}.backfill")


def _new_file(engine: Engine, file: Path, made_for: str) -> Engine:
    draft = file.with_name(f"{file.name}.backfill-draft")
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
    draft.replace(_beside(file))
    return connect(f"sqlite:///{_beside(file)}")


def _new_schema(engine: Engine, url: str, made_for: str) -> Engine:
    with transaction(engine) as connection:
        connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
        here = connection.execute(text("SELECT current_schema()")).scalar_one()
        _create_schema(connection)
        connection.exec_driver_sql(f"SET LOCAL search_path = {SCHEMA}")
        metadata.create_all(connection, checkfirst=False)
        for table in metadata.sorted_tables:
            _copy(connection, table, str(here))
        remember(connection, _MADE_FOR, made_for)
    return connect(url, schema=SCHEMA)


def _create_schema(connection: Connection) -> None:
    try:
        connection.exec_driver_sql(f"CREATE SCHEMA {SCHEMA}")
    except ProgrammingError as error:
        if getattr(error.orig, "sqlstate", None) != _NO_PRIVILEGE:
            raise
        raise ConfigError(
            "database.url: 数据库用户不能新建模式，回填需要它来试算；请管理员执行 "
            "GRANT CREATE ON DATABASE 库名 TO 用户名"
        ) from error


def _copy(connection: Connection, table: Table, here: str) -> None:
    """Copy a table's rows, and let its numbers go on behind the greatest."""
    names = ", ".join(f'"{column.name}"' for column in table.columns)
    there = f'{SCHEMA}."{table.name}"'
    connection.exec_driver_sql(
        f'INSERT INTO {there} ({names}) SELECT {names} FROM "{here}"."{table.name}"'  # noqa: S608 - our own names
    )
    connection.exec_driver_sql(f"ANALYZE {there}")  # nobody else does it in time
    if "id" in table.columns:
        connection.exec_driver_sql(
            f"SELECT setval(pg_get_serial_sequence('{SCHEMA}.{table.name}', 'id'),"  # noqa: S608
            f" COALESCE(MAX(id), 0) + 1, false) FROM {there}"
        )
