"""The frame of the command line: help, exit statuses, and never a traceback."""

import json
import os
import resource
import signal
import stat
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

import click
import pytest
from click.testing import CliRunner, Result

from patentwatch import __version__, cli, clock
from patentwatch.cli import COMMANDS, main
from patentwatch.cli.options import (
    App,
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    when_option,
)
from patentwatch.errors import (
    Busy,
    ConfigError,
    InputError,
    PatentwatchError,
    UsageError,
)
from patentwatch.store.engine import connect, transaction

Run = Callable[..., Result]
LISTED = main.list_commands(click.Context(main))
WORDS = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8", "PYTHONUTF8": "1"}


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    for name in ("PATENTWATCH_CONFIG", "PATENTWATCH_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def invoke(*arguments: str) -> Result:
        return CliRunner().invoke(main, arguments)

    return invoke


@pytest.fixture
def command(monkeypatch: pytest.MonkeyPatch) -> Callable[[click.Command], None]:
    """Return a function that puts a command of the test's own into the group."""

    def add(command: click.Command) -> None:
        monkeypatch.setattr(main, "get_command", lambda *_: command)

    return add


def _process(
    *arguments: str, folder: Path, **environment: str
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", "patentwatch", *arguments],
        cwd=folder,
        env={**WORDS, **environment},
        capture_output=True,
        text=True,
        errors="replace",
        check=False,
    )


@pytest.mark.parametrize("name", LISTED)
def test_every_listed_command_imports(name: str) -> None:
    command = main.get_command(click.Context(main), name)
    assert command is not None
    assert command.name == name or isinstance(command, click.Group)


def test_help_names_the_commands_in_the_order_of_the_work(run: Run) -> None:
    result = run("--help")
    assert result.exit_code == 0
    places = [result.stdout.index(f"\n  {name} ") for name in LISTED]
    assert places == sorted(places)
    assert all(COMMANDS[name][1][:6] in result.stdout for name in LISTED)


def test_help_is_quick_and_imports_nothing_heavy(tmp_path: Path) -> None:
    heavy = "('sqlalchemy', 'alembic', 'rich', 'jinja2', 'cryptography')"
    probe = (
        "import sys, patentwatch.cli as c\n"
        "try: c.main(['--help'])\n"
        f"finally: print([m for m in {heavy} if m in sys.modules], file=sys.stderr)\n"
    )
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", probe],
        cwd=tmp_path,
        env=WORDS,
        capture_output=True,
        text=True,
        check=False,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert done.stderr == "[]\n"
    spent = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    assert spent < 1.0, "0.3 s on a machine with nothing else to do"


def test_the_version_is_printed(run: Run) -> None:
    assert run("--version").stdout == f"patentwatch, version {__version__}\n"


@pytest.mark.parametrize("arguments", [["nothing"], ["--nothing"], ["db", "nothing"]])
def test_wrong_usage_is_2(run: Run, arguments: list[str]) -> None:
    result = run(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert "用法有误" in result.stderr


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (InputError("register.xlsx：文件为空"), 1),
        (UsageError("没有这个县区"), 2),
        (Busy("另一个进程正在运行"), 75),
        (ConfigError("smtp.sender: 缺少"), 78),
    ],
)
def test_our_errors_are_one_line_and_their_status(
    run: Run,
    command: Callable[[click.Command], None],
    error: PatentwatchError,
    status: int,
) -> None:
    @click.command()
    def fail() -> None:
        raise error

    command(fail)
    result = run("fail")
    assert (result.exit_code, result.stdout) == (status, "")
    assert result.stderr == f"patentwatch: {error}\n"


@pytest.mark.parametrize("status", [0, 1])
def test_a_command_returns_its_status(
    run: Run, command: Callable[[click.Command], None], status: int
) -> None:
    @click.command()
    def act() -> int:
        return status

    command(act)
    assert run("act").exit_code == status


