"""When a message that did not get through is tried again: outcome in, instant out."""

import hashlib
from datetime import datetime, timedelta

FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=30)
AMBIGUOUS_WAIT = timedelta(minutes=15)
"""The other side may have taken it: an early tier waits until that can be seen."""


def after(
    attempt: int, *, key: str, ambiguous: bool, late: bool, now: datetime
) -> datetime:
    """Return the instant before which the message is not tried again.

    1, 2, 4 … up to 30 minutes, with up to half of that added by `key` so that a
    thousand messages do not come back in the same second. `late` tiers do not wait
    for certainty: a second copy carries the same Message-ID, a missed one none.
    """
    if ambiguous and not late:
        return now + AMBIGUOUS_WAIT
    doubled: int = 2 ** min(attempt - 1, 10)
    wait = min(FIRST_WAIT * doubled, LONGEST_WAIT)
    spread = int.from_bytes(hashlib.sha256(key.encode()).digest()[:2]) / 0xFFFF
    return now + wait + wait / 2 * spread
