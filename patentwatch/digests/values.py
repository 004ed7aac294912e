"""What a digest says: frozen values, complete in themselves, before any layout.

Whoever lays one out reads nothing else, so that a stored one looks the same later.
Counties are codes; None stands for patents whose county cannot be told (the city
answers for them), "" for the whole city.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum

from patentwatch.calls import TaskKind
from patentwatch.model import Channel, Evidence, Reason, State, Tier

CITY = ""
"""Stands for the whole city among the counties' codes."""


class Kind(StrEnum):
    """How long a time a digest is about."""

    WEEK = "week"
    MONTH = "month"


@dataclass(frozen=True, slots=True)
class Window:
    """The time a digest is about; both days are inclusive."""

    kind: Kind
    start_on: date
    end_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """The patent that a line of a digest is about; `patentees` as one text."""

    application_no: str
    title: str
    patentees: str
    county: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class AtRisk:
    """One fee that is not settled, from the tier `reminder` on.

    `act_by_on` is the last day on which paying (or asking for restoration) helps at
    this price; None: not known. `amount_yuan` None: none can be named. `high_value`
    and `ties` say in words why a patent counts and who depends on it. `told` is the
    last tier that was said to anybody, on `told_on`; `untold` why nobody is told now.
    """

    patent: Subject
    fee_year: int
    tier: Tier
    evidence: Evidence
    act_by_on: date | None
    amount_yuan: int | None
    high_value: tuple[str, ...] = ()
    ties: tuple[str, ...] = ()
    told: Tier | None = None
    told_on: date | None = None
    untold: Reason | None = None
    question: str = ""

    @property
    def confirmed(self) -> bool:
        """Whether it was found out that the fee is unpaid."""
        return self.evidence is Evidence.CONFIRMED


@dataclass(frozen=True, slots=True, kw_only=True)
class RiskCount:
    """How many fees stand at one tier, and what is at stake.

    `tier` None: past the last day in time, neither looked up nor known to be paid.
    For these, nearly all of which are paid, and for `notice`, which is early, only
    the number is counted.
    """

    tier: Tier | None
    number: int
    confirmed: int = 0
    amount_yuan: int = 0
    high_value: int = 0
    consequential: int = 0


