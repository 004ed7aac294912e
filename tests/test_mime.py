"""The bytes of a mail with a link to unsubscribe, and without one (RFC 8058)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from patentwatch import mime
from patentwatch.errors import PatentwatchError
from tests.mail_sink import parsed

LINK = "https://pw.example.gov.cn/u/" + "t" * 300


def built(**more: Any) -> bytes:
    return mime.build(
        sender="ip@puyang.example",
        sender_name="濮阳市知识产权局",
        to="a@b.example",
        to_name="甲公司",
        subject="专利年费提醒",
        text="x",
        html="<p>x</p>",
        attachments=[],
        sent_at=datetime(2026, 4, 11, 1, 0, tzinfo=UTC),
        identity="m1",
        **more,
    )


def test_a_long_link_stands_whole_on_one_line() -> None:
    raw = built(unsubscribe=LINK)
    assert f"\r\nList-Unsubscribe: <{LINK}>\r\n".encode() in raw
    assert b"\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n" in raw
    assert parsed(raw)["List-Unsubscribe"] == f"<{LINK}>"


def test_without_a_link_nothing_else_is_different() -> None:
    plain, linked = built(), built(unsubscribe=LINK)
    kept = [
        line for line in linked.split(b"\r\n") if not line.startswith(b"List-Unsub")
    ]
    assert b"\r\n".join(kept) == plain
    assert b"Unsubscribe" not in plain


def test_the_longest_line_is_998_bytes() -> None:
    start = "https://a/"
    longest = start + "t" * (998 - len("List-Unsubscribe: <>") - len(start))
    assert max(map(len, built(unsubscribe=longest).split(b"\r\n"))) == 998
    with pytest.raises(PatentwatchError, match="退订链接"):
        built(unsubscribe=longest + "t")


@pytest.mark.parametrize(
    "link",
    ["", "http://a/t", "https://a/\r\nBcc: x", "https://a/ b", "https://a/>", "https://a/退"],
)  # fmt: skip
def test_what_is_no_link_is_refused(link: str) -> None:
    with pytest.raises(PatentwatchError, match="退订链接"):
        built(unsubscribe=link)
