"""What the whole outbox costs per mail beside a bare aiosmtplib loop.

    python bench/delivery.py [mails] [connections] [rounds]

Ours: claim, decide again, render, send, settle each outcome durably. Bare: the same
bytes over the same number of connections, nothing else. Both take turns, on SQLite and
on PostgreSQL, into a sink that does nothing and into aiosmtpd, which answers like a
relay; then 1, 2 and 4 daemons (processes) empty one PostgreSQL together. The sink is a
process of its own, PostgreSQL a server of our own with full durability.

Aim: at least 0.6 of the bare loop into aiosmtpd; daemons until the sink is the limit.
"""

import asyncio
import multiprocessing
import os
import secrets
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from multiprocessing.connection import Connection as Pipe
from multiprocessing.synchronize import Barrier
from pathlib import Path
from threading import Event

import line
import mail
import psycopg
from aiosmtpd.smtp import SMTP

from patentwatch import dispatch, outgoing, restoring
from patentwatch.delivery import Envelope, OnOutcomes, Transport
from patentwatch.installation import Installation
from patentwatch.look import look
from patentwatch.model import Channel
from patentwatch.store import migrate
from patentwatch.store.engine import connect

DAEMONS = (1, 2, 4)


class _Drop:
    """Takes every mail and forgets it."""

    async def handle_DATA(self, *_: object) -> str:  # noqa: N802 - aiosmtpd's name
        return "250 2.0.0 queued"


def relay(pipe: Pipe) -> None:
    """Serve with aiosmtpd until killed; say the port first."""

    async def serve() -> None:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(lambda: SMTP(_Drop()), "127.0.0.1", 0)
        pipe.send(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    asyncio.run(serve())


SINKS: dict[str, Callable[[Pipe], None]] = {"nothing": mail.sink, "aiosmtpd": relay}


@contextmanager
def serving(sink: Callable[[Pipe], None]) -> Iterator[int]:
    """Run a sink in a process of its own; yield its port."""
    near, far = multiprocessing.Pipe()
    server = multiprocessing.Process(target=sink, args=(far,), daemon=True)
    server.start()
    try:
        yield near.recv()
    finally:
        server.kill()
        server.join()


@contextmanager
def postgres() -> Iterator[str]:
    """Run a server of our own; yield the address in front of a database's name."""
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))[-1]
    folder = tempfile.mkdtemp(prefix="patentwatch-bench-")
    runner: list[str] = []
    if os.geteuid() == 0:  # PostgreSQL refuses to run as root
        shutil.chown(folder, "postgres")
        runner = ["runuser", "-u", "postgres", "--"]

    def run(program: str, *words: str) -> None:
        subprocess.run(
            [*runner, str(binaries / program), "-D", f"{folder}/cluster", *words],
            check=True,
            stdout=subprocess.DEVNULL,
            cwd="/",
        )

    run("initdb", "-A", "trust", "-U", "postgres", "-E", "UTF8")
    options = f"-c listen_addresses='' -c unix_socket_directories={folder}"
    run("pg_ctl", "-w", "-l", f"{folder}/log", "-o", options, "start")
    try:
        yield f"host={folder}"
    finally:
        run("pg_ctl", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)


def on_postgres(
    where: str, folder: Path, *, port: int, connections: int
) -> Installation:
    """Return an empty installation on a new database."""
    name = f"bench_{secrets.token_hex(6)}"
    with psycopg.connect(f"{where} user=postgres", autocommit=True) as bare:
        bare.execute(f"CREATE DATABASE {name}".encode())
    url = f"postgresql+psycopg://postgres@/{name}?{where}"
    engine = connect(url)
    migrate.upgrade(engine)
    engine.dispose()
    return line.open_at(url, folder, port=port, connections=connections)


def keeping(transport: Transport, kept: list[Envelope]) -> Transport:
    """Return a transport that also keeps what it sends, for the bare loop."""

    def send(
        envelopes: Iterable[Envelope],
        *,
        on_outcomes: OnOutcomes,
        stop: Event | None = None,
    ) -> None:
        def noted() -> Iterable[Envelope]:
            for envelope in envelopes:
                kept.append(envelope)
                yield envelope

        transport(noted(), on_outcomes=on_outcomes, stop=stop)

    return send


