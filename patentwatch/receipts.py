"""What was reported about a message that left, and what that makes of its state.

Reports come late, twice and in any order: from a provider's push and its pull, as a
returned mail and as a copy of it that somebody forwards.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256

from patentwatch.model import State

_LEFT = frozenset(
    {
        State.ACCEPTED,
        State.UNKNOWN,
        State.DELIVERED,
        State.UNDELIVERED,
        State.REFUSED,
    }
)
"""States of a message that has left; only about such a one can a report decide."""

_RANK = {State.REFUSED: 0, State.UNDELIVERED: 1, State.DELIVERED: 2}


@dataclass(frozen=True, slots=True)
class Report:
    """One report about one message: delivered, undelivered, refused or accepted.

    `key` tells it from every other, and is the same when it comes again.
    `bad_address`: nothing more should go there until somebody has corrected it.
    """

    key: str
    state: State
    reported_at: datetime
    code: str = ""
    detail: str = ""
    bad_address: bool = False


def key_of(*parts: object) -> str:
    """Return the key of a report from what does not change when it comes again."""
    return sha256("|".join(map(str, parts)).encode()).hexdigest()


def deciding(
    fates: Iterable[tuple[State, datetime]],
) -> tuple[State, datetime] | None:
    """Return the report that counts, None when none says how it ended.

    The newest: a provider that corrects itself knows more than before. Of two at the
    same instant the one that says delivered, because a wrong "undelivered" would say
    the same thing to the same person again.
    """
    ends = [fate for fate in fates if fate[0] in _RANK]
    return max(ends, key=lambda fate: (fate[1], _RANK[fate[0]]), default=None)


def state_of(current: State, fates: Iterable[tuple[State, datetime]]) -> State:
    """Return a message's state from all that was ever reported about it.

    The same for any order, any repetition, and any number of calls on the way. While
    an attempt is on the wire its own outcome comes first. What waits for another
    attempt is stopped only when it turns out to have arrived. What was cancelled,
    superseded or expired stays so.
    """
    fates = list(fates)
    if current is State.PENDING and State.DELIVERED not in {fate[0] for fate in fates}:
        return current
    if current not in _LEFT | {State.PENDING}:
        return current
    end = deciding(fates)
    if end is not None:
        return end[0]
    taken = any(state is State.ACCEPTED for state, _ in fates)
    return State.ACCEPTED if taken and current is State.UNKNOWN else current
