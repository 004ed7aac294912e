"""Which records a measure looks at, as SQL: the question, and the rows it chooses."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Numeric,
    Text,
    and_,
    cast,
    func,
    or_,
    select,
)

from patentwatch.plan.kinds import FieldType, Kind
from patentwatch.plan.values import (
    OCCURRED_ON,
    Commitment,
    MeasureType,
    Plan,
    Selection,
    Span,
)
from patentwatch.store.tables import record_links, records

COUNTS_FOR, TO_COMMITMENT = "counts_for", "commitment"
ACTIVE = "active"
COUNTY = "county"
_ANY_KIND = Selection(kinds=())
_WHOLE, _DECIMALS = 0, 6


@dataclass(frozen=True, slots=True)
class Asked:
    """A commitment that is asked about as of a day; `names` are the counties'.

    What ends counts if it stands after `standing_on`; None: after the day itself.
    """

    connection: Connection
    plan: Plan
    commitment: Commitment
    kinds: Mapping[str, Kind]
    on: date
    names: Mapping[str, str] = field(default_factory=dict)
    standing_on: date | None = None

    @property
    def to_on(self) -> date:
        """Return the last day that counts: a plan stands still after its end."""
        return min(self.on, self.plan.ends_on)

    @property
    def selection(self) -> Selection:
        """Return which records count; without any word all of them."""
        return self.commitment.measure.records or _ANY_KIND

    def from_on(self, selection: Selection) -> date | None:
        """Return the first day that counts, None for every day there was."""
        return self.plan.starts_on if selection.span is Span.YEAR else None

    def type_of(self, selection: Selection, key: str) -> FieldType:
        """Return what a field of the selected kinds holds; text where none has it."""
        for name in selection.kinds:
            kind = self.kinds.get(name)
            if kind is not None and (found := kind.field(key)) is not None:
                return found.type
        return FieldType.TEXT

    def links_of(self, selection: Selection, key: str) -> set[str]:
        """Return how a field of the selected kinds ties parties or patents."""
        kinds = [self.kinds[name] for name in selection.kinds if name in self.kinds]
        found = [one for kind in kinds if (one := kind.field(key)) is not None]
        return {one.link for one in found if one.link}

    def ties_others_alike(self, selection: Selection, key: str) -> bool:
        """Whether a kind has another field of parties with the same link."""
        links = self.links_of(selection, key)
        kinds = [self.kinds[name] for name in selection.kinds if name in self.kinds]
        return any(
            one.key != key and one.type is FieldType.PARTY and one.link in links
            for kind in kinds
            for one in kind.fields
        )

    def labels(self, selection: Selection) -> str:
        """Return the kinds by the names that a clerk knows them by."""
        return "、".join(
            self.kinds[name].label if name in self.kinds else name
            for name in selection.kinds
        )


@dataclass(frozen=True, slots=True)
class Chosen:
    """Chosen rows of `records`, and the column with the day each of them counts on.

    That day is a date, or ISO text where it is one of the kind's other dates.
    """

    day: ColumnElement[Any]
    where: ColumnElement[bool]


def chosen(
    asked: Asked, selection: Selection, *, from_on: date | None, to_on: date
) -> Chosen:
    """Choose the active records of a time, both days inclusive; None: ever.

    Where the commitment names counties: theirs, and those of the city as a whole.
    """
    day = _day(asked, selection)
    conditions = [records.c.state == ACTIVE, day <= _like(day, to_on)]
    if selection.kinds:
        conditions.append(records.c.kind.in_(selection.kinds))
    if from_on is not None:
        conditions.append(day >= _like(day, from_on))
    conditions += [text_of(key).in_(words) for key, words in selection.where.items()]
    if selection.until:
        until = text_of(selection.until)
        standing_on = (asked.standing_on or to_on).isoformat()
        conditions.append(or_(until.is_(None), until > standing_on))
    if selection.by:
        by = text_of(selection.by)
        conditions.append(or_(by.is_(None), cast(day, Text) <= by))
    if asked.commitment.measure.type is MeasureType.LINKED:
        conditions.append(_counts_for(asked))
    if counties := asked.commitment.counties:
        own = records.c.county.in_(counties)
        conditions.append(or_(own, records.c.county.is_(None)))
    return Chosen(day, and_(*conditions))


def selected(asked: Asked, selection: Selection) -> Chosen:
    """Choose what counts as of the day that is asked about."""
    return chosen(asked, selection, from_on=asked.from_on(selection), to_on=asked.to_on)


def text_of(key: str) -> ColumnElement[Any]:
    """Return a field as text, null where it is not filled in."""
    if key == COUNTY:
        return records.c.county
    return func.nullif(cast(records.c.fields[key].as_string(), Text), "")


def amount_of(asked: Asked, selection: Selection, key: str) -> ColumnElement[Any]:
    """Return a field as a number; of an amount in yuan the fen."""
    decimal = asked.type_of(selection, key) is FieldType.NUMBER
    number = Numeric(20, _DECIMALS if decimal else _WHOLE)
    return cast(text_of(key), number)


def days_of_change(asked: Asked, selection: Selection, *, after: date) -> set[date]:
    """Return the days after `after` on which other records count than the day before.

    Up to the day that is asked about.
    """
    ever = replace(selection, until="")
    began = chosen(asked, ever, from_on=None, to_on=asked.to_on)
    columns = [began.day]
    if selection.until:
        columns.append(text_of(selection.until))
    found: set[date] = set()
    for column in columns:
        recent = and_(
            column > _like(column, after), column <= _like(column, asked.to_on)
        )
        query = select(column).where(began.where, recent).distinct()
        days = asked.connection.execute(query).scalars()
        found |= {day for value in days if (day := as_date(value)) is not None}
    return found


def as_date(value: date | str | None) -> date | None:
    """Return the day of a `Chosen` as a date."""
    return date.fromisoformat(value) if isinstance(value, str) else value


def batches(
    connection: Connection, query: Any, *, size: int = 1000
) -> Iterator[Sequence[Any]]:
    """Yield the rows of a query in batches, without holding all of them."""
    options = {"yield_per": size}
    yield from connection.execute(query, execution_options=options).partitions()


def _day(asked: Asked, selection: Selection) -> ColumnElement[Any]:
    """Return the column of the day; a kind's own day has an index, the others none."""
    if selection.dated == OCCURRED_ON:
        return records.c.occurred_on
    known = [asked.kinds[name] for name in selection.kinds if name in asked.kinds]
    if known and all(kind.dated == selection.dated for kind in known):
        return records.c.occurred_on
    return text_of(selection.dated)


def _like(column: ColumnElement[Any], day: date) -> date | str:
    return day if column is records.c.occurred_on else day.isoformat()


def _counts_for(asked: Asked) -> ColumnElement[bool]:
    tied = select(record_links.c.record_id).where(
        record_links.c.to_kind == TO_COMMITMENT,
        record_links.c.to_key == f"{asked.plan.name}/{asked.commitment.id}",
        record_links.c.link == COUNTS_FOR,
    )
    return records.c.id.in_(tied)
