"""By whom else a patent is found: by the owners that notices named since its list.

A list replaces the names that an older one gave, but not what a notice says.
"""

from collections.abc import Iterable

from sqlalchemy import Connection, select

from patentwatch.status import owners
from patentwatch.status.events import Event
from patentwatch.store.events import of
from patentwatch.store.patents import add_holders, chunks
from patentwatch.store.tables import events


def find_by(connection: Connection, reported: Iterable[Event]) -> None:
    """Let the contacts of a new owner find the patent before a list names him."""
    found: dict[str, set[str]] = {}
    for event in reported:
        for change in owners.changes([event]):
            found.setdefault(event.application_no, set()).update(change.owners)
    add_holders(connection, found)


def find_again(connection: Connection, numbers: Iterable[str]) -> None:
    """Do so for patents whose names were just written anew from a list."""
    for chunk in chunks(numbers):
        query = select(events.c.application_no).where(
            events.c.application_no.in_(chunk), events.c.reason.in_(owners.REASONS)
        )
        moved = sorted(set(connection.execute(query).scalars()))
        known = of(connection, moved)
        find_by(connection, (event for some in known.values() for event in some))
