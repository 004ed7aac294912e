"""The small city on a real database of each kind."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from sqlalchemy import Engine

from patentwatch.settings import Settings
from patentwatch.store.vault import Vault
from tests.backfill.city import City, city_of


@pytest.fixture
def city(
    engine: Engine,
    database_url: str,
    vault: Vault,
    settings: Callable[..., Settings],
    tmp_path: Path,
) -> City:
    usual = settings()
    database = replace(usual.database, url=database_url)
    return city_of(engine, vault, settings(database=database), tmp_path)


@pytest.fixture
def sqlite_city(
    sqlite_engine: Engine,
    vault: Vault,
    settings: Callable[..., Settings],
    tmp_path: Path,
) -> City:
    """Return the city on SQLite alone, for what is not about the store."""
    return city_of(sqlite_engine, vault, settings(), tmp_path)
