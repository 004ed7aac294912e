"""How long a register of CSV rows takes, against a bare upsert of the same columns.

    python bench/import_csv.py [ROWS]

Each runs in a process of its own on a new SQLite file of our tables, with the same
pragmas; best of two. The bare one reads the same CSV and upserts its text as it
stands: it checks nothing, compares nothing, remembers nothing and cannot be undone.

Aim: at most three times as long, at most 200 MB. The memory is met (161 MB, of which
64 MB are Python and libraries). The time is not, it is ten times as long: checking
and understanding the cells alone takes two and a half times the bare upsert, and
names to find owners by, dated facts, what an undo needs and the rights as they are
counted are four more tables.
"""

import csv
import random
import resource
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter

from patentwatch.model import County
from patentwatch.registerintake import Order, import_register
from patentwatch.settings import DatabaseSettings, Settings
from patentwatch.store import migrate
from patentwatch.store.engine import connect

HEADER = (
    "申请号", "申请日", "发明名称", "授权公告日", "授权公告号", "专利权人", "地址",
    "县区", "分类号", "代理机构", "费减比例", "已缴年费年度", "法律状态",
)  # fmt: skip
COLUMNS = (
    "application_no", "filing_on", "title", "grant_on", "grant_publication_no",
    "patentees", "address", "county", "ipc", "agency", "reduction", "paid_through",
    "legal_status",
)  # fmt: skip
NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)


def number(year: int, serial: int) -> str:
    """Return a valid application number of an invention."""
    digits = f"{year}1{serial:07}"
    total = sum(int(d) * w for d, w in zip(digits, _WEIGHTS, strict=True)) % 11
    return f"{digits}.{'X' if total == 10 else total}"


def rows(count: int) -> Iterator[tuple[str, ...]]:
    """Yield rows of a register, the same every time."""
    draw = random.Random(26)
    for serial in range(count):
        filing_on = date(2008, 1, 1) + timedelta(days=draw.randrange(5500))
        grant_on = filing_on + timedelta(days=draw.randrange(500, 1100))
        owner = f"濮阳市第{draw.randrange(4000)}机械制造有限公司"
        other = f";第{draw.randrange(900)}研究所" if draw.random() < 0.2 else ""
        yield (
            number(filing_on.year, serial),
            filing_on.isoformat(),
            f"一种用于第{serial}号装置的控制方法及系统",
            grant_on.isoformat(),
            f"CN{100000000 + serial}B",
            owner + other,
            f"457000 河南省濮阳市华龙区第{draw.randrange(300)}号",
            f"第{draw.randrange(8)}县",
            "G05B19/418",
            f"郑州第{draw.randrange(40)}专利代理事务所",
            draw.choice(("0", "70%", "85%", "")),
            str(draw.randint(3, 15)),
            "授权",
        )


def write(path: Path, count: int) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        lines = csv.writer(file)
        lines.writerow(HEADER)
        lines.writerows(rows(count))


def ours(database: Path, source: Path) -> None:
    engine = connect(f"sqlite:///{database}")
    counties = tuple(County(f"41090{n}", f"第{n}县") for n in range(8))
    settings = Settings(
        database=DatabaseSettings(url=f"sqlite:///{database}"), counties=counties
    )
    begins = perf_counter()
    found = import_register(engine, settings, source, Order(), now=NOW)
    told(begins, found.accepted)


def bare(database: Path, source: Path) -> None:
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA synchronous = EXTRA")
    names = ", ".join(COLUMNS)
    places = ", ".join("?" * len(COLUMNS))
    new = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
    begins = perf_counter()
    with source.open(encoding="utf-8", newline="") as file:
        lines = csv.reader(file)
        next(lines)
        connection.execute("BEGIN IMMEDIATE")
        cursor = connection.executemany(
            f"INSERT INTO patents ({names}, patent_type, credit_codes, fingerprint,"
            f" listed_on) VALUES ({places}, 'invention', '', '', '2026-11-22')"
            f" ON CONFLICT (application_no) DO UPDATE SET {new}",
            lines,
        )
        connection.execute("COMMIT")
    told(begins, cursor.rowcount)


def told(begins: float, accepted: int) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(perf_counter() - begins, peak, accepted)


def measured(what: str, template: Path, source: Path, folder: Path) -> list[float]:
    """Return the best seconds and the peak in MB of two runs, each on a new file."""
    found = []
    for _ in range(2):
        database = folder / "bench.db"
        shutil.copyfile(template, database)
        done = subprocess.run(
            [sys.executable, __file__, what, str(database), str(source)],
            check=True,
            capture_output=True,
            text=True,
        )
        found.append([float(word) for word in done.stdout.split()])
    return min(found)


def main(count: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template, source = folder / "template.db", folder / "register.csv"
        engine = connect(f"sqlite:///{template}")
        migrate.upgrade(engine)
        engine.dispose()
        write(source, count)
        plain = measured("bare", template, source, folder)
        taken = measured("ours", template, source, folder)
    assert plain[2] == taken[2] == count, "every row is taken by both"
    print(f"{count} rows")
    for words, (seconds, peak, _) in (("bare upsert", plain), ("import", taken)):
        print(f"{words:12} {seconds:6.2f} s  peak {peak:4.0f} MB")
    print(f"{'ratio':12} {taken[0] / plain[0]:6.2f}    aim 3, peak aim 200 MB")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["ours" | "bare" as what, database, source]:
            {"ours": ours, "bare": bare}[what](Path(database), Path(source))
        case [count]:
            main(int(count))
        case _:
            main(200_000)
