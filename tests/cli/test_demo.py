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
from patentwatch.demo.cast import cast
from patentwatch.demo.city import City, Sample, sample_city
from patentwatch.demo.people import Owner
from patentwatch.store import directory
from patentwatch.store.engine import connect, reading
from patentwatch.store.tables import alerts
from patentwatch.store.vault import unlock
from tests.demo_lights import LETTERS, LIGHTS

ON = "2026-11-23"

BOTH, MAIL = ("email", "sms"), ("email",)
BANK = invented.BANK.email

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

PLEDGED = ("质押1", "质押2", "质押3")
CONSEQUENTIAL = (*PLEDGED, "获奖", "学院")
"""Parts of the year of records on which others still depend: loans that nobody has paid
back, an award, an open licence that is carried out."""

RUNG_WHEN_CONSEQUENTIAL = SAID.keys() - {"notice"}
"""From thirty days before the due day on an official is asked to telephone."""

BEFORE_THE_LAST_DAY = {"notice", "reminder", "last_fee", "urgent"}
"""Stages of which the bank does not hear yet."""

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


def numbers(city: City, parts: tuple[str, ...]) -> set[str]:
    return {cast(city)[part].number for part in parts}


def expected(city: City) -> set[Alert]:
    return told_to_owners(city) | told_to_the_bank(city)


def told_to_the_bank(city: City) -> set[Alert]:
    """Return what the pledgee of a loan hears once the last day in time is over."""
    return {
        (sample.number, sample.fee_year, SAID[stage][0], "sure", "email", BANK)
        for sample in (cast(city)[part] for part in PLEDGED)
        if (stage := sample.stage.name) not in BEFORE_THE_LAST_DAY
    }


def told_to_owners(city: City) -> set[Alert]:
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
    depended_on = numbers(shown.city, CONSEQUENTIAL)
    rung = [r.application_no for r, _ in made if r.channel == "call"]
    assert len(rung) == len(set(rung)) == shown.first["calls"]
    for sample in shown.city.samples:
        tier = SAID.get(sample.stage.name, ("notice",))[0]
        instead = not set(routes(sample)) and tier != "notice"
        grave = sample.stage.name in RUNG_FOR_ALL
        if sample.number in depended_on:
            grave = sample.stage.name in RUNG_WHEN_CONSEQUENTIAL
        assert (sample.number in rung) is (instead or grave), sample


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
    for one in (*found.values(), *shown.first["records"]):
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
    for name in (*kinds, "tiers", "counties", "calls", "silent", "lights"):
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
    # A month, and what is due of the loans of the year of records.
    assert to[BANK] == 2
    assert shown.first["reports"] == 2 * len(officials) + 1
    bodies = [m.get_body(("plain",)) for m in mails if BANK in str(m["To"])]
    told = sorted(body.get_content() for body in bodies if body is not None)
    assert ["与贵方权益相关的2件专利" in text for text in told].count(True) == 1
    assert ["质押" in text for text in told].count(True) == 1


def test_the_page_leads_to_papers_whose_numbers_are_masked(shown: Shown) -> None:
    page = (shown.folder / "index.html").read_text("utf-8")
    links = re.findall(r'href="(papers/[^"]+)"', page)
    assert 'href="records/pledge_loan.xlsx"' in page
    made = {f"papers/{path.name}" for path in shown.folder.glob("papers/*")}
    assert sorted(links) == sorted(made)
    assert Counter(Path(link).suffix for link in links) == {
        ".html": 5,
        ".xlsx": 6,
        ".pdf": 2,
        ".docx": 1,
    }
    for link in links:
        content = (shown.folder / link).read_bytes()
        if link.endswith((".xlsx", ".docx")):
            with ZipFile(BytesIO(content)) as book:
                content = b"".join(book.read(name) for name in book.namelist())
        assert not re.search(rb"1380000\d{4}", content), link


