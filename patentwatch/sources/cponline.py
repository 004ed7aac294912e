"""Saved pages of the national office's query system → what they state on their day."""

from collections.abc import Mapping
from datetime import date

from patentwatch.errors import InputError
from patentwatch.register import feepage
from patentwatch.register.cells import Row
from patentwatch.register.columns import Kind, Layout
from patentwatch.register.messages import note
from patentwatch.register.outcome import Outcome
from patentwatch.register.stated import Stated
from patentwatch.sources.casestatuses import CaseStatusRows
from patentwatch.sources.reports import Reading
from patentwatch.sources.unexpected import AGAIN, unexpected

_SECTION = "zhuluxmxx"
_NUMBER, _STATUS = "zhuanlisqh", "anjianywzt"
_LAYOUT = Layout(
    Kind.CASE_STATUS,
    "",
    {"application_no": _NUMBER, "case_status": _STATUS},
    {"application_no": 0, "case_status": 1},
    2,
)
_SHOWN = 40


def is_bibliographic(document: object) -> bool:
    """Return whether a page shows bibliographic data rather than fees."""
    return _SECTION in _part(document, "data")


def bibliographic(document: object, *, name: str, reading: Reading) -> Outcome[Stated]:
    """Return what the page of bibliographic data says about its one patent.

    Its 法律状态 (falvzt) is blank in newer pages and is not used. Raises InputError
    `unexpected_content` for a page that is not whole.
    """
    _check_code(document, name)
    section = _part(_part(_part(document, "data"), _SECTION), _SECTION)
    found = [section.get(key) for key in (_NUMBER, _STATUS)]
    if not all(isinstance(one, str) for one in found):
        raise unexpected(name, "著录项目信息页缺少申请号或案件状态")
    rows = CaseStatusRows(_LAYOUT, reading)
    return rows.read(Row(1, [str(one) for one in found]))


def fees(
    document: object, *, name: str, stem: str, reading: Reading, queried_on: date
) -> Outcome[Stated]:
    """Return what the fee page says; `stem` is the file's name without ending.

    Raises InputError as `feepage.read` does, and for a payment of a day to come.
    """
    _check_code(document, name)
    try:
        stated = feepage.read(document, stem=stem, queried_on=queried_on).stated
    except InputError as fault:
        raise InputError(f"{name}：{fault}", code=fault.code) from fault
    if any(fact.dated_on > reading.today for fact in stated.facts):
        raise unexpected(name, "费用页上的缴费日期晚于今天")
    if not stated.facts:
        return Outcome(skip=note(_LAYOUT, 1, "", "nothing_stated"))
    return Outcome(stated)


def _check_code(document: object, name: str) -> None:
    if not isinstance(document, dict) or "code" not in document:
        raise unexpected(name, "JSON，但不是查询系统的网页")
    if document.get("code") == 200 and isinstance(document.get("data"), dict):
        return
    said = " ".join(str(document.get("msg") or document.get("message") or "").split())
    shown = f"：{said[:_SHOWN]}" if said.isprintable() and said else ""
    raise unexpected(name, f"JSON 错误信息{shown}", AGAIN)


def _part(document: object, key: str) -> Mapping[str, object]:
    part = document.get(key) if isinstance(document, Mapping) else None
    return part if isinstance(part, Mapping) else {}
