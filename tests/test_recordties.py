"""What records of the work plan do to the watch: calls, desks, fees, looks."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default
from typing import Any

import pytest
from sqlalchemy import Engine, select

from patentwatch import linkedmaking, why
from patentwatch.cases import Case, cases
from patentwatch.digestmaking import due_window
from patentwatch.digestrisks import decided
from patentwatch.digests.values import Kind
from patentwatch.explain import explained
from patentwatch.model import Audience, FactKind, FactSource
from patentwatch.settings import Settings
from patentwatch.store import linked
from patentwatch.store.engine import reading
from patentwatch.store.tables import news, patents
from patentwatch.store.vault import Vault
from tests.line import DUE, WINDOWS, Line, days, instant
from tests.make_ties import LENDER, change, licence, loan, record

REMINDER = DUE - days(30)
LENT = date(2025, 9, 1)
OVERDUE = DUE + days(5)
BANK, OWNER = "desk@bank.example", "owner@a.example"
REGISTRATION = "Y2026000000001"
PLEDGE = f"专利权质押合同登记的生效\n登记号：{REGISTRATION}\n质权人：示例银行"


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Callable[..., Settings]) -> Line:
    line = Line(engine, vault, settings())
    line.contact(OWNER)
    return line


def case_of(line: Line, number: str, on: date) -> Case:
    with reading(line.engine) as connection:
        (case,) = cases(connection, line.vault, line.here.rules, [number], on=on)
    return case


def explanation(line: Line, number: str, on: date) -> dict[str, Any]:
    with reading(line.engine) as connection:
        found = explained(
            connection, line.vault, line.settings, line.here.rules, number, on=on
        )
    assert found is not None
    return found


def next_look(line: Line, number: str) -> date:
    query = select(patents.c.next_look_on).where(patents.c.application_no == number)
    with reading(line.engine) as connection:
        found: date = connection.execute(query).scalar_one()
    return found


def calls(line: Line) -> list[tuple[str, str]]:
    return [(row.application_no, row.tier) for row in line.alerts(channel="call")]


def test_a_patent_that_secures_a_loan_is_called_about_from_reminder_on(
    line: Line,
) -> None:
    pledged, _ = line.patent(), line.patent()
    loan(line, pledged, on=LENT)
    line.look(REMINDER - days(1))
    assert calls(line) == []
    line.look(REMINDER)
    assert calls(line) == [(pledged, "reminder")]


@pytest.mark.parametrize(
    ("settled", "called"),
    [
        pytest.param(REMINDER - days(1), 0, id="the-day-before"),
        pytest.param(REMINDER, 0, id="on-the-day"),
        pytest.param(REMINDER + days(1), 1, id="the-day-after"),
    ],
)
def test_a_loan_that_is_settled_ties_from_that_day_no_more(
    line: Line, settled: date, called: int
) -> None:
    number = line.patent()
    loan(line, number, on=LENT, until=settled)
    line.look(REMINDER)
    assert len(calls(line)) == called
    assert len(case_of(line, number, REMINDER).ties) == called


def test_a_record_that_was_withdrawn_ties_nothing(line: Line) -> None:
    number = line.patent()
    id_ = loan(line, number, on=LENT)
    change(line, id_, number, state="withdrawn")
    line.look(REMINDER)
    assert calls(line) == []


@pytest.mark.parametrize(
    ("kind", "link", "fields"),
    [
        pytest.param("patent_award", "awarded_to", {"level": "市专利奖"}, id="award"),
        pytest.param("enforcement_case", "inspects", {"officer": "张三"}, id="case"),
        pytest.param("patent_portfolio", "counts_for", {}, id="portfolio"),
        pytest.param(
            "technology_transfer", "licensed_to", {"type": "普通许可"}, id="licence"
        ),
    ],
)
def test_every_kind_that_holds_makes_its_patents_consequential(
    line: Line, kind: str, link: str, fields: dict[str, Any]
) -> None:
    number = line.patent()
    record(line, kind, number, on=LENT, link=link, **fields)
    line.look(REMINDER)
    assert calls(line) == [(number, "reminder")]
    assert explanation(line, number, REMINDER)["consequential"] is True


def test_a_kind_that_does_not_hold_is_listed_and_ties_nobody(line: Line) -> None:
    number = line.patent()
    record(line, "patent_product_filing", number, on=LENT, link="counts_for")
    line.look(REMINDER)
    found = explanation(line, number, REMINDER)
    assert [tie["title"] for tie in found["linked"]] == ["专利产品备案 甲公司"]
    assert (found["consequential"], calls(line)) == (False, [])


def test_a_case_names_the_official_who_works_on_it(line: Line) -> None:
    number = line.patent()
    record(
        line,
        "enforcement_case",
        number,
        on=LENT,
        link="inspects",
        title="涉嫌假冒专利",
        officer="张三",
    )
    (tie,) = case_of(line, number, REMINDER).ties
    assert tie.title == "行政执法案件 涉嫌假冒专利（办案人：张三）"


def test_a_patent_that_others_depend_on_comes_first_for_officials(line: Line) -> None:
    line.patent()
    number = line.patent()
    loan(line, number, on=LENT)
    line.look(REMINDER)
    with reading(line.engine) as connection:
        found = decided(connection, line.vault, line.here.rules, on=REMINDER)
    ties = {risk.patent.application_no: risk.ties for risk in found.risks}
    assert ties[number] == (f"质押贷款 {LENDER}",)
    assert sum(bool(some) for some in ties.values()) == 1


def test_a_pledge_known_from_notice_and_record_is_one(line: Line) -> None:
    number = line.patent()
    line.event(number, "PE01", LENT + days(3), text=PLEDGE)
    id_ = loan(line, number, on=LENT)
    (tie,) = case_of(line, number, REMINDER).ties
    assert (tie.record, tie.number, tie.party) == (id_, REGISTRATION, LENDER)
    assert tie.from_on == LENT


def test_a_settled_loan_frees_the_patent_before_the_registration_is_cancelled(
    line: Line,
) -> None:
    number = line.patent()
    line.event(number, "PE01", LENT + days(3), text=PLEDGE)
    loan(line, number, on=LENT, until=REMINDER)
    assert len(case_of(line, number, REMINDER - days(1)).ties) == 1
    assert case_of(line, number, REMINDER).ties == []


def test_the_bank_of_a_loan_hears_of_an_unpaid_fee(line: Line) -> None:
    bank = line.contact(BANK, "示例 银行", role="pledgee")
    mine, other = line.patent(), line.patent()
    loan(line, mine, on=LENT)
    for number in (mine, other):
        line.unpaid(number, OVERDUE)
    line.look(OVERDUE)
    (alert,) = line.alerts(audience=Audience.LINKED.value)
    assert (alert.application_no, alert.recipient, alert.tier) == (
        mine,
        bank,
        "overdue",
    )


def test_an_unpaid_fee_of_a_patent_without_notices_is_news_to_its_bank(
    line: Line,
) -> None:
    number = line.patent()
    loan(line, number, on=LENT)
    line.unpaid(number, OVERDUE)
    line.look(OVERDUE)
    with reading(line.engine) as connection:
        told = connection.execute(
            select(news.c.kind, news.c.recipient).where(news.c.audience == "linked")
        ).all()
    assert [tuple(row) for row in told] == [("pledged_unpaid", f"party:{LENDER}")]


def test_the_monthly_list_of_a_bank_has_the_patents_of_its_loans(line: Line) -> None:
    line.contact(BANK, LENDER, role="pledgee")
    mine, settled, other = line.patent(), line.patent(), line.patent()
    loan(line, mine, on=LENT)
    loan(line, settled, on=LENT, until=REMINDER, registration_no="Y2026000000002")
    record(line, "patent_award", other, on=LENT, link="awarded_to", level="市专利奖")
    now = instant(REMINDER)
    with reading(line.engine) as connection:
        ((_, found),) = linkedmaking.drawn(
            connection,
            line.vault,
            line.here.rules,
            line.settings,
            linked.desks(connection, lawful=True),
            due_window(line.settings, Kind.MONTH, now=now),
            now=now,
        )
    assert [(one.application_no, one.registration) for one in found.patents] == [
        (mine, REGISTRATION)
    ]


def amounts(line: Line, number: str, on: date) -> tuple[int, int]:
    """Return the annual fee and all that is due on a day, and check both ways."""
    situation = case_of(line, number, on).situation(11)
    assert situation is not None
    account = situation.account
    shown = explanation(line, number, on)["next"]
    assert shown["amount_due"] == account.amount_due_yuan
    return account.payable_fee_yuan, account.amount_due_yuan


# Year 11 costs 4000 in full; 15 % off are 600, 85 % off are 3400 (annuity-rules §4).
FULL, LICENSED, REDUCED = 4000, 3400, 600


@pytest.mark.parametrize(
    ("from_on", "until_on", "fee"),
    [
        pytest.param(DUE - days(1), None, LICENSED, id="begun-before"),
        pytest.param(DUE, None, LICENSED, id="begun-on-the-due-day"),
        pytest.param(DUE + days(1), None, FULL, id="begun-after"),
        pytest.param(LENT, DUE - days(1), FULL, id="over-before"),
        pytest.param(LENT, DUE, FULL, id="over-on-the-due-day"),
        pytest.param(LENT, DUE + days(1), LICENSED, id="over-after"),
    ],
)
def test_an_open_licence_lowers_the_fees_that_fall_due_while_it_is_carried_out(
    line: Line, from_on: date, until_on: date | None, fee: int
) -> None:
    number = line.patent()
    licence(line, number, on=from_on, until=until_on)
    assert amounts(line, number, DUE + days(2)) == (fee, fee)


def test_nothing_is_promised_before_the_licence_has_begun(line: Line) -> None:
    number = line.patent()
    licence(line, number, on=DUE - days(10))
    assert amounts(line, number, DUE - days(11)) == (FULL, FULL)
    assert amounts(line, number, DUE - days(10)) == (LICENSED, LICENSED)


def test_the_surcharge_is_of_the_full_fee(line: Line) -> None:
    number = line.patent()
    licence(line, number, on=LENT)
    # Second month after the due day: 5 % of 4000 are 200.
    assert amounts(line, number, WINDOWS[0] + days(1)) == (LICENSED, LICENSED + 200)


def test_the_higher_reduction_counts_and_never_both(line: Line) -> None:
    number = line.patent(reduction=85)
    licence(line, number, on=LENT)
    assert amounts(line, number, DUE) == (REDUCED, REDUCED)


def test_a_declaration_without_a_recorded_contract_lowers_nothing(line: Line) -> None:
    declared, unfiled = line.patent(), line.patent()
    record(line, "open_licence", declared, on=LENT, link="licensed_to")
    licence(line, unfiled, on=LENT, contract_no="")
    assert amounts(line, declared, DUE) == (FULL, FULL)
    assert amounts(line, unfiled, DUE) == (FULL, FULL)


SOLD = "专利权的转移\n变更事项：专利权人\n变更前权利人：甲公司\n变更后权利人：乙"
WITHDRAWN = "撤回专利开放许可声明"


@pytest.mark.parametrize(
    ("withdrawn_on", "fee"),
    [
        pytest.param(DUE - days(1), FULL, id="the-day-before"),
        pytest.param(DUE, LICENSED, id="on-the-due-day"),
        pytest.param(DUE + days(1), LICENSED, id="the-day-after"),
    ],
)
def test_from_the_year_after_a_withdrawal_no_fee_is_lowered(
    line: Line, withdrawn_on: date, fee: int
) -> None:
    number = line.patent()
    licence(line, number, on=LENT)
    line.event(number, "OL02", withdrawn_on, text=WITHDRAWN)
    assert amounts(line, number, DUE + days(2))[0] == fee


def test_a_declaration_withdrawn_before_the_licence_needs_another(line: Line) -> None:
    number = line.patent()
    licence(line, number, on=LENT)
    line.event(number, "OL02", LENT - days(9), text=WITHDRAWN)
    assert amounts(line, number, DUE)[0] == FULL
    line.event(number, "OL01", LENT - days(3), text="专利开放许可声明")
    assert amounts(line, number, DUE)[0] == LICENSED


def test_after_a_transfer_no_open_licence_lowers_a_fee(line: Line) -> None:
    number = line.patent()
    licence(line, number, on=LENT)
    line.event(number, "TR01", DUE - days(40), text=SOLD)
    assert amounts(line, number, DUE)[0] == FULL


def test_a_contract_that_was_cancelled_lowers_nothing(line: Line) -> None:
    number = line.patent()
    licence(line, number, on=LENT)
    begun = "专利实施许可合同备案的生效\n合同备案号：X2024410000001\n让与人：甲公司"
    ended = "专利实施许可合同备案的注销\n合同备案号：X2024410000001"
    line.event(number, "EE01", LENT, text=begun)
    assert amounts(line, number, DUE)[0] == LICENSED
    line.event(number, "EC01", DUE - days(3), text=ended)
    assert amounts(line, number, DUE)[0] == FULL


def test_of_two_days_the_later_begins_to_lower_a_fee(line: Line) -> None:
    number = line.patent()
    licence(line, number, on=LENT)
    begun = "专利实施许可合同备案的生效\n合同备案号：X2024410000001\n让与人：甲公司"
    line.event(number, "EE01", DUE + days(1), text=begun)
    assert amounts(line, number, DUE + days(2))[0] == FULL


def test_a_receipt_of_a_lowered_fee_without_a_licence_is_a_question(line: Line) -> None:
    number = line.patent()
    line.fact(
        number,
        FactKind.PAYMENT,
        DUE,
        source=FactSource.RECEIPT,
        fee_year=11,
        amount_yuan=LICENSED,
    )
    situation = case_of(line, number, DUE + days(1)).situation(11)
    assert situation is not None
    assert situation.standing == "on_hold"
    assert "开放许可" in situation.question
    licence(line, number, on=LENT)
    situation = case_of(line, number, DUE + days(1)).situation(11)
    assert situation is not None
    assert situation.standing == "paid"


@pytest.mark.parametrize(
    ("reduction", "said"),
    [
        (0, "年费3400元（已按开放许可实施期间减缴15%计算，全额4000元）"),
        (85, "年费600元（已按减缴85%计算，全额4000元）"),
    ],
)
def test_a_message_says_why_the_fee_is_lower(
    line: Line, reduction: int, said: str
) -> None:
    number = line.patent(reduction=reduction)
    licence(line, number, on=LENT)
    line.tick(REMINDER)
    (path,) = line.settings.outbox.rglob("*.eml")
    mail = message_from_bytes(path.read_bytes(), policy=default)
    body = mail.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    assert said in body.get_content()


def test_the_day_on_which_a_record_begins_or_ends_is_looked_at(line: Line) -> None:
    number = line.patent(due_on=DUE + days(300))
    begins, ends = REMINDER + days(3), REMINDER + days(9)
    loan(line, number, on=begins, until=ends)
    line.look(REMINDER)
    assert next_look(line, number) == begins
    line.look(begins)
    assert next_look(line, number) == ends
    line.look(ends)
    assert next_look(line, number) > ends


def test_a_loan_that_is_settled_between_two_looks_ends_the_call(line: Line) -> None:
    number = line.patent()
    loan(line, number, on=LENT, until=REMINDER + days(4))
    line.look(REMINDER)
    line.look(REMINDER + days(4))
    (task,) = line.alerts(channel="call")
    assert task.state == "cancelled"


def test_the_reason_of_an_early_call_is_named(line: Line) -> None:
    number = line.patent()
    loan(line, number, on=LENT)
    line.look(REMINDER)
    with reading(line.engine) as connection:
        rows = why.why(
            connection,
            line.vault,
            line.settings,
            line.here.rules,
            number,
            on=REMINDER,
        )
    named = [row["because"] for row in rows if "because" in row]
    assert named == [[f"质押贷款 {LENDER}"]]
    (row,) = (row for row in rows if "because" in row)
    assert row["channel"] == "call"
    assert why.table_row(row)[-2].endswith(f"，因质押贷款 {LENDER}")


def test_a_call_of_the_last_month_needs_no_other_reason(line: Line) -> None:
    number = line.patent()
    loan(line, number, on=LENT)
    final = WINDOWS[4] + days(1)
    line.look(final)
    with reading(line.engine) as connection:
        rows = why.why(
            connection, line.vault, line.settings, line.here.rules, number, on=final
        )
    assert [row["tier"] for row in rows if row["channel"] == "call"] == ["final"]
    assert not any("because" in row for row in rows)


def test_a_patent_lists_its_records_ended_ones_too(line: Line) -> None:
    number = line.patent()
    first = loan(line, number, on=LENT, until=REMINDER)
    award = record(
        line,
        "patent_award",
        number,
        on=LENT + days(1),
        link="awarded_to",
        title="一种密封装置",
        level="中国专利奖",
    )
    loan(line, number, on=REMINDER + days(1), registration_no="later")
    found = explanation(line, number, REMINDER)
    assert [
        (tie["kind"], tie["title"], tie["link"], tie["record"], tie["until"])
        for tie in found["linked"]
    ] == [
        ("pledge", f"质押贷款 {LENDER}", "secures", first, REMINDER),
        ("national_award", "专利奖 一种密封装置", "awarded_to", award, None),
    ]


def test_the_office_names_the_classes_of_strategic_industries(line: Line) -> None:
    there, elsewhere = line.patent(ipc="C08L 23/06"), line.patent(ipc="C09K 3/10")
    register = replace(line.settings.register, strategic_ipc=("C08L",))
    line.change(register=register)
    young = date(2025, 3, 1)
    assert explanation(line, there, young)["high_value"] == ["战略性新兴产业"]
    assert explanation(line, elsewhere, young)["high_value"] == []
