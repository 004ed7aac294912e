"""What is unsettled on a day, for officials: fees at risk, tasks, doubts. Reads only.

The log of verdicts says whom to decide anew; what it can count itself is not decided.
"""

import logging
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sqlalchemy import Connection

from patentwatch import calls, clock, highvalue, phrases, routing
from patentwatch.alerts import Verdict
from patentwatch.calling import RUNG
from patentwatch.calls import CallResult
from patentwatch.cases import Case, cases
from patentwatch.digests.making import UNREACHABLE
from patentwatch.digests.values import AtRisk, Call, Doubt, Phone, Subject
from patentwatch.items import item_of
from patentwatch.look import LAST_LOOK
from patentwatch.model import Channel, Evidence, Reason, Standing, Tier
from patentwatch.rules import Rules
from patentwatch.standing import Situation
from patentwatch.store import calls as store
from patentwatch.store import patents, risks
from patentwatch.store.memory import recall
from patentwatch.store.vault import Vault

log = logging.getLogger(__name__)

_SETTLED = frozenset({Reason.PAID, Reason.ASSUMED_PAID, Reason.NOT_IN_FORCE})
_TOLD = frozenset({Reason.DUE, Reason.SAID})
_WRONG = frozenset({"bad", "not_theirs"})


@dataclass(slots=True)
class Decided:
    """What is unsettled on a day; counts by county. `undecided`: not to be judged."""

    risks: list[AtRisk] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    doubts: list[Doubt] = field(default_factory=list)
    early: Counter[str | None] = field(default_factory=Counter)
    unlooked: Counter[str | None] = field(default_factory=Counter)
    undecided: Counter[str | None] = field(default_factory=Counter)


def decided(connection: Connection, vault: Vault, rules: Rules, *, on: date) -> Decided:
    """Return what is unsettled on a day.

    Decides the patents that the log names and those that are due for a look; on a day
    before the last look all of them.
    """
    found = Decided()
    due = _due_for_a_look(connection, on=on)
    if due is not None:
        found.early.update(risks.early(connection, on=on))
        found.unlooked.update(risks.unlooked(connection, on=on))
    holds: dict[str, list[risks.StandingHold]] = {}
    for hold in risks.standing_holds(connection, on=on):
        holds.setdefault(hold.application_no, []).append(hold)
    waiting = {
        (task.application_no, task.fee_year): task.asked_on
        for task in store.open_calls(connection)
    }
    also = {*holds, *(number for number, _ in waiting)}
    numbers = _wanted(connection, due, also, on=on)
    for chunk in patents.chunks(numbers):
        undecided: list[str] = []
        results = store.results_of(connection, chunk)

        def trouble(number: str, error: Exception, into: list[str] = undecided) -> None:
            log.error(
                "patent not decided number=%s error=%s", number, type(error).__name__
            )
            into.append(number)

        for case in cases(connection, vault, rules, chunk, on=on, on_trouble=trouble):
            number = case.patent.application_no
            looked = due is not None and number not in due
            for fee in _fees(case, rules, on=on):
                _add(found, fee, looked=looked)
                _add_call(found, fee, waiting, results, on=on)
            found.doubts += _doubts(case, holds.get(number, []))
        found.undecided.update(patents.counties(connection, undecided))
    return found


def _due_for_a_look(connection: Connection, *, on: date) -> set[str] | None:
    """Return whose verdicts may have changed since the last look; None: everybody's."""
    last = recall(connection, LAST_LOOK)
    if last is None or on < date.fromisoformat(last):
        return None
    due = patents.due_for_a_look(connection, on=on)
    return {number for chunk in due for number in chunk}


def _wanted(
    connection: Connection,
    due: set[str] | None,
    also: set[str],
    *,
    on: date,
) -> list[str]:
    if due is None:
        everybody = patents.due_for_a_look(connection, on=on, everything=True)
        return [number for chunk in everybody for number in chunk]
    return sorted(
        due
        | risks.unsettled(connection, on=on, unheard=UNREACHABLE)
        | set(patents.questionable(connection))
        | also
    )


@dataclass(frozen=True, slots=True)
class _Fee:
    """One fee of one case. `rung`: an official is to ring, or once was to."""

    risk: AtRisk
    case: Case
    call: Verdict | None
    rung: bool
    early: bool
    unlooked: bool


def _fees(case: Case, rules: Rules, *, on: date) -> Iterator[_Fee]:
    """Yield the fees of a patent that are not settled and have come near."""
    for situation in case.situations:
        fee_year = situation.dates.fee_year
        mine = [
            verdict
            for verdict in case.verdicts
            if verdict.fee_year == fee_year and verdict.reason not in _SETTLED
        ]
        call = next((v for v in mine if v.channel is Channel.CALL), None)
        messages = [v for v in mine if v.channel is not Channel.CALL]
        tiers = [v.tier for v in mine if v.tier is not None]
        doubted = any(v.reason is Reason.NOT_CONFIRMED for v in messages)
        if not tiers and not doubted:
            continue
        tier = max(tiers, key=lambda one: one.severity, default=Tier.OVERDUE)
        sure = messages[0].evidence if messages else situation.evidence
        soft = sure is Evidence.PRESUMED and tier.severity < Tier.FINAL.severity
        yield _Fee(
            risk=_risk(case, situation, tier, sure, messages, rules, on=on),
            case=case,
            call=call,
            rung=any(
                row.channel is Channel.CALL and row.fee_year == fee_year
                for row, _ in case.history
            ),
            early=tier is Tier.NOTICE,
            unlooked=call is None and (soft or not tiers),
        )


