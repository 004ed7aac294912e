"""The only reader of the clock; all others take `now` or `today` as an argument."""

import time as system
from datetime import UTC, date, datetime, time
from typing import Final
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")

OFFICE_OPENS: Final = time(9, 0)

# Where there is no clock that counts suspension, it looks like a jump: we stop.
_STEADY: Final = getattr(system, "CLOCK_BOOTTIME", system.CLOCK_MONOTONIC)


def now() -> datetime:
    """Return the present instant as aware UTC."""
    return datetime.now(UTC)


def today(now: datetime) -> date:
    """Return the day in Shanghai on which `now` falls; `now` is aware."""
    if now.tzinfo is None:
        raise ValueError("an instant needs its zone")
    return now.astimezone(SHANGHAI).date()


def at(day: date, local: time) -> datetime:
    """Return the instant, as aware UTC, at which it is `local` in Shanghai on `day`."""
    return datetime.combine(day, local, SHANGHAI).astimezone(UTC)


def at_nine(day: date) -> datetime:
    """Return 09:00 in Shanghai on `day`, as aware UTC: what a bare date means."""
    return at(day, OFFICE_OPENS)


def steady() -> float:
    """Return seconds on a clock that nobody can set and that runs while suspended."""
    return system.clock_gettime(_STEADY)
