"""Whatever bytes the service sends, reading them gives a value and never an error."""

from hypothesis import given
from hypothesis import strategies as st

from patentwatch import statusfiles
from patentwatch.model import PatentNumber
from patentwatch.sources.ops_answers import (
    AnswerKind,
    Asked,
    Query,
    read,
    says_not_found,
)
from tests.fuzz.fuzzing import fuzz
from tests.sources import ops_answers_made as made
from tests.sources.ops_answers_made import Report

TABLE = statusfiles.load()
ASKED = Asked(PatentNumber("201819990001.0"), "CN109990001B")
QUERY = Query("publication", "109990001", "B", guessed=False)
GOOD = made.legal(
    Report("C14", "2020-05-08"),
    Report("CF01", "0001-01-01", "20230315", text="FREE TEXT"),
    application="201819990001",
    publication="109990001",
)
SPICES = st.sampled_from(
    [
        *(b"<", b">", b"&", b"\x00", b"\xff\xfe", b"]]>", b"&#0;", b"&lt;", b"--"),
        *(b"<!DOCTYPE a>", b"<![CDATA[", b"xmlns", b"ops:legal", b"</ops:legal>"),
        *(b"0000-00-00", b"99999999", b"<ops:L007EP/>", b"\xe5"),
        b'<?xml version="1.0" encoding="utf-7"?>',
    ]
)
FREE_TEXT = st.text(
    st.characters(
        codec="utf-8",
        exclude_characters="<&>",
        exclude_categories=["Cc", "Cs", "Cn", "Co"],
    ),
    max_size=60,
)


def check(body: bytes) -> None:
    answer = read(body, ASKED, query=QUERY, table=TABLE)
    assert answer.kind is not AnswerKind.LATER
    assert bool(answer.events) is (answer.kind is AnswerKind.EVENTS)
    assert bool(answer.code) is (answer.kind is AnswerKind.UNEXPECTED)
    for event in answer.events:
        assert event.application_no == ASKED.application_no
        assert event.known_on.year > 1
    says_not_found(body)


@fuzz
@given(st.binary(max_size=200))
def test_any_bytes_give_a_value(body: bytes) -> None:
    check(body)


@fuzz
@given(
    st.sampled_from([b"<", b"<?xml", b"<!DOCTYPE", b"<html", b"{", b"\xef\xbb\xbf<"]),
    st.binary(max_size=200),
)
def test_anything_behind_a_familiar_beginning_gives_a_value(
    start: bytes, rest: bytes
) -> None:
    check(start + rest)


@fuzz
@given(st.integers(0, len(GOOD)), st.integers(0, 60), SPICES | st.binary(max_size=8))
def test_a_good_answer_with_a_wound_gives_a_value(
    place: int, gone: int, put: bytes
) -> None:
    check(GOOD[:place] + put + GOOD[place + gone :])


@fuzz
@given(st.lists(st.tuples(st.integers(0, len(GOOD) - 1), st.integers(0, 255))))
def test_a_good_answer_with_changed_bytes_gives_a_value(
    changes: list[tuple[int, int]],
) -> None:
    body = bytearray(GOOD)
    for place, byte in changes:
        body[place] = byte
    check(bytes(body))


@fuzz
@given(st.integers(0, len(GOOD) - 1))
def test_a_truncated_answer_gives_no_events(length: int) -> None:
    answer = read(GOOD[:length].rstrip(), ASKED, query=QUERY, table=TABLE)
    whole = GOOD.rstrip().endswith(b">") and length >= len(GOOD.rstrip())
    assert (answer.kind is AnswerKind.EVENTS) is whole


@fuzz
@given(
    st.sampled_from(["C14", "CF01", "ZZ99", ""]),
    st.text("0123456789-WT年", max_size=11),
    st.text("0123456789-", max_size=11),
    FREE_TEXT,
)
def test_any_days_and_any_text_give_a_value(
    code: str, gazette: str, effective: str, text: str
) -> None:
    report = Report(code, gazette, effective, text)
    check(made.legal(report, application="201819990001", publication="109990001"))
