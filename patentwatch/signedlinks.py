"""The links that letters carry, once an office has web pages and a secret for them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from patentwatch import config, tokens, toml
from patentwatch.errors import ConfigError
from patentwatch.settings import ConsoleSettings
from patentwatch.tokens import Purpose, Subject, Token

SECRET_CHARACTERS = 32
"""A shorter secret could be guessed from one link."""

_PATHS: Final[Mapping[Purpose, str]] = {
    Purpose.PAID: "a/paid",
    Purpose.AGENT: "a/agent",
    Purpose.ABANDON: "a/abandon",
    Purpose.WRONG_PERSON: "a/wrong-person",
    Purpose.UNSUBSCRIBE: "u",
}
_BASE = re.compile(r"https?://[A-Za-z0-9.\[\]:-]+(?:/[A-Za-z0-9._~-]+)*/?")


@dataclass(frozen=True, slots=True)
class SignedLinks:
    """Makes and reads the links of one installation; printing it shows no secret."""

    base_url: str
    secret: str = field(repr=False)

    def url(
        self, purpose: Purpose, subject: Subject, *, letter: str, now: datetime
    ) -> str:
        """Return a link for one purpose; see `tokens.make`."""
        token = tokens.make(self.secret, purpose, subject, letter=letter, now=now)
        return f"{self.base_url}/{_PATHS[purpose]}/{token}"

    def unsubscribe(self, recipient: str, *, letter: str, now: datetime) -> str | None:
        """Return the link for List-Unsubscribe, None where it would not be heeded.

        RFC 8058 asks for https: mail programs ignore a plain link.
        """
        if not self.base_url.startswith("https://"):
            return None
        subject = Subject(recipient)
        return self.url(Purpose.UNSUBSCRIBE, subject, letter=letter, now=now)

    def read(self, purpose: Purpose, token: str, *, now: datetime) -> Token:
        """Return what a token says; raises `TokenInvalid` or `TokenExpired`."""
        return tokens.read(self.secret, purpose, token, now=now)


def links_of(console: ConsoleSettings) -> SignedLinks | None:
    """Return what makes links, None where an office has no web pages.

    Raises `ConfigError` for an address or a secret that cannot serve.
    """
    if not console.base_url or console.secret_file is None:
        return None
    if not _BASE.fullmatch(console.base_url):
        raise ConfigError("console.base_url: 应是 https:// 开头的网址，不带参数")
    toml.refuse_open_file(console.secret_file, at="console.secret_file")
    try:
        secret = config.secret(console.secret_file)
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(
            f"console.secret_file: 无法读取 {console.secret_file}"
        ) from error
    if len(secret) < SECRET_CHARACTERS:
        raise ConfigError(
            f"console.secret_file: 至少要 {SECRET_CHARACTERS} 个字符，"
            "可用 openssl rand -hex 32 生成"
        )
    return SignedLinks(console.base_url.rstrip("/"), secret)
