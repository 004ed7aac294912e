"""Files as offices bring them, made small, and what the database holds after them."""

import csv
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
from sqlalchemy import Engine, select

from patentwatch import clock, intake, people_intake, registerintake
from patentwatch.model import County, Office
from patentwatch.register.numbers import check_digit
from patentwatch.register.result import Intake
from patentwatch.registerintake import Order
from patentwatch.settings import Settings
from patentwatch.store.engine import reading
from patentwatch.store.tables import metadata, patents
from patentwatch.store.vault import Vault

COUNTIES = (
    County("410902", "华龙区"),
    County("410922", "清丰县"),
    County("410923", "南乐县"),
)
ON = date(2026, 11, 22)
NOW = clock.at_nine(ON)
Cells = dict[str, str]

CONFIG = """
[office]
name = "濮阳市知识产权局"
phone = "0393-1234567"

[[county]]
code = "410902"
name = "华龙区"

[[county]]
code = "410922"
name = "清丰县"

[[county]]
code = "410923"
name = "南乐县"
"""


def number(serial: int, *, year: int = 2015) -> str:
    """Return a valid application number of an invention."""
    digits = f"{year}1{serial:07}"
    return f"{digits}.{check_digit(digits)}"


def row(serial: int, **changes: str) -> Cells:
    """Return one row of a register; keywords are Chinese headers."""
    return {
        "申请号": number(serial),
        "申请日": "2015-06-01",
        "发明名称": f"一种第{serial}号装置",
        "授权公告日": "2018-03-02",
        "授权公告号": f"CN{105000000 + serial}B",
        "专利权人": f"第{serial}机械有限公司",
        "县区": "华龙区",
        "代理机构": "郑州某专利代理事务所",
        "费减比例": "85%",
        "已缴年费年度": "11",
        "法律状态": "",
    } | changes


def rows(count: int, *, first: int = 1, **changes: str) -> list[Cells]:
    """Return so many rows of a register."""
    return [row(serial, **changes) for serial in range(first, first + count)]


def answer(serial: int = 1, /, **changes: str) -> Cells:
    """Return one row of a list of answers; keywords are Chinese headers."""
    return {
        "专利号": number(serial),
        "年度": "12",
        "答复": "已缴费",
        "缴费日期": "",
        "金额": "",
        "票据号": "",
        "凭证照片": "",
        "答复人": "",
        "日期": "2026-11-20",
        "经办人": "李",
        "备注": "",
    } | changes


def write_csv(
    path: Path,
    lines: Sequence[Mapping[str, str]],
    *,
    above: str = "",
    encoding: str = "utf-8",
) -> Path:
    """Write rows under the header that the first of them has."""
    with path.open("w", encoding=encoding, newline="") as file:
        if above:
            file.write(f"{above}\n")
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    return path


def write_xlsx(path: Path, sheets: Mapping[str, Sequence[Mapping[str, Any]]]) -> Path:
    """Write a workbook: the rows of each sheet by its name."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, lines in sheets.items():
        sheet = book.create_sheet(name)
        sheet.append(list(lines[0]))
        for line in lines:
            sheet.append(list(line.values()))
    book.save(path)
    book.close()
    return path


@dataclass
class Desk:
    """A clerk's desk: a database, keys, and a folder for the files."""

    engine: Engine
    vault: Vault
    settings: Settings
    folder: Path
    files: int = 0

    def __post_init__(self) -> None:
        self.settings = replace(
            self.settings, counties=COUNTIES, office=Office("濮阳市知识产权局", "0393")
        )

    def path(self, ending: str = "csv") -> Path:
        """Return the name of a new file."""
        self.files += 1
        return self.folder / f"list{self.files}.{ending}"

    def take(
        self,
        lines: Sequence[Mapping[str, str]],
        on: date = ON,
        *,
        now: datetime = NOW,
        **order: Any,
    ) -> Intake:
        """Take rows as a list that was valid on a day."""
        path = write_csv(self.path(), lines)
        return self.take_file(path, Order(as_of_on=on, **order), now=now)

    def take_file(
        self, path: Path, order: Order | None = None, *, now: datetime = NOW
    ) -> Intake:
        """Take a file as a register."""
        return registerintake.import_register(
            self.engine, self.settings, path, order or Order(), now=now
        )

    def contacts(
        self, lines: Sequence[Mapping[str, str]], *, now: datetime = NOW, **more: Any
    ) -> Intake:
        """Take rows as a list of contacts."""
        path = write_csv(self.path(), lines)
        return people_intake.import_contacts(
            self.engine, self.vault, self.settings, path, now=now, **more
        )

    def payments(self, lines: Sequence[Mapping[str, str]], **more: Any) -> Intake:
        """Take rows as a list of payments."""
        path = write_csv(self.path(), lines)
        return people_intake.import_payments(
            self.engine, self.settings, path, now=NOW, **more
        )

    def checksheet(self, lines: Sequence[Mapping[str, str]], **more: Any) -> Intake:
        """Take rows as a filled check sheet."""
        path = write_csv(self.path(), lines)
        return people_intake.import_checksheet(
            self.engine, self.settings, path, now=NOW, **more
        )

    def undo(self, run: int | None, **more: Any) -> int:
        """Take a run back."""
        assert run is not None
        return intake.undo(self.engine, run, by="张", reason="错", now=NOW, **more)

    def patent(self, serial: int) -> Any:
        """Return the stored row of a patent, None without one."""
        query = select(patents).where(patents.c.application_no == number(serial))
        with reading(self.engine) as connection:
            return connection.execute(query).one_or_none()

    def stored(self, *tables: str) -> dict[str, list[tuple[Any, ...]]]:
        """Return all rows of tables (all tables without a name), in a fixed order."""
        found = {}
        with reading(self.engine) as connection:
            for table in metadata.sorted_tables:
                if not tables or table.name in tables:
                    lines = [tuple(line) for line in connection.execute(select(table))]
                    found[table.name] = sorted(lines, key=repr)
        return found

    def content(self) -> dict[str, list[tuple[Any, ...]]]:
        """Return what the register says: no run's number, no day of the next look."""
        left_out = {"id", "run_id", "listed_run_id", "next_look_on", "recorded_at"}
        found = {}
        with reading(self.engine) as connection:
            for table in metadata.sorted_tables:
                if table.name in {"patents", "holders", "facts"}:
                    columns = [c for c in table.c if c.name not in left_out]
                    lines = [
                        tuple(line) for line in connection.execute(select(*columns))
                    ]
                    found[table.name] = sorted(lines, key=repr)
        return found


def codes(notes: Iterable[Any]) -> list[str]:
    """Return the codes of notes, in order."""
    return [note.code for note in notes]


def adds_up(found: Intake) -> bool:
    """Return whether every row of a file is accounted for."""
    return (
        found.read == found.accepted + found.skipped + found.rejected
        and found.accepted == found.created + found.changed + found.unchanged
    )
