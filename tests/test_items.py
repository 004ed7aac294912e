"""What a message says of one annuity: amounts by the fee table, days by the windows.

The seventh year of an invention costs 2000 yuan, its surcharges are 100 yuan a step.
"""

from dataclasses import replace
from datetime import date

import pytest

from patentwatch.items import item_of
from patentwatch.letters import Item
from patentwatch.model import Evidence, Fact, FactSource, Patent, Tier
from tests.make_situations import (
    BOOK,
    PATENT,
    PUT_OFF,
    ROLLED,
    day,
    ended,
    listed,
    notice,
    payment,
    situation,
    unpaid,
)

NEXT_YEAR = replace(PATENT, filing_on=date(2018, 8, 10), grant_on=date(2020, 9, 4))
"""Year 9 is due on 2026-08-10; its six months end in 2027, before that year's notice.

Saturday 10 October 2026 is a working day by the notice and rolls to Monday 12 October.
"""


def item(
    *facts: Fact,
    on: str,
    tier: Tier = Tier.OVERDUE,
    patent: Patent = PATENT,
    year: int = 7,
    evidence: Evidence | None = None,
    correction: bool = False,
) -> Item:
    found = situation(*facts, on=on, patent=patent, year=year)
    return item_of(
        found,
        tier=tier,
        evidence=evidence or found.evidence,
        correction=correction,
        on=day(on),
        rulebook=BOOK,
    )


def test_a_surcharge_is_named_with_its_window_and_the_next() -> None:
    found = item(unpaid("2024-05-11"), on="2024-05-11", tier=Tier.SURCHARGE_1)
    assert (found.application_no, found.fee_year) == ("201810123456.7", 7)
    assert (found.tier, found.evidence) == (Tier.SURCHARGE_1, Evidence.CONFIRMED)
    assert (found.payable_fee_yuan, found.surcharge_yuan) == (2000, 100)
    assert found.amount_due_yuan == 2100
    assert (found.window_percent, found.next_percent) == (5, 10)
    assert found.window_until_on == day("2024-06-11")
    assert (found.due_on, found.terminated_from_on) == (day("2024-04-10"),) * 2
    assert found.ends_on == day("2024-10-10")
    assert found.restoration_fee_yuan == 1000


def test_what_paying_costs_in_each_window() -> None:
    found = item(on="2024-05-01")
    assert [tuple(amount) for amount in found.amounts_by_window] == [
        (0, day("2024-04-11"), day("2024-05-10"), 2000),
        (5, day("2024-05-11"), day("2024-06-11"), 2100),
        (10, day("2024-06-12"), day("2024-07-10"), 2200),
        (15, day("2024-07-11"), day("2024-08-12"), 2300),
        (20, day("2024-08-13"), day("2024-09-10"), 2400),
        (25, day("2024-09-11"), day("2024-10-10"), 2500),
    ]


@pytest.mark.parametrize(
    ("on", "percent", "until", "following"),
    [
        pytest.param("2024-04-10", None, None, None, id="in-time"),
        pytest.param("2024-04-11", 0, "2024-05-10", 5, id="free-month"),
        pytest.param("2024-06-11", 5, "2024-06-11", 10, id="rolled-last-day"),
        pytest.param("2024-06-12", 10, "2024-07-10", 15, id="day-after"),
        pytest.param("2024-10-10", 25, "2024-10-10", None, id="last-window"),
        pytest.param("2024-10-11", None, None, None, id="over"),
    ],
)
def test_the_window_is_that_of_the_letters_day(
    on: str, percent: int | None, until: str | None, following: int | None
) -> None:
    found = item(on=on)
    assert (found.window_percent, found.next_percent) == (percent, following)
    assert found.window_until_on == (day(until) if until else None)


def test_the_last_day_in_time_is_the_rolled_one() -> None:
    found = item(on="2024-09-15", tier=Tier.URGENT, patent=ROLLED)
    assert found.last_in_time_on == day("2024-09-18")
    assert found.amount_due_yuan == 2000


def test_an_approved_reduction_does_not_reduce_the_surcharge() -> None:
    reduced = replace(PATENT, reduction=85)
    found = item(unpaid("2024-05-11"), on="2024-05-11", patent=reduced)
    assert (found.payable_fee_yuan, found.full_fee_yuan) == (300, 2000)
    assert (found.surcharge_yuan, found.amount_due_yuan) == (100, 400)
    assert (found.reduction, found.reduced_fees) == (85, ())


def test_an_unknown_reduction_shows_the_full_fee_and_what_could_be_approved() -> None:
    found = item(on="2024-04-03", tier=Tier.URGENT)
    assert (found.payable_fee_yuan, found.reduction) == (2000, None)
    assert found.reduced_fees == ((85, 300), (70, 600))


@pytest.mark.parametrize(
    ("patent", "year", "on"),
    [
        pytest.param(replace(PATENT, reduction=0), 7, "2024-04-03", id="none-on-file"),
        pytest.param(replace(PATENT, grant_on=None), 7, "2024-04-03", id="no-grant"),
        pytest.param(PATENT, 13, "2030-04-03", id="after-the-tenth-year"),
    ],
)
def test_no_reduction_is_promised_that_cannot_be(
    patent: Patent, year: int, on: str
) -> None:
    facts = [listed("2022-01-01")]
    found = item(*facts, on=on, patent=patent, year=year, tier=Tier.URGENT)
    assert found.reduced_fees == ()
    assert found.payable_fee_yuan == found.full_fee_yuan


def test_the_tenth_year_from_the_grant_can_still_be_reduced() -> None:
    found = item(on="2029-04-03", year=12, tier=Tier.URGENT)
    assert found.reduced_fees == ((85, 600), (70, 1200))


