"""The lines of the journal: what they say, and how one is tied to the one before.

Only text and values here; the file is `journal`'s.
"""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

_FORM = 1


@dataclass(frozen=True, slots=True)
class SaidAlert:
    """One alert that a message carried, as far as its row can be made from it."""

    key: str
    application_no: str
    fee_year: int
    due_on: str
    anchor_on: str
    tier: str
    audience: str
    evidence: str


@dataclass(frozen=True, slots=True)
class Entry:
    """One message that was taken (`accepted`) or may have been (`unknown`)."""

    ref: str
    kind: str
    attempt: int
    state: str
    at: datetime
    channel: str
    transport: str
    recipient: str
    severity: int
    provider_ref: str = ""
    alerts: tuple[SaidAlert, ...] = ()


@dataclass(frozen=True, slots=True)
class Position:
    """How far a journal has come: bytes from the beginning, the last line's hash."""

    offset: int
    chain: str


NOWHERE = Position(0, "")


@dataclass(frozen=True, slots=True)
class Head:
    """Which journal this is, and of which database."""

    journal: str
    generation: str


def head_line(head: Head) -> bytes:
    """Return the first line of a journal."""
    document = {
        "patentwatch": _FORM,
        "journal": head.journal,
        "generation": head.generation,
    }
    return _line(document, "")


def head_in(line: bytes) -> Head | None:
    """Return what a first line says; None when it is none."""
    found = _parsed(line)
    if found is None or "journal" not in found or "generation" not in found:
        return None
    return Head(str(found["journal"]), str(found["generation"]))


def entry_line(entry: Entry, chain: str) -> bytes:
    """Return the line of an entry, tied to the one whose hash is `chain`."""
    document = {name: getattr(entry, name) for name in _ENTRY}
    document["at"] = entry.at.isoformat()
    document["alerts"] = [
        [getattr(one, name) for name in SaidAlert.__slots__] for one in entry.alerts
    ]
    return _line(document, chain)


def entries_in(lines: Sequence[bytes]) -> tuple[Entry, ...]:
    """Return what lines say; those that are not to be read are passed over."""
    documents = (_parsed(line) for line in lines)
    return tuple(_entry(one) for one in documents if one and "ref" in one)


def whole_lines(content: bytes, start: int) -> list[bytes]:
    """Return the lines from a place on; half a one at the end is none."""
    end = content.rfind(b"\n") + 1
    return content[start:end].splitlines(keepends=True)


def chain_of(line: bytes) -> str:
    """Return the hash at the end of a line; "" where none is."""
    found = _CHAIN.search(line)
    return found[1].decode("ascii") if found else ""


def loose(lines: Sequence[bytes]) -> int:
    """Return how many lines do not fit the one before."""
    count, chain = 0, ""
    for line in lines:
        body = _CHAIN.sub(b"}", line)
        count += chain_of(line) != _link(chain, body)
        chain = chain_of(line)
    return count


def ends_there(content: bytes, position: Position) -> bool:
    """Whether a line ends at a position with just this hash."""
    if position.offset == 0 or content[position.offset - 1 : position.offset] != b"\n":
        return False
    begin = content.rfind(b"\n", 0, position.offset - 1) + 1
    return chain_of(content[begin : position.offset]) == position.chain


_ENTRY = tuple(name for name in Entry.__slots__ if name not in {"at", "alerts"})
_CHAIN = re.compile(rb',"chain":"([0-9a-f]{32})"}\n?\Z')


def _line(document: Mapping[str, Any], chain: str) -> bytes:
    body = json.dumps(document, separators=(",", ":")).encode("ascii")
    return body[:-1] + f',"chain":"{_link(chain, body)}"}}\n'.encode("ascii")


def _link(chain: str, body: bytes) -> str:
    return sha256(chain.encode("ascii") + body).hexdigest()[:32]


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        found = json.loads(line)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _entry(document: Mapping[str, Any]) -> Entry:
    return Entry(
        **{name: document[name] for name in _ENTRY},
        at=datetime.fromisoformat(document["at"]),
        alerts=tuple(SaidAlert(*values) for values in document["alerts"]),
    )
