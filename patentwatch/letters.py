"""What a message is made of: dates, amounts and people, before any wording."""

from dataclasses import dataclass
from datetime import date
from typing import NamedTuple

from patentwatch.model import Audience, Channel, Evidence, Office, Tier


class WindowAmount(NamedTuple):
    """What is owed in all when one pays in a window; both days are inclusive."""

    percent: int
    from_on: date
    until_on: date
    amount_yuan: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One annuity that a message speaks of, as it stands on the letter's day.

    `window_percent`, `window_until_on` and `next_percent` belong to the window that
    holds the letter's day: None before the last day in time and after `ends_on`;
    `next_percent` is None in the last window. `ends_on` is W6. Every day is the one to
    be named: where no holiday notice covers it, the caller hands in the nominal one,
    so that no text promises a day that a notice may take away. `provisional`: the day
    by which to act is such a one.

    `reduction` None: unknown; `payable_fee_yuan` is then the full fee and
    `reduced_fees` holds (percent off, yuan) for what could have been approved, ()
    where no reduction is possible or its amount is not known. `amount_due_yuan` is
    what one would pay on the letter's day, without `restoration_fee_yuan`.
    `licence_percent`: what an open licence takes off it, None where it takes nothing.

    `confirmed_on` is the day of the fact that confirms, `confirmed_by` its kind:
    "query" or "list" or a `FactSource`. `restoration_known`: a termination notice
    has been seen and `restoration_until_on` comes from it; else it is an estimate.
    """

    application_no: str
    title: str
    fee_year: int
    tier: Tier
    evidence: Evidence
    due_on: date
    last_in_time_on: date
    ends_on: date
    terminated_from_on: date
    full_fee_yuan: int
    payable_fee_yuan: int
    amount_due_yuan: int
    surcharge_yuan: int = 0
    already_paid_yuan: int = 0
    restoration_fee_yuan: int = 1000
    reduction: int | None = None
    licence_percent: int | None = None
    reduced_fees: tuple[tuple[int, int], ...] = ()
    window_percent: int | None = None
    window_until_on: date | None = None
    next_percent: int | None = None
    restoration_until_on: date | None = None
    restoration_known: bool = False
    amounts_by_window: tuple[WindowAmount, ...] = ()
    confirmed_on: date | None = None
    confirmed_by: str = "query"
    provisional: bool = False
    suspended: bool = False
    correction: bool = False
    consequential: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """One message to one recipient on one channel, most urgent item first.

    `party` is the name to address, "" when it is not known. `message_id` is a word
    of letters, digits, `.`, `_` and `-`, or a whole `<word@host>`. A letter without
    items is allowed only as a `test`.
    """

    channel: Channel
    audience: Audience
    party: str
    items: tuple[Item, ...]
    office: Office
    on: date
    message_id: str
    test: bool = False
