"""What went wrong in other systems must not go wrong here: their bugs, by number.

Each test is one of the vectors drawn from the faults that users of other systems
reported.
"""

import csv
import shutil
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from sqlalchemy import Engine, select

from patentwatch import config
from patentwatch.audit import audit
from patentwatch.errors import ConfigError
from patentwatch.law import terms
from patentwatch.model import Channel, FactKind, State
from patentwatch.settings import LawSettings
from patentwatch.store.engine import reading
from patentwatch.store.tables import patents
from patentwatch.store.vault import Vault
from tests.line import (
    DUE,
    WINDOWS,
    Line,
    assert_accounted_for,
    at,
    days,
    live,
)
from tests.lists import Desk, number, row, rows, write_xlsx
from tests.mail_sink import Sink, sink, text_of
from tests.test_dispatch import (
    Interrupted,
    crashing_after_the_wire,
    instant_after_the_lease,
)

NOTICE, REMINDER, URGENT = (DUE - days(n) for n in (90, 30, 7))
PATIENCE = 60
ROOT = Path(__file__).parents[1]


@pytest.fixture
def server() -> Iterator[Sink]:
    with sink() as found:
        yield found


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Any, server: Sink) -> Line:
    return Line(engine, vault, settings(**live(server.port)))


def said(line: Line) -> list[tuple[str, str]]:
    """Return (tier, recipient) of everything that was said, oldest first."""
    return [
        (one.tier, one.recipient) for one in line.alerts(state=State.ACCEPTED.value)
    ]


def test_vector_01_daemon_off_d31_to_d29_gives_exactly_one_message(
    line: Line, server: Sink
) -> None:
    line.patent()
    line.contact("a@b.example")
    line.tick(NOTICE)
    line.tick(DUE - days(32))
    server.take_all()
    for late in (28, 27, 8):
        line.tick(DUE - days(late))
    (mail,) = server.take_all()
    assert "最迟2026年5月11日" in text_of(mail)
    assert text_of(mail).rstrip().endswith("2026年4月13日")  # D − 28, not D − 30
    assert line.fates(tier="reminder") == [("reminder", "accepted", "said")]


def test_vector_02_off_for_ninety_days_gives_one_message_and_two_superseded(
    line: Line, server: Sink
) -> None:
    line.patent()
    line.contact("a@b.example")
    line.tick(NOTICE - days(1))
    line.tick(DUE - days(1))
    assert server.count == 1
    assert sorted(line.fates()) == [
        ("notice", "superseded", "superseded"),
        ("reminder", "superseded", "superseded"),
        ("urgent", "accepted", "said"),
    ]


def test_vector_03_a_dead_relay_is_told_and_loses_nothing(
    line: Line, server: Sink
) -> None:
    for n in range(3):
        line.patent(owners=(f"公司{n}",))
        line.contact(f"a{n}@b.example", f"公司{n}")
    server.answers(banner="421 4.3.2 not now")
    line.look(REMINDER)
    done = line.deliver(REMINDER)
    assert done.accepted == 0
    assert done.retry > 0
    assert done.needs_a_person
    assert {one.state for one in line.messages()} == {"pending"}
    assert_accounted_for(line, REMINDER)


def test_vector_04_a_crash_after_the_wire_gives_a_copy_that_can_be_recognised(
    line: Line, server: Sink
) -> None:
    line.patent()
    line.contact("a@b.example")
    line.look(REMINDER)
    with pytest.raises(Interrupted):
        line.deliver(REMINDER, mail=crashing_after_the_wire(server.port))
    for _ in range(2):
        line.deliver(instant_after_the_lease())
    first, copy = server.take_all()
    assert first["Message-ID"] == copy["Message-ID"]
    assert said(line) == [("reminder", line.alerts()[0].recipient)]


