"""What a plan promises, as values: sections, items, commitments and their measures.

A plan is a file that the office edits; another year or another city is another file.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Final

OCCURRED_ON = "occurred_on"
"""The day of a record itself, where a measure names none of its kind's dates."""

COUNTIES = "counties"
"""The counties of the commitment, where coverage asks for no list of the plan."""

TITLES_OF = "kind:"
"""What begins the name of a list that is the titles of the records of a kind."""

REGISTER_MEASURES = (
    "valid_per_10k",
    "high_value_per_10k",
    "valid",
    "high_value",
    "lapses",  # for non-payment since the plan's first day, against the year before
    "reminder_coverage",  # percent of the annuities that fell due
    "list_age_days",
    "responsible_units",  # how many counties in scope have one
)
"""What the patent register can answer."""


class CommitmentKind(StrEnum):
    """A number by a day, something done by a day, or something that goes on."""

    TARGET = "target"
    MILESTONE = "milestone"
    ACTIVITY = "activity"


KIND_WORDS: Final = {
    CommitmentKind.TARGET: "目标",
    CommitmentKind.MILESTONE: "节点",
    CommitmentKind.ACTIVITY: "常态",
}


class MeasureType(StrEnum):
    """How an actual is computed as of a day.

    `linked`: the records that were said to count for the commitment. `ratio` is in
    percent. `coverage`: how many entries of a list appear; where the unit is %, which
    share of them. `growth`: the count of this year, to be more than last year's.
    `latest`: the newest statistic of each county, summed.
    """

    COUNT = "count"
    SUM = "sum"
    DISTINCT = "distinct"
    RATIO = "ratio"
    COVERAGE = "coverage"
    GROWTH = "growth"
    MEDIAN_DAYS = "median_days"
    LATEST = "latest"
    LINKED = "linked"
    REGISTER = "register"


class Span(StrEnum):
    """From when records count: the first day of the plan, or ever."""

    YEAR = "year"
    EVER = "ever"


@dataclass(frozen=True, slots=True)
class Selection:
    """Which records: of these kinds, each named field with one of these values.

    `dated` is the date field that must lie within the span and not after the day asked
    for; `until` one that, where it is filled, must lie after that day (what has ended
    does not count); `by` one that `dated` must not pass (done in time); "" for none.
    """

    kinds: tuple[str, ...]
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    dated: str = OCCURRED_ON
    until: str = ""
    by: str = ""
    span: Span = Span.YEAR


@dataclass(frozen=True, slots=True)
class Measure:
    """What computes an actual.

    `field` is summed, told apart, looked up in the list or taken as statistic, by
    `type`; for median_days the days run from `field` to the selection's `dated`.
    `of` is the denominator of a ratio; with a `field`, both count its distinct values.
    `entries` is what coverage asks for: a name among the plan's lists; "counties",
    those of the commitment, looked up in the record's own county where `field` is "";
    or "kind:township", the titles of the records of that kind, each in its county (two
    counties have a 城关镇). A list without entries is not known. `register` is one of
    REGISTER_MEASURES.
    """

    type: MeasureType
    records: Selection | None = None
    field: str = ""
    of: Selection | None = None
    entries: str = ""
    register: str = ""


@dataclass(frozen=True, slots=True)
class Commitment:
    """One promise of the plan, in the exact words of its text.

    `counties` are codes, () for the city as a whole without a breakdown; records of
    these counties count, and those of the city that are no county's. `target` in
    `unit`; None for what has no number, or where last year's is the number to beat:
    what counts in the year is compared with the year before, what counts ever (and a
    stock of the register) with where it stood on the day before the plan's first.
    `county_targets` is how the office shared it out, for the counties it was given to.
    `more_than`: the target itself is not enough. `at_most`: less is better. `level`: a
    stock that starts from where it stands, not from zero.
    """

    id: str
    text: str
    kind: CommitmentKind
    due_on: date
    measure: Measure
    lead: str = ""
    support: tuple[str, ...] = ()
    counties: tuple[str, ...] = ()
    target: Decimal | None = None
    unit: str = ""
    county_targets: Mapping[str, Decimal] = field(default_factory=dict)
    more_than: bool = False
    at_most: bool = False
    level: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A numbered item; `printed_as` is what the text prints where it errs, else ""."""

    number: int
    title: str
    section: int
    commitments: tuple[Commitment, ...]
    printed_as: str = ""


@dataclass(frozen=True, slots=True)
class Residents:
    """How many people a county had, "" for the city, and who says so."""

    county: str
    year: int
    persons: int
    source: str


@dataclass(frozen=True, slots=True)
class Plan:
    """A plan of one year; `in_force_on` is when this wording of it began to hold.

    `lists` are what coverage asks for, by name; one that is empty is not known.
    """

    name: str
    title: str
    document_no: str
    year: int
    starts_on: date
    ends_on: date
    in_force_on: date
    sections: tuple[str, ...]
    items: tuple[Item, ...]
    lists: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    residents: tuple[Residents, ...] = ()

    @property
    def commitments(self) -> tuple[Commitment, ...]:
        """Return every promise in the order of the text."""
        return tuple(one for item in self.items for one in item.commitments)

    def commitment(self, id_: str) -> Commitment | None:
        """Return one promise by its id, None when there is none."""
        return next((one for one in self.commitments if one.id == id_), None)


@dataclass(frozen=True, slots=True)
class Counted:
    """What a measure found as of a day.

    `actual` None: it cannot be known, and `unknown` says in Chinese why and, after the
    reason, begun with 请, what the operator can do about it. `target` is
    the number to beat where the measure brings it along (last year's), else None.
    `records` is how many records or patents were counted, `latest_on` the newest day
    among them; `by_county` has the codes of the commitment only.
    """

    actual: Decimal | None
    records: int
    latest_on: date | None = None
    target: Decimal | None = None
    by_county: Mapping[str, Decimal | None] = field(default_factory=dict)
    unknown: str = ""

    @property
    def reason(self) -> str:
        """Return `unknown` as papers say it: no official runs our commands."""
        return _REMEDY.split(self.unknown, maxsplit=1)[0]


_REMEDY = re.compile("[，；]请")
