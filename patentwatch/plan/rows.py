"""A row of a kind's table → one record with its links, or why it is not taken."""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import date

from patentwatch.errors import InputError
from patentwatch.model import County
from patentwatch.names import name_key
from patentwatch.plan import quantities, recordsheet
from patentwatch.plan.kinds import Field, FieldType, Kind
from patentwatch.plan.quantities import Unit
from patentwatch.plan.records import (
    COUNTS_FOR,
    Link,
    LinkTo,
    NewRecord,
    Value,
    natural_key,
)
from patentwatch.plan.recordsheet import COMMITMENTS, EXAMPLE, QUANTITIES, SERIAL
from patentwatch.register import cells, names, numbercells, numbers
from patentwatch.register.cells import Row
from patentwatch.register.columns import Layout
from patentwatch.register.counties import CountyIndex
from patentwatch.register.numbercells import Doubt
from patentwatch.register.outcome import (
    Outcome,
    PassedOver,
    Refused,
    Warnings,
    outcome_of,
)

FIRST_DAY = date(1949, 10, 1)
LAST_DAY = date(2099, 12, 31)

Promise = Callable[[str, date], str | None]
"""3.1 or plan/3.1 on the day of a record → plan/3.1, None when no plan has it."""

_NO = "否"
_SEVERAL = re.compile(r"[、;；,，|｜\r\n]+")
_PROMISES = re.compile(r"[、;；,，|｜\s]+")
_GUARDED = re.compile(r"'+[=+\-@＝＋－＠]")
_NOT_IN_XML = re.compile("[\ufffe\uffff\ud800-\udfff]")
_RUINED = re.compile(r"[0-9](?:\.[0-9]+)?[Ee]\+[0-9]{2,}|[0-9]{16,}\.0")
_TOTAL = re.compile(r"(?:合计|总计|小计|共计)[:：]?$|(?:注|备注|说明)[:：]")


