"""Looking: what is decided becomes alerts and messages, once, however often."""

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert, select

from patentwatch.ladder import RungChange
from patentwatch.model import Channel, FactKind, FactSource, Tier
from patentwatch.settings import AlertSettings, LawSettings
from patentwatch.store import people
from patentwatch.store.engine import reading, transaction
from patentwatch.store.memory import recall, remember
from patentwatch.store.pauses import SilenceScope, add_hold, add_silence, end_silence
from patentwatch.store.tables import patents, verdicts
from patentwatch.store.vault import Vault
from tests.line import (
    DUE,
    WINDOWS,
    Line,
    assert_accounted_for,
    days,
    instant,
    over_smtp,
)

W1, W2, W3, W4, W5, W6 = WINDOWS
REMINDER, URGENT = DUE - days(30), DUE - days(7)


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Any) -> Line:
    return Line(engine, vault, settings())


def next_look(line: Line, number: str) -> date | None:
    with reading(line.engine) as connection:
        query = select(patents.c.next_look_on).where(patents.c.application_no == number)
        found: date | None = connection.execute(query).scalar_one()
        return found


def reasons(line: Line, number: str) -> list[str]:
    with reading(line.engine) as connection:
        query = select(verdicts.c.reason).where(verdicts.c.application_no == number)
        return list(connection.execute(query.order_by(verdicts.c.id)).scalars())


def test_looking_again_adds_nothing(line: Line) -> None:
    line.patent()
    line.contact("a@b.example")
    first = line.look(REMINDER, everything=True)
    again = line.look(REMINDER, everything=True)
    assert (first.due, first.messages) == (1, 1)
    assert (again.due, again.messages, again.superseded) == (0, 0, 0)
    assert [row.tier for row in line.alerts()] == ["reminder", "notice"]
    assert_accounted_for(line, REMINDER)


def test_fifty_patents_of_one_owner_are_one_mail_and_one_short_message(
    line: Line,
) -> None:
    for _ in range(50):
        line.patent()
    line.contact("a@b.example")
    line.contact("13800000000")
    line.look(REMINDER)
    assert {(m.channel, m.severity) for m in line.messages()} == {
        ("email", Tier.REMINDER.severity),
        ("sms", Tier.REMINDER.severity),
    }
    assert len(line.messages()) == 2
    assert len(line.alerts(state="pending")) == 100


def test_two_owners_get_a_message_each(line: Line) -> None:
    line.patent(owners=("甲公司", "乙公司"))
    line.contact("a@b.example", "甲公司")
    line.contact("c@d.example", "乙公司")
    line.look(REMINDER)
    assert len({m.recipient for m in line.messages()}) == 2


def test_people_who_share_a_mailbox_are_one_recipient(line: Line) -> None:
    line.patent(owners=("甲公司", "乙公司"))
    line.contact("a@b.example", "甲公司")
    line.contact("a@b.example", "乙公司")
    line.look(REMINDER)
    assert len(line.messages()) == 1
    assert len(line.alerts(state="pending")) == 1


def test_each_contact_of_two_patents_sees_only_his(line: Line) -> None:
    one = line.patent(owners=("甲公司",))
    other = line.patent(owners=("乙公司",))
    mine = line.contact("a@b.example", "甲公司")
    his = line.contact("c@d.example", "乙公司")
    line.look(REMINDER)
    found = {(row.application_no, row.recipient) for row in line.alerts()}
    assert found == {(one, mine), (other, his)}


@pytest.mark.parametrize(
    ("on", "tiers"),
    [
        pytest.param(DUE - days(91), [], id="day-before-the-first-tier"),
        pytest.param(DUE - days(90), ["notice"], id="first-tier"),
        pytest.param(DUE - days(31), ["notice"], id="day-before-the-second"),
        pytest.param(DUE, ["urgent"], id="last-day-in-time"),
        pytest.param(DUE + days(1), [], id="presumed-unpaid-is-silent-at-first"),
        pytest.param(W1 - days(11), [], id="day-before-the-soft-one"),
        pytest.param(W1 - days(10), ["overdue"], id="the-soft-one"),
        pytest.param(W1 + days(1), [], id="no-surcharge-on-a-guess"),
    ],
)
def test_a_look_says_what_is_true_that_day(
    line: Line, on: date, tiers: list[str]
) -> None:
    line.patent()
    line.contact("a@b.example")
    line.look(on)
    assert [row.tier for row in line.alerts(state="pending", channel="email")] == tiers


