"""How many rights the plan's measures count on a day, and how many are lacking.

Counts are those anybody counting on the day would have made (`as_known`), so a month
that is over keeps its figures: a lapse counts from when it became known, not back from
its due day as by law. What cannot be known is None, never zero.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_DOWN, ROUND_FLOOR, Decimal

from sqlalchemy import Connection

from patentwatch import counts, highvalue
from patentwatch.counts import CITY, per_10k
from patentwatch.plan.values import Commitment, Plan
from patentwatch.register.ipc import classes
from patentwatch.settings import Settings
from patentwatch.status.events import distinct
from patentwatch.status.links import links, merged
from patentwatch.store import counting, events, patents, ties
from patentwatch.store import registermeasures as store
from patentwatch.store.counting import Counts
from patentwatch.store.standings import AS_KNOWN

VALID, HIGH_VALUE = "valid", "high_value"
VALID_PER_10K, HIGH_VALUE_PER_10K = "valid_per_10k", "high_value_per_10k"

STOCKS = frozenset({VALID, HIGH_VALUE, VALID_PER_10K, HIGH_VALUE_PER_10K})
"""Measures of how many rights there are on a day."""

PER_10K = frozenset({VALID_PER_10K, HIGH_VALUE_PER_10K})
HIGH = frozenset({HIGH_VALUE, HIGH_VALUE_PER_10K})

NO_REGISTER = "尚未导入专利清单，请先导入：patentwatch import 清单文件"
NOT_LOOKED_AT = "清单导入后尚未核对，请执行 patentwatch run --once"
_ONE_DAY = timedelta(days=1)
_TEN_THOUSAND = 10_000


def scope_of(settings: Settings, commitment: Commitment) -> tuple[str, ...] | None:
    """Return the counties that a measure counts, None for the whole city.

    A commitment that names all counties of the configuration is the city's own: rights
    whose county nobody knows count, too.
    """
    configured = {county.code for county in settings.counties}
    if not commitment.counties or configured <= set(commitment.counties):
        return None
    return commitment.counties


@dataclass(frozen=True, slots=True)
class Stock:
    """How many rights stood on a day, by county; `unknown` says why not, else "".

    `doubtful` are counties of which no right is known, and either no complete list is
    or no look has seen it.
    """

    total: int
    counts: Counts
    unknown: str
    doubtful: frozenset[str]

    def of(self, county: str) -> int | None:
        """Return a county's number, `CITY` for all in scope; None: not known."""
        if self.unknown or county in self.doubtful:
            return None
        return self.total if county == CITY else self.counts.get(county, 0)


def stock(
    connection: Connection, settings: Settings, commitment: Commitment, *, on: date
) -> Stock:
    """Return how many rights a stock measure counts on a day.

    Before the oldest list only what later lists still show is known: a number then is
    rather too low, and nothing found is no zero.
    """
    found = _rights(connection, settings, commitment.measure.register, on=on)
    scope = scope_of(settings, commitment)
    total = in_scope(found, scope)
    unknown = _why_unknown(connection, total, on=on)
    listed = store.newest_lists(connection, on=on)
    unseen = store.not_looked_at(connection)
    return Stock(
        total=total,
        counts=found,
        unknown=unknown,
        doubtful=frozenset(
            code
            for code in commitment.counties
            if not found.get(code) and (code not in listed or code in unseen)
        ),
    )


def residents_of(
    settings: Settings, plan: Plan, county: str, *, on: date
) -> int | None:
    """Return the newest number of residents that is not of a later year than `on`.

    `CITY` for the whole city. The configuration's figures come before the plan's.
    """
    configured = [
        (one.year, one.persons) for one in settings.population.get(county, ())
    ]
    planned = [
        (one.year, one.persons) for one in plan.residents if one.county == county
    ]
    for figures in (configured, planned):
        known = [figure for figure in figures if figure[0] <= on.year]
        if known:
            return max(known)[1]
    return None


def shortfall(
    connection: Connection,
    settings: Settings,
    plan: Plan,
    commitment: Commitment,
    *,
    on: date,
) -> Mapping[str, int | None]:
    """Return how many rights each county of the commitment lacks, `CITY` all in scope.

    By the exact target, not by the figure that is shown with two places. 0 where none
    is lacking; None where the number, the residents or a target of the county's own is
    not known. Only for stocks.
    """
    if commitment.measure.register not in STOCKS:
        return dict.fromkeys((*commitment.counties, CITY))
    found = stock(connection, settings, commitment, on=on)
    return {
        county: lacking(settings, plan, commitment, county, found.of(county), on=on)
        for county in (*commitment.counties, CITY)
    }


