"""One question about one annuity, read strictly from a mapping (a line of JSON)."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from patentwatch.errors import LawError
from patentwatch.law import terms
from patentwatch.law.account import Notice, Payment
from patentwatch.law.lapse import Delivery
from patentwatch.model import PatentType

_T = TypeVar("_T")

_KEYS = frozenset(
    {
        "patent_type",
        "filing_date",
        "grant_date",
        "fee_year",
        "as_of",
        "reduction",
        "open_licence",
        "payments",
        "notice",
        "extended_due",
        "grant_year_paid",
        "suspended",
        # accepted, and without any effect on an annuity:
        "divisional_submitted",
        "priority_date",
        "national_entry_date",
    }
)
_TYPES = {str(patent_type): patent_type for patent_type in PatentType}
_REDUCTIONS = (0, 70, 85)
_EARLIEST, _LATEST = "1985-04-01", "2199-12-31"
_ISO_LENGTH = len(_EARLIEST)


class QuestionError(LawError):
    """A question that cannot be asked so; the message says what to mend."""

    code = "invalid"


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked. `fee_year` None: the next unpaid one.

    `grant_year` is the year paid at registration, from the fee record if it is known,
    else from the announcement of the grant.
    """

    patent_type: PatentType
    filing_on: date
    grant_year: int
    on: date
    fee_year: int | None
    reduction: int
    open_licence: bool
    payments: tuple[Payment, ...]
    notice: Notice | None
    extended_due_on: date | None
    suspended: bool


def question(line: object, *, on: date) -> Question:
    """Read a question; `on` stands where the line names no day (`as_of`).

    A key with null is a key left out. Raises `QuestionError`.
    """
    if not isinstance(line, dict):
        raise QuestionError("每行应为一个 JSON 对象 { … }", code="not_an_object")
    if not line.keys() <= _KEYS:
        unknown = "、".join(sorted(str(key) for key in line.keys() - _KEYS))
        raise QuestionError(f"不认识的字段：{unknown}，请核对拼写", code="unknown_key")
    filing_on = _required(line, "filing_date", _day)
    found = Question(
        patent_type=_required(line, "patent_type", _patent_type),
        filing_on=filing_on,
        grant_year=_grant_year(line, filing_on),
        on=_optional(line, "as_of", _day) or on,
        fee_year=_optional(line, "fee_year", _year),
        reduction=_optional(line, "reduction", _reduction) or 0,
        open_licence=_optional(line, "open_licence", _switch) or False,
        payments=_optional(line, "payments", _payments) or (),
        notice=_optional(line, "notice", _notice),
        extended_due_on=_optional(line, "extended_due", _day),
        suspended=_optional(line, "suspended", _switch) or False,
    )
    _refuse_impossible(found)
    return found


def _refuse_impossible(asked: Question) -> None:
    filing_on = asked.filing_on
    if asked.on < filing_on:
        raise _impossible(f"查询日 {asked.on} 早于申请日 {filing_on}")
    for day, _ in asked.payments:
        if day < filing_on:
            raise _impossible(f"缴费日期 {day} 早于申请日 {filing_on}")
    if asked.notice is not None and asked.notice.dispatched_on < filing_on:
        raise _impossible(
            f"通知书发文日 {asked.notice.dispatched_on} 早于申请日 {filing_on}"
        )
    if asked.extended_due_on is not None and asked.fee_year is None:
        raise QuestionError(
            "给出延长的期限（extended_due）时须指明年度（fee_year）", code="missing_key"
        )


def _grant_year(line: Mapping[str, object], filing_on: date) -> int:
    """Return the year paid at registration; the fee record goes before the grant."""
    paid = _optional(line, "grant_year_paid", _year)
    grant_on = _optional(line, "grant_date", _day)
    if grant_on is not None and grant_on < filing_on:
        raise _impossible(f"授权公告日 {grant_on} 早于申请日 {filing_on}")
    if paid is not None:
        return paid
    if grant_on is None:
        raise _missing("grant_date")
    return terms.grant_year(filing_on, grant_on)


