"""Laws that hold for every history: of looking, sleeping, ageing and idle facts."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import combinations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patentwatch import alerts, deadlines, standing
from patentwatch import ladder as tiers
from patentwatch.alerts import Circumstances, Verdict
from patentwatch.ladder import LADDER, RungChange, ladder
from patentwatch.model import (
    Answer,
    Channel,
    Evidence,
    Fact,
    FactKind,
    FactSource,
    Hold,
    Patent,
    Said,
    State,
    Tier,
)
from patentwatch.routing import Route
from patentwatch.standing import Situation
from tests.make_situations import (
    BOOK,
    DAY,
    MAIL,
    PATENT,
    PUT_OFF,
    ROLLED,
    SMS,
    day,
    listed,
    payment,
    restored,
    situation,
    unpaid,
)

FIRST = day("2024-01-01")
DAYS = 400
THIN = ladder(
    {
        Tier.URGENT: RungChange(channels=(Channel.EMAIL,)),
        Tier.LAST_WEEK: RungChange(channels=(Channel.SMS,)),
        Tier.SURCHARGE_2: RungChange(enabled=False),
        Tier.REMINDER: RungChange(from_days=-45),
    }
)

quick = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])
a_day = st.integers(0, DAYS).map(lambda days: FIRST + timedelta(days=days))


@st.composite
def a_fact(draw: st.DrawFn, years: Sequence[int | None] = (6, 7, 8)) -> Fact:
    kind = draw(st.sampled_from(FactKind))
    year = draw(st.sampled_from(years))
    if kind in (FactKind.UNPAID, FactKind.ENDED, FactKind.RESTORED):
        year = draw(st.sampled_from((year, None)))
    if kind is FactKind.LISTED:
        year = None
    return Fact(
        kind=kind,
        source=draw(st.sampled_from(FactSource)),
        dated_on=draw(a_day),
        fee_year=year,
        amount_yuan=draw(st.sampled_from((300, 1000, 2000, 2500)))
        if kind is FactKind.PAYMENT
        else None,
        paid_through=draw(st.sampled_from((None, 6, 7)))
        if kind is FactKind.LISTED
        else None,
        delivery=draw(st.sampled_from((None, "paper", "electronic")))
        if kind is FactKind.NOTICE
        else None,
    )


some_facts = st.lists(a_fact(), max_size=4)
a_patent = st.sampled_from((PATENT, ROLLED))
some_rungs = st.sampled_from((LADDER, THIN))


def looked(
    patent: Patent,
    facts: Sequence[Fact],
    history: Sequence[Said],
    *,
    on: date,
    rungs: Sequence[tiers.Rung],
) -> list[Verdict]:
    """Return what is to be said to people about year 7 on a day."""
    found = situation(*facts, on=on, patent=patent)
    circumstances = Circumstances(routes=[MAIL, SMS], said=history)
    return [
        verdict
        for verdict in alerts.decide(found, circumstances, on=on, rungs=rungs)
        if verdict.speaks and verdict.channel is not Channel.CALL
    ]


def living(
    patent: Patent,
    facts: Sequence[Fact],
    days: Sequence[date],
    rungs: Sequence[tiers.Rung],
) -> list[tuple[date, Verdict]]:
    """Look on these days, remembering what was said, as the daemon does."""
    history: list[Said] = []
    heard = []
    for on in days:
        for verdict in looked(patent, facts, history, on=on, rungs=rungs):
            assert verdict.tier is not None
            heard.append((on, verdict))
            history.append(
                Said(
                    verdict.fee_year,
                    verdict.anchor_on,
                    verdict.tier,
                    verdict.channel,
                    verdict.recipient,
                    State.ACCEPTED,
                    counts=True,
                )
            )
    return heard


def by_key(heard: Sequence[tuple[date, Verdict]]) -> dict[tuple[str, date], list[Tier]]:
    found: dict[tuple[str, date], list[Tier]] = {}
    for _, verdict in heard:
        assert verdict.tier is not None
        key = (verdict.channel.value, verdict.anchor_on)
        found.setdefault(key, []).append(verdict.tier)
    return found


EVERY_DAY = [FIRST + timedelta(days=days) for days in range(DAYS + 1)]


@given(
    patent=a_patent,
    facts=some_facts,
    awake=st.sets(a_day, min_size=1, max_size=40),
    rungs=some_rungs,
)
@settings(parent=quick, max_examples=60)
def test_any_sleep_pattern_says_only_what_is_true_and_nothing_twice(
    patent: Patent, facts: list[Fact], awake: set[date], rungs: tuple[tiers.Rung, ...]
) -> None:
    days = sorted(awake)
    heard = living(patent, facts, days, rungs)
    for severities in (
        [tier.severity for tier in said] for said in by_key(heard).values()
    ):
        assert severities == sorted(set(severities))
    for (_, one), (_, other) in combinations(heard, 2):
        if (one.channel, one.tier) == (other.channel, other.tier):
            assert abs((one.anchor_on - other.anchor_on).days) > 7
            assert other.correction
    for on, verdict in heard:
        found = situation(*facts, on=on, patent=patent)
        rung = next(rung for rung in rungs if rung.tier is verdict.tier)
        soft = found.evidence is Evidence.PRESUMED
        first, last = tiers.span(rung, found.dates, soft=soft)
        assert first <= on <= last
        assert verdict.channel in (rung.soft if soft else rung.sure)
    last_on = days[-1]
    assert looked(patent, facts, _history(heard), on=last_on, rungs=rungs) == []


def _history(heard: Sequence[tuple[date, Verdict]]) -> list[Said]:
    return [
        Said(
            verdict.fee_year,
            verdict.anchor_on,
            verdict.tier,
            verdict.channel,
            verdict.recipient,
            State.ACCEPTED,
            counts=True,
        )
        for _, verdict in heard
        if verdict.tier is not None
    ]


@given(
    patent=a_patent,
    facts=some_facts,
    awake=st.sets(a_day, min_size=1, max_size=20),
    rungs=some_rungs,
)
@settings(parent=quick, max_examples=25)
def test_a_sleepy_looker_ends_at_the_tier_that_is_true_like_a_daily_one(
    patent: Patent, facts: list[Fact], awake: set[date], rungs: tuple[tiers.Rung, ...]
) -> None:
    last_on = max(awake)
    daily = by_key(
        living(patent, facts, [on for on in EVERY_DAY if on <= last_on], rungs)
    )
    sleepy = by_key(living(patent, facts, sorted(awake), rungs))
    now = looked(patent, facts, [], on=last_on, rungs=rungs)
    for verdict in now:
        assert verdict.tier is not None
        key = (verdict.channel.value, verdict.anchor_on)
        for said in (daily, sleepy):
            near = [
                tier
                for (channel, anchor), found in said.items()
                if channel == key[0] and abs((anchor - key[1]).days) <= 7
                for tier in found
            ]
            assert max(tier.severity for tier in near) >= verdict.tier.severity
    for (channel, _), said_tiers in sleepy.items():
        ever = [t for (c, _), found in daily.items() if c == channel for t in found]
        assert set(said_tiers) <= set(ever)


some_routes = st.sampled_from(
    (
        [],
        [MAIL],
        [MAIL, SMS],
        [replace(MAIL, only_from_final=True), SMS],
    )
)


@st.composite
def an_answer(draw: st.DrawFn) -> Answer:
    return Answer(
        draw(st.sampled_from((7, 8))),
        draw(st.sampled_from(("paid", "abandon"))),
        draw(a_day),
        confirmed=draw(st.booleans()),
    )


@st.composite
def a_hold(draw: st.DrawFn) -> Hold:
    until_on = draw(st.none() | a_day)
    return Hold("核实", draw(st.sampled_from((None, 7))), until_on)


@given(
    patent=st.sampled_from(
        (
            PATENT,
            ROLLED,
            PUT_OFF,
            replace(PATENT, grant_on=None),
            replace(PATENT, filing_on=day("2004-12-20")),  # expires within the days
            replace(PATENT, filing_on=day("2004-02-29")),
            replace(PATENT, filing_on=day("2024-02-01"), grant_on=None),
        )
    ),
    facts=st.lists(a_fact(years=(5, 6, 7, 8, 20)), max_size=4),
    routes=some_routes,
    answers=st.lists(an_answer(), max_size=2),
    holds=st.lists(a_hold(), max_size=2),
    on=a_day,
    rungs=some_rungs,
)
@settings(parent=quick, max_examples=150)
def test_between_two_days_of_change_no_verdict_changes(
    patent: Patent,
    facts: list[Fact],
    routes: list[Route],
    answers: list[Answer],
    holds: list[Hold],
    on: date,
    rungs: tuple[tiers.Rung, ...],
) -> None:
    """So the day written as the next look misses nothing that time alone changes."""
    given_until_now = [answer for answer in answers if answer.answered_on <= on]

    def verdicts(when: date) -> list[Verdict]:
        found = standing.situations(patent, facts, on=when, rulebook=BOOK)
        circumstances = Circumstances(routes, answers=given_until_now, holds=holds)
        return [
            verdict
            for one in found
            for verdict in alerts.decide(one, circumstances, on=when, rungs=rungs)
        ]

    days = {fact.dated_on for fact in facts}
    days |= {hold.until_on + DAY for hold in holds if hold.until_on is not None}
    for dates in deadlines.change_days(patent, facts, on=on, rulebook=BOOK):
        days |= tiers.boundaries(rungs, dates)
    next_on = min((when for when in days if when > on), default=on + 200 * DAY)
    expected = verdicts(on)
    when = on + DAY
    while when < next_on:
        assert verdicts(when) == expected, when
        when += DAY


def alone(*facts: Fact, on: date) -> Situation:
    """Return year 7 whatever became of earlier years."""
    return standing.situation_of(PATENT, 7, facts, on=on, rulebook=BOOK)


SAYS_NOTHING = (
    unpaid("2024-04-10"),  # nobody is late on the due day
    unpaid("2024-04-01", FactSource.WORD),
    unpaid("2024-06-01", year=8),
    listed("2024-05-10", 6),  # within the lag
    listed("2024-10-10"),  # within the six months
    payment("2023-04-01", 1200, year=6),
    restored("2024-04-10"),
    Fact(FactKind.PAID, FactSource.FEE_PAGE, FIRST, fee_year=6),
    Fact(FactKind.NOTICE, FactSource.WORD, day("2024-09-01"), fee_year=7),
)


@given(
    facts=st.lists(a_fact(years=(7,)), max_size=3),
    nothing=st.lists(st.sampled_from(SAYS_NOTHING), max_size=3),
    on=a_day,
)
@settings(parent=quick, max_examples=150)
def test_a_fact_that_says_nothing_changes_nothing(
    facts: list[Fact], nothing: list[Fact], on: date
) -> None:
    assert alone(*facts, *nothing, on=on) == alone(*facts, on=on)


@given(
    older=st.lists(a_fact(years=(7,)), max_size=4),
    newest=st.sampled_from((FactKind.PAID, FactKind.UNPAID)),
    source=st.sampled_from((FactSource.FEE_PAGE, FactSource.CHECK_SHEET)),
    dated_on=a_day,
)
@settings(parent=quick, max_examples=150)
def test_what_is_older_than_a_look_up_does_not_change_what_it_says(
    older: list[Fact], newest: FactKind, source: FactSource, dated_on: date
) -> None:
    """Final settlements apart: a later contradiction of these is a hold."""
    looked_up = Fact(newest, source, dated_on, fee_year=7)
    found = [
        fact
        for fact in older
        if fact.dated_on < dated_on
        and fact.kind not in (FactKind.PAYMENT, FactKind.RESTORED)
    ]
    if newest is FactKind.UNPAID and dated_on <= day("2024-04-10"):
        return  # it says nothing
    expected = alone(looked_up, on=dated_on)
    assert alone(*found, looked_up, on=dated_on).standing is expected.standing


@given(data=st.data(), facts=some_facts, on=a_day)
@settings(parent=quick, max_examples=60)
def test_the_order_of_the_facts_changes_nothing(
    data: st.DataObject, facts: list[Fact], on: date
) -> None:
    shuffled = data.draw(st.permutations(facts))
    one, other = situation(*facts, on=on), situation(*shuffled, on=on)
    assert (one.standing, one.evidence, one.unpaid_on, one.question) == (
        other.standing,
        other.evidence,
        other.unpaid_on,
        other.question,
    )
