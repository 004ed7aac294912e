"""Chinese application, patent and publication numbers: read, checked, made canonical.

A patent number is the application number with the prefix ZL. The check digit belongs
to application numbers only; a publication number has none and is another number.
"""

import re
import unicodedata
from dataclasses import dataclass
from operator import mul

from patentwatch.model import PatentNumber, PatentType

TYPE_DIGITS = {
    "1": PatentType.INVENTION,
    "8": PatentType.INVENTION,
    "2": PatentType.UTILITY_MODEL,
    "9": PatentType.UTILITY_MODEL,
    "3": PatentType.DESIGN,
}
"""8 and 9 are international applications that entered the national phase."""

GRANT_KINDS = {
    PatentType.INVENTION: "BC",
    PatentType.UTILITY_MODEL: "UY",
    PatentType.DESIGN: "SD",
}
"""First letters of the document kinds that announce a grant."""

FIRST_YEAR = 1985
LONG_SINCE = 2003
LATEST_YEAR = 2099

_WEIGHTS = (2, 3, 4, 5, 6, 7, 8, 9, 2, 3, 4, 5)
_ZEROES = {length: sum(_WEIGHTS[:length]) * ord("0") for length in (8, 12)}

_PLAIN = re.compile(r"(?:ZL|CN)?([0-9]{12}|[0-9]{8})\.?([0-9X])")
_LABEL = re.compile(r"(?:中国)?(?:发明)?(?:专利|申请)(?:申请)?号?:?(?=[A-Z0-9])")
_PREFIX = re.compile(r"(?:CN|ZL)+")
_PUBLICATION = re.compile(r"([0-9]{7,9})([ABCDSUY][1-9]?)")
_USUAL_GRANT = re.compile(r"CN1(?:[0-9]{6}|[0-9]{8})[BC][1-9]?")
_SCIENTIFIC = re.compile(r"[0-9]+(?:\.[0-9]*)?E\+?[0-9]+")
_FLOAT = re.compile(r"(?:[0-9]{9}|[0-9]{13,})\.0|[0-9]+\.[0-9]{2,}")
_NOISE = re.compile(r"[\s\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff']+")
_DOTS = re.compile(r"[.。·・-]")
_ROUNDED = "000000"
_FIRST_LONG, _LAST_LONG = str(LONG_SINCE), str(LATEST_YEAR)


@dataclass(frozen=True, slots=True)
class Number:
    """What was read from one text; the fields are the keys of `number --json`.

    `kind` is "application", "publication" or None when it cannot be told. `reason` is
    None for a valid number, else check_digit, check_digit_missing, damaged, length,
    type_digit, year or empty. Type and year are given as soon as they can be read.
    """

    input: str
    valid: bool
    kind: str | None = None
    application_no: PatentNumber | None = None
    publication_no: str | None = None
    patent_type: PatentType | None = None
    filing_year: int | None = None
    reason: str | None = None


def check_digit(digits: str) -> str:
    """Return the check digit of the 8 or 12 `digits`; 10 is written X.

    Law: ZC 0006-2003; weights 2 to 9, then 2 to 5, sum modulo 11.
    """
    total = sum(map(mul, digits.encode("ascii"), _WEIGHTS)) - _ZEROES[len(digits)]
    return "0123456789X"[total % 11]


def parse(text: str, *, latest_year: int = LATEST_YEAR) -> Number:
    """Return what `text` is as a number; never raises and never guesses a digit."""
    plain = _PLAIN.fullmatch(text)
    if plain is None:
        return _parse_untidy(text, latest_year)
    return _application(text, plain[1], plain[2], latest_year)


def canonical(text: str) -> PatentNumber | None:
    """Return the valid application number in `text` or None; quicker than `parse`."""
    plain = _PLAIN.fullmatch(text)
    if plain is None:
        return parse(text).application_no
    digits, check = plain.groups()
    if check_digit(digits) != check:
        return None
    if len(digits) == 12:
        fit = digits[4] in TYPE_DIGITS and _FIRST_LONG <= digits[:4] <= _LAST_LONG
    else:
        fit = digits[2] in TYPE_DIGITS and _year(digits) >= FIRST_YEAR
    return PatentNumber(f"{digits}.{check}") if fit else None


