"""The tables: what they must hold, what is refused, and who wins."""

from datetime import date
from typing import Any

import pytest

from patentwatch.errors import LawError, NoRuleInForce
from patentwatch.law.rulebook import Rulebook, in_force, rulebook
from patentwatch.law.terms import last_fee_year
from patentwatch.model import PatentType

Tables = dict[str, dict[str, Any]]
NEW_YEAR_2027 = date(2027, 1, 1)


def tables(**changes: Any) -> Tables:
    """Return the smallest set of tables, with sections changed."""
    source = {"source": "made for this test"}
    since = {"from": date(2001, 3, 1), **source}
    sections: dict[str, Any] = {
        "fees": [
            {
                **since,
                "patent_type": "invention",
                "steps": [{"until_year": 20, "yuan": 900}],
            }
        ],
        "terms": [{**since, "patent_type": "invention", "years": 20}],
        "surcharges": [{**since, "percents": [0, 5, 10, 15, 20, 25]}],
        "reductions": [{**since, "years": 10, "percents": [70, 85]}],
        "open_licence": [{**since, "percent": 15}],
        "restoration_fees": [{**since, "yuan": 1000}],
        "compensation_fees": [{**since, "yuan_per_year": 8000}],
        "receipts": [{**since, "paper_days": 15, "electronic_days": 0}],
        "extensions": [
            {
                **source,
                "announcement": "486",
                "patent_types": ["invention"],
                "due_from": date(2022, 6, 15),
                "due_until": date(2022, 12, 31),
                "extended_due": date(2023, 6, 15),
                "reduced_only": True,
            }
        ],
        "rest_days": [notice(2026)],
        "fixed_rest_days": [{**source, "month_days": ["01-01"]}],
    }
    return {"all.toml": sections | changes}


def notice(year: int, **changes: Any) -> dict[str, Any]:
    """Return one year's notice, with 4 January off."""
    day = next(date(year, 1, n) for n in range(4, 8) if date(year, 1, n).weekday() < 5)
    row = {
        "year": year,
        "source": "made for this test",
        "weekdays_off": [day],
        "makeup_weekend_days": [],
    }
    return row | changes


def fee_row(**changes: Any) -> dict[str, Any]:
    row: dict[str, Any] = tables()["all.toml"]["fees"][0]
    return row | changes


def test_the_smallest_tables_make_a_rulebook() -> None:
    made = rulebook(tables())
    assert (made.first_notice_on, made.last_notice_on) == (
        date(2026, 1, 1),
        date(2026, 12, 31),
    )
    assert made.last_notice_year == 2026


@pytest.mark.parametrize(
    ("section", "rows", "message"),
    [
        ("fees", [], "缺少 [[fees]]"),
        ("holidays", [{}], "不认识的表 [[holidays]]"),
        ("fees", {}, r"fees 应写成 [[fees]]"),
        ("fees", [3], r"fees 应写成 [[fees]]"),
        ("fees", [fee_row(), fee_row()], "第2条：与第1条重复"),
        ("fees", [fee_row(colour="red")], "第1条：不认识的字段 colour"),
        ("fees", [fee_row(source=" ")], "source 应为非空的文字"),
        ("fees", [fee_row(patent_type="plant")], "专利类型“plant”无法识别"),
        ("fees", [fee_row(**{"from": "2001-03-01"})], "from 应为日期"),
        ("fees", [fee_row(steps=[])], "steps 不能为空"),
        ("fees", [fee_row(steps=[7])], "steps 应为"),
        ("fees", [fee_row(steps=[{"until_year": 3}])], "缺少 yuan"),
        ("fees", [fee_row(steps=[{"until_year": 3, "yuan": 0}])], "yuan = 0"),
        ("fees", [fee_row(steps=[{"until_year": 3, "yuan": 9.5}])], "yuan 应为整数"),
        (
            "fees",
            [
                fee_row(
                    steps=[{"until_year": 3, "yuan": 9}, {"until_year": 3, "yuan": 9}]
                )
            ],
            "until_year = 3",
        ),
        (
            "surcharges",
            [{"from": date(2001, 3, 1), "source": "x", "percents": [0, 5]}],
            "应为六个",
        ),
        ("rest_days", [notice(2026), notice(2028)], "缺少2027年的"),
        ("rest_days", [notice(2026, weekdays_off=[])], "weekdays_off 不能为空"),
        (
            "rest_days",
            [notice(2026, weekdays_off=[date(2026, 1, 3)])],
            "2026-01-03 是周末",
        ),
        (
            "rest_days",
            [notice(2026, weekdays_off=[NEW_YEAR_2027])],
            "2027-01-01 不属于 2026 年",
        ),
        (
            "rest_days",
            [notice(2026, makeup_weekend_days=[date(2026, 1, 5)])],
            "2026-01-05 不是周末",
        ),
        (
            "rest_days",
            [notice(2026, weekdays_off=[date(2026, 1, 5)] * 2)],
            "重复的日期",
        ),
        (
            "fixed_rest_days",
            [{"source": "x", "month_days": ["13-01"]}],
            "“13-01”应写作 05-01",
        ),
    ],
)
def test_a_bad_table_is_refused_by_name(
    section: str, rows: object, message: str
) -> None:
    with pytest.raises(LawError) as refused:
        rulebook(tables(**{section: rows}))
    assert message in str(refused.value)
    assert refused.value.code == "law_table"


def test_a_complaint_names_the_table() -> None:
    with pytest.raises(LawError, match=r"^all\.toml：\[\[fees\]\] 第1条："):
        rulebook(tables(fees=[fee_row(source="")]))


def test_a_later_table_wins_row_by_row() -> None:
    later = {
        "later.toml": {
            "fees": [fee_row(**{"from": date(2027, 1, 1)})],
            "terms": [{**tables()["all.toml"]["terms"][0], "years": 25}],
        }
    }
    made = rulebook(tables() | later)
    assert [row.from_on.year for row in made.fees[PatentType.INVENTION]] == [2001, 2027]
    assert last_fee_year(PatentType.INVENTION, date(2020, 1, 1), rulebook=made) == 25


def test_the_fingerprint_follows_the_content_and_not_the_files() -> None:
    one = rulebook(tables()).fingerprint
    assert rulebook({"other.toml": tables()["all.toml"]}).fingerprint == one
    assert rulebook(tables(rest_days=[notice(2027)])).fingerprint != one
    assert len(one) == 64


@pytest.mark.parametrize(
    ("on", "years"),
    [("2016-08-31", 3), ("2016-09-01", 6), ("2018-07-31", 6), ("2018-08-01", 10)],
)
def test_the_row_in_force_is_the_last_one_begun(
    on: str, years: int, book: Rulebook
) -> None:
    day = date.fromisoformat(on)
    assert in_force(book.reductions, day, what="").years == years


def test_no_row_in_force_is_an_error_that_names_question_and_day(
    book: Rulebook,
) -> None:
    with pytest.raises(NoRuleInForce, match=r"费用：.*2001-02-28"):
        in_force(book.reductions, date(2001, 2, 28), what="费用")