def _required(
    line: Mapping[str, object], key: str, read: Callable[[str, object], _T]
) -> _T:
    value = line.get(key)
    if value is None:
        raise _missing(key)
    return read(key, value)


def _optional(
    line: Mapping[str, object], key: str, read: Callable[[str, object], _T]
) -> _T | None:
    value = line.get(key)
    return None if value is None else read(key, value)


def _day(key: str, value: object) -> date:
    if not isinstance(value, str):
        raise _wrong(key, "日期文字，如 2026-03-02")
    if len(value) == _ISO_LENGTH and value[4] == value[7] == "-":
        try:
            day = date.fromisoformat(value)
        except ValueError:
            pass
        else:
            if _EARLIEST <= value <= _LATEST:
                return day
            raise QuestionError(
                f"{key}：日期 {value} 应在 {_EARLIEST} 至 {_LATEST} 之间",
                code="date_impossible",
            )
    raise QuestionError(
        f"{key}：日期“{value[:40]}”不存在或写法不对，应写作 2026-03-02",
        code="date_impossible",
    )


def _patent_type(key: str, value: object) -> PatentType:
    if not isinstance(value, str):
        raise _wrong(key, "文字")
    patent_type = _TYPES.get(value)
    if patent_type is None:
        raise QuestionError(
            f"{key}：专利类型“{value[:40]}”无法识别，应为 invention（发明）、"
            "utility_model（实用新型）或 design（外观设计）",
            code="patent_type",
        )
    return patent_type


def _whole(key: str, value: object) -> int:
    if type(value) is not int:
        raise _wrong(key, "整数")
    return value


def _year(key: str, value: object) -> int:
    year = _whole(key, value)
    if year < 1:
        raise QuestionError(f"{key}：年度从 1 起算，请核对", code="fee_year")
    return year


def _reduction(key: str, value: object) -> int:
    reduction = _whole(key, value)
    if reduction not in _REDUCTIONS:
        raise QuestionError(
            f"{key}：减缴比例应为 0、70 或 85（减去的百分比）", code="reduction"
        )
    return reduction


def _switch(key: str, value: object) -> bool:
    if not isinstance(value, bool):
        raise _wrong(key, "true 或 false")
    return value


def _payments(key: str, value: object) -> tuple[Payment, ...]:
    if not isinstance(value, list):
        raise _wrong(key, "列表 [ { date, amount }, … ]")
    return tuple(_payment(key, payment) for payment in value)


def _payment(key: str, value: object) -> Payment:
    payment = _object(key, value, keys=("date", "amount"))
    day = _required(payment, "date", _day)
    amount = _required(payment, "amount", _whole)
    if amount < 1:
        raise QuestionError(f"{key}：{day} 的缴费金额应为正的整数元", code="payment")
    return day, amount


def _notice(key: str, value: object) -> Notice:
    notice = _object(key, value, keys=("dispatched", "delivery"))
    dispatched_on = _required(notice, "dispatched", _day)
    return Notice(dispatched_on, _optional(notice, "delivery", _delivery))


def _delivery(key: str, value: object) -> str:
    if value not in (Delivery.ELECTRONIC, Delivery.PAPER):
        raise QuestionError(
            f"{key}：送达方式应为 electronic（电子）或 paper（纸件）", code="delivery"
        )
    return str(value)


def _object(key: str, value: object, *, keys: tuple[str, ...]) -> Mapping[str, object]:
    if not isinstance(value, dict):
        raise _wrong(key, f"对象 {{ {'、'.join(keys)} }}")
    unknown = [name for name in value if name not in keys]
    if unknown:
        raise QuestionError(
            f"{key}：不认识的字段 {'、'.join(unknown)}，请核对拼写", code="unknown_key"
        )
    return value


def _missing(key: str) -> QuestionError:
    return QuestionError(f"缺少字段 {key}，请补上", code="missing_key")


def _wrong(key: str, expected: str) -> QuestionError:
    return QuestionError(f"{key}：应为{expected}", code="wrong_type")


def _impossible(what: str) -> QuestionError:
    return QuestionError(f"{what}，请核对日期", code="impossible")
