"""The two wrong orders, to see that the judge tells them from the right one.

Each is put into the process that is to be killed, never into the program.
"""

from collections.abc import Iterable
from threading import Event

from patentwatch import dispatch
from patentwatch.delivery import (
    Envelope,
    OnOutcome,
    Outcome,
    OutcomeKind,
    Transport,
)
from patentwatch.store import outbox
from patentwatch.store.engine import transaction

SEND_FIRST, MARK_FIRST = "send, then write the intent", "write the end, then send"


def send_first() -> None:
    """Swap the intent and the wire: what is claimed is written when it has left."""
    take = outbox.take

    class Swapped(dispatch._Run):
        def settle(self, ref: str, outcome: Outcome) -> None:
            with transaction(self._engine) as connection:
                take(connection, [self._claimed[ref]], now=self._post.clock())
            super().settle(ref, outcome)

    dispatch._Run = Swapped  # type: ignore[misc]  # in this process
    outbox.take = lambda *_, **__: None


def mark_first(transport: Transport) -> Transport:
    """Swap the wire and the end: a message counts as sent, and then it is."""

    def send(
        envelopes: Iterable[Envelope],
        *,
        on_outcome: OnOutcome,
        stop: Event | None = None,
    ) -> None:
        for envelope in envelopes:
            on_outcome(envelope.message_key, Outcome(OutcomeKind.ACCEPTED, "250"))
            transport([envelope], on_outcome=lambda *_: None, stop=stop)

    return send
