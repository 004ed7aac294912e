"""How far a backfill has come: one row for each file that was taken."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, insert, select

from patentwatch.store.tables import checkpoints


def account_of(
    connection: Connection, backfill: str, file_key: str
) -> dict[str, Any] | None:
    """Return what became of a file in this backfill, None when it was not taken yet."""
    query = select(checkpoints.c.account).where(
        checkpoints.c.backfill == backfill, checkpoints.c.file_key == file_key
    )
    found: dict[str, Any] | None = connection.execute(query).scalar()
    return found


def done(
    connection: Connection, backfill: str, file_key: str, account: Mapping[str, Any]
) -> None:
    """Remember in the file's own transaction that it was taken."""
    connection.execute(
        insert(checkpoints).values(
            backfill=backfill, file_key=file_key, account=dict(account)
        )
    )
