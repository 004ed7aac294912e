"""Every commitment that any wording of any plan ever had."""

from sqlalchemy import Connection, select

from patentwatch.plan.promises import Promises
from patentwatch.store.tables import plans


def promises(connection: Connection) -> Promises:
    """Return the commitments by which records may be claimed, of all plans."""
    ids: dict[str, frozenset[str]] = {}
    years: dict[str, int] = {}
    query = select(plans.c.name, plans.c.year, plans.c.content)
    for name, year, content in connection.execute(query.order_by(plans.c.id)):
        found = (one["id"] for item in content["items"] for one in item["commitments"])
        ids[name] = ids.get(name, frozenset()).union(found)
        years[name] = year
    return Promises(ids, years)
