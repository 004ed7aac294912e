"""Every stage of a patent's life that the sample city shows, and when it is true.

A stage says what the office's files tell of a patent and where the day stands among
the days of one annuity; what has to be said then is for the product to find out.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from patentwatch.law.annuities import annuity
from patentwatch.law.lapse import estimated_restoration_until_on
from patentwatch.law.rulebook import Rulebook
from patentwatch.law.terms import due_on, months_after
from patentwatch.model import PatentType

PROBE_YEAR = 5
"""Windows hang on the due day alone, so one fee year stands for all."""

LIST_AGE = timedelta(days=5)
"""The register is valid as of so many days before the day of the demo."""

_NOTICE = timedelta(days=90)
_REMINDER = timedelta(days=30)
_WEEK = timedelta(days=7)
_SOFT = timedelta(days=10)
_LAST_CALL = timedelta(days=14)
_LOOKED_UP = timedelta(days=3)
"""The check sheet was filled in during the last three days."""

_FIRST, _LAST = -420, 300


@dataclass(frozen=True, slots=True)
class Days:
    """The days of one annuity: D, L, W1 … W6 and R, all inclusive last days."""

    due_on: date
    last_on: date
    windows: tuple[date, ...]
    restorable_until_on: date

    @property
    def ends_on(self) -> date:
        """Return W6, the last day of the late period."""
        return self.windows[-1]


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage: where the day stands (`zone`) and what the files tell.

    `column`: the paid-through year of the list relative to the year in question (0
    paid, -1 the year before), None an empty cell. `sheet`: what the filled check sheet
    says. `receipt`: a payment, in full or at a reduced rate nobody knows of.
    `university`: how many of them belong to the owner of fifty patents.
    """

    name: str
    zone: str
    count: int
    column: int | None = -1
    sheet: str = ""
    receipt: str = ""
    status: str = ""
    fee_year: int | None = None
    newly_granted: bool = False
    university: int = 0


STAGES = (
    Stage("new_grant", "early", 70, column=None, newly_granted=True),
    Stage("notice", "notice", 150, university=14),
    Stage("reminder", "reminder", 56, university=7),
    Stage("urgent", "urgent", 22, university=3),
    Stage("last_fee", "reminder", 4, fee_year=20),
    Stage("quiet", "free_early", 16),
    Stage("overdue_soft", "free_late", 14, column=None, university=1),
    Stage("overdue", "free", 10, sheet="unpaid"),
    Stage("surcharge_1", "window_1", 8, sheet="unpaid"),
    Stage("surcharge_2", "window_2", 6, sheet="unpaid", university=1),
    Stage("surcharge_2_list", "window_2", 5),
    Stage("surcharge_3", "window_3", 6, sheet="unpaid"),
    Stage("surcharge_3_status", "window_3", 3, column=None, status="等年费滞纳金"),
    Stage("surcharge_4", "window_4", 6, sheet="unpaid"),
    Stage("unconfirmed", "late", 26, column=None, university=2),
    Stage("final_soft", "final", 10, column=None),
    Stage("final", "final", 6, sheet="unpaid"),
    Stage("last_week", "last_week", 5, sheet="unpaid"),
    Stage("last_week_soft", "last_week", 3, column=None),
    Stage("lapsed", "lapsed", 6, sheet="ended"),
    Stage("restore", "restore", 4, sheet="ended"),
    Stage("paid_early", "before", 18, receipt="full"),
    Stage("paid_receipt", "late", 22, column=None, receipt="full", university=2),
    Stage("paid_looked_up", "window_2", 8, column=None, sheet="paid"),
    Stage("assumed_paid", "over", 60, column=None),
    Stage("contradiction", "window_3", 4, column=None, sheet="unpaid", receipt="full"),
    Stage("reduced_receipt", "free_early", 3, column=None, receipt="reduced"),
    Stage("last_fee_paid", "late", 5, column=0, fee_year=20),
    Stage("term_ended", "expired", 5, column=None, fee_year=20),
    Stage("paid_column", "paid", 539, column=0, university=20),
)

