"""The disk: killed at any write, it is full, it fails, it is asked to keep its word.

F03 kill at the n-th write, F06 fsync fails, F07 disk full, F08 disk full while backing
up, F09 damaged pages, F10 what power loss leaves.
"""

import json
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import make_url

from patentwatch.settings import AlertSettings
from patentwatch.store import backups
from tests.faults import needs
from tests.faults.judge import assert_sound, judged_mails
from tests.faults.offices import NINE, Office
from tests.faults.sizes import gate_and_soak
from tests.faults.worker import (
    PATIENCE,
    command,
    deliver_twice,
    environment,
    fill_the_disk,
    finished,
    start,
    work,
)
from tests.line import over_smtp
from tests.mail_sink import Sink

Offices = Callable[..., Office]
A_LEASE_LATER = timedelta(minutes=16)
LAST_WRITE = 300


def traced(
    tracer: str,
    words: list[str],
    *,
    calls: str,
    log: Path,
    inject: str = "",
    only: Path | None = None,
) -> "subprocess.CompletedProcess[str]":
    """Run a process under strace, with a fault injected into calls about one file."""
    options = ["-f", "-qq", "-s", "60", "-o", str(log), "-e", f"trace={calls}"]
    if only is not None:
        options += ["-P", str(only)]
    if inject:
        options += ["-e", f"inject={inject}"]
    return subprocess.run(  # noqa: S603 - our own words
        [tracer, *options, *words],
        env=environment(),
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )


@gate_and_soak("writes", gate=3, soak=300)
def test_f03_a_kill_at_any_write_leaves_a_sound_database(
    office: Offices, server: Sink, tmp_path: Path, writes: int
) -> None:
    tracer = needs.tracer()
    killed = 0
    for nth in range(1, LAST_WRITE + 1, LAST_WRITE // writes):
        here = office("sqlite")
        here.line.many(5)
        done = traced(
            tracer,
            command(tmp_path, work, here.job()),
            calls="pwrite64",
            inject=f"pwrite64:signal=KILL:when={nth}",
            log=tmp_path / "strace",
        )
        killed += done.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)
        assert_sound(here.line)
        assert finished(start(work, here.job(NINE + A_LEASE_LATER))) == 0
        assert judged_mails(here.line, server.take_all()).clean
    assert killed >= 1, "no process came to so many writes"


@pytest.mark.gate
@pytest.mark.parametrize("from_the", [2, 4, 9])
def test_f06_nothing_is_sent_after_the_disk_failed(
    office: Offices, server: Sink, tmp_path: Path, from_the: int
) -> None:
    tracer, log = needs.tracer(), tmp_path / "strace"
    here = office("sqlite", smtp=over_smtp(server.port, connections=1))
    here.line.many(10)
    here.line.look(NINE)
    done = traced(
        tracer,
        command(tmp_path, work, here.job(looks=False)),
        calls="fdatasync,fsync,sendto",
        inject=f"fdatasync,fsync:error=EIO:when={from_the}+",
        log=log,
    )
    assert done.returncode != 0
    assert "StoreBroken" in done.stderr
    before, failed, after = log.read_text().partition("EIO")
    assert failed
    assert "MAIL FROM" not in after
    assert server.count == before.count("MAIL FROM")
    assert_sound(here.line)
    assert finished(start(work, here.job(NINE + A_LEASE_LATER))) == 0
    assert judged_mails(here.line, server.mails).clean


@pytest.mark.gate
def test_f06_nothing_is_sent_after_the_disk_of_the_journal_failed(
    office: Offices, server: Sink, tmp_path: Path
) -> None:
    tracer, log = needs.tracer(), tmp_path / "strace"
    here = office("sqlite", smtp=over_smtp(server.port, connections=1))
    here.line.many(10)
    here.line.look(NINE)
    journal = here.line.settings.database.journal
    done = traced(
        tracer,
        command(tmp_path, deliver_twice, here.job(), NINE + A_LEASE_LATER),
        calls="fdatasync",
        inject="fdatasync:error=EIO:when=4+",
        only=journal,
        log=log,
    )
    forced = log.read_text().splitlines()
    assert [line for line in forced if "EIO" in line] == forced[-1:], "tried again"
    assert server.count == len(forced) - 1  # the first is the head of the journal
    assert done.returncode == 2, "both deliveries say that they cannot go on"
    assert finished(start(work, here.job(NINE + 2 * A_LEASE_LATER))) == 0
    assert judged_mails(here.line, server.mails).clean


@pytest.mark.gate
def test_f06_a_daemon_on_a_failing_disk_ends_and_says_why(
    office: Offices, server: Sink, tmp_path: Path
) -> None:
    tracer = needs.tracer()
    here = office("sqlite")
    here.line.engine.dispose()
    shutil.copyfile(make_url(here.url).database or "", tmp_path / "patentwatch.db")
    (tmp_path / "patentwatch.toml").write_text(
        f'[database]\nurl = "sqlite:///{tmp_path / "patentwatch.db"}"\n'
        f'key_file = "{here.key_file}"\n'
        f'[register]\ninbox = "{tmp_path / "inbox"}"\n',
        encoding="utf-8",
    )
    done = traced(
        tracer,
        [
            sys.executable,
            "-m",
            "patentwatch",
            "--config",
            f"{tmp_path}/patentwatch.toml",
            "run",
        ],
        calls="fdatasync,fsync",
        inject="fdatasync,fsync:error=EIO:when=1+",
        log=tmp_path / "strace",
    )
    assert done.returncode not in (0, -signal.SIGKILL), done.stderr
    assert "数据库文件读写出错" in done.stderr
    assert server.count == 0


