"""Why each date and each amount of an annuity is what it is, with its source of law."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from patentwatch.law import terms
from patentwatch.law.account import Account, AccountState
from patentwatch.law.annuities import Annuity
from patentwatch.law.fees import open_licence_percent, reduced_years
from patentwatch.law.rulebook import Rulebook
from patentwatch.law.sources import Citation, cite
from patentwatch.model import PatentType

Value = str | int | bool


@dataclass(frozen=True, slots=True)
class Rule:
    """One step: what was asked, from what, with what result, and by which law.

    `rule` is Chinese, for a clerk. Dates are ISO 8601, amounts whole yuan.
    """

    rule: str
    inputs: Mapping[str, Value]
    result: Value
    citation: Citation


def explain(
    annuity: Annuity,
    account: Account,
    *,
    patent_type: PatentType,
    filing_on: date,
    grant_year: int,
    reduction: int | None,
    open_licence: bool,
    on: date,
    rulebook: Rulebook,
    extended_due_on: date | None = None,
) -> tuple[Rule, ...]:
    """Return the rules that made `annuity` and `account`, in the order of the story.

    The arguments are those the two were made from; nothing is decided anew.
    """
    base_on = extended_due_on or annuity.due_on
    return (
        _rule(
            "TERM",
            {"申请日": filing_on, "类型": str(patent_type)},
            _end(patent_type, filing_on, rulebook),
        ),
        _rule("GRANT_YEAR", {"申请日": filing_on}, grant_year),
        _rule("DUE", {"申请日": filing_on, "年度": annuity.fee_year}, annuity.due_on),
        *_extension(annuity.due_on, extended_due_on),
        _rule("ROLL", {"届满日": base_on}, annuity.last_in_time_on),
        *_windows(annuity, base_on),
        _rule(
            "FEE",
            {"年度": annuity.fee_year, "缴费期限届满日": annuity.due_on},
            annuity.full_fee_yuan,
        ),
        *_reductions(
            annuity,
            account,
            grant_year=grant_year,
            reduction=reduction,
            open_licence=open_licence,
            rulebook=rulebook,
        ),
        *_owed(annuity, account, on=on),
        *_lapse(annuity, account),
    )


def _rule(key: str, inputs: Mapping[str, date | Value], result: date | Value) -> Rule:
    citation = cite(key)
    plain = {name: _plain(value) for name, value in inputs.items()}
    return Rule(citation.title, plain, _plain(result), citation)


def _plain(value: date | Value) -> Value:
    return value.isoformat() if isinstance(value, date) else value


def _end(patent_type: PatentType, filing_on: date, rulebook: Rulebook) -> date:
    return terms.expires_on(patent_type, filing_on, rulebook=rulebook)


def _extension(due_on: date, extended_due_on: date | None) -> Iterator[Rule]:
    if extended_due_on is not None:
        yield _rule("EXTENSION", {"原期限": due_on}, extended_due_on)


def _windows(annuity: Annuity, base_on: date) -> Iterator[Rule]:
    for month, window in enumerate(annuity.windows, 1):
        inputs: dict[str, date | Value] = {
            "期限": base_on,
            "满几个月": month,
            "比例": window.percent,
        }
        yield _rule("SURCHARGE", inputs, window.until_on)
    yield _rule(
        "GRACE", {"期限": base_on, "满几个月": len(annuity.windows)}, annuity.ends_on
    )


def _reductions(
    annuity: Annuity,
    account: Account,
    *,
    grant_year: int,
    reduction: int | None,
    open_licence: bool,
    rulebook: Rulebook,
) -> Iterator[Rule]:
    payable = account.payable_fee_yuan
    if reduction:
        first, last = reduced_years(
            grant_year, due_on=annuity.due_on, rulebook=rulebook
        )
        inputs = {"减缴比例": reduction, "减缴起始年度": first, "减缴最后年度": last}
        yield _rule("REDUCTION", inputs, payable)
    if open_licence:
        percent = open_licence_percent(annuity.due_on, rulebook=rulebook)
        yield _rule("OPEN_LICENCE", {"减缴比例": percent}, payable)


def _owed(annuity: Annuity, account: Account, *, on: date) -> Iterator[Rule]:
    yield _rule(
        "SURCHARGE_BASE",
        {"全额年费": annuity.full_fee_yuan, "比例": account.surcharge_percent},
        account.surcharge_yuan,
    )
    yield _rule(
        "TOP_UP",
        {
            "应缴年费": account.payable_fee_yuan,
            "滞纳金": account.surcharge_yuan,
            "恢复权利请求费": account.restoration_fee_yuan or 0,
            "已缴": account.already_paid_yuan,
            "查询日": on,
        },
        account.amount_due_yuan,
    )
    if account.state is AccountState.TERMINATION_SUSPENDED:
        yield _rule("SUSPENSION", {"补缴最后一日": annuity.ends_on}, "终止程序中止")


def _lapse(annuity: Annuity, account: Account) -> Iterator[Rule]:
    ends = {"补缴最后一日": annuity.ends_on}
    if account.terminated_from_on is not None:
        due = {"缴费期限届满日": annuity.due_on, **ends}
        yield _rule("TERMINATION", due, account.terminated_from_on)
    if account.earliest_notice_on is not None:
        yield _rule("NOTICE", ends, account.earliest_notice_on)
    if account.estimated_restoration_until_on is not None:
        first = account.earliest_notice_on or annuity.ends_on
        inputs = {"通知书最早发出日（估计）": first}
        yield _rule("RESTORATION", inputs, account.estimated_restoration_until_on)
    received = account.notice_received_on
    if received is not None and account.restoration_until_on is not None:
        yield _rule("RECEIPT", ends, received)
        inputs = {"通知书收到日": received}
        yield _rule("RESTORATION", inputs, account.restoration_until_on)
