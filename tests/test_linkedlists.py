"""What a bank is told of the patents pledged to it: nothing on a guess, nobody else's.

Year 7 of the patent was due on 2024-04-10; see make_situations for its windows.
"""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from patentwatch.holdings import Dossier
from patentwatch.linkedlists import FeeState, LinkedList, Scope, linked_list
from patentwatch.linkedmail import fee_words, shown, xlsx
from patentwatch.model import FactSource, Hold, PatentNumber
from tests.make_events import LAPSED_7, event
from tests.make_situations import BOOK, day, ended, listed, paid, payment, unpaid
from tests.make_statements import OFFICE, OWNED, dossier
from tests.status.test_links import FREED, NUMBER, PLEDGED

BANK = "示例银行"
PLEDGE = event("PE01", "2023-02-03", text=PLEDGED)


def told(
    *found: Dossier, on: str, scopes: tuple[Scope, ...] = (Scope(BANK),)
) -> LinkedList:
    return linked_list(
        scopes,
        found,
        month_on=date(2024, 5, 1),
        office=OFFICE,
        on=day(on),
        rulebook=BOOK,
        lag_days=30,
    )


def pledged(*facts: object, on: str, **more: object) -> Dossier:
    return dossier(*facts, on=on, events=[PLEDGE], **more)  # type: ignore[arg-type] # as `dossier`


@pytest.mark.parametrize(
    ("facts", "on", "state", "words"),
    [
        pytest.param(
            [unpaid("2024-06-20")], "2024-06-21", FeeState.UNPAID,
            "第7年年费经2024年6月20日查询未缴；最迟2024年7月10日（含）须缴2200元",
            id="looked-up",
        ),
        pytest.param(
            [], "2024-06-21", FeeState.UNKNOWN,
            "第7年年费缴费期限已过，未掌握缴费信息（多数已缴）", id="a-guess",
        ),
        pytest.param(
            [payment("2024-04-01", 2000), unpaid("2024-06-20")], "2024-06-21",
            FeeState.HELD, "缴费记录正在核实", id="contradiction",
        ),
        pytest.param(
            [payment("2024-04-01", 2000)], "2024-06-21", FeeState.PAID,
            "最近一年年费已有缴费记录", id="paid",
        ),
        pytest.param(
            [paid("2024-05-01", FactSource.COLUMN)], "2024-06-21", FeeState.PAID,
            "最近一年年费已有缴费记录", id="paid-by-the-list",
        ),
        pytest.param(
            [listed("2024-10-20")], "2024-10-21", FeeState.ASSUMED_PAID,
            "期限过后仍在有效专利清单上，推定已缴", id="listed-afterwards",
        ),
        pytest.param(
            [payment("2023-04-01", 1200, 6)], "2024-01-11", FeeState.DUE,
            "第7年年费最迟2024年4月10日（含）缴纳，尚未到期", id="ninety-days-before",
        ),
        pytest.param(
            [payment("2023-04-01", 1200, 6)], "2024-01-10", FeeState.PAID,
            "最近一年年费已有缴费记录", id="ninety-one-days-before",
        ),
        pytest.param(
            [], "2024-10-11", FeeState.OVER,
            "第7年年费补缴期已满，未掌握缴费或终止信息，请向专利权人核实",
            id="six-months-over",
        ),
        pytest.param(
            [ended("2024-11-22", year=7)], "2024-12-01", FeeState.RESTORABLE,
            "第7年年费补缴期已满，查得仍未缴清；"
            "自专利权人收到终止通知书起2个月内可请求恢复",
            id="restorable",
        ),
        pytest.param(
            [ended("2024-11-22", year=7)], "2025-06-01", FeeState.ENDED,
            "据所掌握的法律状态，专利权已终止（自2024年4月10日起）", id="over",
        ),
    ],
)  # fmt: skip
def test_a_fee_is_called_unpaid_only_where_somebody_looked_it_up(
    facts: list[object], on: str, state: FeeState, words: str
) -> None:
    (found,) = told(pledged(*facts, on=on), on=on).patents
    assert found.fee is state
    assert fee_words(found) == words


