"""Tasks with a telephone: what is asked, until when it is the county's, what follows.

Year 7 of the patent is due on 2024-04-10; `final` begins on 11 September, the last
week on 3 October (make_situations).
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from patentwatch import calls
from patentwatch.calls import CallResult, Effect, TaskKind
from patentwatch.model import (
    Answer,
    Channel,
    Fact,
    Hold,
    Reason,
    Said,
    State,
    Tier,
)
from patentwatch.routing import Route
from patentwatch.verdict import Circumstances, Verdict
from tests.make_situations import (
    CALL,
    DAY,
    MAIL,
    SMS,
    answer,
    day,
    decided,
    ended,
    said,
    situation,
    unpaid,
)

BLOCKED = replace(MAIL, blocked=Reason.BAD_CONTACT)


def asked(found: Sequence[Verdict]) -> tuple[Tier | None, Reason] | None:
    tasks = [v for v in found if v.channel is Channel.CALL]
    return (tasks[0].tier, tasks[0].reason) if tasks else None


# Who is asked, and when


@pytest.mark.parametrize(
    ("on", "tier"),
    [
        pytest.param("2024-03-10", None, id="day-before-the-reminder"),
        pytest.param("2024-03-11", Tier.REMINDER, id="reminder"),
        pytest.param("2024-03-12", Tier.REMINDER, id="day-after"),
    ],
)
@pytest.mark.parametrize("routes", [[], [BLOCKED]], ids=["nobody", "bad-address"])
def test_whom_no_message_reaches_an_official_rings_from_the_reminder_on(
    on: str, tier: Tier | None, routes: list[Route]
) -> None:
    found = asked(decided(on=on, routes=routes))
    assert found == ((tier, Reason.DUE) if tier else None)


@pytest.mark.parametrize(
    ("on", "tier"),
    [
        pytest.param("2024-04-02", None, id="day-before-urgent"),
        pytest.param("2024-04-03", Tier.URGENT, id="urgent"),
        pytest.param("2024-04-10", Tier.URGENT, id="last-day-in-time"),
        pytest.param("2024-04-20", None, id="nothing-true-to-be-said"),
        pytest.param("2024-04-30", Tier.OVERDUE, id="soft-overdue"),
    ],
)
def test_an_outage_is_a_call_from_urgent_on(on: str, tier: Tier | None) -> None:
    assert asked(decided(on=on)) is None
    found = asked(decided(on=on, unheard=True))
    assert found == ((tier, Reason.DUE) if tier else None)


LOST = (State.UNKNOWN, State.UNDELIVERED, State.REFUSED)
HEARD = (State.ACCEPTED, State.DELIVERED)


@pytest.mark.parametrize("state", LOST)
def test_a_late_message_that_reached_nobody_is_a_call(state: State) -> None:
    history = [said(Tier.URGENT, route=SMS, state=state)]
    found = decided(on="2024-04-05", routes=[SMS], history=history)
    assert asked(found) == (Tier.URGENT, Reason.DUE)


@pytest.mark.parametrize(
    ("mail", "sms", "called"),
    [
        pytest.param(State.UNDELIVERED, State.UNKNOWN, True, id="both-lost"),
        pytest.param(State.ACCEPTED, State.UNKNOWN, False, id="mail-arrived"),
        pytest.param(State.REFUSED, State.DELIVERED, False, id="sms-arrived"),
        pytest.param(State.PENDING, State.UNKNOWN, True, id="mail-not-yet"),
        pytest.param(State.PENDING, State.SENDING, False, id="nothing-known-yet"),
        pytest.param(State.CANCELLED, State.SUPERSEDED, False, id="never-left"),
    ],
)
def test_one_channel_that_took_the_message_is_enough(
    mail: State, sms: State, *, called: bool
) -> None:
    history = [
        said(Tier.URGENT, route=MAIL, state=mail, counts=mail in HEARD),
        said(Tier.URGENT, route=SMS, state=sms, counts=sms in HEARD),
    ]
    found = asked(decided(on="2024-04-05", history=history))
    assert found == ((Tier.URGENT, Reason.DUE) if called else None)


@pytest.mark.parametrize(
    "history",
    [
        pytest.param([said(Tier.REMINDER, state=State.UNKNOWN)], id="an-early-tier"),
        pytest.param(
            [
                said(Tier.URGENT, state=State.UNKNOWN),
                said(Tier.OVERDUE, state=State.ACCEPTED),
            ],
            id="a-newer-one-arrived",
        ),
        pytest.param([said(Tier.URGENT, state=State.UNKNOWN, year=6)], id="other-year"),
        pytest.param(
            [said(Tier.URGENT, state=State.UNKNOWN, anchor="2024-03-01")],
            id="another-due-day",
        ),
        pytest.param(
            [said(Tier.URGENT, route=SMS, state=State.UNKNOWN)],
            id="an-address-nobody-has-any-more",
        ),
    ],
)
def test_what_is_early_or_over_is_no_call(history: list[Said]) -> None:
    found = decided(
        unpaid("2024-04-12"), on="2024-04-15", routes=[MAIL], history=history
    )
    assert asked(found) is None


def test_who_answered_or_is_silenced_is_not_rung_for_a_lost_message() -> None:
    history = [said(Tier.URGENT, state=State.UNKNOWN)]
    answers = [answer("paid", "2024-04-04")]
    for kept in (
        decided(on="2024-04-05", routes=[MAIL], history=history, answers=answers),
        decided(on="2024-04-05", routes=[MAIL], history=history, silenced=True),
    ):
        assert asked(kept) is None


@pytest.mark.parametrize(
    ("on", "found"),
    [
        pytest.param("2024-03-31", (Tier.REMINDER, Reason.DUE), id="before-the-word"),
        pytest.param("2024-04-01", None, id="the-day-of-the-word"),
        pytest.param("2024-09-10", None, id="day-before-final"),
        pytest.param("2024-09-11", (Tier.FINAL, Reason.DUE), id="final-breaks-through"),
    ],
)
def test_a_word_of_the_owner_rests_a_pledged_patent_until_final(
    on: str, found: tuple[Tier, Reason] | None
) -> None:
    answers = [answer("paid", "2024-04-01")]
    assert asked(decided(on=on, consequential=True, answers=answers)) == found


@given(
    awake=st.sets(st.integers(0, 400), min_size=1, max_size=30),
    consequential=st.booleans(),
    facts=st.sampled_from([(), (unpaid("2024-05-20"),), (ended("2024-11-20"),)]),
    routes=st.sampled_from([(), (MAIL, SMS), (BLOCKED,)]),
    settling=st.booleans(),
)
@settings(
    deadline=None,
    max_examples=60,
    suppress_health_check=[HealthCheck.too_slow],
)
def test_looking_often_or_seldom_asks_for_the_same_tasks(
    awake: set[int],
    *,
    consequential: bool,
    facts: tuple[Fact, ...],
    routes: tuple[Route, ...],
    settling: bool,
) -> None:
    """Each tier at most once, never a milder one later, and the true one at the end."""

    def living(days: Sequence[date]) -> list[Tier]:
        history: list[Said] = []
        tiers = []
        for on in days:
            found = asked(
                decided(
                    *facts,
                    on=on,
                    routes=routes,
                    consequential=consequential,
                    history=history,
                )
            )
            if found and found[1] is Reason.DUE:
                assert found[0] is not None
                tiers.append(found[0])
                state = State.ACCEPTED if settling else State.PENDING
                # The end is asked for by its own day: R, of 11 January 2025.
                late = found[0] in (Tier.LAPSED, Tier.RESTORE)
                anchor = "2025-01-11" if late else "2024-04-10"
                history.append(said(found[0], route=CALL, anchor=anchor, state=state))
        return tiers

    sleepy = sorted(day("2024-01-01") + DAY * n for n in awake)
    often = living([day("2024-01-01") + DAY * n for n in range(max(awake) + 1)])
    seldom = living(sleepy)
    for tiers in (often, seldom):
        severities = [tier.severity for tier in tiers]
        assert severities == sorted(set(severities))
    assert set(seldom) <= set(often)
    now = asked(
        decided(*facts, on=sleepy[-1], routes=routes, consequential=consequential)
    )
    if now:
        assert often[-1] is now[0]
        assert seldom[-1] is now[0]


# What is asked


def kind(
    *facts: Fact,
    on: str,
    telephones: bool = True,
    answers: Sequence[Answer] = (),
    holds: Sequence[Hold] = (),
) -> TaskKind:
    circumstances = Circumstances(routes=[], answers=answers, holds=holds)
    found = situation(*facts, on=on)
    return calls.kind(found, circumstances, on=day(on), telephones=telephones)


@pytest.mark.parametrize("telephones", [True, False])
def test_what_is_presumed_is_looked_up_before_anybody_is_rung(
    *, telephones: bool
) -> None:
    assert kind(on="2024-09-20", telephones=telephones) is TaskKind.VERIFY


@pytest.mark.parametrize(
    ("on", "telephones", "expected"),
    [
        pytest.param("2024-03-20", True, TaskKind.CALL, id="before-due"),
        pytest.param("2024-03-20", False, TaskKind.CONTACT, id="before-due-no-number"),
        pytest.param("2024-09-20", True, TaskKind.CALL, id="confirmed"),
        pytest.param("2024-09-20", False, TaskKind.CONTACT, id="confirmed-no-number"),
    ],
)
def test_what_is_certain_is_a_call_or_a_search_for_a_number(
    on: str, expected: TaskKind, *, telephones: bool
) -> None:
    facts = [unpaid("2024-09-15")] if on > "2024-04-10" else []
    assert kind(*facts, on=on, telephones=telephones) is expected


@pytest.mark.parametrize(
    ("answered", "expected"),
    [
        pytest.param("2024-09-14", TaskKind.CALL, id="the-fact-is-newer"),
        pytest.param("2024-09-15", TaskKind.VERIFY, id="of-the-day-of-the-fact"),
        pytest.param("2024-09-16", TaskKind.VERIFY, id="the-word-is-newer"),
    ],
)
def test_who_says_he_paid_is_looked_up(answered: str, expected: TaskKind) -> None:
    answers = [answer("paid", answered)]
    found = kind(unpaid("2024-09-15"), on="2024-09-20", answers=answers)
    assert found is expected


def test_a_word_before_final_makes_the_final_task_one_to_verify() -> None:
    answers = [answer("paid", "2024-08-20")]
    found = kind(unpaid("2024-08-15"), on="2024-09-12", answers=answers)
    assert found is TaskKind.VERIFY


def test_what_is_held_is_looked_up() -> None:
    holds = [Hold("核实")]
    assert kind(unpaid("2024-09-15"), on="2024-09-20", holds=holds) is TaskKind.VERIFY


# Until when it is the county's alone


@pytest.mark.parametrize(
    ("tier", "days"),
    [
        (Tier.REMINDER, 14),
        (Tier.URGENT, 3),
        (Tier.OVERDUE, 7),
        (Tier.SURCHARGE_2, 7),
        (Tier.FINAL, 7),
        (Tier.LAPSED, 7),
    ],
)
def test_the_city_sees_what_the_county_leaves_undone(tier: Tier, days: int) -> None:
    asked_on = day("2024-03-11")
    for passed, seen in ((days - 1, False), (days, True), (days + 1, True)):
        found = calls.city_sees(
            tier,
            asked_on=asked_on,
            refused_on=[],
            consequential=False,
            on=asked_on + DAY * passed,
        )
        assert found is seen


@pytest.mark.parametrize("tier", [Tier.LAST_WEEK, Tier.RESTORE])
def test_the_city_sees_the_last_days_at_once(tier: Tier) -> None:
    on = day("2024-10-03")
    assert calls.city_sees(tier, asked_on=on, refused_on=[], consequential=False, on=on)


@pytest.mark.parametrize(("passed", "seen"), [(2, False), (3, True), (4, True)])
def test_what_others_depend_on_the_city_sees_sooner(passed: int, *, seen: bool) -> None:
    asked_on = day("2024-03-11")
    found = calls.city_sees(
        Tier.REMINDER,
        asked_on=asked_on,
        refused_on=[],
        consequential=True,
        on=asked_on + DAY * passed,
    )
    assert found is seen


@pytest.mark.parametrize(
    ("refused", "seen"),
    [
        pytest.param([], False, id="never"),
        pytest.param(["2024-03-12"], False, id="once"),
        pytest.param(["2024-03-12", "2024-03-12"], False, id="twice-on-one-day"),
        pytest.param(["2024-03-12", "2024-03-13"], True, id="on-two-days"),
    ],
)
def test_refused_on_two_days_the_city_tries(refused: list[str], *, seen: bool) -> None:
    found = calls.city_sees(
        Tier.REMINDER,
        asked_on=day("2024-03-11"),
        refused_on=[day(one) for one in refused],
        consequential=False,
        on=day("2024-03-13"),
    )
    assert found is seen


def test_every_tier_that_asks_has_its_days() -> None:
    asking = {tier for tier in Tier if tier.severity >= Tier.REMINDER.severity}
    assert set(calls.COUNTY_DAYS) == asking


# What follows


SETTLES, STAYS = True, False


@pytest.mark.parametrize(
    ("result", "tier", "given_up", "expected"),
    [
        (CallResult.NOTIFIED, Tier.FINAL, False, Effect(SETTLES)),
        (CallResult.WRONG_NUMBER, Tier.FINAL, False, Effect(STAYS, bad_number=True)),
        (CallResult.REFUSED, Tier.FINAL, False, Effect(STAYS)),
        (CallResult.PAID, Tier.SURCHARGE_4, False, Effect(SETTLES, "paid")),
        (CallResult.PAID, Tier.FINAL, False, Effect(STAYS, "paid")),
        (CallResult.PAID, Tier.LAPSED, False, Effect(STAYS, "paid")),
        (CallResult.ABANDON, Tier.REMINDER, False, Effect(STAYS, "abandon")),
        (CallResult.ABANDON, Tier.REMINDER, True, Effect(SETTLES, "abandon")),
    ],
)
def test_what_each_result_does(
    result: CallResult, tier: Tier, expected: Effect, *, given_up: bool
) -> None:
    assert calls.effect(result, tier=tier, given_up=given_up) == expected


def test_every_task_and_every_result_has_its_word() -> None:
    assert set(calls.TASK_WORDS) == set(TaskKind)
    assert [calls.RESULT_WORDS[one] for one in CallResult] == [
        "已通知",
        "空号",
        "拒接",
        "已缴费",
        "放弃",
    ]


def test_a_settled_task_is_asked_anew_by_the_next_tier_alone() -> None:
    history = [said(Tier.FINAL, route=CALL)]
    final = decided(on="2024-09-20", history=history)
    assert asked(final) == (Tier.FINAL, Reason.SAID)
    week = decided(on="2024-10-03", history=history)
    assert asked(week) == (Tier.LAST_WEEK, Reason.DUE)
