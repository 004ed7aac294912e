"""CNIPA's bulk XML: one record, many, damaged ones, and files that are none."""

import tracemalloc
from collections.abc import Iterator
from datetime import date
from itertools import islice
from pathlib import Path

import pytest

from patentwatch.errors import InputError
from patentwatch.sources.prs import records
from patentwatch.status.codes import Effect
from patentwatch.status.events import EventSource
from tests.sources.made import (
    DECLARED,
    LAPSED,
    NAMESPACES,
    events,
    fates,
    limits,
    number,
    opened,
    outcomes,
    prs,
    record,
    reference,
)

STANDARD = reference("standard", "102016000000001")
ORIGINAL = reference("original", number(1))


def test_a_record_becomes_an_event_with_its_evidence(tmp_path: Path) -> None:
    (event,) = events(tmp_path, prs(record()))
    assert event.application_no == number(1)
    assert event.source is EventSource.PRS
    assert event.code == "CF01"
    assert event.announced_on == date(2024, 1, 5)
    assert event.effective_on == date(2023, 1, 1)
    assert event.text == LAPSED
    assert event.effect is Effect.END
    assert event.reason == "annual_fee_not_paid"
    assert not event.needs_review


@pytest.mark.parametrize(
    "references",
    [
        pytest.param((STANDARD, ORIGINAL), id="standard-first"),
        pytest.param((ORIGINAL, STANDARD), id="original-first"),
        pytest.param((ORIGINAL,), id="original-alone"),
        pytest.param((STANDARD,), id="standard-alone"),
    ],
)
def test_the_order_of_the_references_does_not_matter(
    tmp_path: Path, references: tuple[str, ...]
) -> None:
    (event,) = events(tmp_path, prs(record(references=references)))
    assert event.application_no == number(1)


def test_a_single_record_may_be_the_whole_document(tmp_path: Path) -> None:
    alone = record().replace("PRSRecord ", f"PRSRecord {NAMESPACES} ", 1)
    (event,) = events(tmp_path, (DECLARED + alone).encode())
    assert event.application_no == number(1)


def test_another_prefix_or_none_and_another_namespace_work(tmp_path: Path) -> None:
    plain = prs(record()).decode().replace("business:", "").replace("base:", "")
    renamed = prs(record()).decode().replace("business", "b").replace("sipo", "cnipa")
    assert events(tmp_path, plain.encode()) == events(tmp_path, prs(record()))
    assert events(tmp_path, renamed.encode()) == events(tmp_path, prs(record()))


def test_other_elements_and_their_days_are_passed(tmp_path: Path) -> None:
    strange = record().replace(
        "<business:PRSPublicationDate>",
        "<x><base:Date>19990101</base:Date><base:DocNumber>1</base:DocNumber></x>"
        '<business:PRSPublicationDate dataFormat="standard">',
    )
    outside = "<base:DocNumber>1</base:DocNumber><business:PRSCode>x</business:PRSCode>"
    assert events(tmp_path, prs(outside, strange)) == events(tmp_path, prs(record()))


def test_an_empty_text_gives_way_to_the_title(tmp_path: Path) -> None:
    (event,) = events(
        tmp_path, prs(record(code="", title="专利权有效期届满", text="\n "))
    )
    assert event.text == "专利权有效期届满"
    assert event.reason == "term_expired"


def test_a_text_is_not_mixed_with_the_title(tmp_path: Path) -> None:
    (event,) = events(tmp_path, prs(record(title="授权", text="专利权的恢复", code="")))
    assert event.text == "专利权的恢复"
    assert event.effect is Effect.RESTORE


def test_a_text_with_entities_and_cdata_is_read_whole(tmp_path: Path) -> None:
    text = "专利权的转移&#10;变更后权利人:A&amp;B<![CDATA[<示例>]]>公司"
    (event,) = events(tmp_path, prs(record(code="TR01", text=text)))
    assert event.text == "专利权的转移\n变更后权利人:A&B<示例>公司"


def test_an_unknown_code_goes_to_a_person(tmp_path: Path) -> None:
    (event,) = events(tmp_path, prs(record(code="ZZ99", text="新的事务")))
    assert event.effect is Effect.AMBIGUOUS
    assert event.needs_review


@pytest.mark.parametrize(
    ("day", "fate"),
    [
        pytest.param("20261121", "", id="yesterday"),
        pytest.param("20261122", "", id="today"),
        pytest.param("20261123", "date_implausible", id="tomorrow"),
        pytest.param("2024-01-05", "", id="with-hyphens"),
        pytest.param("20240230", "date_impossible", id="no-such-day"),
        pytest.param("00010101", "date_impossible", id="placeholder"),
        pytest.param("9999-12-31", "date_implausible", id="far-placeholder"),
        pytest.param("19850331", "date_implausible", id="before-the-law"),
    ],
)
def test_a_day_must_be_one_of_the_past(tmp_path: Path, day: str, fate: str) -> None:
    assert fates(outcomes(tmp_path, prs(record(day=day)))) == [fate]


