"""Telephone numbers and e-mail addresses as people write them into one cell."""

import re
import unicodedata
from dataclasses import dataclass

import phonenumbers
from phonenumbers import PhoneNumberType

_REGION = "CN"
_COUNTRY_CODE = 86
_MASK = re.compile(r"[*＊●×]|[xX]{2,}")
_BETWEEN_PHONES = re.compile(r"[;,、|/\n]+")
_BETWEEN_EMAILS = re.compile(r"[;,、|\s]+")
_IN_BRACKETS = re.compile(r"<([^<>]*)>")
_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_EMAIL = re.compile(
    r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*"
    r"@(?:[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?\.)+[A-Za-z][A-Za-z0-9-]{1,62}"
)
_LONGEST_EMAIL = 254
_LONGEST_LOCAL = 64
_MOBILE = frozenset((PhoneNumberType.MOBILE, PhoneNumberType.FIXED_LINE_OR_MOBILE))


@dataclass(frozen=True, slots=True)
class Addresses:
    """What one or several cells hold; with a `fault` nothing else counts.

    `mobiles` are mainland numbers in E.164; all that cannot take an SMS are landlines.
    """

    mobiles: tuple[str, ...] = ()
    landlines: tuple[str, ...] = ()
    emails: tuple[str, ...] = ()
    fault: str = ""

    @property
    def count(self) -> int:
        """How many addresses there are."""
        return len(self.mobiles) + len(self.landlines) + len(self.emails)

    def joined(self, other: "Addresses") -> "Addresses":
        """Return the addresses of both, each once."""
        return Addresses(
            tuple(dict.fromkeys(self.mobiles + other.mobiles)),
            tuple(dict.fromkeys(self.landlines + other.landlines)),
            tuple(dict.fromkeys(self.emails + other.emails)),
        )


def phones(text: str) -> Addresses:
    """Return the numbers in `text`; the fault is contact_masked or phone_invalid."""
    folded = _HIDDEN.sub("", unicodedata.normalize("NFKC", text)).strip()
    if _MASK.search(folded):
        return Addresses(fault="contact_masked")
    found = Addresses()
    for part in _BETWEEN_PHONES.split(folded):
        if part.strip():
            one = _phones(part.strip())
            if one.fault:
                return one
            found = found.joined(one)
    return found


def emails(text: str) -> Addresses:
    """Return the addresses in `text`; the fault is contact_masked or email_invalid.

    Of 张,三 <a@b.cn> only what stands in the brackets is an address.
    """
    folded = _HIDDEN.sub("", unicodedata.normalize("NFKC", text)).strip()
    if not folded:
        return Addresses()
    parts = _IN_BRACKETS.findall(folded) or _BETWEEN_EMAILS.split(folded)
    outside = _IN_BRACKETS.sub(" ", folded) if "<" in folded else ""
    found: dict[str, None] = {}
    for part in filter(None, map(_bare, parts)):
        if "***" in part:
            return Addresses(fault="contact_masked")
        local, _, host = part.rpartition("@")
        if not _is_email(part):
            return Addresses(fault="email_invalid")
        found[f"{local}@{host.lower()}"] = None
    if not found or "@" in outside:
        return Addresses(fault="email_invalid")
    return Addresses(emails=tuple(found))


def _phones(part: str) -> Addresses:
    one = _phone(part)
    if not one.fault or " " not in part:
        return one
    # Two numbers with nothing but a blank between them.
    found = Addresses()
    for piece in part.split():
        one = _phone(piece)
        if one.fault:
            return one
        found = found.joined(one)
    return found


def _phone(text: str) -> Addresses:
    invalid = Addresses(fault="phone_invalid")
    try:
        number = phonenumbers.parse(text.removesuffix(".0"), _REGION)
    except phonenumbers.NumberParseException:
        return invalid
    if not phonenumbers.is_valid_number(number):
        return invalid
    plain = phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)
    domestic = number.country_code == _COUNTRY_CODE
    if domestic and phonenumbers.number_type(number) in _MOBILE:
        return Addresses(mobiles=(plain,))
    extension = f" ext. {number.extension}" if number.extension else ""
    return Addresses(landlines=(plain + extension,))


def _bare(part: str) -> str:
    return part.strip().removeprefix("mailto:").strip("'\".。")


def _is_email(text: str) -> bool:
    local = text.rpartition("@")[0]
    fits = len(text) <= _LONGEST_EMAIL and len(local) <= _LONGEST_LOCAL
    return fits and _EMAIL.fullmatch(text) is not None
