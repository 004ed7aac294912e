"""What would leave, by hand; the real database and the real server hear nothing.

Without a word from anybody a patent due on 2026-05-11 is spoken of on D − 90, D − 30,
D − 7, W1 − 10 (softly) and W5 + 1 (softly); an official is asked to ring from then on.
"""

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from patentwatch.errors import UsageError
from patentwatch.model import Channel, Office
from patentwatch.settings import AlertSettings, SmsSettings
from patentwatch.simulation.figures import Load, Simulated, amount, cost_fen
from patentwatch.simulation.running import Plan, simulate
from patentwatch.simulation.told import summary
from patentwatch.store import circuits, halts
from patentwatch.store.engine import transaction
from patentwatch.store.pauses import SilenceScope, add_silence
from patentwatch.store.tables import messages
from patentwatch.store.vault import Vault
from tests.backfill.city import rows_of
from tests.line import DUE, OFFICE, Line, at, days, instant, live
from tests.lists import COUNTIES
from tests.mail_sink import Sink, sink
from tests.status.test_owners import TO_NANLE

TODAY = date(2026, 1, 6)
YEAR = (TODAY, date(2026, 11, 10))
COUNTY = "410901"
EMAIL, SMS, CALL = Channel
NOTICE, REMINDER, URGENT = (DUE - days(n) for n in (90, 30, 7))
OVERDUE, FINAL, LAST_WEEK = date(2026, 6, 1), date(2026, 10, 13), date(2026, 11, 4)


@pytest.fixture
def server() -> Iterator[Sink]:
    with sink() as found:
        yield found


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Any, server: Sink) -> Line:
    return Line(engine, vault, settings(**live(server.port)))


def run(
    line: Line,
    from_on: date,
    to_on: date,
    *,
    now: date = TODAY,
    on_days: Callable[[int], None] = lambda _: None,
) -> Simulated:
    plan = Plan(line.settings, line.here.rules, from_on, to_on)
    url = line.engine.url.render_as_string(hide_password=False)
    return simulate(
        line.engine, line.vault, url, plan, now=instant(now), on_days=on_days
    )


def told(found: Simulated) -> list[tuple[date, str, str, int]]:
    """Return (day, tier, channel, messages; for calls: tasks)."""
    return [
        (load.on, load.tier, load.channel.value, load.messages or load.alerts)
        for load in found.loads
    ]


def one_patent(line: Line) -> str:
    number = line.patent()
    line.contact("a@b.example")
    line.contact("13800000001")
    return number


def test_a_year_in_which_nobody_says_anything(line: Line) -> None:
    one_patent(line)
    found = run(line, *YEAR)
    assert told(found) == [
        (NOTICE, "notice", "email", 1),
        (REMINDER, "reminder", "email", 1),
        (REMINDER, "reminder", "sms", 1),
        (URGENT, "urgent", "email", 1),
        (URGENT, "urgent", "sms", 1),
        (OVERDUE, "overdue", "email", 1),
        (OVERDUE, "overdue", "sms", 1),
        (FINAL, "final", "email", 1),
        (FINAL, "final", "sms", 1),
        (FINAL, "final", "call", 1),
        (LAST_WEEK, "last_week", "call", 1),
    ]
    assert {load.county for load in found.loads} == {COUNTY}
    assert (found.held, found.undecided) == (0, 0)


def test_nothing_is_sent_and_the_database_stays_as_it_is(
    line: Line, server: Sink
) -> None:
    one_patent(line)
    line.look(NOTICE)  # a message waits, and would leave for real
    before, files = rows_of(line.engine), _bytes(line)
    found = run(line, NOTICE, REMINDER, now=NOTICE)
    assert amount(found.loads).messages == 3
    assert (rows_of(line.engine), _bytes(line)) == (before, files)
    assert server.connections == 0
    assert line.deliver(NOTICE).accepted == 1
    assert server.connections == 1


def _bytes(line: Line) -> bytes | None:
    """Return the very bytes of the database, where it is a file."""
    if line.engine.dialect.name != "sqlite":
        return None
    return Path(str(line.engine.url.database)).read_bytes()


def test_an_office_that_observes_sees_what_would_leave(line: Line) -> None:
    one_patent(line)
    line.change(alerts=AlertSettings(mode="observe"))
    line.look(NOTICE)
    assert line.fates() == [("notice", "suppressed", "observed")]
    found = run(line, NOTICE, REMINDER, now=NOTICE)
    assert [load.on for load in found.loads] == [NOTICE, REMINDER, REMINDER]


def test_what_is_said_before_the_first_counted_day_is_not_said_again(
    line: Line,
) -> None:
    one_patent(line)
    found = run(line, REMINDER + days(1), URGENT)
    assert told(found) == [(URGENT, "urgent", "email", 1), (URGENT, "urgent", "sms", 1)]


def test_what_was_said_for_real_is_not_said_again(line: Line) -> None:
    one_patent(line)
    line.tick(REMINDER)
    assert told(run(line, REMINDER, URGENT - days(1), now=REMINDER)) == []


def test_a_message_stands_once_with_its_most_urgent_alert(line: Line) -> None:
    line.patent(due_on=URGENT + days(90), county="410902")
    line.patent()
    line.contact("a@b.example")
    found = run(line, URGENT, URGENT)
    assert found.loads == (
        Load(URGENT, "notice", EMAIL, "410902", messages=0, alerts=1),
        Load(URGENT, "urgent", EMAIL, COUNTY, messages=1, alerts=1),
    )


