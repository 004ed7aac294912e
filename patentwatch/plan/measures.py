"""The arithmetic of measures: shares, medians, rounding, words that mean the same."""

import unicodedata
from collections.abc import Mapping
from datetime import date
from decimal import ROUND_DOWN, ROUND_HALF_UP, Decimal

_PERCENT = Decimal("0.01")
_ALMOST_ALL = Decimal("99.99")
_SHARE = Decimal("0.0001")
_FEBRUARY, _LEAP_DAY = 2, 29


def percent(part: Decimal | int, whole: Decimal | int) -> Decimal | None:
    """Return a share in percent with two decimals; None where there is no whole.

    100 is all of it: what lacks the last one of very many is 99.99.
    """
    if not whole:
        return None
    share = _rounded(Decimal(part) * 100 / Decimal(whole), _PERCENT)
    return min(share, _ALMOST_ALL) if part < whole else share


def rate(actual: Decimal | None, target: Decimal | None) -> Decimal | None:
    """Return actual ÷ target, None without either.

    Cut to four decimals and not rounded, so that 1 means reached.
    """
    if actual is None or not target:
        return None
    return (actual / target).quantize(_SHARE, ROUND_DOWN)


def median(days: Mapping[int, int]) -> Decimal | None:
    """Return the median of numbers given as number → how often; None of none.

    Of an even number it is the mean of the two in the middle.
    """
    count = sum(days.values())
    if not count:
        return None
    low, high = _nth(days, (count - 1) // 2), _nth(days, count // 2)
    return Decimal(low + high) / 2


def number(value: Decimal | None) -> int | float | None:
    """Return a value as JSON has it: whole, else with at most four decimals."""
    if value is None:
        return None
    short = _rounded(value, _SHARE)
    return int(short) if short == short.to_integral_value() else float(short)


def folded(text: str) -> str:
    """Return what two spellings of a word share: width and blanks do not matter."""
    return "".join(unicodedata.normalize("NFKC", text).split())


def year_before(day: date) -> date:
    """Return the same day a year earlier; of a leap day the 28th."""
    if (day.month, day.day) == (_FEBRUARY, _LEAP_DAY):
        return day.replace(year=day.year - 1, day=_LEAP_DAY - 1)
    return day.replace(year=day.year - 1)


def _nth(days: Mapping[int, int], place: int) -> int:
    passed = 0
    for day in sorted(days):
        passed += days[day]
        if passed > place:
            return day
    raise IndexError(place)


def _rounded(value: Decimal, step: Decimal) -> Decimal:
    return value.quantize(step, ROUND_HALF_UP)
