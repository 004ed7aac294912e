"""Build the bytes of one e-mail so that equal input gives equal bytes.

Headers and parts are written here, as ASCII, and never pass through the library's
machinery: the versions in use differ in how they fold and in what they let through,
and it takes longer than all the rest.
"""

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime, parseaddr
from hashlib import sha256

from patentwatch import clean
from patentwatch.errors import PatentwatchError

_ATOM = r"[A-Za-z0-9!#$%&'*+/^_`{|}~=-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._-]{1,128}@[A-Za-z0-9.-]{1,255}>")

_LINK = re.compile(r"https://[\x21-\x3b\x3d\x3f-\x7e]+")
_LINE_BYTES = 998

# 39 bytes become 52 characters, with its frame 64: the first word of a header then
# fits beside the header's name into the 76 characters a line of them may have.
_WORD_BYTES = 39


class AddressError(PatentwatchError):
    """What should be one mailbox is none, or several."""

    code = "bad_contact"


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail; `name` is ASCII and ours, never from input."""

    name: str
    content_type: str
    content: bytes


def mailbox(address: str) -> str:
    """Return `address` as one plain ASCII mailbox, its domain in IDNA form.

    Raises `AddressError`, without repeating the address, for anything else: a list, a
    display name, a quoted or non-ASCII local part, a line break.
    """
    local, at, host = address.strip(" ").rpartition("@")
    try:
        host = host.encode("idna").decode("ascii")
    except UnicodeError:
        host = ""
    whole = at and _LOCAL.fullmatch(local) and _HOST.fullmatch(host)
    if not whole or len(local) > 64 or len(host) > 253:
        raise AddressError("邮箱地址不是一个可用的地址，请核对联系人资料")
    return f"{local}@{host}"


def message_id(word: str, sender: str) -> str:
    """Return `word` as a Message-ID, at the sender's domain when it names none."""
    whole = word if word.startswith("<") else f"<{word}@{_addr_spec(sender)[1]}>"
    if not _MESSAGE_ID.fullmatch(whole):
        raise PatentwatchError("邮件编号含有不允许的字符", code="message_id_invalid")
    return whole


def sender_address(sender: str) -> str:
    """Return the mailbox in `sender`, which may be `address` or `name <address>`."""
    return "@".join(_addr_spec(sender))


def _addr_spec(sender: str) -> tuple[str, str]:
    _, address = parseaddr(sender)
    local, _, host = mailbox(address).rpartition("@")
    return local, host


def build(
    *,
    sender: str,
    sender_name: str,
    to: str,
    to_name: str,
    subject: str,
    text: str,
    html: str,
    attachments: Sequence[Attachment],
    sent_at: datetime,
    identity: str,
    unsubscribe: str | None = None,
) -> bytes:
    """Return a whole RFC 5322 message: ASCII only, CRLF, no line over 998 bytes.

    `unsubscribe`: the https link of List-Unsubscribe, followed by one click (RFC
    8058). It stays on one line: a folded link is a broken one to some programs.
    """
    headers = [
        f"Date: {format_datetime(sent_at)}",
        f"From: {_person(sender_name, sender_address(sender))}",
        f"To: {_person(to_name, mailbox(to))}",
        f"Message-ID: {message_id(identity, sender)}",
        f"Subject: {_encoded(clean.header(subject))}",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
        "Content-Language: zh-CN",
        *_unsubscribing(unsubscribe),
    ]
    top = "\r\n".join(headers) + "\r\n"
    return top.encode("ascii") + _body(text, html, attachments, identity)


def _unsubscribing(link: str | None) -> list[str]:
    if link is None:
        return []
    header = f"List-Unsubscribe: <{link}>"
    if not _LINK.fullmatch(link) or len(header) > _LINE_BYTES:
        raise PatentwatchError("退订链接含有不允许的字符或过长", code="link_invalid")
    return [header, "List-Unsubscribe-Post: List-Unsubscribe=One-Click"]


def _person(name: str, address: str) -> str:
    shown = clean.header(clean.name(name))
    return f"{_encoded(shown)}\r\n <{address}>" if shown else address


def _encoded(text: str) -> str:
    """Return `text` as encoded words, one to a line.

    Every text is encoded, plain ASCII too: there is then nothing to quote.
    """
    words = (base64.b64encode(part).decode("ascii") for part in _chunks(text))
    return "\r\n ".join(f"=?utf-8?b?{word}?=" for word in words)


def _chunks(text: str) -> Iterator[bytes]:
    """Yield the UTF-8 of `text` in pieces that never split a character."""
    piece = b""
    for character in text:
        encoded = character.encode()
        if len(piece) + len(encoded) > _WORD_BYTES:
            yield piece
            piece = b""
        piece += encoded
    yield piece


def _body(
    text: str, html: str, attachments: Sequence[Attachment], identity: str
) -> bytes:
    seed = sha256(identity.encode()).hexdigest()[:24]
    texts = _parts(
        "alternative", f"=_{seed}_1", _text("plain", text), _text("html", html)
    )
    if attachments:
        files = (_file(file) for file in attachments)
        texts = _parts("mixed", f"=_{seed}_0", texts, *files)
    return b"MIME-Version: 1.0\r\n" + texts


def _parts(kind: str, boundary: str, *parts: bytes) -> bytes:
    """Return `parts` as one; "=_" in `boundary` never occurs in base64."""
    between = f"--{boundary}".encode("ascii")
    head = f'Content-Type: multipart/{kind}; boundary="{boundary}"'.encode("ascii")
    inner = b"".join(between + b"\r\n" + part + b"\r\n" for part in parts)
    return head + b"\r\n\r\n" + inner + between + b"--\r\n"


def _text(kind: str, text: str) -> bytes:
    lines = "".join(f"{line}\r\n" for line in text.splitlines())
    return _part(f'text/{kind}; charset="utf-8"', lines.encode())


def _file(file: Attachment) -> bytes:
    charset = '; charset="utf-8"' if file.content_type.startswith("text/") else ""
    shown = f'Content-Disposition: attachment; filename="{file.name}"\r\n'
    return _part(f"{file.content_type}{charset}", file.content, shown)


def _part(content_type: str, content: bytes, more: str = "") -> bytes:
    head = (
        f"Content-Type: {content_type}\r\n"
        f"Content-Transfer-Encoding: base64\r\n{more}\r\n"
    )
    coded = base64.encodebytes(content).replace(b"\n", b"\r\n")
    return head.encode("ascii") + coded
