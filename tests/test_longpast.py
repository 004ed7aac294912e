"""When nothing is left to be said of an annuity: its restoration is over."""

from datetime import date

import pytest

from patentwatch.longpast import over
from patentwatch.model import Fact, Patent
from tests.make_situations import BOOK, PATENT, PUT_OFF, day, notice


def years_over(on: str, *notices: Fact, patent: Patent = PATENT) -> list[int]:
    found = over(
        patent,
        notices,
        from_on=date.min,
        to_on=date.max,
        on=day(on),
        rulebook=BOOK,
    )
    return [one.fee_year for one in found]


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        # Restoration of year 7, due on 2024-04-10: the notice is presumed to come
        # when the six months to 2024-10-10 are over, and two months run from it.
        pytest.param("2024-10-10", [4, 5, 6], id="still payable"),
        pytest.param("2025-03-11", [4, 5, 6, 7], id="eleven months later"),
    ],
)
def test_an_annuity_is_over_when_nothing_can_save_it(
    on: str, expected: list[int]
) -> None:
    assert years_over(on) == expected


def test_an_annuity_that_was_put_off_is_over_later_than_others() -> None:
    # Put off from 2022-08-10 to 2023-06-15: its six months run until 2023-12-15.
    assert 5 not in years_over("2023-07-20", patent=PUT_OFF)
    assert 5 in years_over("2024-08-20", patent=PUT_OFF)


def test_an_annuity_with_a_late_notice_is_not_over_while_it_can_be_restored() -> None:
    # Sent on paper on 2025-03-17, so received on 2025-04-01; two months later is a
    # Sunday among the days of the Dragon Boat Festival: Tuesday 2025-06-03.
    late = notice("2025-03-17", delivery="paper")
    assert 7 not in years_over("2025-06-03", late)
    assert 7 in years_over("2025-06-04", late)
