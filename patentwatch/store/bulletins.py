"""Bulletins as they were first made: a month that is over has one, and keeps it."""

import json
from datetime import date, datetime

from sqlalchemy import Connection, func, select

from patentwatch.digests import packing
from patentwatch.plan.bulletinvalues import Bulletin
from patentwatch.plan.values import Plan
from patentwatch.store.inserting import insert_once
from patentwatch.store.tables import bulletins, records


def find(connection: Connection, plan_name: str, month_on: date) -> Bulletin | None:
    """Return the bulletin of a month as it was made, None when it never was."""
    query = select(bulletins.c.content).where(
        bulletins.c.plan == plan_name, bulletins.c.month_on == month_on
    )
    content = connection.execute(query).scalar()
    if content is None:
        return None
    return packing.unpack(Bulletin, json.dumps(content, ensure_ascii=False))


def keep(connection: Connection, made: Bulletin, *, now: datetime) -> Bulletin:
    """Keep a bulletin; return the one that is kept, which another may have made first.

    Raises `ValueError` for a draft.
    """
    if made.draft:
        raise ValueError("a draft is not kept")
    row = {
        "plan": made.plan,
        "month_on": made.month_on,
        "content": json.loads(packing.pack(made)),
        "made_at": now,
        "made_by": made.made_by,
    }
    insert_once(connection, bulletins, [row])
    kept = find(connection, made.plan, made.month_on)
    assert kept is not None  # noqa: S101 - it was written above, or before
    return kept


def records_by_county(
    connection: Connection, plan: Plan, *, on: date
) -> dict[str, int]:
    """Return how many records each county has of the plan's year until a day.

    What was withdrawn does not count, nor what belongs to the city as a whole.
    """
    query = (
        select(records.c.county, func.count().label("total"))
        .where(
            records.c.county.is_not(None),
            records.c.state == "active",
            records.c.occurred_on >= plan.starts_on,
            records.c.occurred_on <= on,
        )
        .group_by(records.c.county)
    )
    return {row.county: row.total for row in connection.execute(query)}
