"""How a digest follows from the material: selects, orders and counts; reads nothing."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from statistics import median_low
from typing import Protocol, TypeVar

from patentwatch.digests.values import (
    CITY,
    AtRisk,
    Call,
    CountyLine,
    Digest,
    Doubt,
    Ended,
    Ending,
    Happened,
    Indicator,
    Measure,
    Paid,
    PaidAfter,
    Phone,
    PlanPart,
    RiskCount,
    SourceAge,
    Subject,
    Trouble,
    Unreachable,
    Window,
)
from patentwatch.model import Reason, Tier
from patentwatch.register import masking

UNREACHABLE = frozenset(
    {Reason.NO_CONTACT, Reason.BAD_CONTACT, Reason.NO_CONSENT, Reason.OPTED_OUT}
)
"""Why an owner cannot be told at all."""

Counts = Mapping[str | None, int]
"""A number for each county."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Material:
    """What is known on a day of all counties, before it is divided among them.

    `names` holds every county by code, in the order in which they are shown; None
    among them where there are patents of no county. `risks` has early ones too, where
    nobody can be told of them; `early` counts the tier `notice`, `unlooked` those past
    the last day that nobody has looked up. `paid` reaches back to the first of January.
    """

    on: date
    window: Window
    office_name: str
    office_phone: str
    observing: bool
    names: Mapping[str | None, str]
    risks: Sequence[AtRisk] = ()
    early: Counts
    unlooked: Counts
    calls: Sequence[Call] = ()
    paid: Sequence[Paid] = ()
    ended: Sequence[Ended] = ()
    doubts: Sequence[Doubt] = ()
    troubles: Sequence[Trouble] = ()
    happened: Sequence[Happened] = ()
    indicators: Mapping[str | None, tuple[Indicator, ...]]
    listed: Mapping[str | None, date]
    sources: tuple[SourceAge, ...] = ()
    officials: Mapping[str, int]
    undecided: Counts
    plans: Mapping[str, tuple[PlanPart, ...]] = field(default_factory=dict)


class _About(Protocol):
    @property
    def patent(self) -> Subject: ...


Row = TypeVar("Row", bound=_About)


def of(material: Material, county: str) -> Digest:
    """Return the digest of one county, or of the city where `county` is `CITY`.

    Nothing of another county is in a county's digest. The city sees every county, but
    only its own tasks and those that waited too long, their numbers masked.
    """
    window = material.window
    risks = _of_county(material.risks, county)
    listed = sorted((one for one in risks if _is_listed(one)), key=_urgency)
    paid = sorted(
        _of_county(material.paid, county), key=lambda one: (one.paid_on, _number(one))
    )
    here = [one for one in paid if window.start_on <= one.paid_on <= window.end_on]
    year = [one for one in paid if one.paid_on >= window.end_on.replace(month=1, day=1)]
    return Digest(
        county=county,
        name="全市" if county == CITY else material.names.get(county, county),
        window=window,
        as_of_on=material.on,
        office_name=material.office_name,
        office_phone=material.office_phone,
        observing=material.observing,
        counts=tuple(_counts(listed, material, county)),
        at_risk=tuple(listed),
        calls=tuple(_calls(material.calls, county)),
        unreachable=tuple(_unreachable(risks)),
        paid=tuple(here),
        paid_after=tuple(_paid_after(here)),
        paid_year=tuple(_paid_after(year)),
        ended=tuple(sorted(_of_county(material.ended, county), key=_day)),
        doubts=tuple(sorted(_of_county(material.doubts, county), key=_gravity)),
        troubles=tuple(sorted(_of_county(material.troubles, county), key=_lateness)),
        happened=tuple(sorted(_of_county(material.happened, county), key=_day)),
        indicators=material.indicators.get(county, ()),
        counties=tuple(_lines(material)) if county == CITY else (),
        listed_on=_listed_on(material, county),
        sources=material.sources,
        undecided=_sum(material.undecided, county),
        plans=material.plans.get(county, ()),
    )


def _of_county(rows: Iterable[Row], county: str | None) -> list[Row]:
    """Return the rows of a county; all of them for the city."""
    return [row for row in rows if county in (CITY, row.patent.county)]


def _sum(counts: Counts, county: str) -> int:
    return sum(counts.values()) if county == CITY else counts.get(county, 0)


def _number(row: _About) -> str:
    return row.patent.application_no


def _is_listed(risk: AtRisk) -> bool:
    return risk.tier is not Tier.NOTICE


def _urgency(risk: AtRisk) -> tuple[object, ...]:
    """Order: what others depend on, then by tier, then what is sure, then by day."""
    return (
        not risk.ties,
        -risk.tier.severity,
        not risk.confirmed,
        not risk.high_value,
        risk.act_by_on or date.max,
        _number(risk),
        risk.fee_year,
    )