@pytest.mark.parametrize("database_url", ["postgres"], indirect=True)
def test_vector_05_two_daemons_and_a_thousand_ticks_repeat_nothing(
    line: Line, server: Sink
) -> None:
    # On SQLite a second daemon finds the lock taken and does not start at all.
    line.patent()
    line.contact("a@b.example")
    begins, skew = at(NOTICE - days(2), 9), timedelta(seconds=30)
    together = threading.Barrier(2)

    def run(late: timedelta) -> None:
        for tick in range(500):
            together.wait(PATIENCE)
            line.tick(begins + tick * timedelta(hours=5) + late)

    with ThreadPoolExecutor(2) as daemons:
        for ended in [daemons.submit(run, late) for late in (0 * skew, skew)]:
            ended.result()
    keys = [one.key for one in line.alerts()]
    assert len(keys) == len(set(keys))
    # 500 × 5 hours end on D + 12: all before the soft word of the first month.
    assert [tier for tier, _ in said(line)] == ["notice", "reminder", "urgent"]
    assert server.count == 3


def test_vector_06_a_date_corrected_by_a_year_arms_the_tiers_anew(
    line: Line, server: Sink
) -> None:
    patent = line.patent()
    line.contact("a@b.example")
    line.fact(patent, FactKind.PAID, REMINDER, fee_year=10)
    line.look(REMINDER)
    later_on = terms.months_after(DUE, 12)
    line.refiled(patent, terms.months_after(later_on, -120))
    line.tick(REMINDER + days(1))
    assert server.count == 0
    assert {one.state for one in line.alerts(due_on=DUE)} == {"superseded", "expired"}
    line.tick(later_on - days(30))
    (mail,) = server.take_all()
    assert "最迟2027年5月11日" in text_of(mail)


def test_vector_07_paid_while_the_message_waits_is_not_sent(
    line: Line, server: Sink
) -> None:
    patent = line.patent()
    line.contact("a@b.example")
    line.look(URGENT)
    line.paid(patent, URGENT)
    line.deliver(URGENT)
    assert server.count == 0
    assert line.fates(tier="urgent") == [("urgent", "cancelled", "paid")]


def test_vector_08_filed_on_a_leap_day_is_due_on_the_last_of_february(
    line: Line, server: Sink
) -> None:
    patent = line.patent(filing_on=date(2016, 2, 29))
    line.contact("a@b.example")
    line.fact(patent, FactKind.PAID, date(2026, 1, 6), fee_year=10)
    for on in (date(2026, 1, 28), date(2026, 1, 29)):  # 31 and 30 days before the 28th
        line.tick(on)
    mails = server.take_all()
    assert [one.due_on for one in line.alerts(tier="reminder")] == [date(2026, 2, 28)]
    # A Saturday: the last day in time is Monday.
    assert "最迟2026年3月2日" in text_of(mails[-1])
    assert line.look(date(2026, 1, 30)).failed == 0


def test_vector_09_a_late_grant_owes_the_year_after_the_grant_and_no_earlier_one(
    line: Line,
) -> None:
    # Year 6 runs from 2026-03-10; it and those before are paid at registration.
    line.patent(filing_on=date(2021, 3, 10), grant_on=date(2026, 5, 20))
    line.contact("a@b.example")
    day = date(2026, 5, 25)
    while day < date(2027, 3, 10):
        line.tick(day)
        day += days(15)
    assert {one.fee_year for one in line.alerts()} == {7}
    assert [tier for tier, _ in said(line)] == ["notice", "reminder", "urgent"]


@pytest.mark.parametrize(
    ("fee_year", "asked"),
    [
        pytest.param(12, "第12年年费600元", id="tenth-year-of-the-reduction"),
        pytest.param(13, "第13年年费6000元", id="the-year-after"),
    ],
)
def test_vector_10_a_reduction_ends_with_its_tenth_year(
    line: Line, server: Sink, fee_year: int, asked: str
) -> None:
    # Granted in year 3, so that years 3 to 12 are reduced: 15 % of 4000 is 600.
    filing_on = terms.months_after(DUE, -12 * (fee_year - 1))
    patent = line.patent(filing_on=filing_on, reduction=85)
    line.contact("a@b.example")
    line.fact(patent, FactKind.PAID, REMINDER - days(1), fee_year=fee_year - 1)
    line.tick(REMINDER)
    (mail,) = server.take_all()
    assert asked in text_of(mail)


