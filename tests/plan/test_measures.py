"""The arithmetic of measures, reckoned by hand."""

from datetime import date
from decimal import Decimal

import pytest

from patentwatch.plan.measures import (
    folded,
    median,
    number,
    percent,
    rate,
    year_before,
)


@pytest.mark.parametrize(
    ("part", "whole", "expected"),
    [
        pytest.param(1, 3, "33.33", id="a-third"),
        pytest.param(2, 3, "66.67", id="two-thirds"),
        pytest.param(1, 800, "0.13", id="0.125-is-rounded-up"),
        pytest.param(3, 800, "0.38", id="0.375-is-rounded-up"),
        pytest.param(0, 7, "0", id="none-of-seven"),
        pytest.param(7, 7, "100", id="all"),
        pytest.param(199_999, 200_000, "99.99", id="all-but-one-of-very-many"),
        pytest.param(9, 7, "128.57", id="more-than-all"),
    ],
)
def test_a_share_is_in_percent_with_two_decimals(
    part: int, whole: int, expected: str
) -> None:
    assert percent(part, whole) == Decimal(expected)


def test_a_share_of_nothing_is_not_known() -> None:
    assert percent(0, 0) is None


def test_a_rate_is_actual_to_target() -> None:
    assert rate(Decimal(1), Decimal(3)) == Decimal("0.3333")
    assert rate(Decimal(3), Decimal(2)) == Decimal("1.5")
    assert rate(Decimal(199_999_999), Decimal(200_000_000)) == Decimal("0.9999")
    assert rate(Decimal(2), Decimal(3)) == Decimal("0.6666")
    assert rate(None, Decimal(3)) is None
    assert rate(Decimal(3), None) is None
    assert rate(Decimal(3), Decimal(0)) is None


@pytest.mark.parametrize(
    ("days", "expected"),
    [
        pytest.param({}, None, id="of-none"),
        pytest.param({30: 1}, "30", id="of-one"),
        pytest.param({10: 1, 20: 1}, "15", id="of-two"),
        pytest.param({10: 1, 21: 1}, "15.5", id="of-two-with-a-half"),
        pytest.param({90: 1, 10: 1, 20: 1}, "20", id="of-three-in-any-order"),
        pytest.param({10: 3, 90: 3}, "50", id="of-six-with-the-middle-between"),
        pytest.param({10: 4, 90: 3}, "10", id="of-seven"),
    ],
)
def test_a_median_takes_both_middles(
    days: dict[int, int], expected: str | None
) -> None:
    assert median(days) == (None if expected is None else Decimal(expected))


def test_a_number_of_json_is_whole_where_it_can_be() -> None:
    assert repr(number(Decimal("200000000.00"))) == "200000000"
    assert repr(number(Decimal("3E+4"))) == "30000"
    assert repr(number(Decimal("1.10005"))) == "1.1001"
    assert repr(number(Decimal("0.99999"))) == "1"
    assert number(None) is None


def test_width_and_blanks_make_no_other_word() -> None:
    assert folded(" 城 关\u3000镇（新）") == folded("城关镇(新)")
    assert folded("城关镇") != folded("柳屯镇")


def test_a_leap_day_has_a_year_before_too() -> None:
    assert year_before(date(2024, 2, 29)) == date(2023, 2, 28)
    assert year_before(date(2023, 12, 31)) == date(2022, 12, 31)
