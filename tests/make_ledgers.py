"""A small plan by hand, with its status on a day: values for tests of the ledger."""

from datetime import UTC, date, datetime
from decimal import Decimal

from patentwatch.plan.acts import Act, ActKind
from patentwatch.plan.lights import Light
from patentwatch.plan.progress import PlanStatus, Progress
from patentwatch.plan.values import (
    Commitment,
    CommitmentKind,
    Counted,
    Item,
    Measure,
    MeasureType,
    Plan,
)

YEAR_END = date(2023, 12, 31)
ON = date(2023, 6, 30)
NOW = datetime(2023, 6, 30, 1, tzinfo=UTC)
HUALONG, QINGFENG, NANLE = "410902", "410922", "410923"
NAMES = {HUALONG: "华龙区", QINGFENG: "清丰县", NANLE: "南乐县"}

SCHOOLS = Commitment(
    id="19.3",
    text="新增市级示范（试点）校 10 所",
    kind=CommitmentKind.TARGET,
    due_on=YEAR_END,
    measure=Measure(MeasureType.COUNT),
    lead="市知识产权局",
    support=("市教育局",),
    counties=(HUALONG, QINGFENG, NANLE),
    target=Decimal(10),
    unit="所",
    county_targets={HUALONG: Decimal(4), QINGFENG: Decimal(3)},
)
PLATFORM = Commitment(
    id="15.1",
    text="确保4月份正式上线运行",
    kind=CommitmentKind.MILESTONE,
    due_on=date(2023, 4, 30),
    measure=Measure(MeasureType.LINKED),
    lead="市知识产权局",
)
INVENTIONS = Commitment(
    id="3.4",
    text="万人发明专利拥有量达到3件",
    kind=CommitmentKind.TARGET,
    due_on=YEAR_END,
    measure=Measure(MeasureType.REGISTER),
    lead="市知识产权局",
    target=Decimal(3),
    unit="件",
    level=True,
)
LOANS = Commitment(
    id="9.3",
    text="年内全市知识产权质押融资贷款额突破2亿元",
    kind=CommitmentKind.TARGET,
    due_on=YEAR_END,
    measure=Measure(MeasureType.SUM),
    lead="市知识产权局",
    support=("市财政局", "市金融工作局"),
    counties=(HUALONG, QINGFENG),
    target=Decimal(200_000_000),
    unit="元",
    more_than=True,
)
TRAINING = Commitment(
    id="19.5",
    text="多层次开展知识产权业务能力培训",
    kind=CommitmentKind.ACTIVITY,
    due_on=YEAR_END,
    measure=Measure(MeasureType.COUNT),
    lead="市知识产权局",
    counties=(NANLE,),
)
ITEMS = (
    Item(3, "设立濮阳市专利奖", 0, (INVENTIONS,)),
    Item(9, "支持知识产权金融创新", 2, (LOANS,)),
    Item(15, "正式上线运行濮阳市知识产权信息服务平台", 4, (PLATFORM,)),
    Item(19, "营造知识产权文化浓厚氛围", 5, (SCHOOLS, TRAINING)),
)
PLAN = Plan(
    name="puyang-2023",
    title="2023年濮阳市知识产权工作要点",
    document_no="濮知〔2023〕1号",
    year=2023,
    starts_on=date(2023, 1, 1),
    ends_on=YEAR_END,
    in_force_on=date(2023, 1, 1),
    sections=("一", "二", "三", "四", "五", "六"),
    items=ITEMS,
)


def status() -> PlanStatus:
    """Return how far the plan is on 30 June: one of every kind and light."""
    three, nine, fifteen, nineteen = ITEMS
    return PlanStatus(
        PLAN,
        ON,
        (
            Progress(
                three,
                INVENTIONS,
                Counted(None, 0, unknown="没有 2023 年的常住人口"),
                due_on=YEAR_END,
                target=Decimal(3),
                rate=None,
                light=Light.YELLOW,
            ),
            Progress(
                nine,
                LOANS,
                Counted(
                    Decimal(125_500_000),
                    7,
                    latest_on=date(2023, 6, 12),
                    by_county={
                        HUALONG: Decimal(125_500_000),
                        QINGFENG: Decimal(0),
                    },
                ),
                due_on=YEAR_END,
                target=Decimal(200_000_000),
                rate=Decimal("0.6275"),
                light=Light.GREEN,
            ),
            Progress(
                fifteen,
                PLATFORM,
                Counted(Decimal(0), 0),
                due_on=date(2023, 6, 15),
                target=None,
                rate=None,
                light=Light.RED,
            ),
            Progress(
                nineteen,
                SCHOOLS,
                Counted(
                    Decimal(3),
                    3,
                    latest_on=date(2023, 5, 18),
                    by_county={
                        HUALONG: Decimal(2),
                        QINGFENG: Decimal(1),
                        NANLE: None,
                    },
                ),
                due_on=YEAR_END,
                target=Decimal(10),
                rate=Decimal("0.3"),
                light=Light.YELLOW,
                county_lights={HUALONG: Light.GREEN, QINGFENG: Light.YELLOW},
            ),
            Progress(
                nineteen,
                TRAINING,
                Counted(Decimal(2), 2, latest_on=ON, by_county={NANLE: Decimal(2)}),
                due_on=YEAR_END,
                target=None,
                rate=None,
                light=Light.GREEN,
                county_lights={NANLE: Light.GREEN},
            ),
        ),
    )


def act(
    kind: ActKind,
    commitment: str = "19.3",
    *,
    on: date = ON,
    county: str = "",
    text: str = "",
    until_on: date | None = None,
    by: str = "李工",
) -> Act:
    """Return an act about a commitment of the plan."""
    return Act(
        commitment=commitment,
        kind=kind,
        acted_on=on,
        acted_by=by,
        recorded_at=NOW,
        county=county,
        text=text,
        until_on=until_on,
    )