def test_vector_11_one_owner_without_an_address_keeps_nobody_from_hearing(
    sqlite_engine: Engine, vault: Vault, settings: Any, server: Sink
) -> None:
    line = Line(sqlite_engine, vault, settings(**live(server.port, brake=1000)))
    for n in range(500):
        line.patent(owners=(f"公司{n}",))
        if n != 250:
            line.contact(f"a{n}@b.example", f"公司{n}")
    line.tick(REMINDER)
    assert server.count == 499
    (task,) = line.alerts(channel=Channel.CALL.value)
    assert (task.tier, task.recipient) == ("reminder", "county:410901")


def test_vector_12_each_contact_sees_only_its_own_patent(
    line: Line, server: Sink
) -> None:
    numbers = [line.patent(), line.patent()]
    for address, patent in zip("ab", numbers, strict=True):
        line.contact(f"{address}@b.example", application_no=patent)
    line.tick(REMINDER)
    mails = {str(mail["To"]): text_of(mail) for mail in server.take_all()}
    assert len(mails) == 2
    for to, text in mails.items():
        mine, other = numbers if "a@b.example" in to else numbers[::-1]
        assert mine in text
        assert other not in text


@pytest.mark.parametrize(
    ("last_on", "next_on"),
    [
        pytest.param(DUE, WINDOWS[0] - days(10), id="last-day-in-time"),
        pytest.param(WINDOWS[5], WINDOWS[5] + days(1), id="last-day-of-grace"),
    ],
)
def test_vector_13_paid_on_the_very_last_day_is_in_time(
    line: Line, server: Sink, last_on: date, next_on: date
) -> None:
    patent = line.patent()
    line.contact("a@b.example")
    line.paid(patent, last_on)
    line.tick(next_on)
    assert server.count == 0
    assert {one.reason for one in line.alerts()} <= {"paid"}


def test_vector_14_a_list_that_lost_three_of_ten_rows_changes_nothing(
    engine: Engine, vault: Vault, settings: Any, tmp_path: Path
) -> None:
    desk = Desk(engine, vault, settings(), tmp_path)
    desk.take(rows(40))
    before = desk.content()
    assert desk.take(rows(28)).refused
    assert desk.content() == before


def test_vector_15_a_source_that_flaps_gives_at_most_one_message_a_day(
    line: Line, server: Sink
) -> None:
    patent = line.patent()
    line.contact("a@b.example")
    for n in range(30):
        on = DUE + days(3 + n)
        for hour, kind in ((9, FactKind.UNPAID), (12, FactKind.PAID)):
            dated_on = on if n % 2 == (kind is FactKind.PAID) else on - days(1)
            line.fact(patent, kind, dated_on, fee_year=11)
            line.tick(at(on, hour))
    spoken = Counter(one.sent_at.date() for one in line.messages(state="accepted"))
    assert set(spoken.values()) <= {1}
    heard = Counter(tier for tier, _ in said(line))
    assert set(heard.values()) == {1}  # and none of its tiers twice
    assert server.count == sum(heard.values())


def test_vector_16_the_fee_follows_the_table_of_the_due_day(
    line: Line, server: Sink, tmp_path: Path
) -> None:
    (tmp_path / "law").mkdir()
    (tmp_path / "law" / "fees_2026.toml").write_text(
        f"""
[[fees]]
patent_type = "invention"
from = {DUE}
source = "a fee table made for this test"
steps = [{{ until_year = 20, yuan = 5000 }}]
""",
        encoding="utf-8",
    )
    line.change(law=LawSettings(tables_dir=tmp_path / "law"))
    line.patent(due_on=DUE - days(1), owners=("甲公司",))
    line.patent(due_on=DUE, owners=("乙公司",))
    line.contact("a@b.example", "甲公司")
    line.contact("b@b.example", "乙公司")
    line.tick(REMINDER)  # both letters are written on the same day
    mails = {str(mail["To"])[-12:-1]: text_of(mail) for mail in server.take_all()}
    assert "第11年年费4000元" in mails["a@b.example"]
    assert "第11年年费5000元" in mails["b@b.example"]


