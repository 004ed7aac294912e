"""What was tried and what came of it: the values every transport speaks in."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from threading import Event
from typing import Protocol

from patentwatch.model import Channel

_ADDRESS = re.compile(r"[^\s<>()\"',;:]+@[^\s<>()\"',;:]+")
_LONG_NUMBER = re.compile(r"\+?\d[\d -]{9,}\d")
_UNPRINTABLE = re.compile(r"[^\x20-\x7e\u3000-\u9fff\uff00-\uffef]+")
_TEXT_LIMIT = 200


class OutcomeKind(StrEnum):
    """What one attempt came to, as far as the next one must know.

    `unknown`: the other side may have taken the message. `channel_down`: nobody can
    be reached this way now; the attempt says nothing about the recipient.
    `text_refused`: the provider will not carry this text or template, to anybody.
    """

    ACCEPTED = "accepted"
    RETRY = "retry"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    CHANNEL_DOWN = "channel_down"
    TEXT_REFUSED = "text_refused"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The result of one attempt.

    `code` is a stable word or the reply code ("250", "550", "connect", "deadline");
    `text` is what the other side said, without addresses. `bad_address`: the refusal
    is about the address itself, not about this message, its size or a policy, so that
    nothing more should go there until somebody has corrected it. `provider_ref` is
    what the other side calls the message, "" when it says nothing. `wait`: not before
    this long, because the other side counts how often it is asked.
    """

    kind: OutcomeKind
    code: str = ""
    text: str = ""
    bad_address: bool = False
    provider_ref: str = ""
    wait: timedelta | None = None


@dataclass(frozen=True, slots=True)
class Envelope:
    """One finished message for one recipient; `to` is a mailbox or a telephone.

    `template` and `variables` are for gateways that keep the text themselves: the
    office's code for it, and its variables in their order; "" and () for free text.
    """

    message_key: str
    channel: Channel
    to: str
    raw: bytes
    template: str = ""
    variables: tuple[tuple[str, str], ...] = ()


OnOutcomes = Callable[[Mapping[str, Outcome]], None]
"""Takes outcomes by message_key as soon as they are known, one call at a time."""


class Transport(Protocol):
    """Send what `envelopes` yields until it ends or `stop` is set.

    Envelopes are taken one by one, only when they can be tried at once; every one that
    was taken gets exactly one outcome before the call returns, unless `on_outcomes`
    raises: then nothing more is taken, what is in flight is finished, and the error
    is raised.
    """

    def __call__(
        self,
        envelopes: Iterable[Envelope],
        *,
        on_outcomes: OnOutcomes,
        stop: Event | None = None,
    ) -> None:
        """See the class."""


def until(stop: Event | None, envelopes: Iterable[Envelope]) -> Iterator[Envelope]:
    """Yield `envelopes`, looking at `stop` before one is taken, not after."""
    waiting = iter(envelopes)
    while stop is None or not stop.is_set():
        envelope = next(waiting, None)
        if envelope is None:
            return
        yield envelope


def scrubbed(text: str) -> str:
    """Return what a server said as one short line without addresses or numbers."""
    text = _ADDRESS.sub("***", text)
    text = _LONG_NUMBER.sub("***", text)
    return " ".join(_UNPRINTABLE.sub(" ", text).split())[:_TEXT_LIMIT]
