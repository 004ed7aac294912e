"""The database's revision: brought up to the code's, or said to differ from it.

Asking is cheap and imports no alembic; only upgrading and comparing do.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, func, inspect, select

from patentwatch import assets
from patentwatch.errors import ConfigError, SchemaMismatch, StoreUnavailable
from patentwatch.store import vault
from patentwatch.store.engine import reading, told
from patentwatch.store.tables import contacts, metadata

_ADVISORY_LOCK = 0x70617477  # "patw": one upgrade at a time on PostgreSQL


def head() -> str:
    """Return the newest revision that this code knows."""
    names = (path.name for path in (assets.migrations() / "versions").glob("[0-9]*.py"))
    return max(names)[:4]


def revision(engine: Engine) -> str | None:
    """Return the revision of the database; None when it has no tables of ours yet."""
    with reading(engine) as connection:
        if not inspect(connection).has_table("alembic_version"):
            return None
        rows = connection.exec_driver_sql("SELECT version_num FROM alembic_version")
        return rows.scalar()


def check(engine: Engine) -> None:
    """Raise `SchemaMismatch` unless the database is exactly the code's revision."""
    found, wanted = revision(engine), head()
    if found == wanted:
        return
    if found is not None and found > wanted:
        raise SchemaMismatch(
            f"数据库版本 {found} 比程序（{wanted}）新，请升级 patentwatch 程序"
        )
    raise SchemaMismatch(
        f"数据库版本为 {found or '空'}，程序需要 {wanted}，请先备份，再执行："
        "patentwatch db upgrade"
    )


def upgrade(engine: Engine) -> bool:
    """Bring the database to the code's revision; False when it was there already.

    All or nothing, and one process at a time. Refuses a database that is newer.
    """
    found = revision(engine)
    if found == head():
        return False
    if found is not None:
        _refuse_newer(found)
    with told(), _schema_transaction(engine) as connection:
        _run(connection)
    return True


def differences(engine: Engine) -> list[str]:
    """Return in what the database differs from the tables in the code; [] is right."""
    from alembic.autogenerate import compare_metadata
    from alembic.migration import MigrationContext

    with reading(engine) as connection:
        options = {"compare_type": True, "compare_server_default": True}
        context = MigrationContext.configure(connection, opts=options)
        return [str(item) for item in compare_metadata(context, metadata)]


def install(engine: Engine, key_file: Path) -> tuple[bool, bool]:
    """Make or upgrade the database and a missing key; say whether each was done.

    The key comes first, so that no other process finds a database without its key.
    """
    if revision(engine) is None:
        made = vault.make_key(key_file)
    else:
        made = _make_missing_key(engine, key_file)
    return upgrade(engine), made


def _make_missing_key(engine: Engine, key_file: Path) -> bool:
    """Make the key file when it is missing, and never for sealed addresses.

    With another key they could not be read, and every recipient would be a new one
    and be told everything again.
    """
    if key_file.exists():
        return False
    with reading(engine) as connection:
        sealed = connection.scalar(select(func.count()).select_from(contacts))
    if sealed:
        raise ConfigError(
            f"database.key_file: 找不到密钥 {key_file}，而数据库里有 {sealed} 个用它"
            "加密的地址；请从备份取回密钥文件，不要新建"
        )
    return vault.make_key(key_file)


def _refuse_newer(found: str) -> None:
    if found > head():
        raise SchemaMismatch(
            f"数据库版本 {found} 比程序（{head()}）新，请升级 patentwatch 程序"
        )


def _run(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    scripts = Config()
    scripts.set_main_option(
        "script_location", str(assets.migrations()).replace("%", "%%")
    )
    scripts.attributes["connection"] = connection
    command.upgrade(scripts, "head")


@contextmanager
def _schema_transaction(engine: Engine) -> Iterator[Connection]:
    """Open a transaction in which tables may be rebuilt.

    SQLite rebuilds a table by dropping it, which would delete the rows that refer to
    it; so foreign keys are off – which only works outside a transaction – and checked
    before the commit.
    """
    with engine.connect() as connection:
        if engine.dialect.name != "sqlite":
            with connection.begin():
                connection.exec_driver_sql("SET LOCAL statement_timeout = 0")
                connection.exec_driver_sql(
                    f"SELECT pg_advisory_xact_lock({_ADVISORY_LOCK})"
                )
                yield connection
            return
        _foreign_keys(connection, on=False)
        try:
            with connection.begin():
                yield connection
                _check_references(connection)
        finally:
            _foreign_keys(connection, on=True)


def _foreign_keys(connection: Connection, *, on: bool) -> None:
    cursor = connection.connection.cursor()
    cursor.execute(f"PRAGMA foreign_keys = {'ON' if on else 'OFF'}")
    cursor.close()


def _check_references(connection: Connection) -> None:
    broken = connection.exec_driver_sql("PRAGMA foreign_key_check").all()
    if broken:
        tables = "、".join(sorted({str(row[0]) for row in broken}))
        raise StoreUnavailable(
            f"数据库升级后有 {len(broken)} 行失去所属记录（{tables}），已全部撤回；"
            "请保留数据库文件并联系维护者"
        )
