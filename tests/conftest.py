"""Fixtures for everybody: an empty migrated database of each kind, keys, settings."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import psycopg
import pytest
from sqlalchemy import Engine, make_url

from patentwatch.config import DatabaseSettings, RegisterSettings, Settings
from patentwatch.store import migrate
from patentwatch.store.engine import connect
from patentwatch.store.vault import Vault, make_key, unlock

POSTGRES_OPTIONS = (
    "-c fsync=off -c full_page_writes=off -c listen_addresses='' -c max_connections=40"
)


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a migrated, empty SQLite file to copy."""
    path = tmp_path_factory.mktemp("template") / "template.db"
    engine = connect(f"sqlite:///{path}")
    migrate.upgrade(engine)
    engine.dispose()
    return path


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[str]:
    """Yield the address of a server on which databases may be made."""
    if os.environ.get("PATENTWATCH_TEST_NO_PG"):
        pytest.skip("PATENTWATCH_TEST_NO_PG is set")
    if dsn := os.environ.get("PATENTWATCH_TEST_PG_DSN"):
        yield dsn
        return
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    if not found:
        pytest.fail(
            "PostgreSQL is missing: install the package `postgresql`, or set "
            "PATENTWATCH_TEST_PG_DSN, or skip knowingly with PATENTWATCH_TEST_NO_PG=1"
        )
    folder = Path(tempfile.mkdtemp(prefix="patentwatch-pg-"))
    try:
        yield from _serve(found[-1].parent, folder)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _serve(binaries: Path, folder: Path) -> Iterator[str]:
    """Run a server of our own that listens only on a socket in `folder`."""
    runner: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres")
        runner = ["runuser", "-u", "postgres", "--"]
    cluster = str(folder / "cluster")

    def run(program: str, *arguments: str) -> None:
        command = [*runner, str(binaries / program), *arguments]
        done = subprocess.run(  # noqa: S603 - our own words
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd="/",
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()

    run("initdb", "-D", cluster, "-A", "trust", "-U", "postgres", "-N", "-E", "UTF8")
    options = f"{POSTGRES_OPTIONS} -c unix_socket_directories={folder}"
    log = str(folder / "log")
    run("pg_ctl", "-D", cluster, "-w", "-l", log, "-o", options, "start")
    try:
        yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
    finally:
        run("pg_ctl", "-D", cluster, "-m", "immediate", "stop")


def _administer(server: str, statement: str) -> None:
    address = make_url(server).set(drivername="postgresql")
    dsn = address.render_as_string(hide_password=False)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement.encode())


def _database(server: str, *, template: str = "template1") -> str:
    name = f"patentwatch_test_{secrets.token_hex(6)}"
    _administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    return name


def _address(server: str, name: str) -> str:
    return make_url(server).set(database=name).render_as_string(hide_password=False)


@pytest.fixture
def postgres_empty(postgres_server: str) -> Iterator[str]:
    """Yield the address of a PostgreSQL database without any table."""
    name = _database(postgres_server)
    yield _address(postgres_server, name)
    _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """Yield the name of a migrated, empty PostgreSQL database to clone."""
    name = _database(postgres_server)
    engine = connect(_address(postgres_server, name))
    migrate.upgrade(engine)
    engine.dispose()
    yield name
    _administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """Yield the address of an empty migrated database: once SQLite, once PostgreSQL."""
    if request.param == "sqlite":
        path = tmp_path / "patentwatch.db"
        shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
        yield f"sqlite:///{path}"
        return
    server: str = request.getfixturevalue("postgres_server")
    name = _database(server, template=request.getfixturevalue("postgres_template"))
    yield _address(server, name)
    _administer(server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    """Yield an engine on an empty migrated database, once of each kind."""
    engine = connect(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def sqlite_engine(sqlite_template: Path, tmp_path: Path) -> Iterator[Engine]:
    """Yield an engine on SQLite alone, for tests that are not about the store."""
    path = tmp_path / "patentwatch.db"
    shutil.copyfile(sqlite_template, path)
    engine = connect(f"sqlite:///{path}")
    yield engine
    engine.dispose()


@pytest.fixture
def vault(tmp_path: Path) -> Vault:
    """Return a vault with a key of its own."""
    key_file = tmp_path / "patentwatch.key"
    make_key(key_file)
    return unlock(key_file)


@pytest.fixture
def settings(tmp_path: Path) -> Callable[..., Settings]:
    """Return a function that makes settings in this test's folder.

    Keywords are whole sections: `settings(alerts=AlertSettings(brake=1))`.
    """
    base = Settings(
        database=DatabaseSettings(
            url=f"sqlite:///{tmp_path / 'patentwatch.db'}",
            key_file=tmp_path / "patentwatch.key",
            journal=tmp_path / "patentwatch.sent",
        ),
        register=RegisterSettings(inbox=tmp_path / "inbox"),
        outbox=tmp_path / "outbox",
    )

    def make(**sections: Any) -> Settings:
        return replace(base, **sections)

    return make
