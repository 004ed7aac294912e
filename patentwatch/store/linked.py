"""Lists of linked parties as they are kept: one a mailbox and month, sealed.

They stand in the table of digests and leave as digests do.
"""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, select

from patentwatch.digests.packing import pack, unpack
from patentwatch.digests.values import Window
from patentwatch.linkedlists import LinkedList, Scope
from patentwatch.model import Channel
from patentwatch.names import name_key
from patentwatch.routing import PLEDGEE
from patentwatch.store.digests import word_of
from patentwatch.store.inserting import insert_into
from patentwatch.store.officials import usable
from patentwatch.store.tables import contacts, digests
from patentwatch.store.vault import Vault

KIND = "linked_month"
_NO_COUNTY = ""


@dataclass(frozen=True, slots=True)
class Desk:
    """A mailbox of linked parties, and what its readers may read of."""

    recipient: str
    scopes: tuple[Scope, ...]


def desks(connection: Connection, *, lawful: bool) -> list[Desk]:
    """Return every mailbox of a pledgee that may be written to.

    `lawful`: an address whose owner was not asked may be used.
    """
    query = select(
        contacts.c.recipient, contacts.c.party, contacts.c.application_no
    ).where(
        contacts.c.role == PLEDGEE,
        contacts.c.channel == Channel.EMAIL.value,
        contacts.c.ended_on.is_(None),
        usable(lawful=lawful),
    )
    found: dict[str, dict[tuple[str, str], Scope]] = {}
    for recipient, party, number in connection.execute(query.order_by(contacts.c.id)):
        scope = Scope(party, number)
        found.setdefault(recipient, {}).setdefault((name_key(party), number), scope)
    return [Desk(one, tuple(sorted(found[one].values()))) for one in sorted(found)]


def of_window(connection: Connection, window: Window) -> dict[str, int | None]:
    """Return the messages of the lists there are of a month; None: only observed."""
    query = select(digests.c.recipient, digests.c.message_id).where(
        digests.c.kind == KIND, digests.c.window_start_on == window.start_on
    )
    return {row.recipient: row.message_id for row in connection.execute(query)}


def keep(
    connection: Connection,
    vault: Vault,
    found: LinkedList,
    recipient: str,
    *,
    window: Window,
    made_by: str,
    now: datetime,
) -> int | None:
    """Store a list; return its number, None when that month's is there already."""
    context = _context(recipient, window.start_on)
    statement = insert_into(connection, digests).values(
        recipient=recipient,
        county=_NO_COUNTY,
        kind=KIND,
        window_start_on=window.start_on,
        window_end_on=window.end_on,
        as_of_on=found.on,
        content_sealed=vault.seal(pack(found), context),
        made_at=now,
        made_by=made_by,
    )
    once = statement.on_conflict_do_nothing().returning(digests.c.id)
    return connection.execute(once).scalar_one_or_none()


def number_of(connection: Connection, recipient: str, window: Window) -> int:
    """Return the number of a list that is known to be there."""
    query = select(digests.c.id).where(
        digests.c.kind == KIND,
        digests.c.recipient == recipient,
        digests.c.window_start_on == window.start_on,
    )
    number: int = connection.execute(query).scalar_one()
    return number


def of_message(
    connection: Connection, vault: Vault, message_id: int
) -> tuple[str, str, LinkedList] | None:
    """Return recipient, word of the Message-ID and list that a message carries.

    None when it carries none.
    """
    query = select(digests).where(
        digests.c.message_id == message_id, digests.c.kind == KIND
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    context = _context(row.recipient, row.window_start_on)
    found = unpack(LinkedList, vault.open(row.content_sealed, context))
    return row.recipient, word_of(row), found


def _context(recipient: str, month_on: date) -> str:
    """Return what a content is sealed for: it opens in no other reader's list."""
    return f"digests.content|{recipient}|{KIND}|{month_on}"
