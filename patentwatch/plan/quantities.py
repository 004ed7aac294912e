"""Quantities as clerks write and read them: in 元, 万元 or 亿元, counts, decimals."""

import re
import unicodedata
from decimal import ROUND_DOWN, Decimal
from typing import NamedTuple

_SCALES = {
    "": Decimal(1),
    "千": Decimal(10**3),
    "万": Decimal(10**4),
    "百万": Decimal(10**6),
    "千万": Decimal(10**7),
    "亿": Decimal(10**8),
}
_SCALE = "(亿|千万|百万|万|千)?"
_QUANTITY = re.compile(
    r"(-?)((?:[0-9]{1,3}(?:,[0-9]{3})+|[0-9]+)(?:\.[0-9]+)?)" + _SCALE + r"(\D*)"
)
_UNIT = re.compile(_SCALE + r"(\D*)")
_MONEY_AROUND = re.compile(r"^(?:人民币|RMB)?¥?|(?:人民币)?整?$")
_WIDEST = Decimal(10**13)  # of which the fen are exact in every database
_FINEST = 6
_SHOWN = Decimal("0.0001")
_LONGEST = 27  # what a Decimal calculates exactly


class Unit(NamedTuple):
    """A unit such as 万元: `base` 元, `scale` 10000."""

    base: str
    scale: Decimal


YUAN = Unit("元", Decimal(1))


def unit(text: str) -> Unit:
    """Return the unit that a text such as 万件 names."""
    found = _UNIT.fullmatch(_folded(text))
    if found is None:
        return Unit(_folded(text), Decimal(1))
    return Unit(found[2].replace("圆", "元"), _SCALES[found[1] or ""])


def fen(text: str, *, of: Unit = YUAN) -> int | None:
    """Return the fen that `text` names; a bare number is in the unit `of`.

    None for what is no amount, is negative or is no whole number of fen; also for ¥5 in
    a column of 万元, which may mean either.
    """
    folded = _folded(text)
    bare = _MONEY_AROUND.sub("", folded)
    found = _quantity(bare, of)
    if found is None or found < 0:
        return None
    if folded.startswith("¥") and bare[-1].isdecimal() and of.scale != 1:
        return None
    amount = found * 100
    return int(amount) if amount == amount.to_integral_value() else None


def number(text: str, *, of: Unit, into: Unit) -> Decimal | None:
    """Return the number in `text`, in the unit `into`; None for anything else.

    A bare number is in the unit `of`. At most six decimals.
    """
    found = _quantity(_folded(text), of)
    if found is None:
        return None
    value = found / into.scale
    return value if value == round(value, _FINEST) else None


def yuan(amount: int, *, into: Unit = YUAN) -> str:
    """Return an amount of fen in a unit such as 万元, as text."""
    return plain(Decimal(amount) / 100 / into.scale)


def readable(value: Decimal, base: str = "") -> str:
    """Return a figure with its unit as people read it: 2亿元, 3.5万件, 1.1件.

    What does not fit into four decimals is cut off, never rounded up: 199999999 元 is
    not 2亿元 yet.
    """
    for word in ("亿", "万"):
        if abs(value) >= _SCALES[word]:
            return f"{cut(value / _SCALES[word])}{word}{base}"
    return f"{cut(value)}{base}"


def cut(value: Decimal) -> str:
    """Return a decimal as text, cut off after four decimals."""
    return plain(value.quantize(_SHOWN, rounding=ROUND_DOWN))


def plain(value: Decimal) -> str:
    """Return a decimal as text: no exponent, no trailing zeros."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text


def _quantity(text: str, of: Unit) -> Decimal | None:
    found = _QUANTITY.fullmatch(text)
    if found is None or len(text) > _LONGEST:
        return None
    sign, digits, scale, base = found.groups()
    base = base.replace("圆", "元")
    if base and base != of.base:
        return None
    bare = not scale and not base
    times = of.scale if bare else _SCALES[scale or ""]
    value = Decimal(digits.replace(",", "")) * times
    if value >= _WIDEST:
        return None
    return -value if sign else value


def _folded(text: str) -> str:
    return "".join(unicodedata.normalize("NFKC", text).split())