def test_a_patent_that_moved_is_counted_where_it_is(line: Line) -> None:
    number = one_patent(line)
    line.change(counties=COUNTIES)
    line.event(number, "CP02", TODAY, text=TO_NANLE)
    found = run(line, NOTICE, NOTICE)
    assert [load.county for load in found.loads] == ["410923"]


def test_a_silence_that_ends_lets_the_message_go_on_the_day_after(line: Line) -> None:
    one_patent(line)
    until_on = REMINDER + days(9)
    with transaction(line.engine) as connection:
        add_silence(
            connection,
            SilenceScope(county=COUNTY),
            reason="试",
            by="李",
            on=NOTICE,
            until_on=until_on,
        )
    found = run(line, NOTICE, URGENT - days(1))
    assert told(found) == [
        (until_on + days(1), "reminder", "email", 1),
        (until_on + days(1), "reminder", "sms", 1),
    ]


def test_what_the_brake_holds_is_told_and_does_not_count(line: Line) -> None:
    for n in range(3):
        line.patent(owners=(f"公司{n}",))
        line.contact(f"a{n}@b.example", f"公司{n}")
    line.change(alerts=AlertSettings(mode="live", brake=2))
    found = run(line, NOTICE, NOTICE + days(1))
    assert (found.loads, found.held) == ((), 3)


def test_a_relay_that_is_down_today_hides_nothing(line: Line) -> None:
    for n in range(3):  # it would be tried with one message first
        line.patent(owners=(f"公司{n}",))
        line.contact(f"a{n}@b.example", f"公司{n}")
    with transaction(line.engine) as connection:
        for n in range(5):
            circuits.record(
                connection, "smtp", failure="421", probe=False, now=at(TODAY, 8, n)
            )
    assert told(run(line, TODAY, NOTICE)) == [(NOTICE, "notice", "email", 3)]


def test_a_halt_of_today_hides_nothing(line: Line) -> None:
    one_patent(line)
    with transaction(line.engine) as connection:
        halts.halt_restored(connection, detail="试", now=at(TODAY, 8))
    assert told(run(line, TODAY, NOTICE)) == [(NOTICE, "notice", "email", 1)]


def test_what_is_not_about_alerts_does_not_count(line: Line) -> None:
    one_patent(line)
    waiting = {
        "kind": "digest",
        "recipient": "r",
        "channel": "email",
        "transport": "smtp",
        "state": "pending",
        "severity": 0,
        "created_at": at(TODAY, 8),
        "not_before_at": at(TODAY, 8),
    }
    with transaction(line.engine) as connection:
        connection.execute(insert(messages).values(waiting))
    found = run(line, TODAY, NOTICE)
    assert told(found) == [(NOTICE, "notice", "email", 1)]
    assert found.undecided == 0


def test_a_text_of_two_parts_is_billed_twice(line: Line) -> None:
    one_patent(line)
    name = "濮阳市" + "知识产权" * 8 + "局"  # 36 characters, so that 70 are not enough
    line.settings = replace(
        line.settings,
        office=Office(name, OFFICE.phone, lawful_basis=OFFICE.lawful_basis),
        sms=SmsSettings(price_per_thousand_yuan=50),
    )
    found = run(line, REMINDER, URGENT)
    total = amount(found.loads)
    assert (total.sms, total.sms_parts) == (2, 4)
    assert cost_fen(total.sms_parts, found.price) == 20  # 4 × 5 fen


def test_at_night_messages_wait_for_the_morning(line: Line) -> None:
    one_patent(line)
    plan = Plan(line.settings, line.here.rules, NOTICE, NOTICE + days(1))
    url = line.engine.url.render_as_string(hide_password=False)
    late = at(NOTICE, 23)
    found = simulate(line.engine, line.vault, url, plan, now=late)
    assert told(found) == [(NOTICE + days(1), "notice", "email", 1)]


def test_days_without_anything_to_do_are_passed_over(line: Line) -> None:
    one_patent(line)
    steps: list[int] = []
    run(line, TODAY, TODAY + days(1095), on_days=steps.append)
    assert sum(steps) == 1096  # every day is accounted for
    assert len(steps) < 60  # some fifteen days of a year change anything


@pytest.mark.parametrize(
    ("from_on", "to_on", "why"),
    [
        pytest.param(TODAY - days(1), TODAY, "早于今天", id="past"),
        pytest.param(TODAY + days(1), TODAY, "晚于", id="backwards"),
    ],
)
def test_days_that_cannot_be_meant_are_refused(
    line: Line, from_on: date, to_on: date, why: str
) -> None:
    with pytest.raises(UsageError, match=why):
        run(line, from_on, to_on)


def test_a_patent_that_cannot_be_decided_is_told(line: Line) -> None:
    one_patent(line)
    strange = line.patent()
    line.refiled(strange, REMINDER + days(1))  # filed after the day of the look
    found = run(line, REMINDER, REMINDER)
    assert (amount(found.loads).messages, found.undecided) == (2, 1)


def test_an_official_is_asked_once_for_each_tier(line: Line) -> None:
    one_patent(line)
    line.look(FINAL)  # the task was made this morning
    found = run(line, FINAL, LAST_WEEK, now=FINAL)
    assert [
        (on, tier) for on, tier, channel, _ in told(found) if channel == "call"
    ] == [(LAST_WEEK, "last_week")]


def test_a_text_without_a_template_is_counted_and_told(line: Line) -> None:
    one_patent(line)
    line.change(sms=SmsSettings(provider="aliyun"))
    found = run(line, REMINDER, REMINDER)  # no template was applied for
    assert (amount(found.loads).sms, found.undecided) == (1, 0)
    assert "没有模板编号" in found.unfit
    assert any(found.unfit in told for told in summary(found))
