"""What officials are told comes from the database as it is; nothing is missed."""

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, update

from patentwatch import digestmaterial, digestrisks
from patentwatch.calls import TaskKind
from patentwatch.digests.making import Material
from patentwatch.digests.values import (
    Ending,
    Kind,
    Measure,
    Paid,
    Phone,
    Window,
)
from patentwatch.look import LAST_LOOK
from patentwatch.model import Channel, County, Evidence, FactKind, Reason, State, Tier
from patentwatch.store import pauses
from patentwatch.store.engine import reading, transaction
from patentwatch.store.memory import forget
from patentwatch.store.tables import alerts
from patentwatch.store.vault import Vault
from tests.line import DUE, LISTED_ON, Line, days, instant
from tests.make_situations import day
from tests.status.test_links import PLEDGED

HERE, THERE = "410901", "410923"
COUNTIES = (County(HERE, "华龙区"), County(THERE, "南乐县"))
LAPSED = "未缴年费专利权终止\n终止日期：20260511"


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Callable[..., Any]) -> Line:
    line = Line(engine, vault, settings())
    line.change(counties=COUNTIES)
    return line


def seen(line: Line, on: date | str, *, window: Window | None = None) -> Material:
    """Return the material of a day; the window is the thirty days before it."""
    when = day(on) if isinstance(on, str) else on
    window = window or Window(Kind.WEEK, when - days(30), when - days(1))
    with reading(line.engine) as connection:
        return digestmaterial.material(
            connection,
            line.vault,
            line.here.rules,
            line.settings,
            window=window,
            now=instant(when),
        )


@pytest.mark.parametrize(
    ("on", "tier"),
    [
        pytest.param("2026-04-10", None, id="day-before-the-reminder"),
        pytest.param("2026-04-11", Tier.REMINDER, id="reminder"),
        pytest.param("2026-05-04", Tier.URGENT, id="urgent"),
        pytest.param("2026-05-11", Tier.URGENT, id="last-day"),
        pytest.param("2026-05-12", None, id="over-and-not-looked-up"),
        pytest.param("2026-06-05", None, id="told-softly-and-not-looked-up"),
        pytest.param("2026-10-12", None, id="day-before-the-last-month"),
        pytest.param("2026-10-13", Tier.FINAL, id="last-month"),
        pytest.param("2026-11-12", Tier.LAPSED, id="to-be-verified"),
    ],
)
def test_a_fee_is_at_risk_from_the_reminder_on_and_late_only_when_looked_up(
    line: Line, on: str, tier: Tier | None
) -> None:
    line.patent()
    line.contact("a@jia.example")
    line.look(day(on))
    found = seen(line, on)
    assert [one.tier for one in found.risks] == ([tier] if tier else [])
    over = day(on) > DUE and tier is None
    assert (found.early, found.unlooked) == (
        {} if on != "2026-04-10" else {HERE: 1},
        {HERE: 1} if over else {},
    )


def test_a_confirmed_fee_is_told_with_its_day_amount_and_stake(line: Line) -> None:
    number = line.patent()
    line.contact("a@jia.example")
    line.look(date(2026, 4, 11))
    line.deliver(date(2026, 4, 11))
    line.unpaid(number, date(2026, 7, 14))
    line.event(number, "PE01", date(2026, 1, 6), text=PLEDGED)
    line.look(date(2026, 7, 20))
    (one,) = seen(line, "2026-07-20").risks
    # W3 is 11 August; year 11 costs 4,000 yuan, with 10 % in this window.
    assert (one.tier, one.evidence) == (Tier.SURCHARGE_2, Evidence.CONFIRMED)
    assert (one.act_by_on, one.amount_yuan) == (date(2026, 8, 11), 4400)
    assert (one.told, one.told_on) == (Tier.REMINDER, date(2026, 4, 11))
    assert one.untold is None
    assert one.high_value == ("维持年限超过10年", "实现质押融资")
    assert len(one.ties) == 1
    assert one.ties[0].startswith("质押")


@pytest.mark.parametrize(
    ("contact", "reason"),
    [
        pytest.param({}, Reason.NO_CONTACT, id="none"),
        pytest.param({"consent": False}, Reason.NO_CONSENT, id="refused"),
    ],
)
def test_who_cannot_be_told_is_named_with_the_reason(
    line: Line, contact: dict[str, Any], reason: Reason
) -> None:
    line.patent()
    if contact:
        line.contact("a@jia.example", **contact)
    on = date(2026, 2, 11)  # ninety days before: the first tier
    line.look(on)
    (early,) = seen(line, on).risks
    assert (early.tier, early.untold) == (Tier.NOTICE, reason)
    line.look(date(2026, 5, 5))
    (late,) = seen(line, "2026-05-05").risks
    assert (late.tier, late.untold) == (Tier.URGENT, reason)


