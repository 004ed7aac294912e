"""What the daemon remembers between two looks: words in a table, by key."""

from sqlalchemy import Connection, delete, select
from sqlalchemy.dialects.postgresql import insert as postgres_insert
from sqlalchemy.dialects.sqlite import insert as sqlite_insert

from patentwatch.store.tables import meta


def recall(connection: Connection, key: str) -> str | None:
    """Return what was remembered under `key`, None if nothing was."""
    return connection.execute(
        select(meta.c.value).where(meta.c.key == key)
    ).scalar_one_or_none()


def remember(connection: Connection, key: str, value: str) -> None:
    """Remember `value` under `key` instead of what was there; the last one wins."""
    row = {"key": key, "value": value}
    fresh = {"value": value}
    if connection.dialect.name == "postgresql":
        on_postgres = postgres_insert(meta).values(row)
        connection.execute(
            on_postgres.on_conflict_do_update(index_elements=["key"], set_=fresh)
        )
    else:
        on_sqlite = sqlite_insert(meta).values(row)
        connection.execute(
            on_sqlite.on_conflict_do_update(index_elements=["key"], set_=fresh)
        )


def forget(connection: Connection, key: str) -> None:
    """Remember nothing under `key`."""
    connection.execute(delete(meta).where(meta.c.key == key))
