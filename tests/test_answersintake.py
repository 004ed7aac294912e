"""A sheet of answers: every row accounted for, nothing half taken, twice is once."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from patentwatch import answersintake, installation
from patentwatch.errors import UsageError
from patentwatch.look import look
from patentwatch.model import Office
from patentwatch.register.result import Intake
from patentwatch.store.vault import Vault
from tests.lists import (
    NOW,
    Desk,
    adds_up,
    answer,
    codes,
    number,
    rows,
    write_csv,
    write_xlsx,
)
from tests.test_people_intake import contact

BY = "答复人"
SECOND = "第2机械有限公司"
OFFICE = Office("濮阳市知识产权局", "0393-1234567", lawful_basis="履行法定职责")


@pytest.fixture
def desk(engine: Engine, vault: Vault, settings: Any, tmp_path: Any) -> Desk:
    desk = Desk(engine, vault, settings(), tmp_path)
    desk.settings = replace(desk.settings, office=OFFICE)
    desk.take(rows(2))
    people = [contact(邮箱="zhang@example.cn"), contact(SECOND, 手机="13900000002")]
    desk.contacts(people)
    return desk


def take(desk: Desk, lines: Any, **more: Any) -> Intake:
    path = write_csv(desk.path(), lines)
    return answersintake.import_answers(
        desk.engine, desk.vault, desk.settings,
        installation.rules_of(desk.settings, desk.vault), path, now=NOW, **more,
    )  # fmt: skip


def test_every_kind_of_answer_is_taken(desk: Desk) -> None:
    headed = {**answer(), "答复人(邮箱或手机)": ""}
    del headed["答复人"]
    assert take(desk, [headed]).created == 1
    found = take(
        desk,
        [
            answer(答复="已缴", 备注="第二次", 日期="2026-11-21"),
            answer(2, 答复="委托代理机构", 答复人="139 0000 0002"),
            answer(2, 答复=" 不再 维持"),
            answer(答复="不是我", 答复人="Zhang@example.cn"),
        ],
    )
    assert (found.accepted, found.created, found.rejected) == (4, 4, 0)
    assert adds_up(found)
    stored = {(a[2], a[3], a[8]) for a in desk.stored("answers")["answers"]}
    assert {word for _, word, _ in stored} == {
        "paid",
        "agent",
        "abandon",
        "wrong-person",
    }
    assert {via for _, _, via in stored} == {"sheet"}
    assert codes(found.warnings) == ["no_agent", "abandon_first"]


def test_the_same_sheet_again_changes_nothing(desk: Desk) -> None:
    lines = [
        answer(缴费日期="2026-11-19", 金额="2640元", 票据号="A9"),
        answer(2, 答复="不再维持"),
    ]
    assert take(desk, lines).created == 2
    before = desk.stored("answers", "facts", "news")
    again = take(desk, lines)
    assert (again.created, again.unchanged) == (0, 2)
    assert adds_up(again)
    assert desk.stored("answers", "facts", "news") == before


def test_a_receipt_makes_a_payment_and_half_of_one_does_not(desk: Desk) -> None:
    found = take(desk, [answer(缴费日期="2026-11-19", 票据号="A9")])
    assert codes(found.warnings) == ["receipt_incomplete"]
    assert "缺少金额" in found.warnings[0].message
    found = take(desk, [answer(缴费日期="2026-11-19", 票据号="A9", 金额="2640")])
    assert (found.changed, codes(found.warnings)) == (1, [])
    paid = [f for f in desk.stored("facts")["facts"] if "payment" in f]
    assert len(paid) == 1
    assert "A9" in paid[0]


def test_a_second_giving_up_in_one_sheet_is_no_second_word(desk: Desk) -> None:
    lines = [answer(答复="不再维持", 日期="2026-11-01"), answer(答复="不再维持")]
    for _ in range(2):
        found = take(desk, lines)
        assert (found.skipped, codes(found.skips)) == (1, ["said_twice"])
        assert adds_up(found)
    assert len(desk.stored("answers")["answers"]) == 1
    confirmed = take(desk, [answer(答复="放弃", 日期="2026-11-21")])
    assert codes(confirmed.warnings) == ["abandon_confirmed"]


@pytest.mark.parametrize(
    ("change", "column", "code"),
    [
        ({"专利号": number(9)}, "专利号", "patent_unknown"),
        ({"专利号": "1234"}, "专利号", "number_length"),
        ({"年度": "21"}, "年度", "fee_year_invalid"),
        ({"答复": "也许"}, "答复", "answer_unknown"),
        ({"答复": ""}, "答复", "answer_unknown"),
        ({"日期": ""}, "日期", "date_empty"),
        ({"日期": "2026-11-23"}, "日期", "date_implausible"),
        ({"缴费日期": "2026-02-30"}, "缴费日期", "date_impossible"),
        ({"金额": "很多"}, "金额", "amount_invalid"),
        ({"票据号": "9" * 41}, "票据号", "receipt_too_long"),
        ({"答复人": "0393-1234567"}, BY, "recipient_invalid"),
        ({"答复人": "x@y.cn"}, BY, "recipient_unknown"),
        ({"答复": "不是我"}, BY, "recipient_missing"),
        (
            {"答复": "不是我", "答复人": "13900000002"},
            BY,
            "recipient_not_theirs",
        ),
    ],
)  # fmt: skip
def test_a_row_that_cannot_be_is_rejected_and_the_others_are_taken(
    desk: Desk, change: dict[str, str], column: str, code: str
) -> None:
    found = take(desk, [answer(**change), answer(2)])
    assert (found.read, found.accepted, found.rejected) == (2, 1, 1)
    (reject,) = found.rejects
    assert (reject.row, reject.column, reject.code) == (2, column, code)
    assert "13900000002" not in reject.value + reject.message
    assert adds_up(found)


def test_a_trial_tells_the_same_and_stores_nothing(desk: Desk) -> None:
    lines = [answer(), answer(专利号=number(9)), answer(2, 答复="不再维持")]
    before = desk.stored()
    tried = take(desk, lines, dry_run=True)
    assert desk.stored() == before
    real = take(desk, lines)
    assert (tried.run, tried.created, tried.rejects) == (None, 2, real.rejects)
    assert tried.warnings == real.warnings


def test_a_workbook_is_read_as_well(desk: Desk) -> None:
    path = write_xlsx(desk.path("xlsx"), {"答复": [answer(), answer(2)]})
    found = answersintake.import_answers(
        desk.engine, desk.vault, desk.settings,
        installation.rules_of(desk.settings, desk.vault), path, now=NOW,
    )  # fmt: skip
    assert (found.format, found.accepted) == ("xlsx", 2)


def test_answers_waiting_messages_are_cancelled_together(desk: Desk) -> None:
    rules = installation.rules_of(desk.settings, desk.vault)
    look(desk.engine, desk.vault, rules, now=NOW)
    waiting = [m for m in desk.stored("messages")["messages"] if "pending" in m]
    assert waiting
    take(desk, [answer(日期="2026-11-22"), answer(2, 日期="2026-11-22")])
    found = desk.stored("messages")["messages"]
    assert len(found) == len(waiting)
    assert not [m for m in found if "pending" in m]


def test_a_run_of_answers_is_not_taken_back(desk: Desk) -> None:
    found = take(desk, [answer()])
    with pytest.raises(UsageError, match="是权利人的答复，不能撤回"):
        desk.undo(found.run)
