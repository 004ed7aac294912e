"""A filled row of the call sheet → what came of one call.

People fill 结果, 通话日期, 通话人 and, where the owner named a receipt, 缴费日期,
缴费金额 and 票据号; the rest is printed for them.
"""

import re
from collections.abc import Callable, Sequence
from datetime import date

from patentwatch.calls import RESULT_WORDS, Called, CallResult
from patentwatch.model import (
    Contact,
    Fact,
    FactKind,
    FactSource,
    PatentNumber,
    RecipientId,
)
from patentwatch.register import masking, words
from patentwatch.register.cells import Row
from patentwatch.register.columns import Layout
from patentwatch.register.fields import Fields
from patentwatch.register.numbercells import required
from patentwatch.register.outcome import (
    Outcome,
    PassedOver,
    Refused,
    Warnings,
    outcome_of,
)

Asked = Callable[[PatentNumber, int, date], bool]
"""Whether somebody was asked to ring about a fee year by a day."""

Telephones = Callable[[PatentNumber], Sequence[Contact]]
"""Whom one can ring about a patent."""

_FILLED = ("result", "called_on", "called_by")
_RECEIPT = ("paid_on", "amount", "receipt_no")
_RESULTS = {word: result for result, word in RESULT_WORDS.items()}
_NO_DIGIT = re.compile(r"[^0-9*]")


class CallSheetRows:
    """Reads the rows of one filled call sheet."""

    def __init__(
        self, layout: Layout, *, today: date, asked: Asked, telephones: Telephones
    ) -> None:
        self._layout = layout
        self._today = today
        self._asked = asked
        self._telephones = telephones

    def read(self, row: Row) -> Outcome[Called]:
        """Return the call of `row`, or why it is not taken. Never raises."""
        return outcome_of(self._layout, row, self._called)

    def _called(self, row: Row, warnings: Warnings) -> Called:
        fields = Fields(self._layout, row)
        if not any(fields[one] for one in (*_FILLED, *_RECEIPT)):
            raise PassedOver("", "not_called", fields["application_no"])
        number = required(fields["application_no"])
        year = words.fee_year(fields["fee_year"])
        if year is None:
            raise Refused("fee_year", "fee_year_invalid", fields["fee_year"])
        result = _result(fields["result"])
        called_on = fields.past_day("called_on", self._today)
        if not fields["called_by"]:
            raise Refused("called_by", "caller_missing")
        if not self._asked(number, year, called_on):
            raise Refused("application_no", "not_asked", number, f"{called_on}")
        return Called(
            number,
            year,
            result,
            called_on,
            fields.line("called_by", warnings),
            note=self._note(fields, result, warnings),
            recipient=self._wrong(number, fields["telephone"], result),
            payment=self._payment(fields, year, result, warnings),
        )

    def _wrong(
        self, number: PatentNumber, text: str, result: CallResult
    ) -> RecipientId | None:
        """Return whose number is out of use; others matter to nobody here."""
        if result is not CallResult.WRONG_NUMBER:
            return None
        if not text:
            raise Refused("telephone", "telephone_missing")
        found = {one.recipient for one in ringing(text, self._telephones(number))}
        if len(found) != 1:
            code = "telephone_ambiguous" if found else "telephone_unknown"
            raise Refused("telephone", code, text)
        return found.pop()

    def _note(self, fields: Fields, result: CallResult, warnings: Warnings) -> str:
        """Return the remark; a wrong number tells masked which it was."""
        note = fields.line("note", warnings)
        if result is not CallResult.WRONG_NUMBER:
            return note
        return noted(fields["telephone"], note)

    def _payment(
        self, fields: Fields, year: int, result: CallResult, warnings: Warnings
    ) -> Fact | None:
        given = [one for one in _RECEIPT if fields[one]]
        if not given:
            return None
        if result is not CallResult.PAID:
            raise Refused(given[0], "receipt_stray", fields[given[0]])
        amount = words.yuan(fields["amount"])
        if not amount:
            raise Refused("amount", "amount_invalid", fields["amount"])
        if not fields["receipt_no"]:
            raise Refused("receipt_no", "receipt_missing")
        return Fact(
            FactKind.PAYMENT,
            FactSource.RECEIPT,
            fields.past_day("paid_on", self._today),
            fee_year=year,
            amount_yuan=amount,
            ref=fields.line("receipt_no", warnings),
        )


def noted(telephone: str, note: str) -> str:
    """Return a remark that tells masked which number was out of use."""
    return f"{masking.phone(telephone)} {note}".rstrip()


def ringing(text: str, contacts: Sequence[Contact]) -> list[Contact]:
    """Return the contacts whose telephone number `text` shows, in clear or masked."""
    wanted = _bare(text)
    return [
        contact
        for contact in contacts
        if wanted in (_bare(contact.address), masking.phone(contact.address))
    ]


def _bare(text: str) -> str:
    """Return the digits and stars of a number, without the country's code."""
    digits = _NO_DIGIT.sub("", text)
    mobile = digits.startswith("86") and len(digits) == len("8613800000000")
    return digits[2:] if mobile else digits


def _result(text: str) -> CallResult:
    if not text:
        raise Refused("result", "result_missing")
    if text not in _RESULTS:
        raise Refused("result", "result_unknown", text)
    return _RESULTS[text]
