"""A word that is not known, and the known one that was probably meant."""

import difflib
from collections.abc import Collection, Sequence
from typing import Final

_ALIKE: Final = 0.5
"""Below it a guess sends the reader astray: 滑县 does not mean 410902."""


def did_you_mean(word: str, known: Collection[str]) -> str:
    """Return the question after the nearest known word, "" where none is near.

    It is in brackets, to stand right behind what names the word.
    """
    return question(difflib.get_close_matches(word, known, n=1, cutoff=_ALIKE))


def question(near: Sequence[str]) -> str:
    """Return the question whether one of these was meant, "" for none of them."""
    return f"（是不是 {'、'.join(near)}？）" if near else ""
