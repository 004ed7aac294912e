"""Accepted records written a few hundred at a time, and what became of each, told.

A record that changed is told field by field, as a clerk would write it.
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from sqlalchemy import Connection

from patentwatch.plan import recordsheet
from patentwatch.plan.kinds import Kind
from patentwatch.plan.records import LinkTo, NewRecord, commitments
from patentwatch.plan.recordsheet import note_on, shown_value
from patentwatch.register.result import NOTES_KEPT, Intake
from patentwatch.store import recordkeeping, taking
from patentwatch.store.patents import registered
from patentwatch.store.recordkeeping import Saved
from patentwatch.store.records import Record

BATCH = 500


class Taker:
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
            intake.note(intake.warnings, [note_on(new, "record_withdrawn", text)])
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
        notes = (
            note_on(new, "patent_unknown", text.format(one), one) for one in unknown
        )
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
    old, now = ("、".join(commitments(some)) for some in (before.row_links, new.links))
    if old != now:
        yield {
            "field": recordsheet.COMMITMENTS,
            "label": recordsheet.COMMITMENTS_LABEL,
            "old": old,
            "new": now,
        }


def _patents(new: NewRecord) -> list[str]:
    return [one.to_key for one in new.links if one.to_kind is LinkTo.PATENT]
