"""The portal's sheet: nine columns, one row for a fee, nothing that may be paid twice.

Year 7 of the patent was due on 2024-04-10: 2000 yuan, from 12 June a surcharge of 10 %.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from io import BytesIO
from typing import Any

import pytest
from openpyxl import load_workbook

from patentwatch.holdings import Dossier
from patentwatch.model import Hold, Patent, PatentNumber, PatentType
from patentwatch.paymentsheet import AHEAD, PaymentSheet, document, payment_sheet
from patentwatch.statementbooks import payment_xlsx
from tests.make_situations import answer, ended, payment, unpaid
from tests.make_statements import OWNED, PARTY, dossier, stated

ON = "2024-06-21"
CODE = "91410900MA40000019"
NINE = [
    "序号",
    "申请号/专利号",
    "业务类型",
    "票据抬头",
    "统一社会信用代码",
    "费用种类",
    "外币金额",
    "费用金额",
    "备注",
]


def sheet(*dossiers: Dossier, on: str = ON, until: str | None = None) -> PaymentSheet:
    found = stated(*dossiers, on=on)
    until_on = date.fromisoformat(until) if until else found.on + AHEAD
    return payment_sheet(found, until_on=until_on)


def rows(found: PaymentSheet) -> list[tuple[str, int]]:
    return [(row.fee, row.yuan) for row in found.rows]


def late(patent: Patent = OWNED, **more: Any) -> Dossier:
    return dossier(unpaid("2024-06-20"), on=ON, patent=patent, **more)


def test_fee_and_surcharge_are_rows_of_their_own() -> None:
    found = sheet(late())
    assert rows(found) == [("发明专利第7年年费", 2000), ("发明专利年费滞纳金", 200)]
    assert found.total_yuan == 2200
    assert found.left_out == ()


def test_a_reduced_fee_bears_the_surcharge_of_the_full_one() -> None:
    found = sheet(late(replace(OWNED, reduction=85)))
    assert rows(found) == [("发明专利第7年年费", 300), ("发明专利年费滞纳金", 200)]


def test_what_was_paid_in_part_is_made_up_the_fee_first() -> None:
    found = sheet(dossier(payment("2024-05-20", 1900), unpaid("2024-06-20"), on=ON))
    assert rows(found) == [("发明专利第7年年费", 100), ("发明专利年费滞纳金", 200)]
    more = sheet(dossier(payment("2024-06-20", 2050), unpaid("2024-06-20"), on=ON))
    # Paid in the window of 10 %: 50 yuan of the surcharge are in it.
    assert rows(more) == [("发明专利年费滞纳金", 150)]
    assert more.rows[0].note.endswith("已缴2050元，本次补足")


@pytest.mark.parametrize(
    ("on", "fees"),
    [
        pytest.param("2024-01-10", [], id="ninety-one-days-before"),
        pytest.param("2024-01-11", [7], id="ninety-days-before"),
        pytest.param("2024-01-12", [7], id="eighty-nine"),
    ],
)
def test_a_coming_fee_is_on_it_from_its_first_notice_on(
    on: str, fees: list[int]
) -> None:
    found = sheet(dossier(payment("2023-04-01", 1200, 6), on=on), on=on)
    assert rows(found) == [(f"发明专利第{year}年年费", 2000) for year in fees]


def test_another_day_may_be_asked_for_and_what_is_late_stays() -> None:
    found = sheet(late(), until="2025-04-10")
    assert [name for name, _ in rows(found)][2:] == ["发明专利第8年年费"]
    assert len(sheet(late(), until="2025-04-09").rows) == 2
    assert len(sheet(late(), until="2020-01-01").rows) == 2


@pytest.mark.parametrize(
    ("found", "why"),
    [
        pytest.param(late(holds=[Hold("查")]), "held", id="held"),
        pytest.param(
            dossier(payment("2024-04-01", 2000), unpaid("2024-06-20"), on=ON),
            "held",
            id="contradiction",
        ),
        pytest.param(
            dossier(on=ON, answers=[answer("paid", "2024-06-20")]),
            "answered",
            id="said-to-be-paid",
        ),
        pytest.param(
            late(answers=[answer("agent", "2024-06-20")]), "answered", id="agent-pays"
        ),
    ],
)
def test_what_may_be_paid_already_is_left_out_and_named(
    found: Dossier, why: str
) -> None:
    left = sheet(found, until="2024-06-30")
    assert left.rows == ()
    assert left.left_out == ((OWNED.application_no, 7, why),)


@pytest.mark.parametrize(
    ("on", "on_it"), [("2024-10-09", True), ("2024-10-10", True), ("2024-10-11", False)]
)
def test_after_the_six_months_nothing_can_simply_be_paid(
    on: str, *, on_it: bool
) -> None:
    found = sheet(dossier(unpaid("2024-09-20"), on=on), on=on)
    assert bool(found.rows) is on_it
    assert [why for *_, why in found.left_out] == ["too_late"] * (not on_it)


def test_a_lost_right_has_first_to_be_restored() -> None:
    found = sheet(
        dossier(ended("2024-11-22", year=7), on="2024-12-01"), on="2024-12-01"
    )
    assert (found.rows, len(found.left_out)) == ((), 1)


def test_what_nobody_looked_up_asks_to_check_before_paying() -> None:
    soft = sheet(dossier(on=ON)).rows[0].note
    assert soft == "金额至2024-07-10有效；我局未掌握缴费信息，缴费前请核对是否已缴"
    assert sheet(late()).rows[0].note == "金额至2024-07-10有效"
    unknown = sheet(late(replace(OWNED, reduction=None))).rows[0].note
    assert unknown.endswith("未掌握费减情况，按全额")


@pytest.mark.parametrize(
    ("patent_type", "names"),
    [
        (PatentType.UTILITY_MODEL, ["实用新型专利第7年年费", "实用新型专利年费滞纳金"]),
        (PatentType.DESIGN, ["外观设计专利第7年年费", "外观设计专利年费滞纳金"]),
    ],
)
def test_fees_bear_the_names_of_their_kind_of_patent(
    patent_type: PatentType, names: list[str]
) -> None:
    found = sheet(late(replace(OWNED, patent_type=patent_type)))
    assert [name for name, _ in rows(found)] == names
    assert {row.business for row in found.rows} == {names[0].partition("专利")[0]}


def read(content: bytes) -> list[list[Any]]:
    book = load_workbook(BytesIO(content))
    assert book.sheetnames == ["网上缴费"]
    cells = list(book.worksheets[0].iter_rows())
    kinds = {
        (c.data_type, c.number_format) for row in cells[1:] for c in row if c.value
    }
    assert kinds <= {("s", "@"), ("n", "0")}
    return [[cell.value for cell in row] for row in cells]


def cells(found: PaymentSheet) -> Sequence[Sequence[Any]]:
    return read(payment_xlsx(found, author="局"))


def test_the_workbook_has_the_nine_columns_and_keeps_text_as_text() -> None:
    odd = replace(
        OWNED,
        application_no=PatentNumber("201810123456.X"),
        patentees=("=1+1",),
        credit_codes=(CODE,),
    )
    found = payment_sheet(
        stated(dossier(unpaid("2024-06-20"), on=ON, patent=odd), on=ON, party="=1+1"),
        until_on=date(2024, 6, 30),
    )
    head, first, second = cells(found)
    assert head == NINE
    assert first == [
        "1", "201810123456X", "发明", "=1+1", CODE, "发明专利第7年年费",
        None, 2000, "金额至2024-07-10有效",
    ]  # fmt: skip
    assert (second[0], second[5], second[7]) == ("2", "发明专利年费滞纳金", 200)


def test_without_anything_to_pay_there_is_still_the_head() -> None:
    assert cells(sheet(dossier(payment("2024-04-01", 2000), on=ON))) == [NINE]


def test_the_document_has_the_cells_by_their_titles() -> None:
    found = document(sheet(late(), dossier(
        on=ON,
        patent=replace(OWNED, application_no=PatentNumber("201810000001.1")),
        holds=[Hold("查")],
    )))  # fmt: skip
    assert [list(row) for row in found["rows"]] == [NINE, NINE]
    assert found["rows"][0]["票据抬头"] == PARTY
    assert found["total_yuan"] == 2200
    assert found["left_out"] == [
        {"application_no": "201810000001.1", "fee_year": 7, "why": "held"}
    ]
    assert found["on"] == date(2024, 6, 21)