def test_a_record_without_any_day_is_refused(tmp_path: Path) -> None:
    found = outcomes(tmp_path, prs(record(day="", text="授权", code="GR01")))
    assert fates(found) == ["date_missing"]


def test_a_day_inside_the_text_counts_where_there_is_no_other(tmp_path: Path) -> None:
    (event,) = events(tmp_path, prs(record(day="")))
    assert event.announced_on is None
    assert event.effective_on == date(2023, 1, 1)


def test_a_record_that_says_nothing_is_refused(tmp_path: Path) -> None:
    found = outcomes(tmp_path, prs(record(code="", title="", text="")))
    assert fates(found) == ["status_empty"]


def test_a_record_marked_as_deleted_goes_to_a_person(tmp_path: Path) -> None:
    assert fates(outcomes(tmp_path, prs(record(status="D")))) == ["record_withdrawn"]


def test_a_bad_record_does_not_hinder_the_next(tmp_path: Path) -> None:
    bad = record(2, references=(reference("original", "201610000002.1"),))
    found = outcomes(tmp_path, prs(record(1), bad, record(3)))
    assert fates(found) == ["", "check_digit", ""]
    assert found[1].reject is not None
    assert found[1].reject.row == 2
    assert found[1].reject.column == "DocNumber"


def test_a_utility_model_is_not_passed_over(tmp_path: Path) -> None:
    other = record(references=(reference("original", "201020298420.X"),))
    (event,) = events(tmp_path, prs(other))
    assert event.application_no == "201020298420.X"


def test_the_rows_can_be_read_again(tmp_path: Path) -> None:
    file = opened(tmp_path, prs(record(1), record(2)))
    assert list(file.rows()) == list(file.rows())


DOCTYPES = {
    "external-entity": (
        '<!DOCTYPE r [<!ENTITY x SYSTEM "file:///etc/hostname">]>', "&x;",
    ),
    "billion-laughs": (
        '<!DOCTYPE r [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;"><!ENTITY c "&b;&b;">]>',
        "&c;",
    ),
    "empty-dtd": ("<!DOCTYPE business:PRS>", "x"),
    "external-dtd": ('<!DOCTYPE business:PRS SYSTEM "/DTDS/prs.dtd"[]>', "x"),
    "parameter-entity": (
        '<!DOCTYPE r [<!ENTITY % p SYSTEM "http://invalid.test/p"> %p;]>', "x",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("doctype", "text"), DOCTYPES.values(), ids=DOCTYPES)
def test_any_dtd_is_refused(tmp_path: Path, doctype: str, text: str) -> None:
    content = prs(record(text=text), declared=DECLARED + doctype)
    with pytest.raises(InputError, match="含有 DTD，已拒绝") as refused:
        opened(tmp_path, content)
    assert refused.value.code == "dtd_forbidden"


@pytest.mark.parametrize("share", [0.1, 0.3, 0.5, 0.7, 0.9, 0.999])
def test_a_file_that_was_cut_off_is_refused(tmp_path: Path, share: float) -> None:
    whole = prs(*map(record, range(1, 4)))
    with pytest.raises(InputError) as refused:
        outcomes(tmp_path, whole[: int(len(whole) * share)])
    assert refused.value.code == "unexpected_content"


def test_a_cut_far_down_shows_while_the_rows_are_read(tmp_path: Path) -> None:
    whole = prs(*map(record, range(1, 1001)))
    file = opened(tmp_path, whole[:-10])
    rows = file.rows()
    assert fates(islice(rows, 1000)) == [""] * 1000
    with pytest.raises(InputError, match="不完整") as refused:
        next(rows)
    assert refused.value.code == "unexpected_content"


def test_damage_in_the_middle_is_refused_with_its_line(tmp_path: Path) -> None:
    whole = prs(record(1), "<broken", record(2))
    with pytest.raises(InputError, match="第 8 行起不是合法的 XML"):
        outcomes(tmp_path, whole)


def test_an_xml_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="没有 PRSRecord") as refused:
        opened(tmp_path, b"<error><code>404</code></error>")
    assert refused.value.code == "unexpected_content"


def test_a_text_without_end_is_refused() -> None:
    def endless() -> list[str]:
        return [prs().decode()[:-15], "<PRSRecord><PRSCode>", *["x" * 600] * 4]

    with pytest.raises(InputError, match="过长"):
        list(records(endless(), name="f", limits=limits(token_bytes=2000)))


def test_a_tag_without_end_is_refused() -> None:
    def endless() -> list[str]:
        return [prs().decode()[:-15], '<PRSRecord status="', *["x" * 600] * 6]

    with pytest.raises(InputError, match="过长"):
        list(records(endless(), name="f", limits=limits(token_bytes=2000)))


def test_memory_does_not_grow_with_the_file() -> None:
    def endless() -> Iterator[str]:
        yield prs().decode().removesuffix("</business:PRS>")
        for serial in range(1, 4001):
            yield record(serial)
        yield "</business:PRS>"

    tracemalloc.start()
    try:
        count = sum(1 for _ in records(endless(), name="f", limits=limits()))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert count == 4000
    assert peak < 200_000  # one record is some 900 bytes
