"""A letter about transfers as a bank reads it, and what it repeats: nothing."""

import re
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from patentwatch.linkedlettermail import shown
from patentwatch.linkedletters import LinkedLetter, LinkedNews, untold

GOLDEN = Path(__file__).parent / "golden_linked"

ONE = LinkedNews(
    date(2026, 5, 15), "201510000001.X", "transferred", "一种密封装置", "专利权已转让"
)
TWO = LinkedNews(date(2026, 5, 16), "201610000002.1", "transferred", "", "专利权已转让")
LETTER = LinkedLetter(
    parties=("示例银行",),
    on=date(2026, 5, 18),
    office_name="濮阳市知识产权局",
    office_phone="0393-1234567",
    news=(ONE, TWO),
)


def test_a_letter_says_exactly_this() -> None:
    page = shown(LETTER)
    expected = (GOLDEN / "letter.txt").read_text("utf-8")
    assert f"{page.subject}\n\n{page.text}" == expected


def test_page_and_text_say_the_same_and_nothing_of_fees() -> None:
    page = shown(LETTER)
    told = re.compile(r"ZL[\dX.]+|\d+年\d+月\d+日|一种密封装置|0393-1234567|勿据本函")
    assert sorted(set(told.findall(page.html))) == sorted(set(told.findall(page.text)))
    for text in (page.subject, page.text, page.html):
        assert "费" not in text
        assert "缴" not in text


def test_a_title_is_text_and_no_markup() -> None:
    page = shown(replace(LETTER, news=(replace(ONE, title="<b>环</b>"),)))
    assert "&lt;b&gt;环" in page.html


def test_who_shares_a_mailbox_is_addressed_together() -> None:
    page = shown(replace(LETTER, parties=("另一银行", "示例银行")))
    assert page.text.startswith("另一银行、示例银行：\n")


@pytest.mark.parametrize(
    ("news", "left"),
    [
        pytest.param([ONE, TWO], (), id="all-told"),
        pytest.param([replace(ONE, title="环")], (), id="another-title"),
        pytest.param(
            [replace(ONE, happened_on=date(2026, 5, 17))],
            (replace(ONE, happened_on=date(2026, 5, 17)),),
            id="sold-again",
        ),
        pytest.param(
            [replace(ONE, kind="other")], (replace(ONE, kind="other"),), id="other-kind"
        ),
    ],
)
def test_what_a_letter_told_is_not_told_again(
    news: list[LinkedNews], left: tuple[LinkedNews, ...]
) -> None:
    assert untold(news, [LETTER]) == left


def test_news_stand_in_the_order_in_which_they_happened() -> None:
    assert untold([TWO, ONE], []) == (ONE, TWO)
