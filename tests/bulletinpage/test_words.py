"""Figures in words: none is ever shown as more than it is."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from patentwatch.bulletinpage import words
from patentwatch.plan.bulletin import bulletin
from patentwatch.plan.bulletinvalues import Line
from patentwatch.plan.values import CommitmentKind
from tests.make_bulletins import material


@pytest.mark.parametrize(
    ("share", "shown"),
    [("0.99999", "99.9%"), ("1", "100%"), ("0", "0%"), ("1.5", "150%"), (None, "—")],
)
def test_a_rate_reaches_a_hundred_only_with_the_target(
    share: str | None, shown: str
) -> None:
    assert words.rate(None if share is None else Decimal(share)) == shown


@pytest.mark.parametrize(
    ("value", "before", "shown"),
    [("3", "2.5", "+0.5"), ("2", "5", "-3"), ("2", "2.0", "持平"), ("2", None, "—")],
)
def test_a_change_has_its_sign(value: str, before: str | None, shown: str) -> None:
    earlier = None if before is None else Decimal(before)
    assert words.change(Decimal(value), earlier) == shown


def loans() -> Line:
    """Return the line of the loans: more than 200 million yuan."""
    made = bulletin(material(), draft=False, made_on=date(2023, 7, 3), made_by="")
    return made.sections[1].lines[0]


def test_a_target_says_on_which_side_of_its_number_to_be() -> None:
    line = loans()
    less = replace(line, target=Decimal(30), unit="天", at_most=True)
    shown = [
        words.target(one, year=2023)
        for one in (
            line,
            replace(line, more_than=False),
            less,
            replace(less, more_than=False),
            replace(line, target=None),
        )
    ]
    assert shown == ["超过2亿元", "2亿元", "少于30天", "不超过30天", "未知"]


def test_a_milestone_put_off_into_the_next_year_says_so() -> None:
    line = replace(loans(), kind=CommitmentKind.MILESTONE, due_on=date(2024, 1, 31))
    assert words.target(line, year=2023) == "2024年1月31日前完成"
    assert words.target(line, year=2024) == "1月31日前完成"
    assert words.actual(replace(line, actual=Decimal(1))) == "已完成"
