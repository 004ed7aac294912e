"""What the payments of a fee year leave to be paid, and the question an odd one raises.

The account of the law, with what is on file about the patent: grant, reduction, open
licence. Design (§5): a receipt equal to a reduced rate is a question, never a demand.
Law: SURCHARGE, TOP_UP, REDUCTION, OPEN_LICENCE.
"""

from collections.abc import Sequence
from datetime import date

from patentwatch.deadlines import FeeDates, reduced_from_year
from patentwatch.law import terms
from patentwatch.law.account import Account, account
from patentwatch.law.fees import open_licence_percent, reductions
from patentwatch.law.rulebook import Rulebook
from patentwatch.model import Fact, FactKind, Patent


def balance_of(
    patent: Patent,
    dates: FeeDates,
    facts: Sequence[Fact],
    *,
    on: date,
    rulebook: Rulebook,
    reduction: int | None = None,
    open_licence: bool | None = None,
    suspended: bool = False,
) -> Account:
    """Return what is owed on `on`, given the payments of that year known so far.

    `reduction` and `open_licence` ask "what if": without them what is approved and
    recorded counts, and what is unknown counts as none, because the full fee is the
    safe amount.
    """
    if open_licence is None:
        open_licence = patent.openly_licensed(dates.due_on)
    return account(
        dates.annuity,
        grant_year=reduced_from_year(patent),
        reduction=(patent.reduction or 0) if reduction is None else reduction,
        open_licence=open_licence,
        payments=[
            (fact.dated_on, fact.amount_yuan or 0)
            for fact in facts
            if fact.kind is FactKind.PAYMENT and fact.fee_year == dates.fee_year
        ],
        on=on,
        notice=dates.notice,
        suspended=suspended,
        expires_on=terms.expires_on(
            patent.patent_type, patent.filing_on, rulebook=rulebook
        ),
        rulebook=rulebook,
    )


def payment_puzzle(
    patent: Patent,
    dates: FeeDates,
    facts: Sequence[Fact],
    on: date,
    rulebook: Rulebook,
) -> str:
    """Return the question that a payment raises, "" if it raises none.

    A receipt equal to a reduced rate while no reduction is on file is a question to
    the official, never a demand; money paid after the six months may be a restoration.
    """
    paid = [
        fact
        for fact in facts
        if fact.kind is FactKind.PAYMENT and fact.fee_year == dates.fee_year
    ]
    if not paid:
        return ""
    if any(fact.dated_on > dates.ends_on for fact in paid):
        return "补缴期满之后才有缴费记录，请核实是否已请求恢复。"
    if patent.reduction:
        return ""
    for reduction in reductions(dates.due_on, rulebook=rulebook):
        what_if = balance_of(
            patent, dates, facts, on=on, rulebook=rulebook, reduction=reduction
        )
        if _pays_exactly(what_if):
            return f"缴费金额等于减缴{reduction}%的年费，但未登记费减，请核实。"
    percent = open_licence_percent(dates.due_on, rulebook=rulebook)
    what_if = balance_of(
        patent, dates, facts, on=on, rulebook=rulebook, open_licence=True
    )
    if percent and _pays_exactly(what_if):
        return (
            f"缴费金额等于开放许可实施期间减缴{percent}%的年费，"
            "但没有该期间的开放许可记录，请核实。"
        )
    return ""


def _pays_exactly(what_if: Account) -> bool:
    """Tell whether all that was paid is what would be owed, to the yuan."""
    asked_yuan = what_if.payable_fee_yuan + what_if.surcharge_yuan
    return what_if.paid_on is not None and what_if.already_paid_yuan == asked_yuan
