"""Answers that defer, holds, silences, and the tasks of an official who telephones."""

from dataclasses import replace

import pytest

from patentwatch.alerts import CITY
from patentwatch.model import (
    Answer,
    Audience,
    Evidence,
    Fact,
    FactSource,
    Hold,
    Reason,
    State,
    Tier,
)
from tests.make_situations import (
    CALL,
    MAIL,
    PATENT,
    SMS,
    answer,
    day,
    decided,
    ended,
    listed,
    notice,
    paid,
    payment,
    said,
    told,
    unpaid,
)

PAID, ABANDON = "paid", "abandon"
BLOCKED = replace(MAIL, blocked=Reason.BAD_CONTACT)


@pytest.mark.parametrize(
    ("on", "tier", "reason", "evidence"),
    [
        pytest.param(
            "2024-08-20", "surcharge_4", "acknowledged", "confirmed", id="before-final"
        ),
        pytest.param(
            "2024-09-10", "surcharge_4", "acknowledged", "confirmed", id="last"
        ),
        pytest.param(
            "2024-09-11", "final", "due", "presumed", id="final-breaks-through"
        ),
        pytest.param("2024-09-12", "final", "due", "presumed", id="day-after"),
        pytest.param("2024-10-03", "final", "due", "presumed", id="no-last-week"),
    ],
)
def test_paid_defers_until_final_breaks_through_softly(
    on: str, tier: str, reason: str, evidence: str
) -> None:
    answers = [answer(PAID, "2024-08-20")]
    (mail, *_) = decided(
        unpaid("2024-08-15"), on=on, routes=[MAIL, SMS], answers=answers
    )
    assert (mail.tier, mail.reason) == (Tier(tier), Reason(reason))
    assert mail.evidence is Evidence(evidence)


@pytest.mark.parametrize(
    ("answered", "reason"),
    [
        pytest.param("2024-09-10", Reason.DUE, id="day-before-final"),
        pytest.param("2024-09-11", Reason.ACKNOWLEDGED, id="first-day-of-final"),
        pytest.param("2024-09-12", Reason.ACKNOWLEDGED, id="day-after"),
    ],
)
def test_paid_answered_in_final_waits_for_a_fact(answered: str, reason: Reason) -> None:
    found = decided(on="2024-09-20", answers=[answer(PAID, answered)])
    assert told(found)["email"] == (Tier.FINAL, reason)
    assert told(found)["call"] == (Tier.FINAL, Reason.DUE)


@pytest.mark.parametrize(
    ("found_on", "reason"),
    [
        pytest.param("2024-06-14", Reason.ACKNOWLEDGED, id="older-fact"),
        pytest.param("2024-06-15", Reason.ACKNOWLEDGED, id="fact-of-that-day"),
        pytest.param("2024-06-16", Reason.DUE, id="newer-fact"),
    ],
)
def test_a_confirming_fact_newer_than_the_answer_ends_the_silence(
    found_on: str, reason: Reason
) -> None:
    found = decided(
        unpaid(found_on), on="2024-06-20", answers=[answer(PAID, "2024-06-15")]
    )
    assert told(found)["email"] == (Tier.SURCHARGE_2, reason)
    assert found[0].evidence is Evidence.CONFIRMED


def test_a_fact_after_the_end_ends_the_silence_too() -> None:
    answers = [answer(PAID, "2024-09-20")]
    quiet = decided(on="2024-10-10", answers=answers)
    assert told(quiet)["email"] == (Tier.FINAL, Reason.ACKNOWLEDGED)
    found = decided(unpaid("2024-10-11"), on="2024-10-11", answers=answers)
    assert told(found)["email"] == (Tier.LAPSED, Reason.DUE)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        pytest.param(answer(PAID, "2024-04-05"), Reason.ACKNOWLEDGED, id="that-day"),
        pytest.param(answer(PAID, "2024-04-06"), Reason.DUE, id="of-tomorrow"),
        pytest.param(answer(PAID, "2024-04-01", year=8), Reason.DUE, id="other-year"),
        pytest.param(answer("agent", "2024-04-01"), Reason.DUE, id="agent"),
        pytest.param(
            answer("wrong-person", "2024-04-01"), Reason.DUE, id="wrong-person"
        ),
        pytest.param(answer(ABANDON, "2024-04-01"), Reason.DUE, id="abandon-once"),
        pytest.param(
            answer(ABANDON, "2024-04-01", confirmed=True),
            Reason.ABANDONED_BY_CHOICE,
            id="abandon-twice",
        ),
    ],
)
def test_which_answers_silence_an_annuity(given: Answer, reason: Reason) -> None:
    found = told(decided(on="2024-04-05", answers=[given]))
    assert found["email"] == found["sms"] == (Tier.URGENT, reason)


