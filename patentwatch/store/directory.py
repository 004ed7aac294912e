"""The address book read: whom a patent's alerts may reach, opened for the sender."""

from collections.abc import Iterable, Sequence
from typing import Any

from sqlalchemy import Connection, Row, or_, select

from patentwatch.model import Channel, Contact, Patent, PatentNumber, RecipientId
from patentwatch.names import name_key
from patentwatch.store import damage
from patentwatch.store.holders import holder_keys
from patentwatch.store.patents import chunks
from patentwatch.store.tables import contacts
from patentwatch.store.vault import Vault

ADDRESS, PERSON = "contacts.address", "contacts.person"
"""What a sealed value was sealed for; it opens nowhere else."""


def contacts_of(
    connection: Connection, vault: Vault, found: Sequence[Patent]
) -> dict[str, list[Contact]]:
    """Return, for each patent, the contacts of its owners and of its agency.

    A unit is matched by its credit code where the contact gives one, else by its exact
    normalised name; a contact limited to one patent is matched by that alone.
    """
    return {
        number: [contact_of(row, vault) for row in rows]
        for number, rows in rows_of(connection, found).items()
    }


def rows_of(
    connection: Connection, found: Sequence[Patent]
) -> dict[str, list[Row[Any]]]:
    """Return the rows of `contacts_of`, sealed."""
    wanted: dict[str, set[str]] = {
        patent.application_no: holder_keys(patent) for patent in found
    }
    keys = sorted(set().union(*wanted.values())) if wanted else []
    by_key: dict[str, list[Row[Any]]] = {}
    for chunk in chunks(keys):
        query = select(contacts).where(
            contacts.c.application_no == "",
            contacts.c.ended_on.is_(None),
            or_(contacts.c.name_key.in_(chunk), contacts.c.credit_code.in_(chunk)),
        )
        for row in connection.execute(query):
            by_key.setdefault(row.name_key, []).append(row)
            if row.credit_code:
                by_key.setdefault(row.credit_code, []).append(row)
    by_patent: dict[str, list[Row[Any]]] = {}
    for chunk in chunks(wanted):
        query = select(contacts).where(
            contacts.c.application_no.in_(chunk), contacts.c.ended_on.is_(None)
        )
        for row in connection.execute(query):
            by_patent.setdefault(row.application_no, []).append(row)
    return {
        patent.application_no: _matching(
            patent, by_key, by_patent.get(patent.application_no, [])
        )
        for patent in found
    }


def _matching(
    patent: Patent, by_key: dict[str, list[Row[Any]]], own: list[Row[Any]]
) -> list[Row[Any]]:
    owner_names = {name_key(name)[:500] for name in patent.patentees}
    agency = name_key(patent.agency)[:500]
    rows = {row.id: row for row in own}
    for key in sorted(holder_keys(patent)):
        for row in by_key.get(key, []):
            if _fits(row, patent, owner_names, agency):
                rows[row.id] = row
    return [rows[number] for number in sorted(rows)]


def _fits(row: Row[Any], patent: Patent, owner_names: set[str], agency: str) -> bool:
    if row.role == "agent":
        return bool(row.name_key == agency)
    if row.role != "patentee":
        return False
    if row.credit_code and patent.credit_codes:
        return row.credit_code in patent.credit_codes
    return row.name_key in owner_names


def pledgees_of(
    connection: Connection, vault: Vault, parties: Iterable[str]
) -> list[Contact]:
    """Return the desks of pledgees so named, those of one patent alone included."""
    rows: list[Row[Any]] = []
    for chunk in chunks(sorted({name_key(party)[:500] for party in parties})):
        query = select(contacts).where(
            contacts.c.role == "pledgee",
            contacts.c.name_key.in_(chunk),
            contacts.c.ended_on.is_(None),
        )
        rows += connection.execute(query.order_by(contacts.c.id)).all()
    return [contact_of(row, vault) for row in rows]


def contact_of(row: Row[Any], vault: Vault) -> Contact:
    """Return the contact that a row holds, opened; raises `RowDamaged`."""
    channel, address = Channel(row.channel), vault.open(row.address_sealed, ADDRESS)
    damage.check(
        "contacts",
        row.id,
        written=f"{row.recipient} {row.name_key}",
        found=f"{vault.recipient_id(channel, address)} {name_key(row.party)[:500]}",
    )
    return Contact(
        recipient=RecipientId(row.recipient),
        channel=channel,
        address=address,
        role=row.role,
        party=row.party,
        person=vault.open(row.person_sealed, PERSON),
        application_no=PatentNumber(row.application_no) if row.application_no else None,
        county=row.county or None,
        consent=row.consent,
        standing=frozenset(row.standing.split()),
        flag=row.flag,
    )


def by_recipients(
    connection: Connection, vault: Vault, recipients: Iterable[str]
) -> dict[str, Contact]:
    """Return one contact for each recipient, to know whom to address and where."""
    found: dict[str, Contact] = {}
    for chunk in chunks(recipients):
        query = (
            select(contacts)
            .where(contacts.c.recipient.in_(chunk))
            .order_by(contacts.c.id)
        )
        for row in connection.execute(query):
            found.setdefault(row.recipient, contact_of(row, vault))
    return found
