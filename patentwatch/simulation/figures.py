"""What a simulation found, in numbers: loads by day, and what they add up to."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from patentwatch.model import Channel

Key = TypeVar("Key")


@dataclass(frozen=True, slots=True)
class Load:
    """What leaves on one day of one tier, on one channel, for one county.

    A message stands once, with its most urgent alert; `alerts` are counted each where
    it belongs. On the channel of calls there are only `alerts`: tasks for an official.
    """

    on: date
    tier: str
    channel: Channel
    county: str | None
    messages: int = 0
    alerts: int = 0
    sms_parts: int = 0

    @property
    def month(self) -> str:
        """Return the month, as in 2026-11."""
        return f"{self.on:%Y-%m}"


@dataclass(frozen=True, slots=True)
class Simulated:
    """What came of a simulation; the days from `from_on` to `to_on` are counted.

    It began on `began_on`. At its end `held` messages waited for the brake to be
    released, and `undecided` patents or messages had failed on the last day that
    something was tried. `price` is in yuan for a thousand parts. `unfit` tells in
    Chinese which short messages their provider would refuse as things stand, "" none.
    """

    began_on: date
    from_on: date
    to_on: date
    loads: tuple[Load, ...]
    held: int
    undecided: int
    price: int
    unfit: str = ""


@dataclass(frozen=True, slots=True)
class Amount:
    """How much it is in all. `sms_parts` are what is billed."""

    email: int = 0
    sms: int = 0
    sms_parts: int = 0
    calls: int = 0

    @property
    def messages(self) -> int:
        """Return how many messages leave."""
        return self.email + self.sms


def amount(loads: Iterable[Load]) -> Amount:
    """Return what loads add up to."""
    found: Counter[str] = Counter()
    for load in loads:
        if load.channel is Channel.CALL:
            found["calls"] += load.alerts
        else:
            found[load.channel.value] += load.messages
            found["sms_parts"] += load.sms_parts
    return Amount(**found)


def grouped(loads: Iterable[Load], key: Callable[[Load], Key]) -> dict[Key, list[Load]]:
    """Return the loads by key, in the order in which the keys come."""
    found: dict[Key, list[Load]] = {}
    for load in loads:
        found.setdefault(key(load), []).append(load)
    return found


def busiest(loads: Iterable[Load]) -> tuple[date, int] | None:
    """Return the first day with the most messages, None when nothing leaves."""
    days: Counter[date] = Counter()
    for load in loads:
        days[load.on] += load.messages
    most = max(days.values(), default=0)
    if most == 0:
        return None
    return min(day for day, count in days.items() if count == most), most


def cost_fen(parts: int, price: int) -> int:
    """Return what parts cost in fen, rounded up; `price`: yuan for a thousand."""
    return -(-parts * price // 10)


@dataclass(frozen=True, slots=True)
class Difference:
    """Where another set of rules says more or less, in one month."""

    month: str
    tier: str
    channel: Channel
    alerts: int
    other_alerts: int
    messages: int
    other_messages: int


def differences(here: Iterable[Load], other: Iterable[Load]) -> list[Difference]:
    """Return where two simulations of the same days differ, by month, tier, channel."""
    ours, theirs = _by_tier(here), _by_tier(other)
    nothing = (0, 0)
    found = []
    for key in sorted(ours.keys() | theirs.keys()):
        (alerts, messages) = ours.get(key, nothing)
        (other_alerts, other_messages) = theirs.get(key, nothing)
        if (alerts, messages) != (other_alerts, other_messages):
            found.append(
                Difference(*key, alerts, other_alerts, messages, other_messages)
            )
    return found


def _by_tier(
    loads: Iterable[Load],
) -> Mapping[tuple[str, str, Channel], tuple[int, int]]:
    parts = grouped(loads, lambda load: (load.month, load.tier, load.channel))
    return {key: (_alerts(some), _messages(some)) for key, some in parts.items()}


def _alerts(loads: Sequence[Load]) -> int:
    return sum(load.alerts for load in loads)


def _messages(loads: Sequence[Load]) -> int:
    return sum(load.messages for load in loads)
