"""What a stock of rights will be on its due day if nobody pays from today on.

From what is known of each right's unpaid fees. Reads the database, writes nothing.

A right whose six months end on or before the due day is lost by then: afterwards no
payment saves it. By law it ended on the day the fee was due; the announcement, and
with it the count `as_known`, follows some months later. The forecast does not wait for
it: from the count as it is known today it takes away what is lost by law on that day.
What may be granted, restored or become high-value meanwhile is not foreseen.
"""

import logging
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from functools import partial

from sqlalchemy import Connection

from patentwatch import standing
from patentwatch.cases import cases
from patentwatch.counts import CITY
from patentwatch.law import terms
from patentwatch.law.terms import months_after
from patentwatch.model import (
    Evidence,
    Fact,
    FactKind,
    FactSource,
    Patent,
    PatentNumber,
    Standing,
)
from patentwatch.plan.values import Commitment, Plan
from patentwatch.registerstocks import (
    STOCKS,
    counted_among,
    figure,
    lacking,
    no_residents,
    scope_of,
    stock,
    to_beat,
)
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.standing import Situation
from patentwatch.store import owing
from patentwatch.store.owing import Owing
from patentwatch.store.vault import Vault

log = logging.getLogger(__name__)

_YEAR, _LATE_MONTHS = 12, 6
_ROLLED = timedelta(days=5)
"""So much later than six months before its end a fee may fall due: months are short."""

_REST = timedelta(days=31)
"""So much later than six months after its due day the time for a fee never ends."""

_ONE_DAY = timedelta(days=1)
_UNSETTLED = frozenset({Standing.OPEN, Standing.ON_HOLD, Standing.ENDED})


@dataclass(frozen=True, slots=True)
class Forecast:
    """What a stock will be on `until_on`, the due day, if nobody pays from now on.

    `valid`: rights counted now. `lapsing`: those of them of which no payment is known
    and whose six months end by then; `presumed` is how many of these nobody has looked
    up lately: they may well be paid. `expiring`: whose term is over by then.
    `undecided`: that could not be judged and are taken to stay. `actual` is in the
    commitment's unit, `target` what it is held against, `short` how many rights are
    then lacking. `by_county`: the lapsing ones of the commitment's counties. None: not
    known, and `unknown` says in Chinese why.
    """

    until_on: date
    valid: int | None = None
    lapsing: int | None = None
    presumed: int | None = None
    expiring: int | None = None
    undecided: int | None = None
    actual: Decimal | None = None
    target: Decimal | None = None
    missed: bool | None = None
    short: int | None = None
    by_county: Mapping[str, int] = field(default_factory=dict)
    unknown: str = ""


def forecast(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    settings: Settings,
    plan: Plan,
    commitment: Commitment,
    *,
    on: date,
) -> Forecast | None:
    """Return what a stock measure will show on the commitment's due day.

    None for other measures, and from the due day on: there is nothing to foresee. An
    extension is given with the commitment, as its `due_on`. Fees that fall due more
    than a year ahead are left out.
    """
    until_on = commitment.due_on
    if commitment.measure.register not in STOCKS or on >= until_on:
        return None
    found = stock(connection, settings, commitment, on=on)
    target = commitment.target
    if target is None:
        target = to_beat(connection, settings, plan, commitment)
    if found.unknown:
        return Forecast(until_on, target=target, unknown=found.unknown)
    lost = _lost(connection, vault, rules, settings, commitment, on=on)
    left = max(found.total - len(lost.lapsing) - lost.expiring, 0)
    short = lacking(settings, plan, commitment, CITY, left, on=until_on, target=target)
    counties = Counter(lost.lapsing.values())
    actual = figure(settings, plan, commitment, CITY, left, on=until_on)
    return Forecast(
        until_on,
        valid=found.total,
        lapsing=len(lost.lapsing),
        presumed=lost.presumed,
        expiring=lost.expiring,
        undecided=lost.undecided,
        actual=actual,
        target=target,
        missed=None if short is None else short > 0,
        short=short,
        by_county={code: counties[code] for code in commitment.counties},
        unknown=""
        if actual is not None
        else no_residents(settings, commitment, on=until_on),
    )


@dataclass(slots=True)
class _Lost:
    """What will be lost by a day: the lapsing rights' numbers with their counties."""

    lapsing: dict[str, str | None] = field(default_factory=dict)
    presumed: int = 0
    expiring: int = 0
    undecided: int = 0


