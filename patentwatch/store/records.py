"""Records of every kind: kept by their natural key, found, withdrawn, never deleted."""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    Select,
    exists,
    insert,
    select,
    tuple_,
    update,
)

from patentwatch.names import name_key
from patentwatch.plan.records import Link, LinkTo, NewRecord, Value
from patentwatch.store import recordlinks
from patentwatch.store.inserting import insert_into
from patentwatch.store.patents import chunks, look_again
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
class Saved:
    """What became of one record: created, changed or unchanged.

    `before` is how it was, None for a new one. A withdrawn one stays as it is.
    """

    word: str
    id: int
    before: Record | None = None


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records: every part that is given must fit; both days inclusive.

    `party` is a name, `commitment` plan/id. `title`: part of it.
    """

    kinds: Collection[str] | None = None
    county: str | None = None
    from_on: date | None = None
    to_on: date | None = None
    patent: str | None = None
    party: str | None = None
    commitment: str | None = None
    withdrawn: bool = False


def save(
    connection: Connection,
    found: NewRecord,
    *,
    now: datetime,
    by: str = "",
    run_id: int | None = None,
) -> Saved:
    """Store one record by its natural key; see `save_all`."""
    return save_all(connection, [found], now=now, by=by, run_id=run_id)[0]


def save_all(
    connection: Connection,
    found: Sequence[NewRecord],
    *,
    now: datetime,
    by: str = "",
    run_id: int | None = None,
) -> list[Saved]:
    """Store records, no two with the same key; return what became of each.

    What a row says of its links replaces what it said before; links by hand stay. The
    patents they name, before and after, are looked at again.
    """
    by_key = {(one.kind, one.natural_key): one for one in found}
    known = _known(connection, by_key, lock=True)
    new = [one for key, one in by_key.items() if key not in known]
    created = _insert(connection, new, now=now, by=by, run_id=run_id)
    # Somebody else may have stored the same record since it was looked for.
    late = _known(connection, [k for k in by_key if k not in known | created])
    known |= late
    done = {key: Saved("created", id_) for key, id_ in created.items()}
    for key, old in known.items():
        done[key] = _renew(connection, old, by_key[key], now=now, by=by, run_id=run_id)
    recordlinks.add_by_row(
        connection, [(id_, by_key[key].links) for key, id_ in created.items()]
    )
    look_again(connection, _spoken_of(by_key, done))
    return [done[one.kind, one.natural_key] for one in found]


def known(
    connection: Connection, found: Iterable[NewRecord]
) -> dict[tuple[str, str], Record]:
    """Return the stored records with the same kind and natural key."""
    return _known(connection, [(one.kind, one.natural_key) for one in found])


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


def withdraw(
    connection: Connection, id_: int, *, by: str, reason: str, now: datetime
) -> bool:
    """Withdraw a record for good, with its reason; return whether it stood until now.

    Its patents are looked at again. It is kept, with all its links.
    """
    old = one(connection, id_)
    if old is None or old.withdrawn:
        return False
    _remember(connection, old, now=now, by=by, reason=reason)
    connection.execute(
        update(records).where(records.c.id == id_).values(state=WITHDRAWN)
    )
    look_again(connection, _patents(tie.link for tie in old.ties))
    return True


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


def _known(
    connection: Connection, keys: Iterable[tuple[str, str]], *, lock: bool = False
) -> dict[tuple[str, str], Record]:
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


def _insert(
    connection: Connection,
    found: Sequence[NewRecord],
    *,
    now: datetime,
    by: str,
    run_id: int | None,
) -> dict[tuple[str, str], int]:
    if not found:
        return {}
    statement = insert_into(connection, records).on_conflict_do_nothing()
    rows = connection.execute(
        statement.returning(records.c.id, records.c.kind, records.c.natural_key),
        [
            {
                "kind": one.kind,
                "natural_key": one.natural_key,
                "state": ACTIVE,
                **_columns(one, now=now, by=by, run_id=run_id),
            }
            for one in found
        ],
    )
    return {(row.kind, row.natural_key): row.id for row in rows}


def _columns(
    found: NewRecord, *, now: datetime, by: str, run_id: int | None
) -> dict[str, Any]:
    return {
        "title": found.title,
        "county": found.county,
        "occurred_on": found.occurred_on,
        "until_on": found.until_on,
        "fields": dict(found.fields),
        "run_id": run_id,
        "sheet": found.sheet,
        "row": found.row,
        "recorded_at": now,
        "recorded_by": by,
    }


def _renew(
    connection: Connection,
    old: Record,
    new: NewRecord,
    *,
    now: datetime,
    by: str,
    run_id: int | None,
) -> Saved:
    if old.withdrawn or _same(old, new):
        return Saved("unchanged", old.id, old)
    _remember(connection, old, now=now, by=by, reason="")
    connection.execute(
        update(records)
        .where(records.c.id == old.id)
        .values(_columns(new, now=now, by=by, run_id=run_id))
    )
    recordlinks.replace_by_row(connection, old.id, old.ties, new.links)
    return Saved("changed", old.id, old)


def _same(old: Record, new: NewRecord) -> bool:
    alike = ("title", "county", "occurred_on", "until_on", "fields")
    return old.row_links == frozenset(new.links) and all(
        getattr(old, name) == getattr(new, name) for name in alike
    )


def _remember(
    connection: Connection, old: Record, *, now: datetime, by: str, reason: str
) -> None:
    before = {
        "title": old.title,
        "county": old.county,
        "occurred_on": old.occurred_on.isoformat(),
        "until_on": old.until_on.isoformat() if old.until_on else None,
        "state": old.state,
        "fields": dict(old.fields),
        "links": [
            [tie.link.link, tie.link.to_kind, tie.link.to_key, tie.link.label]
            for tie in old.ties
        ],
        "run": old.run_id,
        "sheet": old.sheet,
        "row": old.row,
        "recorded_by": old.recorded_by,
    }
    connection.execute(
        insert(record_changes).values(
            record_id=old.id,
            before=before,
            changed_at=now,
            changed_by=by,
            reason=reason,
        )
    )


def _spoken_of(
    new: Mapping[tuple[str, str], NewRecord], done: Mapping[tuple[str, str], Saved]
) -> list[str]:
    """Return the patents of what was created or changed, before and after."""
    links: list[Link] = []
    for key, saved in done.items():
        if saved.word != "unchanged":
            links += new[key].links
            links += [tie.link for tie in saved.before.ties] if saved.before else []
    return _patents(links)


def _patents(links: Iterable[Link]) -> list[str]:
    return sorted({link.to_key for link in links if link.to_kind is LinkTo.PATENT})


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
