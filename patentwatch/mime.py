"""Build the bytes of one e-mail so that equal input gives equal bytes.

Our headers are written here, as ASCII, and never pass through the library's header
machinery: the versions in use differ in how they fold and in what they let through.
"""

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime, parseaddr
from hashlib import sha256

from patentwatch import clean
from patentwatch.errors import PatentwatchError

_ATOM = r"[A-Za-z0-9!#$%&'*+/^_`{|}~=-]+"
_LOCAL = re.compile(rf"{_ATOM}(?:\.{_ATOM})*")
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_HOST = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_MESSAGE_ID = re.compile(r"<[A-Za-z0-9._-]{1,128}@[A-Za-z0-9.-]{1,255}>")

# 39 bytes become 52 characters, with its frame 64: the first word of a header then
# fits beside the header's name into the 76 characters a line of them may have.
_WORD_BYTES = 39

# Only the headers of parts pass through this policy; they are ASCII, short and ours.
_POLICY = SMTP.clone(max_line_length=78)


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
) -> bytes:
    """Return a whole RFC 5322 message: ASCII only, CRLF, no line over 998 bytes."""
    headers = [
        f"Date: {format_datetime(sent_at)}",
        f"From: {_person(sender_name, sender_address(sender))}",
        f"To: {_person(to_name, mailbox(to))}",
        f"Message-ID: {message_id(identity, sender)}",
        f"Subject: {_encoded(clean.header(subject))}",
        "Auto-Submitted: auto-generated",
        "X-Auto-Response-Suppress: All",
        "Content-Language: zh-CN",
    ]
    top = "\r\n".join(headers) + "\r\n"
    return top.encode("ascii") + _body(text, html, attachments, identity)


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
    mail = EmailMessage(policy=_POLICY)
    mail.set_content(text, cte="base64")
    mail.add_alternative(html, subtype="html", cte="base64")
    for file in attachments:
        main, _, sub = file.content_type.partition("/")
        mail.add_attachment(
            file.content, maintype=main, subtype=sub, filename=file.name
        )
        if main == "text":
            part = list(mail.iter_attachments())[-1]
            part.set_param("charset", "utf-8")
    seed = sha256(identity.encode()).hexdigest()[:24]
    parts = (part for part in mail.walk() if part.is_multipart())
    for position, part in enumerate(parts):
        # "=_" occurs neither in base64 nor in quoted-printable text.
        part.set_boundary(f"=_{seed}_{position}")
    return mail.as_bytes(policy=_POLICY)
