"""The small city on a real database of each kind."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from patentwatch.config import DatabaseSettings, Settings
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
    return city_of(engine, vault, _on(settings(), database_url), tmp_path)


@pytest.fixture
def sqlite_city(
    sqlite_engine: Engine,
    vault: Vault,
    settings: Callable[..., Settings],
    tmp_path: Path,
) -> City:
    """Return the city on SQLite alone, for what is not about the store."""
    return city_of(sqlite_engine, vault, settings(), tmp_path)


def _on(base: Any, database_url: str) -> Settings:
    database = DatabaseSettings(url=database_url, key_file=base.database.key_file)
    found: Settings = base.__class__(
        **{name: getattr(base, name) for name in base.__dataclass_fields__}
        | {"database": database}
    )
    return found
