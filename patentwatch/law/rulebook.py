"""The law's numbers as one frozen value, built from parsed tables; reads no files."""

import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Protocol, TypeVar

from patentwatch.errors import LawError, NoRuleInForce
from patentwatch.law import rules
from patentwatch.law.rows import Row
from patentwatch.law.rules import (
    Amount,
    Extension,
    FeeScale,
    HolidayNotice,
    OpenLicence,
    Receipt,
    Reduction,
    Surcharge,
    Term,
)
from patentwatch.model import PatentType


class _Dated(Protocol):
    @property
    def from_on(self) -> date: ...


class _Typed(Protocol):
    @property
    def patent_type(self) -> PatentType: ...


_DatedT = TypeVar("_DatedT", bound=_Dated)
_TypedT = TypeVar("_TypedT", bound=_Typed)
_T = TypeVar("_T")


@dataclass(frozen=True, slots=True, eq=False)
class Rulebook:
    """All tables; equal only to itself, told apart by `fingerprint`.

    `fingerprint` is the SHA-256 of all rows with their sources. Rows are in the order
    of the days from which they hold. Holiday notices cover whole years without a gap,
    from `first_notice_on` to `last_notice_on`, both inclusive.
    """

    fingerprint: str
    fees: Mapping[PatentType, tuple[FeeScale, ...]]
    terms: Mapping[PatentType, tuple[Term, ...]]
    surcharges: tuple[Surcharge, ...]
    reductions: tuple[Reduction, ...]
    open_licence: tuple[OpenLicence, ...]
    restoration_fees: tuple[Amount, ...]
    compensation_fees: tuple[Amount, ...]
    receipts: tuple[Receipt, ...]
    extensions: tuple[Extension, ...]
    weekdays_off: frozenset[date]
    makeup_weekend_days: frozenset[date]
    fixed_rest_days: frozenset[tuple[int, int]]
    first_notice_on: date
    last_notice_on: date

    @property
    def last_notice_year(self) -> int:
        """The last year whose holiday notice is loaded; later dates are provisional."""
        return self.last_notice_on.year


def rulebook(tables: Mapping[str, Mapping[str, object]]) -> Rulebook:
    """Build the rulebook from parsed tables by name; later tables win row by row.

    A row takes the place of an earlier table's row for the same type and day (or
    year, or announcement). Raises `LawError` naming the table and the row.
    """
    rows = _merged(tables)
    notices = _read(rows, "rest_days", rules.read_holiday_notice)
    _refuse_gaps(notices)
    fixed = _read(rows, "fixed_rest_days", rules.read_fixed_rest_days)
    return Rulebook(
        fingerprint=_fingerprint(rows),
        fees=_by_type(_read(rows, "fees", rules.read_fee_scale)),
        terms=_by_type(_read(rows, "terms", rules.read_term)),
        surcharges=_read(rows, "surcharges", rules.read_surcharge),
        reductions=_read(rows, "reductions", rules.read_reduction),
        open_licence=_read(rows, "open_licence", rules.read_open_licence),
        restoration_fees=_read(rows, "restoration_fees", rules.read_amount),
        compensation_fees=_read(rows, "compensation_fees", rules.read_yearly_amount),
        receipts=_read(rows, "receipts", rules.read_receipt),
        extensions=_read(rows, "extensions", rules.read_extension),
        weekdays_off=frozenset(d for n in notices for d in n.weekdays_off),
        makeup_weekend_days=frozenset(
            d for n in notices for d in n.makeup_weekend_days
        ),
        fixed_rest_days=frozenset(d for row in fixed for d in row.month_days),
        first_notice_on=date(notices[0].year, 1, 1),
        last_notice_on=date(notices[-1].year, 12, 31),
    )


def in_force(rows: Iterable[_DatedT], on: date, *, what: str) -> _DatedT:
    """Return the row that governs `on`; raise `NoRuleInForce` if none does yet.

    `rows` are in the order of their days; `what` names the question in the message.
    """
    found = None
    for row in rows:
        if row.from_on > on:
            break
        found = row
    if found is None:
        raise NoRuleInForce(
            f"{what}：法规表中没有适用于 {on} 的规定；"
            "请核对日期，或在 [law] tables_dir 中补充当时的表"
        )
    return found


_IDENTITY: Mapping[str, tuple[str, ...]] = {
    "fees": ("patent_type", "from"),
    "terms": ("patent_type", "from"),
    "surcharges": ("from",),
    "reductions": ("from",),
    "open_licence": ("from",),
    "restoration_fees": ("from",),
    "compensation_fees": ("from",),
    "receipts": ("from",),
    "extensions": ("announcement",),
    "rest_days": ("year",),
    "fixed_rest_days": (),
}
_Rows = dict[str, dict[str, Row]]


def _merged(tables: Mapping[str, Mapping[str, object]]) -> _Rows:
    """Return section → identity → row; identities sort in the order of their days."""
    merged: _Rows = {section: {} for section in _IDENTITY}
    for table, sections in tables.items():
        for section, values in sections.items():
            if section not in _IDENTITY:
                known = "、".join(_IDENTITY)
                raise _fault(f"{table}：不认识的表 [[{section}]]，应为 {known}")
            merged[section].update(_rows(table, section, values))
    for section, found in merged.items():
        if not found:
            raise _fault(f"法规表缺少 [[{section}]]，请补上")
    return merged


def _rows(table: str, section: str, values: object) -> dict[str, Row]:
    if not isinstance(values, list):
        raise _fault(f"{table}：{section} 应写成 [[{section}]]")
    found: dict[str, Row] = {}
    for number, value in enumerate(values, 1):
        if not isinstance(value, dict):
            raise _fault(f"{table}：{section} 应写成 [[{section}]]")
        row = Row(table, section, number, value)
        identity = "|".join(str(value.get(key)) for key in _IDENTITY[section])
        if identity in found:
            raise row.fault(f"与第{found[identity].number}条重复")
        found[identity] = row
    return found


def _read(rows: _Rows, section: str, read: Callable[[Row], _T]) -> tuple[_T, ...]:
    found: list[_T] = []
    for _, row in sorted(rows[section].items()):
        found.append(read(row))
        row.finish()
    return tuple(found)


def _by_type(rows: tuple[_TypedT, ...]) -> dict[PatentType, tuple[_TypedT, ...]]:
    return {
        patent_type: tuple(row for row in rows if row.patent_type is patent_type)
        for patent_type in PatentType
    }


def _refuse_gaps(notices: tuple[HolidayNotice, ...]) -> None:
    for before, after in pairwise(notices):
        if after.year != before.year + 1:
            raise _fault(
                f"[[rest_days]]：有{before.year}年和{after.year}年的放假通知，"
                f"缺少{before.year + 1}年的，请补上"
            )


def _fingerprint(rows: _Rows) -> str:
    content = {
        section: [row.values for _, row in sorted(found.items())]
        for section, found in rows.items()
    }
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def _fault(message: str) -> LawError:
    return LawError(message, code="law_table")
