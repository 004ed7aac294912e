"""Status changes that a linked party hears by themselves, not in its monthly list.

A transfer alone: what is unpaid or lapsed is said by alerts.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from patentwatch import routing
from patentwatch.linkedletters import LinkedNews
from patentwatch.model import Audience
from patentwatch.names import name_key
from patentwatch.status.news import NewsKind
from patentwatch.store import directory, patents, standings
from patentwatch.store.vault import Vault

TOLD_ALONE = frozenset({NewsKind.TRANSFERRED.value})


@dataclass(frozen=True, slots=True)
class DeskNews:
    """What one mailbox is to hear, and the parties whose desk it is."""

    recipient: str
    parties: tuple[str, ...]
    news: tuple[LinkedNews, ...]


def of_days(
    connection: Connection,
    vault: Vault,
    *,
    first_on: date,
    last_on: date,
    lawful_basis: str,
) -> list[DeskNews]:
    """Return what desks hear of what was decided on days, the last one included.

    One query when there is nothing.
    """
    by_party: dict[str, list[LinkedNews]] = defaultdict(list)
    for party, one in _told(connection, first_on=first_on, last_on=last_on):
        by_party[name_key(party)].append(one)
    news: dict[str, set[LinkedNews]] = defaultdict(set)
    parties: dict[str, dict[str, str]] = defaultdict(dict)
    for desk in directory.pledgees_of(connection, vault, by_party):
        mine = [
            one
            for one in by_party[name_key(desk.party)]
            if routing.desks([desk], one.application_no, parties=[desk.party])
        ]
        usable = routing.linked([desk], others=(), lawful_basis=lawful_basis)
        if mine and all(route.usable for route in usable):
            news[desk.recipient].update(mine)
            parties[desk.recipient].setdefault(name_key(desk.party), desk.party)
    return [
        DeskNews(one, tuple(sorted(parties[one].values())), tuple(sorted(news[one])))
        for one in sorted(news)
    ]


def _told(
    connection: Connection, *, first_on: date, last_on: date
) -> Iterator[tuple[str, LinkedNews]]:
    """Yield the party and what it should hear."""
    rows = standings.news_of(
        connection,
        first_on=first_on,
        last_on=last_on,
        audience=Audience.LINKED,
        kinds=TOLD_ALONE,
    )
    titles = patents.many(connection, sorted({row.application_no for row in rows}))
    for row in rows:
        patent = titles.get(row.application_no)
        title = patent.title if patent else ""
        yield (
            row.recipient.partition(":")[2],
            LinkedNews(row.happened_on, row.application_no, row.kind, title, row.text),
        )
