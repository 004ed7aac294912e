"""One connection to the mail relay, and what each of its failures means."""

import asyncio
import re
import ssl
from contextlib import suppress
from dataclasses import dataclass, field
from enum import IntEnum

from aiosmtplib import (
    SMTP,
    SMTPException,
    SMTPHeloError,
    SMTPNotSupported,
    SMTPRecipientRefused,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
    SMTPServerDisconnected,
    SMTPTimeoutError,
)

from patentwatch.delivery.outcome import Envelope, Outcome, OutcomeKind, scrubbed
from patentwatch.endpoints import is_loopback
from patentwatch.errors import ConfigError, PatentwatchError
from patentwatch.mime import mailbox, sender_address

_ACCEPTED, _RETRY = OutcomeKind.ACCEPTED, OutcomeKind.RETRY
_REFUSED, _UNKNOWN = OutcomeKind.REFUSED, OutcomeKind.UNKNOWN
_DOWN = OutcomeKind.CHANNEL_DOWN

# Replies that are about us, not about the recipient: the relay wants a login, or does
# not know us. RFC 4954, RFC 3463 (X.7.1), and what Postfix and Exchange say.
_OURS = frozenset({530, 534, 535, 538})
_RELAYING = re.compile(r"relay(ing)? (access )?denied|unable to relay", re.IGNORECASE)
_TOO_BIG = 552
_ENHANCED = re.compile(r"5\.(\d{1,3})\.\d{1,3}")

# ValueError: the library's own checks of what it is given.
_FAILURES = (SMTPException, OSError, ValueError)


@dataclass(frozen=True, slots=True)
class Relay:
    """The mail server that takes our mail.

    `timeout` bounds one command, `deadline` one whole message, both in seconds.
    `connections` is how many run side by side; each is renewed after `rotate_after`
    messages. `ca_file` replaces the system's authorities, for a relay with its own.
    """

    host: str
    port: int
    sender: str
    security: str = "starttls"
    username: str = ""
    password: str = field(default="", repr=False)
    connections: int = 4
    timeout: float = 30.0
    deadline: float = 90.0
    rotate_after: int = 100
    ca_file: str | None = None

    def __post_init__(self) -> None:
        if self.security not in ("none", "starttls", "tls"):
            raise ConfigError(f"smtp.security 不认识：{self.security}")
        try:
            sender_address(self.sender)
        except PatentwatchError as error:
            raise ConfigError("smtp.sender 不是一个可用的邮箱地址") from error
        if self.username and self.security == "none" and not is_loopback(self.host):
            raise ConfigError("smtp.security 为 none 时不得发送口令，请改用 starttls")


class Stage(IntEnum):
    """How far a message has come; from DATA on, a silence proves nothing."""

    CONNECT = 0
    ENVELOPE = 1
    DATA = 2


class _Client(SMTP):
    """A client whose closing takes effect at once.

    A polite close of TLS waits for the other side, which may be why we close.
    """

    def close(self) -> None:
        if isinstance(self.transport, asyncio.WriteTransport):
            self.transport.abort()
        super().close()


