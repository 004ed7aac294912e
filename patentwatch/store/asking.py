"""Whom to ask a remote source about, and when: the queue in the database."""

from collections.abc import Mapping
from datetime import date, datetime

from sqlalchemy import ColumnElement, Connection, and_, func, select

from patentwatch.refresh import Stake
from patentwatch.store.inserting import insert_once, put
from patentwatch.store.tables import asks, patents


def unenrolled(connection: Connection, source: str, *, limit: int) -> list[str]:
    """Return patents of the register that are not in the queue of a source yet."""
    query = (
        select(patents.c.application_no)
        .outerjoin(asks, _of(source))
        .where(asks.c.application_no.is_(None))
        .order_by(patents.c.application_no)
        .limit(limit)
    )
    return list(connection.execute(query).scalars())


def how_many_unenrolled(connection: Connection, source: str) -> int:
    """Return how many patents of the register are not in the queue of a source yet."""
    query = (
        select(func.count())
        .select_from(patents)
        .outerjoin(asks, _of(source))
        .where(asks.c.application_no.is_(None))
    )
    return connection.execute(query).scalar_one()


def enrol(
    connection: Connection, source: str, stakes: Mapping[str, Stake], *, on: date
) -> None:
    """Put patents into the queue, due at once; those there already stay as they are."""
    rows = [
        {
            "source": source,
            "application_no": number,
            "stake": stake.value,
            "next_ask_on": on,
        }
        for number, stake in stakes.items()
    ]
    insert_once(connection, asks, rows)


def due(
    connection: Connection, source: str, *, on: date, limit: int
) -> list[tuple[str, str | None]]:
    """Return number and grant publication number of whom to ask about, in order.

    What is most at stake goes first, and of that what has waited longest.
    """
    query = (
        select(patents.c.application_no, patents.c.grant_publication_no)
        .join(asks, _of(source))
        .where(asks.c.next_ask_on <= on)
        .order_by(asks.c.stake, asks.c.next_ask_on, asks.c.application_no)
        .limit(limit)
    )
    return [(number, grant) for number, grant in connection.execute(query)]


def due_by_stake(connection: Connection, source: str, *, on: date) -> dict[Stake, int]:
    """Return how many are due by what is at stake."""
    query = (
        select(asks.c.stake, func.count())
        .where(asks.c.source == source, asks.c.next_ask_on <= on)
        .group_by(asks.c.stake)
    )
    return {Stake(stake): count for stake, count in connection.execute(query)}


def note(
    connection: Connection,
    source: str,
    number: str,
    *,
    stake: Stake,
    outcome: str,
    answered: bool,
    next_ask_on: date,
    now: datetime,
) -> None:
    """Remember what came of asking about a patent, and when to ask again."""
    values = {
        "stake": stake.value,
        "outcome": outcome,
        "asked_at": now,
        "next_ask_on": next_ask_on,
    }
    if answered:
        values["answered_at"] = now
    put(connection, asks, {"source": source, "application_no": number}, values)


def _of(source: str) -> ColumnElement[bool]:
    return and_(
        asks.c.application_no == patents.c.application_no, asks.c.source == source
    )
