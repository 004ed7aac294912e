"""The page on which a new user first sees messages."""

import re
from dataclasses import replace
from html import unescape

from patentwatch.model import Audience, Channel, Tier
from patentwatch.preview import PreviewEntry, PreviewPaper, index_page
from tests.make_letters import CASES, item, letter, rendered


def entry(name: str, **changes: object) -> PreviewEntry:
    of = CASES[name]
    made = PreviewEntry(
        rendered=rendered(of),
        on=of.on,
        tier=of.items[0].tier if of.items else None,
        audience=Audience.PATENTEE,
        party=of.party,
        to="a***@b.example",
        href="2026-06-05/email/m.eml",
    )
    return replace(made, **changes)  # type: ignore[arg-type]  # any field may change


def test_the_page_needs_nothing_from_outside() -> None:
    page = index_page([entry(name) for name in CASES], office="濮阳市知识产权局")
    assert "default-src 'none'" in page
    assert not re.search(r"(src|href)=\"(https?:)?//", page)
    assert f"共 {len(CASES)} 条" in page


def test_bodies_sit_in_frames_that_may_do_nothing() -> None:
    page = index_page([entry("urgent")], office="局")
    frame = re.search(r'<iframe sandbox="" [^>]*srcdoc="([^"]*)"', page)
    assert frame is not None
    assert unescape(frame[1]) == rendered(CASES["urgent"]).html


def test_a_hostile_title_stays_text() -> None:
    bad = '"></iframe><script>alert(1)</script>'
    made = rendered(letter(item(Tier.URGENT, title=bad), party=bad))
    page = index_page([entry("urgent", rendered=made, party=bad)], office=bad)
    assert page.count("<script") == 1
    assert page.count("</iframe>") == 1


def test_the_most_urgent_come_first_and_short_messages_show_their_price() -> None:
    short = rendered(replace(CASES["final"], channel=Channel.SMS))
    page = index_page(
        [entry("notice"), entry("test"), entry("final", rendered=short)], office="局"
    )
    tiers = re.findall(r'data-tier="(\w+)" data-channel', page)
    assert tiers == ["final", "notice", "test"]
    assert "70 字，1 条计费" in page


def test_an_empty_page_says_so() -> None:
    page = index_page([], office="局")
    assert '<p id="none">' in page


def test_a_report_has_a_word_of_its_own_and_comes_after_what_is_urgent() -> None:
    report = entry("test", report=True, audience=Audience.OFFICIAL)
    page = index_page([report, entry("notice")], office="局")
    assert re.findall(r'data-tier="(\w+)" data-channel', page) == ["notice", "report"]
    assert "周报月报" in page


def test_papers_are_named_with_what_they_are_for_and_lead_to_their_files() -> None:
    paper = PreviewPaper("周报<b>", "发给负责人", (("网页", "papers/a.html"),))
    page = index_page([], office="局", papers=[paper])
    assert "周报&lt;b&gt;" in page
    assert "发给负责人" in page
    assert '<a href="papers/a.html">网页</a>' in page


def test_without_papers_there_is_no_place_for_them() -> None:
    assert '<section class="papers">' not in index_page([], office="局")
