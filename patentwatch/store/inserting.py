"""Inserting by key on either database: once, or in place of what was there."""

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table
from sqlalchemy.dialects import postgresql, sqlite

Insert = postgresql.Insert | sqlite.Insert
"""An insert that may say what to do when the key is there already."""


def insert_into(connection: Connection, table: Table) -> Insert:
    """Return the insert of the database at hand."""
    if connection.dialect.name == "postgresql":
        return postgresql.insert(table)
    return sqlite.insert(table)


def insert_once(
    connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]
) -> None:
    """Insert rows; those whose key is there already stay as they are."""
    if rows:
        statement = insert_into(connection, table).on_conflict_do_nothing()
        connection.execute(statement, list(rows))


def put(
    connection: Connection,
    table: Table,
    key: Mapping[str, Any],
    values: Mapping[str, Any],
) -> None:
    """Insert the row of a key, or write `values` over it."""
    statement = insert_into(connection, table).values(**key, **values)
    connection.execute(
        statement.on_conflict_do_update(
            index_elements=[table.c[name] for name in key], set_=dict(values)
        )
    )
