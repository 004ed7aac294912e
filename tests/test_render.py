"""What is said, word for word, and that nothing else ever leaves."""

import re
from dataclasses import replace
from datetime import date, timedelta
from email import message_from_bytes
from email.header import decode_header, make_header
from email.message import EmailMessage
from email.policy import default
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from openpyxl import load_workbook

from patentwatch.errors import PatentwatchError
from patentwatch.letters import Item, Letter
from patentwatch.model import Audience, Channel, Evidence, Office, Tier
from patentwatch.render import MAIL_LIMIT, Rendered, message
from tests.make_letters import (
    CASES,
    NOTICED,
    OFFICE,
    SENT_AT,
    SOFT,
    item,
    letter,
    rendered,
)

GOLDEN = Path(__file__).parent / "golden"
BY_MAIL_ONLY = [name for name in CASES if name.startswith("notice")]

NEVER_GUESSED = (
    Tier.SURCHARGE_1,
    Tier.SURCHARGE_2,
    Tier.SURCHARGE_3,
    Tier.SURCHARGE_4,
    Tier.LAPSED,
    Tier.RESTORE,
)

OUR_HEADERS = [
    "Date",
    "From",
    "To",
    "Message-ID",
    "Subject",
    "Auto-Submitted",
    "X-Auto-Response-Suppress",
    "Content-Language",
    "MIME-Version",
    "Content-Type",
]


def sms(of: Letter) -> str:
    return rendered(replace(of, channel=Channel.SMS)).text


def parsed(mail: Rendered) -> EmailMessage:
    whole = message_from_bytes(mail.raw, policy=default)
    assert isinstance(whole, EmailMessage)
    return whole


def events(mail: Rendered) -> list[Any]:
    calendar = Calendar.from_ical(attachment(mail, "annuities.ics"))
    return list(calendar.walk("VEVENT"))


def attachment(mail: Rendered, name: str) -> bytes:
    for part in parsed(mail).iter_attachments():
        if part.get_filename() == name:
            content = part.get_payload(decode=True)
            assert isinstance(content, bytes)
            return content
    raise AssertionError(name)


# The words.


@pytest.mark.parametrize("name", CASES)
def test_a_mail_says_exactly_this(name: str) -> None:
    mail = rendered(CASES[name])
    expected = (GOLDEN / f"{name}.txt").read_text("utf-8")
    assert f"{mail.subject}\n\n{mail.text}" == expected


@pytest.mark.parametrize("name", [name for name in CASES if name not in BY_MAIL_ONLY])
def test_a_short_message_says_exactly_this(name: str) -> None:
    assert sms(CASES[name]) + "\n" == (GOLDEN / f"{name}.sms.txt").read_text("utf-8")


def test_every_golden_file_belongs_to_a_case() -> None:
    mails = {f"{name}.txt" for name in CASES}
    short = {f"{name}.sms.txt" for name in CASES if name not in BY_MAIL_ONLY}
    pages = {"surcharge_2.html", "several.html"}
    found = {path.name for path in GOLDEN.iterdir()}
    assert {name for name in found if not name.startswith("digest_")} == (
        mails | short | pages
    )


@pytest.mark.parametrize("name", ["surcharge_2", "several"])
def test_the_page_of_a_mail_is_exactly_this(name: str) -> None:
    expected = (GOLDEN / f"{name}.html").read_text("utf-8")
    assert rendered(CASES[name]).html == expected


@pytest.mark.parametrize("name", CASES)
def test_the_page_says_what_the_text_says(name: str) -> None:
    mail = rendered(CASES[name])
    body = mail.html.partition("<body")[2]
    shown = re.sub(r"<[^>]*>|[\s（）]", "", body.partition(">")[2])
    for line in mail.text.splitlines():
        for words in re.split(r"[：。；，（）\s]|^[0-9]+\.|←.*", line):
            bare = re.sub("^合计([0-9]+)元$", r"\1", words).removeprefix("应缴")
            assert bare in shown, line


