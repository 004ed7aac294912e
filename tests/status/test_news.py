"""What officials and linked parties should know: fresh, each once, to whom."""

from dataclasses import replace

import pytest

from patentwatch.model import Fact, FactSource, Patent
from patentwatch.status.events import Event
from patentwatch.status.news import News, news
from tests.make_events import COUNTIES, TRANSFER, event, judged, lapse
from tests.make_situations import PATENT, day, unpaid
from tests.status.test_links import FREED, PLEDGED
from tests.status.test_owners import BOTH, TO_ELSEWHERE, TO_NANLE

PLEDGE = event("PE01", "2023-02-03", text=PLEDGED)


def told(
    *events: Event, on: str, facts: tuple[Fact, ...] = (), patent: Patent = PATENT
) -> list[News]:
    return news(
        patent,
        judged(*events, on=on, facts=facts, patent=patent),
        on=day(on),
        city="city",
        county_of=COUNTIES.find,
    )


def kinds(found: list[News]) -> list[tuple[str, str]]:
    return [(one.kind.value, one.recipient) for one in found]


@pytest.mark.parametrize(
    ("on", "count"),
    [
        pytest.param("2024-11-21", 0, id="day-before"),
        pytest.param("2024-11-22", 1, id="the-day"),
        pytest.param("2025-03-21", 1, id="119-days-later"),
        pytest.param("2025-03-22", 0, id="120-days-later"),
    ],
)
def test_an_end_is_news_for_a_hundred_and_twenty_days(on: str, count: int) -> None:
    found = told(lapse("2024-11-22"), on=on)
    assert kinds(found) == [("ended", "county:410922")] * count


def test_the_city_answers_where_no_county_is_known() -> None:
    nowhere = replace(PATENT, county=None)
    found = told(lapse(), on="2024-11-22", patent=nowhere)
    assert kinds(found) == [("ended", "county:city")]


def test_a_linked_party_is_told_while_its_registration_stands() -> None:
    found = told(PLEDGE, lapse(), on="2024-11-22")
    assert kinds(found) == [
        ("ended", "county:410922"),
        ("ended", "party:示例银行"),
    ]
    freed = event("PC01", "2024-01-26", text=FREED)
    assert kinds(told(PLEDGE, freed, lapse(), on="2024-11-22")) == [
        ("ended", "county:410922")
    ]


def test_an_end_whose_reason_is_learnt_later_is_told_once() -> None:
    unstated, clear = event("EXPY", "2024-11-15"), lapse("2024-11-22")
    (before,) = told(unstated, clear, on="2024-11-21")
    (after,) = told(unstated, clear, on="2024-11-22")
    assert before == after


def test_a_restoration_is_news_and_the_end_it_undid_is_none_any_more() -> None:
    found = told(lapse(), event("RR01", "2025-03-14"), on="2025-03-14")
    assert kinds(found) == [("restored", "county:410922")]


def test_a_transfer_is_news_and_a_new_name_is_none() -> None:
    assert kinds(told(event("TR01", "2024-03-15", text=TRANSFER), on="2024-03-20")) == [
        ("transferred", "county:410922")
    ]
    assert told(event("CP01", "2024-03-15"), on="2024-03-20") == []


def test_an_address_outside_the_city_is_news_and_one_inside_is_none() -> None:
    out = event("CP02", "2024-03-15", text=TO_ELSEWHERE)
    assert kinds(told(out, on="2024-03-20")) == [("moved_out", "county:410922")]
    assert told(event("CP02", "2024-03-15", text=TO_NANLE), on="2024-03-20") == []


def test_a_transfer_to_somewhere_else_is_told_as_a_transfer_too() -> None:
    sold = BOTH.replace("濮阳市南乐县", "郑州市金水区")
    found = told(PLEDGE, event("TR01", "2024-03-15", text=sold), on="2024-03-20")
    assert kinds(found) == [
        ("transferred", "county:410922"),
        ("transferred", "party:示例银行"),
        ("moved_out", "county:410922"),
        ("moved_out", "party:示例银行"),
    ]


def test_a_pledged_right_that_is_surely_unpaid_is_news_to_its_bank() -> None:
    facts = (unpaid("2024-05-20"),)
    found = told(PLEDGE, on="2024-05-20", facts=facts)
    assert kinds(found) == [
        ("pledged_unpaid", "county:410922"),
        ("pledged_unpaid", "party:示例银行"),
    ]
    assert told(PLEDGE, on="2024-05-19", facts=facts) == []
    assert told(PLEDGE, on="2024-05-20") == []
    assert told(on="2024-05-20", facts=facts) == []


def test_a_pledge_lapses_with_its_right_and_both_are_told() -> None:
    found = told(PLEDGE, lapse("2024-11-22"), on="2024-11-22")
    assert ("ended", "party:示例银行") in kinds(found)


def test_the_same_news_has_the_same_key_on_another_day() -> None:
    facts = (unpaid("2024-05-20", FactSource.CHECK_SHEET),)
    one = told(PLEDGE, on="2024-05-20", facts=facts)
    other = told(PLEDGE, on="2024-05-25", facts=facts)
    assert one == other


def test_what_was_known_long_ago_is_no_news_when_a_whole_history_is_loaded() -> None:
    history = (PLEDGE, lapse("2024-11-22"), event("RR01", "2025-03-14"))
    assert told(*history, on="2026-11-22") == []
