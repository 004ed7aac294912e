"""A plan as of a day: actuals, lights, extensions and the rule of the month.

The plan of 2023 runs for 364 days; of a promise of 364 a day is worth one.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert

from patentwatch.model import County
from patentwatch.plan.lights import Light, Thresholds
from patentwatch.plan.progress import Progress
from patentwatch.plan.values import (
    Commitment,
    CommitmentKind,
    Item,
    Measure,
    MeasureType,
    Plan,
    Selection,
    Span,
)
from patentwatch.planexplain import explained
from patentwatch.planstatus import progress_of, status_of
from patentwatch.settings import Settings
from patentwatch.store.engine import transaction
from patentwatch.store.tables import commitment_acts, records

GREEN, YELLOW, RED = Light.GREEN, Light.YELLOW, Light.RED
HUALONG, QINGFENG = "410902", "410922"
NOW = datetime(2023, 12, 31, 4, tzinfo=UTC)
STARTS, END = date(2023, 1, 1), date(2023, 12, 31)

EVENTS = Selection(("publicity_event",))
COUNT = Measure(MeasureType.COUNT, EVENTS)
STOCK = Measure(
    MeasureType.LATEST,
    Selection(("trademark_statistic",), span=Span.EVER),
    field="registered",
)
Status = Callable[..., Progress]
Put = Callable[..., None]


def promise(number: str | None = "364", **extra: Any) -> Commitment:
    plain = Commitment(
        id="1.1",
        text="宣传",
        kind=CommitmentKind.TARGET,
        due_on=END,
        measure=COUNT,
        target=None if number is None else Decimal(number),
    )
    return replace(plain, **extra)


def plan_of(*commitments: Commitment) -> Plan:
    return Plan(
        name="puyang-2023",
        title="要点",
        document_no="濮知〔2023〕1号",
        year=2023,
        starts_on=STARTS,
        ends_on=END,
        in_force_on=STARTS,
        sections=("一",),
        items=(Item(1, "学习宣传", 1, commitments),),
    )


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with transaction(engine) as connection:
        yield connection


@pytest.fixture
def put(connection: Connection) -> Put:
    """Return a function that stores so many records of a day."""
    numbers = iter(range(100_000))

    def store(
        day: str,
        count: int = 1,
        *,
        kind: str = "publicity_event",
        county: str | None = None,
        **fields: Any,
    ) -> None:
        rows = [
            {
                "kind": kind,
                "natural_key": f"{next(numbers)}",
                "title": "活动",
                "county": county,
                "occurred_on": date.fromisoformat(day),
                "fields": fields,
                "recorded_at": NOW,
            }
            for _ in range(count)
        ]
        connection.execute(insert(records), rows)

    return store


@pytest.fixture
def status(connection: Connection, settings: Callable[..., Settings]) -> Status:
    """Return a function that gives the progress of one promise on a day."""

    def ask(commitment: Commitment, on: str, **sections: Any) -> Progress:
        found = status_of(
            connection,
            settings(**sections),
            plan_of(commitment),
            on=date.fromisoformat(on),
        )
        assert len(found.progress) == 1
        return found.progress[0]

    return ask


@pytest.fixture
def extend(connection: Connection) -> Callable[[str, str], None]:
    def act(acted_on: str, until_on: str) -> None:
        connection.execute(
            insert(commitment_acts).values(
                plan="puyang-2023",
                commitment="1.1",
                act="extended",
                acted_on=date.fromisoformat(acted_on),
                until_on=date.fromisoformat(until_on),
                text="理由",
                acted_by="张三",
                recorded_at=NOW,
            )
        )

    return act


def test_every_promise_is_told_in_the_order_of_the_text(
    connection: Connection, settings: Callable[..., Settings]
) -> None:
    plan = plan_of(promise(id="1.2"), promise(id="1.10"), promise(id="1.1"))
    found = status_of(connection, settings(), plan, on=END)
    assert [one.commitment.id for one in found.progress] == ["1.2", "1.10", "1.1"]
    assert (found.plan, found.on) == (plan, END)


def test_a_promise_has_its_actual_its_rate_and_its_light(
    put: Put, status: Status
) -> None:
    put("2023-06-30", 91, county=HUALONG)
    found = status(promise("364", counties=(HUALONG, QINGFENG)), "2023-07-02")
    assert found.counted.actual == 91
    assert found.target == 364
    assert found.rate == Decimal("0.25")
    assert found.light is RED
    assert found.counted.by_county == {HUALONG: 91, QINGFENG: 0}
    assert found.due_on == END


def test_the_past_is_counted_as_it_was(put: Put, status: Status) -> None:
    put("2023-02-01", 10)
    put("2023-03-01", 10)
    assert status(promise(), "2023-02-28").counted.actual == 10
    assert status(promise(), "2023-03-01").counted.actual == 20


def test_an_extension_counts_from_the_day_it_was_given(
    status: Status, extend: Callable[[str, str], None]
) -> None:
    milestone = promise(None, kind=CommitmentKind.MILESTONE, due_on=date(2023, 4, 30))
    extend("2023-04-20", "2023-06-30")
    assert status(milestone, "2023-04-19").due_on == date(2023, 4, 30)
    assert status(milestone, "2023-04-20").due_on == date(2023, 6, 30)
    assert status(milestone, "2023-05-01").light is GREEN
    assert status(milestone, "2023-06-30").light is YELLOW
    assert status(milestone, "2023-07-01").light is RED


def test_a_later_day_of_an_amended_plan_goes_before_an_earlier_extension(
    status: Status, extend: Callable[[str, str], None]
) -> None:
    extend("2023-04-20", "2023-06-30")
    amended = promise(None, kind=CommitmentKind.MILESTONE, due_on=date(2023, 9, 30))
    assert status(amended, "2023-07-01").due_on == date(2023, 9, 30)


def test_a_red_that_is_made_up_stays_yellow_for_its_month(
    put: Put, status: Status
) -> None:
    """On 10 May 129 are expected: 77 are red. On the 11th 130 are reached."""
    put("2023-04-30", 77)
    put("2023-05-11", 53)
    assert status(promise(), "2023-05-10").light is RED
    assert status(promise(), "2023-05-11").light is YELLOW
    assert status(promise(), "2023-05-12").light is YELLOW
    assert status(promise(), "2023-05-20").light is YELLOW
    put("2023-05-21", 60)
    assert status(promise(), "2023-05-31").light is YELLOW
    assert status(promise(), "2023-06-01").light is GREEN


def test_a_yellow_that_is_made_up_is_green(put: Put, status: Status) -> None:
    """78 of 129 are sixty percent and more: never red in May."""
    put("2023-04-30", 78)
    put("2023-05-11", 53)
    assert status(promise(), "2023-05-10").light is YELLOW
    assert status(promise(), "2023-05-11").light is GREEN


def test_red_between_two_records_of_a_month_is_not_forgotten(
    put: Put, status: Status
) -> None:
    """On 1 May 120 are expected, 72 are enough for yellow; on the 20th 139 and 83.4."""
    put("2023-04-30", 72)
    put("2023-05-02", 8)
    put("2023-05-21", 60)
    assert status(promise(), "2023-05-01").light is YELLOW
    assert status(promise(), "2023-05-02").light is YELLOW
    assert status(promise(), "2023-05-20").light is RED
    assert status(promise(), "2023-05-21").light is YELLOW


def test_a_red_month_does_not_darken_the_next(put: Put, status: Status) -> None:
    put("2023-05-31", 200)
    assert status(promise(), "2023-05-31").light is YELLOW
    assert status(promise(), "2023-06-01").light is GREEN


def test_a_red_that_is_not_made_up_stays_red(put: Put, status: Status) -> None:
    put("2023-05-20", 10)
    assert status(promise(), "2023-05-31").light is RED


def test_what_ended_and_came_again_was_red_between(put: Put, status: Status) -> None:
    live = Measure(MeasureType.COUNT, Selection(("pledge_loan",), until="to_on"))
    put("2023-04-01", 300, kind="pledge_loan", to_on="2023-05-10")
    put("2023-05-15", 300, kind="pledge_loan")
    assert status(promise(measure=live), "2023-05-09").light is GREEN
    assert status(promise(measure=live), "2023-05-10").light is RED
    assert status(promise(measure=live), "2023-05-15").light is YELLOW
    assert status(promise(measure=live), "2023-06-01").light is GREEN


def test_what_ended_little_by_little_was_never_red(put: Put, status: Status) -> None:
    live = Measure(MeasureType.COUNT, Selection(("pledge_loan",), until="to_on"))
    put("2023-04-01", 300, kind="pledge_loan")
    put("2023-04-01", 9, kind="pledge_loan", to_on="2023-05-10")
    assert status(promise(measure=live), "2023-05-15").light is GREEN


def test_a_milestone_done_late_stays_yellow_for_its_month(
    put: Put, status: Status
) -> None:
    online = promise(None, kind=CommitmentKind.MILESTONE, due_on=date(2023, 4, 30))
    put("2023-05-03")
    assert status(online, "2023-04-30").light is YELLOW
    assert status(online, "2023-05-02").light is RED
    assert status(online, "2023-05-03").light is YELLOW
    assert status(online, "2023-05-31").light is YELLOW
    assert status(online, "2023-06-01").light is GREEN


def test_a_milestone_done_on_the_first_day_after_it_was_not_red_that_month(
    put: Put, status: Status
) -> None:
    online = promise(None, kind=CommitmentKind.MILESTONE, due_on=date(2023, 4, 30))
    put("2023-05-01")
    assert status(online, "2023-05-31").light is GREEN


def test_an_activity_that_was_taken_up_again_stays_yellow_for_its_month(
    put: Put, status: Status
) -> None:
    """From 1 January to 30 June are 180 days; on 1 July it was too long ago."""
    activity = promise(None, kind=CommitmentKind.ACTIVITY)
    put("2023-01-01")
    put("2023-07-02")
    assert status(activity, "2023-06-30").light is YELLOW
    assert status(activity, "2023-07-01").light is RED
    assert status(activity, "2023-07-02").light is YELLOW
    assert status(activity, "2023-07-31").light is YELLOW
    assert status(activity, "2023-08-01").light is GREEN


def test_an_activity_that_fell_quiet_within_a_month_was_red(
    put: Put, status: Status
) -> None:
    """From 5 January to 4 July are 180 days."""
    activity = promise(None, kind=CommitmentKind.ACTIVITY)
    put("2023-01-05")
    put("2023-07-10")
    assert status(activity, "2023-07-01").light is YELLOW
    assert status(activity, "2023-07-10").light is YELLOW
    assert status(activity, "2023-08-01").light is GREEN


def test_a_cap_that_was_broken_for_days_stays_yellow_for_its_month(
    put: Put, status: Status
) -> None:
    overdue = Measure(MeasureType.COUNT, Selection(("pledge_loan",), until="to_on"))
    none = promise("0", measure=overdue, at_most=True)
    put("2023-05-10", kind="pledge_loan", to_on="2023-05-15")
    assert status(none, "2023-05-09").light is GREEN
    assert status(none, "2023-05-14").light is RED
    assert status(none, "2023-05-15").light is YELLOW
    assert status(none, "2023-06-01").light is GREEN


def test_an_activity_looks_back_before_the_plan_and_counts_within_it(
    put: Put, status: Status
) -> None:
    """From 2 November to 31 January are 90 days, to 1 May 180."""
    activity = promise(None, kind=CommitmentKind.ACTIVITY)
    put("2022-11-02")
    found = status(activity, "2023-01-31")
    assert (found.light, found.counted.records) == (GREEN, 0)
    assert found.counted.latest_on == date(2022, 11, 2)
    assert status(activity, "2023-02-01").light is YELLOW
    assert status(activity, "2023-05-01").light is YELLOW
    assert status(activity, "2023-05-02").light is RED


def test_an_activity_stands_still_after_the_plans_end(put: Put, status: Status) -> None:
    activity = promise(None, kind=CommitmentKind.ACTIVITY)
    put("2023-12-01")
    assert status(activity, "2024-12-31").light is GREEN


def test_an_extension_does_not_hide_a_red_of_the_same_month(
    put: Put, status: Status, extend: Callable[[str, str], None]
) -> None:
    """Due on 30 June, on 10 May 129 of 180 days have passed: 261 of 364 expected."""
    short = promise(due_on=date(2023, 6, 30))
    put("2023-04-30", 150)
    assert status(short, "2023-05-10").light is RED
    extend("2023-05-11", "2023-12-31")
    assert status(short, "2023-05-11").light is YELLOW
    assert status(short, "2023-06-01").light is GREEN


def test_a_stock_is_measured_from_the_plans_first_day(put: Put, status: Status) -> None:
    """From 300 to 364 half of the way is 332, of which 299 are ninety percent."""
    stock = promise(measure=STOCK, level=True)
    put("2022-12-31", kind="trademark_statistic", county=HUALONG, registered=300)
    put("2023-06-30", kind="trademark_statistic", county=HUALONG, registered=298)
    assert status(stock, "2023-07-02").light is YELLOW
    put("2023-07-01", kind="trademark_statistic", county=HUALONG, registered=299)
    assert status(stock, "2023-07-02").light is GREEN


def test_a_stock_whose_line_falls_was_red_on_the_first_day_of_a_low(
    put: Put, status: Status
) -> None:
    """From 1000 to 100: 171 on 2 December, 142 on the 14th; 60 % are 103 and 85."""

    def figure(day: str, registered: int) -> None:
        put(day, kind="trademark_statistic", county=HUALONG, registered=registered)

    stock = promise("100", measure=STOCK, level=True)
    figure("2022-12-31", 1000)
    figure("2023-12-02", 91)
    assert status(stock, "2023-12-02").light is RED
    assert status(stock, "2023-12-14").light is YELLOW
    figure("2023-12-15", 100)
    assert status(stock, "2023-12-15").light is YELLOW


def test_a_stock_that_began_unknown_is_yellow(put: Put, status: Status) -> None:
    put("2023-06-30", kind="trademark_statistic", county=HUALONG, registered=363)
    assert status(promise(measure=STOCK, level=True), "2023-07-02").light is YELLOW


def test_a_promise_without_a_number_has_last_years_to_beat(
    put: Put, status: Status
) -> None:
    more = promise(None, measure=replace(COUNT, type=MeasureType.GROWTH))
    put("2022-03-01", 4)
    put("2023-03-01", 4)
    found = status(more, "2023-12-31")
    assert found.target == 4
    assert (found.rate, found.light) == (Decimal(1), GREEN)
    assert status(more, "2024-01-01").light is RED
    put("2023-12-31")
    assert status(more, "2024-02-01").light is GREEN


def test_what_cannot_be_known_is_yellow_and_red_after_its_day(
    status: Status,
) -> None:
    stock = promise(measure=STOCK, level=True)
    found = status(stock, "2023-12-31")
    assert (found.counted.actual, found.rate, found.light) == (None, None, YELLOW)
    assert found.counted.unknown
    assert status(stock, "2024-01-01").light is RED


def test_a_measure_of_the_register_without_a_register_is_unknown(
    status: Status,
) -> None:
    valid = promise(measure=Measure(MeasureType.REGISTER, register="valid_per_10k"))
    found = status(valid, "2023-07-20")
    assert (found.counted.actual, found.light) == (None, YELLOW)
    assert found.counted.unknown


def test_a_county_has_a_light_of_its_own_target(put: Put, status: Status) -> None:
    shared = promise(
        counties=(HUALONG, QINGFENG), county_targets={HUALONG: Decimal(182)}
    )
    put("2023-06-01", 82, county=HUALONG)
    put("2023-06-01", 300, county=QINGFENG)
    found = status(shared, "2023-07-02")
    assert found.light is GREEN
    assert found.county_lights == {HUALONG: GREEN}
    assert status(shared, "2023-08-20").county_lights == {HUALONG: YELLOW}


def test_milestones_and_activities_have_a_light_in_every_county(
    put: Put, status: Status
) -> None:
    both = (HUALONG, QINGFENG)
    due_on = date(2023, 4, 30)
    done = promise(None, kind=CommitmentKind.MILESTONE, due_on=due_on, counties=both)
    put("2023-04-01", county=QINGFENG)
    assert status(done, "2023-05-01").county_lights == {HUALONG: RED, QINGFENG: GREEN}
    activity = promise(None, kind=CommitmentKind.ACTIVITY, counties=both)
    assert status(activity, "2023-07-01").county_lights == {
        HUALONG: RED,
        QINGFENG: YELLOW,
    }


def test_the_offices_own_thresholds_hold(put: Put, status: Status) -> None:
    put("2023-07-01", 100)
    own = Thresholds(green_percent=50, yellow_percent=40)
    assert status(promise(), "2023-07-02").light is RED
    assert status(promise(), "2023-07-02", plan=own).light is GREEN


def test_one_promise_can_be_asked_for(
    connection: Connection, put: Put, settings: Callable[..., Settings]
) -> None:
    plan = plan_of(promise(id="1.1"), promise("2", id="1.2"))
    put("2023-02-01")
    found = progress_of(connection, settings(), plan, "1.2", on=END)
    assert found is not None
    assert found.target == 2
    assert found.rate == Decimal("0.5")
    assert progress_of(connection, settings(), plan, "9.9", on=END) is None


def test_an_explanation_says_what_was_expected_and_counted(
    connection: Connection, put: Put, settings: Callable[..., Settings]
) -> None:
    put("2023-02-01", 2, county=HUALONG)
    found = explained(
        connection, settings(), plan_of(promise()), "1.1", on=date(2023, 7, 2)
    )
    assert found is not None
    assert found.expected == 182
    assert (found.first, found.missing, found.patents) == (None, (), ())
    assert [one.county for one in found.records] == [HUALONG, HUALONG]


def test_an_explanation_names_what_is_missing(
    connection: Connection, put: Put, settings: Callable[..., Settings]
) -> None:
    measure = Measure(MeasureType.COVERAGE, EVENTS, entries="counties")
    own = promise("2", measure=measure, counties=(HUALONG, QINGFENG))
    put("2023-02-01", county=HUALONG)
    found = explained(connection, settings(), plan_of(own), "1.1", on=END)
    assert found is not None
    assert [one.county for one in found.missing] == [QINGFENG]


def test_a_county_is_told_by_its_name(put: Put, status: Status) -> None:
    put("2023-02-01", kind="trademark_statistic", county=HUALONG, registered=3)
    stock = promise(measure=STOCK, level=True, counties=(HUALONG, QINGFENG))
    found = status(stock, "2023-07-02", counties=(County(QINGFENG, "清丰县"),))
    assert found.counted.unknown.startswith("清丰县")
