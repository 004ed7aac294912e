"""The answer to a question about one annuity, as a mapping with fixed keys."""

from datetime import date

from patentwatch.errors import NotOwed
from patentwatch.law import terms
from patentwatch.law.account import Account, account
from patentwatch.law.annuities import Annuity, annuity
from patentwatch.law.questions import Question, question
from patentwatch.law.restdays import roll, roll_if_makeup_days_count
from patentwatch.law.rulebook import Rulebook
from patentwatch.law.unpaid import next_unpaid_year

Answer = dict[str, object]


def answer(line: object, *, on: date, rulebook: Rulebook) -> Answer:
    """Answer one line; `on` stands where the line names no day.

    Dates are ISO 8601, money whole yuan. Only what the line says counts. Raises
    `LawError` for a line that cannot be answered.
    """
    return answered(question(line, on=on), rulebook=rulebook)


def answered(asked: Question, *, rulebook: Rulebook) -> Answer:
    """Answer a question.

    The year paid at registration and years beyond the term raise `NotOwed`.
    """
    fee_year = _fee_year(asked, rulebook)
    this = annuity(
        asked.patent_type,
        asked.filing_on,
        fee_year,
        rulebook=rulebook,
        extended_due_on=asked.extended_due_on,
    )
    expires_on = terms.expires_on(asked.patent_type, asked.filing_on, rulebook=rulebook)
    standing = account(
        this,
        grant_year=asked.grant_year,
        reduction=asked.reduction,
        open_licence=asked.open_licence,
        payments=asked.payments,
        on=asked.on,
        notice=asked.notice,
        suspended=asked.suspended,
        expires_on=expires_on,
        rulebook=rulebook,
    )
    found: Answer = {
        "grant_year": asked.grant_year,
        "first_monitored_year": asked.grant_year + 1,
        "fee_year": fee_year,
        "due_nominal": this.due_on.isoformat(),
        "due_rolled": this.last_in_time_on.isoformat(),
        "windows": [
            {
                "percent": window.percent,
                "start": window.from_on.isoformat(),
                "end": window.until_on.isoformat(),
            }
            for window in this.windows
        ],
        "grace_end": this.ends_on.isoformat(),
        "full_fee": this.full_fee_yuan,
        "payable_fee": standing.payable_fee_yuan,
        "expiry_date": expires_on.isoformat(),
        "calendar_provisional": standing.provisional,
        "state": str(standing.state),
        "surcharge_percent": standing.surcharge_percent,
        "surcharge": standing.surcharge_yuan,
        "amount_due": standing.amount_due_yuan,
    }
    found.update(_outcome(standing))
    other = _alternative_readings(asked, this, rulebook)
    if other:
        found["alternative_readings"] = other
    return found


def _fee_year(asked: Question, rulebook: Rulebook) -> int:
    if asked.fee_year is None:
        return next_unpaid_year(
            asked.patent_type,
            asked.filing_on,
            grant_year=asked.grant_year,
            reduction=asked.reduction,
            open_licence=asked.open_licence,
            payments=asked.payments,
            on=asked.on,
            notice=asked.notice,
            rulebook=rulebook,
        )
    if asked.fee_year <= asked.grant_year:
        raise NotOwed(
            f"第{asked.fee_year}年的年费在办理登记时已缴或无需缴纳，"
            f"请从第{asked.grant_year + 1}年起查询"
        )
    return asked.fee_year


def _outcome(standing: Account) -> Answer:
    """Return the keys that only some states have."""
    if standing.paid_on is not None:
        return {"paid_on": standing.paid_on.isoformat()}
    found: Answer = {"already_paid": standing.already_paid_yuan}
    if standing.restoration_fee_yuan is not None:
        found["restoration_fee"] = standing.restoration_fee_yuan
    dates = {
        "terminated_from": standing.terminated_from_on,
        "earliest_notice": standing.earliest_notice_on,
        "notice_received": standing.notice_received_on,
        "restoration_deadline": standing.restoration_until_on,
        "estimated_restoration_deadline": standing.estimated_restoration_until_on,
    }
    found |= {key: day.isoformat() for key, day in dates.items() if day is not None}
    return found


def _alternative_readings(asked: Question, this: Annuity, rulebook: Rulebook) -> Answer:
    """Return what other readings of unsettled points give; they decide nothing."""
    found: Answer = {}
    base_on = asked.extended_due_on or this.due_on
    if this.last_in_time_on != base_on:
        found["rolled_base"] = _window_ends(this.last_in_time_on, 0, rulebook)
        worked = roll_if_makeup_days_count(base_on, rulebook=rulebook)
        if worked != this.last_in_time_on:
            found["makeup_weekend_is_working_day"] = {"due_rolled": worked.isoformat()}
    if this.due_on.day != asked.filing_on.day:
        months = 12 * (this.fee_year - 1)
        found["months_from_filing_day"] = _window_ends(
            asked.filing_on, months, rulebook
        )
    return found


def _window_ends(base_on: date, months: int, rulebook: Rulebook) -> Answer:
    ends = [
        roll(terms.months_after(base_on, months + month), rulebook=rulebook)
        for month in range(1, 7)
    ]
    return {"window_ends": [day.isoformat() for day in ends]}
