"""Quantities as clerks write and read them; every expectation is worked out by hand."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.plan.quantities import (
    YUAN,
    Unit,
    fen,
    number,
    plain,
    readable,
    unit,
    yuan,
)

WAN = unit("万元")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("5000000", 500_000_000),
        ("5,000,000.00", 500_000_000),
        ("５００万元", 500_000_000),
        ("500 万", 500_000_000),
        ("2亿元", 20_000_000_000),
        ("0.5亿", 5_000_000_000),
        ("1,200.5万元", 1_200_500_000),
        ("¥12.34", 1_234),
        ("￥1200元整", 120_000),
        ("人民币300元", 30_000),
        ("123.4567万元", 123_456_700),
        ("0", 0),
        ("0.01", 1),
        ("9999999999999.99", 999_999_999_999_999),
        ("1,200万圆", 1_200_000_000),
    ],
)
def test_an_amount_is_read_to_the_fen(text: str, expected: int) -> None:
    assert fen(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "0.001", "12.345元", "0.0000001万元", "-5", "1,2345", "1.2.3", "五百万",
        "500美元", "500万件", "1e6", "33333.333333333336", "约500万", "500万-600万",
        "10000000000000", "1.0000000000000000000000000001", "", "元", "=5", "NaN",
        "1元2", "٣",
    ],
)  # fmt: skip
def test_what_is_no_whole_fen_is_no_amount(text: str) -> None:
    assert fen(text) is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param("500", 500_000_000, id="bare: in the column's unit"),
        pytest.param("500元", 50_000, id="the cell's own unit wins"),
        pytest.param("500万元", 500_000_000, id="not multiplied twice"),
        pytest.param("2亿", 20_000_000_000, id="the cell's own scale wins"),
        pytest.param("￥500", None, id="may mean either"),
        pytest.param("￥500元", 50_000, id="says what it means"),
    ],
)
def test_a_bare_number_is_in_the_unit_of_its_column(
    text: str, expected: int | None
) -> None:
    assert fen(text, of=WAN) == expected


@given(st.integers(0, 10**15 - 1), st.sampled_from(["元", "万元", "亿元"]))
def test_an_amount_that_was_written_out_is_read_back(amount: int, word: str) -> None:
    shown = yuan(amount, into=unit(word))
    assert fen(shown, of=unit(word)) == amount
    assert "E" not in shown


@pytest.mark.parametrize(
    ("word", "expected"),
    [
        ("元", ("元", 1)),
        ("万元", ("元", 10_000)),
        ("亿 元", ("元", 10**8)),
        ("万件", ("件", 10_000)),
        ("％", ("%", 1)),
        ("", ("", 1)),
    ],
)
def test_a_unit_has_a_base_and_a_scale(word: str, expected: tuple[str, int]) -> None:
    assert tuple(unit(word)) == expected


@pytest.mark.parametrize(
    ("text", "of", "into", "expected"),
    [
        ("3.5", "万件", "件", "35000"),
        ("3.5万件", "件", "件", "35000"),
        ("35000", "件", "万件", "3.5"),
        ("-1.50", "", "", "-1.5"),
        ("85%", "%", "%", "85"),
        ("1,234", "人", "人", "1234"),
        ("0.000001", "", "", "0.000001"),
        ("0.0000001", "", "", None),
        ("5件", "人", "人", None),
        ("1/3", "", "", None),
    ],
)
def test_a_number_is_kept_in_the_unit_of_its_field(
    text: str, of: str, into: str, expected: str | None
) -> None:
    found = number(text, of=unit(of), into=unit(into))
    assert (plain(found) if found is not None else None) == expected


def test_a_decimal_as_text_has_neither_exponent_nor_trailing_zeros() -> None:
    assert plain(Decimal("1E+3")) == "1000"
    assert plain(Decimal("1.500")) == "1.5"
    assert plain(Decimal("100")) == "100"
    assert Unit("元", Decimal(1)) == unit("元")


@pytest.mark.parametrize(
    ("value", "base", "shown"),
    [
        pytest.param("200000000", "元", "2亿元", id="target"),
        pytest.param("199999999.99", "元", "1.9999亿元", id="nearly"),
        pytest.param("99999999", "元", "9999.9999万元", id="below-a-yi"),
        pytest.param("35000", "件", "3.5万件", id="trademarks"),
        pytest.param("9999", "件", "9999件", id="below-a-wan"),
        pytest.param("1E+4", "件", "1万件", id="exponent"),
        pytest.param("1.10", "件", "1.1件", id="per-ten-thousand"),
        pytest.param("0", "家", "0家", id="nothing"),
        pytest.param("0.00004", "件", "0件", id="too-small-to-show"),
        pytest.param("-12000", "元", "-1.2万元", id="below-nothing"),
    ],
)
def test_a_figure_is_cut_off_and_not_rounded_up(
    value: str, base: str, shown: str
) -> None:
    assert readable(Decimal(value), base) == shown


@given(st.decimals(0, 10**12, places=2))
def test_a_figure_that_was_read_out_is_what_was_counted_or_a_little_less(
    value: Decimal,
) -> None:
    shown = number(readable(value, "元"), of=YUAN, into=YUAN)
    assert shown is not None
    assert 0 <= value - shown < max(Decimal(1), value / 10_000)
