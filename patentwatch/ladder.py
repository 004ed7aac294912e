"""The tiers: from when until when each is true, and on which channels it is said.

The tiers after the last day in time are the law's own windows, so exactly one of them
is true on any day. An office may move, mute or thin out a tier; it cannot invent one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from patentwatch.deadlines import FeeDates
from patentwatch.model import Channel, Evidence, Standing, Tier
from patentwatch.standing import Situation

ONE_DAY = timedelta(days=1)
CONFIRMATION_HELD_DAYS = 7
"""A due day corrected by up to this many days keeps what was said."""

_BOTH = (Channel.EMAIL, Channel.SMS)
_MAIL = (Channel.EMAIL,)


@dataclass(frozen=True, slots=True)
class Rung:
    """One tier. `sure` are its channels before the due day and when confirmed.

    `soft` are its channels while the fee is only presumed unpaid. `starts` and `ends`
    name a day of `FeeDates` and an offset; both ends are inclusive. `calls`: an
    official is asked to telephone.
    """

    tier: Tier
    starts: tuple[str, int]
    ends: str
    sure: tuple[Channel, ...]
    soft: tuple[Channel, ...] = ()
    soft_starts: tuple[str, int] | None = None
    calls: bool = False

    def channels(self, evidence: Evidence) -> tuple[Channel, ...]:
        """Return on what the tier is said, given how sure we are."""
        return self.soft if evidence is Evidence.PRESUMED else self.sure


LADDER: tuple[Rung, ...] = (
    Rung(Tier.NOTICE, ("D", -90), "L", _MAIL),
    Rung(Tier.REMINDER, ("D", -30), "L", _BOTH),
    Rung(Tier.URGENT, ("D", -7), "L", _BOTH),
    Rung(Tier.OVERDUE, ("L", 1), "W1", _BOTH, soft=_BOTH, soft_starts=("W1", -10)),
    Rung(Tier.SURCHARGE_1, ("W1", 1), "W2", _MAIL),
    Rung(Tier.SURCHARGE_2, ("W2", 1), "W3", _BOTH),
    Rung(Tier.SURCHARGE_3, ("W3", 1), "W4", _MAIL),
    Rung(Tier.SURCHARGE_4, ("W4", 1), "W5", _BOTH),
    Rung(Tier.FINAL, ("W5", 1), "W6", _BOTH, soft=_BOTH, calls=True),
    Rung(Tier.LAST_WEEK, ("W6", -7), "W6", _BOTH, calls=True),
    Rung(Tier.LAPSED, ("W6", 1), "R", _BOTH, calls=True),
    Rung(Tier.RESTORE, ("R", -14), "R", _BOTH, calls=True),
)

AFTER_THE_END = frozenset({Tier.LAPSED, Tier.RESTORE})
"""Said only with a fact dated after the six months."""


@dataclass(frozen=True, slots=True)
class RungChange:
    """What the configuration changes of one rung; None leaves a value as it is."""

    from_days: int | None = None
    channels: tuple[Channel, ...] | None = None
    enabled: bool = True


def ladder(changes: Mapping[Tier, RungChange]) -> tuple[Rung, ...]:
    """Return the default ladder with an office's changes."""
    rungs = []
    for rung in LADDER:
        change = changes.get(rung.tier, RungChange())
        if not change.enabled:
            continue
        anchor, days = rung.starts
        channels = change.channels
        rungs.append(
            replace(
                rung,
                starts=(anchor, days if change.from_days is None else change.from_days),
                sure=rung.sure if channels is None else channels,
                soft=rung.soft
                if channels is None
                else tuple(c for c in channels if c in rung.soft),
            )
        )
    return tuple(rungs)


def span(rung: Rung, dates: FeeDates, *, soft: bool) -> tuple[date, date]:
    """Return the first and the last day of a tier, both inclusive."""
    days = _anchors(dates)
    return _first(rung, days, soft=soft), days[rung.ends]


def current(
    rungs: Sequence[Rung], situation: Situation, *, evidence: Evidence, on: date
) -> list[Rung]:
    """Return the tiers that are true on `on`, mildest first."""
    soft = evidence is Evidence.PRESUMED
    ended = situation.standing is Standing.ENDED
    days = _anchors(situation.dates)
    return [
        rung
        for rung in rungs
        if on <= days[rung.ends]
        and (rung.soft if soft else rung.sure)
        and (rung.tier in AFTER_THE_END) == ended
        and _first(rung, days, soft=soft) <= on
    ]


def begun(rungs: Sequence[Rung], dates: FeeDates, *, on: date) -> list[Rung]:
    """Return the tiers whose first day has come, whatever the evidence."""
    days = _anchors(dates)
    return [rung for rung in rungs if _first(rung, days, soft=False) <= on]


def boundaries(rungs: Sequence[Rung], dates: FeeDates) -> set[date]:
    """Return every day on which a tier begins, or is over, or a confirmation ages.

    The anniversaries are among them: on these other years come into view, and on the
    last one the term ends.
    """
    days = {window.from_on for window in dates.annuity.windows}
    days |= {dates.ends_on + ONE_DAY, dates.restoration_until_on + ONE_DAY}
    days |= {dates.due_on, dates.over_on}
    anchors = _anchors(dates)
    for rung in rungs:  # they all end on the days of the law above
        days.add(_first(rung, anchors, soft=False))
        if rung.soft_starts:
            days.add(_first(rung, anchors, soft=True))
    return days


def final_from_on(dates: FeeDates) -> date:
    """Return the first day of the last window, when every answer breaks open again."""
    return dates.annuity.windows[5].from_on


def due_on(tier: Tier, dates: FeeDates) -> date:
    """Return the day that stands in the alert's key: R after the end, else D.

    A due day put off by announcement is a corrected one: its tiers begin anew.
    """
    return dates.restoration_until_on if tier in AFTER_THE_END else dates.asked_on


def anchor_on(tier: Tier, dates: FeeDates) -> date:
    """Return `due_on` before any roll: what tells a correction from a new notice."""
    return dates.restoration_anchor_on if tier in AFTER_THE_END else dates.asked_on


def _first(rung: Rung, days: Mapping[str, date], *, soft: bool) -> date:
    anchor, offset = rung.soft_starts if soft and rung.soft_starts else rung.starts
    return days[anchor] + timedelta(days=offset)


def _anchors(dates: FeeDates) -> dict[str, date]:
    """Return the days that rungs are named after: D, L, W1 to W6, R."""
    windows = dates.annuity.windows
    return {
        "D": dates.asked_on,
        "L": dates.last_in_time_on,
        "R": dates.restoration_until_on,
        "W1": windows[0].until_on,
        "W2": windows[1].until_on,
        "W3": windows[2].until_on,
        "W4": windows[3].until_on,
        "W5": windows[4].until_on,
        "W6": windows[5].until_on,
    }