class Line:
    """A connection that is made when needed, reused, and renewed when it went stale.

    `down` is set once no session can be had: its owner should stop asking. `up` is
    told of the first session.
    """

    def __init__(
        self, relay: Relay, tls: ssl.SSLContext | None, up: asyncio.Event
    ) -> None:
        self._relay = relay
        self._tls = tls
        self._up = up
        self._client: SMTP | None = None
        self._sent = 0
        self._stage = Stage.CONNECT
        self.down = False

    async def send(self, envelope: Envelope) -> Outcome:
        """Try `envelope` once and say what came of it, within the deadline."""
        try:
            to = mailbox(envelope.to)
        except PatentwatchError as error:
            return Outcome(_REFUSED, "address", str(error), bad_address=True)
        try:
            async with asyncio.timeout(self._relay.deadline):
                return await self._tried(to, envelope.raw)
        except TimeoutError:
            self._drop()
            self.down = self._stage is Stage.CONNECT
            kind = _UNKNOWN if self._stage is Stage.DATA else _RETRY
            return Outcome(kind, "deadline", f"超过 {self._relay.deadline:g} 秒")

    async def close(self) -> None:
        """Say goodbye; a server that does not answer is left alone."""
        client, self._client = self._client, None
        if client is None:
            return
        with suppress(SMTPException, OSError):
            async with asyncio.timeout(min(self._relay.timeout, 5.0)):
                await client.quit()
        client.close()

    async def _tried(self, to: str, raw: bytes) -> Outcome:
        reused = self._client is not None
        try:
            return await self._transact(to, raw)
        except (SMTPServerDisconnected, SMTPResponseException) as error:
            if not (reused and self._went_stale(error)):
                return await self._failed(error)
        except _FAILURES as error:
            return await self._failed(error)
        # The server hung up while the line was idle: nothing was sent on it yet.
        self._drop()
        try:
            return await self._transact(to, raw)
        except _FAILURES as error:
            return await self._failed(error)

    def _went_stale(self, error: SMTPException) -> bool:
        closing = isinstance(error, SMTPServerDisconnected) or (
            isinstance(error, SMTPResponseException) and error.code == 421
        )
        return closing and self._stage is Stage.ENVELOPE

    async def _transact(self, to: str, raw: bytes) -> Outcome:
        client = await self._connected()
        self._stage = Stage.ENVELOPE
        options = [f"size={len(raw)}"] if client.supports_extension("size") else []
        await client.mail(sender_address(self._relay.sender), options=options)
        await client.rcpt(to)
        self._stage = Stage.DATA
        reply = await client.data(raw)
        self._sent += 1
        return Outcome(_ACCEPTED, str(reply.code), scrubbed(reply.message))

    async def _connected(self) -> SMTP:
        if self._client is not None and self._sent >= self._relay.rotate_after:
            await self.close()
        if self._client is not None and self._client.is_connected:
            return self._client
        self._stage = Stage.CONNECT
        self._drop()
        relay = self._relay
        client = _Client(
            hostname=relay.host,
            port=relay.port,
            timeout=relay.timeout,
            use_tls=relay.security == "tls",
            start_tls=relay.security == "starttls",
            tls_context=self._tls,
            username=relay.username or None,
            password=relay.password or None,
        )
        await client.connect()
        self._client, self._sent = client, 0
        if client.is_ehlo_or_helo_needed:
            with suppress(SMTPHeloError):  # `mail` falls back to HELO
                await client.ehlo()
        self._up.set()
        return client

    def _drop(self) -> None:
        if self._client is not None:
            self._client.close()
            self._client = None

    async def _failed(self, error: Exception) -> Outcome:
        """Classify `error`, and leave the line fit for the next message."""
        outcome = classify(error, self._stage)
        if self._stage is Stage.CONNECT or outcome.kind is _DOWN:
            self.down = True
        keeps = isinstance(error, SMTPResponseException | SMTPRecipientsRefused)
        if self.down or not keeps or outcome.code == "421":
            self._drop()
        elif self._client is not None:
            try:
                await self._client.rset()
            except (SMTPException, OSError):
                self._drop()
        return outcome


def classify(error: Exception, stage: Stage) -> Outcome:
    """Return what `error` at `stage` means for the message.

    A reply is an answer at any stage; a silence after DATA is not.
    """
    if isinstance(error, SMTPRecipientsRefused) and error.recipients:
        error = error.recipients[0]  # its own code is None
    if isinstance(error, SMTPResponseException):
        return _answered(error, stage)
    text = scrubbed(str(error))
    if stage is Stage.DATA:
        return Outcome(_UNKNOWN, _word(error), text)
    if stage is Stage.ENVELOPE or isinstance(error, SMTPTimeoutError):
        return Outcome(_RETRY, _word(error), text)
    return Outcome(_DOWN, _word(error), text)


def _answered(error: SMTPResponseException, stage: Stage) -> Outcome:
    code, text = str(error.code), scrubbed(error.message)
    about_us = error.code in _OURS or stage is Stage.CONNECT or _sender_is(error)
    if error.code in (454, *_OURS) and stage is Stage.CONNECT:
        return Outcome(_DOWN, code, text)
    if 400 <= error.code < 500:
        return Outcome(_RETRY, code, text)
    if about_us or _RELAYING.search(text):
        return Outcome(_DOWN, code, text)
    if 500 <= error.code < 600:
        nobody = isinstance(error, SMTPRecipientRefused) and _no_such_box(code, text)
        return Outcome(_REFUSED, code, text, bad_address=nobody)
    # Not a reply SMTP knows: after DATA it may still have been taken.
    return Outcome(_UNKNOWN if stage is Stage.DATA else _RETRY, code, text)


def _no_such_box(code: str, text: str) -> bool:
    """Whether a refused recipient does not exist, by RFC 3463 where the reply uses it.

    5.1.x: the address; 5.2.1: a disabled box. A full box (5.2.2) and a policy (5.7.x)
    say nothing against the address.
    """
    enhanced = _ENHANCED.match(text)
    if enhanced is None:
        return code in ("550", "551", "553")
    return enhanced[1] == "1" or enhanced[0] == "5.2.1"


def _sender_is(error: SMTPResponseException) -> bool:
    """Whether the relay does not want our sender, rather than so large a mail."""
    return isinstance(error, SMTPSenderRefused) and error.code != _TOO_BIG


def _word(error: Exception) -> str:
    for kinds, word in (
        (SMTPNotSupported, "unsupported"),
        (SMTPTimeoutError, "timeout"),
        (SMTPServerDisconnected, "disconnected"),
        (ssl.SSLError, "tls"),
    ):
        if isinstance(error, kinds):
            return word
    return "connect" if isinstance(error, OSError) else "protocol"
