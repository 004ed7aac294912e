"""Rows of a kind's table: what they say, and why some are not taken."""

from collections.abc import Sequence
from datetime import date
from typing import Any

import pytest

from patentwatch.errors import InputError
from patentwatch.plan.promises import Promises
from patentwatch.plan.records import Link, LinkTo, NewRecord
from patentwatch.plan.recordsheet import headings_of
from patentwatch.plan.rows import RecordRows
from patentwatch.register.cells import Row
from patentwatch.register.columns import layout_of
from patentwatch.register.outcome import Outcome
from tests.lists import COUNTIES, ON, number
from tests.make_records import LOAN, loan

PROMISES = Promises(
    {"city-2026": frozenset({"3.1", "3.2", "3.20"})}, {"city-2026": 2026}
)


def read(
    cells: dict[str, str],
    *,
    sheet: str = "",
    guarded: bool = True,
    numeric: Sequence[str] = (),
    more: Sequence[str] = (),
) -> Outcome[NewRecord]:
    layout = layout_of(list(cells), headings_of(LOAN), sheet=sheet)
    rows = RecordRows(
        layout,
        LOAN,
        today=ON,
        counties=COUNTIES,
        promise=PROMISES.find,
        guarded=guarded,
    )
    places = frozenset(list(cells).index(header) for header in numeric)
    return rows.read(Row(5, [*cells.values(), *more], places))


def taken(**changes: str) -> NewRecord:
    found = read(loan(**changes))
    assert found.value is not None, found.reject
    return found.value


def refused(cells: dict[str, str], **more: Any) -> tuple[str, str]:
    """Return column and code of the reject; its place and its words are checked."""
    found = read(cells, **more)
    assert found.value is None
    assert found.reject is not None
    assert found.reject.row == 5
    assert found.reject.column == "" or found.reject.column in found.reject.message
    assert "{" not in found.reject.message
    return found.reject.column, found.reject.code


def test_a_row_becomes_a_record_with_its_links() -> None:
    found = taken(
        专利号=f"ZL{number(1)}；{number(2)}",
        结清日期="2026-09-01",
        质押物="Ａ类",
        对应承诺="3.1、city-2026/3.2",
        **{"就业人数（人）": "1,200", "利率（%）": "3.50"},
    )
    assert found == NewRecord(
        kind="loan",
        natural_key="y1",
        title="甲公司",
        county="410902",
        occurred_on=date(2026, 3, 15),
        until_on=date(2026, 9, 1),
        fields={
            "number": "Y1",
            "borrower": "甲公司",
            "county": "410902",
            "lender": "某银行",
            "amount": 500_000_000,
            "from_on": "2026-03-15",
            "to_on": "2027-03-14",
            "settled_on": "2026-09-01",
            "collateral": "A 类",
            "patents": [number(1), number(2)],
            "jobs": 1200,
            "rate": "3.5",
        },
        links=(
            Link("counts_for", LinkTo.PARTY, "甲公司", "甲公司"),
            Link("held_by", LinkTo.PARTY, "某银行", "某银行"),
            Link("secures", LinkTo.PATENT, number(1), number(1)),
            Link("secures", LinkTo.PATENT, number(2), number(2)),
            Link("counts_for", LinkTo.COMMITMENT, "city-2026/3.1", "city-2026/3.1"),
            Link("counts_for", LinkTo.COMMITMENT, "city-2026/3.2", "city-2026/3.2"),
        ),
        row=5,
    )