def test_after_a_long_sleep_only_the_most_severe_tier_is_said(line: Line) -> None:
    line.patent()
    line.contact("a@b.example")
    line.look(DUE - days(91))
    line.look(URGENT + days(2))
    assert line.fates() == [
        ("urgent", "pending", "due"),
        ("notice", "superseded", "superseded"),
        ("reminder", "superseded", "superseded"),
    ]
    said = line.alerts(tier="urgent")[0].key
    assert {row.superseded_by for row in line.alerts(state="superseded")} == {said}


def test_a_queued_tier_gives_way_to_the_next(line: Line) -> None:
    line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    line.look(URGENT)
    assert ("reminder", "superseded", "superseded") in line.fates()
    assert [row.tier for row in line.alerts(state="pending")] == ["urgent"]
    assert len(line.messages(state="pending")) == 1
    assert_accounted_for(line, URGENT)


def test_a_queued_tier_that_is_over_expires(line: Line) -> None:
    line.patent()
    line.contact("a@b.example")
    line.look(URGENT)
    line.look(DUE + days(1))
    assert ("urgent", "expired", "not_confirmed") in line.fates()


def test_paid_while_queued_is_cancelled(line: Line) -> None:
    number = line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    line.paid(number, REMINDER + days(1))
    line.look(REMINDER + days(1))
    assert ("reminder", "cancelled", "paid") in line.fates()
    assert reasons(line, number)[-1] == "paid"


def test_a_hold_cancels_what_waits_and_its_end_makes_it_due_again(line: Line) -> None:
    number = line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    held_until = REMINDER + days(3)
    with transaction(line.engine) as connection:
        add_hold(
            connection,
            number,
            fee_year=None,
            reason="?",
            by="张",
            on=REMINDER,
            until_on=held_until,
        )
    line.look(REMINDER + days(1))
    assert ("reminder", "cancelled", "on_hold") in line.fates()
    line.look(held_until)
    assert line.alerts(state="pending") == []
    line.look(held_until + days(1))
    assert [row.tier for row in line.alerts(state="pending")] == ["reminder"]
    assert_accounted_for(line, held_until + days(1))


def test_a_silence_on_a_county_ends_by_itself(line: Line) -> None:
    line.patent()
    line.contact("a@b.example")
    with transaction(line.engine) as connection:
        add_silence(
            connection,
            SilenceScope(county="410901"),
            reason="?",
            by="张",
            on=REMINDER,
            until_on=REMINDER + days(2),
        )
    line.look(REMINDER)
    assert line.alerts(state="pending") == []
    line.look(REMINDER + days(2))
    assert line.alerts(state="pending") == []
    line.look(REMINDER + days(3))
    assert [row.tier for row in line.alerts(state="pending")] == ["reminder"]


def test_a_silence_that_is_lifted_early_speaks_the_same_day(line: Line) -> None:
    number = line.patent()
    line.contact("a@b.example")
    with transaction(line.engine) as connection:
        scope = SilenceScope(application_no=number)
        silence = add_silence(
            connection,
            scope,
            reason="?",
            by="张",
            on=REMINDER,
            until_on=DUE,
        )
    line.look(REMINDER)
    with transaction(line.engine) as connection:
        end_silence(connection, silence, by="张", on=REMINDER + days(1))
    line.look(REMINDER + days(1))
    assert [row.tier for row in line.alerts(state="pending")] == ["reminder"]


def test_a_corrected_address_is_a_new_recipient_who_gets_the_tier_true_now(
    line: Line,
) -> None:
    line.patent()
    old = line.contact("a@b.example")
    line.look(REMINDER)
    with transaction(line.engine) as connection:
        people.flag(connection, old, word="bad", reason="550")
    new = line.contact("right@b.example", on=REMINDER + days(1))
    line.look(REMINDER + days(1))
    assert line.fates(recipient=old)[0] == ("reminder", "cancelled", "bad_contact")
    assert line.fates(recipient=new)[0] == ("reminder", "pending", "due")


