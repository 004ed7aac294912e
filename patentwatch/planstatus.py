"""How far a plan is on a day: every promise with its actual, its rate and its light."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date

from sqlalchemy import Connection

from patentwatch.plan.kinds import kinds
from patentwatch.plan.lights import Light, made_up_later, target_of
from patentwatch.plan.measures import rate
from patentwatch.plan.progress import PlanStatus, Progress
from patentwatch.plan.values import (
    Commitment,
    CommitmentKind,
    Counted,
    Item,
    MeasureType,
    Plan,
)
from patentwatch.planmonth import was_red
from patentwatch.planreading import Reading
from patentwatch.settings import Settings


def status_of(
    connection: Connection, settings: Settings, plan: Plan, *, on: date
) -> PlanStatus:
    """Return every promise of a plan as of a day.

    What is recorded after that day does not count; what was withdrawn never did.
    """
    reading = Reading(connection, settings, plan, kinds())
    progress = tuple(
        _progress(reading, item, commitment, on)
        for item in plan.items
        for commitment in item.commitments
    )
    return PlanStatus(plan, on, progress)


def progress_of(
    connection: Connection, settings: Settings, plan: Plan, id_: str, *, on: date
) -> Progress | None:
    """Return one promise as of a day, None when the plan has none of that id."""
    reading = Reading(connection, settings, plan, kinds())
    for item in plan.items:
        for commitment in item.commitments:
            if commitment.id == id_:
                return _progress(reading, item, commitment, on)
    return None


def _progress(
    reading: Reading, item: Item, commitment: Commitment, on: date
) -> Progress:
    counted = reading.counted(commitment, on)
    light = reading.light(commitment, counted, on)
    if light is Light.GREEN:
        red = was_red(reading, commitment, on=on)
        light = made_up_later(light, red_before=red)
    target = target_of(commitment, counted)
    return Progress(
        item=item,
        commitment=commitment,
        counted=counted,
        due_on=reading.due_on(commitment, on),
        target=target,
        rate=rate(counted.actual, target),
        light=light,
        county_lights=dict(_county_lights(reading, commitment, counted, on)),
    )


def _county_lights(
    reading: Reading, commitment: Commitment, counted: Counted, on: date
) -> Iterator[tuple[str, Light]]:
    """Yield the light of each county that has one, of the day alone."""
    match commitment.kind:
        case CommitmentKind.TARGET:
            for code, target in commitment.county_targets.items():
                own = replace(commitment, target=target)
                actual = counted.by_county.get(code)
                light = reading.light(own, Counted(actual, 0), on, county=code)
                yield code, light
        case CommitmentKind.MILESTONE:
            for code in commitment.counties:
                done = Counted(counted.by_county.get(code), 0)
                yield code, reading.light(commitment, done, on, county=code)
        case CommitmentKind.ACTIVITY:
            if commitment.measure.type is MeasureType.REGISTER:
                return
            days = reading.newest(commitment, on)
            for code in commitment.counties:
                own_ = Counted(counted.by_county.get(code), 0, days.get(code))
                yield code, reading.light(commitment, own_, on, county=code)
