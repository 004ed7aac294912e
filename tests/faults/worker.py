"""Processes that run the line and may be killed; each starts from one that is ready.

`start` runs a function of this module in a child of a process that has imported
everything: milliseconds instead of a second, and no thread of the test is in it.
`command` says how to run one where a tracer must be in front.
"""

import json
import multiprocessing
import os
import pickle
import shutil
import subprocess
import sys
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.schedulers.base import BaseScheduler
from sqlalchemy import event

from patentwatch import daemon, dispatch, outgoing, pipeline, restoring, supervisor
from patentwatch.errors import PatentwatchError, StoreBroken, StoreUnavailable
from patentwatch.settings import Settings
from patentwatch.store import migrate
from patentwatch.store.engine import connect, transaction
from patentwatch.store.memory import recall, remember
from patentwatch.store.vault import unlock
from tests.faults import mutants, points
from tests.faults.points import MIGRATION, Counter, Point
from tests.line import Line, over_smtp
from tests.mail_sink import sink

ROOT = Path(__file__).parents[2]
PATIENCE = 120
EXIT_BROKEN = 3

_ready = multiprocessing.get_context("forkserver")
_ready.set_forkserver_preload(["tests.faults.worker"])


@dataclass(frozen=True)
class Job:
    """An installation, and the instant at which its process runs.

    `looks`: it decides before it sends. `mutant`: a word of `mutants`.
    """

    url: str
    key_file: Path
    settings: Settings
    now: datetime
    point: Point | None = None
    mutant: str = ""
    looks: bool = True

    def line(self) -> Line:
        """Return the installation in a process of its own."""
        return Line(connect(self.url), unlock(self.key_file), self.settings)

    def at(self, now: datetime, point: Point | None = None) -> "Job":
        """Return the same at another instant."""
        return replace(self, now=now, point=point)


def start(act: Callable[..., None], *words: Any) -> BaseProcess:
    """Start a process in which a function of this module runs."""
    process = _ready.Process(target=act, args=words)
    process.start()
    return process


def finished(process: BaseProcess, *, patience: float = PATIENCE) -> int:
    """Wait for the end of a process; return how it ended, negative by a signal."""
    process.join(patience)
    code = process.exitcode
    if code is None:
        process.kill()
        process.join()
    assert code is not None, "the process did not end"
    process.close()
    return code


def command(folder: Path, act: Callable[..., None], *words: Any) -> list[str]:
    """Return what to start where a tracer or a namespace must be around the process."""
    path = folder / f"{act.__name__}.pickle"
    path.write_bytes(pickle.dumps((act.__name__, words)))
    return [sys.executable, "-m", "tests.faults.worker", str(path)]


def environment() -> dict[str, str]:
    """Return the environment of such a process."""
    return {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "PYTHONUTF8": "1"}


def work(job: Job) -> None:
    """Decide and send, once."""
    line = job.line()
    passes = points.arm(line.engine, job.point).passes if job.point else _nothing
    if job.looks:
        line.look(job.now)
    deliver(line, job, passes)


def deliver(line: Line, job: Job, passes: Callable[[str], None]) -> None:
    """Send what waits over the transports of the job, dying where it says."""
    restoring.beat(line.engine, line.here.journal, now=job.now)
    post = outgoing.post(line.here, tell_time=lambda: job.now)
    if job.point is not None:
        points.die_in_the_envelope(passes)
    for channel, gateway in list(post.gateways.items()):
        send = points.dying(gateway.send, passes)
        if job.mutant == mutants.MARK_FIRST:
            send = mutants.mark_first(send)
        post.gateways[channel] = replace(gateway, send=send)
    if job.mutant == mutants.SEND_FIRST:
        mutants.send_first()
    dispatch.deliver(line.engine, line.vault, post)


def work_until_told(job: Job) -> None:
    """Decide and send until a SIGTERM; what is in flight is finished."""
    line = job.line()
    with daemon.until_told_to_stop() as stop:
        line.look(job.now)
        line.deliver(job.now, stop=stop)


def work_like_a_daemon(job: Job, tries: int) -> None:
    """Look and send again and again, and outlive what a daemon outlives."""
    line = job.line()
    for _ in range(tries):
        try:
            line.look(job.now)
            done = line.deliver(job.now)
        except StoreBroken:
            sys.exit(EXIT_BROKEN)
        except PatentwatchError:
            threading.Event().wait(0.2)  # a daemon waits a minute
            continue
        if done.accepted == 0:
            return


def run_the_daemon(job: Job, tick_seconds: float, notify: str) -> None:
    """Run the daemon itself, by the real clock, with ticks in quick succession."""
    os.environ["NOTIFY_SOCKET"] = notify
    daemon.run(job.line().here, tick_seconds=tick_seconds)