def test_an_owner_nobody_can_reach_becomes_a_call_and_the_agent_hears(
    line: Line,
) -> None:
    line.patent(owners=("甲公司",), agency="某某专利事务所")
    line.patent(owners=("乙公司",))
    agent = line.contact("agent@c.example", "某某专利事务所", role="agent")
    line.look(REMINDER)
    told = [(row.channel, row.audience) for row in line.alerts(state="pending")]
    assert sorted(told) == [("call", "official"), ("email", "agent")]
    assert line.alerts(channel="email", state="pending")[0].recipient == agent


def test_a_call_task_moves_on_with_the_tier(line: Line) -> None:
    number = line.patent()
    line.unpaid(number, W5 + days(1))
    line.look(W5 + days(1))
    assert line.fates(channel="call") == [("final", "pending", "due")]
    line.look(W6 - days(7))
    assert line.fates(channel="call") == [
        ("final", "superseded", "superseded"),
        ("last_week", "pending", "due"),
    ]
    line.paid(number, W6 - days(6))
    line.look(W6 - days(6))
    assert line.fates(channel="call")[-1] == ("last_week", "cancelled", "paid")


def test_a_call_task_outlives_a_day_corrected_by_a_week(line: Line) -> None:
    number = line.patent()
    line.look(REMINDER)
    move(line, number, days(3))
    for n in range(3, 6):
        line.look(REMINDER + days(n))
        assert line.fates(channel="call") == [("reminder", "pending", "due")]


def test_a_day_corrected_by_a_week_repeats_nothing(line: Line) -> None:
    number = line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    line.deliver(REMINDER)
    move(line, number, days(7))
    line.look(REMINDER + days(1))
    assert line.alerts(state="pending") == []


def test_a_day_corrected_by_more_begins_anew_and_says_so(line: Line) -> None:
    number = line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    line.deliver(REMINDER)
    move(line, number, days(8))
    line.look(REMINDER + days(1))
    found = line.alerts(state="pending")
    assert [(row.tier, row.correction) for row in found] == [("notice", True)]


def move(line: Line, number: str, by: timedelta) -> None:
    """Let a list correct the filing date."""
    with reading(line.engine) as connection:
        this = patents.c.application_no == number
        query = select(patents.c.filing_on).where(this)
        filing_on = connection.execute(query).scalar_one()
    line.refiled(number, filing_on + by)


def test_a_pending_alert_whose_day_was_corrected_is_replaced_not_doubled(
    line: Line,
) -> None:
    number = line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    move(line, number, -days(3))
    line.look(REMINDER)
    waiting = line.alerts(state="pending")
    assert [(row.tier, row.due_on) for row in waiting] == [("reminder", DUE - days(3))]
    old = next(row for row in line.alerts(tier="reminder") if row.due_on == DUE)
    assert (old.state, old.superseded_by) == ("superseded", waiting[0].key)


@pytest.mark.parametrize("channel", ["email", "sms"])
def test_beside_a_real_server_that_only_observes_nothing_waits(
    line: Line, channel: str
) -> None:
    line.change(smtp=over_smtp(1))
    line.patent()
    line.contact("a@b.example")
    line.contact("13800000000")
    looked = line.look(REMINDER)
    assert looked.observed == 2
    assert ("reminder", "suppressed", "observed") in line.fates(channel=channel)
    assert line.messages() == []


def test_going_live_says_the_one_tier_that_is_true_that_day(line: Line) -> None:
    line.change(smtp=over_smtp(1))
    line.patent()
    line.contact("a@b.example")
    line.look(DUE - days(90))
    line.look(REMINDER)
    line.change(alerts=AlertSettings(mode="live"))
    line.look(URGENT)
    assert line.fates() == [
        ("notice", "suppressed", "observed"),
        ("reminder", "suppressed", "observed"),
        ("urgent", "pending", "due"),
    ]


