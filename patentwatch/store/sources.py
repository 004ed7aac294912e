"""How the sources of legal status are: when each answered, until when to wait."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import Connection, select

from patentwatch.store.inserting import put
from patentwatch.store.tables import sources

STALE_AFTER = timedelta(days=7)
"""A source that has said nothing for longer is said to be stale; alerts go on."""


@dataclass(frozen=True, slots=True)
class SourceState:
    """One source: `answered_at` None: never. `not_before_at`: left alone until then."""

    name: str
    asked_at: datetime | None
    answered_at: datetime | None
    not_before_at: datetime | None
    detail: str

    def stale(self, now: datetime) -> bool:
        """Whether nothing was heard of the source for more than a week."""
        return self.answered_at is None or now - self.answered_at > STALE_AFTER


def states(connection: Connection) -> list[SourceState]:
    """Return every source that was ever asked or imported, by name."""
    query = select(sources).order_by(sources.c.name)
    return [
        SourceState(
            row.name, row.asked_at, row.answered_at, row.not_before_at, row.detail
        )
        for row in connection.execute(query)
    ]


def note(
    connection: Connection,
    name: str,
    *,
    now: datetime,
    answered: bool,
    not_before_at: datetime | None = None,
    detail: str = "",
) -> None:
    """Remember that a source was asked, and whether it answered.

    The newest answer keeps its day while later ones fail.
    """
    values = {"asked_at": now, "not_before_at": not_before_at, "detail": detail}
    if answered:
        values["answered_at"] = now
    put(connection, sources, {"name": name}, values)
