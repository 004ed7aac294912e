"""The day on which a time limit ends that would end on a rest day."""

from datetime import date, timedelta
from functools import lru_cache

from patentwatch.law.rulebook import Rulebook

_DAY = timedelta(days=1)
_SATURDAY = 5


def is_rest_day(day: date, *, rulebook: Rulebook) -> bool:
    """Tell whether a time limit cannot end on `day`.

    Every Saturday and Sunday, worked or not, and every weekday off by the State
    Council's notice. In years without a notice: weekends and the fixed holidays.

    Law: ROLL.
    """
    if day.weekday() >= _SATURDAY or day in rulebook.weekdays_off:
        return True
    if rulebook.first_notice_on <= day <= rulebook.last_notice_on:
        return False
    return (day.month, day.day) in rulebook.fixed_rest_days


def roll(day: date, *, rulebook: Rulebook) -> date:
    """Return the first day from `day` on, `day` included, that is not a rest day.

    Law: ROLL.
    """
    return _rolled(day, rulebook)


@lru_cache(maxsize=32_768)  # ninety years of days
def _rolled(day: date, rulebook: Rulebook) -> date:
    while is_rest_day(day, rulebook=rulebook):
        day += _DAY
    return day


def roll_if_makeup_days_count(day: date, *, rulebook: Rulebook) -> date:
    """Return where `day` would roll to if a worked weekend day ended a time limit.

    Another reading of an unsettled point, for information only; nothing is decided
    by it.

    Law: ROLL.
    """
    makeup = rulebook.makeup_weekend_days
    while day not in makeup and is_rest_day(day, rulebook=rulebook):
        day += _DAY
    return day


def provisional(day: date, *, rulebook: Rulebook) -> bool:
    """Tell whether `day` lies after the last holiday notice that is loaded.

    A rolled date after it may move when the next notice is loaded; a nominal date
    never does.
    """
    return day > rulebook.last_notice_on
