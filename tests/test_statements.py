"""The statement of a party: whose rights are on it, the budget, what ends soon."""

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patentwatch.model import Hold, PatentNumber
from patentwatch.statementbooks import statement_xlsx
from patentwatch.statementpage import html, text
from patentwatch.statements import YearBudget, owns
from tests.make_events import event
from tests.make_situations import ROLLED, ended, payment, unpaid
from tests.make_statements import OWNED, PARTY, dossier, stated
from tests.status.test_links import PLEDGED

ON = "2024-06-21"
CODE, OTHER_CODE = "91410900MA40000019", "91410900MA40000027"
SECOND = replace(
    OWNED,
    application_no=PatentNumber("201810765432.1"),
    filing_on=date(2018, 9, 15),
    grant_on=date(2021, 1, 5),
)
"""Year 7 is due on Sunday 2024-09-15; 2000 yuan."""


@pytest.mark.parametrize(
    ("owners", "codes", "asked", "credit_code", "answer"),
    [
        pytest.param([PARTY], [], PARTY, "", True, id="the-name"),
        pytest.param(["甲示例 公司"], [], PARTY, "", True, id="but-for-blanks"),
        pytest.param(["甲示例公司分公司"], [], PARTY, "", False, id="no-part-of-it"),
        pytest.param([PARTY, "乙公司"], [], PARTY, "", True, id="in-common"),
        pytest.param(["改名公司"], [CODE], PARTY, CODE, True, id="the-code"),
        pytest.param([PARTY], [OTHER_CODE], PARTY, CODE, False, id="another-code"),
        pytest.param([PARTY], [], PARTY, CODE, True, id="code-not-on-the-list"),
        pytest.param([PARTY], [CODE], PARTY, "", True, id="code-not-asked-for"),
    ],
)
def test_a_party_is_found_as_its_contacts_are(
    owners: list[str],
    codes: list[str],
    asked: str,
    credit_code: str,
    *,
    answer: bool,
) -> None:
    patent = replace(OWNED, patentees=tuple(owners), credit_codes=tuple(codes))
    assert owns(patent, asked, credit_code=credit_code) is answer


def test_the_budget_adds_up_what_falls_due_in_each_calendar_year() -> None:
    found = stated(
        dossier(payment("2024-04-01", 2000), on=ON),  # year 8 on 2025-04-10: 2000
        dossier(on=ON, patent=SECOND),  # year 7 on 2024-09-15: 2000
        on=ON,
    )
    assert found.budget == (YearBudget(2024, 1, 2000), YearBudget(2025, 1, 2000))
    assert found.unclear == 0


@pytest.mark.parametrize(
    ("on", "counted"),
    [
        pytest.param("2024-04-11", 1, id="a-year-but-one-day-ahead"),
        pytest.param("2024-04-10", 0, id="a-year-to-the-day-ahead"),
    ],
)
def test_the_budget_reaches_twelve_months(on: str, counted: int) -> None:
    found = stated(dossier(payment("2024-04-01", 2000), on=on), on=on)
    assert [year.fees for year in found.budget] == [1] * counted


def test_a_late_fee_is_not_in_the_budget_and_a_held_one_is_only_counted() -> None:
    late = dossier(unpaid("2024-06-20"), on=ON)
    doubtful = dossier(on=ON, patent=SECOND, holds=[Hold("查")])
    found = stated(late, doubtful, on=ON)
    assert [fee.item.fee_year for fee in found.late] == [7]
    assert (found.budget, found.unclear) == ((YearBudget(2025, 1, 2000),), 1)


def test_what_can_be_lost_stands_first_and_then_the_day_decides() -> None:
    calm = dossier(payment("2024-04-01", 2000), on="2025-01-13")
    lost = dossier(
        ended("2024-11-22", year=7),
        on="2025-01-13",
        patent=replace(OWNED, application_no=PatentNumber("201810000001.1")),
    )
    late = dossier(on="2025-01-13", patent=SECOND)
    found = stated(calm, late, lost, on="2025-01-13")
    assert [one.number for one in found.holdings] == [
        "201810000001.1",
        "201810765432.1",
        "201810123456.7",
    ]


