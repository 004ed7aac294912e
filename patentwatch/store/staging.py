"""A list on its way into the register: staged, compared as a set, taken or refused.

Rows stream into a temporary table; the database finds duplicates, changes and what
has vanished. Nothing of the register is held in memory.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

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
    and_,
    bindparam,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    select,
    true,
    update,
)
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from patentwatch.model import FactKind
from patentwatch.store.patents import ATTRIBUTES, CHUNK, patent_of, replace_holders
from patentwatch.store.tables import facts, patents, run_changes

_private = MetaData()
staged = Table(
    "staged",
    _private,
    Column("seq", Integer, primary_key=True),
    Column("sheet", Text, nullable=False),
    Column("row", Integer, nullable=False),
    Column("application_no", String(16), nullable=False, index=True),
    *(Column(name, patents.c[name].type) for name in ATTRIBUTES),
    Column("fingerprint", String(32), nullable=False),
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


def begin(connection: Connection) -> None:
    """Make the temporary table, empty."""
    _private.create_all(connection)
    connection.execute(delete(staged))


def add(connection: Connection, rows: Sequence[dict[str, Any]]) -> None:
    """Stage rows: the columns of `patents.row_of` with `seq`, `sheet` and `row`."""
    if rows:
        connection.execute(insert(staged), rows)


def repeated(connection: Connection) -> Iterator[list[Row[Any]]]:
    """Yield the rows of each number that a list holds more than once."""
    twice = (
        select(staged.c.application_no)
        .group_by(staged.c.application_no)
        .having(func.count() > 1)
        .order_by(staged.c.application_no)
    )
    for number in list(connection.execute(twice).scalars()):
        query = select(staged).where(staged.c.application_no == number)
        yield list(connection.execute(query.order_by(staged.c.seq)).all())


def drop(connection: Connection, sequence_numbers: Sequence[int]) -> None:
    """Take rows out of the staging again."""
    if sequence_numbers:
        connection.execute(
            delete(staged).where(staged.c.seq == bindparam("one")),
            [{"one": number} for number in sequence_numbers],
        )


def counties(connection: Connection) -> frozenset[str]:
    """Return the counties that appear in the staged list."""
    query = select(staged.c.county).distinct().where(staged.c.county.is_not(None))
    return frozenset(connection.execute(query).scalars())


def counts(connection: Connection, scope: Scope) -> Counts:
    """Return how many rows are new, differ, or are as they were.

    A list older than the newest one that has a patent changes none of its columns.
    """
    total = _count(connection, select(func.count()).select_from(staged))
    known = _count(connection, select(func.count()).select_from(_matched()))
    changed = _count(
        connection,
        select(func.count()).select_from(_matched()).where(_differs(scope)),
    )
    return Counts(total - known, changed, known - changed)


def shifted_filing_dates(connection: Connection, scope: Scope) -> tuple[int, int]:
    """Return how many filing dates a list shifts, and of how many known patents."""
    moved = select(func.count()).select_from(_matched())
    known = _count(connection, moved)
    differs = staged.c.filing_on != patents.c.filing_on
    return _count(connection, moved.where(_differs(scope), differs)), known


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
        gone = before.where(_absent())
        found[county] = (_count(connection, gone), _count(connection, before))
    return found


def changed_pairs(
    connection: Connection, scope: Scope
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    """Yield (old, new) columns of every patent the list changes, by number."""
    after = ""
    while True:
        numbers = list(
            connection.execute(
                select(patents.c.application_no)
                .select_from(_matched())
                .where(_differs(scope), patents.c.application_no > after)
                .order_by(patents.c.application_no)
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


def vanished_numbers(connection: Connection, scope: Scope) -> list[str]:
    """Return the patents that a complete list lacks for the first time."""
    if not scope.counties:
        return []
    query = select(patents.c.application_no).where(_gone(scope))
    return list(connection.execute(query.order_by(patents.c.application_no)).scalars())


def take(connection: Connection, scope: Scope, run_id: int) -> None:
    """Write the staged list into the register, remembering what it changed."""
    _remember_created(connection, run_id)
    written = _written_numbers(connection, scope)
    _upsert(connection, scope)
    _mark_vanished(connection, scope, run_id)
    connection.execute(
        update(patents)
        .where(
            exists().where(staged.c.application_no == patents.c.application_no),
            patents.c.listed_on <= scope.as_of_on,
        )
        .values(listed_on=scope.as_of_on, missing_since_on=None)
    )
    for start in range(0, len(written), CHUNK):
        some = written[start : start + CHUNK]
        rows = connection.execute(
            select(patents).where(patents.c.application_no.in_(some))
        )
        replace_holders(connection, [patent_of(row) for row in rows])


def pages(connection: Connection) -> Iterator[list[Row[Any]]]:
    """Yield the staged rows in the order of the list, some at a time."""
    after = -1
    while True:
        query = (
            select(staged)
            .where(staged.c.seq > after)
            .order_by(staged.c.seq)
            .limit(10 * CHUNK)
        )
        rows = list(connection.execute(query).all())
        if not rows:
            return
        yield rows
        after = rows[-1].seq


def look_again(connection: Connection) -> None:
    """Have every patent of the staged list looked at again."""
    connection.execute(
        update(patents)
        .where(exists().where(staged.c.application_no == patents.c.application_no))
        .values(next_look_on=None)
    )


def end(connection: Connection) -> None:
    """Drop the temporary table."""
    _private.drop_all(connection)


def restore(connection: Connection, run_id: int) -> int:
    """Take back what a run changed; return how many patents that is.

    The caller has made sure that nothing was built on it.
    """
    changes = connection.execute(
        select(run_changes).where(run_changes.c.run_id == run_id)
    ).all()
    connection.execute(delete(facts).where(facts.c.run_id == run_id))
    for change in changes:
        row = patents.c.application_no == change.application_no
        if change.before is None:
            connection.execute(delete(patents).where(row))
            continue
        values = {
            name: _from_json(name, value) for name, value in change.before.items()
        }
        connection.execute(update(patents).where(row).values(**values))
        found = connection.execute(select(patents).where(row)).one()
        replace_holders(connection, [patent_of(found)])
    _recount_listed_on(connection)
    connection.execute(delete(run_changes).where(run_changes.c.run_id == run_id))
    return len(changes)


def remember_before(
    connection: Connection, run_id: int, old: Sequence[dict[str, Any]]
) -> None:
    """Keep the columns of patents as they were before this run."""
    if old:
        connection.execute(
            insert(run_changes),
            [
                {
                    "run_id": run_id,
                    "application_no": row["application_no"],
                    "before": {
                        name: _to_json(value)
                        for name, value in row.items()
                        if name != "application_no"
                    },
                }
                for row in old
            ],
        )


def _matched() -> Any:
    return staged.join(patents, staged.c.application_no == patents.c.application_no)


def _differs(scope: Scope) -> ColumnElement[bool]:
    return and_(
        staged.c.fingerprint != patents.c.fingerprint,
        patents.c.listed_on <= scope.as_of_on,
    )


def _absent() -> ColumnElement[bool]:
    return ~exists().where(staged.c.application_no == patents.c.application_no)


def _gone(scope: Scope) -> ColumnElement[bool]:
    return and_(
        patents.c.county.in_(sorted(scope.counties)),
        patents.c.missing_since_on.is_(None),
        patents.c.listed_on <= scope.as_of_on,
        _absent(),
    )


def _count(connection: Connection, query: Select[int]) -> int:
    return connection.execute(query).scalar_one()


def _rows(
    connection: Connection, table: Table, numbers: Sequence[str]
) -> dict[str, dict[str, Any]]:
    query = select(table).where(table.c.application_no.in_(numbers))
    return {
        row["application_no"]: dict(row) for row in connection.execute(query).mappings()
    }


def _remember_created(connection: Connection, run_id: int) -> None:
    new = select(literal(run_id), staged.c.application_no, null()).where(
        ~exists().where(patents.c.application_no == staged.c.application_no)
    )
    connection.execute(
        insert(run_changes).from_select(["run_id", "application_no", "before"], new)
    )


def _written_numbers(connection: Connection, scope: Scope) -> list[str]:
    created = select(staged.c.application_no).where(
        ~exists().where(patents.c.application_no == staged.c.application_no)
    )
    changed = (
        select(patents.c.application_no).select_from(_matched()).where(_differs(scope))
    )
    return [
        *connection.execute(created).scalars(),
        *connection.execute(changed).scalars(),
    ]


def _upsert(connection: Connection, scope: Scope) -> None:
    names = ["application_no", *ATTRIBUTES, "fingerprint"]
    rows = select(
        *(staged.c[name] for name in names),
        literal(scope.as_of_on, patents.c.listed_on.type),
    ).where(true())
    dialect_insert = (
        postgres_insert if connection.dialect.name == "postgresql" else sqlite_insert
    )
    statement = dialect_insert(patents).from_select([*names, "listed_on"], rows)
    new = statement.excluded
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[patents.c.application_no],
            set_={name: new[name] for name in names[1:]} | {"next_look_on": None},
            where=and_(
                patents.c.fingerprint != new.fingerprint,
                patents.c.listed_on <= scope.as_of_on,
            ),
        )
    )


def _mark_vanished(connection: Connection, scope: Scope, run_id: int) -> None:
    numbers = vanished_numbers(connection, scope)
    for start in range(0, len(numbers), CHUNK):
        some = numbers[start : start + CHUNK]
        old = connection.execute(
            select(patents.c.application_no, patents.c.missing_since_on).where(
                patents.c.application_no.in_(some)
            )
        ).mappings()
        remember_before(connection, run_id, [dict(row) for row in old])
        connection.execute(
            update(patents)
            .where(patents.c.application_no.in_(some))
            .values(missing_since_on=scope.as_of_on)
        )


def _recount_listed_on(connection: Connection) -> None:
    newest = (
        select(func.max(facts.c.dated_on))
        .where(
            facts.c.application_no == patents.c.application_no,
            facts.c.kind == FactKind.LISTED.value,
        )
        .scalar_subquery()
    )
    connection.execute(
        update(patents).values(listed_on=func.coalesce(newest, patents.c.listed_on))
    )


def _to_json(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _from_json(name: str, value: Any) -> Any:
    if value is not None and name.endswith("_on"):
        return date.fromisoformat(value)
    return value
