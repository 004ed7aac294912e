"""`demo` says to everybody exactly what the stage of his patent asks for, once."""

import json
import re
import shlex
import shutil
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from email import message_from_bytes, policy
from io import BytesIO
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest
from click.testing import CliRunner, Result
from sqlalchemy import select

from patentwatch import config, rulefiles
from patentwatch.cli import main
from patentwatch.demo import people as invented
from patentwatch.demo.city import City, Sample, sample_city
from patentwatch.demo.people import Owner
from patentwatch.store import directory
from patentwatch.store.engine import connect, reading
from patentwatch.store.tables import alerts
from patentwatch.store.vault import unlock

ON = "2026-11-23"

BOTH, MAIL = ("email", "sms"), ("email",)

SAID: dict[str, tuple[str, tuple[str, ...]]] = {
    "notice": ("notice", MAIL),
    "reminder": ("reminder", BOTH),
    "last_fee": ("reminder", BOTH),
    "urgent": ("urgent", BOTH),
    "overdue": ("overdue", BOTH),
    "overdue_soft": ("overdue", BOTH),
    "surcharge_1": ("surcharge_1", MAIL),
    "surcharge_2": ("surcharge_2", BOTH),
    "surcharge_2_list": ("surcharge_2", BOTH),
    "surcharge_3": ("surcharge_3", MAIL),
    "surcharge_3_status": ("surcharge_3", MAIL),
    "surcharge_4": ("surcharge_4", BOTH),
    "final": ("final", BOTH),
    "final_soft": ("final", BOTH),
    "last_week": ("last_week", BOTH),
    "last_week_soft": ("final", BOTH),
    "lapsed": ("lapsed", BOTH),
    "restore": ("restore", BOTH),
}
"""The one tier that is true for a stage; every other stage is silent."""

SOFT = {"overdue_soft", "final_soft", "last_week_soft"}
RUNG_FOR_ALL = {
    "final",
    "final_soft",
    "last_week",
    "last_week_soft",
    "lapsed",
    "restore",
}
"""From the last month on an official is asked to telephone, whoever was written to."""

Alert = tuple[str, int, str, str, str, str]


@dataclass(frozen=True)
class Shown:
    """A folder in which the demo ran twice, and what it printed."""

    folder: Path
    first: dict[str, Any]
    second: dict[str, Any]
    city: City


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["demo", *arguments])


def document(*arguments: str) -> dict[str, Any]:
    result = run(*arguments, "--json")
    assert result.exit_code == 0, result.output
    found = json.loads(result.stdout)
    assert isinstance(found, dict)
    return found


@pytest.fixture(scope="module")
def shown(tmp_path_factory: pytest.TempPathFactory) -> Shown:
    folder = tmp_path_factory.mktemp("demo") / "city"
    arguments = ("--dir", str(folder), "--on", ON)
    city = sample_city(date.fromisoformat(ON), rulebook=rulefiles.load(None))
    return Shown(folder, document(*arguments), document(*arguments), city)


@pytest.fixture(scope="module")
def made(shown: Shown) -> list[tuple[Any, str]]:
    """Return every alert that exists, with the address behind its recipient."""
    settings = config.load(shown.folder / "patentwatch.toml", environ={})
    vault = unlock(settings.database.key_file)
    engine = connect(settings.database.url)
    with reading(engine) as connection:
        rows = connection.execute(select(alerts)).all()
        known = directory.by_recipients(connection, vault, {r.recipient for r in rows})
    engine.dispose()
    return [
        (row, known[row.recipient].address if row.recipient in known else "")
        for row in rows
    ]


def routes(sample: Sample) -> Iterator[tuple[str, str]]:
    """Yield (channel, address) of whoever hears of a sample, by the rules of §6."""
    firm = next(
        (a for a in invented.AGENCIES if a.name == sample.owners[0].agency), None
    )
    agency = set(ways(firm)) if firm else set()
    handed_over = {o for o in sample.owners if agency and o.standing == "代理机构缴费"}
    own = {w for o in sample.owners for w in ways(o)}
    if not own:
        yield from agency
        return
    if handed_over:
        yield from agency
    late = sample.stage.name in RUNG_FOR_ALL
    yield from {
        w for o in sample.owners if late or o not in handed_over for w in ways(o)
    }


def ways(owner: Owner) -> Iterator[tuple[str, str]]:
    if owner.mobile and owner.sms_consent is not False:
        yield "sms", f"+86{owner.mobile}"
    mail = owner.email and owner.email_consent is not False
    if mail and owner.standing != "只发短信":
        yield "email", owner.email


def expected(city: City) -> set[Alert]:
    return {
        (
            sample.number,
            sample.fee_year,
            SAID[sample.stage.name][0],
            "presumed" if sample.stage.name in SOFT else "sure",
            channel,
            address,
        )
        for sample in city.samples
        if sample.stage.name in SAID
        for channel, address in routes(sample)
        if channel in SAID[sample.stage.name][1]
    }


