"""The rows of the portal's workbooks: how they are written, and which ones were.

Workbooks lie under their day: `<sheets>/<day>/…xlsx`. What was written stands a second
time in `<sheets>/.written/`, one small file per workbook, which outlives the workbook.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from hashlib import sha256
from io import BytesIO
from pathlib import Path

import xlsxwriter

from patentwatch.delivery.files import write_whole
from patentwatch.delivery.outcome import Envelope
from patentwatch.delivery.sms import answers
from patentwatch.errors import InputError
from patentwatch.register import workbooks
from patentwatch.smsparts import parts

COLUMNS = (
    ("序号", 6), ("手机号码", 15), ("短信内容", 80), ("计费条数", 9), ("编号", 40),
)  # fmt: skip
_NUMBER_AT, _KEY_AT = 1, 4
_WRITTEN = ".written"


@dataclass(frozen=True, slots=True)
class Written:
    """A row that stands in a workbook of `day`."""

    key: str
    to: str
    day: date


def written(sheets: Path) -> dict[str, Written]:
    """Return every row ever written, by key.

    A workbook without its small file was finished by a process that was killed right
    then; it is read itself. Raises OSError.
    """
    rows = {row.key: row for row in _listed(sheets / _WRITTEN)}
    for book in sorted(sheets.glob("????-??-??/*.xlsx")):
        if not _small_file(book).exists():
            found = _rows_of(book)
            _list(book, found)
            rows |= {row.key: row for row in found}
    return rows


def write(sheets: Path, envelopes: Sequence[Envelope], *, day: date) -> Path:
    """Write one durable workbook under a name made of its keys. Raises OSError."""
    keys = "\n".join(envelope.message_key for envelope in envelopes)
    name = sha256(keys.encode("utf-8", "surrogatepass")).hexdigest()[:10]
    book = sheets / day.isoformat() / f"短信{len(envelopes)}条-{name}.xlsx"
    write_whole(book, _workbook(envelopes, day=day))
    _list(
        book,
        [
            Written(envelope.message_key, answers.mobile(envelope.to), day)
            for envelope in envelopes
        ],
    )
    return book


def _workbook(envelopes: Iterable[Envelope], *, day: date) -> bytes:
    """Return a workbook in which every cell is text, whatever it begins with."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    book.set_properties({"created": datetime.combine(day, time())})
    sheet = book.add_worksheet("短信")
    head = book.add_format({"bold": True, "num_format": "@"})
    text = book.add_format({"num_format": "@"})
    for column, (name, width) in enumerate(COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, head)
    for row, envelope in enumerate(envelopes, 1):
        for column, cell in enumerate(_cells(row, envelope)):
            sheet.write_string(row, column, cell, text)
    sheet.freeze_panes(1, 0)
    book.close()
    return target.getvalue()


def _cells(row: int, envelope: Envelope) -> tuple[str, ...]:
    text = envelope.raw.decode()
    number = answers.mobile(envelope.to).removeprefix("+86")
    return str(row), number, text, str(parts(text)), envelope.message_key


def _small_file(book: Path) -> Path:
    day = book.parent.name
    return book.parents[1] / _WRITTEN / f"{day} {book.stem}.txt"


def _list(book: Path, rows: Iterable[Written]) -> None:
    lines = [f"{row.key}\t{row.to}\n" for row in rows]
    write_whole(_small_file(book), "".join(lines).encode("utf-8", "surrogatepass"))


def _listed(folder: Path) -> Iterator[Written]:
    for path in sorted(folder.glob("*.txt")):
        day = date.fromisoformat(path.name[:10])
        for line in path.read_bytes().decode("utf-8", "surrogatepass").splitlines():
            key, _, to = line.partition("\t")
            yield Written(key, to, day)


def _rows_of(book: Path) -> list[Written]:
    """Return what stands in a workbook of ours; none in one that somebody else made."""
    day = _day(book.parent.name)
    try:
        sheets = workbooks.sheets(book)
    except InputError:
        return []
    if day is None or not sheets:
        return []
    rows = [row.cells for row in sheets[0].rows]
    if not rows or tuple(rows[0][: len(COLUMNS)]) != tuple(n for n, _ in COLUMNS):
        return []
    return [
        Written(cells[_KEY_AT], answers.mobile(cells[_NUMBER_AT]), day)
        for cells in rows[1:]
        if len(cells) > _KEY_AT and cells[_KEY_AT]
    ]


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def by_number(rows: Mapping[str, Written]) -> dict[str, list[Written]]:
    """Return the rows of each number."""
    found: dict[str, list[Written]] = {}
    for row in rows.values():
        found.setdefault(row.to, []).append(row)
    return found
