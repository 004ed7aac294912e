"""Telling somebody who opted out by short message, once, that he is heeded.

The only thing that leaves for him afterwards.
"""

import logging
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row

from patentwatch import clean, templates
from patentwatch.linkedmaking import leaves
from patentwatch.model import Channel, SmsText
from patentwatch.post import Finished, NothingToSay
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.store import directory, replies
from patentwatch.store.engine import reading, transaction
from patentwatch.store.messages import reference
from patentwatch.store.vault import Vault

log = logging.getLogger(__name__)

KIND = "opt_out"
"""What its messages are called in the outbox."""

FRESH_FOR = timedelta(days=7)
"""Later nobody is told: he asked to be left alone."""


def queue_due(engine: Engine, rules: Rules, *, now: datetime) -> int:
    """Put what is to be confirmed into the outbox; return how many that were.

    While observing it waits: nothing leaves.
    """
    with reading(engine) as connection:
        waiting = replies.to_confirm(connection)
    due = {
        recipient: replied_at
        for recipient, replied_at in waiting.items()
        if leaves(rules, recipient) or now - replied_at > FRESH_FOR
    }
    if not due:
        return 0
    with transaction(engine) as connection:
        return sum(
            _queue(connection, rules, recipient, replied_at=due[recipient], now=now)
            for recipient in sorted(due)
        )


def _queue(
    connection: Connection,
    rules: Rules,
    recipient: str,
    *,
    replied_at: datetime,
    now: datetime,
) -> bool:
    if not replies.confirmed(connection, recipient):
        return False  # another process was faster
    if now - replied_at > FRESH_FOR:
        log.info("opt-out not confirmed, too long ago recipient=%s", recipient[:12])
        return False
    return replies.queue_confirmation(
        connection,
        recipient,
        kind=KIND,
        ref=reference([KIND, recipient, replied_at.isoformat()]),
        transport=rules.transports[Channel.SMS],
        now=now,
    )


def paper(
    connection: Connection,
    vault: Vault,
    row: Row[Any],
    settings: Settings,
    *,
    now: datetime,
) -> Finished:
    """Return the short message of a row in the outbox.

    Raises `NothingToSay` where it is no longer true, or was not sent for too long.
    """
    if now - row.created_at > FRESH_FOR:
        raise NothingToSay(f"消息 {row.id}：退订已久，不再确认", code="too_late")
    if not replies.still_out(connection, row.recipient):
        raise NothingToSay(f"消息 {row.id}：此号码已不在退订之列", code="not_opted_out")
    found = directory.by_recipients(connection, vault, [row.recipient])
    return text(settings, to=found[row.recipient].address)


def text(settings: Settings, *, to: str) -> Finished:
    """Return what is said to somebody who opted out."""
    office = settings.office
    values = {
        "office": {
            "name": clean.short_message(office.name),
            "phone": clean.line(office.phone),
        }
    }
    said = templates.fill("opted_out/sms.txt", values).strip()
    code = settings.sms.templates.get(SmsText.OPTED_OUT, "")
    return Finished(to, said.encode(), template=code)