@pytest.mark.parametrize("name", CASES)
def test_a_mail_keeps_our_promises(name: str) -> None:
    mail = rendered(CASES[name])
    for body in (mail.text, mail.html, mail.subject):
        assert "None" not in body
        assert "{{" not in body
        assert "已终止" not in body
        assert "汇款" not in body
    for body in (mail.text, mail.html):
        assert "不收取、不代收任何费用" in body
        assert "0393-1234567" in body
        links = set(re.findall(r"https?://[^\s\"<，。]+", body))
        assert links <= {"https://cponline.cnipa.gov.cn"}
    assert "<img" not in mail.html
    assert "<script" not in mail.html
    assert "<link" not in mail.html


@pytest.mark.parametrize("name", [name for name in CASES if name not in BY_MAIL_ONLY])
def test_a_short_message_has_no_link_no_title_and_no_dot_in_the_number(
    name: str,
) -> None:
    text = sms(CASES[name])
    assert text.startswith("【濮阳市知识产权局】")
    assert text.count("【") == 1
    assert "http" not in text
    assert "." not in text
    assert "密封" not in text
    assert "已终止" not in text
    assert text.endswith("0393-1234567")


@pytest.mark.parametrize(
    ("tier", "evidence"),
    [
        (tier, evidence)
        for tier in Tier
        for evidence in (Evidence.CONFIRMED, Evidence.PRESUMED)
        if tier is not Tier.NOTICE
        and (tier not in NEVER_GUESSED or evidence is Evidence.CONFIRMED)
    ],
)
@pytest.mark.parametrize("correction", [False, True])
@pytest.mark.parametrize("by", ["query", "list"])
@pytest.mark.parametrize("noticed", [False, True])
def test_a_short_message_is_billed_once_with_the_longest_values(
    tier: Tier, evidence: Evidence, *, correction: bool, by: str, noticed: bool
) -> None:
    late = date(2026, 12, 31)
    about = item(
        tier,
        evidence=evidence,
        correction=correction,
        confirmed_by=by,
        application_no="202010123456.7",
        due_on=late,
        last_in_time_on=late,
        ends_on=late,
        **({"window_until_on": late} if item(tier).window_until_on else {}),
        **(NOTICED | {"restoration_until_on": late} if noticed else {}),
    )
    of = letter(about, channel=Channel.SMS, on=date(2026, 12, 5))
    short = rendered(of)
    assert len(short.text) <= 70
    assert short.parts == 1


def test_a_short_message_without_end_never_leaves() -> None:
    office = replace(OFFICE, name="局" * 499)
    with pytest.raises(PatentwatchError) as refused:
        sms(letter(item(Tier.URGENT), office=office))
    assert refused.value.code == "template_broken"


def test_only_the_signature_is_in_black_brackets() -> None:
    office = replace(OFFICE, name="某局】【别处\u202e")
    assert sms(letter(item(Tier.URGENT), office=office)).startswith("【某局）（别处】")


@pytest.mark.parametrize("audience", [Audience.PATENTEE, Audience.AGENT])
def test_the_counting_text_is_billed_once(audience: Audience) -> None:
    about = item(Tier.FINAL, ends_on=date(2026, 12, 31))
    of = letter(*[about] * 99, audience=audience, on=date(2026, 12, 5))
    assert len(sms(of)) <= 70


@pytest.mark.parametrize("tier", Tier)
@pytest.mark.parametrize("evidence", Evidence)
@pytest.mark.parametrize("channel", [Channel.EMAIL, Channel.SMS])
@pytest.mark.parametrize("audience", Audience)
def test_every_template_with_every_evidence_speaks_or_refuses(
    tier: Tier, evidence: Evidence, channel: Channel, audience: Audience
) -> None:
    of = letter(item(tier, evidence=evidence), channel=channel, audience=audience)
    guess = tier in NEVER_GUESSED and evidence is not Evidence.CONFIRMED
    if guess or (tier is Tier.NOTICE and channel is Channel.SMS):
        with pytest.raises(PatentwatchError) as refused:
            rendered(of)
        assert refused.value.code == "letter_impossible"
    else:
        text = rendered(of).text
        if evidence is not Evidence.CONFIRMED:
            assert "经查" not in text.replace("已经查", "")
            assert "查询，" not in text


