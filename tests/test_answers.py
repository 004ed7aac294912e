"""What an answer can do by itself: when it is a fact, and when a second word."""

import dataclasses
from datetime import date
from typing import Any

import pytest

from patentwatch.answers import Given, Via, Word, confirms, payment
from patentwatch.model import FactKind, FactSource, PatentNumber

RECEIPT = Given(
    PatentNumber("201310199708.X"),
    12,
    Word.PAID,
    date(2026, 4, 11),
    Via.CLI,
    by="李",
    paid_on=date(2026, 4, 10),
    amount_yuan=2640,
    receipt_no="A9",
)


@pytest.mark.parametrize("via", [Via.CLI, Via.SHEET, Via.CALL])
def test_a_receipt_that_an_official_saw_is_a_payment(via: Via) -> None:
    fact = payment(dataclasses.replace(RECEIPT, via=via))
    assert fact is not None
    assert (fact.kind, fact.source, fact.dated_on) == (
        FactKind.PAYMENT,
        FactSource.RECEIPT,
        date(2026, 4, 10),
    )
    assert (fact.fee_year, fact.amount_yuan, fact.ref) == (12, 2640, "A9")


@pytest.mark.parametrize(
    ("change", "missing"),
    [
        pytest.param({"via": Via.LINK}, (), id="a-patentees-word"),
        pytest.param({"receipt_no": ""}, (), id="no-receipt"),
        pytest.param({"word": Word.AGENT}, (), id="another-answer"),
        pytest.param({"by": ""}, ("经办人",), id="nobody-vouches"),
        pytest.param({"paid_on": None}, ("缴费日期",), id="no-day"),
        pytest.param({"amount_yuan": None}, ("金额",), id="no-amount"),
    ],
)
def test_anything_less_is_only_an_answer(
    change: dict[str, Any], missing: tuple[str, ...]
) -> None:
    given = dataclasses.replace(RECEIPT, **change)
    assert payment(given) is None
    assert given.missing_for_a_fact == missing


@pytest.mark.parametrize(
    ("earlier", "later", "confirmed"),
    [
        pytest.param((Via.LINK, "a"), (Via.LINK, "a"), True, id="the-same-twice"),
        pytest.param((Via.LINK, "a"), (Via.LINK, "b"), False, id="two-owners-once"),
        pytest.param((Via.LINK, "a"), (Via.CLI, None), True, id="then-an-official"),
        pytest.param((Via.CALL, None), (Via.LINK, "a"), True, id="official-first"),
        pytest.param((Via.CLI, None), (Via.SHEET, None), True, id="officials"),
    ],
)
def test_giving_up_takes_a_second_word_of_the_same_or_of_an_official(
    earlier: tuple[Via, str | None], later: tuple[Via, str | None], *, confirmed: bool
) -> None:
    said = confirms(
        *later, earlier_via=earlier[0], earlier_recipient=earlier[1], same_day=False
    )
    assert said is confirmed


@pytest.mark.parametrize(
    ("earlier", "later", "confirmed"),
    [
        pytest.param(Via.CALL, Via.CLI, False, id="a-call-noted-twice"),
        pytest.param(Via.SHEET, Via.SHEET, False, id="a-row-corrected"),
        pytest.param(Via.CALL, Via.CALL, False, id="two-calls"),
        pytest.param(Via.CLI, Via.CLI, True, id="two-commands"),
        pytest.param(Via.LINK, Via.LINK, True, id="two-letters"),
    ],
)
def test_one_word_noted_twice_on_a_day_confirms_nothing(
    earlier: Via, later: Via, *, confirmed: bool
) -> None:
    said = confirms(
        later, "a", earlier_via=earlier, earlier_recipient="a", same_day=True
    )
    assert said is confirmed
