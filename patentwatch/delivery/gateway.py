"""What an SMS gateway can do: one table of functions, whichever provider is behind."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from patentwatch.delivery.outcome import Envelope, Transport


class Fate(StrEnum):
    """What became of a message that left, as its provider knows.

    `accepted`: taken, and no more is known yet. `unheard_of`: the provider has no
    record of it, so that it may be sent again. `unsure`: it tells only what was
    reported, so that its silence proves nothing.
    """

    ACCEPTED = "accepted"
    DELIVERED = "delivered"
    UNDELIVERED = "undelivered"
    REFUSED = "refused"
    UNHEARD_OF = "unheard_of"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True)
class Asked:
    """A message whose fate is asked; `provider_ref` "" where no answer came.

    `sent_on` is the day in Shanghai on which it left.
    """

    message_key: str
    to: str
    sent_on: date
    provider_ref: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a provider says of one message; either of the two names may be missing.

    `bad_address`: the number does not exist or takes no messages, so that nothing more
    should go there.
    """

    fate: Fate
    message_key: str = ""
    provider_ref: str = ""
    to: str = ""
    code: str = ""
    text: str = ""
    reported_at: datetime | None = None
    parts: int | None = None
    bad_address: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """A short message that somebody sent back; `key` tells one from another."""

    key: str
    to: str
    text: str
    replied_at: datetime


class GatewayDown(Exception):
    """The provider could not be asked; `str()` says why, without secrets or numbers."""


Fault = Callable[[Envelope], str | None]
"""What is wrong with a message by a provider's rules, as a Chinese sentence for the
operator; None when it can go."""


@dataclass(frozen=True, slots=True)
class Gateway:
    """One provider. What it cannot do is None.

    `send` gives the messages to it. `ask` returns what it knows of one message;
    `pull` what it has to report since it was last asked, `replies` what people sent
    back: each may give the same thing twice. All three raise `GatewayDown`.
    """

    name: str
    send: Transport
    ask: Callable[[Asked], Receipt] | None = None
    pull: Callable[[], Iterable[Receipt]] | None = None
    replies: Callable[[], Iterable[Reply]] | None = None
    fault: Fault = lambda _: None
