"""A mail server that misbehaves in one chosen way, on loopback, without waiting."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager


class Session:
    """One connection: answers by the book unless `replies` says otherwise.

    `replies` maps a verb ("banner", "EHLO", "MAIL", "RCPT", "DATA", "dot", "QUIT", …)
    to what is sent instead; "" hangs, None hangs up. "next MAIL" is for the second
    and later messages of the connection.
    """

    def __init__(
        self,
        replies: dict[str, str | None],
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        accepted: list[bytes],
    ) -> None:
        self.replies = replies
        self.reader = reader
        self.writer = writer
        self.accepted = accepted
        self.mails = 0

    async def run(self) -> None:
        try:
            await self._converse()
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            self.writer.close()

    async def _converse(self) -> None:
        if not await self._say("banner", "220 fake ESMTP"):
            return
        while line := await self.reader.readline():
            verb = line.split(None, 1)[0].decode().upper().strip()
            if not await self._obey(verb):
                return

    async def _obey(self, verb: str) -> bool:
        if verb == "MAIL":
            self.mails += 1
            verb = (
                "next MAIL" if self.mails > 1 and "next MAIL" in self.replies else verb
            )
        usual = {"EHLO": "250 fake", "DATA": "354 go on", "QUIT": "221 bye"}
        if not await self._say(verb, usual.get(verb, "250 ok")):
            return False
        if verb == "DATA" and self.replies.get("DATA", "354").startswith("354"):  # type: ignore[union-attr]  # None returned above
            raw = await self.reader.readuntil(b"\r\n.\r\n")
            answer = self.replies.get("dot", "250 2.0.0 queued")
            # Kept before it is said, as real servers do: whoever is killed while the
            # answer is on its way has sent a mail.
            if answer is not None and answer.startswith("250"):
                self.accepted.append(raw)
            if not await self._say("dot", "250 2.0.0 queued"):
                return False
        return verb != "QUIT"

    async def _say(self, verb: str, usual: str) -> bool:
        reply = self.replies.get(verb, usual)
        if reply is None:
            return False
        if reply:
            self.writer.write(reply.encode() + b"\r\n")
            await self.writer.drain()
            return not reply.startswith("421")
        await self.reader.read()  # hangs until the client gives up
        return False


class Server:
    """The list of what was accepted and how many connections were made."""

    def __init__(self) -> None:
        self.accepted: list[bytes] = []
        self.connections = 0
        self.port = 0


@asynccontextmanager
async def serving(
    *scripts: dict[str, str | None], tls: ssl.SSLContext | None = None
) -> AsyncIterator[Server]:
    """Serve; connection n follows script n, later ones the last script."""
    state = Server()
    tasks: set[asyncio.Task[None]] = set()

    async def connected(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        script = scripts[min(state.connections, len(scripts) - 1)]
        state.connections += 1
        task = asyncio.current_task()
        assert task is not None
        tasks.add(task)
        await Session(dict(script), reader, writer, state.accepted).run()

    server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls)
    state.port = server.sockets[0].getsockname()[1]
    try:
        yield state
    finally:
        server.close()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
