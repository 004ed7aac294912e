"""Tasks for officials with a telephone: who is asked, for what, and what came of it.

A message that reaches nobody, and a fee that nobody settled in the last month, end on
somebody's desk. The county is asked; what it leaves undone the city sees too.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from patentwatch import ladder as tiers
from patentwatch.ladder import Rung
from patentwatch.model import (
    Audience,
    Channel,
    Evidence,
    Fact,
    PatentNumber,
    Reason,
    RecipientId,
    Said,
    State,
    Tier,
)
from patentwatch.quiet import SETTLED, answered, quiet
from patentwatch.routing import Route
from patentwatch.standing import Situation
from patentwatch.verdict import CITY, Circumstances, Verdict, same_day, verdict_of


class TaskKind(StrEnum):
    """What an official is asked to do."""

    VERIFY = "verify"  # look the number up: perhaps it is paid
    CALL = "call"
    CONTACT = "contact"  # find somebody who can be reached


class CallResult(StrEnum):
    """What came of a call."""

    NOTIFIED = "notified"
    WRONG_NUMBER = "wrong_number"
    REFUSED = "refused"
    PAID = "paid"
    ABANDON = "abandon"


TASK_WORDS: Mapping[TaskKind, str] = {
    TaskKind.VERIFY: "核实",
    TaskKind.CALL: "电话",
    TaskKind.CONTACT: "联系方式",
}
RESULT_WORDS: Mapping[CallResult, str] = {
    CallResult.NOTIFIED: "已通知",
    CallResult.WRONG_NUMBER: "空号",
    CallResult.REFUSED: "拒接",
    CallResult.PAID: "已缴费",
    CallResult.ABANDON: "放弃",
}

COUNTY_DAYS: Mapping[Tier, int] = {
    Tier.REMINDER: 14,  # a month is left, and half of it after the county's
    Tier.URGENT: 3,  # a week is left
    Tier.OVERDUE: 7,  # this and the next four are windows of a month each
    Tier.SURCHARGE_1: 7,
    Tier.SURCHARGE_2: 7,
    Tier.SURCHARGE_3: 7,
    Tier.SURCHARGE_4: 7,
    Tier.FINAL: 7,  # three weeks are left for the city
    Tier.LAST_WEEK: 0,  # every day may be the last one on which somebody is there
    Tier.LAPSED: 7,  # two months are left, but a reason for the delay must be found
    Tier.RESTORE: 0,  # nothing comes after it
}
"""How long a task is the county's alone before the city sees it too."""

_CONSEQUENTIAL_DAYS = 3
"""The same where others depend on the patent: a bank is told meanwhile."""

_REFUSALS = 2
"""Refused on so many different days, somebody else should try."""

_HEARD = frozenset({State.ACCEPTED, State.DELIVERED})
_LOST = frozenset({State.UNKNOWN, State.UNDELIVERED, State.REFUSED})
_ASKED_ANEW = frozenset({State.SUPERSEDED, State.CANCELLED})


def task(
    situation: Situation,
    circumstances: Circumstances,
    *,
    on: date,
    rungs: Sequence[Rung],
) -> Verdict | None:
    """Return the task for an official with a telephone, if there is one to do.

    From `final` on for everything unsettled, holds and answers included; from
    `reminder` on where others depend on the patent and nobody answered, and in place
    of a message that would reach nobody.
    """
    if situation.standing in SETTLED or on > situation.dates.restoration_until_on:
        return None
    asked = _asked(situation, circumstances, on=on, rungs=rungs)
    asked = asked or _unheard(situation, circumstances, on=on, rungs=rungs)
    if not asked:
        return None
    tier = asked[-1].tier
    route = Route(
        RecipientId(f"county:{situation.patent.county or CITY}"),
        Channel.CALL,
        Audience.OFFICIAL,
    )
    known = any(
        said.channel is Channel.CALL
        and said.recipient == route.recipient
        and said.fee_year == situation.dates.fee_year
        and said.tier.severity >= tier.severity
        and said.state not in _ASKED_ANEW
        and same_day(said, situation)
        for said in circumstances.said
    )
    reason = Reason.SAID if known else Reason.DUE
    return verdict_of(situation, route, tier, reason, situation.evidence)


def kind(
    situation: Situation,
    circumstances: Circumstances,
    *,
    on: date,
    telephones: bool,
) -> TaskKind:
    """Return what the official is asked to do; `telephones`: there is one to ring.

    What is only presumed, contradicts itself or is said to be paid is looked up
    first: that needs nobody's number.
    """
    evidence, answer = answered(situation, circumstances.answers, on=on)
    kept = quiet(situation, circumstances, answer, on=on)
    unsure = kept in (Reason.ON_HOLD, Reason.ACKNOWLEDGED)
    if unsure or evidence is Evidence.PRESUMED:
        return TaskKind.VERIFY
    return TaskKind.CALL if telephones else TaskKind.CONTACT


