"""What is said to whom: the table of tiers, the choice, corrections, and why not."""

from collections.abc import Sequence
from dataclasses import replace

import pytest

from patentwatch.alerts import Verdict
from patentwatch.ladder import RungChange, ladder
from patentwatch.model import (
    Channel,
    Evidence,
    Fact,
    PatentNumber,
    Reason,
    RecipientId,
    Said,
    State,
    Tier,
)
from patentwatch.routing import Route
from tests.make_situations import (
    MAIL,
    PATENT,
    PUT_OFF,
    SMS,
    day,
    decided,
    ended,
    listed,
    notice,
    payment,
    said,
    spoken,
    told,
    unpaid,
)


def messages(verdicts: Sequence[Verdict]) -> set[tuple[str, str]]:
    """Return what is to be said to people: channel and tier."""
    return {
        (channel, tier.value)
        for channel, tier in spoken(verdicts)
        if channel != "call" and tier is not None
    }


def both(tier: str) -> set[tuple[str, str]]:
    return {("email", tier), ("sms", tier)}


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        pytest.param("2024-01-10", set(), id="nothing-yet"),
        pytest.param("2024-01-11", {("email", "notice")}, id="notice"),
        pytest.param("2024-03-11", both("reminder"), id="reminder"),
        pytest.param("2024-04-03", both("urgent"), id="urgent"),
        pytest.param("2024-04-10", both("urgent"), id="due-day"),
    ],
)
def test_before_the_due_day_every_owner_is_told(
    on: str, expected: set[tuple[str, str]]
) -> None:
    assert messages(decided(on=on)) == expected


@pytest.mark.parametrize(
    ("on", "sure", "soft"),
    [
        pytest.param("2024-04-11", both("overdue"), set(), id="free-month"),
        pytest.param("2024-04-30", both("overdue"), both("overdue"), id="its-end"),
        pytest.param("2024-05-11", {("email", "surcharge_1")}, set(), id="5-percent"),
        pytest.param("2024-06-12", both("surcharge_2"), set(), id="10-percent"),
        pytest.param("2024-07-11", {("email", "surcharge_3")}, set(), id="15-percent"),
        pytest.param("2024-08-13", both("surcharge_4"), set(), id="20-percent"),
        pytest.param("2024-09-11", both("final"), both("final"), id="final"),
        pytest.param("2024-10-03", both("last_week"), both("final"), id="last-week"),
        pytest.param("2024-10-11", both("lapsed"), set(), id="lapsed"),
        pytest.param("2024-12-30", both("restore"), set(), id="restore"),
        pytest.param("2025-01-14", set(), set(), id="after-R"),
    ],
)
def test_evidence_decides_on_which_channels_a_tier_is_said(
    on: str, sure: set[tuple[str, str]], soft: set[tuple[str, str]]
) -> None:
    confirmed = decided(unpaid(on), on=on)
    presumed = decided(on=on)
    assert messages(confirmed) == sure
    assert messages(presumed) == soft
    assert {v.evidence for v in confirmed if v.speaks} <= {Evidence.CONFIRMED}
    assert {v.evidence for v in presumed if v.speaks} <= {Evidence.PRESUMED}


