"""The making of a monthly bulletin (通报), all of whose words come from its values.

Pure: the status of the month's end, the months before, slips and acts go in.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from patentwatch.plan.acts import Act, ActKind, Slip
from patentwatch.plan.bulletinvalues import (
    Bulletin,
    Extension,
    Indicator,
    Line,
    MonthTally,
    OverdueSlip,
    Section,
    Turn,
)
from patentwatch.plan.lights import Light, reached
from patentwatch.plan.progress import PlanStatus, Progress
from patentwatch.plan.ranking import ranking, tally
from patentwatch.plan.sealing import Month, last_day, month_after, month_before
from patentwatch.plan.values import CommitmentKind, MeasureType, Plan


@dataclass(frozen=True, slots=True)
class Material:
    """What a bulletin is made of.

    `status` is that of the month's last day, or of the day of a draft. `before` are the
    plan's earlier months, oldest first. `names` and `records` (how many the plan's year
    had by the day) are by county code. `slips` and `acts` are all of the
    plan as they were on that day.
    """

    office: str
    status: PlanStatus
    before: Sequence[Month]
    names: Mapping[str, str]
    records: Mapping[str, int]
    slips: Sequence[Slip]
    acts: Sequence[Act]


def bulletin(
    material: Material, *, draft: bool, made_on: date, made_by: str
) -> Bulletin:
    """Return the bulletin of the month in which the status' day lies."""
    status = material.status
    plan, on = status.plan, status.on
    month_on = on.replace(day=1)
    before = _just_before(material.before, month_on)
    lights = tally(one.light for one in status.progress)
    return Bulletin(
        office=material.office,
        plan=plan.name,
        title=plan.title,
        document_no=plan.document_no,
        year=plan.year,
        month_on=month_on,
        as_of_on=on,
        number=number_of(plan, month_on),
        draft=draft,
        made_on=made_on,
        made_by=made_by,
        tally=lights,
        compared=before is not None,
        turned=tuple(_turned(status, before)),
        trend=(
            *(_month_tally(month) for month in material.before),
            MonthTally(month_on, lights, sealed=not draft),
        ),
        sections=tuple(_sections(status)),
        counties=ranking(status, names=material.names, records=material.records),
        slips=tuple(_overdue(material)),
        extensions=tuple(_extensions(material)),
        due=tuple(_line(one) for one in _due_next(status)),
        indicators=tuple(_indicators(status, before)),
    )


def number_of(plan: Plan, month_on: date) -> int:
    """Return which bulletin of the plan a month's is: 1 for the plan's first month."""
    years = month_on.year - plan.starts_on.year
    return years * 12 + month_on.month - plan.starts_on.month + 1


def _just_before(months: Iterable[Month], month_on: date) -> Month | None:
    wanted = month_before(month_on)
    return next((one for one in months if one.month_on == wanted), None)


def _month_tally(month: Month) -> MonthTally:
    lights = tally(one.light for one in month.whole.values())
    return MonthTally(month.month_on, lights, sealed=month.sealed)


_GRAVEST_FIRST = (Light.RED, Light.YELLOW, Light.GREEN)


def _turned(status: PlanStatus, before: Month | None) -> list[Turn]:
    """Return what turned, the gravest first, in the order of the text."""
    whole = before.whole if before else {}
    found = [
        Turn(
            id=one.commitment.id,
            text=one.commitment.text,
            lead=one.commitment.lead,
            before=whole[one.commitment.id].light,
            light=one.light,
        )
        for one in status.progress
        if one.commitment.id in whole
        and whole[one.commitment.id].light is not one.light
    ]
    return sorted(found, key=lambda turn: _GRAVEST_FIRST.index(turn.light))


def _sections(status: PlanStatus) -> Iterator[Section]:
    for position, title in enumerate(status.plan.sections, 1):
        own = [one for one in status.progress if one.item.section == position]
        if own:
            lights = tally(one.light for one in own)
            yield Section(title, lights, tuple(_line(one) for one in own))


def _line(progress: Progress) -> Line:
    commitment, counted = progress.commitment, progress.counted
    return Line(
        id=commitment.id,
        text=commitment.text,
        kind=commitment.kind,
        lead=commitment.lead,
        due_on=progress.due_on,
        target=progress.target,
        actual=counted.actual,
        unit=commitment.unit,
        rate=progress.rate,
        light=progress.light,
        more_than=commitment.more_than,
        at_most=commitment.at_most,
        unknown=counted.reason if counted.actual is None else "",
    )


def _overdue(material: Material) -> Iterator[OverdueSlip]:
    """Yield the slips that waited for an answer on the day, the oldest first."""
    plan, on = material.status.plan, material.status.on
    for slip in sorted(material.slips, key=lambda one: (one.year, one.number)):
        if not slip.is_overdue(on):
            continue
        commitment = plan.commitment(slip.commitment)
        yield OverdueSlip(
            year=slip.year,
            number=slip.number,
            colour=slip.colour,
            id=slip.commitment,
            text=commitment.text if commitment else "",
            to=_to(material, slip.commitment, slip.county),
            issued_on=slip.issued_on,
            reply_by_on=slip.reply_by_on,
            days=(on - slip.reply_by_on).days,
        )


def _extensions(material: Material) -> Iterator[Extension]:
    """Yield the extensions of the month, in the order of their days."""
    plan, on = material.status.plan, material.status.on
    due = {one.id: one.due_on for one in plan.commitments}
    for act in sorted(material.acts, key=lambda one: (one.acted_on, one.recorded_at)):
        if act.kind is not ActKind.EXTENDED or act.until_on is None:
            continue
        commitment = plan.commitment(act.commitment)
        if commitment is not None and on.replace(day=1) <= act.acted_on <= on:
            yield Extension(
                id=act.commitment,
                text=commitment.text,
                to=_to(material, act.commitment, act.county),
                from_on=due[act.commitment],
                until_on=act.until_on,
                acted_on=act.acted_on,
                acted_by=act.acted_by,
                reason=act.text,
            )
        due[act.commitment] = act.until_on


def _to(material: Material, commitment: str, county: str) -> str:
    """Return the name of a county, or of the unit that leads; "" if nobody is named."""
    if county:
        return material.names.get(county, county)
    found = material.status.plan.commitment(commitment)
    return found.lead if found else ""


def _due_next(status: PlanStatus) -> Iterator[Progress]:
    """Yield what has to be done by a day of the next month and is not done."""
    first = month_after(status.on)
    for one in status.progress:
        goes_on = one.commitment.kind is CommitmentKind.ACTIVITY
        if not goes_on and first <= one.due_on <= last_day(first) and not _kept(one):
            yield one


def _kept(progress: Progress) -> bool:
    actual, target = progress.counted.actual, progress.target
    if actual is None:
        return False
    if progress.commitment.kind is CommitmentKind.MILESTONE:
        return bool(actual)
    return target is not None and reached(progress.commitment, actual, target)


def _indicators(status: PlanStatus, before: Month | None) -> Iterator[Indicator]:
    """Yield what the plan measures of the patent register."""
    whole = before.whole if before else {}
    for one in status.progress:
        if one.commitment.measure.type is MeasureType.REGISTER:
            earlier = whole.get(one.commitment.id)
            yield Indicator(_line(one), earlier.actual if earlier else None)