def grant_publication(text: str) -> tuple[str, PatentType] | None:
    """Return the canonical number of a grant announcement and the type it names.

    None for the number of a published application and for anything else.
    """
    if _USUAL_GRANT.fullmatch(text):
        return text, PatentType.INVENTION
    found = _PUBLICATION.fullmatch(_tidy(text))
    if found is None:
        return None
    digits, kind = found[1], found[2]
    patent_type = _publication_type(digits)
    if patent_type is None or kind[0] not in GRANT_KINDS[patent_type]:
        return None
    return f"CN{digits}{kind}", patent_type


def complete(text: str) -> PatentNumber | None:
    """Return the number in `text` with the check digit it lacks, or None.

    Only for a number whose sole fault is the missing digit; the caller must have
    another reason to believe the digits.
    """
    if parse(text).reason != "check_digit_missing":
        return None
    digits = _DOTS.sub("", _tidy(text))
    return PatentNumber(f"{digits}.{check_digit(digits)}")


def expected_check_digit(text: str) -> str:
    """Return the check digit that the digits in `text` ask for, "" when unreadable."""
    plain = _PLAIN.fullmatch(_DOTS.sub("", _tidy(text)))
    return check_digit(plain[1]) if plain else ""


def type_of(number: PatentNumber) -> PatentType:
    """Return the type that the digit of a canonical `number` names."""
    return TYPE_DIGITS[number[2] if len(number) == 10 else number[4]]


def year_of(number: PatentNumber) -> int:
    """Return the filing year written in a canonical `number`."""
    return _year(number[:-2])


def _tidy(text: str) -> str:
    folded = unicodedata.normalize("NFKC", text).upper()
    bare = _LABEL.sub("", _NOISE.sub("", folded), count=1)
    return _PREFIX.sub("", bare, count=1)


def _parse_untidy(text: str, latest_year: int) -> Number:
    tidy = _tidy(text)
    if not tidy:
        return Number(text, valid=False, reason="empty")
    if _SCIENTIFIC.fullmatch(tidy) or _FLOAT.fullmatch(tidy):
        return Number(text, valid=False, kind="application", reason="damaged")
    digits = _DOTS.sub("", tidy)
    plain = _PLAIN.fullmatch(digits)
    if plain:
        return _application(text, plain[1], plain[2], latest_year)
    publication = _PUBLICATION.fullmatch(tidy)
    if publication:
        return _publication(text, publication[1], publication[2])
    return _unfit(text, digits, latest_year)


def _unfit(text: str, digits: str, latest_year: int) -> Number:
    """Name the fault of something that has neither shape."""
    if len(digits) in {8, 12} and digits.isascii() and digits.isdigit():
        return _application(text, digits, "", latest_year)
    if digits.isascii() and digits.rstrip("X").isdigit():
        return Number(text, valid=False, kind="application", reason="length")
    if sum(map(str.isdigit, digits)) >= 7:
        return Number(text, valid=False, kind="application", reason="damaged")
    return Number(text, valid=False, reason="length")


def _application(text: str, digits: str, check: str, latest_year: int) -> Number:
    year = _year(digits)
    kind = TYPE_DIGITS.get(digits[2] if len(digits) == 8 else digits[4])
    reason = None
    if check == "0" and digits.endswith(_ROUNDED) and check_digit(digits) != "0":
        reason = "damaged"
    elif not _plausible(year, long=len(digits) == 12, latest_year=latest_year):
        reason = "year"
    elif kind is None:
        reason = "type_digit"
    elif not check:
        reason = "check_digit_missing"
    elif check_digit(digits) != check:
        reason = "check_digit"
    return Number(
        text,
        reason is None,
        "application",
        PatentNumber(f"{digits}.{check}") if reason is None else None,
        None,
        kind,
        year if reason not in {"year", "damaged"} else None,
        reason,
    )


def _year(digits: str) -> int:
    if len(digits) == 12:
        return int(digits[:4])
    two = int(digits[:2])
    return 1900 + two if two > LONG_SINCE % 100 else 2000 + two


def _plausible(year: int, *, long: bool, latest_year: int) -> bool:
    return LONG_SINCE <= year <= latest_year if long else year >= FIRST_YEAR


def _publication(text: str, digits: str, kind: str) -> Number:
    patent_type = _publication_type(digits)
    if patent_type is None or kind[0] not in GRANT_KINDS[patent_type] + "A":
        return Number(text, valid=False, kind="publication", reason="type_digit")
    return Number(
        text,
        valid=True,
        kind="publication",
        publication_no=f"CN{digits}{kind}",
        patent_type=patent_type,
    )


def _publication_type(digits: str) -> PatentType | None:
    # Until 1989 the document number was the application number without check digit.
    return TYPE_DIGITS.get(digits[2] if len(digits) == 8 else digits[0])
