"""By whom a patent is found: the names of its owners and agency, their credit codes."""

from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache

from sqlalchemy import Connection, delete, insert, select

from patentwatch.model import Patent
from patentwatch.names import name_key
from patentwatch.store.inserting import insert_once
from patentwatch.store.patents import chunks, registered
from patentwatch.store.tables import holders


def held_by(
    connection: Connection, *, name_keys: Iterable[str], codes: Iterable[str] = ()
) -> set[str]:
    """Return the patents of these parties, and those served by an agency so named."""
    keys = sorted({*name_keys, *(code for code in codes if code)} - {""})
    numbers: set[str] = set()
    for chunk in chunks(keys):
        numbers |= set(
            connection.execute(
                select(holders.c.application_no).where(holders.c.name_key.in_(chunk))
            ).scalars()
        )
    return numbers


def replace_holders(connection: Connection, found: Sequence[Patent]) -> None:
    """Write by which keys these patents are found: names, credit codes, agency."""
    for chunk in chunks([patent.application_no for patent in found]):
        connection.execute(delete(holders).where(holders.c.application_no.in_(chunk)))
    rows = [
        {"application_no": patent.application_no, "name_key": key}
        for patent in found
        for key in sorted(holder_keys(patent))
    ]
    if rows:
        connection.execute(insert(holders), rows)


def add_holders(connection: Connection, found: Mapping[str, Iterable[str]]) -> None:
    """Let patents be found by further names: those of owners a notice has named."""
    rows = [
        {"application_no": number, "name_key": key}
        for number, names in found.items()
        for key in sorted({_key(name) for name in names} - {""})
    ]
    known = registered(connection, found) if rows else set()
    rows = [row for row in rows if row["application_no"] in known]
    insert_once(connection, holders, rows)


def holder_keys(patent: Patent) -> set[str]:
    """Return the keys under which a patent's people are looked up."""
    names = {_key(name) for name in (*patent.patentees, patent.agency)}
    return (names | set(patent.credit_codes)) - {""}


@lru_cache(maxsize=65_536)
def _key(name: str) -> str:
    return name_key(name)[:500]
