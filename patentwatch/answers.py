"""What people answer to a reminder: the words, and what each of them can do.

An answer defers, it never closes: only a fact settles an annuity.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from patentwatch.model import Fact, FactKind, FactSource, PatentNumber, RecipientId


class Word(StrEnum):
    """已缴费, 委托代理机构, 不再维持, 不是我."""

    PAID = "paid"
    AGENT = "agent"
    ABANDON = "abandon"
    WRONG_PERSON = "wrong-person"


class Via(StrEnum):
    """How an answer came. By all ways but `link` an official writes it down."""

    CLI = "cli"
    SHEET = "sheet"
    LINK = "link"
    CALL = "call"


@dataclass(frozen=True, slots=True)
class Given:
    """One answer about one annuity. `recipient` None: nobody knows which address.

    `by` is the official who writes it down. The four fields after `reason` are what
    "paid" came with; `photo` is a file's name.
    """

    application_no: PatentNumber
    fee_year: int
    word: Word
    given_on: date
    via: Via
    recipient: RecipientId | None = None
    by: str = ""
    reason: str = ""
    paid_on: date | None = None
    amount_yuan: int | None = None
    receipt_no: str = ""
    photo: str = ""

    @property
    def missing_for_a_fact(self) -> tuple[str, ...]:
        """Return what keeps a receipt number from being a payment fact, in Chinese.

        An official answers for it with his name; without day and amount nobody can
        say whether it covers what is owed.
        """
        needed = (
            ("经办人", self.by),
            ("缴费日期", self.paid_on),
            ("金额", self.amount_yuan),
        )
        return tuple(word for word, there in needed if not there)


def payment(given: Given) -> Fact | None:
    """Return the payment that an official vouches for with a receipt's number.

    A patentee's own word is none, whatever number stands in it.
    """
    by_an_official = given.via is not Via.LINK
    if not by_an_official or given.word is not Word.PAID or not given.receipt_no:
        return None
    if given.missing_for_a_fact or given.paid_on is None:
        return None
    return Fact(
        FactKind.PAYMENT,
        FactSource.RECEIPT,
        given.paid_on,
        fee_year=given.fee_year,
        amount_yuan=given.amount_yuan,
        ref=given.receipt_no,
        note=given.reason,
    )


def confirms(
    via: Via,
    recipient: str | None,
    *,
    earlier_via: Via,
    earlier_recipient: str | None,
    same_day: bool,
) -> bool:
    """Whether a second "abandon" confirms an earlier one.

    From the same recipient, or where an official wrote one of the two down: of two
    co-owners who each followed a link once, neither has said it twice. What is noted
    on one day in two ways, or again in a sheet or of a call, is one word noted twice.
    """
    if same_day and (via is not earlier_via or via in (Via.SHEET, Via.CALL)):
        return False
    only_links = via is Via.LINK and earlier_via is Via.LINK
    return not only_links or recipient == earlier_recipient
