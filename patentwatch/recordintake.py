"""Taking in a file of records of one kind: read twice, stored once, one transaction.

Every row is accounted for as in any other list: read = accepted + skipped + rejected,
and accepted = created + changed + unchanged. What each accepted row does is told field
by field, on a trial too.
"""

import dataclasses
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from patentwatch import clock
from patentwatch.config import Settings
from patentwatch.errors import InputError
from patentwatch.intake import TakeBack, limits_of, shown_sheet
from patentwatch.model import RowNote
from patentwatch.plan import recordsheet
from patentwatch.plan.kinds import Kind, kinds
from patentwatch.plan.records import Link, LinkTo, NewRecord
from patentwatch.plan.recordsheet import shown_value
from patentwatch.plan.rows import RecordRows
from patentwatch.register import readers
from patentwatch.register.columns import Layout
from patentwatch.register.limits import Limits
from patentwatch.register.messages import clipped
from patentwatch.register.outcome import Outcome
from patentwatch.register.readers import ListFile
from patentwatch.register.result import NOTES_KEPT, Intake
from patentwatch.store import recordkeeping, runs, taking
from patentwatch.store.engine import transaction
from patentwatch.store.patents import registered
from patentwatch.store.promises import promises
from patentwatch.store.recordkeeping import Saved
from patentwatch.store.records import Record

BATCH = 500

_WORKBOOKS = frozenset({"xlsx", "xls"})


@dataclass(frozen=True, slots=True)
class Order:
    """Who brings the file, and whether it is only tried."""

    by: str = ""
    dry_run: bool = False
    encoding: str | None = None


def import_records(
    engine: Engine,
    settings: Settings,
    kind: Kind,
    path: Path,
    order: Order,
    *,
    now: datetime,
) -> Intake:
    """Take the records of a file; the same file again changes nothing.

    Raises `InputError` for a file that cannot be used; nothing of it is then kept.
    """
    listed = readers.read(
        path,
        recordsheet.headings_of(kind),
        encoding=order.encoding,
        limits=limits_of(settings),
    )
    listed = _of_kind(listed, kind)
    intake = _begun(listed, kind, now=now)
    try:
        with transaction(engine) as connection:
            _take(connection, settings, kind, listed, intake, order, now=now)
            if order.dry_run:
                raise TakeBack
    except TakeBack:
        intake.run = None
    return intake


def kind_in(path: Path, *, limits: Limits) -> Kind | None:
    """Return the kind whose filled template a workbook is; None: it is none.

    A template has a sheet of the kind's name with the column of commitments; a
    register may well have every other column.
    """
    named = {kind.label: kind for kind in kinds().values()}
    for sheet, cells in readers.heads(path, limits=limits):
        if sheet in named and not recordsheet.OVER_COMMITMENTS.isdisjoint(cells):
            return named[sheet]
    return None


def _of_kind(listed: ListFile, kind: Kind) -> ListFile:
    """Return the file without the sheets that are named after other kinds.

    Their columns may contain all that this kind needs.
    """
    others = {one.label for one in kinds().values()} - {kind.label}
    kept = tuple(one for one in listed.sheets if one.name not in others)
    left = [one.name for one in listed.sheets if one.name in others]
    if not kept:
        raise InputError(
            f"{listed.name}：工作表是“{left[0]}”，不是“{kind.label}”；请核对种类和文件",
            code="wrong_kind",
        )
    notes = tuple(
        RowNote(
            name, 0, "", "sheet_left_out", "", f"工作表“{name}”是另一种记录，未读取"
        )
        for name in left
    )
    return dataclasses.replace(listed, sheets=kept, notes=listed.notes + notes)


