"""`plan load` and `plan list`: taken, revised, refused as a whole."""

import re
from pathlib import Path

import pytest
from click.testing import CliRunner

from patentwatch.cli import main
from patentwatch.cli.plan import SUBCOMMANDS
from tests.clerk import ON, Clerk

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "patentwatch" / "plan" / "plans" / "puyang-2023.toml"


@pytest.fixture
def copy(office: Clerk) -> Path:
    """Return a copy of the shipped plan that an office may edit."""
    path = office.folder / "我的计划.toml"
    path.write_bytes(SHIPPED.read_bytes())
    return path


def edited(path: Path, old: str, new: str) -> str:
    text = path.read_text("utf-8")
    assert text.count(old) == 1
    path.write_text(text.replace(old, new), "utf-8")
    return path.name


def test_the_shipped_plan_is_loaded_by_its_name(office: Clerk) -> None:
    found = office.json("plan", "load", "puyang-2023", "--by", "李", *ON)
    assert (found["saved"], found["plan"], found["year"]) == (
        "created",
        "puyang-2023",
        2023,
    )
    assert (found["items"], found["document_no"]) == (19, "濮知〔2023〕1号")
    assert (found["refused"], found["faults"]) == (False, [])
    assert len(found["changes"]) == found["commitments"]
    (row,) = office.rows("plans")
    assert (row["loaded_by"], row["file"]) == ("李", "puyang-2023.toml")
    again = office.json("plan", "load", "puyang-2023", *ON)
    assert (again["saved"], again["changes"]) == ("unchanged", [])
    assert "没有变化" in office.run("plan", "load", "puyang-2023", *ON)


def test_a_revision_shows_old_and_new_before_it_is_kept(
    office: Clerk, copy: Path
) -> None:
    office.run("plan", "load", copy.name, *ON)
    edited(copy, "in_force_on = 2023-01-01", "in_force_on = 2023-07-01")
    edited(copy, "target = 200000000", "target = 300000000")
    edited(copy, 'id = "19.10"', 'id = "19.11"')
    before = office.stored()
    shown = office.run("plan", "load", copy.name, "--dry-run", *ON)
    assert "将载入新的文本" in shown
    assert "修改 9.7 的 target：200000000 → 300000000" in shown
    assert "新增 19.11：广泛开展知识产权进机关" in shown
    assert "删去 19.10：广泛开展知识产权进机关" in shown
    assert office.stored() == before
    found = office.json("plan", "load", copy.name, *ON)
    assert found["saved"] == "changed"
    assert {
        "what": "changed",
        "id": "9.7",
        "field": "target",
        "old": "200000000",
        "new": "300000000",
    } in found["changes"]
    (listed,) = office.json("plan", "list", "--on", "2023-06-30")
    assert listed["in_force_on"] == "2023-01-01"
    (listed,) = office.json("plan", "list", "--on", "2023-07-01")
    assert listed["in_force_on"] == "2023-07-01"
    assert [one["in_force_on"] for one in listed["wordings"]] == [
        "2023-01-01",
        "2023-07-01",
    ]


def test_a_change_that_reaches_back_is_warned_of(office: Clerk, copy: Path) -> None:
    office.run("plan", "load", copy.name, *ON)
    edited(copy, "target = 200000000", "target = 300000000")
    result = office.invoke("plan", "load", copy.name, *ON)
    assert result.exit_code == 0
    assert "从这一天起的各日都改按新文本计算" in result.stderr


def test_a_file_with_a_mistake_is_refused_as_a_whole(office: Clerk, copy: Path) -> None:
    edited(copy, "target = 200000000", 'target = "两亿"')
    before = office.stored()
    result = office.invoke("plan", "load", copy.name, *ON)
    assert (result.exit_code, result.stdout) == (1, "")
    line = 1 + copy.read_text("utf-8").splitlines().index('target = "两亿"')
    assert f"第 {line} 行：9.7 的 target：须为数字" in result.stderr
    found = office.json("plan", "load", copy.name, *ON, status=1)
    assert (found["refused"], found["code"]) == (True, "plan_refused")
    assert [(f["line"], f["commitment"], f["key"]) for f in found["faults"]] == [
        (line, "9.7", "target")
    ]
    assert office.stored() == before


@pytest.mark.parametrize(
    ("content", "told"),
    [
        pytest.param("名称 = 1".encode("gb18030"), "不是 UTF-8 编码", id="gbk"),
        pytest.param(b"name = ", "不是有效的 TOML", id="no-toml"),
        pytest.param(b"a = 1", "没有这个设置", id="no-plan"),
        pytest.param(b"#" * 5_000_001, "大于 5 MB", id="too-large"),
        pytest.param(b"a = " + b"[" * 5000, "不是有效的 TOML", id="too-deep"),
    ],
)
def test_what_is_no_plan_is_refused(office: Clerk, content: bytes, told: str) -> None:
    Path("x.toml").write_bytes(content)
    result = office.invoke("plan", "load", "x.toml", *ON)
    assert result.exit_code == 1
    assert told in result.stderr
    assert office.rows("plans") == []


def test_a_missing_file_is_told_with_the_plans_there_are(office: Clerk) -> None:
    for name in ("puyang-2024", "a\x00b", "."):
        result = office.invoke("plan", "load", name, *ON)
        assert result.exit_code == 1
    result = office.invoke("plan", "load", "puyang-2024", *ON)
    assert "随程序提供的计划有：puyang-2023" in result.stderr


def test_counties_without_a_description_are_warned_of(office: Clerk) -> None:
    found = office.json("plan", "load", "puyang-2023", *ON)
    warned = [re.findall("41[0-9]{4}", one["message"]) for one in found["warnings"]]
    assert warned == [["410926"], ["410927"], ["410928"], ["410971"], ["410972"]]
    assert {one["line"] for one in found["warnings"]} == {
        1 + SHIPPED.read_text("utf-8").splitlines().index("counties = [")
    }


def test_a_file_beside_the_clerk_goes_before_the_shipped_one(
    office: Clerk, copy: Path
) -> None:
    copy.rename(office.folder / "puyang-2023")
    edited(office.folder / "puyang-2023", 'name = "puyang-2023"', 'name = "ours-2023"')
    found = office.json("plan", "load", "puyang-2023", *ON)
    assert found["plan"] == "ours-2023"


def test_without_a_plan_the_clerk_is_told_how_to_load_one(office: Clerk) -> None:
    assert "plan load puyang-2023" in office.run("plan", "list", *ON)
    assert office.json("plan", "list", *ON) == []


def test_a_plan_is_listed_with_its_wordings(office: Clerk) -> None:
    office.run("plan", "load", "puyang-2023", "--by", "李", *ON)
    shown = office.run("plan", "list", *ON)
    assert "2023年濮阳市知识产权工作要点（濮知〔2023〕1号）" in shown
    assert "* 2023-01-01 起生效" in shown
    assert "2026-11-22 载入自 puyang-2023.toml，李" in shown


def test_the_group_tells_what_it_can_do_in_the_order_of_the_work() -> None:
    shown = CliRunner().invoke(main, ["plan", "--help"]).output
    assert shown.index("载入或修订") < shown.index("已载入的计划")
    assert list(SUBCOMMANDS)[:2] == ["load", "list"]
