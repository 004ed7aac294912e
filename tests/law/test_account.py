"""Where an annuity stands: official examples of underpayment, and the boundaries."""

from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.errors import LawError
from patentwatch.law.account import Account, AccountState, Notice, account
from patentwatch.law.annuities import annuity
from patentwatch.law.rulebook import Rulebook
from patentwatch.model import PatentType
from patentwatch.rulefiles import load

FILED = date(2018, 4, 10)  # year 7 is due 2024-04-10, 2000 yuan, over 2024-10-10
DAY = timedelta(days=1)


def standing(on: str | date, *payments: tuple[str, int], **facts: Any) -> Account:
    """Return the account of year 7 of a patent granted in year 3."""
    book = load(None)
    asked: dict[str, Any] = {
        "grant_year": 3,
        "reduction": 0,
        "open_licence": False,
        "payments": [(date.fromisoformat(day), yuan) for day, yuan in payments],
        "on": date.fromisoformat(on) if isinstance(on, str) else on,
        "expires_on": date(2038, 4, 10),
        "rulebook": book,
    }
    fee = annuity(PatentType.INVENTION, FILED, 7, rulebook=book)
    return account(fee, **(asked | facts))


def test_the_guidelines_example_of_a_top_up(book: Rulebook) -> None:
    """45 yuan at 5 % were owed, 25 were paid; at 10 % another 65 are owed."""
    fee = annuity(PatentType.INVENTION, date(2017, 4, 10), 3, rulebook=book)
    found = account(
        fee,
        grant_year=2,
        reduction=0,
        open_licence=False,
        payments=[(date(2019, 6, 3), 900 + 25)],
        on=date(2019, 6, 15),
        expires_on=date(2037, 4, 10),
        rulebook=book,
    )
    assert (found.surcharge_yuan, found.amount_due_yuan) == (90, 65)


@pytest.mark.parametrize(
    ("on", "state"),
    [
        ("2024-04-09", AccountState.NOT_DUE),
        ("2024-04-10", AccountState.NOT_DUE),
        ("2024-04-11", AccountState.GRACE),
        ("2024-10-09", AccountState.GRACE),
        ("2024-10-10", AccountState.GRACE),
        ("2024-10-11", AccountState.LAPSED_PENDING_NOTICE),
    ],
)
def test_an_unpaid_annuity_passes_from_state_to_state(
    on: str, state: AccountState
) -> None:
    assert standing(on).state is state


@pytest.mark.parametrize(
    ("day", "yuan", "state", "owed"),
    [
        pytest.param("2024-04-10", 1999, AccountState.GRACE, 2200 - 1999, id="short"),
        pytest.param("2024-04-10", 2000, AccountState.PAID, 0, id="enough"),
        pytest.param("2024-04-10", 2001, AccountState.PAID, 0, id="more-than-enough"),
        pytest.param("2024-06-11", 2099, AccountState.GRACE, 101, id="short-at-5"),
        pytest.param("2024-06-11", 2100, AccountState.PAID, 0, id="enough-at-5"),
        pytest.param("2024-06-12", 2100, AccountState.GRACE, 100, id="late-for-5"),
        pytest.param("2024-06-21", 2200, AccountState.GRACE, 2200, id="after-the-day"),
    ],
)
def test_one_yuan_decides(day: str, yuan: int, state: AccountState, owed: int) -> None:
    found = standing("2024-06-20", (day, yuan))
    assert (found.state, found.amount_due_yuan) == (state, owed)


def test_what_was_paid_in_parts_is_paid_on_the_day_it_became_enough() -> None:
    found = standing(
        "2024-12-01",
        ("2024-05-12", 101),  # given out of order on purpose
        ("2024-04-01", 2000 - 50),
        ("2024-05-11", 49),
    )
    assert found.paid_on == date(2024, 5, 12)
    assert (found.surcharge_percent, found.surcharge_yuan) == (5, 100)


def test_one_yuan_short_at_the_end_loses_the_patent() -> None:
    found = standing("2024-12-01", ("2024-04-01", 300), ("2024-10-10", 2199))
    assert found.state is AccountState.LAPSED_PENDING_NOTICE
    assert found.amount_due_yuan == 2000 + 500 + 1000 - 2499
    assert found.terminated_from_on == date(2024, 4, 10)


