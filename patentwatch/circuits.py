"""Whether a transport is worth trying: what came of the tries in, when to try, out.

Five failures in a row open the circuit: nothing is tried until a pause is over, then
one message alone; the pauses grow. An answer that is a decision about the message –
taken or refused – closes it. The tries of one hour are few however long it lasts: five
before it opens, one after a minute, and then never two within two minutes.
"""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

OPENS_AFTER = 5
SHORTEST_PAUSE = timedelta(minutes=2)
LONGEST_PAUSE = timedelta(minutes=30)
PROBE_LASTS = timedelta(minutes=2)
"""How long the one who probes has it for himself: longer than any call may last."""

TELL_AFTER = timedelta(minutes=10)
"""How long a transport may be down before somebody is told; promised are 15 minutes."""


class Tries(StrEnum):
    """How many messages may be tried now."""

    ANY = "any"
    ONE = "one"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Circuit:
    """One transport: failures in a row, since when, and until when it is left alone.

    `down_since_at` is the first failure of the row, `open_until_at` None while the
    circuit is closed. `detail` is what the other side said last.
    """

    transport: str
    failures: int = 0
    down_since_at: datetime | None = None
    open_until_at: datetime | None = None
    detail: str = ""


def tries(circuit: Circuit, *, now: datetime) -> Tries:
    """Return how many messages this transport may be given at `now`."""
    if circuit.open_until_at is None:
        return Tries.ANY
    return Tries.ONE if circuit.open_until_at <= now else Tries.NONE


def probing(circuit: Circuit, *, now: datetime) -> Circuit:
    """Return the circuit while somebody tries one message: others wait meanwhile.

    A prober that dies is waited for no longer than `PROBE_LASTS`.
    """
    return replace(circuit, open_until_at=now + PROBE_LASTS)


def failed(circuit: Circuit, *, probe: bool, detail: str, now: datetime) -> Circuit:
    """Return the circuit after a try that came to nothing.

    Once it is open only the failure of the `probe` makes the pause longer: what was
    in flight when it opened says nothing new.
    """
    if circuit.open_until_at is not None and not probe:
        return circuit
    failures = circuit.failures + 1
    until_at = None
    if failures >= OPENS_AFTER:
        until_at = now + _pause(circuit.transport, failures)
    return Circuit(
        circuit.transport,
        failures,
        down_since_at=circuit.down_since_at or now,
        open_until_at=until_at,
        detail=detail,
    )


def answered(circuit: Circuit) -> Circuit:
    """Return the circuit after the other side took or refused a message."""
    return Circuit(circuit.transport)


def must_be_told(circuit: Circuit, *, now: datetime) -> bool:
    """Whether the transport has been down so long that somebody has to know."""
    return (
        circuit.open_until_at is not None
        and circuit.down_since_at is not None
        and now - circuit.down_since_at >= TELL_AFTER
    )


def _pause(transport: str, failures: int) -> timedelta:
    """Return 1–2 minutes at first, then between 2 and 4, 8, 16, 30 minutes.

    Where in between is a matter of the name and the number: two installations do not
    come back to a provider in the same second, and a test knows what to expect.
    """
    opened = failures - OPENS_AFTER
    longest = min(timedelta(minutes=2 ** (min(opened, 10) + 1)), LONGEST_PAUSE)
    shortest = SHORTEST_PAUSE if opened else SHORTEST_PAUSE / 2
    word = f"{transport}|{failures}".encode()
    spread = int.from_bytes(hashlib.sha256(word).digest()[:2]) / 0xFFFF
    return shortest + (longest - shortest) * spread