def test_giving_up_defers_too_and_never_closes() -> None:
    answers = [answer(ABANDON, "2024-04-01", confirmed=True)]
    before = decided(on="2024-05-01", answers=answers)
    assert told(before)["email"] == (Tier.OVERDUE, Reason.ABANDONED_BY_CHOICE)
    final = decided(on="2024-09-11", answers=answers)
    assert told(final)["email"] == (Tier.FINAL, Reason.DUE)
    assert told(final)["call"] == (Tier.FINAL, Reason.DUE)


def test_paid_and_then_confirmed_unpaid_and_paid_again() -> None:
    answers = [answer(PAID, "2024-05-20"), answer(PAID, "2024-06-20")]
    found = decided(unpaid("2024-06-15"), on="2024-06-25", answers=answers)
    assert told(found)["email"] == (Tier.SURCHARGE_2, Reason.ACKNOWLEDGED)


@pytest.mark.parametrize(
    ("hold", "reason"),
    [
        pytest.param(Hold("核实"), Reason.ON_HOLD, id="every-year"),
        pytest.param(Hold("核实", fee_year=7), Reason.ON_HOLD, id="this-year"),
        pytest.param(Hold("核实", fee_year=8), Reason.DUE, id="another-year"),
        pytest.param(Hold("核实", until_on=day("2024-04-04")), Reason.DUE, id="over"),
        pytest.param(
            Hold("核实", until_on=day("2024-04-05")), Reason.ON_HOLD, id="last-day"
        ),
        pytest.param(
            Hold("核实", until_on=day("2024-04-06")), Reason.ON_HOLD, id="day-before"
        ),
    ],
)
def test_a_hold_silences_while_it_stands(hold: Hold, reason: Reason) -> None:
    found = told(decided(on="2024-04-05", holds=[hold]))
    assert found["email"] == (Tier.URGENT, reason)


def test_a_silence_is_a_reason_of_its_own() -> None:
    found = told(decided(on="2024-04-05", silenced=True))
    assert found["sms"] == (Tier.URGENT, Reason.SILENCED)


def test_what_is_settled_goes_before_holds_and_a_hold_before_answers() -> None:
    settled = decided(
        paid("2024-04-01", FactSource.WORD), on="2024-04-05", silenced=True
    )
    assert told(settled)["email"] == (None, Reason.PAID)
    held = decided(
        on="2024-04-05",
        holds=[Hold("核实")],
        silenced=True,
        answers=[answer("paid", "2024-04-01")],
    )
    assert told(held)["email"] == (Tier.URGENT, Reason.ON_HOLD)


