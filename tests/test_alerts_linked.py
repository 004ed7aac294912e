"""Banks and licensees: what they hear, from when on, and whom that never replaces."""

from dataclasses import replace

import pytest

from patentwatch.ladder import RungChange, ladder
from patentwatch.model import Audience, Channel, Evidence, Reason, Tier
from patentwatch.verdict import Verdict
from tests.make_situations import (
    DESK,
    MAIL,
    SMS,
    answer,
    decided,
    ended,
    payment,
    said,
    unpaid,
)

BLOCKED = replace(MAIL, blocked=Reason.BAD_CONTACT)


def to_the_desk(found: list[Verdict]) -> Verdict:
    (one,) = [verdict for verdict in found if verdict.audience is Audience.LINKED]
    return one


def heard(found: list[Verdict]) -> tuple[Tier | None, Reason]:
    return to_the_desk(found).tier, to_the_desk(found).reason


@pytest.mark.parametrize(
    ("on", "tier"),
    [
        pytest.param("2024-03-11", None, id="reminder-is-the-owners"),
        pytest.param("2024-04-10", None, id="last-day-in-time"),
        pytest.param("2024-04-11", Tier.OVERDUE, id="first-day-late"),
        pytest.param("2024-05-10", Tier.OVERDUE, id="w1"),
        pytest.param("2024-05-11", Tier.SURCHARGE_1, id="day-after-w1"),
        pytest.param("2024-09-10", Tier.SURCHARGE_4, id="day-before-final"),
        pytest.param("2024-09-11", Tier.FINAL, id="final"),
        pytest.param("2024-10-02", Tier.FINAL, id="day-before-last-week"),
        pytest.param("2024-10-03", Tier.LAST_WEEK, id="last-week"),
        pytest.param("2024-10-10", Tier.LAST_WEEK, id="w6"),
    ],
)
def test_a_desk_hears_every_tier_after_the_last_day_when_it_is_sure(
    on: str, tier: Tier | None
) -> None:
    facts = [unpaid(on)] if on > "2024-04-10" else []
    due = Reason.DUE if tier else Reason.NOT_REACHED
    assert heard(decided(*facts, on=on, linked=[DESK])) == (tier, due)


@pytest.mark.parametrize(
    ("on", "tier", "reason"),
    [
        pytest.param("2024-04-29", None, Reason.NOT_CONFIRMED, id="before-the-soft"),
        pytest.param("2024-04-30", None, Reason.NOT_CONFIRMED, id="soft-overdue"),
        pytest.param("2024-06-20", None, Reason.NOT_CONFIRMED, id="surcharge"),
        pytest.param("2024-09-10", None, Reason.NOT_CONFIRMED, id="day-before-final"),
        pytest.param("2024-09-11", Tier.FINAL, Reason.DUE, id="final"),
        pytest.param("2024-09-12", Tier.FINAL, Reason.DUE, id="day-after"),
        pytest.param("2024-10-10", Tier.FINAL, Reason.DUE, id="w6"),
        pytest.param("2024-10-11", None, Reason.NOT_CONFIRMED, id="unknown-after-w6"),
    ],
)
def test_a_desk_is_told_no_guess_before_the_last_month(
    on: str, tier: Tier | None, reason: Reason
) -> None:
    found = to_the_desk(decided(on=on, linked=[DESK]))
    assert (found.tier, found.reason) == (tier, reason)
    assert found.evidence is Evidence.PRESUMED


@pytest.mark.parametrize(
    ("on", "tier"),
    [
        pytest.param("2024-12-01", Tier.LAPSED, id="lapsed"),
        pytest.param("2024-12-30", Tier.RESTORE, id="restore"),
    ],
)
def test_a_desk_hears_of_the_end(on: str, tier: Tier) -> None:
    found = decided(ended("2024-11-20"), on=on, linked=[DESK])
    assert heard(found) == (tier, Reason.DUE)


