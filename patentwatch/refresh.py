"""How often a patent's legal status is to be asked for: by what is at stake.

Daily in the late period and until restoration ends, weekly around the due day, else
monthly, and seldom when nothing can change any more. Asks nobody itself.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from enum import IntEnum

from patentwatch.model import Standing
from patentwatch.standing import Situation
from patentwatch.status.state import Judged, RightState

BEFORE_DUE = timedelta(days=30)
"""So long before the due day the weekly questions begin: with the reminder."""

ONE_DAY = timedelta(days=1)


class Stake(IntEnum):
    """What is at stake; the lower, the sooner it is asked for."""

    LATE = 0
    NEAR = 1
    QUIET = 2
    GONE = 3


EVERY = {
    Stake.LATE: timedelta(days=1),
    Stake.NEAR: timedelta(days=7),
    Stake.QUIET: timedelta(days=30),
    Stake.GONE: timedelta(days=90),
}
"""After how long a patent of each stake is asked for again."""

_ASKING = frozenset({Standing.OPEN, Standing.ON_HOLD, Standing.ENDED})


def stake(judged: Judged, *, on: date) -> Stake:
    """Return what is at stake on a day."""
    found = [_of_year(one, on) for one in judged.situations if one.standing in _ASKING]
    gone = judged.right.state in (RightState.ENDED, RightState.EXPIRED)
    return min([*found, Stake.GONE if gone else Stake.QUIET])


def next_ask_on(judged: Judged, *, on: date) -> date:
    """Return the next day to ask: after the interval, or when more is at stake."""
    regular_on = on + EVERY[stake(judged, on=on)]
    rises = (day for day in _rises(judged) if on < day)
    return min([regular_on, *rises])


def _of_year(situation: Situation, on: date) -> Stake:
    """Return what one fee year puts at stake; GONE: nothing, or not any more."""
    dates = situation.dates
    if dates.last_in_time_on < on <= _watched_until(situation):
        return Stake.LATE
    if dates.due_on - BEFORE_DUE <= on <= dates.last_in_time_on:
        return Stake.NEAR
    return Stake.GONE


def _watched_until(situation: Situation) -> date:
    """Return the last day on which a fee year can still be saved."""
    return max(situation.dates.ends_on, situation.dates.restoration_until_on)


def _rises(judged: Judged) -> Iterator[date]:
    """Yield the days on which more is at stake than before."""
    for situation in judged.situations:
        if situation.standing in _ASKING:
            yield situation.dates.due_on - BEFORE_DUE
            yield situation.dates.last_in_time_on + ONE_DAY
