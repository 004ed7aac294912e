"""What transfers and changes of address say: whose the patent is, and where.

A transfer moves the people, and the county where the new address names one; the dates
and the fees stay. A list that is newer than the notice is believed before it.
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from patentwatch.model import Patent
from patentwatch.names import name_key
from patentwatch.status.events import Event

_SEPARATOR = " | "
_BEFORE = ("变更前权利人", "变更前专利权人", "变更前申请人", "变更前")
_AFTER = ("变更后权利人", "变更后专利权人", "变更后申请人", "变更后")
_PEOPLE = frozenset({"专利权人", "权利人", "申请人", "共同专利权人", "共同权利人"})
_NAMES = re.compile(r"[;,；，、|]")
_TRANSFERS = frozenset({"ownership"})
REASONS = _TRANSFERS | {"holder_name_or_address"}
"""The reasons of the notices that say whose a patent is, or where."""


@dataclass(frozen=True, slots=True)
class Change:
    """What one notice moves, "" and () where it does not say.

    `transfer`: the right itself, not only a name or an address.
    """

    known_on: date
    effective_on: date
    transfer: bool
    owners_before: tuple[str, ...]
    owners: tuple[str, ...]
    address: str
    fact_key: str


def changes(events: Sequence[Event]) -> list[Change]:
    """Return the transfers and the changes of name or address, oldest first."""
    return [_change(event) for event in events if event.reason in REASONS]


def _change(event: Event) -> Change:
    before, after = _values(event, _BEFORE), _values(event, _AFTER)
    people = [place for place, item in enumerate(_items(event, after)) if item]
    address = [after[i] for i, item in enumerate(_subjects(event)) if item == "地址"]
    return Change(
        known_on=event.known_on,
        effective_on=event.effective_on or event.known_on,
        transfer=event.reason in _TRANSFERS,
        owners_before=tuple(_named(before, people)),
        owners=tuple(_named(after, people)),
        address=address[-1] if address else "",
        fact_key=event.fact_key,
    )


def _values(event: Event, labels: Sequence[str]) -> list[str]:
    for label in labels:
        if value := event.fields.get(label):
            return value.split(_SEPARATOR)
    return []


def _subjects(event: Event) -> list[str]:
    """Return what each pair of before and after is about, such as 专利权人 or 地址."""
    named = event.fields.get("变更事项", "")
    subjects = named.split(_SEPARATOR) if named else []
    return subjects[: len(_values(event, _AFTER))]


def _items(event: Event, after: Sequence[str]) -> list[bool]:
    """Tell for each pair whether it names people; without 变更事项 every one does."""
    subjects = _subjects(event)
    if not subjects:
        return [True] * len(after)
    return [subject in _PEOPLE for subject in subjects]


def _named(values: Sequence[str], places: Sequence[int]) -> Iterator[str]:
    for place in places:
        if place < len(values):
            yield from (n.strip() for n in _NAMES.split(values[place]) if n.strip())


def moved(
    patent: Patent,
    found: Sequence[Change],
    *,
    listed_on: date | None,
    county_of: Callable[[str], str | None],
) -> Patent:
    """Return the patent with the people and the county that newer notices give it.

    `listed_on`: the day of the newest list that has it; notices known by then are in
    the list already. After a transfer no reduction counts until it is approved anew.
    Law: REDUCTION.
    """
    for change in found:
        if listed_on is not None and change.known_on <= listed_on:
            continue
        if change.owners:
            patent = replace(patent, patentees=change.owners, credit_codes=())
        if change.transfer:
            patent = replace(patent, reduction=None)
        if change.address and (county := county_of(change.address)):
            patent = replace(patent, address=change.address, county=county)
    return patent


def same_people(one: Sequence[str], other: Sequence[str]) -> bool:
    """Tell whether two lists of owners share anybody."""
    keys = {name_key(name) for name in one}
    return any(name_key(name) in keys for name in other)