def lost(situation: Situation, routes: Iterable[Route], said: Iterable[Said]) -> bool:
    """Tell whether the newest late message reached none of its people.

    Late is `urgent` and what follows. One channel that took it is enough; what is
    still on its way counts as neither.
    """
    recipients = {(route.channel, route.recipient) for route in routes}
    late = [
        one
        for one in said
        if (one.channel, one.recipient) in recipients
        and one.fee_year == situation.dates.fee_year
        and one.tier.severity >= Tier.URGENT.severity
        and one.state in _HEARD | _LOST
        and same_day(one, situation)
    ]
    newest = max((one.tier.severity for one in late), default=None)
    states = {one.state for one in late if one.tier.severity == newest}
    return bool(states) and states <= _LOST


def city_sees(
    tier: Tier,
    *,
    asked_on: date,
    refused_on: Collection[date],
    consequential: bool,
    on: date,
) -> bool:
    """Tell whether a task that a county has not settled is the city's by now.

    `asked_on`: since when the county is asked without an end; `refused_on`: on which
    days of that time somebody did not take the call.
    """
    days = COUNTY_DAYS.get(tier, 0)
    if consequential:
        days = min(days, _CONSEQUENTIAL_DAYS)
    return on >= asked_on + timedelta(days=days) or len(set(refused_on)) >= _REFUSALS


@dataclass(frozen=True, slots=True)
class Called:
    """A call about one fee year, as somebody reports it.

    `recipient`: whose number it was, where that matters. `payment`: the receipt that
    the owner named, entered by an official.
    """

    application_no: PatentNumber
    fee_year: int
    result: CallResult
    called_on: date
    called_by: str
    note: str = ""
    recipient: RecipientId | None = None
    payment: Fact | None = None


@dataclass(frozen=True, slots=True)
class Effect:
    """What the result of a call does.

    `settles`: the task is done until the next tier asks anew. `answer`: the word of
    the owner that is kept. `bad_number`: nobody sends or rings there any more.
    """

    settles: bool
    answer: str | None = None
    bad_number: bool = False


def effect(result: CallResult, *, tier: Tier, given_up: bool) -> Effect:
    """Return what a result does to a task of `tier`.

    `given_up`: the owner had given up on another day. "Paid" from the last month on
    leaves the task to be verified, for little else asks again; giving up needs a
    second word, and the task stays until it is said.
    """
    match result:
        case CallResult.NOTIFIED:
            return Effect(settles=True)
        case CallResult.WRONG_NUMBER:
            return Effect(settles=False, bad_number=True)
        case CallResult.REFUSED:
            return Effect(settles=False)
        case CallResult.PAID:
            early = tier.severity < Tier.FINAL.severity
            return Effect(settles=early, answer="paid")
        case CallResult.ABANDON:
            return Effect(settles=given_up, answer="abandon")


def _asked(
    situation: Situation,
    circumstances: Circumstances,
    *,
    on: date,
    rungs: Sequence[Rung],
) -> list[Rung]:
    """Return the tiers, mildest first, at which an official rings whoever was told."""
    _, answer = answered(situation, circumstances.answers, on=on)
    early = circumstances.consequential and answer is None
    return [
        rung
        for rung in tiers.begun(rungs, situation.dates, on=on)
        if (rung.calls or (early and _is_grave(rung)))
        and on <= tiers.span(rung, situation.dates, soft=False)[1]
    ]


def _unheard(
    situation: Situation,
    circumstances: Circumstances,
    *,
    on: date,
    rungs: Sequence[Rung],
) -> list[Rung]:
    """Return the tiers, mildest first, that are to be said and that nobody can hear."""
    routes = circumstances.routes
    reachable = any(route.usable for route in routes)
    if reachable and not (
        circumstances.unheard or lost(situation, routes, circumstances.said)
    ):
        return []
    evidence, answer = answered(situation, circumstances.answers, on=on)
    if quiet(situation, circumstances, answer, on=on) is not None:
        return []
    least = Tier.URGENT if reachable else Tier.REMINDER
    return [
        rung
        for rung in tiers.current(rungs, situation, evidence=evidence, on=on)
        if rung.tier.severity >= least.severity
    ]


def _is_grave(rung: Rung) -> bool:
    """Tell whether a tier is worth a call where nothing else helps."""
    return rung.tier.severity >= Tier.REMINDER.severity
