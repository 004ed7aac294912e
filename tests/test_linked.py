"""A bank's desk from the registration of a pledge to the mail that it gets."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from patentwatch import linkednews
from patentwatch.model import Audience
from patentwatch.settings import Settings
from patentwatch.store.engine import reading
from patentwatch.store.vault import Vault
from tests.line import BASIS, DUE, WINDOWS, Line, days

PLEDGED_ON = DUE - days(200)
PLEDGE = "专利权质押合同登记的生效\n登记号：Y2025980001234\n质权人：示例银行"
FREED = "专利权质押合同登记的注销\n登记号：Y2025980001234"
BANK, OWNER = "desk@bank.example", "owner@a.example"
OVERDUE = DUE + days(5)


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Callable[..., Settings]) -> Line:
    return Line(engine, vault, settings())


def pledged(line: Line, **more: Any) -> str:
    number = line.patent(**more)
    line.event(number, "PE01", PLEDGED_ON, text=PLEDGE)
    return number


def told(line: Line) -> list[tuple[str, str, str]]:
    """Return audience, channel and tier of what was decided for people."""
    return [
        (row.audience, row.channel, row.tier)
        for row in line.alerts()
        if row.channel != "call" and row.state != "superseded"
    ]


def test_a_bank_hears_of_the_patent_pledged_to_it_and_of_no_other(line: Line) -> None:
    bank = line.contact(BANK, "示例 银行", role="pledgee")
    mine, other = pledged(line), line.patent()
    for number in (mine, other):
        line.unpaid(number, OVERDUE)
    line.look(OVERDUE)
    (alert,) = line.alerts(audience=Audience.LINKED.value)
    assert (alert.application_no, alert.recipient, alert.tier) == (
        mine,
        bank,
        "overdue",
    )


def test_its_mail_speaks_as_to_a_bank_and_leaves_once(line: Line) -> None:
    line.contact(BANK, "示例银行", role="pledgee")
    number = pledged(line)
    line.unpaid(number, OVERDUE)
    line.tick(OVERDUE)
    line.tick(OVERDUE + days(1))
    (message,) = line.messages(kind="alerts")
    assert message.state == "accepted"
    letters = [path.read_bytes() for path in line.settings.outbox.rglob("*.eml")]
    (whole,) = (letter for letter in letters if message.ref.encode() in letter)
    assert BANK.encode() in whole


def test_a_short_message_is_for_owners_alone(line: Line) -> None:
    line.contact("13800000009", "示例银行", role="pledgee")
    line.unpaid(pledged(line), OVERDUE)
    line.look(OVERDUE)
    assert told(line) == []


def test_who_owns_and_secures_with_one_mailbox_hears_it_once_as_owner(
    line: Line,
) -> None:
    line.contact(OWNER)
    line.contact(OWNER, "示例银行", role="pledgee")
    line.unpaid(pledged(line), OVERDUE)
    line.look(OVERDUE)
    assert told(line) == [("patentee", "email", "overdue")]


def test_a_bank_that_can_be_told_does_not_make_the_owner_reached(line: Line) -> None:
    line.contact(BANK, "示例银行", role="pledgee")
    line.unpaid(pledged(line), OVERDUE)
    line.look(OVERDUE)
    (call,) = line.alerts(channel="call")
    assert (call.tier, call.state) == ("overdue", "pending")


def test_a_pledge_that_was_cancelled_tells_the_bank_nothing_more(line: Line) -> None:
    line.contact(BANK, "示例银行", role="pledgee")
    number = pledged(line)
    line.unpaid(number, OVERDUE)
    line.look(OVERDUE)
    line.event(number, "PC01", OVERDUE + days(1), text=FREED)
    line.look(OVERDUE + days(1))
    (alert,) = line.alerts(audience=Audience.LINKED.value)
    assert alert.state == "cancelled"
    line.unpaid(number, WINDOWS[0] + days(2))
    line.look(WINDOWS[0] + days(2))
    assert len(line.alerts(audience=Audience.LINKED.value)) == 1


def test_a_desk_that_becomes_known_later_is_told_at_the_next_look(line: Line) -> None:
    number = pledged(line)
    line.unpaid(number, OVERDUE)
    line.look(OVERDUE)
    assert told(line) == []
    line.contact(BANK, "示例银行", role="pledgee", on=OVERDUE)
    line.look(OVERDUE + days(1))
    assert told(line) == [("linked", "email", "overdue")]


def test_a_desk_of_one_patent_is_told_of_that_one_alone(line: Line) -> None:
    mine, other = pledged(line), pledged(line)
    line.contact(BANK, "示例银行", role="pledgee", application_no=mine)
    for number in (mine, other):
        line.unpaid(number, OVERDUE)
    line.look(OVERDUE)
    (alert,) = line.alerts(audience=Audience.LINKED.value)
    assert alert.application_no == mine


SOLD = "专利权的转移\n变更事项：专利权人\n变更前权利人：甲公司\n变更后权利人：乙公司"


def news(line: Line, on: date, *, basis: str = BASIS) -> list[linkednews.DeskNews]:
    with reading(line.engine) as connection:
        return linkednews.of_days(
            connection, line.vault, first_on=on, last_on=on, lawful_basis=basis
        )


def test_a_bank_hears_by_itself_that_a_pledged_patent_has_another_owner(
    line: Line,
) -> None:
    bank = line.contact(BANK, "示例 银行", role="pledgee")
    number, other = pledged(line), line.patent()
    for one in (number, other):
        line.event(one, "TR01", OVERDUE, text=SOLD)
    line.look(OVERDUE)
    (desk,) = news(line, OVERDUE)
    assert (desk.recipient, desk.parties) == (bank, ("示例 银行",))
    assert [(one.application_no, one.text) for one in desk.news] == [
        (number, "专利权已转让")
    ]
    assert news(line, OVERDUE + days(1)) == []
    line.look(OVERDUE + days(1))
    assert news(line, OVERDUE) == [desk], "once, on the day it came to light"


def test_other_news_and_desks_that_may_not_be_written_to_are_left_out(
    line: Line,
) -> None:
    line.contact(BANK, "示例银行", role="pledgee")
    number = pledged(line)
    line.event(number, "TR01", OVERDUE, text=SOLD)
    line.look(OVERDUE)
    assert news(line, OVERDUE, basis="") == [], "never asked, and no other basis"
    line.unpaid(number, OVERDUE + days(1))
    line.look(OVERDUE + days(1))
    assert news(line, OVERDUE + days(1)) == [], "an alert says that"