def test_the_page_shows_the_lights_of_the_four_quarter_days(shown: Shown) -> None:
    page = (shown.folder / "index.html").read_text("utf-8")
    rows = re.findall(
        r"<tr><td>(.*?)</td><td class=\"g\">(\d+)</td><td class=\"y\">(\d+)</td>"
        r"<td class=\"r\">(\d+)</td></tr>",
        page,
    )
    days = ("3月31日", "6月30日", "9月30日", "12月31日")
    assert rows == [
        (f"2023年{day}", *map(str, counted.values()))
        for day, counted in zip(days, lights(shown.city), strict=True)
    ]


def test_the_lights_are_those_of_the_story_and_of_the_register(shown: Shown) -> None:
    words = ("green", "yellow", "red")
    found = [{word: one[word] for word in words} for one in shown.first["lights"]]
    assert found == lights(shown.city)
    assert [one["on"] for one in shown.first["lights"]] == [
        "2023-03-31",
        "2023-06-30",
        "2023-09-30",
        "2023-12-31",
    ]


def lights(city: City) -> list[dict[str, int]]:
    """Return how many lights there are of each colour on the four quarter days."""
    letters = [*LIGHTS.values(), *of_the_register(city)]
    return [
        {word: [one[i] for one in letters].count(letter) for letter, word in words}
        for i in range(4)
        for words in [LETTERS.items()]
    ]


def of_the_register(city: City) -> Iterator[str]:
    """Yield the lights of what the register measures, 3.6 and 3.7, then 6.1 to 6.7."""
    yield ownership(city, target=3)
    # 255 of high value on the first day, of 374.3 (ten thousands): 0.68 is far below
    # the line to 1.1, but above 0.6 of it.
    yield "GYYY"
    yield "GGGG"  # every county of the configuration has a unit
    yield "GGGG"  # the database has patents
    yield from ("YYYY",) * 3  # no list of that year: age, reminders, lapses are unknown
    yield from ("GGGG",) * 2  # patents were granted in the year, and none is known lost


def ownership(city: City, *, target: int) -> str:
    """Return the lights of patents to ten thousand people, on the line to a target."""
    first_on, last_on = date(2023, 1, 1), date(2023, 12, 31)

    def held(on: date) -> float:
        """Return how many of the samples, each of which is still listed, stood."""
        return sum(one.grant_on <= on for one in city.samples) / 374.3

    letters = ""
    for month, day in ((3, 31), (6, 30), (9, 30), (12, 31)):
        on = date(2023, month, day)
        share = (on - first_on).days / (last_on - first_on).days
        line = held(first_on) + (target - held(first_on)) * share
        letters += "G" if held(on) >= 0.9 * line else "Y"
    return letters


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

    # Two of the loans stand on patents whose fee was looked up and is not paid: their
    # bank and their county hear of it. One of the patents that were transferred is
    # licensed by a record, and the licensee hears of that.
    news = asked("news")
    assert Counter((one["kind"], one["audience"]) for one in news) == {
        ("ended", "official"): 1,
        ("transferred", "official"): 2,
        ("transferred", "linked"): 1,
        ("pledged_unpaid", "official"): 2,
        ("pledged_unpaid", "linked"): 2,
    }
    unpaid = [one for one in news if one["kind"] == "pledged_unpaid"]
    assert {one["application_no"] for one in unpaid} == numbers(
        shown.city, ("质押1", "质押3")
    )
    [licensed] = [
        one
        for one in news
        if (one["kind"], one["audience"]) == ("transferred", "linked")
    ]
    licensee = cast(shown.city)["经开3"].owners[0]
    assert licensed["recipient"] == f"party:{licensee.name}"
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
        "plan",
        "plan",
        "plan",
        "record",
    ]
    for command in shown.first["next"]:
        result = CliRunner().invoke(main, shlex.split(command)[1:])
        assert result.exit_code == 0, result.output
        assert result.stdout
    for name in ("next-ledger.xlsx", "next-bulletin.docx"):
        assert (shown.folder / name).stat().st_size > 0
