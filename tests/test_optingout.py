"""Opt-outs: heeded at once and once, unless a consent is newer."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from patentwatch import clock, optingout
from patentwatch.delivery.gateway import Reply
from patentwatch.store import replies as store
from patentwatch.store.engine import reading, transaction
from patentwatch.store.tables import contacts, replies
from patentwatch.store.vault import Vault
from patentwatch.tokens import Purpose, Subject, make, read
from tests.line import DUE, LISTED_ON, Line, assert_accounted_for, at, days

REMINDER = DUE - days(30)
SECRET = "s" * 32  # of these tests alone
PHONE, MAIL = "13800000000", "a@b.example"


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Any) -> Line:
    """Return an installation with a mail and a short message that wait."""
    line = Line(engine, vault, settings())
    line.patent()
    line.contact(PHONE)
    line.contact(MAIL)
    line.look(REMINDER)
    assert {box.channel: box.state for box in line.messages()} == {
        "sms": "pending",
        "email": "pending",
    }
    return line


def reply(text: str = "T", *, key: str = "r1", to: str = PHONE) -> Reply:
    return Reply(key, to, text, at(REMINDER, 10))


def take(line: Line, found: Sequence[Reply], now: datetime | None = None) -> int:
    return optingout.take_replies(
        line.engine, line.vault, found, now=now or at(REMINDER, 10, 1)
    )


def states(line: Line) -> dict[str, str]:
    return {box.channel: box.state for box in line.messages()}


def flags(line: Line) -> dict[str, str]:
    with reading(line.engine) as connection:
        rows = connection.execute(select(contacts.c.channel, contacts.c.flag))
        return {row.channel: row.flag for row in rows}


def to_confirm(line: Line) -> list[str]:
    with reading(line.engine) as connection:
        return list(store.to_confirm(connection))


def test_an_opt_out_cancels_the_short_message_and_leaves_the_mail(line: Line) -> None:
    assert take(line, [reply("回复ＴＤ")]) == 1
    assert states(line) == {"sms": "cancelled", "email": "pending"}
    assert line.fates(channel="sms", tier="reminder") == [
        ("reminder", "cancelled", "opted_out")
    ]
    assert flags(line) == {"sms": "opted_out", "email": ""}
    line.look(REMINDER + days(1))
    assert line.deliver(REMINDER + days(1)).accepted == 1
    assert_accounted_for(line, REMINDER + days(1))


def test_an_opt_out_holds_for_every_party_at_that_number(line: Line) -> None:
    line.contact(PHONE, "乙公司")
    take(line, [reply()])
    line.contact("0086 138-0000-0000", "丙公司")
    with reading(line.engine) as connection:
        query = select(contacts.c.flag).where(contacts.c.channel == "sms")
        assert list(connection.execute(query).scalars()) == ["opted_out"] * 3


def test_the_same_reply_counts_once(line: Line) -> None:
    assert take(line, [reply(), reply()]) == 1
    assert take(line, [reply()]) == 0
    with reading(line.engine) as connection:
        (row,) = connection.execute(select(replies)).all()
    assert row.meaning == "opt_out"
    assert line.vault.open(row.text_sealed, store.TEXT) == "T"
    assert row.text_sealed != b"T"


def test_any_other_reply_is_kept_and_changes_nothing(line: Line) -> None:
    assert take(line, [reply("已缴，谢谢"), reply("T恤", key="r2")]) == 2
    assert states(line) == {"sms": "pending", "email": "pending"}
    assert flags(line) == {"sms": "", "email": ""}
    assert to_confirm(line) == []


@pytest.mark.parametrize(
    ("consent_on", "flag"),
    [
        pytest.param(REMINDER - days(1), "opted_out", id="day-before"),
        pytest.param(REMINDER, "opted_out", id="same-day"),
        pytest.param(REMINDER + days(1), "", id="day-after"),
    ],
)
def test_a_consent_of_a_later_day_stands(
    line: Line, consent_on: date, flag: str
) -> None:
    line.contact(PHONE, consent=True, consent_on=consent_on, on=LISTED_ON)
    take(line, [reply()], now=at(REMINDER + days(2), 9))
    assert flags(line)["sms"] == flag


def test_a_newer_consent_lifts_an_opt_out(line: Line) -> None:
    take(line, [reply()])
    line.contact(PHONE, consent=True, consent_on=REMINDER + days(1))
    assert flags(line)["sms"] == ""
    line.look(REMINDER + days(1))
    assert line.fates(channel="sms", state="pending") == [
        ("reminder", "pending", "due")
    ]


def test_a_recipient_is_told_once_that_he_is_heard(line: Line) -> None:
    take(line, [reply(), reply("退订", key="r2")])
    (who,) = to_confirm(line)
    with transaction(line.engine) as connection:
        store.confirmed(connection, who)
    take(line, [reply("TD", key="r3")])
    assert to_confirm(line) == []


def test_a_stranger_may_reply_too(line: Line) -> None:
    assert take(line, [reply(to="13900000009")]) == 1
    assert to_confirm(line) == []
    assert flags(line) == {"sms": "", "email": ""}


def test_a_link_unsubscribes_mail_once_and_undoes_no_later_consent(line: Line) -> None:
    now = clock.at_nine(REMINDER)
    recipient = line.contact(MAIL)
    text = make(SECRET, Purpose.UNSUBSCRIBE, Subject(recipient), letter="m", now=now)

    def follow(now: datetime) -> bool:
        token = read(SECRET, Purpose.UNSUBSCRIBE, text, now=now)
        with transaction(line.engine) as connection:
            return optingout.unsubscribe(connection, token, now=now)

    assert follow(now)
    assert states(line) == {"sms": "pending", "email": "cancelled"}
    assert flags(line)["email"] == "opted_out"
    line.contact(MAIL, consent=True, consent_on=REMINDER + days(1))
    assert not follow(now + timedelta(days=90))
    assert flags(line)["email"] == ""


def test_what_was_said_on_the_telephone_is_written_down(line: Line) -> None:
    recipient = line.contact(MAIL)
    now = clock.at_nine(REMINDER)
    for new in (True, False):
        with transaction(line.engine) as connection:
            assert new is optingout.opt_out_by_word(
                connection, recipient, by="李", reason="来电", now=now
            )
    assert states(line) == {"sms": "pending", "email": "cancelled"}
