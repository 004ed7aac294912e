"""Whether a promise was red on an earlier day of a month, without looking at each.

Between two days on which other records count, the actual stands still and what is
expected goes one way only. So a light can only be worst at either end of such a time.
"""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, timedelta

from patentwatch.plan.lights import Light
from patentwatch.plan.values import (
    Commitment,
    CommitmentKind,
    Counted,
    MeasureType,
)
from patentwatch.planreading import Reading
from patentwatch.registermeasures import LAPSES, RESPONSIBLE_UNITS
from patentwatch.registerstocks import STOCKS
from patentwatch.store.measuring import days_of_news, least_since

_DAY = timedelta(days=1)
_STEADY = {*STOCKS, LAPSES, RESPONSIBLE_UNITS}


def was_red(reading: Reading, commitment: Commitment, *, on: date) -> bool:
    """Whether a promise that is green on a day was red earlier in that month.

    What the register has is looked at on every day, but for its stocks: where they are
    green on the first, they were not red in between, for a stock of thousands does not
    fall by a third and recover within a month.
    """
    first_on = max(on.replace(day=1), reading.plan.starts_on)
    if first_on >= on:
        return False
    if commitment.measure.type is MeasureType.REGISTER:
        return _register_was_red(reading, commitment, first_on, on)
    begun = reading.counted(commitment, first_on)
    if reading.light(commitment, begun, first_on) is Light.RED:
        return True
    if _cannot_have_been(reading, commitment, begun, first_on, on):
        return False
    news = days_of_news(reading.asked(commitment, on), after=first_on)
    if reading.due_on(commitment, first_on) != reading.due_on(commitment, on):
        news |= set(_days(first_on, on))
    ends = {one - _DAY for one in news}
    if commitment.level:
        ends |= news  # what is expected may fall: then the first day is the worst
    days = sorted(day for day in ends if first_on < day < on)
    return any(_red_on(reading, commitment, day) for day in days)


def _cannot_have_been(
    reading: Reading,
    commitment: Commitment,
    begun: Counted,
    first_on: date,
    on: date,
) -> bool:
    """Whether what stood all the time was enough for the most that was expected."""
    if commitment.kind is CommitmentKind.ACTIVITY:
        return reading.light(commitment, begun, on) is not Light.RED
    least = begun.actual
    if not _only_grows(commitment):
        least = least_since(reading.asked(commitment, on), first_on)
    if least is None or commitment.at_most:
        return False
    worst = replace(begun, actual=least)
    due_on = reading.due_on(commitment, first_on)
    lights = (
        reading.light(commitment, worst, day, due_on=due_on) for day in (first_on, on)
    )
    return Light.RED not in lights


def _only_grows(commitment: Commitment) -> bool:
    """Whether what counts once counts to the end: then the first day has the least."""
    records = commitment.measure.records
    grows = commitment.measure.type in (MeasureType.COUNT, MeasureType.LINKED)
    return grows and records is not None and not records.until


def _register_was_red(
    reading: Reading, commitment: Commitment, first_on: date, on: date
) -> bool:
    steady = commitment.measure.register in _STEADY
    for day in _days(first_on, on):
        light = reading.light(commitment, reading.counted(commitment, day), day)
        if light is Light.RED or (light is Light.GREEN and steady):
            return light is Light.RED
    return False


def _red_on(reading: Reading, commitment: Commitment, day: date) -> bool:
    return reading.light(commitment, reading.counted(commitment, day), day) is Light.RED


def _days(first_on: date, until_on: date) -> Iterator[date]:
    day = first_on
    while day < until_on:
        yield day
        day += _DAY
