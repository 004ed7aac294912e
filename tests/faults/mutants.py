"""The two wrong orders, to see that the judge tells them from the right one.

Each is put into the process that is to be killed, never into the program.
"""

from collections.abc import Iterable, Mapping
from threading import Event

from patentwatch import dispatch
from patentwatch.delivery import (
    Envelope,
    OnOutcomes,
    Outcome,
    OutcomeKind,
    Transport,
)
from patentwatch.store import claiming
from patentwatch.store.engine import transaction

SEND_FIRST, MARK_FIRST = "send, then write the intent", "write the end, then send"


def send_first() -> None:
    """Swap the intent and the wire: what is claimed is written when it has left."""
    take = claiming.take

    class Swapped(dispatch._Run):
        def settle(self, outcomes: Mapping[str, Outcome]) -> None:
            claimed = [self._claimed[ref] for ref in outcomes]
            with transaction(self._engine) as connection:
                take(connection, claimed, now=self._post.clock())
            super().settle(outcomes)

    dispatch._Run = Swapped  # type: ignore[misc]  # in this process
    claiming.take = lambda *_, **__: None


def mark_first(transport: Transport) -> Transport:
    """Swap the wire and the end: a message counts as sent, and then it is."""

    def send(
        envelopes: Iterable[Envelope],
        *,
        on_outcomes: OnOutcomes,
        stop: Event | None = None,
    ) -> None:
        for envelope in envelopes:
            on_outcomes({envelope.message_key: Outcome(OutcomeKind.ACCEPTED, "250")})
            transport([envelope], on_outcomes=lambda *_: None, stop=stop)

    return send
