"""The cell that should hold an application number: mended on evidence, or refused."""

from collections.abc import Callable
from datetime import date
from typing import NamedTuple

from patentwatch.model import PatentNumber
from patentwatch.register import cells, numbers
from patentwatch.register.outcome import Refused, Warnings

Known = Callable[[str], PatentNumber | None]
"""Which patent of the register has this grant publication number, if any."""

_FAULTS = {
    None: "number_length",
    "empty": "number_empty",
    "damaged": "number_damaged",
    "length": "number_length",
    "year": "number_year",
    "type_digit": "number_type_digit",
    "check_digit": "check_digit",
    "check_digit_missing": "check_digit_missing",
}


class Doubt(NamedTuple):
    """A number cell that is no valid number, with what else the row knows.

    `numeric`: a spreadsheet may have taken it for a number and eaten digits.
    """

    text: str
    numeric: bool = False
    filing_on: date | None = None
    grant_publication_no: str | None = None


def required(text: str) -> PatentNumber:
    """Return the valid number in `text`; raises Refused with the reason."""
    number = numbers.canonical(text)
    if number is None:
        raise refusal(Doubt(text))
    return number


def settled(doubt: Doubt, known: Known | None, warnings: Warnings) -> PatentNumber:
    """Return the number that the rest of the row proves; raises Refused without proof.

    A lost check digit is completed when the filing year agrees, a ruined number is
    looked up by its grant publication number. Nothing is guessed.
    """
    reason = numbers.parse(doubt.text).reason
    if reason == "check_digit_missing" and doubt.numeric:
        number = numbers.complete(doubt.text)
        year = doubt.filing_on.year if doubt.filing_on else None
        if number is not None and year == numbers.year_of(number):
            warnings.add("application_no", "check_digit_completed", doubt.text, number)
            return number
    if reason == "damaged" or (reason == "length" and doubt.numeric):
        grant = doubt.grant_publication_no
        number = known(grant) if known and grant else None
        if number is None:
            raise Refused("application_no", "number_damaged", doubt.text)
        warnings.add("application_no", "number_repaired", doubt.text, number)
        return number
    raise refusal(doubt)


def refusal(doubt: Doubt) -> Refused:
    """Return why the cell is refused."""
    if cells.is_formula(doubt.text):
        return Refused("application_no", "formula_cell", doubt.text)
    read = numbers.parse(doubt.text)
    code = "number_is_publication" if read.valid else _FAULTS[read.reason]
    expected = numbers.expected_check_digit(doubt.text)
    return Refused("application_no", code, doubt.text, expected)
