"""Laws of the fold: order, repetition and later knowledge change no day's answer."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patentwatch import refresh
from patentwatch.model import Fact, FactSource, Patent
from patentwatch.status import links, spells
from patentwatch.status.events import Event, EventSource, distinct
from patentwatch.status.mismatches import Listing, Mismatch, mismatches
from patentwatch.status.news import news
from patentwatch.status.spells import Spells
from patentwatch.status.state import Judged, Right
from tests.make_events import COUNTIES, TABLE, TRANSFER, event, judged, shown
from tests.make_situations import BOOK, DAY, PATENT, ended, listed, payment, unpaid

OPS, NOTICES = EventSource.OPS, EventSource.NOTICES
FIRST, LAST = date(2020, 9, 4), date(2027, 6, 30)
LIST = Listing(listed_on=date(2022, 1, 5), missing_since_on=date(2024, 2, 1))

LAPSE = "未缴年费专利权终止\n终止日期：{since:%Y%m%d}"
BACK = "权利的恢复\n恢复权利日期：{since:%Y%m%d}"
PLEDGE = (
    "专利权质押合同登记的生效\n登记号：Y1\n登记生效日：{since:%Y%m%d}\n质权人：示例银行"
)
FREED = "专利权质押合同登记的注销\n登记号：Y1\n解除日：{since:%Y%m%d}"
HELD = "专利权的保全\n登记生效日：{since:%Y%m%d}"
OUT = "专利权保全的解除\n解除日：{since:%Y%m%d}"
GIVEN_UP = "专利权的主动放弃\n放弃生效日：{since:%Y%m%d}"
TERM = "专利权期限补偿\n补偿天数：87天"


@dataclass(frozen=True)
class Kind:
    """How one fact is reported: the telling code and text, and the same told worse."""

    code: str
    text: str
    old: tuple[str, ...]


KINDS = (
    Kind("GR01", "授权", ("C14", "FG4A")),
    Kind("PB01", "", ("C06",)),
    Kind("SE01", "", ("C10",)),
    Kind("CF01", LAPSE, ("EXPY", "C17", "MM4A", "CF01")),
    Kind("CF01", "", ("EXPY", "C17", "MM4A")),
    Kind("RGAV", "避免重复授权放弃专利权", ("C25", "EXPY")),
    Kind("AV01", GIVEN_UP, ("EXPY",)),
    Kind("TR01", TRANSFER, ("C41", "ASS", "TR01")),
    Kind("RR01", BACK, ("C49", "RA01", "REIN")),
    Kind("RR01", "", ("C49", "RA01")),
    Kind("PE01", PLEDGE, ("PLDC", "PE01")),
    Kind("PC01", FREED, ("PLDC", "PC01")),
    Kind("PP01", HELD, ("PP01", "RINS")),
    Kind("PD01", OUT, ("PD01", "RINS")),
    Kind("TG01", TERM, ()),
    Kind("OR01", "其他有关事项", ()),
    Kind("IW01", "", ("IW01",)),
    Kind("CX01", "", ("EXPY",)),
)
ANNIVERSARIES = [date(year, 4, 10) for year in range(2021, 2028)]
DAYS = st.dates(FIRST, LAST)


@st.composite
def reports(draw: st.DrawFn, *, told_worse: bool = True) -> tuple[Event, list[Event]]:
    """Return the telling report of one fact, and others of the same."""
    kind = draw(st.sampled_from(KINDS))
    on = draw(st.sampled_from(ANNIVERSARIES)) + draw(
        st.sampled_from([timedelta(d) for d in (0, 30, 183, 184, 225, 300, 410)])
    )
    since = max(day for day in [FIRST, *ANNIVERSARIES] if day <= on)
    text = kind.text.format(since=since)
    telling = event(kind.code, on.isoformat(), text=text)
    if not kind.old or not told_worse:
        return telling, []
    codes = draw(st.lists(st.sampled_from(kind.old), max_size=3))
    worse = [
        event(code, on.isoformat(), source=draw(st.sampled_from([OPS, NOTICES])))
        for code in codes
    ]
    return telling, worse


HISTORIES = st.lists(reports(), max_size=6)
FACTS = st.lists(
    st.builds(
        lambda make, on: make(on.isoformat()),
        st.sampled_from(
            [
                lambda on: ended(on, FactSource.CASE_STATUS),
                lambda on: unpaid(on, year=None),
                listed,
                lambda on: payment(on, 9999, 7),
            ]
        ),
        DAYS,
    ),
    max_size=3,
)


def ask(found: Judged, facts: Sequence[Fact], on: date) -> list[Mismatch]:
    return mismatches(
        PATENT, found, facts, LIST, on=on, rulebook=BOOK, county_of=COUNTIES.find
    )


@dataclass(frozen=True)
class Picture:
    """Everything that is told of a right on a day."""

    judged: Judged
    spells: Spells
    mismatches: list[Mismatch]
    links: list[links.Link]


def picture(events: Sequence[Event], facts: Sequence[Fact], on: date) -> Picture:
    found = judged(*events, on=on, facts=facts)
    return Picture(
        found,
        spells.spells(PATENT, events, facts, found, on=on, rulebook=BOOK),
        ask(found, facts, on),
        links.links(found.fold.events),
    )


def flat(history: Sequence[tuple[Event, list[Event]]]) -> list[Event]:
    return [one for telling, worse in history for one in (telling, *worse)]


@given(HISTORIES, FACTS, DAYS, st.data())
def test_no_order_and_no_repetition_of_reports_changes_anything(
    history: list[tuple[Event, list[Event]]],
    facts: list[Fact],
    on: date,
    data: st.DataObject,
) -> None:
    events = flat(history)
    mixed = data.draw(st.permutations([*events, *events[::2]]))
    assert picture(mixed, facts, on) == picture(events, facts, on)


@given(HISTORIES, DAYS)
def test_the_same_facts_told_worse_or_by_another_source_change_nothing(
    history: list[tuple[Event, list[Event]]], on: date
) -> None:
    telling = [one for one, _ in history]
    plain, full = picture(telling, [], on), picture(flat(history), [], on)
    assert (full.judged.right, full.spells) == (plain.judged.right, plain.spells)
    assert full.judged.situations == plain.judged.situations
    assert full.links == plain.links
    assert full.mismatches == plain.mismatches


@given(HISTORIES, FACTS, DAYS)
def test_what_becomes_known_later_changes_no_earlier_day(
    history: list[tuple[Event, list[Event]]], facts: list[Fact], on: date
) -> None:
    events = flat(history)
    by_then = [one for one in events if one.known_on <= on]
    known = [fact for fact in facts if fact.dated_on <= on]
    all_, only = picture(events, facts, on), picture(by_then, known, on)
    assert all_.judged == only.judged
    assert all_.spells.by_law == only.spells.by_law
    assert all_.spells.as_known == only.spells.as_known
    assert all_.links == only.links
    assert [m.kind for m in all_.mismatches] == [m.kind for m in only.mismatches]


def covers(found: Spells, on: date) -> bool:
    return any(
        one.from_on <= on and (one.until_on is None or on < one.until_on)
        for one in found.as_known
    )


@given(HISTORIES, FACTS, st.lists(DAYS, min_size=1, max_size=4))
def test_the_spells_as_known_are_the_state_of_each_day(
    history: list[tuple[Event, list[Event]]], facts: list[Fact], days: list[date]
) -> None:
    events = [replace(e, announced_on=None) if bare(e) else e for e in flat(history)]
    found = picture(events, facts, LAST).spells
    near = {fact.dated_on for fact in facts} | {e.known_on for e in events}
    for on in {*days, *near, *(day - DAY for day in near)}:
        if FIRST <= on <= LAST:
            right = judged(*events, on=on, facts=facts).right
            assert covers(found, on) == right.in_force, (
                on,
                right,
                shown(found.as_known),
            )


def bare(one: Event) -> bool:
    """Choose some reports with a day of effect to come without an announcement."""
    return one.code == "CF01" and one.effective_on is not None and one.source is OPS


@given(HISTORIES, DAYS)
def test_by_law_a_right_has_at_most_one_spell_that_ends_where_the_state_says(
    history: list[tuple[Event, list[Event]]], on: date
) -> None:
    found = picture(flat(history), [], on)
    right: Right = found.judged.right
    if right.in_force:
        (spell,) = found.spells.by_law
        assert (spell.from_on, spell.until_on) == (FIRST, right.term_ends_on)
    else:
        assert [spell.until_on for spell in found.spells.by_law] in (
            [],
            [right.since_on],
        )


@given(HISTORIES)
def test_each_fact_is_there_once(history: list[tuple[Event, list[Event]]]) -> None:
    keys = [one.fact_key for one in distinct(flat(history), on=LAST)]
    assert len(keys) == len(set(keys))


@pytest.mark.parametrize("kind", [k for k in KINDS if k.old], ids=lambda k: k.code)
@settings(max_examples=10)
@given(DAYS)
def test_every_old_code_is_the_fact_of_the_new_one(kind: Kind, on: date) -> None:
    telling = event(kind.code, on.isoformat(), text=kind.text.format(since=on))
    for code in kind.old:
        same = event(code, on.isoformat(), source=OPS)
        (one,) = distinct([same, telling], on=on)
        assert one.reason == telling.reason
        assert not one.needs_review


CODES = sorted(TABLE.codes)
ANY_DAY = st.dates(date(1985, 4, 1), date(2199, 12, 31))
ANNIVERSARY = st.integers(1985, 2199).map(lambda year: date(year, 4, 10))


@st.composite
def anything(draw: st.DrawFn) -> Event:
    """Return a report of any code with any days, however impossible."""
    days = st.none() | ANY_DAY | ANNIVERSARY
    on, since = draw(days), draw(days)
    if on is None and since is None:
        on = draw(ANY_DAY)
    return event(
        draw(st.sampled_from(CODES)),
        on.isoformat() if on else None,
        since=since.isoformat() if since else None,
        source=draw(st.sampled_from(EventSource)),
    )


@given(
    st.lists(anything(), max_size=5),
    FACTS,
    ANY_DAY.filter(lambda day: day >= PATENT.filing_on),
    st.sampled_from([PATENT, replace(PATENT, grant_on=None)]),
)
def test_no_report_however_impossible_keeps_a_patent_from_being_decided(
    events: list[Event], facts: list[Fact], on: date, patent: Patent
) -> None:
    found = judged(*events, on=on, facts=facts, patent=patent)
    spells.spells(patent, events, facts, found, on=on, rulebook=BOOK)
    mismatches(
        patent, found, facts, LIST, on=on, rulebook=BOOK, county_of=COUNTIES.find
    )
    links.links(found.fold.events)
    news(patent, found, on=on, city="city", county_of=COUNTIES.find)
    refresh.stake(found, on=on)
