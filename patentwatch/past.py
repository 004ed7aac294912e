"""What a look writes of a patent's past: its spells in force by county, and news."""

from collections.abc import Mapping
from datetime import date

from sqlalchemy import Connection

from patentwatch.alerts import CITY
from patentwatch.cases import Case
from patentwatch.law.terms import months_after
from patentwatch.register.counties import CountyIndex
from patentwatch.rules import Rules
from patentwatch.status import owners, places, spells
from patentwatch.status.mismatches import LONG_MISSING_MONTHS
from patentwatch.status.news import News, news
from patentwatch.store import holders, standings
from patentwatch.store.standings import AS_KNOWN, BY_LAW, SpellRow


def write(
    connection: Connection, cases: Mapping[str, Case], rules: Rules, *, on: date
) -> None:
    """Write the spells of these patents, and the news that nobody was told yet.

    Also by whom they are found: a new owner whom no list names yet, and whoever has a
    pledge or a licence that stands.
    """
    found = {number: spells_of(case, rules, on=on) for number, case in cases.items()}
    standings.replace_spells(connection, found)
    holders.add_holders(
        connection, {number: _names(case) for number, case in cases.items()}
    )
    counties = CountyIndex(rules.counties)
    told = {
        number: _news(case, counties, on=on)
        for number, case in cases.items()
        if case.events or case.ties
    }
    standings.add_news(connection, told, on=on)


def _names(case: Case) -> list[str]:
    """Return by which names a patent is found beside those that its list gives."""
    moved = case.patent.patentees != case.registered.patentees
    owners_now = case.patent.patentees if moved else ()
    return [*owners_now, *(link.party for link in case.ties)]


def spells_of(case: Case, rules: Rules, *, on: date) -> list[SpellRow]:
    """Return when a patent was in force and in which county, in both views."""
    found = spells.spells(
        case.patent,
        case.events,
        case.facts,
        case.judged,
        on=on,
        rulebook=rules.rulebook,
        lag_days=rules.lag_days,
    )
    where = places.places(case.facts, case.registered.county, moved=_moved(case), on=on)
    return [
        SpellRow(
            view, part.from_on, part.until_on, county, part.began_by, part.ended_by
        )
        for view, some in ((BY_LAW, found.by_law), (AS_KNOWN, found.as_known))
        for spell in some
        for part, county in places.split(spell, where)
    ]


def waking_days(case: Case, rules: Rules) -> set[date]:
    """Return the days on which what is known of the past changes by itself."""
    days = spells.turning_days(case.patent, case.events, rules.rulebook)
    if (term_on := case.judged.fold.term_ends_on) is not None:
        days.add(term_on)
    if case.missing_since_on is not None:
        days.add(months_after(case.missing_since_on, LONG_MISSING_MONTHS))
    return days


def _moved(case: Case) -> places.Place | None:
    """Return since when a notice has moved the patent to another county, and where."""
    county = case.patent.county
    if county is None or county == case.registered.county:
        return None
    moves = [c for c in owners.changes(case.judged.fold.events) if c.address]
    return (moves[-1].effective_on, county) if moves else None


def _news(case: Case, counties: CountyIndex, *, on: date) -> list[News]:
    return news(case.patent, case.judged, on=on, city=CITY, county_of=counties.find)
