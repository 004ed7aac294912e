"""What a returned mail says; expected values as RFC 3463 and RFC 3464 define them."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.sources.dsn import Action, read
from tests.make_bounces import FULL, crlf, dsn, forwarded, qq_letter

REF, TO = "a" * 32, "zhang@b.example"


def test_a_notice_names_the_mail_the_recipient_and_the_reason() -> None:
    (notice,) = read(dsn(REF, TO))
    assert (notice.ref, notice.action, notice.status) == (REF, Action.FAILED, "5.1.1")
    assert notice.addresses == (TO,)
    assert notice.bad_address
    assert notice.reported_at == datetime(2026, 4, 11, 1, 0, 2, tzinfo=UTC)
    assert "User unknown" in notice.text


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(dsn(REF, TO, original_id=True), id="only-its-id-is-returned"),
        pytest.param(dsn(REF, TO, returned="text/rfc822-headers"), id="only-headers"),
        pytest.param(forwarded(dsn(REF, TO)), id="forwarded"),
        pytest.param(forwarded(forwarded(dsn(REF, TO))), id="forwarded-twice"),
        pytest.param(dsn(REF, f"<{TO}>"), id="in-brackets"),
    ],
)
def test_a_notice_is_found_wherever_it_stands(raw: bytes) -> None:
    (notice,) = read(raw)
    assert (notice.ref, notice.addresses, notice.status) == (REF, (TO,), "5.1.1")


@pytest.mark.parametrize(
    ("status", "said", "found", "bad"),
    [
        ("5.1.1", "", "5.1.1", True),
        ("5.1.2", "", "5.1.2", True),
        ("5.1.3", "", "5.1.3", True),
        ("5.1.6", "", "5.1.6", True),
        ("5.1.10", "", "5.1.10", True),
        ("5.2.1", "", "5.2.1", True),
        ("5.1.5", "", "5.1.5", False),
        ("5.1.7", "", "5.1.7", False),
        ("5.1.8", "", "5.1.8", False),
        ("5.2.2", "", "5.2.2", False),
        ("5.2.3", "", "5.2.3", False),
        ("5.7.1", "", "5.7.1", False),
        ("4.2.2", "", "4.2.2", False),
        ("4.1.1", "", "4.1.1", False),
        ("4.4.7", "", "4.4.7", False),
        ("5.0.0", "smtp; 550 5.1.1 user unknown", "5.1.1", True),
        ("5.0.0", f"smtp; {FULL}", "5.2.2", False),
        ("5.0.0", "smtp; 550 from 10.5.1.1 refused", "5.0.0", False),
        ("5.2.2", "smtp; 550 5.1.1 old words", "5.2.2", False),
        ("", "smtp; 550 no words", "", False),
    ],
)
def test_only_what_is_about_the_address_makes_it_bad(
    status: str, said: str, found: str, *, bad: bool
) -> None:
    (notice,) = read(dsn(REF, TO, status=status, said=said))
    assert (notice.status, notice.bad_address) == (found, bad)


@pytest.mark.parametrize("action", list(Action))
def test_every_action_is_told_from_the_others(action: Action) -> None:
    (notice,) = read(dsn(REF, TO, action=action.value.capitalize()))
    assert notice.action is action


def test_a_copy_has_the_mark_of_the_first_and_another_notice_its_own() -> None:
    (one,) = read(dsn(REF, TO))
    assert read(forwarded(dsn(REF, TO)))[0].mark == one.mark
    for other in (
        dsn(REF, TO, status="5.2.2"),
        dsn(REF, TO, action="delayed"),
        dsn(REF, "li@b.example"),
        dsn("b" * 32, TO),
        dsn(REF, TO, attempted="Sun, 12 Apr 2026 09:00:00 +0800"),
    ):
        assert read(other)[0].mark != one.mark


@pytest.mark.parametrize(
    ("said", "status", "bad"),
    [
        pytest.param("550 5.1.1 用户不存在", "5.1.1", True, id="nobody"),
        pytest.param("552 5.2.2 邮箱已满", "5.2.2", False, id="full"),
        pytest.param("收件人的邮箱拒收", "", False, id="only-words"),
    ],
)
def test_a_providers_own_letter_counts_where_it_returns_the_mail(
    said: str, status: str, *, bad: bool
) -> None:
    (notice,) = read(qq_letter(REF, TO, said))
    assert (notice.ref, notice.addresses, notice.action) == (REF, (TO,), Action.FAILED)
    assert (notice.status, notice.bad_address) == (status, bad)
    assert [n.mark for n in read(forwarded(qq_letter(REF, TO, said)))] == [notice.mark]


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(b"", id="nothing"),
        pytest.param(b"\xff\xfe\x00garbage", id="garbage"),
        pytest.param(crlf("Subject: hello\n\n5.1.1 <a@b>\n"), id="a-letter"),
        pytest.param(
            qq_letter(REF, TO, "请看", sender="li@b.example"),
            id="somebody-forwards-the-reminder",
        ),
        pytest.param(
            crlf("From: a@b.example\nSubject: 自动回复\nAuto-Submitted: yes\n\nx"),
            id="out-of-office",
        ),
        pytest.param(dsn("", TO).replace(b"Message-ID: <", b"X: <"), id="no-id"),
        pytest.param(dsn(REF, TO, action="exploded"), id="no-known-action"),
    ],
)
def test_what_is_no_notice_says_nothing(raw: bytes) -> None:
    assert read(raw) == []


def test_a_mail_in_a_mail_in_a_mail_is_given_up() -> None:
    head = b"Content-Type: message/rfc822\r\n\r\n"
    assert read(head * 5000 + b"x") == []


@pytest.mark.parametrize(
    "date",
    ["", "yesterday", "Mon, 99 Foo 99999 99:99:99 +9999"],
)
def test_a_senseless_day_is_none(date: str) -> None:
    raw = dsn(REF, TO, date=date).replace(b"Arrival-Date", b"X-Date")
    (notice,) = read(raw)
    assert notice.reported_at is None


@given(st.binary(max_size=300), st.integers(0, 1200))
def test_no_damage_whatever_raises(noise: bytes, place: int) -> None:
    raw = dsn(REF, TO)
    read(raw[:place] + noise + raw[place:])
    read(raw[:place])
