"""Which county a cell or a sheet's name means."""

import unicodedata
from collections import Counter
from collections.abc import Iterable, Sequence

from patentwatch.model import County

_SUFFIXES = "县区市"


class CountyIndex:
    """Finds a county by code, name, alias, short name, or name inside an address."""

    __slots__ = ("_by_word", "_cache", "_names")

    def __init__(self, counties: Sequence[County]) -> None:
        full = [
            (word, c.code) for c in counties for word in (c.code, c.name, *c.aliases)
        ]
        self._by_word = dict(_unambiguous((_short(w), code) for w, code in full))
        self._by_word |= {_plain(word): code for word, code in full}
        self._names = [(_plain(c.name), c.code) for c in counties if c.name]
        self._cache: dict[str, str | None] = {"": None}

    def find(self, text: str) -> str | None:
        """Return the code of the county that `text` names, None when it cannot be told.

        濮阳市华龙区 is 华龙区; a text that names two counties names none.
        """
        if text not in self._cache:
            self._cache[text] = self._find(_plain(text))
        return self._cache[text]

    def _find(self, word: str) -> str | None:
        if word in self._by_word:
            return self._by_word[word]
        inside = {code for name, code in self._names if name in word}
        return inside.pop() if len(inside) == 1 else None


def _plain(text: str) -> str:
    folded = "".join(unicodedata.normalize("NFKC", text).split())
    return folded.removesuffix(".0")


def _short(word: str) -> str:
    plain = _plain(word)
    return plain[:-1] if len(plain) in {3, 4} and plain[-1] in _SUFFIXES else plain


def _unambiguous(pairs: Iterable[tuple[str, str]]) -> list[tuple[str, str]]:
    distinct = set(pairs)
    count = Counter(word for word, _ in distinct)
    return [(word, code) for word, code in distinct if count[word] == 1]