@pytest.mark.gate
def test_f07_on_a_full_disk_nothing_leaves_without_an_intent(
    office: Offices, server: Sink, tmp_path: Path
) -> None:
    words = needs.namespace("--mount")
    here = office("sqlite", alerts=AlertSettings(mode="live"))
    here.line.many(60)
    job = here.job()
    kept = Path(make_url(here.url).database or "")
    disk = tmp_path / "disk"
    disk.mkdir()
    job_words = command(tmp_path, fill_the_disk, job, disk, kept, NINE + A_LEASE_LATER)
    mount = f'mount -t tmpfs -o size=2m none "{disk}" && exec "$@"'
    done = subprocess.run(  # noqa: S603 - our own words
        [*words, "sh", "-c", mount, "sh", *job_words],
        env=environment(),
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["failures"] >= 1
    assert_sound(here.line)
    found = judged_mails(here.line, server.mails)
    assert found.clean  # nobody lost, no mail without its intent
    assert {row.state for row in here.line.alerts(tier="reminder")} == {"accepted"}


@pytest.mark.gate
def test_f08_a_full_disk_leaves_the_backup_that_was_there(
    office: Offices, tmp_path: Path
) -> None:
    words = needs.namespace("--mount")
    here = office("sqlite")
    here.line.many(500)
    here.line.engine.dispose()
    before = tmp_path / "before.db"
    backups.backup(Path(make_url(here.url).database or ""), before)
    disk = tmp_path / "disk"
    disk.mkdir()
    config = tmp_path / "patentwatch.toml"
    config.write_text(f'[database]\nurl = "{here.url}"\n', encoding="utf-8")
    tried = [sys.executable, "-m", "patentwatch", "--config", str(config)]
    tried += ["db", "backup", "--out", str(disk / "kept.db")]
    room = before.stat().st_size * 3 // 2
    script = (
        f'mount -t tmpfs -o size={room} none "{disk}" && cp "{before}" "{disk}/kept.db"'
        f' && "$@"; echo $?; ls -A "{disk}"; cmp "{before}" "{disk}/kept.db"'
    )
    done = subprocess.run(  # noqa: S603 - our own words
        [*words, "sh", "-c", script, "sh", *tried],
        env=environment(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.stdout.split() == ["1", "kept.db"]  # no other file is left
    assert done.returncode == 0, done.stderr  # and that one is as it was
    assert re.search(r"需要 \d+ 字节，现有 \d+ 字节", done.stderr)


@pytest.mark.gate
def test_f09_nothing_leaves_from_a_damaged_database(
    office: Offices, server: Sink, tmp_path: Path
) -> None:
    here = office("sqlite", alerts=AlertSettings(mode="live"))
    here.line.many(60)
    here.line.engine.dispose()
    file = Path(make_url(here.url).database or "")
    content = file.read_bytes()
    config = tmp_path / "patentwatch.toml"
    config.write_text(
        f'[database]\nurl = "{here.url}"\nkey_file = "{here.key_file}"\n'
        f'journal = "{tmp_path / "sent"}"\n'
        f'[smtp]\nhost = "127.0.0.1"\nport = {server.port}\nsecurity = "none"\n'
        'sender = "ip@puyang.example"\n[alerts]\nmode = "live"\n'
        '[office]\nname = "濮阳市知识产权局"\nphone = "0393-1234567"\n'
        'lawful_basis = "法定职责"\n',
        encoding="utf-8",
    )
    # A leaf of the tree of patents: what is found before it is read by chance.
    page = next(
        number
        for number in range(len(content) // 4096 - 1, 0, -1)
        if content[number * 4096] in (10, 13) and content[number * 4096 + 4] > 1
    )
    with file.open("r+b") as opened:
        opened.seek(page * 4096)
        opened.write(b"\xff" * 16)
    words = ["--config", str(config), "run", "--once", "--on", NINE.isoformat()]
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", "patentwatch", *words],
        env=environment(),
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=PATIENCE,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    assert "数据库文件已损坏" in done.stderr
    assert server.count == 0
    file.write_bytes(content)
    mended = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", "patentwatch", *words],
        env=environment(),
        cwd=tmp_path,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
    )
    assert mended.returncode == 0, mended.stderr
    assert server.count == 60


@pytest.mark.gate
def test_f10_every_commit_is_forced_to_the_disk(
    office: Offices, server: Sink, tmp_path: Path
) -> None:
    tracer, log = needs.tracer(), tmp_path / "strace"
    here = office("sqlite")
    here.line.many(8)
    done = traced(
        tracer,
        command(tmp_path, work, here.job()),
        calls="fdatasync,fsync,unlink",
        log=log,
    )
    assert done.returncode == 0, done.stderr
    assert server.count == 8
    forced, commits = 0, 0
    for line in log.read_text().splitlines():
        if re.search(r"f(data)?sync\(", line):
            forced += 1
        if "-journal" in line:  # a commit is the moment at which its journal goes
            assert forced >= 2, "a commit without the journal and the file being forced"
            forced, commits = 0, commits + 1
    assert commits >= 8
