"""The words of a bulletin: numbers, days and lights in Chinese, for page and paper."""

from datetime import date
from decimal import ROUND_DOWN, Decimal
from typing import Final

from patentwatch import clean, phrases
from patentwatch.plan.bulletinvalues import Bulletin, Line
from patentwatch.plan.lights import LIGHT_WORDS, Light
from patentwatch.plan.quantities import cut, plain, readable
from patentwatch.plan.ranking import Tally
from patentwatch.plan.values import CommitmentKind

NOTHING: Final = "—"
UNKNOWN: Final = "未知"
DRAFT: Final = "草稿"

_MARKS: Final = {Light.GREEN: "●", Light.YELLOW: "▲", Light.RED: "■"}
"""Shapes, so that a black print and a colour-blind reader tell the lights apart."""

_LONGEST = 2000
_NOT_XML = str.maketrans("", "", "\ufffe\uffff")
"""What no XML file may hold, beyond what is never shown."""


def text(foreign: str, *, limit: int = _LONGEST) -> str:
    """Return what somebody wrote as one visible line; a dash for nothing."""
    return clean.line(foreign.translate(_NOT_XML), limit=limit) or NOTHING


def light(one: Light) -> str:
    """Return a light as a shape and a word: ▲黄."""
    return f"{_MARKS[one]}{LIGHT_WORDS[one]}"


def lights(tally: Tally) -> str:
    """Return the lights counted: 绿5 黄2 红1."""
    return f"绿{tally.green} 黄{tally.yellow} 红{tally.red}"


def month(month_on: date) -> str:
    """Return a month: 2023年6月."""
    return f"{month_on.year}年{month_on.month}月"


def day(on: date) -> str:
    """Return a day: 2023年6月30日."""
    return phrases.day(on)


def rate(share: Decimal | None) -> str:
    """Return how much of the target is reached, cut to one decimal: 83.3%."""
    if share is None:
        return NOTHING
    percent = (share * 100).quantize(Decimal("0.1"), rounding=ROUND_DOWN)
    return f"{plain(percent)}%"


def promise(line: Line) -> str:
    """Return a commitment in its words, and why its actual is not known."""
    why = text_or_nothing(line.unknown)
    return f"{text(line.text)}（{UNKNOWN}原因：{why}）" if why else text(line.text)


def target(line: Line, *, year: int) -> str:
    """Return what was promised: 超过2亿元, 4月30日前完成, 持续开展.

    A day of the plan's own `year` is written without it.
    """
    if line.kind is CommitmentKind.ACTIVITY:
        return "持续开展"
    if line.kind is CommitmentKind.MILESTONE:
        due_on = line.due_on
        of_year = "" if due_on.year == year else f"{due_on.year}年"
        return f"{of_year}{due_on.month}月{due_on.day}日前完成"
    if line.target is None:
        return UNKNOWN
    less = "少于" if line.more_than else "不超过"
    more = "超过" if line.more_than else ""
    number = readable(line.target, text_or_nothing(line.unit))
    return f"{less if line.at_most else more}{number}"


def text_or_nothing(foreign: str) -> str:
    """Return what somebody wrote as one visible line, "" for nothing."""
    return clean.line(foreign.translate(_NOT_XML), limit=_LONGEST)


def actual(line: Line) -> str:
    """Return what was counted."""
    if line.actual is None:
        return UNKNOWN
    if line.kind is CommitmentKind.MILESTONE:
        return "已完成" if line.actual else "未完成"
    unit = text_or_nothing(line.unit)
    if line.kind is CommitmentKind.ACTIVITY:
        unit = unit or "条记录"
    return readable(line.actual, unit)


def change(value: Decimal | None, before: Decimal | None) -> str:
    """Return how a figure differs from the month before: +3, -1, 持平."""
    if value is None or before is None:
        return NOTHING
    if value == before:
        return "持平"
    return f"{'+' if value > before else '-'}{cut(abs(value - before))}"


def office(found: Bulletin) -> str:
    """Return who speaks."""
    return text(found.office)


def issue(found: Bulletin) -> str:
    """Return which bulletin of the year it is: 2023年第6期."""
    return f"{found.year}年第{found.number}期"


def title(found: Bulletin) -> str:
    """Return what the bulletin is called."""
    of = f"《{text(found.title)}》"
    draft = f"（{DRAFT}）" if found.draft else ""
    return f"关于{month(found.month_on)}{of}落实情况的通报{draft}"


def short_title(found: Bulletin) -> str:
    """Return it for a screen and the properties of a file."""
    draft = f"（{DRAFT}）" if found.draft else ""
    return f"{text(found.title)}{month(found.month_on)}通报{draft}"


def draft(found: Bulletin) -> str:
    """Return what is said above a draft."""
    until = f"数据截至{day(found.as_of_on)}"
    return f"{DRAFT}：本月尚未结束，{until}，不作为正式通报"


def basis(found: Bulletin) -> str:
    """Return what the figures rest on, and who made the bulletin."""
    by = text_or_nothing(found.made_by)
    counted = "完成情况由系统按登记的记录和专利清单计算"
    made = f"制作：{by}。" if by else ""
    return f"{counted}，截至{day(found.as_of_on)}。{made}"