def test_a_registration_is_named_with_number_day_and_next_fee() -> None:
    (found,) = told(
        pledged(payment("2024-04-01", 2000), on="2024-06-21"), on="2024-06-21"
    ).patents
    assert (found.party, found.registration) == (BANK, NUMBER)
    assert (found.since_on, found.patentees) == (date(2023, 1, 12), "甲示例公司")
    assert (found.next_year, found.next_on, found.next_yuan) == (
        8,
        date(2025, 4, 10),
        2000,
    )


@pytest.mark.parametrize(
    ("on", "listed_"), [("2024-01-04", 1), ("2024-01-05", 0), ("2024-01-06", 0)]
)
def test_a_pledge_that_is_over_is_on_no_list(on: str, listed_: int) -> None:
    free = event("PC01", "2024-01-02", text=FREED)
    found = dossier(on=on, events=[PLEDGE, free])
    assert len(told(found, on=on).patents) == listed_


def test_a_scope_of_one_patent_reads_of_that_alone() -> None:
    one = pledged(on="2024-06-21")
    other_no = PatentNumber("201810000001.1")
    other = pledged(on="2024-06-21", patent=replace(OWNED, application_no=other_no))
    found = told(one, other, on="2024-06-21", scopes=(Scope(BANK, other_no),))
    assert [patent.application_no for patent in found.patents] == [other_no]
    assert len(told(one, other, on="2024-06-21").patents) == 2


def test_the_gravest_stands_first_and_only_what_is_grave_is_counted() -> None:
    on = "2024-06-21"
    calm = pledged(payment("2024-04-01", 2000), on=on)
    sure = pledged(
        unpaid("2024-06-20"),
        on=on,
        patent=replace(OWNED, application_no=PatentNumber("201810000001.1")),
    )
    soft = pledged(
        on=on, patent=replace(OWNED, application_no=PatentNumber("201810000002.1"))
    )
    found = told(calm, soft, sure, on=on)
    assert [one.fee for one in found.patents] == [
        FeeState.UNPAID,
        FeeState.UNKNOWN,
        FeeState.PAID,
    ]
    assert len(found.grave) == 1
    page = shown(found)
    assert page.subject == "质押专利年费情况（截至2024年6月21日，3件，1件需要关注）"
    assert "其中1件需要关注" in page.text
    assert "勿据本表直接作出处置" in page.html


def test_an_empty_list_says_that_nothing_is_registered() -> None:
    page = shown(told(on="2024-06-21"))
    assert "没有查到登记为质押给示例银行且仍有效的专利" in page.text
    assert page.subject == "质押专利年费情况（截至2024年6月21日，0件）"


BANKS = ("示例银行", "另一银行", "第三信用社")


@settings(deadline=None)
@given(
    pledges=st.lists(st.sampled_from(BANKS), min_size=1, max_size=6),
    asked=st.sampled_from(BANKS),
)
def test_nothing_that_is_tied_to_another_party_appears(
    pledges: list[str], asked: str
) -> None:
    on = "2024-06-21"
    patents = [
        replace(
            OWNED,
            application_no=PatentNumber(f"2018100000{place:02}.1"),
            title=f"第{place}号装置",
        )
        for place in range(len(pledges))
    ]
    found = told(
        *(
            dossier(
                on=on,
                patent=patent,
                events=[event("PE01", "2023-02-03", text=PLEDGED.replace(BANK, bank))],
                holds=[Hold("查")],
            )
            for patent, bank in zip(patents, pledges, strict=True)
        ),
        on=on,
        scopes=(Scope(asked),),
    )
    page = shown(found)
    for text in (page.text, page.html):
        assert not any(bank in text for bank in BANKS if bank != asked)
        for patent, bank in zip(patents, pledges, strict=True):
            assert (patent.title in text) == (bank == asked)
    assert xlsx(found) == xlsx(found)


def test_a_right_whose_end_was_announced_is_told_with_its_day() -> None:
    lapse = event("CF01", "2024-11-22", text=LAPSED_7)
    found = dossier(on="2025-06-01", events=[PLEDGE, lapse])
    (one,) = told(found, on="2025-06-01").patents
    assert (one.fee, one.ended_on) == (FeeState.ENDED, date(2024, 4, 10))
