"""A bank hears of a transfer by a letter of its own: soon, once, whatever happens."""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import pytest
from sqlalchemy import Engine, delete, select

from patentwatch import linkedlettermaking
from patentwatch.errors import PatentwatchError
from patentwatch.settings import AlertSettings, Settings
from patentwatch.store import linked, people
from patentwatch.store.engine import reading, transaction
from patentwatch.store.tables import digests
from patentwatch.store.vault import Vault
from tests.line import DUE, OFFICE, Line, at, days, live
from tests.mail_sink import parsed, text_of
from tests.test_linked import BANK, FREED, SOLD, pledged

SOLD_ON = DUE + days(5)
MORNING = at(SOLD_ON, 9)


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Callable[..., Settings]) -> Line:
    return Line(engine, vault, settings())


@pytest.fixture
def desk(line: Line) -> str:
    return line.contact(BANK, "示例银行", role="pledgee")


def sold(line: Line, on: date = SOLD_ON, number: str | None = None) -> str:
    """Let a pledged patent change hands and be looked at the same day."""
    number = number or pledged(line)
    line.event(number, "TR01", on, text=SOLD)
    line.look(on)
    return number


def make(line: Line, now: datetime = MORNING) -> int:
    here = line.here
    return linkedlettermaking.make_due(
        here.engine, here.vault, here.rules, here.settings, now=now
    )


def letters(line: Line) -> list[Any]:
    with reading(line.engine) as connection:
        query = select(digests).where(digests.c.kind == "linked_day")
        return list(connection.execute(query.order_by(digests.c.id)))


def told(line: Line, recipient: str) -> list[list[str]]:
    """Return the patents of each letter to a mailbox, the oldest letter first."""
    with reading(line.engine) as connection:
        found = linked.letters_to(
            connection, line.vault, recipient, since_on=date(2026, 1, 1)
        )
    return [[one.application_no for one in letter.news] for letter in found]


def mail(line: Line, message_id: int) -> tuple[str, bytes] | None:
    with reading(line.engine) as connection:
        return linkedlettermaking.mail_of(
            connection, line.vault, message_id, office=OFFICE,
            sender="ip@puyang.example", sent_at=MORNING,
        )  # fmt: skip


def test_a_bank_is_told_once_and_at_once_what_was_transferred(
    line: Line, desk: str
) -> None:
    number = sold(line)
    line.event(line.patent(), "TR01", SOLD_ON, text=SOLD)  # nobody else's affair
    line.look(SOLD_ON)
    assert [make(line), make(line), make(line, at(SOLD_ON + days(1), 9))] == [1, 0, 0]
    (row,) = letters(line)
    assert (row.recipient, row.county, row.window_start_on, row.window_end_on) == (
        desk,
        "",
        SOLD_ON,
        SOLD_ON,
    )
    assert "示例银行".encode() not in row.content_sealed
    (box,) = line.messages(kind="digest")
    assert box.id == row.message_id
    sent = mail(line, box.id)
    assert sent is not None
    assert sent[0] == BANK
    assert f"ZL{number}" in text_of(parsed(sent[1]))


def test_it_leaves_with_the_line_and_once(line: Line, desk: str) -> None:
    sold(line)
    for now in (MORNING, at(SOLD_ON, 15), at(SOLD_ON + days(1), 9)):
        line.tick(now)
    (row,) = letters(line)
    (box,) = line.messages(id=row.message_id)
    assert (box.state, box.recipient, box.attempts) == ("accepted", desk, 1)
    found = [path.read_bytes() for path in line.settings.outbox.rglob("*.eml")]
    assert sum("已转让" in parsed(raw)["subject"] for raw in found) == 1


def test_what_comes_to_light_after_todays_letter_is_in_tomorrows(
    line: Line, desk: str
) -> None:
    one = sold(line)
    assert make(line) == 1
    two = sold(line)
    assert [make(line, at(SOLD_ON, 15)), make(line, at(SOLD_ON, 23))] == [0, 0]
    assert make(line, at(SOLD_ON + days(1), 0, 5)) == 1
    assert told(line, desk) == [[one], [two]]


@pytest.mark.parametrize(("late", "made"), [(6, 1), (7, 1), (8, 0)])
def test_what_could_not_be_made_is_told_for_seven_days(
    line: Line, desk: str, late: int, made: int
) -> None:
    one, two = sold(line), sold(line)
    assert make(line, at(SOLD_ON + days(late), 9)) == made
    assert told(line, desk) == [[one, two]] * made


