"""What became of the patents that a loan, a licence or an award is tied to.

Computed from the spells in force and the transfers that notices told of; nothing of it
is stored with the record.
"""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from patentwatch.status import owners
from patentwatch.status.events import Event, distinct
from patentwatch.store import events, standings, ties
from patentwatch.store.patents import CHUNK
from patentwatch.store.standings import AS_KNOWN, BY_LAW, SpellRow
from patentwatch.store.ties import TiedPatent

_CALLED = {
    "secures": "出质专利",
    "awarded_to": "获奖专利",
    "licensed_to": "许可专利",
    "inspects": "涉案专利",
}
_ENDED = {
    "annual_fee_not_paid": "因未缴年费终止",
    "term_expired": "期限届满终止",
    "surrendered": "因主动放弃终止",
    "deemed_abandoned": "因视为放弃终止",
    "abandoned_double_patenting": "为避免重复授权放弃",
    "fully_invalidated": "被宣告全部无效",
    "fully_revoked": "被全部撤销",
}
_RESTORED = "恢复权利"
_MOVED = "moved"


@dataclass(frozen=True, slots=True, order=True)
class Note:
    """One change of a patent that a record is tied to; `day`: when it was known."""

    day: date
    application_no: str
    text: str


def notes_of(
    connection: Connection, record_ids: Iterable[int], *, on: date
) -> dict[int, list[Note]]:
    """Return what happened by `on` to the patents of records while these stood.

    Of what was before a record began only an end that still held: its patent was none
    any more. Three queries for a few hundred records; one without notes is left out.
    """
    ids = sorted(set(record_ids))
    found: dict[int, set[Note]] = {}
    for at in range(0, len(ids), CHUNK):
        tied = ties.patents_of(connection, ids[at : at + CHUNK])
        numbers = sorted({one.application_no for one in tied})
        spells = standings.spells_of(connection, numbers)
        reported = events.of(connection, numbers)
        for one in tied:
            number = one.application_no
            changes = _changes(spells.get(number, ()), reported.get(number, ()), on=on)
            name = _CALLED.get(one.link, "关联专利")
            for change in _while_it_stood(changes, one):
                note = Note(change.day, number, f"{name} {number} {change.text}")
                found.setdefault(one.record, set()).add(note)
    return {record: sorted(notes) for record, notes in found.items()}


@dataclass(frozen=True, slots=True)
class _Change:
    """`ends` None: neither an end nor a restoration."""

    day: date
    text: str
    ends: bool | None = None


def _changes(
    spells: Sequence[SpellRow], reported: Iterable[Event], *, on: date
) -> list[_Change]:
    """Return every end, restoration and transfer known by a day, in order."""
    found = [*_turns(spells), *_transfers(reported, on=on)]
    return sorted((one for one in found if one.day <= on), key=lambda one: one.day)


def _turns(spells: Sequence[SpellRow]) -> Iterator[_Change]:
    by_law = max(
        (s.until_on or date.max for s in spells if s.view == BY_LAW), default=None
    )
    known = [one for one in spells if one.view == AS_KNOWN]
    last = max(known, key=lambda one: one.from_on, default=None)
    for one in known:
        if one.began_by == "restored":
            yield _Change(one.from_on, _RESTORED, ends=False)
        if one.until_on is None or one.ended_by in ("", _MOVED):
            continue
        text = _ENDED.get(one.ended_by, "已终止")
        if one is last and by_law is not None and by_law < one.until_on:
            text += f"（自{by_law}起）"
        yield _Change(one.until_on, text, ends=True)


def _transfers(reported: Iterable[Event], *, on: date) -> Iterator[_Change]:
    clear = [one for one in distinct(reported, on=on) if not one.needs_review]
    for change in owners.changes(clear):
        if change.transfer:
            to = "、".join(change.owners)
            yield _Change(change.known_on, f"已转让给{to}" if to else "已转让")


def _while_it_stood(changes: Sequence[_Change], tied: TiedPatent) -> Iterator[_Change]:
    before = [one for one in changes if one.day < tied.from_on and one.ends is not None]
    if before and before[-1].ends:
        yield before[-1]
    for one in changes:
        over = tied.until_on is not None and one.day >= tied.until_on
        if one.day >= tied.from_on and not over:
            yield one
