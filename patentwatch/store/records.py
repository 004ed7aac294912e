"""Records of every kind as they are stored: found by key, by id, and from every end.

`recordkeeping` stores and withdraws them.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    exists,
    select,
    tuple_,
)

from patentwatch.names import name_key
from patentwatch.plan.records import Link, LinkTo, Value
from patentwatch.store import recordlinks
from patentwatch.store.patents import chunks
from patentwatch.store.recordlinks import Tie
from patentwatch.store.tables import record_changes, record_links, records

ACTIVE = "active"
WITHDRAWN = "withdrawn"

PAGE = 500


@dataclass(frozen=True, slots=True)
class Record:
    """One record as it is stored, with everything it is tied to."""

    id: int
    kind: str
    natural_key: str
    title: str
    county: str | None
    occurred_on: date
    until_on: date | None
    state: str
    fields: Mapping[str, Value]
    ties: tuple[Tie, ...]
    sheet: str
    row: int | None
    run_id: int | None
    recorded_at: datetime
    recorded_by: str

    @property
    def withdrawn(self) -> bool:
        """Whether it was withdrawn: it counts nowhere."""
        return self.state == WITHDRAWN

    @property
    def row_links(self) -> frozenset[Link]:
        """Return the links that its row says."""
        return frozenset(tie.link for tie in self.ties if tie.by_row)


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records: every part that is given must fit; both days inclusive.

    `party` is a name, `commitment` plan/id.
    """

    kinds: Collection[str] | None = None
    county: str | None = None
    from_on: date | None = None
    to_on: date | None = None
    patent: str | None = None
    party: str | None = None
    commitment: str | None = None
    withdrawn: bool = False


def by_keys(
    connection: Connection, keys: Iterable[tuple[str, str]], *, lock: bool = False
) -> dict[tuple[str, str], Record]:
    """Return the stored records with these kinds and natural keys; `lock`: for us."""
    by_kind: dict[str, list[str]] = {}
    for kind, key in keys:
        by_kind.setdefault(kind, []).append(key)
    rows: list[Row[Any]] = []
    for kind, wanted in by_kind.items():
        for chunk in chunks(sorted(wanted)):
            query = select(records).where(
                records.c.kind == kind, records.c.natural_key.in_(chunk)
            )
            ordered = query.order_by(records.c.id)
            rows += connection.execute(ordered.with_for_update() if lock else ordered)
    return {(r.kind, r.natural_key): r for r in _records(connection, rows)}


def one(connection: Connection, id_: int) -> Record | None:
    """Return one record, withdrawn or not; None when there is none."""
    rows = connection.execute(select(records).where(records.c.id == id_)).all()
    return next(iter(_records(connection, rows)), None)


def find(connection: Connection, wanted: Wanted) -> Iterator[Record]:
    """Yield records by day, a page at a time."""
    query = _query(wanted).order_by(records.c.occurred_on, records.c.id).limit(PAGE)
    page = connection.execute(query).all()
    while page:
        yield from _records(connection, page)
        last = page[-1]
        behind = tuple_(records.c.occurred_on, records.c.id) > tuple_(
            last.occurred_on, last.id
        )
        page = connection.execute(query.where(behind)).all()


def any_of(connection: Connection, kind: str) -> bool:
    """Whether there is a standing record of a kind."""
    query = select(records.c.id).where(
        records.c.kind == kind, records.c.state == ACTIVE
    )
    return connection.execute(query.limit(1)).first() is not None


def changes_of(connection: Connection, id_: int) -> list[dict[str, Any]]:
    """Return how a record was before each change, oldest first."""
    query = select(record_changes).where(record_changes.c.record_id == id_)
    return [
        {
            "changed_at": row.changed_at,
            "changed_by": row.changed_by,
            "reason": row.reason,
            "before": row.before,
        }
        for row in connection.execute(query.order_by(record_changes.c.id))
    ]


def _query(wanted: Wanted) -> Select[Any]:
    query = select(records)
    if wanted.kinds is not None:
        query = query.where(records.c.kind.in_(sorted(wanted.kinds)))
    if wanted.county is not None:
        query = query.where(records.c.county == wanted.county)
    if wanted.from_on is not None:
        query = query.where(records.c.occurred_on >= wanted.from_on)
    if wanted.to_on is not None:
        query = query.where(records.c.occurred_on <= wanted.to_on)
    if not wanted.withdrawn:
        query = query.where(records.c.state == ACTIVE)
    party = name_key(wanted.party)[:500] if wanted.party is not None else None
    for to_kind, to_key in (
        (LinkTo.PATENT, wanted.patent),
        (LinkTo.PARTY, party),
        (LinkTo.COMMITMENT, wanted.commitment),
    ):
        if to_key is not None:
            query = query.where(_tied(to_kind, to_key))
    return query


def _tied(to_kind: LinkTo, to_key: str) -> Any:
    return exists().where(
        record_links.c.record_id == records.c.id,
        record_links.c.to_kind == to_kind.value,
        record_links.c.to_key == to_key,
    )


def _records(connection: Connection, rows: Sequence[Row[Any]]) -> Iterator[Record]:
    ties = recordlinks.ties_of(connection, [row.id for row in rows])
    for row in rows:
        yield replace(_bare(row), ties=tuple(ties.get(row.id, ())))


def _bare(row: Row[Any]) -> Record:
    return Record(
        id=row.id,
        kind=row.kind,
        natural_key=row.natural_key,
        title=row.title,
        county=row.county,
        occurred_on=row.occurred_on,
        until_on=row.until_on,
        state=row.state,
        fields=row.fields,
        ties=(),
        sheet=row.sheet,
        row=row.row,
        run_id=row.run_id,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
    )
