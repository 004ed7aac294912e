"""Whether the clock may be trusted: readings in, a doubt out. Reads no clock itself.

Three clocks speak: the wall, one that nobody can set and that counts suspension
(CLOCK_BOOTTIME), and the greatest wall ever seen. Within one boot the wall minus the
steady clock is the same but for small corrections: when it moves by more than ten
minutes, somebody or something set the wall. Across boots one thing is sure: time does
not run back. A wrong day would send wrong messages, so a doubt stops sending until a
person has confirmed the time, or the clock was set back to where it must be.

`--on` is an argument and no clock: it is never noted here.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

LARGEST_JUMP = timedelta(minutes=10)
"""By how much a clock may be corrected; by more, it jumped."""

_EPOCH = datetime.fromisoformat("2000-01-01T00:00:00+00:00")


class Doubt(StrEnum):
    """Why the wall clock is not believed."""

    JUMPED = "jumped"
    RAN_BACK = "ran_back"


@dataclass(frozen=True, slots=True)
class Doubted:
    """A reading that was not believed: by how much it is off, and its offset."""

    why: Doubt
    by: timedelta
    offset: timedelta


@dataclass(frozen=True, slots=True)
class Known:
    """What is remembered of the clocks during one boot of one host.

    `offset` is the last trusted wall minus the steady clock, None before the first.
    `highest_at` is the greatest trusted wall of all hosts and boots.
    """

    offset: timedelta | None = None
    highest_at: datetime | None = None
    doubted: Doubted | None = None


def noted(known: Known, *, wall_at: datetime, steady_seconds: float) -> Known:
    """Return what is known after a reading; a `doubted` in it says not to send.

    A doubt ends by itself only when the clock was set again, within the same boot, to
    where it must be: a clock that merely runs on until yesterday is reached is as wrong
    as before.
    """
    offset = wall_at - _EPOCH - timedelta(seconds=steady_seconds)
    doubted = _doubted(known, wall_at, offset)
    if doubted is not None:
        return replace(known, doubted=doubted)
    if known.doubted is not None and not _was_set_right(known.doubted, offset):
        return known
    return Known(offset, max(known.highest_at or wall_at, wall_at))


def _doubted(known: Known, wall_at: datetime, offset: timedelta) -> Doubted | None:
    if known.offset is not None and abs(offset - known.offset) > LARGEST_JUMP:
        return Doubted(Doubt.JUMPED, offset - known.offset, offset)
    if known.highest_at is not None and known.highest_at - wall_at > LARGEST_JUMP:
        return Doubted(Doubt.RAN_BACK, wall_at - known.highest_at, offset)
    return None


def _was_set_right(doubted: Doubted, offset: timedelta) -> bool:
    # After a jump the offset is the trusted one again, or there were a doubt still.
    return doubted.why is Doubt.JUMPED or offset - doubted.offset > LARGEST_JUMP
