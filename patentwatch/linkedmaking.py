"""Making the lists of linked parties when their month is over, and reading them back.

As with digests the key of the table is the guarantee that each is there once.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine

from patentwatch import __version__, clock, linkedmail
from patentwatch.digestmaking import due_window
from patentwatch.digests.values import Kind, Window
from patentwatch.errors import PatentwatchError
from patentwatch.linkedlists import LinkedList, linked_list
from patentwatch.model import Channel, Contact, Office
from patentwatch.requested import dossiers
from patentwatch.routing import PLEDGEE
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.store import counting, digests, directory, linked
from patentwatch.store.engine import reading, transaction
from patentwatch.store.linked import Desk
from patentwatch.store.vault import Vault

log = logging.getLogger(__name__)


def make_due(
    engine: Engine, vault: Vault, rules: Rules, settings: Settings, *, now: datetime
) -> int:
    """Make every list whose month is over and that is not there; return how many.

    On the day and at the hour of the monthly digests. While observing, lists are kept
    and not sent; once live, the newest leaves. Costs two short queries when there is
    nothing to do.
    """
    window = due_window(settings, Kind.MONTH, now=now)
    lawful = bool(settings.office.lawful_basis)
    with reading(engine) as connection:
        known = linked.of_window(connection, window)
        readers = linked.desks(connection, lawful=lawful)
        missing = [one for one in readers if one.recipient not in known]
        lists = drawn(connection, vault, rules, settings, missing, window, now=now)
    made = _make(engine, vault, rules, lists, window, now=now)
    unsent = [
        one
        for one in readers
        if known.get(one.recipient, 0) is None and leaves(rules, one.recipient)
    ]
    _post(engine, rules, unsent, window, now=now)
    return made


def drawn(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    settings: Settings,
    readers: Sequence[Desk],
    window: Window,
    *,
    now: datetime,
) -> list[tuple[Desk, LinkedList]]:
    """Return the list of each reader as it is now; reads nothing without a reader."""
    if not readers:
        return []
    on = clock.today(now)
    numbers = sorted(counting.pledged_ever(connection))
    found = dossiers(connection, vault, rules, numbers, on=on)
    return [
        (
            reader,
            linked_list(
                reader.scopes,
                found,
                month_on=window.start_on,
                office=settings.office,
                on=on,
                rulebook=rules.rulebook,
                lag_days=rules.lag_days,
            ),
        )
        for reader in readers
    ]


def leaves(rules: Rules, recipient: str) -> bool:
    """Whether what is made for this mailbox is sent and not only kept."""
    return not rules.observing or recipient in rules.guests


def _make(
    engine: Engine,
    vault: Vault,
    rules: Rules,
    lists: Sequence[tuple[Desk, LinkedList]],
    window: Window,
    *,
    now: datetime,
) -> int:
    if not lists:
        return 0
    made = 0
    with transaction(engine) as connection:
        for reader, found in lists:
            number = linked.keep(
                connection,
                vault,
                found,
                reader.recipient,
                window=window,
                made_by=__version__,
                now=now,
            )
            if number is None:
                continue  # another process was faster
            made += 1
            if leaves(rules, reader.recipient):
                transport = rules.transports[Channel.EMAIL]
                digests.post(connection, number, transport=transport, now=now)
            log.info("linked list made id=%s patents=%s", number, len(found.patents))
    return made


def _post(
    engine: Engine,
    rules: Rules,
    unsent: Sequence[Desk],
    window: Window,
    *,
    now: datetime,
) -> None:
    """Send what was kept while observing: it is still the newest there is."""
    if not unsent:
        return
    transport = rules.transports[Channel.EMAIL]
    with transaction(engine) as connection:
        for one in unsent:
            number = linked.number_of(connection, one.recipient, window)
            digests.post(connection, number, transport=transport, now=now)


def mail_of(
    connection: Connection,
    vault: Vault,
    message_id: int,
    *,
    office: Office,
    sender: str,
    sent_at: datetime,
) -> tuple[str, bytes] | None:
    """Return to whom a message with a list goes, and the mail: from what is kept.

    None when the message carries no list. Raises `PatentwatchError` for an address
    that may not be used any more.
    """
    carried = linked.of_message(connection, vault, message_id)
    if carried is None:
        return None
    recipient, ref, found = carried
    contact = desk_of(
        connection, vault, message_id, recipient, lawful=bool(office.lawful_basis)
    )
    raw = linkedmail.mail(
        found,
        ref=ref,
        sender=sender,
        sender_name=office.name,
        to=contact.address,
        to_name=contact.party if contact.role == PLEDGEE else "",
        sent_at=sent_at,
    )
    return contact.address, raw


def desk_of(
    connection: Connection,
    vault: Vault,
    message_id: int,
    recipient: str,
    *,
    lawful: bool,
) -> Contact:
    """Return the desk that a message goes to.

    Raises `PatentwatchError` for an address that may not be used any more.
    """
    desks = linked.desks(connection, lawful=lawful)
    if recipient not in {one.recipient for one in desks}:
        raise PatentwatchError(
            f"消息 {message_id} 的收件地址已不可用，请更新质权人的邮箱",
            code="bad_contact",
        )
    return directory.by_recipients(connection, vault, [recipient])[recipient]