def _gravity(doubt: Doubt) -> tuple[object, ...]:
    return not doubt.holds, doubt.since_on, _number(doubt), doubt.text


def _lateness(trouble: Trouble) -> tuple[object, ...]:
    return -trouble.tier.severity, trouble.decided_on, _number(trouble)


def _day(row: Ended | Happened) -> tuple[date, str]:
    return row.happened_on, _number(row)


def _counts(
    listed: Sequence[AtRisk], material: Material, county: str
) -> Iterator[RiskCount]:
    """Yield what stands at each tier, the most severe first, the early ones last."""
    for tier in reversed(Tier):
        here = [risk for risk in listed if risk.tier is tier]
        if here:
            yield RiskCount(
                tier=tier,
                number=len(here),
                confirmed=sum(risk.confirmed for risk in here),
                amount_yuan=sum(risk.amount_yuan or 0 for risk in here),
                high_value=sum(bool(risk.high_value) for risk in here),
                consequential=sum(bool(risk.ties) for risk in here),
            )
    if unlooked := _sum(material.unlooked, county):
        yield RiskCount(tier=None, number=unlooked)
    if early := _sum(material.early, county):
        yield RiskCount(tier=Tier.NOTICE, number=early)


def _calls(calls: Iterable[Call], county: str) -> list[Call]:
    if county == CITY:
        mine = [_masked(c) for c in calls if c.risk.patent.county is None or c.overdue]
    else:
        mine = [c for c in calls if c.risk.patent.county == county]
    return sorted(mine, key=lambda call: _urgency(call.risk))


def masked(digest: Digest) -> Digest:
    """Return a digest without any telephone number in full."""
    return replace(digest, calls=tuple(_masked(call) for call in digest.calls))


def _masked(call: Call) -> Call:
    return replace(call, phones=tuple(_hidden(one) for one in call.phones))


def _hidden(phone: Phone) -> Phone:
    if "*" in phone.number:
        return phone
    return Phone(masking.name(phone.name), masking.phone(phone.number))


def _unreachable(risks: Iterable[AtRisk]) -> list[Unreachable]:
    """Return the owners who cannot be told, whose matter is nearest first."""
    owners: dict[tuple[str, str | None, Reason], list[AtRisk]] = {}
    for risk in risks:
        if risk.untold in UNREACHABLE:
            key = (risk.patent.patentees, risk.patent.county, risk.untold)
            owners.setdefault(key, []).append(risk)
    found = [
        Unreachable(
            owner=owner,
            county=county,
            reason=reason,
            numbers=tuple(sorted({_number(risk) for risk in some})),
            nearest_on=min((r.act_by_on for r in some if r.act_by_on), default=None),
        )
        for (owner, county, reason), some in owners.items()
    ]
    return sorted(found, key=lambda u: (u.nearest_on or date.max, u.owner, u.numbers))


def _paid_after(paid: Sequence[Paid]) -> Iterator[PaidAfter]:
    """Yield how many were paid after each tier, the mildest first, then after none."""
    for tier in (*Tier, None):
        here = [one for one in paid if one.tier is tier]
        if here:
            days = [one.days for one in here if one.days is not None]
            median = median_low(days) if days else None
            yield PaidAfter(tier=tier, number=len(here), median_days=median)


def _listed_on(material: Material, county: str) -> date | None:
    if county != CITY:
        return material.listed.get(county)
    return min(material.listed.values(), default=None)


def _lines(material: Material) -> Iterator[CountyLine]:
    for code, name in material.names.items():
        risks = [one for one in material.risks if one.patent.county == code]
        listed = [one for one in risks if _is_listed(one)]
        tasks = [call for call in material.calls if call.risk.patent.county == code]
        yield CountyLine(
            county=code,
            name=name,
            at_risk=len(listed),
            confirmed=sum(one.confirmed for one in listed),
            amount_yuan=sum(one.amount_yuan or 0 for one in listed),
            high_value=sum(bool(one.high_value) for one in listed),
            consequential=sum(bool(one.ties) for one in listed),
            calls=len(tasks),
            overdue_calls=sum(call.overdue for call in tasks),
            unreachable=len(_unreachable(risks)),
            paid=_paid_in(material, code),
            lapsed=_lapsed_in(material, code),
            valid=_valid(material, code),
            listed_on=material.listed.get(code),
            officials=material.officials.get(code or CITY, 0),
        )


def _paid_in(material: Material, code: str | None) -> int:
    window = material.window
    return sum(
        one.patent.county == code and window.start_on <= one.paid_on <= window.end_on
        for one in material.paid
    )


def _lapsed_in(material: Material, code: str | None) -> int:
    return sum(
        one.patent.county == code and one.how is Ending.LAPSED for one in material.ended
    )


def _valid(material: Material, code: str | None) -> int | None:
    for one in material.indicators.get(code, ()):
        if one.measure is Measure.VALID and one.value is not None:
            return int(one.value)
    return None
