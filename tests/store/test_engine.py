"""A database on which what was read stays true until it is written."""

import os
import re
import stat
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Engine, insert, select, text, update
from sqlalchemy.exc import DBAPIError, IntegrityError, StatementError

from patentwatch.errors import Busy, ConfigError, StoreUnavailable
from patentwatch.store import engine as subject
from patentwatch.store.engine import connect, daemon_lock, reading, transaction
from patentwatch.store.tables import meta, runs

THREADS, INCREMENTS = 4, 100


def test_no_update_is_lost(engine: Engine) -> None:
    with transaction(engine) as connection:
        connection.execute(insert(meta).values(key="n", value="0"))

    def count_up(_: int) -> None:
        for _ in range(INCREMENTS):
            with transaction(engine) as connection:
                row = select(meta.c.value).where(meta.c.key == "n").with_for_update()
                value = int(connection.execute(row).scalar_one())
                connection.execute(
                    update(meta).where(meta.c.key == "n").values(value=str(value + 1))
                )

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(count_up, range(THREADS)))
    with reading(engine) as connection:
        total = connection.execute(select(meta.c.value)).scalar_one()
    assert total == str(THREADS * INCREMENTS)


@pytest.mark.parametrize(
    ("pragma", "value"),
    [
        ("foreign_keys", 1),
        ("busy_timeout", 30_000),
        ("synchronous", 3),
        ("temp_store", 1),
        ("journal_mode", subject.journal_mode()),
    ],
)
def test_every_connection_has_the_pragmas(
    sqlite_engine: Engine, pragma: str, value: object
) -> None:
    with sqlite_engine.connect() as first, sqlite_engine.connect() as second:
        for connection in (first, second):
            cursor = connection.connection.cursor()
            cursor.execute(f"PRAGMA {pragma}")
            assert cursor.fetchone() == (value,)
            cursor.close()


@pytest.mark.parametrize(
    ("version", "affected"),
    [
        ((3, 6, 23), False),
        ((3, 7, 0), True),
        ((3, 40, 1), True),
        ((3, 44, 5), True),
        ((3, 44, 6), False),
        ((3, 45, 0), True),
        ((3, 50, 6), True),
        ((3, 50, 7), False),
        ((3, 51, 2), True),
        ((3, 51, 3), False),
    ],
)
def test_the_wal_bug_is_known_by_version(
    version: tuple[int, int, int], *, affected: bool
) -> None:
    assert subject.has_wal_reset_bug(version) is affected


def test_a_reading_transaction_cannot_write(engine: Engine) -> None:
    with pytest.raises((DBAPIError, StoreUnavailable)), reading(engine) as connection:
        connection.execute(insert(meta).values(key="n", value="0"))
    with transaction(engine) as connection:  # the next one on this connection can
        connection.execute(insert(meta).values(key="n", value="0"))


def test_a_reading_transaction_sees_one_state(engine: Engine) -> None:
    if engine.dialect.name == "sqlite" and subject.journal_mode() == "delete":
        pytest.skip("a reader holds off the writer in this journal mode")
    with reading(engine) as connection:
        before = connection.execute(select(meta)).all()
        with transaction(engine) as writer:
            writer.execute(insert(meta).values(key="n", value="0"))
        assert connection.execute(select(meta)).all() == before


def test_an_error_rolls_everything_back(engine: Engine) -> None:
    twice = [{"key": "n", "value": "0"}, {"key": "n", "value": "1"}]
    with pytest.raises(IntegrityError), transaction(engine) as connection:
        connection.execute(insert(meta), twice)
    with reading(engine) as connection:
        assert connection.execute(select(meta)).all() == []


