"""A delivery report of an SMS portal, row by row → receipts.

Portals differ. What they share is a number, a word for what became of it and a time;
some give back the 编号 of our row, others only number and day.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from pathlib import Path

from patentwatch import clock
from patentwatch.delivery.gateway import Fate, Receipt
from patentwatch.delivery.sms import answers
from patentwatch.delivery.sms.sheetrows import Written, by_number
from patentwatch.model import RowNote
from patentwatch.register import cells, masking, readers
from patentwatch.register.cells import Row
from patentwatch.register.columns import Kind, Layout
from patentwatch.register.fields import Fields
from patentwatch.register.outcome import Refused, Warnings, outcome_of

# A clerk may upload a workbook some days after it was written.
_LONGEST_UPLOAD = timedelta(days=7)

_NUMBER = re.compile(r"[0-9][0-9 -]{9,}[0-9]")

# The order matters: 提交成功 is no delivery, and 等待送达 and 未送达 hold 送达.
_WORDS = tuple(
    (re.compile(words), fate)
    for words, fate in (
        (r"提交(成功|中|$)|等待|待发|发送中|处理中|未知|无状态|无回执", Fate.ACCEPTED),
        (r"ACCEPTD|UNKNOWN", Fate.ACCEPTED),
        (r"失败|未|不|拒|空号|停机|关机|黑名单|无法|超时|过期|错误", Fate.UNDELIVERED),
        (r"无效|驳回|屏蔽|拦截|UNDELIV|EXPIRED|REJECT|FAIL|DELETED", Fate.UNDELIVERED),
        (r"成功|送达|已收|收到|已达|DELIVRD|DELIVERED|SUCCESS|CM:0000", Fate.DELIVERED),
        (r"^[A-Z]{2}:[0-9A-Z]+$", Fate.UNDELIVERED),
    )
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Report:
    """What one file says; a rejected row is named in the note."""

    receipts: tuple[Receipt, ...]
    rejects: tuple[RowNote, ...]

    @property
    def note(self) -> list[str]:
        """Return what is written beside the file for the clerk."""
        lines = [f"读到 {len(self.receipts)} 条发送结果，退回 {len(self.rejects)} 行"]
        for reject in self.rejects:
            place = " ".join(w for w in (reject.sheet, f"第 {reject.row} 行") if w)
            # In a row that slipped by a column the number stands anywhere.
            message = _NUMBER.sub(lambda found: masking.phone(found[0]), reject.message)
            lines.append(f"退回：{place} {message}")
        return lines


def read(path: Path, rows: Mapping[str, Written], *, today: date) -> Report:
    """Return what the report at `path` says of `rows`; raises InputError."""
    receipts: list[Receipt] = []
    rejects: list[RowNote] = []
    numbers = by_number(rows)
    for sheet in readers.read(path, Kind.SMS_REPORT).sheets:
        row_of = _RowOf(rows, numbers, today)
        for row in sheet.rows():
            reading = partial(_receipt, sheet.layout, row_of)
            outcome = outcome_of(sheet.layout, row, reading)
            receipts += [outcome.value] if outcome.value else []
            rejects += [outcome.reject] if outcome.reject else []
    return Report(tuple(receipts), tuple(rejects))


def fate_of(word: str) -> Fate | None:
    """Return what a portal's word means, None where it is not known."""
    bare = "".join(word.split()).upper()
    return next((fate for words, fate in _WORDS if words.search(bare)), None)


@dataclass(frozen=True, slots=True)
class _RowOf:
    """Finds the row that a line of a report is about."""

    by_key: Mapping[str, Written]
    by_number: Mapping[str, list[Written]]
    today: date

    def find(self, fields: Fields, day: date | None) -> Written:
        key = fields["sms_key"]
        if key:
            if key not in self.by_key:
                raise Refused("sms_key", "sms_unmatched", key)
            return self.by_key[key]
        number = fields["sms_number"]
        to = answers.mobile(number.removesuffix(".0"))
        if not to:
            raise Refused("sms_number", "sms_number_invalid", number)
        return self._of_number(number, self.by_number.get(to, []), day or self.today)

    def _of_number(self, number: str, rows: list[Written], day: date) -> Written:
        near = [row for row in rows if day - _LONGEST_UPLOAD <= row.day <= day]
        found = [row for row in near if row.day == day] or near
        if not found:
            raise Refused("sms_number", "sms_unmatched", number)
        if len(found) > 1:
            raise Refused("sms_number", "sms_ambiguous", number, str(len(found)))
        return found[0]


def _receipt(layout: Layout, row_of: _RowOf, row: Row, _: Warnings) -> Receipt:
    fields = Fields(layout, row)
    word, reason = fields["sms_status"], fields["sms_reason"]
    if not word:
        raise Refused("sms_status", "sms_status_unknown")
    fate = fate_of(word)
    if fate is None:
        raise Refused("sms_status", "sms_status_unknown", word)
    at = answers.local_time(fields["sms_at"])
    found = row_of.find(fields, clock.today(at) if at else cells.day(fields["sms_at"]))
    failed = fate is Fate.UNDELIVERED
    return Receipt(
        fate,
        found.key,
        to=found.to,
        code=answers.code(word),
        text=answers.text(reason),
        reported_at=at,
        parts=answers.whole(fields["sms_parts"]),
        bad_address=failed and answers.nobody_there(f"{word} {reason}"),
    )
