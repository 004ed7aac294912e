"""An imagined week of two counties: 16 to 22 November 2026, told of on the 23rd.

In 华龙区 (410902) six fees are at risk, in 南乐县 (410923) one; one patent is of no
county. Of the four payments of the week three came after a message.
"""

from datetime import date
from decimal import Decimal
from typing import Any

from patentwatch.calls import TaskKind
from patentwatch.digests.making import Material
from patentwatch.digests.values import (
    AtRisk,
    Call,
    Doubt,
    Ended,
    Ending,
    Happened,
    Indicator,
    Kind,
    Measure,
    OpenSlip,
    Paid,
    Phone,
    PlanPart,
    Promise,
    SourceAge,
    Subject,
    Trouble,
    Window,
)
from patentwatch.model import Channel, Evidence, Reason, State, Tier
from tests.make_situations import day

HERE, THERE = "410902", "410923"
MONDAY = day("2026-11-23")
WEEK = Window(Kind.WEEK, day("2026-11-16"), day("2026-11-22"))
MONTH = Window(Kind.MONTH, day("2026-10-01"), day("2026-10-31"))


def patent(serial: int, county: str | None = HERE, **more: Any) -> Subject:
    """Return a patent of a county; its name and owner bear its number."""
    facts: dict[str, Any] = {
        "application_no": f"20151000{serial:04d}.{serial % 10}",
        "title": f"一种第{serial}号石油钻采设备用密封装置",
        "patentees": f"濮阳市第{serial}机械有限公司",
        "county": county,
    }
    return Subject(**(facts | more))


def risk(serial: int, tier: Tier, county: str | None = HERE, **more: Any) -> AtRisk:
    """Return a fee that is known to be unpaid, its owner told on 10 November."""
    facts: dict[str, Any] = {
        "patent": patent(serial, county),
        "fee_year": 12,
        "tier": tier,
        "evidence": Evidence.CONFIRMED,
        "act_by_on": day("2026-12-01"),
        "amount_yuan": 4500,
        "told": tier,
        "told_on": day("2026-11-10"),
    }
    return AtRisk(**(facts | more))


PLEDGED = risk(
    1,
    Tier.SURCHARGE_2,
    act_by_on=day("2026-12-11"),
    amount_yuan=4400,
    ties=("质押 中原银行濮阳分行",),
    high_value=("维持年限超过10年", "实现质押融资"),
)
LAST_WEEK = risk(2, Tier.LAST_WEEK, act_by_on=day("2026-11-27"), amount_yuan=5000)
VERIFY = risk(
    3,
    Tier.FINAL,
    evidence=Evidence.PRESUMED,
    act_by_on=day("2026-12-10"),
    amount_yuan=5000,
)
LAPSED = risk(
    4,
    Tier.LAPSED,
    act_by_on=None,
    amount_yuan=None,
    told=Tier.LAST_WEEK,
    told_on=day("2026-10-29"),
)
UNHEARD = risk(
    5,
    Tier.URGENT,
    evidence=Evidence.BEFORE_DUE,
    act_by_on=day("2026-11-30"),
    amount_yuan=600,
    told=None,
    told_on=None,
    untold=Reason.NO_CONTACT,
)
EARLY = risk(
    6,
    Tier.REMINDER,
    evidence=Evidence.BEFORE_DUE,
    act_by_on=day("2026-12-18"),
    amount_yuan=1200,
)
ELSEWHERE = risk(7, Tier.FINAL, THERE, act_by_on=day("2026-12-04"))
NOWHERE = risk(8, Tier.OVERDUE, None, act_by_on=day("2026-12-09"), amount_yuan=1200)
EARLY_UNHEARD = risk(
    9,
    Tier.NOTICE,
    evidence=Evidence.BEFORE_DUE,
    act_by_on=day("2027-02-09"),
    untold=Reason.BAD_CONTACT,
)
RISKS = (
    PLEDGED, LAST_WEEK, VERIFY, LAPSED, UNHEARD, EARLY, ELSEWHERE, NOWHERE,
    EARLY_UNHEARD,
)  # fmt: skip


def call(one: AtRisk, since: str, *phones: Phone, overdue: bool = False) -> Call:
    """Return a task that has waited since a day."""
    kind = TaskKind.CALL if phones else TaskKind.CONTACT
    if one.evidence is Evidence.PRESUMED:
        kind = TaskKind.VERIFY
    since_on = day(since)
    return Call(risk=one, task=kind, since_on=since_on, overdue=overdue, phones=phones)


CALLS = (
    call(LAST_WEEK, "2026-11-20", Phone("张三", "13800000001"), overdue=True),
    call(
        VERIFY,
        "2026-11-12",
        Phone("李四", "13900000002"),
        Phone("", "03931234567"),
        overdue=True,
    ),
    call(LAPSED, "2026-11-17"),
    call(PLEDGED, "2026-11-16", Phone("王五", "13700000003")),
    call(ELSEWHERE, "2026-11-15", Phone("赵六", "13600000004"), overdue=True),
    call(NOWHERE, "2026-11-22", Phone("孙七", "13500000005")),
)


def paid(serial: int, on: str, tier: Tier | None = None, **more: Any) -> Paid:
    """Return a fee paid on a day; what was said before, was said a week before."""
    facts: dict[str, Any] = {
        "patent": patent(serial),
        "fee_year": 11,
        "paid_on": day(on),
        "tier": tier,
        "days": 7 if tier else None,
    }
    return Paid(**(facts | more))


