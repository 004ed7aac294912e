"""The page of a bulletin: word for word, and safe whatever people have written."""

import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from html.parser import HTMLParser
from pathlib import Path

import pytest

from patentwatch import bulletinpage
from patentwatch.bulletinpage import charts
from patentwatch.plan.bulletin import bulletin
from patentwatch.plan.bulletinvalues import Bulletin, MonthTally
from patentwatch.plan.ranking import CountyPlace, Tally
from tests.make_bulletins import HOSTILE, JUNE, june, material

GOLDEN = Path(__file__).parents[1] / "golden_bulletins" / "bulletin.html"
MADE_ON = date(2023, 7, 3)


def made(*, draft: bool = False) -> Bulletin:
    return bulletin(material(), draft=draft, made_on=MADE_ON, made_by="李")


def hostile(text: str) -> Bulletin:
    """Return a bulletin in which every foreign text is the same one."""
    found = made()
    return replace(
        found,
        office=text,
        title=text,
        document_no=text,
        made_by=text,
        turned=tuple(replace(one, text=text, lead=text) for one in found.turned),
        sections=tuple(
            replace(
                one,
                title=text,
                lines=tuple(
                    replace(
                        line, id=text, text=text, lead=text, unit=text, unknown=text
                    )
                    for line in one.lines
                ),
            )
            for one in found.sections
        ),
        counties=tuple(replace(one, name=text) for one in found.counties),
        slips=tuple(replace(one, text=text, to=text) for one in found.slips),
        extensions=tuple(
            replace(one, text=text, to=text, reason=text) for one in found.extensions
        ),
    )


class Reader(HTMLParser):
    """Collects what a browser would take for elements, and what it would show."""

    def __init__(self) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.words: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.words += [value or "" for name, value in attrs if name == "aria-label"]

    def handle_data(self, data: str) -> None:
        self.words.append(data)


def read(page: str) -> Reader:
    reader = Reader()
    reader.feed(page)
    return reader


def test_the_page_reads_word_for_word() -> None:
    assert bulletinpage.html(made()) == GOLDEN.read_text("utf-8")


def test_the_page_needs_nothing_from_outside_and_prints_on_a4() -> None:
    page = bulletinpage.html(made())
    assert "default-src 'none'" in page
    assert "size:A4" in page
    assert not re.search(r"(src|href)=|@import|@font-face", page)
    assert re.findall(r"url\(([^)]*)\)", page) == ["#stripes", "#grid"]


@pytest.mark.parametrize(
    "text",
    [
        HOSTILE,
        '"><img src=x onerror=alert(1)>',
        "{{ office }}",
        "=1+1",
        "' onload='x",
        "</style></title></svg>",
    ],
)
def test_what_people_write_never_becomes_markup(text: str) -> None:
    plain, found = (
        read(bulletinpage.html(made())),
        read(bulletinpage.html(hostile(text))),
    )
    assert found.tags == plain.tags
    assert found.words.count(text) > 10


def test_a_very_long_phrase_and_odd_characters_are_no_trouble() -> None:
    shown = bulletinpage.html(hostile("长" * 5000))
    assert "长" * 1999 + "…" in shown
    assert "长" * 2000 not in shown
    odd = bulletinpage.html(hostile("甲\x00\u202e乙\n𠮷"))
    assert "甲 乙 𠮷" in odd
    empty = bulletinpage.html(hostile(""))
    assert "《—》" in empty


def test_a_draft_says_so_at_the_top_and_in_its_title() -> None:
    page = bulletinpage.html(made(draft=True))
    assert "草稿：本月尚未结束，数据截至2023年6月30日，不作为正式通报" in page
    assert "落实情况的通报（草稿）</h1>" in page
    assert "草稿" not in bulletinpage.html(made())


def test_what_there_is_none_of_is_said_to_be_none() -> None:
    found = replace(
        made(), slips=(), extensions=(), due=(), counties=(), turned=(), indicators=()
    )
    page = bulletinpage.html(found)
    assert page.count('<p class="body">无。</p>') == 4
    assert "与上月相比，亮灯没有变化。" in page
    assert "没有落实到县区的承诺，不排名。" in page
    assert "专利指标" not in page
    assert "四、逾期未回复的督办单" in page
    first = bulletinpage.html(replace(found, compared=False))
    assert "没有上月的亮灯记录，本月不作比较。" in first
    assert "与上月相比" not in first


def test_a_plan_without_a_light_is_a_page_too() -> None:
    empty = bulletin(
        material(replace(june(), progress=()), before=()),
        draft=False,
        made_on=MADE_ON,
        made_by="",
    )
    page = bulletinpage.html(empty)
    assert "共有承诺0项" in page
    assert "<figure" not in page
    assert "制作：" not in page


def test_a_bar_is_as_long_as_its_score() -> None:
    found = charts.counties(made())
    assert found is not None
    # 75 of 100, and 50 of 100, of 360 units; the county without a light has no bar.
    assert [row.pieces[0].width for row in found.rows] == ["270.0", "180.0", "180.0"]
    assert found.rows[0].figures == "75.0分（绿1 黄1 红0）"


def test_every_light_of_a_section_has_its_share_and_its_number() -> None:
    tally = Tally(green=1, yellow=2, red=6)
    section = replace(made().sections[0], tally=tally)
    found = charts.sections(replace(made(), sections=(section,)))
    assert found is not None
    assert [
        (one.light, one.x, one.width, one.text) for one in found.rows[0].pieces
    ] == [
        ("green", "0.0", "40.0", "1"),
        ("yellow", "40.0", "80.0", "2"),
        ("red", "120.0", "240.0", "6"),
    ]


def test_a_piece_too_small_for_its_number_leaves_it_to_the_words_above() -> None:
    section = replace(made().sections[0], tally=Tally(green=99, yellow=0, red=1))
    found = charts.sections(replace(made(), sections=(section,)))
    assert found is not None
    assert [one.text for one in found.rows[0].pieces] == ["99", ""]
    assert found.rows[0].figures == "绿99 黄0 红1"


def test_a_trend_needs_two_months_and_marks_those_not_sealed() -> None:
    one = MonthTally(JUNE, Tally(1, 0, 0), sealed=True)
    assert charts.trend(replace(made(), trend=(one,))) is None
    reckoned = MonthTally(date(2023, 5, 1), Tally(2, 0, 2), sealed=False)
    found = charts.trend(replace(made(), trend=(reckoned, one)))
    assert found is not None
    assert [mark.text for mark in found.marks] == ["5月*", "6月"]
    assert found.reckoned
    # Four lights are the full height of 150; one is a quarter of it.
    assert [piece.height for piece in found.pieces] == ["75.0", "75.0", "37.5"]
    page = bulletinpage.html(replace(made(), trend=(reckoned, one)))
    assert "* 该月未封存，按现有记录补算。" in page


def test_a_county_that_leads_is_named_with_its_place() -> None:
    place = CountyPlace(
        "410972", "濮阳经济技术开发区", 1, Decimal("100.0"), Tally(3, 0, 0), 9
    )
    page = bulletinpage.html(replace(made(), counties=(place,)))
    assert "1 濮阳经济技术开发区" in page
    assert "100.0分（绿3 黄0 红0）" in page
