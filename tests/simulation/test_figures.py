"""What loads add up to, by hand."""

from datetime import date

import pytest

from patentwatch.model import Channel
from patentwatch.simulation.figures import (
    Amount,
    Difference,
    Load,
    amount,
    busiest,
    cost_fen,
    differences,
)

EMAIL, SMS, CALL = Channel
FIRST, SECOND, MARCH = date(2027, 2, 1), date(2027, 2, 2), date(2027, 3, 1)
LOADS = (
    Load(FIRST, "notice", EMAIL, "1", messages=2, alerts=5),
    Load(FIRST, "urgent", SMS, None, messages=1, alerts=1, sms_parts=2),
    Load(SECOND, "urgent", EMAIL, "2", messages=3, alerts=3),
    Load(MARCH, "final", CALL, "1", alerts=4),
)


def test_messages_parts_and_tasks_are_added_up_each_for_itself() -> None:
    assert amount(LOADS) == Amount(email=5, sms=1, sms_parts=2, calls=4)
    assert amount(LOADS).messages == 6
    assert amount(()) == Amount()


def test_the_busiest_day_is_the_first_of_equals_and_tasks_are_no_messages() -> None:
    assert busiest(LOADS) == (FIRST, 3)  # the second day has three, too
    assert busiest(LOADS[3:]) is None


@pytest.mark.parametrize(
    ("parts", "price", "fen"),
    [
        pytest.param(0, 45, 0, id="nothing"),
        pytest.param(1, 45, 5, id="four-and-a-half-fen-rounded-up"),
        pytest.param(2, 45, 9, id="exact"),
        pytest.param(1000, 45, 4500, id="a-thousand-cost-the-price"),
    ],
)
def test_a_price_is_for_a_thousand_parts(parts: int, price: int, fen: int) -> None:
    assert cost_fen(parts, price) == fen


def test_only_what_differs_is_told_month_by_month() -> None:
    other = (
        LOADS[0],
        LOADS[2],
        Load(MARCH, "final", CALL, "1", alerts=3),
        Load(MARCH, "final", CALL, "2", alerts=1),
    )
    assert differences(LOADS, other) == [
        Difference("2027-02", "urgent", SMS, 1, 0, 1, 0)
    ]
    assert differences(LOADS, LOADS) == []
