"""Every number of the plan: one short of it, and exactly it.

Asked on 1 January 2024, the day after nearly everything was due: what is short by then
is red, however little it is short by.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from patentwatch.plan.kinds import kinds
from tests.lists import number, row, write_csv
from tests.planoffice import (
    EIGHT,
    PlanOffice,
    Row,
    alone_in,
    copy_of,
    example,
    open_office,
)

AFTER = "2024-01-01"
HUALONG, QINGFENG, NANLE, NEW_ZONE = "华龙区", "清丰县", "南乐县", "濮阳经济技术开发区"


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory, sqlite_template: Path) -> Path:
    folder = tmp_path_factory.mktemp("loaded")
    with alone_in(folder):
        open_office(sqlite_template, folder)
    return folder


@pytest.fixture
def office(tmp_path: Path, loaded: Path) -> Iterator[PlanOffice]:
    with alone_in(tmp_path):
        yield copy_of(loaded, tmp_path)


def take(office: PlanOffice, kind: str, rows: Sequence[Row]) -> None:
    if rows:
        office.take(kind, *({**example(kinds()[kind]), **row} for row in rows))


def asked(office: PlanOffice, id_: str, on: str = AFTER) -> tuple[Any, Any, str]:
    found = office.promise(id_, on)
    return found["actual"], found["rate"], found["light"]


def several(key: str, count: int, **more: str) -> list[Row]:
    return [{**more, key: f"第{n}个"} for n in range(count)]


def each(key: str, words: Sequence[str], **more: str) -> list[Row]:
    return [{**more, key: word} for word in words]


LAST_IS_MISSING = [
    # commitment, kind, all the rows it takes, without the last one, with it
    ("3.9", "overseas_application", several("application_no", 10), (9, 0.9), (10, 1)),
    (
        "4.5",
        "enterprise_designation",
        each("level", ("国家级", "省级", "市级")),
        (2, 0.6666),
        (3, 1),
    ),
    (
        "4.8",
        "enterprise_designation",
        several("enterprise", 5, level="市级", **{"class": "培育"}),
        (4, 0.8),
        (5, 1),
    ),
    (
        "4.9",
        "enterprise_designation",
        several("enterprise", 5, level="省级", **{"class": "优势"}),
        (4, 0.8),
        (5, 1),
    ),
    (
        "5.4",
        "brand_base",
        [
            {"title": one, "county": one, "level": "省级"}
            for one in (HUALONG, QINGFENG, NANLE)
        ],
        (2, 0.6666),
        (3, 1),
    ),
    ("5.9", "gi_application", several("title", 2), (1, 0.5), (2, 1)),
    ("7.1", "industrialization_project", several("project_no", 5), (4, 0.8), (5, 1)),
    (
        "10.3",
        "navigation_base",
        [
            {"title": one, "county": one, "type": "产业专利导航实验区"}
            for one in (HUALONG, NEW_ZONE)
        ],
        (1, 0.5),
        (2, 1),
    ),
    (
        "10.5",
        "navigation_base",
        [{"county": NEW_ZONE, "type": "专利导航服务基地", "level": "国家级"}],
        (0, 0),
        (1, 1),
    ),
    (
        "11.13",
        "handbook_distribution",
        each("township", ("甲镇", "乙乡", "丙街道"), county=HUALONG),
        (66.67, 0.6667),
        (100, 1),
    ),
    (
        "12.2",
        "workstation_activity",
        each("type", ("检查", "培训", "指导", "评比")),
        (3, 0.75),
        (4, 1),
    ),
    (
        "12.6",
        "publicity_event",
        [
            {"title": one, "place_type": one, "occasion": "维权援助"}
            for one in ("企业", "社区", "机关", "展会", "专业市场")
        ],
        (4, 0.8),
        (5, 1),
    ),
    (
        "12.16",
        "workstation",
        [{"title": one, "county": one} for one in EIGHT.values()],
        (87.5, 0.875),
        (100, 1),
    ),
    ("17.2", "industry_analysis", several("title", 1), (0, 0), (1, 1)),
    ("17.3", "micro_navigation", several("enterprise", 2), (1, 0.5), (2, 1)),
    (
        "18.1",
        "responsibility_letter",
        each("county", list(EIGHT.values())),
        (87.5, 0.875),
        (100, 1),
    ),
    (
        "18.5",
        "county_assessment",
        each("county", list(EIGHT.values())),
        (87.5, 0.875),
        (100, 1),
    ),
    ("19.9", "school", several("title", 10), (9, 0.9), (10, 1)),
    (
        "19.10",
        "five_places_event",
        each("place", ("机关", "企业", "校园", "社区", "市场"), site="某处"),
        (4, 0.8),
        (5, 1),
    ),
]


@pytest.mark.parametrize(
    ("id_", "kind", "rows", "short", "whole"),
    [pytest.param(*one, id=one[0]) for one in LAST_IS_MISSING],
)
def test_the_last_one_makes_the_number(
    office: PlanOffice,
    id_: str,
    kind: str,
    rows: Sequence[dict[str, str]],
    short: tuple[float, float],
    whole: tuple[float, float],
) -> None:
    if id_ == "11.13":
        take(
            office, "township", each("name", ("甲镇", "乙乡", "丙街道"), county=HUALONG)
        )
    rows = [{**one, **_apart(id_, n)} for n, one in enumerate(rows)]
    take(office, kind, rows[:-1])
    assert asked(office, id_) == (*short, "red")
    take(office, kind, rows[-1:])
    assert asked(office, id_) == (*whole, "green")
    take(office, kind, rows)
    assert asked(office, id_) == (*whole, "green")  # imported again, counted once


def _apart(id_: str, n: int) -> dict[str, str]:
    """Return what makes a record another one where its word alone does not."""
    return {"title": f"五进{n}"} if id_ == "19.10" else {}


def loan(number: str, amount: str, **more: str) -> Row:
    return {"registration_no": number, "amount": amount, **more}


def test_two_hundred_million_exactly_is_not_more_than_that(office: PlanOffice) -> None:
    take(office, "pledge_loan", [loan("1", "1.9亿元"), loan("2", "999.99万元")])
    assert asked(office, "9.7") == (199_999_900, 0.9999, "red")  # 0.9999995 of it
    take(office, "pledge_loan", [loan("3", "100元")])
    assert asked(office, "9.7") == (200_000_000, 1, "red")
    take(office, "pledge_loan", [loan("4", "0.01")])
    assert asked(office, "9.7") == (200_000_000.01, 1, "green")


def test_no_loan_may_be_overdue(office: PlanOffice) -> None:
    take(office, "pledge_loan", [loan("1", "100", overdue="否")])
    assert asked(office, "9.9") == (0, None, "green")
    late = loan("1", "100", overdue="是", overdue_on="2023-09-10")
    take(office, "pledge_loan", [late])
    assert asked(office, "9.9", "2023-09-09") == (0, None, "green")
    assert asked(office, "9.9", "2023-09-10") == (1, None, "red")
    assert asked(office, "9.9") == (1, None, "red")
    take(office, "pledge_loan", [{**late, "settled_on": "2023-10-20"}])
    assert asked(office, "9.9", "2023-10-19") == (1, None, "red")
    assert asked(office, "9.9") == (0, None, "green")


def test_the_newest_statistics_of_the_counties_make_35000(office: PlanOffice) -> None:
    def figures(last: str) -> list[Row]:
        numbers = ["4375"] * 7 + [last]
        return [
            {"county": county, "registered": number, "as_of_on": "2023-12-31"}
            for county, number in zip(EIGHT.values(), numbers, strict=True)
        ]

    take(office, "trademark_statistic", figures("4374"))
    assert asked(office, "3.8") == (34_999, 0.9999, "red")  # 0.99997
    take(office, "trademark_statistic", figures("4375"))
    assert asked(office, "3.8") == (35_000, 1, "green")


def test_an_open_task_keeps_the_programme_from_its_end(office: PlanOffice) -> None:
    def task(number: str, done: str, scheme: str = "试点城市工作方案") -> Row:
        return {"task_no": number, "scheme": scheme, "finished_on": done}

    take(office, "work_task", [task("1", "2023-06-30"), task("2", "")])
    assert asked(office, "2.4") == (50, 0.5, "red")
    assert asked(office, "18.4") == (50, 0.5, "red")
    take(office, "work_task", [task("2", "2023-12-31")])
    assert asked(office, "2.4") == (100, 1, "green")
    assert asked(office, "18.4") == (100, 1, "green")


def test_a_task_that_is_a_day_late_is_not_done_by_its_node(office: PlanOffice) -> None:
    rows = [
        {"task_no": "1", "due_on": "2023-06-30", "finished_on": "2023-06-30"},
        {"task_no": "2", "due_on": "2023-06-30", "finished_on": "2023-07-01"},
    ]
    take(office, "work_task", rows)
    assert asked(office, "18.4") == (50, 0.5, "red")


def closed(number: str, accepted: str, on: str, type_: str = "商标") -> Row:
    return {
        "case_no": number,
        "type": type_,
        "accepted_on": accepted,
        "closed_on": on,
    }


def test_as_many_cases_as_last_year_are_no_growth(office: PlanOffice) -> None:
    old = [closed(f"旧{n}", "2022-01-10", "2022-12-31") for n in (1, 2)]
    take(office, "enforcement_case", [*old, closed("1", "2022-12-01", "2023-01-01")])
    assert asked(office, "11.4") == (1, 0.5, "red")
    take(office, "enforcement_case", [closed("2", "2023-03-01", "2023-12-31")])
    assert asked(office, "11.4") == (2, 1, "red")
    assert asked(office, "11.6") == (2, 1, "red")
    take(office, "enforcement_case", [closed("3", "2023-03-01", "2023-04-01", "专利")])
    assert asked(office, "11.4") == (3, 1.5, "green")
    assert asked(office, "11.5") == (1, None, "green")  # one, after none
    assert asked(office, "11.6") == (2, 1, "red")


def test_as_long_as_last_year_is_not_faster(office: PlanOffice) -> None:
    old = closed("旧", "2022-03-01", "2022-03-31")
    take(office, "enforcement_case", [old, closed("1", "2023-03-01", "2023-03-31")])
    assert asked(office, "13.3") == (30, 1, "red")
    take(office, "enforcement_case", [closed("2", "2023-03-01", "2023-03-30")])
    assert asked(office, "13.3") == (29.5, 0.9833, "green")


def test_a_share_has_to_grow(office: PlanOffice) -> None:
    def share(day: str, value: str) -> Row:
        return {"scope": "全市", "as_of_on": day, "share": value, "county": ""}

    take(
        office,
        "brand_export_statistic",
        [share("2022-06-30", "30"), share("2023-06-30", "30.0")],
    )
    assert asked(office, "5.3") == (30, 1, "red")
    take(office, "brand_export_statistic", [share("2023-09-30", "30.01")])
    assert asked(office, "5.3") == (30.01, 1.0003, "green")


@pytest.mark.parametrize(
    ("done", "on", "light"),
    [
        ("", "2023-03-30", "green"),  # 31 days ahead
        ("", "2023-03-31", "yellow"),  # 30
        ("", "2023-04-30", "yellow"),
        ("", "2023-05-01", "red"),
        ("2023-04-30", "2023-04-29", "yellow"),
        ("2023-04-30", "2023-04-30", "green"),
        ("2023-04-30", "2023-05-01", "green"),
        ("2023-05-10", "2023-05-09", "red"),
        ("2023-05-10", "2023-05-10", "yellow"),
        ("2023-05-10", "2023-05-31", "yellow"),
        ("2023-05-10", "2023-06-01", "green"),
    ],
)
def test_the_platform_is_due_at_the_end_of_april(
    office: PlanOffice, done: str, on: str, light: str
) -> None:
    rows: list[Row] = [{"node": "试运行", "finished_on": "2023-03-01"}]
    if done:
        rows.append({"node": "正式上线", "finished_on": done})
    take(office, "platform_milestone", rows)
    found = office.promise("15.2", on)
    assert found["due_on"] == "2023-04-30"
    assert (found["actual"], found["light"]) == (int("" < done <= on), light)


def listed(office: PlanOffice, old: int, young: int, as_of: str) -> None:
    """Import a complete list of so many patents of 2012 and of 2018, and look at it.

    The eleventh of 2012 was granted late.
    """
    rows = []
    for year, paid, count in ((2012, "13", old), (2018, "7", young)):
        rows += [
            row(
                serial,
                申请号=number(serial, year=year),
                申请日=f"{year}-06-01",
                授权公告日="2023-11-10"
                if (year, serial) == (2012, 11)
                else f"{year + 2}-03-02",
                授权公告号=f"CN{year}{serial:05}B",
                县区=list(EIGHT.values())[serial % 8],
                已缴年费年度=paid,
            )
            for serial in range(1, count + 1)
        ]
    write_csv(Path("清单.csv"), rows)
    office.run("import", "清单.csv", "--as-of", as_of, "--on", as_of)
    office.look(date.fromisoformat(as_of))


def test_the_register_answers_what_ten_thousand_people_have(
    tmp_path: Path, sqlite_template: Path
) -> None:
    with alone_in(tmp_path):
        office = open_office(sqlite_template, tmp_path, population=100_000)
        assert asked(office, "3.6", "2023-12-31") == (None, None, "yellow")
        assert asked(office, "3.6") == (None, None, "red")
        # 29 of them, 10 more than ten years old, for ten times ten thousand people.
        listed(office, 10, 19, "2022-12-30")
        assert asked(office, "3.6") == (2.9, 0.9666, "red")
        assert asked(office, "3.7") == (1, 0.909, "red")
        assert asked(office, "6.6") == (2.9, 1, "red")  # as before the plan
        assert asked(office, "6.7") == (10, 1, "red")
        listed(office, 11, 19, "2023-12-20")
        assert asked(office, "3.6") == (3, 1, "green")
        assert asked(office, "3.7") == (1.1, 1, "green")
        assert asked(office, "6.1") == (8, 1, "green")
        assert asked(office, "6.2") == (30, None, "green")
        assert asked(office, "6.6") == (3, 1.0344, "green")
        assert asked(office, "6.7") == (11, 1.1, "green")
        # On the way: 2.9 is more than nine tenths of what the day asks for.
        assert asked(office, "3.6", "2023-11-09") == (2.9, 0.9666, "green")
        # A list may be a week old; red earlier in the month, so yellow at best.
        assert asked(office, "6.3", "2023-12-27") == (7, 1, "yellow")
        assert asked(office, "6.3", "2024-01-01") == (12, 1.7142, "red")
        # Nobody has lapsed, as in the year before: that is not fewer.
        assert asked(office, "6.5") == (0, None, "red")
