"""Cases: a patent on a day with everything that decides about it, and the decision.

Reads the database and writes nothing; `look` writes, `dispatch` asks again before it
sends, `why` and `alerts plan` only show.
"""

import hashlib
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from sqlalchemy import Connection

from patentwatch import __version__, alerts, routing
from patentwatch.alerts import Circumstances, Verdict
from patentwatch.ladder import Rung
from patentwatch.law.rulebook import Rulebook
from patentwatch.model import (
    Answer,
    Channel,
    Contact,
    County,
    Fact,
    Hold,
    Patent,
    Said,
)
from patentwatch.register.counties import CountyIndex
from patentwatch.register.ipc import NOWHERE, Classes
from patentwatch.routing import Route
from patentwatch.standing import Situation
from patentwatch.status import openlicences, owners, state
from patentwatch.status.events import Event, distinct
from patentwatch.status.links import Link, links, merged, parties
from patentwatch.status.mismatches import Listing, Mismatch, mismatches
from patentwatch.status.state import Judged
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
class Rules:
    """By what is decided: the law, the ladder, and how messages leave.

    `transports` names how each channel leaves; `observing`: nothing leaves but to
    `guests`. `brake` None: computed from the last 28 days. `counties`: to tell where
    a new address lies. `strategic`: the classes of the strategic industries.
    """

    rulebook: Rulebook
    rungs: tuple[Rung, ...]
    lag_days: int
    lawful_basis: str
    transports: Mapping[Channel, str]
    observing: bool
    guests: frozenset[str]
    brake: int | None = None
    counties: tuple[County, ...] = ()
    strategic: Classes = NOWHERE

    @property
    def fingerprint(self) -> str:
        """Tell one set of rules from another: a change asks for a full pass.

        Another version of the program may decide otherwise, too.
        """
        parts = (
            __version__,
            self.rulebook.fingerprint,
            self.rungs,
            self.lag_days,
            self.lawful_basis,
            sorted(self.transports.items()),
            self.observing,
            sorted(self.guests),
            self.counties,
        )
        return hashlib.sha256(repr(parts).encode()).hexdigest()

    @property
    def real_now(self) -> frozenset[Channel]:
        """Return the channels on which real messages leave."""
        if self.observing:
            return frozenset()
        return frozenset(c for c, name in self.transports.items() if name != "file")


@dataclass(frozen=True, slots=True)
class Case:
    """One patent on one day with everything that decides about it.

    `patent` has the people and the county that newer notices gave it; `registered` is
    as the newest list shows it. `recorded` is what the office's records tie to it, also
    later ones; `ties` what others depend on now: pledges, licences, awards, cases.
    `contacts` are those of its people and of whoever its `ties` name. `circumstances`
    stand in the order of the situations.
    """

    patent: Patent
    registered: Patent
    facts: Sequence[Fact]
    events: Sequence[Event]
    contacts: Sequence[Contact]
    answers: Sequence[Answer]
    judged: Judged
    mismatches: Sequence[Mismatch]
    missing_since_on: date | None
    recorded: Sequence[Link]
    ties: Sequence[Link]
    circumstances: Sequence[Circumstances]
    verdicts: Sequence[Verdict]
    history: Sequence[tuple[AlertRow, Said]]

    @property
    def situations(self) -> Sequence[Situation]:
        """Return the fee years that can matter, oldest first."""
        return self.judged.situations

    @property
    def known_facts(self) -> Sequence[Fact]:
        """Return the facts with those that the events say about fees."""
        return [*self.facts, *self.judged.fold.facts]

    def situation(self, fee_year: int) -> Situation | None:
        """Return the situation of one fee year, None when it is not of this time."""
        for situation in self.situations:
            if situation.dates.fee_year == fee_year:
                return situation
        return None

    def circumstances_of(self, fee_year: int) -> Circumstances | None:
        """Return what decides beside the situation of one fee year."""
        pairs = zip(self.situations, self.circumstances, strict=True)
        return next((c for s, c in pairs if s.dates.fee_year == fee_year), None)


OnTrouble = Callable[[str, Exception], None] | None
"""Is told of each patent that cannot be decided, and why; None: the error is raised."""