@pytest.mark.parametrize(
    ("changes", "column", "code"),
    [
        ({"登记号": ""}, "登记号", "required_missing"),
        ({"登记号": " \u200b"}, "登记号", "required_missing"),
        ({"贷款金额（元）": ""}, "贷款金额（元）", "required_missing"),
        ({"起始日期": ""}, "起始日期", "required_missing"),
        ({"贷款金额（元）": "五百万"}, "贷款金额（元）", "bad_amount"),
        ({"贷款金额（元）": "1.234"}, "贷款金额（元）", "bad_amount"),
        ({"贷款金额（元）": "-1"}, "贷款金额（元）", "bad_amount"),
        ({"贷款金额（元）": "=SUM(A1)"}, "贷款金额（元）", "formula_cell"),
        ({"起始日期": "2026-02-30"}, "起始日期", "date_impossible"),
        ({"起始日期": "2026年3月"}, "起始日期", "date_impossible"),
        ({"起始日期": "9999-12-31"}, "起始日期", "date_out_of_range"),
        ({"起始日期": "1900-01-01"}, "起始日期", "date_out_of_range"),
        ({"到期日期": "2200-01-01"}, "到期日期", "date_out_of_range"),
        ({"起始日期": "2026-11-23"}, "起始日期", "date_in_future"),
        ({"起始日期": "=A1"}, "起始日期", "formula_cell"),
        ({"结清日期": "2026-03-14"}, "结清日期", "date_order"),
        ({"质押物": "房产"}, "质押物", "bad_choice"),
        ({"县区": "火星"}, "县区", "county_unknown"),
        ({"专利号": "201510000001.5"}, "专利号", "check_digit"),
        ({"专利号": f"{number(1)}、2.01E+12"}, "专利号", "number_damaged"),
        ({"专利号": number(1)[:-2]}, "专利号", "check_digit_missing"),
        ({"专利号": "CN105000001B"}, "专利号", "number_is_publication"),
        ({"就业人数（人）": "3.5"}, "就业人数（人）", "bad_integer"),
        ({"就业人数（人）": "-3"}, "就业人数（人）", "bad_integer"),
        ({"就业人数（人）": "几个"}, "就业人数（人）", "bad_number"),
        ({"利率（%）": "三"}, "利率（%）", "bad_number"),
        ({"备注": "字" * 501}, "备注", "too_long"),
        ({"借款人": "公司；" * 200 + "字" * 501}, "借款人", "too_long"),
        ({"备注": "2.023E+19"}, "备注", "number_damaged"),
        ({"对应承诺": "9.9"}, "对应承诺", "commitment_unknown"),
        ({"对应承诺": "other-2026/3.1"}, "对应承诺", "commitment_unknown"),
    ],
)
def test_a_bad_cell_refuses_its_row_with_column_and_code(
    changes: dict[str, str], column: str, code: str
) -> None:
    assert refused(loan(**changes)) == (column, code)


def test_a_bad_choice_names_the_choices() -> None:
    found = read(loan(质押物="房产"))
    assert found.reject is not None
    assert "专利、商标、A 类" in found.reject.message


def test_a_damaged_number_says_what_its_digit_should_be() -> None:
    good = number(1)
    bad = good[:-1] + ("1" if good[-1] != "1" else "2")
    found = read(loan(专利号=bad))
    assert found.reject is not None
    assert found.reject.value == bad
    assert f"应为 {good[-1]}" in found.reject.message


@pytest.mark.parametrize("day", ["2026-11-21", "2026-11-22"])
def test_a_record_may_be_of_today(day: str) -> None:
    assert taken(起始日期=day).occurred_on == date.fromisoformat(day)


def test_a_record_may_end_on_the_day_it_begins() -> None:
    assert taken(结清日期="2026-03-15").until_on == date(2026, 3, 15)


@pytest.mark.parametrize(
    "text", ["2026.3.15", "２０２６年３月１５日", "20260315", "46096", "2026/3/15"]
)
def test_days_are_read_as_registers_write_them(text: str) -> None:
    # 46096 days after 30 December 1899 is 15 March 2026.
    assert taken(起始日期=text).occurred_on == date(2026, 3, 15)


@pytest.mark.parametrize(
    ("header", "cell", "fen"),
    [
        ("贷款金额", "500", 50_000),
        ("贷款金额(元)", "500", 50_000),
        ("贷款 金额【元】", "500", 50_000),
        ("贷款金额 （万元）", "500", 500_000_000),
        ("贷款金额（人民币万元）", "500", 500_000_000),
        ("贷款金额［亿元］", "2", 20_000_000_000),
        ("贷款金额【万元】", "500", 500_000_000),
        ("（万元）贷款金额", "500", 500_000_000),
        ("贷款金额（单位：万元）", "500", 500_000_000),
        ("贷款金额（必填）（万元）", "500", 500_000_000),
        ("贷款金额（必填）", "500", 50_000),
        ("贷款金额（亿元）*", "2", 20_000_000_000),
    ],
)
def test_a_heading_is_known_with_and_without_its_unit(
    header: str, cell: str, fen: int
) -> None:
    cells = loan()
    del cells["贷款金额（元）"]
    found = read(cells | {header: cell})
    assert found.value is not None
    assert found.value.fields["amount"] == fen


@pytest.mark.parametrize(
    "header",
    [
        "贷款金额（美元）",
        "贷款金额（港币）",
        "贷款金额（万元，含息）",
        "贷款金额（万件）",
    ],
)
def test_a_unit_that_cannot_be_converted_refuses_the_file(header: str) -> None:
    cells = loan()
    del cells["贷款金额（元）"]
    with pytest.raises(InputError) as caught:
        read(cells | {header: "1"})
    assert caught.value.code == "unit_unknown"


