"""Each tier's first and last day, its channels, and the days on which things change."""

from dataclasses import replace
from datetime import date

import pytest

from patentwatch import ladder as tiers
from patentwatch.ladder import LADDER, RungChange
from patentwatch.model import Channel, Evidence, Fact, Patent, Tier
from patentwatch.standing import Situation
from tests.make_situations import (
    DAY,
    PATENT,
    PUT_OFF,
    ROLLED,
    day,
    notice,
    situation,
    unpaid,
)

MAIL, SMS = Channel.EMAIL, Channel.SMS


def true_on(
    when: date, *facts: Fact, patent: Patent = PATENT, evidence: Evidence | None = None
) -> list[Tier]:
    found = situation(*facts, on=when, patent=patent)
    return [
        rung.tier
        for rung in tiers.current(
            LADDER, found, evidence=evidence or found.evidence, on=when
        )
    ]


@pytest.mark.parametrize(
    ("patent", "tier", "first", "last"),
    [
        pytest.param(PATENT, "notice", "2024-01-11", "2024-04-10", id="notice"),
        pytest.param(PATENT, "reminder", "2024-03-11", "2024-04-10", id="reminder"),
        pytest.param(PATENT, "urgent", "2024-04-03", "2024-04-10", id="urgent"),
        pytest.param(PATENT, "overdue", "2024-04-11", "2024-05-10", id="overdue"),
        pytest.param(PATENT, "surcharge_1", "2024-05-11", "2024-06-11", id="5-percent"),
        pytest.param(
            PATENT, "surcharge_2", "2024-06-12", "2024-07-10", id="10-percent"
        ),
        pytest.param(
            PATENT, "surcharge_3", "2024-07-11", "2024-08-12", id="15-percent"
        ),
        pytest.param(
            PATENT, "surcharge_4", "2024-08-13", "2024-09-10", id="20-percent"
        ),
        pytest.param(PATENT, "final", "2024-09-11", "2024-10-10", id="final"),
        pytest.param(PATENT, "last_week", "2024-10-03", "2024-10-10", id="last-week"),
        pytest.param(PATENT, "lapsed", "2024-10-11", "2025-01-13", id="lapsed"),
        pytest.param(PATENT, "restore", "2024-12-30", "2025-01-13", id="restore"),
        pytest.param(ROLLED, "notice", "2024-06-17", "2024-09-18", id="r-notice"),
        pytest.param(ROLLED, "reminder", "2024-08-16", "2024-09-18", id="r-reminder"),
        pytest.param(ROLLED, "urgent", "2024-09-08", "2024-09-18", id="r-urgent"),
        pytest.param(ROLLED, "overdue", "2024-09-19", "2024-10-15", id="r-overdue"),
        pytest.param(ROLLED, "surcharge_1", "2024-10-16", "2024-11-15", id="r-5"),
        pytest.param(ROLLED, "surcharge_2", "2024-11-16", "2024-12-16", id="r-10"),
        pytest.param(ROLLED, "surcharge_3", "2024-12-17", "2025-01-15", id="r-15"),
        pytest.param(ROLLED, "surcharge_4", "2025-01-16", "2025-02-17", id="r-20"),
        pytest.param(ROLLED, "final", "2025-02-18", "2025-03-17", id="r-final"),
        pytest.param(ROLLED, "last_week", "2025-03-10", "2025-03-17", id="r-last-week"),
        pytest.param(ROLLED, "lapsed", "2025-03-18", "2025-06-18", id="r-lapsed"),
        pytest.param(ROLLED, "restore", "2025-06-04", "2025-06-18", id="r-restore"),
    ],
)
def test_the_first_and_the_last_day_of_a_tier(
    patent: Patent, tier: str, first: str, last: str
) -> None:
    """Confirmed anew on the day itself, so that only the day decides."""
    for when, expected in (
        (day(first) - DAY, False),
        (day(first), True),
        (day(first) + DAY, True),
        (day(last) - DAY, True),
        (day(last), True),
        (day(last) + DAY, False),
    ):
        fact = unpaid(when.isoformat())
        assert (Tier(tier) in true_on(when, fact, patent=patent)) == expected, when


@pytest.mark.parametrize(
    ("tier", "first", "last"),
    [
        pytest.param(Tier.OVERDUE, "2024-04-30", "2024-05-10", id="overdue"),
        pytest.param(Tier.FINAL, "2024-09-11", "2024-10-10", id="final"),
    ],
)
def test_what_is_only_presumed_is_said_twice_and_softly(
    tier: Tier, first: str, last: str
) -> None:
    assert true_on(day(first) - DAY) == []
    assert true_on(day(first)) == [tier]
    assert true_on(day(first) + DAY) == [tier]
    assert true_on(day(last) - DAY) == [tier]
    assert true_on(day(last)) == [tier]
    assert true_on(day(last) + DAY) == []


