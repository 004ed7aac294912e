"""A small plan made by hand and its status on a day, for the tests of the bulletin."""

from collections.abc import Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from patentwatch.plan.acts import Act, ActKind, Colour, Slip
from patentwatch.plan.bulletin import Material
from patentwatch.plan.lights import Light
from patentwatch.plan.progress import PlanStatus, Progress
from patentwatch.plan.sealing import Month, SealedLight
from patentwatch.plan.values import (
    Commitment,
    CommitmentKind,
    Counted,
    Item,
    Measure,
    MeasureType,
    Plan,
)

HUALONG, QINGFENG, NANLE, FANXIAN = "410902", "410922", "410923", "410926"
NAMES = {HUALONG: "华龙区", QINGFENG: "清丰县", NANLE: "南乐县", FANXIAN: "范县"}
GREEN, YELLOW, RED = Light.GREEN, Light.YELLOW, Light.RED
YEAR_END = date(2023, 12, 31)
JUNE, JUNE_END = date(2023, 6, 1), date(2023, 6, 30)
HOSTILE = "<script>alert(1)</script>"


def commitment(id_: str, text: str, kind: str = "target", **more: Any) -> Commitment:
    """Return a promise; only what is said differs from a plain one."""
    values: dict[str, Any] = {
        "due_on": YEAR_END,
        "measure": Measure(MeasureType.COUNT),
        "lead": "知识产权促进科",
    }
    return Commitment(id_, text, CommitmentKind(kind), **values | more)


RIGHTS = commitment(
    "3.3",
    "万人发明专利拥有量达到3件",
    measure=Measure(MeasureType.REGISTER, register="valid_per_10k"),
    target=Decimal(3),
    unit="件",
    level=True,
)
OVERSEAS = commitment(
    "3.6", "海外专利、商标申请量达到10件", target=Decimal(10), unit="件"
)
LOANS = commitment(
    "9.1",
    "年内全市知识产权质押融资贷款额突破2亿元",
    target=Decimal(200_000_000),
    unit="元",
    more_than=True,
    counties=(HUALONG, QINGFENG, NANLE),
    county_targets={HUALONG: Decimal(80_000_000), QINGFENG: Decimal(20_000_000)},
)
PLATFORM = commitment(
    "15.1",
    "确保4月份正式上线运行",
    "milestone",
    due_on=date(2023, 4, 30),
    lead="信息科",
)
DATABASE = commitment(
    "17.3", "协作建立产业专利数据库", "milestone", due_on=date(2023, 6, 30), lead=""
)
TRAINING = commitment(
    "17.4", "开展精准培训", "activity", counties=(HUALONG, QINGFENG, NANLE, FANXIAN)
)

SECTIONS = (
    "以落实规划为统领，全面推进知识产权强市建设",
    "打造产业竞争优势，更高效率促进运用转化",
    "构建高效服务体系，更高品质保障服务供给",
)
ITEMS = (
    Item(3, "设立濮阳市专利奖", 1, (RIGHTS, OVERSEAS)),
    Item(9, "支持知识产权金融创新", 2, (LOANS,)),
    Item(15, "正式上线运行信息服务平台", 3, (PLATFORM,)),
    Item(17, "提升工作站服务效能", 3, (DATABASE, TRAINING)),
)
PLAN = Plan(
    name="puyang-2023",
    title="2023年濮阳市知识产权工作要点",
    document_no="濮知〔2023〕1号",
    year=2023,
    starts_on=date(2023, 1, 1),
    ends_on=YEAR_END,
    in_force_on=date(2023, 1, 1),
    sections=SECTIONS,
    items=ITEMS,
)


