"""A backfill killed at any moment, again and again, ends as an undisturbed one.

Real processes, SIGKILL, moments drawn from a seed. What runs is the command that a
clerk types; after each kill it is typed again.
"""

import json
import os
import random
import shutil
import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, text

from patentwatch.settings import Settings
from patentwatch.store.engine import connect, reading
from patentwatch.store.vault import Vault
from tests.backfill.city import TIMELESS, rows_of
from tests.lists import CONFIG, Desk, number, row, write_csv
from tests.test_people_intake import contact, payment

ROOT = Path(__file__).parents[2]
ON = "2026-11-22"
PATENTS = 240
YEARS = range(2021, 2026)
KILLS = {"sqlite": (20, 6), "postgresql": (6, 4)}
"""How many kills while a plan is made, and while it is applied."""

SEALED = {"address_sealed", "person_sealed"}  # with a nonce
NUMBERED = TIMELESS | SEALED | {"before"}  # in it the number of a run


@dataclass
class Office:
    """An installation in a folder, with the past of all beside it."""

    folder: Path
    engine: Engine
    url: str
    past: Path

    @property
    def plan(self) -> Path:
        return self.folder / "plan.json"

    @property
    def planning(self) -> list[str]:
        period = ["--from", "2021-01-01", "--to", "2025-12-31"]
        return [*period, "--source", str(self.past), "--plan", str(self.plan)]

    @property
    def applying(self) -> list[str]:
        return ["--apply", str(self.plan)]

    def start(self, *words: str) -> "subprocess.Popen[str]":
        """Start the command."""
        command = [sys.executable, "-m", "patentwatch", "backfill", *words, "--on", ON]
        return subprocess.Popen(  # noqa: S603 - our own words
            command,
            cwd=self.folder,
            env={
                "PATH": os.environ["PATH"],
                "PYTHONPATH": str(ROOT),
                "PYTHONUTF8": "1",
                "PATENTWATCH_DATABASE_URL": self.url,
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str) -> str:
        """Run the command to its end."""
        process = self.start(*words)
        out, errors = process.communicate(timeout=120)
        assert process.returncode == 0, (out, errors)
        return out

    def killed(self, words: Sequence[str], after: float) -> bool:
        """Kill the command so many seconds after it began to work; False: too late."""
        process = self.start(*words)
        self._wait_for_work(process)
        with suppress(subprocess.TimeoutExpired):
            process.wait(after)
        process.kill()
        out, errors = process.communicate()
        assert process.returncode in (-9, 0), (out, errors)
        return process.returncode == -9

    def _wait_for_work(self, process: "subprocess.Popen[str]") -> None:
        """Wait until the process holds the lock of a backfill, or has ended."""
        tick = threading.Event()
        for _ in range(10_000):
            if process.poll() is not None or self._is_at_work(process.pid):
                return
            tick.wait(0.005)
        raise AssertionError("the process neither began nor ended")

    def _is_at_work(self, pid: int) -> bool:
        if self.engine.dialect.name == "sqlite":
            lock = self.folder / "patentwatch.db.backfill-lock"
            return lock.exists() and lock.read_text().strip() == str(pid)
        with reading(self.engine) as connection:
            query = "SELECT count(*) > 0 FROM pg_locks WHERE locktype = 'advisory'"
            return bool(connection.execute(text(query)).scalar_one())

    def stored(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return every row; numbers of rows only where no kill can burn them."""
        numbered = self.engine.dialect.name == "sqlite"
        return rows_of(self.engine, but=SEALED if numbered else NUMBERED)

    def sound(self) -> None:
        """Assert that the database is not damaged."""
        if self.engine.dialect.name == "sqlite":
            with reading(self.engine) as connection:
                check = connection.execute(text("PRAGMA integrity_check"))
                assert check.scalar_one() == "ok"


def write_past(folder: Path) -> Path:
    """Write five lists, notices and payments of a few hundred patents."""
    folder.mkdir()
    for year in YEARS:
        kept = [n for n in range(1, PATENTS + 1) if n % 50 != year % 50]
        rows = [
            row(n, 申请日=f"2015-{1 + n % 12:02}-{1 + n % 28:02}", 已缴年费年度="")
            for n in kept
        ]
        write_csv(folder / f"{year}-12-31.csv", rows)
    terminated = [
        {
            "申请号": number(n),
            "法律状态公告日": f"2023-0{1 + n % 9}-11",
            "法律状态": "专利权的终止",
            "法律状态信息": "未缴年费专利权终止\n终止日期:20220601",
        }
        for n in range(7, PATENTS, 20)
    ]
    write_csv(folder / "notices.csv", terminated)
    paid = [payment(n, 年度="9", 缴费日期="2023-05-20") for n in range(1, PATENTS, 3)]
    write_csv(folder / "payments.csv", paid)
    return folder


def office_in(folder: Path, url: str, past: Path, key_file: Path, desk: Desk) -> Office:
    """Return an installation with an address for every tenth owner."""
    folder.mkdir(exist_ok=True)
    (folder / "patentwatch.toml").write_text(CONFIG, encoding="utf-8")
    if key_file.parent != folder:
        shutil.copy(key_file, folder / "patentwatch.key")
    desk.contacts(
        [
            contact(f"第{n}机械有限公司", 手机="", 邮箱=f"a{n}@b.example")
            for n in range(10, PATENTS, 10)
        ]
    )
    return Office(folder, desk.engine, url, past)


@pytest.fixture
def offices(
    database_url: str,
    engine: Engine,
    vault: Vault,
    settings: Any,
    tmp_path: Path,
    sqlite_template: Path,
) -> Iterator[tuple[Office, Office]]:
    """Yield the office that is disturbed, and its twin on SQLite that is not."""
    base: Settings = settings()
    past = write_past(tmp_path / "past")
    key_file = base.database.key_file
    disturbed = office_in(
        tmp_path, database_url, past, key_file, Desk(engine, vault, base, tmp_path)
    )
    folder = tmp_path / "twin"
    folder.mkdir()
    shutil.copyfile(sqlite_template, folder / "patentwatch.db")
    url = f"sqlite:///{folder / 'patentwatch.db'}"
    twin = connect(url)
    yield (
        disturbed,
        office_in(folder, url, past, key_file, Desk(twin, vault, base, folder)),
    )
    twin.dispose()


def test_kills_at_random_moments_change_nothing_of_the_end(
    offices: tuple[Office, Office],
) -> None:
    office, twin = offices
    twin.run(*twin.planning)
    plan = json.loads(twin.plan.read_text(encoding="utf-8"))
    assert plan["would_send"]["alerts"] > 0
    chance = random.Random(20261122)  # noqa: S311 - a die, and the same one every time
    before, (kills, kills_applying) = office.stored(), KILLS[office.engine.dialect.name]

    resumed = kill_while_planning(office, kills, chance, wanted=plan)
    assert office.stored() == before  # planning has not touched it
    office.run(*office.planning)
    assert json.loads(office.plan.read_text(encoding="utf-8")) == plan
    assert resumed > 0

    twin.run(*twin.applying)
    after = rows_like(office, twin)
    kill_while_applying(office, kills_applying, chance, before, after)
    office.run(*office.applying)
    office.sound()
    assert office.stored() == after


def kill_while_planning(
    office: Office, kills: int, chance: random.Random, *, wanted: dict[str, Any]
) -> int:
    """Kill as often as asked for; return how often a shadow was left to go on with."""
    done = left = 0
    while done < kills:
        office.plan.unlink(missing_ok=True)
        if office.killed(office.planning, chance.uniform(0, 0.5)):
            done += 1
            left += (office.folder / "patentwatch.db.backfill").exists()
            left += office.engine.dialect.name == "postgresql"
        else:
            assert json.loads(office.plan.read_text(encoding="utf-8")) == wanted
    office.sound()
    return left


def kill_while_applying(
    office: Office,
    kills: int,
    chance: random.Random,
    before: dict[str, Any],
    after: dict[str, Any],
) -> None:
    """Kill as often as asked for, or until it was done: all is there, or nothing."""
    for _ in range(kills):
        office.killed(office.applying, chance.uniform(0, 0.6))
        office.sound()
        found = office.stored()
        if found != before:
            assert found == after
            return


def rows_like(office: Office, twin: Office) -> dict[str, Any]:
    """Return the rows of the twin as the other office shows its own."""
    numbered = office.engine.dialect.name == "sqlite"
    return rows_of(twin.engine, but=SEALED if numbered else NUMBERED)