@pytest.mark.parametrize(
    ("facts", "on", "reason"),
    [
        pytest.param([], "2024-01-10", Reason.NOT_REACHED, id="too-early"),
        pytest.param([], "2024-04-11", Reason.NOT_CONFIRMED, id="free-month"),
        pytest.param([], "2024-04-29", Reason.NOT_CONFIRMED, id="eleven-days-left"),
        pytest.param([], "2024-05-11", Reason.NOT_CONFIRMED, id="surcharge"),
        pytest.param([], "2024-10-11", Reason.NOT_CONFIRMED, id="six-months-over"),
        pytest.param([], "2025-01-13", Reason.NOT_CONFIRMED, id="last-day-of-R"),
        pytest.param([], "2025-01-14", Reason.NOT_REACHED, id="after-R"),
        pytest.param(
            [ended("2024-12-01")], "2025-01-14", Reason.NOT_REACHED, id="ended-after-R"
        ),
        pytest.param(
            [payment("2024-03-01", 2000)], "2024-04-03", Reason.PAID, id="paid"
        ),
        pytest.param(
            [listed("2024-11-01")], "2024-11-02", Reason.ASSUMED_PAID, id="assumed"
        ),
        pytest.param(
            [payment("2024-03-01", 2000), unpaid("2024-05-01")],
            "2024-06-20",
            Reason.ON_HOLD,
            id="contradiction",
        ),
        pytest.param(
            [unpaid("2023-11-01", year=6)],
            "2024-04-03",
            Reason.NOT_IN_FORCE,
            id="ended-with-year-6",
        ),
    ],
)
def test_silence_has_a_reason_and_no_tier(
    facts: list[Fact], on: str, reason: Reason
) -> None:
    found = told(decided(*facts, on=on))
    assert (found["email"], found["sms"]) == ((None, reason), (None, reason))


def test_an_sms_recipient_waits_while_the_true_tier_is_for_e_mail_only() -> None:
    found = told(decided(unpaid("2024-05-11"), on="2024-05-11"))
    assert found["email"] == (Tier.SURCHARGE_1, Reason.DUE)
    assert found["sms"] == (None, Reason.NOT_REACHED)


def test_each_channel_hears_its_most_severe_true_tier() -> None:
    """Else one who slept through the reminder would never be told by SMS."""
    rungs = ladder({Tier.URGENT: RungChange(channels=(Channel.EMAIL,))})
    found = decided(on="2024-04-05", rungs=rungs)
    assert messages(found) == {("email", "urgent"), ("sms", "reminder")}


@pytest.mark.parametrize(
    ("history", "reason"),
    [
        pytest.param([], Reason.DUE, id="nothing"),
        pytest.param([said(Tier.REMINDER)], Reason.DUE, id="milder"),
        pytest.param([said(Tier.URGENT)], Reason.SAID, id="the-same"),
        pytest.param([said(Tier.OVERDUE)], Reason.SAID, id="more-severe"),
        pytest.param([said(Tier.URGENT, counts=False)], Reason.DUE, id="a-trial"),
        pytest.param([said(Tier.URGENT, route=SMS)], Reason.DUE, id="other-channel"),
        pytest.param(
            [said(Tier.URGENT, route=replace(MAIL, recipient=RecipientId("old")))],
            Reason.DUE,
            id="old-address",
        ),
        pytest.param([said(Tier.URGENT, year=6)], Reason.DUE, id="other-year"),
    ],
)
def test_a_tier_is_said_once_to_a_recipient(
    history: list[Said], reason: Reason
) -> None:
    found = told(decided(on="2024-04-05", routes=[MAIL], history=history))
    assert found["email"] == (Tier.URGENT, reason)


def _superseded(found: Sequence[Verdict], channel: str) -> list[Tier]:
    (verdict,) = (v for v in found if v.channel == channel)
    return list(verdict.supersedes)


def test_milder_tiers_whose_day_had_come_are_superseded() -> None:
    found = decided(on="2024-04-05", history=[said(Tier.NOTICE)])
    assert _superseded(found, "email") == [Tier.REMINDER]
    assert _superseded(found, "sms") == [Tier.REMINDER]  # no notice by SMS
    # Away for ninety days across three tiers: one message, two superseded.
    assert _superseded(decided(on="2024-04-05"), "email") == [
        Tier.NOTICE,
        Tier.REMINDER,
    ]
    late = decided(unpaid("2024-10-11"), on="2024-10-11")
    assert _superseded(late, "email") == list(Tier)[:10]
    assert Tier.SURCHARGE_1 not in _superseded(late, "sms")


def test_what_is_not_said_supersedes_nothing() -> None:
    found = decided(on="2024-04-05", silenced=True)
    assert [verdict.supersedes for verdict in found] == [(), ()]
    again = decided(on="2024-04-05", routes=[MAIL], history=[said(Tier.URGENT)])
    assert again[0].supersedes == ()