UNIVERSITY_PATENTS = sum(stage.university for stage in STAGES)


def due_days(today: date, *, rulebook: Rulebook) -> dict[str, tuple[date, ...]]:
    """Return, for each zone, the due days for which `today` lies in it.

    A zone can be empty: in the long holidays no late period ends.
    """
    found: dict[str, list[date]] = {zone: [] for zone in _ZONES}
    for offset in range(_FIRST, _LAST + 1):
        days = _days_of(today + timedelta(days=offset), rulebook)
        if days is None:
            continue
        for zone, holds in _ZONES.items():
            if holds(days, today):
                found[zone].append(days.due_on)
    return {zone: tuple(some) for zone, some in found.items()}


def days_of(day: date, *, rulebook: Rulebook) -> Days:
    """Return the days of an annuity that is due on `day`."""
    days = _days_of(day, rulebook)
    assert days is not None  # noqa: S101 - only days of `due_days` are asked about
    return days


def _days_of(day: date, rulebook: Rulebook) -> Days | None:
    filing_on = months_after(day, -12 * (PROBE_YEAR - 1))
    if due_on(filing_on, PROBE_YEAR) != day:
        return None  # 29 February is due only in leap years
    fee = annuity(PatentType.INVENTION, filing_on, PROBE_YEAR, rulebook=rulebook)
    ends = tuple(window.until_on for window in fee.windows)
    restorable = estimated_restoration_until_on(ends[-1], rulebook=rulebook)
    return Days(day, fee.last_in_time_on, ends, restorable)


def _window(number: int) -> Callable[[Days, date], bool]:
    return lambda d, t: d.windows[number - 1] < t <= d.windows[number]


def _settled_until_next(days: Days, today: date) -> bool:
    """Return whether next year's first tier has not begun."""
    return today < months_after(days.due_on, 12) - _NOTICE


def _past(holds: Callable[[Days, date], bool]) -> Callable[[Days, date], bool]:
    return lambda d, t: holds(d, t) and _settled_until_next(d, t)


_ZONES: Mapping[str, Callable[[Days, date], bool]] = {
    "early": lambda d, t: t < d.due_on - _NOTICE,
    "before": lambda d, t: d.due_on - _NOTICE <= t <= d.due_on,
    "notice": lambda d, t: d.due_on - _NOTICE <= t < d.due_on - _REMINDER,
    "reminder": lambda d, t: d.due_on - _REMINDER <= t < d.due_on - _WEEK,
    "urgent": lambda d, t: d.due_on - _WEEK <= t <= d.last_on,
    "free": lambda d, t: d.last_on + _LOOKED_UP < t <= d.windows[0],
    "free_early": lambda d, t: d.last_on < t < d.windows[0] - _SOFT,
    "free_late": lambda d, t: d.windows[0] - _SOFT <= t <= d.windows[0],
    "late": lambda d, t: d.windows[0] < t <= d.windows[4],
    "window_1": _window(1),
    "window_2": _window(2),
    "window_3": _window(3),
    "window_4": _window(4),
    "final": lambda d, t: d.windows[4] < t < d.ends_on - _WEEK,
    "last_week": lambda d, t: d.ends_on - _WEEK <= t <= d.ends_on,
    "lapsed": _past(
        lambda d, t: d.ends_on + _LOOKED_UP < t < d.restorable_until_on - _LAST_CALL
    ),
    "restore": lambda d, t: (
        d.restorable_until_on - _LAST_CALL <= t <= d.restorable_until_on
    ),
    "over": _past(lambda d, t: d.ends_on < t - LIST_AGE),
    "paid": _past(lambda d, t: d.due_on < t - LIST_AGE),
    "expired": lambda d, t: months_after(d.due_on, 12) < t - LIST_AGE,
}
