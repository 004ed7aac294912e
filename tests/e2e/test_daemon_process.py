"""The real thing: a process, files dropped into its inbox, mails on the wire."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pytest

from patentwatch import clock
from patentwatch.law import terms
from patentwatch.register.numbers import check_digit
from tests.mail_sink import Sink, sink, text_of

PATIENCE_SECONDS = 60


@pytest.fixture
def server() -> Iterator[Sink]:
    with sink() as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path, server: Sink) -> Path:
    """Return the folder of an installation that is live beside a real server."""
    (tmp_path / "inbox").mkdir()
    (tmp_path / "patentwatch.toml").write_text(
        f"""
[office]
name = "濮阳市知识产权局"
phone = "0393-1234567"
[smtp]
host = "127.0.0.1"
port = {server.port}
security = "none"
sender = "ip@puyang.example"
[alerts]
mode = "live"
send_window = ["08:00", "22:00"]
[[county]]
code = "410901"
name = "市直"
""",
        encoding="utf-8",
    )
    return tmp_path


def drop_files(folder: Path, *, today: date) -> str:
    """Put a register and its contacts into the inbox; return the patent's number."""
    filing_on = terms.months_after(today + timedelta(days=20), -120)
    digits = f"{filing_on.year}10000001"
    number = f"{digits}.{check_digit(digits)}"
    granted_on = terms.months_after(filing_on, 30)
    register = (
        "申请号,申请日,发明名称,授权公告日,专利权人,县区,费减比例\n"
        f"{number},{filing_on},一种装置,{granted_on},甲公司,市直,无\n"
    )
    contacts = "名称,角色,手机,邮箱\n甲公司,专利权人,,jia@a.example\n"
    for name, text in (("1-register.csv", register), ("2-contacts.csv", contacts)):
        finished = folder / "inbox" / name
        unfinished = finished.with_suffix(".part")
        unfinished.write_text(text, encoding="utf-8")
        unfinished.rename(finished)
    return number


@contextmanager
def daemon(folder: Path) -> Iterator["subprocess.Popen[str]"]:
    """Run `patentwatch run` until the end of the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", "patentwatch", "run"],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1"},
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.wait()
        if process.stderr:
            process.stderr.close()


def wait_until(true: Callable[[], bool], process: "subprocess.Popen[str]") -> None:
    """Wait for something, and for no longer than is reasonable."""
    pause = threading.Event()
    for _ in range(PATIENCE_SECONDS * 20):
        if true():
            return
        assert process.poll() is None, process.communicate()
        pause.wait(0.05)
    raise AssertionError("waited in vain")


def in_the_send_window() -> bool:
    return 8 <= clock.now().astimezone(clock.SHANGHAI).hour < 22


def test_files_in_the_inbox_become_mails_and_a_stop_is_clean(
    folder: Path, server: Sink
) -> None:
    number = drop_files(folder, today=clock.today(clock.now()))
    with daemon(folder) as process:
        if in_the_send_window():
            wait_until(lambda: server.count > 0, process)
        else:  # at night the message waits for the morning
            wait_until(lambda: _is_taken(folder), process)
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=PATIENCE_SECONDS)
    assert process.returncode == 0, told
    assert "daemon stopped" in told
    assert "jia@a.example" not in told
    if in_the_send_window() and server.mails:
        (mail,) = server.mails
        assert number in text_of(mail)
    assert len(list((folder / "inbox" / "done").glob("*.csv"))) == 2


def _is_taken(folder: Path) -> bool:
    done = folder / "inbox" / "done"
    return done.is_dir() and len(list(done.glob("*.csv"))) == 2


def patentwatch(folder: Path, *words: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", "patentwatch", *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "PYTHONUTF8": "1"},
        capture_output=True,
        text=True,
        timeout=PATIENCE_SECONDS,
        check=False,
    )


def test_once_takes_the_inbox_and_sends_and_again_sends_nothing(
    folder: Path, server: Sink
) -> None:
    today = clock.today(clock.now())
    number = drop_files(folder, today=today)
    for _ in range(2):
        done = patentwatch(folder, "run", "--once", "--on", today.isoformat())
        assert done.returncode == 0, done.stderr
    (mail,) = server.mails
    assert mail["To"].addresses[0].addr_spec == "jia@a.example"
    assert number in text_of(mail)


def test_a_second_daemon_on_the_same_file_is_refused(folder: Path) -> None:
    with daemon(folder) as first:
        lock = folder / "patentwatch.db.lock"
        wait_until(lambda: lock.is_file() and lock.read_text() != "", first)
        second = patentwatch(folder, "run", "--once")
        assert second.returncode == 75
        assert str(first.pid) in second.stderr
        assert "Traceback" not in second.stderr
        first.send_signal(signal.SIGTERM)
        assert first.wait(PATIENCE_SECONDS) == 0
