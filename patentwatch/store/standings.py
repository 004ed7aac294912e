"""What a look folds out of a patent's past: its spells in force, and news of it."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select

from patentwatch.model import Audience
from patentwatch.status.news import News
from patentwatch.store.inserting import insert_once
from patentwatch.store.patents import chunks
from patentwatch.store.tables import news, spells

BY_LAW, AS_KNOWN = "by_law", "as_known"
"""The two views of the past: as it is seen today, and as it was seen on the day."""


@dataclass(frozen=True, slots=True)
class SpellRow:
    """One time in force in one county; `until_on` exclusive, None: no end is known."""

    view: str
    from_on: date
    until_on: date | None
    county: str | None
    began_by: str
    ended_by: str


def replace_spells(
    connection: Connection, found: Mapping[str, Sequence[SpellRow]]
) -> None:
    """Write the spells of patents; those that are there already are left alone."""
    known = spells_of(connection, found)
    changed = [n for n, rows in found.items() if set(rows) != set(known.get(n, ()))]
    for chunk in chunks(number for number in changed if number in known):
        connection.execute(delete(spells).where(spells.c.application_no.in_(chunk)))
    rows = [
        {"application_no": number, **_columns(row)}
        for number in changed
        for row in found[number]
    ]
    if rows:
        connection.execute(insert(spells), rows)


def spells_of(
    connection: Connection, numbers: Iterable[str]
) -> dict[str, list[SpellRow]]:
    """Return the spells of patents in both views, in no order."""
    found: dict[str, list[SpellRow]] = {}
    for chunk in chunks(numbers):
        query = select(spells).where(spells.c.application_no.in_(chunk))
        for row in connection.execute(query):
            found.setdefault(row.application_no, []).append(SpellRow(*row[1:]))
    return found


def _columns(row: SpellRow) -> dict[str, Any]:
    return {
        "view": row.view,
        "from_on": row.from_on,
        "until_on": row.until_on,
        "county": row.county,
        "began_by": row.began_by,
        "ended_by": row.ended_by,
    }


def add_news(
    connection: Connection, found: Mapping[str, Sequence[News]], *, on: date
) -> None:
    """Add what readers are to be told and were not told before."""
    rows = [
        {
            "application_no": number,
            "kind": one.kind.value,
            "fact_key": one.fact_key[:200],
            "audience": one.audience.value,
            "recipient": one.recipient[:200],
            "happened_on": one.happened_on,
            "text": one.text,
            "decided_on": on,
        }
        for number, some in found.items()
        for one in some
    ]
    insert_once(connection, news, rows)


def news_of(
    connection: Connection,
    *,
    first_on: date,
    last_on: date,
    audience: Audience,
    kinds: Collection[str],
) -> Sequence[Row[Any]]:
    """Return the news of these kinds that days brought to light, oldest first."""
    query = select(news).where(
        news.c.decided_on.between(first_on, last_on),
        news.c.audience == audience.value,
        news.c.kind.in_(kinds),
    )
    return connection.execute(query.order_by(news.c.id)).all()


def news_since(connection: Connection, since_on: date) -> list[dict[str, Any]]:
    """Return the news decided since a day, newest first, as the command shows them."""
    query = (
        select(news)
        .where(news.c.decided_on >= since_on)
        .order_by(news.c.happened_on.desc(), news.c.id)
    )
    return [
        {
            "application_no": row.application_no,
            "kind": row.kind,
            "happened_on": row.happened_on,
            "audience": row.audience,
            "recipient": row.recipient,
            "text": row.text,
            "decided_on": row.decided_on,
        }
        for row in connection.execute(query)
    ]
