"""Legal-status events as facts: what a source reported, and what it means.

A report is kept as it came. The same fact reported under an old and a new code, or by
two sources, counts once: what makes it one is the kind of event and its day, not the
code.
"""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType

from patentwatch.model import PatentNumber
from patentwatch.names import name_key
from patentwatch.status import term
from patentwatch.status.codes import Effect, StatusAfter, StatusTable
from patentwatch.status.notices import Notice, classify


class EventSource(StrEnum):
    """Who reported an event; the first is believed where two reports differ."""

    PERSON = "person"  # somebody read the notice and decided
    PRS = "prs"  # CNIPA's bulk data of legal status
    NOTICES = "notices"  # a list of notices out of the gazette
    CASE_STATUS = "case_status"  # a status looked up in the office's query system
    OPS = "ops"  # the EPO's legal service


@dataclass(frozen=True, slots=True)
class Event:
    """One report of one event about one patent.

    `announced_on` is the day of the gazette, or of the look-up for a case status;
    `effective_on` the day from which it counts. At least one is known. `effect` and
    `reason` are what code and text say; `needs_review`: a person must read it first.
    `fields` are the labels and values in its text.
    """

    application_no: PatentNumber
    source: EventSource
    code: str
    announced_on: date | None
    effective_on: date | None
    text: str
    event: str
    effect: Effect
    status_after: StatusAfter
    reason: str
    fields: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    needs_review: bool = False

    @property
    def known_on(self) -> date:
        """Return the day since which anybody could know of it."""
        day = self.announced_on or self.effective_on
        assert day is not None  # noqa: S101 - `understood` has seen to it
        return day

    @property
    def fact_key(self) -> str:
        """Return what makes two reports the same fact, whatever code or source.

        Two ends, or two grants, of one day are one. Transfers and pledges of one day
        are told apart by the parties or the number of the registration, and whether
        the registration begins or is over.
        """
        kind = _FAMILIES.get(self.effect, self.event)
        day = self.known_on.isoformat()
        return "|".join((kind, registers(self) or "", day, self._parties))

    @property
    def report_key(self) -> str:
        """Return what makes two reports the same report, word for word."""
        days = (self.announced_on, self.effective_on)
        shown = "|".join(day.isoformat() if day else "" for day in days)
        return f"{self.source.value}|{self.code}|{shown}|{self.text}"

    @property
    def _parties(self) -> str:
        for label in _TELLING.get(self.event, ()):
            if value := self.fields.get(label):
                return name_key(value)
        return ""


_FAMILIES = {
    Effect.GRANT: "grant",
    Effect.END: "end",
    Effect.RESTORE: "restore",
}
"""Effects of which there is one a day; of other events the kind is told apart."""

_TELLING = {
    "transfer": ("变更后权利人", "变更后专利权人", "变更后申请人", "变更后"),
    "pledge": ("登记号",),
    "licence": ("合同备案号",),
}
"""The label that tells two events of one kind and day apart."""


class Registers(StrEnum):
    """What a notice does to the registration that it speaks of."""

    BEGINS = "begins"  # or changes: it stands
    ENDS = "ends"


_REGISTRATIONS = frozenset({"pledge", "licence", "preservation"})
_BEGIN = frozenset({"PP01", "PE01", "PM01", "EE01", "EM01", "OL01", "LIC"})
_END = frozenset({"PD01", "PC01", "EC01", "OL02"})
_ENDING_WORDS = ("注销", "解除", "撤回")
_CHINESE = re.compile(r"[\u4e00-\u9fff]")


def registers(event: Event) -> Registers | None:
    """Return what an event does to a registration; None: nothing, or it does not say.

    An old code such as PLDC stands for the beginning, the change and the end alike.
    """
    if event.event not in _REGISTRATIONS:
        return None
    if event.code in _END:
        return Registers.ENDS
    if event.code in _BEGIN:
        return Registers.BEGINS
    if not _CHINESE.search(event.text):
        return None
    title = event.text.partition("\n")[0][:30]
    over = "解除日" in event.fields or any(word in title for word in _ENDING_WORDS)
    return Registers.ENDS if over else Registers.BEGINS


