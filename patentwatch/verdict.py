"""What deciding about one annuity is given, and the verdict it gives."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from patentwatch import ladder as tiers
from patentwatch.ladder import CONFIRMATION_HELD_DAYS
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
    Tier,
)
from patentwatch.routing import Route
from patentwatch.standing import Situation

CITY = "city"
"""The recipient of a call task where no county can be told."""


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What deciding about one patent needs besides its situation.

    `routes` lead to its owners and agents, `linked` to those whose rights hang on it.
    Holds and silences are those standing on the day. `said` are all alerts that exist
    about this patent, in whatever state. `consequential`: others depend on the patent,
    by a pledge or a licence that stands. `unheard`: no channel works for its owners
    now, whatever `said` knows.
    """

    routes: Sequence[Route]
    said: Sequence[Said] = ()
    answers: Sequence[Answer] = ()
    holds: Sequence[Hold] = ()
    silenced: bool = False
    consequential: bool = False
    linked: Sequence[Route] = ()
    unheard: bool = False


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


def verdict_of(
    situation: Situation,
    route: Route,
    tier: Tier | None,
    reason: Reason,
    evidence: Evidence,
    *,
    correction: bool = False,
    supersedes: tuple[Tier, ...] = (),
) -> Verdict:
    """Return the verdict about one annuity for one route, None: no tier is true."""
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


def same_day(said: Said, situation: Situation) -> bool:
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
