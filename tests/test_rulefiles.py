"""The packaged tables and the office's own folder."""

from datetime import date
from pathlib import Path

import pytest

from patentwatch.errors import ConfigError
from patentwatch.law.annuities import annuity
from patentwatch.law.fees import full_fee_yuan
from patentwatch.law.restdays import provisional, roll
from patentwatch.model import PatentType
from patentwatch.rulefiles import load

NOTICE_2027 = """
[[rest_days]]
year = 2027
source = "a notice made for this test"
weekdays_off = [2027-01-01, 2027-02-08, 2027-02-09]
makeup_weekend_days = [2027-02-07]
"""
FEES_2027 = """
[[fees]]
patent_type = "invention"
from = 2027-01-01
source = "a fee table made for this test"
steps = [{ until_year = 20, yuan = 1000 }]
"""


def test_the_package_knows_notices_from_2004_to_2026() -> None:
    book = load(None)
    assert (book.first_notice_on, book.last_notice_on) == (
        date(2004, 1, 1),
        date(2026, 12, 31),
    )
    assert load(None) is book


def test_an_empty_folder_changes_nothing(tmp_path: Path) -> None:
    assert load(tmp_path).fingerprint == load(None).fingerprint


def test_next_years_notice_moves_dates_and_makes_them_certain(tmp_path: Path) -> None:
    (tmp_path / "rest_days_2027.toml").write_text(NOTICE_2027, encoding="utf-8")
    book = load(tmp_path)
    day = date(2027, 2, 7)  # a worked Sunday before two days off
    assert roll(day, rulebook=load(None)) == date(2027, 2, 8)
    assert roll(day, rulebook=book) == date(2027, 2, 10)
    assert provisional(day, rulebook=load(None))
    assert not provisional(day, rulebook=book)
    assert book.fingerprint != load(None).fingerprint


def test_a_notice_moves_no_nominal_day(tmp_path: Path) -> None:
    (tmp_path / "rest_days_2027.toml").write_text(NOTICE_2027, encoding="utf-8")
    filing_on = date(2020, 2, 8)
    before = annuity(PatentType.INVENTION, filing_on, 8, rulebook=load(None))
    after = annuity(PatentType.INVENTION, filing_on, 8, rulebook=load(tmp_path))
    assert before.due_on == after.due_on == before.last_in_time_on == date(2027, 2, 8)
    assert after.last_in_time_on == date(2027, 2, 10)
    assert (before.provisional, after.provisional) == (True, False)


def test_a_new_fee_table_governs_what_is_due_from_its_day(tmp_path: Path) -> None:
    (tmp_path / "fees_2027.toml").write_text(FEES_2027, encoding="utf-8")
    book = load(tmp_path)
    found = [
        full_fee_yuan(PatentType.INVENTION, 4, due_on=due_on, rulebook=book)
        for due_on in (date(2026, 12, 31), date(2027, 1, 1), date(2027, 1, 2))
    ]
    assert found == [1200, 1000, 1000]


def test_an_amended_notice_takes_the_place_of_the_old_one(tmp_path: Path) -> None:
    text = NOTICE_2027.replace("2027", "2026").replace(
        "weekdays_off = [2026-01-01, 2026-02-08, 2026-02-09]",
        "weekdays_off = [2026-11-23]",
    )
    (tmp_path / "amended.toml").write_text(text, encoding="utf-8")
    book = load(tmp_path)
    assert roll(date(2026, 11, 21), rulebook=book) == date(2026, 11, 24)
    assert roll(date(2026, 10, 1), rulebook=book) == date(2026, 10, 1)


def test_a_file_from_a_windows_editor_is_read(tmp_path: Path) -> None:
    (tmp_path / "rest_days_2027.toml").write_text(NOTICE_2027, encoding="utf-8-sig")
    (tmp_path / "notes.txt").write_text("not a table", encoding="utf-8")
    assert load(tmp_path).last_notice_year == 2027


@pytest.mark.parametrize(
    ("content", "message"),
    [
        pytest.param(b"[[rest_days]\n", "2027.toml 无法读取", id="no-toml"),
        pytest.param("年 = 1".encode("gb18030"), "2027.toml 无法读取", id="no-utf-8"),
        pytest.param(b"[[rest_days]]\nyear = 2027\n", "第1条：缺少", id="incomplete"),
        pytest.param(b"[[rest_day]]\n", "不认识的表", id="mistyped"),
        pytest.param(
            NOTICE_2027.replace("year = 2027", "year = 2028").encode(),
            "2027-01-01 不属于 2028 年",
            id="wrong-year",
        ),
    ],
)
def test_a_bad_file_is_refused_by_name(
    content: bytes, message: str, tmp_path: Path
) -> None:
    (tmp_path / "2027.toml").write_bytes(content)
    with pytest.raises(ConfigError) as refused:
        load(tmp_path)
    assert "2027.toml" in str(refused.value)
    assert message in str(refused.value)


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="tables_dir"):
        load(tmp_path / "missing")
