"""What a run said, taken back: columns, holders, facts and listings as before."""

from datetime import date
from typing import Any

from sqlalchemy import Connection, bindparam, delete, func, select, update

from patentwatch.model import State
from patentwatch.store.holders import replace_holders
from patentwatch.store.patents import chunks, patent_of
from patentwatch.store.tables import (
    alerts,
    events,
    facts,
    listings,
    news,
    patents,
    run_changes,
    spells,
)
from patentwatch.store.taking import settle_missing


def restore(connection: Connection, run_id: int) -> int:
    """Take back what a run said; return how many patents it had spoken of.

    The caller has made sure that nothing was built on it. Columns, holders, facts and
    listings are as before; the patents are looked at again. What waits to be said about
    a patent that is no more is never said.
    """
    mine = run_changes.c.run_id == run_id
    spoken_of = select(run_changes.c.application_no).where(mine)
    count = connection.execute(
        select(func.count()).select_from(run_changes).where(mine)
    ).scalar_one()
    connection.execute(delete(facts).where(facts.c.run_id == run_id))
    connection.execute(delete(events).where(events.c.run_id == run_id))
    connection.execute(delete(listings).where(listings.c.run_id == run_id))
    created = spoken_of.where(run_changes.c.before.is_(None))
    connection.execute(
        update(alerts)
        .where(
            alerts.c.application_no.in_(created), alerts.c.state == State.PENDING.value
        )
        .values(state=State.CANCELLED.value)
    )
    for table in (spells, news, patents):
        connection.execute(delete(table).where(table.c.application_no.in_(created)))
    _restore_columns(connection, run_id)
    connection.execute(
        update(patents)
        .where(patents.c.application_no.in_(spoken_of))
        .values(next_look_on=None)
    )
    connection.execute(settle_missing())
    connection.execute(delete(run_changes).where(mine))
    return int(count)


def _restore_columns(connection: Connection, run_id: int) -> None:
    changes = connection.execute(
        select(run_changes.c.application_no, run_changes.c.before).where(
            run_changes.c.run_id == run_id, run_changes.c.before.is_not(None)
        )
    ).all()
    by_columns: dict[tuple[str, ...], list[dict[str, Any]]] = {}
    for change in changes:
        values = {f"old_{n}": _from_json(n, v) for n, v in change.before.items()}
        rows = by_columns.setdefault(tuple(sorted(change.before)), [])
        rows.append(values | {"number": change.application_no})
    for columns, rows in by_columns.items():
        if columns:
            connection.execute(
                update(patents)
                .where(patents.c.application_no == bindparam("number"))
                .values({name: bindparam(f"old_{name}") for name in columns}),
                rows,
            )
    rewritten = [c.application_no for c in changes if "patentees" in c.before]
    for chunk in chunks(rewritten):
        found = connection.execute(
            select(patents).where(patents.c.application_no.in_(chunk))
        )
        replace_holders(connection, [patent_of(row) for row in found])


def _from_json(name: str, value: Any) -> Any:
    if value is not None and name.endswith("_on"):
        return date.fromisoformat(value)
    return value
