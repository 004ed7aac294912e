"""A saved fee page of the national office's query system → facts about one patent.

An absent list is not an empty list, and anything but a complete answer says nothing.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from patentwatch.errors import InputError
from patentwatch.model import Fact, FactKind, FactSource, PatentNumber
from patentwatch.register import cells, numbers, words
from patentwatch.register.stated import Stated

_ANNUITY = re.compile(r"第\s*([0-9]{1,2})\s*年年费")
_RESTORATION = "恢复权利请求费"
_SURCHARGE = "滞纳金"
_UNPAID = "未缴"
_PERIOD = re.compile(r"(.+?)(?:至|到)(.+)")
_ANY_NUMBER = re.compile(r"(?:ZL|CN)?[0-9]{8,12}\.?[0-9Xx]", re.IGNORECASE)
_DEPTH = 8


@dataclass(frozen=True, slots=True)
class LateStep:
    """One step of the late-fee table; both days inclusive."""

    from_on: date
    until_on: date
    annual_fee_yuan: int
    late_fee_yuan: int
    total_yuan: int


@dataclass(frozen=True, slots=True)
class FeePage:
    """What the page states, and its late-fee table (empty when it shows none)."""

    stated: Stated
    late_steps: tuple[LateStep, ...] = ()


def read(document: object, *, stem: str, queried_on: date) -> FeePage:
    """Return what a saved page says; `stem` is the file's name without ending.

    The page bears no day of its own: `queried_on` is when it was saved. Its number is
    taken from the document, else from `stem`. Raises InputError `unexpected_content`
    or `number_missing`, without a file name.
    """
    page = _page(document)
    due = _rows(page, "yingjiaofei", "svYingjfList")
    paid = _rows(page, "yijiaofei", "svYijfList")
    steps = _rows(page, "zhinajin", "svZnjList")
    if due is None and paid is None:
        raise _unexpected("没有应缴费和已缴费两张表")
    facts = (*_due_facts(due or [], queried_on), *_paid_facts(paid or []))
    return FeePage(
        Stated(_number(document, stem), facts), tuple(map(_step, steps or []))
    )


def _page(document: object) -> Mapping[str, object]:
    if not isinstance(document, dict):
        raise _unexpected("不是一页查询结果")
    if document.get("code") != 200:
        raise _unexpected("返回的是错误信息")
    page = document.get("data")
    if not isinstance(page, dict):
        raise _unexpected("没有数据")
    return page


def _rows(
    page: Mapping[str, object], section: str, name: str
) -> list[Mapping[str, object]] | None:
    part = page.get(section)
    rows = part.get(name) if isinstance(part, dict) else None
    if rows is None:
        return None
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise _unexpected(f"{name} 不是一张表")
    return rows


def _due_facts(rows: list[Mapping[str, object]], queried_on: date) -> Iterator[Fact]:
    owing = [row for row in rows if _text(row, "yingjiaoffyzt") == _UNPAID]
    ended = any(_text(row, "yingjiaoffyzlmc") == _RESTORATION for row in owing)
    if ended:
        yield Fact(FactKind.ENDED, FactSource.FEE_PAGE, queried_on, note=_RESTORATION)
    years = {year: row for row in owing if (year := _year(row, "yingjiaoffyzlmc"))}
    for year, row in years.items():
        yield Fact(
            FactKind.UNPAID,
            FactSource.FEE_PAGE,
            queried_on,
            fee_year=year,
            amount_yuan=_yuan(row, "yingjiaoje"),
        )
    if years and not ended and min(years) > 1:
        # The page shows the first year that is owed: those before it are settled.
        yield Fact(
            FactKind.PAID, FactSource.FEE_PAGE, queried_on, fee_year=min(years) - 1
        )


def _paid_facts(rows: list[Mapping[str, object]]) -> Iterator[Fact]:
    """Yield the annuities paid; a surcharge belongs to the annuity of the same day."""
    years = {
        _day(row, "yijiaofjfrq"): year
        for row in rows
        if (year := _year(row, "yijiaofjfzlmc"))
    }
    for row in rows:
        paid_on = _day(row, "yijiaofjfrq")
        year = _year(row, "yijiaofjfzlmc")
        if year is None and _SURCHARGE in _text(row, "yijiaofjfzlmc"):
            year = years.get(paid_on)
        if year is not None:
            receipt = _text(row, "yijiaofpjdm") + _text(row, "yijiaofpjhm")
            yield Fact(
                FactKind.PAYMENT,
                FactSource.FEE_PAGE,
                paid_on,
                fee_year=year,
                amount_yuan=_yuan(row, "yijiaofjfje"),
                ref=receipt,
                note=_text(row, "yijiaofjfzlmc"),
            )


def _step(row: Mapping[str, object]) -> LateStep:
    period = _PERIOD.fullmatch(_text(row, "zhinajjfsj"))
    begins, ends = (
        (cells.day(period[1]), cells.day(period[2])) if period else (None,) * 2
    )
    if begins is None or ends is None:
        raise _unexpected("滞纳金时间段不完整")
    return LateStep(
        begins,
        ends,
        _yuan(row, "zhinajdqnfje"),
        _yuan(row, "zhinajyjznje"),
        _yuan(row, "zhinajzj"),
    )


def _text(row: Mapping[str, object], key: str) -> str:
    value = row.get(key)
    return "" if value is None else str(value).strip()


def _year(row: Mapping[str, object], key: str) -> int | None:
    found = _ANNUITY.search(_text(row, key))
    return words.fee_year(found[1]) if found else None


def _yuan(row: Mapping[str, object], key: str) -> int:
    amount = words.yuan(_text(row, key))
    if amount is None:
        raise _unexpected(f"金额“{_text(row, key)[:20]}”不是整数元")
    return amount


def _day(row: Mapping[str, object], key: str) -> date:
    day = cells.day(_text(row, key))
    if day is None:
        raise _unexpected(f"日期“{_text(row, key)[:20]}”无法识别")
    return day


def _number(document: object, stem: str) -> PatentNumber:
    named = [str(value) for value in _values(document, "zhuanlisqh", _DEPTH)]
    for text in (*named, *_ANY_NUMBER.findall(stem)):
        number = numbers.canonical(text)
        if number is not None:
            return number
    raise InputError(
        "费用页中没有申请号；请把文件名改为申请号，如 2013101997083.json",
        code="number_missing",
    )


def _values(part: object, key: str, depth: int) -> Iterator[object]:
    if depth == 0:
        return
    if isinstance(part, dict):
        if key in part:
            yield part[key]
        for value in part.values():
            yield from _values(value, key, depth - 1)
    elif isinstance(part, list):
        for value in part:
            yield from _values(value, key, depth - 1)


def _unexpected(what: str) -> InputError:
    return InputError(
        f"不是完整的费用查询页（{what}）；请重新登录查询系统后再保存",
        code="unexpected_content",
    )
