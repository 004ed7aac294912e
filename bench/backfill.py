"""How long the past takes to rebuild, against a bare bulk load of the same rows.

    python bench/backfill.py [PATENTS [EVENTS]]

Five yearly registers of PATENTS rows each (CSV) and EVENTS legal events (the bulk XML).
Ours makes a whole plan: reads, checks, compares, stores, folds every right, decides
whom to tell, counts the history. The bare one upserts the text of the same rows as it
stands. Each runs in a process of its own on a new SQLite file with the same pragmas.

Aim: at most four times as long for taking the files, at most 300 MB. The memory is met
(201 MB). The time is not, it is seven times as long: a row of a register is understood,
compared and remembered so that it can be taken back, an event is read out of its text.
Reading in a second process was tried; carrying the rows over cost what it saved.
"""

import csv
import random
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from time import perf_counter
from xml.etree.ElementTree import iterparse

from patentwatch import installation
from patentwatch.backfill import making
from patentwatch.backfill.planning import Period
from patentwatch.model import County
from patentwatch.settings import DatabaseSettings, Settings
from patentwatch.store import migrate
from patentwatch.store.engine import connect
from patentwatch.store.vault import make_key, unlock

sys.path.insert(0, str(Path(__file__).parent))
from import_csv import COLUMNS, HEADER, rows

YEARS = range(2021, 2026)
NOW = datetime(2026, 11, 22, 1, tzinfo=UTC)
_CODES = (
    ("GR01", "授权", "授权"),
    ("SE01", "实质审查的生效", "实质审查的生效\nIPC(主分类):G05B 19/418"),
    ("PB01", "公布", "公布"),
    (
        "TR01",
        "专利权的转移",
        (
            "专利权的转移\n登记生效日:{day}\n变更事项:专利权人\n"
            "变更前权利人:示例甲有限公司\n变更后权利人:示例乙有限公司"
        ),
    ),
    (
        "PE01",
        "专利权质押合同登记的生效",
        "专利权质押合同登记的生效\n登记号:Y{day}\n登记生效日:{day}\n质权人:示例银行",
    ),
    ("CF01", "专利权的终止", "未缴年费专利权终止\n终止日期:{day}"),
)
_RECORD = """<business:PRSRecord PRSID="{n}" status="C">
<business:ApplicationReference applType="10" dataFormat="original"><base:DocumentID>\
<base:WIPOST3Code>CN</base:WIPOST3Code><base:DocNumber>{number}</base:DocNumber>\
<base:Date>20160101</base:Date></base:DocumentID></business:ApplicationReference>
<business:PRSPublicationDate><base:Date>{announced}</base:Date>\
</business:PRSPublicationDate><business:PRSCode>{code}</business:PRSCode>\
<business:PRSValue>{value}</business:PRSValue>\
<business:PRSInformation>{text}</business:PRSInformation></business:PRSRecord>
"""
_HEAD = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<business:PRS xmlns:business="http://www.sipo.gov.cn/XMLSchema/business"'
    ' xmlns:base="http://www.sipo.gov.cn/XMLSchema/base">\n'
)


def write(folder: Path, patents: int, events: int) -> None:
    """Write the registers and the events, the same every time."""
    known = list(rows(patents))
    for year in YEARS:
        with (folder / f"list_{year}-12-31.csv").open("w", newline="") as file:
            lines = csv.writer(file)
            lines.writerow(HEADER)
            lines.writerows(known)
    draw = random.Random(6)
    with (folder / "events.xml").open("w") as out:
        out.write(_HEAD)
        for n in range(events):
            row = known[draw.randrange(patents)]
            code, value, text = draw.choice(_CODES[: 6 if n % 20 == 0 else 5])
            day = date(2021, 1, 1) + timedelta(days=draw.randrange(2000))
            told = text.format(day=f"{day - timedelta(days=300):%Y%m%d}")
            out.write(
                _RECORD.format(
                    n=n,
                    number=row[0],
                    announced=f"{day:%Y%m%d}",
                    code=code,
                    value=value,
                    text=told,
                )
            )
        out.write("</business:PRS>\n")