def test_an_unexpected_error_is_one_line_without_its_words(
    run: Run,
    command: Callable[[click.Command], None],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    @click.command()
    def fail() -> None:
        raise RuntimeError("13800000000")

    command(fail)
    result = run("fail")
    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1
    assert "13800000000" not in result.output
    assert not list(tmp_path.iterdir())

    monkeypatch.setenv("PATENTWATCH_DEBUG", "trace.log")
    again = run("fail")
    log = tmp_path / "trace.log"
    reference = result.stderr.partition("编号 ")[2][:8]
    assert reference in again.stderr
    assert "Traceback" not in again.output
    assert "RuntimeError: 13800000000" in log.read_text("utf-8")
    assert stat.S_IMODE(log.stat().st_mode) == 0o600


def test_a_reader_that_leaves_early_sees_no_traceback(tmp_path: Path) -> None:
    script = f"{sys.executable} -m patentwatch doctor --json | true"
    done = subprocess.run(  # noqa: S602 - a pipe needs a shell
        script,
        shell=True,
        cwd=tmp_path,
        env=WORDS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""


def test_an_old_terminal_is_no_reason_to_fail(tmp_path: Path) -> None:
    rare = "[office]\nname = '𠮷'\nphone = '1'\n"
    (tmp_path / "patentwatch.toml").write_text(rare, "utf-8")
    gbk = {"PYTHONIOENCODING": "gbk", "PYTHONUTF8": "0"}
    shown = _process("doctor", "--on", "2026-11-22", folder=tmp_path, **gbk)
    assert (shown.returncode, shown.stderr) == (1, "")
    exact = _process("doctor", "--json", folder=tmp_path, **gbk)
    assert json.loads(exact.stdout)["settings"]["office"]["name"] == "𠮷"


def test_an_interrupt_is_130_without_a_traceback(tmp_path: Path) -> None:
    source = (
        "import os, signal, click, patentwatch.cli as c\n"
        # A shell's background job begins with interrupts ignored.
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "@click.command()\n"
        f"def act(): os.kill(os.getpid(), {int(signal.SIGINT)})\n"
        "c.Commands.get_command = lambda *_: act\n"
        "c.main(['act'])\n"
    )
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", source],
        cwd=tmp_path,
        env=WORDS,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 130
    assert done.stderr.strip() == "已中断"


def test_a_broken_configuration_is_78(run: Run, tmp_path: Path) -> None:
    (tmp_path / "patentwatch.toml").write_text("[smtp]\nhots = 1")
    result = run("doctor")
    assert result.exit_code == 78
    assert "host" in result.stderr


def test_init_makes_what_is_missing_and_changes_nothing_twice(
    run: Run, tmp_path: Path
) -> None:
    assert run("init").exit_code == 0
    names = {"patentwatch.toml", "patentwatch.db", "patentwatch.key", "inbox"}
    assert {path.name for path in tmp_path.iterdir()} == names
    for name in ("patentwatch.db", "patentwatch.key"):
        assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600
    key = (tmp_path / "patentwatch.key").read_bytes()
    assert run("init").exit_code == 0
    assert (tmp_path / "patentwatch.key").read_bytes() == key
    assert run("db", "check").exit_code == 0


def test_db_check_before_an_upgrade_says_what_to_do(run: Run) -> None:
    result = run("db", "check")
    assert result.exit_code == 78
    assert "patentwatch db upgrade" in result.stderr
    assert run("db", "upgrade").exit_code == 0
    result = run("db", "check", "--json")
    assert result.exit_code == 0
    assert json.loads(result.stdout)["differences"] == []


def test_a_server_is_upgraded_by_command_only(
    run: Run,
    command: Callable[[click.Command], None],
    postgres_empty: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PATENTWATCH_DATABASE_URL", postgres_empty)
    assert run("db", "upgrade").exit_code == 0
    assert run("db", "check").exit_code == 0
    assert "✓ 数据库" in run("doctor").stdout
    engine = connect(postgres_empty)
    with transaction(engine) as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    engine.dispose()

    @click.command()
    @click.pass_context
    def act(ctx: click.Context) -> None:
        open_app(ctx)

    command(act)
    result = run("act")
    assert result.exit_code == 78
    assert "patentwatch db upgrade" in result.stderr


def test_a_server_that_is_down_is_75(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATENTWATCH_DATABASE_URL", f"postgresql:///x?host={tmp_path}")
    result = run("db", "check")
    assert result.exit_code == 75
    assert result.stderr.count("\n") == 1
    assert "数据库没有应答" in result.stderr
    assert "✗ 数据库" in run("doctor").stdout


def test_doctor_tells_what_needs_a_person(run: Run, tmp_path: Path) -> None:
    run("init")
    file = tmp_path / "patentwatch.toml"
    result = run("doctor", "--on", "2026-11-22", "--json")
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    wrong = [f["subject"] for f in document["findings"] if not f["ok"]]
    assert wrong == ["单位"]
    assert document["settings"]["alerts"]["send_window"] == ["08:30", "20:00"]

    named = '[office]\nname = "某市知识产权局"\nphone = "0000-1234567"\n'
    file.write_text(file.read_text("utf-8").replace("[office]", named), "utf-8")
    assert run("doctor", "--on", "2026-11-22").exit_code == 0

    (tmp_path / "patentwatch.key").chmod(0o644)
    result = run("doctor", "--on", "2026-11-22")
    assert result.exit_code == 1
    assert "chmod" in result.stdout


def test_doctor_asks_for_the_holidays_in_december(run: Run) -> None:
    run("init")
    assert "✗ 节假日" not in run("doctor", "--on", "2026-11-30").stdout
    assert "✗ 节假日" in run("doctor", "--on", "2030-12-01").stdout


def test_a_first_command_makes_its_own_database(
    run: Run, command: Callable[[click.Command], None], tmp_path: Path
) -> None:
    @click.command()
    @click.pass_context
    def act(ctx: click.Context) -> None:
        app = open_app(ctx)
        assert isinstance(app, App)
        sealed = app.vault.seal("x", "y")
        click.echo(app.vault.open(sealed, "y"))

    command(act)
    for _ in range(2):
        result = run("act")
        assert (result.exit_code, result.stdout) == (0, "x\n"), result.output
    assert (tmp_path / "patentwatch.db").exists()


@pytest.mark.parametrize(
    ("word", "instant"),
    [
        ("2026-11-22", datetime(2026, 11, 22, 1, tzinfo=UTC)),
        ("2026-11-22T23:10+08:00", datetime(2026, 11, 22, 15, 10, tzinfo=UTC)),
        ("2026-11-22T15:10:00Z", datetime(2026, 11, 22, 15, 10, tzinfo=UTC)),
    ],
)
def test_on_takes_a_day_or_an_instant(
    run: Run,
    command: Callable[[click.Command], None],
    word: str,
    instant: datetime,
) -> None:
    @click.command()
    @when_option
    @json_option
    @dry_run_option
    def act(*, now: datetime, as_json: bool, dry_run: bool) -> None:
        emit_json({"now": now, "today": clock.today(now), "set": [as_json, dry_run]})

    command(act)
    answer = json.loads(run("act", "--on", word).stdout)
    assert datetime.fromisoformat(answer["now"]) == instant
    assert answer["today"] == "2026-11-22"
    assert answer["set"] == [False, False]


@pytest.mark.parametrize("word", ["2026-02-30", "2026-11-22T23:10", "today", "20261"])
def test_on_refuses_what_it_cannot_place(
    run: Run, command: Callable[[click.Command], None], word: str
) -> None:
    @click.command()
    @when_option
    def act(now: datetime) -> None:
        click.echo(now)

    command(act)
    result = run("act", "--on", word)
    assert result.exit_code == 2
    assert word in result.stderr


def test_now_is_the_default_of_on(
    run: Run, command: Callable[[click.Command], None]
) -> None:
    @click.command()
    @when_option
    def act(now: datetime) -> None:
        assert now.tzinfo is UTC
        click.echo(abs((clock.now() - now).total_seconds()) < 60)

    command(act)
    assert run("act").stdout == "True\n"


def test_a_day_in_shanghai_begins_at_sixteen_utc() -> None:
    assert clock.today(datetime(2026, 11, 22, 15, 59, tzinfo=UTC)) == date(2026, 11, 22)
    assert clock.today(datetime(2026, 11, 22, 16, 0, tzinfo=UTC)) == date(2026, 11, 23)
    with pytest.raises(ValueError, match="zone"):
        clock.today(datetime(2026, 11, 22))  # noqa: DTZ001 - that is the point


def test_planned_names_are_the_published_ones() -> None:
    assert cli.COMMANDS.keys() >= {"import", "run", "init", "db", "doctor"}
