"""`status import`, `status sources`: files in, each record accounted for."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.clerk import ON, Clerk
from tests.cli.test_imports import IMPORT_KEYS, has_types
from tests.lists import number, rows, write_csv
from tests.sources import made

HEADER = "申请号,法律状态公告日,法律状态,法律状态信息"
OURS = [f"102015{serial:09}" for serial in (1, 2)]


@pytest.fixture
def register(clerk: Clerk) -> Clerk:
    """Return a clerk whose register has patents 1 and 2, paid through year 10."""
    write_csv(Path("list.csv"), rows(2, 已缴年费年度="10"))
    clerk.run("import", "list.csv", "--as-of", "2026-05-01", *ON)
    return clerk


def lapse(serial: int = 1, *, day: str = "20260109", code: str = "CF01") -> str:
    """Return a record of bulk data about a patent of `tests.lists`."""
    return made.record(
        serial,
        references=[made.reference("original", number(serial))],
        day=day,
        code=code,
        text="未缴年费专利权终止\n终止日期:20250601",
    )


def taken(clerk: Clerk, content: bytes, *more: str, status: int = 0) -> dict[str, Any]:
    Path("status.xml").write_bytes(content)
    (found,) = clerk.json("status", "import", "status.xml", *ON, *more, status=status)
    assert found["read"] == found["accepted"] + found["skipped"] + found["rejected"]
    told = found["created"] + found["changed"] + found["unchanged"]
    assert found["accepted"] == told
    assert isinstance(found, dict)
    return found


def told(found: dict[str, Any]) -> tuple[int, ...]:
    names = ("read", "created", "unchanged", "skipped", "rejected")
    return tuple(found[name] for name in names)


def test_an_import_answers_as_every_import_does(register: Clerk) -> None:
    found = taken(register, made.prs(lapse(1), lapse(2)))
    assert has_types(found, IMPORT_KEYS | {"refusal": type(None)})
    assert told(found) == (2, 2, 0, 0, 0)
    assert found["format"] == "prs_xml"


def test_the_same_file_again_tells_nothing_new(register: Clerk) -> None:
    taken(register, made.prs(lapse(1), lapse(2)))
    before = register.rows("events")
    assert told(taken(register, made.prs(lapse(1), lapse(2)))) == (2, 0, 2, 0, 0)
    assert register.rows("events") == before


def test_the_same_fact_under_an_old_code_tells_nothing_new(register: Clerk) -> None:
    taken(register, made.prs(lapse(1)))
    again = made.prs(lapse(1, code="MM4A"))
    assert told(taken(register, again)) == (1, 0, 1, 0, 0)
    assert len(register.rows("events")) == 2


def test_a_nationwide_file_keeps_only_what_is_in_the_register(register: Clerk) -> None:
    found = taken(register, made.prs(lapse(1), lapse(7)))
    assert told(found) == (2, 1, 0, 1, 0)
    (skip,) = found["skips"]
    assert (skip["code"], skip["value"]) == ("not_in_register", number(7))
    assert [row["application_no"] for row in register.rows("events")] == [number(1)]


def test_a_list_of_notices_keeps_what_the_register_does_not_have_yet(
    register: Clerk,
) -> None:
    row = f"{number(7)},2026.01.09,专利权的终止,未缴年费专利权终止"
    found = taken(register, made.sheet(HEADER, row))
    assert told(found) == (1, 1, 0, 0, 0)
    (warning,) = found["warnings"]
    assert (warning["code"], warning["value"]) == ("patent_unknown", number(7))
    write_csv(Path("more.csv"), rows(1, first=7, 已缴年费年度="10"))
    register.run("import", "more.csv", "--partial", *ON)
    assert register.json("explain", number(7), *ON)["state"] == "ended"


def test_a_kind_of_patent_that_is_not_watched_is_passed_over(register: Clerk) -> None:
    row = "201520000001.6,2026.01.09,专利权的终止,未缴年费专利权终止"
    found = taken(register, made.sheet(HEADER, row))
    assert (found["skipped"], [skip["code"] for skip in found["skips"]]) == (
        1,
        ["type_not_watched"],
    )


def test_a_row_that_cannot_be_read_is_rejected_and_the_others_are_taken(
    register: Clerk,
) -> None:
    good = f"{number(1)},2026.01.09,专利权的终止,未缴年费专利权终止"
    bad = good.replace(number(1), f"{number(1)[:-1]}9")
    found = taken(register, made.sheet(HEADER, good, bad), status=1)
    assert told(found) == (2, 1, 0, 0, 1)


def test_a_trial_writes_nothing(register: Clerk) -> None:
    before = register.stored()
    found = taken(register, made.prs(lapse(1), lapse(2)), "--dry-run")
    assert told(found) == (2, 2, 0, 0, 0)
    assert found["run"] is None
    assert register.stored() == before


def test_an_import_taken_back_leaves_no_trace(register: Clerk) -> None:
    told_of = ("patents", "holders", "facts", "events", "reviews", "run_changes")
    before = {name: rows for name, rows in register.stored().items() if name in told_of}
    run = taken(register, made.prs(lapse(1), lapse(2)))["run"]
    words = ("import", "undo", str(run), "--by", "张", "--reason", "错", *ON)
    assert register.json(*words)[0]["patents"] == 2
    after = {name: rows for name, rows in register.stored().items() if name in told_of}
    assert after == before
    assert register.json("explain", number(1), *ON)["state"] != "ended"


def test_after_an_undo_the_same_file_is_new_again(register: Clerk) -> None:
    run = taken(register, made.prs(lapse(1)))["run"]
    register.run("import", "undo", str(run), "--by", "张", "--reason", "错", *ON)
    assert told(taken(register, made.prs(lapse(1)))) == (1, 1, 0, 0, 0)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(b"<html><body>\xe7\x99\xbb\xe5\xbd\x95</body></html>", id="login"),
        pytest.param(made.prs(lapse(1))[:300], id="cut-short"),
        pytest.param(b"", id="empty"),
    ],
)
def test_a_file_that_is_none_is_refused_and_nothing_of_it_kept(
    register: Clerk, content: bytes
) -> None:
    before = register.rows("events")
    Path("status.xml").write_bytes(content)
    (found,) = register.json("status", "import", "status.xml", *ON, status=1)
    assert found["refused"] or found["rejected"]
    assert register.rows("events") == before


def test_a_missing_file_is_refused(register: Clerk) -> None:
    (found,) = register.json("status", "import", "none.xml", *ON, status=1)
    assert found["refused"]
    assert "none.xml：找不到文件" in found["refusal"]


def test_a_day_of_look_up_to_come_is_a_mistake_of_usage(register: Clerk) -> None:
    Path("status.xml").write_bytes(made.prs(lapse(1)))
    register.run(
        "status", "import", "status.xml", "--as-of", "2026-11-23", *ON, status=2
    )


def test_a_clerk_reads_what_became_of_a_file(register: Clerk) -> None:
    Path("status.xml").write_bytes(made.prs(lapse(1), lapse(7)))
    shown = register.run("status", "import", "status.xml", *ON)
    assert "读 2 行，采用 1（新增 1、变更 0、未变 0），略过 1，退回 0" in shown
    assert f"略过 专利 {number(7)} 不在登记中" in shown


def sources(clerk: Clerk, on: str, status: int = 0) -> dict[str, Any]:
    (found,) = clerk.json("status", "sources", "--on", on, status=status)
    assert isinstance(found, dict)
    return found


def finding(clerk: Clerk, on: str) -> dict[str, Any]:
    result = clerk.invoke("doctor", "--on", on, "--json")

    findings = json.loads(result.stdout)["findings"]
    found = next(one for one in findings if one["subject"] == "法律状态来源")
    assert isinstance(found, dict)
    return found


@pytest.mark.parametrize(
    ("on", "stale"),
    [
        pytest.param("2026-11-28", False, id="six-days-later"),
        pytest.param("2026-11-29", False, id="seven-days-later"),
        pytest.param("2026-11-30", True, id="eight-days-later"),
    ],
)
def test_a_source_is_stale_after_seven_days(
    register: Clerk, on: str, *, stale: bool
) -> None:
    taken(register, made.prs(lapse(1)))
    found = sources(register, on, status=int(stale))
    assert (found["source"], found["stale"]) == ("prs_xml", stale)
    shown = register.run("status", "sources", "--on", on, status=int(stale))
    assert "数据截至 2026-11-22" in shown
    assert ("已超过 7 天" in shown) == stale
    judged = finding(register, on)
    assert judged["ok"] != stale
    assert "数据截至 2026-11-22" in judged["text"]


def test_without_any_source_nothing_is_stale(register: Clerk) -> None:
    assert register.json("status", "sources", *ON) == []
    assert register.run("status", "sources", *ON).startswith("还没有导入")
    assert finding(register, "2026-11-22")["ok"]


def test_one_fresh_source_is_enough_for_the_doctor(register: Clerk) -> None:
    taken(register, made.prs(lapse(1)))
    row = f"{number(2)},2026.01.09,专利权的终止,未缴年费专利权终止"
    Path("notices.csv").write_bytes(made.sheet(HEADER, row))
    register.run("status", "import", "notices.csv", "--on", "2026-12-20")
    assert len(register.json("status", "sources", "--on", "2026-12-20", status=1)) == 2
    assert finding(register, "2026-12-20") == {
        "subject": "法律状态来源",
        "ok": True,
        "text": "数据截至 2026-12-20",
    }