@pytest.mark.parametrize(
    ("on", "warned"),
    [
        pytest.param("2029-05-19", False, id="two-years-and-a-day-ahead"),
        pytest.param("2029-05-20", True, id="two-years-ahead"),
        pytest.param("2031-05-19", True, id="day-before-the-first-full-fee"),
        pytest.param("2031-05-20", False, id="the-day-itself-is-a-late-warning"),
    ],
)
def test_the_first_full_fee_is_warned_of_for_two_years(
    on: str, *, warned: bool
) -> None:
    patent = replace(
        OWNED, filing_on=date(2019, 5, 20), grant_on=date(2022, 3, 15), reduction=85
    )
    found = stated(dossier(on=on, patent=patent), on=on)
    assert [one.number for one in found.cliffs] == [patent.application_no] * warned


def test_a_credit_code_is_taken_from_a_list_only_where_nobody_else_can_own_it() -> None:
    alone = replace(OWNED, credit_codes=(CODE,))
    shared = replace(
        SECOND, patentees=(PARTY, "乙公司"), credit_codes=(OTHER_CODE, "x")
    )
    found = stated(dossier(on=ON, patent=alone), dossier(on=ON, patent=shared), on=ON)
    assert found.credit_code == CODE
    assert stated(dossier(on=ON, patent=shared), on=ON).credit_code == ""
    twice = replace(SECOND, credit_codes=(OTHER_CODE,))
    both = stated(dossier(on=ON, patent=alone), dossier(on=ON, patent=twice), on=ON)
    assert both.credit_code == ""


NAMES = ("甲示例公司", "乙示例公司", "丙示例公司", "丁示例公司")


@settings(deadline=None)
@given(
    owners=st.lists(
        st.lists(st.sampled_from(NAMES), min_size=1, max_size=3, unique=True),
        min_size=1,
        max_size=6,
    ),
    asked=st.sampled_from(NAMES),
    days=st.integers(0, 700),
)
def test_nothing_of_another_party_appears(
    owners: list[list[str]], asked: str, days: int
) -> None:
    on = (date(2023, 6, 1) + timedelta(days=days)).isoformat()
    patents = [
        replace(
            OWNED if place % 2 else ROLLED,
            application_no=PatentNumber(f"2018100000{place:02}.1"),
            title=f"第{place}号装置",
            patentees=tuple(names),
            reduction=(0, 85, None)[place % 3],
        )
        for place, names in enumerate(owners)
    ]
    found = stated(*(dossier(on=on, patent=p) for p in patents), on=on, party=asked)
    mine = {p.application_no for p in patents if asked in p.patentees}
    assert {one.number for one in found.holdings} == mine
    for shown in (text(found), html(found)):
        assert not any(name in shown for name in NAMES if name != asked)
        for patent in patents:
            assert (patent.title in shown) == (patent.application_no in mine)


def test_only_the_party_that_a_registration_names_is_told_besides() -> None:
    pledge = event("PE01", "2023-02-03", text=PLEDGED)
    found = stated(
        dossier(on="2023-12-01", events=[pledge], patent=replace(
            OWNED, patentees=(PARTY, "乙示例公司"))),
        on="2023-12-01",
    )  # fmt: skip
    assert "质押：示例银行（登记号Y2023410000011，自2023年1月12日起）" in text(found)
    assert "乙示例公司" not in text(found)
    assert "共2方共有" in text(found)


def test_equal_statements_give_equal_bytes() -> None:
    found = stated(dossier(on=ON), on=ON)
    assert statement_xlsx(found) == statement_xlsx(found)
    assert html(found) == html(found)
