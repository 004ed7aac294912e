"""Keeping records by their natural key: created, changed with a memory, withdrawn.

None is ever deleted. The patents that a record names are looked at again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, update

from patentwatch.plan.records import Link, LinkTo, NewRecord
from patentwatch.store import recordlinks
from patentwatch.store.inserting import insert_into
from patentwatch.store.patents import look_again
from patentwatch.store.records import ACTIVE, WITHDRAWN, Record, by_keys, one
from patentwatch.store.tables import record_changes, records


@dataclass(frozen=True, slots=True)
class Saved:
    """What became of one record: created, changed or unchanged.

    `before` is how it was, None for a new one. A withdrawn one stays as it is.
    """

    word: str
    id: int
    before: Record | None = None


def save_all(
    connection: Connection,
    found: Sequence[NewRecord],
    *,
    now: datetime,
    by: str = "",
    run_id: int | None = None,
) -> list[Saved]:
    """Store records, no two with the same key; return what became of each.

    What a row says of its links replaces what it said before; links by hand stay. The
    patents they name, before and after, are looked at again.
    """
    by_key = {(one.kind, one.natural_key): one for one in found}
    known = by_keys(connection, by_key, lock=True)
    new = [one for key, one in by_key.items() if key not in known]
    created = _insert(connection, new, now=now, by=by, run_id=run_id)
    # Somebody else may have stored the same record since it was looked for.
    late = by_keys(connection, [k for k in by_key if k not in known | created])
    known |= late
    done = {key: Saved("created", id_) for key, id_ in created.items()}
    for key, old in known.items():
        done[key] = _renew(connection, old, by_key[key], now=now, by=by, run_id=run_id)
    recordlinks.add_by_row(
        connection, [(id_, by_key[key].links) for key, id_ in created.items()]
    )
    look_again(connection, _spoken_of(by_key, done))
    return [done[one.kind, one.natural_key] for one in found]


def withdraw(
    connection: Connection, id_: int, *, by: str, reason: str, now: datetime
) -> bool:
    """Withdraw a record for good, with its reason; return whether it stood until now.

    Its patents are looked at again. It is kept, with all its links.
    """
    old = one(connection, id_)
    if old is None or old.withdrawn:
        return False
    _remember(connection, old, now=now, by=by, reason=reason)
    connection.execute(
        update(records).where(records.c.id == id_).values(state=WITHDRAWN)
    )
    look_again(connection, _patents(tie.link for tie in old.ties))
    return True


def _insert(
    connection: Connection,
    found: Sequence[NewRecord],
    *,
    now: datetime,
    by: str,
    run_id: int | None,
) -> dict[tuple[str, str], int]:
    if not found:
        return {}
    statement = insert_into(connection, records).on_conflict_do_nothing()
    rows = connection.execute(
        statement.returning(records.c.id, records.c.kind, records.c.natural_key),
        [
            {
                "kind": one.kind,
                "natural_key": one.natural_key,
                "state": ACTIVE,
                **_columns(one, now=now, by=by, run_id=run_id),
            }
            for one in found
        ],
    )
    return {(row.kind, row.natural_key): row.id for row in rows}


def _columns(
    found: NewRecord, *, now: datetime, by: str, run_id: int | None
) -> dict[str, Any]:
    return {
        "title": found.title,
        "county": found.county,
        "occurred_on": found.occurred_on,
        "until_on": found.until_on,
        "fields": dict(found.fields),
        "run_id": run_id,
        "sheet": found.sheet,
        "row": found.row,
        "recorded_at": now,
        "recorded_by": by,
    }


def _renew(
    connection: Connection,
    old: Record,
    new: NewRecord,
    *,
    now: datetime,
    by: str,
    run_id: int | None,
) -> Saved:
    if old.withdrawn or _same(old, new):
        return Saved("unchanged", old.id, old)
    _remember(connection, old, now=now, by=by, reason="")
    connection.execute(
        update(records)
        .where(records.c.id == old.id)
        .values(_columns(new, now=now, by=by, run_id=run_id))
    )
    recordlinks.replace_by_row(connection, old.id, old.ties, new.links)
    return Saved("changed", old.id, old)


def _same(old: Record, new: NewRecord) -> bool:
    alike = ("title", "county", "occurred_on", "until_on", "fields")
    return old.row_links == frozenset(new.links) and all(
        getattr(old, name) == getattr(new, name) for name in alike
    )


def _remember(
    connection: Connection, old: Record, *, now: datetime, by: str, reason: str
) -> None:
    before = {
        "title": old.title,
        "county": old.county,
        "occurred_on": old.occurred_on.isoformat(),
        "until_on": old.until_on.isoformat() if old.until_on else None,
        "state": old.state,
        "fields": dict(old.fields),
        "links": [
            [tie.link.link, tie.link.to_kind, tie.link.to_key, tie.link.label]
            for tie in old.ties
        ],
        "run": old.run_id,
        "sheet": old.sheet,
        "row": old.row,
        "recorded_by": old.recorded_by,
    }
    connection.execute(
        insert(record_changes).values(
            record_id=old.id,
            before=before,
            changed_at=now,
            changed_by=by,
            reason=reason,
        )
    )


def _spoken_of(
    new: Mapping[tuple[str, str], NewRecord], done: Mapping[tuple[str, str], Saved]
) -> list[str]:
    """Return the patents of what was created or changed, before and after."""
    links: list[Link] = []
    for key, saved in done.items():
        if saved.word != "unchanged":
            links += new[key].links
            links += [tie.link for tie in saved.before.ties] if saved.before else []
    return _patents(links)


def _patents(links: Iterable[Link]) -> list[str]:
    return sorted({link.to_key for link in links if link.to_kind is LinkTo.PATENT})