@pytest.mark.parametrize(
    ("anchor", "reason", "correction"),
    [
        pytest.param("2024-04-03", Reason.SAID, False, id="seven-days-earlier"),
        pytest.param("2024-04-17", Reason.SAID, False, id="seven-days-later"),
        pytest.param("2024-04-02", Reason.DUE, True, id="eight-days-earlier"),
        pytest.param("2024-04-18", Reason.DUE, True, id="eight-days-later"),
        pytest.param("2025-04-10", Reason.DUE, True, id="a-year"),
    ],
)
def test_a_due_day_corrected_by_more_than_a_week_is_said_anew(
    anchor: str,
    reason: Reason,
    correction: bool,  # noqa: FBT001 -- a table's column
) -> None:
    history = [said(Tier.URGENT, anchor=anchor)]
    (found,) = decided(on="2024-04-05", routes=[MAIL], history=history)
    assert (found.tier, found.reason) == (Tier.URGENT, reason)
    assert found.correction == correction


def test_only_the_next_message_is_marked_as_a_correction() -> None:
    wrong = said(Tier.REMINDER, anchor="2024-03-10")
    (first,) = decided(on="2024-03-11", routes=[MAIL], history=[wrong])
    assert first.correction
    history = [wrong, said(Tier.REMINDER)]
    (second,) = decided(on="2024-04-03", routes=[MAIL], history=history)
    assert (second.reason, second.correction) == (Reason.DUE, False)


def test_a_trial_with_a_wrong_day_is_not_corrected() -> None:
    trial = said(Tier.REMINDER, anchor="2024-03-01", counts=False)
    (found,) = decided(on="2024-03-11", routes=[MAIL], history=[trial])
    assert not found.correction


def test_a_due_day_put_off_by_announcement_is_a_correction() -> None:
    told_before = said(Tier.NOTICE, anchor="2022-08-10", year=5)
    (found,) = decided(
        on="2023-03-17", routes=[MAIL], history=[told_before], patent=PUT_OFF, year=5
    )
    assert (found.tier, found.due_on) == (Tier.NOTICE, day("2023-06-15"))
    assert found.correction


@pytest.mark.parametrize(
    ("dispatched", "reason", "correction"),
    [
        # The estimate counts from a notice of 11 November.
        pytest.param("2024-11-11", Reason.SAID, False, id="as-estimated"),
        pytest.param("2024-11-18", Reason.SAID, False, id="a-week-later"),
        pytest.param("2024-11-19", Reason.DUE, True, id="eight-days-later"),
    ],
)
def test_after_the_end_the_day_of_restoration_is_the_key(
    dispatched: str,
    reason: Reason,
    correction: bool,  # noqa: FBT001 -- a table's column
) -> None:
    history = [said(Tier.LAST_WEEK), said(Tier.LAPSED, anchor="2025-01-11")]
    found = decided(notice(dispatched), on="2024-12-01", routes=[MAIL], history=history)
    assert (found[0].tier, found[0].reason) == (Tier.LAPSED, reason)
    assert found[0].correction == correction


@pytest.mark.parametrize(
    ("anchor", "reason"),
    [
        pytest.param("2026-02-13", Reason.DUE, id="a-working-day"),
        pytest.param("2026-02-14", Reason.SAID, id="first-day-of-rest"),
        pytest.param("2026-02-24", Reason.SAID, id="the-day-itself"),
    ],
)
def test_a_long_holiday_makes_two_ends_of_restoration_one(
    anchor: str, reason: Reason
) -> None:
    """From Saturday 14 to Monday 23 February 2026 every day rolls to the 24th."""
    patent = replace(PATENT, filing_on=day("2018-05-13"))
    dispatched = notice("2025-12-23", "electronic", year=8)
    (found, *_) = decided(
        dispatched,
        on="2025-12-24",
        routes=[MAIL],
        history=[said(Tier.LAPSED, anchor=anchor, year=8)],
        patent=patent,
        year=8,
    )
    assert (found.anchor_on, found.due_on) == (day("2026-02-23"), day("2026-02-24"))
    assert (found.tier, found.reason) == (Tier.LAPSED, reason)


