"""How a county's and the city's digest follow from the material of all counties."""

import json
from dataclasses import fields, replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patentwatch.digests.making import masked, of
from patentwatch.digests.packing import packed, unpacked
from patentwatch.digests.values import (
    CITY,
    Digest,
    PaidAfter,
    Phone,
    RiskCount,
)
from patentwatch.errors import PatentwatchError
from patentwatch.model import Evidence, Reason, Tier
from tests.make_digests import (
    CALLS,
    EARLY,
    ELSEWHERE,
    HERE,
    LAPSED,
    LAST_WEEK,
    NOWHERE,
    PLEDGED,
    QUIET,
    THERE,
    UNHEARD,
    VERIFY,
    call,
    material,
    paid,
    patent,
    risk,
)
from tests.make_situations import day

MINE = of(material(), HERE)
THEIRS = of(material(), THERE)
ALL = of(material(), CITY)


def test_what_others_depend_on_is_first_then_the_most_severe() -> None:
    assert list(MINE.at_risk) == [PLEDGED, LAPSED, LAST_WEEK, VERIFY, UNHEARD, EARLY]


@pytest.mark.parametrize(
    ("first", "second"),
    [
        pytest.param({}, {"evidence": Evidence.PRESUMED}, id="sure-before-unsure"),
        pytest.param({"high_value": ("x",)}, {}, id="high-value"),
        pytest.param({}, {"act_by_on": day("2026-12-02")}, id="sooner"),
        pytest.param({}, {"act_by_on": None}, id="unknown-day-last"),
    ],
)
def test_among_equals_the_graver_one_is_first(
    first: dict[str, Any], second: dict[str, Any]
) -> None:
    graver, other = risk(2, Tier.FINAL, **first), risk(1, Tier.FINAL, **second)
    found = of(material(**QUIET | {"risks": (other, graver)}), HERE)
    assert list(found.at_risk) == [graver, other]


def test_risks_are_counted_by_tier_with_what_is_at_stake() -> None:
    assert list(MINE.counts) == [
        RiskCount(tier=Tier.LAPSED, number=1, confirmed=1),
        RiskCount(tier=Tier.LAST_WEEK, number=1, confirmed=1, amount_yuan=5000),
        RiskCount(tier=Tier.FINAL, number=1, amount_yuan=5000),
        RiskCount(
            tier=Tier.SURCHARGE_2,
            number=1,
            confirmed=1,
            amount_yuan=4400,
            high_value=1,
            consequential=1,
        ),
        RiskCount(tier=Tier.URGENT, number=1, amount_yuan=600),
        RiskCount(tier=Tier.REMINDER, number=1, amount_yuan=1200),
        RiskCount(tier=None, number=118),
        RiskCount(tier=Tier.NOTICE, number=31),
    ]
    assert [(c.tier, c.number) for c in THEIRS.counts] == [
        (Tier.FINAL, 1),
        (Tier.NOTICE, 4),
    ]
    assert [c.number for c in ALL.counts if c.tier in (None, Tier.NOTICE)] == [119, 35]


@pytest.mark.parametrize("overdue", [False, True])
def test_the_city_sees_a_countys_task_when_it_has_had_its_time(
    *, overdue: bool
) -> None:
    task = call(risk(1, Tier.FINAL), "2026-11-10", overdue=overdue)
    found = material(**QUIET | {"calls": (task,)})
    assert of(found, HERE).calls == (task,)
    assert len(of(found, CITY).calls) == overdue


def test_the_county_has_its_calls_with_numbers_and_the_city_masked_ones() -> None:
    assert [one.risk for one in MINE.calls] == [PLEDGED, LAPSED, LAST_WEEK, VERIFY]
    assert MINE.calls[2].phones == (Phone("张三", "13800000001"),)
    assert [one.risk for one in ALL.calls] == [LAST_WEEK, ELSEWHERE, VERIFY, NOWHERE]
    assert ALL.calls[0].phones == (Phone("张*", "138****0001"),)


def test_masking_twice_is_masking_once() -> None:
    once = masked(MINE)
    assert masked(once) == once
    numbers = [phone.number for call in once.calls for phone in call.phones]
    assert numbers == ["137****0003", "138****0001", "139****0002", "039****4567"]


def test_owners_whom_nothing_reaches_are_named_once_with_all_their_patents() -> None:
    later = risk(
        6,
        Tier.FINAL,
        patent=patent(6, patentees=UNHEARD.patent.patentees),
        act_by_on=day("2026-12-24"),
        untold=Reason.NO_CONTACT,
    )
    found = of(material(**QUIET | {"risks": (later, UNHEARD)}), HERE).unreachable
    assert [(u.owner, u.reason, u.numbers, u.nearest_on) for u in found] == [
        (
            "濮阳市第5机械有限公司",
            Reason.NO_CONTACT,
            ("201510000005.5", "201510000006.6"),
            day("2026-11-30"),
        )
    ]


def test_an_owner_is_missing_already_ninety_days_before() -> None:
    owners = [one.owner for one in MINE.unreachable]
    assert owners == ["濮阳市第5机械有限公司", "濮阳市第9机械有限公司"]
    assert all(one.patent.application_no != "201510000009.9" for one in MINE.at_risk)


@pytest.mark.parametrize(
    "reason",
    [Reason.ACKNOWLEDGED, Reason.ON_HOLD, Reason.SILENCED, Reason.NOT_CONFIRMED],
)
def test_who_is_silent_for_another_reason_can_be_reached(reason: Reason) -> None:
    one = risk(1, Tier.FINAL, untold=reason)
    assert of(material(**QUIET | {"risks": (one,)}), HERE).unreachable == ()


