"""One record as a value: what it says, what it is tied to, how it is recognised."""

import hashlib
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from patentwatch.names import name_key
from patentwatch.plan.kinds import FieldType, Kind

Value = str | int | list[str]
"""A field as it is stored; see `FieldType`."""

COUNTS_FOR = "counts_for"
"""How a record is tied to a commitment, and to what no other link is named for."""

FOLLOWS_FROM = "follows_from"
"""How a record is tied to another one."""

LONGEST_KEY = 200


class LinkTo(StrEnum):
    """What a link ends at."""

    PATENT = "patent"
    PARTY = "party"
    RECORD = "record"
    COMMITMENT = "commitment"


@dataclass(frozen=True, slots=True)
class Link:
    """One end of a link, seen from the record.

    `to_key` is a patent's number, a party's name key, a record's id or plan/commitment;
    `label` is what a person wrote; with another label it is the same link.
    """

    link: str
    to_kind: LinkTo
    to_key: str
    label: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class NewRecord:
    """One record as a row or a person gives it; empty fields are not in `fields`.

    `county` None: of the city as a whole. From `until_on` on it does not stand any
    more, None: no such day. `row` is as a person counts it in `sheet`.
    """

    kind: str
    natural_key: str
    title: str
    county: str | None
    occurred_on: date
    until_on: date | None
    fields: Mapping[str, Value]
    links: tuple[Link, ...] = ()
    sheet: str = ""
    row: int | None = None


def commitments(links: Iterable[Link]) -> list[str]:
    """Return the commitments that links end at, in order."""
    return sorted(one.to_key for one in links if one.to_kind is LinkTo.COMMITMENT)


def natural_key(kind: Kind, fields: Mapping[str, Value]) -> str:
    """Return by what a record is recognised: width, blanks and case do not matter."""
    parts = (_part(kind, key, fields.get(key, "")) for key in kind.natural_key)
    whole = "|".join(parts)
    if len(whole) <= LONGEST_KEY:
        return whole
    digest = hashlib.sha256(whole.encode()).hexdigest()
    return f"{whole[: LONGEST_KEY - len(digest) - 1]}#{digest}"


def _part(kind: Kind, key: str, value: Value) -> str:
    if isinstance(value, list):
        return ";".join(sorted(value))
    text = str(value)
    own = kind.field(key)
    if own is not None and own.type is FieldType.PARTY:
        return name_key(text).replace("|", "/")
    folded = unicodedata.normalize("NFKC", text).casefold()
    return "".join(folded.split()).replace("\\", "\\\\").replace("|", "\\|")
