"""Status changes that a linked party hears by themselves, not in its monthly list.

A transfer alone: what is unpaid or lapsed is said by alerts. Whoever sends them keys a
letter by desk and day of decision, so that each leaves once.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from itertools import groupby

from sqlalchemy import Connection

from patentwatch import routing
from patentwatch.model import Audience, Contact
from patentwatch.names import name_key
from patentwatch.status.news import NewsKind
from patentwatch.store import directory, patents, standings
from patentwatch.store.vault import Vault

TOLD_ALONE = frozenset({NewsKind.TRANSFERRED.value})


@dataclass(frozen=True, slots=True)
class LinkedNews:
    """One change of one patent that somebody else's rights hang on."""

    application_no: str
    title: str
    happened_on: date
    text: str


@dataclass(frozen=True, slots=True)
class DeskNews:
    """What one desk is to hear of the changes that one day brought to light."""

    desk: Contact
    decided_on: date
    news: tuple[LinkedNews, ...]


def of_day(
    connection: Connection, vault: Vault, decided_on: date, *, lawful_basis: str
) -> list[DeskNews]:
    """Return what desks hear of what was decided on a day; the same whenever asked."""
    found = sorted(_told(connection, decided_on), key=lambda pair: pair[0])
    parties = {
        party: [news for _, news in some]
        for party, some in groupby(found, key=lambda pair: pair[0])
    }
    by_desk: dict[str, DeskNews] = {}
    for desk in directory.pledgees_of(connection, vault, parties):
        news = [
            one
            for party, some in parties.items()
            for one in some
            if routing.desks([desk], one.application_no, parties=[party])
        ]
        usable = routing.linked([desk], others=(), lawful_basis=lawful_basis)
        if news and all(route.usable for route in usable):
            known = by_desk.get(desk.recipient)
            both = {*news, *(known.news if known else ())}
            by_desk[desk.recipient] = DeskNews(
                desk, decided_on, tuple(sorted(both, key=_order))
            )
    return [by_desk[recipient] for recipient in sorted(by_desk)]


def _told(connection: Connection, decided_on: date) -> Iterator[tuple[str, LinkedNews]]:
    """Yield the party and what it should hear."""
    rows = [
        row
        for row in standings.news_of(connection, decided_on)
        if row.audience == Audience.LINKED.value and row.kind in TOLD_ALONE
    ]
    titles = patents.many(connection, sorted({row.application_no for row in rows}))
    for row in rows:
        patent = titles.get(row.application_no)
        party = row.recipient.partition(":")[2]
        yield (
            name_key(party),
            LinkedNews(
                row.application_no,
                patent.title if patent else "",
                row.happened_on,
                row.text,
            ),
        )


def _order(news: LinkedNews) -> tuple[date, str]:
    return news.happened_on, news.application_no
