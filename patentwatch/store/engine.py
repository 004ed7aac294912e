"""The database: how it is opened, how a transaction begins, what its failures mean."""

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

from sqlalchemy import Connection, Engine, create_engine, event, make_url
from sqlalchemy.engine import URL
from sqlalchemy.engine.interfaces import DBAPIConnection
from sqlalchemy.exc import ArgumentError, DBAPIError, NoSuchModuleError
from tenacity import (
    Retrying,
    retry_if_exception_type,
    stop_after_attempt,
    wait_random_exponential,
)

from patentwatch.errors import Busy, ConfigError, StoreBroken, StoreUnavailable

_T = TypeVar("_T")

READING: Final = "patentwatch_reading"
"""Execution option of a connection that only reads."""

BUSY_MILLISECONDS = 30_000

# The session settings a daemon needs to notice a dead server and to free its locks.
_POSTGRES_OPTIONS = {
    "statement_timeout": "30s",
    "idle_in_transaction_session_timeout": "60s",
    "synchronous_commit": "on",
    "TimeZone": "UTC",
}

_SQLITE_BUSY = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_SQLITE_OUR_FAULT = {sqlite3.SQLITE_ERROR, sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_RANGE}
_SQLITE_BROKEN = {sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CORRUPT}
# lock_not_available, deadlock_detected, serialization_failure
_POSTGRES_BUSY = {"55P03", "40P01", "40001"}


def connect(url: str, *, schema: str | None = None, durable: bool = True) -> Engine:
    """Return the engine for `url`: SQLite, or PostgreSQL through psycopg 3.

    `schema`: the only one that is looked into, on PostgreSQL. Not `durable`: nobody
    minds what a power cut does to it. Opens no connection.
    Raises `ConfigError` for an address that cannot be meant.
    """
    try:
        address = make_url(url)
    except ArgumentError as error:
        raise ConfigError(
            "database.url: 不是数据库地址，应如 sqlite:///patentwatch.db"
        ) from error
    match address.get_backend_name():
        case "sqlite":
            return _sqlite(address, durable=durable)
        case "postgresql":
            return _postgres(address, schema, durable=durable)
        case other:
            raise ConfigError(
                f"database.url: 只支持 sqlite 和 postgresql，不支持 {other}"
            )


