"""A mail server in a thread of its own: keeps what it takes, answers as it is told."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

from tests.delivery.fake_smtp import Server, serving

PATIENCE = 20


class Sink:
    """What arrived, and how the next connections are answered (see `fake_smtp`)."""

    def __init__(self, server: Server, replies: dict[str, str | None]) -> None:
        self._server = server
        self._replies = replies

    @property
    def port(self) -> int:
        return self._server.port

    @property
    def count(self) -> int:
        return len(self._server.accepted)

    @property
    def connections(self) -> int:
        """How many connections were made so far."""
        return self._server.connections

    @property
    def mails(self) -> list[EmailMessage]:
        return [parsed(raw) for raw in list(self._server.accepted)]

    def answers(self, **replies: str | None) -> None:
        """Answer later connections so; nothing named: by the book."""
        self._replies.clear()
        self._replies.update(replies)

    def take_all(self) -> list[EmailMessage]:
        """Return what arrived since this was last asked."""
        found = self.mails
        self._server.accepted.clear()
        return found


def parsed(raw: bytes) -> EmailMessage:
    mail = message_from_bytes(raw, policy=default)
    assert isinstance(mail, EmailMessage)
    return mail


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    content = body.get_content()
    assert isinstance(content, str)
    return content


@contextmanager
def sink() -> Iterator[Sink]:
    """Serve on loopback until the end of the block."""
    found: list[Sink] = []
    ready = threading.Event()
    over: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        replies: dict[str, str | None] = {}
        end = asyncio.Event()
        over.append((asyncio.get_running_loop(), end))
        async with serving(replies) as server:
            found.append(Sink(server, replies))
            ready.set()
            await end.wait()

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield found[0]
    finally:
        loop, end = over[0]
        loop.call_soon_threadsafe(end.set)
        thread.join(PATIENCE)
        assert not thread.is_alive()
