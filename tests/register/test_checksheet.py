from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.model import FactSource
from patentwatch.register.cells import Row
from patentwatch.register.checksheet import CheckSheetRows
from patentwatch.register.columns import Kind, layout_of
from patentwatch.register.outcome import Outcome
from patentwatch.register.stated import Stated

TODAY = date(2026, 11, 22)
PRINTED = {
    "县区": "华龙区",
    "专利号": "ZL201310199708.X",
    "发明名称": "一种装置",
    "专利权人": "某某公司",
    "应缴年度": "13",
    "缴费期限": "2026-05-25",
    "补缴期限": "2026-11-24",
    "案件状态": "",
    "已缴年度": "",
    "应缴金额": "",
    "查询日": "",
    "备注": "",
}
LOOKED_UP = {"查询日": "2026-11-20"}


def read(cells: Mapping[str, str]) -> Outcome[Stated]:
    fields = {**PRINTED, **cells}
    layout = layout_of(list(fields), Kind.CHECK_SHEET)
    return CheckSheetRows(layout, today=TODAY).read(Row(2, list(fields.values())))


@pytest.mark.parametrize(
    ("filled", "told"),
    [
        ({"已缴年度": "12"}, [("paid", 12), ("unpaid", 13)]),
        ({"已缴年度": "13"}, [("paid", 13)]),
        ({"已缴年度": "14"}, [("paid", 14)]),
        ({"应缴金额": "1200"}, [("unpaid", 13)]),
        (
            {"应缴金额": "1,200元", "案件状态": "专利权维持"},
            [("unpaid", 13), ("listed", None)],
        ),
        ({"应缴金额": "1200", "已缴年度": "13"}, [("paid", 13)]),
        ({"案件状态": "等年费滞纳金"}, [("unpaid", 13)]),
        (
            {"案件状态": "等年费滞纳金", "已缴年度": "13"},
            [("paid", 13), ("unpaid", 14)],
        ),
        ({"案件状态": "未缴年费专利权终止，等恢复"}, [("ended", 13)]),
        (
            {"案件状态": "未缴年费终止失效", "已缴年度": "12"},
            [("paid", 12), ("ended", 13)],
        ),
        ({"案件状态": "终止", "应缴金额": "1200"}, [("ended", 13)]),
        ({"案件状态": "专利权维持"}, [("listed", None)]),
        ({"案件状态": "专利权维持", "应缴金额": "0"}, [("paid", 13)]),
        ({"案件状态": "专利权维持", "应缴金额": "无"}, [("paid", 13)]),
    ],
)
def test_what_was_filled_in_becomes_facts_of_the_day_of_looking(
    filled: dict[str, str], told: list[tuple[str, int | None]]
) -> None:
    outcome = read({**LOOKED_UP, **filled})
    assert outcome.value is not None, outcome
    facts = outcome.value.facts
    assert [(fact.kind.value, fact.fee_year) for fact in facts] == told
    assert {fact.dated_on for fact in facts} == {date(2026, 11, 20)}
    assert {fact.source for fact in facts} == {FactSource.CHECK_SHEET}


@pytest.mark.parametrize(
    ("filled", "code"),
    [
        ({"案件状态": "专利权维持"}, "query_date_missing"),
        ({"查询日": "2026-11-23", "已缴年度": "13"}, "date_implausible"),
        ({"查询日": "2026-02-30", "已缴年度": "13"}, "date_impossible"),
        ({**LOOKED_UP, "已缴年度": "2025"}, "fee_year_invalid"),
        ({**LOOKED_UP, "应缴年度": ""}, "fee_year_invalid"),
        ({**LOOKED_UP, "应缴金额": "很多"}, "amount_invalid"),
        ({**LOOKED_UP, "应缴金额": "0"}, "status_missing"),
        ({**LOOKED_UP, "案件状态": "不知道"}, "status_unknown"),
        ({**LOOKED_UP, "案件状态": "期限届满"}, "ended_otherwise"),
        ({**LOOKED_UP, "案件状态": "等恢复", "已缴年度": "13"}, "status_contradicts"),
        ({**LOOKED_UP, "专利号": "2.01E+12"}, "number_damaged"),
    ],
)
def test_a_filled_row_that_says_nothing_sure_is_refused(
    filled: dict[str, str], code: str
) -> None:
    outcome = read(filled)
    assert outcome.reject is not None, outcome
    assert outcome.reject.code == code


def test_an_unfilled_row_is_passed_over() -> None:
    for cells in ({}, {"备注": "待查"}, {"专利号": ""}):
        outcome = read(cells)
        assert outcome.skip is not None
        assert outcome.skip.code == "not_filled"


def test_only_a_day_of_looking_says_nothing() -> None:
    outcome = read(LOOKED_UP)
    assert outcome.reject is not None
    assert outcome.reject.code == "nothing_found"


@given(st.lists(st.text(max_size=12) | st.sampled_from(["13", "0"]), max_size=13))
def test_no_input_makes_the_parser_raise(cells: list[str]) -> None:
    layout = layout_of(list(PRINTED), Kind.CHECK_SHEET)
    outcome = CheckSheetRows(layout, today=TODAY).read(Row(2, cells))
    ends = [outcome.value, outcome.reject, outcome.skip]
    assert sum(end is not None for end in ends) == 1