def test_a_paid_fee_is_nobodys_news() -> None:
    found = decided(payment("2024-04-05", 2000), on="2024-04-20", linked=[DESK])
    assert heard(found) == (None, Reason.PAID)


def test_what_the_desk_heard_is_not_said_again_and_a_worse_tier_is() -> None:
    history = [said(Tier.OVERDUE, route=DESK)]
    found = decided(unpaid("2024-05-05"), on="2024-05-06", linked=[DESK])
    assert heard(found) == (Tier.OVERDUE, Reason.DUE)
    again = decided(
        unpaid("2024-05-05"), on="2024-05-07", linked=[DESK], history=history
    )
    assert heard(again) == (Tier.OVERDUE, Reason.SAID)
    worse = decided(
        unpaid("2024-05-05"), on="2024-05-13", linked=[DESK], history=history
    )
    assert heard(worse) == (Tier.SURCHARGE_1, Reason.DUE)


def test_only_what_a_desk_could_have_heard_is_passed_over() -> None:
    found = decided(unpaid("2024-06-01"), on="2024-06-15", linked=[DESK])
    assert to_the_desk(found).supersedes == (Tier.OVERDUE, Tier.SURCHARGE_1)
    soft = decided(on="2024-09-11", linked=[DESK])
    assert to_the_desk(soft).supersedes == ()


def test_a_desk_has_mail_also_for_a_tier_that_owners_hear_by_telephone() -> None:
    rungs = ladder({Tier.FINAL: RungChange(channels=(Channel.SMS,))})
    found = decided(unpaid("2024-09-01"), on="2024-09-11", linked=[DESK], rungs=rungs)
    assert heard(found) == (Tier.FINAL, Reason.DUE)


def test_a_desk_is_no_owner_who_was_reached() -> None:
    found = decided(on="2024-03-11", routes=[BLOCKED], linked=[DESK])
    calls = [v for v in found if v.channel is Channel.CALL]
    assert [(v.tier, v.reason) for v in calls] == [(Tier.REMINDER, Reason.DUE)]
    alone = decided(on="2024-03-11", routes=[], linked=[DESK])
    assert [v.reason for v in alone if v.recipient == ""] == [Reason.NO_CONTACT]


def test_an_owner_who_paid_by_his_word_defers_the_desk_until_final() -> None:
    answers = [answer("paid", "2024-05-06")]
    early = decided(
        unpaid("2024-05-05"), on="2024-05-07", linked=[DESK], answers=answers
    )
    assert heard(early) == (Tier.OVERDUE, Reason.ACKNOWLEDGED)
    late = decided(
        unpaid("2024-05-05"), on="2024-09-11", linked=[DESK], answers=answers
    )
    assert heard(late) == (Tier.FINAL, Reason.DUE)


def test_an_owner_who_gives_up_does_not_give_up_for_the_bank() -> None:
    answers = [answer("abandon", "2024-05-06", confirmed=True)]
    found = decided(
        unpaid("2024-05-05"),
        on="2024-05-07",
        routes=[MAIL, SMS],
        linked=[DESK],
        answers=answers,
    )
    assert heard(found) == (Tier.OVERDUE, Reason.DUE)
    owners = {v.reason for v in found if v.audience is Audience.PATENTEE}
    assert owners == {Reason.ABANDONED_BY_CHOICE}


def test_a_silence_is_for_the_desk_too() -> None:
    found = decided(unpaid("2024-05-05"), on="2024-05-07", linked=[DESK], silenced=True)
    assert heard(found) == (Tier.OVERDUE, Reason.SILENCED)


def test_a_desk_that_may_not_be_written_to_is_not() -> None:
    refused = replace(DESK, blocked=Reason.OPTED_OUT)
    found = decided(unpaid("2024-05-05"), on="2024-05-07", linked=[refused])
    assert heard(found) == (Tier.OVERDUE, Reason.OPTED_OUT)
