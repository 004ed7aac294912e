"""The material of digests: what is known on a day of all counties, read at once.

What is unsettled comes from `digestrisks`; what merely happened from the database.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from sqlalchemy import Connection, Row

from patentwatch import clock, counts, digestplans, digestrisks
from patentwatch.alerts import CITY as CITY_TASK
from patentwatch.digests import windows
from patentwatch.digests.making import Material
from patentwatch.digests.values import (
    CITY,
    Ended,
    Ending,
    Happened,
    Indicator,
    Measure,
    Paid,
    SourceAge,
    Subject,
    Trouble,
    Window,
)
from patentwatch.model import Channel, State, Tier
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.store import (
    counting,
    officials,
    periods,
    sources,
    verdicts,
)
from patentwatch.store.vault import Vault

_ENDINGS = {
    counting.LAPSED: Ending.LAPSED,
    counting.EXPIRED: Ending.EXPIRED,
    counting.RESTORED: Ending.RESTORED,
}
_UNKNOWN_COUNTY = "县区不详"
_HUNDRED = Decimal(100)


def material(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    settings: Settings,
    *,
    window: Window,
    now: datetime,
) -> Material:
    """Return what is known now, and what happened in a window, of all counties.

    Reads what looks have decided; patents that are due for a look are decided here,
    and on a day before the last look all of them.
    """
    on = clock.today(now)
    found = digestrisks.decided(connection, vault, rules, on=on)
    paid = _paid(connection, window)
    indicators = _indicators(connection, settings, window)
    listed = periods.newest_lists(connection)
    ended = list(_ended(connection, window))
    met = {one.patent.county for one in found.risks}
    met |= {one.patent.county for one in paid} | set(listed)
    return Material(
        on=on,
        window=window,
        office_name=settings.office.name,
        office_phone=settings.office.phone,
        observing=settings.observing,
        names=_names(settings, met),
        risks=found.risks,
        early=found.early,
        unlooked=found.unlooked,
        calls=found.calls,
        paid=paid,
        ended=ended,
        doubts=found.doubts,
        troubles=list(_troubles(connection, window)),
        happened=list(_happened(connection, window)),
        indicators=indicators,
        listed=listed,
        sources=tuple(_source_ages(connection, now=now)),
        officials=_officials(connection, settings),
        undecided=found.undecided,
        plans=digestplans.parts(connection, settings, window=window, on=on),
    )


def _paid(connection: Connection, window: Window) -> list[Paid]:
    """Return what was paid in the window and since the first of January."""
    from_on = min(window.start_on, window.end_on.replace(month=1, day=1))
    rows = periods.payments(connection, from_on, window.end_on)
    real = verdicts.real_channels(connection)
    said = periods.said_about(connection, {r.application_no for r in rows}, real=real)
    return [_payment(row, said.get(row.application_no, [])) for row in rows]


def _payment(row: Row[Any], said: Sequence[periods.LastSaid]) -> Paid:
    before = [
        (one.tier, clock.today(one.sent_at))
        for one in said
        if one.fee_year == row.fee_year and clock.today(one.sent_at) < row.paid_on
    ]
    tier, told_on = before[-1] if before else (None, None)
    return Paid(
        patent=_listed(row, row.county),
        fee_year=row.fee_year,
        paid_on=row.paid_on,
        tier=tier,
        days=(row.paid_on - told_on).days if told_on else None,
    )


def _ended(connection: Connection, window: Window) -> Iterator[Ended]:
    rows = periods.endings(connection, window.start_on, window.end_on)
    real = verdicts.real_channels(connection)
    said = periods.said_about(connection, {r.application_no for r in rows}, real=real)
    for row in rows:
        how = _ENDINGS.get(row.how, Ending.OTHERWISE)
        last = said.get(row.application_no, [])[-1:] if how is Ending.LAPSED else []
        yield Ended(
            patent=_listed(row, row.county),
            how=how,
            happened_on=row.happened_on,
            told=last[0].tier if last else None,
            told_on=clock.today(last[0].sent_at) if last else None,
        )


def _troubles(connection: Connection, window: Window) -> Iterator[Trouble]:
    for row in periods.failures(connection, window.start_on):
        yield Trouble(
            patent=_listed(row, row.county),
            fee_year=row.fee_year,
            tier=Tier(row.tier),
            channel=Channel(row.channel),
            state=State(row.state),
            decided_on=row.decided_on,
        )


def _happened(connection: Connection, window: Window) -> Iterator[Happened]:
    for row in periods.told(connection, window.start_on, window.end_on):
        code = row.recipient.removeprefix("county:")
        yield Happened(
            patent=_listed(row, None if code == CITY_TASK else code),
            happened_on=row.happened_on,
            text=row.text,
        )


def _listed(row: Row[Any], county: str | None) -> Subject:
    return Subject(
        application_no=row.application_no,
        title=row.title,
        patentees=row.patentees.replace("\n", "、"),
        county=county,
    )


def _indicators(
    connection: Connection, settings: Settings, window: Window
) -> dict[str | None, tuple[Indicator, ...]]:
    """Return the figures of every county and of the city, now and a window before."""
    now = _figures(connection, settings, window)
    past = _figures(connection, settings, windows.before(window))
    return {
        county: tuple(
            Indicator(measure, value, past.get(county, {}).get(measure))
            for measure, value in figures.items()
        )
        for county, figures in now.items()
    }


_Figures = dict[Measure, Decimal | None]


def _figures(
    connection: Connection, settings: Settings, window: Window
) -> dict[str | None, _Figures]:
    lawful = bool(settings.office.lawful_basis)
    written = periods.contactable(connection, window.end_on, lawful=lawful)
    due = periods.coming_due(connection, window.start_on, window.end_on)
    told = periods.reached(connection, window.start_on, window.end_on)
    return {
        row.county: {
            Measure.VALID: Decimal(row.valid),
            Measure.PER_10K: row.per_10k,
            Measure.HIGH_VALUE: Decimal(row.high_value.get("any", 0)),
            Measure.HIGH_VALUE_PER_10K: row.high_value_per_10k,
            Measure.COVERAGE: _share(_of(told, row.county), _of(due, row.county)),
            Measure.CONTACTABLE: _share(_of(written, row.county), row.valid),
        }
        for row in counts.counted(connection, settings, window.end_on)
    }


def _of(found: Mapping[str | None, int], county: str | None) -> int:
    return sum(found.values()) if county == CITY else found.get(county, 0)


def _share(part: int, whole: int) -> Decimal | None:
    """Return a share in percent to one place, None of nothing."""
    if not whole:
        return None
    return (_HUNDRED * part / whole).quantize(Decimal("0.1"), ROUND_HALF_UP)


def _source_ages(connection: Connection, *, now: datetime) -> Iterator[SourceAge]:
    for one in sources.states(connection):
        answered_on = clock.today(one.answered_at) if one.answered_at else None
        yield SourceAge(name=one.name, answered_on=answered_on, stale=one.stale(now))


def _officials(connection: Connection, settings: Settings) -> dict[str, int]:
    lawful = bool(settings.office.lawful_basis)
    found = officials.writable(connection, lawful=lawful)
    return dict(Counter(one.county for one in found))


def _names(settings: Settings, met: set[str | None]) -> dict[str | None, str]:
    """Return the counties in the order of the configuration, strangers behind them."""
    names: dict[str | None, str] = {one.code: one.name for one in settings.counties}
    names |= {code: code for code in sorted(c for c in met if c) if code not in names}
    if None in met:
        names[None] = _UNKNOWN_COUNTY
    return names