def test_a_task_is_listed_since_it_arose_until_it_is_done(line: Line) -> None:
    number = line.patent()
    line.contact("13800000001", person="张三")
    line.contact("0393-1234567")
    line.look(date(2026, 10, 13))
    (call,) = seen(line, "2026-10-20").calls
    assert (call.risk.patent.application_no, call.since_on) == (
        number,
        date(2026, 10, 13),
    )
    assert call.phones[0] == Phone("张三", "13800000001")
    # The last month is the county's for a week, and nobody has looked it up yet.
    assert (call.overdue, call.task) == (True, TaskKind.VERIFY)
    (before,) = seen(line, "2026-10-19").calls
    assert not before.overdue
    with transaction(line.engine) as connection:
        done = update(alerts).where(alerts.c.channel == Channel.CALL.value)
        connection.execute(done.values(state=State.ACCEPTED.value))
    found = seen(line, "2026-10-20")
    assert (len(found.calls), len(found.risks)) == (0, 1)


def test_a_task_that_no_look_has_written_yet_is_listed_from_today(line: Line) -> None:
    line.patent()
    (call,) = seen(line, "2026-10-20").calls
    assert call.since_on == date(2026, 10, 20)


def test_payments_are_beside_what_was_said_before_them(line: Line) -> None:
    told, untold, same_day = (line.patent(owners=(f"{n}公司",)) for n in "甲乙丙")
    line.contact("a@jia.example", "甲公司")
    line.contact("c@bing.example", "丙公司")
    line.look(date(2026, 4, 11))
    line.deliver(date(2026, 4, 11))
    line.paid(told, date(2026, 4, 21))
    line.paid(untold, date(2026, 4, 21))
    line.paid(same_day, date(2026, 4, 11))
    window = Window(Kind.MONTH, date(2026, 4, 1), date(2026, 4, 30))
    found = {
        one.patent.application_no: one for one in seen(line, DUE, window=window).paid
    }
    assert said(found[told]) == (Tier.REMINDER, 10)
    assert said(found[untold]) == (None, None)
    assert said(found[same_day]) == (None, None)
    assert found[told].patent.patentees == "甲公司"


def said(one: Paid) -> tuple[Tier | None, int | None]:
    return one.tier, one.days


def test_a_trial_into_files_is_no_message_once_a_real_one_is_live(line: Line) -> None:
    number = line.patent()
    line.contact("a@jia.example")
    line.look(date(2026, 4, 11))
    line.deliver(date(2026, 4, 11))
    line.paid(number, date(2026, 4, 21))
    from patentwatch.store import verdicts

    with transaction(line.engine) as connection:
        verdicts.mark_real(connection, Channel.EMAIL, now=instant(date(2026, 4, 12)))
    (one,) = seen(line, "2026-05-01").paid
    assert said(one) == (None, None)


def test_ends_and_restorations_are_of_the_window_in_which_they_became_known(
    line: Line,
) -> None:
    number = line.patent()
    line.event(number, "CF01", date(2026, 12, 18), text=LAPSED)
    line.look(date(2026, 12, 20))
    (ended,) = seen(line, "2026-12-20").ended
    assert (ended.how, ended.happened_on) == (Ending.LAPSED, date(2026, 12, 18))
    assert seen(line, "2026-12-18").ended == []
    assert seen(line, "2027-02-01").ended == []
    (news,) = seen(line, "2026-12-21").happened
    assert (news.patent.county, news.text) == (HERE, "专利权已终止")


def test_doubts_are_questions_contradictions_and_holds(line: Line) -> None:
    number = line.patent()
    line.paid(number, date(2026, 5, 4))
    line.unpaid(number, date(2026, 6, 1))
    held = line.patent()
    with transaction(line.engine) as connection:
        pauses.add_hold(
            connection, held, fee_year=None, reason="等答复", by="李",
            on=date(2026, 6, 1), until_on=None,
        )  # fmt: skip
    line.look(date(2026, 6, 2))
    found = {one.patent.application_no: one for one in seen(line, "2026-06-02").doubts}
    assert "之后又查得未缴" in found[number].text
    assert found[held].text == "人工暂停提醒：等答复"
    assert (found[held].since_on, found[held].holds) == (date(2026, 6, 1), True)


