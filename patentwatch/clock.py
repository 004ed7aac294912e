"""The only reader of the clock; all others take `now` or `today` as an argument."""

import os
import secrets
import time as system
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Final
from zoneinfo import ZoneInfo

SHANGHAI: Final = ZoneInfo("Asia/Shanghai")

OFFICE_OPENS: Final = time(9, 0)

# Where there is no clock that counts suspension, it looks like a jump: we stop.
_STEADY: Final = getattr(system, "CLOCK_BOOTTIME", system.CLOCK_MONOTONIC)


_BOOT_FILE: Final = Path("/proc/sys/kernel/random/boot_id")
_THIS_PROCESS: Final = secrets.token_hex(16)


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


def boot_id() -> str:
    """Return what tells this boot from all others: `steady` counts from it.

    The unit hands it over, because it hides the file. Without either it is a word of
    this process alone: a start is then like a boot.
    """
    told = os.environ.get("PATENTWATCH_BOOT_ID", "").strip()
    if told:
        return told[:64]
    try:
        return _BOOT_FILE.read_text("ascii").strip()
    except OSError:
        return _THIS_PROCESS
