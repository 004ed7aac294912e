"""What the records of the work plan tie to patents; set work, and by chunk."""

from collections.abc import Iterable
from datetime import date

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    exists,
    or_,
    select,
)

from patentwatch.plan.kinds import kinds
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
            kind = kinds().get(row.kind)
            tie = kind and link_of(
                kind,
                record=row.id,
                link=row.link,
                title=row.title,
                occurred_on=row.occurred_on,
                until_on=row.until_on,
                fields=row.fields,
            )
            if tie:
                found.setdefault(row.to_key, []).append(tie)
    return found


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
    return and_(
        records.c.kind == tying.record,
        *(
            records.c.fields[key].as_string().in_(values)
            for key, values in tying.where.items()
        ),
    )


def _begun(tying: Tying, day: date) -> ColumnElement[bool]:
    if not tying.begins:
        return records.c.occurred_on <= day
    begins = records.c.fields[tying.begins].as_string()
    return and_(begins != "", begins <= day.isoformat())