def test_going_live_makes_an_observed_tier_due_that_is_still_true(line: Line) -> None:
    line.change(smtp=over_smtp(1))
    line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    line.change(alerts=AlertSettings(mode="live"))
    looked = line.look(REMINDER + days(1))
    assert looked.due == 1
    assert ("reminder", "pending", "due") in line.fates()
    assert line.look(REMINDER + days(2)).due == 0


def test_a_guest_gets_mail_while_all_others_are_observed(line: Line) -> None:
    settings = AlertSettings(mode="observe", guest_list=("a@b.example",))
    line.change(smtp=over_smtp(1), alerts=settings)
    line.patent(owners=("甲公司",))
    line.patent(owners=("乙公司",))
    guest = line.contact("a@b.example", "甲公司")
    line.contact("c@d.example", "乙公司")
    line.look(REMINDER)
    assert [row.recipient for row in line.alerts(state="pending")] == [guest]
    assert len(line.alerts(state="suppressed")) == 1


def test_going_back_to_observing_takes_back_what_waits(line: Line) -> None:
    line.change(smtp=over_smtp(1), alerts=AlertSettings(mode="live"))
    line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    line.change(alerts=AlertSettings(mode="observe"))
    line.look(REMINDER)
    assert ("reminder", "suppressed", "observed") in line.fates()


def test_a_trial_into_files_is_said_again_once_a_server_is_live(line: Line) -> None:
    line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    line.deliver(REMINDER)
    assert ("reminder", "accepted", "said") in line.fates()
    line.change(smtp=over_smtp(1), alerts=AlertSettings(mode="live"))
    line.look(REMINDER + days(1))
    assert ("reminder", "pending", "due") in line.fates()
    assert line.alerts(tier="reminder")[0].transport == "smtp"


def test_files_count_as_said_where_no_server_was_ever_live(line: Line) -> None:
    line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    line.deliver(REMINDER)
    line.look(REMINDER + days(1), everything=True)
    assert line.alerts(state="pending") == []


@pytest.mark.parametrize(
    "sections",
    [
        pytest.param(
            {
                "alerts": AlertSettings(
                    ladder={Tier.REMINDER: RungChange(from_days=-31)}
                )
            },
            id="the-ladder",
        ),
        pytest.param({"smtp": over_smtp(1)}, id="the-mode"),
        pytest.param({"alerts": AlertSettings(paid_through_lag_days=31)}, id="the-lag"),
    ],
)
def test_a_change_of_the_rules_looks_at_everything_once(
    line: Line, sections: dict[str, Any]
) -> None:
    line.patent()
    line.look(date(2026, 1, 6))
    line.change(**sections)
    assert line.look(date(2026, 1, 7)).looked_at == 1
    assert line.look(date(2026, 1, 8)).looked_at == 0


def test_a_changed_ladder_is_obeyed_the_next_day(line: Line) -> None:
    line.patent()
    line.contact("a@b.example")
    line.look(REMINDER - days(2))
    earlier = {Tier.REMINDER: RungChange(from_days=-31)}
    line.change(alerts=AlertSettings(ladder=earlier))
    line.look(REMINDER - days(1))
    assert ("reminder", "pending", "due") in line.fates()


def test_a_new_holiday_notice_is_obeyed_and_repeats_nothing(
    line: Line, tmp_path: Path
) -> None:
    line.patent()
    line.contact("a@b.example")
    line.look(URGENT)
    line.deliver(URGENT)
    (tmp_path / "rest_days_more.toml").write_text(
        '[[rest_days]]\nyear = 2026\nsource = "test"\n'
        "weekdays_off = [2026-05-11]\nmakeup_weekend_days = []\n",
        encoding="utf-8",
    )
    line.change(law=LawSettings(tables_dir=tmp_path))
    assert line.look(DUE).looked_at == 1
    assert line.alerts(state="pending") == []
    line.look(DUE + days(1))  # the rolled last day: still before the late tiers
    assert line.alerts(state="pending") == []


def test_a_week_later_everything_is_looked_at_once(line: Line) -> None:
    line.patent()
    start = date(2026, 1, 6)
    looked = [line.look(start + days(n)).looked_at for n in range(9)]
    assert looked == [1, 0, 0, 0, 0, 0, 0, 1, 0]


