"""Several names in one cell, as lists really write them."""

import re
from functools import lru_cache
from typing import NamedTuple

from patentwatch.register import cells

_SEPARATORS = re.compile(r"[;；、|｜\r\n]+")
_NUMBERING = re.compile(
    r"(?:^|(?<=[;；、|｜\s]))\s*[0-9]{1,2}[.．、)）]\s*(?=[^\x00-\x7f])"
)
_DAMAGE = re.compile(r"^[?？�\s]+")

_UNIT_WORDS = re.compile(
    "公司|集团|企业|厂|院|所|校|大学|学会|中心|合作|局|委|协会|社|站|部|队|行$|店|农场|林场"
    "|基地|园|馆|会$|矿|处|办|政府|工作室|联盟|实验室"
)
_PERSON = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]{2,4}")
_DOTTED_PERSON = re.compile(
    r"[\u3400-\u9fffA-Za-z. ]+[·・•][\u3400-\u9fffA-Za-z.·・• ]+"
)


class Names(NamedTuple):
    """The names in one cell, each once; `codes` say what was taken out of them."""

    names: tuple[str, ...]
    codes: tuple[str, ...] = ()


@lru_cache(maxsize=65_536)
def split(text: str) -> Names:
    """Return the names in `text`, separated by ; ； 、 | or a line break.

    Empty ones, numbering (1.甲 2.乙) and the question marks left by a lost blank are
    dropped.
    """
    found: dict[str, None] = {}
    codes: dict[str, None] = {}
    for part in _SEPARATORS.split(_NUMBERING.sub(";", text.strip())):
        line = cells.line(_DAMAGE.sub("", part))
        codes |= dict.fromkeys(line.codes)
        name = line.text.strip()
        if name not in cells.EMPTY:
            found[name] = None
    return Names(tuple(found), tuple(codes))


def is_person(name: str) -> bool:
    """Return whether `name` looks like a natural person's rather than a unit's."""
    if _UNIT_WORDS.search(name):
        return False
    return bool(_PERSON.fullmatch(name) or _DOTTED_PERSON.fullmatch(name))
