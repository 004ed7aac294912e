"""Which commitment is meant by what a clerk wrote."""

from datetime import date

import pytest

from patentwatch.plan.promises import Promises

TWO = Promises(
    {"a-2025": frozenset({"3.1"}), "a-2026": frozenset({"3.1", "3.10"})},
    {"a-2025": 2025, "a-2026": 2026},
)
ONE = Promises({"a-2026": frozenset({"3.1"})}, {"a-2026": 2026})
RIVALS = Promises(
    {"a": frozenset({"3.1"}), "b": frozenset({"3.1"})}, {"a": 2026, "b": 2026}
)
DAY = date(2026, 3, 1)


@pytest.mark.parametrize(
    ("plans", "text", "on", "expected"),
    [
        pytest.param(TWO, "3.1", DAY, "a-2026/3.1", id="the plan of that year"),
        pytest.param(TWO, "3.1", date(2025, 12, 31), "a-2025/3.1", id="of the other"),
        pytest.param(TWO, "a-2025/3.1", DAY, "a-2025/3.1", id="named"),
        pytest.param(TWO, "3.10", DAY, "a-2026/3.10", id="3.10 is not 3.1"),
        pytest.param(TWO, "3.10", date(2025, 5, 1), None, id="not of that year"),
        pytest.param(TWO, "3.1", date(2024, 5, 1), None, id="a year without a plan"),
        pytest.param(ONE, "3.1", date(2025, 5, 1), "a-2026/3.1", id="the only plan"),
        pytest.param(RIVALS, "3.1", DAY, None, id="two plans of a year"),
        pytest.param(RIVALS, "b/3.1", DAY, "b/3.1", id="two plans, one named"),
        pytest.param(ONE, "9.9", DAY, None, id="no such commitment"),
        pytest.param(ONE, "x/3.1", DAY, None, id="no such plan"),
        pytest.param(ONE, "三", DAY, None, id="no id at all"),
        pytest.param(Promises({}, {}), "3.1", DAY, None, id="no plan at all"),
    ],
)
def test_a_commitment_is_found_or_not_guessed_at(
    plans: Promises, text: str, on: date, expected: str | None
) -> None:
    assert plans.find(text, on) == expected