def test_a_count_under_another_scale_is_converted() -> None:
    cells = loan()
    del cells["就业人数（人）"]
    found = read(cells | {"就业人数（万人）": "1.5"})
    assert found.value is not None
    assert found.value.fields["jobs"] == 15_000


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        pytest.param(loan(序号="示例"), "example_row", id="the example"),
        pytest.param(loan(序号="示 例", 登记号=""), "example_row", id="a spoilt one"),
        pytest.param(
            dict.fromkeys(loan(), "") | {"序号": "7"}, "blank_row", id="blank"
        ),
        pytest.param(loan(序号="合计", 起始日期=""), "total_row", id="total"),
        pytest.param({k: k for k in loan()}, "repeated_header", id="header again"),
    ],
)
def test_rows_that_are_no_records_are_passed_over(
    cells: dict[str, str], code: str
) -> None:
    found = read(cells)
    assert found.skip is not None
    assert found.skip.code == code


def test_a_record_without_a_day_is_not_taken_for_a_total() -> None:
    assert refused(loan(序号="说明会", 起始日期="")) == ("起始日期", "required_missing")


def test_the_name_of_the_sheet_is_the_county_of_rows_without_one() -> None:
    found = read(loan(县区=""), sheet="清丰县").value
    assert found is not None
    assert found.county == "410922"
    own = read(loan(县区="南乐"), sheet="清丰县").value
    assert own is not None
    assert own.county == "410923"
    nobody = read(loan(县区="")).value
    assert nobody is not None
    assert nobody.county is None


def test_a_missing_column_refuses_the_file() -> None:
    cells = loan()
    del cells["起始日期"]
    with pytest.raises(InputError) as caught:
        read(cells)
    assert caught.value.code == "missing_column"
    assert "起始日期" in str(caught.value)


def test_a_cell_right_of_the_header_refuses_the_row() -> None:
    assert refused(loan(), more=["", "多"])[1] == "column_shift"


@pytest.mark.parametrize(
    ("text", "kept", "code"),
    [
        ('=HYPERLINK("x")', '=HYPERLINK("x")', "formula_text"),
        ("＝1+1", "＝1+1", "formula_text"),
        ("@SUM(A1)", "@SUM(A1)", "formula_text"),
        ("'=1", "=1", "formula_text"),
        ('="00123"', "00123", ""),
        ("一\r\n二\u2028三", "一 二 三", "control_removed"),
        ("甲\u202e乙\u200b", "甲乙", "hidden_removed"),
        ("a=?utf-8?q?=0A?=b", "ab", "control_removed"),
        ("好🎉𠮷 ｆｕｌｌ，全角", "好🎉𠮷 ｆｕｌｌ，全角", ""),
        ("坏\ufffd", "坏\ufffd", "text_damaged"),
        ("\ufffe字\uffff", "字", ""),
        ("“引号”'\"", "“引号”'\"", ""),
    ],
)
def test_a_text_is_kept_as_one_visible_line(text: str, kept: str, code: str) -> None:
    found = read(loan(备注=text))
    assert found.value is not None
    assert found.value.fields["note"] == kept
    assert [one.code for one in found.warnings] == ([code] if code else [])


def test_an_apostrophe_in_a_workbook_is_somebodys_own() -> None:
    found = read(loan(备注="'=1"), guarded=False)
    assert found.value is not None
    assert found.value.fields["note"] == "'=1"


def test_several_parties_in_a_cell_are_a_link_each() -> None:
    found = taken(借款人="甲公司、乙（濮阳）公司；甲公司")
    assert found.fields["borrower"] == "甲公司；乙（濮阳）公司"
    assert [link.to_key for link in found.links[:2]] == ["甲公司", "乙濮阳公司"]


def test_a_patent_named_twice_is_one_link() -> None:
    found = taken(专利号=f"{number(1)}\nZL{number(1)}，{number(2)}|{number(1)}")
    assert found.fields["patents"] == [number(1), number(2)]


def test_a_commitment_that_a_spreadsheet_may_have_cut_is_asked_about() -> None:
    cells = loan(对应承诺="3.2")
    assert refused(cells, numeric=["对应承诺"])[1] == "commitment_ambiguous"
    sure = read(loan(对应承诺="3.1"), numeric=["对应承诺"])
    assert sure.value is not None


@pytest.mark.parametrize("heading", ["对应承诺", "承诺编号", "对应任务", "任务编号"])
def test_a_commitment_is_found_under_every_word_that_sheets_have_for_it(
    heading: str,
) -> None:
    cells = loan()
    del cells["对应承诺"]
    found = read(cells | {heading: "3.1"})
    assert found.value is not None
    ends = [one.to_key for one in found.value.links if one.to_kind is LinkTo.COMMITMENT]
    assert ends == ["city-2026/3.1"]


def test_headings_that_name_nothing_are_remembered() -> None:
    layout = layout_of([*loan(), "奇怪 列"], headings_of(LOAN))
    assert layout.unknown == ("奇怪 列",)
