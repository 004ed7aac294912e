"""Papers as workbooks: a statement, and the sheet with which a party can pay."""

from patentwatch import clean
from patentwatch.grid import Cell, Grid, workbook
from patentwatch.holdings import Holding, HoldingState, StatedFee
from patentwatch.paymentsheet import COLUMNS, PaymentSheet, positions
from patentwatch.phrases import day, number
from patentwatch.statementpage import TITLE, act_by, how_late, tie
from patentwatch.statements import Statement

_LISTED = (
    ("序号", 6), ("专利号", 20), ("发明名称", 34), ("申请日", 12), ("授权公告日", 12),
    ("期满终止日", 12), ("情况", 30), ("下一笔年度", 8), ("最迟缴费日（含）", 13),
    ("全额年费（元）", 10), ("应缴年费（元）", 10), ("减缴比例", 9),
    ("减缴最后年度", 9), ("全额起始年度", 9), ("全额起始期限", 13),
    ("全额起始年费（元）", 11), ("关联", 30),
)  # fmt: skip
_LATE = (
    ("序号", 6), ("专利号", 20), ("发明名称", 34), ("年度", 7), ("情况", 60),
    ("最迟办理日（含）", 14), ("年费（元）", 10), ("滞纳金（元）", 10),
    ("应缴合计（元）", 11),
)  # fmt: skip
_BUDGET = (("年份", 10), ("年费笔数", 10), ("合计（元）", 12))


def statement_xlsx(statement: Statement) -> bytes:
    """Return the statement as a workbook: all rights, late fees, the budget."""
    held = list(enumerate(statement.holdings, 1))
    late = [(one, fee) for one in statement.holdings for fee in one.late]
    head = (f"{clean.name(statement.party)}　{TITLE}（{day(statement.on)}）",)
    grids = [
        Grid("专利", _LISTED, [_cells(n, one) for n, one in held], head, frozen=2),
        Grid(
            "已过缴费期限",
            _LATE,
            [_late_cells(n, *one) for n, one in enumerate(late, 1)],
        ),
        Grid(
            "预算", _BUDGET, [(str(y.year), y.fees, y.yuan) for y in statement.budget]
        ),
    ]
    author = clean.line(statement.office.name)
    return workbook(grids, author=author, on=statement.on)


def payment_xlsx(sheet: PaymentSheet, *, author: str) -> bytes:
    """Return the portal's sheet: one table, its head in the first row, nothing else."""
    grid = Grid("网上缴费", COLUMNS, positions(sheet.rows))
    return workbook([grid], author=clean.line(author), on=sheet.on)


def _cells(position: int, one: Holding) -> tuple[Cell, ...]:
    patent, fee, ends = one.patent, one.next, one.cliff
    asked = fee.item if fee and not fee.held else None
    full_from_on = ends.full_from_on if ends else None
    return (
        str(position),
        number(one.number),
        clean.name(patent.title, limit=500),
        patent.filing_on.isoformat(),
        patent.grant_on.isoformat() if patent.grant_on else None,
        one.term_ends_on.isoformat() if one.term_ends_on else None,
        situation(one),
        str(fee.item.fee_year) if fee else None,
        fee.item.last_in_time_on.isoformat() if fee else None,
        asked.full_fee_yuan if asked else None,
        asked.amount_due_yuan if asked else None,
        "未掌握" if patent.reduction is None else f"{patent.reduction}%",
        str(ends.last_year) if ends else None,
        str(ends.full_from_year) if ends and ends.full_from_year else None,
        full_from_on.isoformat() if full_from_on else None,
        ends.full_fee_yuan if ends else None,
        "；".join(tie(link) for link in one.links),
    )


def situation(one: Holding) -> str:
    """Return how a right stands, in a few words that accuse nobody."""
    if one.state is HoldingState.RESTORABLE:
        return "补缴期已满，尚可请求恢复"
    if any(fee.held for fee in one.late):
        return "缴费记录正在核实"
    if any(fee.confirmed for fee in one.late):
        return "有效，年费逾期未缴"
    return "有效，缴费期限已过，未掌握缴费信息" if one.late else "有效"


def _late_cells(position: int, one: Holding, fee: StatedFee) -> tuple[Cell, ...]:
    item, by_on = fee.item, act_by(fee)
    return (
        str(position),
        number(one.number),
        clean.name(one.patent.title, limit=500),
        str(item.fee_year),
        how_late(fee),
        by_on.isoformat() if by_on else None,
        item.payable_fee_yuan if fee.payable else None,
        item.surcharge_yuan if fee.payable else None,
        item.amount_due_yuan if fee.payable else None,
    )
