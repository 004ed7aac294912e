"""The call sheet: whom an official rings, about what, and what was sent before.

Money and days are those of the messages. Everybody sees numbers masked but the
official who is responsible, and whoever gives him the sheet is written down.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from sqlalchemy import Connection

from patentwatch import calls, phrases
from patentwatch.alerts import CITY
from patentwatch.calling import RUNG
from patentwatch.calls import CallResult, TaskKind
from patentwatch.cases import Case, cases
from patentwatch.items import item_of
from patentwatch.ladder import AFTER_THE_END
from patentwatch.letters import Item
from patentwatch.model import Channel, Contact, Evidence, Tier
from patentwatch.register import masking
from patentwatch.routing import AGENT, PATENTEE
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.standing import Situation
from patentwatch.store import calls as store
from patentwatch.store import patents, runs
from patentwatch.store.calls import OpenCall, Reported, Sent
from patentwatch.store.vault import Vault
from patentwatch.why import office_name

_UNUSABLE = ("bad", "not_theirs")


@dataclass(frozen=True, slots=True)
class Telephone:
    """A number to ring and who answers it; `role` is patentee or agent."""

    role: str
    party: str
    person: str
    number: str


@dataclass(frozen=True, slots=True)
class Line:
    """One task. `act_by_on` None: the end of restoration is only estimated.

    `restoration_fee_yuan` None: no restoration is needed. `city`: the city sees it.
    """

    task: TaskKind
    question: str
    county: str
    county_name: str
    application_no: str
    fee_year: int
    title: str
    patentees: tuple[str, ...]
    tier: Tier
    evidence: Evidence
    act_by_on: date | None
    amount_yuan: int
    restoration_fee_yuan: int | None
    asked_on: date
    city: bool
    linked: tuple[str, ...]
    telephones: tuple[Telephone, ...]
    agency: str
    agency_telephones: tuple[Telephone, ...]
    sent: tuple[Sent, ...]
    results: tuple[Reported, ...]

    @property
    def ringing(self) -> tuple[Telephone, ...]:
        """Return whom to ring: the owners, else their agency."""
        return self.telephones or self.agency_telephones


def lines(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    settings: Settings,
    *,
    on: date,
    county: str | None = None,
    city: bool = False,
) -> list[Line]:
    """Return what there is to ring about on a day, by county, most urgent first.

    `county`: of one county alone, `city` for those of none. `city`: what the city
    sees of all of them. A task whose fee was settled since is left out.
    """
    found = []
    open_calls = store.open_calls(connection, county=county)
    by_number: dict[str, list[OpenCall]] = {}
    for task in open_calls:
        by_number.setdefault(task.application_no, []).append(task)
    for chunk in patents.chunks(sorted(by_number)):
        sent = store.sent_of(connection, chunk)
        results = store.results_of(connection, chunk)
        for case in cases(connection, vault, rules, chunk, on=on):
            for task in by_number[case.patent.application_no]:
                year = (task.application_no, task.fee_year)
                history = _History(sent.get(year, ()), results.get(year, ()))
                line = _line(case, task, history, rules, settings, on=on)
                if line is not None and (line.city or not city):
                    found.append(line)
    return sorted(found, key=_urgency)


def masked(line: Line) -> Line:
    """Return a line as everybody may see it who is not to ring."""
    return replace(
        line,
        telephones=tuple(map(_masked, line.telephones)),
        agency_telephones=tuple(map(_masked, line.agency_telephones)),
    )


def give_out(
    connection: Connection, county: str, *, tasks: int, by: str, now: datetime
) -> None:
    """Write down who got a county's sheet with the full numbers."""
    runs.write_down(
        connection,
        who=by,
        action="call_sheet_exported",
        subject=f"county:{county}",
        reason=f"{tasks} tasks",
        now=now,
    )


@dataclass(frozen=True, slots=True)
class _History:
    """What was sent about a fee year, and what came of calls."""

    sent: Sequence[Sent]
    results: Sequence[Reported]


def _line(
    case: Case,
    task: OpenCall,
    history: _History,
    rules: Rules,
    settings: Settings,
    *,
    on: date,
) -> Line | None:
    situation = case.situation(task.fee_year)
    circumstances = case.circumstances_of(task.fee_year)
    tier = _tier(case, task)
    if situation is None or circumstances is None or tier is None:
        return None
    patent = case.patent
    item = _item(situation, tier, rules, on=on)
    owners, agents = _telephones(case, PATENTEE), _telephones(case, AGENT)
    return Line(
        task=calls.kind(
            situation, circumstances, on=on, telephones=bool(owners or agents)
        ),
        question=situation.question,
        county=task.county,
        county_name=office_name(task.county, settings),
        application_no=patent.application_no,
        fee_year=task.fee_year,
        title=patent.title,
        patentees=patent.patentees,
        tier=tier,
        evidence=situation.evidence,
        act_by_on=phrases.act_by_on(item),
        amount_yuan=item.amount_due_yuan,
        restoration_fee_yuan=item.restoration_fee_yuan
        if tier in AFTER_THE_END
        else None,
        asked_on=task.asked_on,
        city=_city(task, tier, history.results, consequential=bool(case.ties), on=on),
        linked=tuple(link.title for link in case.ties),
        telephones=owners,
        agency=patent.agency,
        agency_telephones=agents,
        sent=tuple(history.sent),
        results=tuple(history.results),
    )


def _tier(case: Case, task: OpenCall) -> Tier | None:
    """Return the tier for which the task stands on the day, None: it is over."""
    return next(
        (
            verdict.tier
            for verdict in case.verdicts
            if verdict.channel is Channel.CALL
            and verdict.fee_year == task.fee_year
            and verdict.recipient == f"county:{task.county}"
        ),
        None,
    )


def _item(situation: Situation, tier: Tier, rules: Rules, *, on: date) -> Item:
    return item_of(
        situation,
        tier=tier,
        evidence=situation.evidence,
        correction=False,
        on=on,
        rulebook=rules.rulebook,
    )


def _telephones(case: Case, role: str) -> tuple[Telephone, ...]:
    return tuple(
        Telephone(role, one.party, one.person, _plain(one))
        for one in case.contacts
        if one.role == role and one.channel in RUNG and one.flag not in _UNUSABLE
    )


def _plain(contact: Contact) -> str:
    """Return a number as one dials it here."""
    return contact.address.removeprefix("+86")


def _masked(telephone: Telephone) -> Telephone:
    return replace(
        telephone,
        person=masking.name(telephone.person),
        number=masking.phone(telephone.number),
    )


def _city(
    task: OpenCall,
    tier: Tier,
    results: Sequence[Reported],
    *,
    consequential: bool,
    on: date,
) -> bool:
    return task.county == CITY or calls.city_sees(
        tier,
        asked_on=task.asked_on,
        refused_on={
            one.called_on
            for one in results
            if one.result is CallResult.REFUSED and one.called_on >= task.asked_on
        },
        consequential=consequential,
        on=on,
    )


def _urgency(line: Line) -> tuple[str, int, date, str, int]:
    return (
        line.county,
        -line.tier.severity,
        line.act_by_on or date.max,
        line.application_no,
        line.fee_year,
    )
