"""Dated facts: added once by their natural key, never changed."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, select, true

from patentwatch.model import Fact, FactKind, FactSource
from patentwatch.store import damage
from patentwatch.store.inserting import insert_into
from patentwatch.store.patents import chunks, look_again
from patentwatch.store.tables import facts


def natural_key(fact: Fact) -> str:
    """Return what makes two facts the same one, whichever file brought them."""
    parts = (
        fact.kind.value,
        fact.source.value,
        fact.dated_on.isoformat(),
        fact.fee_year,
        fact.amount_yuan,
        fact.paid_through,
        fact.delivery,
        fact.ref[:60],
        *([fact.county] if fact.county else ()),
    )
    return "|".join("" if part is None else str(part) for part in parts)


def row_of(
    number: str, fact: Fact, *, run_id: int | None, by: str, now: datetime
) -> dict[str, Any]:
    """Return the row of a fact."""
    return {
        "application_no": number,
        "natural_key": natural_key(fact),
        "kind": fact.kind.value,
        "source": fact.source.value,
        "dated_on": fact.dated_on,
        "fee_year": fact.fee_year,
        "amount_yuan": fact.amount_yuan,
        "paid_through": fact.paid_through,
        "county": fact.county,
        "delivery": fact.delivery,
        "ref": fact.ref,
        "note": fact.note,
        "run_id": run_id,
        "recorded_by": by,
        "recorded_at": now,
    }


def add(
    connection: Connection,
    found: Sequence[tuple[str, Fact]],
    *,
    now: datetime,
    run_id: int | None = None,
    by: str = "",
) -> int:
    """Add facts that are not known yet and have their patents looked at again.

    Returns how many were new. A fact about a number that no register has is kept.
    """
    if not found:
        return 0
    rows = [
        row_of(number, fact, run_id=run_id, by=by, now=now) for number, fact in found
    ]
    added = _insert_unknown(connection, rows)
    if added:
        look_again(connection, {number for number, _ in found})
    return added


def unknown(
    connection: Connection, found: Sequence[tuple[str, Fact]]
) -> set[tuple[str, str]]:
    """Return the number and natural key of those facts that are not stored yet."""
    wanted = {(number, natural_key(fact)) for number, fact in found}
    for chunk in chunks(sorted({number for number, _ in found})):
        query = select(facts.c.application_no, facts.c.natural_key).where(
            facts.c.application_no.in_(chunk)
        )
        wanted -= set(map(tuple, connection.execute(query)))
    return wanted


def insert_new(
    connection: Connection, names: Sequence[str], found: Select[Any]
) -> None:
    """Insert what a query finds unless its natural key is there already."""
    # SQLite needs a WHERE to tell this ON CONFLICT from that of a join.
    new = insert_into(connection, facts).from_select(names, found.where(true()))
    connection.execute(new.on_conflict_do_nothing())


def _insert_unknown(connection: Connection, rows: Sequence[dict[str, Any]]) -> int:
    """Insert rows whose natural key is not there yet; return how many those were."""
    insert = insert_into(connection, facts)
    # Counted by what comes back: psycopg knows no row count here.
    unknown = insert.on_conflict_do_nothing().returning(facts.c.id)
    return len(connection.execute(unknown, rows).all())


def of(
    connection: Connection, numbers: Iterable[str], *, kind: FactKind | None = None
) -> dict[str, list[Fact]]:
    """Return all facts about these patents, or those of one kind, oldest first.

    Raises `RowDamaged` for one that nobody wrote so.
    """
    found: dict[str, list[Fact]] = {}
    for chunk in chunks(numbers):
        query = (
            select(facts)
            .where(facts.c.application_no.in_(chunk))
            .order_by(facts.c.dated_on, facts.c.id)
        )
        if kind is not None:
            query = query.where(facts.c.kind == kind.value)
        for row in connection.execute(query):
            fact = fact_of(row)
            damage.check(
                "facts", row.id, written=row.natural_key, found=natural_key(fact)
            )
            found.setdefault(row.application_no, []).append(fact)
    return found


def fact_of(row: Row[Any]) -> Fact:
    """Return the fact that a row holds."""
    return Fact(
        kind=FactKind(row.kind),
        source=FactSource(row.source),
        dated_on=row.dated_on,
        fee_year=row.fee_year,
        amount_yuan=row.amount_yuan,
        paid_through=row.paid_through,
        county=row.county,
        delivery=row.delivery,
        ref=row.ref,
        note=row.note,
    )
