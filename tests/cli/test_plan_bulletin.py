"""`plan bulletin` as a clerk runs it: on the screen, as files, once for each month."""

import json
from dataclasses import replace
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from click.testing import Result
from docx import Document

from patentwatch import clock, config
from patentwatch.cli.plan_bulletin import bulletin
from patentwatch.errors import PatentwatchError
from patentwatch.store import plans
from patentwatch.store.engine import connect, transaction
from patentwatch.store.tables import records
from tests.clerk import Clerk
from tests.make_bulletins import HOSTILE
from tests.test_bulletinmaking import SMALL, add

JUNE = ("--month", "2023-06", "--on", "2023-07-03")


@pytest.fixture
def planned(clerk: Clerk) -> Clerk:
    """Return a clerk whose office has a plan of 2023 with two promises."""
    found = config.load(clerk.folder / "patentwatch.toml")
    engine = connect(found.database.url)
    with transaction(engine) as connection:
        plan = replace(SMALL, title=f"要点{HOSTILE}")
        now = clock.at_nine(date(2023, 1, 5))
        plans.save(connection, plan, file="plan.toml", by="李", now=now)
    add(engine, "overseas_application", *["2023-05-01"] * 5)
    engine.dispose()
    return clerk


def invoke(clerk: Clerk, *words: str) -> Result:
    return clerk.runner.invoke(bulletin, [*words])


def run(clerk: Clerk, *words: str) -> str:
    result = invoke(clerk, *words)
    assert result.exception is None, result.output
    return result.stdout


def rows(clerk: Clerk, *tables: str) -> list[int]:
    return [len(clerk.rows(table)) for table in tables]


def test_the_screen_has_the_month_in_short_and_says_how_to_get_files(
    planned: Clerk,
) -> None:
    shown = run(planned, *JUNE).splitlines()
    assert shown[0] == f"要点{HOSTILE}2023年6月通报（2023年第6期）"
    assert "共有承诺2项，其中绿灯1项、黄灯0项、红灯1项。" in shown[1]
    assert shown[-1] == "已于2023年7月3日定稿。要文件请加 --out 通报.docx"


def test_a_month_that_is_over_is_kept_with_its_maker(planned: Clerk) -> None:
    run(planned, *JUNE, "--by", " 李 ")
    (row,) = planned.rows("bulletins")
    assert row["made_by"] == "李"


@pytest.mark.parametrize("name", ["b.html", "b.docx", "B.DOCX"])
def test_a_file_made_again_is_the_same_to_the_byte(planned: Clerk, name: str) -> None:
    told = run(planned, *JUNE, "--out", name, "--by", "李")
    assert told.startswith(f"已写出 {name}：")
    first = Path(name).read_bytes()
    engine = connect(f"sqlite:///{planned.folder / 'patentwatch.db'}")
    with transaction(engine) as connection:
        connection.execute(records.delete())
    engine.dispose()
    run(planned, "--month", "2023-06", "--on", "2024-03-01", "--out", name)
    assert Path(name).read_bytes() == first
    if name.endswith("html"):
        assert HOSTILE.encode() not in first
        assert b"&lt;script&gt;" in first
    else:
        text = "\n".join(p.text for p in Document(BytesIO(first)).paragraphs)
        assert HOSTILE in text


def test_json_has_all_of_it_with_numbers_as_numbers(planned: Clerk) -> None:
    found: dict[str, Any] = json.loads(run(planned, *JUNE, "--json"))
    assert (found["month_on"], found["number"], found["draft"]) == (
        "2023-06-01",
        6,
        False,
    )
    assert found["tally"] == {"green": 1, "yellow": 0, "red": 1}
    line = found["sections"][0]["lines"][0]
    assert (line["target"], line["actual"], line["rate"]) == (10, 5, 0.5)
    assert (line["light"], line["kind"]) == ("green", "target")


def test_a_dry_run_writes_nothing_at_all(planned: Clerk) -> None:
    told = run(planned, *JUNE, "--out", "b.html", "--dry-run")
    assert told.startswith("试算（未写出）：")
    assert run(planned, *JUNE, "--dry-run").endswith("试算：没有定稿。\n")
    assert not Path("b.html").exists()
    assert rows(planned, "bulletins", "lights") == [0, 0]


def test_the_running_month_is_a_draft(planned: Clerk) -> None:
    shown = run(planned, "--month", "2023-06", "--on", "2023-06-20")
    assert "2023年6月通报（草稿）" in shown
    assert shown.endswith("草稿：本月尚未结束，没有保存。\n")
    assert rows(planned, "bulletins", "lights") == [0, 0]


@pytest.mark.parametrize(
    ("words", "told"),
    [
        pytest.param(
            ["--month", "2023-07", "--on", "2023-06-30"], "还没有开始", id="future"
        ),
        pytest.param([*JUNE, "--plan", "x"], "没有名为 x 的计划", id="plan"),
        pytest.param([*JUNE, "--out", "b.pdf"], "应以 .html、.docx 结尾", id="ending"),
        pytest.param([*JUNE, "--out", "no/b.html"], "文件夹 no 不存在", id="folder"),
    ],
)
def test_what_cannot_be_done_is_refused_before_anything_is_kept(
    planned: Clerk, words: list[str], told: str
) -> None:
    result = invoke(planned, *words)
    assert isinstance(result.exception, PatentwatchError)
    assert result.exception.exit_status == 2
    assert told in str(result.exception)
    assert rows(planned, "bulletins", "lights") == [0, 0]


@pytest.mark.parametrize("month", ["2023-6", "2023-13", "2023", "2023-06-01", "x"])
def test_a_month_is_written_with_year_and_month(planned: Clerk, month: str) -> None:
    result = invoke(planned, "--month", month)
    assert result.exit_code == 2
    assert "不是月份，应如 2023-06" in result.stderr
