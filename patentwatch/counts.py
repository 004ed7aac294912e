"""How many valid patents each county had on a day, beside its people and the province.

Two views: `by_law` counts as it is seen today (a lapse counts back to its due day),
`as_known` as anybody counting on that day would have counted.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_UP, Decimal

from sqlalchemy import Connection

from patentwatch.highvalue import kept_over_ten_years_after
from patentwatch.law.terms import months_after
from patentwatch.register.ipc import classes
from patentwatch.settings import Population, Settings
from patentwatch.status.events import distinct
from patentwatch.status.links import links, merged
from patentwatch.store import counting, events, ties
from patentwatch.store.counting import Counts
from patentwatch.store.patents import chunks
from patentwatch.store.standings import AS_KNOWN, BY_LAW

CITY = ""
"""Stands for the whole city among the counties' codes."""

_TEN_YEARS_IN_MONTHS = 120
_TEN_THOUSAND = 10_000


@dataclass(frozen=True, slots=True)
class Row:
    """The figures of one county on one day, or of the city.

    `missing`: of the valid ones those that vanished from the lists unexplained.
    `high_value`: by category and by `any`; a category that nothing is known of is not
    there. `per_10k` None: no number of residents is configured up to that year.
    """

    county: str | None
    name: str
    valid: int
    valid_by_law: int
    missing: int
    high_value: Mapping[str, int]
    persons: int | None
    persons_year: int | None
    per_10k: Decimal | None
    high_value_per_10k: Decimal | None


def counted(connection: Connection, settings: Settings, day: date) -> list[Row]:
    """Return the figures of every county on a day, the city's last."""
    valid = counting.valid(connection, day, view=AS_KNOWN)
    by_law = counting.valid(connection, day, view=BY_LAW)
    missing = counting.missing(connection, day, view=AS_KNOWN)
    high = counting.high_value(
        connection,
        day,
        view=AS_KNOWN,
        filed_before_on=_filed_before(day),
        pledged=_pledged(connection, day),
        strategic=classes(settings.register.strategic_ipc),
    )
    codes: list[str | None] = [county.code for county in settings.counties]
    codes += sorted({*valid, *by_law} - {*codes, None}, key=str)
    codes += [None] if None in {*valid, *by_law} else []
    names = {county.code: county.name for county in settings.counties}
    rows = [
        _row(
            code,
            names.get(code or "", code or "县区不详"),
            [valid.get(code, 0), by_law.get(code, 0), missing.get(code, 0)],
            {name: found.get(code, 0) for name, found in high.items()},
            _residents(settings, code, day),
        )
        for code in codes
    ]
    return [*rows, _city(rows, settings, day)]


def _filed_before(day: date) -> date:
    """Return the first filing day of which the ten years are not over on `day`."""
    filed_on = months_after(day, -_TEN_YEARS_IN_MONTHS)
    over = kept_over_ten_years_after(filed_on) < day  # on a leap day
    return filed_on + timedelta(days=over)


def _city(rows: Sequence[Row], settings: Settings, day: date) -> Row:
    kinds = rows[0].high_value if rows else {}
    return _row(
        CITY,
        "全市",
        [
            sum(row.valid for row in rows),
            sum(row.valid_by_law for row in rows),
            sum(row.missing for row in rows),
        ],
        {kind: sum(row.high_value[kind] for row in rows) for kind in kinds},
        _residents(settings, CITY, day),
    )


def _row(
    code: str | None,
    name: str,
    figures: Sequence[int],
    high: Mapping[str, int],
    residents: Population | None,
) -> Row:
    valid, by_law, missing = figures
    persons = residents.persons if residents else None
    return Row(
        county=code,
        name=name,
        valid=valid,
        valid_by_law=by_law,
        missing=missing,
        high_value=high,
        persons=persons,
        persons_year=residents.year if residents else None,
        per_10k=per_10k(valid, persons),
        high_value_per_10k=per_10k(high.get("any", 0), persons),
    )


def per_10k(number: int, persons: int | None) -> Decimal | None:
    """Return a number for ten thousand residents, to two places; None without them."""
    if not persons:
        return None
    exact = Decimal(number) * _TEN_THOUSAND / persons
    return exact.quantize(Decimal("0.01"), ROUND_HALF_UP)


def _residents(settings: Settings, code: str | None, day: date) -> Population | None:
    """Return the newest figure that is not of a later year."""
    if code is None:
        return None
    known = [p for p in settings.population.get(code, ()) if p.year <= day.year]
    return max(known, key=lambda one: one.year, default=None)


def _pledged(connection: Connection, day: date) -> list[str]:
    """Return the patents with a pledge that stands on a day, of those with notices."""
    return [
        number
        for chunk in chunks(counting.with_pledges(connection))
        for number in _pledged_among(connection, chunk, day)
    ]


def _pledged_among(
    connection: Connection, numbers: Sequence[str], day: date
) -> Iterator[str]:
    recorded = ties.of(connection, numbers)
    for number, reported in events.of(connection, numbers).items():
        clear = [e for e in distinct(reported, on=day) if not e.needs_review]
        begun = [one for one in recorded.get(number, ()) if one.from_on <= day]
        tied = merged(links(clear), begun)
        if any(link.kind == "pledge" and link.live(day) for link in tied):
            yield number


@dataclass(frozen=True, slots=True)
class YearRow:
    """What became of a county's rights in one year; `valid` at its end."""

    year: int
    county: str | None
    valid: int
    granted: int
    lapsed: int
    restored: int
    expired: int
    otherwise_ended: int
    moved_in: int
    moved_out: int


def history(connection: Connection, from_on: date, to_on: date) -> list[YearRow]:
    """Return year by year and county by county what was known to happen.

    The first and the last year are cut to the days asked for, both inclusive.
    """
    rows = []
    for year in range(from_on.year, to_on.year + 1):
        first = max(from_on, date(year, 1, 1))
        last = min(to_on, date(year, 12, 31))
        valid = counting.valid(connection, last, view=AS_KNOWN)
        flow = counting.flow(connection, first, last, view=AS_KNOWN)
        parts: dict[str, Counts] = {
            "granted": flow.granted,
            "lapsed": flow.lapsed,
            "restored": flow.restored,
            "expired": flow.expired,
            "otherwise_ended": flow.otherwise_ended,
            "moved_in": flow.moved_in,
            "moved_out": flow.moved_out,
        }
        counties = {code for part in (valid, *parts.values()) for code in part}
        rows += [
            YearRow(
                year,
                code,
                valid.get(code, 0),
                **{name: part.get(code, 0) for name, part in parts.items()},
            )
            for code in sorted(counties, key=lambda c: (c is None, c or ""))
        ]
    return rows
