"""Returned mails: what a delivery status notification (RFC 3464) says of which mail.

Also the letters of providers that keep to no standard, as far as they return the mail
itself with its Message-ID. Everything else is unreadable, and that is said.
"""

import email
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email.errors import MessageError
from email.header import decode_header, make_header
from email.message import Message
from email.utils import parseaddr, parsedate_to_datetime
from enum import StrEnum

LARGEST = 20_000_000
"""Bytes; a returned mail is never larger than what we send with its frame."""

_STATUS = "message/delivery-status"
_MESSAGE_ID = re.compile(r"<([^<>@\s]+)@[^<>\s]+>")
_ENHANCED = re.compile(r"(?<![.\d])[245]\.(\d{1,3})\.\d{1,3}(?![.\d])")
_ROBOTS = frozenset({"mailer-daemon", "postmaster", "double-bounce", "bounce"})
_SUBJECT = re.compile(
    r"退信|退回|投递失败|发送失败|未送达|无法投递|undeliver|delivery (?:status|fail)"
    r"|returned|failure notice|bounce",
    re.IGNORECASE,
)
_SENDERS_OWN = frozenset({"5", "7", "8", "9"})
_WORDS_KEPT = 4000


class Action(StrEnum):
    """What a mail server did in the end, as RFC 3464 calls it."""

    FAILED = "failed"
    DELAYED = "delayed"
    DELIVERED = "delivered"
    RELAYED = "relayed"
    EXPANDED = "expanded"


@dataclass(frozen=True, slots=True)
class Notice:
    """What became of one mail for one recipient.

    `ref` is the part of its Message-ID that we gave it. `addresses` are all that the
    notice gives for the recipient. `status` is x.y.z, "" unknown. `reported_at` None:
    it bears no day. `mark` tells it from other notices, and not from a copy of it.
    """

    ref: str
    action: Action
    status: str
    addresses: tuple[str, ...]
    text: str
    reported_at: datetime | None
    mark: str

    @property
    def bad_address(self) -> bool:
        """Whether the address itself is wrong or closed.

        5.1.x, but for a valid one (5.1.5) and for what is about the sender or the
        relay (5.1.7 to 5.1.9); 5.2.1: a disabled box. A full box (5.2.2) is a good
        address.
        """
        kind, _, rest = self.status.partition(".")
        subject, _, detail = rest.partition(".")
        about_it = subject == "1" and detail not in _SENDERS_OWN
        return kind == "5" and (about_it or (subject, detail) == ("2", "1"))


def read(raw: bytes) -> list[Notice]:
    """Return what a returned mail says, also one that was forwarded whole.

    An empty list: it is no notice, or names no mail.
    """
    try:
        parts = list(email.message_from_bytes(raw).walk())
    except RecursionError:  # a mail within a mail a thousand times
        return []
    keeps_to_it = any(part.get_content_type() == _STATUS for part in parts)
    say = _standard if keeps_to_it else _letter
    return [notice for part in parts for notice in say(part)]


def _standard(report: Message) -> Iterator[Notice]:
    """Yield what the parts of one multipart/report say."""
    parts = _children(report)
    statuses = [p for p in parts if p.get_content_type() == _STATUS]
    returned = next(filter(None, map(_returned, parts)), None)
    for status in statuses:
        whole, *recipients = _children(status) or [Message()]
        ref = _ref(_text(whole, "Original-Message-ID"))
        ref = ref or (_ref(_text(returned, "Message-ID")) if returned else "")
        for recipient in recipients:
            action = _text(recipient, "Action").strip().lower()
            if ref and action in list(Action):
                yield _notice(ref, Action(action), whole, recipient, report)


def _notice(
    ref: str, action: Action, whole: Message, recipient: Message, report: Message
) -> Notice:
    said = _text(recipient, "Diagnostic-Code")
    status = _status(_text(recipient, "Status"), said)
    named = (
        _address(_text(recipient, name).rpartition(";")[2])
        for name in ("Original-Recipient", "Final-Recipient")
    )
    addresses = tuple(dict.fromkeys(filter(None, named)))
    days = (
        _text(recipient, "Last-Attempt-Date"),
        _text(whole, "Arrival-Date"),
        _text(report, "Date"),
    )
    day = next(filter(None, days), "")
    mark = "|".join((ref, *addresses, action, status, day))
    return Notice(ref, action, status, addresses, said, _instant(day), mark)


def _letter(letter: Message) -> Iterator[Notice]:
    """Yield what a provider's own kind of letter says about the mail it returns.

    Only what a mail system wrote: who forwards a reminder has received it.
    """
    writer = parseaddr(_decoded(letter, "From"))[1].partition("@")[0].lower()
    if writer not in _ROBOTS or not _SUBJECT.search(_decoded(letter, "Subject")):
        return
    for part in letter.walk():
        returned = _returned(part)
        ref = _ref(_text(returned, "Message-ID")) if returned else ""
        if returned is None or not ref:
            continue
        said = _words(letter)
        status = _status("", said)
        to = tuple(filter(None, [_address(_decoded(returned, "To"))]))
        day = _text(letter, "Date")
        mark = "|".join((ref, *to, Action.FAILED, status, day))
        yield Notice(ref, Action.FAILED, status, to, said, _instant(day), mark)
        return


def _children(part: Message) -> list[Message]:
    payload = part.get_payload()
    if not isinstance(payload, list):
        return []
    return [one for one in payload if isinstance(one, Message)]


def _returned(part: Message) -> Message | None:
    """Return the mail, or its headers, that a part gives back."""
    match part.get_content_type():
        case "message/rfc822" | "message/global":
            return next(iter(_children(part)), None)
        case "text/rfc822-headers" | "message/rfc822-headers":
            raw = part.get_payload(decode=True)
            return email.message_from_bytes(raw) if isinstance(raw, bytes) else None
        case _:
            return None


def _ref(text: str) -> str:
    found = _MESSAGE_ID.search(text)
    return found[1] if found else ""


def _text(part: Message, name: str) -> str:
    return str(part.get(name, ""))


def _decoded(part: Message, name: str) -> str:
    text = _text(part, name)
    try:
        return str(make_header(decode_header(text)))
    except (MessageError, ValueError, LookupError):  # damaged, or no such charset
        return text


def _address(text: str) -> str:
    address = parseaddr(text)[1].strip()
    return address if "@" in address else ""


def _status(stated: str, said: str) -> str:
    """Return the status; of 5.0.0 the words of the other server know more."""
    found, better = _ENHANCED.search(stated), _ENHANCED.search(said)
    if better is not None and (found is None or found[1] == "0"):
        return better[0]
    return found[0] if found else ""


def _instant(text: str) -> datetime | None:
    try:
        found = parsedate_to_datetime(text)
        return found.replace(tzinfo=found.tzinfo or UTC).astimezone(UTC)
    except (ValueError, TypeError, IndexError, OverflowError):
        return None


def _words(letter: Message) -> str:
    """Return the first words that the letter itself says."""
    for part in letter.walk():
        raw = part.get_payload(decode=True)
        if part.get_content_maintype() == "text" and isinstance(raw, bytes):
            return " ".join(raw.decode("utf-8", "replace").split())[:_WORDS_KEPT]
    return ""
