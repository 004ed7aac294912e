"""Where one annuity stands on a day: what was paid, what is owed, what can be saved."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from patentwatch.errors import LawError
from patentwatch.law.annuities import Annuity, surcharge_percent
from patentwatch.law.fees import percent_of, percent_off
from patentwatch.law.lapse import (
    earliest_notice_on,
    estimated_restoration_until_on,
    notice_received_on,
    restoration_fee_yuan,
    restoration_until_on,
)
from patentwatch.law.restdays import provisional
from patentwatch.law.rulebook import Rulebook

Payment = tuple[date, int]
"""The day of payment at the office and whole yuan."""


class AccountState(StrEnum):
    """Where an annuity stands; after the six months the right itself is at stake."""

    NOT_DUE = "not_due"
    GRACE = "grace"
    PAID = "paid"
    EXPIRED = "expired"
    LAPSED_PENDING_NOTICE = "lapsed_pending_notice"
    LAPSED_RESTORABLE = "lapsed_restorable"
    LAPSED_FINAL = "lapsed_final"
    TERMINATION_SUSPENDED = "termination_suspended"


@dataclass(frozen=True, slots=True)
class Notice:
    """The termination notice; `delivery` None is unknown and counts as electronic."""

    dispatched_on: date
    delivery: str | None = None


@dataclass(frozen=True, slots=True)
class Account:
    """The answer. `amount_due_yuan` keeps or restores the right when paid that day.

    `surcharge_*` are those of the day asked for, or of `paid_on` when paid. The
    fields of termination and restoration are None until the six months are over.
    `provisional`: a rolled date, or the day asked for, lies after the last notice.
    """

    state: AccountState
    payable_fee_yuan: int
    surcharge_percent: int
    surcharge_yuan: int
    amount_due_yuan: int
    already_paid_yuan: int
    provisional: bool
    paid_on: date | None = None
    terminated_from_on: date | None = None
    earliest_notice_on: date | None = None
    notice_received_on: date | None = None
    restoration_until_on: date | None = None
    estimated_restoration_until_on: date | None = None
    restoration_fee_yuan: int | None = None


def account(
    annuity: Annuity,
    *,
    grant_year: int,
    reduction: int | None,
    open_licence: bool,
    payments: Sequence[Payment],
    on: date,
    notice: Notice | None = None,
    suspended: bool = False,
    expires_on: date,
    rulebook: Rulebook,
) -> Account:
    """Return the account of `annuity` on `on`.

    `payments` are those for this year; later ones than `on` are ignored, and ones
    after the six months belong to a restoration and are not counted. A `notice`
    dispatched after `on` is not known yet. `suspended`: 中止 or 保全.

    Law: SURCHARGE, TOP_UP, TERMINATION, NOTICE, RECEIPT, RESTORATION, SUSPENSION.
    """
    off = percent_off(
        annuity.fee_year,
        due_on=annuity.due_on,
        grant_year=grant_year,
        reduction=reduction,
        open_licence=open_licence,
        rulebook=rulebook,
    )
    payable = percent_of(annuity.full_fee_yuan, 100 - off)
    counted = _counted(payments, until_on=min(on, annuity.ends_on))
    late = annuity.provisional or provisional(on, rulebook=rulebook)
    paid_on = settled_on(annuity, payable, payments=counted)
    if paid_on is not None:
        ended = on >= expires_on
        return _paid(annuity, payable, counted, paid_on, ended=ended, late=late)
    paid = sum(yuan for _, yuan in counted)
    if on <= annuity.ends_on:
        return _open(annuity, payable, paid, on, late=late)
    if suspended:
        return _suspended(annuity, payable, paid, late=late)
    if notice is not None and notice.dispatched_on > on:
        notice = None
    return _lapsed(annuity, payable, paid, on, notice, rulebook)


def settled_on(
    annuity: Annuity, payable_yuan: int, *, payments: Iterable[Payment]
) -> date | None:
    """Return the day on which `payments` first were enough, None if never.

    Enough is the reduced fee and the surcharge of that day; the one who pays too
    little owes the surcharge of the day of the last payment. `payments` are in the
    order of their days and not later than the six months.

    Law: TOP_UP.
    """
    for day, enough in running(annuity, payable_yuan, payments=payments):
        if enough:
            return day
    return None


def running(
    annuity: Annuity, payable_yuan: int, *, payments: Iterable[Payment]
) -> Iterator[tuple[date, bool]]:
    """Give for each payment its day and whether the sum is enough with it.

    Law: TOP_UP.
    """
    paid = 0
    for day, yuan in payments:
        paid += yuan
        percent = surcharge_percent(annuity, on=day)
        yield day, paid >= payable_yuan + percent_of(annuity.full_fee_yuan, percent)


def _counted(payments: Sequence[Payment], *, until_on: date) -> list[Payment]:
    for day, yuan in payments:
        if yuan < 0:
            raise LawError(f"{day} 的缴费金额 {yuan} 为负，请核对", code="payment")
    return sorted(payment for payment in payments if payment[0] <= until_on)


def _paid(
    annuity: Annuity,
    payable: int,
    counted: Sequence[Payment],
    paid_on: date,
    *,
    ended: bool,
    late: bool,
) -> Account:
    percent = surcharge_percent(annuity, on=paid_on)
    return Account(
        state=AccountState.EXPIRED if ended else AccountState.PAID,
        payable_fee_yuan=payable,
        surcharge_percent=percent,
        surcharge_yuan=percent_of(annuity.full_fee_yuan, percent),
        amount_due_yuan=0,
        already_paid_yuan=sum(yuan for _, yuan in counted),
        provisional=late,
        paid_on=paid_on,
    )


def _open(
    annuity: Annuity, payable: int, paid: int, on: date, *, late: bool
) -> Account:
    in_time = on <= annuity.last_in_time_on
    percent = surcharge_percent(annuity, on=on)
    surcharge = percent_of(annuity.full_fee_yuan, percent)
    return Account(
        state=AccountState.NOT_DUE if in_time else AccountState.GRACE,
        payable_fee_yuan=payable,
        surcharge_percent=percent,
        surcharge_yuan=surcharge,
        amount_due_yuan=payable + surcharge - paid,
        already_paid_yuan=paid,
        provisional=late,
    )


def _suspended(annuity: Annuity, payable: int, paid: int, *, late: bool) -> Account:
    """Return the upper bound that keeps the right; nothing has ended yet."""
    percent = annuity.windows[-1].percent
    surcharge = percent_of(annuity.full_fee_yuan, percent)
    return Account(
        state=AccountState.TERMINATION_SUSPENDED,
        payable_fee_yuan=payable,
        surcharge_percent=percent,
        surcharge_yuan=surcharge,
        amount_due_yuan=payable + surcharge - paid,
        already_paid_yuan=paid,
        provisional=late,
    )


def _lapsed(
    annuity: Annuity,
    payable: int,
    paid: int,
    on: date,
    notice: Notice | None,
    rulebook: Rulebook,
) -> Account:
    percent = annuity.windows[-1].percent
    surcharge = percent_of(annuity.full_fee_yuan, percent)
    fee = restoration_fee_yuan(on, rulebook=rulebook)
    received = until = estimated = None
    state = AccountState.LAPSED_PENDING_NOTICE
    if notice is None:
        estimated = estimated_restoration_until_on(annuity.ends_on, rulebook=rulebook)
    else:
        received = notice_received_on(
            notice.dispatched_on, notice.delivery, rulebook=rulebook
        )
        until = restoration_until_on(received, rulebook=rulebook)
        restorable = on <= until
        state = (
            AccountState.LAPSED_RESTORABLE if restorable else AccountState.LAPSED_FINAL
        )
    final = state is AccountState.LAPSED_FINAL
    last_on = max(on, annuity.ends_on, until or estimated or on)
    return Account(
        state=state,
        payable_fee_yuan=payable,
        surcharge_percent=percent,
        surcharge_yuan=surcharge,
        amount_due_yuan=0 if final else payable + surcharge + fee - paid,
        already_paid_yuan=paid,
        provisional=provisional(last_on, rulebook=rulebook),
        terminated_from_on=annuity.due_on,
        earliest_notice_on=earliest_notice_on(annuity.ends_on),
        notice_received_on=received,
        restoration_until_on=until,
        estimated_restoration_until_on=estimated,
        restoration_fee_yuan=fee,
    )
