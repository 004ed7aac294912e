"""Cases: a patent on a day with everything that decides about it, and the decision.

Reads the database and writes nothing; `look` writes, `dispatch` asks again before it
sends, `why` and `alerts plan` only show.
"""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from patentwatch import __version__, alerts, routing, standing
from patentwatch.alerts import Circumstances, Verdict
from patentwatch.ladder import Rung
from patentwatch.law.rulebook import Rulebook
from patentwatch.model import Answer, Channel, Contact, Fact, Hold, Patent, Said
from patentwatch.standing import Situation
from patentwatch.store import directory, facts, patents, pauses, people, verdicts
from patentwatch.store.vault import Vault
from patentwatch.store.verdicts import AlertRow


@dataclass(frozen=True, slots=True)
class Rules:
    """By what is decided: the law, the ladder, and how messages leave.

    `transports` names how each channel leaves; `observing`: nothing leaves but to
    `guests`. `brake` None: computed from the last 28 days.
    """

    rulebook: Rulebook
    rungs: tuple[Rung, ...]
    lag_days: int
    lawful_basis: str
    transports: Mapping[Channel, str]
    observing: bool
    guests: frozenset[str]
    brake: int | None = None

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
    """One patent on one day with everything that decides about it."""

    patent: Patent
    facts: Sequence[Fact]
    contacts: Sequence[Contact]
    answers: Sequence[Answer]
    situations: Sequence[Situation]
    verdicts: Sequence[Verdict]
    history: Sequence[tuple[AlertRow, Said]]

    def situation(self, fee_year: int) -> Situation | None:
        """Return the situation of one fee year, None when it is not of this time."""
        for situation in self.situations:
            if situation.dates.fee_year == fee_year:
                return situation
        return None


def cases(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    numbers: Sequence[str],
    *,
    on: date,
    on_trouble: Callable[[str, Exception], None] | None = None,
) -> Iterator[Case]:
    """Yield the patents of `numbers` decided for a day, in the order of numbers.

    A few queries for all of them, so the caller passes a chunk, not a register. A
    patent that cannot be decided is left out when `on_trouble` is told of it, so that
    one of them never silences a city; else the error is raised.
    """
    found = patents.many(connection, numbers)
    known = facts.of(connection, found)
    contacts = directory.contacts_of(connection, vault, list(found.values()))
    answers = people.answers_of(connection, found)
    holds = pauses.holds_of(connection, found, on=on)
    quiet = pauses.silences_on(connection, on=on)
    real = verdicts.real_channels(connection) | rules.real_now
    history = verdicts.history_of(connection, found, real=real)
    for number in sorted(found):
        try:
            case = _case(
                found[number],
                rules,
                facts=known.get(number, []),
                contacts=contacts[number],
                answers=answers.get(number, []),
                holds=holds.get(number, []),
                silenced=pauses.silenced(found[number], quiet),
                history=history.get(number, []),
                on=on,
            )
        except Exception as error:
            if on_trouble is None:
                raise
            on_trouble(number, error)
        else:
            yield case


def _case(
    patent: Patent,
    rules: Rules,
    *,
    facts: Sequence[Fact],
    contacts: Sequence[Contact],
    answers: Sequence[Answer],
    holds: Sequence[Hold],
    silenced: bool,
    history: Sequence[tuple[AlertRow, Said]],
    on: date,
) -> Case:
    situations = standing.situations(
        patent, facts, on=on, rulebook=rules.rulebook, lag_days=rules.lag_days
    )
    agents = {
        answer.fee_year
        for answer in answers
        if answer.answer == "agent" and answer.answered_on <= on
    }
    decided: list[Verdict] = []
    for situation in situations:
        circumstances = Circumstances(
            routes=routing.routes(
                [c for c in contacts if c.channel is not Channel.CALL],
                agent_answered=situation.dates.fee_year in agents,
                lawful_basis=rules.lawful_basis,
            ),
            said=[said for _, said in history],
            answers=answers,
            holds=holds,
            silenced=silenced,
        )
        decided += alerts.decide(situation, circumstances, on=on, rungs=rules.rungs)
    return Case(patent, facts, contacts, answers, situations, decided, history)
