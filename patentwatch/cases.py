"""Cases: a patent on a day with everything that decides about it, and the decision.

Reads the database and writes nothing; `look` writes, `dispatch` asks again before it
sends, `why` and `alerts plan` only show.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from patentwatch import alerts, routing
from patentwatch.alerts import Circumstances, Verdict
from patentwatch.casematerial import Deaf, Material, OnTrouble, readable
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
from patentwatch.routing import Route
from patentwatch.rules import Rules
from patentwatch.standing import Situation
from patentwatch.status import state
from patentwatch.status.events import Event
from patentwatch.status.links import Link
from patentwatch.status.mismatches import Mismatch, mismatches
from patentwatch.status.state import Judged
from patentwatch.store.vault import Vault
from patentwatch.store.verdicts import AlertRow


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
    for material in readable(
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


def _case(material: Material, rules: Rules, counties: CountyIndex, *, on: date) -> Case:
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
    material: Material,
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


def _nothing_works(routes: Sequence[Route], rules: Rules, deaf: Deaf) -> bool:
    """Tell whether the owners can be told on no channel as things stand."""
    return all(
        rules.transports.get(route.channel) in deaf.down
        or (route.channel, route.recipient) in deaf.unmade
        for route in routes
        if route.usable
    )
