"""Bad legal-status files go through the real command, and nothing is read out of them.

I28 to I33: bombs, lying sizes, DTDs, login pages, errors, what is cut off, what goes
back on itself, what is silent too long. What was known before stays known.
"""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from tests.clerk import Clerk
from tests.lists import number, row, write_csv
from tests.sources.made import DECLARED, NAMESPACES, prs, record, reference

ON = ("--on", "2024-03-01")
OURS = number(1, year=2016)
GOOD = record(1, references=[reference("original", OURS)])


@pytest.fixture
def clerk(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Clerk:
    for name in ("PATENTWATCH_CONFIG", "PATENTWATCH_DATABASE_URL"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)
    clerk = Clerk(tmp_path)
    listed = row(1) | {
        "申请号": OURS,
        "申请日": "2016-01-01",
        "授权公告日": "2018-01-01",
        "已缴年费年度": "",
    }
    write_csv(Path("list.csv"), [listed])
    clerk.run("import", "list.csv", "--as-of", "2023-12-01", *ON)
    Path("good.xml").write_bytes(prs(GOOD))
    clerk.run("status", "import", "good.xml", *ON)
    return clerk


def zipped(**files: bytes) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, inner in files.items():
            archive.writestr(f"{name}.xml", inner)
    return content.getvalue()


def _bomb() -> bytes:
    return zipped(data=prs(GOOD).replace(b"</business:PRS>", b" " * (64 << 20)))


def _lying() -> bytes:
    """Return a bomb whose directory claims that it is small."""
    content = _bomb()
    directory = content.index(b"PK\x01\x02")
    claim = (1000).to_bytes(4, "little")
    local = content[:22] + claim + content[26:directory]
    return (
        local + content[directory : directory + 24] + claim + content[directory + 28 :]
    )


_DTD = f'{DECLARED}<!DOCTYPE PRS [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]>\n'
_EXTERNAL = f'{DECLARED}<!DOCTYPE PRS SYSTEM "file:///etc/passwd">\n'

REFUSED: dict[str, tuple[bytes, str, tuple[str, ...]]] = {
    "I28-bomb": (_bomb(), "file_too_large", ("过大",)),
    "I29-lying-sizes": (_lying(), "file_too_large", ("过大",)),
    "I30-entities": (prs(GOOD, declared=_DTD), "dtd_forbidden", ("DTD", "已拒绝")),
    "I30-external": (prs(GOOD, declared=_EXTERNAL), "dtd_forbidden", ("已拒绝",)),
    "I31-login": (
        b"<!DOCTYPE html><html><head><title>x</title></head></html>",
        "unexpected_content",
        ("HTML", "登录"),
    ),
    "I31-error": (b'{"code": 401, "msg": "x"}', "unexpected_content", ("重新",)),
    "I31-json-cut-off": (b'{"code": 200, "data": {"zhu', "unexpected_content", ()),
    "I31-xml-cut-off": (prs(GOOD)[:-40], "unexpected_content", ("不完整",)),
    "I31-xml-of-another-kind": (
        f"{DECLARED}<a {NAMESPACES}><b/></a>".encode(),
        "unexpected_content",
        (),
    ),
    "I31-wrong-charset": (
        prs(GOOD).decode().encode("gb18030"),
        "unexpected_content",
        (),
    ),
    "empty": (b"", "empty_file", ("文件为空",)),
}


@pytest.mark.parametrize("case", REFUSED)
def test_a_file_that_is_no_answer_changes_nothing(clerk: Clerk, case: str) -> None:
    content, code, words = REFUSED[case]
    Path("bad.bin").write_bytes(content)
    events, facts = clerk.rows("events"), clerk.rows("facts")
    (found,) = clerk.json("status", "import", "bad.bin", *ON, status=1)
    assert found["refused"]
    (told,) = found["warnings"]
    assert told["code"] == code, told
    assert "bad.bin" in found["refusal"]
    assert all(word in found["refusal"] for word in words), found["refusal"]
    assert (clerk.rows("events"), clerk.rows("facts")) == (events, facts)
    assert state(clerk)["state"] == "ended"


def test_a_file_that_breaks_off_takes_nothing_of_what_stood_before(
    clerk: Clerk,
) -> None:
    other = record(1, references=[reference("original", OURS)], code="RR01", text="x")
    Path("bad.xml").write_bytes(prs(other, GOOD)[:-30])
    clerk.json("status", "import", "bad.xml", *ON, status=1)
    assert state(clerk)["state"] == "ended"
    assert len(clerk.rows("events")) == 1


def test_a_grant_after_the_end_is_a_question_and_no_change(clerk: Clerk) -> None:
    again = record(
        1,
        references=[reference("original", OURS)],
        code="GR01",
        title="授权",
        text="授权",
        day="20240220",
    )
    Path("again.xml").write_bytes(prs(again))
    clerk.run("status", "import", "again.xml", *ON)
    assert state(clerk)["state"] == "ended"
    (question,) = clerk.json("status", "mismatches", *ON, status=1)
    assert (question["kind"], question["severity"], question["holds"]) == (
        "status_regression",
        "high",
        False,
    )


def test_an_end_against_a_fee_that_is_known_to_be_paid_is_held(clerk: Clerk) -> None:
    listed = row(1) | {
        "申请号": OURS,
        "申请日": "2016-01-01",
        "授权公告日": "2018-01-01",
        "已缴年费年度": "8",  # the notice says that just this year's was not paid
    }
    write_csv(Path("paid.csv"), [listed])
    clerk.run("import", "paid.csv", "--as-of", "2023-12-15", *ON)
    found = state(clerk)
    assert (found["state"], found["in_force"]) == ("on_hold", True)
    (question,) = clerk.json("status", "mismatches", *ON, status=1)
    assert (question["kind"], question["fee_year"], question["holds"]) == (
        "paid_but_ended",
        8,
        True,
    )


def test_an_unknown_status_word_goes_to_a_person(clerk: Clerk) -> None:
    lines = [{"申请号": OURS, "案件状态": "待定其他", "查询日": "2024-02-01"}]
    write_csv(Path("status.csv"), lines)
    (found,) = clerk.json("status", "import", "status.csv", *ON, status=1)
    (reject,) = found["rejects"]
    assert (reject["row"], reject["column"], reject["code"]) == (
        2,
        "案件状态",
        "status_unknown",
    )
    assert state(clerk)["state"] == "ended"


def test_a_silent_source_is_named_and_the_reminders_go_on(clerk: Clerk) -> None:
    clerk.run("status", "sources", *ON)
    (found,) = clerk.json("status", "sources", "--on", "2024-03-09", status=1)
    assert found["stale"]
    told = clerk.run("status", "sources", "--on", "2024-03-09", status=1)
    assert "数据截至 2024-03-01" in told
    assert "提醒照常进行" in told
    # Seven days and not a day more.
    (fresh,) = clerk.json("status", "sources", "--on", "2024-03-08")
    assert not fresh["stale"]


def state(clerk: Clerk) -> Any:
    return clerk.json("explain", OURS, *ON)