@pytest.mark.parametrize(
    ("on", "tier"),
    [
        pytest.param("2024-09-10", None, id="day-before-final"),
        pytest.param("2024-09-11", Tier.FINAL, id="final"),
        pytest.param("2024-10-02", Tier.FINAL, id="day-before-last-week"),
        pytest.param("2024-10-03", Tier.LAST_WEEK, id="last-week"),
        pytest.param("2024-10-10", Tier.LAST_WEEK, id="last-day"),
        pytest.param("2024-10-11", Tier.LAPSED, id="over"),
        pytest.param("2024-12-29", Tier.LAPSED, id="fifteen-days-before-R"),
        pytest.param("2024-12-30", Tier.RESTORE, id="fourteen-days-before-R"),
        pytest.param("2025-01-13", Tier.RESTORE, id="R"),
        pytest.param("2025-01-14", None, id="after-R"),
    ],
)
@pytest.mark.parametrize(
    "facts",
    [
        pytest.param([], id="presumed"),
        pytest.param([payment("2024-03-01", 2000), unpaid("2024-05-01")], id="held"),
        pytest.param([payment("2024-03-01", 300)], id="a-question"),
        pytest.param([unpaid("2024-08-20")], id="confirmed"),
    ],
)
@pytest.mark.parametrize("silenced", [False, True], ids=["", "silenced"])
def test_an_official_is_asked_to_ring_from_final_until_the_last_day(
    facts: list[Fact],
    on: str,
    tier: Tier | None,
    silenced: bool,  # noqa: FBT001 -- a table's column
) -> None:
    found = told(decided(*facts, on=on, silenced=silenced, holds=[Hold("核实")]))
    assert found.get("call") == ((tier, Reason.DUE) if tier else None)


@pytest.mark.parametrize(
    ("facts", "on"),
    [
        pytest.param([payment("2024-03-01", 2000)], "2024-09-20", id="paid"),
        pytest.param([listed("2024-10-12")], "2024-10-20", id="assumed-paid"),
        pytest.param([unpaid("2023-11-01", year=6)], "2024-09-20", id="not-in-force"),
    ],
)
def test_nobody_rings_about_what_is_settled(facts: list[Fact], on: str) -> None:
    found = decided(*facts, on=on, routes=[])
    assert "call" not in told(found)


def test_a_notice_prolongs_the_call_until_its_own_day() -> None:
    facts = [notice("2024-12-20")]
    assert told(decided(*facts, on="2025-02-20"))["call"][0] is Tier.RESTORE
    assert "call" not in told(decided(*facts, on="2025-02-21"))


@pytest.mark.parametrize(
    ("on", "tier"),
    [
        pytest.param("2024-01-11", None, id="notice"),
        pytest.param("2024-03-10", None, id="day-before-the-reminder"),
        pytest.param("2024-03-11", Tier.REMINDER, id="reminder"),
        pytest.param("2024-04-03", Tier.URGENT, id="urgent"),
        pytest.param("2024-04-11", None, id="nothing-to-say-yet"),
        pytest.param("2024-04-30", Tier.OVERDUE, id="overdue"),
        pytest.param("2024-06-20", None, id="nobody-confirmed"),
        pytest.param("2024-09-11", Tier.FINAL, id="final"),
    ],
)
@pytest.mark.parametrize("routes", [[], [BLOCKED]], ids=["no-contact", "bad-contact"])
def test_an_official_rings_in_place_of_a_message_that_reaches_nobody(
    routes: list[object], on: str, tier: Tier | None
) -> None:
    found = told(decided(on=on, routes=[BLOCKED] if routes else []))
    assert found.get("call") == ((tier, Reason.DUE) if tier else None)


def test_an_official_rings_in_place_of_a_confirmed_message() -> None:
    found = told(decided(unpaid("2024-06-15"), on="2024-06-20", routes=[BLOCKED]))
    assert found["call"] == (Tier.SURCHARGE_2, Reason.DUE)


@pytest.mark.parametrize("silent", ["answer", "hold", "silence"])
def test_nobody_rings_in_place_of_a_message_that_is_not_to_be_said(silent: str) -> None:
    found = decided(
        on="2024-04-05",
        routes=[],
        answers=[answer(PAID, "2024-04-01")] if silent == "answer" else [],
        holds=[Hold("核实")] if silent == "hold" else [],
        silenced=silent == "silence",
    )
    assert "call" not in told(found)


