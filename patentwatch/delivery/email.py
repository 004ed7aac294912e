"""Send mails over a few reused connections, each outcome told as soon as it is known.

The caller's iterator and callback run one at a time on one thread of their own, so
that a slow database never makes a mail server wait, and the reverse.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Awaitable, Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from threading import Event
from typing import TypeVar

from patentwatch.delivery.outcome import (
    Envelope,
    OnOutcomes,
    Outcome,
    OutcomeKind,
    Transport,
)
from patentwatch.delivery.smtp_line import Line, Relay

_T = TypeVar("_T")


def over_relay(relay: Relay) -> Transport:
    """Return the transport that hands mails to `relay`."""

    def send(
        envelopes: Iterable[Envelope],
        *,
        on_outcomes: OnOutcomes,
        stop: Event | None = None,
    ) -> None:
        send_batch(envelopes, relay=relay, on_outcomes=on_outcomes, stop=stop)

    return send


def send_batch(
    envelopes: Iterable[Envelope],
    *,
    relay: Relay,
    on_outcomes: OnOutcomes,
    stop: Event | None = None,
) -> None:
    """Send `envelopes` through `relay`; see `Transport`.

    Ends early when no connection can be had: the envelopes then in hand are told so,
    the rest is not taken from the iterator.
    """
    asyncio.run(_send_batch(envelopes, relay=relay, on_outcomes=on_outcomes, stop=stop))


async def _send_batch(
    envelopes: Iterable[Envelope],
    *,
    relay: Relay,
    on_outcomes: OnOutcomes,
    stop: Event | None,
) -> None:
    tls = _tls_context(relay)
    with ThreadPoolExecutor(1, "patentwatch-outbox") as thread:
        desk = _Desk(iter(envelopes), on_outcomes, stop or Event(), thread)
        workers = max(1, relay.connections)
        desk.open_lines = workers
        async with asyncio.TaskGroup() as group:
            for position in range(workers):
                line = Line(relay, tls, desk.up)
                group.create_task(_work(desk, line, first=position == 0))
        await desk.tell_the_rest()
        await asyncio.sleep(0)  # the last connections close in the loop's next turn
        if desk.error is not None:
            raise desk.error


def _tls_context(relay: Relay) -> ssl.SSLContext | None:
    if relay.security == "none":
        return None
    return ssl.create_default_context(cafile=relay.ca_file)


async def _work(desk: "_Desk", line: Line, *, first: bool) -> None:
    """Send over `line` until nothing is left.

    Only the first line goes ahead unasked: four wrong passwords at once would lock
    the relay's account.
    """
    try:
        if not first:
            await desk.up.wait()
        envelope = await desk.take()
        while envelope is not None:
            outcome = await line.send(envelope)
            if line.down:
                desk.lost_line(envelope, outcome)
                return
            envelope = await desk.tell_and_take(envelope.message_key, outcome)
        desk.open_lines -= 1
    finally:
        if first:
            desk.up.set()
        await line.close()


class _Desk:
    """Where the workers fetch envelopes and hand in outcomes.

    An error of the caller's code stops the fetching and is kept for the end: a worker
    with a message on the wire is never interrupted for it.
    """

    def __init__(
        self,
        envelopes: Iterator[Envelope],
        on_outcomes: OnOutcomes,
        stop: Event,
        thread: ThreadPoolExecutor,
    ) -> None:
        self._envelopes = envelopes
        self._on_outcomes = on_outcomes
        self._stop = stop
        self._thread = thread
        self._returned: deque[Envelope] = deque()
        self._arrived: deque[tuple[str, Outcome]] = deque()
        self._why_down = Outcome(OutcomeKind.CHANNEL_DOWN, "connect")
        self._halted = False
        self.up = asyncio.Event()
        self.open_lines = 0
        self.error: Exception | None = None

    async def take(self) -> Envelope | None:
        """Return the next envelope, None when there is none or we should stop."""
        return await self._guarded(self._next)

    async def tell_and_take(self, key: str, outcome: Outcome) -> Envelope | None:
        """Hand `outcome` to the caller, then take: one change of threads for both.

        What other lines handed in while the thread was busy is told with it, so that
        the caller can write it at once; each line waits for its own to be written.
        """
        self._arrived.append((key, outcome))
        return await self._guarded(self._tell_and_next)

    def _tell_and_next(self) -> Envelope | None:
        arrived = {}
        while self._arrived:
            key, outcome = self._arrived.popleft()
            arrived[key] = outcome
        if arrived:
            self._on_outcomes(arrived)
        return self._next()

    def _next(self) -> Envelope | None:
        if self._halted or self._stop.is_set():
            return None
        if self._returned:
            return self._returned.popleft()
        return next(self._envelopes, None)

    def lost_line(self, envelope: Envelope, outcome: Outcome) -> None:
        """Let another line try `envelope`; without one, the channel is down."""
        self.open_lines -= 1
        self._why_down = outcome
        self._returned.append(envelope)
        if self.open_lines == 0 or not self.up.is_set():
            self._halted = True

    async def tell_the_rest(self) -> None:
        """Tell the outcome of what no line could try."""
        await self._guarded(self._tell_returned)

    def _tell_returned(self) -> None:
        returned = {envelope.message_key: self._why_down for envelope in self._returned}
        self._returned.clear()
        if returned:
            self._on_outcomes(returned)

    async def _guarded(self, call: Callable[[], _T]) -> _T | None:
        """Run the caller's code on its thread; keep the first error for the end."""
        pending: Awaitable[_T] = asyncio.get_running_loop().run_in_executor(
            self._thread, call
        )
        try:
            return await pending
        except Exception as error:  # noqa: BLE001  raised again by send_batch
            self._halted = True
            self.error = self.error or error
            return None
