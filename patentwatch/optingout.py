"""Heeding those who want nothing more: by SMS, by a mail's link, by telephone.

What waits for the address is cancelled in the same transaction in which it is flagged.
An opt-out is of one address on one channel: who refuses mail still gets the short
message, and the other way round.
"""

import logging
from collections.abc import Iterable
from datetime import date, datetime
from functools import partial
from hashlib import sha256

from sqlalchemy import Connection, Engine

from patentwatch import clock, optouts
from patentwatch.delivery.gateway import Reply
from patentwatch.model import Channel, Reason
from patentwatch.optouts import Meaning
from patentwatch.store import answers, people, queued, replies, runs
from patentwatch.store.engine import again_where_keyed, transaction
from patentwatch.store.vault import Vault
from patentwatch.tokens import Token

log = logging.getLogger(__name__)


def take_replies(
    engine: Engine, vault: Vault, found: Iterable[Reply], *, now: datetime
) -> int:
    """Store what people sent back and heed opt-outs; return how many were new.

    A consent of a later day than the reply stands: the reply was about what was
    before. Each reply is a transaction, so that one that cannot be kept loses no other.
    """
    new = 0
    for reply in found:
        new += again_where_keyed(engine, partial(_kept, engine, vault, reply, now=now))
    return new


def _kept(engine: Engine, vault: Vault, reply: Reply, *, now: datetime) -> bool:
    with transaction(engine) as connection:
        return _take(connection, vault, reply, now=now)


def _take(connection: Connection, vault: Vault, reply: Reply, *, now: datetime) -> bool:
    recipient = vault.recipient_id(Channel.SMS, reply.to)
    meaning = optouts.meaning(reply.text)
    new = replies.add(
        connection,
        sha256(reply.key.encode()).hexdigest(),
        recipient=recipient,
        meaning=meaning,
        text_sealed=vault.seal(reply.text, replies.TEXT),
        replied_at=reply.replied_at,
        now=now,
    )
    if not new or meaning is not Meaning.OPT_OUT:
        return new
    replied_on = clock.today(reply.replied_at)
    if replies.consented_after(connection, recipient, replied_on):
        log.info("opt-out older than a consent recipient=%s", recipient[:12])
    elif opt_out(connection, recipient, reason="短信回复退订", on=replied_on):
        replies.ask_to_confirm(connection, recipient, at=reply.replied_at)
    return new


def opt_out(connection: Connection, recipient: str, *, reason: str, on: date) -> bool:
    """Send a recipient nothing more; False when that was so already.

    A consent dated later than `on` takes it back.
    """
    flagged = people.flag(connection, recipient, word="opted_out", reason=reason, on=on)
    cancelled = queued.cancel_for(connection, recipient, reason=Reason.OPTED_OUT)
    log.info(
        "opted out recipient=%s contacts=%s cancelled=%s",
        recipient[:12],
        flagged,
        cancelled,
    )
    return flagged > 0


def unsubscribe(connection: Connection, token: Token, *, now: datetime) -> bool:
    """Heed the link of a mail; False when it had been used before.

    Once only, so that a mail program which sends it again years later undoes no newer
    consent.
    """
    if not answers.use_up(connection, token, now=now):
        return False
    recipient = token.subject.recipient
    opt_out(connection, recipient, reason="邮件退订链接", on=clock.today(now))
    return True


def opt_out_by_word(
    connection: Connection, recipient: str, *, by: str, reason: str, now: datetime
) -> bool:
    """Heed what somebody said on the telephone, and write down who heard it."""
    done = opt_out(connection, recipient, reason=reason, on=clock.today(now))
    runs.write_down(
        connection,
        who=by,
        action="opted_out",
        subject=recipient[:12],
        reason=reason,
        now=now,
    )
    return done
