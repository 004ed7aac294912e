"""The lights of days of 2023, reckoned by hand from the rules of the ledger.

The year's line runs from 1 January (day 0) to 31 December (day 364): on 2 July, day
182, half is expected, on 2 April, day 91, a quarter.
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from patentwatch.plan.kinds import kinds
from tests.planoffice import (
    LATER,
    PlanOffice,
    Row,
    alone_in,
    copy_of,
    example,
    open_office,
)

QUARTER, HALF = "2023-04-02", "2023-07-02"
DUE, AFTER = "2023-12-31", "2024-01-01"
GREEN, YELLOW, RED = "green", "yellow", "red"


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


def loan(amount: str, from_on: str = "2023-01-01", number: str = "1") -> Row:
    return {"registration_no": number, "amount": amount, "from_on": from_on}


def figure(registered: str, day: str) -> Row:
    """Return what one county has; the other seven are missing, so it is the sum."""
    return {"registered": registered, "as_of_on": day, "county": "华龙区"}


def case(number: str, accepted: str, closed: str) -> Row:
    return {"case_no": number, "accepted_on": accepted, "closed_on": closed}


def task(number: str, done: str = "") -> Row:
    usual = {"scheme": "试点城市工作方案", "assigned_on": "2023-01-01"}
    return {**usual, "task_no": number, "finished_on": done}


def town(name: str) -> Row:
    return {"name": name, "county": "华龙区"}


LOANS, CASES, TRADEMARKS = "pledge_loan", "enforcement_case", "trademark_statistic"

# promise, records by kind, day → light
TABLE: Sequence[tuple[str, str, dict[str, Sequence[Row]], dict[str, str]]] = [
    (
        "a sum at 0.9 of what is expected, 1 亿元 in July",
        "9.7",
        {LOANS: [loan("9000万元")]},
        {"2023-01-01": GREEN, HALF: GREEN, "2023-07-03": YELLOW, AFTER: RED},
    ),
    (
        "a cent below 0.9",
        "9.7",
        {LOANS: [loan("89999999.99")]},
        # 0.6 of a line of 200000000 × day ÷ 364 is passed on day 273, 1 October.
        {QUARTER: GREEN, HALF: YELLOW, "2023-09-30": YELLOW, "2023-10-01": RED},
    ),
    (
        "a sum at 0.6",
        "9.7",
        {LOANS: [loan("6000万元")]},
        {QUARTER: GREEN, HALF: YELLOW, "2023-07-03": RED, AFTER: RED},
    ),
    (
        "a cent below 0.6",
        "9.7",
        {LOANS: [loan("59999999.99")]},
        {QUARTER: GREEN, "2023-07-01": YELLOW, HALF: RED, DUE: RED},
    ),
    (
        "a count that is at 0.9 on its last day, and short the day after",
        "3.9",
        {"overseas_application": [
            {"application_no": f"{n}", "filed_on": "2023-01-01"} for n in range(9)
        ]},
        {QUARTER: GREEN, HALF: GREEN, DUE: GREEN, AFTER: RED},
    ),
    (
        "red that was made up later is yellow for that month",
        "9.7",
        {LOANS: [loan("1亿元", "2023-07-10")]},
        {"2023-07-09": RED, "2023-07-10": YELLOW, "2023-07-14": YELLOW,
         "2023-07-31": YELLOW, "2023-08-01": YELLOW},
    ),
    (
        "made up for good it is green in the next month",
        "9.7",
        {LOANS: [loan("2.1亿元", "2023-07-10")]},
        {"2023-07-09": RED, "2023-07-31": YELLOW, "2023-08-01": GREEN, AFTER: GREEN},
    ),
    (
        "a level from 32000 to 35000: in July 33500 is expected, 0.9 of it 30150",
        "3.8",
        {TRADEMARKS: [figure("32000", "2022-12-31"), figure("30150", "2023-03-01")]},
        {"2023-01-01": GREEN, HALF: GREEN, "2023-07-03": YELLOW, AFTER: RED},
    ),
    (
        "a level at 0.6 of 33500",
        "3.8",
        {TRADEMARKS: [figure("32000", "2022-12-31"), figure("20100", "2023-03-01")]},
        {"2023-02-28": GREEN, HALF: YELLOW, "2023-07-03": RED, DUE: RED},
    ),
    (
        "a level without a first value",
        "3.8",
        {TRADEMARKS: [figure("34999", "2023-03-01")]},
        {"2023-02-28": YELLOW, HALF: YELLOW, DUE: YELLOW, AFTER: RED},
    ),
    (
        "what nobody knows",
        "3.6",
        {},
        {"2023-01-01": YELLOW, HALF: YELLOW, DUE: YELLOW, AFTER: RED},
    ),
    (
        "no loan overdue, then one, then none",
        "9.9",
        {LOANS: [{**loan("1"), "overdue": "是", "overdue_on": "2023-03-10",
                  "settled_on": "2023-05-20"}]},
        {"2023-03-09": GREEN, "2023-03-10": RED, "2023-05-20": YELLOW,
         "2023-06-01": GREEN},
    ),
    (
        "fewer days than the 30 of last year: 30 is a broken cap, 50 is 0.6 of it",
        "13.3",
        {CASES: [case("旧", "2022-01-01", "2022-01-31"),
                 case("1", "2023-01-01", "2023-01-31"),
                 case("2", "2023-01-01", "2023-03-12")]},
        # 30; then between 30 and 70: 50.
        {"2023-01-30": YELLOW, "2023-01-31": YELLOW, "2023-03-12": YELLOW, AFTER: RED},
    ),
    (
        "51 days after 30",
        "13.3",
        {CASES: [case("旧", "2022-01-01", "2022-01-31"),
                 case("1", "2023-01-01", "2023-02-21")]},
        {"2023-02-20": YELLOW, "2023-02-21": RED, DUE: RED, AFTER: RED},
    ),
    (
        "cases: four last year, one in the first quarter, the second in July",
        "11.4",
        {CASES: [*(case(f"旧{n}", "2022-01-01", "2022-06-01") for n in range(4)),
                 case("1", "2022-12-01", "2023-02-01"),
                 case("2", "2023-03-01", "2023-07-02")]},
        # 1 of 1; on 1 July 1 of 1.99, red, so yellow all July; on 1 August 2 of 2.33.
        {QUARTER: GREEN, "2023-07-01": RED, HALF: YELLOW, "2023-08-01": YELLOW},
    ),
    (
        "a share of tasks: 1 of 4 in March, 2 of 4 in June, then nothing",
        "2.4",
        {"work_task": [task("1", "2023-03-01"), task("2", "2023-06-01"),
                       task("3"), task("4")]},
        {QUARTER: GREEN, HALF: GREEN, "2023-10-31": YELLOW, "2023-11-01": RED},
    ),
    (
        "coverage: 1 of 2 townships in April",
        "11.13",
        {"township": [town("甲镇"), town("乙乡")],
         "handbook_distribution": [
            {"county": "华龙区", "township": "甲 镇", "distributed_on": "2023-04-01"}]},
        # 25 is asked for, 50 in July, 83.33 on 31 October (day 303), of which 0.6 is
        # less than 50.
        {QUARTER: GREEN, HALF: GREEN, "2023-10-31": YELLOW, "2023-11-01": RED},
    ),
    (
        "a milestone 31 and 30 days ahead, on its day, and after it",
        "3.2",
        {},
        {"2023-11-30": GREEN, "2023-12-01": YELLOW, DUE: YELLOW, AFTER: RED},
    ),
    (
        "a milestone that is done on its last day",
        "3.2",
        {"policy_document": [{"use": "专利奖励办法", "issued_on": DUE}]},
        {"2023-12-30": YELLOW, DUE: GREEN, AFTER: GREEN, "2030-01-01": GREEN},
    ),
    (
        "an activity after 90, 91, 180 and 181 days",
        "9.3",
        {"finance_event": [{"held_on": "2023-01-10"}]},
        {"2023-04-10": GREEN, "2023-04-11": YELLOW, "2023-07-09": YELLOW,
         "2023-07-10": RED},
    ),
    (
        "an activity before its first record, and for the rest of that month",
        "9.3",
        {"finance_event": [{"held_on": "2023-03-15"}]},
        {"2023-03-14": RED, "2023-03-15": YELLOW, "2023-03-31": YELLOW,
         "2023-04-01": GREEN},
    ),
    (
        "an activity that was going on before the year",
        "9.3",
        {"finance_event": [{"held_on": "2022-12-15"}]},
        {"2023-01-01": GREEN, "2023-03-15": GREEN, "2023-03-16": YELLOW,
         "2023-06-14": RED},
    ),
]  # fmt: skip


@pytest.mark.parametrize(
    ("id_", "records", "lights"),
    [pytest.param(*one[1:], id=one[0]) for one in TABLE],
)
def test_the_light_of_a_day_is_as_reckoned(
    office: PlanOffice,
    id_: str,
    records: dict[str, Sequence[Row]],
    lights: dict[str, str],
) -> None:
    for kind, rows in records.items():
        office.take(kind, *({**example(kinds()[kind]), **row} for row in rows))
    found = {day: office.promise(id_, day)["light"] for day in lights}
    assert found == lights


def test_every_type_of_promise_is_in_the_table() -> None:
    sums, counts, levels = {"9.7"}, {"3.9", "9.9"}, {"3.8", "3.6"}
    others = {"13.3", "11.4", "2.4", "11.13", "3.2", "9.3"}
    assert {one[1] for one in TABLE} == sums | counts | levels | others


# -- one plan beside another, and through the years ------------------------------


def test_before_and_long_after_the_year_the_same_records_count(
    office: PlanOffice,
) -> None:
    late = [
        {**example(kinds()[LOANS]), **loan("1亿元", day, day)}
        for day in ("2022-12-31", "2023-01-01", DUE, AFTER)
    ]
    office.take(LOANS, *late)
    before = office.promises("2022-06-01")
    assert len(before) == len(office.promises(AFTER)) == 163
    for id_, one in before.items():
        assert one["actual"] in (0, None, 8), id_  # nothing was done; 8 units are named
    for day, actual in (
        ("2022-12-31", 0),
        ("2023-01-01", 100_000_000),
        ("2023-12-30", 100_000_000),
        (DUE, 200_000_000),
        (AFTER, 200_000_000),
        ("2031-05-05", 200_000_000),
    ):
        found = office.promise("9.7", day)
        assert (found["actual"], found["target"]) == (actual, 200_000_000)
    assert office.promise("9.7", "2031-05-05")["light"] == RED


def test_the_document_has_the_types_that_scripts_rely_on(office: PlanOffice) -> None:
    (found,) = office.json("plan", "status", "--on", HALF)
    assert (found["plan"], found["as_of"]) == ("puyang-2023", HALF)
    assert [item["number"] for item in found["items"]] == list(range(1, 20))
    number = (int, float)
    for item in found["items"]:
        assert isinstance(item["title"], str)
        for one in item["commitments"]:
            assert one["id"].startswith(f"{item['number']}.")
            assert one["kind"] in {"target", "milestone", "activity"}
            assert isinstance(one["text"], str)
            assert isinstance(one["lead"], str)
            assert isinstance(one["support"], list)
            assert set(one["counties"]) == set(one["by_county"])
            assert one["light"] in {GREEN, YELLOW, RED}
            assert isinstance(one["records"], int)
            for key in ("target", "actual", "rate"):
                assert one[key] is None or isinstance(one[key], number)
                assert not isinstance(one[key], bool)
            for value in one["by_county"].values():
                assert value is None or isinstance(value, number)
            if one["kind"] != "target":
                assert (one["target"], one["rate"]) == (None, None)


def test_another_year_stands_beside_it_and_counts_its_own(office: PlanOffice) -> None:
    text = _shipped().replace('name = "puyang-2023"', 'name = "puyang-2024"')
    text = text.replace("year = 2023\n", "year = 2024\n")
    text = text.replace("in_force_on = 2023", "in_force_on = 2024")
    text = text.replace("due_on = 2023", "due_on = 2024")
    Path("明年.toml").write_text(text, "utf-8")
    office.run("plan", "load", "明年.toml", *LATER)
    rows = [loan("3亿元", "2023-05-01", "1"), loan("1.5亿元", "2024-05-01", "2")]
    office.take(LOANS, *({**example(kinds()[LOANS]), **row} for row in rows))
    found = office.json("plan", "status", "--on", "2024-06-01")
    sums = {}
    for plan in found:
        every = {c["id"]: c for item in plan["items"] for c in item["commitments"]}
        sums[plan["plan"]] = (every["9.7"]["actual"], every["9.7"]["light"])
    assert sums == {
        "puyang-2023": (300_000_000, GREEN),
        "puyang-2024": (150_000_000, GREEN),
    }


def test_an_amended_plan_leaves_the_days_before_it(office: PlanOffice) -> None:
    text = _shipped().replace("in_force_on = 2023-01-01", "in_force_on = 2023-07-01")
    text = text.replace("target = 200000000", "target = 300000000")
    Path("修订.toml").write_text(text, "utf-8")
    office.run("plan", "load", "修订.toml", *LATER)
    office.take(LOANS, {**example(kinds()[LOANS]), **loan("2.5亿元")})
    before, after = (office.promise("9.7", on) for on in ("2023-06-30", DUE))
    assert (before["target"], before["rate"], before["light"]) == (
        200_000_000,
        1.25,
        GREEN,
    )
    assert (after["target"], after["rate"], after["light"]) == (
        300_000_000,
        0.8333,
        YELLOW,
    )


@pytest.mark.parametrize(
    ("old", "new", "word"),
    [
        ('kinds = ["pledge_loan"]', 'kinds = ["pledge_lone"]', "pledge_loan"),
        ("target = 200000000", "target = -1", "target"),
        ('measure.type = "sum"', 'measure.type = "summe"', "summe"),
        ("due_on = 2023-04-30", "due_on = 2024-04-30", "due_on"),
        ('id = "9.7"', 'id = "9.6"', "9.6"),
        ('measure.field = "amount"', 'measure.field = "amonut"', "amount"),
        ('"410902", # 华龙区', '"41090", # 华龙区', "41090"),
    ],
)
def test_a_broken_plan_is_refused_whole_with_the_place_and_the_remedy(
    office: PlanOffice, old: str, new: str, word: str
) -> None:
    text = _shipped().replace("in_force_on = 2023-01-01", "in_force_on = 2023-02-01")
    assert old in text
    Path("坏.toml").write_text(text.replace(old, new, 1), "utf-8")
    before = office.rows("plans")
    found = office.json("plan", "load", "坏.toml", *LATER, status=1)
    assert found["refused"]
    assert any(word in one["message"] or word in one["key"] for one in found["faults"])
    assert all(one["line"] > 0 for one in found["faults"])
    assert office.rows("plans") == before


def _shipped() -> str:
    import patentwatch.plan

    folder = Path(patentwatch.plan.__file__).parent / "plans"
    return (folder / "puyang-2023.toml").read_text("utf-8")
