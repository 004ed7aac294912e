"""Digests are made when their hour has come, once each, and sent as they were made."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from sqlalchemy import Engine, Row, select, update

from patentwatch import __version__, digestmaking
from patentwatch.digests.values import Kind
from patentwatch.errors import PatentwatchError, RowDamaged
from patentwatch.model import Channel, County
from patentwatch.settings import AlertSettings, DigestSettings
from patentwatch.store import digests, officials, people
from patentwatch.store.engine import reading, transaction
from patentwatch.store.tables import audit
from patentwatch.store.tables import digests as digests_table
from patentwatch.store.vault import Vault
from tests.line import LISTED_ON, OFFICE, Line, at, days, instant, over_smtp
from tests.make_situations import day

HERE, THERE = "410901", "410923"
COUNTIES = (County(HERE, "华龙区"), County(THERE, "南乐县"))
MONDAY = date(2026, 11, 9)
"""Two days before the last day of the late period of a fee due on 11 May."""

MAIL = "official@hualong.example"
UNIT = "华龙区市场监管局"


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Callable[..., Any]) -> Line:
    """Return a line with one patent in its last week and one official."""
    line = Line(engine, vault, settings())
    line.change(counties=COUNTIES)
    line.patent()
    line.contact("13800000001", person="张三")
    official(line, MAIL)
    line.look(MONDAY)
    return line


def official(line: Line, address: str, county: str = HERE, **more: Any) -> str:
    """Store an official's address; `county` "" is the city's."""
    role = "county_official" if county else "city_official"
    unit = more.pop("party", UNIT)
    return line.contact(address, unit, role=role, county=county, **more)


def make(line: Line, on: date | datetime = MONDAY) -> int:
    """Make what is due at nine of a day or at an instant."""
    return digestmaking.make_due(
        line.engine, line.vault, line.here.rules, line.settings, now=instant(on)
    )


def rows(line: Line) -> list[Row[Any]]:
    with reading(line.engine) as connection:
        found = connection.execute(select(digests_table).order_by(digests_table.c.id))
        return list(found.all())


def windows(line: Line) -> list[tuple[str, str, str]]:
    return [(r.kind, str(r.window_start_on), str(r.window_end_on)) for r in rows(line)]


def mail(line: Line, message_id: int, *, office: Any = OFFICE) -> tuple[str, bytes]:
    with reading(line.engine) as connection:
        return digestmaking.mail_of(
            connection,
            line.vault,
            message_id,
            office=office,
            sender="ip@puyang.example",
            sent_at=instant(MONDAY),
        )


def test_a_week_and_a_month_are_made_with_their_messages(line: Line) -> None:
    assert make(line) == 2
    assert windows(line) == [
        ("week", "2026-11-02", "2026-11-08"),
        ("month", "2026-10-01", "2026-10-31"),
    ]
    recipient = line.vault.recipient_id(Channel.EMAIL, MAIL)
    for row, message in zip(rows(line), line.messages(kind="digest"), strict=True):
        assert (row.recipient, row.county, row.as_of_on) == (recipient, HERE, MONDAY)
        assert (row.made_by, row.message_id) == (__version__, message.id)
        assert (message.recipient, message.channel) == (recipient, "email")
        assert (message.state, message.severity) == ("pending", 7)
        assert message.not_before_at == instant(MONDAY)
    assert line.messages(kind="digest")[0].ref == (
        f"digest.{HERE}.2026-11-02.week.{recipient[:8]}"
    )


def test_made_again_nothing_changes(line: Line) -> None:
    make(line)
    before = rows(line), line.messages()
    assert make(line) == 0
    assert make(line, MONDAY + days(6)) == 0
    assert (rows(line), line.messages()) == before


def test_two_processes_make_one(line: Line) -> None:
    with ThreadPoolExecutor(4) as pool:
        made = list(pool.map(lambda _: make(line), range(4)))
    assert sum(made) == 2
    assert len(rows(line)) == len(line.messages(kind="digest")) == 2


@pytest.mark.parametrize(
    ("now", "start"),
    [
        pytest.param(at(MONDAY, 8, 29), "2026-10-26", id="a-minute-before"),
        pytest.param(at(MONDAY, 8, 30), "2026-11-02", id="the-hour"),
        pytest.param(at(MONDAY, 8, 31), "2026-11-02", id="a-minute-after"),
    ],
)
def test_the_newest_window_counts_from_its_hour_on(
    line: Line, now: datetime, start: str
) -> None:
    make(line, now)
    assert windows(line)[0][1] == start


def test_the_office_chooses_day_and_hour(line: Line) -> None:
    line.change(digest=DigestSettings(weekday=3, month_day=10))
    make(line)
    assert [start for _, start, _ in windows(line)] == ["2026-10-26", "2026-09-01"]


def test_after_weeks_of_sleep_only_the_newest_is_made(line: Line) -> None:
    make(line)
    make(line, MONDAY + days(28))
    assert [start for kind, start, _ in windows(line) if kind == "week"] == [
        "2026-11-02",
        "2026-11-30",
    ]


def test_a_new_official_gets_the_newest_at_once(line: Line) -> None:
    make(line)
    official(line, "new@hualong.example")
    official(line, "city@puyang.example", "", party="濮阳市知识产权局")
    assert make(line, MONDAY + days(2)) == 4
    counties = [row.county for row in rows(line)]
    assert sorted(counties) == ["", "", *[HERE] * 4]
    refs = [message.ref for message in line.messages(kind="digest")]
    assert len(set(refs)) == 6


@pytest.mark.parametrize(
    ("address", "more"),
    [
        pytest.param(MAIL, {"consent": False, "consent_on": LISTED_ON}, id="refused"),
        pytest.param("13900000009", {}, id="no-mailbox"),
    ],
)
def test_who_cannot_be_written_to_gets_none_and_is_named(
    engine: Engine,
    vault: Vault,
    settings: Callable[..., Any],
    address: str,
    more: dict[str, Any],
) -> None:
    line = Line(engine, vault, settings())
    official(line, address, **more)
    assert make(line) == 0
    with reading(engine) as connection:
        assert officials.mute(connection, lawful=True) == [UNIT]
    official(line, "second@hualong.example")
    assert make(line) == 2
    with reading(engine) as connection:
        assert officials.mute(connection, lawful=True) == []


def test_while_observing_it_is_kept_and_leaves_when_live(line: Line) -> None:
    line.change(smtp=over_smtp(1), alerts=AlertSettings(mode="observe"))
    assert make(line) == 2
    assert line.messages(kind="digest") == []
    kept = [row.content_sealed for row in rows(line)]
    line.change(alerts=AlertSettings(mode="live"))
    assert make(line, MONDAY + days(1)) == 0
    assert len(line.messages(kind="digest")) == 2
    assert [row.content_sealed for row in rows(line)] == kept
    assert {message.transport for message in line.messages(kind="digest")} == {"smtp"}


def test_a_digest_is_put_into_the_outbox_once(line: Line) -> None:
    make(line)
    first = rows(line)[0].id
    with transaction(line.engine) as connection:
        again = digests.post(connection, first, transport="smtp", now=instant(MONDAY))
    assert not again
    assert len(line.messages(kind="digest")) == 2


def test_what_was_observed_in_an_older_window_never_leaves(line: Line) -> None:
    line.change(smtp=over_smtp(1), alerts=AlertSettings(mode="observe"))
    make(line)
    line.change(alerts=AlertSettings(mode="live"))
    make(line, MONDAY + days(7))
    sent = [row.message_id is not None for row in rows(line) if row.kind == "week"]
    assert sent == [False, True]


def test_a_guest_gets_his_digest_while_observing(line: Line) -> None:
    alerts = AlertSettings(mode="observe", guest_list=(MAIL,))
    line.change(smtp=over_smtp(1), alerts=alerts)
    make(line)
    assert len(line.messages(kind="digest")) == 2


def test_it_is_sent_to_the_official_as_it_was_made(line: Line) -> None:
    make(line)
    message = line.messages(kind="digest")[0]
    address, raw = mail(line, message.id)
    assert address == MAIL
    parsed = message_from_bytes(raw, policy=default)
    assert parsed["To"].addresses[0].addr_spec == MAIL
    assert parsed["To"].addresses[0].display_name == UNIT
    assert parsed["Message-ID"] == f"<{message.ref}@puyang.example>"
    assert "华龙区专利年费周报（2026年11月2日至8日）" in parsed["Subject"]
    # Facts that come in later change nothing any more.
    number = line.alerts()[0].application_no
    line.paid(number, date(2026, 11, 10))
    line.patent(county=HERE)
    line.look(MONDAY + days(3))
    assert mail(line, message.id) == (address, raw)


def test_the_call_sheet_is_in_the_countys_digest_and_written_down(line: Line) -> None:
    official(line, "city@puyang.example", "")
    make(line)
    with reading(line.engine) as connection:
        found = {
            (stored.county, stored.window.kind): stored.open(line.vault)
            for county in (HERE, "")
            for kind, start in ((Kind.WEEK, "2026-11-02"), (Kind.MONTH, "2026-10-01"))
            for stored in digests.past(
                connection, county=county, kind=kind, start_on=day(start)
            )
        }
        written = connection.execute(select(audit)).all()
    (call,) = found[HERE, Kind.WEEK].calls
    assert [(one.name, one.number) for one in call.phones] == [("张三", "13800000001")]
    # In the last week the city sees a task at once.
    (seen,) = found["", Kind.WEEK].calls
    assert [(one.name, one.number) for one in seen.phones] == [("张*", "138****0001")]
    assert [(row.action, row.who) for row in written] == [
        ("digest_written", "patentwatch")
    ] * 2
    assert "1 个" in written[0].reason


def test_the_content_is_sealed_for_its_reader_alone(line: Line) -> None:
    official(line, "other@nanle.example", THERE)
    make(line)
    mine, theirs = [row for row in rows(line) if row.kind == "week"]
    assert b"13800000001" not in mine.content_sealed
    with transaction(line.engine) as connection:
        connection.execute(
            update(digests_table)
            .where(digests_table.c.id == theirs.id)
            .values(content_sealed=mine.content_sealed)
        )
    with pytest.raises(RowDamaged, match="改动或挪动"):
        mail(line, theirs.message_id)


def test_a_message_without_a_digest_is_refused(line: Line) -> None:
    with pytest.raises(PatentwatchError, match="没有对应的报告") as refused:
        mail(line, 999)
    assert refused.value.code == "digest_missing"


def test_an_address_that_turned_out_bad_is_not_written_to(line: Line) -> None:
    make(line)
    message = line.messages(kind="digest")[0]
    with transaction(line.engine) as connection:
        people.flag(connection, message.recipient, word="bad", reason="550")
    with pytest.raises(PatentwatchError, match="收件地址已不可用") as refused:
        mail(line, message.id)
    assert refused.value.code == "bad_contact"


def test_one_that_was_queued_live_does_not_leave_while_observing(line: Line) -> None:
    make(line)
    assert line.messages(kind="digest") != []
    line.change(alerts=AlertSettings(mode="observe"))
    line.deliver(MONDAY)
    assert {row.state for row in line.messages(kind="digest")} == {"pending"}
    line.change(alerts=AlertSettings(mode="live"))
    line.deliver(at(MONDAY, 11))
    assert {row.state for row in line.messages(kind="digest")} == {"accepted"}
