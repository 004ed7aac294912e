"""What records are tied to, both ways: by their rows, and by people's hands."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, delete, insert, select, update

from patentwatch.plan.records import Link, LinkTo
from patentwatch.store.inserting import insert_into, insert_once
from patentwatch.store.patents import chunks, look_again
from patentwatch.store.tables import evidence, record_links, records


@dataclass(frozen=True, slots=True)
class Tie:
    """A link of a record and who says it: its row, a person by hand, or both."""

    link: Link
    by_row: bool
    by_hand: bool


@dataclass(frozen=True, slots=True)
class Proof:
    """A file that proves something; its content is not kept here."""

    name: str
    size: int
    sha256: str
    added_at: datetime
    added_by: str


def ties_of(
    connection: Connection, ids: Iterable[int], *, to_kind: LinkTo | None = None
) -> dict[int, list[Tie]]:
    """Return the links of records by their id, in a stable order."""
    found: dict[int, list[Tie]] = {}
    for chunk in chunks(sorted(set(ids))):
        query = select(record_links).where(record_links.c.record_id.in_(chunk))
        if to_kind is not None:
            query = query.where(record_links.c.to_kind == to_kind.value)
        ordered = query.order_by(record_links.c.record_id, record_links.c.id)
        for row in connection.execute(ordered):
            found.setdefault(row.record_id, []).append(_tie(row))
    return found


def pointing_at(
    connection: Connection, to_kind: LinkTo, to_key: str
) -> list[tuple[str, int, str, str]]:
    """Return link, id, kind and title of the standing records tied to something."""
    query = (
        select(record_links.c.link, records.c.id, records.c.kind, records.c.title)
        .join(records, records.c.id == record_links.c.record_id)
        .where(
            record_links.c.to_kind == to_kind.value,
            record_links.c.to_key == to_key,
            records.c.state == "active",
        )
        .order_by(records.c.occurred_on, records.c.id, record_links.c.link)
    )
    return [
        (row.link, row.id, row.kind, row.title) for row in connection.execute(query)
    ]


def add_by_row(
    connection: Connection, found: Iterable[tuple[int, Sequence[Link]]]
) -> None:
    """Store what the rows of new records say of their links."""
    rows = [
        _values(id_, link) | {"by_row": True, "by_hand": False}
        for id_, links in found
        for link in links
    ]
    if rows:
        connection.execute(insert(record_links), rows)


def replace_by_row(
    connection: Connection, id_: int, before: Sequence[Tie], links: Sequence[Link]
) -> None:
    """Let a row say other links than before; what was tied by hand stays."""
    for tie in before:
        if tie.by_row and tie.link not in links:
            _unsay(connection, id_, tie, by_row=True)
    for link in links:
        statement = insert_into(connection, record_links).values(
            **_values(id_, link), by_row=True, by_hand=False
        )
        connection.execute(
            statement.on_conflict_do_update(
                index_elements=["record_id", "link", "to_kind", "to_key"],
                set_={"by_row": True, "label": link.label},
            )
        )


def tie_by_hand(connection: Connection, id_: int, link: Link) -> bool:
    """Tie a record by hand; return whether nobody had tied it so by hand before."""
    known = _find(connection, id_, link)
    if known is not None and known.by_hand:
        return False
    if known is None:
        values = _values(id_, link) | {"by_row": False, "by_hand": True}
        insert_once(connection, record_links, [values])
    else:
        connection.execute(
            update(record_links).where(_is(id_, link)).values(by_hand=True)
        )
    _look_again(connection, link)
    return True


def untie_by_hand(connection: Connection, id_: int, link: Link) -> Tie | None:
    """Take back what was tied by hand; return the link as it was, None without one.

    What the row itself says stays: only another row takes it back.
    """
    known = _find(connection, id_, link)
    if known is not None and known.by_hand:
        _unsay(connection, id_, known, by_row=False)
        _look_again(connection, link)
    return known


def prove(connection: Connection, id_: int, found: Proof) -> bool:
    """Store that a file proves a record; False when it was known already."""
    known = select(evidence.c.id).where(
        evidence.c.record_id == id_, evidence.c.sha256 == found.sha256
    )
    if connection.execute(known).first() is not None:
        return False
    connection.execute(
        insert(evidence).values(
            record_id=id_,
            name=found.name,
            size=found.size,
            sha256=found.sha256,
            added_at=found.added_at,
            added_by=found.added_by,
        )
    )
    return True


def proofs_of(connection: Connection, ids: Iterable[int]) -> dict[int, list[Proof]]:
    """Return the files that prove records, by the record's id."""
    found: dict[int, list[Proof]] = {}
    for chunk in chunks(sorted(set(ids))):
        query = select(evidence).where(evidence.c.record_id.in_(chunk))
        for row in connection.execute(query.order_by(evidence.c.id)):
            proof = Proof(row.name, row.size, row.sha256, row.added_at, row.added_by)
            found.setdefault(row.record_id, []).append(proof)
    return found


def _find(connection: Connection, id_: int, link: Link) -> Tie | None:
    query = select(record_links).where(_is(id_, link))
    row = connection.execute(query).one_or_none()
    return _tie(row) if row is not None else None


def _unsay(connection: Connection, id_: int, tie: Tie, *, by_row: bool) -> None:
    """Take back one of the two who say a link; the link itself when none is left."""
    here = _is(id_, tie.link)
    if tie.by_row and tie.by_hand:
        column = "by_row" if by_row else "by_hand"
        connection.execute(update(record_links).where(here).values({column: False}))
    else:
        connection.execute(delete(record_links).where(here))


def _is(id_: int, link: Link) -> Any:
    return and_(
        record_links.c.record_id == id_,
        record_links.c.link == link.link,
        record_links.c.to_kind == link.to_kind.value,
        record_links.c.to_key == link.to_key,
    )


def _values(id_: int, link: Link) -> dict[str, Any]:
    return {
        "record_id": id_,
        "link": link.link,
        "to_kind": link.to_kind.value,
        "to_key": link.to_key,
        "label": link.label,
    }


def _tie(row: Row[Any]) -> Tie:
    link = Link(row.link, LinkTo(row.to_kind), row.to_key, row.label)
    return Tie(link, row.by_row, row.by_hand)


def _look_again(connection: Connection, link: Link) -> None:
    if link.to_kind is LinkTo.PATENT:
        look_again(connection, [link.to_key])
