from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.register import cells, masking, names, words
from patentwatch.register.casestatus import CaseStatus, classify

FEB_3 = date(2024, 2, 3)
TODAY = date(2026, 11, 22)


@pytest.mark.parametrize(
    "text",
    [
        "2024.2.3", "2024/2/3", "2024-02-03", "20240203", "20240203.0",
        "2024年2月3日",
        "２０２４年２月３日", "2024-02-03T00:00:00", "2024/2/3 0:00", "45325",
        "45325.0",
        " 2024 . 2 . 3 ",
    ],
)  # fmt: skip
def test_every_shape_of_a_date_is_read(text: str) -> None:
    assert cells.day(text) == FEB_3


@pytest.mark.parametrize(
    "text",
    ["2024-02-30", "2024-13-01", "24-2-3", "3/2/2024", "2024-02", "", "123", "日"],
)
def test_what_is_no_day_is_not_guessed(text: str) -> None:
    assert cells.day(text) is None


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("2024-02-30", "date_impossible"),
        ("1985-03-31", "date_implausible"),
        ("1985-04-01", ""),
        ("2026-11-22", ""),
        ("2026-11-23", "date_implausible"),
        ("1900-01-01", "date_implausible"),
        ("0001-01-01", "date_implausible"),
        ("9999-12-31", "date_implausible"),
    ],
)
def test_a_day_outside_of_patent_law_is_implausible(text: str, fault: str) -> None:
    assert cells.day_fault(text, TODAY) == fault


@given(st.dates(date(1954, 10, 3), date(2100, 1, 1)))
def test_a_day_survives_every_way_of_writing_it(day: date) -> None:
    serial = str((day - date(1899, 12, 30)).days)
    for text in (
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}年{day.month}月{day.day}日",
    ):
        assert cells.day(text) == day
    assert cells.day(serial) == day


@pytest.mark.parametrize(
    ("text", "clean", "codes"),
    [
        ("一种装置", "一种装置", ()),
        ("甲\u202e乙\u200b", "甲乙", ("hidden_removed",)),
        ("甲\r\n乙\x00", "甲 乙", ("control_removed",)),
        ("甲=?utf-8?q?=0A?=乙", "甲乙", ("control_removed",)),
        ("=?=?utf-8?q?x?=?=", "", ("control_removed",)),
        ("𠮷野😀", "𠮷野😀", ()),
        ("=HYPERLINK(1)", "=HYPERLINK(1)", ("formula_text",)),
        ("＠甲", "＠甲", ("formula_text",)),
    ],
)
def test_a_name_keeps_what_is_seen_and_loses_what_hides(
    text: str, clean: str, codes: tuple[str, ...]
) -> None:
    assert cells.line(text) == (clean, codes)


@given(st.text(max_size=60))
def test_cleaning_is_idempotent_and_leaves_one_line(text: str) -> None:
    once = cells.line(text).text
    assert cells.line(once).text == once
    assert len(once.splitlines()) <= 1
    assert "=?" not in once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("甲公司;乙大学", ("甲公司", "乙大学")),
        ("甲公司；乙大学、丙厂|丁院", ("甲公司", "乙大学", "丙厂", "丁院")),
        ("甲公司;", ("甲公司",)),
        ("A.某某;??S.某某", ("A.某某", "S.某某")),
        ("1.甲大学 2.乙公司", ("甲大学", "乙公司")),
        ("1、甲大学;2、乙公司", ("甲大学", "乙公司")),
        ("甲公司 | 甲公司", ("甲公司",)),
        ("\u00a0甲公司", ("甲公司",)),
        ("Foo Co., Ltd.", ("Foo Co., Ltd.",)),
        ("-", ()),
        ("", ()),
    ],
)
def test_patentees_are_split_as_lists_write_them(
    text: str, expected: tuple[str, ...]
) -> None:
    assert names.split(text).names == expected


@pytest.mark.parametrize(
    ("name", "person"),
    [
        ("张三", True), ("欧阳小明", True), ("买买提·吐尔逊", True),
        ("某某公司", False),
        ("濮阳学院", False), ("中国某某集团有限公司", False), ("张三李四王五", False),
    ],
)  # fmt: skip
def test_a_person_is_told_from_a_unit(name: str, *, person: bool) -> None:
    assert names.is_person(name) is person


@pytest.mark.parametrize(
    ("text", "percent"),
    [
        ("0", 0), ("70%", 70), ("85％", 85), ("0.85", 85), ("0.7", 70), ("70.0", 70),
        ("无", 0), ("减缴85%", 85), ("50%", None), ("是", None), ("0.3", None),
    ],
)  # fmt: skip
def test_a_reduction_is_0_70_or_85_or_unknown(text: str, percent: int | None) -> None:
    assert words.reduction(text) == percent


@pytest.mark.parametrize(
    ("text", "year"),
    [
        ("5", 5), ("第5年", 5), ("5.0", 5), ("第五年", 5), ("第十二年度", 12),
        ("二十", 20),
        ("20", 20), ("21", None), ("0", None), ("2025", None), ("2026-10-31", None),
        ("第6年年费", 6),
    ],
)  # fmt: skip
def test_a_fee_year_is_between_1_and_20(text: str, year: int | None) -> None:
    assert words.fee_year(text) == year


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("1200", 1200), ("1,200.00", 1200), ("1200元", 1200), ("￥1200", 1200),
        ("0", 0),
        ("1200.5", None), ("-1200", None), ("一千", None), ("12,00", None), ("", None),
    ],
)  # fmt: skip
def test_an_amount_is_whole_yuan(text: str, amount: int | None) -> None:
    assert words.yuan(text) == amount


@pytest.mark.parametrize(
    ("text", "status"),
    [
        ("专利权维持", CaseStatus.IN_FORCE),
        ("等年费滞纳金", CaseStatus.LATE),
        ("未缴年费专利权终止，等恢复", CaseStatus.UNPAID_ENDED),
        ("未缴年费终止失效", CaseStatus.UNPAID_ENDED),
        ("未缴年费 | 许可", CaseStatus.UNPAID_ENDED),
        ("期限届满", CaseStatus.ENDED),
        ("专利权全部无效", CaseStatus.ENDED),
        ("部分无效", CaseStatus.IN_FORCE),
        ("有效", CaseStatus.IN_FORCE),
        ("失效", CaseStatus.ENDED_UNTOLD),
        ("实质审查的生效", CaseStatus.PENDING),
        ("", CaseStatus.UNKNOWN),
    ],
)
def test_a_case_status_is_understood(text: str, status: CaseStatus) -> None:
    assert classify(text) is status


def test_addresses_and_names_are_masked() -> None:
    assert masking.phone("+86 138-1234-0000") == "138****0000"
    assert masking.phone("0393-1234567") == "039****4567"
    assert masking.email("alice@b.cn") == "a***@b.cn"
    assert masking.name("张三") == "张*"
    assert masking.address("13812340000；alice@b.cn") == "138****0000; a***@b.cn"