def test_what_was_paid_is_taken_off_everywhere() -> None:
    found = item(payment("2024-04-01", 1500), on="2024-05-11")
    assert (found.already_paid_yuan, found.amount_due_yuan) == (1500, 600)
    assert [amount.amount_yuan for amount in found.amounts_by_window] == [
        500,
        600,
        700,
        800,
        900,
        1000,
    ]


def test_after_the_end_restoration_is_estimated_and_its_fee_named_apart() -> None:
    found = item(unpaid("2024-10-11"), on="2024-10-11", tier=Tier.LAPSED)
    assert (found.amount_due_yuan, found.restoration_fee_yuan) == (2500, 1000)
    assert found.restoration_until_on == day("2025-01-13")
    assert not found.restoration_known
    assert found.reduced_fees == ()


def test_a_notice_makes_restoration_exact() -> None:
    found = item(notice("2024-12-20"), on="2024-12-20", tier=Tier.LAPSED)
    assert found.restoration_until_on == day("2025-02-20")
    assert found.restoration_known
    assert found.amount_due_yuan == 2500


@pytest.mark.parametrize(
    ("fact", "source"),
    [
        pytest.param(unpaid("2024-06-15"), "fee_page", id="fee-page"),
        pytest.param(
            unpaid("2024-06-15", FactSource.CHECK_SHEET),
            "check_sheet",
            id="check-sheet",
        ),
        pytest.param(listed("2024-06-15", 6), "column", id="column"),
        pytest.param(unpaid("2024-06-15", FactSource.WORD), "word", id="word"),
    ],
)
def test_who_confirmed_it_and_when(fact: Fact, source: str) -> None:
    found = item(fact, on="2024-06-20", tier=Tier.SURCHARGE_2)
    assert (found.confirmed_on, found.confirmed_by) == (day("2024-06-15"), source)


def test_an_end_is_known_from_its_announcement() -> None:
    found = item(ended("2024-12-01"), on="2024-12-02", tier=Tier.LAPSED)
    assert (found.confirmed_on, found.confirmed_by) == (day("2024-12-01"), "event")


def test_what_is_presumed_was_confirmed_by_nobody() -> None:
    soft = item(unpaid("2024-06-15"), on="2024-09-11", tier=Tier.FINAL)
    assert (soft.evidence, soft.confirmed_on) == (Evidence.PRESUMED, None)
    answered = item(
        unpaid("2024-09-11"),
        on="2024-09-12",
        tier=Tier.FINAL,
        evidence=Evidence.PRESUMED,
    )
    assert answered.confirmed_on is None


def test_a_correction_is_marked() -> None:
    assert item(on="2024-04-03", correction=True).correction
    assert not item(on="2024-04-03").correction


@pytest.mark.parametrize(
    ("on", "percent", "until", "amount"),
    [
        pytest.param("2027-01-09", 20, "2027-01-10", 2400, id="day-before"),
        pytest.param("2027-01-10", 20, "2027-01-10", 2400, id="nominal-last-sunday"),
        pytest.param("2027-01-11", 20, "2027-01-11", 2400, id="rolled-last-day"),
        pytest.param("2027-01-12", 25, "2027-02-10", 2500, id="day-after"),
    ],
)
def test_without_a_holiday_notice_nominal_days_are_named_with_the_true_rate(
    on: str, percent: int, until: str, amount: int
) -> None:
    """A lower rate named for a whole month more would be a promise nobody keeps."""
    found = item(on=on, patent=NEXT_YEAR, year=9)
    assert found.provisional
    assert (found.window_percent, found.window_until_on) == (percent, day(until))
    assert found.amount_due_yuan == amount
    now = [a for a in found.amounts_by_window if a.from_on <= day(on) <= a.until_on]
    assert [a.amount_yuan for a in now] == [amount]
    assert found.ends_on == day("2027-02-10")
    assert found.last_in_time_on == found.due_on == day("2026-08-10")


@pytest.mark.parametrize("on", ["2026-10-09", "2026-10-10", "2026-10-11", "2026-10-12"])
def test_a_day_that_a_holiday_notice_covers_is_named_as_it_is(on: str) -> None:
    """10 October 2026 is a make-up Saturday; the six months end in an unknown 2027."""
    found = item(on=on, patent=NEXT_YEAR, year=9)
    assert (found.window_percent, found.window_until_on) == (5, day("2026-10-12"))
    assert not found.provisional


@pytest.mark.parametrize(
    ("on", "percent", "last"),
    [
        pytest.param("2027-02-05", None, "2027-02-06", id="day-before"),
        pytest.param("2027-02-06", None, "2027-02-06", id="nominal-due-saturday"),
        pytest.param("2027-02-07", None, "2027-02-08", id="sunday"),
        pytest.param("2027-02-08", None, "2027-02-08", id="rolled-due-day"),
        pytest.param("2027-02-09", 0, "2027-02-06", id="first-late-day"),
    ],
)
def test_on_a_rest_day_after_a_provisional_due_day_nobody_is_late(
    on: str, percent: int | None, last: str
) -> None:
    saturday = replace(NEXT_YEAR, filing_on=date(2018, 2, 6))
    found = item(on=on, patent=saturday, year=10, tier=Tier.URGENT)
    assert (found.window_percent, found.last_in_time_on) == (percent, day(last))


def test_a_fee_put_off_is_shown_with_its_new_days() -> None:
    found = item(on="2023-06-15", patent=PUT_OFF, year=5, tier=Tier.URGENT)
    assert found.last_in_time_on == day("2023-06-15")
    assert found.terminated_from_on == day("2022-08-10")
    assert (found.amount_due_yuan, found.ends_on) == (135, day("2023-12-15"))
