"""What is final, what yields to whom, and what is a contradiction."""

import pytest

from patentwatch.model import Fact, FactKind, FactSource, Standing
from tests.make_situations import (
    day,
    ended,
    listed,
    paid,
    payment,
    restored,
    situation,
    unpaid,
)

COLUMN, WORD = FactSource.COLUMN, FactSource.WORD
FEE_PAGE, CHECK_SHEET = FactSource.FEE_PAGE, FactSource.CHECK_SHEET
STATUS = FactSource.CASE_STATUS
OPEN, PAID = Standing.OPEN, Standing.PAID
ENDED, HELD = Standing.ENDED, Standing.ON_HOLD


@pytest.mark.parametrize(
    ("final", "unpaid_on", "standing"),
    [
        pytest.param(payment("2024-05-10", 2000), "2024-05-09", PAID, id="paid-after"),
        pytest.param(payment("2024-05-10", 2000), "2024-05-10", HELD, id="paid-same"),
        pytest.param(payment("2024-05-10", 2000), "2024-05-11", HELD, id="paid-before"),
        pytest.param(
            payment("2024-05-10", 1, 8), "2024-05-11", HELD, id="later-year-before"
        ),
        pytest.param(restored("2025-02-01"), "2025-01-31", PAID, id="restored-after"),
        pytest.param(restored("2025-02-01"), "2025-02-01", HELD, id="restored-same"),
        pytest.param(restored("2025-02-01"), "2025-02-02", HELD, id="restored-before"),
        pytest.param(restored("2025-02-01", 7), "2025-02-02", HELD, id="announced"),
    ],
)
@pytest.mark.parametrize("source", [FEE_PAGE, STATUS], ids=["fee-page", "case-status"])
def test_unpaid_after_something_final_makes_a_hold(
    final: Fact, unpaid_on: str, standing: Standing, source: FactSource
) -> None:
    found = situation(final, unpaid(unpaid_on, source), on="2025-02-10")
    assert found.standing is standing
    assert bool(found.question) == (standing is HELD)


def test_a_low_column_after_a_receipt_makes_a_hold_too() -> None:
    facts = (payment("2024-03-01", 2000), listed("2024-05-20", 6))
    assert situation(*facts, on="2024-05-21").standing is HELD


def test_a_hold_ends_when_a_newer_fact_says_paid() -> None:
    facts = [payment("2024-05-10", 2000), unpaid("2024-05-20")]
    assert situation(*facts, on="2024-06-20").standing is HELD
    facts.append(paid("2024-06-01", FEE_PAGE))
    assert situation(*facts, on="2024-06-20").standing is PAID


@pytest.mark.parametrize(
    "weak",
    [
        pytest.param(paid("2024-05-20", WORD), id="word"),
        pytest.param(paid("2024-05-20", COLUMN), id="column-of-a-row"),
        pytest.param(listed("2024-05-20", 7), id="column-of-a-list"),
    ],
)
@pytest.mark.parametrize(
    ("later", "standing"),
    [
        pytest.param(unpaid("2024-06-01", FEE_PAGE), OPEN, id="fee-page"),
        pytest.param(unpaid("2024-06-01", CHECK_SHEET), OPEN, id="check-sheet"),
        pytest.param(unpaid("2024-06-01", WORD), PAID, id="word"),
        pytest.param(unpaid("2024-06-01", STATUS, None), PAID, id="case-status"),
        pytest.param(listed("2024-06-01", 6), PAID, id="column"),
        pytest.param(unpaid("2024-05-19", CHECK_SHEET), PAID, id="older-check-sheet"),
    ],
)
def test_paid_by_column_or_word_yields_only_to_a_look_up(
    weak: Fact, later: Fact, standing: Standing
) -> None:
    assert situation(weak, later, on="2024-06-20").standing is standing


def test_what_has_yielded_once_is_silent_for_good() -> None:
    wrong, looked_up = listed("2024-05-20", 7), unpaid("2024-06-01", FEE_PAGE)
    assert situation(wrong, ended("2024-12-01"), on="2024-12-02").standing is PAID
    found = situation(wrong, looked_up, ended("2024-12-01"), on="2024-12-02")
    assert found.standing is ENDED
    same_day = unpaid("2024-05-20", FEE_PAGE)
    found = situation(wrong, same_day, ended("2024-12-01"), on="2024-12-02")
    assert found.standing is HELD
    again = listed("2024-07-01", 7)
    found = situation(wrong, looked_up, again, ended("2024-12-01"), on="2024-12-02")
    assert found.standing is PAID


@pytest.mark.parametrize(
    ("strong", "later", "standing"),
    [
        pytest.param(
            paid("2024-05-20", CHECK_SHEET), unpaid("2024-06-01", WORD), OPEN, id="word"
        ),
        pytest.param(
            paid("2024-05-20", FEE_PAGE), listed("2024-06-01", 6), OPEN, id="column"
        ),
        pytest.param(
            paid("2024-06-02", CHECK_SHEET), unpaid("2024-06-01"), PAID, id="older"
        ),
    ],
)
def test_between_other_facts_the_newest_decides(
    strong: Fact, later: Fact, standing: Standing
) -> None:
    assert situation(strong, later, on="2024-06-20").standing is standing


@pytest.mark.parametrize(
    "says_paid",
    [
        pytest.param(paid("2024-06-01", FEE_PAGE), id="fee-page"),
        pytest.param(paid("2024-06-01", WORD), id="word"),
        pytest.param(listed("2024-06-01", 7), id="column"),
    ],
)
@pytest.mark.parametrize(
    "source", [FEE_PAGE, WORD, STATUS], ids=["page", "word", "status"]
)
def test_equal_dates_that_contradict_make_a_hold(
    says_paid: Fact, source: FactSource
) -> None:
    found = situation(says_paid, unpaid("2024-06-01", source), on="2024-06-02")
    assert found.standing is HELD
    assert "同一天" in found.question
    older = unpaid("2024-05-31", source)
    assert situation(says_paid, older, on="2024-06-02").standing is PAID


def test_a_newer_fact_ends_a_contradiction() -> None:
    facts = (paid("2024-06-01", FEE_PAGE), unpaid("2024-06-01", STATUS, None))
    assert situation(*facts, unpaid("2024-06-02"), on="2024-06-03").standing is OPEN


@pytest.mark.parametrize(
    ("on", "standing"),
    [
        pytest.param("2024-10-09", OPEN, id="day-before-the-last"),
        pytest.param("2024-10-10", OPEN, id="last-day-of-the-six-months"),
        pytest.param("2024-10-11", HELD, id="day-after"),
    ],
)
def test_in_force_with_an_amount_due_after_the_six_months_is_a_question(
    on: str, standing: Standing
) -> None:
    """The amount may be the next year's, which the system shows long before."""
    alive = Fact(FactKind.LISTED, CHECK_SHEET, day(on))
    found = situation(unpaid(on, CHECK_SHEET), alive, on="2024-11-01")
    assert found.standing is standing


def test_a_list_of_that_day_does_not_weaken_what_was_looked_up() -> None:
    found = situation(
        unpaid("2024-10-11", CHECK_SHEET), listed("2024-10-11"), on="2024-11-01"
    )
    assert found.standing is ENDED
