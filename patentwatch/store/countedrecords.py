"""Which records an actual was counted from, for whoever wants to see them."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from sqlalchemy import select

from patentwatch.plan.kinds import FieldType
from patentwatch.plan.values import MeasureType, Selection
from patentwatch.store.selecting import (
    Asked,
    Chosen,
    as_date,
    batches,
    chosen,
    selected,
)
from patentwatch.store.tables import records

COUNTED: Final = "counted"
DENOMINATOR: Final = "denominator"
_FEN = 100


@dataclass(frozen=True, slots=True)
class CountedRecord:
    """A record that was counted, on which day and with which value of its field.

    `day` is the one it counts on. The value is in yuan where the field is money, in
    days where days are measured, "" where only records are counted. `part` is COUNTED,
    or DENOMINATOR of a ratio.
    """

    id: int
    kind: str
    title: str
    county: str | None
    day: date
    value: Decimal | str
    part: str = COUNTED


def counted_records(asked: Asked) -> Iterator[CountedRecord]:
    """Yield the records an actual was counted from, oldest first.

    None where the actual comes from the patent register.
    """
    measure = asked.commitment.measure
    if measure.type is MeasureType.REGISTER:
        return
    found = _listed(asked, asked.selection, _chosen(asked), COUNTED)
    if measure.type is MeasureType.LATEST:
        found = _newest(found)
    yield from found
    if measure.of is not None:
        yield from _listed(asked, measure.of, selected(asked, measure.of), DENOMINATOR)


def _chosen(asked: Asked) -> Chosen:
    match asked.commitment.measure.type:
        case MeasureType.GROWTH | MeasureType.MEDIAN_DAYS:
            from_on: date | None = asked.plan.starts_on
        case MeasureType.LATEST:
            from_on = None
        case _:
            from_on = asked.from_on(asked.selection)
    return chosen(asked, asked.selection, from_on=from_on, to_on=asked.to_on)


def _listed(
    asked: Asked, selection: Selection, found: Chosen, part: str
) -> Iterator[CountedRecord]:
    query = (
        select(records, found.day.label("day"))
        .where(found.where)
        .order_by(found.day, records.c.id)
    )
    for rows in batches(asked.connection, query):
        for row in rows:
            day = as_date(row.day)
            assert day is not None  # noqa: S101 - no day, not chosen
            value = _value(asked, selection, row.fields, row.county, day)
            if value is not None:
                yield CountedRecord(
                    row.id, row.kind, row.title, row.county, day, value, part
                )


def _value(
    asked: Asked,
    selection: Selection,
    fields: Mapping[str, Any],
    county: str | None,
    day: date,
) -> Decimal | str | None:
    """Return what counts of a record; None: it says nothing and was not counted."""
    measure = asked.commitment.measure
    if measure.type is MeasureType.COVERAGE and not measure.field:
        return county
    if not measure.field:
        return ""
    said = fields.get(measure.field)
    if said is None or said in ("", []):
        return None
    if measure.type is MeasureType.MEDIAN_DAYS:
        days = (day - date.fromisoformat(said)).days
        return Decimal(days) if days >= 0 else None
    if asked.type_of(selection, measure.field) is FieldType.YUAN:
        return Decimal(said) / _FEN
    return "、".join(said) if isinstance(said, list) else str(said)


def _newest(found: Iterable[CountedRecord]) -> Iterator[CountedRecord]:
    yield from {record.county: record for record in found}.values()
