"""The codes and wordings of legal-status notices, one frozen value; reads no files."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType


class Effect(StrEnum):
    """What an event does to the right; AMBIGUOUS is for a person to read."""

    GRANT = "GRANT"
    END = "END"
    RESTORE = "RESTORE"
    LIMIT = "LIMIT"  # goes on in narrower form
    TERM = "TERM"  # goes on, its last day moves
    NONE = "NONE"
    PENDING = "PENDING"  # before grant
    APPLICATION_END = "APPLICATION_END"
    AMBIGUOUS = "AMBIGUOUS"


class StatusAfter(StrEnum):
    """What the right is after the event; REVIEW is for a person to find out."""

    IN_FORCE = "IN_FORCE"
    NOT_IN_FORCE = "NOT_IN_FORCE"
    PENDING = "PENDING"
    UNCHANGED = "UNCHANGED"
    REVIEW = "REVIEW"


@dataclass(frozen=True, slots=True)
class Meaning:
    """What an event is, what it does, and why."""

    event: str
    effect: Effect
    status_after: StatusAfter
    reason: str


@dataclass(frozen=True, slots=True)
class EventCode:
    """One code as the table has it; `zh` is "" where no Chinese name is known."""

    code: str
    zh: str
    event: str
    effect: Effect
    status_after: StatusAfter
    reason: str

    @property
    def meaning(self) -> Meaning:
        """Return what the code alone says."""
        return Meaning(self.event, self.effect, self.status_after, self.reason)


@dataclass(frozen=True, slots=True)
class Wording:
    """Words that mean what the code `like` means, save where another value is given.

    `words` count wherever they stand in a title, `alone` only as the whole of it.
    """

    like: str
    words: tuple[str, ...] = ()
    alone: tuple[str, ...] = ()
    effect: Effect | None = None
    status_after: StatusAfter | None = None


@dataclass(frozen=True, slots=True, eq=False)  # told apart by identity: a cache key
class StatusTable:
    """Every code and wording; `pattern` finds wordings, at each place the longest."""

    codes: Mapping[str, EventCode]
    words: Mapping[str, Meaning]
    alone: Mapping[str, Meaning]
    pattern: re.Pattern[str] = field(repr=False)


def table(codes: Iterable[EventCode], wordings: Iterable[Wording]) -> StatusTable:
    """Return the table; a wording like a code that is not there raises `KeyError`."""
    by_code = {one.code: one for one in codes}
    words: dict[str, Meaning] = {}
    alone: dict[str, Meaning] = {}
    for wording in wordings:
        meaning = _meaning(wording, by_code[wording.like])
        words |= dict.fromkeys(wording.words, meaning)
        alone |= dict.fromkeys(wording.alone, meaning)
    longest_first = sorted(words, key=len, reverse=True)
    return StatusTable(
        MappingProxyType(by_code),
        MappingProxyType(words),
        MappingProxyType(alone),
        re.compile("|".join(map(re.escape, longest_first))),
    )


def _meaning(wording: Wording, like: EventCode) -> Meaning:
    return Meaning(
        like.event,
        wording.effect or like.effect,
        wording.status_after or like.status_after,
        like.reason,
    )
