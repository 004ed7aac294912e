"""The words that mail and workbook share: numbers, days and states in Chinese."""

from datetime import date
from decimal import Decimal

from patentwatch import clean, phrases
from patentwatch.calls import TASK_WORDS
from patentwatch.digests.values import (
    AtRisk,
    Call,
    Digest,
    Ended,
    Ending,
    Kind,
    Measure,
    Phone,
    Subject,
    Window,
)
from patentwatch.model import Evidence, Reason, Tier
from patentwatch.plan.lights import LIGHT_WORDS
from patentwatch.status.events import EventSource
from patentwatch.why import REASON_WORDS, TIER_WORDS

UNLOOKED = "过期未核查"
NEVER_TOLD = "此前没有提醒"
AT_ONCE = "尽快"
COUNTY_UNKNOWN = "县区不详"

_KINDS = {Kind.WEEK: "周报", Kind.MONTH: "月报"}
_EVIDENCE = {
    Evidence.BEFORE_DUE: "未到期",
    Evidence.CONFIRMED: "已确认欠费",
    Evidence.PRESUMED: "待核实",
}
_ENDINGS = {
    Ending.LAPSED: "未缴年费失效",
    Ending.EXPIRED: "期限届满",
    Ending.OTHERWISE: "其他原因失效",
    Ending.RESTORED: "恢复",
}
MEASURES = {
    Measure.VALID: ("有效发明专利", "件"),
    Measure.PER_10K: ("每万人有效发明专利", "件"),
    Measure.HIGH_VALUE: ("已知高价值发明专利", "件"),
    Measure.HIGH_VALUE_PER_10K: ("每万人高价值发明专利", "件"),
    Measure.COVERAGE: ("到期专利提醒送达率", "%"),
    Measure.CONTACTABLE: ("专利权人可联系率", "%"),
}
LIGHTS = {light: f"{word}灯" for light, word in LIGHT_WORDS.items()}
_SOURCES = {
    EventSource.PRS: "国家知识产权局法律状态数据",
    EventSource.NOTICES: "法律状态公告清单",
    EventSource.CASE_STATUS: "案件状态清单",
    EventSource.OPS: "欧洲专利局法律状态服务",
}
"""By the names under which the sources are kept."""


def title(digest: Digest) -> str:
    """Return what the digest is called: 华龙区专利年费周报."""
    return f"{clean.name(digest.name)}专利年费{_KINDS[digest.window.kind]}"


def period(window: Window) -> str:
    """Return a window in words: 2026年11月16日至22日."""
    first, last = window.start_on, window.end_on
    if window.kind is Kind.MONTH:
        return f"{first.year}年{first.month}月"
    if first.year != last.year:
        return f"{phrases.day(first)}至{phrases.day(last)}"
    if first.month != last.month:
        return f"{phrases.day(first)}至{last.month}月{last.day}日"
    return f"{phrases.day(first)}至{last.day}日"


def tier(one: Tier | None) -> str:
    """Return the name of a tier; None: past the day and not looked up."""
    return UNLOOKED if one is None else TIER_WORDS[one.value]


def evidence(risk: AtRisk) -> str:
    """Return how sure it is that a fee is unpaid."""
    return _EVIDENCE[risk.evidence]


def verb(call: Call) -> str:
    """Return what the caller is to do: look up, tell, or find somebody."""
    return TASK_WORDS[call.task]


def name(patent: Subject) -> str:
    """Return the title of a patent, its number where it has none."""
    return clean.name(patent.title) or phrases.number(patent.application_no)


def owner(patent: Subject) -> str:
    """Return whose patent it is."""
    return clean.name(patent.patentees) or "专利权人不详"


def reason(one: Reason) -> str:
    """Return why nobody is told."""
    return REASON_WORDS[one]


def told(risk: AtRisk | Ended) -> str:
    """Return what was said of a fee last, "" where nothing was."""
    if risk.told is None or risk.told_on is None:
        return ""
    return f"{tier(risk.told)}（{phrases.day(risk.told_on)}）"


def money(yuan: int) -> str:
    """Return an amount with its thousands apart."""
    return f"{yuan:,}元"


def phone(one: Phone) -> str:
    """Return a number with whose it is."""
    whose = clean.name(one.name)
    return f"{one.number}（{whose}）" if whose else one.number


def ending(one: Ended) -> str:
    """Return how a right ended, or that it was restored."""
    return _ENDINGS[one.how]


def source(word: str) -> str:
    """Return the name of a source of legal status."""
    return next((n for s, n in _SOURCES.items() if s.value == word), word)


def age(then: date, on: date) -> str:
    """Return a day and how long ago it was."""
    days = (on - then).days
    return f"{phrases.day(then)}（{days}天前）" if days > 0 else phrases.day(then)


def figure(value: Decimal | None) -> str:
    """Return a figure of an indicator, without its unit."""
    return "不详" if value is None else f"{value:,}"


def trend(value: Decimal | None, before: Decimal | None) -> str:
    """Return how a figure has changed; of shares these are percentage points."""
    if value is None or before is None:
        return "–"
    if value == before:
        return "持平"
    return f"{'▲' if value > before else '▼'}{abs(value - before):,}"