@dataclass(frozen=True, slots=True)
class Phone:
    """A number to ring and whose it is; masked in all digests but the county's own."""

    name: str
    number: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """A task for somebody with a telephone that is still to be done.

    `since_on`: since when the county is asked. `overdue`: it has had its time, and the
    city sees the task, too.
    """

    risk: AtRisk
    task: TaskKind
    since_on: date
    overdue: bool
    phones: tuple[Phone, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Unreachable:
    """An owner whom no message reaches, and what of his is at risk."""

    owner: str
    county: str | None
    reason: Reason
    numbers: tuple[str, ...]
    nearest_on: date | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Paid:
    """A fee that was paid in the window; `tier` None: nothing had been said before.

    `days` passed between what was said last and the payment.
    """

    patent: Subject
    fee_year: int
    paid_on: date
    tier: Tier | None
    days: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PaidAfter:
    """How many fees were paid after one tier; `tier` None: after nothing was said."""

    tier: Tier | None
    number: int
    median_days: int | None


class Ending(StrEnum):
    """How a right ended, or that it began again."""

    LAPSED = "lapsed"
    EXPIRED = "expired"
    OTHERWISE = "otherwise"
    RESTORED = "restored"


@dataclass(frozen=True, slots=True, kw_only=True)
class Ended:
    """A right that ended or was restored, on the day on which that became known."""

    patent: Subject
    how: Ending
    happened_on: date
    told: Tier | None = None
    told_on: date | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubt:
    """Something about a patent that does not agree; `holds`: no message meanwhile."""

    patent: Subject
    since_on: date
    text: str
    holds: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Trouble:
    """A message that was refused, came back, or whose fate is not known."""

    patent: Subject
    fee_year: int
    tier: Tier
    channel: Channel
    state: State
    decided_on: date


@dataclass(frozen=True, slots=True, kw_only=True)
class Happened:
    """A change of legal status that the official should know of."""

    patent: Subject
    happened_on: date
    text: str


class Measure(StrEnum):
    """The indicators of a county; the last two are shares in percent."""

    VALID = "valid"
    PER_10K = "per_10k"
    HIGH_VALUE = "high_value"
    HIGH_VALUE_PER_10K = "high_value_per_10k"
    COVERAGE = "coverage"
    CONTACTABLE = "contactable"


@dataclass(frozen=True, slots=True)
class Indicator:
    """One figure at the end of the window and of the window before; None: unknown."""

    measure: Measure
    value: Decimal | None
    before: Decimal | None


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceAge:
    """Until when a source of legal status has told something; None: never."""

    name: str
    answered_on: date | None
    stale: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CountyLine:
    """One county beside the others, in the city's digest.

    `county` None: those for whom the city itself answers. `officials`: how many can
    be written to.
    """

    county: str | None
    name: str
    at_risk: int
    confirmed: int
    amount_yuan: int
    high_value: int
    consequential: int
    calls: int
    overdue_calls: int
    unreachable: int
    paid: int
    lapsed: int
    valid: int | None
    listed_on: date | None
    officials: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """A commitment of the work plan that an official should look at.

    `kind` is a word of `plan.values`, `light` and `before` are words of `plan.lights`;
    `before` is that of the day before the window, where it was another one. `actual`
    and `target` are in `unit`.
    """

    number: str
    text: str
    kind: str
    light: str
    before: str | None
    due_on: date
    actual: Decimal | None
    target: Decimal | None
    unit: str
    due_soon: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class OpenSlip:
    """A supervision slip that waits for a reply; `colour` in Chinese."""

    name: str
    colour: str
    number: str
    county: str
    text: str
    reply_by_on: date
    overdue: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanPart:
    """What of a work plan concerns a county, or the city: lights, and what they ask.

    `promises` are those that are red or yellow or due soon, most pressing first.
    `lacking`: how many valid patents are missing to what the plan promises; None: it
    promises none, or not enough is known.
    """

    title: str
    green: int
    yellow: int
    red: int
    promises: tuple[Promise, ...] = ()
    slips: tuple[OpenSlip, ...] = ()
    lacking: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """One week or month of one county, or of the city (`county` "").

    The lists are ordered, most urgent first. `undecided`: how many patents could not
    be judged. `listed_on`: the day of the newest list (the county's; of the city the
    oldest of its counties' newest). `paid_year` counts the same as `paid_after` since
    the first of January. `counties` is for the city.
    """

    county: str
    name: str
    window: Window
    as_of_on: date
    office_name: str
    office_phone: str
    observing: bool
    counts: tuple[RiskCount, ...] = ()
    at_risk: tuple[AtRisk, ...] = ()
    calls: tuple[Call, ...] = ()
    unreachable: tuple[Unreachable, ...] = ()
    paid: tuple[Paid, ...] = ()
    paid_after: tuple[PaidAfter, ...] = ()
    paid_year: tuple[PaidAfter, ...] = ()
    ended: tuple[Ended, ...] = ()
    doubts: tuple[Doubt, ...] = ()
    troubles: tuple[Trouble, ...] = ()
    happened: tuple[Happened, ...] = ()
    indicators: tuple[Indicator, ...] = ()
    counties: tuple[CountyLine, ...] = ()
    listed_on: date | None = None
    sources: tuple[SourceAge, ...] = ()
    undecided: int = 0
    plans: tuple[PlanPart, ...] = ()

    @property
    def of_the_city(self) -> bool:
        """Whether it is about the whole city."""
        return self.county == CITY

    @property
    def nothing_due(self) -> bool:
        """Whether nothing is due, overdue or to be looked up."""
        due = sum(one.number for one in self.counts if one.tier is not Tier.NOTICE)
        return not (due or self.at_risk or self.calls)
