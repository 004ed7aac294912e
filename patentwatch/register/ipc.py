"""Classes of the International Patent Classification, as places in its scheme.

A class covers whole places: H01L 2 is none, and H01L 21 does not cover H01L 211.
"""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_GROUP = r"0*(?P<group>[1-9]\d{0,3})(?:\s*/\s*(?P<subgroup>\d{2,6}))?"
_IN_A_CELL = re.compile(rf"(?<![A-Z0-9])(?P<subclass>[A-H]\d\d[A-Z])(?:\s*{_GROUP})?")
_PLACE = re.compile(
    rf"(?P<broad>[A-H](?:\d\d)?)|(?P<subclass>[A-H]\d\d[A-Z])(?:\s*{_GROUP})?"
)


@dataclass(frozen=True, slots=True)
class Classes:
    """A set of places in the scheme, asked about the cell of a list."""

    places: frozenset[str] = frozenset()

    def __contains__(self, cell: str) -> bool:
        """Tell whether one of the symbols in a cell lies in one of the places."""
        return bool(self.places) and any(
            one in self.places
            for found in _IN_A_CELL.finditer(_plain(cell))
            for one in _narrowest_first(found)
        )

    def __bool__(self) -> bool:
        """Tell whether there are any."""
        return bool(self.places)


NOWHERE = Classes()


def classes(symbols: Iterable[str]) -> Classes:
    """Return the classes of these symbols.

    Raises `ValueError` with the first that is no place in the scheme.
    """
    return Classes(frozenset(place(symbol) for symbol in symbols))


def place(symbol: str) -> str:
    """Return a symbol as it is compared; a final * is what it means anyway.

    Raises `ValueError` for what is no place in the scheme.
    """
    found = _PLACE.fullmatch(_plain(symbol).rstrip("*/ "))
    if found is None:
        raise ValueError(symbol)
    return found["broad"] or next(_narrowest_first(found))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).upper().strip()


def _narrowest_first(found: re.Match[str]) -> Iterator[str]:
    """Yield a symbol and every place that holds it: subgroup, group … section."""
    subclass = found["subclass"]
    group = f"{subclass}{found['group']}" if found["group"] else ""
    if found["subgroup"]:
        yield f"{group}/{found['subgroup']}"
    if group:
        yield group
    yield from (subclass, subclass[:3], subclass[0])
