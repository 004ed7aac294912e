"""Kinds of records as data: what each has to say, and what it is recognised by.

A new kind is an entry of `kinds.toml`: no code, no table.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class FieldType(StrEnum):
    """What a field holds, and as what it is stored.

    text, choice, county: text (a choice is one of the Chinese words, a county its
    code). date: ISO text. integer: int. number: decimal text. yuan: an int of fen.
    party: text, and a link. patents: a list of application numbers, and a link each.
    """

    TEXT = "text"
    DATE = "date"
    INTEGER = "integer"
    NUMBER = "number"
    YUAN = "yuan"
    CHOICE = "choice"
    COUNTY = "county"
    PARTY = "party"
    PATENTS = "patents"


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a kind; `link` is how a party or a patent in it is tied."""

    key: str
    label: str
    type: FieldType
    required: bool = False
    choices: tuple[str, ...] = ()
    unit: str = ""
    link: str = ""
    example: str = ""
    help: str = ""


@dataclass(frozen=True, slots=True)
class Kind:
    """One kind of record.

    `natural_key` are the fields by which the same record is recognised, `title` the
    one that names it, `dated` the date field that is the record's own day, `until` the
    one from which it does not stand any more ("": it never ends). `holds`: while it
    stands its patents are consequential. `evidence`: what file proves it, in Chinese.
    """

    key: str
    label: str
    fields: tuple[Field, ...]
    natural_key: tuple[str, ...]
    title: str
    dated: str
    until: str = ""
    holds: bool = False
    evidence: str = ""

    def field(self, key: str) -> Field | None:
        """Return one field by its key, None when there is none."""
        return next((one for one in self.fields if one.key == key), None)


def kinds() -> Mapping[str, Kind]:
    """Return every kind by its key, in the order of the plan's items."""
    raise NotImplementedError
