"""Pledges, licences and the like as links: who and what else depends on a patent.

What notices tell is read here; what the office's own records tell is merged with it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date

from patentwatch.names import name_key
from patentwatch.status.events import Event, Registers, registers

_LINKS = {"pledge": "secures", "licence": "licensed_to", "preservation": "held_by"}
_TITLES = {"pledge": "质押", "licence": "实施许可", "preservation": "保全"}
REGISTRATIONS = frozenset({"pledge", "licence", "openly_licensed", "preservation"})
"""Kinds that the owner himself has to do with, as his statement shows them."""

_SEPARATOR = " | "
_NUMBERS = ("登记号", "合同备案号")
_PARTIES = {"pledge": ("质权人",), "licence": ("受让人", "被许可人")}


@dataclass(frozen=True, slots=True)
class Link:
    """What ties a patent to somebody or something; `until_on` exclusive, None: live.

    `number` is that of the registration, "" where nobody gives one. `record` is the id
    of the office's record that tells of it, None: notices alone do; `named` is how a
    person calls that record, `held`: while it stands, others depend on the patent.
    """

    kind: str
    link: str
    number: str
    party: str
    from_on: date
    until_on: date | None = None
    record: int | None = None
    named: str = ""
    held: bool = False

    @property
    def title(self) -> str:
        """Return the link as a person would name it."""
        if self.named:
            return self.named
        return " ".join(part for part in (_TITLES[self.kind], self.party) if part)

    @property
    def ties(self) -> bool:
        """Whether it makes others depend on the patent; a preservation does not."""
        return self.held or self.kind in ("pledge", "licence")

    def live(self, on: date) -> bool:
        """Whether the registration stands on a day."""
        return self.from_on <= on and (self.until_on is None or on < self.until_on)


def links(events: Iterable[Event]) -> list[Link]:
    """Return every registration that `events` (each fact once, in order) tell of.

    A cancellation ends the one with its number, else the oldest that stands. A notice
    that does not say what it does speaks of one that stands, else of a new one.
    """
    found: list[Link] = []
    for event in events:
        if event.event not in _LINKS or event.reason == "open_licence":
            continue
        day = event.effective_on or event.known_on
        number = _first(event, _NUMBERS)
        does = registers(event)
        if does is Registers.ENDS:
            _end_one(found, event.event, number, day)
            continue
        party = _party(event)
        known = _standing(found, event.event, number, day, sure=does is not None)
        if known is None:
            found.append(Link(event.event, _LINKS[event.event], number, party, day))
        elif party:
            found[known] = replace(found[known], party=party)
    return found


def merged(noticed: Iterable[Link], recorded: Iterable[Link]) -> list[Link]:
    """Return what notices and records tell of, each tie once, the oldest first.

    A pledge or licence that both know of, by its number, else by its party while both
    stand, is the record with the registration's number. It ends with whichever ends
    first: a pledge does not outlive its debt, nor a loan's hold the registration.
    """
    found = sorted(recorded, key=lambda one: (one.from_on, one.record or 0))
    told = list(noticed)
    numbered = {
        place
        for place, one in enumerate(found)
        if any(_same_number(notice, one) for notice in told)
    }
    for notice in told:
        same = [p for p, one in enumerate(found) if _same_number(notice, one)] or [
            place
            for place, one in enumerate(found)
            if place not in numbered and _same_party(notice, one)
        ]
        if not same:
            found.append(notice)
        for place in same:
            found[place] = _joined(found[place], notice, first=place == same[0])
    return sorted(found, key=lambda one: one.from_on)


def _joined(record: Link, notice: Link, *, first: bool) -> Link:
    """Return a record with what a notice of the same registration adds to it.

    The first one of a registration begins with whichever is earlier, so that nobody is
    warned too late; an open licence, which lowers a fee, with the later.
    """
    days = (record.from_on, notice.from_on)
    begun_on = min(days) if first else record.from_on
    return replace(
        record,
        number=record.number or notice.number,
        party=record.party or notice.party,
        from_on=max(days) if record.kind == "openly_licensed" else begun_on,
        until_on=_earlier(record.until_on, notice.until_on),
    )


def _same_number(notice: Link, record: Link) -> bool:
    """Tell whether a notice names the registration that a record names."""
    number = name_key(notice.number)
    return (
        _are_alike(notice, record)
        and bool(number)
        and number == name_key(record.number)
    )


def _same_party(notice: Link, record: Link) -> bool:
    """Tell whether both tie the patent to the same party at the same time."""
    party = name_key(notice.party)
    return (
        _are_alike(notice, record)
        and bool(party)
        and party == name_key(record.party)
        and _before(notice.from_on, record.until_on)
        and _before(record.from_on, notice.until_on)
    )


def _are_alike(notice: Link, record: Link) -> bool:
    return record.record is not None and _FAMILY.get(record.kind) == notice.kind


_FAMILY = {"pledge": "pledge", "licence": "licence", "openly_licensed": "licence"}
"""As what a notice speaks of that which a record tells."""


def _before(day: date, until_on: date | None) -> bool:
    return until_on is None or day < until_on


def _earlier(one: date | None, other: date | None) -> date | None:
    return min((day for day in (one, other) if day is not None), default=None)


def parties(events: Iterable[Event]) -> set[str]:
    """Return whom any registration of `events` names, whether or not it stands."""
    named = {_party(event) for event in events if event.event in _PARTIES}
    return named - {""}


def _party(event: Event) -> str:
    return _first(event, _PARTIES.get(event.event, ())) or _new_party(event)


def _new_party(event: Event) -> str:
    """Return to whom a change of a registration moves it, "" where it does not."""
    subjects = event.fields.get("变更事项", "").split(_SEPARATOR)
    after = event.fields.get("变更后", "").split(_SEPARATOR)
    wanted = _PARTIES.get(event.event, ())
    return next(
        (to for what, to in zip(subjects, after, strict=False) if what in wanted), ""
    )


def _first(event: Event, labels: Iterable[str]) -> str:
    return next((event.fields[label] for label in labels if label in event.fields), "")


def _end_one(found: list[Link], kind: str, number: str, day: date) -> None:
    standing = [
        p for p, link in enumerate(found) if link.kind == kind and link.live(day)
    ]
    named = [place for place in standing if number and found[place].number == number]
    unnamed = [place for place in standing if not (number and found[place].number)]
    for place in (named or unnamed)[:1]:
        found[place] = replace(found[place], until_on=day)


def _standing(
    found: Sequence[Link], kind: str, number: str, day: date, *, sure: bool
) -> int | None:
    """Return the place of the registration of which a notice speaks, None: a new one.

    `sure`: the notice says that one stands; then it has to have the same number.
    """
    for place, link in enumerate(found):
        same = link.number == number or not (number or sure)
        if link.kind == kind and same and link.live(day):
            return place
    return None
