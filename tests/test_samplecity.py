"""The sample city is what it says: every stage of life, valid numbers, nobody real."""

import re
from collections import Counter
from datetime import date, timedelta
from pathlib import Path

import pytest

from patentwatch import rulefiles
from patentwatch.demo import files, people
from patentwatch.demo.city import City, sample_city
from patentwatch.demo.stages import STAGES, UNIVERSITY_PATENTS, due_days
from patentwatch.register import addresses, numbers

TODAY = date(2026, 11, 23)
RULES = rulefiles.load(None)


@pytest.fixture(scope="module")
def city() -> City:
    return sample_city(TODAY, rulebook=RULES)


def test_every_stage_has_the_patents_it_asks_for(city: City) -> None:
    found = Counter(sample.stage.name for sample in city.samples)
    assert found == {stage.name: stage.count for stage in STAGES}
    assert len(city.samples) == 1100


@pytest.mark.parametrize(
    "today",
    [
        pytest.param(date(2026, 10, 1), id="first-day-of-the-long-holiday"),
        pytest.param(date(2026, 2, 15), id="spring-festival"),
        pytest.param(date(2024, 2, 29), id="leap-day"),
        pytest.param(date(2027, 6, 1), id="beyond-the-last-holiday-notice"),
    ],
)
def test_on_any_day_there_is_a_whole_city(today: date) -> None:
    assert len(sample_city(today, rulebook=RULES).samples) == 1100


def test_in_the_long_holiday_no_late_period_has_a_last_week() -> None:
    # 14–23 February 2026 are rest days: what would end then ends on the 24th.
    assert due_days(date(2026, 2, 15), rulebook=RULES)["last_week"] == ()


@pytest.mark.parametrize(
    ("zone", "first", "last"),
    [
        # 23 November 2026 is a Monday. Due in 90 … 31, 30 … 8, 7 … 0 days; a due
        # Saturday or Sunday just past was rolled to this Monday.
        pytest.param("notice", date(2026, 12, 24), date(2027, 2, 21), id="notice"),
        pytest.param("reminder", date(2026, 12, 1), date(2026, 12, 23), id="reminder"),
        pytest.param("urgent", date(2026, 11, 21), date(2026, 11, 30), id="urgent"),
        # Half a year after 21 May is Saturday 21 November, rolled to the 23rd;
        # half a year after 31 May is Monday 30 November, seven days away.
        pytest.param("last_week", date(2026, 5, 21), date(2026, 5, 31), id="last_week"),
    ],
)
def test_a_zone_holds_the_due_days_of_its_tier(
    zone: str, first: date, last: date
) -> None:
    days = due_days(TODAY, rulebook=RULES)[zone]
    assert (min(days), max(days)) == (first, last)
    assert len(days) == (last - first).days + 1


def test_every_number_is_valid_unique_and_beyond_what_the_office_numbers(
    city: City,
) -> None:
    found = [sample.number for sample in city.samples]
    assert [numbers.canonical(number) for number in found] == found
    assert len(set(found)) == len(found)
    assert all(number[5] == "9" for number in found)
    assert all(int(s.number[:4]) == s.filing_on.year for s in city.samples)


def test_nobody_in_it_is_real(city: City) -> None:
    assert all("示例" in owner.name for owner in city.owners)
    officials = [official for *_, official in people.officials()]
    known = [*city.owners, *people.AGENCIES, *officials, people.BANK]
    assert "示例" in people.BANK.name
    mails = {owner.email for owner in known} - {""}
    assert all(re.fullmatch(r"[a-z0-9]+@example\.(com|net|org)", m) for m in mails)
    mobiles = {owner.mobile for owner in known} - {""}
    assert all(mobile.startswith("1380000") for mobile in mobiles)
    assert all(addresses.phones(mobile).mobiles for mobile in mobiles)


def test_the_city_has_every_kind_of_owner(city: City) -> None:
    theirs = Counter(sample.owners[0].name for sample in city.samples)
    assert theirs[people.UNIVERSITY.name] == UNIVERSITY_PATENTS == 50
    assert any(len(sample.owners) == 2 for sample in city.samples)
    assert any(sample.owners[0].person for sample in city.samples)
    assert {sample.reduction for sample in city.samples} == {None, 0, 70, 85}
    assert {sample.county for sample in city.samples} == {c[0] for c in people.COUNTIES}
    shared = Counter(owner.email for owner in city.owners if owner.email)
    assert shared["park@example.com"] == 2


def test_no_paper_is_dated_after_the_day(city: City) -> None:
    for sample in city.samples:
        assert sample.filing_on < sample.grant_on <= city.listed_on < TODAY
        if sample.receipt:
            assert sample.receipt[0] < TODAY
        if sample.queried_on:
            assert TODAY - timedelta(days=3) <= sample.queried_on < TODAY


def test_the_same_day_gives_the_same_files(tmp_path: Path) -> None:
    folders = [tmp_path / "one", tmp_path / "two"]
    for folder in folders:
        folder.mkdir()
        files.write(sample_city(TODAY, rulebook=RULES), folder, rulebook=RULES)
    one, two = ({p.name: p.read_bytes() for p in f.iterdir()} for f in folders)
    assert one == two
    assert len(one) == 8


def test_what_somebody_changed_in_a_file_is_left_alone(
    city: City, tmp_path: Path
) -> None:
    (tmp_path / files.CONTACTS).write_text("mine", encoding="utf-8")
    files.write(city, tmp_path, rulebook=RULES)
    assert (tmp_path / files.CONTACTS).read_text("utf-8") == "mine"