class RecordRows:
    """Reads the rows of one sheet of a kind.

    `promise` finds a commitment. `guarded`: a text file, in which our own export puts
    an apostrophe before what a spreadsheet would calculate. Raises InputError
    `unit_unknown` for a column in a unit that cannot be converted.
    """

    def __init__(
        self,
        layout: Layout,
        kind: Kind,
        *,
        today: date,
        counties: Sequence[County],
        promise: Promise,
        guarded: bool,
    ) -> None:
        self._layout = layout
        self._kind = kind
        self._today = today
        self._counties = CountyIndex(counties)
        self._promise = promise
        self._guarded = guarded
        self._units = {one.key: unit for one, unit in _units(layout, kind)}

    def read(self, row: Row) -> Outcome[NewRecord]:
        """Return the record in `row`, or why it is not taken. Never raises."""
        return outcome_of(self._layout, row, self._record)

    def _record(self, row: Row, warnings: Warnings) -> NewRecord:
        self._pass_over(row)
        extra = next((t for t in row.cells[self._layout.width :] if t.strip()), "")
        if extra:
            raise Refused("", "column_shift", extra)
        kind = self._kind
        fields = dict(self._fields(row, warnings))
        self._require(fields)
        occurred_on = date.fromisoformat(str(fields[kind.dated]))
        until = fields.get(kind.until)
        until_on = date.fromisoformat(str(until)) if until else None
        self._check_days(occurred_on, until_on)
        links = [*_links(kind, fields), *self._promises(row, occurred_on)]
        return NewRecord(
            kind=kind.key,
            natural_key=natural_key(kind, fields),
            title=_title(fields.get(kind.title, "")),
            county=_county(kind, fields),
            occurred_on=occurred_on,
            until_on=until_on,
            fields=fields,
            links=tuple(dict.fromkeys(links)),
            sheet=self._layout.sheet,
            row=row.number,
        )

    def _pass_over(self, row: Row) -> None:
        """Pass over the example, totals and repeated headers."""
        serial = "".join(self._cell(row, SERIAL).split())
        if serial == EXAMPLE:
            raise PassedOver(SERIAL, "example_row", serial)
        filled = [text.strip() for text in row.cells if text.strip()]
        if len(filled) == 1 and serial:
            raise PassedOver(SERIAL, "blank_row", serial)
        dated = self._cell(row, self._kind.dated)
        if not dated and filled and _TOTAL.match(filled[0]):
            raise PassedOver("", "total_row", filled[0])
        if dated and dated == self._layout.headers.get(self._kind.dated):
            raise PassedOver("", "repeated_header", dated)

    def _fields(self, row: Row, warnings: Warnings) -> Iterator[tuple[str, Value]]:
        for field in self._kind.fields:
            text = self._cell(row, field.key)
            value = self._value(field, text, warnings) if text else None
            if value is None and field.type is FieldType.COUNTY:
                value = self._counties.find(self._layout.sheet)
            if value is not None and value != "":
                yield field.key, value

    def _cell(self, row: Row, key: str) -> str:
        position = self._layout.positions.get(key, -1)
        if not 0 <= position < len(row.cells):
            return ""
        text = row.cells[position].strip()
        guarded = self._guarded and _GUARDED.match(text)
        return cells.tidy(text[1:] if guarded else text)

    def _value(self, field: Field, text: str, warnings: Warnings) -> Value:
        match field.type:
            case FieldType.TEXT:
                return self._text(field, text, warnings)
            case FieldType.PARTY:
                return self._parties(field, text, warnings)
            case FieldType.PATENTS:
                return list(_patents(field, text))
        if cells.is_formula(text):
            raise Refused(field.key, "formula_cell", text)
        match field.type:
            case FieldType.DATE:
                return self._day(field, text).isoformat()
            case FieldType.CHOICE:
                return _choice(field, text)
            case FieldType.COUNTY:
                return self._county_code(field, text)
        return self._quantity(field, text)

    def _text(self, field: Field, text: str, warnings: Warnings) -> str:
        if _RUINED.fullmatch(text):
            raise Refused(field.key, "number_damaged", text)
        line, codes = _line(text)
        return self._checked(field, line, codes, warnings)

    def _parties(self, field: Field, text: str, warnings: Warnings) -> str:
        codes: dict[str, None] = {}
        before, found = "", text
        while before != found:
            before = found
            lines = [_line(name) for name in names.split(found).names]
            found = "；".join(dict.fromkeys(line for line, _ in lines if line))
            codes |= {code: None for _, said in lines for code in said}
        return self._checked(field, found, codes, warnings)

    def _checked(
        self, field: Field, line: str, codes: Iterable[str], warnings: Warnings
    ) -> str:
        for code in codes:
            warnings.add(field.key, code, line)
        if len(line) > cells.LONGEST:
            raise Refused(field.key, "too_long", line)
        return line

    def _day(self, field: Field, text: str) -> date:
        day = cells.day(text)
        if day is None:
            fault = cells.day_fault(text, self._today)
            placeholder = fault == "date_implausible"
            code = "date_out_of_range" if placeholder else fault
            raise Refused(field.key, code, text, _RANGE)
        if not FIRST_DAY <= day <= LAST_DAY:
            raise Refused(field.key, "date_out_of_range", text, _RANGE)
        if field.key == self._kind.dated and day > self._today:
            raise Refused(field.key, "date_in_future", text, self._today.isoformat())
        return day

    def _county_code(self, field: Field, text: str) -> str:
        code = self._counties.find(text)
        if code is None:
            raise Refused(field.key, "county_unknown", text)
        return code

    def _quantity(self, field: Field, text: str) -> Value:
        usual = quantities.unit(recordsheet.unit_of(field))
        of = self._units.get(field.key, usual)
        if field.type is FieldType.YUAN:
            amount = quantities.fen(text, of=of)
            if amount is None:
                raise Refused(field.key, "bad_amount", text)
            return amount
        value = quantities.number(text, of=of, into=usual)
        if value is None:
            raise Refused(field.key, "bad_number", text, field.unit)
        found = quantities.plain(value)
        if field.type is FieldType.NUMBER:
            return found
        if not found.isdecimal():
            raise Refused(field.key, "bad_integer", text, field.unit)
        return int(found)

    def _require(self, fields: Mapping[str, Value]) -> None:
        kind = self._kind
        for field in kind.fields:
            needed = field.required or field.key == kind.dated
            if needed and field.key not in fields:
                raise Refused(field.key, "required_missing")
            said = fields.get(field.key, _NO)
            if field.needs and said != _NO and field.needs not in fields:
                raise Refused(field.needs, "missing_with", expected=field.label)
        if not any(key in fields for key in kind.natural_key):
            raise Refused(kind.natural_key[0], "required_missing")

    def _check_days(self, occurred_on: date, until_on: date | None) -> None:
        if until_on is not None and until_on < occurred_on:
            raise Refused(
                self._kind.until,
                "date_order",
                until_on.isoformat(),
                f"{self._layout.header(self._kind.dated)} {occurred_on}",
            )

    def _promises(self, row: Row, occurred_on: date) -> Iterator[Link]:
        folded = unicodedata.normalize("NFKC", self._cell(row, COMMITMENTS))
        words = [word for word in _PROMISES.split(folded) if word]
        if self._layout.positions.get(COMMITMENTS) in row.numeric:
            # A spreadsheet makes 3.1 of 3.10.
            for word in words:
                if self._promise(f"{word}0", occurred_on):
                    raise Refused(COMMITMENTS, "commitment_ambiguous", word, f"{word}0")
        for word in words:
            key = self._promise(word, occurred_on)
            if key is None:
                raise Refused(COMMITMENTS, "commitment_unknown", word)
            yield Link(COUNTS_FOR, LinkTo.COMMITMENT, key, key)