def test_every_stage_gets_its_tier_and_nobody_anything_else(
    shown: Shown, made: list[tuple[Any, str]]
) -> None:
    said = [
        (
            row.application_no,
            row.fee_year,
            row.tier,
            "presumed" if row.evidence == "presumed" else "sure",
            row.channel,
            address,
        )
        for row, address in made
        if row.state == "accepted"
    ]
    assert len(said) == len(set(said))
    assert set(said) == expected(shown.city)
    assert {row.state for row, _ in made if row.channel != "call"} == {
        "accepted",
        "superseded",
    }


def test_an_official_is_to_ring_in_the_last_month_and_where_nobody_can_be_written_to(
    shown: Shown, made: list[tuple[Any, str]]
) -> None:
    rung = [r.application_no for r, _ in made if r.channel == "call"]
    assert len(rung) == len(set(rung)) == shown.first["calls"]
    for sample in shown.city.samples:
        tier = SAID.get(sample.stage.name, ("notice",))[0]
        instead = not set(routes(sample)) and tier != "notice"
        expected_call = instead or sample.stage.name in RUNG_FOR_ALL
        assert (sample.number in rung) is expected_call, sample


def test_one_message_a_recipient_holds_all_that_is_to_be_said_to_him(
    shown: Shown, made: list[tuple[Any, str]]
) -> None:
    recipients = Counter(
        (channel, address) for *_, channel, address in expected(shown.city)
    )
    emails = {address for channel, address in recipients if channel == "email"}
    assert shown.first["emails"] == len(emails)
    assert shown.first["sms"] == len(recipients) - len(emails)
    university = {
        row.message_id
        for row, address in made
        if address == invented.UNIVERSITY.email and row.state == "accepted"
    }
    assert len(university) == 1
    assert recipients["email", invented.UNIVERSITY.email] == 26
    [mail] = [
        path
        for path in shown.folder.glob("outbox/*/email/*.eml")
        if invented.UNIVERSITY.email.encode() in path.read_bytes()
    ]
    assert b"annuities.xlsx" in mail.read_bytes()


def test_every_file_is_counted_row_by_row(shown: Shown) -> None:
    found = {one["file"]: one for one in shown.first["files"]}
    # Four bad rows in one sheet and a contradiction of two in another; an other
    # type, a total, a repeated row, an ended patent and a repeated header.
    assert (found["register.xlsx"]["rejected"], found["register.xlsx"]["skipped"]) == (
        6,
        5,
    )
    # 1,100 patents and one whose county cannot be told.
    accepted = [found[name]["accepted"] for name in list(found)[:2]]
    assert sum(accepted) == 1101 == sum(c["patents"] for c in shown.first["counties"])
    assert found["taiqian-gb18030.csv"]["rejected"] == 1
    assert found["contacts.csv"]["rejected"] == 2
    assert found["payments.csv"]["rejected"] == 1
    # Two paid by their own word, and a word that nobody can be sure of.
    answered = found["answers.csv"]
    assert (answered["accepted"], answered["rejected"]) == (2, 1)
    # A number without its check digit, a notice without a day.
    notices = found["notices.csv"]
    assert (notices["accepted"], notices["rejected"]) == (9, 2)
    assert (
        found["checksheet.xlsx"]["rejected"],
        found["checksheet.xlsx"]["skipped"],
    ) == (
        1,
        2,
    )
    for one in found.values():
        assert one["read"] == one["accepted"] + one["skipped"] + one["rejected"]


def test_silence_has_its_reasons(shown: Shown) -> None:
    count = {s.stage.name: s.stage.count for s in shown.city.samples}
    silent = shown.first["silent"]
    answered = 2
    unknown = count["unconfirmed"] + count["quiet"] - answered
    assert silent["not_confirmed"] == unknown
    assert silent["on_hold"] == count["contradiction"] + count["reduced_receipt"]


def test_a_second_run_says_nothing_twice(shown: Shown) -> None:
    kinds = ("emails", "sms", "reports")
    assert shown.first["written_now"] == sum(shown.first[kind] for kind in kinds)
    assert shown.second["written_now"] == 0
    for name in (*kinds, "tiers", "counties", "calls", "silent"):
        assert shown.second[name] == shown.first[name]
    written = list(shown.folder.glob("outbox/*/*/*"))
    assert len(written) == shown.first["written_now"]


def test_the_page_shows_every_message(shown: Shown) -> None:
    page = (shown.folder / "index.html").read_text("utf-8")
    assert page.count("打开原文件") == shown.first["written_now"]
    assert "{{" not in page
    assert "138****" in page
    assert "+861380000" not in page


def test_officials_and_the_bank_get_their_reports_by_mail(shown: Shown) -> None:
    mails = [
        message_from_bytes(path.read_bytes(), policy=policy.default)
        for path in shown.folder.glob("outbox/*/email/*.eml")
    ]
    to = Counter(mail["To"].addresses[0].addr_spec for mail in mails)
    officials = [official.email for *_, official in invented.officials()]
    # A week and a month for each official, a month for the bank.
    assert {email: to[email] for email in officials} == dict.fromkeys(officials, 2)
    assert to[invented.BANK.email] == 1
    assert shown.first["reports"] == 2 * len(officials) + 1
    [bank] = [m for m in mails if invented.BANK.email in str(m["To"])]
    body = bank.get_body(("plain",))
    assert body is not None
    assert "质押" in body.get_content()


