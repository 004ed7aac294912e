import copy
from collections.abc import Mapping
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.errors import InputError
from patentwatch.model import Fact, FactKind, FactSource
from patentwatch.register import feepage
from patentwatch.register.cells import Row
from patentwatch.register.columns import Kind, layout_of
from patentwatch.register.outcome import Outcome
from patentwatch.register.payments import PaymentRows
from patentwatch.register.stated import Stated

TODAY = date(2026, 11, 22)
GOOD = {
    "申请号": "201310199708.X",
    "年度": "第6年",
    "缴费日期": "2018.5.20",
    "金额": "1,200.00元",
    "票据号": "0026303067",
}


def read(cells: Mapping[str, str]) -> Outcome[Stated]:
    fields = {**GOOD, **cells}
    layout = layout_of(list(fields), Kind.PAYMENTS)
    return PaymentRows(layout, today=TODAY).read(Row(2, list(fields.values())))


def test_a_row_becomes_a_payment_dated_the_day_it_was_paid() -> None:
    outcome = read({})
    assert outcome.value is not None
    assert outcome.value.application_no == "201310199708.X"
    assert outcome.value.facts == (
        Fact(
            FactKind.PAYMENT,
            FactSource.RECEIPT,
            date(2018, 5, 20),
            fee_year=6,
            amount_yuan=1200,
            ref="0026303067",
        ),
    )


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"申请号": "201310199708.3"}, "check_digit"),
        ({"申请号": "2.01E+12"}, "number_damaged"),
        ({"年度": "2018"}, "fee_year_invalid"),
        ({"年度": ""}, "fee_year_invalid"),
        ({"缴费日期": ""}, "date_empty"),
        ({"缴费日期": "2018-02-30"}, "date_impossible"),
        ({"缴费日期": "2026-11-23"}, "date_implausible"),
        ({"缴费日期": "=TODAY()"}, "formula_cell"),
        ({"金额": "1200.5"}, "amount_invalid"),
        ({"金额": "0"}, "amount_invalid"),
        ({"金额": "=SUM(1)"}, "amount_invalid"),
        ({"票据号": "9" * 501}, "too_long"),
    ],
)
def test_a_payment_that_proves_nothing_is_refused(
    cells: dict[str, str], code: str
) -> None:
    outcome = read(cells)
    assert outcome.reject is not None
    assert outcome.reject.code == code


@given(st.lists(st.text(max_size=20), max_size=7))
def test_no_input_makes_the_parser_raise(cells: list[str]) -> None:
    layout = layout_of(list(GOOD), Kind.PAYMENTS)
    outcome = PaymentRows(layout, today=TODAY).read(Row(2, cells))
    assert (outcome.value is None) != (outcome.reject is None)


def page(
    *, due: object = None, paid: object = None, late: object = None
) -> dict[str, object]:
    data = {}
    if due is not None:
        data["yingjiaofei"] = {"svYingjfList": due}
    if paid is not None:
        data["yijiaofei"] = {"svYijfList": paid}
    if late is not None:
        data["zhinajin"] = {"svZnjList": late}
    return {"code": 200, "data": data, "msg": "成功"}


def owing(name: str, amount: int = 1200) -> dict[str, object]:
    return {
        "yingjiaoffyzlmc": name,
        "yingjiaoje": amount,
        "jiaofeijzr": "2026-09-09",
        "yingjiaoffyzt": "未缴",
    }


def paid_item(name: str, amount: int, on: str) -> dict[str, object]:
    return {
        "yijiaofjfzlmc": name,
        "yijiaofjfje": amount,
        "yijiaofjfrq": on,
        "yijiaofpjdm": "0001",
        "yijiaofpjhm": "77",
    }


def told(document: object, stem: str = "201310199708X") -> list[tuple[str, int | None]]:
    read_page = feepage.read(document, stem=stem, queried_on=TODAY)
    return [(fact.kind.value, fact.fee_year) for fact in read_page.stated.facts]


def test_a_fee_page_tells_what_is_owed_and_that_earlier_years_are_settled() -> None:
    assert told(page(due=[owing("发明专利第6年年费")])) == [("unpaid", 6), ("paid", 5)]


def test_a_restoration_fee_means_that_the_right_ended() -> None:
    document = page(due=[owing("恢复权利请求费", 1000), owing("发明专利第6年年费")])
    assert told(document) == [("ended", None), ("unpaid", 6)]


def test_a_surcharge_belongs_to_the_annuity_of_the_same_day() -> None:
    document = page(
        paid=[
            paid_item("发明专利年费滞纳金", 60, "2026-03-11"),
            paid_item("发明专利第6年年费", 1200, "2026-03-11"),
            paid_item("发明专利申请实质审查费", 375, "2014-03-11"),
        ]
    )
    assert told(document) == [("payment", 6), ("payment", 6)]
    facts = feepage.read(document, stem="201310199708X", queried_on=TODAY).stated.facts
    assert {(f.amount_yuan, f.dated_on, f.ref) for f in facts} == {
        (60, date(2026, 3, 11), "000177"),
        (1200, date(2026, 3, 11), "000177"),
    }


def test_the_late_fee_table_is_read() -> None:
    step = {
        "zhinajjfsj": "2026年01月06日至2026年02月03日",
        "zhinajdqnfje": 1200,
        "zhinajyjznje": 60,
        "zhinajzj": 1260,
    }
    read_page = feepage.read(
        page(due=[], late=[step]), stem="ZL201310199708.X", queried_on=TODAY
    )
    assert read_page.late_steps == (
        feepage.LateStep(date(2026, 1, 6), date(2026, 2, 3), 1200, 60, 1260),
    )
    assert read_page.stated.facts == ()


def test_the_number_comes_from_the_document_else_from_the_file_name() -> None:
    document = page(due=[])
    named = copy.deepcopy(document)
    named["data"] = {**page(due=[])["data"], "x": {"zhuanlisqh": "201410117875X"}}  # type: ignore[dict-item]
    for source, stem, number in (
        (named, "201310199708X", "201410117875.X"),
        (document, "费用 201310199708.X (1)", "201310199708.X"),
    ):
        read_page = feepage.read(source, stem=stem, queried_on=TODAY)
        assert read_page.stated.application_no == number
    with pytest.raises(InputError) as caught:
        feepage.read(document, stem="费用信息", queried_on=TODAY)
    assert caught.value.code == "number_missing"


@pytest.mark.parametrize(
    "document",
    [
        None,
        [],
        "login",
        {"code": 401, "msg": "请登录"},
        {"code": 200},
        {"code": 200, "data": None},
        page(),
        page(late=[]),
        page(due={"a": 1}),
        page(due=[owing("第6年年费", -1)]),
        page(paid=[paid_item("第6年年费", 1200, "昨天")]),
        page(due=["text"]),
    ],
)
def test_i31_anything_but_a_complete_answer_says_nothing(document: object) -> None:
    with pytest.raises(InputError) as caught:
        feepage.read(document, stem="201310199708X", queried_on=TODAY)
    assert caught.value.code == "unexpected_content"