def understood(
    number: PatentNumber,
    *,
    source: EventSource,
    code: str | None,
    text: str | None,
    announced_on: date | None = None,
    effective_on: date | None = None,
    table: StatusTable,
) -> Event | None:
    """Return the event that a report tells of; None without any day.

    Days that the source gives beside the text go before those inside it.
    """
    # Most notices are a title and nothing else; of those there are only so many.
    short = len(text or "") <= _SHORT
    notice = (_classified if short else classify)(code, text, table=table)
    announced_on = announced_on or notice.announced_on
    moves = notice.effect is Effect.TERM
    if not moves:  # the days in such a text are those of the old and the new end
        effective_on = effective_on or notice.effective_on
    if announced_on is None and effective_on is None:
        return None
    return Event(
        application_no=number,
        source=source,
        code=notice.code or "",
        announced_on=announced_on,
        effective_on=effective_on,
        text=text or "",
        event=notice.event,
        effect=notice.effect,
        status_after=notice.status_after,
        reason=notice.reason,
        fields=MappingProxyType(notice.fields),
        needs_review=notice.needs_review or (moves and not term.is_told(notice.fields)),
    )


_SHORT = 24


@lru_cache(maxsize=4096)
def _classified(code: str | None, text: str | None, *, table: StatusTable) -> Notice:
    return classify(code, text, table=table)


def distinct(events: Iterable[Event], *, on: date) -> list[Event]:
    """Return the facts known by `on`, each once, in the order they became known.

    Of several reports of one fact the one a person decided goes first, then the one
    that says most: its reason, its day; of those the source believed first. A report
    that names no party, or does not say whether a registration begins or ends, is the
    fact of that day that does.

    On one day a grant goes before an end and an end before a restoration. However the
    reports are ordered, the answer is the same.
    """
    best: dict[str, Event] = {}
    for event in sorted((e for e in events if e.known_on <= on), key=_weight):
        best.setdefault(event.fact_key, event)
    facts = [
        event
        for key, event in best.items()
        if not any(tells_no_more(key, other) for other in best)
    ]
    return sorted(facts, key=lambda e: (e.known_on, _RANK.get(e.effect, 1), e.fact_key))


def with_phase(stored_key: str) -> str:
    """Return a stored `fact_key` as keys are written now.

    The first ones said nothing of a registration's beginning or end, and databases of
    that time are still opened: kind, day, parties.
    """
    kind, phase, rest = stored_key.split("|", 2)
    if phase in _PHASES:
        return stored_key
    return f"{kind}||{phase}|{rest}"


_PHASES = frozenset({"", *Registers})


def tells_no_more(key: str, other: str) -> bool:
    """Tell whether a fact is another one of its day, told with less: by `fact_key`."""
    kind, phase, day, party = key.split("|", 3)
    other_kind, other_phase, other_day, other_party = other.split("|", 3)
    return (
        key != other
        and (kind, day) == (other_kind, other_day)
        and phase in ("", other_phase)
        and party in ("", other_party)
    )


_BELIEVED = list(EventSource)
_RANK = {Effect.GRANT: 0, Effect.END: 2, Effect.RESTORE: 3}
_VAGUE = frozenset(
    {"terminated_reason_unstated", "abandoned_or_deemed_abandoned", "unknown"}
)


def _weight(event: Event) -> tuple[bool, bool, bool, bool, int, int, str, str]:
    """Return what puts the most telling report first; total, so that order is none."""
    return (
        event.source is not EventSource.PERSON,
        event.needs_review,
        event.reason in _VAGUE,
        event.effective_on is None,
        _BELIEVED.index(event.source),
        -len(event.text),
        event.reason,
        event.report_key,
    )
