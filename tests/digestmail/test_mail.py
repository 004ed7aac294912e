"""A digest as it is read: text, page, workbook, calendar – always the same bytes."""

import re
from dataclasses import replace
from email import message_from_bytes
from email.policy import default
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from icalendar import Calendar
from openpyxl import Workbook, load_workbook

from patentwatch import digestmail
from patentwatch.digests.making import of
from patentwatch.digests.packing import packed, unpacked
from patentwatch.digests.values import CITY, Digest, SourceAge
from patentwatch.model import Tier
from tests.make_digests import (
    HERE,
    MONDAY,
    MONTH,
    PLAN,
    QUIET,
    RISKS,
    call,
    material,
    patent,
    risk,
    until,
)
from tests.make_letters import SENT_AT
from tests.make_situations import day

GOLDEN = Path(__file__).parents[1] / "golden"
CASES = {
    "county": of(material(), HERE),
    "city": of(material(), CITY),
    "nothing_due": of(material(**QUIET), HERE),
    "plan": of(material(**QUIET, plans={HERE: (PLAN,)}), HERE),
}
SHEETS = [
    "风险清单",
    "今日电话",
    "联系不上",
    "已缴",
    "失效",
    "核对问题",
    "指标",
    "说明",
]
SECRET = ("13800000001", "13900000002", "03931234567", "张三", "李四", "王五")


def book_of(digest: Digest) -> Workbook:
    (content,) = (f.content for f in digestmail.files(digest) if "xlsx" in f.name)
    return load_workbook(BytesIO(content))


def rows_of(digest: Digest, sheet: str) -> list[tuple[Any, ...]]:
    return list(book_of(digest)[sheet].iter_rows(min_row=2, values_only=True))


@pytest.mark.parametrize("name", CASES)
def test_a_digest_says_what_was_approved(name: str) -> None:
    found = digestmail.shown(CASES[name])
    text = (GOLDEN / f"digest_{name}.txt").read_text("utf-8")
    assert f"{found.subject}\n\n{found.text}" == text
    assert found.html == (GOLDEN / f"digest_{name}.html").read_text("utf-8")


def test_every_golden_digest_belongs_to_a_case() -> None:
    endings = {f"digest_{name}.{end}" for name in CASES for end in ("txt", "html")}
    assert {path.name for path in GOLDEN.glob("digest_*")} == endings


@pytest.mark.parametrize("name", CASES)
def test_page_and_text_say_the_same(name: str) -> None:
    found = digestmail.shown(CASES[name])
    page = re.sub(r"<[^>]+>", " ", found.html)
    told = r"ZL[\dX.]+|\d+月\d+日|\d+,\d{3}|一种第\d+号|第\d+机械|\*{4}\d+"
    assert set(re.findall(told, page)) == set(re.findall(told, found.text))


def test_nothing_due_is_said_in_subject_text_and_page() -> None:
    found = digestmail.shown(CASES["nothing_due"])
    for text in (found.subject, found.text, found.html):
        assert "本期无到期、无逾期事项" in text
    assert "本期无到期" not in digestmail.shown(CASES["county"]).text


@pytest.mark.parametrize("name", CASES)
def test_no_full_number_and_no_name_stands_in_the_mail_itself(name: str) -> None:
    found = digestmail.shown(CASES[name])
    for secret in SECRET:
        assert secret not in found.text + found.html + found.subject


def test_full_numbers_stand_in_one_sheet_of_the_countys_workbook() -> None:
    book = book_of(CASES["county"])
    holding = {
        sheet.title
        for sheet in book
        for row in sheet.iter_rows(values_only=True)
        for cell in row
        if any(secret in str(cell) for secret in SECRET)
    }
    assert holding == {"今日电话"}
    (cell,) = [
        row[10] for row in rows_of(CASES["county"], "今日电话") if "2号" in row[3]
    ]
    assert cell == "13800000001（张三）"
    city = str([list(sheet.values) for sheet in book_of(CASES["city"])])
    assert not any(secret in city for secret in SECRET)


def test_the_workbook_has_a_sheet_for_each_matter() -> None:
    assert book_of(CASES["county"]).sheetnames == SHEETS
    assert book_of(CASES["city"]).sheetnames == ["各县区", *SHEETS]
    assert [row[1] for row in rows_of(CASES["county"], "风险清单")] == [
        f"ZL20151000000{n}.{n}" for n in (1, 4, 2, 3, 5, 6)
    ]
    assert [row[1] for row in rows_of(CASES["county"], "今日电话")] == [
        "电话", "联系方式", "电话", "核实",
    ]  # fmt: skip