def progress(
    promise: Commitment,
    actual: str | None,
    light: Light,
    *,
    counties: Mapping[str, Light] | None = None,
    rate: str | None = None,
    plan: Plan = PLAN,
    **more: Any,
) -> Progress:
    """Return how far a promise is; numbers as text."""
    counted: dict[str, Any] = {"records": 0} | more.pop("counted", {})
    values: dict[str, Any] = {
        "item": next(one for one in plan.items if promise in one.commitments),
        "due_on": promise.due_on,
        "target": promise.target,
    }
    return Progress(
        commitment=promise,
        counted=Counted(None if actual is None else Decimal(actual), **counted),
        rate=None if rate is None else Decimal(rate),
        light=light,
        county_lights=counties or {},
        **values | more,
    )


def june(**more: Any) -> PlanStatus:
    """Return the status at the end of June: two green, two yellow, two red.

    华龙区 has a green and a yellow light, 清丰县 a red and a green one, 南乐县 a yellow
    one; 范县 has none.
    """
    found = (
        progress(
            RIGHTS, None, YELLOW, counted={"unknown": "没有常住人口数，请在配置中填写"}
        ),
        progress(OVERSEAS, "2", RED, rate="0.2"),
        progress(
            LOANS,
            "119999999.99",
            GREEN,
            rate="0.59999999995",
            counties={HUALONG: GREEN, QINGFENG: RED},
            counted={"by_county": {HUALONG: Decimal(91_000_000), QINGFENG: Decimal(0)}},
        ),
        progress(PLATFORM, "0", RED),
        progress(DATABASE, "0", YELLOW, due_on=date(2023, 7, 15)),
        progress(
            TRAINING,
            "12",
            GREEN,
            counties={HUALONG: YELLOW, QINGFENG: GREEN, NANLE: YELLOW},
        ),
    )
    values: dict[str, Any] = {"plan": PLAN, "on": JUNE_END, "progress": found}
    return PlanStatus(**values | more)


def month(month_on: date, *, sealed: bool = True, **lights: Light) -> Month:
    """Return a month with the lights of the promises in order, each with its letter.

    r: 3.3, o: 3.6, l: 9.1, p: 15.1, d: 17.3, t: 17.4
    """
    ids = {"r": "3.3", "o": "3.6", "l": "9.1", "p": "15.1", "d": "17.3", "t": "17.4"}
    return Month(
        month_on,
        tuple(SealedLight(ids[k], "", v, None, None) for k, v in lights.items()),
        sealed=sealed,
    )


APRIL = month(date(2023, 4, 1), r=YELLOW, o=GREEN, l=RED, p=YELLOW, d=GREEN, t=GREEN)
MAY = month(date(2023, 5, 1), r=YELLOW, o=YELLOW, l=RED, p=RED, d=GREEN, t=GREEN)


def slip(number: int, **more: Any) -> Slip:
    """Return a blue slip about the platform that was to be answered by 20 June."""
    values: dict[str, Any] = {
        "year": 2023,
        "number": number,
        "colour": Colour.BLUE,
        "commitment": "15.1",
        "county": "",
        "issued_on": date(2023, 6, 5),
        "reply_by_on": date(2023, 6, 20),
        "text": "平台应于4月上线，请说明",
        "issued_by": "李",
    }
    return Slip(**values | more)


def extended(acted_on: date, until_on: date, **more: Any) -> Act:
    """Return an extension of the training database."""
    values: dict[str, Any] = {
        "commitment": "17.3",
        "kind": ActKind.EXTENDED,
        "acted_on": acted_on,
        "acted_by": "王",
        "recorded_at": datetime(2023, 6, 1, tzinfo=UTC),
        "text": "数据商更换",
        "until_on": until_on,
    }
    return Act(**values | more)


def material(status: PlanStatus | None = None, **more: Any) -> Material:
    """Return what the bulletin of June is made of."""
    values: dict[str, Any] = {
        "office": "濮阳市知识产权局",
        "before": (APRIL, MAY),
        "names": NAMES,
        "records": {HUALONG: 7, QINGFENG: 3, NANLE: 3},
        "slips": (slip(1), slip(2, county=QINGFENG, colour=Colour.YELLOW)),
        "acts": (extended(date(2023, 6, 8), date(2023, 7, 15)),),
    }
    return Material(status=status or june(), **values | more)
