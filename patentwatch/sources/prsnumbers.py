"""The application number of a PRS record, which gives it twice, or once.

The standard form is 10 2010 000298420: type, year, nine digits of the serial, without
a check digit. The original form is the office's own and has one, save in old records.
"""

import re

from patentwatch.model import PatentNumber
from patentwatch.register import numbers
from patentwatch.register.numbercells import Doubt, refusal
from patentwatch.register.numbers import LONG_SINCE, check_digit
from patentwatch.register.outcome import Refused, Warnings

_STANDARD = re.compile(r"(?:CN)?([12389])0([0-9]{4})([0-9]{9})")
_FIRST_LONG_SERIAL = 100_000  # five digits were the old serials, also in 2003
_DOMESTIC = {"8": "1", "9": "2"}


def settled(original: str, standard: str, warnings: Warnings) -> PatentNumber:
    """Return the number of the record; raises Refused.

    A valid original counts, unless the standard form contradicts it. Without an
    original, or with one that lacks only its check digit, the standard form counts.
    """
    number = numbers.canonical(original)
    derived = from_standard(standard)
    if number is not None:
        if derived is not None and not _same(number, derived):
            raise Refused("application_no", "number_disagrees", number, derived)
        return number
    if not original and derived is None:
        raise refusal(Doubt(standard))
    if derived is None or (original and not _lacks_only_check(original, derived)):
        raise refusal(Doubt(original))
    if not original:
        warnings.add("application_no", "number_from_standard", standard, derived)
    return derived


def from_standard(text: str) -> PatentNumber | None:
    """Return 201010298420.4 of 102010000298420, 85100312 and digit of 1019850…312.

    None for any other shape. Of the entries of international applications it is not
    known how they are written: a serial that holds their type digit is taken.
    """
    found = _STANDARD.fullmatch(text)
    if found is None:
        return None
    kind, year, serial = found[1], found[2], found[3].lstrip("0")
    old = int(year) < LONG_SINCE or (
        int(year) == LONG_SINCE and int(serial or 0) < _FIRST_LONG_SERIAL
    )
    width, year = (5, year[2:]) if old else (7, year)
    if len(serial) == width + 1 and _DOMESTIC.get(serial[0]) == kind:
        kind, serial = serial[0], serial[1:]
    if not serial or len(serial) > width:
        return None
    digits = f"{year}{kind}{serial:0>{width}}"
    return numbers.canonical(f"{digits}.{check_digit(digits)}")


def _same(number: PatentNumber, derived: PatentNumber) -> bool:
    """Return whether both are one application; 8 and 1 may stand for one another."""
    return _domestic(number) == _domestic(derived)


def _domestic(number: PatentNumber) -> str:
    digits = number[:-2]
    place = 2 if len(digits) == 8 else 4
    kind = _DOMESTIC.get(digits[place], digits[place])
    return digits[:place] + kind + digits[place + 1 :]


def _lacks_only_check(original: str, derived: PatentNumber) -> bool:
    completed = numbers.complete(original)
    return completed is not None and _same(completed, derived)
