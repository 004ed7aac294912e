"""What to say to whom on a day, and why: situation and history in, verdicts out.

Sends nothing and knows no clock. A tier is true from its first to its last day; the
most severe true one is said once to each recipient, on all its channels. However
often or seldom this is asked, the same things are said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from patentwatch import calls
from patentwatch import ladder as tiers
from patentwatch.ladder import Rung
from patentwatch.model import (
    Audience,
    Channel,
    Evidence,
    Reason,
    RecipientId,
    Said,
    Tier,
)
from patentwatch.quiet import SETTLED, answered, quiet
from patentwatch.routing import Route
from patentwatch.standing import Situation
from patentwatch.verdict import CITY, Circumstances, Verdict, same_day, verdict_of

__all__ = ["CITY", "Circumstances", "Verdict", "decide"]

_NO_ONE = Route(RecipientId(""), Channel.EMAIL, Audience.PATENTEE, Reason.NO_CONTACT)

_LAST = (Tier.FINAL, Tier.LAST_WEEK, *tiers.AFTER_THE_END)
"""What a linked party hears whatever the evidence; before, only what is confirmed."""


def decide(
    situation: Situation,
    circumstances: Circumstances,
    *,
    on: date,
    rungs: Sequence[Rung],
) -> list[Verdict]:
    """Return one verdict per recipient, and one for the official who should ring.

    In this order: what is settled is left alone; what contradicts itself is held;
    what is silenced or answered waits; what was said is not said again.
    """
    day = _day(situation, circumstances, on=on, rungs=rungs)
    routes = [*(circumstances.routes or [_NO_ONE]), *circumstances.linked]
    found = [_told(day, route) for route in routes]
    call = calls.task(situation, circumstances, on=on, rungs=rungs)
    return [*found, call] if call else found


@dataclass(frozen=True, slots=True)
class _Day:
    """One annuity on one day: what is true of it, and what keeps us from saying it."""

    situation: Situation
    circumstances: Circumstances
    rungs: Sequence[Rung]
    on: date
    evidence: Evidence
    quiet: Reason | None
    true_now: Sequence[Rung]


def _day(
    situation: Situation,
    circumstances: Circumstances,
    *,
    on: date,
    rungs: Sequence[Rung],
) -> _Day:
    evidence, answer = answered(situation, circumstances.answers, on=on)
    return _Day(
        situation,
        circumstances,
        rungs,
        on,
        evidence,
        quiet(situation, circumstances, answer, on=on),
        tiers.current(rungs, situation, evidence=evidence, on=on),
    )


def _told(day: _Day, route: Route) -> Verdict:
    heard = [rung for rung in day.true_now if _hears(route, rung, day.evidence)]
    kept = _kept_from(day, route)
    if heard and kept not in SETTLED.values():
        return _spoken(day, route, heard[-1], kept)
    idle = day.true_now and route.audience is not Audience.LINKED
    reason = kept or (Reason.NOT_REACHED if idle else _unreached(day))
    return verdict_of(day.situation, route, None, reason, day.evidence)


def _hears(route: Route, rung: Rung, evidence: Evidence) -> bool:
    """Tell whether a tier is said on this route; a linked party has mail for all."""
    if route.audience is Audience.LINKED:
        sure = evidence is Evidence.CONFIRMED
        return rung.ends != "L" and (sure or rung.tier in _LAST)
    return route.recipient == "" or route.channel in rung.channels(evidence)


def _kept_from(day: _Day, route: Route) -> Reason | None:
    """Return why a route is told nothing; an owner gives up nobody's rights but his."""
    given_up = day.quiet is Reason.ABANDONED_BY_CHOICE
    return None if given_up and route.audience is Audience.LINKED else day.quiet


def _spoken(day: _Day, route: Route, rung: Rung, kept: Reason | None) -> Verdict:
    situation = day.situation
    mine = [
        said
        for said in day.circumstances.said
        if said.recipient == route.recipient
        and said.channel == route.channel
        and said.fee_year == situation.dates.fee_year
    ]
    told = [said for said in mine if said.counts and same_day(said, situation)]
    if any(said.tier.severity >= rung.tier.severity for said in told):
        return verdict_of(situation, route, rung.tier, Reason.SAID, day.evidence)
    early = route.only_from_final and day.on < tiers.final_from_on(situation.dates)
    reason = kept or route.blocked or (Reason.ACKNOWLEDGED if early else Reason.DUE)
    if reason is not Reason.DUE:
        return verdict_of(situation, route, rung.tier, reason, day.evidence)
    already = {said.tier for said in told}
    return verdict_of(
        situation,
        route,
        rung.tier,
        Reason.DUE,
        day.evidence,
        correction=_is_correction(mine, situation, rung.tier),
        supersedes=tuple(
            milder.tier
            for milder in tiers.begun(day.rungs, situation.dates, on=day.on)
            if milder.tier.severity < rung.tier.severity
            and milder.tier not in already
            and _could_hear(route, milder, day.evidence)
        ),
    )


def _could_hear(route: Route, milder: Rung, evidence: Evidence) -> bool:
    """Tell whether a milder tier could have been said on this route till now."""
    if milder.ends == "L" and route.audience is not Audience.LINKED:
        return route.channel in milder.sure
    return _hears(route, milder, evidence)


def _unreached(day: _Day) -> Reason:
    """Return why no tier is true: its day has not come, or nobody confirmed it."""
    in_time = day.on <= day.situation.dates.restoration_until_on
    if day.evidence is Evidence.PRESUMED and in_time:
        return Reason.NOT_CONFIRMED
    return Reason.NOT_REACHED


def _is_correction(mine: Sequence[Said], situation: Situation, tier: Tier) -> bool:
    kin = [
        said
        for said in mine
        if said.counts
        and (said.tier in tiers.AFTER_THE_END) == (tier in tiers.AFTER_THE_END)
    ]
    return bool(kin) and not any(same_day(said, situation) for said in kin)
