"""A row of a list of payments → the dated fact that a fee year was paid."""

from datetime import date

from patentwatch.model import Fact, FactKind, FactSource
from patentwatch.register import words
from patentwatch.register.cells import Row
from patentwatch.register.columns import Layout
from patentwatch.register.fields import Fields
from patentwatch.register.numbercells import required
from patentwatch.register.outcome import Outcome, Refused, Warnings, outcome_of
from patentwatch.register.stated import Stated


class PaymentRows:
    """Reads the rows of one sheet of payments."""

    def __init__(self, layout: Layout, *, today: date) -> None:
        self._layout = layout
        self._today = today

    def read(self, row: Row) -> Outcome[Stated]:
        """Return the payment fact of `row`, or why it is not taken. Never raises."""
        return outcome_of(self._layout, row, self._payment)

    def _payment(self, row: Row, warnings: Warnings) -> Stated:
        fields = Fields(self._layout, row)
        number = required(fields["application_no"])
        year = words.fee_year(fields["fee_year"])
        if year is None:
            raise Refused("fee_year", "fee_year_invalid", fields["fee_year"])
        amount = words.yuan(fields["amount"])
        if not amount:
            raise Refused("amount", "amount_invalid", fields["amount"])
        fact = Fact(
            FactKind.PAYMENT,
            FactSource.RECEIPT,
            fields.past_day("paid_on", self._today),
            fee_year=year,
            amount_yuan=amount,
            ref=fields.line("receipt_no", warnings),
        )
        return Stated(number, (fact,))
