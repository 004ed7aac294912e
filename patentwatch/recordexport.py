"""Records out again: as the template's table (XLSX, CSV) or as JSON with every link.

What is exported as a table and imported again changes nothing. Rows stream: memory does
not grow with what is stored.
"""

import csv
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, TextIO

from patentwatch.plan import measures
from patentwatch.plan.kinds import FieldType, Kind, kinds
from patentwatch.plan.records import LinkTo
from patentwatch.plan.recordsheet import cells, columns
from patentwatch.store.recordlinks import Proof, Tie
from patentwatch.store.records import Record

_MADE_AT = datetime(2000, 1, 1)  # noqa: DTZ001 - equal records give equal bytes
_WOULD_CALCULATE = re.compile(r"'*[=+\-@＝＋－＠]")
_WIDTH = 18


def write_xlsx(
    out: Path,
    found: Iterable[tuple[Kind, Iterator[Record]]],
    counties: Mapping[str, str],
) -> int:
    """Write a sheet a kind, every cell as text; return how many records."""
    import xlsxwriter

    count = 0
    with _in_place(out) as part:
        options = {"constant_memory": True, "tmpdir": str(out.absolute().parent)}
        with xlsxwriter.Workbook(str(part), options) as book:
            book.set_properties({"created": _MADE_AT})
            head = book.add_format({"bold": True, "border": 1, "bg_color": "#DDEBF7"})
            text = book.add_format({"num_format": "@"})
            for kind, records in found:
                sheet = book.add_worksheet(kind.label)
                titles = list(columns(kind))
                sheet.set_column(0, len(titles) - 1, _WIDTH, text)
                sheet.freeze_panes(1, 1)
                for place, title in enumerate(titles):
                    sheet.write_string(0, place, title, head)
                for number, row in enumerate(_rows(kind, records, counties), start=1):
                    count += 1
                    for place, cell in enumerate(row):
                        sheet.write_string(number, place, cell, text)
    return count


def write_csv(
    out: Path, kind: Kind, records: Iterator[Record], counties: Mapping[str, str]
) -> int:
    """Write the table of one kind as UTF-8 with BOM; return how many records.

    What a spreadsheet would calculate gets an apostrophe, which our import takes off.
    """
    count = 0
    with _in_place(out) as part, part.open("w", encoding="utf-8-sig", newline="") as to:
        writer = csv.writer(to)
        writer.writerow(columns(kind))
        for row in _rows(kind, records, counties):
            count += 1
            writer.writerow(map(_guarded, row))
    return count


def write_json(out: Path, found: Iterable[tuple[Record, list[Proof]]]) -> int:
    """Write every record with its links and proofs as one list; return how many."""
    with _in_place(out) as part, part.open("w", encoding="utf-8") as to:
        return write_list(to, (document(record, proofs) for record, proofs in found))


def write_list(
    to: TextIO, documents: Iterable[Mapping[str, Any]], *, unicode: bool = True
) -> int:
    """Write documents as one JSON list, each as it comes; return how many.

    Without `unicode` everything but ASCII is escaped.
    """
    count = 0
    for count, one in enumerate(documents, start=1):
        to.write("[\n" if count == 1 else ",\n")
        to.write(json.dumps(one, ensure_ascii=not unicode, default=_plain))
    to.write("\n]\n" if count else "[]\n")
    return count


def document(record: Record, proofs: Iterable[Proof] = ()) -> dict[str, Any]:
    """Return a record for JSON; `fields` are as stored, amounts in fen.

    `yuan` has the same amounts in yuan.
    """
    return {
        "id": record.id,
        "kind": record.kind,
        "title": record.title,
        "county": record.county,
        "occurred_on": record.occurred_on,
        "until_on": record.until_on,
        "state": record.state,
        "fields": dict(record.fields),
        "yuan": _yuan(record),
        "links": [link_document(tie) for tie in record.ties],
        "evidence": [proof_document(one) for one in proofs],
        "run": record.run_id,
        "sheet": record.sheet,
        "row": record.row,
        "recorded_at": record.recorded_at,
        "recorded_by": record.recorded_by,
    }


def _yuan(record: Record) -> dict[str, int | float | None]:
    kind = kinds().get(record.kind)
    return {
        one.key: measures.number(Decimal(str(record.fields[one.key])) / 100)
        for one in (kind.fields if kind else ())
        if one.type is FieldType.YUAN and one.key in record.fields
    }


def link_document(tie: Tie) -> dict[str, Any]:
    """Return one link for JSON."""
    return {
        "link": tie.link.link,
        "to_kind": tie.link.to_kind.value,
        "to_key": tie.link.to_key,
        "label": tie.link.label,
        "by_hand": tie.by_hand,
    }


def proof_document(proof: Proof) -> dict[str, Any]:
    """Return one file that proves a record, for JSON."""
    return {
        "name": proof.name,
        "size": proof.size,
        "sha256": proof.sha256,
        "added_at": proof.added_at,
        "added_by": proof.added_by,
    }


def _rows(
    kind: Kind, records: Iterator[Record], counties: Mapping[str, str]
) -> Iterator[list[str]]:
    for number, record in enumerate(records, start=1):
        commitments = "、".join(
            sorted(
                link.to_key
                for link in record.row_links
                if link.to_kind is LinkTo.COMMITMENT
            )
        )
        row = cells(kind, record.fields, counties=counties, commitments=commitments)
        yield [str(number), *row]


def _guarded(text: str) -> str:
    return f"'{text}" if _WOULD_CALCULATE.match(text) else text


@contextmanager
def _in_place(out: Path) -> Iterator[Path]:
    """Yield a file beside `out` that takes its place when it is whole."""
    part = out.with_name(f".{out.name}.part")
    try:
        part.touch(mode=0o600)
        yield part
        part.replace(out)
    finally:
        part.unlink(missing_ok=True)


def _plain(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError(f"{type(value).__name__} has no form in JSON")