def test_time_that_ran_backwards_looks_at_everything(line: Line) -> None:
    line.patent()
    line.look(date(2026, 1, 8))
    assert line.look(date(2026, 1, 7)).looked_at == 1


def test_a_patent_is_next_looked_at_when_its_next_tier_begins(line: Line) -> None:
    number = line.patent()
    line.look(DUE - days(90))
    assert next_look(line, number) == date(2026, 2, 13)  # the year before: R is over
    line.look(date(2026, 2, 13))
    assert next_look(line, number) == REMINDER


def test_a_fact_asks_for_a_look(line: Line) -> None:
    number = line.patent()
    line.look(date(2026, 1, 6))
    line.fact(number, FactKind.LISTED, date(2026, 1, 7), source=FactSource.COLUMN)
    assert next_look(line, number) is None


def test_one_patent_that_cannot_be_decided_silences_nobody_else(line: Line) -> None:
    good, bad = line.patent(), line.patent()
    line.contact("a@b.example")
    line.refiled(bad, REMINDER + days(1))  # filed after the day of the look
    looked = line.look(REMINDER)
    assert (looked.looked_at, looked.failed) == (1, 1)
    assert {row.application_no for row in line.alerts()} == {good}
    assert next_look(line, bad) is None


def test_more_messages_than_the_brake_allows_wait_but_for_the_urgent_ones(
    line: Line,
) -> None:
    line.change(alerts=AlertSettings(brake=2))
    for n in range(3):
        line.patent(owners=(f"公司{n}",))
        line.contact(f"a{n}@b.example", f"公司{n}")
    late = line.patent(owners=("急公司",))
    line.contact("urgent@b.example", "急公司")
    move(line, late, -days(40))  # its own last day in time was ten days ago
    line.unpaid(late, REMINDER - days(1))
    looked = line.look(REMINDER)
    assert (looked.messages, looked.braked) == (4, 3)
    assert {row.reason for row in line.alerts(state="pending", tier="reminder")} == {
        "braked"
    }
    assert line.deliver(REMINDER).accepted == 1


def test_the_usual_brake_lets_a_small_office_work(line: Line) -> None:
    for n in range(20):
        line.patent(owners=(f"公司{n}",))
        line.contact(f"a{n}@b.example", f"公司{n}")
    assert line.look(REMINDER).braked == 0


def test_only_one_real_transport_is_remembered(line: Line) -> None:
    line.change(smtp=over_smtp(1), alerts=AlertSettings(mode="live"))
    line.look(REMINDER)
    with reading(line.engine) as connection:
        assert recall(connection, f"real_since.{Channel.EMAIL}") is not None
        assert recall(connection, f"real_since.{Channel.SMS}") is None


def test_what_is_remembered_replaces_what_was(line: Line) -> None:
    with transaction(line.engine) as connection:
        remember(connection, "k", "1")
        remember(connection, "k", "2")
        assert recall(connection, "k") == "2"


def test_a_patent_added_after_a_look_is_looked_at(line: Line) -> None:
    line.look(REMINDER)
    line.patent()
    assert line.look(REMINDER).looked_at == 1


def test_the_log_has_one_row_for_each_change_of_mind(line: Line) -> None:
    number = line.patent()
    line.contact("a@b.example")
    for n in range(10):
        line.look(REMINDER + days(n), everything=True)
    line.deliver(REMINDER + days(10))
    line.look(REMINDER + days(11), everything=True)
    assert reasons(line, number) == ["due", "said"]


def test_a_row_of_the_register_that_is_gone_breaks_no_look(line: Line) -> None:
    line.patent()
    with transaction(line.engine) as connection:
        connection.execute(
            insert(verdicts).values(
                application_no="201010000000.0",
                fee_year=1,
                due_on=DUE,
                audience="patentee",
                channel="email",
                recipient="",
                reason="due",
                evidence="confirmed",
                decided_on=DUE,
                decided_at=instant(DUE),
                rulebook="",
            )
        )
    assert line.look(REMINDER).looked_at == 1