def test_the_page_leads_to_papers_whose_numbers_are_masked(shown: Shown) -> None:
    page = (shown.folder / "index.html").read_text("utf-8")
    links = re.findall(r'href="(papers/[^"]+)"', page)
    made = {f"papers/{path.name}" for path in shown.folder.glob("papers/*")}
    assert sorted(links) == sorted(made)
    assert Counter(Path(link).suffix for link in links) == {
        ".html": 4,
        ".xlsx": 5,
        ".pdf": 2,
    }
    for link in links:
        content = (shown.folder / link).read_bytes()
        if link.endswith(".xlsx"):
            with ZipFile(BytesIO(content)) as book:
                content = b"".join(book.read(name) for name in book.namelist())
        assert not re.search(rb"1380000\d{4}", content), link


def test_the_call_sheet_of_the_page_is_the_county_with_most_calls(shown: Shown) -> None:
    named = [county for county in shown.first["counties"] if county["code"]]
    busiest = max(county["calls"] for county in named)
    [code] = [
        path.stem.removeprefix("calls-") for path in shown.folder.glob("papers/calls-*")
    ]
    assert {c["code"]: c["calls"] for c in named}[code] == busiest > 0


def test_no_mail_speaks_of_a_reduction_that_takes_nothing_off(shown: Shown) -> None:
    # A reduction reaches ten years; the fees of later years are full again.
    page = (shown.folder / "index.html").read_text("utf-8")
    claims = re.findall(r"年年费(\d+)元（已按减缴\d+%计算，全额(\d+)元）", page)
    assert claims
    assert [claim for claim in claims if claim[0] == claim[1]] == []


def test_the_same_day_elsewhere_gives_the_same_numbers(
    shown: Shown, tmp_path: Path
) -> None:
    other = document("--dir", str(tmp_path / "other"), "--on", ON)
    for name in ("files", "counties", "tiers", "silent", "calls", "emails", "sms"):
        assert other[name] == shown.first[name]


def test_a_week_later_only_what_is_new_is_said(shown: Shown, tmp_path: Path) -> None:
    folder = shutil.copytree(shown.folder, tmp_path / "later")
    later = document("--dir", str(folder), "--on", "2026-11-30")
    assert 0 < later["written_now"] < shown.first["written_now"]


def test_a_folder_with_other_things_in_it_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    result = run("--dir", str(tmp_path), "--on", ON)
    assert result.exit_code == 2
    assert "不是空的" in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["mine.txt"]


def test_a_file_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("mine", encoding="utf-8")
    result = run("--dir", str(tmp_path / "mine.txt"), "--on", ON)
    assert result.exit_code == 2
    assert "空文件夹" in result.output


def test_a_day_before_the_city_is_refused(shown: Shown) -> None:
    result = run("--dir", str(shown.folder), "--on", "2026-11-22")
    assert result.exit_code == 2
    assert ON in result.output


def test_a_person_is_told_in_aligned_tables(shown: Shown) -> None:
    result = run("--dir", str(shown.folder), "--on", ON)
    assert result.exit_code == 0
    assert str(shown.folder / "index.html") in result.output
    for word in (
        "读入的文件",
        "华龙区",
        "临期",
        "未核实是否欠费",
        " why ",
        " explain ",
    ):
        assert word in result.output


def test_the_installation_it_leaves_is_sound(shown: Shown) -> None:
    config_file = str(shown.folder / "patentwatch.toml")
    result = CliRunner().invoke(main, ["--config", config_file, "doctor", "--on", ON])
    assert result.exit_code == 0, result.output


def test_its_notices_become_news_and_one_waits_for_a_person(shown: Shown) -> None:
    config_file = str(shown.folder / "patentwatch.toml")

    def asked(*words: str) -> list[dict[str, Any]]:
        result = CliRunner().invoke(
            main, ["--config", config_file, "status", *words, "--on", ON, "--json"]
        )
        found: list[dict[str, Any]] = json.loads(result.stdout)
        return found

    assert sorted(one["kind"] for one in asked("news")) == [
        "ended",
        "transferred",
        "transferred",
    ]
    [question] = asked("mismatches")
    assert (question["kind"], question["holds"]) == ("unread_event", False)


def test_what_it_says_to_try_next_works(shown: Shown) -> None:
    words = [shlex.split(command)[3] for command in shown.first["next"]]
    assert words == [
        "why",
        "explain",
        "digest",
        "calls",
        "statement",
        "answers",
        "status",
        "checksheet",
        "simulate",
        "audit",
    ]
    for command in shown.first["next"]:
        result = CliRunner().invoke(main, shlex.split(command)[1:])
        assert result.exit_code == 0, result.output
        assert result.stdout
