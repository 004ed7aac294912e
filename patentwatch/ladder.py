"""The tiers: from when until when each is true, and on which channels it is said.

The tiers after the last day in time are the law's own windows, so exactly one of them
is true on any day. An office may move, mute or thin out a tier; it cannot invent one.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from patentwatch.deadlines import FeeDates
from patentwatch.model import Channel, Evidence, Tier
from patentwatch.standing import Situation, Standing

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
    anchor, days = rung.soft_starts if soft and rung.soft_starts else rung.starts
    return _day(dates, anchor) + timedelta(days=days), _day(dates, rung.ends)


def current(
    rungs: Sequence[Rung], situation: Situation, *, evidence: Evidence, on: date
) -> list[Rung]:
    """Return the tiers that are true on `on`, mildest first."""
    soft = evidence is Evidence.PRESUMED
    ended = situation.standing is Standing.ENDED
    found = []
    for rung in rungs:
        from_on, until_on = span(rung, situation.dates, soft=soft)
        if (
            from_on <= on <= until_on
            and (rung.soft if soft else rung.sure)
            and (rung.tier in AFTER_THE_END) == ended
        ):
            found.append(rung)
    return found


def begun(rungs: Sequence[Rung], dates: FeeDates, *, on: date) -> list[Rung]:
    """Return the tiers whose first day has come, whatever the evidence."""
    return [rung for rung in rungs if span(rung, dates, soft=False)[0] <= on]


def boundaries(rungs: Sequence[Rung], dates: FeeDates) -> set[date]:
    """Return every day on which a tier begins, or is over, or a confirmation ages.

    The anniversaries are among them: on these other years come into view, and on the
    last one the term ends.
    """
    days = {window.from_on for window in dates.annuity.windows}
    days |= {dates.ends_on + ONE_DAY, dates.restoration_until_on + ONE_DAY}
    days |= {dates.due_on, dates.over_on}
    for rung in rungs:  # they all end on the days of the law above
        days |= {span(rung, dates, soft=soft)[0] for soft in (False, True)}
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


def _day(dates: FeeDates, anchor: str) -> date:
    match anchor:
        case "D":
            return dates.asked_on
        case "L":
            return dates.last_in_time_on
        case "R":
            return dates.restoration_until_on
        case _:
            return dates.annuity.windows[int(anchor[1]) - 1].until_on