def lacking(
    settings: Settings,
    plan: Plan,
    commitment: Commitment,
    county: str,
    number: int | None,
    *,
    on: date,
    target: Decimal | None = None,
) -> int | None:
    """Return how many more rights a county needs to keep a promise of a stock.

    `target` in place of the commitment's own, where last year's is the one to beat.
    """
    if target is None:
        own = commitment.target if county == CITY else None
        target = commitment.county_targets.get(county, own)
    if number is None or target is None:
        return None
    exact = target
    if commitment.measure.register in PER_10K:
        persons = _persons(settings, plan, commitment, county, on=on)
        if persons is None:
            return None
        exact = target * persons / _TEN_THOUSAND
    if commitment.more_than:
        needed = int(exact.to_integral_value(ROUND_FLOOR)) + 1
    else:
        needed = int(exact.to_integral_value(ROUND_CEILING))
    return max(needed - number, 0)


def figure(
    settings: Settings,
    plan: Plan,
    commitment: Commitment,
    county: str,
    number: int | None,
    *,
    on: date,
) -> Decimal | None:
    """Return a number of rights as a stock measure shows it; None: not known."""
    if number is None:
        return None
    if commitment.measure.register not in PER_10K:
        return Decimal(number)
    persons = _persons(settings, plan, commitment, county, on=on)
    shown = per_10k(number, persons)
    if shown is None or persons is None or commitment.target is None:
        return shown
    exact = Decimal(number) * _TEN_THOUSAND / persons
    if exact < commitment.target <= shown:  # 2.998 is not yet the 3 that was promised
        return exact.quantize(Decimal("0.01"), ROUND_DOWN)
    return shown


def to_beat(
    connection: Connection, settings: Settings, plan: Plan, commitment: Commitment
) -> Decimal | None:
    """Return what a stock was on the day before the plan, where that is to beat.

    None where the commitment names a number, and where it is not known.
    """
    if commitment.target is not None:
        return None
    before = plan.starts_on - _ONE_DAY
    number = stock(connection, settings, commitment, on=before).of(CITY)
    return figure(settings, plan, commitment, CITY, number, on=before)


def no_residents(settings: Settings, commitment: Commitment, *, on: date) -> str:
    """Return why there is no figure for ten thousand residents, and what to do."""
    table = "[office]" if scope_of(settings, commitment) is None else "[[county]]"
    return (
        f"没有 {on.year} 年及以前的常住人口数，"
        f"请在配置文件 {table} 下填写 population，或写进计划文件"
    )


def counted_among(
    connection: Connection,
    settings: Settings,
    measure: str,
    numbers: Sequence[str],
    *,
    on: date,
) -> set[str]:
    """Return those rights in force that a stock measure counts on a day."""
    if measure not in HIGH:
        return set(numbers)
    strategic = classes(settings.register.strategic_ipc)
    told, recorded = events.of(connection, numbers), ties.of(connection, numbers)
    found = set()
    for number, patent in patents.many(connection, numbers).items():
        known = distinct(told.get(number, ()), on=on)
        noticed = links(event for event in known if not event.needs_review)
        tied = merged(noticed, recorded.get(number, ()))
        if any(highvalue.categories(patent, tied, on=on, strategic=strategic)):
            found.add(number)
    return found


def _rights(
    connection: Connection, settings: Settings, measure: str, *, on: date
) -> Counts:
    if measure not in HIGH:
        return counting.valid(connection, on, view=AS_KNOWN)
    return {
        row.county: row.high_value.get("any", 0)
        for row in counts.counted(connection, settings, on)
        if row.county != CITY
    }


def _why_unknown(connection: Connection, total: int, *, on: date) -> str:
    """Return why a number of rights is not known, "" where it is."""
    if not total and not store.has_register(connection):
        return NO_REGISTER
    first_on = store.first_list_on(connection)
    if first_on is not None and on < first_on:
        doubtful = not total or store.lacks_grant_days(connection)
        return too_early(first_on) if doubtful else ""
    unlooked = not total and store.not_looked_at(connection)
    return NOT_LOOKED_AT if unlooked else ""


def too_early(first_on: date) -> str:
    """Return why a day before the oldest list has no figure."""
    return f"最早的清单是 {first_on} 的，之前的情况不详"


def _persons(
    settings: Settings, plan: Plan, commitment: Commitment, county: str, *, on: date
) -> int | None:
    """Return the residents of a county; for `CITY` those of all counties in scope."""
    scope = scope_of(settings, commitment)
    if county != CITY or scope is None:
        return residents_of(settings, plan, county, on=on)
    known = [residents_of(settings, plan, one, on=on) for one in scope]
    return None if None in known else sum(one for one in known if one is not None)


def in_scope(found: Counts, scope: Sequence[str] | None) -> int:
    """Return the sum over the counties in scope, None: over everything."""
    if scope is None:
        return sum(found.values())
    return sum(found.get(county, 0) for county in scope)
