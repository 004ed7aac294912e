"""The sheet of nine columns with which the national office's portal takes payments.

Filled in from a statement: one row for each kind of fee. What may be paid already, or
what nobody is sure of, is left out and named.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from typing import Any

from patentwatch import clean
from patentwatch.holdings import Holding, HoldingState, StatedFee
from patentwatch.model import Evidence, PatentNumber, PatentType
from patentwatch.statements import Statement

COLUMNS = (
    ("序号", 6),
    ("申请号/专利号", 18),
    ("业务类型", 10),
    ("票据抬头", 36),
    ("统一社会信用代码", 22),
    ("费用种类", 26),
    ("外币金额", 10),
    ("费用金额", 10),
    ("备注", 44),
)
"""In the order of the portal's template, which refuses any other."""

AHEAD = timedelta(days=90)
"""Fees due within so many days are on the sheet unless another day is asked for: from
the day on which the first notice of them goes out."""

_TYPES = {
    PatentType.INVENTION: "发明",
    PatentType.UTILITY_MODEL: "实用新型",
    PatentType.DESIGN: "外观设计",
}


class LeftOut(StrEnum):
    """Why an unsettled annuity is not on the sheet."""

    HELD = "held"
    ANSWERED = "answered"
    TOO_LATE = "too_late"


@dataclass(frozen=True, slots=True)
class PaymentRow:
    """One fee to pay; `fee` in the words of the portal."""

    application_no: PatentNumber
    business: str
    title: str
    credit_code: str
    fee: str
    yuan: int
    note: str

    def cells(self, position: int) -> tuple[str | int, ...]:
        """Return the nine cells; the number without its dot, as the portal has it."""
        return (
            str(position),
            self.application_no.replace(".", ""),
            self.business,
            self.title,
            self.credit_code,
            self.fee,
            "",
            self.yuan,
            self.note,
        )


@dataclass(frozen=True, slots=True)
class PaymentSheet:
    """The rows, and what was left out of them with the reason."""

    on: date
    rows: tuple[PaymentRow, ...]
    left_out: tuple[tuple[PatentNumber, int, LeftOut], ...]

    @property
    def total_yuan(self) -> int:
        """Return what all rows cost together."""
        return sum(row.yuan for row in self.rows)


def payment_sheet(statement: Statement, *, until_on: date) -> PaymentSheet:
    """Return what a party can pay on the statement's day, due by `until_on`.

    What is late is always among it. An annuity after its six months cannot be paid
    without a request for restoration, so it is left out.
    """
    rows: list[PaymentRow] = []
    left_out: list[tuple[PatentNumber, int, LeftOut]] = []
    for holding in statement.holdings:
        for fee in holding.fees:
            if not fee.late and fee.item.due_on > until_on:
                continue
            why = _left_out(holding, fee)
            if why is None:
                rows += _rows(holding, fee, statement)
            else:
                left_out.append((holding.number, fee.item.fee_year, why))
    return PaymentSheet(statement.on, tuple(rows), tuple(left_out))


def _left_out(holding: Holding, fee: StatedFee) -> LeftOut | None:
    if fee.held:
        return LeftOut.HELD
    if holding.state is HoldingState.RESTORABLE or not fee.payable:
        return LeftOut.TOO_LATE
    return LeftOut.ANSWERED if fee.answer else None


def _rows(
    holding: Holding, fee: StatedFee, statement: Statement
) -> Iterator[PaymentRow]:
    """Yield the annual fee and the surcharge, less what was paid: the fee first."""
    item, kind = fee.item, _TYPES[holding.patent.patent_type]
    annual = max(item.payable_fee_yuan - item.already_paid_yuan, 0)
    owed = (
        (f"{kind}专利第{item.fee_year}年年费", annual),
        (f"{kind}专利年费滞纳金", item.amount_due_yuan - annual),
    )
    for name, yuan in owed:
        if yuan > 0:
            yield PaymentRow(
                application_no=holding.number,
                business=kind,
                title=clean.name(statement.party),
                credit_code=statement.credit_code,
                fee=name,
                yuan=yuan,
                note=_note(fee, item.already_paid_yuan),
            )


def _note(fee: StatedFee, already_paid_yuan: int) -> str:
    """Return what to know before paying; a late fee may well be paid already."""
    item, words = fee.item, []
    if fee.late and item.window_until_on is not None:
        words.append(f"金额至{item.window_until_on.isoformat()}有效")
    if fee.late and item.evidence is not Evidence.CONFIRMED:
        words.append("我局未掌握缴费信息，缴费前请核对是否已缴")
    if item.reduction is None:
        words.append("未掌握费减情况，按全额")
    if already_paid_yuan:
        words.append(f"已缴{already_paid_yuan}元，本次补足")
    return "；".join(words)


def positions(rows: Sequence[PaymentRow]) -> list[tuple[str | int, ...]]:
    """Return the cells of every row, numbered from 1."""
    return [row.cells(position) for position, row in enumerate(rows, 1)]


def document(sheet: PaymentSheet) -> dict[str, Any]:
    """Return what `statement --payment-sheet --json` tells."""
    titles = [title for title, _ in COLUMNS]
    return {
        "on": sheet.on,
        "rows": [
            dict(zip(titles, cells, strict=True)) for cells in positions(sheet.rows)
        ],
        "total_yuan": sheet.total_yuan,
        "left_out": [
            {"application_no": number, "fee_year": year, "why": why.value}
            for number, year, why in sheet.left_out
        ],
    }