def _nothing(_: str) -> None:
    """Pass by no point."""


def count_up(job: Job, times: int) -> None:
    """Add one to a number that others count up, too, and a fact to the register."""
    line = job.line()
    for _ in range(times):
        with transaction(line.engine) as connection:
            found = recall(connection, COUNTED)
            remember(connection, COUNTED, str(int(found or 0) + 1))


COUNTED = "counted.by_several"


def upgrade_until_killed(url: str, nth: int) -> None:
    """Bring a database to the newest revision, and die at the n-th statement."""
    engine = connect(url)
    passes = Counter(Point(MIGRATION, nth)).passes
    event.listen(engine, "before_cursor_execute", lambda *_: passes(MIGRATION))
    migrate.upgrade(engine)


HANGS = "HANGS=1"


def hang_in_a_tick(job: Job, notify: str, tick: int) -> None:
    """Run the daemon; from its n-th tick nothing comes back."""
    ticks = iter(range(1, tick))

    def hanging(*words: Any, **more: Any) -> Any:
        if next(ticks, None) is None:
            supervisor.tell(HANGS)
            threading.Event().wait()
        return line_once(*words, **more)

    line_once, pipeline.tick = pipeline.tick, hanging
    run_the_daemon(job, 1.0, notify)


def lose_the_alarm_clock(job: Job, notify: str) -> None:
    """Run the daemon; the thread of its alarm clock dies of an error after a tick."""
    due = BaseScheduler._process_jobs
    rung: list[int] = []

    def dying(scheduler: Any) -> Any:
        rung.append(1)
        if len(rung) > 2:
            raise SystemExit
        return due(scheduler)

    # Where the thread does its work, outside of any job: as a store that fails.
    BackgroundScheduler._process_jobs = dying
    run_the_daemon(job, 0.3, notify)


def deliver_twice(job: Job, later: datetime) -> None:
    """Send, and send again although the first time failed, as the next tick does."""
    line = job.line()
    failed = 0
    for now in (job.now, later):
        try:
            line.deliver(now)
        except StoreUnavailable:
            failed += 1
    sys.exit(failed)


def fill_the_disk(job: Job, disk: Path, kept: Path, later: datetime) -> None:
    """Live through a full disk at `disk`; leave the database at `kept`.

    Before each delivery the disk is full but for a few blocks, once at the claim and
    once while outcomes are written; then there is space again.
    """
    database = disk / kept.name
    shutil.copyfile(kept, database)
    line = replace(job, url=f"sqlite:///{database}").line()
    line.change(database=replace(line.settings.database, journal=disk / "journal"))
    line.look(job.now)
    failures = 0
    for blocks in (0, 2, 4, 8, 12):
        filler = disk / "filler"
        _fill(filler, spare=4096 * blocks)
        try:
            line.deliver(job.now)
        except StoreUnavailable:
            failures += 1
        filler.unlink()
    line.deliver(later)
    line.engine.dispose()
    shutil.copyfile(database, kept)
    sys.stdout.write(json.dumps({"failures": failures}))


def _fill(path: Path, *, spare: int) -> None:
    size = 0
    with path.open("wb", buffering=0) as filler:
        with suppress(OSError):
            while True:
                size += filler.write(b"x" * 4096)
        filler.truncate(max(0, size - spare))


def cut_the_network(job: Job, mails: int, later: datetime) -> None:
    """Live through a partition between us and the mail server, and tell who got what.

    The server is in this process, in a network of its own.
    """
    from tests.faults.judge import judged_mails

    _run("ip", "link", "set", "lo", "up")
    with sink() as server:
        line = job.line()
        line.change(smtp=over_smtp(server.port))
        line.many(mails)
        line.look(job.now)
        rule = ["INPUT", "-p", "tcp", "--dport", str(server.port), "-j", "DROP"]

        def cut() -> None:
            if server.count >= mails // 3 and not cuts:
                cuts.append(server.count)
                _run("iptables", "-A", *rule)

        cuts: list[int] = []
        cut_off = line.deliver(job.now, on_message=cut)
        _run("iptables", "-D", *rule)
        line.deliver(later)
        found = asdict(judged_mails(line, server.mails))
        told = found | {"cut_off": cut_off.retry, "arrived": server.count}
        waiting = len(line.messages(state="pending")) + len(
            line.messages(state="sending")
        )
        sys.stdout.write(json.dumps(told | {"waiting": waiting}))


def _run(*words: str) -> None:
    subprocess.run(words, check=True)  # noqa: S603 - our own words


def main() -> None:
    """Run what a file names."""
    name, words = pickle.loads(Path(sys.argv[1]).read_bytes())  # noqa: S301 - our own
    globals()[name](*words)


if __name__ == "__main__":
    main()