def _begun(listed: ListFile, kind: Kind, *, now: datetime) -> Intake:
    intake = Intake(
        listed.name,
        recordsheet.LIST,
        as_of=clock.today(now),
        encoding=listed.encoding,
        format=listed.format,
        sheets=[shown_sheet(one) | {"kind": kind.key} for one in listed.sheets],
    )
    intake.note(intake.warnings, listed.notes)
    for sheet in listed.sheets:
        intake.note(intake.warnings, _left_out(sheet.layout, sheet.header_row))
    return intake


def _left_out(layout: Layout, row: int) -> Iterator[RowNote]:
    for header in map(clipped, (*layout.unknown, *layout.ignored)):
        text = f"列“{header}”不是这种记录的列，没有读取；如有用，请改成模板中的列名"
        yield RowNote(layout.sheet, row, header, "column_unknown", header, text)


def _take(
    connection: Connection,
    settings: Settings,
    kind: Kind,
    listed: ListFile,
    intake: Intake,
    order: Order,
    *,
    now: datetime,
) -> None:
    runs.no_time_limit(connection)
    found = promises(connection)

    def rows() -> Iterator[Outcome[NewRecord]]:
        for sheet in listed.sheets:
            try:
                parser = RecordRows(
                    sheet.layout,
                    kind,
                    today=clock.today(now),
                    counties=settings.counties,
                    promise=found.find,
                    guarded=listed.format not in _WORKBOOKS,
                )
            except InputError as fault:
                raise InputError(f"{listed.name}：{fault}", code=fault.code) from fault
            yield from map(parser.read, sheet.rows())

    repeats = _Repeats(kind)
    for outcome in rows():
        repeats.see(outcome.value)
    run_id = runs.begin(connection, intake, now=now)
    names = {county.code: county.name for county in settings.counties}
    taker = _Taker(
        connection, kind, intake, run_id, counties=names, by=order.by, now=now
    )
    for outcome in rows():
        new = intake.count(repeats.settled(outcome))
        if new is not None:
            taker.add(new)
    taker.finish()
    runs.finish(connection, run_id, intake, now=now)
    intake.run = run_id


@dataclass(slots=True)
class _Repeats:
    """The same record twice in one file: once when it is the same, else not at all."""

    kind: Kind
    _prints: dict[bytes, set[bytes]] = field(default_factory=dict)
    _rows: dict[bytes, list[str]] = field(default_factory=dict)
    _passed: set[bytes] = field(default_factory=set)

    def see(self, new: NewRecord | None) -> None:
        """Remember which rows there are of each record."""
        if new is None:
            return
        key = _digest(new.natural_key)
        self._prints.setdefault(key, set()).add(_fingerprint(new))
        self._rows.setdefault(key, []).append(_place(new))

    def settled(self, outcome: Outcome[NewRecord]) -> Outcome[NewRecord]:
        """Return what becomes of a row, given all the others."""
        new = outcome.value
        if new is None:
            return outcome
        key = _digest(new.natural_key)
        places = "、".join(self._rows[key][:20])
        if len(self._prints[key]) > 1:
            text = (
                f"{places}是同一条{self.kind.label}，内容却不一致，均未采用；请只留一行"
            )
            return outcome._replace(
                value=None, reject=_note(new, "duplicate_conflict", text)
            )
        if key in self._passed:
            text = f"{places}是同一条{self.kind.label}，内容相同，只计一次"
            return outcome._replace(value=None, skip=_note(new, "duplicate_row", text))
        self._passed.add(key)
        return outcome


