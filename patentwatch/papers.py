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
from patentwatch.post import Post
from patentwatch.store import outbox
from patentwatch.store.outbox import Claimed

log = logging.getLogger(__name__)


def made(
    connection: Connection, row: Row[Any], post: Post, *, now: datetime
) -> tuple[Claimed, Envelope] | PatentwatchError:
    """Return the claim on a message and its finished mail, or why there is none."""
    claimed = outbox.lease(
        row, (), transport=post.rules.transports[Channel(row.channel)], now=now
    )
    try:
        to, raw = post.papers[row.kind](connection, row, now=now)
    except PatentwatchError as error:
        log.error("paper not made id=%s code=%s", row.id, error.code)  # noqa: TRY400
        return error
    claimed = replace(claimed, content_hash=hashlib.sha256(raw).hexdigest())
    return claimed, Envelope(claimed.ref, claimed.channel, to, raw)