@pytest.mark.parametrize("form", ["gb18030", "utf-8-sig", "utf-16", "xlsx"])
def test_vector_17_rare_chinese_names_survive_lists(
    sqlite_engine: Engine, vault: Vault, settings: Any, tmp_path: Path, form: str
) -> None:
    owner, title = "濮阳市龘㐂科技有限公司", "一种𬭩盐·“煋”材料的制备方法"
    desk = Desk(sqlite_engine, vault, settings(), tmp_path)
    listed = row(1, 专利权人=owner, 发明名称=title)
    if form == "xlsx":
        path = write_xlsx(desk.path("xlsx"), {"清单": [listed]})
        book = openpyxl.load_workbook(path)
        assert title in [cell.value for cell in book["清单"][2]]
    else:
        path = desk.path()
        text = StringIO(newline="")
        writer = csv.DictWriter(text, list(listed))
        writer.writeheader()
        writer.writerow(listed)
        path.write_bytes(text.getvalue().encode(form))
    found = desk.take_file(path)
    assert (found.created, found.rejected) == (1, 0)
    with reading(sqlite_engine) as connection:
        stored = connection.execute(select(patents)).one()
    assert stored.application_no == number(1)
    assert stored.title == title
    assert owner in stored.patentees


def test_vector_18_an_official_without_any_channel_is_named_at_once(
    line: Line,
) -> None:
    line.contact("13800000001", "甲区局", role="county_official", county="410901")
    found = audit(
        line.engine,
        line.vault,
        line.settings,
        line.here.rules,
        journal=None,
        askable=frozenset(),
        now=at(DUE, 9),
    )
    (mute,) = [one for one in found.findings if one.check == "official_mute"]
    assert "甲区局" in mute.text


MUTATIONS = [
    pytest.param("law/fees.py", "fee_year <= until_year", "fee_year < until_year",
                 "fees", id="last-year-of-a-step"),
    pytest.param("law/fees.py", "100 - off", "100 + off", "fees", id="reduction-added"),
    pytest.param("law/terms.py", "12 * (fee_year - 1)", "12 * fee_year", "terms",
                 id="a-year-later"),
    pytest.param("law/terms.py", "years + 1 if on >= ", "years + 1 if on > ", "terms",
                 id="anniversary-in-the-old-year"),
]  # fmt: skip


@pytest.mark.parametrize(
    "words",
    ["[alerts]\nkeep_days = 30", "[alerts]\nretention = 30", "[database]\nprune = 30"],
)
def test_vector_19_no_setting_can_make_the_log_forget(
    words: str, tmp_path: Path
) -> None:
    # What was said is never pruned, so a shorter memory than a repeat cannot be asked
    # for: the check of the configuration refuses the wish.
    path = tmp_path / "patentwatch.toml"
    path.write_text(words, encoding="utf-8")
    with pytest.raises(ConfigError, match="没有这个设置"):
        config.load(path, environ={}, cwd=tmp_path)


def test_vector_19_what_was_said_years_ago_is_still_known(
    line: Line, server: Sink
) -> None:
    line.patent()
    line.contact("a@b.example")
    line.tick(REMINDER)
    assert server.count == 1
    before = [(one.key, one.state) for one in line.alerts(state="accepted")]
    for year in range(1, 9):
        line.tick(REMINDER + days(366 * year))
    after = [(one.key, one.state) for one in line.alerts(state="accepted")]
    assert set(before) <= set(after)
    sent = server.count
    line.look(REMINDER, everything=True)
    line.deliver(REMINDER)
    assert server.count == sent


@pytest.mark.parametrize(("module", "good", "bad", "tests"), MUTATIONS)
def test_vector_20_a_broken_fee_or_date_turns_a_test_red(
    tmp_path: Path, module: str, good: str, bad: str, tests: str
) -> None:
    for name in ("patentwatch", "tests", "migrations", "alerts"):
        shutil.copytree(
            ROOT / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__")
        )
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    target = tmp_path / "patentwatch" / module
    text = target.read_text("utf-8")
    assert good in text
    target.write_text(text.replace(good, bad), encoding="utf-8")
    done = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-m", "pytest", "-q", "-x", "-p", "no:cacheprovider",
         f"tests/law/test_{tests}.py"],
        cwd=tmp_path,
        env={"PYTHONPATH": str(tmp_path), "PATH": "/usr/bin:/bin"},
        capture_output=True,
        text=True,
        check=False,
    )  # fmt: skip
    assert done.returncode == 1, done.stdout
    assert "1 failed" in done.stdout
