"""What to say to whom on a day, and why: situation and history in, verdicts out.

Sends nothing and knows no clock. A tier is true from its first to its last day; the
most severe true one is said once to each recipient, on all its channels. However
often or seldom this is asked, the same things are said.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from patentwatch import ladder as tiers
from patentwatch.ladder import CONFIRMATION_HELD_DAYS, Rung
from patentwatch.model import (
    Answer,
    Audience,
    Channel,
    Evidence,
    Hold,
    PatentNumber,
    Reason,
    RecipientId,
    Said,
    State,
    Tier,
)
from patentwatch.routing import Route
from patentwatch.standing import Situation, Standing

CITY = "city"
"""The recipient of a call task where no county can be told."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What deciding about one patent needs besides its situation.

    Holds and silences are those standing on the day. `said` are all alerts that exist
    about this patent, in whatever state. `consequential`: others depend on the patent,
    by a pledge or a licence that stands.
    """

    routes: Sequence[Route]
    said: Sequence[Said] = ()
    answers: Sequence[Answer] = ()
    holds: Sequence[Hold] = ()
    silenced: bool = False
    consequential: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """What to do about one annuity for one recipient: `reason` DUE speaks, others not.

    `tier` None: none is true. `recipient` "": nobody can be told. `supersedes` are the
    milder tiers whose time had come and that no longer deserve a message of their own.
    """

    application_no: PatentNumber
    fee_year: int
    due_on: date
    anchor_on: date
    tier: Tier | None
    audience: Audience
    channel: Channel
    recipient: RecipientId
    reason: Reason
    evidence: Evidence
    correction: bool = False
    supersedes: tuple[Tier, ...] = ()

    @property
    def speaks(self) -> bool:
        """Whether something is to be said."""
        return self.reason is Reason.DUE


_NO_ONE = Route(RecipientId(""), Channel.EMAIL, Audience.PATENTEE, Reason.NO_CONTACT)

_SETTLED = {
    Standing.PAID: Reason.PAID,
    Standing.ASSUMED_PAID: Reason.ASSUMED_PAID,
    Standing.NOT_IN_FORCE: Reason.NOT_IN_FORCE,
}


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
    found = _told(situation, circumstances, on=on, rungs=rungs)
    call = _call(situation, circumstances, on=on, rungs=rungs)
    return [*found, call] if call else found


def _told(
    situation: Situation,
    circumstances: Circumstances,
    *,
    on: date,
    rungs: Sequence[Rung],
) -> list[Verdict]:
    evidence, answered = _answered(situation, circumstances.answers, on=on)
    true_now = tiers.current(rungs, situation, evidence=evidence, on=on)
    quiet = _quiet(situation, circumstances, answered, on=on)
    unreached = _unreached(situation, evidence, on=on)
    verdicts = []
    for route in circumstances.routes or [_NO_ONE]:
        heard = [
            rung
            for rung in true_now
            if route.recipient == "" or route.channel in _channels(rung, evidence)
        ]
        if not heard or quiet in _SETTLED.values():
            reason = quiet or (Reason.NOT_REACHED if true_now else unreached)
            verdicts.append(_verdict(situation, route, None, reason, evidence))
        else:
            verdicts.append(
                _spoken(
                    situation,
                    circumstances,
                    route,
                    heard[-1],
                    quiet,
                    evidence,
                    rungs,
                    on,
                )
            )
    return verdicts


def _spoken(
    situation: Situation,
    circumstances: Circumstances,
    route: Route,
    rung: Rung,
    quiet: Reason | None,
    evidence: Evidence,
    rungs: Sequence[Rung],
    on: date,
) -> Verdict:
    mine = [
        said
        for said in circumstances.said
        if said.recipient == route.recipient
        and said.channel == route.channel
        and said.fee_year == situation.dates.fee_year
    ]
    told = [said for said in mine if said.counts and _same_day(said, situation)]
    if any(said.tier.severity >= rung.tier.severity for said in told):
        return _verdict(situation, route, rung.tier, Reason.SAID, evidence)
    early = route.only_from_final and on < tiers.final_from_on(situation.dates)
    reason = quiet or route.blocked or (Reason.ACKNOWLEDGED if early else Reason.DUE)
    if reason is not Reason.DUE:
        return _verdict(situation, route, rung.tier, reason, evidence)
    already = {said.tier for said in told}
    return _verdict(
        situation,
        route,
        rung.tier,
        Reason.DUE,
        evidence,
        correction=_is_correction(mine, situation, rung.tier),
        supersedes=tuple(
            milder.tier
            for milder in tiers.begun(rungs, situation.dates, on=on)
            if milder.tier.severity < rung.tier.severity
            and milder.tier not in already
            and route.channel in _said_by(milder, evidence)
        ),
    )


def _said_by(milder: Rung, evidence: Evidence) -> tuple[Channel, ...]:
    """Return the channels on which a milder tier could have been said till now."""
    return milder.sure if milder.ends == "L" else _channels(milder, evidence)


def _quiet(
    situation: Situation,
    circumstances: Circumstances,
    answered: Reason | None,
    *,
    on: date,
) -> Reason | None:
    if situation.standing in _SETTLED:
        return _SETTLED[situation.standing]
    held = any(
        hold.fee_year in (None, situation.dates.fee_year)
        and (hold.until_on is None or on <= hold.until_on)
        for hold in circumstances.holds
    )
    if held or situation.standing is Standing.ON_HOLD:
        return Reason.ON_HOLD
    if circumstances.silenced:
        return Reason.SILENCED
    return answered


def _answered(
    situation: Situation, answers: Sequence[Answer], *, on: date
) -> tuple[Evidence, Reason | None]:
    """Return how an answer changes the evidence, or why it silences; it never closes.

    "Paid" waits until `final`, then the soft text breaks through; given after `final`
    began it waits for a fact. A fact newer than the answer ends its effect.
    """
    evidence = situation.evidence
    final_on = tiers.final_from_on(situation.dates)
    for answer in answers:
        counts = answer.answer == "paid" or (
            answer.answer == "abandon" and answer.confirmed
        )
        overtaken = (
            situation.unpaid_on is not None and situation.unpaid_on > answer.answered_on
        )
        if (
            answer.fee_year != situation.dates.fee_year
            or not counts
            or overtaken
            or answer.answered_on > on
        ):
            continue
        if on < final_on or answer.answered_on >= final_on:
            reason = (
                Reason.ACKNOWLEDGED
                if answer.answer == "paid"
                else Reason.ABANDONED_BY_CHOICE
            )
            return evidence, reason
        if answer.answer == "paid" and situation.standing is not Standing.ENDED:
            evidence = Evidence.PRESUMED
    return evidence, None


def _unreached(situation: Situation, evidence: Evidence, *, on: date) -> Reason:
    """Return why no tier is true: its day has not come, or nobody confirmed it."""
    if evidence is Evidence.PRESUMED and on <= situation.dates.restoration_until_on:
        return Reason.NOT_CONFIRMED
    return Reason.NOT_REACHED


def _channels(rung: Rung, evidence: Evidence) -> tuple[Channel, ...]:
    return rung.soft if evidence is Evidence.PRESUMED else rung.sure


def _same_day(said: Said, situation: Situation) -> bool:
    """Tell whether what was said named this due day, or one hardly different.

    Two ends of restoration more than a week apart are one when a long holiday rolls
    both to the same day.
    """
    dates = situation.dates
    if said.tier in tiers.AFTER_THE_END and (
        dates.restoration_rolls_from_on <= said.anchor_on <= dates.restoration_until_on
    ):
        return True
    expected = tiers.anchor_on(said.tier, dates)
    return abs((said.anchor_on - expected).days) <= CONFIRMATION_HELD_DAYS


def _is_correction(mine: Sequence[Said], situation: Situation, tier: Tier) -> bool:
    kin = [
        said
        for said in mine
        if said.counts
        and (said.tier in tiers.AFTER_THE_END) == (tier in tiers.AFTER_THE_END)
    ]
    return bool(kin) and not any(_same_day(said, situation) for said in kin)


def _call(
    situation: Situation,
    circumstances: Circumstances,
    *,
    on: date,
    rungs: Sequence[Rung],
) -> Verdict | None:
    """Return the task for an official with a telephone, if there is one to do.

    From `final` on for everything unsettled, holds and answers included; from
    `reminder` on where others depend on the patent, and in place of a message that
    would reach nobody.
    """
    if situation.standing in _SETTLED or on > situation.dates.restoration_until_on:
        return None
    asked = [
        rung
        for rung in tiers.begun(rungs, situation.dates, on=on)
        if (rung.calls or (circumstances.consequential and _is_grave(rung)))
        and on <= tiers.span(rung, situation.dates, soft=False)[1]
    ]
    if not asked:
        asked = _unheard(situation, circumstances, on=on, rungs=rungs)
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
        and said.state not in (State.SUPERSEDED, State.CANCELLED)
        and _same_day(said, situation)
        for said in circumstances.said
    )
    reason = Reason.SAID if known else Reason.DUE
    return _verdict(situation, route, tier, reason, situation.evidence)


def _unheard(
    situation: Situation,
    circumstances: Circumstances,
    *,
    on: date,
    rungs: Sequence[Rung],
) -> list[Rung]:
    """Return the tiers, mildest first, that are to be said and that nobody can hear."""
    if any(route.usable for route in circumstances.routes):
        return []
    evidence, answered = _answered(situation, circumstances.answers, on=on)
    if _quiet(situation, circumstances, answered, on=on) is not None:
        return []
    true_now = tiers.current(rungs, situation, evidence=evidence, on=on)
    return [rung for rung in true_now if _is_grave(rung)]


def _is_grave(rung: Rung) -> bool:
    """Tell whether a tier is worth a call where nothing else helps."""
    return rung.tier.severity >= Tier.REMINDER.severity


def _verdict(
    situation: Situation,
    route: Route,
    tier: Tier | None,
    reason: Reason,
    evidence: Evidence,
    *,
    correction: bool = False,
    supersedes: tuple[Tier, ...] = (),
) -> Verdict:
    dates = situation.dates
    return Verdict(
        application_no=situation.patent.application_no,
        fee_year=dates.fee_year,
        due_on=tiers.due_on(tier, dates) if tier else dates.due_on,
        anchor_on=tiers.anchor_on(tier, dates) if tier else dates.due_on,
        tier=tier,
        audience=route.audience,
        channel=route.channel,
        recipient=route.recipient,
        reason=reason,
        evidence=evidence,
        correction=correction,
        supersedes=supersedes,
    )
