"""What the records of the work plan tie to patents; set work, and by chunk."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
)

from patentwatch.plan.kinds import Kind, kinds
from patentwatch.plan.tied import Tying, link_of, tyings
from patentwatch.status.links import Link
from patentwatch.store.patents import chunks
from patentwatch.store.tables import record_links, records

ACTIVE = "active"
_PATENT = "patent"


def of(connection: Connection, numbers: Iterable[str]) -> dict[str, list[Link]]:
    """Return what records tie to each patent, ended and future ones too.

    One query for a chunk, answered by an index alone where there is nothing.
    """
    found: dict[str, list[Link]] = {}
    for chunk in chunks(numbers):
        query = (
            select(
                record_links.c.to_key,
                record_links.c.link,
                records.c.id,
                records.c.kind,
                records.c.title,
                records.c.occurred_on,
                records.c.until_on,
                records.c.fields,
            )
            .join(records, records.c.id == record_links.c.record_id)
            .where(
                record_links.c.to_kind == _PATENT,
                record_links.c.to_key.in_(chunk),
                records.c.state == ACTIVE,
            )
            .order_by(records.c.id)
        )
        for row in connection.execute(query):
            found.setdefault(row.to_key, []).append(_link(row))
    return found


def _link(row: Row[*tuple[Any, ...]]) -> Link:
    kind = kinds().get(row.kind) or Kind(row.kind, row.kind, (), (), "", "")
    return link_of(
        kind,
        record=row.id,
        link=row.link,
        title=row.title,
        occurred_on=row.occurred_on,
        until_on=row.until_on,
        fields=row.fields,
    )


@dataclass(frozen=True, slots=True)
class TiedPatent:
    """One patent that a record names, known to a register or not."""

    record: int
    link: str
    application_no: str
    from_on: date
    until_on: date | None


def patents_of(connection: Connection, ids: Sequence[int]) -> list[TiedPatent]:
    """Return the patents that these records name, by record; few enough for one IN."""
    query = (
        select(
            records.c.id,
            record_links.c.link,
            record_links.c.to_key,
            records.c.occurred_on,
            records.c.until_on,
        )
        .join(records, records.c.id == record_links.c.record_id)
        .where(records.c.id.in_(ids), record_links.c.to_kind == _PATENT)
        .order_by(records.c.id, record_links.c.to_key)
    )
    return [TiedPatent(*row) for row in connection.execute(query)]


def told_of(connection: Connection, link: str, day: date) -> bool:
    """Tell whether any record of a day or before can say of this kind of link."""
    named = [one.record for one in tyings(link)]
    query = select(
        exists().where(
            records.c.kind.in_(named),
            records.c.occurred_on <= day,
            records.c.state == ACTIVE,
        )
    )
    return bool(connection.execute(query).scalar_one())


def tied_ever(link: str) -> Select[tuple[str]]:
    """Return the numbers of patents that a record was ever such a link of."""
    return _numbers(or_(*(_meant(one) for one in tyings(link))))


def tied_on(link: str, day: date) -> Select[tuple[str]]:
    """Return the numbers of patents of which a record is such a link on a day."""
    found = or_(*(and_(_meant(one), _begun(one, day)) for one in tyings(link)))
    lasting = or_(records.c.until_on.is_(None), records.c.until_on > day)
    return _numbers(and_(found, lasting))


def _numbers(condition: ColumnElement[bool]) -> Select[tuple[str]]:
    return (
        select(record_links.c.to_key)
        .join(records, records.c.id == record_links.c.record_id)
        .where(
            record_links.c.to_kind == _PATENT,
            records.c.state == ACTIVE,
            condition,
        )
    )


def _meant(tying: Tying) -> ColumnElement[bool]:
    fields = records.c.fields
    return and_(
        records.c.kind == tying.record,
        *(fields[key].as_string().in_(values) for key, values in tying.where.items()),
        *(func.trim(fields[key].as_string()) != "" for key in tying.needs),
    )


def _begun(tying: Tying, day: date) -> ColumnElement[bool]:
    if not tying.begins:
        return records.c.occurred_on <= day
    begins: ColumnElement[str] = records.c.fields[tying.begins].as_string()
    return begins.between("0", day.isoformat())  # ISO text; nothing is not between
