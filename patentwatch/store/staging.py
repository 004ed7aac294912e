"""A list on its way into the register: staged, its repeats found, compared as a set.

Rows stream into temporary tables; the database finds duplicates, changes and what has
vanished. Nothing of the register or of the list is held in memory. `taking` writes.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import IntEnum
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Integer,
    MetaData,
    Row,
    Select,
    String,
    Table,
    Text,
    bindparam,
    case,
    delete,
    exists,
    func,
    insert,
    select,
    update,
)

from patentwatch.model import Fact, FactKind, Patent
from patentwatch.store.facts import natural_key
from patentwatch.store.holders import holder_keys
from patentwatch.store.patents import (
    ATTRIBUTES,
    CHUNK,
    fingerprint,
    values_of,
)
from patentwatch.store.tables import facts, patents


class Fate(IntEnum):
    """What a list means for one of its patents; OLDER: a newer list has spoken."""

    CREATED = 0
    CHANGED = 1
    UNCHANGED = 2
    OLDER = 3


_CACHE_KIB, _USUAL_CACHE_KIB = 32 * 1024, 2000
"""SQLite's page cache while a list is taken: the indexes are filled at random."""

FACT_COLUMNS = (
    "natural_key",
    "kind",
    "source",
    "dated_on",
    "fee_year",
    "paid_through",
    "county",
    "note",
)
"""What a list's row may say in a fact; the other columns are for other sources."""

