"""Signed tokens: one purpose, one subject, one life span; nothing in clear."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.tokens import (
    MAX_AGE,
    Purpose,
    Subject,
    TokenExpired,
    TokenInvalid,
    make,
    read,
)

SECRET = "0123456789abcdef0123456789abcdef"  # noqa: S105 - of these tests alone
NOW = datetime(2026, 4, 11, 1, 0, tzinfo=UTC)
A_SECOND = timedelta(seconds=1)
SUBJECT = Subject("f" * 40, "201310199708.X", 12)
ANSWERS = [purpose for purpose in Purpose if purpose is not Purpose.UNSUBSCRIBE]


def made(purpose: Purpose = Purpose.PAID, *, letter: str = "m1") -> str:
    return make(SECRET, purpose, SUBJECT, letter=letter, now=NOW)


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_token_says_what_was_put_into_it(purpose: Purpose) -> None:
    token = read(SECRET, purpose, made(purpose), now=NOW)
    assert (token.purpose, token.subject) == (purpose, SUBJECT)


def test_an_answer_may_take_fourteen_days() -> None:
    assert {MAX_AGE[purpose] for purpose in ANSWERS} == {timedelta(days=14)}


@pytest.mark.parametrize("purpose", list(Purpose))
def test_a_token_expires_on_its_last_second(purpose: Purpose) -> None:
    token, ends_at = made(purpose), NOW + MAX_AGE[purpose]
    read(SECRET, purpose, token, now=ends_at - A_SECOND)
    read(SECRET, purpose, token, now=ends_at)
    with pytest.raises(TokenExpired, match="已过期"):
        read(SECRET, purpose, token, now=ends_at + A_SECOND)


def test_a_token_serves_no_other_purpose() -> None:
    for purpose in Purpose:
        for other in set(Purpose) - {purpose}:
            with pytest.raises(TokenInvalid, match="链接无效"):
                read(SECRET, other, made(purpose), now=NOW)


def test_a_token_of_another_secret_is_refused() -> None:
    with pytest.raises(TokenInvalid):
        read(SECRET[::-1], Purpose.PAID, made(), now=NOW)


@given(st.integers(0, 400), st.integers(0, 127))
def test_a_changed_token_is_refused(place: int, code: int) -> None:
    token = made()
    place %= len(token)
    changed = token[:place] + chr(code) + token[place + 1 :]
    if changed == token:
        return
    with pytest.raises((TokenInvalid, TokenExpired)):
        read(SECRET, Purpose.PAID, changed, now=NOW)


@given(st.text(max_size=60))
def test_no_text_whatever_is_a_token(text: str) -> None:
    with pytest.raises(TokenInvalid):
        read(SECRET, Purpose.PAID, text, now=NOW)


def test_each_letter_has_a_token_of_its_own_that_can_be_made_again() -> None:
    def nonce(purpose: Purpose, letter: str, now: datetime = NOW) -> str:
        token = make(SECRET, purpose, SUBJECT, letter=letter, now=now)
        return read(SECRET, purpose, token, now=now).nonce

    first = nonce(Purpose.ABANDON, "m1")
    assert made() == made()
    assert nonce(Purpose.ABANDON, "m1", NOW + timedelta(hours=1)) == first
    assert nonce(Purpose.ABANDON, "m2") != first
    assert nonce(Purpose.PAID, "m1") != first


def test_a_link_may_stand_in_one_line_of_ascii() -> None:
    token = made()
    assert token.isascii()
    assert len(token) < 300
    assert not set(token) & set("<>/?#& ")