def _lost(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    settings: Settings,
    commitment: Commitment,
    *,
    on: date,
) -> _Lost:
    until_on, scope = commitment.due_on, scope_of(settings, commitment)
    counting = partial(
        counted_among, connection, settings, commitment.measure.register, on=on
    )
    over = owing.expiring(connection, on, until_on, counties=scope)
    lost = _Lost(expiring=len(counting(sorted(over))))
    last_on = min(
        months_after(until_on, -_LATE_MONTHS) + _ROLLED, months_after(on, _YEAR)
    )
    judge = _Judge(rules, on=on, until_on=until_on)
    for chunk in owing.owing(
        connection,
        months_after(last_on, -_YEAR) + _ONE_DAY,
        last_on,
        silent_from_on=months_after(on, -_LATE_MONTHS) - _REST,
        counties=scope,
        on=on,
        but_expired_by_on=until_on,
    ):
        found = judge.silent(one for one in chunk if one.silent)
        spoken_of = [one.application_no for one in chunk if not one.silent]
        found |= judge.cases(connection, vault, spoken_of)
        mine = counting(sorted(found))
        for one in chunk:
            if one.application_no in mine:
                lost.lapsing[one.application_no] = one.county
                lost.presumed += found[one.application_no]
    lost.undecided = judge.undecided
    return lost


class _Judge:
    """Tells which rights are lost by a day; of each whether that is only presumed."""

    def __init__(self, rules: Rules, *, on: date, until_on: date) -> None:
        self._rules = rules
        self._on = on
        self._until_on = until_on
        self._alike: dict[Owing, bool | None] = {}
        self.undecided = 0

    def silent(self, rights: Iterable[Owing]) -> dict[str, bool]:
        """Judge rights of which only lists speak: many are alike and judged once."""
        found = {}
        for one in rights:
            alike = _without_its_own(one)
            if alike not in self._alike:
                self._alike[alike] = self._presumed(self._situations(alike))
            presumed = self._alike[alike]
            if presumed is not None:
                found[one.application_no] = presumed
        return found

    def cases(
        self, connection: Connection, vault: Vault, numbers: Sequence[str]
    ) -> dict[str, bool]:
        """Judge rights by everything that is known of them."""
        decided = cases(
            connection,
            vault,
            self._rules,
            numbers,
            on=self._on,
            on_trouble=self._trouble,
        )
        judged = {
            case.patent.application_no: self._presumed(case.situations)
            for case in decided
        }
        return {n: presumed for n, presumed in judged.items() if presumed is not None}

    def _trouble(self, number: str, error: Exception) -> None:
        log.error("patent not decided number=%s error=%s", number, type(error).__name__)
        self.undecided += 1

    def _situations(self, right: Owing) -> Sequence[Situation]:
        patent = Patent(
            PatentNumber(right.application_no),
            right.patent_type,
            right.filing_on,
            grant_on=right.grant_on,
            reduction=right.reduction,
        )
        listed = [
            Fact(FactKind.LISTED, FactSource.COLUMN, day)
            for day in (right.listed_on,)
            if day is not None
        ]
        return standing.situations(
            patent,
            listed,
            on=self._on,
            rulebook=self._rules.rulebook,
            lag_days=self._rules.lag_days,
        )

    def _presumed(self, situations: Iterable[Situation]) -> bool | None:
        """Return whether a loss is only presumed, None where the right is not lost."""
        ending = [one for one in situations if self._ends(one)]
        if not ending:
            return None
        return all(
            one.evidence is Evidence.PRESUMED or one.standing is Standing.ON_HOLD
            for one in ending
        )

    def _ends(self, situation: Situation) -> bool:
        """Tell whether a fee year ends the right by the day, as nobody pays.

        Of six months that are over only a word that the fee was unpaid counts: else
        the right is taken for alive, as it is counted, and somebody has to look it up.
        """
        ends_on = situation.dates.ends_on
        return (
            situation.standing in _UNSETTLED
            and not situation.suspended
            and ends_on <= self._until_on
            and (ends_on >= self._on or situation.unpaid_on is not None)
        )


def _without_its_own(right: Owing) -> Owing:
    """Return what decides about a silent right, the same for all that are alike."""
    granted_on = right.grant_on
    if granted_on is not None:
        granted_on = terms.due_on(
            right.filing_on, terms.grant_year(right.filing_on, granted_on)
        )
    return replace(right, application_no="", county=None, grant_on=granted_on)
