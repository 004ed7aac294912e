"""New short messages, made on the day they are planned; nothing is sent.

What a gateway would refuse (no template, a variable too long, a forbidden sign) is
known at once and not when the send window opens; so is how many parts are billed.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, Row

from patentwatch import settling
from patentwatch.composing import made, still_true
from patentwatch.errors import PatentwatchError
from patentwatch.post import Post
from patentwatch.store import claiming, outbox
from patentwatch.store.engine import transaction
from patentwatch.store.vault import Vault

_AT_ONCE = 20


@dataclass(slots=True)
class Tried:
    """How many short messages can leave, in how many parts, and how many cannot."""

    fit: int = 0
    parts: int = 0
    unmade: int = 0


def try_new(
    engine: Engine,
    vault: Vault,
    post: Post,
    *,
    now: datetime,
    on_progress: Callable[[], None] = lambda: None,
) -> Tried:
    """Make every short message that was not tried since it took its last alert.

    One that cannot be made waits with the reason, and its patents are looked at again.
    A stop leaves the rest to the next time.
    """
    tried, after = Tried(), 0
    while not post.stop.is_set():
        with transaction(engine) as connection:
            rows = claiming.untried(connection, after=after, limit=_AT_ONCE)
            if not rows:
                break
            _try(connection, vault, post, rows, tried, now=now)
        after = rows[-1].id
        on_progress()
    return tried


def _try(
    connection: Connection,
    vault: Vault,
    post: Post,
    rows: Sequence[Row[Any]],
    tried: Tried,
    *,
    now: datetime,
) -> None:
    ids = [row.id for row in rows]
    members, _ = still_true(connection, vault, post, ids, now=now)
    parts: dict[int, int] = {}
    for row in rows:
        if row.id not in members:
            continue  # not true any more: its claim closes it
        # Under which name it will leave is no matter here.
        found = made(row, members[row.id], post, now=now, again=False)
        if isinstance(found, PatentwatchError):
            settling.put_off_unmade(connection, row.id, found, now=now)
            tried.unmade += 1
        else:
            claimed, _ = found
            parts[row.id] = claimed.parts or 0
    outbox.set_parts(connection, parts)
    tried.fit += len(parts)
    tried.parts += sum(parts.values())