class _Taker:
    """Stores accepted rows a few hundred at a time and tells what became of each."""

    def __init__(
        self,
        connection: Connection,
        kind: Kind,
        intake: Intake,
        run_id: int,
        *,
        counties: Mapping[str, str],
        by: str,
        now: datetime,
    ) -> None:
        self._connection = connection
        self._kind = kind
        self._intake = intake
        self._run_id = run_id
        self._counties = counties
        self._by = by
        self._now = now
        self._batch: list[NewRecord] = []
        self._touched: set[str] = set()

    def add(self, new: NewRecord) -> None:
        """Take one record."""
        self._batch.append(new)
        if len(self._batch) == BATCH:
            self._store()

    def finish(self) -> None:
        """Store what is left, and of which patents the file has spoken."""
        self._store()
        taking.touch(self._connection, self._run_id, self._touched)

    def _store(self) -> None:
        saved = recordkeeping.save_all(
            self._connection,
            self._batch,
            now=self._now,
            by=self._by,
            run_id=self._run_id,
        )
        named = {number for new in self._batch for number in _patents(new)}
        here = registered(self._connection, named)
        for new, done in zip(self._batch, saved, strict=True):
            self._tell(new, done)
            unknown = [number for number in _patents(new) if number not in here]
            self._warn_unknown(new, unknown)
        self._touched |= {
            number
            for new, done in zip(self._batch, saved, strict=True)
            if done.word != "unchanged"
            for number in _patents(new)
        }
        self._batch = []

    def _tell(self, new: NewRecord, done: Saved) -> None:
        intake = self._intake
        intake.accepted += 1
        setattr(intake, done.word, getattr(intake, done.word) + 1)
        if done.before is not None and done.before.withdrawn:
            text = (
                f"这条{self._kind.label}（编号 {done.id}）已撤回，"
                "再次导入不会恢复，也没有更新"
            )
            intake.note(intake.warnings, [_note(new, "record_withdrawn", text)])
        if len(intake.changes) < NOTES_KEPT:
            intake.changes.append(
                {
                    "sheet": new.sheet,
                    "row": new.row,
                    "record": None if done.before is None else done.id,
                    "title": new.title,
                    "word": done.word,
                    "fields": self._differences(new, done),
                }
            )

    def _differences(self, new: NewRecord, done: Saved) -> list[dict[str, str]]:
        if done.before is None or done.word == "unchanged":
            return []
        return list(differences(self._kind, done.before, new, self._counties))

    def _warn_unknown(self, new: NewRecord, unknown: Sequence[str]) -> None:
        text = "登记中还没有专利 {}，已先保存；导入清单后自动对应"
        notes = (_note(new, "patent_unknown", text.format(one), one) for one in unknown)
        self._intake.note(self._intake.warnings, notes)


def differences(
    kind: Kind, before: Record, new: NewRecord, counties: Mapping[str, str]
) -> Iterator[dict[str, str]]:
    """Yield every field that is different, as a clerk would write it; "" where empty.

    `counties`: code → name.
    """
    for one in kind.fields:
        old, now = (
            shown_value(one, fields.get(one.key), counties)
            for fields in (before.fields, new.fields)
        )
        if old != now:
            yield {"field": one.key, "label": one.label, "old": old, "new": now}
    old, now = ("、".join(_commitments(some)) for some in (before.row_links, new.links))
    if old != now:
        yield {
            "field": recordsheet.COMMITMENTS,
            "label": recordsheet.COMMITMENTS_LABEL,
            "old": old,
            "new": now,
        }


def _commitments(links: Sequence[Link] | frozenset[Link]) -> list[str]:
    return sorted(one.to_key for one in links if one.to_kind is LinkTo.COMMITMENT)


def _patents(new: NewRecord) -> list[str]:
    return [one.to_key for one in new.links if one.to_kind is LinkTo.PATENT]


def _digest(text: str) -> bytes:
    return hashlib.blake2b(text.encode(), digest_size=16).digest()


def _fingerprint(new: NewRecord) -> bytes:
    return _digest(repr((sorted(new.fields.items()), _commitments(new.links))))


def _place(new: NewRecord) -> str:
    sheet = f"工作表“{new.sheet}”" if new.sheet else ""
    return f"{sheet}第 {new.row} 行"


def _note(new: NewRecord, code: str, text: str, value: str = "") -> RowNote:
    return RowNote(new.sheet, new.row or 0, "", code, clipped(value or new.title), text)
