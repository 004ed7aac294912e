"""What an answer says, and that nothing else is read as one."""

from datetime import date

import pytest

from patentwatch import statusfiles
from patentwatch.model import PatentNumber
from patentwatch.sources.ops_answers import (
    Answer,
    AnswerKind,
    Asked,
    Query,
    read,
    says_not_found,
)
from patentwatch.status.codes import Effect
from tests.sources import ops_answers_made as made
from tests.sources.ops_answers_made import Report

TABLE = statusfiles.load()
ASKED = Asked(PatentNumber("201819990001.0"), "CN109990001B")
QUERY = Query("publication", "109990001", "B", guessed=False)
GUESS = Query("publication", "109990001", "A")
BY_APPLICATION = Query("application", "201819990001", "A")
GRANT = Report("C14", gazette="2020-05-08")
LAPSE = Report("CF01", gazette="2024-02-27", effective="20230315")


def answer(*reports: Report, query: Query = QUERY, application: str = "") -> Answer:
    body = made.legal(
        *reports,
        application=application or "201819990001",
        publication="109990001",
    )
    return read(body, ASKED, query=query, table=TABLE)


def test_events_come_with_their_days_and_unpadded_codes() -> None:
    grant, lapse = answer(GRANT, LAPSE).events
    assert (grant.code, grant.effect) == ("C14", Effect.GRANT)
    assert (grant.announced_on, grant.effective_on) == (date(2020, 5, 8), None)
    assert (lapse.code, lapse.effect) == ("CF01", Effect.END)
    assert lapse.announced_on == date(2024, 2, 27)
    assert lapse.effective_on == date(2023, 3, 15)
    assert {grant.application_no, lapse.application_no} == {"201819990001.0"}


def test_the_days_are_not_those_of_exchange_and_creation() -> None:
    assert "2024-02-2" not in repr(answer(GRANT).events[0].known_on)


@pytest.mark.parametrize("unknown", ["0001-01-01", "00010101", "9999-12-31", ""])
def test_an_unknown_day_is_no_day(unknown: str) -> None:
    (event,) = answer(Report("CF01", unknown, "20230315")).events
    assert (event.announced_on, event.effective_on) == (None, date(2023, 3, 15))


@pytest.mark.parametrize("nonsense", ["2023-02-30", "2023-W05-1", "2023", "٢٠٢٣0101"])
def test_what_is_no_day_is_not_guessed(nonsense: str) -> None:
    (event,) = answer(Report("CF01", "2024-02-27", nonsense)).events
    assert event.effective_on is None


def test_an_event_without_any_day_is_counted_not_invented() -> None:
    found = answer(Report("CF01", "0001-01-01", "00010101"), GRANT)
    assert ([event.code for event in found.events], found.skipped) == (["C14"], 1)


def test_only_events_without_a_day_are_no_events() -> None:
    found = answer(Report("CF01", "0001-01-01"))
    assert (found.kind, found.skipped) == (AnswerKind.UNKNOWN, 1)


def test_an_event_that_is_told_twice_is_one() -> None:
    assert len(answer(GRANT, LAPSE, GRANT).events) == 2


def test_an_event_with_another_text_is_another() -> None:
    first = Report("C41", "2021-01-05", text="Patentee after: EXAMPLE ONE")
    second = Report("C41", "2021-01-05", text="Patentee after: EXAMPLE TWO")
    assert [event.text for event in answer(first, second).events] == [
        "Patentee after: EXAMPLE ONE",
        "Patentee after: EXAMPLE TWO",
    ]


def test_events_of_another_country_are_not_ours() -> None:
    lapse_abroad = Report("CF01", "2024-02-27", country="EP")
    assert answer(lapse_abroad).kind is AnswerKind.UNKNOWN
    assert [event.code for event in answer(lapse_abroad, GRANT).events] == ["C14"]


def test_an_unknown_code_goes_to_a_person() -> None:
    (event,) = answer(Report("ZZ99", "2024-02-27")).events
    assert (event.effect, event.needs_review) == (Effect.AMBIGUOUS, True)


