"""What linked parties are sent, as it is kept: a list a month, a letter a day, sealed.

Both stand in the table of digests and leave as digests do.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import TypeVar

from sqlalchemy import Connection, Row, select

from patentwatch.digests.packing import pack, unpack
from patentwatch.digests.values import Window
from patentwatch.linkedletters import LinkedLetter
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
LETTER = "linked_day"
_NO_COUNTY = ""

Content = TypeVar("Content", LinkedList, LinkedLetter)


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
    return _keep(
        connection,
        vault,
        found,
        recipient,
        kind=KIND,
        span=(window.start_on, window.end_on),
        made_by=made_by,
        now=now,
    )


def keep_letter(
    connection: Connection,
    vault: Vault,
    found: LinkedLetter,
    recipient: str,
    *,
    made_by: str,
    now: datetime,
) -> int | None:
    """Store a letter; return its number, None when that day's is there already."""
    return _keep(
        connection,
        vault,
        found,
        recipient,
        kind=LETTER,
        span=(found.on, found.on),
        made_by=made_by,
        now=now,
    )


def _keep(
    connection: Connection,
    vault: Vault,
    found: LinkedList | LinkedLetter,
    recipient: str,
    *,
    kind: str,
    span: tuple[date, date],
    made_by: str,
    now: datetime,
) -> int | None:
    start_on, end_on = span
    statement = insert_into(connection, digests).values(
        recipient=recipient,
        county=_NO_COUNTY,
        kind=kind,
        window_start_on=start_on,
        window_end_on=end_on,
        as_of_on=found.on,
        content_sealed=vault.seal(pack(found), _context(recipient, kind, start_on)),
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


def take_turn(connection: Connection, recipient: str) -> None:
    """Let nobody else make a letter for a mailbox until this transaction is over."""
    rows = select(contacts.c.id).where(contacts.c.recipient == recipient)
    connection.execute(rows.order_by(contacts.c.id).with_for_update()).all()


def letters_to(
    connection: Connection, vault: Vault, recipient: str, *, since_on: date
) -> list[LinkedLetter]:
    """Return the letters that were made for a mailbox since a day."""
    query = select(digests).where(
        digests.c.kind == LETTER,
        digests.c.recipient == recipient,
        digests.c.window_start_on >= since_on,
    )
    rows = connection.execute(query.order_by(digests.c.window_start_on))
    return [_opened(LinkedLetter, row, vault) for row in rows]


def unsent_letters(connection: Connection, *, since_on: date) -> dict[int, str]:
    """Return the mailboxes of the letters that were only observed, by number."""
    query = select(digests.c.id, digests.c.recipient).where(
        digests.c.kind == LETTER,
        digests.c.message_id.is_(None),
        digests.c.window_start_on >= since_on,
    )
    rows = connection.execute(query.order_by(digests.c.id))
    return {row.id: row.recipient for row in rows}


def of_message(
    connection: Connection, vault: Vault, message_id: int
) -> tuple[str, str, LinkedList] | None:
    """Return recipient, word of the Message-ID and list that a message carries.

    None when it carries none.
    """
    return _carried(connection, vault, message_id, kind=KIND, wanted=LinkedList)


def letter_of_message(
    connection: Connection, vault: Vault, message_id: int
) -> tuple[str, str, LinkedLetter] | None:
    """Return the same of a message with a letter, None when it carries none."""
    return _carried(connection, vault, message_id, kind=LETTER, wanted=LinkedLetter)


def _carried(
    connection: Connection,
    vault: Vault,
    message_id: int,
    *,
    kind: str,
    wanted: type[Content],
) -> tuple[str, str, Content] | None:
    query = select(digests).where(
        digests.c.message_id == message_id, digests.c.kind == kind
    )
    row = connection.execute(query).one_or_none()
    if row is None:
        return None
    return row.recipient, word_of(row), _opened(wanted, row, vault)


def _opened(
    wanted: type[Content], row: Row[tuple[object, ...]], vault: Vault
) -> Content:
    context = _context(row.recipient, row.kind, row.window_start_on)
    return unpack(wanted, vault.open(row.content_sealed, context))


def _context(recipient: str, kind: str, start_on: date) -> str:
    """Return what a content is sealed for: it opens in no other reader's list."""
    return f"digests.content|{recipient}|{kind}|{start_on}"
