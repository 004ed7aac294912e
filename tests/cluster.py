"""A PostgreSQL server of our own, which may be stopped and started as one likes."""

import os
import secrets
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psycopg
from sqlalchemy import make_url

OPTIONS = (
    "-c fsync=off -c full_page_writes=off -c listen_addresses='' -c max_connections=40"
)


_ROOM = 4 * 1024**3


class Cluster:
    """One server that listens only on a socket in its folder."""

    def __init__(self, binaries: Path, folder: Path) -> None:
        self._binaries, self._folder = binaries, folder
        self._runner: list[str] = []
        self.running = False
        if os.geteuid() == 0:  # PostgreSQL refuses to run as root
            shutil.chown(folder, "postgres")
            self._runner = ["runuser", "-u", "postgres", "--"]

    @property
    def url(self) -> str:
        """Where databases may be made."""
        return f"postgresql+psycopg://postgres@/postgres?host={self._folder}"

    @property
    def socket(self) -> Path:
        """What a proxy connects to."""
        return self._folder / ".s.PGSQL.5432"

    def make(self) -> None:
        """Make the empty cluster."""
        self._run("initdb", "-A", "trust", "-U", "postgres", "-N", "-E", "UTF8")

    def start(self) -> None:
        """Start it, and wait until it answers."""
        options = f"{OPTIONS} -c unix_socket_directories={self._folder}"
        self._run(
            "pg_ctl", "-w", "-l", str(self._folder / "log"), "-o", options, "start"
        )

    def stop(self) -> None:
        """End it without goodbye: whoever is connected loses his transaction."""
        self._run("pg_ctl", "-m", "immediate", "stop")
        self.running = False

    def restart(self) -> None:
        """Let it crash and come back."""
        self.stop()
        self.start()

    def _run(self, program: str, *arguments: str) -> None:
        where = ["-D", str(self._folder / "cluster")]
        command = [*self._runner, str(self._binaries / program), *where, *arguments]
        done = subprocess.run(  # noqa: S603 - our own words
            command,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            cwd="/",
            check=False,
        )
        assert done.returncode == 0, done.stderr.decode()


def binaries() -> Path | None:
    """Return where the newest PostgreSQL of this machine lies, None without one."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


def memory() -> Path | None:
    """Return a folder that is no disk, if there is one with room; None: there is none.

    To make a database there takes a tenth of the time, and no test cuts the power.
    """
    fast = Path("/dev/shm")  # noqa: S108
    roomy = fast.is_dir() and shutil.disk_usage(fast).free > _ROOM
    return fast if roomy else None


@contextmanager
def cluster(where: Path) -> Iterator[Cluster]:
    """Run a server until the end of the block; its files go with it."""
    folder = Path(tempfile.mkdtemp(prefix="patentwatch-pg-", dir=memory()))
    server = Cluster(where, folder)
    try:
        server.make()
        server.start()
        try:
            yield server
        finally:
            if server.running:
                server.stop()
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def administer(server: str, statement: str) -> None:
    """Say something to a server that belongs into no transaction."""
    address = make_url(server).set(drivername="postgresql")
    dsn = address.render_as_string(hide_password=False)
    with psycopg.connect(dsn, autocommit=True) as connection:
        connection.execute(statement.encode())


def new_database(server: str, *, template: str = "template1") -> str:
    """Make a database of its own and return its name."""
    name = f"patentwatch_test_{secrets.token_hex(6)}"
    administer(server, f"CREATE DATABASE {name} TEMPLATE {template}")
    return name


def address_of(server: str, name: str) -> str:
    """Return the address of a database of a server."""
    return make_url(server).set(database=name).render_as_string(hide_password=False)
