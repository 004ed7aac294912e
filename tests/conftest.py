"""Fixtures for everybody: an empty migrated database of each kind, keys, settings."""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from patentwatch.settings import DatabaseSettings, RegisterSettings, Settings
from patentwatch.store import migrate
from patentwatch.store.engine import connect
from patentwatch.store.vault import Vault, make_key, unlock
from tests.cluster import address_of, administer, binaries, cluster, new_database


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
    where = binaries()
    if where is None:
        pytest.fail(
            "PostgreSQL is missing: install the package `postgresql`, or set "
            "PATENTWATCH_TEST_PG_DSN, or skip knowingly with PATENTWATCH_TEST_NO_PG=1"
        )
    with cluster(where) as server:
        yield server.url


@pytest.fixture
def postgres_empty(postgres_server: str) -> Iterator[str]:
    """Yield the address of a PostgreSQL database without any table."""
    name = new_database(postgres_server)
    yield address_of(postgres_server, name)
    administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="session")
def postgres_template(postgres_server: str) -> Iterator[str]:
    """Yield the name of a migrated, empty PostgreSQL database to clone."""
    name = new_database(postgres_server)
    engine = connect(address_of(postgres_server, name))
    migrate.upgrade(engine)
    engine.dispose()
    yield name
    administer(postgres_server, f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture
def fresh_database(
    request: pytest.FixtureRequest, tmp_path: Path
) -> Iterator[Callable[..., str]]:
    """Return a function that makes an empty migrated "sqlite" or "postgres" database.

    It may be given the folder of the file, and returns the address; what it made goes
    at the end of the test.
    """
    numbers = count()
    with ExitStack() as over:

        def make(kind: str, folder: Path = tmp_path) -> str:
            if kind == "sqlite":
                path = folder / f"patentwatch{next(numbers) or ''}.db"
                shutil.copyfile(request.getfixturevalue("sqlite_template"), path)
                return f"sqlite:///{path}"
            server: str = request.getfixturevalue("postgres_server")
            template = request.getfixturevalue("postgres_template")
            name = new_database(server, template=template)
            drop = f"DROP DATABASE {name} WITH (FORCE)"
            over.callback(administer, server, drop)
            return address_of(server, name)

        yield make


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(
    request: pytest.FixtureRequest, fresh_database: Callable[..., str]
) -> str:
    """Return the address of an empty migrated database, once of each kind."""
    return fresh_database(request.param)


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
