"""A month that is over: the lights of its last day, which nothing changes afterwards.

Pure: a status goes in, what is sealed of it comes out, and the other way round.
"""

import calendar
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal

from patentwatch.plan.lights import Light
from patentwatch.plan.measures import rate
from patentwatch.plan.progress import PlanStatus, Progress
from patentwatch.plan.values import Plan


@dataclass(frozen=True, slots=True)
class SealedLight:
    """One light of a month; `county` "": of the commitment as a whole.

    `actual` None: it could not be known. `target` None: there was none.
    """

    commitment: str
    county: str
    light: Light
    actual: Decimal | None
    target: Decimal | None


@dataclass(frozen=True, slots=True)
class Month:
    """The lights of one month; not `sealed`: reckoned from the records of today."""

    month_on: date
    lights: tuple[SealedLight, ...]
    sealed: bool = True

    @property
    def whole(self) -> dict[str, SealedLight]:
        """Return the lights of the commitments as a whole, by commitment."""
        return {one.commitment: one for one in self.lights if not one.county}


def last_day(month_on: date) -> date:
    """Return the last day of a month."""
    days = calendar.monthrange(month_on.year, month_on.month)[1]
    return month_on.replace(day=days)


def month_after(month_on: date) -> date:
    """Return the first day of the next month."""
    return last_day(month_on) + timedelta(days=1)


def month_before(month_on: date) -> date:
    """Return the first day of the month before."""
    return (month_on.replace(day=1) - timedelta(days=1)).replace(day=1)


def months_over(plan: Plan, *, on: date) -> tuple[date, ...]:
    """Return the first days of the plan's months that are over by `on`, in order.

    A month is over on the day after its last; none comes after the plan's own end.
    """
    found, month_on = [], plan.starts_on.replace(day=1)
    while month_on <= plan.ends_on and last_day(month_on) < on:
        found.append(month_on)
        month_on = month_after(month_on)
    return tuple(found)


def lights_of(status: PlanStatus) -> tuple[SealedLight, ...]:
    """Return what is sealed of a status: every light, the counties' too."""
    return tuple(_lights(status.progress))


def _lights(progress: Iterable[Progress]) -> Iterator[SealedLight]:
    for one in progress:
        id_, counted = one.commitment.id, one.counted
        yield SealedLight(id_, "", one.light, counted.actual, one.target)
        targets = one.commitment.county_targets
        for code, light in sorted(one.county_lights.items()):
            actual = counted.by_county.get(code)
            yield SealedLight(id_, code, light, actual, targets.get(code))


def as_sealed(status: PlanStatus, month: Month) -> PlanStatus:
    """Return a status with the lights, actuals and targets that were sealed.

    A commitment that was not yet there when the month was sealed is left out.
    """
    whole = month.whole
    counties: dict[str, dict[str, Light]] = {}
    for one in month.lights:
        if one.county:
            counties.setdefault(one.commitment, {})[one.county] = one.light
    progress = tuple(
        _with(one, whole[one.commitment.id], counties.get(one.commitment.id, {}))
        for one in status.progress
        if one.commitment.id in whole
    )
    return replace(status, progress=progress)


def _with(
    progress: Progress, sealed: SealedLight, counties: dict[str, Light]
) -> Progress:
    same = (sealed.actual, sealed.target) == (progress.counted.actual, progress.target)
    return replace(
        progress,
        counted=replace(progress.counted, actual=sealed.actual),
        target=sealed.target,
        rate=progress.rate if same else rate(sealed.actual, sealed.target),
        light=sealed.light,
        county_lights=counties,
    )