def _risk(
    case: Case,
    situation: Situation,
    tier: Tier,
    evidence: Evidence,
    messages: Sequence[Verdict],
    rules: Rules,
    *,
    on: date,
) -> AtRisk:
    item = item_of(
        situation,
        tier=tier,
        evidence=evidence,
        correction=False,
        on=on,
        rulebook=rules.rulebook,
    )
    known = tier not in phrases.ENDED or item.restoration_known
    told = _last_said(case, situation.dates.fee_year)
    return AtRisk(
        patent=_subject(case),
        fee_year=situation.dates.fee_year,
        tier=tier,
        evidence=evidence,
        act_by_on=phrases.act_by_on(item),
        amount_yuan=item.amount_due_yuan if known else None,
        high_value=tuple(
            highvalue.reasons(
                case.patent, case.judged.links, on=on, strategic=rules.strategic
            )
        ),
        ties=tuple(link.title for link in case.ties),
        told=told[0] if told else None,
        told_on=told[1] if told else None,
        untold=_untold(messages),
        question=situation.question,
    )


def _subject(case: Case) -> Subject:
    patent = case.patent
    return Subject(
        application_no=patent.application_no,
        title=patent.title,
        patentees="、".join(patent.patentees),
        county=patent.county,
    )


def _last_said(case: Case, fee_year: int) -> tuple[Tier, date] | None:
    """Return what was said of a fee last, and on which day."""
    heard = [
        (said.sent_at, said.tier)
        for _, said in case.history
        if said.fee_year == fee_year
        and said.channel is not Channel.CALL
        and said.counts
        and said.sent_at is not None
    ]
    if not heard:
        return None
    sent_at, tier = max(heard, key=lambda one: one[0])
    return tier, clock.today(sent_at)


def _untold(messages: Sequence[Verdict]) -> Reason | None:
    """Return why nobody is told of a fee now, None where somebody is."""
    reasons = {verdict.reason for verdict in messages}
    if reasons & _TOLD:
        return None
    return min(reasons, key=list(Reason).index, default=None)


def _add(found: Decided, fee: _Fee, *, looked: bool) -> None:
    """Put a fee where it belongs; `looked`: the log is true of it, and has counted."""
    county = fee.case.patent.county
    if fee.unlooked:
        found.unlooked[county] += fee.rung or not looked
        return
    if fee.early:
        found.early[county] += not looked
    if not fee.early or fee.risk.untold in UNREACHABLE:
        found.risks.append(fee.risk)


def _add_call(
    found: Decided,
    fee: _Fee,
    waiting: Mapping[store.Year, date],
    results: Mapping[store.Year, Sequence[store.Reported]],
    *,
    on: date,
) -> None:
    """Add the task about a fee: one that waits, or that no look has written yet."""
    case, year = fee.case, fee.risk.fee_year
    situation, given = case.situation(year), case.circumstances_of(year)
    if fee.call is None or situation is None or given is None:
        return
    key = (case.patent.application_no, year)
    since_on = waiting.get(key, on if fee.call.speaks else None)
    if since_on is None:
        return  # somebody has rung
    phones = tuple(_phones(case))
    seen = calls.city_sees(
        fee.risk.tier,
        asked_on=since_on,
        refused_on={
            one.called_on
            for one in results.get(key, ())
            if one.result is CallResult.REFUSED and one.called_on >= since_on
        },
        consequential=bool(case.ties),
        on=on,
    )
    task = calls.kind(situation, given, on=on, telephones=bool(phones))
    found.calls.append(
        Call(risk=fee.risk, task=task, since_on=since_on, overdue=seen, phones=phones)
    )


def _phones(case: Case) -> Iterator[Phone]:
    """Yield each number of the owners, then of the agent, that may be right."""
    known: set[str] = set()
    for role in (routing.PATENTEE, routing.AGENT):
        for contact in case.contacts:
            usable = contact.channel in RUNG and contact.flag not in _WRONG
            number = contact.address.removeprefix("+86")
            if contact.role == role and usable and number not in known:
                known.add(number)
                yield Phone(contact.person or contact.party, number)


def _doubts(case: Case, holds: Sequence[risks.StandingHold]) -> Iterator[Doubt]:
    patent = _subject(case)
    for question in case.mismatches:
        yield Doubt(
            patent=patent,
            since_on=question.since_on,
            text=question.text,
            holds=question.holds,
        )
    for situation in case.situations:
        if situation.standing is Standing.ON_HOLD:
            yield Doubt(
                patent=patent,
                since_on=situation.unpaid_on or situation.dates.due_on,
                text=f"第{situation.dates.fee_year}年：{situation.question}",
                holds=True,
            )
    for hold in holds:
        text = f"人工暂停提醒：{hold.reason}"
        yield Doubt(patent=patent, since_on=hold.from_on, text=text, holds=True)