def test_a_guess_never_claims_a_look_up() -> None:
    for tier in (Tier.OVERDUE, Tier.FINAL, Tier.LAST_WEEK):
        text = rendered(letter(item(tier, **SOFT))).text
        assert "已缴请忽略" in text
        assert "尚未缴纳" not in text
        assert "查询，" not in text


def test_a_confirmation_without_its_day_is_refused() -> None:
    with pytest.raises(PatentwatchError, match="没有查询日"):
        rendered(letter(item(Tier.FINAL, confirmed_on=None)))


def test_nobody_is_told_to_wait_for_a_roll_that_no_notice_promises() -> None:
    for tier in (Tier.NOTICE, Tier.REMINDER, Tier.URGENT):
        about = item(
            tier,
            due_on=date(2026, 6, 6),
            last_in_time_on=date(2026, 6, 6),
            provisional=True,
            amounts_by_window=(),
        )
        mail = rendered(letter(about))
        assert "最迟2026年6月6日" in mail.text
        assert "不要等待顺延" in mail.text
        assert events(mail)[0]["DTSTART"].dt == date(2026, 6, 6)


def test_where_one_day_is_only_estimated_no_other_passes_for_the_nearest() -> None:
    """The restoration may end before the surcharge grows; nobody knows."""
    known = item(Tier.SURCHARGE_2)
    guess = item(Tier.RESTORE)
    assert "最近期限" in rendered(letter(known, known)).subject
    mixed = rendered(letter(guess, known))
    assert "最近期限" not in mixed.subject
    assert "请立即核对" in mixed.text


# The bytes.


def test_equal_letters_give_equal_bytes() -> None:
    first, second = rendered(CASES["several"]), rendered(CASES["several"])
    assert first.raw == second.raw
    assert first.digest == second.digest


@pytest.mark.parametrize("name", CASES)
def test_a_mail_is_plain_ascii_with_short_lines_and_our_headers(name: str) -> None:
    mail = rendered(CASES[name])
    assert mail.raw.isascii()
    lines = mail.raw.split(b"\r\n")
    assert b"\n" not in b"".join(lines)
    assert b"\r" not in b"".join(lines)
    assert max(map(len, lines)) <= 80
    whole = parsed(mail)
    assert whole.keys() == OUR_HEADERS
    assert whole.defects == []
    assert whole["Subject"] == mail.subject
    assert whole["Message-ID"] == "<m0123456789abcdef@puyang.example>"
    assert whole["Date"] == "Mon, 01 Jun 2026 09:00:00 +0800"
    assert whole["Auto-Submitted"] == "auto-generated"
    body = whole.get_body(("plain",))
    assert body is not None
    assert body.get_content().replace("\r\n", "\n") == mail.text
    page = whole.get_body(("html",))
    assert page is not None
    assert page.get_content().replace("\r\n", "\n").strip() == mail.html.strip()


