"""Everything that sending needs besides the database."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from threading import Event
from typing import Any, Protocol

from sqlalchemy import Connection, Row

from patentwatch import clock
from patentwatch.delivery import Gateway
from patentwatch.errors import PatentwatchError
from patentwatch.model import Channel, Office, SmsText
from patentwatch.render import Rendered, message
from patentwatch.rules import Rules
from patentwatch.signedlinks import SignedLinks
from patentwatch.store.messages import Taken


@dataclass(frozen=True, slots=True)
class Finished:
    """A paper as it leaves; `template` and `variables` as in `Envelope`."""

    to: str
    raw: bytes
    template: str = ""
    variables: tuple[tuple[str, str], ...] = ()


class NothingToSay(PatentwatchError):
    """A paper that is not to leave any more, not even later."""

    code = "nothing_to_say"


class Paper(Protocol):
    """Finish a message that was made beforehand.

    Raises `PatentwatchError` for one that cannot be made now, `NothingToSay` for one
    that is to be closed.
    """

    def __call__(
        self, connection: Connection, row: Row[Any], /, *, now: datetime
    ) -> Finished:
        """See the class."""


class WriteDown(Protocol):
    """Keep outside the database what the other side took, or may have."""

    def __call__(
        self, connection: Connection, taken: Sequence[Taken], /, *, now: datetime
    ) -> None:
        """See the class; raises `StoreUnavailable` when it is not surely kept."""


def _nowhere(
    connection: Connection, taken: Sequence[Taken], /, *, now: datetime
) -> None:
    """Keep nothing: for an installation without a journal."""


@dataclass(frozen=True, slots=True)
class Post:
    """Everything that sending needs besides the database.

    `clock` gives the instant of each step: the real one, or the one asked for by
    `--on`. `stop` ends the taking of messages; those on the wire are finished.
    `templates` are the gateway's codes for our texts; `grace` is how long its provider
    may need to know what it took, `number_cap` how much it takes for one number a day.
    `compose` makes of a letter what leaves, with `links` in it once there are web
    pages; `papers` finishes messages that are not
    about alerts, by their kind; `write_down` keeps outside the database what was taken,
    before that is committed.
    """

    rules: Rules
    office: Office
    sender: str
    gateways: dict[Channel, Gateway]
    window: tuple[time, time]
    daily_cap: int
    clock: Callable[[], datetime]
    stop: Event = field(default_factory=Event)
    templates: Mapping[SmsText, str] = field(default_factory=dict)
    grace: timedelta = timedelta(seconds=120)
    number_cap: int = 10
    compose: Callable[..., Rendered] = message
    links: SignedLinks | None = None
    papers: Mapping[str, Paper] = field(default_factory=dict)
    write_down: WriteDown = _nowhere

    def window_opens_at(self, now: datetime) -> datetime | None:
        """Return the instant the send window opens next, None while it is open."""
        first, last = self.window
        local = now.astimezone(clock.SHANGHAI)
        if first <= local.time() <= last:
            return None
        days = 1 if local.time() > last else 0
        return self.window_start_at(now + timedelta(days=days))

    def window_start_at(self, day: datetime) -> datetime:
        """Return when the window of the day on which `day` falls opens."""
        return clock.at(clock.today(day), self.window[0])
