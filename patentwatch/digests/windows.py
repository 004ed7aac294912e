"""Which week or month is told of, and from when on: days in, windows out."""

from datetime import date, timedelta

from patentwatch.digests.values import Kind, Window
from patentwatch.law.terms import months_after

_WEEK = timedelta(days=7)
_ONE_DAY = timedelta(days=1)


def last_full(kind: Kind, on: date) -> Window:
    """Return the last week (Monday to Sunday) or calendar month over before `on`."""
    if kind is Kind.WEEK:
        monday = on - timedelta(days=on.weekday())
        return Window(kind, monday - _WEEK, monday - _ONE_DAY)
    first = on.replace(day=1)
    return Window(kind, months_after(first, -1), first - _ONE_DAY)


def before(window: Window) -> Window:
    """Return the window before."""
    return last_full(window.kind, window.start_on)


def beginning(kind: Kind, start_on: date) -> Window | None:
    """Return the window that begins on a day, None when none does."""
    after = start_on + (_WEEK if kind is Kind.WEEK else timedelta(days=31))
    window = last_full(kind, after)
    return window if window.start_on == start_on else None


def told_on(window: Window, *, weekday: int, month_day: int) -> date:
    """Return the first day on which a window is told of.

    `weekday` 1 is Monday. In a month that has no day `month_day` its last day counts.
    """
    first = window.end_on + _ONE_DAY
    if window.kind is Kind.WEEK:
        return first + timedelta(days=weekday - 1)
    return min(first + timedelta(days=month_day - 1), months_after(first, 1) - _ONE_DAY)


def newest_due(kind: Kind, on: date, *, weekday: int, month_day: int) -> Window:
    """Return the newest window whose day to be told of has come by `on`.

    An older one is not told of any more: all that still matters is in this one.
    """
    window = last_full(kind, on)
    if told_on(window, weekday=weekday, month_day=month_day) > on:
        return before(window)
    return window
