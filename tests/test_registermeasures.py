"""The plan's measures over the register: every figure is reckoned by hand."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Engine, insert

from patentwatch import registermeasures, registerstocks
from patentwatch.model import County
from patentwatch.plan.values import (
    Commitment,
    CommitmentKind,
    Counted,
    Measure,
    MeasureType,
    Plan,
    Residents,
)
from patentwatch.registermeasures import CountedPatent
from patentwatch.settings import Population, Settings
from patentwatch.store.engine import reading, transaction
from patentwatch.store.tables import listings, runs
from patentwatch.store.vault import Vault
from tests.line import LISTED_ON, Line, instant
from tests.status.test_links import PLEDGED

NOW = date(2026, 6, 20)
HERE, THERE, ELSEWHERE = "410902", "410923", "410926"
LAPSED = "未缴年费专利权终止\n终止日期：{:%Y%m%d}"
PEOPLE = {
    "": (Population(2020, 40_000), Population(2025, 30_000), Population(2027, 1)),
    HERE: (Population(2025, 20_000),),
}


def plan(*residents: Residents) -> Plan:
    return Plan(
        name="puyang-2026",
        title="2026年工作要点",
        document_no="",
        year=2026,
        starts_on=date(2026, 1, 1),
        ends_on=date(2026, 12, 31),
        in_force_on=date(2026, 1, 1),
        sections=(),
        items=(),
        residents=residents,
    )


def promise(register: str, **more: Any) -> Commitment:
    usual: dict[str, Any] = {"counties": (HERE, THERE), "target": Decimal(3)}
    return Commitment(
        id="3.4",
        text="万人发明专利拥有量达到3件",
        kind=CommitmentKind.TARGET,
        due_on=date(2026, 12, 31),
        measure=Measure(MeasureType.REGISTER, register=register),
        **usual | more,
    )


@pytest.fixture
def line(engine: Engine, vault: Vault, settings: Callable[..., Any]) -> Line:
    line = Line(engine, vault, settings())
    line.change(
        counties=(County(HERE, "华龙区"), County(THERE, "南乐县")), population=PEOPLE
    )
    return line


def counted(
    line: Line,
    register: str,
    on: date = NOW,
    *,
    of: Plan | None = None,
    **more: Any,
) -> Counted:
    with reading(line.engine) as connection:
        return registermeasures.counted(
            connection, line.settings, of or plan(), promise(register, **more), on=on
        )


def behind(
    line: Line, register: str, on: date = NOW, *, limit: int = 100, **more: Any
) -> list[CountedPatent]:
    with reading(line.engine) as connection:
        return registermeasures.patents_counted(
            connection,
            line.settings,
            plan(),
            promise(register, **more),
            on=on,
            limit=limit,
        )


def lacking(
    line: Line, register: str, on: date = NOW, **more: Any
) -> dict[str, int | None]:
    with reading(line.engine) as connection:
        return dict(
            registerstocks.shortfall(
                connection, line.settings, plan(), promise(register, **more), on=on
            )
        )


def listed(line: Line, on: date, *counties: str, kind: str = "register") -> None:
    """Let a complete list of some counties have been taken in."""
    with transaction(line.engine) as connection:
        key = connection.execute(
            insert(runs).values(
                kind=kind, as_of_on=on, state="done", started_at=instant(on)
            )
        ).inserted_primary_key
        assert key is not None
        for county in counties:
            connection.execute(
                insert(listings).values(county=county, as_of_on=on, run_id=key[0])
            )


def lapse(line: Line, number: str, due_on: date, known_on: date) -> None:
    line.event(number, "CF01", known_on, text=LAPSED.format(due_on))


# -- how many there are ----------------------------------------------------------


def test_valid_rights_are_counted_by_county_and_in_all(line: Line) -> None:
    for county in (HERE, HERE, THERE, None):
        line.patent(county=county)
    line.look(NOW)
    found = counted(line, "valid")
    assert (found.actual, found.records, found.unknown) == (Decimal(4), 4, "")
    assert found.by_county == {HERE: 2, THERE: 1}


@pytest.mark.parametrize(
    ("on", "valid"),
    [
        pytest.param(date(2026, 3, 2), 2, id="day-before-it-is-known"),
        pytest.param(date(2026, 3, 3), 1, id="known"),
        pytest.param(date(2026, 3, 4), 1, id="after"),
    ],
)
def test_a_lapse_takes_a_right_away_from_the_day_it_is_known(
    line: Line, on: date, valid: int
) -> None:
    gone = line.patent(county=HERE)
    line.patent(county=HERE)
    lapse(line, gone, date(2025, 5, 11), date(2026, 3, 3))
    line.look(NOW)
    assert counted(line, "valid", on).by_county[HERE] == valid
    assert counted(line, "valid", on).actual == valid


def test_for_ten_thousand_residents_the_newest_figure_of_the_day_counts(
    line: Line,
) -> None:
    for _ in range(5):
        line.patent(county=HERE)
    line.look(NOW)
    found = counted(line, "valid_per_10k")
    # 5 for 30,000 = 1.666…; 5 for 20,000 = 2.5; of THERE no residents are known.
    assert found.actual == Decimal("1.67")
    assert (found.records, found.by_county[HERE]) == (5, Decimal("2.50"))
    assert found.by_county[THERE] is None
    assert counted(line, "valid_per_10k", date(2024, 6, 1)).actual == Decimal("1.25")


def test_without_residents_a_figure_is_unknown_and_says_what_to_do(line: Line) -> None:
    line.change(population={})
    line.patent(county=HERE)
    line.look(NOW)
    found = counted(line, "valid_per_10k")
    assert (found.actual, found.records) == (None, 1)
    assert "2026 年及以前的常住人口数" in found.unknown
    assert counted(line, "valid").actual == 1


def test_a_plan_may_bring_the_residents_the_configuration_lacks(line: Line) -> None:
    line.change(population={HERE: PEOPLE[HERE]})
    for _ in range(3):
        line.patent(county=HERE)
    line.look(NOW)
    own = plan(
        Residents("", 2020, 60_000, "人口普查"),
        Residents("", 2022, 10_000, "年末"),
        Residents("", 2027, 1, "明年"),
        Residents(HERE, 2026, 1, "不采用"),
    )
    found = counted(line, "valid_per_10k", of=own)
    assert found.actual == Decimal("3.00")  # 3 for 10,000
    assert found.by_county[HERE] == Decimal("1.50")  # 3 for 20,000


def test_a_right_of_no_known_county_counts_for_the_city_alone(line: Line) -> None:
    line.patent(county=None)
    line.patent(county="410999")
    line.look(NOW)
    assert counted(line, "valid").actual == 2
    assert counted(line, "valid", counties=()).actual == 2
    assert counted(line, "valid", counties=()).by_county == {}


def test_a_promise_of_some_counties_counts_only_these(line: Line) -> None:
    line.patent(county=HERE)
    line.patent(county=THERE)
    line.patent(county=None)
    line.look(NOW)
    found = counted(line, "valid_per_10k", counties=(HERE,))
    assert (found.records, found.actual) == (1, Decimal("0.50"))
    assert counted(line, "valid_per_10k", counties=(THERE,)).actual is None


def test_high_value_rights_count_once_whatever_makes_them_so(line: Line) -> None:
    # Filed on 2016-05-11: kept over ten years from 2026-05-12 on.
    old = line.patent(county=HERE)
    young = line.patent(county=HERE, due_on=date(2030, 5, 11))
    named = line.patent(county=THERE, due_on=date(2030, 5, 11), high_value=True)
    line.event(old, "PE01", date(2026, 2, 3), text=PLEDGED)
    line.look(NOW)
    found = counted(line, "high_value")
    assert (found.actual, found.records) == (Decimal(2), 2)
    assert found.by_county == {HERE: 1, THERE: 1}
    assert counted(line, "high_value", date(2026, 2, 2)).actual == 1
    assert counted(line, "high_value_per_10k").actual == Decimal("0.67")
    shown = [one.application_no for one in behind(line, "high_value")]
    assert shown == sorted([old, named])
    assert young not in shown


def test_where_no_number_is_promised_last_years_is_the_one_to_beat(line: Line) -> None:
    for _ in range(3):
        line.patent(county=HERE)
    gone = line.patent(county=HERE)
    lapse(line, gone, date(2025, 5, 11), date(2026, 3, 3))
    line.look(NOW)
    found = counted(line, "valid_per_10k", target=None)
    # 4 on 31 December 2025 for 30,000, and 3 now.
    assert (found.actual, found.target) == (Decimal("1.00"), Decimal("1.33"))
    assert counted(line, "valid_per_10k").target is None


# -- what is not known -----------------------------------------------------------


@pytest.mark.parametrize(
    "register",
    [
        "valid",
        "high_value",
        "valid_per_10k",
        "high_value_per_10k",
        "lapses",
        "reminder_coverage",
        "list_age_days",
    ],
)
def test_an_empty_register_is_unknown_and_not_zero(line: Line, register: str) -> None:
    found = counted(line, register)
    assert (found.actual, found.records) == (None, 0)
    assert "patentwatch import" in found.unknown
    assert found.by_county == {HERE: None, THERE: None}
    assert behind(line, register) == []
    assert set(lacking(line, register).values()) == {None}


def test_a_list_that_no_look_has_seen_is_unknown_and_not_zero(line: Line) -> None:
    line.patent(county=HERE)
    found = counted(line, "valid")
    assert (found.actual, found.by_county[HERE]) == (None, None)
    assert "run --once" in found.unknown
    line.look(NOW)
    assert counted(line, "valid").actual == 1


def test_before_the_oldest_list_nothing_found_is_not_zero(line: Line) -> None:
    line.patent(county=HERE)  # granted on 2018-11-11
    listed(line, LISTED_ON, HERE)
    line.look(NOW)
    assert counted(line, "valid", date(2018, 11, 11)).actual == 1
    early = counted(line, "valid", date(2018, 11, 10))
    assert early.actual is None
    assert str(LISTED_ON) in early.unknown


def test_before_the_oldest_list_rights_without_a_grant_day_are_not_known(
    line: Line,
) -> None:
    line.patent(county=HERE)
    line.patent(county=HERE, grant_on=None)
    listed(line, LISTED_ON, HERE)
    line.look(NOW)
    assert counted(line, "valid", LISTED_ON).actual == 2
    assert counted(line, "valid", date(2026, 1, 4)).actual is None


def test_a_county_without_a_list_is_unknown_and_one_with_an_empty_list_zero(
    line: Line,
) -> None:
    line.patent(county=HERE)
    listed(line, LISTED_ON, THERE)
    line.look(NOW)
    found = counted(line, "valid", counties=(HERE, THERE, ELSEWHERE))
    assert found.by_county == {HERE: 1, THERE: 0, ELSEWHERE: None}


def test_a_county_whose_list_no_look_has_seen_is_unknown(line: Line) -> None:
    line.patent(county=HERE)
    line.look(NOW)
    line.patent(county=THERE)
    listed(line, LISTED_ON, HERE, THERE)
    assert counted(line, "valid").by_county == {HERE: 1, THERE: None}


def test_a_measure_nobody_knows_is_unknown(line: Line) -> None:
    assert "no_such" in counted(line, "no_such").unknown


# -- what was lost ---------------------------------------------------------------


def test_lapses_are_counted_from_the_first_day_of_the_plan(line: Line) -> None:
    listed(line, date(2024, 6, 1), HERE, THERE)
    known = [
        (date(2024, 12, 31), HERE),  # before the year that is to beat
        (date(2025, 1, 1), HERE),
        (date(2025, 12, 31), THERE),
        (date(2026, 1, 1), HERE),
        (date(2026, 6, 20), THERE),
        (date(2026, 6, 21), THERE),
    ]
    for known_on, county in known:
        number = line.patent(county=county)
        lapse(line, number, date(known_on.year - 1, 5, 11), known_on)
    line.patent(county=HERE)
    line.look(date(2026, 7, 1))
    found = counted(line, "lapses", target=None, at_most=True)
    assert (found.actual, found.records, found.target) == (Decimal(2), 2, Decimal(2))
    assert found.by_county == {HERE: 1, THERE: 1}
    assert found.latest_on == date(2026, 6, 20)
    assert counted(line, "lapses", date(2026, 1, 1)).actual == 1
    shown = behind(line, "lapses")
    assert [one.county for one in shown] == [THERE, HERE]
    assert shown[0].note == "2026-06-20 起因未缴年费失效"
    assert len(behind(line, "lapses", limit=1)) == 1


def test_an_end_of_the_term_is_no_lapse(line: Line) -> None:
    # An invention filed on 2006-02-01 is over on 2026-02-01, after twenty years.
    line.patent(county=HERE, filing_on=date(2006, 2, 1))
    listed(line, date(2025, 6, 1), HERE)
    line.look(NOW)
    assert counted(line, "valid", date(2026, 1, 31)).actual == 1
    assert counted(line, "valid", date(2026, 2, 1)).actual == 0
    assert counted(line, "lapses").actual == 0


def test_without_a_list_before_the_plan_last_years_lapses_are_not_known(
    line: Line,
) -> None:
    listed(line, date(2026, 1, 1), HERE)
    line.patent(county=HERE)
    line.look(NOW)
    found = counted(line, "lapses", target=None)
    assert (found.actual, found.target) == (Decimal(0), None)
    assert counted(line, "lapses", date(2025, 12, 31)).actual is None


# -- who was reminded ------------------------------------------------------------


def test_a_fee_is_covered_by_a_message_that_left_or_by_a_task(line: Line) -> None:
    told = line.patent(county=HERE)
    line.contact("a@jia.example")
    mute = line.patent(county=HERE, owners=("乙公司",))
    line.patent(county=THERE, owners=("丙公司",), due_on=date(2026, 9, 1))
    line.look(date(2026, 2, 10))
    line.deliver(date(2026, 2, 10))
    line.look(date(2026, 2, 11))  # ninety days before
    line.deliver(date(2026, 2, 12))
    early = counted(line, "reminder_coverage", date(2026, 5, 10))
    assert (early.actual, early.records) == (None, 0)
    line.look(date(2026, 10, 13))  # the last month: somebody is to ring about both
    found = counted(line, "reminder_coverage", date(2026, 5, 11))
    assert (found.actual, found.records) == (Decimal("50.00"), 2)
    assert found.by_county == {HERE: Decimal("50.00"), THERE: None}
    assert found.latest_on == date(2026, 5, 11)
    assert [one.application_no for one in behind(line, "reminder_coverage")] == [
        mute,
        told,
    ]
    first, second = behind(line, "reminder_coverage")
    assert first.note == "第11年年费 2026-05-11 到期，没有提醒"
    assert second.note.endswith("已提醒")
    late = counted(line, "reminder_coverage", date(2026, 10, 13))
    assert late.by_county[HERE] == 100


def test_a_message_counts_from_the_day_it_left(line: Line) -> None:
    line.patent(county=HERE, due_on=date(2026, 1, 20))
    line.contact("a@jia.example")
    line.look(date(2026, 1, 18))
    line.look(date(2026, 2, 20))  # the soft word of the first month
    line.deliver(date(2026, 2, 20))
    assert counted(line, "reminder_coverage", date(2026, 2, 19)).actual == 0
    assert counted(line, "reminder_coverage", date(2026, 2, 20)).actual == 100


def test_a_fee_paid_before_its_first_tier_asks_for_no_reminder(line: Line) -> None:
    paid = line.patent(county=HERE)
    line.paid(paid, date(2026, 1, 20))
    line.patent(county=HERE, owners=("乙公司",))
    line.look(date(2026, 2, 11))
    line.look(date(2026, 5, 11))
    found = counted(line, "reminder_coverage", date(2026, 5, 11))
    assert found.records == 1


def test_a_fee_nobody_confirmed_is_not_left_out(line: Line) -> None:
    line.patent(county=HERE)
    line.contact("a@jia.example")
    line.look(date(2026, 7, 20))  # first seen when only a confirmed fee is spoken of
    found = counted(line, "reminder_coverage", date(2026, 7, 20))
    assert (found.actual, found.records) == (Decimal(0), 1)


# -- how well it is looked after -------------------------------------------------


def test_the_age_is_that_of_the_oldest_of_the_newest_lists(line: Line) -> None:
    line.patent(county=HERE)
    listed(line, date(2026, 5, 1), HERE, THERE)
    listed(line, date(2026, 6, 15), HERE)
    listed(line, date(2026, 7, 1), HERE, THERE)
    found = counted(line, "list_age_days", counties=(HERE, THERE))
    assert (found.actual, found.records) == (Decimal(50), 2)  # 1 May to 20 June
    assert found.by_county == {HERE: 5, THERE: 50}
    assert found.latest_on == date(2026, 6, 15)
    assert counted(line, "list_age_days", date(2026, 7, 1)).actual == 0


def test_a_county_without_a_list_has_no_age_and_neither_have_all(line: Line) -> None:
    line.patent(county=HERE)
    listed(line, date(2026, 6, 15), HERE)
    found = counted(line, "list_age_days")
    assert found.actual is None
    assert found.by_county == {HERE: 5, THERE: None}
    assert "南乐县" in found.unknown
    assert counted(line, "list_age_days", counties=(HERE,)).actual == 5


def test_a_unit_is_one_that_is_configured_or_has_an_official(line: Line) -> None:
    line.change(
        counties=(
            County(HERE, "华龙区", unit="华龙区市场监管局"),
            County(THERE, "南乐县"),
        )
    )
    counties = (HERE, THERE, ELSEWHERE)
    line.contact(
        "b@nanle.example",
        "南乐县市场监管局",
        role="county_official",
        county=THERE,
        on=date(2026, 3, 1),
    )
    found = counted(line, "responsible_units", counties=counties)
    assert found.actual == 2
    assert found.by_county == {HERE: 1, THERE: 1, ELSEWHERE: 0}
    early = counted(line, "responsible_units", date(2026, 2, 28), counties=counties)
    assert early.by_county == {HERE: 1, THERE: 0, ELSEWHERE: 0}
    assert counted(line, "responsible_units", target=None).target == 2


# -- what is behind a figure, and what is lacking --------------------------------


def test_the_patents_behind_a_figure_come_by_number_and_within_the_limit(
    line: Line,
) -> None:
    numbers = [line.patent(county=HERE) for _ in range(3)]
    line.patent(county=THERE)
    line.look(NOW)
    found = behind(line, "valid", counties=(HERE,), limit=2)
    assert [one.application_no for one in found] == numbers[:2]
    assert found[0] == CountedPatent(numbers[0], "一种密封装置", HERE)
    assert behind(line, "responsible_units") == []


def test_what_lacks_to_a_target_is_a_whole_number_of_rights(line: Line) -> None:
    for _ in range(5):
        line.patent(county=HERE)
    line.look(NOW)
    # 3 × 30,000 ÷ 10,000 = 9 in all; 2.6 × 20,000 ÷ 10,000 = 5.2 of HERE: six.
    found = lacking(line, "valid_per_10k", county_targets={HERE: Decimal("2.6")})
    assert found == {HERE: 1, THERE: None, "": 4}
    assert lacking(line, "valid_per_10k", target=Decimal(1))[""] == 0
    # 5 ÷ 3 = 1.666… is shown as 1.67 and still lacks one of 5.01.
    assert lacking(line, "valid_per_10k", target=Decimal("1.67"))[""] == 1


def test_more_than_a_target_lacks_one_more(line: Line) -> None:
    for _ in range(3):
        line.patent(county=HERE)
    line.look(NOW)
    assert lacking(line, "valid_per_10k", target=Decimal(1))[""] == 0
    assert lacking(line, "valid_per_10k", target=Decimal(1), more_than=True)[""] == 1


def test_what_lacks_is_unknown_without_residents(line: Line) -> None:
    line.change(population={})
    line.patent(county=HERE)
    line.look(NOW)
    assert lacking(line, "valid_per_10k")[""] is None
    assert lacking(line, "valid", target=Decimal(3))[""] == 2


def test_a_residents_figure_of_the_city_is_not_that_of_a_county(line: Line) -> None:
    settings = replace(line.settings, population={"": PEOPLE[""]})
    assert registerstocks.residents_of(settings, plan(), "", on=NOW) == 30_000
    assert registerstocks.residents_of(settings, plan(), HERE, on=NOW) is None


def test_a_figure_is_not_rounded_up_to_a_target_that_is_missed(
    settings: Callable[..., Settings],
) -> None:
    # 1,131 × 10,000 ÷ 3,772,088 = 2.9983…: shown as 3.00 anywhere else.
    city = settings(
        counties=(County(HERE, "华龙区"), County(THERE, "南乐县")),
        population={"": (Population(2020, 3_772_088),)},
    )

    def shown(number: int, target: str | None) -> Decimal | None:
        wanted = promise("valid_per_10k", target=target and Decimal(target))
        return registerstocks.figure(city, plan(), wanted, "", number, on=NOW)

    assert shown(1131, "3") == Decimal("2.99")
    assert shown(1131, None) == shown(1131, "3.1") == Decimal("3.00")
    assert shown(1132, "3") == Decimal("3.00")
