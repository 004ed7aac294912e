"""Foreign text, made harmless."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch import clean


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("  一种  装置\t", "一种 装置"),
        ("a\r\nb\u2028c\x00d\x85e", "a b c d e"),
        ("\u202ea\u200bb\ufeffc\u2066d", "abcd"),
        ("\ud800a", "a"),
        ("👍𠮷", "👍𠮷"),
        ("e\u0301", "é"),
    ],
)
def test_a_line_is_what_a_reader_sees(text: str, kept: str) -> None:
    assert clean.line(text) == kept


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("标题=?UTF-8?Q?=0A?=Bcc: x", "标题Bcc: x"),
        ("==??==??", ""),
        ("a = ? b", "a = ? b"),
    ],
)
def test_a_header_keeps_no_marker_even_one_made_by_the_cleaning(
    text: str, kept: str
) -> None:
    assert clean.header(text) == kept


@given(st.text(alphabet="=?qQbB0A\n a", max_size=40))
def test_no_text_makes_a_marker(text: str) -> None:
    kept = clean.header(text)
    assert "=?" not in kept
    assert "?=" not in kept


@given(st.text())
def test_a_line_is_one_line_that_can_be_written(text: str) -> None:
    kept = clean.line(text)
    assert len(kept.splitlines()) <= 1
    assert kept.isprintable() or kept.encode()
    assert clean.line(kept) == kept


def test_what_is_too_long_ends_in_an_ellipsis() -> None:
    assert clean.line("名" * 10, limit=5) == "名名名名…"


@pytest.mark.parametrize("text", ["None", "nan", " NULL ", "#N/A", "-", ""])
def test_a_word_for_nothing_is_no_name(text: str) -> None:
    assert clean.name(text) == ""


def test_a_variable_keeps_no_sign_that_gateways_take_for_something_else() -> None:
    text = "通道 smtp（10.0.0.1:25）[超时]。it's"
    assert clean.variable(text) == "通道 smtp（10·0·0·1:25）（超时），it s"
