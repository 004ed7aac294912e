"""What a new wording changes."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

from patentwatch.plan.differences import Difference, differences
from patentwatch.plan.values import (
    Commitment,
    CommitmentKind,
    Item,
    Measure,
    MeasureType,
    Plan,
)


def promise(id_: str, target: int) -> Commitment:
    return Commitment(
        id=id_,
        text=f"承诺{id_}",
        kind=CommitmentKind.TARGET,
        due_on=date(2023, 12, 31),
        measure=Measure(MeasureType.REGISTER, register="valid"),
        target=Decimal(target),
        unit="件",
    )


OLD = Plan(
    name="city-2023",
    title="要点",
    document_no="1号",
    year=2023,
    starts_on=date(2023, 1, 1),
    ends_on=date(2023, 12, 31),
    in_force_on=date(2023, 1, 1),
    sections=("一",),
    items=(Item(1, "甲", 1, (promise("1.1", 3), promise("1.2", 5))),),
)


def test_promises_come_go_and_read_otherwise() -> None:
    changed = replace(promise("1.1", 4), due_on=date(2023, 11, 30))
    item = Item(1, "乙", 1, (changed, promise("1.3", 1)))
    new = replace(OLD, items=(item,), in_force_on=date(2023, 6, 1))
    assert differences(OLD, new) == (
        Difference("changed", "", "in_force_on", "2023-01-01", "2023-06-01"),
        Difference("changed", "", "item 1 title", "甲", "乙"),
        Difference("changed", "1.1", "due_on", "2023-12-31", "2023-11-30"),
        Difference("changed", "1.1", "target", "3", "4"),
        Difference("added", "1.3", "", None, "承诺1.3"),
        Difference("removed", "1.2", "", "承诺1.2", None),
    )


def test_a_target_that_is_taken_away_is_none() -> None:
    bare = replace(promise("1.1", 3), target=None)
    item = Item(1, "甲", 1, (bare, promise("1.2", 5)))
    assert differences(OLD, replace(OLD, items=(item,))) == (
        Difference("changed", "1.1", "target", "3", None),
    )


def test_nothing_changes_nothing() -> None:
    assert differences(OLD, OLD) == ()


def test_of_a_first_plan_everything_is_added() -> None:
    found = differences(None, OLD)
    assert [(one.what, one.id) for one in found] == [("added", "1.1"), ("added", "1.2")]
