"""Any bytes at all, and valid files with some bytes changed: refused or read."""

import json
import tempfile
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.errors import InputError
from patentwatch.register.outcome import Outcome
from patentwatch.register.stated import Stated
from patentwatch.sources.files import open_status_file
from patentwatch.sources.limits import StatusLimits
from patentwatch.statusfiles import load
from tests.fuzz.fuzzing import fuzz
from tests.sources.made import (
    QUERIED_ON,
    TODAY,
    bibliographic,
    fee_page,
    lines,
    number,
    prs,
    record,
    sheet,
    zipped,
)

LIMITS = StatusLimits(total_bytes=1 << 22, entry_bytes=1 << 20, token_bytes=1 << 16)

XML = prs(
    record(1), record(2, code="TR01", text="变更后权利人:示例"), record(3, day="")
)
NOTICES = sheet(
    "申请号,法律状态公告日,法律状态,法律状态信息",
    f"{number(1)},20240105,专利权的终止,未缴年费专利权终止",
    f'{number(2)},,授权 | 许可,"#法律状态公告日：20120926;\n法律状态：授权;"',
)
OBJECT = {"申请号": number(1), "公告日": "20240105", "事务数据": "授权", "code": "GR01"}
STATUSES = sheet(
    "申请号,案件状态,查询日,已缴年度",
    f"{number(1)},专利权维持,2026-11-01,9",
    f"{number(2)},届满终止失效,2026-11-01,",
)
VALID = {
    "prs_xml": XML,
    "prs_xml_gbk": XML.decode().replace("UTF-8", "GBK").encode("gb18030"),
    "prs_xml_utf_16": XML.decode().encode("utf-16"),
    "prs_zip": zipped({"1.xml": XML, "in.zip": zipped({"2.xml": XML})}),
    "notices": NOTICES,
    "notices_gb18030": NOTICES.decode().encode("gb18030"),
    "notices_jsonl": lines(OBJECT, OBJECT),
    "case_status": STATUSES,
    "fee_page": json.dumps(fee_page(), ensure_ascii=False).encode(),
    "bibliographic_page": json.dumps(bibliographic(), ensure_ascii=False).encode(),
}
PIECES = st.sampled_from(
    [
        b"", b"\0", b"\xff", b"<", b">", b"&", b"&#0;", b'"', b",", b"\n", b"|", b"{",
        b"]", b"null", b"1e999", b"9" * 5000, b"<!DOCTYPE a>", b"<![CDATA[", b"</",
        b"PK\x05\x06", b"\xc4\xea", "专利权维持".encode(), "：".encode(), b"2.01E+12",
        b"0001-01-01",
    ]
)  # fmt: skip


def judged(content: bytes) -> list[Outcome[Stated]]:
    """Return what became of every row, or nothing for a file that is refused.

    The name is a number, so that a fee page has one.
    """
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / number(1).replace(".", "")
        path.write_bytes(content)
        try:
            file = open_status_file(
                path,
                table=load(),
                today=TODAY,
                queried_on=QUERIED_ON,
                limits=LIMITS,
            )
            return list(file.rows())
        except InputError as fault:
            said = fault
    assert said.code != "input"
    assert path.name in str(said)
    return []


def check(content: bytes) -> None:
    """Read the bytes; every row must be a value that says what it is."""
    for outcome in judged(content):
        told = (outcome.value, outcome.reject, outcome.skip)
        assert sum(one is not None for one in told) == 1
        if outcome.value is not None:
            events, facts = outcome.value.events, outcome.value.facts
            assert events or facts
            assert all(event.known_on <= TODAY for event in events)
            assert all(fact.dated_on <= TODAY for fact in facts)
            assert all(event.report_key and event.fact_key for event in events)


@st.composite
def mutations(draw: st.DrawFn, content: bytes) -> bytes:
    """Draw the content with some of its pieces replaced, doubled, or cut off."""
    changed = content
    for _ in range(draw(st.integers(1, 4))):
        start = draw(st.integers(0, len(changed)))
        end = min(len(changed), start + draw(st.integers(0, 30)))
        put = draw(PIECES | st.binary(max_size=8) | st.just(changed[start:end] * 2))
        changed = changed[:start] + put + changed[end:]
    return (
        changed[: draw(st.integers(0, len(changed)))]
        if draw(st.booleans())
        else changed
    )


@pytest.mark.parametrize("content", VALID.values(), ids=VALID)
def test_the_files_to_be_changed_are_valid(content: bytes) -> None:
    found = judged(content)
    assert any(outcome.value for outcome in found)
    check(content)


@fuzz
@given(st.binary(max_size=400))
def test_any_bytes_are_refused_or_read(content: bytes) -> None:
    check(content)


@fuzz
@given(
    start=st.sampled_from(
        [
            b"PK\x03\x04",
            b"{",
            b"<",
            b"<?xml ",
            b"\xff\xfe<\0",
            b"[{",
            "申请号,案件状态\n".encode(),
        ]
    ),
    rest=st.binary(max_size=200)
    | st.text(max_size=100).map(lambda text: text.encode("utf-8", "surrogatepass")),
)
def test_any_bytes_after_a_promising_start_are_refused_or_read(
    start: bytes, rest: bytes
) -> None:
    check(start + rest)


@pytest.mark.parametrize("content", VALID.values(), ids=VALID)
@fuzz
@given(data=st.data())
def test_a_valid_file_with_changed_bytes_is_refused_or_read(
    content: bytes, data: st.DataObject
) -> None:
    check(data.draw(mutations(content)))


@fuzz
@given(st.lists(st.text(max_size=30), min_size=4, max_size=5))
def test_any_cells_of_a_list_are_a_row(cells: list[str]) -> None:
    row = ",".join('"' + cell.replace('"', '""') + '"' for cell in cells)
    for header in NOTICES, STATUSES:
        content = header.splitlines()[0] + b"\n" + row.encode("utf-8", "replace")
        check(content)


@fuzz
@given(
    st.dictionaries(
        st.sampled_from([*OBJECT, "text", "法律状态信息"]),
        st.none() | st.integers() | st.floats() | st.text(max_size=40),
    )
)
def test_any_object_on_a_line_is_a_row(one: dict[str, object]) -> None:
    check(lines({"申请号": number(1)}) + json.dumps(one).encode())


@fuzz
@given(st.text(max_size=30), st.text(max_size=30), st.text(max_size=60))
def test_any_texts_in_a_record_are_a_row(code: str, title: str, text: str) -> None:
    texts = [
        "".join(c for c in one if c.isprintable() and c not in "<>&")
        for one in (code, title, text)
    ]
    content = prs(record(1, code=texts[0], title=texts[1], text=texts[2]))
    check(content)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.text(max_size=10), inner, max_size=3)
    ),
    max_leaves=10,
)


@fuzz
@given(JSON, st.sampled_from(["zhuluxmxx", "yingjiaofei", "yijiaofei", "zhinajin"]))
def test_any_page_is_refused_or_read(part: object, section: str) -> None:
    for page in (
        {"code": 200, "data": {section: part}},
        {"code": 200, "data": {"zhuluxmxx": {"zhuluxmxx": part}}},
        {"code": 200, "data": {"yijiaofei": {"svYijfList": part}}},
        part,
    ):
        check(json.dumps(page).encode())
