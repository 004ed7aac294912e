"""The officials of the address book: who gets a digest, and who cannot."""

from dataclasses import dataclass

from sqlalchemy import ColumnElement, Connection, and_, or_, select

from patentwatch.model import Channel
from patentwatch.routing import CITY, COUNTY
from patentwatch.store.tables import contacts

OFFICIALS = (COUNTY, CITY)
"""The roles of those who get digests."""


@dataclass(frozen=True, slots=True)
class Official:
    """A mailbox that digests go to; `county` "" is the whole city."""

    recipient: str
    county: str


def writable(connection: Connection, *, lawful: bool) -> list[Official]:
    """Return every mailbox of an official that may be written to, once per county.

    `lawful`: an address whose owner was not asked may be used.
    """
    query = select(contacts.c.role, contacts.c.recipient, contacts.c.county).where(
        _standing(), usable(lawful=lawful), contacts.c.channel == Channel.EMAIL.value
    )
    found = {
        Official(recipient, county if role == COUNTY else "")
        for role, recipient, county in connection.execute(query)
        if county or role == CITY
    }
    return sorted(found, key=lambda one: (one.county, one.recipient))


def mute(connection: Connection, *, lawful: bool) -> list[str]:
    """Return the units in charge to whose officials no digest can be sent."""
    by_mail = and_(usable(lawful=lawful), contacts.c.channel == Channel.EMAIL.value)
    named = select(contacts.c.party).where(_standing())
    return sorted(
        set(connection.execute(named).scalars())
        - set(connection.execute(named.where(by_mail)).scalars())
    )


def _standing() -> ColumnElement[bool]:
    return and_(contacts.c.role.in_(OFFICIALS), contacts.c.ended_on.is_(None))


def usable(*, lawful: bool) -> ColumnElement[bool]:
    """Return the condition on an address that it may be written to."""
    consent = contacts.c.consent.is_(True)
    return and_(
        contacts.c.flag == "",
        or_(consent, contacts.c.consent.is_(None)) if lawful else consent,
    )
