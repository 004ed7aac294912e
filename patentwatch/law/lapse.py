"""After the late period: the notice, its receipt, and how long all can be saved."""

from datetime import date, timedelta
from enum import StrEnum

from patentwatch.errors import LawError
from patentwatch.law.restdays import roll
from patentwatch.law.rulebook import Rulebook, in_force
from patentwatch.law.terms import months_after

_NOTICE_AFTER_MONTHS = 1
_RESTORATION_MONTHS = 2


class Delivery(StrEnum):
    """How the office sent a notice."""

    ELECTRONIC = "electronic"
    PAPER = "paper"


def earliest_notice_on(ends_on: date) -> date:
    """Return the first day on which the office may send the termination notice.

    `ends_on` is the last day of the late period, rolled. The result is not rolled.

    Law: NOTICE.
    """
    return months_after(ends_on, _NOTICE_AFTER_MONTHS) + timedelta(days=1)


def notice_received_on(
    dispatched_on: date, delivery: str | None, *, rulebook: Rulebook
) -> date:
    """Return the day on which a notice is presumed received; not rolled.

    By the rule in force on the day of dispatch. `delivery` None (unknown) counts as
    electronic, which is never the later one.

    Law: RECEIPT.
    """
    rule = in_force(rulebook.receipts, dispatched_on, what="通知书送达日")
    match delivery:
        case Delivery.PAPER:
            days = rule.paper_days
        case Delivery.ELECTRONIC | None:
            days = rule.electronic_days
        case _:
            raise LawError(
                f"送达方式“{delivery}”无法识别，"
                "应为 electronic（电子）或 paper（纸件）",
                code="delivery",
            )
    return dispatched_on + timedelta(days=days)


def restoration_nominal_on(received_on: date) -> date:
    """Return the end of the two months from receipt, before it is rolled.

    Law: RESTORATION, MONTHS.
    """
    return months_after(received_on, _RESTORATION_MONTHS)


def restoration_until_on(received_on: date, *, rulebook: Rulebook) -> date:
    """Return the last day to ask for restoration, inclusive and rolled.

    Law: RESTORATION, ROLL.
    """
    return roll(restoration_nominal_on(received_on), rulebook=rulebook)


def estimated_restoration_until_on(ends_on: date, *, rulebook: Rulebook) -> date:
    """Return the earliest day on which restoration can end while no notice is known.

    An estimate: as if the notice were sent and received on the first possible day.
    `ends_on` is the last day of the late period, rolled.

    Law: NOTICE, RESTORATION, ROLL.
    """
    return restoration_until_on(earliest_notice_on(ends_on), rulebook=rulebook)


def restoration_fee_yuan(on: date, *, rulebook: Rulebook) -> int:
    """Return the fee of a request for restoration that is made on `on`.

    Law: RESTORATION.
    """
    return in_force(rulebook.restoration_fees, on, what="恢复权利请求费").yuan
