"""How often the EPO's service may be asked, and when it may not be asked at all.

It says in every answer how many requests a minute it takes and how many bytes were
used; we stay below both, so that it never has to refuse. No clock and no network here.

Source: OPS fair-use policy, as its headers state it; legal data counts as `inpadoc`.
"""

import math
import re
from collections import deque
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from patentwatch.bounded import Page

MINUTE_SECONDS = 60.0
FIRST_PER_MINUTE = 30
"""What we assume until told; also the most that an overloaded service takes."""

_LONGEST_BLACK_SECONDS = 24 * 3600.0
_ALLOWED_TENTHS = {"green": 10, "yellow": 5, "red": 1, "black": 0}
_STATE = re.compile(r"\s*(\w+)\s*\(")
_INPADOC = re.compile(r"\binpadoc\s*=\s*(\w+)\s*:\s*([0-9]{1,9})\b")
_CLOCKS_DIFFER = timedelta(minutes=2)
_ROBOT_PAUSE = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Quota:
    """How many bytes we may take; we stop by ourselves at nine tenths.

    Published figures differ (4 GB or 2.5 GB a week): the defaults are the lower ones.
    """

    hour_bytes: int = 450_000_000
    week_bytes: int = 2_500_000_000


@dataclass(frozen=True, slots=True)
class Closed:
    """Nothing may be asked before `until`; `code` says why."""

    until: datetime
    code: str


class Pace:
    """How long to wait before the next request, by the clock that nobody can set.

    Requests are spread evenly: a burst looks like a robot even below the limit.
    """

    def __init__(self) -> None:
        self._per_minute = FIRST_PER_MINUTE
        self._sent: deque[float] = deque()
        self._black_until = -math.inf

    def wait_seconds(self, steady: float) -> float:
        """Return how long to wait before the next request; 0: it may go now."""
        black = self._black_until - steady
        if not self._sent:
            return max(0.0, black)
        gap = self._sent[-1] + MINUTE_SECONDS / self._per_minute - steady
        window = 0.0
        if len(self._sent) >= self._per_minute:
            window = self._sent[-self._per_minute] + MINUTE_SECONDS - steady
        return max(0.0, black, gap, window)

    def ended(self, steady: float) -> None:
        """Note that a request is over.

        The end counts, not the beginning: the other side received it in between.
        """
        self._sent.append(steady)
        while self._sent[0] <= steady - MINUTE_SECONDS:
            self._sent.popleft()

    def heard(self, page: Page, *, steady: float) -> bool:
        """Take what an answer says of limits; True: this request was itself refused.

        No word of them leaves what was said before. 429 is not documented and counts
        as black.
        """
        allowed = per_minute(page.headers.get("X-Throttling-Control", ""))
        if allowed:
            self._per_minute = allowed
        if allowed == 0 or page.status == 429:
            self._black_until = steady + _retry_after_seconds(page.headers)
        return page.status == 429 or (allowed == 0 and page.status in (403, 503))


def per_minute(control: str) -> int | None:
    """Return how many requests a minute we send; None: the header does not say.

    All of the stated number at green, half at yellow, a tenth at red – but one – and
    none at black. An unknown colour counts as red.
    """
    found = _INPADOC.search(control)
    if found is None:
        return None
    stated, tenths = int(found[2]), _ALLOWED_TENTHS.get(found[1].lower(), 1)
    state = _STATE.match(control)
    if state and state[1].lower() == "overloaded":
        stated = min(stated, FIRST_PER_MINUTE)
    if not stated or not tenths:
        return 0
    return max(1, stated * tenths // 10)


def _retry_after_seconds(headers: Mapping[str, str]) -> float:
    """Return the wait; the service states it in milliseconds, unlike the standard."""
    stated = headers.get("Retry-After", "").strip()
    if not (stated.isascii() and stated.isdigit()):
        return MINUTE_SECONDS
    return min(int(stated[:12]) / 1000, _LONGEST_BLACK_SECONDS)


def refused(page: Page, *, now: datetime) -> Closed | None:
    """Return until when the service refuses everything, if that is what it says."""
    if page.status != 403:
        return None
    match page.headers.get("X-Rejection-Reason", "").strip():
        case "IndividualQuotaPerHour":
            return Closed(next_hour(now), "quota_hour")
        case "RegisteredQuotaPerWeek":
            return Closed(next_week(now), "quota_week")
    if b"RobotDetected" in (page.body or b""):
        return Closed(now + _ROBOT_PAUSE, "robot_detected")
    return None


def nearly_used(page: Page, quota: Quota, *, now: datetime) -> Closed | None:
    """Return until when we stop by ourselves: at nine tenths of a quota."""
    if _used(page, "X-RegisteredQuotaPerWeek-Used") * 10 >= quota.week_bytes * 9:
        return Closed(next_week(now), "quota_week")
    if _used(page, "X-IndividualQuotaPerHour-Used") * 10 >= quota.hour_bytes * 9:
        return Closed(next_hour(now), "quota_hour")
    return None


def next_hour(now: datetime) -> datetime:
    """Return when the next hour has begun for certain, also on the other clock."""
    begun = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    return begun + timedelta(hours=1) + _CLOCKS_DIFFER


def next_week(now: datetime) -> datetime:
    """Return when the next week, from Monday in UTC, has begun for certain."""
    day = now.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return day + timedelta(days=7 - day.weekday()) + _CLOCKS_DIFFER


def _used(page: Page, header: str) -> int:
    stated = page.headers.get(header, "").strip()
    return int(stated[:18]) if stated.isascii() and stated.isdigit() else 0
