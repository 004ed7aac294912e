"""Every kind of record in the hands of a clerk who types whatever comes to mind.

For each kind: its template filled in, imported, listed, exported, imported again; and
a second template in which each row is wrong in one way.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import count
from pathlib import Path
from typing import Any

import openpyxl
import pytest

from patentwatch.plan.kinds import Field, FieldType, Kind, kinds
from patentwatch.plan.recordsheet import heading
from tests.planoffice import PlanOffice, Row, alone_in, cells, example, open_office

EVERY = list(kinds().values())
HOSTILE = ("=1+1", "=cmd|'/c calc'!A0", "@SUM(1)", "+1", "-1", "'=1", "＝2＋2")
DAY = "2023-05-08"
DAYS: tuple[object, ...] = (
    date(2023, 5, 8),
    "2023年5月8日",
    "2023/5/8",
    "20230508",
    "２０２３－０５－０８",
)
AMOUNTS = {
    "500": 50_000,
    "５００": 50_000,
    "1,234,567.89": 123_456_789,
    "12万元": 12_000_000,
    "１．５亿元": 15_000_000_000,
}
COUNTS = {"12": 12, "１２": 12, "1,200": 1200}
ON = ("--on", "2024-06-01")
KEY_TYPES = (
    FieldType.TEXT,
    FieldType.PARTY,
    FieldType.INTEGER,
    FieldType.DATE,
)


@pytest.fixture(scope="module")
def office(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path
) -> Iterator[PlanOffice]:
    folder = tmp_path_factory.mktemp("hostile")
    with alone_in(folder):
        yield open_office(sqlite_template, folder)


def of_kind(kind: Kind) -> str:
    return kind.key


def numbered(kind: Kind, row: Row, number: int) -> dict[str, object]:
    """Return a row that is another record than those of other numbers."""
    keys = [one for key in kind.natural_key if (one := kind.field(key)) is not None]
    field = min(
        (one for one in keys if one.type in KEY_TYPES),
        key=lambda one: KEY_TYPES.index(one.type),
    )
    match field.type:
        case FieldType.INTEGER:
            value: object = str(1950 + number)
        case FieldType.DATE:
            value = f"2022-{1 + number // 28:02}-{1 + number % 28:02}"
        case _:
            value = f"{row[field.key]}其{number}"
    return {**row, field.key: value}


def of_type(kind: Kind, *types: FieldType) -> list[Field]:
    return [one for one in kind.fields if one.type in types]


def good_rows(kind: Kind) -> list[tuple[Row, dict[str, Any]]]:
    """Return sound rows with the fields that must be stored of them."""
    plain = example(kind)
    numbers = count(1)
    found: list[tuple[Row, dict[str, Any]]] = [(plain, {})]
    texts = [one.key for one in of_type(kind, FieldType.TEXT)]
    for hostile in HOSTILE:
        # A natural key may be one text: then it is this one.
        said = dict.fromkeys(texts, hostile)
        row = numbered(kind, plain, next(numbers)) | said
        found.append((row, said))
    rest = [one.key for one in of_type(kind, FieldType.DATE)]
    assert kind.dated in rest
    for shown in DAYS:
        row = numbered(kind, plain, next(numbers))
        if kind.dated in row and row[kind.dated] != plain[kind.dated]:
            continue  # the day is what tells one from another
        later = {k: DAY for k in rest if k in row}
        found.append((row | dict.fromkeys(later, shown), later))
    for text, fen in AMOUNTS.items():
        said_ = {one.key: text for one in of_type(kind, FieldType.YUAN)}
        row = numbered(kind, plain, next(numbers)) | said_
        found.append((row, dict.fromkeys(said_, fen)))
    for text, number in COUNTS.items():
        fields = of_type(kind, FieldType.INTEGER)
        said_ = {one.key: text for one in fields if one.key not in kind.natural_key}
        row = numbered(kind, plain, next(numbers)) | said_
        found.append((row, dict.fromkeys(said_, number)))
    return found


@pytest.mark.parametrize("kind", EVERY, ids=of_kind)
def test_what_is_typed_comes_back_the_same(office: PlanOffice, kind: Kind) -> None:
    before = len(office.records(kind.key))
    rows = good_rows(kind)
    file = office.fill(kind.key, *(row for row, _ in rows))
    with_more(file, kind, "没有这一列", "随便")
    (found,) = office.json("record", "import", kind.key, file, *ON)
    assert (found["created"], found["rejected"]) == (len(rows), 0), found["rejects"]
    assert "没有这一列" in {
        one["column"] for one in found["warnings"] if one["code"] == "column_unknown"
    }
    listed = office.records(kind.key)
    assert len(listed) == before + len(rows)
    by_row = {one["row"]: one for one in listed if one["run"] == found["run"]}
    for number, (_, expected) in enumerate(rows, start=3):
        stored = by_row[number]["fields"]
        assert {key: stored.get(key) for key in expected} == expected

    office.run("record", "export", kind.key, "--out", "出.xlsx")
    shown = cells(Path("出.xlsx"), kind.label)
    assert {cell.data_type for row in shown for cell in row if cell.value} == {"s"}
    assert len(shown) == 1 + len(listed)
    texts = {str(cell.value) for row in shown for cell in row}
    assert set(HOSTILE) <= texts
    (again,) = office.json("record", "import", kind.key, "出.xlsx", *ON)
    assert (again["read"], again["unchanged"]) == (len(listed), len(listed))
    office.run("record", "export", kind.key, "--out", "出.json")
    assert json.loads(Path("出.json").read_text("utf-8")) == [
        one | {"evidence": []} for one in listed
    ]
    assert office.records(kind.key) == listed


WRONG: Mapping[FieldType, Sequence[tuple[str, object]]] = {
    FieldType.CHOICE: [("bad_choice", "都不是")],
    FieldType.COUNTY: [("county_unknown", "火星区")],
    FieldType.DATE: [
        ("date_impossible", "2023-02-30"),
        ("date_out_of_range", "1900-01-01"),
    ],
    FieldType.YUAN: [
        ("bad_amount", "五百"),
        ("bad_amount", "-5"),
        ("formula_cell", "=1+1"),
    ],
    FieldType.INTEGER: [("bad_integer", "1.5"), ("bad_number", "若干")],
    FieldType.NUMBER: [("bad_number", "若干")],
    FieldType.TEXT: [("number_damaged", "2.01E+12")],
    FieldType.PATENTS: [
        ("number_damaged", "2.01E+12"),
        ("check_digit", "202010123456.3"),
    ],
}
"""What no field of a type may say, and as what it is told."""


def bad_rows(kind: Kind) -> Iterator[tuple[Row, str, str]]:
    """Yield rows that are wrong in one way, with the code and the column to be told."""
    plain = example(kind)
    labels = {one.key: heading(one) for one in kind.fields}
    wrong: list[tuple[str, str, Row]] = []
    for one in kind.fields:
        said = [*WRONG.get(one.type, ())]
        if one.required:
            said += [("required_missing", ""), ("required_missing", "  ")]
        wrong += [(code, one.key, {one.key: value}) for code, value in said]
        if one.needs:
            half = DAY if one.type is FieldType.DATE else one.choices[0]
            wrong.append(("missing_with", one.needs, {one.key: half}))
    tomorrow = {kind.dated: date(2024, 6, 2)}
    wrong.append(("date_in_future", kind.dated, tomorrow))
    if kind.until:
        wrong.append(("date_order", kind.until, {kind.until: "1999-12-31"}))
    for number, (code, key, changes) in enumerate(wrong, start=60):
        yield {**numbered(kind, plain, number), **changes}, code, labels[key]


@pytest.mark.parametrize("kind", EVERY, ids=of_kind)
def test_what_is_wrong_is_told_and_nothing_of_it_is_kept(
    office: PlanOffice, kind: Kind
) -> None:
    rows = list(bad_rows(kind))
    sound = numbered(kind, example(kind), 200)
    conflict = numbered(kind, example(kind), 201)
    twice = [sound, sound, conflict, conflict | {"note": "另说"}]
    before = {one["id"] for one in office.records(kind.key)}
    office.fill(kind.key, *(row for row, _, _ in rows), *twice)
    (found,) = office.json(
        "record", "import", kind.key, f"{kind.key}.xlsx", *ON, status=1
    )
    assert not found["refused"]
    told = {one["row"]: one for one in found["rejects"]}
    for number, (row, code, column) in enumerate(rows, start=3):
        note = told.pop(number, None)
        assert note is not None, (row, code)
        assert (note["code"], note["column"]) == (code, column), note
        assert note["sheet"] == kind.label
        assert "请" in note["message"] or "只" in note["message"], note
    last = 3 + len(rows)
    assert {n: one["code"] for n, one in told.items()} == {
        last + 2: "duplicate_conflict",
        last + 3: "duplicate_conflict",
    }
    assert [(one["row"], one["code"]) for one in found["skips"]] == [
        (2, "example_row"),
        (last + 1, "duplicate_row"),
    ]
    assert (found["created"], found["accepted"]) == (1, 1)
    (new,) = [one for one in office.records(kind.key) if one["id"] not in before]
    assert new["row"] == last


def with_more(file: str, kind: Kind, title: str, value: str) -> None:
    """Add a column of the clerk's own."""
    book = openpyxl.load_workbook(file)
    sheet = book[kind.label]
    place = sheet.max_column + 1
    sheet.cell(1, place, title)
    for number in range(3, sheet.max_row + 1):
        sheet.cell(number, place, value)
    book.save(file)
    book.close()
