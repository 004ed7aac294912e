"""The material of cases: what the database holds about patents, read at once.

As of a day: people and county as newer notices moved them. Decides nothing.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from patentwatch.model import (
    Answer,
    Channel,
    Contact,
    Fact,
    Hold,
    Patent,
    Said,
)
from patentwatch.register.counties import CountyIndex
from patentwatch.rules import Rules
from patentwatch.status import openlicences, owners
from patentwatch.status.events import Event, distinct
from patentwatch.status.links import Link, links, merged, parties
from patentwatch.status.mismatches import Listing
from patentwatch.store import (
    answers,
    circuits,
    damage,
    directory,
    events,
    facts,
    outbox,
    patents,
    pauses,
    ties,
    verdicts,
)
from patentwatch.store.vault import Vault
from patentwatch.store.verdicts import AlertRow


@dataclass(frozen=True, slots=True)
class Deaf:
    """By what nobody can be told now: dead transports, and messages without a text."""

    down: Collection[str]
    unmade: Collection[tuple[Channel, str]]


@dataclass(frozen=True, slots=True)
class Material:
    """What the database holds about one patent; `deaf` is the same for all."""

    deaf: Deaf
    patent: Patent
    registered: Patent
    facts: Sequence[Fact]
    events: Sequence[Event]
    recorded: Sequence[Link]
    listing: Listing
    contacts: Sequence[Contact]
    pledgees: Sequence[Contact]
    answers: Sequence[Answer]
    holds: Sequence[Hold]
    silenced: bool
    history: Sequence[tuple[AlertRow, Said]]


OnTrouble = Callable[[str, Exception], None] | None
"""Is told of each patent that cannot be decided, and why; None: the error is raised."""


def readable(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    numbers: Sequence[str],
    counties: CountyIndex,
    *,
    on: date,
    on_trouble: OnTrouble,
) -> Iterator[Material]:
    """Yield what can be read; where rows are damaged, of everybody else."""

    def read(some: Sequence[str]) -> list[Material]:
        return _read(connection, vault, rules, some, counties, on=on)

    if on_trouble is None:
        yield from read(numbers)
        return
    for found in damage.apart(read, numbers, on_damage=on_trouble):
        yield from found


def _read(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    numbers: Sequence[str],
    counties: CountyIndex,
    *,
    on: date,
) -> list[Material]:
    """Return what the database holds about patents, in the order of numbers."""
    registered = patents.many(connection, numbers)
    reported = events.of(connection, registered)
    listed = patents.listings(connection, registered)
    recorded = ties.of(connection, registered)
    found = {
        number: _moved(
            patent,
            reported.get(number, []),
            recorded.get(number, []),
            listed,
            counties,
            on=on,
        )
        for number, patent in registered.items()
    }
    known = facts.of(connection, found)
    contacts = directory.contacts_of(connection, vault, list(found.values()))
    named = parties(event for some in reported.values() for event in some)
    named |= {one.party for some in recorded.values() for one in some if one.party}
    pledgees = directory.pledgees_of(connection, vault, named)
    answered = answers.of(connection, found, on=on)
    holds = pauses.holds_of(connection, found, on=on)
    quiet = pauses.silences_on(connection, on=on)
    real = verdicts.real_channels(connection) | rules.real_now
    history = verdicts.history_of(connection, found, real=real)
    recipients = {one.recipient for some in contacts.values() for one in some}
    deaf = Deaf(circuits.down(connection), outbox.unmade(connection, recipients))
    return [
        Material(
            deaf=deaf,
            patent=found[number],
            registered=registered[number],
            facts=known.get(number, []),
            events=reported.get(number, []),
            recorded=recorded.get(number, []),
            listing=Listing(*listed[number]),
            contacts=contacts[number],
            pledgees=pledgees,
            answers=answered.get(number, []),
            holds=holds.get(number, []),
            silenced=pauses.silenced(found[number], quiet),
            history=history.get(number, []),
        )
        for number in sorted(found)
    ]


def _moved(
    patent: Patent,
    reported: Sequence[Event],
    recorded: Sequence[Link],
    listed: Mapping[str, tuple[date, date | None]],
    counties: CountyIndex,
    *,
    on: date,
) -> Patent:
    """Return the patent with what newer notices have moved, and its open licences."""
    if not reported and not recorded:
        return patent
    listed_on, _ = listed[patent.application_no]
    known = distinct(reported, on=on)
    clear = [one for one in known if not one.needs_review]
    moved = owners.moved(
        patent,
        owners.changes(clear),
        listed_on=listed_on,
        county_of=counties.find,
    )
    begun = [one for one in recorded if one.from_on <= on]
    spans = openlicences.carried_out(merged(links(clear), begun), known)
    return replace(moved, open_licences=spans) if spans else moved
