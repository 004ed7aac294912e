"""A database that lost what the journal knows: found out, repaired, held.

How the two are compared, and why a kill is never taken for a restore, stands in
`journal`. What the journal says was taken is said, whatever the database thinks: so
nobody is told again. After a restore other things are missing that no journal has
(payments, answers, opt-outs), so nothing is sent until a person has seen to them.
"""

import json
import logging
import platform
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, Engine, select

from patentwatch.journal import Contents, Journal
from patentwatch.journallines import NOWHERE, Head, Position
from patentwatch.store import halts, merging
from patentwatch.store.engine import transaction
from patentwatch.store.inserting import insert_once
from patentwatch.store.memory import recall, remember
from patentwatch.store.merging import Merged
from patentwatch.store.messages import Taken
from patentwatch.store.tables import meta

log = logging.getLogger(__name__)

_GENERATION = "generation"
_JOURNAL = "journal."


@dataclass(frozen=True, slots=True)
class Restored:
    """A database that came back from a backup, and what the journal gave it back."""

    why: str
    merged: Merged


def beat(engine: Engine, journal: Journal, *, now: datetime) -> Restored | None:
    """Compare database and journal, mend what is missing, and count one beat more.

    For the start and for every tick, before anything is decided or sent. Returns what
    was found when the database is older than the journal; from then on it is halted.
    """
    with transaction(engine) as connection:
        generation = _generation(connection)
    # Its name is committed first: a journal of a name that was taken back by a kill
    # would look like another database's.
    head = journal.begin(generation)
    with transaction(engine) as connection:
        restored, count = _compared(connection, journal, head, now=now)
    journal.confirm(head, count)
    return restored


def write_down(
    connection: Connection,
    taken: Sequence[Taken],
    /,
    *,
    journal: Journal,
    now: datetime,
) -> None:
    """Write into the journal what the other side took, or may have.

    Before `attempts.settle`, in its transaction. Raises `StoreUnavailable` when the
    lines are not surely on the disk.
    """
    entries = merging.entries_of(connection, taken, at=now)
    if not journal.is_begun:
        journal.begin(_generation(connection))
    head, position = journal.append(entries)
    known = _known(connection, head, locked=True)
    # Of two processes of one host the later line counts, whoever commits first.
    if position.offset > known.position.offset:
        _remember(connection, journal, head, _Known(position, known.beat))


def damage(connection: Connection, journal: Journal) -> list[str]:
    """Return in Chinese what is wrong with a journal as a file; [] is right.

    A journal that was never begun on this host is not wrong.
    """
    head = journal.head()
    if head is None:
        lost = _was_here(connection, journal)
        return [f"发送日志 {journal.path} 不见了或不能读"] if lost else []
    known = _known(connection, head, locked=False)
    told = []
    if damaged := journal.damaged():
        told.append(f"发送日志 {journal.path} 有 {damaged} 行被改动、丢失或损坏")
    if journal.size() < known.position.offset:
        told.append(f"发送日志 {journal.path} 比数据库记得的短，可能被截断或换成了旧的")
    return told


@dataclass(frozen=True, slots=True)
class _Known:
    """What the database remembers of one journal."""

    position: Position = NOWHERE
    beat: int = 0


def _compared(
    connection: Connection, journal: Journal, head: Head, *, now: datetime
) -> tuple[Restored | None, int]:
    known = _known(connection, head, locked=True)
    told = journal.beat(head)
    why = _why_restored(head, _generation(connection), known, told)
    merged = Merged()
    if why or journal.size() != known.position.offset:
        contents = journal.read(None if why else known.position)
        merged = _mended(connection, contents, now=now)
        known = _Known(contents.end, known.beat)
    count = max(known.beat, told) + 1
    _remember(connection, journal, head, _Known(known.position, count))
    if not why:
        return None, count
    remember(connection, _GENERATION, head.generation)
    detail = f"{why}，已按发送日志补回 {merged.messages} 条消息"
    halts.halt_restored(connection, detail=detail, now=now)
    log.error("database restored alerts=%s messages=%s", merged.alerts, merged.messages)
    return Restored(why, merged), count


def _why_restored(head: Head, generation: str, known: _Known, told: int) -> str:
    """Return in Chinese what shows that commits are gone; "" when nothing does."""
    if head.generation != generation:
        return "发送日志属于另一个数据库"
    if told > known.beat:
        return f"发送日志已到第 {told} 拍，数据库只到第 {known.beat} 拍"
    return ""


def _mended(connection: Connection, contents: Contents, *, now: datetime) -> Merged:
    merged = merging.merge(connection, contents.entries, now=now)
    if contents.entries:
        log.warning(
            "journal merged entries=%s messages=%s alerts=%s",
            len(contents.entries),
            merged.messages,
            merged.alerts,
        )
    return merged


def _generation(connection: Connection) -> str:
    """Return which database this is; the first who asks names it."""
    found = recall(connection, _GENERATION)
    if found is None:
        insert_once(connection, meta, [{"key": _GENERATION, "value": uuid4().hex}])
        found = recall(connection, _GENERATION) or ""
    return found


def _known(connection: Connection, head: Head, *, locked: bool) -> _Known:
    query = select(meta.c.value).where(meta.c.key == f"{_JOURNAL}{head.journal}")
    if locked:
        query = query.with_for_update()
    value = connection.execute(query).scalar()
    if value is None:
        return _Known()
    found = json.loads(value)
    return _Known(Position(found["offset"], found["chain"]), found["beat"])


def _was_here(connection: Connection, journal: Journal) -> bool:
    """Whether the database knows a journal of this host at this place."""
    values = connection.execute(
        select(meta.c.value).where(meta.c.key.startswith(_JOURNAL, autoescape=True))
    ).scalars()
    return any(json.loads(value).get("place") == _place(journal) for value in values)


def _place(journal: Journal) -> str:
    return f"{platform.node()}:{journal.path}"


def _remember(
    connection: Connection, journal: Journal, head: Head, known: _Known
) -> None:
    value = {
        "offset": known.position.offset,
        "chain": known.position.chain,
        "beat": known.beat,
        "place": _place(journal),
    }
    remember(connection, f"{_JOURNAL}{head.journal}", json.dumps(value))
