"""What a bulletin says: every value worked out by hand from a small plan."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest

from patentwatch.digests.packing import pack, unpack
from patentwatch.plan.acts import Colour
from patentwatch.plan.bulletin import bulletin, number_of
from patentwatch.plan.bulletinvalues import (
    Bulletin,
    Extension,
    MonthTally,
    OverdueSlip,
    Turn,
)
from patentwatch.plan.progress import PlanStatus
from patentwatch.plan.ranking import Tally
from tests.make_bulletins import (
    APRIL,
    DATABASE,
    GREEN,
    JUNE,
    JUNE_END,
    LOANS,
    MAY,
    OVERSEAS,
    PLAN,
    PLATFORM,
    QINGFENG,
    RED,
    RIGHTS,
    TRAINING,
    YELLOW,
    extended,
    june,
    material,
    month,
    progress,
    slip,
)

MADE_ON = date(2023, 7, 3)


def made(
    status: PlanStatus | None = None, *, draft: bool = False, **more: Any
) -> Bulletin:
    return bulletin(
        material(status, **more), draft=draft, made_on=MADE_ON, made_by="李"
    )


def test_the_head_names_office_plan_paper_and_number() -> None:
    found = made()
    assert (found.office, found.plan) == ("濮阳市知识产权局", "puyang-2023")
    assert found.document_no == "濮知〔2023〕1号"
    assert (found.month_on, found.as_of_on, found.number) == (JUNE, JUNE_END, 6)
    assert (found.made_on, found.made_by, found.draft) == (MADE_ON, "李", False)


def test_a_bulletin_has_the_number_of_its_month_in_the_plan() -> None:
    assert number_of(PLAN, date(2023, 1, 1)) == 1
    assert number_of(PLAN, date(2023, 12, 1)) == 12
    later = replace(PLAN, starts_on=date(2022, 11, 1))
    assert number_of(later, date(2023, 2, 1)) == 4


def test_lights_are_counted_in_all_and_by_section() -> None:
    found = made()
    assert found.tally == Tally(green=2, yellow=2, red=2)
    assert [one.tally for one in found.sections] == [
        Tally(0, 1, 1),
        Tally(1, 0, 0),
        Tally(1, 1, 1),
    ]
    assert [line.id for one in found.sections for line in one.lines] == [
        "3.3", "3.6", "9.1", "15.1", "17.3", "17.4",
    ]  # fmt: skip


def test_what_turned_is_told_with_the_gravest_first() -> None:
    # May: 3.3 yellow, 3.6 yellow, 9.1 red, 15.1 red, 17.3 green, 17.4 green.
    found = made()
    assert found.compared
    lead = "知识产权促进科"
    assert found.turned == (
        Turn("3.6", OVERSEAS.text, lead, YELLOW, RED),
        Turn("17.3", DATABASE.text, "", GREEN, YELLOW),
        Turn("9.1", LOANS.text, lead, RED, GREEN),
    )


def test_only_the_month_just_before_is_compared_with() -> None:
    found = made(before=(APRIL,))
    assert not found.compared
    assert found.turned == ()


def test_a_promise_that_is_new_did_not_turn() -> None:
    found = made(before=(month(date(2023, 5, 1), r=GREEN),))
    assert [(turn.id, turn.light) for turn in found.turned] == [("3.3", YELLOW)]


def test_the_trend_ends_with_this_month() -> None:
    reckoned = replace(APRIL, sealed=False)
    assert made(before=(reckoned, MAY)).trend == (
        MonthTally(date(2023, 4, 1), Tally(3, 2, 1), sealed=False),
        MonthTally(date(2023, 5, 1), Tally(2, 2, 2), sealed=True),
        MonthTally(JUNE, Tally(2, 2, 2), sealed=True),
    )


def test_a_slip_is_overdue_from_the_day_after_its_last() -> None:
    status = june()
    assert [one.days for one in made(status, slips=[slip(1)]).slips] == [10]
    for reply_by_on, overdue in ((JUNE_END, 0), (date(2023, 6, 29), 1)):
        found = made(status, slips=[slip(1, reply_by_on=reply_by_on)])
        assert len(found.slips) == overdue


def test_an_overdue_slip_says_what_it_is_about_and_to_whom() -> None:
    yellow = slip(2, county=QINGFENG, colour=Colour.YELLOW)
    answered = slip(3, replied_on=date(2023, 6, 30))
    assert made(slips=[yellow, answered, slip(1)]).slips == (
        OverdueSlip(
            2023, 1, Colour.BLUE, "15.1", PLATFORM.text, "信息科",
            date(2023, 6, 5), date(2023, 6, 20), 10,
        ),
        OverdueSlip(
            2023, 2, Colour.YELLOW, "15.1", PLATFORM.text, "清丰县",
            date(2023, 6, 5), date(2023, 6, 20), 10,
        ),
    )  # fmt: skip


def test_extensions_are_those_of_the_month_each_from_the_day_before_it() -> None:
    acts = [
        extended(date(2023, 6, 30), date(2023, 8, 15), text="再次延期"),
        extended(date(2023, 5, 31), date(2023, 7, 10)),
        extended(date(2023, 6, 1), date(2023, 7, 15)),
        extended(date(2023, 7, 1), date(2023, 9, 1)),
    ]
    common = ("17.3", DATABASE.text, "")
    assert made(acts=acts).extensions == (
        Extension(
            *common, date(2023, 7, 10), date(2023, 7, 15), date(2023, 6, 1),
            "王", "数据商更换",
        ),
        Extension(
            *common, date(2023, 7, 15), date(2023, 8, 15), date(2023, 6, 30),
            "王", "再次延期",
        ),
    )  # fmt: skip


@pytest.mark.parametrize(
    ("due_on", "actual", "listed"),
    [
        pytest.param("2023-06-30", "0", False, id="last-day-of-this-month"),
        pytest.param("2023-07-01", "0", True, id="first-of-the-next"),
        pytest.param("2023-07-31", "0", True, id="last-of-the-next"),
        pytest.param("2023-08-01", "0", False, id="the-month-after"),
        pytest.param("2023-07-15", "1", False, id="done"),
        pytest.param("2023-07-15", None, True, id="not-known"),
    ],
)
def test_what_is_due_next_month_and_not_done_is_listed(
    due_on: str, actual: str | None, *, listed: bool
) -> None:
    one = progress(DATABASE, actual, YELLOW, due_on=date.fromisoformat(due_on))
    found = made(replace(june(), progress=(one,)))
    assert [line.id for line in found.due] == (["17.3"] if listed else [])


def test_a_number_that_is_reached_is_not_due_and_an_activity_never_is() -> None:
    status = PlanStatus(
        PLAN,
        date(2023, 11, 30),
        (
            progress(OVERSEAS, "10", GREEN),
            # 2亿元 itself is not more than 2亿元.
            progress(LOANS, "200000000", YELLOW),
            progress(TRAINING, "0", RED),
        ),
    )
    assert [line.id for line in made(status).due] == ["9.1"]


def test_figures_of_the_register_are_told_with_those_of_the_month_before() -> None:
    status = replace(june(), progress=(progress(RIGHTS, "2.81", GREEN),))
    may = replace(
        MAY, lights=tuple(replace(one, actual=Decimal("2.79")) for one in MAY.lights)
    )
    (found,) = made(status, before=(APRIL, may)).indicators
    line = found.line
    assert (line.id, line.target, line.unit) == ("3.3", Decimal(3), "件")
    assert (found.before, line.actual) == (Decimal("2.79"), Decimal("2.81"))
    assert made(june(), before=()).indicators[0].before is None


def test_a_plan_that_measures_no_register_has_no_such_figures() -> None:
    assert made(replace(june(), progress=june().progress[1:])).indicators == ()


def test_a_draft_is_marked_and_its_month_is_not_sealed() -> None:
    found = made(replace(june(), on=date(2023, 6, 12)), draft=True)
    assert found.draft
    assert found.trend[-1] == MonthTally(JUNE, Tally(2, 2, 2), sealed=False)


def test_a_bulletin_comes_back_from_its_text_as_it_was() -> None:
    acts = [extended(date(2023, 6, 8), date(2023, 7, 15))]
    found = made(acts=[replace(acts[0], recorded_at=datetime(2023, 6, 8, tzinfo=UTC))])
    assert found.slips
    assert found.extensions
    assert unpack(Bulletin, pack(found)) == found