HOSTILE = [
    '=HYPERLINK("x")',
    "+1",
    "-1",
    "@a",
    "\t=1",
    "＝1+1",
    "a\x00\x0b\ud800b",
    "x" * 900,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_no_cell_is_ever_a_formula(text: str) -> None:
    one = risk(1, Tier.FINAL, patent=patent(1, title=text, patentees=text))
    tasks = (call(one, "2026-11-20"),)
    found = of(material(**QUIET | {"risks": (one,), "calls": tasks}), HERE)
    for sheet in book_of(found):
        for row in sheet.iter_rows():
            assert {cell.data_type for cell in row} <= {"s", "n"}
    for cell in rows_of(found, "风险清单")[0]:
        assert "\x00" not in str(cell)


@settings(deadline=None)
@given(st.text(max_size=40), st.text(max_size=40))
def test_no_name_breaks_a_digest(title: str, owner: str) -> None:
    one = risk(1, Tier.FINAL, patent=patent(1, title=title, patentees=owner))
    found = of(material(**QUIET | {"risks": (one,)}), HERE)
    page = digestmail.shown(found)
    assert "<script" not in page.html
    assert len(digestmail.files(found)) == 2


def test_markup_in_a_name_is_text() -> None:
    bad = "<script>alert(1)</script>"
    one = risk(1, Tier.FINAL, patent=patent(1, title=bad))
    page = digestmail.shown(of(material(**QUIET | {"risks": (one,)}), HERE))
    assert "<script" not in page.html
    assert "&lt;script&gt;" in page.html


def test_a_long_list_is_shown_in_part_and_whole_in_the_workbook() -> None:
    many = tuple(risk(n, Tier.FINAL) for n in range(1, 301))
    found = of(material(**QUIET | {"risks": many}), HERE)
    page = digestmail.shown(found)
    assert "另有285件，见附件表格“风险清单”。" in page.text
    assert len(page.html.encode()) < 100_000
    assert len(rows_of(found, "风险清单")) == 300


def test_the_calendar_has_the_days_to_come() -> None:
    past = risk(1, Tier.FINAL, act_by_on=day("2026-11-22"))
    today = risk(2, Tier.FINAL, act_by_on=MONDAY)
    unknown = risk(3, Tier.LAPSED, act_by_on=None)
    found = of(material(**QUIET | {"risks": (past, today, unknown)}), HERE)
    _, file = digestmail.files(found)
    events = Calendar.from_ical(file.content).walk("VEVENT")
    assert [event.decoded("dtstart") for event in events] == [MONDAY]
    assert str(events[0]["summary"]) == "专利年费最迟日：ZL201510000002.2第12年"
    alone = of(material(**QUIET | {"risks": (past,)}), HERE)
    assert len(digestmail.files(alone)) == 1
    assert "ics" not in digestmail.shown(alone).text


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        pytest.param({"observing": True}, "当前为观察模式", id="observing"),
        pytest.param(
            {"listed": until(day("2026-10-18"))},
            "有效专利清单截至2026年10月18日（36天前），请导入新清单。",
            id="old-list",
        ),
        pytest.param(
            {"sources": (SourceAge(name="ops", answered_on=None, stale=True),)},
            "法律状态数据从未得到回答，已超过7天没有更新",
            id="never-answered",
        ),
        pytest.param(
            {
                "sources": (
                    SourceAge(name="ops", answered_on=day("2026-11-14"), stale=True),
                    SourceAge(name="prs", answered_on=day("2026-10-01"), stale=True),
                )
            },
            "法律状态数据截至2026年11月14日（9天前），已超过7天没有更新；提醒照常进行。",
            id="stale",
        ),
        pytest.param({"undecided": {HERE: 2}}, "有2件专利无法判断", id="undecided"),
    ],
)
def test_what_makes_the_figures_doubtful_is_said_first(
    changes: dict[str, Any], words: str
) -> None:
    found = digestmail.shown(of(material(**changes), HERE))
    assert found.text.index(words) < found.text.index("待办年费")
    assert words in found.html


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({}, id="one-source-is-fresh"),
        pytest.param({"listed": until(day("2026-10-19"))}, id="list-of-35-days"),
        pytest.param({"sources": ()}, id="no-source"),
    ],
)
def test_without_doubt_there_is_no_banner(changes: dict[str, Any]) -> None:
    assert "【注意】" not in digestmail.shown(of(material(**changes), HERE)).text


def test_a_month_is_called_by_its_name() -> None:
    found = digestmail.shown(of(material(window=MONTH), HERE))
    assert found.subject.startswith("华龙区专利年费月报（2026年10月）")


@pytest.mark.parametrize("name", CASES)
def test_a_stored_digest_gives_the_same_mail_byte_for_byte(name: str) -> None:
    digest = CASES[name]

    def mail(one: Digest) -> bytes:
        return digestmail.mail(
            one,
            ref="digest.410902.2026-11-16.week.0123abcd",
            sender="ip@puyang.example",
            sender_name="濮阳市知识产权局",
            to="zhang@example.cn",
            to_name="华龙区市场监管局",
            sent_at=SENT_AT,
        )

    assert mail(digest) == mail(unpacked(packed(digest)))
    parsed = message_from_bytes(mail(digest), policy=default)
    assert parsed["Message-ID"] == (
        "<digest.410902.2026-11-16.week.0123abcd@puyang.example>"
    )
    names = [part.get_filename() for part in parsed.iter_attachments()]
    assert names[0] == f"{digestmail.file_name(digest)}.xlsx"
    assert len(names) == (1 if digest.nothing_due else 2)


def test_the_page_suits_an_old_outlook_and_a_closed_network() -> None:
    for digest in CASES.values():
        page = digestmail.shown(digest).html
        assert re.findall(r"<img|<link|<script|<style|url\(|src=", page) == []
        assert re.findall(r"display:\s*(?:flex|grid)|background-image", page) == []
        assert re.findall(r"https?://", page) == []


def test_every_tier_has_words() -> None:
    some = tuple(
        replace(one, tier=tier, told=tier) for tier in Tier for one in RISKS[:1]
    )
    assert digestmail.shown(of(material(**QUIET | {"risks": some}), HERE)).text
