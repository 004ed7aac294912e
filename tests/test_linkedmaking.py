"""A bank's list for each month, once, kept sealed and sent as a digest is."""

from collections.abc import Callable
from datetime import date, datetime
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
from sqlalchemy import Engine, select, update

from patentwatch import linkedmaking
from patentwatch.errors import PatentwatchError
from patentwatch.settings import AlertSettings, Settings
from patentwatch.store import linked, people
from patentwatch.store.engine import reading, transaction
from patentwatch.store.tables import contacts, digests
from patentwatch.store.vault import Vault
from tests.line import OFFICE, Line, at, live
from tests.status.test_links import PLEDGED

FIRST = date(2026, 6, 1)
"""A Monday: the list of May is made at half past eight."""
MORNING = at(FIRST, 8, 30)
DESK = "desk@bank.example"


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Callable[..., Settings]) -> Line:
    return Line(engine, vault, settings())


def pledge(line: Line, number: str, bank: str = "示例银行") -> None:
    text = PLEDGED.replace("示例银行", bank)
    line.event(number, "PE01", date(2026, 2, 3), text=text)


def make(line: Line, now: datetime = MORNING) -> int:
    here = line.here
    return linkedmaking.make_due(
        here.engine, here.vault, here.rules, here.settings, now=now
    )


def kept(line: Line) -> list[Any]:
    with reading(line.engine) as connection:
        return list(connection.execute(select(digests).order_by(digests.c.id)))


def mail(line: Line, message_id: int) -> tuple[str, bytes] | None:
    with reading(line.engine) as connection:
        return linkedmaking.mail_of(
            connection, line.vault, message_id, office=OFFICE,
            sender="ip@puyang.example", sent_at=MORNING,
        )  # fmt: skip


def test_a_bank_gets_its_list_once_a_month(line: Line) -> None:
    mine, other = line.patent(), line.patent()
    pledge(line, mine)
    pledge(line, other, "另一银行")
    recipient = line.contact(DESK, "示例银行", role="pledgee")
    assert make(line, at(FIRST, 8, 29)) == 1  # the list of April was never made
    assert [make(line), make(line), make(line, at(date(2026, 6, 30), 12))] == [1, 0, 0]
    rows = kept(line)
    assert [(r.kind, r.county, r.recipient) for r in rows] == [
        ("linked_month", "", recipient)
    ] * 2
    may = rows[1]
    assert (may.window_start_on, may.window_end_on) == (
        date(2026, 5, 1),
        date(2026, 5, 31),
    )
    assert "示例银行".encode() not in may.content_sealed
    boxes = line.messages(kind="digest")
    assert [box.id for box in boxes] == [row.message_id for row in rows]
    sent = mail(line, may.message_id)
    assert sent is not None
    to, raw = sent
    found = message_from_bytes(raw, policy=default)
    text = found.get_body(("plain",))
    assert to == DESK
    assert text is not None
    assert f"ZL{mine}" in text.get_content()
    assert other not in text.get_content()
    assert [part.get_filename() for part in found.iter_attachments()] == [
        "pledged-2026-06-01.xlsx"
    ]


def test_the_kept_list_says_what_was_true_when_it_was_made(line: Line) -> None:
    number = line.patent()
    pledge(line, number)
    line.contact(DESK, "示例银行", role="pledgee")
    make(line)
    before = mail(line, kept(line)[0].message_id)
    line.unpaid(number, date(2026, 6, 1))
    assert mail(line, kept(line)[0].message_id) == before


def test_while_observing_it_is_kept_and_leaves_once_live(line: Line) -> None:
    pledge(line, line.patent())
    line.contact(DESK, "示例银行", role="pledgee")
    line.change(**live(25) | {"alerts": AlertSettings(mode="observe")})
    assert make(line) == 1
    assert (kept(line)[0].message_id, line.messages()) == (None, [])
    line.change(alerts=AlertSettings(mode="live"))
    assert [make(line), make(line)] == [0, 0]
    assert len(line.messages(kind="digest")) == 1


def test_who_shares_a_mailbox_gets_one_list_and_a_patents_desk_only_its_own(
    line: Line,
) -> None:
    one, two = line.patent(), line.patent()
    pledge(line, one)
    pledge(line, two)
    recipient = line.contact(DESK, "示例银行", role="pledgee")
    assert line.contact(DESK, "另一银行", role="pledgee") == recipient
    line.contact("one@bank.example", "示例银行", role="pledgee", application_no=two)
    assert make(line) == 2
    with reading(line.engine) as connection:
        found = [
            linked.of_message(connection, line.vault, row.message_id)
            for row in kept(line)
        ]
    read = {entry[0]: entry[2] for entry in found if entry}
    assert read[recipient].parties == ("另一银行", "示例银行")
    assert len(read[recipient].patents) == 2
    (own,) = (entry for key, entry in read.items() if key != recipient)
    assert [patent.application_no for patent in own.patents] == [two]


@pytest.mark.parametrize(
    "refusal",
    [{"consent": False}, {"role": "patentee"}, {"address": "13800000001"}],
    ids=str,
)
def test_nobody_else_gets_a_list(line: Line, refusal: dict[str, Any]) -> None:
    pledge(line, line.patent())
    wanted = {"role": "pledgee", "address": DESK} | refusal
    line.contact(wanted.pop("address"), "示例银行", **wanted)
    assert make(line) == 0


def test_an_address_that_became_unusable_is_not_written_to(line: Line) -> None:
    pledge(line, line.patent())
    recipient = line.contact(DESK, "示例银行", role="pledgee")
    make(line)
    with transaction(line.engine) as connection:
        people.flag(connection, recipient, word="opted_out", reason="退订")
    with pytest.raises(PatentwatchError, match="收件地址已不可用"):
        mail(line, kept(line)[0].message_id)


def test_an_address_that_a_newer_list_replaced_gets_no_more(line: Line) -> None:
    pledge(line, line.patent())
    recipient = line.contact(DESK, "示例银行", role="pledgee")
    with transaction(line.engine) as connection:
        connection.execute(
            update(contacts)
            .where(contacts.c.recipient == recipient)
            .values(ended_on=FIRST)
        )
    assert make(line) == 0


def test_a_message_without_a_list_is_none_of_ours(line: Line) -> None:
    assert mail(line, 99) is None