_private = MetaData()
staged = Table(
    "staged",
    _private,
    Column("seq", Integer, primary_key=True),
    Column("sheet", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("application_no", String(16), nullable=False),
    *(Column(name, patents.c[name].type) for name in ATTRIBUTES),
    Column("fingerprint", String(32), nullable=False),
    Column("listed_by", String(40)),  # the row says no more than: listed on that day
    Column("fate", Integer, nullable=False),
    prefixes=["TEMPORARY"],
)
staged_holders = Table(
    "staged_holders",
    _private,
    Column("seq", Integer, nullable=False),
    Column("name_key", String(500), nullable=False),
    prefixes=["TEMPORARY"],
)
staged_facts = Table(
    "staged_facts",
    _private,
    Column("seq", Integer, nullable=False),
    *(Column(name, facts.c[name].type) for name in FACT_COLUMNS),
    prefixes=["TEMPORARY"],
)


@dataclass(frozen=True, slots=True)
class Scope:
    """For what a list speaks: its day, and the counties it is complete for.

    `counties` empty: a partial list, nothing can vanish.
    """

    as_of_on: date
    counties: frozenset[str]


@dataclass(frozen=True, slots=True)
class Counts:
    """How a staged list differs from the register."""

    created: int
    changed: int
    unchanged: int


class StagedRow(NamedTuple):
    """One accepted row: where it stands, its patent, and what it says as facts."""

    seq: int
    sheet: str
    row: int
    patent: Patent
    facts: tuple[Fact, ...]


def begin(connection: Connection) -> None:
    """Make the temporary tables, empty."""
    if connection.dialect.name == "sqlite":
        for schema in ("main", "temp"):
            connection.exec_driver_sql(f"PRAGMA {schema}.cache_size = -{_CACHE_KIB}")
    _private.create_all(connection)


def add(connection: Connection, rows: Sequence[StagedRow], *, as_of_on: date) -> None:
    """Stage rows of a list that was valid on `as_of_on`."""
    if not rows:
        return
    _insert(connection, staged, [_values(one, as_of_on) for one in rows])
    keys = [(one.seq, key) for one in rows for key in holder_keys(one.patent)]
    _insert(connection, staged_holders, keys)
    said = [
        _fact_columns(one.seq, fact)
        for one in rows
        if _listed_by(one.facts, as_of_on) is None
        for fact in one.facts
    ]
    if said:
        connection.execute(insert(staged_facts), said)


def index(connection: Connection) -> None:
    """Make the staged rows searchable, once they are all there."""
    connection.exec_driver_sql(
        "CREATE INDEX ix_staged_application_no ON staged (application_no)"
    )


def repeated(connection: Connection) -> Iterator[list[Row[Any]]]:
    """Yield the rows of each number that a list holds more than once."""
    twice = (
        select(staged.c.application_no)
        .group_by(staged.c.application_no)
        .having(func.count() > 1)
    )
    query = (
        select(staged)
        .where(staged.c.application_no.in_(twice))
        .order_by(staged.c.application_no, staged.c.seq)
    )
    found = connection.execute(query)
    for _, rows in groupby(found, key=lambda row: row.application_no):
        yield list(rows)


def drop(connection: Connection, sequence_numbers: Iterable[int]) -> None:
    """Take rows out of the staging again."""
    gone = [{"one": number} for number in sequence_numbers]
    if gone:
        connection.execute(delete(staged).where(staged.c.seq == bindparam("one")), gone)


def counties(connection: Connection) -> frozenset[str]:
    """Return the counties that appear in the staged list."""
    query = select(staged.c.county).distinct().where(staged.c.county.is_not(None))
    return frozenset(connection.execute(query).scalars())


def classify(connection: Connection, scope: Scope) -> Counts:
    """Settle the fate of every staged row and count them.

    A list older than the newest one that has a patent changes none of its columns.
    """
    connection.execute(
        update(staged)
        .where(staged.c.application_no == patents.c.application_no)
        .values(
            fate=case(
                (patents.c.listed_on > scope.as_of_on, Fate.OLDER.value),
                (
                    staged.c.fingerprint == patents.c.fingerprint,
                    Fate.UNCHANGED.value,
                ),
                else_=Fate.CHANGED.value,
            )
        )
    )
    query = select(staged.c.fate, func.count().label("number")).group_by(staged.c.fate)
    found = {row.fate: row.number for row in connection.execute(query)}
    return Counts(
        created=found.get(Fate.CREATED, 0),
        changed=found.get(Fate.CHANGED, 0),
        unchanged=found.get(Fate.UNCHANGED, 0) + found.get(Fate.OLDER, 0),
    )


def shifted_filing_dates(connection: Connection) -> tuple[int, int]:
    """Return how many filing dates a list shifts, and of how many known patents."""
    known = select(func.count()).where(staged.c.fate != Fate.CREATED.value)
    moved = (
        select(func.count())
        .select_from(_matched())
        .where(
            staged.c.fate == Fate.CHANGED.value,
            staged.c.filing_on != patents.c.filing_on,
        )
    )
    return _count(connection, moved), _count(connection, known)


def vanished(connection: Connection, scope: Scope) -> dict[str, tuple[int, int]]:
    """Return (vanished, listed before) for each county the list is complete for."""
    found = {}
    for county in sorted(scope.counties):
        before = (
            select(func.count())
            .select_from(patents)
            .where(
                patents.c.county == county,
                patents.c.missing_since_on.is_(None),
                patents.c.listed_on <= scope.as_of_on,
            )
        )
        gone = before.where(absent())
        found[county] = (_count(connection, gone), _count(connection, before))
    return found


def changed_pairs(
    connection: Connection,
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield (old, new) columns of every patent the list changes, by number."""
    after = ""
    while True:
        numbers = list(
            connection.execute(
                select(staged.c.application_no)
                .where(
                    staged.c.fate == Fate.CHANGED.value,
                    staged.c.application_no > after,
                )
                .order_by(staged.c.application_no)
                .limit(CHUNK)
            ).scalars()
        )
        if not numbers:
            return
        old = _rows(connection, patents, numbers)
        new = _rows(connection, staged, numbers)
        for number in numbers:
            yield old[number], new[number]
        after = numbers[-1]


def end(connection: Connection) -> None:
    """Drop the temporary tables."""
    _private.drop_all(connection)
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(f"PRAGMA main.cache_size = -{_USUAL_CACHE_KIB}")


def absent() -> ColumnElement[bool]:
    """Return the condition that a patent is not on the staged list."""
    return ~exists().where(staged.c.application_no == patents.c.application_no)


def _matched() -> Any:
    return staged.join(patents, staged.c.application_no == patents.c.application_no)


def _insert(
    connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]
) -> None:
    """Insert tuples in the order of the columns; four times as fast as by name."""
    if rows:
        mark = "?" if connection.dialect.name == "sqlite" else "%s"
        places = ", ".join([mark] * len(rows[0]))
        statement = f"INSERT INTO {table.name} VALUES ({places})"  # noqa: S608 - ours
        connection.exec_driver_sql(statement, rows)


def _values(one: StagedRow, as_of_on: date) -> tuple[Any, ...]:
    values = values_of(one.patent)
    return (
        one.seq,
        one.sheet,
        one.row,
        one.patent.application_no,
        *values,
        fingerprint(values),
        _listed_by(one.facts, as_of_on),
        Fate.CREATED.value,
    )


def _listed_by(said: tuple[Fact, ...], as_of_on: date) -> str | None:
    """Return the source of a row that says no more than that it is on the list."""
    if len(said) == 1 and said[0].kind is FactKind.LISTED:
        (fact,) = said
        return fact.source.value if fact.dated_on == as_of_on else None
    return None


def _fact_columns(seq: int, fact: Fact) -> dict[str, Any]:
    return {
        "seq": seq,
        "natural_key": natural_key(fact),
        "kind": fact.kind.value,
        "source": fact.source.value,
        "dated_on": fact.dated_on,
        "fee_year": fact.fee_year,
        "paid_through": fact.paid_through,
        "county": fact.county,
        "note": fact.note,
    }


def _count(connection: Connection, query: Select[int]) -> int:
    return connection.execute(query).scalar_one()


def _rows(
    connection: Connection, table: Table, numbers: Sequence[str]
) -> dict[str, dict[str, Any]]:
    query = select(table).where(table.c.application_no.in_(numbers))
    return {
        row["application_no"]: dict(row) for row in connection.execute(query).mappings()
    }