@contextmanager
def transaction(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that may write; commit at the end, roll back on any error.

    On SQLite it takes the write lock at once (BEGIN IMMEDIATE), so that what was read
    in it is still true when it writes.
    """
    with told(), engine.begin() as connection:
        yield connection


def again_where_keyed(engine: Engine, write: Callable[[], _T]) -> _T:
    """Run a write that its keys make harmless to run twice; again when a server went.

    A server that restarts, that ends a deadlock, or whose answer to a COMMIT is lost,
    is asked a few times more. A file is not: there a failure is the disk's.
    """
    if engine.dialect.name == "sqlite":
        return write()
    tries = Retrying(
        retry=retry_if_exception_type((StoreUnavailable, Busy)),
        stop=stop_after_attempt(6),
        wait=wait_random_exponential(multiplier=0.1, max=3),
        reraise=True,
    )
    return tries(write)


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """Open a transaction that sees one state of the database and cannot write.

    Close it before a `transaction` begins in the same thread: on SQLite with its
    DELETE journal a writer waits for every reader, this one too.
    """
    options: dict[str, object] = {READING: True}
    if engine.dialect.name == "postgresql":
        options["postgresql_readonly"] = True
        options["isolation_level"] = "REPEATABLE READ"
    with told(), engine.connect() as bare:
        connection = bare.execution_options(**options)
        with connection.begin():
            yield connection


@contextmanager
def told() -> Iterator[None]:
    """Turn what a database raises into our errors; a bug of ours stays what it is."""
    try:
        yield
    except DBAPIError as error:
        meaning = _meaning(error)
        if meaning is None:
            raise
        raise meaning from error


@contextmanager
def daemon_lock(url: str) -> Iterator[None]:
    """Hold the only place of a daemon on a SQLite database; raises `Busy` with its pid.

    On PostgreSQL several daemons may run, so nothing is held there.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        yield
        return
    with lock_file(Path(f"{address.database}.lock")):
        yield


@contextmanager
def lock_file(path: Path) -> Iterator[None]:
    """Hold a lock that ends with the process; raises `Busy` with the holder's pid."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        _take(descriptor)
        yield
    finally:
        os.close(descriptor)  # frees the lock; the file stays, or two could hold one


def _take(descriptor: int) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        pid = os.read(descriptor, 20).decode("ascii", "replace").strip() or "?"
        raise Busy(f"另一个进程正在运行（pid {pid}），请稍后再试") from error
    os.ftruncate(descriptor, 0)
    os.pwrite(descriptor, f"{os.getpid()}\n".encode(), 0)


def has_wal_reset_bug(version: tuple[int, int, int]) -> bool:
    """Whether this SQLite can damage a database in WAL mode used by two connections.

    From 3.7.0 to 3.51.2, mended in 3.44.6 and 3.50.7: https://sqlite.org/wal.html
    """
    if version[:2] == (3, 44):
        return version < (3, 44, 6)
    if version[:2] == (3, 50):
        return version < (3, 50, 7)
    return (3, 7, 0) <= version <= (3, 51, 2)


def journal_mode() -> str:
    """Return the journal mode that is safe with the SQLite this Python links."""
    return "delete" if has_wal_reset_bug(sqlite3.sqlite_version_info) else "wal"


def _sqlite(address: URL, *, durable: bool) -> Engine:
    engine = create_engine(
        address,
        connect_args={"timeout": BUSY_MILLISECONDS / 1000},
        hide_parameters=True,  # an error that is logged shows nobody's name
    )
    if address.database:
        _keep_private(engine, Path(address.database))
    event.listen(engine, "connect", _prepare_sqlite)
    if not durable:
        event.listen(engine, "connect", _let_sqlite_hurry)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _keep_private(engine: Engine, file: Path) -> None:
    """Let SQLite find a file that only its owner may read; it keeps the mode."""

    @event.listens_for(engine, "do_connect")
    def touch(*_: object) -> None:
        if not file.exists() and file.parent.is_dir():
            file.touch(mode=0o600)


def _prepare_sqlite(connection: DBAPIConnection, _: object) -> None:
    """Set what SQLite does not keep in the file: on every connection, before use."""
    # The driver must not begin transactions by itself; `_begin_sqlite` does.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in (
        f"busy_timeout = {BUSY_MILLISECONDS}",
        "foreign_keys = ON",
        "synchronous = EXTRA",
        "temp_store = FILE",  # a staged list is larger than memory should be
    ):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.execute("PRAGMA journal_mode")
    if cursor.fetchone() != (journal_mode(),):
        cursor.execute(f"PRAGMA journal_mode = {journal_mode()}")
    cursor.close()


def _let_sqlite_hurry(connection: DBAPIConnection, _: object) -> None:
    cursor = connection.cursor()
    cursor.execute("PRAGMA journal_mode = MEMORY")
    cursor.execute("PRAGMA synchronous = OFF")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    reads = bool(connection.get_execution_options().get(READING))
    connection.exec_driver_sql(f"PRAGMA query_only = {'ON' if reads else 'OFF'}")
    connection.exec_driver_sql("BEGIN" if reads else "BEGIN IMMEDIATE")


def _postgres(address: URL, schema: str | None, *, durable: bool) -> Engine:
    # Bare postgresql:// means another driver in every version of SQLAlchemy.
    if address.drivername == "postgresql":
        address = address.set(drivername="postgresql+psycopg")
    wanted = _POSTGRES_OPTIONS | ({"search_path": schema} if schema else {})
    if not durable:
        wanted["synchronous_commit"] = "off"
    options = " ".join(f"-c {name}={value}" for name, value in wanted.items())
    keepalives: Mapping[str, object] = {
        "connect_timeout": 5,
        "keepalives": 1,
        "keepalives_idle": 30,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "options": options,
    }
    try:
        return create_engine(
            address,
            pool_pre_ping=True,
            pool_recycle=1800,
            connect_args=keepalives,
            hide_parameters=True,
        )
    except (ModuleNotFoundError, NoSuchModuleError) as error:
        raise ConfigError(
            '缺少 PostgreSQL 驱动，请执行：pip install "patentwatch[postgres]"'
        ) from error


def _meaning(error: DBAPIError) -> Busy | StoreUnavailable | None:
    original = error.orig
    if isinstance(original, sqlite3.Error):
        # The low byte is the class, the rest its detail.
        code = getattr(original, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
        return _sqlite_meaning(code, original)
    if getattr(original, "sqlstate", None) in _POSTGRES_BUSY:
        return Busy("数据库正被另一个操作占用，请稍后再试")
    if error.connection_invalidated or _is_operational(error):
        # Without a statement it failed to connect: the server's words hold no data.
        words = type(original).__name__ if error.statement else str(original).strip()
        return StoreUnavailable(
            f"数据库没有应答，请确认它在运行后再试一次（{words.splitlines()[0]}）"
        )
    return None


def _sqlite_meaning(code: int, error: sqlite3.Error) -> Busy | StoreUnavailable | None:
    if code in _SQLITE_BUSY:
        return Busy("数据库正被另一个进程占用，请稍后再试")
    if isinstance(error, sqlite3.IntegrityError) or code in _SQLITE_OUR_FAULT:
        return None
    if code in _SQLITE_BROKEN:
        return StoreBroken(
            f"数据库文件读写出错（{error}），已停止发送；请检查磁盘，"
            "用 patentwatch db check 核对后再启动"
        )
    return StoreUnavailable(f"数据库文件无法使用：{error}")


def _is_operational(error: DBAPIError) -> bool:
    return any(kind.__name__ == "OperationalError" for kind in type(error).__mro__)
