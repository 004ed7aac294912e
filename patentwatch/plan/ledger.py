"""The ledger (工作台账) of a plan on a day, as values: a line for each commitment.

Pure: the status, the acts, the slips and the counts go in.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from patentwatch.plan.acts import COLOUR_WORDS, Act, ActKind, Slip
from patentwatch.plan.lights import Light
from patentwatch.plan.measures import rate
from patentwatch.plan.progress import PlanStatus, Progress
from patentwatch.plan.values import Commitment, Plan

ACT_WORDS: Final = {
    ActKind.SIGNED: "签收",
    ActKind.RETURNED: "退办",
    ActKind.PROGRESS: "进展",
    ActKind.EXTENDED: "延期",
}
LEAD: Final = "牵头单位"
EVERY_COUNTY: Final = "各县区"


@dataclass(frozen=True, slots=True)
class CountyLine:
    """One county's share of a commitment.

    `target` None: nothing was shared out. `actual` None: it cannot be known, or the
    measure has no figures of counties (`counted` False).
    """

    commitment: Commitment
    county: str
    name: str
    counted: bool
    target: Decimal | None
    actual: Decimal | None
    rate: Decimal | None
    light: Light | None
    signed: str
    note: str
    slips: str


@dataclass(frozen=True, slots=True)
class Line:
    """One commitment: how far it is, and in words what people did about it."""

    progress: Progress
    counties: str
    signed: str
    note: str
    slips: str
    evidence: int
    linked: int
    by_county: tuple[CountyLine, ...]


@dataclass(frozen=True, slots=True)
class Ledger:
    """A plan's ledger as of a day, `county` "": of the whole city.

    That of a county has the commitments that it shares, with its own acts and slips and
    those of the lead unit. `names` of counties are by code.
    """

    plan: Plan
    on: date
    county: str
    names: Mapping[str, str]
    lines: tuple[Line, ...]
    acts: tuple[Act, ...]
    slips: tuple[Slip, ...]

    def unit(self, county: str) -> str:
        """Return who is meant by the county of an act or a slip."""
        return self.names.get(county, county) if county else LEAD


def ledger_of(
    status: PlanStatus,
    *,
    acts: Iterable[Act],
    slips: Iterable[Slip],
    evidence: Mapping[str, int],
    linked: Mapping[str, int],
    names: Mapping[str, str],
    county: str = "",
) -> Ledger:
    """Return the ledger of a status; acts and slips are those as of the same day.

    `evidence` and `linked` count by commitment; `county` limits it to one.
    """
    shown = [
        one
        for one in status.progress
        if not county or county in one.commitment.counties
    ]
    ids = {one.commitment.id for one in shown}
    units = {"", county}
    theirs = [
        act
        for act in acts
        if act.commitment in ids and (not county or act.county in units)
    ]
    sent = [
        slip
        for slip in slips
        if slip.commitment in ids and (not county or slip.county in units)
    ]
    frame = Ledger(
        status.plan, status.on, county, names, (), tuple(theirs), tuple(sent)
    )
    lines = tuple(_line(one, frame, evidence, linked) for one in shown)
    return replace(frame, lines=lines)


def _line(
    progress: Progress,
    ledger: Ledger,
    evidence: Mapping[str, int],
    linked: Mapping[str, int],
) -> Line:
    commitment = progress.commitment
    shown = (ledger.county,) if ledger.county else commitment.counties
    acts = [act for act in ledger.acts if act.commitment == commitment.id]
    slips = [slip for slip in ledger.slips if slip.commitment == commitment.id]
    return Line(
        progress=progress,
        counties=_counties(commitment, ledger),
        signed=_signatures(acts, ledger, ("", *shown)),
        note=_latest_note(acts, ledger),
        slips="；".join(_slip_words(slip, ledger) for slip in slips),
        evidence=evidence.get(commitment.id, 0),
        linked=linked.get(commitment.id, 0),
        by_county=tuple(
            _county_line(progress, code, ledger, acts, slips) for code in shown
        ),
    )


def _counties(commitment: Commitment, ledger: Ledger) -> str:
    everywhere = {code for one in ledger.plan.commitments for code in one.counties}
    if len(everywhere) > 1 and everywhere == set(commitment.counties):
        return EVERY_COUNTY
    return "、".join(ledger.unit(code) for code in commitment.counties)


def _county_line(
    progress: Progress,
    code: str,
    ledger: Ledger,
    acts: Sequence[Act],
    slips: Sequence[Slip],
) -> CountyLine:
    commitment, counted = progress.commitment, progress.counted
    target = commitment.county_targets.get(code)
    actual = counted.by_county.get(code)
    own = [act for act in acts if act.county == code]
    return CountyLine(
        commitment=commitment,
        county=code,
        name=ledger.unit(code),
        counted=code in counted.by_county,
        target=target,
        actual=actual,
        rate=rate(actual, target),
        light=progress.county_lights.get(code),
        signed=_signature(own),
        note=_latest_note(own, ledger, named=False),
        slips="；".join(
            _slip_words(slip, ledger, named=False)
            for slip in slips
            if slip.county == code
        ),
    )


def _state(acts: Iterable[Act]) -> Act | None:
    """Return the last word on whether a unit took the commitment, None without one."""
    words = [act for act in acts if act.kind in (ActKind.SIGNED, ActKind.RETURNED)]
    return words[-1] if words else None


def _signature(acts: Iterable[Act]) -> str:
    last = _state(acts)
    if last is None:
        return "未签收"
    if last.kind is ActKind.RETURNED:
        return f"{last.acted_on} 退办：{last.text}"
    return f"{last.acted_on} 签收（{last.acted_by}）"


def _signatures(acts: Sequence[Act], ledger: Ledger, units: Sequence[str]) -> str:
    if len(units) == 1:
        return _signature(acts)
    signed, returned, waiting = 0, [], []
    for unit in units:
        last = _state(act for act in acts if act.county == unit)
        if last is None:
            waiting.append(ledger.unit(unit))
        elif last.kind is ActKind.SIGNED:
            signed += 1
        else:
            returned.append(f"{ledger.unit(unit)}（{last.text}）")
    if signed == len(units):
        return "全部签收"
    if len(waiting) == len(units):
        return "均未签收"
    parts = (("退办", returned), ("未签收", waiting))
    named = [f"{word}：{'、'.join(some)}" for word, some in parts if some]
    return "；".join([f"已签收 {signed}/{len(units)}", *named])


def _latest_note(acts: Iterable[Act], ledger: Ledger, *, named: bool = True) -> str:
    notes = [act for act in acts if act.kind is ActKind.PROGRESS]
    if not notes:
        return ""
    last = notes[-1]
    who = f" {ledger.unit(last.county)}" if named and last.county else ""
    return f"{last.acted_on}{who}：{last.text}"


def _slip_words(slip: Slip, ledger: Ledger, *, named: bool = True) -> str:
    who = f"（{ledger.unit(slip.county)}）" if named and slip.county else " "
    return f"{COLOUR_WORDS[slip.colour]} {slip.name}{who}{situation(slip, ledger.on)}"


def situation(slip: Slip, on: date) -> str:
    """Return how a slip stands on a day, in a word."""
    if slip.replied_on is not None:
        return "已回复" if slip.replied_on <= slip.reply_by_on else "逾期后回复"
    return "逾期未回复" if slip.is_overdue(on) else "待回复"
