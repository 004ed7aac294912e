"""What an annuity costs, in whole yuan, by the day on which it is due."""

from datetime import date

from patentwatch.errors import LawError, NoRuleInForce
from patentwatch.law.rulebook import Rulebook, in_force
from patentwatch.law.terms import expires_on, last_fee_year, months_after
from patentwatch.model import PatentType


def full_fee_yuan(
    patent_type: PatentType, fee_year: int, *, due_on: date, rulebook: Rulebook
) -> int:
    """Return the full annual fee of `fee_year`, by the scale in force on `due_on`.

    `due_on` is the nominal due day, also for years paid in advance. A year that the
    scale does not know raises `NoRuleInForce`.

    Law: FEE.
    """
    scale = in_force(rulebook.fees[patent_type], due_on, what="年费标准")
    for until_year, yuan in scale.steps:
        if fee_year <= until_year:
            return yuan
    raise NoRuleInForce(
        f"年费标准：{due_on} 适用的标准没有第{fee_year}年，请核对专利类型和年度"
    )


def payable_fee_yuan(
    patent_type: PatentType,
    fee_year: int,
    *,
    due_on: date,
    grant_year: int,
    reduction: int | None,
    open_licence: bool,
    rulebook: Rulebook,
) -> int:
    """Return the annual fee after reduction, without surcharge.

    `reduction` is the approved percent taken off; None (unknown) is the full fee.
    `open_licence`: a recorded contract is being carried out on the due day.

    Law: FEE, REDUCTION, OPEN_LICENCE.
    """
    full = full_fee_yuan(patent_type, fee_year, due_on=due_on, rulebook=rulebook)
    off = percent_off(
        fee_year,
        due_on=due_on,
        grant_year=grant_year,
        reduction=reduction,
        open_licence=open_licence,
        rulebook=rulebook,
    )
    return percent_of(full, 100 - off)


def percent_off(
    fee_year: int,
    *,
    due_on: date,
    grant_year: int,
    reduction: int | None,
    open_licence: bool,
    rulebook: Rulebook,
) -> int:
    """Return the percent taken off the annual fee: the higher one, never the sum.

    Decided by the nominal due day. A percent that the law of that day does not grant
    raises `LawError`; a year outside the reduced ones has nothing taken off.

    Law: REDUCTION, OPEN_LICENCE.
    """
    off = 0
    if reduction:
        rule = in_force(rulebook.reductions, due_on, what="年费减缴")
        if reduction not in rule.percents:
            known = "、".join(str(percent) for percent in (0, *rule.percents))
            raise LawError(
                f"没有减缴 {reduction}% 的规定，应为 {known}", code="reduction"
            )
        off = reduction if fee_year - grant_year < rule.years else 0
    if open_licence:
        off = max(off, open_licence_percent(due_on, rulebook=rulebook))
    return off


def open_licence_percent(due_on: date, *, rulebook: Rulebook) -> int:
    """Return the percent that an open licence takes off; 0 before there was a rule.

    Law: OPEN_LICENCE.
    """
    percent = 0
    for rule in rulebook.open_licence:
        if rule.from_on <= due_on:
            percent = rule.percent
    return percent


def reductions(due_on: date, *, rulebook: Rulebook) -> tuple[int, ...]:
    """Return what percents could be approved, by the nominal due day; highest first.

    Law: REDUCTION.
    """
    rule = in_force(rulebook.reductions, due_on, what="年费减缴")
    return tuple(sorted(rule.percents, reverse=True))


def reduced_years(
    grant_year: int, *, due_on: date, rulebook: Rulebook
) -> tuple[int, int]:
    """Return the first and the last patent year an approved reduction reaches.

    Both inclusive, by the rule in force on the nominal `due_on`; the term may end
    before.

    Law: REDUCTION.
    """
    rule = in_force(rulebook.reductions, due_on, what="年费减缴")
    return grant_year, grant_year + rule.years - 1


def percent_of(yuan: int, percent: int) -> int:
    """Return `percent` of `yuan`, in yuan; what is not whole is refused."""
    whole, rest = divmod(yuan * percent, 100)
    if rest:
        raise LawError(
            f"{yuan} 元的 {percent}% 不是整数元，请核对法规表中的金额和比例",
            code="not_whole",
        )
    return whole


def compensation_years(
    patent_type: PatentType,
    filing_on: date,
    *,
    compensation_days: int,
    rulebook: Rulebook,
) -> int:
    """Return the full years by which the term was extended; a part counts nothing.

    Law: COMPENSATION.
    """
    ends = expires_on(
        patent_type, filing_on, rulebook=rulebook, compensation_days=compensation_days
    )
    term = last_fee_year(patent_type, filing_on, rulebook=rulebook)
    years = 0
    while months_after(filing_on, 12 * (term + years + 1)) <= ends:
        years += 1
    return years


def compensation_fee_yuan(years: int, *, on: date, rulebook: Rulebook) -> int:
    """Return the annuities of `years` full years of compensated term, as of `on`.

    Law: COMPENSATION.
    """
    rule = in_force(rulebook.compensation_fees, on, what="专利权补偿期年费")
    return rule.yuan * years