def planned(here: Installation, count: int) -> Installation:
    """Return the installation with so many messages waiting."""
    line.fill(here, due=count, idle=0, owners=count)
    look(here.engine, here.vault, here.rules, now=line.nine())
    return here


def ours(here: Installation, kept: list[Envelope], count: int) -> float:
    """Return the seconds from the outbox to the last settled outcome."""
    restoring.beat(here.engine, here.journal, now=line.nine())
    post = outgoing.post(here, tell_time=line.nine)
    gateway = post.gateways[Channel.EMAIL]
    post.gateways[Channel.EMAIL] = replace(gateway, send=keeping(gateway.send, kept))
    started = time.perf_counter()
    done = dispatch.deliver(here.engine, here.vault, post)
    spent = time.perf_counter() - started
    assert done.accepted == count, done
    here.engine.dispose()
    return spent


def beside_bare(
    where: str, folder: Path, sink: str, *, count: int, connections: int, rounds: int
) -> None:
    """Print mails a second on both databases and bare, taking turns, and the ratios."""
    spent: dict[str, list[float]] = {"sqlite": [], "postgresql": [], "bare": []}
    with serving(SINKS[sink]) as port:
        for turn in range(rounds):
            kept: list[Envelope] = []
            city = line.open_city(
                folder, f"{sink}{turn}", port=port, connections=connections
            )
            spent["sqlite"].append(ours(planned(city, count), kept, count))
            spent["bare"].append(mail.bare(kept, port, connections))
            city = on_postgres(where, folder, port=port, connections=connections)
            spent["postgresql"].append(ours(planned(city, count), [], count))
    rate = {name: count / statistics.median(times) for name, times in spent.items()}
    print(f"sink {sink}, {connections} connections, {count} mails, {rounds} rounds")
    for name, mails in rate.items():
        print(f"  {name:10} {mails:6.0f} mails/s  {mails / rate['bare']:.2f} of bare")


def daemon(
    url: str, folder: str, port: int, connections: int, start: Barrier, pipe: Pipe
) -> None:
    """Empty the outbox beside others; say how many went."""
    here = line.open_at(url, Path(folder), port=port, connections=connections)
    restoring.beat(here.engine, here.journal, now=line.nine())
    post = outgoing.post(here, tell_time=line.nine)
    start.wait()
    pipe.send(dispatch.deliver(here.engine, here.vault, post).accepted)


def together(where: str, folder: Path, *, count: int, connections: int) -> None:
    """Print what 1, 2 and 4 daemons send a second from one PostgreSQL."""
    rates: dict[int, float] = {}
    context = multiprocessing.get_context("spawn")
    with serving(relay) as port:
        for daemons in DAEMONS:
            city = on_postgres(where, folder, port=port, connections=connections)
            planned(city, count).engine.dispose()
            url = city.engine.url.render_as_string(hide_password=False)
            start = context.Barrier(daemons + 1)
            near, far = context.Pipe()
            words = (url, str(folder), port, connections, start, far)
            started = [
                context.Process(target=daemon, args=words) for _ in range(daemons)
            ]
            for process in started:
                process.start()
            start.wait()
            begun = time.perf_counter()
            sent = sum(near.recv() for _ in started)
            rates[daemons] = count / (time.perf_counter() - begun)
            for process in started:
                process.join()
            assert sent == count, sent
    print(f"daemons on one PostgreSQL, sink aiosmtpd, {os.cpu_count()} cores")
    for daemons, mails in rates.items():
        print(f"  {daemons} {mails:6.0f} mails/s  {mails / rates[1]:.2f} of one")


def main() -> None:
    given = [int(word) for word in sys.argv[1:4]]
    count, connections, rounds = [*given, *[1000, 4, 3][len(given) :]]
    with postgres() as where, tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for sink in SINKS:
            beside_bare(
                where,
                folder,
                sink,
                count=count,
                connections=connections,
                rounds=rounds,
            )
        together(where, folder, count=count, connections=connections)


if __name__ == "__main__":
    main()