@pytest.mark.parametrize(
    ("tier", "state", "reason"),
    [
        pytest.param(Tier.FINAL, State.PENDING, Reason.SAID, id="waiting"),
        pytest.param(Tier.FINAL, State.ACCEPTED, Reason.SAID, id="done"),
        pytest.param(Tier.LAST_WEEK, State.ACCEPTED, Reason.SAID, id="more-severe"),
        pytest.param(Tier.SURCHARGE_4, State.ACCEPTED, Reason.DUE, id="milder"),
        pytest.param(Tier.FINAL, State.CANCELLED, Reason.DUE, id="cancelled"),
        pytest.param(Tier.FINAL, State.SUPERSEDED, Reason.DUE, id="superseded"),
    ],
)
def test_a_task_is_set_once(tier: Tier, state: State, reason: Reason) -> None:
    history = [said(tier, route=CALL, state=state, counts=False)]
    found = decided(on="2024-09-20", history=history)
    assert told(found)["call"] == (Tier.FINAL, reason)


@pytest.mark.parametrize(
    ("anchor", "reason"),
    [
        pytest.param("2024-04-17", Reason.SAID, id="within-a-week"),
        pytest.param("2024-04-18", Reason.DUE, id="corrected"),
    ],
)
def test_a_task_about_another_due_day_is_another_task(
    anchor: str, reason: Reason
) -> None:
    history = [said(Tier.FINAL, route=CALL, anchor=anchor)]
    assert told(decided(on="2024-09-20", history=history))["call"][1] is reason


def test_the_task_goes_to_the_county_that_answers_for_the_patent() -> None:
    *_, call = decided(on="2024-09-20")
    assert (call.recipient, call.audience) == ("county:410922", Audience.OFFICIAL)
    moved = replace(PATENT, county="410923")
    history = [said(Tier.FINAL, route=CALL)]
    *_, call = decided(on="2024-09-20", patent=moved, history=history)
    assert (call.recipient, call.reason) == ("county:410923", Reason.DUE)
    *_, call = decided(on="2024-09-20", patent=replace(PATENT, county=None))
    assert call.recipient == f"county:{CITY}"


def test_a_task_of_another_year_is_not_this_one() -> None:
    history = [said(Tier.FINAL, route=CALL, year=6)]
    found = decided(on="2024-09-20", history=history)
    assert told(found)["call"] == (Tier.FINAL, Reason.DUE)


def test_a_task_of_the_end_is_kept_while_the_estimate_barely_moves() -> None:
    history = [said(Tier.LAPSED, route=CALL, anchor="2025-01-11")]
    near = decided(notice("2024-11-15"), on="2024-12-01", history=history)
    far = decided(notice("2024-11-25"), on="2024-12-01", history=history)
    assert told(near)["call"] == (Tier.LAPSED, Reason.SAID)
    assert told(far)["call"] == (Tier.LAPSED, Reason.DUE)


def test_paid_by_word_after_the_end_ends_message_and_task() -> None:
    facts = [ended("2024-12-01"), paid("2024-12-10", FactSource.CHECK_SHEET)]
    assert told(decided(*facts, on="2024-12-11"))["email"] == (None, Reason.PAID)


@pytest.mark.parametrize(
    ("on", "tier"),
    [
        pytest.param("2024-03-10", None, id="day-before-the-reminder"),
        pytest.param("2024-03-11", Tier.REMINDER, id="thirty-days-before"),
        pytest.param("2024-03-12", Tier.REMINDER, id="day-after"),
        pytest.param("2024-04-10", Tier.URGENT, id="last-day-in-time"),
        pytest.param("2024-04-11", Tier.OVERDUE, id="first-day-late"),
        pytest.param("2024-06-12", Tier.SURCHARGE_2, id="also-when-only-presumed"),
    ],
)
def test_an_official_rings_early_where_others_depend_on_the_patent(
    on: str, tier: Tier | None
) -> None:
    found = decided(on=on, consequential=True)
    calls = [v for v in found if v.channel is CALL.channel]
    assert [(v.tier, v.reason) for v in calls] == ([(tier, Reason.DUE)] if tier else [])


def test_nobody_rings_about_a_pledged_patent_that_is_paid() -> None:
    found = decided(payment("2024-03-01", 2000), on="2024-04-05", consequential=True)
    assert not [v for v in found if v.channel is CALL.channel]
