"""Making the letters that tell a linked party of a transfer, and reading them back.

A mailbox gets at most one a day, with everything that none told before: what comes to
light after today's letter is in tomorrow's.
"""

import logging
from collections.abc import Sequence
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine

from patentwatch import __version__, clock, linkedlettermail, linkednews
from patentwatch.linkedletters import LinkedLetter, untold
from patentwatch.linkedmaking import desk_of, leaves
from patentwatch.linkednews import DeskNews
from patentwatch.model import Channel, Office
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.status.news import FRESH_FOR
from patentwatch.store import digests, linked
from patentwatch.store.engine import reading, transaction
from patentwatch.store.vault import Vault

log = logging.getLogger(__name__)

CATCH_UP = timedelta(days=7)
"""What was decided longer ago than this is told by nobody any more."""


def make_due(
    engine: Engine, vault: Vault, rules: Rules, settings: Settings, *, now: datetime
) -> int:
    """Make every letter that has something to tell; return how many.

    While observing, letters are kept and not sent; once live, those of the last days
    leave. Costs two short queries when there is nothing to do.
    """
    on = clock.today(now)
    with reading(engine) as connection:
        due = [
            one
            for one in linkednews.of_days(
                connection,
                vault,
                first_on=on - CATCH_UP,
                last_on=on,
                lawful_basis=settings.office.lawful_basis,
            )
            if _letter(connection, vault, one, settings.office, on=on)
        ]
        unsent = _unsent(
            connection,
            rules,
            since_on=on - CATCH_UP,
            lawful=bool(settings.office.lawful_basis),
        )
    if not due and not unsent:
        return 0
    with transaction(engine) as connection:
        for number in unsent:
            _post(connection, rules, number, now=now)
        return sum(
            _make(connection, vault, rules, one, settings.office, now=now)
            for one in due
        )


def _letter(
    connection: Connection, vault: Vault, desk: DeskNews, office: Office, *, on: date
) -> LinkedLetter | None:
    """Return today's letter to a mailbox; None when it has one or hears nothing new."""
    before = linked.letters_to(
        connection, vault, desk.recipient, since_on=on - FRESH_FOR
    )
    news = untold(desk.news, before)
    if not news or any(letter.on >= on for letter in before):
        return None
    return LinkedLetter(
        parties=desk.parties,
        on=on,
        office_name=office.name,
        office_phone=office.phone,
        news=news,
    )


def _make(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    desk: DeskNews,
    office: Office,
    *,
    now: datetime,
) -> bool:
    linked.take_turn(connection, desk.recipient)
    letter = _letter(connection, vault, desk, office, on=clock.today(now))
    if letter is None:
        return False  # another process was faster
    number = linked.keep_letter(
        connection, vault, letter, desk.recipient, made_by=__version__, now=now
    )
    if number is None:
        return False
    if leaves(rules, desk.recipient):
        _post(connection, rules, number, now=now)
    log.info("linked letter made id=%s patents=%s", number, len(letter.news))
    return True


def _unsent(
    connection: Connection, rules: Rules, *, since_on: date, lawful: bool
) -> Sequence[int]:
    """Return the letters that were only observed and may leave now."""
    kept = linked.unsent_letters(connection, since_on=since_on)
    if not kept:
        return ()
    usable = {one.recipient for one in linked.desks(connection, lawful=lawful)}
    return [
        number
        for number, recipient in kept.items()
        if recipient in usable and leaves(rules, recipient)
    ]


def _post(connection: Connection, rules: Rules, number: int, *, now: datetime) -> None:
    transport = rules.transports[Channel.EMAIL]
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
    """Return to whom a message with a letter goes, and the mail: from what is kept.

    None when the message carries no letter. Raises `PatentwatchError` for an address
    that may not be used any more.
    """
    carried = linked.letter_of_message(connection, vault, message_id)
    if carried is None:
        return None
    recipient, ref, found = carried
    desk = desk_of(
        connection, vault, message_id, recipient, lawful=bool(office.lawful_basis)
    )
    raw = linkedlettermail.mail(
        found,
        ref=ref,
        sender=sender,
        sender_name=office.name,
        to=desk.address,
        sent_at=sent_at,
    )
    return desk.address, raw
