"""Send mails over a few reused connections, each outcome told as soon as it is known.

The caller's iterator and callback run one at a time on one thread of their own, so
that a slow database never makes a mail server wait, and the reverse.
"""

import asyncio
import ssl
from collections import deque
from collections.abc import Callable, Iterable, Iterator
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


_Place = asyncio.Future[Envelope | None]
"""Where a line waits for its next envelope."""


class _Desk:
    """Where the lines fetch envelopes and hand in outcomes.

    Whoever comes while the caller's thread is busy is served with the others: their
    outcomes are told together, so that the caller can write them at once, and each has
    its next envelope when its own outcome is written.

    An error of the caller's code stops the fetching and is kept for the end: a line
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
        self._waiting: deque[_Place] = deque()
        self._counter = asyncio.Lock()
        self._why_down = Outcome(OutcomeKind.CHANNEL_DOWN, "connect")
        self._halted = False
        self.up = asyncio.Event()
        self.open_lines = 0
        self.error: Exception | None = None

    async def tell_and_take(self, key: str, outcome: Outcome) -> Envelope | None:
        """Hand `outcome` to the caller, then take."""
        self._arrived.append((key, outcome))
        return await self.take()

    async def take(self) -> Envelope | None:
        """Return the next envelope, None when there is none or we should stop."""
        place = _Place()
        self._waiting.append(place)
        async with self._counter:
            if not place.done():
                for served, envelope in await self._on_thread(self._serve):
                    served.set_result(envelope)
        return place.result()

    def _serve(self) -> list[tuple[_Place, Envelope | None]]:
        """Tell what has arrived by now, then take for whoever waits by now."""
        places = list(_emptied(self._waiting))
        if arrived := dict(_emptied(self._arrived)):
            self._guarded(lambda: self._on_outcomes(arrived))
        return [(place, self._guarded(self._next)) for place in places]

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
        returned = {envelope.message_key: self._why_down for envelope in self._returned}
        self._returned.clear()
        if returned:
            await self._on_thread(
                lambda: self._guarded(lambda: self._on_outcomes(returned))
            )

    async def _on_thread(self, call: Callable[[], _T]) -> _T:
        return await asyncio.get_running_loop().run_in_executor(self._thread, call)

    def _guarded(self, call: Callable[[], _T]) -> _T | None:
        """Run the caller's code; keep the first error for the end."""
        try:
            return call()
        except Exception as error:  # noqa: BLE001  raised again by send_batch
            self._halted = True
            self.error = self.error or error
            return None


def _emptied(waiting: deque[_T]) -> Iterator[_T]:
    """Take out what is there by now; others may go on putting in."""
    while waiting:
        yield waiting.popleft()
