"""What a monthly bulletin (通报) says, as values; `bulletin` makes them.

They are kept as they are made, so that a month's bulletin is always the same.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from patentwatch.plan.acts import Colour
from patentwatch.plan.lights import Light
from patentwatch.plan.ranking import CountyPlace, Tally
from patentwatch.plan.values import CommitmentKind


@dataclass(frozen=True, slots=True)
class Line:
    """One commitment at the month's end.

    `rate` is actual to target, None without one. `actual` None: `unknown` says why.
    `more_than`: the target itself is not enough. `at_most`: less is better.
    """

    id: str
    text: str
    kind: CommitmentKind
    lead: str
    due_on: date
    target: Decimal | None
    actual: Decimal | None
    unit: str
    rate: Decimal | None
    light: Light
    more_than: bool
    at_most: bool
    unknown: str


@dataclass(frozen=True, slots=True)
class Section:
    """One part of the plan's text with its commitments."""

    title: str
    tally: Tally
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Turn:
    """A commitment whose light is another than a month ago."""

    id: str
    text: str
    lead: str
    before: Light
    light: Light


@dataclass(frozen=True, slots=True)
class MonthTally:
    """The lights of a month; not `sealed`: reckoned later from the records."""

    month_on: date
    tally: Tally
    sealed: bool


@dataclass(frozen=True, slots=True)
class OverdueSlip:
    """A supervision slip that nobody answered in time; `county` "": to the lead."""

    year: int
    number: int
    colour: Colour
    id: str
    text: str
    to: str
    issued_on: date
    reply_by_on: date
    days: int


@dataclass(frozen=True, slots=True)
class Extension:
    """A due day that was moved in the month, by whom and why."""

    id: str
    text: str
    to: str
    from_on: date
    until_on: date
    acted_on: date
    acted_by: str
    reason: str


@dataclass(frozen=True, slots=True)
class Indicator:
    """A figure of the patent register, with the one of the month before, if known."""

    line: Line
    before: Decimal | None


@dataclass(frozen=True, slots=True)
class Bulletin:
    """One month of a plan. A `draft` is of the running month and kept nowhere.

    `number` counts the plan's months. `compared` is false where the lights of the month
    before are not known, so that nothing could turn. `trend` ends with this month.
    """

    office: str
    plan: str
    title: str
    document_no: str
    year: int
    month_on: date
    as_of_on: date
    number: int
    draft: bool
    made_on: date
    made_by: str
    tally: Tally
    compared: bool
    turned: tuple[Turn, ...]
    trend: tuple[MonthTally, ...]
    sections: tuple[Section, ...]
    counties: tuple[CountyPlace, ...]
    slips: tuple[OverdueSlip, ...]
    extensions: tuple[Extension, ...]
    due: tuple[Line, ...]
    indicators: tuple[Indicator, ...]