@pytest.mark.usefixtures("desk")
def test_a_transfer_reported_anew_by_another_name_is_not_told_again(line: Line) -> None:
    number = sold(line)
    make(line)
    again = SOLD.replace("乙公司", "乙公司（有限合伙）")
    line.event(number, "TR01", SOLD_ON, text=again)
    line.look(SOLD_ON + days(20))
    assert make(line, at(SOLD_ON + days(20), 9)) == 0


def test_a_second_sale_is_told_again(line: Line, desk: str) -> None:
    number = sold(line)
    make(line)
    later = SOLD_ON + days(1)
    again = SOLD.replace("乙公司", "丙公司").replace("甲公司", "乙公司")
    line.event(number, "TR01", later, text=again)
    line.look(later)
    assert make(line, at(later, 9)) == 1
    assert told(line, desk) == [[number], [number]]


@pytest.mark.usefixtures("desk")
def test_without_a_transfer_there_is_no_letter(line: Line) -> None:
    number = pledged(line)
    line.unpaid(number, SOLD_ON)
    line.event(number, "PC01", SOLD_ON, text=FREED)
    line.event(number, "TR01", SOLD_ON, text=SOLD)  # no longer the bank's affair
    line.look(SOLD_ON)
    assert make(line) == 0
    assert letters(line) == []


@pytest.mark.usefixtures("desk")
def test_while_observing_it_is_kept_and_leaves_once_live(line: Line) -> None:
    sold(line)
    line.change(**live(25) | {"alerts": AlertSettings(mode="observe")})
    assert make(line) == 1
    assert (letters(line)[0].message_id, line.messages()) == (None, [])
    line.change(alerts=AlertSettings(mode="live"))
    later = at(SOLD_ON + days(7), 9)
    assert [make(line, later), make(line, later)] == [0, 0]
    assert len(line.messages(kind="digest")) == 1


@pytest.mark.usefixtures("desk")
def test_what_was_observed_long_ago_stays_where_it_is(line: Line) -> None:
    sold(line)
    line.change(**live(25) | {"alerts": AlertSettings(mode="observe")})
    make(line)
    line.change(alerts=AlertSettings(mode="live"))
    make(line, at(SOLD_ON + days(8), 9))
    assert line.messages(kind="digest") == []


def test_what_was_observed_for_an_address_now_unusable_stays_there(
    line: Line, desk: str
) -> None:
    sold(line)
    line.change(**live(25) | {"alerts": AlertSettings(mode="observe")})
    make(line)
    with transaction(line.engine) as connection:
        people.flag(connection, desk, word="opted_out", reason="退订")
    line.change(alerts=AlertSettings(mode="live"))
    make(line)
    assert line.messages(kind="digest") == []


def test_a_guest_is_sent_his_letter_while_others_are_observed(
    line: Line, desk: str
) -> None:
    line.contact("two@bank.example", "示例银行", role="pledgee")
    sold(line)
    alerts = AlertSettings(mode="observe", guest_list=(BANK,))
    line.change(**live(25) | {"alerts": alerts})
    assert make(line) == 2
    assert [box.recipient for box in line.messages(kind="digest")] == [desk]


def test_who_shares_a_mailbox_gets_one_letter(line: Line, desk: str) -> None:
    assert line.contact(BANK, "另一银行", role="pledgee") == desk
    other = line.patent()
    text = "专利权质押合同登记的生效\n登记号：Y2025980009999\n质权人：另一银行"
    line.event(other, "PE01", DUE - days(200), text=text)
    one, two = sold(line), sold(line, number=other)
    assert make(line) == 1
    assert told(line, desk) == [sorted([one, two])]
    sent = mail(line, letters(line)[0].message_id)
    assert sent is not None
    assert text_of(parsed(sent[1])).startswith("另一银行、示例银行：")


@pytest.mark.usefixtures("desk")
def test_the_kept_letter_says_what_was_true_when_it_was_made(line: Line) -> None:
    number = sold(line)
    make(line)
    before = mail(line, letters(line)[0].message_id)
    sold(line, SOLD_ON + days(1), number)
    assert mail(line, letters(line)[0].message_id) == before


def test_an_address_that_became_unusable_is_not_written_to(
    line: Line, desk: str
) -> None:
    sold(line)
    make(line)
    with transaction(line.engine) as connection:
        people.flag(connection, desk, word="opted_out", reason="退订")
    with pytest.raises(PatentwatchError, match="收件地址已不可用"):
        mail(line, letters(line)[0].message_id)
    with transaction(line.engine) as connection:
        connection.execute(delete(digests))
    assert make(line) == 0


def test_a_message_without_a_letter_is_none_of_ours(line: Line) -> None:
    assert mail(line, 99) is None
