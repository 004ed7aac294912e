"""F27: an upgrade that is killed leaves the old database or the new one."""

import signal
from collections.abc import Callable
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Engine, event

from patentwatch import assets
from patentwatch.store import migrate
from patentwatch.store.engine import connect
from tests.cluster import address_of, administer, new_database
from tests.faults.offices import KINDS
from tests.faults.sizes import gate_and_soak
from tests.faults.worker import finished, start, upgrade_until_killed

BEFORE = "0002"


def old_database(engine: Engine) -> None:
    """Bring an empty database to the last but one revision."""
    with migrate._schema_transaction(engine) as connection:
        scripts = Config()
        scripts.set_main_option("script_location", str(assets.migrations()))
        scripts.attributes["connection"] = connection
        command.upgrade(scripts, BEFORE)


def statements_of_an_upgrade(url: str) -> int:
    """Return how many statements an upgrade takes."""
    engine, seen = connect(url), [0]

    def executing(*_: object) -> None:
        seen[0] += 1

    event.listen(engine, "before_cursor_execute", executing)
    migrate.upgrade(engine)
    engine.dispose()
    return seen[0]


@pytest.fixture
def empty(request: pytest.FixtureRequest, tmp_path: Path) -> Callable[[str], str]:
    """Return a function that makes a database of the old revision: its address."""
    made: list[str] = []

    def make(kind: str) -> str:
        if kind == "sqlite":
            made.append(kind)
            url = f"sqlite:///{tmp_path / f'{len(made)}.db'}"
        else:
            server: str = request.getfixturevalue("postgres_server")
            name = new_database(server)
            drop = f"DROP DATABASE {name} WITH (FORCE)"
            request.addfinalizer(lambda: administer(server, drop))
            url = address_of(server, name)
        engine = connect(url)
        old_database(engine)
        engine.dispose()
        return url

    return make


@pytest.mark.parametrize("kind", KINDS)
@gate_and_soak("kills", gate=3, soak=40)
def test_f27_an_upgrade_killed_anywhere_is_the_old_or_the_new(
    empty: Callable[[str], str], kind: str, kills: int
) -> None:
    last = statements_of_an_upgrade(empty(kind))
    for nth in range(1, last + 1, max(1, last // kills)):
        url = empty(kind)
        assert finished(start(upgrade_until_killed, url, nth)) == -signal.SIGKILL
        engine = connect(url)
        assert migrate.revision(engine) in (BEFORE, migrate.head())
        migrate.upgrade(engine)
        assert migrate.differences(engine) == []
        engine.dispose()