HOSTILE = [
    pytest.param("标题=?UTF-8?Q?=0A?=Bcc: evil@x.example", id="encoded-line-break"),
    pytest.param("标题=?UTF-8?B?CkJjYzogZXZpbEB4?=", id="encoded-base64"),
    pytest.param("a\r\nBcc: evil@x.example", id="crlf"),
    pytest.param("a\nBcc: evil@x.example\n\nbody", id="lf"),
    pytest.param("a\u2028Bcc: evil@x.example\u2029b", id="line-separators"),
    pytest.param("a\x0bBcc: e\x0cvil\x85@x\x00.example", id="controls"),
    pytest.param("张,三 <a@b.example>; 李四 <c@d.example>", id="two-addresses"),
    pytest.param('"\\" <x@y.example>', id="quotes"),
    pytest.param("=?=?utf-8?q?=0A?=?utf-8?q?=0ABcc: x?=", id="nested-markers"),
    pytest.param("\u202egnp.exe\u2066\u200b\ufeff", id="bidi"),
    pytest.param("\ud800孤", id="lone-surrogate"),
    pytest.param("<script>alert(1)</script><img src=//x>", id="html"),
    pytest.param("{{ office.phone }}{% if %}", id="template"),
    pytest.param("名" * 5000, id="endless"),
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_names_and_titles_change_nothing_but_themselves(text: str) -> None:
    of = letter(
        item(Tier.REMINDER, title=text), party=text, office=replace(OFFICE, name=text)
    )
    mail = rendered(of)
    whole = parsed(mail)
    assert whole.keys() == OUR_HEADERS
    assert [a.addr_spec for a in whole["To"].addresses] == ["a@b.example"]
    assert [a.addr_spec for a in whole["From"].addresses] == ["ip@puyang.example"]
    assert "<script" not in mail.html
    assert "<img" not in mail.html
    unseen = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff\x00\x0b\x0c]")
    assert not unseen.search(mail.text + mail.html + whole["To"] + whole["From"])
    assert "\nBcc:" not in mail.text
    assert len(mail.text) < 5000


@given(st.text(max_size=60), st.text(max_size=60))
def test_no_name_ever_adds_a_header(party: str, name: str) -> None:
    of = letter(item(Tier.URGENT, title=name), party=party)
    whole = parsed(rendered(of))
    assert whole.keys() == OUR_HEADERS
    assert [a.addr_spec for a in whole["To"].addresses] == ["a@b.example"]


def test_a_name_that_nobody_knew_is_left_out() -> None:
    mail = rendered(letter(item(Tier.URGENT, title="None"), party="nan"))
    assert mail.text.startswith("您好：")
    assert "专利：ZL201010123456.7\n" in mail.text
    assert parsed(mail)["To"] == "a@b.example"


def test_a_long_subject_survives_folding() -> None:
    mail = rendered(CASES["lapsed_noticed"])
    raw = message_from_bytes(mail.raw)["Subject"]
    assert all(len(line) <= 76 for line in raw.splitlines())
    assert str(make_header(decode_header(raw))) == mail.subject


@pytest.mark.parametrize(
    "to",
    ["", "a", "a@b.example,c@d.example", "x <a@b.example>", "a@b.example\nBcc: c@d.e"],
)
def test_what_is_not_one_address_is_refused_without_repeating_it(to: str) -> None:
    with pytest.raises(PatentwatchError) as refused:
        message(CASES["urgent"], sender="ip@p.example", to=to, sent_at=SENT_AT)
    assert refused.value.code == "bad_contact"
    assert "b.example" not in str(refused.value)


def test_a_chinese_domain_is_written_in_ascii() -> None:
    mail = message(
        CASES["urgent"], sender="ip@p.example", to="a@例子.中国", sent_at=SENT_AT
    )
    assert b"<a@xn--fsqu00a.xn--fiqs8s>" in mail.raw


@pytest.mark.parametrize("word", ["", "a b", "a\r\nBcc: x", "<a@b>\r\nX: y", "名"])
def test_a_message_id_that_is_none_is_refused(word: str) -> None:
    with pytest.raises(PatentwatchError) as refused:
        rendered(letter(item(Tier.URGENT), message_id=word))
    assert refused.value.code == "message_id_invalid"


