"""Messages made beforehand, as they leave: what was kept of them, rendered now.

Unlike letters about fees they are not decided again: what they say is of their day.
"""

import hashlib
import logging
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row

from patentwatch.delivery import Envelope
from patentwatch.errors import PatentwatchError
from patentwatch.model import Channel
from patentwatch.post import Finished, NothingToSay, Post
from patentwatch.smsparts import parts
from patentwatch.store import claiming, outbox
from patentwatch.store.messages import Claimed

log = logging.getLogger(__name__)


def made(
    connection: Connection, row: Row[Any], post: Post, *, now: datetime
) -> tuple[Claimed, Envelope] | PatentwatchError | None:
    """Return the claim on a message and what leaves, or why there is none now.

    None: it is closed, as it is not true any more or its gateway does not take it.
    """
    channel = Channel(row.channel)
    claimed = claiming.lease(row, (), transport=post.rules.transports[channel], now=now)
    try:
        finished = post.papers[row.kind](connection, row, now=now)
        envelope = _envelope(finished, claimed, post)
    except NothingToSay as error:
        log.warning("paper closed id=%s code=%s", row.id, error.code)
        outbox.close_messages(connection, [row.id])
        return None
    except PatentwatchError as error:
        log.error("paper not made id=%s code=%s", row.id, error.code)  # noqa: TRY400
        return error
    claimed = replace(
        claimed,
        content_hash=hashlib.sha256(finished.raw).hexdigest(),
        parts=parts(finished.raw.decode()) if channel is Channel.SMS else None,
    )
    return claimed, envelope


def _envelope(finished: Finished, claimed: Claimed, post: Post) -> Envelope:
    """Return what the gateway gets; raises `NothingToSay` where it would not take it.

    What it refuses today it refuses tomorrow, too, and nobody waits for a paper.
    """
    envelope = Envelope(
        claimed.ref,
        claimed.channel,
        finished.to,
        finished.raw,
        template=finished.template,
        variables=finished.variables,
    )
    fault = post.gateways[claimed.channel].fault(envelope)
    if fault is not None:
        raise NothingToSay(fault, code="text_fault")
    return envelope