def test_an_instant_comes_back_as_aware_utc(engine: Engine) -> None:
    shanghai = timezone(timedelta(hours=8))
    said = datetime(2026, 11, 22, 9, 0, 0, 123456, tzinfo=shanghai)
    with transaction(engine) as connection:
        connection.execute(
            insert(runs).values(
                kind="x", state="done", started_at=said, finished_at=None
            )
        )
        row = connection.execute(select(runs.c.started_at, runs.c.finished_at)).one()
        earlier = select(runs.c.id).where(runs.c.started_at < said)
        assert connection.execute(earlier).all() == []
    assert row.started_at == said
    assert row.started_at.tzinfo is UTC
    assert row.finished_at is None


def test_a_naive_instant_is_refused(engine: Engine) -> None:
    naive = datetime(2026, 11, 22, 9, 0)  # noqa: DTZ001 - that is the point
    with pytest.raises(StatementError, match="without zone"):  # noqa: SIM117
        with transaction(engine) as connection:
            connection.execute(
                insert(runs).values(kind="x", state="done", started_at=naive)
            )


def test_a_new_database_is_private(tmp_path: Path) -> None:
    path = tmp_path / "new.db"
    engine = connect(f"sqlite:///{path}")
    with transaction(engine) as connection:
        connection.execute(text("CREATE TABLE t (x)"))
    engine.dispose()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_locked_database_is_busy(
    sqlite_engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(subject, "BUSY_MILLISECONDS", 10)
    other = connect(str(sqlite_engine.url))
    try:
        with transaction(sqlite_engine), pytest.raises(Busy), transaction(other):
            pass
    finally:
        other.dispose()


def test_a_file_that_is_no_database_is_told_in_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "not.db"
    path.write_text("这不是数据库" * 200, "utf-8")
    engine = connect(f"sqlite:///{path}")
    with pytest.raises(StoreUnavailable, match="数据库文件无法使用"):  # noqa: SIM117
        with reading(engine):
            pass
    engine.dispose()


def test_a_dead_server_is_unavailable(tmp_path: Path) -> None:
    engine = connect(f"postgresql:///x?host={tmp_path}")
    with pytest.raises(StoreUnavailable), transaction(engine):
        pass
    engine.dispose()


def test_a_mistake_of_ours_stays_a_mistake(engine: Engine) -> None:
    with pytest.raises(DBAPIError), transaction(engine) as connection:
        connection.execute(text("SELECT * FROM nothing_of_this_name"))


@pytest.mark.parametrize(
    "url", ["patentwatch.db", "mysql://localhost/x", "oracle+none:///x"]
)
def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ConfigError, match=r"database\.url"):
        connect(url)


def test_bare_postgresql_means_psycopg() -> None:
    engine = connect("postgresql:///x")
    assert engine.url.drivername == "postgresql+psycopg"
    engine.dispose()


def test_postgres_sessions_give_up_and_never_lie(postgres_empty: str) -> None:
    engine = connect(postgres_empty)
    wanted = {
        "statement_timeout": "30s",
        "idle_in_transaction_session_timeout": "1min",
        "synchronous_commit": "on",
        "TimeZone": "UTC",
    }
    with reading(engine) as connection:
        found = {
            name: connection.exec_driver_sql(f"SHOW {name}").scalar() for name in wanted
        }
    engine.dispose()
    assert found == wanted


def test_a_second_daemon_is_told_the_pid_of_the_first(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path / 'patentwatch.db'}"
    second = (
        "import sys\n"
        "from patentwatch.store.engine import daemon_lock\n"
        "with daemon_lock(sys.argv[1]): pass\n"
    )
    command = [sys.executable, "-c", second, url]
    with daemon_lock(url):
        done = subprocess.run(  # noqa: S603 - our own words
            command, capture_output=True, text=True, check=False
        )
        assert re.search(rf"Busy: .*pid {os.getpid()}", done.stderr)
    assert subprocess.run(command, check=False).returncode == 0  # noqa: S603


def test_several_daemons_may_share_a_server() -> None:
    with daemon_lock("postgresql:///x"), daemon_lock("postgresql:///x"):
        pass
