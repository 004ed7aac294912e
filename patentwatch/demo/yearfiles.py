"""The year of records as files: the templates of the kinds, filled in by clerks."""

import csv
import io
from collections.abc import Iterator, Mapping
from importlib.resources import files
from pathlib import Path

from patentwatch.demo import people
from patentwatch.demo.cast import cast
from patentwatch.demo.city import City, Sample
from patentwatch.model import County
from patentwatch.plan.kinds import Field, FieldType, Kind, kinds
from patentwatch.plan.recordsheet import COMMITMENTS
from patentwatch.plan.templatebook import write_template

FOLDER = "records"

Row = Mapping[str, str]

_PART = "@"


def write(city: City, folder: Path) -> None:
    """Write the workbooks that are missing into a folder of `folder`."""
    target = folder / FOLDER
    target.mkdir(mode=0o700, exist_ok=True)
    parts = cast(city)
    counties = [County(code, name) for code, name, _ in people.COUNTIES]
    for kind in told():
        out = target / f"{kind.key}.xlsx"
        if not out.exists():
            unfinished = out.with_name(f".{out.name}.part")
            write_template(
                kind,
                unfinished,
                counties=counties,
                rows=[
                    _cells(kind, row, serial, parts)
                    for serial, row in enumerate(table(kind.key), start=1)
                ],
            )
            unfinished.replace(out)


def told() -> Iterator[Kind]:
    """Yield the kinds of which the year has records, in the order of the plan."""
    folder = files("patentwatch.demo.year")
    for kind in kinds().values():
        if (folder / f"{kind.key}.csv").is_file():
            yield kind


def table(name: str) -> list[dict[str, str]]:
    """Return the rows of one table, the words of its columns over each cell."""
    file = files("patentwatch.demo.year") / f"{name}.csv"
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8"))))


def _cells(kind: Kind, row: Row, serial: int, parts: Mapping[str, Sample]) -> list[str]:
    shown = [_cell(field, row.get(field.key, ""), parts) for field in kind.fields]
    return [str(serial), *shown, row.get(COMMITMENTS, "")]


def _cell(field: Field, text: str, parts: Mapping[str, Sample]) -> str:
    if not text.startswith(_PART):
        return text
    sample = parts[text.removeprefix(_PART)]
    match field.type:
        case FieldType.PARTY:
            return sample.owners[0].name
        case FieldType.PATENTS:
            return sample.number
        case FieldType.COUNTY:
            return _COUNTY_NAMES[sample.county]
    raise ValueError(f"{field.key}: no part stands in a column of {field.type}")


_COUNTY_NAMES = {code: name for code, name, _ in people.COUNTIES}
