"""`plan status`: what the office reads and what scripts rely on."""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from sqlalchemy import insert

from patentwatch.cli.plan_status import status
from patentwatch.errors import UsageError
from patentwatch.plan.values import (
    Commitment,
    CommitmentKind,
    Item,
    Measure,
    MeasureType,
    Plan,
    Selection,
)
from patentwatch.store.engine import connect, transaction
from patentwatch.store.plans import save
from patentwatch.store.tables import records
from tests.clerk import Clerk
from tests.lists import number, row, write_csv

NOW = datetime(2023, 12, 31, 4, tzinfo=UTC)
HUALONG, QINGFENG = "410902", "410922"
LOANS = Selection(("pledge_loan",))
PLAN = Plan(
    name="puyang-2023",
    title="2023年濮阳市知识产权工作要点",
    document_no="濮知〔2023〕1号",
    year=2023,
    starts_on=date(2023, 1, 1),
    ends_on=date(2023, 12, 31),
    in_force_on=date(2023, 1, 1),
    sections=("三", "四"),
    items=(
        Item(
            9,
            "支持知识产权金融创新",
            1,
            (
                Commitment(
                    id="9.1",
                    text="年内全市知识产权质押融资贷款额突破2亿元",
                    kind=CommitmentKind.TARGET,
                    due_on=date(2023, 12, 31),
                    measure=Measure(MeasureType.SUM, LOANS, field="amount"),
                    lead="市知识产权局",
                    support=("市财政局",),
                    counties=(HUALONG, QINGFENG),
                    target=Decimal(200_000_000),
                    unit="元",
                    more_than=True,
                ),
            ),
        ),
        Item(
            12,
            "加强统筹协作",
            2,
            (
                Commitment(
                    id="12.1",
                    text="万人发明专利拥有量达到3件",
                    kind=CommitmentKind.TARGET,
                    due_on=date(2023, 12, 31),
                    measure=Measure(MeasureType.REGISTER, register="valid_per_10k"),
                ),
                Commitment(
                    id="12.3",
                    text="保有有效发明专利2件",
                    kind=CommitmentKind.TARGET,
                    due_on=date(2023, 12, 31),
                    measure=Measure(MeasureType.REGISTER, register="valid"),
                    target=Decimal(2),
                    unit="件",
                ),
                Commitment(
                    id="12.2",
                    text="确保4月份正式上线运行",
                    kind=CommitmentKind.MILESTONE,
                    due_on=date(2023, 4, 30),
                    measure=Measure(
                        MeasureType.COVERAGE,
                        Selection(("platform_milestone",)),
                        field="node",
                        entries="nodes",
                    ),
                    counties=(HUALONG,),
                ),
            ),
            printed_as="2.",
        ),
    ),
    lists={"nodes": ("立项", "正式上线")},
)


Ask = Callable[..., str]


@pytest.fixture
def ask(clerk: Clerk) -> Ask:
    """Return a function that asks for the status on a day, of two loans."""
    load(clerk, PLAN)
    put(clerk, "2023-03-01", HUALONG, "华龙贷款", amount=9_000_000_000)
    put(clerk, "2023-05-12", QINGFENG, "清丰贷款", amount=1_000_000_000)

    def run(*arguments: str, on: str = "2023-07-02") -> str:
        result = CliRunner().invoke(status, [*arguments, "--on", on])
        if result.exception is not None:
            raise result.exception
        return result.stdout

    return run


def load(clerk: Clerk, plan: Plan) -> None:
    engine = connect(f"sqlite:///{clerk.folder / 'patentwatch.db'}")
    with transaction(engine) as connection:
        save(connection, plan, file="plan.toml", by="张三", now=NOW)
    engine.dispose()


