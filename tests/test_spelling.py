"""Whoever mistypes a word is asked one question, wherever the word stands."""

import pytest

from patentwatch.spelling import did_you_mean, question

KNOWN = ("smtp", "sms", "质押贷款", "9.1", "9.7", "410902")


@pytest.mark.parametrize(
    ("word", "asked"),
    [
        pytest.param("smpt", "（是不是 smtp？）", id="two-letters-changed-places"),
        pytest.param("质押货款", "（是不是 质押贷款？）", id="a-character-like-it"),
        pytest.param("10902", "（是不是 410902？）", id="a-digit-is-missing"),
        pytest.param("质押", "（是不是 质押贷款？）", id="half-the-word"),
        pytest.param("质物", "", id="below-half-alike"),
        pytest.param("滑县", "", id="nothing-alike"),
        pytest.param("", "", id="nothing"),
    ],
)
def test_a_mistyped_word_is_asked_about_only_where_one_is_near(
    word: str, asked: str
) -> None:
    assert did_you_mean(word, KNOWN) == asked


def test_a_word_half_alike_is_near_and_one_less_alike_is_not() -> None:
    assert did_you_mean("abcd", ["abxyz"]) == ""
    assert did_you_mean("abcd", ["abxy"]) == "（是不是 abxy？）"
    assert did_you_mean("abcd", ["abx"]) == "（是不是 abx？）"


def test_where_nothing_is_known_nothing_is_asked() -> None:
    assert did_you_mean("smtp", ()) == ""


def test_several_near_words_are_one_question() -> None:
    assert question(["--on", "--out"]) == "（是不是 --on、--out？）"
