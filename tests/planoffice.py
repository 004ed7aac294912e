"""An office of eight counties that fills in templates and asks how far its plan is.

It works as a stranger would: templates, imports and questions at the command line, and
workbooks read with another program than the one that wrote them.
"""

import shutil
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from patentwatch.model import County
from patentwatch.plan.kinds import Kind, kinds
from patentwatch.plan.recordsheet import heading
from patentwatch.plan.templatebook import example_of, write_template
from tests.clerk import Clerk

EIGHT = {
    "410902": "华龙区",
    "410922": "清丰县",
    "410923": "南乐县",
    "410926": "范县",
    "410927": "台前县",
    "410928": "濮阳县",
    "410971": "河南濮阳工业园区",
    "410972": "濮阳经济技术开发区",
}
HUALONG, QINGFENG, NANLE = "410902", "410922", "410923"
PLAN = "puyang-2023"
LATER = ("--on", "2024-06-01")
"""The day on which everything of the year has long been imported."""

_CONFIG = '[office]\nname = "濮阳市知识产权局"\n'
_POPULATION = 'population = [{{ year = 2022, persons = {}, source = "局" }}]\n'
_COUNTY = '\n[[county]]\ncode = "{}"\nname = "{}"\nunit = "{}市场监督管理局"\n'
COUNTIES = tuple(County(code, name) for code, name in EIGHT.items())

Row = Mapping[str, object]


@dataclass
class PlanOffice(Clerk):
    """A clerk in a folder with a migrated database and a configuration."""

    def __post_init__(self) -> None:
        """Leave the folder as it is."""

    def fill(self, kind: str, *rows: Row, name: str = "") -> str:
        """Return the name of a template that is filled in with rows."""
        out = name or f"{kind}.xlsx"
        write_template(kinds()[kind], self.folder / out, counties=COUNTIES)
        fill(self.folder / out, kinds()[kind], rows)
        return out

    def take(self, kind: str, *rows: Row, status: int = 0) -> dict[str, Any]:
        """Import rows by the kind's template; every one is taken where status is 0."""
        file = self.fill(kind, *rows)
        (found,) = self.json("record", "import", kind, file, *LATER, status=status)
        if not status:
            assert found["accepted"] == len(rows), found
        assert isinstance(found, dict)
        return found

    def records(self, kind: str) -> list[dict[str, Any]]:
        """Return what is listed of a kind."""
        found = self.json("record", "list", kind)
        assert isinstance(found, list)
        return found

    def promise(self, id_: str, on: str) -> dict[str, Any]:
        """Return one promise as of a day."""
        found = self.json("plan", "status", "--explain", id_, "--on", on)
        assert isinstance(found["commitment"], dict)
        return found["commitment"]

    def promises(self, on: str) -> dict[str, dict[str, Any]]:
        """Return every promise of the plan as of a day."""
        (found,) = self.json("plan", "status", "--plan", PLAN, "--on", on)
        return {
            one["id"]: one for item in found["items"] for one in item["commitments"]
        }

    def ledger(self, on: str) -> dict[str, dict[str, Any]]:
        """Return the ledger's lines as a spreadsheet shows them, by their ids."""
        self.run("plan", "ledger", "--out", "台账.xlsx", "--on", on)
        sheet = openpyxl.load_workbook("台账.xlsx")["台账"]
        _, _, titles, *rows = sheet.iter_rows(values_only=True)
        lines = [dict(zip(map(str, titles), row, strict=True)) for row in rows]
        return {str(line["编号"]): line for line in lines}


def open_office(template: Path, folder: Path, *, population: int = 0) -> PlanOffice:
    """Return an office in a folder, with a copy of a migrated empty database.

    `population` is the city's at the end of 2022, 0 for none of its own.
    """
    shutil.copyfile(template, folder / "patentwatch.db")
    config = _CONFIG
    if population:
        config += _POPULATION.format(population)
    config += "".join(_COUNTY.format(*one, one[1]) for one in EIGHT.items())
    (folder / "patentwatch.toml").write_text(config, encoding="utf-8")
    office = PlanOffice(folder)
    office.run("db", "upgrade")  # no table is new; it makes the key
    office.run("plan", "load", PLAN)
    return office


def copy_of(loaded: Path, folder: Path) -> PlanOffice:
    """Return an office in a folder that is as another one was left."""
    shutil.copytree(loaded, folder, dirs_exist_ok=True)
    return PlanOffice(folder)


@contextmanager
def alone_in(folder: Path) -> Iterator[None]:
    """Work in a folder, without what the environment says of another installation."""
    with pytest.MonkeyPatch.context() as patch:
        for name in ("PATENTWATCH_CONFIG", "PATENTWATCH_DATABASE_URL"):
            patch.delenv(name, raising=False)
        patch.chdir(folder)
        yield


def example(kind: Kind) -> dict[str, object]:
    """Return the row that a kind's template shows, by the keys of its fields."""
    shown = {one.key: example_of(one, COUNTIES) for one in kind.fields}
    return {key: text for key, text in shown.items() if text}


def fill(path: Path, kind: Kind, rows: Iterable[Row]) -> None:
    """Write rows below a template's example; they name fields by key or by label.

    Text is typed as text, whatever it begins with; days and numbers are real ones.
    """
    book = openpyxl.load_workbook(path)
    sheet = book[kind.label]
    titles = [str(cell.value) for cell in sheet[1]]
    columns = {title: place for place, title in enumerate(titles, start=1)}
    columns |= {one.label: columns[heading(one)] for one in kind.fields}
    columns |= {one.key: columns[heading(one)] for one in kind.fields}
    for number, row in enumerate(rows, start=3):
        for word, value in row.items():
            cell = sheet.cell(number, columns[word], _typed(value))
            if isinstance(value, str):
                cell.data_type = "s"
    book.save(path)
    book.close()


def cells(path: Path, sheet: str) -> Sequence[Sequence[Any]]:
    """Return the cells of a sheet, row by row."""
    return list(openpyxl.load_workbook(path)[sheet].iter_rows())


def _typed(value: object) -> Any:
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)  # noqa: DTZ001
    return value
