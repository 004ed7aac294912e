"""Signed tokens for one purpose each: what the links in a mail carry.

A token holds names that tell nobody anything: a recipient's, an application number, a
fee year; never an address. It can be read but not made without the secret. That it
serves once is kept by a table; here nothing is stored.
"""

import base64
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import Any, Final

from itsdangerous import BadData, SignatureExpired, TimestampSigner
from itsdangerous.url_safe import URLSafeTimedSerializer

from patentwatch.errors import PatentwatchError


class Purpose(StrEnum):
    """What a token is good for, and nothing else."""

    PAID = "ack.paid"
    AGENT = "ack.agent"
    ABANDON = "ack.abandon"
    WRONG_PERSON = "ack.wrong_person"
    UNSUBSCRIBE = "unsubscribe"


ANSWER_FOR: Final = timedelta(days=14)
"""An answer belongs to the letter that asked; later facts ask anew."""

UNSUBSCRIBE_FOR: Final = timedelta(days=400)
"""Whoever finds an old letter may still say no: until next year's has a new link."""

MAX_AGE: Final[Mapping[Purpose, timedelta]] = {
    Purpose.PAID: ANSWER_FOR,
    Purpose.AGENT: ANSWER_FOR,
    Purpose.ABANDON: ANSWER_FOR,
    Purpose.WRONG_PERSON: ANSWER_FOR,
    Purpose.UNSUBSCRIBE: UNSUBSCRIBE_FOR,
}


class TokenRefused(PatentwatchError):
    """A link is not to be followed; nothing was changed."""

    code = "token_refused"


class TokenInvalid(TokenRefused):
    """Nobody who knows the secret made this for this purpose."""

    code = "token_invalid"

    def __init__(self) -> None:
        super().__init__(
            "链接无效：内容不完整、被改动过，或不是用于这项操作的；请使用邮件中的原链接"
        )


class TokenExpired(TokenRefused):
    """It was good once."""

    code = "token_expired"

    def __init__(self) -> None:
        super().__init__("链接已过期；请使用最近一封邮件中的链接，或致电发件单位")


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom a token speaks for and about which annuity; about none to unsubscribe."""

    recipient: str
    application_no: str = ""
    fee_year: int = 0


@dataclass(frozen=True, slots=True)
class Token:
    """A token that was verified; `nonce` is written down when it is used."""

    purpose: Purpose
    nonce: str
    subject: Subject


class _AsOf(TimestampSigner):
    """Signs and judges as of an instant that it is given; reads no clock."""

    def __init__(self, *arguments: Any, as_of: int, **more: Any) -> None:
        super().__init__(*arguments, **more)
        self._as_of = as_of

    def get_timestamp(self) -> int:
        return self._as_of


def make(
    secret: str, purpose: Purpose, subject: Subject, *, letter: str, now: datetime
) -> str:
    """Return a token; the same for the same letter, so that it can be made again.

    `letter` names what the token goes into (a message's reference): another letter
    has another token, and each can be used once.
    """
    parts = (purpose, *_plain(subject), letter)
    hashed = sha256("|".join(map(str, parts)).encode()).digest()[:12]
    nonce = base64.urlsafe_b64encode(hashed).decode("ascii")
    made = _serializer(secret, purpose, now).dumps([nonce, *_plain(subject)])
    assert isinstance(made, str)  # noqa: S101 - the URL-safe form is text
    return made


def read(secret: str, purpose: Purpose, token: str, *, now: datetime) -> Token:
    """Return what a token says; raises `TokenInvalid` or `TokenExpired`.

    One made for another purpose is invalid: each purpose signs with a salt of its own.
    """
    serializer = _serializer(secret, purpose, now)
    max_age = int(MAX_AGE[purpose].total_seconds())
    try:
        nonce, recipient, number, year = serializer.loads(token, max_age=max_age)
    except SignatureExpired as error:
        raise TokenExpired from error
    except (BadData, ValueError, TypeError) as error:
        raise TokenInvalid from error
    return Token(purpose, nonce, Subject(recipient, number, year))


def _plain(subject: Subject) -> tuple[str, str, int]:
    return subject.recipient, subject.application_no, subject.fee_year


def _serializer(secret: str, purpose: Purpose, now: datetime) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(
        secret,
        salt=f"patentwatch.{purpose}",
        signer=_AsOf,
        signer_kwargs={
            "as_of": int(now.timestamp()),
            "key_derivation": "hmac",
            "digest_method": sha256,
        },
    )
