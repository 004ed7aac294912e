"""A kind's table: how its columns may be called, a record as its cells, its notes."""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator, Mapping

from patentwatch.model import RowNote
from patentwatch.plan.kinds import Field, FieldType, Kind
from patentwatch.plan.quantities import Unit, unit, yuan
from patentwatch.plan.records import NewRecord, Value
from patentwatch.register.columns import Headings, headings, normalised
from patentwatch.register.headers import WORDS
from patentwatch.register.headers import Kind as List
from patentwatch.register.messages import clipped

LIST = "records"
"""The kind of list that an import of records is."""

SERIAL = "serial"
COMMITMENTS = "commitments"
"""The two columns that are no field of the kind."""

SERIAL_LABEL = "序号"
COMMITMENTS_LABEL = "对应承诺"
_FORMER_LABEL = "对应任务"
OVER_COMMITMENTS = frozenset({COMMITMENTS_LABEL, _FORMER_LABEL})
"""By what a sheet is known for a template: also by the word that older sheets have."""

EXAMPLE = "示例"
"""The serial number of the template's row that shows how; an import passes it over."""

QUANTITIES = frozenset({FieldType.YUAN, FieldType.INTEGER, FieldType.NUMBER})

_OTHER_WORDS = {
    SERIAL: ("编号",),
    COMMITMENTS: (
        "对应承诺编号", "承诺编号", _FORMER_LABEL, "对应任务编号", "任务编号",
        "对应工作要点", "工作要点",
    ),
}  # fmt: skip
_REGISTER = WORDS[List.REGISTER]
_BY_TYPE = {
    FieldType.COUNTY: _REGISTER["county"],
    FieldType.PATENTS: _REGISTER["application_no"],
}
_IN_BRACKETS = re.compile(r"[(\[【〔〖]([^()\[\]【】〔〕〖〗]*)[)\]】〕〗]")
_MONEY = re.compile(r"(?:人民币|单位:?)*((?:亿|千万|百万|万|千)?元)")
_OTHER_MONEY = re.compile("元|币|镑|USD|EUR", re.IGNORECASE)


def heading(field: Field) -> str:
    """Return what stands over a field's column: 贷款金额（元）."""
    return f"{field.label}（{field.unit}）" if field.unit else field.label


def columns(kind: Kind) -> Iterator[str]:
    """Yield what stands over the columns from left to right."""
    yield SERIAL_LABEL
    yield from map(heading, kind.fields)
    yield COMMITMENTS_LABEL


def unit_of(field: Field) -> str:
    """Return the unit of a field's numbers; an amount without one is in 元."""
    return field.unit or ("元" if field.type is FieldType.YUAN else "")


def headings_of(kind: Kind) -> Headings:
    """Return how the columns of a kind may be called, and which a file must have.

    A county may be the name of the sheet, so its column may be absent.
    """
    labels = {field.key: field.label for field in kind.fields}
    labels |= {SERIAL: SERIAL_LABEL, COMMITMENTS: COMMITMENTS_LABEL}
    words = {key: _OTHER_WORDS[key] for key in (SERIAL, COMMITMENTS)}
    words |= {field.key: _synonyms(kind, field) for field in kind.fields}
    taken = Counter(normalised(label) for label in labels.values())
    taken.update({normalised(w) for said in words.values() for w in said})
    needed = [
        (field.key,)
        for field in kind.fields
        if field.required and field.type is not FieldType.COUNTY
    ]
    return headings(
        LIST,
        {
            key: (label, *(w for w in words[key] if taken[normalised(w)] == 1))
            for key, label in labels.items()
        },
        labels=labels,
        required=needed,
    )


def unit_in(found: str, field: Field) -> Unit | None:
    """Return the unit in which the numbers below a header as found are.

    None where the header names one that is no multiple of the field's: 金额（美元）.
    """
    usual = unit(unit_of(field))
    folded = unicodedata.normalize("NFKC", "".join(found.split()))
    for said in _IN_BRACKETS.findall(folded):
        money = _MONEY.fullmatch(said)
        named = unit(money[1] if money else said)
        if named.base == usual.base:
            return named
        if named.scale != 1 or _OTHER_MONEY.search(said):
            return None
    return usual


def cells(
    kind: Kind,
    fields: Mapping[str, Value],
    *,
    counties: Mapping[str, str],
    commitments: str,
) -> list[str]:
    """Return a record as the cells of its row, without the serial number.

    `counties`: code → name; a county that has none is shown by its code.
    """
    shown = [shown_value(one, fields.get(one.key), counties) for one in kind.fields]
    return [*shown, commitments]


def shown_value(field: Field, value: Value | None, counties: Mapping[str, str]) -> str:
    """Return a stored value as a clerk would write it, "" for none."""
    if value is None:
        return ""
    if isinstance(value, list):
        return "；".join(value)
    if field.type is FieldType.YUAN and isinstance(value, int):
        return yuan(value, into=unit(unit_of(field)))
    text = str(value)
    return counties.get(text, text) if field.type is FieldType.COUNTY else text


def note_on(new: NewRecord, code: str, text: str, value: str = "") -> RowNote:
    """Return a note on the row of a record, which is named by `value` or its title."""
    return RowNote(new.sheet, new.row or 0, "", code, clipped(value or new.title), text)


def _synonyms(kind: Kind, field: Field) -> tuple[str, ...]:
    """Return what else heads a county's or the patents' column, if there is one."""
    alike = [one for one in kind.fields if one.type is field.type]
    bare = normalised(re.sub(r"[（(][^（()）]*[)）]", "", field.label))
    said = () if len(alike) > 1 else _BY_TYPE.get(field.type, ())
    return (heading(field), *([bare] if bare else []), *said)