PAID = (
    paid(11, "2026-11-17", Tier.REMINDER),
    paid(12, "2026-11-18", Tier.REMINDER, days=12),
    paid(13, "2026-11-22", Tier.FINAL, days=3),
    paid(14, "2026-11-16"),
    paid(15, "2026-03-02"),
    paid(16, "2026-11-15", Tier.URGENT),
    paid(17, "2026-11-19", patent=patent(17, THERE)),
)


def figures(*values: tuple[Measure, str | None, str | None]) -> tuple[Indicator, ...]:
    """Return indicators out of their figures as text."""
    return tuple(
        Indicator(
            measure,
            None if now is None else Decimal(now),
            None if before is None else Decimal(before),
        )
        for measure, now, before in values
    )


INDICATORS = {
    HERE: figures(
        (Measure.VALID, "1204", "1201"),
        (Measure.PER_10K, "12.31", "12.28"),
        (Measure.HIGH_VALUE, "311", "311"),
        (Measure.HIGH_VALUE_PER_10K, "3.18", "3.18"),
        (Measure.COVERAGE, "93.8", "95.0"),
        (Measure.CONTACTABLE, "81.4", None),
    ),
    THERE: figures((Measure.VALID, "96", "97"), (Measure.PER_10K, None, None)),
    None: figures((Measure.VALID, "1", "1")),
    "": figures(
        (Measure.VALID, "1301", "1299"),
        (Measure.PER_10K, "3.45", "3.44"),
        (Measure.HIGH_VALUE, "330", "331"),
        (Measure.COVERAGE, "93.1", "94.2"),
    ),
}


def material(**changes: Any) -> Material:
    """Return what is known of the week on the Monday after it."""
    facts: dict[str, Any] = {
        "on": MONDAY,
        "window": WEEK,
        "office_name": "濮阳市知识产权局",
        "office_phone": "0393-1234567",
        "observing": False,
        "names": {HERE: "华龙区", THERE: "南乐县", None: "县区不详"},
        "risks": RISKS,
        "early": {HERE: 31, THERE: 4},
        "unlooked": {HERE: 118, None: 1},
        "calls": CALLS,
        "paid": PAID,
        "ended": (
            Ended(
                patent=patent(21),
                how=Ending.LAPSED,
                happened_on=day("2026-11-18"),
                told=Tier.RESTORE,
                told_on=day("2026-06-01"),
            ),
            Ended(
                patent=patent(22), how=Ending.RESTORED, happened_on=day("2026-11-17")
            ),
            Ended(
                patent=patent(23, THERE),
                how=Ending.EXPIRED,
                happened_on=day("2026-11-16"),
            ),
        ),
        "doubts": (
            Doubt(
                patent=patent(31),
                since_on=day("2026-11-05"),
                text="自 2026-11-05 的清单起不再出现，没有终止公告",
                holds=False,
            ),
            Doubt(
                patent=patent(32),
                since_on=day("2026-11-09"),
                text="第12年：缴费金额等于减缴85%的年费，但未登记费减，请核实。",
                holds=True,
            ),
        ),
        "troubles": (
            Trouble(
                patent=patent(41),
                fee_year=12,
                tier=Tier.FINAL,
                channel=Channel.SMS,
                state=State.UNKNOWN,
                decided_on=day("2026-11-19"),
            ),
        ),
        "happened": (
            Happened(
                patent=patent(51),
                happened_on=day("2026-11-13"),
                text="专利权已转让",
            ),
        ),
        "indicators": INDICATORS,
        "listed": {HERE: day("2026-11-05"), THERE: day("2026-10-02")},
        "sources": (
            SourceAge(name="ops", answered_on=day("2026-11-22"), stale=False),
            SourceAge(name="prs", answered_on=day("2026-10-01"), stale=True),
        ),
        "officials": {HERE: 1},
        "undecided": {},
    }
    return Material(**(facts | changes))


QUIET: dict[str, Any] = {
    "risks": (),
    "calls": (),
    "paid": (),
    "ended": (),
    "doubts": (),
    "troubles": (),
    "happened": (),
    "early": {},
    "unlooked": {},
}
"""What is to be changed of the material for a week in which nothing was."""


def until(on: date) -> dict[str | None, date]:
    """Return the newest lists of both counties, of one day."""
    return {HERE: on, THERE: on}


PLAN = PlanPart(
    title="2026年濮阳市知识产权工作要点",
    green=5,
    yellow=1,
    red=2,
    promises=(
        Promise(
            number="9.7",
            kind="target",
            text="年内全市知识产权质押融资贷款额突破2亿元",
            light="red",
            before="yellow",
            due_on=day("2026-12-31"),
            actual=Decimal("95000000"),
            target=Decimal("200000000"),
            unit="元",
        ),
        Promise(
            number="19.5",
            kind="activity",
            text="办好濮阳知识产权网",
            light="red",
            before=None,
            due_on=day("2026-12-31"),
            actual=Decimal(0),
            target=None,
            unit="",
        ),
        Promise(
            number="15.2",
            kind="milestone",
            text="确保平台正式上线运行",
            light="yellow",
            before=None,
            due_on=day("2026-12-05"),
            actual=Decimal(0),
            target=None,
            unit="",
            due_soon=True,
        ),
    ),
    slips=(
        OpenSlip(
            name="2026-3",
            colour="黄",
            number="9.7",
            county="华龙区",
            text="质押融资进度落后，请说明原因和措施",
            reply_by_on=day("2026-11-20"),
            overdue=True,
        ),
        OpenSlip(
            name="2026-4",
            colour="蓝",
            number="19.5",
            county="",
            text="请更新网站专栏",
            reply_by_on=day("2026-11-30"),
            overdue=False,
        ),
    ),
    lacking=46,
)
