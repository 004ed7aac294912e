"""Lights: whether a promise is on its way, as of a day.

Pure: what was counted goes in, a light comes out. The defaults are the ledger rules of
the office's work plan; an office may set other thresholds.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Final

from patentwatch.plan.values import Commitment, CommitmentKind, Counted


class Light(StrEnum):
    """The light of one commitment on one day."""

    GREEN = "green"
    YELLOW = "yellow"
    RED = "red"


LIGHT_WORDS: Final = {Light.GREEN: "绿", Light.YELLOW: "黄", Light.RED: "红"}


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From which share of the expected a target is green or yellow; days for others.

    A milestone is green more than `milestone_days` ahead; an activity with a record
    within `active_days` (green) or `quiet_days` (yellow), both inclusive.
    """

    green_percent: int = 90
    yellow_percent: int = 60
    milestone_days: int = 30
    active_days: int = 90
    quiet_days: int = 180


USUAL = Thresholds()
"""As the ledger's rules have it."""


def light_of(
    commitment: Commitment,
    counted: Counted,
    *,
    on: date,
    starts_on: date,
    due_on: date,
    first: Decimal | None = None,
    thresholds: Thresholds = USUAL,
) -> Light:
    """Return the light on a day; `due_on` has every extension in it.

    `first` is the value of a `level` on the plan's first day, None: not known.
    """
    if commitment.kind is CommitmentKind.ACTIVITY:
        return _activity(counted, on=on, thresholds=thresholds)
    if counted.actual is None:
        return _unknown(on, due_on)
    if commitment.kind is CommitmentKind.MILESTONE:
        return _milestone(counted, on=on, due_on=due_on, thresholds=thresholds)
    target = target_of(commitment, counted)
    if target is None:
        return _unknown(on, due_on)
    if reached(commitment, counted.actual, target):
        return Light.GREEN
    if on > due_on:
        return Light.RED
    line = expected(
        commitment, target, on=on, starts_on=starts_on, due_on=due_on, first=first
    )
    if line is None:
        return Light.YELLOW
    return _on_the_way(commitment, Fraction(counted.actual), line, thresholds)


def expected(
    commitment: Commitment,
    target: Decimal,
    *,
    on: date,
    starts_on: date,
    due_on: date,
    first: Decimal | None = None,
) -> Fraction | None:
    """Return what the straight line to the target asks for on a day, exactly.

    A `level` starts from `first`, None without one; the rest from zero. A cap that is
    no level (`at_most`) is the same on every day.
    """
    if commitment.level and first is None:
        return None
    end = Fraction(target)
    if commitment.at_most and not commitment.level:
        return end
    whole = (due_on - starts_on).days
    if whole <= 0:
        return end
    begun = Fraction(first or 0) if commitment.level else Fraction(0)
    return begun + (end - begun) * min(max((on - starts_on).days, 0), whole) / whole


def target_of(commitment: Commitment, counted: Counted) -> Decimal | None:
    """Return the number promised, or the one to beat that the measure brings along."""
    return commitment.target if commitment.target is not None else counted.target


def reached(commitment: Commitment, actual: Decimal, target: Decimal) -> bool:
    """Whether a promise of a number is kept; last year's number has to be beaten."""
    strictly = commitment.more_than or commitment.target is None
    if commitment.at_most:
        return actual < target if strictly else actual <= target
    return actual > target if strictly else actual >= target


def made_up_later(light: Light, *, red_before: bool) -> Light:
    """Return the light of a day in a month that was red on an earlier day of it."""
    return Light.YELLOW if light is Light.GREEN and red_before else light


def _on_the_way(
    commitment: Commitment, actual: Fraction, line: Fraction, thresholds: Thresholds
) -> Light:
    """Compare with the straight line; where less is better the shares turn round."""
    green, yellow = thresholds.green_percent, thresholds.yellow_percent
    if commitment.at_most:
        # A cap that is broken is not green, however little it is broken by.
        if commitment.level and actual * green <= line * 100:
            return Light.GREEN
        return Light.YELLOW if actual * yellow <= line * 100 else Light.RED
    if actual * 100 >= line * green:
        return Light.GREEN
    return Light.YELLOW if actual * 100 >= line * yellow else Light.RED


def _milestone(
    counted: Counted, *, on: date, due_on: date, thresholds: Thresholds
) -> Light:
    if counted.actual:
        return Light.GREEN
    if on > due_on:
        return Light.RED
    ahead = due_on - on > timedelta(days=thresholds.milestone_days)
    return Light.GREEN if ahead else Light.YELLOW


def _activity(counted: Counted, *, on: date, thresholds: Thresholds) -> Light:
    if counted.latest_on is None:
        return Light.RED
    quiet = (on - counted.latest_on).days
    if quiet <= thresholds.active_days:
        return Light.GREEN
    return Light.YELLOW if quiet <= thresholds.quiet_days else Light.RED


def _unknown(on: date, due_on: date) -> Light:
    """Unknown is never fine: yellow, and red once the day is over."""
    return Light.RED if on > due_on else Light.YELLOW
