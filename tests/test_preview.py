"""The page on which a new user first sees messages."""

import re
from dataclasses import replace
from html import unescape

from patentwatch.model import Audience, Channel, Tier
from patentwatch.preview import PreviewEntry, index_page
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
    assert "共 27 条" in page


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
