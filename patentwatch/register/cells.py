"""One cell of a list: the day, the text or the word that somebody meant by it."""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

EMPTY = frozenset(
    ["", "-", "--", "—", "——", "/", "N/A", "n/a", "NA", "null", "NULL", "None"]
)
"""What lists write when there is nothing to write."""

FIRST_FILING_ON = date(1985, 4, 1)
"""The day the Patent Law took effect: nothing was filed before."""

LONGEST = 500

_SIGNS_OF_NOTHING = EMPTY - {""}

_EXCEL_EPOCH = date(1899, 12, 30)
_SERIALS = range(20_000, 80_000)

_SPELT = re.compile(
    r"([12][0-9]{3})\s*[-./年 ]\s*([0-9]{1,2})\s*[-./月 ]\s*([0-9]{1,2})\s*日?"
    r"(?:[T ]\s*[0-9]{1,2}:[0-9]{2}.*)?"
)
_PACKED = re.compile(r"([12][0-9]{3})([01][0-9])([0-3][0-9])(?:\.0+)?")
_SERIAL = re.compile(r"([0-9]{5})(?:\.[0-9]+)?")
_PLACEHOLDER = re.compile(r"0*1[-./]0?1[-./]0?1\b.*|9999.*")

# The separators U+2028/9 end a line; C0 and C1 can end a header.
_BREAKS = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]+")
_HIDDEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]+")
_MARKER = re.compile(r"=\?[^?]*\?[^?]*\?[^?]*\?=|=\?|\?=")
_LITERAL = re.compile(r'="(.*)"', re.DOTALL)
_WHOLE = re.compile(r"(-?[0-9]+)(?:\.0+)?")


class Row(NamedTuple):
    """One raw row: every cell as text.

    `number` is the line or sheet row as a person counts it. `numeric` are the
    positions that were numbers in a spreadsheet, so that digits may have been eaten.
    """

    number: int
    cells: Sequence[str]
    numeric: frozenset[int] = frozenset()


class Line(NamedTuple):
    """A name or a title, fit to be printed; `codes` say what was taken out of it."""

    text: str
    codes: tuple[str, ...] = ()


def tidy(text: str) -> str:
    """Return `text` without blanks around it; "" for the usual signs of nothing.

    The literal `="…"`, by which people save digits from Excel, is unpacked.
    """
    text = text.strip()
    if text.startswith('="'):
        literal = _LITERAL.fullmatch(text)
        text = literal[1].strip() if literal else text
    return "" if text in EMPTY else text


def tidied(texts: Iterable[str]) -> tuple[list[str], bool]:
    """Return every text as `tidy` does, and whether all can be taken as they are.

    One look at a whole row, because nearly all rows are short, visible, sound and
    without formulas; the others deserve `line` for each cell.
    """
    bare = list(map(str.strip, texts))
    row = " ".join(bare)
    plain = (
        len(row) <= LONGEST
        and row.isprintable()
        and "=" not in row
        and "+" not in row
        and "@" not in row
        and "\ufffd" not in row
        and "＝" not in row
        and "＋" not in row
        and "＠" not in row
    )
    if plain and _SIGNS_OF_NOTHING.isdisjoint(bare):
        return bare, True
    return list(map(tidy, bare)), plain


def is_formula(text: str) -> bool:
    """Return whether a spreadsheet would calculate `text`."""
    return text.startswith(("=", "＝"))


def line(text: str) -> Line:
    """Return `text` as one visible line; emoji and rare characters stay."""
    if text.isprintable() and "=?" not in text:
        return Line(text, _formula(text))
    codes = []
    seen = _HIDDEN.sub("", text)
    if seen != text:
        codes.append("hidden_removed")
    plain = _without_markers(_BREAKS.sub(" ", seen))
    if plain != seen:
        codes.append("control_removed")
    plain = " ".join(plain.split())
    return Line(plain, (*codes, *_formula(plain)))


@lru_cache(maxsize=65_536)
def day(text: str) -> date | None:
    """Return the day that `text` names, None when there is no such day.

    Reads 2024.2.3, 2024/2/3, 20240203, 20240203.0, 2024年2月3日, full-width digits,
    a time of day behind it, and Excel's serial numbers. Two-digit years and days
    before months are not guessed at.
    """
    text = unicodedata.normalize("NFKC", text).strip()
    found = _SPELT.fullmatch(text) or _PACKED.fullmatch(text)
    if found:
        try:
            return date(int(found[1]), int(found[2]), int(found[3]))
        except ValueError:
            return None
    serial = _SERIAL.fullmatch(text)
    if serial and int(serial[1]) in _SERIALS:
        return _EXCEL_EPOCH + timedelta(days=int(serial[1]))
    return None


@lru_cache(maxsize=65_536)
def day_fault(text: str, today: date) -> str:
    """Return why `text` cannot be a day of the past in patent law, "" when it can."""
    meant = day(text)
    if meant is None:
        return "date_implausible" if _PLACEHOLDER.match(text) else "date_impossible"
    if not FIRST_FILING_ON <= meant <= today:
        return "date_implausible"
    return ""


@lru_cache(maxsize=4096)
def whole(text: str) -> int | None:
    """Return a whole number written as 5, 5.0 or ５; None for anything else."""
    found = _WHOLE.fullmatch(unicodedata.normalize("NFKC", text).strip())
    return int(found[1]) if found and len(found[1]) < 12 else None


def yes_or_no(text: str) -> bool | None:
    """Return what 是, 否, √, × … mean; None for any other word."""
    word = unicodedata.normalize("NFKC", text).strip().upper()
    if word in _YES:
        return True
    return False if word in _NO else None


_FORMULA_SIGNS = frozenset("=＝+＋@＠")
_YES = frozenset(["是", "有", "同意", "Y", "YES", "TRUE", "1", "1.0", "√", "✓", "✔"])
_NO = frozenset(
    ["否", "无", "不", "不是", "不同意", "N", "NO", "FALSE", "0", "0.0", "×", "✗", "X"]
)


def _formula(text: str) -> tuple[str, ...]:
    return ("formula_text",) if text[:1] in _FORMULA_SIGNS else ()


def _without_markers(text: str) -> str:
    """Take out encoded-word markers until none is left, also nested ones."""
    before = ""
    while before != text:
        before, text = text, _MARKER.sub("", text)
    return text
