"""What one notice says: the code decides; where it does not, the words, else nobody.

Nothing is guessed: what the table does not know is AMBIGUOUS and goes to a person.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from patentwatch.status import labels
from patentwatch.status.codes import (
    Effect,
    EventCode,
    Meaning,
    StatusAfter,
    StatusTable,
)
from patentwatch.status.labels import Text

UNKNOWN = Meaning("unknown", Effect.AMBIGUOUS, StatusAfter.REVIEW, "unknown")
"""No code, or one that is not in the table, and no words that are in it."""

_EFFECTIVE = (
    "专利权终止日期", "终止日期", "终止日", "放弃生效日", "恢复权利日期", "恢复权利日",
    "恢复日期", "恢复日", "保全解除日", "解除日", "登记生效日", "生效日", "变更日",
    "备案日期", "届满日",
)  # fmt: skip
_ANNOUNCED = ("法律状态公告日", "事务数据公告日", "公告日", "公告日期")
_ANNOUNCED_BY = {Effect.GRANT: "授权公告日", Effect.PENDING: "申请公布日"}
_TOO_WIDE = "terminated_reason_unstated", "abandoned_or_deemed_abandoned"
_CORRECTS = "correction_of_event"
_ABANDONED = frozenset(
    ("abandoned_double_patenting", "deemed_abandoned", "surrendered")
)
_INVALID = frozenset(("fully_invalidated", "partially_invalidated", "decision"))
_YIELDS = {
    "decision": frozenset(("partially_invalidated",)),
    "surrendered": frozenset(("abandoned_double_patenting",)),
    "abandoned_or_deemed_abandoned": _ABANDONED,
    "invalidated_full_or_partial": _INVALID,
    "terminated_reason_unstated": _ABANDONED
    | {
        "annual_fee_not_paid",
        "term_expired",
        "abandoned_or_deemed_abandoned",
        "fully_invalidated",
        "fully_revoked",
    },
}
"""A wide reason gives way to each of these beside it: 专利权的终止(未缴年费)."""

_WIDEST = frozenset(("other_matters", "notification"))
_FILLING = re.compile(
    r"等恢复补正|等恢复|待失效|失效|法律状态|描述信息|事务数据|公告|序号|实用新型|外观设计|"
    r"发明|专利权|专利|权利|宣告|由于|因|的|被|号|及|和|等|为|该|已|于|而|人|在.{0,20}基础上|继续|[一二三]"
)
_REVOKED = "专利权的撤销"
_TURNS = re.compile(
    r"[不未非拟将误]|更正|取消|作废|撤销|撤回|驳回|异议|请求|申请|恢复|终止|无效|中止|放弃|"
    r"理由|维持|复审|通知|诉讼|审理|受理|可能|是否"
)
_CANCELS = re.compile(r"更正|取消|作废|撤销|有误|错误|不予|未生效")


@dataclass(frozen=True, slots=True)
class Notice:
    """A notice as it is understood; `fields` are the labels and values in its text.

    The values of a repeated label are joined by ` | `.
    """

    code: str | None
    event: str
    effect: Effect
    status_after: StatusAfter
    reason: str
    effective_on: date | None
    announced_on: date | None
    fields: dict[str, str]
    needs_review: bool


@dataclass(frozen=True, slots=True)
class _Reading:
    """What the words say; `sure` when nothing else stands beside them."""

    meaning: Meaning
    sure: bool
    cancels: bool = False


def classify(code: str | None, text: str | None, *, table: StatusTable) -> Notice:
    """Return what the notice says; blank counts as None.

    `effective_on` and `announced_on` are None where the text does not give the one day.
    """
    named = "".join(unicodedata.normalize("NFKC", code or "").split()).upper() or None
    parts = labels.split(text or "", wordings=table.pattern)
    reading = _read(parts, table)
    known = table.codes.get(named or "")
    if known is not None:
        meaning, review = _decided(known, reading, told=bool(parts.title))
    else:
        meaning, review = reading.meaning, named is not None or not reading.sure
    effective_on, unclear = _day(parts, _EFFECTIVE)
    by_effect = _ANNOUNCED_BY.get(meaning.effect)
    announced_on, odd = _day(
        parts, (*_ANNOUNCED, by_effect) if by_effect else _ANNOUNCED
    )
    return Notice(
        named,
        meaning.event,
        meaning.effect,
        meaning.status_after,
        meaning.reason,
        effective_on,
        announced_on,
        parts.joined,
        needs_review=review
        or unclear
        or odd
        or parts.truncated
        or parts.blocks > 1
        or meaning.status_after is StatusAfter.REVIEW,
    )


def _decided(
    known: EventCode, reading: _Reading, *, told: bool
) -> tuple[Meaning, bool]:
    """Return what code and words say together, and whether a person must look."""
    said, meaning = reading.meaning, known.meaning
    if meaning.reason == _CORRECTS:
        return (said if reading.sure else meaning), True
    if meaning.effect is Effect.AMBIGUOUS:
        if reading.sure and said.effect is not Effect.AMBIGUOUS:
            return said, False
        return meaning, True
    if not told:
        return meaning, False
    if said.effect is not meaning.effect:
        clash = said.effect is not Effect.AMBIGUOUS or reading.cancels
        return meaning, clash
    narrower = meaning.reason in _TOO_WIDE or meaning.status_after is StatusAfter.REVIEW
    if narrower and reading.sure:
        return said, False
    return meaning, False


def _read(parts: Text, table: StatusTable) -> _Reading:
    """Return what the title says, and the conclusion of the examiners where given."""
    if parts.title_truncated or parts.blocks > 1:
        return _Reading(UNKNOWN, sure=False)
    concluded = [labels.bare(one) for one in parts.values.get("审查结论", ())]
    if alone := table.alone.get(_unfilled(parts.title)):
        return _Reading(alone, sure=True)
    title = "".join((parts.title, *concluded))
    found = _narrowed([table.words[one] for one in table.pattern.findall(title)])
    rest = table.pattern.sub("", title).replace(_REVOKED, "")
    cancels = _CANCELS.search(rest) is not None
    rest = _FILLING.sub("", rest)
    if not found or _TURNS.search(rest):
        return _Reading(UNKNOWN, sure=False, cancels=cancels)
    meaning = _one(found)
    sure = not rest and len(found) == 1 and not parts.truncated
    return _Reading(meaning, sure=sure, cancels=cancels)


def _unfilled(title: str) -> str:
    """Return the title alone, and once where it is repeated under several labels."""
    for label in ("法律状态", "描述信息", "事务数据", "序号"):
        title = title.replace(label, "")
    half = title[: len(title) // 2]
    return half if half and half * 2 == title else title


def _narrowed(found: Sequence[Meaning]) -> list[Meaning]:
    """Return the different meanings, without the wide ones beside a narrow one."""
    different = list(dict.fromkeys(found))
    narrow = [one for one in different if one.reason not in _WIDEST] or different
    reasons = {one.reason for one in narrow}
    return [one for one in narrow if not _YIELDS.get(one.reason, frozenset()) & reasons]


def _one(found: Sequence[Meaning]) -> Meaning:
    """Return what several meanings have in common; UNKNOWN where effects differ."""
    first = found[0]
    if len(found) == 1:
        return first
    if len({one.effect for one in found}) > 1:
        return UNKNOWN
    if first.effect is Effect.END:
        return replace(first, event="termination", reason="terminated_reason_unstated")
    return first


def _day(parts: Text, wanted: Sequence[str]) -> tuple[date | None, bool]:
    """Return the one day under the labels, and whether what stands there is unclear."""
    for label in wanted:
        if label in parts.values and parts.blocks == 1:
            days = {labels.day(one) for one in parts.values[label]}
            if len(days) == 1 and None not in days:
                return days.pop(), False
            return None, True
    return None, False