def test_payments_are_told_apart_by_what_was_said_before_them() -> None:
    assert [one.patent.application_no[8:12] for one in MINE.paid] == [
        "0014", "0011", "0012", "0013",
    ]  # fmt: skip
    assert list(MINE.paid_after) == [
        PaidAfter(tier=Tier.REMINDER, number=2, median_days=7),
        PaidAfter(tier=Tier.FINAL, number=1, median_days=3),
        PaidAfter(tier=None, number=1, median_days=None),
    ]
    assert [(one.tier, one.number) for one in MINE.paid_year] == [
        (Tier.REMINDER, 2),
        (Tier.URGENT, 1),
        (Tier.FINAL, 1),
        (None, 2),
    ]


@pytest.mark.parametrize(
    ("on", "count"),
    [("2026-11-15", 0), ("2026-11-16", 1), ("2026-11-22", 1), ("2026-11-23", 0)],
    ids=["day-before", "first-day", "last-day", "day-after"],
)
def test_a_payment_belongs_to_the_window_of_its_day(on: str, count: int) -> None:
    found = of(material(**QUIET | {"paid": (paid(1, on),)}), HERE)
    assert len(found.paid) == count


def test_the_year_begins_on_the_first_of_january() -> None:
    some = (paid(1, "2026-12-31"), paid(2, "2027-01-01"), paid(3, "2027-01-03"))
    week = replace(
        material().window, start_on=day("2026-12-28"), end_on=day("2027-01-03")
    )
    found = of(material(**QUIET | {"paid": some, "window": week}), HERE)
    assert [one.number for one in found.paid_after] == [3]
    assert [one.number for one in found.paid_year] == [2]


def test_the_city_sees_its_counties_side_by_side() -> None:
    here, there, nowhere = ALL.counties
    assert (here.name, here.at_risk, here.confirmed, here.amount_yuan) == (
        "华龙区", 6, 3, 16200,
    )  # fmt: skip
    assert (here.high_value, here.consequential, here.unreachable) == (1, 1, 2)
    assert (here.calls, here.overdue_calls, here.paid, here.lapsed) == (4, 2, 4, 1)
    assert (here.valid, here.listed_on, here.officials) == (1204, day("2026-11-05"), 1)
    assert (there.calls, there.overdue_calls, there.officials) == (1, 1, 0)
    assert (nowhere.county, nowhere.name, nowhere.at_risk) == (None, "县区不详", 1)
    assert ALL.listed_on == day("2026-10-02")
    assert MINE.counties == ()


def test_what_holds_messages_back_is_asked_first() -> None:
    assert [one.holds for one in MINE.doubts] == [True, False]


@pytest.mark.parametrize(
    "changes",
    [
        pytest.param({"risks": (EARLY,)}, id="a-fee"),
        pytest.param({"unlooked": {HERE: 1}}, id="one-not-looked-up"),
        pytest.param({"calls": (CALLS[0],)}, id="a-call"),
    ],
)
def test_nothing_is_due_only_where_nothing_is(changes: dict[str, Any]) -> None:
    assert of(material(**QUIET), HERE).nothing_due
    assert of(material(**QUIET | {"early": {HERE: 9}}), HERE).nothing_due
    assert not of(material(**QUIET | changes), HERE).nothing_due
    assert of(material(**QUIET | changes), THERE).nothing_due


COUNTIES = st.sampled_from([HERE, THERE, None])
RISKS = st.lists(
    st.tuples(st.integers(1, 9999), st.sampled_from(Tier), COUNTIES),
    max_size=12,
    unique_by=lambda one: one[0],
)


def numbers_in(digest: Digest) -> set[str]:
    """Return every number that stands anywhere in a digest."""
    text = packed(digest)
    return {part[:14] for part in text.split('"') if part.startswith("20151000")}


@settings(deadline=None)
@given(RISKS, COUNTIES)
def test_nothing_of_another_county_is_in_a_countys_digest(
    drawn: list[tuple[int, Tier, str | None]], county: str | None
) -> None:
    risks = tuple(
        risk(serial, tier, where, untold=Reason.NO_CONTACT)
        for serial, tier, where in drawn
    )
    calls = tuple(call(one, "2026-11-01", Phone("张三", "1")) for one in risks)
    found = material(risks=risks, calls=calls, paid=(), ended=(), doubts=())
    found = replace(found, troubles=(), happened=())
    mine = {one.patent.application_no for one in risks if one.patent.county == county}
    if county is not None:
        assert numbers_in(of(found, county)) == mine
        assert packed(of(found, county)).count("张三") == len(mine)
    assert "张三" not in packed(of(found, CITY))


def test_a_packed_digest_is_the_same_when_unpacked() -> None:
    for digest in (MINE, THEIRS, ALL, of(material(**QUIET), HERE)):
        assert unpacked(packed(digest)) == digest
        assert packed(unpacked(packed(digest))) == packed(digest)
    assert all(getattr(MINE, one.name) is not None for one in fields(MINE))


def test_a_digest_of_another_form_is_refused() -> None:
    body = json.loads(packed(MINE)) | {"form": 2}
    with pytest.raises(PatentwatchError, match="另一版程序"):
        unpacked(json.dumps(body))


def test_an_older_digest_lacks_what_was_added_later() -> None:
    body = json.loads(packed(MINE))
    del body["digest"]["undecided"]
    assert unpacked(json.dumps(body)) == MINE
