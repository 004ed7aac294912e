"""Notice, receipt and restoration: the Guidelines' examples and the change of 2024."""

from datetime import date

import pytest

from patentwatch.errors import LawError, NoRuleInForce
from patentwatch.law import lapse
from patentwatch.law.rulebook import Rulebook


def test_the_guidelines_example_of_a_notice_by_post(book: Rulebook) -> None:
    """Sent 2008-06-06; fifteen days, not rolled (a Saturday); two months."""
    received = lapse.notice_received_on(date(2008, 6, 6), "paper", rulebook=book)
    assert received == date(2008, 6, 21)
    assert lapse.restoration_nominal_on(received) == date(2008, 8, 21)


def test_the_guidelines_example_of_a_month_end() -> None:
    assert lapse.restoration_nominal_on(date(2022, 12, 31)) == date(2023, 2, 28)


@pytest.mark.parametrize(
    ("dispatched", "delivery", "received"),
    [
        pytest.param("2024-01-19", "electronic", "2024-02-03", id="old-electronic"),
        pytest.param("2024-01-20", "electronic", "2024-01-20", id="new-electronic"),
        pytest.param("2024-01-21", "electronic", "2024-01-21", id="day-after"),
        pytest.param("2024-01-19", "paper", "2024-02-03", id="old-paper"),
        pytest.param("2024-01-20", "paper", "2024-02-04", id="new-paper-on-a-sunday"),
        pytest.param("2024-01-20", None, "2024-01-20", id="unknown-is-electronic"),
    ],
)
def test_electronic_notices_arrive_at_once_since_2024_01_20(
    dispatched: str, delivery: str | None, received: str, book: Rulebook
) -> None:
    found = lapse.notice_received_on(
        date.fromisoformat(dispatched), delivery, rulebook=book
    )
    assert found == date.fromisoformat(received)


def test_a_delivery_nobody_knows_is_an_error(book: Rulebook) -> None:
    with pytest.raises(LawError, match="pigeon"):
        lapse.notice_received_on(date(2024, 1, 20), "pigeon", rulebook=book)


def test_the_record_of_2026_was_restorable_until_september(book: Rulebook) -> None:
    found = lapse.restoration_until_on(date(2026, 7, 9), rulebook=book)
    assert found == date(2026, 9, 9)


def test_the_last_day_of_restoration_is_rolled(book: Rulebook) -> None:
    found = lapse.restoration_until_on(date(2024, 11, 30), rulebook=book)
    assert found == date(2025, 2, 5)  # 30 January is in the Spring Festival


def test_the_estimate_counts_from_the_first_possible_notice(book: Rulebook) -> None:
    ends_on = date(2024, 10, 10)
    assert lapse.earliest_notice_on(ends_on) == date(2024, 11, 11)
    found = lapse.estimated_restoration_until_on(ends_on, rulebook=book)
    assert found == date(2025, 1, 13)  # 11 January is a Saturday


def test_restoration_costs_a_thousand_yuan(book: Rulebook) -> None:
    assert lapse.restoration_fee_yuan(date(2026, 9, 9), rulebook=book) == 1000
    with pytest.raises(NoRuleInForce, match="恢复权利请求费"):
        lapse.restoration_fee_yuan(date(2001, 2, 28), rulebook=book)