def ours(database: Path, folder: Path) -> None:
    engine = connect(f"sqlite:///{database}")
    counties = tuple(County(f"41090{n}", f"第{n}县") for n in range(8))
    settings = Settings(
        database=DatabaseSettings(
            url=f"sqlite:///{database}", key_file=database.with_suffix(".key")
        ),
        counties=counties,
    )
    make_key(settings.database.key_file)
    vault = unlock(settings.database.key_file)
    times: dict[str, float] = {}

    def mark(_: int, what: str = "rows") -> None:
        times[what] = perf_counter()

    begins = perf_counter()
    made = making.make(
        engine,
        vault,
        settings,
        installation.rules_of(settings, vault),
        making.Order(Period(date(2021, 1, 1), date(2026, 11, 22)), [folder]),
        now=NOW,
        on_rows=mark,
        on_looked=lambda count: mark(count, "looked"),
    )
    taken = sum(one["accepted"] + one["skipped"] for one in made.plan["files"])
    told(times["rows"] - begins, perf_counter() - begins, taken)


def bare(database: Path, folder: Path) -> None:
    connection = sqlite3.connect(database, isolation_level=None)
    connection.execute("PRAGMA synchronous = EXTRA")
    names = ", ".join(COLUMNS)
    places = ", ".join("?" * len(COLUMNS))
    new = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS[1:])
    begins, taken = perf_counter(), 0
    for path in sorted(folder.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            lines = csv.reader(file)
            next(lines)
            connection.execute("BEGIN IMMEDIATE")
            taken += connection.executemany(
                f"INSERT INTO patents ({names}, patent_type, credit_codes, fingerprint,"
                f" listed_on) VALUES ({places}, 'invention', '', '', '2026-11-22')"
                f" ON CONFLICT (application_no) DO UPDATE SET {new}",
                lines,
            ).rowcount
            connection.execute("COMMIT")
    connection.execute("BEGIN IMMEDIATE")
    taken += connection.executemany(
        "INSERT INTO events (application_no, report_key, fact_key, source, code,"
        " announced_on, text, event, effect, status_after, reason, fields,"
        " needs_review, recorded_at) VALUES"
        " (?, ?, '', 'prs', ?, ?, ?, '', '', '', '', '{}', 0, '')",
        _parsed(folder / "events.xml"),
    ).rowcount
    connection.execute("COMMIT")
    seconds = perf_counter() - begins
    told(seconds, seconds, taken)


def _parsed(path: Path) -> "list[tuple[str, ...]] | object":
    """Yield number, a key, code, day and text of each record, nothing checked."""
    for n, (_, element) in enumerate(iterparse(path, events=("end",))):
        if element.tag.endswith("}PRSRecord"):
            words = {one.tag.rpartition("}")[2]: one.text for one in element.iter()}
            yield (
                words["DocNumber"],
                str(n),
                words["PRSCode"],
                words["Date"],
                words["PRSInformation"],
            )
            element.clear()


def told(loading: float, whole: float, taken: int) -> None:
    status = Path("/proc/self/status").read_text()  # ru_maxrss is inherited from ours
    peak = int(status.partition("VmHWM:")[2].split()[0]) / 1024
    print(loading, whole, peak, taken)


def measured(what: str, template: Path, source: Path, folder: Path) -> list[float]:
    database = folder / f"{what}.db"
    shutil.copyfile(template, database)
    done = subprocess.run(
        [sys.executable, __file__, what, str(database), str(source)],
        check=True,
        capture_output=True,
        text=True,
    )
    return [float(word) for word in done.stdout.split()]


def main(patents: int, events: int) -> None:
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        template, source = folder / "template.db", folder / "source"
        source.mkdir()
        engine = connect(f"sqlite:///{template}")
        migrate.upgrade(engine)
        engine.dispose()
        write(source, patents, events)
        plain = measured("bare", template, source, folder)
        taken = measured("ours", template, source, folder)
    count = len(YEARS) * patents + events
    assert plain[3] == taken[3] == count, (plain[3], taken[3], count)
    print(f"{patents} patents x {len(YEARS)} registers + {events} events")
    for words, (loading, whole, peak, _) in (("bare load", plain), ("plan", taken)):
        print(
            f"{words:10} taking {loading:7.1f} s ({count / loading:8,.0f} rows/s)  "
            f"whole {whole:7.1f} s  peak {peak:4.0f} MB"
        )
    print(f"ratio      {taken[0] / plain[0]:.1f} for taking (aim 4), peak aim 300 MB")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["ours" | "bare" as what, database, source]:
            {"ours": ours, "bare": bare}[what](Path(database), Path(source))
        case [patents, events]:
            main(int(patents), int(events))
        case [patents]:
            main(int(patents), int(patents) * 5 // 2)
        case _:
            main(200_000, 500_000)
