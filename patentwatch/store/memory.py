"""What the daemon remembers between two looks: words in a table, by key."""

from sqlalchemy import Connection, delete, select

from patentwatch.store.inserting import put
from patentwatch.store.tables import meta


def recall(connection: Connection, key: str) -> str | None:
    """Return what was remembered under `key`, None if nothing was."""
    return connection.execute(
        select(meta.c.value).where(meta.c.key == key)
    ).scalar_one_or_none()


def remember(connection: Connection, key: str, value: str) -> None:
    """Remember `value` under `key` instead of what was there; the last one wins."""
    put(connection, meta, {"key": key}, {"value": value})


def forget(connection: Connection, key: str) -> bool:
    """Remember nothing under `key`; False when that was so already."""
    return connection.execute(delete(meta).where(meta.c.key == key)).rowcount > 0
