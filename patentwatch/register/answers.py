"""A row of a list of answers → what somebody answered, as an official notes it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from patentwatch.answers import Given, Via, Word
from patentwatch.model import Channel, PatentNumber, RecipientId
from patentwatch.register import addresses, words
from patentwatch.register.cells import Row
from patentwatch.register.columns import Layout
from patentwatch.register.fields import Fields
from patentwatch.register.numbercells import required
from patentwatch.register.outcome import Outcome, Refused, Warnings, outcome_of

_WORDS = {
    "已缴费": Word.PAID,
    "已缴": Word.PAID,
    "已缴纳": Word.PAID,
    "已缴年费": Word.PAID,
    "已交": Word.PAID,
    "已交费": Word.PAID,
    "委托代理机构": Word.AGENT,
    "已委托代理机构": Word.AGENT,
    "代理机构办理": Word.AGENT,
    "由代理机构办理": Word.AGENT,
    "委托代理": Word.AGENT,
    "不再维持": Word.ABANDON,
    "不维持": Word.ABANDON,
    "放弃": Word.ABANDON,
    "放弃维持": Word.ABANDON,
    "不是我": Word.WRONG_PERSON,
    "不是本人": Word.WRONG_PERSON,
    "非本人": Word.WRONG_PERSON,
    "联系方式有误": Word.WRONG_PERSON,
    "不是我/联系方式有误": Word.WRONG_PERSON,
} | {word.value: word for word in Word}


@dataclass(frozen=True, slots=True)
class Known:
    """What the installation can tell about a row.

    `recipient` names an address that the address book has, None for another one;
    `theirs` whether it is one of a patent's people.
    """

    registered: Callable[[PatentNumber], bool]
    recipient: Callable[[Channel, str], RecipientId | None]
    theirs: Callable[[PatentNumber, RecipientId], bool]


class AnswerRows:
    """Reads the rows of one sheet of answers."""

    def __init__(self, layout: Layout, *, today: date, known: Known) -> None:
        self._layout = layout
        self._today = today
        self._known = known

    def read(self, row: Row) -> Outcome[Given]:
        """Return the answer in `row`, or why it is not taken. Never raises."""
        return outcome_of(self._layout, row, self._given)

    def _given(self, row: Row, warnings: Warnings) -> Given:
        fields = Fields(self._layout, row)
        number = required(fields["application_no"])
        if not self._known.registered(number):
            raise Refused("application_no", "patent_unknown", number)
        year = words.fee_year(fields["fee_year"])
        if year is None:
            raise Refused("fee_year", "fee_year_invalid", fields["fee_year"])
        word = _WORDS.get("".join(fields["answer"].split()))
        if word is None:
            raise Refused("answer", "answer_unknown", fields["answer"])
        given = Given(
            application_no=number,
            fee_year=year,
            word=word,
            given_on=fields.past_day("answered_on", self._today),
            via=Via.SHEET,
            recipient=self._recipient(fields["answered_by"]),
            by=fields.line("taken_by", warnings),
            reason=fields.line("note", warnings),
            paid_on=self._paid_on(fields),
            amount_yuan=_amount(fields["amount"]),
            receipt_no=_short(fields, "receipt_no", warnings),
            photo=fields.line("photo", warnings),
        )
        self._check(given, fields["answered_by"], warnings)
        return given

    def _recipient(self, text: str) -> RecipientId | None:
        if not text:
            return None
        channel = Channel.EMAIL if "@" in text else Channel.SMS
        read = addresses.emails if channel is Channel.EMAIL else addresses.phones
        found = read(text)
        if found.fault or found.count != 1 or found.landlines:
            raise Refused("answered_by", "recipient_invalid", text)
        (address,) = found.emails or found.mobiles
        recipient = self._known.recipient(channel, address)
        if recipient is None:
            raise Refused("answered_by", "recipient_unknown", text)
        return recipient

    def _paid_on(self, fields: Fields) -> date | None:
        return fields.past_day("paid_on", self._today) if fields["paid_on"] else None

    def _check(self, given: Given, shown: str, warnings: Warnings) -> None:
        if given.word is Word.WRONG_PERSON:
            if given.recipient is None:
                raise Refused("answered_by", "recipient_missing")
            if not self._known.theirs(given.application_no, given.recipient):
                raise Refused("answered_by", "recipient_not_theirs", shown)
        if given.word is Word.PAID and given.receipt_no and given.missing_for_a_fact:
            missing = "、".join(given.missing_for_a_fact)
            warnings.add("receipt_no", "receipt_incomplete", missing)


def _amount(text: str) -> int | None:
    if not text:
        return None
    amount = words.yuan(text)
    if not amount:
        raise Refused("amount", "amount_invalid", text)
    return amount


_LONGEST_RECEIPT = 40


def _short(fields: Fields, field: str, warnings: Warnings) -> str:
    text = fields.line(field, warnings)
    if len(text) > _LONGEST_RECEIPT:
        raise Refused(field, "receipt_too_long", text)
    return text
