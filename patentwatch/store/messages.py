"""What is said of a message: its kinds, what presses, and one that is in our hands.

Words and values. `outbox` holds what waits, `claiming` takes it, `attempts` says what
came of it.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from patentwatch.model import Channel, Evidence, State, Tier

LEASE = timedelta(minutes=15)

REPEATABLE = frozenset({"smtp", "file", "sheet"})
"""Transports to which a message may be given again under its name: a mail's copy is
folded, a file is there already. Every other has to be asked first."""

ALERTS = "alerts"
"""The kind of message that holds alerts; every other is a paper made beforehand."""

CANARY = "canary"
"""The kind that leaves while observing, too: it goes to the administrator."""

UNMADE = "unmade "
"""How the detail of a waiting message begins that cannot be made as it is, or that its
gateway does not take; the reason follows."""

LATE = frozenset({Tier.FINAL, Tier.LAST_WEEK, Tier.LAPSED, Tier.RESTORE})
"""What no daily cap holds back."""

PRESSING = LATE | {Tier.URGENT}
"""What does not wait for certainty: at most a fortnight is left to act."""


def pressing(severity: int) -> bool:
    """Whether a message of this severity does not wait for certainty."""
    return list(Tier)[severity] in PRESSING


@dataclass(frozen=True, slots=True)
class Claimed:
    """A message in our hands until the lease runs out; `ref` names it to the world."""

    id: int
    kind: str
    recipient: str
    channel: Channel
    transport: str
    attempt: int
    ref: str
    severity: int
    lease_until_at: datetime
    first: bool  # nothing of it can have left before
    alert_ids: tuple[int, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    content_hash: str = ""
    parts: int | None = None  # short messages billed


@dataclass(frozen=True, slots=True)
class Taken:
    """A message that the other side took, or may have taken (`unknown`)."""

    claimed: Claimed
    state: State
    provider_ref: str = ""


def reference(keys: Iterable[str]) -> str:
    """Return the word by which a message is recognised: a hash of its alert keys."""
    return hashlib.sha256("|".join(sorted(keys)).encode()).hexdigest()[:32]
