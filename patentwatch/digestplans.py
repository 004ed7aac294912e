"""The work plan's part of a digest, of the city and of every county at once."""

from collections.abc import Iterator, Mapping
from datetime import date, timedelta

from sqlalchemy import Connection

from patentwatch import planstatus
from patentwatch.digests.values import CITY, OpenSlip, PlanPart, Promise, Window
from patentwatch.plan.acts import COLOUR_WORDS, Slip
from patentwatch.plan.lights import Light, reached
from patentwatch.plan.progress import PlanStatus, Progress
from patentwatch.plan.values import CommitmentKind, Plan
from patentwatch.registerstocks import shortfall
from patentwatch.settings import Settings
from patentwatch.store import plans, slips

DUE_SOON = timedelta(days=30)
AFTERWARDS = timedelta(days=31)
"""How long a plan that is over is still told of: its last month is."""

_ONE_DAY = timedelta(days=1)
_GRAVITY = {Light.RED: 0, Light.YELLOW: 1, Light.GREEN: 2}


def parts(
    connection: Connection, settings: Settings, *, window: Window, on: date
) -> dict[str, tuple[PlanPart, ...]]:
    """Return what each county is told of the plans that run on a day, by its code."""
    found: dict[str, list[PlanPart]] = {}
    names = {one.code: one.name for one in settings.counties}
    for name in plans.names(connection):
        plan = plans.in_force(connection, name, on=on)
        if plan is None or not plan.starts_on <= on <= plan.ends_on + AFTERWARDS:
            continue
        now = planstatus.status_of(connection, settings, plan, on=on)
        before_on = window.start_on - _ONE_DAY
        past = (
            planstatus.status_of(connection, settings, plan, on=before_on)
            if before_on >= plan.starts_on
            else None
        )
        waiting = slips.open_slips(connection, plan.name, on=on)
        lacking = _lacking(connection, settings, plan, on=on)
        for county, part in _divided(now, past, waiting, names, lacking):
            found.setdefault(county, []).append(part)
    return {county: tuple(some) for county, some in found.items()}


def _divided(
    now: PlanStatus,
    past: PlanStatus | None,
    waiting: list[Slip],
    names: Mapping[str, str],
    lacking: Mapping[str, int | None],
) -> Iterator[tuple[str, PlanPart]]:
    before = {one.commitment.id: one for one in past.progress} if past else {}
    codes = {code for one in now.progress for code in one.commitment.counties}
    for county in (CITY, *sorted(codes)):
        concerned = [
            one for one in now.progress if county in (CITY, *one.commitment.counties)
        ]
        lights = [_light(one, county) for one in concerned]
        promises = [
            _promise(one, before.get(one.commitment.id), county, on=now.on)
            for one in concerned
        ]
        yield (
            county,
            PlanPart(
                title=now.plan.title,
                green=lights.count(Light.GREEN),
                yellow=lights.count(Light.YELLOW),
                red=lights.count(Light.RED),
                promises=tuple(
                    sorted((one for one in promises if _asks(one)), key=_pressing)
                ),
                slips=tuple(
                    _slip(one, names, on=now.on)
                    for one in waiting
                    if county in (CITY, one.county)
                ),
                lacking=lacking.get(county),
            ),
        )


def _lacking(
    connection: Connection, settings: Settings, plan: Plan, *, on: date
) -> Mapping[str, int | None]:
    """Return how many valid patents are missing to what the plan promises of them."""
    for commitment in plan.commitments:
        promised = commitment.target is not None or commitment.county_targets
        if commitment.measure.register in ("valid", "valid_per_10k") and promised:
            return shortfall(connection, settings, plan, commitment, on=on)
    return {}


def _light(one: Progress, county: str) -> Light:
    """Return the county's own light, else that of the whole promise."""
    return one.county_lights.get(county, one.light)


def _promise(
    one: Progress, before: Progress | None, county: str, *, on: date
) -> Promise:
    commitment = one.commitment
    light = _light(one, county)
    was = None if before is None else _light(before, county)
    shared = county in commitment.county_targets
    return Promise(
        number=commitment.id,
        text=commitment.text,
        kind=commitment.kind.value,
        light=light.value,
        before=None if was in (None, light) else was.value,
        due_on=one.due_on,
        actual=one.counted.by_county.get(county) if shared else one.counted.actual,
        target=commitment.county_targets[county] if shared else one.target,
        unit=commitment.unit,
        due_soon=not _kept(one) and on <= one.due_on <= on + DUE_SOON,
    )


def _kept(one: Progress) -> bool:
    """Whether a promise is kept already; an activity has no day on which it is due."""
    actual = one.counted.actual
    match one.commitment.kind:
        case CommitmentKind.ACTIVITY:
            return True
        case CommitmentKind.MILESTONE:
            return bool(actual)
    if actual is None or one.target is None:
        return False
    return reached(one.commitment, actual, one.target)


def _asks(one: Promise) -> bool:
    return one.light != Light.GREEN or one.due_soon


def _pressing(one: Promise) -> tuple[int, bool, date]:
    """Sort red before yellow, what has changed first, then by the day."""
    return _GRAVITY[Light(one.light)], one.before is None, one.due_on


def _slip(one: Slip, names: Mapping[str, str], *, on: date) -> OpenSlip:
    return OpenSlip(
        name=one.name,
        colour=COLOUR_WORDS[one.colour],
        number=one.commitment,
        county=names.get(one.county, one.county),
        text=one.text,
        reply_by_on=one.reply_by_on,
        overdue=one.is_overdue(on),
    )
