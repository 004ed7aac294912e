"""A row with a case status, as the office's query system words it → what it tells.

In force and late are facts, and so is an end for unpaid fees; any other end is a legal
event. What the words leave open goes to a person and is never taken for a state.
"""

import re
import unicodedata
from dataclasses import replace
from datetime import date
from enum import StrEnum

from patentwatch.model import PatentNumber
from patentwatch.register import casestatus, cells, words
from patentwatch.register.casestatus import CaseStatus
from patentwatch.register.cells import Row
from patentwatch.register.columns import Layout
from patentwatch.register.fields import Fields
from patentwatch.register.outcome import (
    Outcome,
    PassedOver,
    Refused,
    Warnings,
    outcome_of,
)
from patentwatch.register.stated import Stated
from patentwatch.sources.reports import Reading, number_in
from patentwatch.status.codes import Effect
from patentwatch.status.events import Event, EventSource, understood


class Told(StrEnum):
    """What a case status tells."""

    FACTS = "facts"  # in force, late, or ended for unpaid fees
    ENDED = "ended"  # ended, for another reason
    PENDING = "pending"  # not yet granted
    DEAD = "dead"  # never granted
    UNCLEAR = "unclear"  # a known word that leaves open what the right is
    UNKNOWN = "unknown"


_BY_MEANING = {
    Told.PENDING: (
        "驳回等复审请求", "等年登印费", "等待颁证公告", "准备颁证公告", "公告封卷",
        "等待实审提案", "进入实审", "一通出案待答复", "一通回案实审",
    ),
    Told.DEAD: (
        "逾期视撤失效", "无申请费视撤失效", "实审请求视撤失效", "驳回失效", "国优视撤",
        "撤回专利申请", "逾期视撤等恢复", "视为撤回", "主动撤回", "驳回",
    ),
    Told.ENDED: (
        "视为放弃等恢复", "视为放弃等恢复补正", "视为放弃失效", "视为放弃",
    ),
    Told.UNCLEAR: ("分案结案", "合议组审查", "失效", "无效", "无权", "终止"),
}  # fmt: skip
"""What the general reading of status cells takes for something else, or for nothing.

Of an unspecified 失效 or 无效 nobody knows whether fees were the reason.
"""

_WORDS = {word: told for told, found in _BY_MEANING.items() for word in found}

_SIGNS = re.compile(r"[\W_]+")
_TURNED = re.compile(r"[未无不非拟]|可能|是否|申请")
_STATES = re.compile(r"维持|有效|有权|滞纳金")
_FEES = re.compile(r"未缴|年费")
_LATER = re.compile(r"等恢复补正|等恢复|待失效|失效")


def told_by(text: str) -> Told:
    """Return what the status `text` tells; width, blanks and commas do not count."""
    word = _SIGNS.sub("", unicodedata.normalize("NFKC", text))
    if word in _WORDS:
        return _WORDS[word]
    match casestatus.classify(word):
        case CaseStatus.IN_FORCE | CaseStatus.LATE:
            # 授权, 转移 … are events of some day, and no state on the day of look-up.
            if _TURNED.search(word) or not _STATES.search(word):
                return Told.UNKNOWN
            return Told.FACTS
        case CaseStatus.UNPAID_ENDED:
            return Told.FACTS if _FEES.search(word) else Told.UNKNOWN
        case CaseStatus.ENDED:
            return Told.ENDED
        case CaseStatus.ENDED_UNTOLD:
            return Told.UNCLEAR
    return Told.UNKNOWN


class CaseStatusRows:
    """Reads the rows of one list; `listed_on` is the day it names for all of them."""

    def __init__(
        self, layout: Layout, reading: Reading, *, listed_on: date | None = None
    ) -> None:
        self._layout = layout
        self._reading = reading
        self._listed_on = listed_on or reading.queried_on
        self._number_at = layout.positions.get("application_no", -1)

    def read(self, row: Row) -> Outcome[Stated]:
        """Return what `row` states, or why it is not taken. Never raises."""
        return outcome_of(self._layout, row, self._stated)

    def _stated(self, row: Row, warnings: Warnings) -> Stated:
        fields = Fields(self._layout, row)
        number = number_in(
            fields,
            numeric=self._number_at in row.numeric,
            known=self._reading.known,
            warnings=warnings,
        )
        text = fields["case_status"]
        if not text:
            raise Refused("case_status", "status_empty")
        told = told_by(text)
        if told in _REFUSALS:
            raise Refused("case_status", _REFUSALS[told], text)
        if told in _SKIPS:
            raise PassedOver("case_status", _SKIPS[told], text)
        day = self._queried_on(fields)
        if told is Told.ENDED:
            return Stated(number, events=(self._ended(number, text, day),))
        paid = _paid_through(fields, warnings)
        return Stated(number, casestatus.facts(text, day, paid_through=paid))

    def _queried_on(self, fields: Fields) -> date:
        if fields["queried_on"]:
            return fields.past_day("queried_on", self._reading.today)
        day = self._listed_on
        if day is None:
            raise Refused("queried_on", "query_date_missing")
        fault = cells.day_fault(day.isoformat(), self._reading.today)
        if fault:
            raise Refused("queried_on", fault, day.isoformat())
        return day

    def _ended(self, number: PatentNumber, text: str, day: date) -> Event:
        """Return the end that the words tell of; raises Refused where they do not."""
        for words_ in (text, _LATER.sub("", text)):
            event = understood(
                number,
                source=EventSource.CASE_STATUS,
                code=None,
                text=words_,
                announced_on=day,
                table=self._reading.table,
            )
            if event and event.effect is Effect.END and not event.needs_review:
                return replace(event, text=text)
        raise Refused("case_status", "status_unclear", text)


_REFUSALS = {Told.UNKNOWN: "status_unknown", Told.UNCLEAR: "status_unclear"}
_SKIPS = {Told.PENDING: "not_granted", Told.DEAD: "application_ended"}


def _paid_through(fields: Fields, warnings: Warnings) -> int | None:
    text = fields["paid_through"]
    year = words.fee_year(text) if text else None
    if text and year is None:
        warnings.add("paid_through", "paid_through_unknown", text)
    return year