def test_a_message_that_did_not_arrive_is_told(line: Line) -> None:
    number = line.patent()
    line.contact("a@jia.example")
    line.look(date(2026, 4, 11))
    with transaction(line.engine) as connection:
        sent = update(alerts).where(alerts.c.state == State.PENDING.value)
        connection.execute(sent.values(state=State.REFUSED.value))
    (one,) = seen(line, "2026-04-13").troubles
    assert (one.patent.application_no, one.state) == (number, State.REFUSED)
    assert seen(line, "2026-06-20").troubles == []


def test_coverage_and_contactability_are_shares_of_what_was_due(line: Line) -> None:
    reached = line.patent()
    line.patent(owners=("乙公司",))
    line.patent(owners=("丙公司",), county=THERE)
    line.contact("a@jia.example")
    line.contact("b@yi.example", "乙公司", consent=False)
    line.look(date(2026, 4, 11))
    line.deliver(date(2026, 4, 11))
    line.look(date(2026, 6, 2))
    window = Window(Kind.MONTH, date(2026, 5, 1), date(2026, 5, 31))
    found = seen(line, "2026-06-02", window=window).indicators
    here = {one.measure: one for one in found[HERE]}
    assert here[Measure.VALID].value == Decimal(2)
    assert here[Measure.COVERAGE].value == Decimal("50.0")
    assert here[Measure.COVERAGE].before is None  # nothing fell due in April
    assert here[Measure.CONTACTABLE].value == Decimal("50.0")
    city = {one.measure: one for one in found[""]}
    assert city[Measure.COVERAGE].value == Decimal("33.3")
    assert {one.measure: one.value for one in found[THERE]}[Measure.COVERAGE] == 0
    assert reached.startswith("2016")


def test_the_newest_list_of_each_county_is_known(line: Line) -> None:
    line.patent()
    line.patent(county=None)
    found = seen(line, "2026-02-01")
    assert found.listed == {HERE: LISTED_ON, None: LISTED_ON}
    assert list(found.names.items()) == [
        (HERE, "华龙区"),
        (THERE, "南乐县"),
        (None, "县区不详"),
    ]


def test_on_every_day_the_log_finds_what_deciding_everything_finds(line: Line) -> None:
    """A year of looks; each day the short way and the long way agree."""
    register(line)
    for step in range(30):
        on = date(2026, 1, 20) + days(13 * step)
        if step == 10:
            line.unpaid(line.alerts()[0].application_no, on)
        line.look(on)
        if step % 2:
            line.deliver(on)
        assert decided(line, on) == decided(line, on, everything=True)
        late = on + days(5)  # two looks were missed
        assert decided(line, late) == decided(line, late, everything=True)


def register(line: Line) -> None:
    """Put patents of every kind into the register: all fall due around May."""
    for serial, due_on in enumerate((DUE, day("2026-05-31"), day("2026-08-02"))):
        line.patent(due_on=due_on)
        paid = line.patent(due_on=due_on, owners=("乙公司",), county=THERE)
        line.paid(paid, due_on + days(5 * serial))
        unpaid = line.patent(due_on=due_on, owners=("丙公司",), county=None)
        line.unpaid(unpaid, due_on + days(20))
        pledged = line.patent(due_on=due_on, owners=("丁公司",))
        line.event(pledged, "PE01", date(2026, 1, 6), text=PLEDGED)
        ended = line.patent(due_on=due_on, owners=("戊公司",))
        line.fact(ended, FactKind.ENDED, due_on + days(230), fee_year=11)
        quarrel = line.patent(due_on=due_on)
        line.paid(quarrel, due_on - days(3))
        line.unpaid(quarrel, due_on + days(40))
        held = line.patent(due_on=due_on)
        with transaction(line.engine) as connection:
            pauses.add_hold(
                connection, held, fee_year=None, reason="x", by="李",
                on=due_on + days(30), until_on=due_on + days(90),
            )  # fmt: skip
    line.contact("a@jia.example")
    line.contact("13800000001")
    line.contact("c@bing.example", "丙公司")
    line.contact("d@ding.example", "丁公司", consent=False)


class _Undo(Exception):
    pass


def decided(line: Line, on: date, *, everything: bool = False) -> Any:
    """Return what is unsettled on a day in an order of its own; writes nothing."""
    found = digestrisks.Decided()
    try:
        with transaction(line.engine) as connection:
            if everything:
                forget(connection, LAST_LOOK)
            found = digestrisks.decided(connection, line.vault, line.here.rules, on=on)
            raise _Undo
    except _Undo:
        parts = (found.risks, found.calls, found.doubts)
        return (
            *(sorted(map(repr, part)) for part in parts),
            +found.early,
            +found.unlooked,
            +found.undecided,
        )
