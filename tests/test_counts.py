"""The figures of a day: by county and city, high-value, for ten thousand residents."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import Engine

from patentwatch import counts, highvalue
from patentwatch.counts import Row, counted, history, per_10k
from patentwatch.model import County
from patentwatch.register.ipc import NOWHERE
from patentwatch.settings import Population
from patentwatch.store.engine import reading
from patentwatch.store.vault import Vault
from tests.line import Line, days
from tests.make_situations import PATENT
from tests.make_ties import loan, record
from tests.status.test_links import FREED, NUMBER, PLEDGED

NOW = date(2026, 11, 22)
HERE, THERE = "410901", "410923"
LAPSED = "未缴年费专利权终止\n终止日期：20240511"
PEOPLE = {
    "": (Population(2020, 3_772_088), Population(2024, 3_700_000)),
    HERE: (Population(2025, 30_000),),
}


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Callable[..., Any]) -> Line:
    line = Line(engine, vault, settings())
    line.change(
        counties=(County(HERE, "华龙区"), County(THERE, "南乐县")), population=PEOPLE
    )
    return line


def figures(line: Line, on: date = NOW) -> dict[str | None, Row]:
    with reading(line.engine) as connection:
        return {row.county: row for row in counted(connection, line.settings, on)}


def test_every_county_and_the_city_has_its_figures(line: Line) -> None:
    lapsed = line.patent()
    line.patent()
    line.patent(county=THERE)
    line.patent(county=None)
    line.event(lapsed, "CF01", date(2026, 12, 1), text=LAPSED)
    line.look(NOW)
    found = figures(line)
    assert {code: row.valid for code, row in found.items()} == {
        HERE: 2,
        THERE: 1,
        None: 1,
        "": 4,
    }
    assert [row.name for row in found.values()] == [
        "华龙区",
        "南乐县",
        "县区不详",
        "全市",
    ]


def test_the_two_views_stand_side_by_side(line: Line) -> None:
    number = line.patent()
    line.event(number, "CF01", date(2025, 1, 3), text=LAPSED)
    line.look(NOW)
    before, after = figures(line, date(2025, 1, 2)), figures(line, date(2025, 1, 3))
    assert (before[HERE].valid, before[HERE].valid_by_law) == (1, 0)
    assert (before[""].valid, before[""].valid_by_law) == (1, 0)
    assert (after[HERE].valid, after[HERE].valid_by_law) == (0, 0)


def test_a_county_that_is_not_configured_any_more_is_still_counted(line: Line) -> None:
    line.patent(county="410999")
    line.look(NOW)
    found = figures(line)
    assert (found["410999"].valid, found["410999"].name) == (1, "410999")
    assert found[""].valid == 1


def test_an_empty_register_counts_nothing(line: Line) -> None:
    found = figures(line)
    assert {row.valid for row in found.values()} == {0}
    assert found[""].high_value["any"] == 0


def test_the_figure_of_residents_is_the_newest_not_of_a_later_year(line: Line) -> None:
    for _ in range(3):
        line.patent()
    line.look(NOW)
    assert figures(line)[HERE].per_10k == Decimal("1.00")  # 3 for 30,000
    assert figures(line)[""].persons_year == 2024
    assert figures(line, date(2023, 12, 31))[""].persons_year == 2020
    assert figures(line, date(2024, 1, 1))[""].persons_year == 2024


def test_without_residents_there_is_no_figure_for_ten_thousand(line: Line) -> None:
    line.patent(county=THERE)
    line.patent()
    line.look(NOW)
    there = figures(line)[THERE]
    assert (there.persons, there.per_10k, there.high_value_per_10k) == (None,) * 3
    early = figures(line, date(2024, 6, 1))[HERE]
    assert (early.valid, early.per_10k) == (1, None)


@pytest.mark.parametrize(
    ("number", "persons", "shown"),
    [
        (1, 3_000_000, "0.00"),
        (3, 2_000_000, "0.02"),  # 0.015, rounded as in school
        (5, 2_000_000, "0.03"),  # 0.025
        (5_000, 3_772_088, "13.26"),
        (1, 0, None),
        (1, None, None),
    ],
)
def test_a_number_for_ten_thousand_has_two_places(
    number: int, persons: int | None, shown: str | None
) -> None:
    assert per_10k(number, persons) == (Decimal(shown) if shown else None)


def test_high_value_counts_each_right_once_however_many_categories(line: Line) -> None:
    # Filed on 2016-05-11: kept over ten years from 2026-05-12 on.
    pledged = line.patent(high_value=True)
    young = line.patent(due_on=date(2030, 5, 11), high_value=True)
    line.event(pledged, "PE01", date(2023, 2, 3), text=PLEDGED)
    line.event(pledged, "PC01", date(2024, 1, 26), text=FREED)
    line.look(NOW)
    assert young
    assert figures(line)[HERE].high_value == {
        "kept_over_ten_years": 1,
        "listed_as_high_value": 2,
        "pledge_financing": 0,
        "any": 2,
    }


@pytest.mark.parametrize(
    ("on", "pledged"),
    [
        pytest.param(date(2023, 2, 2), 0, id="day-before-it-is-known"),
        pytest.param(date(2023, 2, 3), 1, id="known"),
        pytest.param(date(2024, 1, 25), 1, id="day-before-its-end-is-known"),
        pytest.param(date(2024, 1, 26), 0, id="over"),
    ],
)
def test_a_pledge_counts_while_it_is_known_to_stand(
    line: Line, on: date, pledged: int
) -> None:
    number = line.patent()
    line.event(number, "PE01", date(2023, 2, 3), text=PLEDGED)
    line.event(number, "PC01", date(2024, 1, 26), text=FREED)
    line.look(NOW)
    assert figures(line, on)[HERE].high_value["pledge_financing"] == pledged


LENT, SETTLED = date(2024, 3, 1), date(2025, 3, 1)


@pytest.mark.parametrize(
    ("on", "pledged"),
    [
        pytest.param(LENT - days(1), 0, id="day-before-it-begins"),
        pytest.param(LENT, 1, id="begins"),
        pytest.param(SETTLED - days(1), 1, id="day-before-it-is-settled"),
        pytest.param(SETTLED, 0, id="settled"),
    ],
)
def test_a_loan_counts_while_it_is_not_settled(
    line: Line, on: date, pledged: int
) -> None:
    loan(line, line.patent(), on=LENT, until=SETTLED)
    line.look(NOW)
    high = figures(line, on)[HERE].high_value
    assert (high["pledge_financing"], high["any"]) == (pledged, pledged)


def test_a_pledge_with_a_notice_ends_for_counting_with_its_loan(line: Line) -> None:
    number = line.patent()
    line.event(number, "PE01", date(2023, 2, 3), text=PLEDGED)
    lent = date(2023, 1, 12)
    loan(line, number, on=lent, until=SETTLED, registration_no=NUMBER)
    line.look(NOW)
    by_day = {
        on: figures(line, on)[HERE].high_value["pledge_financing"]
        for on in (lent, SETTLED - days(1), SETTLED)
    }
    # Granted on 2018-11-11, so that it is a right on each of these days.
    assert by_day == {lent: 1, SETTLED - days(1): 1, SETTLED: 0}


def test_a_cancelled_registration_ends_a_loan_that_nobody_settled(line: Line) -> None:
    number = line.patent()
    line.event(number, "PE01", date(2023, 2, 3), text=PLEDGED)
    line.event(number, "PC01", date(2024, 1, 26), text=FREED)
    loan(line, number, on=date(2023, 1, 12), registration_no=NUMBER)
    line.look(NOW)
    assert figures(line, date(2024, 1, 25))[HERE].high_value["pledge_financing"] == 1
    assert figures(line, date(2024, 1, 26))[HERE].high_value["pledge_financing"] == 0


@pytest.mark.parametrize(
    ("level", "counts_as"),
    [("国家科学技术奖", 1), ("中国专利奖", 1), ("省专利奖", 0), ("市专利奖", 0)],
)
def test_the_two_national_awards_count_from_their_day(
    line: Line, level: str, counts_as: int
) -> None:
    number = line.patent()
    record(line, "patent_award", number, on=LENT, link="awarded_to", level=level)
    line.look(NOW)
    assert "award" not in figures(line, LENT - days(1))[HERE].high_value
    high = figures(line, LENT)[HERE].high_value
    assert (high["award"], high["any"]) == (counts_as, counts_as)


def test_a_family_abroad_counts_since_it_was_granted_there(line: Line) -> None:
    granted, pending, brand = line.patent(), line.patent(), line.patent()
    abroad: dict[str, Any] = {"link": "counts_for", "on": LENT}
    record(
        line,
        "overseas_application",
        granted,
        type="专利",
        granted_on=SETTLED.isoformat(),
        **abroad,
    )
    record(line, "overseas_application", pending, type="专利", **abroad)
    record(
        line,
        "overseas_application",
        brand,
        type="商标",
        granted_on=LENT.isoformat(),
        **abroad,
    )
    line.look(NOW)
    high = figures(line, SETTLED - days(1))[HERE].high_value
    assert (high["overseas_family"], high["any"]) == (0, 0)
    high = figures(line, SETTLED)[HERE].high_value
    assert (high["overseas_family"], high["any"]) == (1, 1)


def test_strategic_industries_are_counted_by_the_classes_of_the_office(
    line: Line,
) -> None:
    day = date(2025, 3, 1)
    line.patent(ipc="C08L 23/06")
    line.patent(ipc="C08K3/04；C08L23/06", high_value=True)
    line.patent(ipc="C08L 1/02", county=THERE)
    line.patent(ipc="H01L 21/02")
    line.look(NOW)
    assert "strategic_industry" not in figures(line, day)[HERE].high_value
    register = replace(line.settings.register, strategic_ipc=("C08L",))
    line.change(register=register)
    found = figures(line, day)
    assert {code: row.high_value for code, row in found.items()} == {
        code: {
            "kept_over_ten_years": 0,
            "listed_as_high_value": listed,
            "pledge_financing": 0,
            "strategic_industry": strategic,
            "any": strategic,
        }
        for code, listed, strategic in ((HERE, 1, 2), (THERE, 0, 1), ("", 1, 3))
    }


@pytest.mark.parametrize(
    ("on", "kept"),
    [(date(2026, 5, 11), 0), (date(2026, 5, 12), 1), (date(2026, 5, 13), 1)],
    ids=["ten-years", "longer", "and-longer"],
)
def test_kept_over_ten_years_is_counted_on_its_day(
    line: Line, on: date, kept: int
) -> None:
    line.patent()
    line.look(NOW)
    assert figures(line, on)[HERE].high_value["kept_over_ten_years"] == kept


@example(date(2018, 2, 28), 1)  # 2028-02-29
@example(date(2016, 2, 29), 1)
@given(st.dates(date(2004, 1, 1), date(2040, 12, 31)), st.integers(-3, 3))
def test_counting_and_asking_one_patent_agree_on_ten_years(
    filing_on: date, shift: int
) -> None:
    over_on = highvalue.kept_over_ten_years_after(filing_on)
    on = date.fromordinal(over_on.toordinal() + shift)
    asked = list(
        highvalue.reasons(
            replace(PATENT, filing_on=filing_on), [], on=on, strategic=NOWHERE
        )
    )
    assert bool(asked) == (filing_on < counts._filed_before(on))


def test_the_years_tell_what_became_of_the_rights(line: Line) -> None:
    number = line.patent()
    line.patent(county=THERE)
    line.event(number, "CF01", date(2025, 1, 3), text=LAPSED)
    line.event(number, "RR01", date(2025, 6, 6))
    line.look(NOW)
    with reading(line.engine) as connection:
        rows = history(connection, date(2018, 6, 1), NOW)
    found = {(row.year, row.county): row for row in rows}
    first, then = found[2018, HERE], found[2025, HERE]
    assert (first.granted, first.valid) == (1, 1)
    assert (then.lapsed, then.restored, then.valid) == (1, 1, 1)
    assert [year for year, county in found if county == THERE] == list(
        range(2018, 2027)
    )


def test_a_year_that_is_cut_short_counts_only_its_days(line: Line) -> None:
    number = line.patent()
    line.event(number, "CF01", date(2025, 1, 3), text=LAPSED)
    line.event(number, "RR01", date(2025, 6, 6))
    line.look(NOW)
    with reading(line.engine) as connection:
        (row,) = history(connection, date(2025, 1, 3), date(2025, 6, 5))
    assert (row.lapsed, row.restored, row.valid) == (1, 0, 0)