def test_the_first_word_after_the_end_corrects_nothing() -> None:
    history = [said(Tier.LAST_WEEK)]
    found = decided(unpaid("2024-10-11"), on="2024-10-11", history=history)[0]
    assert (found.tier, found.reason, found.correction) == (
        Tier.LAPSED,
        Reason.DUE,
        False,
    )
    assert (found.due_on, found.anchor_on) == (day("2025-01-13"), day("2025-01-11"))
    assert Tier.LAST_WEEK not in found.supersedes


def test_what_was_said_softly_is_not_said_again_when_confirmed() -> None:
    found = decided(
        unpaid("2024-09-20"), on="2024-09-21", routes=[MAIL], history=[said(Tier.FINAL)]
    )
    assert told(found)["email"] == (Tier.FINAL, Reason.SAID)
    week = decided(
        unpaid("2024-09-20"), on="2024-10-03", routes=[MAIL], history=[said(Tier.FINAL)]
    )
    assert told(week)["email"] == (Tier.LAST_WEEK, Reason.DUE)


@pytest.mark.parametrize(
    "reason",
    [Reason.BAD_CONTACT, Reason.OPTED_OUT, Reason.NO_CONSENT],
)
def test_a_blocked_route_says_why(reason: Reason) -> None:
    blocked = replace(MAIL, blocked=reason)
    found = told(decided(on="2024-04-05", routes=[blocked, SMS]))
    assert found["email"] == (Tier.URGENT, reason)
    assert found["sms"] == (Tier.URGENT, Reason.DUE)
    assert "call" not in found


def test_nobody_to_tell_is_a_verdict_too() -> None:
    (found, call) = decided(on="2024-04-05", routes=[])
    assert (found.recipient, found.reason) == ("", Reason.NO_CONTACT)
    assert found.tier is Tier.URGENT
    assert call.channel is Channel.CALL
    (quiet,) = decided(on="2024-01-10", routes=[])
    assert (quiet.tier, quiet.reason) == (None, Reason.NOT_REACHED)


@pytest.mark.parametrize(
    ("on", "reason"),
    [
        pytest.param("2024-09-10", Reason.ACKNOWLEDGED, id="day-before-final"),
        pytest.param("2024-09-11", Reason.DUE, id="final"),
        pytest.param("2024-10-03", Reason.DUE, id="last-week"),
    ],
)
def test_an_owner_whose_agent_acts_is_copied_from_final_on(
    on: str, reason: Reason
) -> None:
    owner = replace(MAIL, only_from_final=True)
    agents = Route(RecipientId("agent"), Channel.SMS, MAIL.audience)
    found = told(decided(unpaid(on), on=on, routes=[agents, owner]))
    assert found["email"][1] is reason
    assert found["sms"][1] is Reason.DUE


def test_a_verdict_names_the_patent_and_the_keys() -> None:
    (found, _) = decided(on="2024-04-05")
    assert found.application_no == PatentNumber("201810123456.7")
    assert found.fee_year == 7
    assert (found.due_on, found.anchor_on) == (day("2024-04-10"), day("2024-04-10"))
    assert (found.recipient, found.evidence) == ("mail", Evidence.BEFORE_DUE)
    assert found.application_no == PATENT.application_no


def test_an_unsent_alert_in_any_state_does_not_count_as_said() -> None:
    for state in (State.PENDING, State.SUPERSEDED, State.REFUSED, State.SUPPRESSED):
        history = [said(Tier.URGENT, state=state, counts=False)]
        found = told(decided(on="2024-04-05", routes=[MAIL], history=history))
        assert found["email"] == (Tier.URGENT, Reason.DUE)
