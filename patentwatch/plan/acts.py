"""What people do about a commitment, and which of it the rules allow.

Pure: what was done goes in, a verdict comes out. Acts are only ever added; each has
the day on which it was done, so that any past day can be told again.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Final

from patentwatch.errors import UsageError
from patentwatch.plan.values import Commitment, Plan
from patentwatch.spelling import did_you_mean


class ActKind(StrEnum):
    """What was done: signed for, given back, a word of progress, a later due day."""

    SIGNED = "signed"
    RETURNED = "returned"
    PROGRESS = "progress"
    EXTENDED = "extended"


@dataclass(frozen=True, slots=True)
class Act:
    """One act about a commitment on a day.

    `county` "": of the lead unit. `until_on` is the new due day of an extension. `text`
    is the progress, or the reason. `recorded_at` is when it was written down, which may
    be later than the day on which it was done.
    """

    commitment: str
    kind: ActKind
    acted_on: date
    acted_by: str
    recorded_at: datetime
    county: str = ""
    text: str = ""
    until_on: date | None = None


class Colour(StrEnum):
    """How serious a supervision slip is: each may only follow the one before."""

    BLUE = "blue"
    YELLOW = "yellow"
    RED = "red"


COLOUR_WORDS: Final = {Colour.BLUE: "蓝", Colour.YELLOW: "黄", Colour.RED: "红"}
_MILDER: Final = {Colour.YELLOW: Colour.BLUE, Colour.RED: Colour.YELLOW}


@dataclass(frozen=True, slots=True)
class Slip:
    """One supervision slip as it was on a day.

    `county` "": to the lead unit. `reply_by_on` is the last day in time. `follows` is
    the milder slip before, by its name.
    """

    year: int
    number: int
    colour: Colour
    commitment: str
    county: str
    issued_on: date
    reply_by_on: date
    text: str
    issued_by: str
    follows: str = ""
    replied_on: date | None = None
    reply: str = ""
    replied_by: str = ""

    @property
    def name(self) -> str:
        """Return the year and number, as people name it: 2023-7."""
        return f"{self.year}-{self.number}"

    def is_overdue(self, on: date) -> bool:
        """Whether nobody replied and the last day for it is over."""
        return self.replied_on is None and on > self.reply_by_on


def commitment_of(plan: Plan, id_: str) -> Commitment:
    """Return a promise of the plan; raises `UsageError` with the nearest, if any."""
    found = plan.commitment(id_)
    if found is None:
        meant = did_you_mean(id_, [one.id for one in plan.commitments])
        raise UsageError(
            f"计划 {plan.name} 没有承诺“{id_}”{meant}；"
            "patentwatch plan status 可查全部编号",
            code="commitment_unknown",
        )
    return found


def check_county(commitment: Commitment, county: str) -> None:
    """Raise `UsageError` unless the promise is that county's too; "" is the lead."""
    if not county or county in commitment.counties:
        return
    if not commitment.counties:
        raise UsageError(
            f"承诺 {commitment.id} 没有分解到县区，由牵头单位办理；请去掉 --county",
            code="county_unknown",
        )
    raise UsageError(
        f"承诺 {commitment.id} 不涉及县区“{county}”"
        f"{did_you_mean(county, commitment.counties)}；"
        f"涉及的有：{'、'.join(commitment.counties)}",
        code="county_unknown",
    )


def due_in_force(commitment: Commitment, extensions: Mapping[str, date]) -> date:
    """Return the due day with its extension; a later wording of the plan may be later.

    `extensions` has the newest day of each commitment, as of the day asked about.
    """
    return max(commitment.due_on, extensions.get(commitment.id, commitment.due_on))


def check_extension(
    commitment: Commitment, acts: Iterable[Act], *, until_on: date, on: date
) -> None:
    """Raise `UsageError` unless the due day may be moved to `until_on` on a day.

    `acts` are all there are, of later days too: the past is not extended over.
    """
    granted = [
        act
        for act in acts
        if act.kind is ActKind.EXTENDED and act.commitment == commitment.id
    ]
    later = next((act for act in granted if act.acted_on > on), None)
    if later is not None:
        raise UsageError(
            f"承诺 {commitment.id} 已于 {later.acted_on} 延期，"
            f"不能再补登 {on} 的延期；请核对 --on"
        )
    days = [act.until_on for act in granted if act.until_on is not None]
    due_on = max([commitment.due_on, *days])
    if on > due_on:
        raise UsageError(
            f"承诺 {commitment.id} 的期限 {due_on} 已过，不能再申请延期；"
            "延期须在期限当日或之前提出。请登记进展（plan note）说明原因",
            code="extension_late",
        )
    if until_on <= due_on:
        raise UsageError(
            f"新期限 {until_on} 须晚于现行期限 {due_on}（承诺 {commitment.id}）"
        )


def followed(
    slips: Sequence[Slip],
    colour: Colour,
    *,
    commitment: str,
    county: str,
    on: date,
    follows: str = "",
) -> Slip | None:
    """Return the slip that a new one follows; None for a blue one.

    `slips` are all of the plan. A yellow or red one follows the milder one to the same
    unit that nobody answered in time, or the one that `follows` names, whose answer was
    not enough. Raises `UsageError` where there is none.
    """
    if colour is Colour.BLUE:
        if follows:
            raise UsageError("蓝色督办单是第一张，不接在别的之后；请去掉 --follows")
        return None
    milder = COLOUR_WORDS[_MILDER[colour]]
    taken = {slip.follows for slip in slips}
    before = [
        slip
        for slip in slips
        if slip.colour is _MILDER[colour]
        and (slip.commitment, slip.county) == (commitment, county)
        and slip.name not in taken
        and slip.issued_on <= on
    ]
    named = [slip for slip in before if slip.name == follows]
    if follows and not named:
        raise UsageError(
            f"{follows} 不是就同一承诺、发给同一单位且尚未升级的{milder}色督办单；"
            "patentwatch plan slip list 可查编号"
        )
    overdue = named or [slip for slip in before if slip.is_overdue(on)]
    if not overdue:
        raise UsageError(_too_soon(colour, before))
    return overdue[0]


def _too_soon(colour: Colour, before: Sequence[Slip]) -> str:
    word, milder = COLOUR_WORDS[colour], COLOUR_WORDS[_MILDER[colour]]
    if not before:
        return f"还没有{milder}色督办单，不能发{word}色；请先发{milder}色"
    slip = before[-1]
    stands = (
        f"已于 {slip.replied_on} 回复"
        if slip.replied_on
        else f"回复期限 {slip.reply_by_on} 未过"
    )
    return (
        f"{milder}色督办单 {slip.name} {stands}，不能发{word}色；"
        f"确须升级的，请用 --follows {slip.name} 指明"
    )