def put(clerk: Clerk, day: str, county: str, title: str, **fields: Any) -> None:
    engine = connect(f"sqlite:///{clerk.folder / 'patentwatch.db'}")
    with transaction(engine) as connection:
        connection.execute(
            insert(records).values(
                kind="pledge_loan",
                natural_key=title,
                title=title,
                county=county,
                occurred_on=date.fromisoformat(day),
                fields=fields,
                recorded_at=NOW,
            )
        )
    engine.dispose()


def test_scripts_find_every_key_they_rely_on(ask: Ask) -> None:
    (found,) = json.loads(ask("--json"))
    assert (found["plan"], found["as_of"]) == ("puyang-2023", "2023-07-02")
    assert [(item["number"], item["printed_as"]) for item in found["items"]] == [
        (9, None),
        (12, "2."),
    ]
    (loans,) = found["items"][0]["commitments"]
    expected = {
        "id": "9.1",
        "text": "年内全市知识产权质押融资贷款额突破2亿元",
        "kind": "target",
        "lead": "市知识产权局",
        "support": ["市财政局"],
        "counties": [HUALONG, QINGFENG],
        "due_on": "2023-12-31",
        "target": 200_000_000,
        "unit": "元",
        "actual": 100_000_000,
        "rate": 0.5,
        "light": "green",
        "records": 2,
        "by_county": {HUALONG: 90_000_000, QINGFENG: 10_000_000},
    }
    assert {key: loans[key] for key in expected} == expected


def test_what_is_unknown_is_null_and_says_why(ask: Ask) -> None:
    (found,) = json.loads(ask("--json"))
    valid = found["items"][1]["commitments"][0]
    assert valid["actual"] is None
    assert (valid["rate"], valid["unit"], valid["target"]) == (None, None, None)
    assert valid["light"] == "yellow"
    assert valid["unknown"]


def test_without_a_plan_there_is_nothing_to_list(
    clerk: Clerk,  # noqa: ARG001 - its folder
) -> None:
    assert json.loads(CliRunner().invoke(status, ["--json"]).stdout) == []
    assert "plan load" in CliRunner().invoke(status, []).stdout


def test_a_clerk_reads_words_for_lights_and_round_numbers(ask: Ask) -> None:
    text = ask()
    assert "9. 支持知识产权金融创新" in text
    assert "12. 加强统筹协作（原文印作“2.”）" in text
    (line,) = [line for line in text.splitlines() if line.startswith("  9.1 ")]
    assert "绿" in line
    assert "1亿 / 2亿元（50%）" in line
    (line,) = [line for line in text.splitlines() if line.startswith("  12.2 ")]
    assert "红" in line
    assert "未完成" in line
    assert "绿 1　黄 2　红 1" in text


def test_the_past_is_told_as_it_was(ask: Ask) -> None:
    (found,) = json.loads(ask("--json", on="2023-03-01"))
    assert found["items"][0]["commitments"][0]["actual"] == 90_000_000


def test_a_county_sees_its_own_numbers_only(ask: Ask) -> None:
    for county in (QINGFENG, "清丰县"):
        (found,) = json.loads(ask("--json", "--county", county))
        shown = [one for item in found["items"] for one in item["commitments"]]
        assert [one["id"] for one in shown] == ["9.1"]
        assert shown[0]["by_county"] == {QINGFENG: 10_000_000}
    text = ask("--county", "清丰县")
    assert "1000万元" in text
    assert "1亿" not in text


def test_a_cent_less_than_the_target_is_not_shown_as_the_target(
    ask: Ask, clerk: Clerk
) -> None:
    put(clerk, "2023-06-01", HUALONG, "差一分的贷款", amount=9_999_999_999)
    assert "1.9999亿 / 2亿元（99.99%）" in ask()
    text = ask("--explain", "9.1")
    assert "华龙区：1.8999亿" in text
    assert "差一分的贷款　9999.9999万" in text