def test_payments_after_the_six_months_are_not_counted() -> None:
    found = standing("2024-12-01", ("2024-10-11", 9000))
    assert (found.already_paid_yuan, found.amount_due_yuan) == (0, 3500)


@pytest.mark.parametrize(
    ("on", "state", "owed"),
    [
        ("2024-11-14", AccountState.LAPSED_PENDING_NOTICE, 3500),
        ("2024-11-15", AccountState.LAPSED_RESTORABLE, 3500),  # before its receipt
        ("2025-02-04", AccountState.LAPSED_RESTORABLE, 3500),
        ("2025-02-05", AccountState.LAPSED_RESTORABLE, 3500),
        ("2025-02-06", AccountState.LAPSED_FINAL, 0),
    ],
)
def test_a_notice_counts_from_its_dispatch_until_two_months_after_receipt(
    on: str, state: AccountState, owed: int
) -> None:
    found = standing(on, notice=Notice(date(2024, 11, 15), "paper"))
    assert (found.state, found.amount_due_yuan) == (state, owed)


@pytest.mark.parametrize(
    ("on", "state"),
    [
        ("2038-04-09", AccountState.PAID),
        ("2038-04-10", AccountState.EXPIRED),
        ("2038-04-11", AccountState.EXPIRED),
    ],
)
def test_a_paid_annuity_is_expired_from_the_end_of_the_term(
    on: str, state: AccountState
) -> None:
    assert standing(on, ("2024-04-01", 2000)).state is state


def test_what_lapsed_unpaid_stays_lapsed_after_the_term() -> None:
    assert standing("2040-01-01").state is AccountState.LAPSED_PENDING_NOTICE


def test_suspension_matters_only_after_the_six_months() -> None:
    assert standing("2024-10-10", suspended=True).state is AccountState.GRACE
    notice = Notice(date(2024, 11, 15), "electronic")
    found = standing("2025-06-01", ("2024-10-10", 100), suspended=True, notice=notice)
    assert found.state is AccountState.TERMINATION_SUSPENDED
    assert found.amount_due_yuan == 2000 + 500 - 100
    assert found.restoration_fee_yuan is None
    assert found.terminated_from_on is None


def test_a_reduced_fee_carries_the_surcharge_of_the_full_fee() -> None:
    found = standing("2024-10-10", reduction=85)
    assert (found.payable_fee_yuan, found.surcharge_yuan) == (300, 500)


@pytest.mark.parametrize(
    ("on", "answer"), [("2026-12-31", False), ("2027-01-01", True)]
)
def test_a_question_asked_after_the_last_notice_is_provisional(
    *, on: str, answer: bool
) -> None:
    assert standing(on, ("2024-04-01", 2000)).provisional is answer


def test_a_restoration_deadline_after_the_last_notice_is_provisional() -> None:
    early = Notice(date(2026, 10, 31), "electronic")  # two months: 2026-12-31
    late = Notice(date(2026, 11, 2), "electronic")  # two months: a Saturday of 2027
    assert not standing("2026-12-01", notice=early).provisional
    assert standing("2026-12-01", notice=late).provisional


def test_a_negative_payment_is_an_error() -> None:
    with pytest.raises(LawError, match="为负"):
        standing("2024-06-20", ("2024-04-01", -1))


PAYMENTS = st.lists(
    st.tuples(st.dates(date(2024, 1, 1), date(2024, 12, 31)), st.integers(0, 2600)),
    max_size=4,
)


@given(PAYMENTS, st.dates(date(2024, 1, 1), date(2024, 10, 9)))
def test_waiting_never_costs_less(payments: list[tuple[date, int]], on: date) -> None:
    known = [payment for payment in payments if payment[0] <= on]
    today = standing(on, payments=known)
    tomorrow = standing(on + DAY, payments=known)
    assert tomorrow.amount_due_yuan >= today.amount_due_yuan
    assert (tomorrow.paid_on is None) == (today.paid_on is None)


@given(st.dates(date(2024, 1, 1), date(2024, 10, 10)))
def test_paying_what_is_due_settles_the_annuity(on: date) -> None:
    owed = standing(on).amount_due_yuan
    settled = standing(on, payments=[(on, owed)])
    short = standing(on, payments=[(on, owed - 1)])
    assert (settled.paid_on, settled.amount_due_yuan) == (on, 0)
    assert (short.paid_on, short.amount_due_yuan) == (None, 1)
