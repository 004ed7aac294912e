"""`digest`: on the screen, in files, and one made before; numbers never in clear."""

import json
from io import BytesIO
from pathlib import Path

import pytest
from openpyxl import load_workbook

from patentwatch import clock, config, digestmaking, installation
from patentwatch.store.engine import connect
from patentwatch.store.vault import unlock
from tests.clerk import ON, Clerk
from tests.lists import ON as DAY
from tests.lists import number

PHONE, PERSON = "13800000001", "张三"
WEEK = ("--window-start", "2026-11-09")


def make(office: Clerk) -> None:
    """Let the digests of the day be made, as the daemon does."""
    settings = config.load(office.folder / "patentwatch.toml", environ={})
    engine = connect(settings.database.url)
    vault = unlock(settings.database.key_file)
    here = installation.put_together(settings, engine, vault)
    digestmaking.make_due(engine, vault, here.rules, settings, now=clock.at_nine(DAY))
    engine.dispose()


@pytest.fixture
def read(office: Clerk) -> Clerk:
    """Return an office with an official of its county."""
    office.run(
        "contacts", "add", "华龙区市场监管局", "--role", "county_official",
        "--email", "hualong@example.cn", "--county", "华龙区", "--by", "李", *ON,
    )  # fmt: skip
    office.run("run", "--once", *ON)
    return office


def test_a_countys_week_is_shown_masked(read: Clerk) -> None:
    text = read.run("digest", "--county", "华龙区", *ON)
    assert text.startswith("华龙区专利年费周报\n2026年11月9日至15日\n")
    assert f"ZL{number(1)}" in text
    assert "138****0001" in text
    assert number(2) not in text
    for secret in (PHONE, PERSON):
        assert secret not in text + read.run("digest", *ON)


def test_a_county_without_anything_due_is_told_so(read: Clerk) -> None:
    assert "本期无到期、无逾期事项" in read.run("digest", "--county", "南乐县", *ON)


def test_json_has_the_whole_digest(read: Clerk) -> None:
    found = read.json("digest", "--county", "410902", "--period", "month", *ON)
    assert found["window"] == {
        "kind": "month",
        "start_on": "2026-10-01",
        "end_on": "2026-10-31",
    }
    assert [one["patent"]["application_no"] for one in found["at_risk"]] == [number(1)]
    assert found["calls"][0]["phones"] == [{"name": "张*", "number": "138****0001"}]


@pytest.mark.parametrize("ending", ["html", "txt", "xlsx", "ics"])
def test_a_file_is_written_by_its_ending(read: Clerk, ending: str) -> None:
    out = Path(f"digest.{ending}")
    told = read.run("digest", "--county", "华龙区", "--out", str(out), *ON)
    assert told.startswith(f"已写出 {out}：华龙区专利年费周报")
    content = out.read_bytes()
    assert PHONE.encode() not in content
    begins = {"html": b"<!DOCTYPE html>", "xlsx": b"PK", "ics": b"BEGIN:VCALENDAR"}
    assert content.startswith(begins.get(ending, "华龙区".encode()))


def sheet(out: Path) -> str:
    book = load_workbook(BytesIO(out.read_bytes()))
    return str(list(book["今日电话"].values))


def test_full_numbers_go_into_a_workbook_on_the_record(read: Clerk) -> None:
    words = ("digest", "--county", "华龙区", "--out", "digest.xlsx", *ON)
    read.run(*words)
    assert PHONE not in sheet(Path("digest.xlsx"))
    read.run(*words, "--unmask", "--dry-run")
    assert "unmasked" not in {row["action"] for row in read.rows("audit")}
    printed = read.run(*words, "--unmask", "--json")
    assert PHONE in sheet(Path("digest.xlsx"))
    assert read.rows("audit")[-1]["action"] == "unmasked"
    for secret in (PHONE, PERSON):
        assert secret not in printed
    assert Path("digest.xlsx").stat().st_mode & 0o077 == 0


def test_one_made_before_is_shown_as_it_was(read: Clerk) -> None:
    make(read)
    words = ("digest", "--county", "华龙区", *WEEK)
    before = read.run(*words, *ON)
    read.run(
        "payments", "add", number(1), "--year", "12", "--paid-on", "2026-11-20",
        "--yuan", "9000", "--by", "李", "--reason", "票据", *ON,
    )  # fmt: skip
    assert read.run(*words, "--on", "2027-03-01") == before
    assert read.run("digest", "--county", "华龙区", *ON) != before


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(["--county", "火星"], "火星", id="county"),
        pytest.param(
            ["--out", "a.doc"], "应以 .html、.txt、.xlsx、.ics、.pdf 结尾", id="end"
        ),
        pytest.param(["--out", "no/a.txt"], "文件夹 no 不存在", id="folder"),
        pytest.param(["--unmask"], "只与 --out 文件.xlsx 同用", id="screen"),
        pytest.param(["--unmask", "--out", "a.html"], "只与 --out", id="page"),
        pytest.param(
            ["--county", "华龙区", "--window-start", "2026-11-10"],
            "已经做好的期间从这些日子开始：2026-11-09",
            id="no-such-window",
        ),
        pytest.param(
            ["--county", "南乐县", "--out", "a.ics"], "不必写日历", id="no-days"
        ),
    ],
)
def test_what_cannot_be_shown_is_refused(
    read: Clerk, words: list[str], told: str
) -> None:
    make(read)
    assert told in read.run("digest", *words, *ON, status=2)


def test_doctor_names_an_official_who_cannot_get_one(office: Clerk) -> None:
    def told() -> tuple[bool, str]:
        result = office.invoke("doctor", "--json", *ON)
        findings = json.loads(result.stdout)["findings"]
        (one,) = [f for f in findings if f["subject"] == "负责人"]
        return one["ok"], one["text"]

    assert told() == (True, "还没有登记负责人的邮箱，周报和月报不会发给任何人")
    add = ("contacts", "add", "清丰县局", "--role", "county_official", "--county",
           "清丰县", "--by", "李", *ON)  # fmt: skip
    office.run(*add, "--phone", "13700000007")
    assert told() == (False, "清丰县局 没有可用的邮箱，收不到周报和月报；请登记")
    office.run(*add, "--email", "q@example.cn")
    assert told() == (True, "没有负责人邮箱的县区：华龙区、南乐县")


def test_one_page_for_the_chat_group_is_a_pdf_without_numbers(
    read: Clerk, tmp_path: Path
) -> None:
    page = tmp_path / "page.pdf"
    read.run("digest", "--county", "华龙区", "--out", str(page), *ON)
    content = page.read_bytes()
    assert content.startswith(b"%PDF-")
    assert PHONE.encode() not in content
