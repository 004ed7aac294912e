"""What a command about records names: a record, a way to be tied, and its words."""

from typing import TYPE_CHECKING

from patentwatch.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from patentwatch.store.records import Record


def record_named(connection: "Connection", id_: int) -> "Record":
    """Return a record by its id; else a usage error."""
    from patentwatch.store import records

    found = records.one(connection, id_)
    if found is None:
        raise UsageError(f"没有编号为 {id_} 的记录；record list 可查编号")
    return found


def standing_record(connection: "Connection", id_: int) -> "Record":
    """Return a record that was not withdrawn; else a usage error."""
    found = record_named(connection, id_)
    if found.withdrawn:
        raise UsageError(f"记录 {id_} 已撤回，不能再改；请另行登记")
    return found


def label_of(kind: str) -> str:
    """Return the Chinese label of a kind, its key where the kind is no more."""
    from patentwatch.plan.kinds import kinds

    found = kinds().get(kind)
    return found.label if found else kind
