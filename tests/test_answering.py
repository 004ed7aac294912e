"""Answers heeded at once: what they forbid no longer waits when they are stored."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from sqlalchemy import Engine, select

from patentwatch import answering, clock
from patentwatch.answering import Answered
from patentwatch.answers import Given, Via, Word
from patentwatch.delivery import Outcome, OutcomeKind
from patentwatch.errors import UsageError
from patentwatch.model import Channel, FactKind, PatentNumber, RecipientId
from patentwatch.settings import AlertSettings
from patentwatch.store.engine import reading, transaction
from patentwatch.store.tables import contacts, facts, news
from patentwatch.store.vault import Vault
from patentwatch.tokens import Purpose, Subject, make, read
from tests.line import DUE, FEE_YEAR, WINDOWS, Line, assert_accounted_for, days

REMINDER = DUE - days(30)
FINAL = WINDOWS[4] + days(1)
SECRET = "s" * 32  # of these tests alone


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Any) -> Line:
    return Line(engine, vault, settings())


def told(line: Line, **more: Any) -> tuple[str, RecipientId]:
    """Put a patent with a mailbox and a reminder that waits; return both."""
    number = line.patent(**more)
    recipient = RecipientId(line.contact("a@b.example"))
    line.look(REMINDER)
    assert [box.state for box in line.messages()] == ["pending"]
    return number, recipient


def given(number: str, word: Word, on: date = REMINDER, **more: Any) -> Given:
    wanted: dict[str, Any] = {"via": Via.CLI, "by": "李"} | more
    return Given(PatentNumber(number), FEE_YEAR, word, on, **wanted)


def take(line: Line, answer: Given, now: datetime | None = None) -> Answered:
    with transaction(line.engine) as connection:
        return answering.take(
            connection,
            line.vault,
            line.here.rules,
            answer,
            now=now or clock.at_nine(answer.given_on),
        )


def told_officials(line: Line) -> list[tuple[str, str]]:
    with reading(line.engine) as connection:
        query = select(news.c.recipient, news.c.text).order_by(news.c.id)
        return [(row.recipient, row.text) for row in connection.execute(query)]


def test_paid_cancels_what_waits_in_the_same_transaction(line: Line) -> None:
    number, recipient = told(line)
    done = take(line, given(number, Word.PAID, recipient=recipient))
    assert (done.new, done.payment, done.cancelled) == (True, False, 1)
    assert [box.state for box in line.messages()] == ["cancelled"]
    assert line.fates(tier="reminder") == [("reminder", "cancelled", "acknowledged")]
    assert line.deliver(REMINDER).accepted == 0
    assert_accounted_for(line, REMINDER)


def test_a_message_about_another_patent_too_stays(line: Line) -> None:
    number, _ = told(line)
    other = line.patent()
    line.look(REMINDER)
    assert take(line, given(number, Word.PAID)).cancelled == 0
    (box,) = line.messages()
    assert box.state == "pending"
    waiting = line.alerts(state="pending", channel="email")
    assert [row.application_no for row in waiting] == [other]


def test_what_is_on_the_wire_keeps_its_outcome(line: Line) -> None:
    number, _ = told(line)

    def slow(envelopes: Any, *, on_outcomes: Any, stop: Any = None) -> None:
        for envelope in envelopes:
            assert stop is not None
            assert take(line, given(number, Word.PAID)).cancelled == 0
            on_outcomes({envelope.message_key: Outcome(OutcomeKind.ACCEPTED, "250")})

    assert line.deliver(REMINDER, mail=slow).accepted == 1
    assert line.fates(tier="reminder") == [("reminder", "accepted", "said")]


def test_paid_breaks_open_at_final_without_a_fact_and_not_before(line: Line) -> None:
    number, recipient = told(line)
    take(line, given(number, Word.PAID, recipient=recipient))
    line.look(FINAL - days(1), everything=True)
    assert line.alerts(state="pending") == []
    line.look(FINAL)
    waiting = line.alerts(state="pending")
    assert {(row.channel, row.tier) for row in waiting} == {
        ("email", "final"),
        ("call", "final"),
    }
    assert {row.evidence for row in waiting} == {"presumed"}


def test_a_receipt_that_an_official_saw_settles_the_annuity(line: Line) -> None:
    number, _ = told(line)
    answer = given(
        number, Word.PAID, paid_on=REMINDER, amount_yuan=9999, receipt_no="A9"
    )
    done = take(line, answer)
    assert (done.payment, done.notes) == (True, ())
    line.look(FINAL, everything=True)
    assert line.alerts(state="pending") == []
    assert not take(line, answer).payment
    with reading(line.engine) as connection:
        query = select(facts).where(facts.c.kind == FactKind.PAYMENT.value)
        (fact,) = connection.execute(query).all()
    assert (fact.recorded_by, fact.ref, fact.dated_on) == ("李", "A9", REMINDER)


def test_half_a_receipt_is_an_answer_and_says_what_is_missing(line: Line) -> None:
    number, _ = told(line)
    done = take(line, given(number, Word.PAID, receipt_no="A9"))
    assert not done.payment
    (note,) = done.notes
    assert (note.code, "缺少缴费日期、金额" in note.text) == (
        "receipt_incomplete",
        True,
    )


def test_the_agent_is_told_in_place_of_the_owner(line: Line) -> None:
    number, recipient = told(line, agency="某代理机构")
    agent = line.contact("agent@b.example", "某代理机构", role="agent")
    done = take(line, given(number, Word.AGENT, recipient=recipient))
    assert [note.code for note in done.notes] == ["agent_told"]
    waiting = line.alerts(state="pending", tier="reminder")
    assert [row.recipient for row in waiting] == [agent]
    states = {box.recipient: box.state for box in line.messages()}
    assert states == {recipient: "cancelled", agent: "pending"}
    assert told_officials(line) == []


def test_without_an_agent_to_tell_the_owner_is_told_and_the_official_knows(
    line: Line,
) -> None:
    number, _ = told(line)
    done = take(line, given(number, Word.AGENT))
    assert ([note.code for note in done.notes], done.cancelled) == (["no_agent"], 0)
    assert len(line.alerts(state="pending", tier="reminder")) == 1
    (one,) = told_officials(line)
    assert one[0] == "county:410901"
    assert "没有代理机构的联系方式" in one[1]


def test_giving_up_waits_for_a_second_word(line: Line) -> None:
    number, recipient = told(line)
    first = take(line, given(number, Word.ABANDON, recipient=recipient))
    assert (first.confirmed, first.cancelled) == (False, 0)
    assert line.fates(state="pending") == [("reminder", "pending", "due")]
    later = given(number, Word.ABANDON, REMINDER + days(1), recipient=recipient)
    second = take(line, later)
    assert (second.confirmed, second.cancelled) == (True, 1)
    assert line.fates(tier="reminder") == [
        ("reminder", "cancelled", "abandoned_by_choice")
    ]
    assert [text for _, text in told_officials(line)] == [
        f"权利人答复不再维持（第{FEE_YEAR}年年费起），待其再次确认",
        f"权利人已确认不再维持（第{FEE_YEAR}年年费起），请知悉",
    ]


def test_a_wrong_person_hears_nothing_more_about_that_partys_patents(
    line: Line,
) -> None:
    number, recipient = told(line)
    line.patent()
    line.patent(owners=["乙公司"])
    line.contact("a@b.example", "乙公司")
    line.look(REMINDER)
    take(line, given(number, Word.WRONG_PERSON, recipient=recipient))
    waiting = line.alerts(state="pending", channel="email")
    assert len(waiting) == 1, "only the other party's, who never denied it"
    with reading(line.engine) as connection:
        rows = connection.execute(select(contacts.c.party, contacts.c.flag)).all()
    assert dict(map(tuple, rows)) == {"甲公司": "not_theirs", "乙公司": ""}
    calls = {row.application_no for row in line.alerts(state="pending", channel="call")}
    assert len(calls) == 2
    assert number in calls
    assert "请补充正确的联系方式" in told_officials(line)[0][1]


def test_a_wrong_person_must_be_one_of_this_patents_people(line: Line) -> None:
    number, _ = told(line)
    stranger = RecipientId(line.contact("x@b.example", "丙公司"))
    with pytest.raises(UsageError, match="不是专利"):
        take(line, given(number, Word.WRONG_PERSON, recipient=stranger))
    with pytest.raises(UsageError, match="哪个地址"):
        take(line, given(number, Word.WRONG_PERSON))
    with pytest.raises(UsageError, match="登记中没有专利"):
        take(line, given("201310199708.X", Word.PAID))


def test_the_last_message_of_a_braked_look_is_cancelled_too(line: Line) -> None:
    line.change(alerts=AlertSettings(brake=1))
    numbers = [line.patent(owners=[name]) for name in ("甲公司", "乙公司")]
    line.contact("a@b.example")
    line.contact("c@b.example", "乙公司")
    line.look(REMINDER)
    assert {box.detail for box in line.messages()} == {"braked"}
    assert take(line, given(numbers[0], Word.PAID)).cancelled == 1


def by_link(
    line: Line, number: str, recipient: str, purpose: Purpose, letter: str, on: date
) -> Answered:
    now = clock.at_nine(on)
    subject = Subject(recipient, number, FEE_YEAR)
    text = make(SECRET, purpose, subject, letter=letter, now=now)
    token = read(SECRET, purpose, text, now=now + timedelta(minutes=1))
    with transaction(line.engine) as connection:
        return answering.take_by_token(
            connection,
            line.vault,
            line.here.rules,
            token,
            answering.given_by(token, on=on),
            now=now,
        )


def test_a_link_answers_once(line: Line) -> None:
    number, recipient = told(line)
    first = by_link(line, number, recipient, Purpose.PAID, "m1", REMINDER)
    assert (first.new, first.cancelled) == (True, 1)
    again = by_link(line, number, recipient, Purpose.PAID, "m1", REMINDER)
    assert again == Answered()
    assert len(line.alerts(tier="reminder")) == 1


def test_one_letters_link_cannot_confirm_itself_but_the_next_letters_can(
    line: Line,
) -> None:
    number, recipient = told(line)
    abandon = (line, number, recipient, Purpose.ABANDON)
    assert not by_link(*abandon, "m1", REMINDER).confirmed
    assert by_link(*abandon, "m1", REMINDER) == Answered()
    assert by_link(*abandon, "m2", REMINDER).confirmed


def test_two_owners_who_each_follow_a_link_have_not_confirmed(line: Line) -> None:
    number = line.patent(owners=["甲公司", "乙公司"])
    some = [line.contact("a@b.example"), line.contact("c@b.example", "乙公司")]
    line.look(REMINDER)
    for recipient in some:
        done = by_link(line, number, recipient, Purpose.ABANDON, "m1", REMINDER)
        assert (done.new, done.confirmed) == (True, False)
    assert by_link(line, number, some[0], Purpose.ABANDON, "m3", REMINDER).confirmed


def test_an_old_link_of_who_is_no_longer_there_flags_nobody(line: Line) -> None:
    number, _ = told(line)
    gone = line.vault.recipient_id(Channel.EMAIL, "gone@b.example")
    done = by_link(line, number, gone, Purpose.WRONG_PERSON, "m1", REMINDER)
    assert (done.new, done.cancelled) == (True, 0)


def test_a_patentees_receipt_number_is_no_fact(line: Line) -> None:
    number, recipient = told(line)
    answer = given(
        number,
        Word.PAID,
        via=Via.LINK,
        recipient=recipient,
        paid_on=REMINDER,
        amount_yuan=9999,
        receipt_no="A9",
    )
    done = take(line, answer)
    assert (done.payment, done.notes) == (False, ())
    line.look(FINAL)
    assert line.alerts(state="pending", tier="final", channel="email")