def _line(text: str) -> tuple[str, Mapping[str, None]]:
    """Return a text as one visible line, and what was taken out of it.

    The line reads the same however often it is exported and read again.
    """
    codes: dict[str, None] = {}
    before, line = "", text
    while before != line:
        before = line
        read = cells.line(_NOT_IN_XML.sub("", line))
        codes |= dict.fromkeys(read.codes)
        line = cells.tidy(read.text)
    if "\ufffd" in line:
        codes["text_damaged"] = None
    return line, codes


_RANGE = f"{FIRST_DAY} 至 {LAST_DAY}"


def _units(layout: Layout, kind: Kind) -> Iterator[tuple[Field, Unit]]:
    for field in kind.fields:
        if field.type in QUANTITIES and field.key in layout.headers:
            found = layout.headers[field.key]
            unit = recordsheet.unit_in(found, field)
            if unit is None:
                usual = recordsheet.unit_of(field)
                raise InputError(
                    f"列“{found}”的单位不能换算，应为 {usual}；请换算后改正列名",
                    code="unit_unknown",
                )
            yield field, unit


def _choice(field: Field, text: str) -> str:
    folded = _plain(text)
    found = next((one for one in field.choices if _plain(one) == folded), None)
    if found is None:
        raise Refused(field.key, "bad_choice", text, "、".join(field.choices))
    return found


def _plain(word: str) -> str:
    return "".join(unicodedata.normalize("NFKC", word).split())


def _patents(field: Field, text: str) -> Iterator[str]:
    """Yield the numbers in a cell, each once; one that is damaged refuses the row."""
    seen = set()
    for part in _SEVERAL.split(text):
        if not part.strip():
            continue
        number = numbers.canonical(part)
        if number is None:
            why = numbercells.refusal(Doubt(part))
            raise Refused(field.key, why.code, part.strip(), why.words.expected)
        if number not in seen:
            seen.add(number)
            yield number


def _links(kind: Kind, fields: Mapping[str, Value]) -> Iterator[Link]:
    for field in kind.fields:
        value = fields.get(field.key)
        link = field.link or COUNTS_FOR
        if isinstance(value, list):
            yield from (Link(link, LinkTo.PATENT, one, one) for one in value)
        elif field.type is FieldType.PARTY and isinstance(value, str):
            for name in value.split("；"):
                if key := name_key(name)[:500]:
                    yield Link(link, LinkTo.PARTY, key, name)


def _title(value: Value) -> str:
    return "、".join(value) if isinstance(value, list) else str(value)


def _county(kind: Kind, fields: Mapping[str, Value]) -> str | None:
    first = next((f.key for f in kind.fields if f.type is FieldType.COUNTY), "")
    code = fields.get(first)
    return str(code) if code else None
