"""By what the same record is recognised."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.plan.records import Value, natural_key
from tests.make_records import LOAN

TWO = replace(LOAN, natural_key=("number", "borrower"))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"number": "Ｙ１"}, {"number": "y 1"}),
        ({"number": "濮知〔2026〕1号"}, {"number": " 濮知〔2026〕 1号"}),
        ({"borrower": "甲（濮阳）公司"}, {"borrower": "甲(濮阳) 公司"}),
    ],
)
def test_width_case_and_blanks_do_not_make_another_record(
    one: dict[str, Value], other: dict[str, Value]
) -> None:
    assert natural_key(TWO, one) == natural_key(TWO, other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"number": "1.1号"}, {"number": "11号"}),
        ({"number": "a|b", "borrower": "c"}, {"number": "a", "borrower": "b|c"}),
        ({"number": "a\\", "borrower": "b"}, {"number": "a", "borrower": "\\b"}),
    ],
)
def test_what_differs_stays_apart(
    one: dict[str, Value], other: dict[str, Value]
) -> None:
    assert natural_key(TWO, one) != natural_key(TWO, other)


def test_patents_are_recognised_in_any_order() -> None:
    kind = replace(LOAN, natural_key=("patents",))
    first = natural_key(kind, {"patents": ["b", "a"]})
    assert first == natural_key(kind, {"patents": ["a", "b"]})


@given(st.text(min_size=190, max_size=500), st.text(min_size=1, max_size=5))
def test_a_long_key_fits_its_column_and_still_tells_apart(text: str, end: str) -> None:
    key = natural_key(LOAN, {"number": text})
    assert len(key) <= 200
    other = natural_key(LOAN, {"number": text + "x" + end})
    assert key != other


@pytest.mark.parametrize("length", [199, 200, 201])
def test_a_key_of_200_characters_is_kept_as_it_is(length: int) -> None:
    key = natural_key(LOAN, {"number": "字" * length})
    assert (key == "字" * length) is (length <= 200)