def test_an_answer_without_events_is_unknown_whatever_the_family_counts() -> None:
    assert answer() == Answer(AnswerKind.UNKNOWN)


@pytest.mark.parametrize("written", ["201819990001", "2018199900010", "201819990001.0"])
def test_the_application_is_ours_with_or_without_its_check_digit(written: str) -> None:
    assert answer(LAPSE, application=written).kind is AnswerKind.EVENTS


@pytest.mark.parametrize("query", [QUERY, GUESS, BY_APPLICATION])
def test_the_events_of_another_application_are_not_read(query: Query) -> None:
    found = answer(LAPSE, query=query, application="201819990002")
    assert (found.kind, found.code) == (AnswerKind.UNEXPECTED, "other_patent")
    assert found.events == ()


def test_the_events_of_another_publication_are_not_read() -> None:
    body = made.legal(LAPSE, application="201819990001", publication="109990002")
    found = read(body, ASKED, query=QUERY, table=TABLE)
    assert (found.kind, found.code) == (AnswerKind.UNEXPECTED, "other_patent")


def test_a_guessed_kind_needs_the_application_to_be_named() -> None:
    body = made.legal(LAPSE, application="", publication="109990001")
    assert read(body, ASKED, query=GUESS, table=TABLE).code == "other_patent"
    assert read(body, ASKED, query=QUERY, table=TABLE).kind is AnswerKind.EVENTS


def test_of_a_family_only_our_member_is_read() -> None:
    other = made.member(LAPSE, application="201819990002", publication="109990002")
    body = made.legal(GRANT, application="201819990001", publication="109990001")
    both = body.decode().replace("<ops:family-member", other + "<ops:family-member", 1)
    found = read(both.encode(), ASKED, query=QUERY, table=TABLE)
    assert [event.code for event in found.events] == ["C14"]


GOOD = made.legal(LAPSE, application="201819990001", publication="109990001")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        pytest.param(made.LOGIN_PAGE, "html", id="login-page"),
        pytest.param(b"\xef\xbb\xbf \n<html><p>CF01</html>", "html", id="html-bom"),
        pytest.param(
            b"<?xml version='1.0'?><html xmlns='http://www.w3.org/1999/xhtml'/>",
            "html",
            id="xhtml",
        ),
        pytest.param(made.JSON_ERROR, "json", id="json"),
        pytest.param(GOOD[: len(GOOD) * 2 // 3], "broken_xml", id="truncated"),
        pytest.param(b"", "broken_xml", id="empty"),
        pytest.param(b"\x00\xff\xfe", "broken_xml", id="binary"),
        pytest.param(
            b"<?xml version='1.0' encoding='x-none'?><a/>", "broken_xml", id="encoding"
        ),
        pytest.param(
            GOOD.replace(b"<ops:world", b"<!DOCTYPE x><ops:world", 1), "dtd", id="dtd"
        ),
        pytest.param(
            b"<?xml version='1.0'?><!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/x'>]>"
            b"<a>&x;</a>",
            "dtd",
            id="entity",
        ),
        pytest.param(made.FAULT_404, "not_legal", id="fault-with-200"),
        pytest.param(
            GOOD.replace(b"http://ops.epo.org", b"http://ops.example.org"),
            "not_legal",
            id="another-namespace",
        ),
        pytest.param(GOOD.replace(b"patent-family", b"x"), "not_legal", id="no-family"),
    ],
)
def test_what_is_no_answer_is_never_read_as_a_state(body: bytes, code: str) -> None:
    found = read(body, ASKED, query=QUERY, table=TABLE)
    assert (found.kind, found.code, found.events) == (AnswerKind.UNEXPECTED, code, ())
    assert "欧专局" in found.reason


def test_only_the_service_itself_says_not_found() -> None:
    assert says_not_found(made.FAULT_404)
    assert not says_not_found(made.LOGIN_PAGE)
    assert not says_not_found(b"<error/>")
    assert not says_not_found(GOOD)
