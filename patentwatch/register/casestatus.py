"""What the words in 案件状态 and 法律状态 say about a right, and about its fees."""

import re
from datetime import date
from enum import StrEnum
from functools import lru_cache

from patentwatch.model import Fact, FactKind, FactSource


class CaseStatus(StrEnum):
    """What a status cell means; UNKNOWN is for no word and for words not known."""

    IN_FORCE = "in_force"
    LATE = "late"  # 等年费滞纳金
    UNPAID_ENDED = "unpaid_ended"  # ended for non-payment, perhaps restorable
    ENDED = "ended"  # ended, for another reason
    ENDED_UNTOLD = "ended_untold"  # ended, the cell does not say why
    PENDING = "pending"  # never granted, or not yet
    UNKNOWN = "unknown"


# The order matters: 未缴年费专利权终止，等恢复 holds 终止, 部分无效 holds 无效, and
# 视为放弃，等恢复 is no lapse for a fee.
_WORDS = tuple(
    (re.compile(words), status)
    for words, status in (
        (r"视为放弃", CaseStatus.ENDED),
        (r"视撤|驳回|未授权", CaseStatus.PENDING),
        (r"等恢复|未缴.*终止|终止.*未缴|^未缴年费", CaseStatus.UNPAID_ENDED),
        (r"(?<!无)滞纳金", CaseStatus.LATE),
        (r"部分无效|维持|权利恢复", CaseStatus.IN_FORCE),
        (r"届满|全部无效|宣告无效|无效宣告|放弃|避重|撤销|^无效$", CaseStatus.ENDED),
        (r"终止|失效|^无权$|^无效", CaseStatus.ENDED_UNTOLD),
        (r"驳回|撤回|视撤|实质审查|实审|审中|受理|^公开|待审|初审", CaseStatus.PENDING),
        (r"授权|有效|^有权|许可|质押|转让|转移|保全", CaseStatus.IN_FORCE),
    )
)


@lru_cache(maxsize=4096)
def classify(text: str) -> CaseStatus:
    """Return what a status cell says; of several words, the gravest that is clear."""
    word = "".join(text.split())
    for pattern, status in _WORDS:
        if pattern.search(word):
            return status
    return CaseStatus.UNKNOWN


def facts(
    text: str, dated_on: date, *, paid_through: int | None = None
) -> tuple[Fact, ...]:
    """Return what a row of a list of valid patents says on `dated_on`.

    A status that ends the right is no listing as valid. `paid_through`: the list's own
    column, None without one.
    """
    match classify(text):
        case CaseStatus.LATE:
            kind = FactKind.UNPAID
        case CaseStatus.UNPAID_ENDED:
            kind = FactKind.ENDED
        case CaseStatus.IN_FORCE:
            return (_listed(FactSource.CASE_STATUS, dated_on, paid_through),)
        case CaseStatus.UNKNOWN:
            return (_listed(FactSource.COLUMN, dated_on, paid_through),)
        case _:
            return ()
    told = Fact(kind, FactSource.CASE_STATUS, dated_on, note=text)
    if paid_through is None:
        return (told,)
    return (
        told,
        Fact(FactKind.PAID, FactSource.COLUMN, dated_on, fee_year=paid_through),
    )


def _listed(source: FactSource, dated_on: date, paid_through: int | None) -> Fact:
    return Fact(FactKind.LISTED, source, dated_on, paid_through=paid_through)
