"""A party's statement out of the database: its rights as moved, held and answered."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from sqlalchemy import Engine

from patentwatch.answers import Given, Via, Word
from patentwatch.errors import UsageError
from patentwatch.model import PatentNumber
from patentwatch.requested import document, stated
from patentwatch.settings import Settings
from patentwatch.statements import Statement
from patentwatch.store import answers, holders, pauses
from patentwatch.store.engine import reading, transaction
from patentwatch.store.vault import Vault
from tests.line import DUE, FEE_YEAR, Line, days, instant

ON = DUE + days(40)
"""In the window of 5 %, until 13 July; the full fee of year 11 is 4000 yuan."""
CODE = "91410900MA40000019"


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Callable[..., Settings]) -> Line:
    return Line(engine, vault, settings())


def asked(
    line: Line, party: str = "甲公司", *, on: date = ON, **more: Any
) -> Statement:
    wanted = {"credit_code": "", "numbers": []} | more
    with reading(line.engine) as connection:
        return stated(
            connection,
            line.vault,
            line.settings,
            line.here.rules,
            party,
            on=on,
            **wanted,
        )


def numbers(found: Statement) -> list[str]:
    return [one.number for one in found.holdings]


def test_a_statement_has_the_rights_of_the_party_and_no_others(line: Line) -> None:
    mine = line.patent(owners=["甲公司"])
    shared = line.patent(owners=["乙公司", "甲公司"], due_on=DUE + days(1))
    line.patent(owners=["乙公司"], agency="甲公司")
    assert numbers(asked(line)) == [mine, shared]


def test_a_credit_code_finds_a_party_that_a_list_names_otherwise(line: Line) -> None:
    mine = line.patent(owners=["甲公司（旧名）"], credit_codes=(CODE,))
    line.patent(owners=["甲公司"], credit_codes=("91410900MA40000027",))
    found = asked(line, credit_code=CODE)
    assert numbers(found) == [mine]
    assert found.credit_code == CODE


def test_after_a_transfer_it_is_on_the_statement_of_the_new_owner(line: Line) -> None:
    number = line.patent(owners=["甲公司"])
    line.patent(owners=["甲公司"], due_on=DUE + days(9))
    line.event(
        number,
        "TR01",
        DUE + days(3),
        text="专利权的转移\n变更事项：专利权人\n变更前权利人：甲公司\n"
        "变更后权利人：乙公司\n登记生效日：20260501",
    )
    with transaction(line.engine) as connection:
        holders.add_holders(connection, {number: ["乙公司"]})
    assert numbers(asked(line, "乙公司")) == [number]
    assert number not in numbers(asked(line, "甲公司"))


def test_a_hold_and_an_answer_are_heard(line: Line) -> None:
    number = line.patent()
    with transaction(line.engine) as connection:
        pauses.add_hold(
            connection,
            number,
            fee_year=None,
            reason="查",
            by="李",
            on=ON,
            until_on=None,
        )
        given = Given(PatentNumber(number), FEE_YEAR, Word.PAID, ON, Via.CLI, by="李")
        answers.add(connection, given, now=instant(ON))
    (right,) = asked(line).holdings
    assert all(fee.held for fee in right.fees)
    assert right.late[0].answer == "paid"


def test_a_natural_person_is_asked_for_by_number_because_names_repeat(
    line: Line,
) -> None:
    mine = line.patent(owners=["张三"])
    line.patent(owners=["张三"])
    with pytest.raises(UsageError, match="可能重名；请用 --number"):
        asked(line, "张三")
    assert numbers(asked(line, "张三", numbers=[PatentNumber(mine)])) == [mine]


def test_whoever_owns_nothing_gets_no_empty_paper(line: Line) -> None:
    other = line.patent(owners=["乙公司"])
    with pytest.raises(UsageError, match="没有“甲公司”名下有效的专利"):
        asked(line)
    with pytest.raises(UsageError, match=f"{other} 的专利权人不是“甲公司”"):
        asked(line, numbers=[PatentNumber(other)])


def test_the_document_names_days_and_amounts(line: Line) -> None:
    number = line.patent(reduction=85)
    line.unpaid(number, DUE + days(35))
    found = document(asked(line))
    (patent,) = found["patents"]
    assert patent["application_no"] == number
    assert (patent["state"], patent["reduction"]) == ("in_force", 85)
    (late,) = patent["late"]
    assert (late["fee_year"], late["evidence"], late["standing"]) == (
        11,
        "confirmed",
        "open",
    )
    assert (late["payable_fee_yuan"], late["surcharge_yuan"]) == (600, 200)
    assert (late["amount_due_yuan"], late["window_until_on"]) == (
        800,
        date(2026, 7, 13),
    )
    # Granted in its year 3: year 12 is the last reduced one, due on 2027-05-11.
    assert patent["next"]["amount_due_yuan"] == 600
    assert patent["reduction_ends"] == {
        "last_year": 12,
        "last_fee_yuan": 600,
        "full_from_year": 13,
        "full_from_on": date(2028, 5, 11),
        "full_fee_yuan": 6000,
        "more_yuan": 5400,
    }
    assert found["reductions_ending"] == [number]
    assert found["budget"]["years"] == [{"year": 2027, "fees": 1, "yuan": 600}]


def test_no_amount_is_given_for_what_is_held(line: Line) -> None:
    number = line.patent()
    with transaction(line.engine) as connection:
        pauses.add_hold(
            connection, number, fee_year=FEE_YEAR, reason="查", by="李", on=ON,
            until_on=None,
        )  # fmt: skip
    (late,) = document(asked(line))["patents"][0]["late"]
    assert late["held"] is True
    assert (late["payable_fee_yuan"], late["amount_due_yuan"]) == (None, None)