def test_after_the_last_day_in_time_one_tier_or_its_last_week_is_true() -> None:
    when = day("2024-04-11")
    while when <= day("2025-01-13"):
        found = true_on(when, unpaid(when.isoformat()))
        assert found[:-1] in ([], [Tier.FINAL], [Tier.LAPSED]), when
        assert found, when
        when += DAY


@pytest.mark.parametrize(
    ("facts", "on", "expected"),
    [
        pytest.param([], "2024-10-11", [], id="nobody-says-so"),
        pytest.param([unpaid("2024-10-10")], "2024-10-11", [], id="said-a-day-early"),
        pytest.param(
            [unpaid("2024-10-11")], "2024-10-11", [Tier.LAPSED], id="said-that-day"
        ),
        pytest.param(
            [unpaid("2024-10-11")], "2025-01-13", [Tier.LAPSED, Tier.RESTORE], id="on-R"
        ),
        pytest.param([unpaid("2024-10-11")], "2025-01-14", [], id="after-R"),
        pytest.param(
            [notice("2024-12-20")],
            "2025-02-20",
            [Tier.LAPSED, Tier.RESTORE],
            id="notice",
        ),
        pytest.param([notice("2024-12-20")], "2025-02-21", [], id="after-the-notice"),
    ],
)
def test_after_the_six_months_a_tier_needs_a_fact_of_that_time(
    facts: list[Fact], on: str, expected: list[Tier]
) -> None:
    assert true_on(day(on), *facts) == expected


_SURE = {
    "notice": "M",
    "reminder": "MS",
    "urgent": "MS",
    "overdue": "MS",
    "surcharge_1": "M",
    "surcharge_2": "MS",
    "surcharge_3": "M",
    "surcharge_4": "MS",
    "final": "MS",
    "last_week": "MS",
    "lapsed": "MS",
    "restore": "MS",
}


def test_the_channels_are_those_of_the_design() -> None:
    letters = {MAIL: "M", SMS: "S"}
    sure = {r.tier.value: "".join(letters[c] for c in r.sure) for r in LADDER}
    soft = {r.tier.value: "".join(letters[c] for c in r.soft) for r in LADDER if r.soft}
    calls = [r.tier.value for r in LADDER if r.calls]
    assert sure == _SURE
    assert soft == {"overdue": "MS", "final": "MS"}
    assert calls == ["final", "last_week", "lapsed", "restore"]


def test_the_ladder_is_in_the_order_of_severity() -> None:
    assert [rung.tier for rung in LADDER] == list(Tier)


def test_an_office_moves_mutes_and_thins_out_tiers() -> None:
    rungs = tiers.ladder(
        {
            Tier.NOTICE: RungChange(from_days=-100),
            Tier.REMINDER: RungChange(enabled=False),
            Tier.URGENT: RungChange(channels=()),
            Tier.FINAL: RungChange(channels=(MAIL,)),
            Tier.SURCHARGE_1: RungChange(channels=(MAIL, SMS)),
        }
    )
    by_tier = {rung.tier: rung for rung in rungs}
    assert by_tier[Tier.NOTICE].starts == ("D", -100)
    assert by_tier[Tier.NOTICE].sure == (MAIL,)
    assert Tier.REMINDER not in by_tier
    assert by_tier[Tier.URGENT].sure == ()
    assert (by_tier[Tier.FINAL].sure, by_tier[Tier.FINAL].soft) == ((MAIL,), (MAIL,))
    assert by_tier[Tier.FINAL].calls
    assert (by_tier[Tier.SURCHARGE_1].sure, by_tier[Tier.SURCHARGE_1].soft) == (
        (MAIL, SMS),
        (),
    )
    assert tiers.ladder({}) == LADDER


def test_a_muted_tier_leaves_the_milder_one_true() -> None:
    rungs = tiers.ladder({Tier.URGENT: RungChange(channels=())})
    found = tiers.current(
        rungs,
        situation(on="2024-04-10"),
        evidence=Evidence.BEFORE_DUE,
        on=day("2024-04-10"),
    )
    assert [rung.tier for rung in found] == [Tier.NOTICE, Tier.REMINDER]