def test_an_explanation_lists_what_was_counted(ask: Ask) -> None:
    text = ask("--explain", "9.1")
    assert "华龙贷款" in text
    assert "清丰贷款" in text
    assert "到这一天应达到：1亿元" in text
    found = json.loads(ask("--explain", "9.1", "--json"))
    assert found["expected"] == 100_000_000
    assert found["measure"] == "sum"
    assert [(one["county"], one["day"], one["value"]) for one in found["counted"]] == [
        (HUALONG, "2023-03-01", 90_000_000),
        (QINGFENG, "2023-05-12", 10_000_000),
    ]
    assert found["commitment"]["actual"] == 100_000_000


def test_an_explanation_names_what_is_missing(ask: Ask) -> None:
    assert "还没有记录的：立项、正式上线" in ask("--explain", "12.2")
    found = json.loads(ask("--explain", "12.2", "--json"))
    assert [one["entry"] for one in found["missing"]] == ["立项", "正式上线"]


def test_an_explanation_of_a_stock_foresees_what_is_lost_if_nobody_pays(
    ask: Ask, clerk: Clerk
) -> None:
    # Due on 2023-06-01; the six months end on 2023-12-01, before the promise is due.
    # The other one's ninth year falls due on 2023-09-15: its six months end later.
    lapsing, staying = number(1, year=2013), number(2, year=2015)
    write_csv(
        Path("list.csv"),
        [
            row(1, 申请号=lapsing, 申请日="2013-06-01", 授权公告日="2016-03-02")
            | {"已缴年费年度": "10"},
            row(2, 申请号=staying, 申请日="2015-09-15", 授权公告日="2018-03-02")
            | {"已缴年费年度": "8"},
        ],
    )
    clerk.run("import", "list.csv", "--as-of", "2023-03-01", "--on", "2023-03-01")
    clerk.run("run", "--once", "--on", "2023-07-03")
    found = json.loads(ask("--explain", "12.3", "--json", on="2023-07-03"))
    assert found["commitment"]["actual"] == 2
    coming = found["forecast"]
    assert (coming["valid"], coming["lapsing"], coming["actual"]) == (2, 1, 1)
    assert (coming["missed"], coming["short"]) == (True, 1)
    text = ask("--explain", "12.3", on="2023-07-03")
    assert "到 2023-12-31 将失效 1 件" in text
    assert "届时约为：1件，离目标差 1 件" in text


def test_an_explanation_says_why_nothing_is_known(ask: Ask) -> None:
    text = ask("--explain", "12.1")
    assert "不详" in text
    assert "说明：" in text


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        pytest.param(("--plan", "puyang-2032"), "puyang-2023", id="plan"),
        pytest.param(("--explain", "9.9"), "9.9", id="promise"),
        pytest.param(("--county", "999999"), "999999", id="county"),
    ],
)
def test_what_is_not_there_is_named(
    ask: Ask, arguments: tuple[str, ...], told: str
) -> None:
    with pytest.raises(UsageError, match=told):
        ask(*arguments)


def test_every_plan_is_listed_and_one_can_be_chosen(ask: Ask, clerk: Clerk) -> None:
    load(clerk, next_year())
    assert [one["plan"] for one in json.loads(ask("--json"))] == [
        "puyang-2023",
        "puyang-2024",
    ]
    (found,) = json.loads(ask("--json", "--plan", "puyang-2024"))
    assert found["plan"] == "puyang-2024"


def test_of_two_plans_the_running_one_is_explained(ask: Ask, clerk: Clerk) -> None:
    load(clerk, next_year())
    found = json.loads(ask("--explain", "9.1", "--json", on="2024-02-01"))
    assert found["plan"] == "puyang-2024"
    with pytest.raises(UsageError, match="--plan"):
        ask("--explain", "9.1", on="2026-02-01")


def next_year() -> Plan:
    return replace(
        PLAN,
        name="puyang-2024",
        year=2024,
        starts_on=date(2024, 1, 1),
        ends_on=date(2024, 12, 31),
        in_force_on=date(2024, 1, 1),
    )
