"""The ledger (工作台账) of a plan on a day, as values: a line for each commitment.

Pure: the status, the acts, the slips and the counts go in. `LEDGER_COLUMNS` and the
other tuples are the contract with whoever reads the file by program.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Final

from patentwatch.plan.acts import COLOUR_WORDS, Act, ActKind, Slip
from patentwatch.plan.lights import Light
from patentwatch.plan.progress import PlanStatus, Progress
from patentwatch.plan.values import Commitment, CommitmentKind, Plan

Value = str | int | Decimal | date | None
"""A cell: text, a whole or exact number, a day, or nothing. A light is its word."""

# The contract: order and words stay as they are. What is added goes to the right end;
# nothing is renamed, removed or moved, because offices' own sheets refer to them.
LEDGER_COLUMNS: Final = (
    ("编号", "承诺的编号：条目号.序号，全年不变"),
    ("条目", "工作要点的条目"),
    ("承诺", "工作要点原文"),
    ("类型", "目标：到期须达到的数；节点：到期须办成的事；经常：持续开展的工作"),
    ("牵头单位", "牵头单位"),
    ("配合单位", "配合单位"),
    ("县区", "涉及的县区；“各县区”为计划涉及的全部县区，空白为全市"),
    ("期限", "现行期限（含延期）"),
    ("原期限", "延期前的期限；空白为没有延期。理由见“办理记录”"),
    ("目标", "到期须达到的数"),
    ("单位", "目标和实际的单位"),
    ("实际", "按记录和专利登记算出，不由人填；“未知”的原因见“说明”列"),
    ("完成率", "实际÷目标"),
    ("灯", "绿：按进度；黄：滞后；红：严重滞后或逾期"),
    ("签收", "牵头单位和各县区的签收、退办；3/9：九个单位中三个已签收"),
    ("最新进展", "最近一次登记的进展"),
    ("最近记录日", "计入的记录中最近的日期"),
    ("证据数", "本承诺及其关联记录的证据文件，内容相同的只算一件"),
    ("记录数", "算出“实际”所用的记录或专利"),
    ("督办单", "督办单编号和回复情况"),
    ("关联记录数", "由人关联到本承诺的记录"),
    ("说明", "“实际”未知的原因"),
)
COUNTY_COLUMNS: Final = (
    ("编号", "承诺的编号"),
    ("承诺", "工作要点原文"),
    ("县区代码", "县区的行政区划代码"),
    ("县区", "县区名称"),
    ("目标", "分解给本县区的数；空白为没有分解"),
    ("单位", "目标和实际的单位"),
    ("实际", "本县区的数，算法与全市相同"),
    ("完成率", "实际÷目标"),
    ("灯", "本县区的灯；空白为没有分解目标"),
    ("签收", "本县区的签收、退办"),
    ("最新进展", "本县区最近一次登记的进展"),
    ("督办单", "发给本县区的督办单和回复情况"),
)
SLIP_COLUMNS: Final = (
    ("督办单号", "年份-序号，每年从 1 起，不重复使用"),
    ("颜色", "蓝：首次；黄：蓝色逾期未回复；红：黄色之后"),
    ("编号", "所督办承诺的编号"),
    ("承诺", "工作要点原文"),
    ("发给", "县区，或牵头单位"),
    ("发出日", "发出日"),
    ("回复期限", "回复的最后一日（含）"),
    ("内容", "督办内容"),
    ("发出人", "发出人"),
    ("上一张", "由哪一张升级而来"),
    ("情况", "待回复、逾期未回复、已回复"),
    ("回复日", "回复日"),
    ("回复", "回复内容"),
    ("回复人", "回复人"),
)
ACT_COLUMNS: Final = (
    ("日期", "办理日"),
    ("编号", "承诺的编号"),
    ("办理单位", "县区，或牵头单位"),
    ("办理", "签收、退办、进展、延期"),
    ("内容", "进展，或退办、延期的理由"),
    ("新期限", "延期后的期限"),
    ("经办人", "经办人"),
    ("登记日", "登入系统的日期；晚于办理日的是补登"),
)

KIND_WORDS: Final = {
    CommitmentKind.TARGET: "目标",
    CommitmentKind.MILESTONE: "节点",
    CommitmentKind.ACTIVITY: "经常",
}
LIGHT_WORDS: Final = {Light.GREEN: "绿", Light.YELLOW: "黄", Light.RED: "红"}
ACT_WORDS: Final = {
    ActKind.SIGNED: "签收",
    ActKind.RETURNED: "退办",
    ActKind.PROGRESS: "进展",
    ActKind.EXTENDED: "延期",
}
LEAD: Final = "牵头单位"
EVERY_COUNTY: Final = "各县区"
UNKNOWN: Final = "未知"
_DONE = {True: "已完成", False: "未完成"}


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
        rate=actual / target if actual is not None and target else None,
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


def ledger_rows(ledger: Ledger) -> Iterator[tuple[Value, ...]]:
    """Yield the cells of `LEDGER_COLUMNS`, in the order of the plan's text."""
    for line in ledger.lines:
        one = line.progress
        promise, counted = one.commitment, one.counted
        moved = one.due_on != promise.due_on
        yield (
            promise.id,
            f"{one.item.number}. {one.item.title}",
            promise.text,
            KIND_WORDS[promise.kind],
            promise.lead,
            "、".join(promise.support),
            line.counties,
            one.due_on,
            promise.due_on if moved else None,
            one.target,
            promise.unit,
            _actual(promise, counted.actual),
            one.rate,
            LIGHT_WORDS[one.light],
            line.signed,
            line.note,
            counted.latest_on,
            line.evidence,
            counted.records,
            line.slips,
            line.linked,
            counted.unknown,
        )


def county_rows(ledger: Ledger) -> Iterator[tuple[Value, ...]]:
    """Yield the cells of `COUNTY_COLUMNS`: a row for each commitment of each county."""
    for line in ledger.lines:
        for one in line.by_county:
            promise = one.commitment
            yield (
                promise.id,
                promise.text,
                one.county,
                one.name,
                one.target,
                promise.unit,
                _actual(promise, one.actual) if one.counted else None,
                one.rate,
                LIGHT_WORDS[one.light] if one.light else None,
                one.signed,
                one.note,
                one.slips,
            )


def slip_rows(ledger: Ledger) -> Iterator[tuple[Value, ...]]:
    """Yield the cells of `SLIP_COLUMNS`, in the order of their numbers."""
    for slip in ledger.slips:
        promise = ledger.plan.commitment(slip.commitment)
        yield (
            slip.name,
            COLOUR_WORDS[slip.colour],
            slip.commitment,
            promise.text if promise else None,
            ledger.unit(slip.county),
            slip.issued_on,
            slip.reply_by_on,
            slip.text,
            slip.issued_by,
            slip.follows,
            situation(slip, ledger.on),
            slip.replied_on,
            slip.reply,
            slip.replied_by,
        )


def act_rows(
    ledger: Ledger, *, day: Callable[[datetime], date]
) -> Iterator[tuple[Value, ...]]:
    """Yield the cells of `ACT_COLUMNS`, oldest first; `day` is that of an instant."""
    for act in ledger.acts:
        yield (
            act.acted_on,
            act.commitment,
            ledger.unit(act.county),
            ACT_WORDS[act.kind],
            act.text,
            act.until_on,
            act.acted_by,
            day(act.recorded_at),
        )


def _actual(commitment: Commitment, actual: Decimal | None) -> Value:
    if actual is None:
        return UNKNOWN
    if commitment.kind is CommitmentKind.MILESTONE:
        return _DONE[bool(actual)]
    return actual