@pytest.mark.parametrize(
    "of",
    [
        pytest.param(letter(), id="nothing-to-say"),
        pytest.param(
            letter(item(Tier.URGENT), office=Office("", "0393")), id="no-sender"
        ),
        pytest.param(
            letter(item(Tier.URGENT), office=Office("局", "\u200b ")), id="no-phone"
        ),
    ],
)
def test_an_incomplete_letter_never_leaves(of: Letter) -> None:
    with pytest.raises(PatentwatchError) as refused:
        rendered(of)
    assert refused.value.code == "letter_incomplete"


def test_a_letter_with_a_hole_is_a_broken_template_not_half_a_message() -> None:
    with pytest.raises(
        PatentwatchError, match=r"surcharge/lead\.txt 第 2 行"
    ) as refused:
        rendered(letter(item(Tier.SURCHARGE_2, next_percent=None)))
    assert refused.value.code == "template_broken"


# The attachments.


def test_the_calendar_has_one_day_per_item_and_stable_names() -> None:
    mail = rendered(CASES["several"])
    found = events(mail)
    assert [event["DTSTART"].dt for event in found] == [
        date(2026, 12, 10),
        date(2026, 11, 30),
        date(2026, 11, 30),
        date(2026, 12, 14),
    ]
    assert len({event["UID"] for event in found}) == 4
    assert all(len(event.walk("VALARM")) == 3 for event in found)
    assert {str(event["DTSTAMP"].dt) for event in found} == {
        "2026-11-20 00:00:00+00:00"
    }


def test_a_later_letter_moves_the_event_instead_of_adding_one() -> None:
    def event(tier: Tier) -> tuple[str, int]:
        found = events(rendered(letter(item(tier))))[0]
        return str(found["UID"]), int(found["SEQUENCE"])

    (first, before), (second, after) = event(Tier.REMINDER), event(Tier.URGENT)
    assert first == second
    assert before < after
    assert event(Tier.OVERDUE)[0] != first


def test_an_estimated_day_is_not_put_into_a_calendar() -> None:
    names = [part.get_filename() for part in parsed(rendered(CASES["lapsed"])).walk()]
    assert "annuities.ics" not in names


def many(count: int, **changes: object) -> Letter:
    items: list[Item] = [
        item(Tier.FINAL, fee_year=17, application_no=f"2010{n:08}.0", **changes)
        for n in range(count)
    ]
    return letter(*items)


def test_three_items_need_no_table_and_four_get_one() -> None:
    for count, there in ((3, False), (4, True)):
        names = [p.get_filename() for p in parsed(rendered(many(count))).walk()]
        assert ("annuities.xlsx" in names) is there


def test_the_table_holds_text_whatever_it_begins_with() -> None:
    bad = ['=HYPERLINK("http://x")', "+1", "-1", "@x", "＝1", "\t=1", "a\x0bb"]
    items = [item(Tier.FINAL, title=title) for title in bad]
    raw = attachment(rendered(letter(*items)), "annuities.xlsx")
    sheet = load_workbook(BytesIO(raw)).active
    assert sheet is not None
    rows = list(sheet.iter_rows(min_row=2))
    assert [row[2].value for row in rows][:4] == bad[:4]
    assert {cell.data_type for row in rows for cell in row[:6]} == {"s"}
    assert [cell.value for cell in rows[0][6:]] == [8000, 2000, 10000]
    assert rows[0][1].value == "ZL201010123456.7"


def test_hundreds_of_items_stay_a_small_mail() -> None:
    mail = rendered(many(500, title="一种" + "很" * 400))
    assert len(mail.text.encode()) + len(mail.html.encode()) <= MAIL_LIMIT
    assert "另有440件见附件清单" in mail.text
    raw = attachment(mail, "annuities.xlsx")
    sheet = load_workbook(BytesIO(raw)).active
    assert sheet is not None
    assert sheet.max_row == 501


def test_a_date_far_away_keeps_its_year_in_a_short_message() -> None:
    about = item(Tier.REMINDER)
    assert "6月10日" in sms(letter(about))
    before = letter(about, on=about.due_on - timedelta(days=400))
    assert "2026年6月10日" in sms(before)
