"""The categories of a high-value patent that the register and events can tell of."""

from dataclasses import replace
from typing import Any

import pytest

from patentwatch import highvalue
from patentwatch.highvalue import Category
from patentwatch.register.ipc import NOWHERE
from patentwatch.status.links import Link
from tests.make_situations import PATENT, day

PLEDGE = Link(
    "pledge", "secures", "Y1", "示例银行", day("2023-01-12"), day("2024-01-05")
)
LICENCE = Link("licence", "licensed_to", "X1", "乙示例公司", day("2023-01-12"))


def categories(on: str, *tied: Link, **changes: Any) -> list[Category]:
    patent = replace(PATENT, **changes)
    return list(highvalue.categories(patent, tied, on=day(on), strategic=NOWHERE))


@pytest.mark.parametrize(
    ("filing_on", "on", "kept"),
    [
        pytest.param("2016-11-22", "2026-11-21", False, id="day-before-ten-years"),
        pytest.param("2016-11-22", "2026-11-22", False, id="ten-years"),
        pytest.param("2016-11-22", "2026-11-23", True, id="longer-than-ten-years"),
        pytest.param("2016-02-29", "2026-02-28", False, id="leap-day-filing"),
        pytest.param("2016-02-29", "2026-03-01", True, id="leap-day-filing-over"),
        pytest.param("2018-02-28", "2028-02-29", True, id="counted-on-a-leap-day"),
    ],
)
def test_kept_longer_than_ten_years(filing_on: str, on: str, *, kept: bool) -> None:
    found = categories(on, filing_on=day(filing_on))
    assert found == ([Category.LONG_KEPT] if kept else [])


@pytest.mark.parametrize(
    ("on", "pledged"),
    [
        ("2023-01-11", False),
        ("2023-01-12", True),
        ("2024-01-04", True),
        ("2024-01-05", False),
    ],
)
def test_pledged_while_the_pledge_stands(on: str, *, pledged: bool) -> None:
    assert categories(on, PLEDGE) == ([Category.PLEDGED] if pledged else [])


def test_a_licence_makes_nothing_high_value() -> None:
    assert categories("2024-01-01", LICENCE) == []


@pytest.mark.parametrize("word", [True, False, None])
def test_the_words_of_a_list_count_beside_the_categories(*, word: bool | None) -> None:
    found = categories("2023-06-01", PLEDGE, high_value=word)
    listed = [Category.LISTED] if word else []
    assert found == [*listed, Category.PLEDGED]


def test_every_category_has_a_name_for_a_clerk() -> None:
    assert set(highvalue.NAMES) == set(Category)
    long_kept = replace(PATENT, filing_on=day("2010-01-01"))
    assert list(
        highvalue.reasons(long_kept, [PLEDGE], on=day("2023-06-01"), strategic=NOWHERE)
    ) == [
        "维持年限超过10年",
        "实现质押融资",
    ]
