"""Fixtures of the fault tests: a mail server, and as many offices as one likes."""

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from patentwatch.settings import DatabaseSettings
from patentwatch.store import migrate
from patentwatch.store.engine import connect
from patentwatch.store.vault import Vault
from tests.cluster import Cluster, address_of, binaries, cluster, new_database
from tests.delivery.sms.emulator import Emulator, emulator
from tests.faults.offices import NINE, Office, Wired
from tests.faults.proxy import proxied
from tests.faults.worker import Job
from tests.line import Line, live
from tests.mail_sink import Sink, sink


@pytest.fixture
def server() -> Iterator[Sink]:
    with sink() as found:
        yield found


@pytest.fixture
def provider() -> Iterator[Emulator]:
    with emulator() as found:
        yield found


@pytest.fixture
def memory() -> Iterator[Path]:
    """Yield a folder on a disk that is fast, if there is one: only processes die."""
    fast = Path("/dev/shm")  # noqa: S108
    with tempfile.TemporaryDirectory(dir=fast if fast.is_dir() else None) as folder:
        yield Path(folder)


@pytest.fixture
def office(
    fresh_database: Callable[..., str],
    vault: Vault,
    settings: Any,
    server: Sink,
    tmp_path: Path,
    memory: Path,
) -> Iterator[Callable[..., Office]]:
    """Return a function that makes an office, live beside the mail server.

    It takes the kind of its database and the sections of its settings.
    """
    made: list[Line] = []

    def make(kind: str, **sections: Any) -> Office:
        url = fresh_database(kind, memory)
        database = DatabaseSettings(
            url=url,
            key_file=tmp_path / "patentwatch.key",
            journal=memory / f"{len(made)}.sent",
        )
        wanted = live(server.port) | {"database": database} | sections
        line = Line(connect(url), vault, settings(**wanted))
        made.append(line)
        return Office(line, url, tmp_path / "patentwatch.key")

    yield make
    for line in made:
        line.engine.dispose()


@pytest.fixture(scope="session")
def shaky() -> Iterator[Cluster]:
    """Yield a server of our own, which may be restarted."""
    where = binaries()
    if where is None:
        pytest.skip("PostgreSQL is not installed on this machine")
    with cluster(where) as server:
        yield server


@pytest.fixture(scope="session")
def shaky_template(shaky: Cluster) -> str:
    name = new_database(shaky.url)
    engine = connect(address_of(shaky.url, name))
    migrate.upgrade(engine)
    engine.dispose()
    return name


@pytest.fixture
def wired(
    shaky: Cluster,
    shaky_template: str,
    vault: Vault,
    settings: Any,
    server: Sink,
    tmp_path: Path,
) -> Iterator[Wired]:
    name = new_database(shaky.url, template=shaky_template)
    safe_url = address_of(shaky.url, name)
    sections = settings(**live(server.port))
    with proxied(shaky.socket) as proxy:
        url = f"postgresql+psycopg://postgres@127.0.0.1:{proxy.port}/{name}"
        line = Line(connect(url), vault, sections)
        safe = Line(connect(safe_url), vault, sections)
        job = Job(url, tmp_path / "patentwatch.key", safe.settings, NINE)
        yield Wired(line, safe, proxy, safe_url, job)
        line.engine.dispose()
        safe.engine.dispose()
