"""What a plan promises, counted from records as of a day, reckoned by hand."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import Connection, Engine, insert

from patentwatch.plan.kinds import Field, FieldType, Kind
from patentwatch.plan.values import (
    Commitment,
    CommitmentKind,
    Counted,
    Measure,
    MeasureType,
    Plan,
    Selection,
    Span,
)
from patentwatch.store.countedrecords import CountedRecord, counted_records
from patentwatch.store.coverage import coverage
from patentwatch.store.engine import transaction
from patentwatch.store.measuring import (
    days_of_news,
    least_since,
    measured,
    newest,
    number_to_beat,
)
from patentwatch.store.selecting import Asked
from patentwatch.store.tables import record_links, records

HUALONG, QINGFENG, FANXIAN = "410902", "410922", "410926"
NOW = datetime(2023, 12, 31, 4, tzinfo=UTC)
END = date(2023, 12, 31)

LOAN = Kind(
    key="pledge_loan",
    label="质押贷款",
    fields=(
        Field("lender", "贷款人", FieldType.TEXT),
        Field("borrower", "借款人", FieldType.PARTY, link="held_by"),
        Field("patents", "专利号", FieldType.PATENTS, link="secures"),
        Field("amount", "金额", FieldType.YUAN),
        Field("interest", "利率", FieldType.NUMBER),
        Field("term", "期数", FieldType.INTEGER),
        Field("from_on", "起", FieldType.DATE, required=True),
        Field("to_on", "止", FieldType.DATE),
    ),
    natural_key=("lender",),
    title="lender",
    dated="from_on",
    until="to_on",
)
CASE = Kind(
    key="enforcement_case",
    label="执法案件",
    fields=(
        Field("number", "案号", FieldType.TEXT),
        Field("type", "类型", FieldType.CHOICE, choices=("专利", "商标")),
        Field("accepted_on", "受理", FieldType.DATE),
        Field("closed_on", "结案", FieldType.DATE),
        Field("township", "乡镇", FieldType.TEXT),
    ),
    natural_key=("number",),
    title="number",
    dated="accepted_on",
)
TOWNSHIP = Kind(
    key="township",
    label="乡镇",
    fields=(Field("name", "乡镇", FieldType.TEXT),),
    natural_key=("name",),
    title="name",
    dated="listed_on",
)
NAVIGATION = Kind(
    key="micro_navigation",
    label="微导航",
    fields=(
        Field("enterprise", "企业", FieldType.PARTY, link="counts_for"),
        Field("institution", "机构", FieldType.PARTY, link="counts_for"),
    ),
    natural_key=("enterprise",),
    title="enterprise",
    dated="selected_on",
)
KINDS: Mapping[str, Kind] = {
    kind.key: kind for kind in (LOAN, CASE, TOWNSHIP, NAVIGATION)
}
PLAN = Plan(
    name="puyang-2023",
    title="要点",
    document_no="1",
    year=2023,
    starts_on=date(2023, 1, 1),
    ends_on=END,
    in_force_on=date(2023, 1, 1),
    sections=(),
    items=(),
    lists={"五进": ("机关", "企业", "校园（小学）"), "空": ()},
)
LOANS, CASES = Selection(("pledge_loan",)), Selection(("enforcement_case",))
Put = Callable[..., int]


@pytest.fixture
def connection(engine: Engine) -> Iterator[Connection]:
    with transaction(engine) as connection:
        yield connection


@pytest.fixture
def put(connection: Connection) -> Put:
    """Return a function that stores a record; keywords are its fields."""

    def store(
        kind: str,
        day: str,
        county: str | None = HUALONG,
        *,
        state: str = "active",
        title: str = "",
        links: tuple[tuple[str, ...], ...] = (),
        **fields: Any,
    ) -> int:
        number: int = connection.execute(
            insert(records)
            .values(
                kind=kind,
                natural_key=f"{kind}{day}{title}{county}{store_count()}",
                title=title,
                county=county,
                occurred_on=date.fromisoformat(day),
                state=state,
                fields=fields,
                recorded_at=NOW,
            )
            .returning(records.c.id)
        ).scalar_one()
        for link, to_kind, to_key, *label in links:
            connection.execute(
                insert(record_links).values(
                    record_id=number,
                    link=link,
                    to_kind=to_kind,
                    to_key=to_key,
                    label="".join(label),
                )
            )
        return number

    numbers = iter(range(10_000))

    def store_count() -> int:
        return next(numbers)

    return store


def promise(measure: Measure, **extra: Any) -> Commitment:
    plain = Commitment(
        id="9.1",
        text="质押",
        kind=CommitmentKind.TARGET,
        due_on=END,
        measure=measure,
        counties=(HUALONG, QINGFENG),
        target=Decimal(100),
    )
    return replace(plain, **extra)


def ask(
    connection: Connection, commitment: Commitment, on: date = END, plan: Plan = PLAN
) -> Asked:
    return Asked(connection, plan, commitment, KINDS, on)


def found(
    connection: Connection, measure: Measure, on: date = END, **extra: Any
) -> Counted:
    asked = ask(connection, promise(measure, **extra), on)
    counted, to_beat = measured(asked), number_to_beat(asked)
    if to_beat is None:
        return counted
    unknown = counted.unknown or to_beat.unknown
    return replace(counted, target=to_beat.value, unknown=unknown)


COUNT = Measure(MeasureType.COUNT, LOANS)


def test_records_are_counted_by_county_and_in_all(
    connection: Connection, put: Put
) -> None:
    put("pledge_loan", "2023-02-01")
    put("pledge_loan", "2023-03-01")
    put("pledge_loan", "2023-04-01", None)
    put("enforcement_case", "2023-04-01")
    counted = found(connection, COUNT)
    assert counted.actual == 3
    assert counted.records == 3
    assert counted.latest_on == date(2023, 4, 1)
    assert counted.by_county == {HUALONG: 2, QINGFENG: 0}
    assert counted.unknown == ""


def test_nothing_recorded_is_none_and_no_unknown(connection: Connection) -> None:
    counted = found(connection, COUNT)
    assert counted.actual == 0
    assert (counted.records, counted.latest_on) == (0, None)
    assert counted.by_county == {HUALONG: 0, QINGFENG: 0}


@pytest.mark.parametrize(
    ("day", "on", "expected"),
    [
        pytest.param("2022-12-31", "2023-06-30", 0, id="the-day-before-the-plan"),
        pytest.param("2023-01-01", "2023-06-30", 1, id="the-first-day"),
        pytest.param("2023-06-29", "2023-06-30", 1, id="the-day-before"),
        pytest.param("2023-06-30", "2023-06-30", 1, id="the-day-itself"),
        pytest.param("2023-07-01", "2023-06-30", 0, id="the-day-after"),
        pytest.param("2023-12-31", "2024-06-30", 1, id="the-plans-last-day"),
        pytest.param("2024-01-01", "2024-06-30", 0, id="after-the-plans-end"),
    ],
)
def test_a_record_counts_from_its_day_within_the_plan(
    connection: Connection, put: Put, day: str, on: str, expected: int
) -> None:
    put("pledge_loan", day)
    assert found(connection, COUNT, date.fromisoformat(on)).actual == expected


def test_ever_has_no_first_day(connection: Connection, put: Put) -> None:
    put("pledge_loan", "2019-05-01")
    put("pledge_loan", "2024-01-01")
    ever = Measure(MeasureType.COUNT, replace(LOANS, span=Span.EVER))
    assert found(connection, ever, date(2024, 6, 1)).actual == 1


def test_what_was_withdrawn_does_not_count(connection: Connection, put: Put) -> None:
    put("pledge_loan", "2023-02-01", state="withdrawn")
    assert found(connection, COUNT).actual == 0


def test_another_county_does_not_count_the_city_does(
    connection: Connection, put: Put
) -> None:
    put("pledge_loan", "2023-02-01", FANXIAN)
    put("pledge_loan", "2023-02-01", None)
    assert found(connection, COUNT).actual == 1
    assert found(connection, COUNT, counties=()).actual == 2


def test_only_records_with_one_of_the_values_count(
    connection: Connection, put: Put
) -> None:
    for type_ in ("专利", "商标", "商标", "地理标志"):
        put("enforcement_case", "2023-02-01", type=type_)
    put("enforcement_case", "2023-02-01")

    def cases(**where: tuple[str, ...]) -> Decimal | None:
        selection = replace(CASES, where=where)
        return found(connection, Measure(MeasureType.COUNT, selection)).actual

    assert cases(type=("商标",)) == 2
    assert cases(type=("商标", "专利")) == 3
    assert cases(type=("商标",), county=(QINGFENG,)) == 0


def test_a_number_is_a_value_too(connection: Connection, put: Put) -> None:
    put("pledge_loan", "2023-02-01", term=12)
    selection = replace(LOANS, where={"term": ("12",)})
    assert found(connection, Measure(MeasureType.COUNT, selection)).actual == 1


def test_another_date_of_the_kind_may_be_the_one_that_counts(
    connection: Connection, put: Put
) -> None:
    put("enforcement_case", "2022-11-01", closed_on="2023-06-30")
    put("enforcement_case", "2023-02-01", closed_on="2023-07-01")
    put("enforcement_case", "2023-02-01", closed_on="")
    put("enforcement_case", "2023-02-01")
    closed = Measure(MeasureType.COUNT, replace(CASES, dated="closed_on"))
    counted = found(connection, closed, date(2023, 6, 30))
    assert counted.actual == 1
    assert counted.latest_on == date(2023, 6, 30)
    assert found(connection, closed, date(2023, 7, 1)).actual == 2


@pytest.mark.parametrize(
    ("to_on", "expected"),
    [
        pytest.param("2023-06-29", 0, id="ended-the-day-before"),
        pytest.param("2023-06-30", 0, id="does-not-stand-on-its-until-day"),
        pytest.param("2023-07-01", 1, id="stands-the-day-before-it-ends"),
        pytest.param("", 1, id="blank-never-ends"),
        pytest.param(None, 1, id="missing-never-ends"),
    ],
)
def test_what_has_ended_does_not_count(
    connection: Connection, put: Put, to_on: str | None, expected: int
) -> None:
    put("pledge_loan", "2023-02-01", to_on=to_on)
    live = Measure(MeasureType.COUNT, replace(LOANS, until="to_on"))
    assert found(connection, live, date(2023, 6, 30)).actual == expected


def test_money_is_added_up_in_fen_and_told_in_yuan(
    connection: Connection, put: Put
) -> None:
    put("pledge_loan", "2023-02-01", amount=199_999_999_99)
    put("pledge_loan", "2023-02-01", QINGFENG, amount=1)
    put("pledge_loan", "2023-02-01", None, amount=50)
    counted = found(connection, Measure(MeasureType.SUM, LOANS, field="amount"))
    assert counted.actual == Decimal("200000000.50")
    assert counted.by_county == {
        HUALONG: Decimal("199999999.99"),
        QINGFENG: Decimal("0.01"),
    }
    assert counted.records == 3


def test_decimals_are_added_up_too(connection: Connection, put: Put) -> None:
    put("pledge_loan", "2023-02-01", interest="0.1")
    put("pledge_loan", "2023-02-01", interest="0.2")
    counted = found(connection, Measure(MeasureType.SUM, LOANS, field="interest"))
    assert counted.actual == Decimal("0.3")


def test_a_sum_says_what_was_missing(connection: Connection, put: Put) -> None:
    money = Measure(MeasureType.SUM, LOANS, field="amount")
    put("pledge_loan", "2023-02-01")
    counted = found(connection, money)
    assert counted.actual is None
    assert counted.by_county == {HUALONG: None, QINGFENG: 0}
    assert counted.unknown.startswith("1 条")
    put("pledge_loan", "2023-02-01", amount=100)
    counted = found(connection, money)
    assert counted.actual == 1
    assert counted.unknown.startswith("1 条")


def test_a_party_is_counted_once_wherever_it_appears(
    connection: Connection, put: Put
) -> None:
    a, b = ("held_by", "party", "甲"), ("held_by", "party", "乙")
    put("pledge_loan", "2023-02-01", links=(a, ("secures", "patent", "1")))
    put("pledge_loan", "2023-03-01", QINGFENG, links=(a,))
    put("pledge_loan", "2023-04-01", links=(b, ("inspects", "party", "丙")))
    counted = found(connection, Measure(MeasureType.DISTINCT, LOANS, field="borrower"))
    assert counted.actual == 2
    assert counted.by_county == {HUALONG: 2, QINGFENG: 1}
    assert counted.records == 3


def test_a_party_of_another_field_with_the_same_link_is_not_counted(
    connection: Connection, put: Put
) -> None:
    tied = [("counts_for", "party", f"key of {name}", name) for name in "甲乙丙"]
    two = "甲；乙"
    put(
        "micro_navigation",
        "2023-05-12",
        links=(*tied,),
        enterprise=two,
        institution="丙",
    )
    measure = Measure(
        MeasureType.DISTINCT, Selection(("micro_navigation",)), field="enterprise"
    )
    assert found(connection, measure).actual == 2


def test_a_patent_is_counted_once_too(connection: Connection, put: Put) -> None:
    one, two = ("secures", "patent", "1"), ("secures", "patent", "2")
    put("pledge_loan", "2023-02-01", links=(one, two))
    put("pledge_loan", "2023-02-01", links=(one,))
    counted = found(connection, Measure(MeasureType.DISTINCT, LOANS, field="patents"))
    assert counted.actual == 2
    assert counted.records == 2


def test_a_word_is_counted_once(connection: Connection, put: Put) -> None:
    for lender in ("甲行", "甲行", "乙行", ""):
        put("pledge_loan", "2023-02-01", lender=lender)
    counted = found(connection, Measure(MeasureType.DISTINCT, LOANS, field="lender"))
    assert counted.actual == 2


RATIO = Measure(MeasureType.RATIO, replace(CASES, where={"type": ("专利",)}), of=CASES)


def test_a_ratio_is_in_percent_rounded_half_up(
    connection: Connection, put: Put
) -> None:
    put("enforcement_case", "2023-02-01", type="专利")
    for _ in range(7):
        put("enforcement_case", "2023-02-01", QINGFENG, type="商标")
    counted = found(connection, RATIO)
    assert counted.actual == Decimal("12.5")
    assert counted.by_county == {HUALONG: 100, QINGFENG: 0}
    assert counted.records == 1


def test_a_ratio_of_nothing_is_not_known(connection: Connection, put: Put) -> None:
    counted = found(connection, RATIO)
    assert counted.actual is None
    assert "执法案件" in counted.unknown
    put("enforcement_case", "2023-02-01", type="商标")
    counted = found(connection, RATIO)
    assert counted.actual == 0
    assert counted.by_county == {HUALONG: 0, QINGFENG: None}


def test_a_ratio_with_a_field_tells_apart_on_both_sides(
    connection: Connection, put: Put
) -> None:
    for lender, term in (("甲行", 1), ("甲行", 1), ("乙行", 2), ("丙行", 2)):
        put("pledge_loan", "2023-02-01", lender=lender, term=term)
    part = replace(LOANS, where={"term": ("1",)})
    measure = Measure(MeasureType.RATIO, part, field="lender", of=LOANS)
    assert found(connection, measure).actual == Decimal("33.33")


FIVE = Measure(MeasureType.COVERAGE, CASES, field="township", entries="五进")


def test_coverage_counts_the_entries_that_appear(
    connection: Connection, put: Put
) -> None:
    put("enforcement_case", "2023-02-01", township="机 关")
    put("enforcement_case", "2023-02-01", township="机关")
    put("enforcement_case", "2023-02-01", QINGFENG, township="校园(小学)")
    put("enforcement_case", "2023-09-01", township="医院")
    counted = found(connection, FIVE)
    assert counted.actual == 2
    assert counted.records == 3
    assert counted.latest_on == date(2023, 2, 1)
    assert counted.by_county == {HUALONG: 1, QINGFENG: 1}
    assert found(connection, FIVE, unit="%").actual == Decimal("66.67")


def test_coverage_names_what_is_missing(connection: Connection, put: Put) -> None:
    put("enforcement_case", "2023-02-01", township="机关")
    missing = coverage(ask(connection, promise(FIVE))).missing
    assert [entry.word for entry in missing] == ["企业", "校园（小学）"]


def test_a_list_that_is_empty_is_not_known(connection: Connection, put: Put) -> None:
    put("enforcement_case", "2023-02-01", township="机关")
    counted = found(connection, replace(FIVE, entries="空"))
    assert counted.actual is None
    assert "空" in counted.unknown
    assert found(connection, replace(FIVE, entries="没有")).actual is None


def test_coverage_of_the_counties(connection: Connection, put: Put) -> None:
    put("enforcement_case", "2023-02-01", QINGFENG)
    put("enforcement_case", "2023-02-01", FANXIAN)
    counties = Measure(MeasureType.COVERAGE, CASES, entries="counties")
    counted = found(connection, counties)
    assert counted.actual == 1
    assert counted.by_county == {HUALONG: 0, QINGFENG: 1}
    assert found(connection, counties, counties=()).actual is None


def test_two_counties_have_a_township_of_the_same_name(
    connection: Connection, put: Put
) -> None:
    put("township", "2023-01-01", HUALONG, title="城关镇")
    put("township", "2023-01-01", QINGFENG, title="城关镇")
    put("township", "2023-01-01", QINGFENG, title="马庄桥镇")
    put("township", "2023-01-01", FANXIAN, title="濮城镇")
    put("enforcement_case", "2023-02-01", QINGFENG, township="城关镇")
    all_ = Measure(
        MeasureType.COVERAGE, CASES, field="township", entries="kind:township"
    )
    counted = found(connection, all_, unit="%")
    assert counted.actual == Decimal("33.33")
    assert counted.by_county == {HUALONG: 0, QINGFENG: 50}
    put("enforcement_case", "2023-02-01", None, township="马庄桥镇")
    assert found(connection, all_, unit="%").actual == Decimal("66.67")
    put("enforcement_case", "2023-02-01", None, township="城关镇")
    assert found(connection, all_, unit="%").actual == Decimal("66.67")


def test_townships_that_nobody_listed_are_not_known(
    connection: Connection, put: Put
) -> None:
    put("enforcement_case", "2023-02-01", township="城关镇")
    measure = Measure(
        MeasureType.COVERAGE, CASES, field="township", entries="kind:township"
    )
    counted = found(connection, measure, unit="%")
    assert counted.actual is None
    assert "乡镇" in counted.unknown


GROWTH = Measure(MeasureType.GROWTH, replace(CASES, where={"type": ("专利",)}))


def test_growth_brings_last_years_whole_number(
    connection: Connection, put: Put
) -> None:
    for day in ("2021-12-31", "2022-01-01", "2022-12-31", "2023-01-01", "2023-07-01"):
        put("enforcement_case", day, type="专利")
    counted = found(connection, GROWTH, date(2023, 6, 30), target=None)
    assert counted.actual == 1
    assert counted.target == 2
    assert counted.unknown == ""
    assert counted.by_county == {HUALONG: 1, QINGFENG: 0}


def test_a_last_year_without_any_record_cannot_be_beaten(
    connection: Connection, put: Put
) -> None:
    put("enforcement_case", "2023-02-01", type="专利")
    counted = found(connection, GROWTH, target=None)
    assert counted.actual == 1
    assert counted.target is None
    assert "年初以前没有" in counted.unknown


def test_a_last_year_with_cases_of_another_type_had_none_of_this(
    connection: Connection, put: Put
) -> None:
    put("enforcement_case", "2022-02-01", type="商标")
    put("enforcement_case", "2023-02-01", type="专利")
    counted = found(connection, GROWTH, target=None)
    assert counted.actual == 1
    assert counted.target == 0
    assert counted.unknown == ""


MEDIAN = Measure(
    MeasureType.MEDIAN_DAYS, replace(CASES, dated="closed_on"), field="accepted_on"
)


def test_the_days_of_a_case_are_compared_with_last_years(
    connection: Connection, put: Put
) -> None:
    def case(accepted_on: str, closed_on: str, county: str = HUALONG) -> None:
        put(
            "enforcement_case",
            accepted_on,
            county,
            accepted_on=accepted_on,
            closed_on=closed_on,
        )

    case("2022-01-01", "2022-01-31")  # 30 days, last year's only one
    case("2022-12-22", "2023-01-01")  # 10 days, closed this year
    case("2023-03-01", "2023-03-22", QINGFENG)  # 21 days
    case("2023-03-01", "2023-02-01")  # closed before it was accepted: a mistake
    case("2023-03-01", "2023-07-01")  # after the day
    counted = found(connection, MEDIAN, date(2023, 6, 30), target=None)
    assert counted.actual == Decimal("15.5")
    assert counted.target == 30
    assert counted.by_county == {HUALONG: 10, QINGFENG: 21}
    assert counted.records == 2
    assert counted.latest_on == date(2023, 3, 22)


def test_days_that_nobody_knows_are_not_known(connection: Connection, put: Put) -> None:
    counted = found(connection, MEDIAN, target=None)
    assert counted.actual is None
    assert counted.target is None
    assert "还没有起止日期" in counted.unknown
    put(
        "enforcement_case",
        "2023-03-01",
        accepted_on="2023-03-01",
        closed_on="2023-03-11",
    )
    counted = found(connection, MEDIAN, target=None)
    assert counted.actual == 10
    assert counted.target is None
    assert "年初以前没有" in counted.unknown


def test_what_counts_in_the_year_is_to_beat_all_of_the_year_before(
    connection: Connection, put: Put
) -> None:
    put("pledge_loan", "2021-12-31", amount=1)
    put("pledge_loan", "2022-01-01", amount=500)
    put("pledge_loan", "2022-12-31", amount=700)
    put("pledge_loan", "2023-03-01", amount=900)
    money = Measure(MeasureType.SUM, LOANS, field="amount")
    assert found(connection, money, target=None).target == 12
    assert found(connection, money).target is None
    activity = found(connection, money, target=None, kind=CommitmentKind.ACTIVITY)
    assert activity.target is None


def test_what_counts_ever_is_to_beat_where_it_stood_before_the_plan(
    connection: Connection, put: Put
) -> None:
    put("enforcement_case", "2019-02-01", type="专利")
    put("enforcement_case", "2022-12-31", type="商标")
    put("enforcement_case", "2023-01-01", type="商标")
    ever = replace(CASES, span=Span.EVER)
    part = replace(ever, where={"type": ("专利",)})
    ratio = Measure(MeasureType.RATIO, part, of=ever)
    counted = found(connection, ratio, target=None)
    assert counted.actual == Decimal("33.33")
    assert counted.target == 50


LATEST = Measure(MeasureType.LATEST, LOANS, field="term")


def test_the_newest_figure_of_each_county_is_added_up(
    connection: Connection, put: Put
) -> None:
    put("pledge_loan", "2022-12-31", term=100)
    put("pledge_loan", "2023-06-30", term=120)
    put("pledge_loan", "2023-09-30", term=999)
    put("pledge_loan", "2022-12-31", QINGFENG, term=50)
    put("pledge_loan", "2023-07-01", FANXIAN, term=7)
    counted = found(connection, LATEST, date(2023, 8, 31))
    assert counted.actual == 170
    assert counted.by_county == {HUALONG: 120, QINGFENG: 50}
    assert counted.records == 2
    assert counted.latest_on == date(2023, 6, 30)
    assert counted.unknown == ""
    assert found(connection, LATEST, date(2023, 8, 31), counties=()).actual == 177


def test_a_county_without_a_figure_is_told(connection: Connection, put: Put) -> None:
    counted = found(connection, LATEST)
    assert counted.actual is None
    assert counted.by_county == {HUALONG: None, QINGFENG: None}
    assert counted.unknown
    put("pledge_loan", "2023-02-01", term=100)
    counted = found(connection, LATEST)
    assert counted.actual == 100
    assert counted.by_county == {HUALONG: 100, QINGFENG: None}
    assert QINGFENG in counted.unknown


def test_the_citys_own_figure_goes_before_half_a_sum(
    connection: Connection, put: Put
) -> None:
    put("pledge_loan", "2023-02-01", term=100)
    put("pledge_loan", "2023-01-31", None, term=300)
    assert found(connection, LATEST).actual == 300
    put("pledge_loan", "2023-02-01", QINGFENG, term=150)
    assert found(connection, LATEST).actual == 250


def test_of_two_figures_of_a_day_the_last_recorded_counts(
    connection: Connection, put: Put
) -> None:
    for term in (100, 110):
        put("pledge_loan", "2023-02-01", term=term)
    put("pledge_loan", "2023-02-02")
    assert found(connection, LATEST).actual == 110


def test_records_that_were_said_to_count_are_counted(
    connection: Connection, put: Put
) -> None:
    mine = ("counts_for", "commitment", "puyang-2023/9.1")
    put("pledge_loan", "2023-02-01", links=(mine,))
    put("enforcement_case", "2023-02-01", links=(mine,))
    put("pledge_loan", "2023-02-01", links=((*mine[:2], "puyang-2023/9.11"),))
    put("pledge_loan", "2023-02-01", links=((*mine[:2], "puyang-2024/9.1"),))
    put("pledge_loan", "2023-02-01", links=(("follows_from", *mine[1:]),))
    put("pledge_loan", "2023-02-01")
    assert found(connection, Measure(MeasureType.LINKED)).actual == 2
    assert found(connection, Measure(MeasureType.LINKED, LOANS)).actual == 1


def test_what_goes_on_is_looked_for_before_the_plan_too(
    connection: Connection, put: Put
) -> None:
    put("pledge_loan", "2022-11-30")
    put("pledge_loan", "2022-12-01", QINGFENG)
    put("pledge_loan", "2022-12-05", None)
    asked = ask(connection, promise(COUNT), date(2023, 1, 20))
    assert newest(asked, since=date(2022, 12, 1)) == {
        QINGFENG: date(2022, 12, 1),
        None: date(2022, 12, 5),
    }


def test_the_days_of_news_are_those_of_records_that_begin_or_end(
    connection: Connection, put: Put
) -> None:
    put("pledge_loan", "2023-05-31")
    put("pledge_loan", "2023-06-01", to_on="2023-06-09")
    put("pledge_loan", "2023-06-10", FANXIAN)
    put("pledge_loan", "2023-06-20")
    put("pledge_loan", "2023-06-21")
    put("enforcement_case", "2023-06-05", closed_on="2023-06-06")
    of = replace(CASES, dated="closed_on")
    live = replace(LOANS, until="to_on")
    asked = ask(
        connection,
        promise(Measure(MeasureType.RATIO, live, of=of)),
        date(2023, 6, 20),
    )
    assert sorted(day.day for day in days_of_news(asked, after=date(2023, 5, 31))) == [
        1,
        6,
        9,
        20,
    ]


def test_a_record_counts_only_if_it_was_in_time(
    connection: Connection, put: Put
) -> None:
    case = {"accepted_on": "2023-02-10"}
    put("enforcement_case", "2023-02-01", closed_on="2023-02-10", **case)
    put("enforcement_case", "2023-02-01", closed_on="2023-02-11", **case)
    put("enforcement_case", "2023-02-01", closed_on="2023-02-11")
    in_time = replace(CASES, dated="closed_on", by="accepted_on")
    assert found(connection, Measure(MeasureType.COUNT, in_time)).actual == 2


def test_what_stood_all_the_time_is_the_least_there_was(
    connection: Connection, put: Put
) -> None:
    put("pledge_loan", "2023-05-01", amount=100)
    put("pledge_loan", "2023-05-01", amount=1000, to_on="2023-06-20")
    put("pledge_loan", "2023-06-02", amount=10_000)
    put("pledge_loan", "2023-04-01", amount=10, to_on="2023-06-01")
    live = replace(LOANS, until="to_on")
    june = date(2023, 6, 1)

    def least(measure: Measure, on: date) -> Decimal | None:
        return least_since(ask(connection, promise(measure), on), june)

    money = Measure(MeasureType.SUM, live, field="amount")
    assert least(money, date(2023, 6, 19)) == 11
    assert least(money, date(2023, 6, 20)) == 1
    # Of three that stood in June at some time, two stood all the time to the 19th.
    ratio = Measure(MeasureType.RATIO, live, of=live)
    assert least(ratio, date(2023, 6, 19)) == Decimal("66.67")
    assert least(ratio, date(2023, 6, 20)) == Decimal("33.33")
    assert least(LATEST, date(2023, 6, 20)) is None
    townships = Measure(
        MeasureType.COVERAGE, CASES, field="township", entries="kind:township"
    )
    assert least(townships, date(2023, 6, 20)) is None


def test_what_was_counted_can_be_looked_at(connection: Connection, put: Put) -> None:
    second = put("pledge_loan", "2023-03-01", title="乙行", amount=250)
    first = put("pledge_loan", "2023-02-01", None, title="甲行", amount=10_000)
    put("pledge_loan", "2023-02-01", title="无额")
    put("pledge_loan", "2022-02-01", title="去年", amount=1)
    money = promise(Measure(MeasureType.SUM, LOANS, field="amount"))
    assert list(counted_records(ask(connection, money))) == [
        CountedRecord(
            first, "pledge_loan", "甲行", None, date(2023, 2, 1), Decimal(100)
        ),
        CountedRecord(
            second, "pledge_loan", "乙行", HUALONG, date(2023, 3, 1), Decimal("2.5")
        ),
    ]


def test_both_sides_of_a_ratio_can_be_looked_at(
    connection: Connection, put: Put
) -> None:
    put("enforcement_case", "2023-02-01", type="专利")
    put("enforcement_case", "2023-02-01", type="商标")
    listed = counted_records(ask(connection, promise(RATIO)))
    assert [record.part for record in listed] == [
        "counted",
        "denominator",
        "denominator",
    ]


def test_of_figures_only_the_newest_are_looked_at(
    connection: Connection, put: Put
) -> None:
    put("pledge_loan", "2022-12-31", term=100)
    put("pledge_loan", "2023-06-30", term=120)
    put("pledge_loan", "2022-12-31", QINGFENG, term=50)
    listed = counted_records(ask(connection, promise(LATEST)))
    assert {record.county: record.value for record in listed} == {
        HUALONG: "120",
        QINGFENG: "50",
    }
