"""What of the work plan an official is told: his county's part, the city's whole.

The plan runs 364 days, so that of a promise of 364 events a day is worth one.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from patentwatch import digestplans
from patentwatch.digests.values import CITY, Kind, PlanPart, Window
from patentwatch.model import County
from patentwatch.plan.acts import Colour
from patentwatch.plan.values import (
    Commitment,
    CommitmentKind,
    Item,
    Measure,
    MeasureType,
    Plan,
    Selection,
)
from patentwatch.settings import Settings
from patentwatch.store import plans, slips
from patentwatch.store.engine import reading, transaction
from patentwatch.store.tables import records
from tests.make_situations import day

HUALONG, QINGFENG = "410902", "410922"
NOW = datetime(2023, 1, 1, 4, tzinfo=UTC)
END = date(2023, 12, 31)
# 10 July is day 190 of the plan; the window before it begins on 3 July, day 183.
MONDAY = day("2023-07-10")
WEEK = Window(Kind.WEEK, day("2023-07-03"), day("2023-07-09"))


def counts(kind: str) -> Measure:
    return Measure(MeasureType.COUNT, Selection((kind,)))


EVENTS = Commitment(
    id="1.1",
    text="开展宣传活动364场",
    kind=CommitmentKind.TARGET,
    due_on=END,
    measure=counts("publicity_event"),
    counties=(HUALONG, QINGFENG),
    target=Decimal(364),
    unit="场",
    county_targets={HUALONG: Decimal(100)},
)
ONLINE = Commitment(
    id="1.2",
    text="平台上线",
    kind=CommitmentKind.MILESTONE,
    due_on=day("2023-08-09"),
    measure=counts("platform_milestone"),
)
MEETINGS = Commitment(
    id="1.3",
    text="召开联席会议",
    kind=CommitmentKind.ACTIVITY,
    due_on=END,
    measure=counts("meeting"),
    counties=(QINGFENG,),
)
PLAN = Plan(
    name="puyang-2023",
    title="2023年工作要点",
    document_no="濮知〔2023〕1号",
    year=2023,
    starts_on=date(2023, 1, 1),
    ends_on=END,
    in_force_on=date(2023, 1, 1),
    sections=("一",),
    items=(Item(1, "宣传", 1, (EVENTS, ONLINE, MEETINGS)),),
)


@pytest.fixture
def told(engine: Engine, settings: Callable[..., Settings]) -> Callable[..., Any]:
    """Return a function that gives the parts of a day's digests."""
    with transaction(engine) as connection:
        plans.save(connection, PLAN, file="plan.toml", by="张三", now=NOW)
    office = settings(counties=(County(HUALONG, "华龙区"), County(QINGFENG, "清丰县")))

    def parts(on: date = MONDAY, window: Window = WEEK) -> dict[str, PlanPart]:
        with reading(engine) as connection:
            found = digestplans.parts(connection, office, window=window, on=on)
        return {county: part for county, (part,) in found.items()}

    return parts


def put(engine: Engine, kind: str, on: str, count: int, county: str | None) -> None:
    rows: list[dict[str, Any]] = [
        {
            "kind": kind,
            "natural_key": f"{on} {county} {number}",
            "county": county,
            "occurred_on": day(on),
            "fields": {},
            "recorded_at": NOW,
        }
        for number in range(count)
    ]
    with transaction(engine) as connection:
        connection.execute(insert(records), rows)


def test_a_county_is_told_of_what_is_its_own_and_the_city_of_all(
    engine: Engine, told: Callable[..., Any]
) -> None:
    put(engine, "publicity_event", "2023-06-01", 60, HUALONG)
    found = told()
    assert set(found) == {CITY, HUALONG, QINGFENG}
    # 60 of 190 expected: red. 华龙 alone has 60 of 100 × 190 ÷ 364 = 52.2: green.
    assert {one.number for one in found[CITY].promises} == {"1.1", "1.2", "1.3"}
    assert found[HUALONG].promises == ()
    assert [one.number for one in found[QINGFENG].promises] == ["1.1", "1.3"]
    assert (found[HUALONG].green, found[HUALONG].red) == (1, 0)


def test_what_changed_since_the_window_began_says_so(
    engine: Engine, told: Callable[..., Any]
) -> None:
    # 110 of 182 on 2 July is 0.604: yellow. On 10 July 110 of 190 is 0.579: red.
    put(engine, "publicity_event", "2023-06-01", 110, QINGFENG)
    (line,) = [one for one in told()[CITY].promises if one.number == "1.1"]
    assert (line.before, line.light) == ("yellow", "red")
    (meetings,) = [one for one in told()[CITY].promises if one.number == "1.3"]
    assert (meetings.before, meetings.light) == (None, "red")


@pytest.mark.parametrize(
    ("on", "soon"), [("2023-07-10", True), ("2023-07-09", False)], ids=["30", "31"]
)
def test_what_is_due_within_thirty_days_is_told(
    told: Callable[..., Any], *, on: str, soon: bool
) -> None:
    numbers = [one.number for one in told(day(on))[CITY].promises if one.due_soon]
    assert numbers == (["1.2"] if soon else [])


def test_what_is_done_is_not_due(engine: Engine, told: Callable[..., Any]) -> None:
    put(engine, "platform_milestone", "2023-07-01", 1, None)
    assert "1.2" not in {one.number for one in told()[CITY].promises}


def test_slips_that_wait_go_to_their_county_and_the_city(
    engine: Engine, told: Callable[..., Any]
) -> None:
    with transaction(engine) as connection:
        for county, reply_by in ((QINGFENG, "2023-07-05"), ("", "2023-07-20")):
            slips.issue(
                connection,
                PLAN,
                "1.1",
                colour=Colour.BLUE,
                county=county,
                text="请说明",
                reply_by_on=day(reply_by),
                by="张三",
                on=day("2023-06-28"),
            )
        slips.reply(
            connection, "2023-2", text="已整改", by="李四", on=day("2023-07-04")
        )
    found = told()
    assert [(one.name, one.overdue) for one in found[QINGFENG].slips] == [
        ("2023-1", True)
    ]
    assert found[HUALONG].slips == ()
    assert [one.county for one in found[CITY].slips] == ["清丰县"]


@pytest.mark.parametrize(
    ("on", "runs"),
    [
        ("2022-12-31", False),
        ("2023-01-01", True),
        ("2024-01-31", True),
        ("2024-02-01", False),
    ],
)
def test_only_a_plan_that_runs_or_just_ended_is_told_of(
    told: Callable[..., Any], *, on: str, runs: bool
) -> None:
    start_on = date.fromordinal(day(on).toordinal() - 7)
    window = replace(WEEK, start_on=start_on)
    assert (CITY in told(day(on), window)) is runs
