"""A wire to a PostgreSQL server that breaks as it is told to."""

import asyncio
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

PATIENCE = 20


class Proxy:
    """What goes over the wire, and how it breaks.

    `lose_commit`: the answer to the COMMIT that comes so many after now is lost, with
    the connection. `refuses`: nobody is let in, and who is in is thrown out.
    """

    def __init__(self, upstream: Path) -> None:
        self._upstream = upstream
        self._open: set[asyncio.StreamWriter] = set()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._refuses = False
        self.port = 0
        self.asked = 0
        self.lost = 0
        self.lose_commit = 0

    @property
    def refuses(self) -> bool:
        return self._refuses

    @refuses.setter
    def refuses(self, value: bool) -> None:
        self._refuses = value
        if value and self._loop is not None:
            self._loop.call_soon_threadsafe(self._throw_out)

    def _throw_out(self) -> None:
        for writer in list(self._open):
            writer.transport.abort()

    async def serve(self, ready: threading.Event, end: asyncio.Event) -> None:
        self._loop = asyncio.get_running_loop()
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        self.port = server.sockets[0].getsockname()[1]
        ready.set()
        await end.wait()
        server.close()
        self._throw_out()
        others = asyncio.all_tasks() - {asyncio.current_task()}
        for task in others:
            task.cancel()
        await asyncio.gather(*others, return_exceptions=True)

    async def _connected(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        self.asked += 1
        if self._refuses:
            writer.transport.abort()
            return
        self._open.add(writer)
        with suppress(ConnectionError, OSError):
            there = await asyncio.open_unix_connection(str(self._upstream))
            await self._carry((reader, writer), there)
        self._open.discard(writer)
        writer.close()

    async def _carry(self, here: "_End", there: "_End") -> None:
        """Carry both ways until one side, or we, have had enough."""
        losing = asyncio.Event()
        tasks = {
            asyncio.create_task(self._ask(here, there, losing)),
            asyncio.create_task(self._answer(here, there, losing)),
        }
        try:
            await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
            there[1].transport.abort()
            here[1].transport.abort()

    async def _ask(self, here: "_End", there: "_End", losing: asyncio.Event) -> None:
        while data := await here[0].read(65536):
            if b"COMMIT" in data and self.lose_commit:
                self.lose_commit -= 1
                if not self.lose_commit:
                    losing.set()
            there[1].write(data)
            await there[1].drain()

    async def _answer(self, here: "_End", there: "_End", losing: asyncio.Event) -> None:
        while data := await there[0].read(65536):
            if losing.is_set():
                self.lost += 1
                return
            here[1].write(data)
            await here[1].drain()


_End = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@contextmanager
def proxied(upstream: Path) -> Iterator[Proxy]:
    """Carry connections to `upstream` until the end of the block."""
    proxy, ready = Proxy(upstream), threading.Event()
    over: list[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = []

    async def serve() -> None:
        end = asyncio.Event()
        over.append((asyncio.get_running_loop(), end))
        await proxy.serve(ready, end)

    thread = threading.Thread(target=asyncio.run, args=(serve(),))
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield proxy
    finally:
        loop, end = over[0]
        loop.call_soon_threadsafe(end.set)
        thread.join(PATIENCE)
        assert not thread.is_alive()