def cases(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    numbers: Sequence[str],
    *,
    on: date,
    on_trouble: OnTrouble = None,
) -> Iterator[Case]:
    """Yield the patents of `numbers` decided for a day, in the order of numbers.

    A few queries for all of them, so the caller passes a chunk, not a register. A
    patent that cannot be decided is left out when `on_trouble` is told of it, so that
    one of them never silences a city.
    """
    counties = CountyIndex(rules.counties)
    for material in _readable(
        connection, vault, rules, numbers, counties, on=on, on_trouble=on_trouble
    ):
        try:
            case = _case(material, rules, counties, on=on)
        except Exception as error:
            if on_trouble is None:
                raise
            on_trouble(material.patent.application_no, error)
        else:
            yield case


def _readable(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    numbers: Sequence[str],
    counties: CountyIndex,
    *,
    on: date,
    on_trouble: OnTrouble,
) -> Iterator["_Material"]:
    """Yield what can be read; where rows are damaged, of everybody else."""
    try:
        yield from _read(connection, vault, rules, numbers, counties, on=on)
    except damage.UNREADABLE as error:
        if on_trouble is None or not damage.is_damage(error):
            raise
        if len(numbers) == 1:
            on_trouble(numbers[0], error)
            return
        middle = len(numbers) // 2
        for some in (numbers[:middle], numbers[middle:]):
            yield from _readable(
                connection, vault, rules, some, counties, on=on, on_trouble=on_trouble
            )


def _read(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    numbers: Sequence[str],
    counties: CountyIndex,
    *,
    on: date,
) -> list["_Material"]:
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
    deaf = _Deaf(circuits.down(connection), outbox.unmade(connection, recipients))
    return [
        _Material(
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


@dataclass(frozen=True, slots=True)
class _Deaf:
    """By what nobody can be told now: dead transports, and messages without a text."""

    down: Collection[str]
    unmade: Collection[tuple[Channel, str]]


@dataclass(frozen=True, slots=True)
class _Material:
    """What the database holds about one patent; `deaf` is the same for all."""

    deaf: _Deaf
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


def _case(
    material: _Material, rules: Rules, counties: CountyIndex, *, on: date
) -> Case:
    judged = state.judge(
        material.patent,
        material.events,
        material.facts,
        on=on,
        rulebook=rules.rulebook,
        lag_days=rules.lag_days,
        recorded=material.recorded,
    )
    questions = mismatches(
        material.registered,
        judged,
        material.facts,
        material.listing,
        on=on,
        rulebook=rules.rulebook,
        county_of=counties.find,
    )
    doubts = [Hold(q.text, fee_year=q.fee_year) for q in questions if q.holds]
    tied = [link for link in judged.links if link.ties and link.live(on)]
    desks = routing.desks(
        material.pledgees,
        material.patent.application_no,
        parties={link.party for link in tied},
    )
    given = [
        _circumstances(
            material,
            situation,
            rules,
            [*material.holds, *doubts],
            tied,
            desks,
            on=on,
        )
        for situation in judged.situations
    ]
    return Case(
        patent=material.patent,
        registered=material.registered,
        facts=material.facts,
        events=material.events,
        contacts=[*material.contacts, *desks],
        answers=material.answers,
        judged=judged,
        mismatches=questions,
        missing_since_on=material.listing.missing_since_on,
        recorded=material.recorded,
        ties=tied,
        circumstances=given,
        verdicts=[
            verdict
            for situation, circumstances in zip(judged.situations, given, strict=True)
            for verdict in alerts.decide(
                situation, circumstances, on=on, rungs=rules.rungs
            )
        ],
        history=material.history,
    )


def _circumstances(
    material: _Material,
    situation: Situation,
    rules: Rules,
    holds: Sequence[Hold],
    tied: Sequence[Link],
    desks: Sequence[Contact],
    *,
    on: date,
) -> Circumstances:
    agents = {
        answer.fee_year
        for answer in material.answers
        if answer.answer == "agent" and answer.answered_on <= on
    }
    routes = routing.routes(
        [c for c in material.contacts if c.channel is not Channel.CALL],
        agent_answered=situation.dates.fee_year in agents,
        lawful_basis=rules.lawful_basis,
    )
    return Circumstances(
        routes=routes,
        linked=routing.linked(desks, others=routes, lawful_basis=rules.lawful_basis),
        said=[said for _, said in material.history],
        answers=material.answers,
        holds=holds,
        silenced=material.silenced,
        consequential=bool(tied),
        unheard=_nothing_works(routes, rules, material.deaf),
    )


def _nothing_works(routes: Sequence[Route], rules: Rules, deaf: _Deaf) -> bool:
    """Tell whether the owners can be told on no channel as things stand."""
    return all(
        rules.transports.get(route.channel) in deaf.down
        or (route.channel, route.recipient) in deaf.unmade
        for route in routes
        if route.usable
    )