def test_no_office_moves_the_end_of_the_right_into_the_six_months() -> None:
    rungs = tiers.ladder({Tier.LAPSED: RungChange(from_days=-3)})
    found = situation(unpaid("2024-10-09"), on="2024-10-09")
    true_now = tiers.current(
        rungs, found, evidence=found.evidence, on=day("2024-10-09")
    )
    assert [rung.tier for rung in true_now] == [Tier.FINAL, Tier.LAST_WEEK]


def test_begun_are_all_tiers_whose_day_has_come() -> None:
    dates = situation(on="2024-04-10").dates
    begun = [rung.tier for rung in tiers.begun(LADDER, dates, on=day("2024-04-03"))]
    assert begun == [Tier.NOTICE, Tier.REMINDER, Tier.URGENT]
    begun = [rung.tier for rung in tiers.begun(LADDER, dates, on=day("2024-05-11"))]
    assert begun[-1] is Tier.SURCHARGE_1
    assert tiers.begun(LADDER, dates, on=day("2024-01-10")) == []


def test_the_days_on_which_something_may_change() -> None:
    found = tiers.boundaries(LADDER, situation(on="2024-04-10").dates)
    assert sorted(found) == [
        day(text)
        for text in (
            "2024-01-11",
            "2024-03-11",
            "2024-04-03",
            "2024-04-10",
            "2024-04-11",
            "2024-04-30",
            "2024-05-11",
            "2024-06-12",
            "2024-07-11",
            "2024-08-13",
            "2024-09-11",
            "2024-10-03",
            "2024-10-11",
            "2024-12-30",
            "2025-01-14",
            "2025-04-10",
        )
    ]


def test_the_law_changes_days_whatever_the_ladder_is() -> None:
    found = tiers.boundaries((), situation(on="2024-04-10").dates)
    assert sorted(found) == [
        day(text)
        for text in (
            "2024-04-10",
            "2024-04-11",
            "2024-05-11",
            "2024-06-12",
            "2024-07-11",
            "2024-08-13",
            "2024-09-11",
            "2024-10-11",
            "2025-01-14",
            "2025-04-10",
        )
    ]


def _put_off(on: str) -> Situation:
    return situation(on=on, patent=PUT_OFF, year=5)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param("2022-08-10", None, id="nominal-due-day"),
        pytest.param("2023-03-16", None, id="91-days-before"),
        pytest.param("2023-03-17", Tier.NOTICE, id="90-days-before"),
        pytest.param("2023-06-08", Tier.URGENT, id="a-week-before"),
        pytest.param("2023-06-15", Tier.URGENT, id="put-off-due-day"),
        pytest.param("2023-06-16", None, id="first-late-day"),
        pytest.param("2023-07-07", Tier.OVERDUE, id="ten-days-before-W1"),
    ],
)
def test_a_due_day_put_off_is_announced_before_its_new_day(
    on: str, expected: Tier | None
) -> None:
    found = _put_off(on)
    rungs = tiers.current(LADDER, found, evidence=found.evidence, on=day(on))
    assert (rungs[-1].tier if rungs else None) is expected


def test_the_key_has_the_due_day_and_after_the_end_the_day_of_restoration() -> None:
    dates = situation(on="2024-04-10").dates
    assert tiers.due_on(Tier.LAST_WEEK, dates) == day("2024-04-10")
    assert tiers.anchor_on(Tier.LAST_WEEK, dates) == day("2024-04-10")
    assert tiers.due_on(Tier.LAPSED, dates) == day("2025-01-13")
    assert tiers.anchor_on(Tier.RESTORE, dates) == day("2025-01-11")
    put_off = _put_off("2023-06-15").dates
    assert tiers.due_on(Tier.URGENT, put_off) == day("2023-06-15")
    assert tiers.anchor_on(Tier.URGENT, put_off) == day("2023-06-15")


def test_the_key_of_a_rolled_due_day_is_the_nominal_one() -> None:
    dates = situation(on="2024-09-15", patent=ROLLED).dates
    assert tiers.due_on(Tier.URGENT, dates) == day("2024-09-15")


def test_final_begins_with_the_last_window() -> None:
    assert tiers.final_from_on(situation(on="2024-09-11").dates) == day("2024-09-11")


def test_a_leap_day_has_a_last_day_in_every_year() -> None:
    leap = replace(PATENT, filing_on=day("2016-02-29"), grant_on=day("2018-05-05"))
    dates = situation(on="2023-02-28", patent=leap, year=8).dates
    assert (dates.due_on, dates.over_on) == (day("2023-02-28"), day("2024-02-29"))
