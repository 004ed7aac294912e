"""Records at the command line: in, listed, linked, proved, withdrawn, out again."""

import csv
import hashlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import click
import openpyxl
import pytest
from click.testing import CliRunner

from patentwatch.cli import Commands
from patentwatch.cli.record_attach import attach
from patentwatch.cli.record_export import export
from patentwatch.cli.record_import import import_
from patentwatch.cli.record_link import WORDS, link
from patentwatch.cli.record_list import list_, show
from patentwatch.cli.record_withdraw import withdraw
from patentwatch.plan.kinds import LINKS
from patentwatch.store.engine import connect, transaction
from tests.clerk import ON, Clerk
from tests.lists import number, row, write_csv
from tests.make_records import plan

BY = ("--by", "李科长")


class _Alone(Commands):
    """The commands of records without the table that finds them."""

    list_commands = click.Group.list_commands
    get_command = click.Group.get_command


RECORD = _Alone(
    "record", commands=[import_, list_, show, link, export, withdraw, attach]
)


class Desk(Clerk):
    """A clerk who keeps records."""

    def record(self, *arguments: str, status: int = 0) -> str:
        """Return what a command printed, or what it complained of."""
        result = CliRunner().invoke(RECORD, arguments)
        assert "Traceback" not in result.output
        assert "程序出错" not in result.output, result.output
        assert result.exit_code == status, result.output
        return result.stdout if status != 2 else result.stderr

    def told(self, *arguments: str, status: int = 0) -> Any:
        """Return the JSON document that a command printed."""
        return json.loads(self.record(*arguments, "--json", status=status))

    def loans(self, *more: str) -> Any:
        """Return the loans that are listed."""
        return self.told("list", "pledge_loan", *more)


@pytest.fixture
def desk(clerk: Clerk) -> Desk:
    desk = Desk(clerk.folder)
    engine = connect(f"sqlite:///{desk.folder / 'patentwatch.db'}")
    with transaction(engine) as connection:
        plan(connection, "puyang-2023", year=2023, ids=["9.1", "9.2"])
    engine.dispose()
    return desk


@pytest.fixture
def kept(desk: Desk) -> Desk:
    """Return the desk with two loans; the first has a patent and a commitment."""
    second = loan("Y2", 起始日期="2023-06-01", 县区="清丰县", 贷款企业="乙公司")
    write_csv(Path("loans.csv"), [loan(专利号=number(1), 对应承诺="9.1"), second])
    desk.record("import", "pledge_loan", "loans.csv", *ON)
    return desk


def loan(key: str = "Y1", **changes: str) -> dict[str, str]:
    """Return a row of a table of pledge loans."""
    return {
        "质押登记号": key,
        "贷款企业": "甲公司",
        "县区": "华龙区",
        "质权人": "某银行",
        "贷款金额（元）": "500万元",
        "起始日期": "2023-03-15",
        "质押物类型": "专利",
        "专利号": "",
        "备注": "",
        "对应承诺": "",
    } | changes


def test_an_import_tells_what_every_row_does(desk: Desk) -> None:
    write_csv(Path("loans.csv"), [loan(), loan("Y2", 质押物类型="房产")])
    (found,) = desk.told("import", "质押贷款", "loans.csv", *BY, *ON, status=1)
    assert (found["read"], found["created"], found["rejected"]) == (2, 1, 1)
    assert found["rejects"][0]["code"] == "bad_choice"
    assert found["rejects"][0]["row"] == 3
    write_csv(Path("loans.csv"), [loan(备注="新", **{"贷款金额（元）": "600万"})])
    before = desk.stored()
    said = desk.record("import", "pledge_loan", "loans.csv", "--dry-run", *ON)
    assert desk.stored() == before
    assert "试算（未保存）" in said
    assert "变更 第 2 行“甲公司” 贷款金额：5000000 → 6000000" in said
    assert "变更 第 2 行“甲公司” 备注：空 → 新" in said
    (real,) = desk.told("import", "pledge_loan", "loans.csv", *ON)
    assert real["changed"] == 1
    (one,) = desk.loans()
    assert one["fields"]["amount"] == 600_000_000


def test_a_file_that_cannot_be_read_is_a_refused_run(desk: Desk) -> None:
    Path("junk.csv").write_text("一,二\n1,2\n", encoding="utf-8")
    (found,) = desk.told("import", "pledge_loan", "junk.csv", *ON, status=1)
    assert found["refused"]
    assert found["warnings"][0]["code"] == "header_not_found"
    (run,) = desk.rows("runs")
    assert (run["kind"], run["state"]) == ("records", "refused")
    (missing,) = desk.told("import", "pledge_loan", "none.csv", *ON, status=1)
    assert missing["warnings"][0]["code"] == "file_missing"
    assert len(desk.rows("runs")) == 1


def test_an_unknown_kind_names_the_nearest(desk: Desk) -> None:
    assert "质押贷款" in desk.record("import", "质押货款", "x.csv", status=2)


def test_an_import_cannot_be_taken_back_as_a_whole(kept: Desk) -> None:
    assert "工作记录" in kept.run("import", "undo", "1", status=2)


@pytest.mark.parametrize(
    ("options", "keys"),
    [
        ((), ["Y1", "Y2"]),
        (("--county", "清丰县"), ["Y2"]),
        (("--county", "410902"), ["Y1"]),
        (("--from", "2023-03-15", "--to", "2023-05-31"), ["Y1"]),
        (("--from", "2023-03-16"), ["Y2"]),
        (("--patent", f"ZL{number(1)}"), ["Y1"]),
        (("--party", "某 银行"), ["Y1", "Y2"]),
        (("--party", "乙公司"), ["Y2"]),
        (("--commitment", "puyang-2023/9.1"), ["Y1"]),
        (("--patent", number(2)), []),
    ],
)
def test_records_are_listed_by_what_is_asked_for(
    kept: Desk, options: Sequence[str], keys: Sequence[str]
) -> None:
    found = kept.loans(*options)
    assert [one["fields"]["registration_no"] for one in found] == keys
    assert f"共 {len(keys)} 条" in kept.record("list", "质押贷款", *options)


def test_scripts_read_amounts_in_fen_and_in_yuan(kept: Desk) -> None:
    first = kept.loans()[0]
    assert first["fields"]["amount"] == 500_000_000
    assert first["yuan"] == {"amount": 5_000_000}


def test_a_county_or_a_number_that_is_none_is_a_usage_error(kept: Desk) -> None:
    kept.record("list", "pledge_loan", "--county", "火星", status=2)
    kept.record("list", "pledge_loan", "--patent", "123", status=2)
    kept.record("show", "99", status=2)


def test_a_loan_is_told_when_the_term_of_its_patent_is_over(kept: Desk) -> None:
    write_csv(Path("list.csv"), [row(1)])  # filed in 2015
    kept.run("import", "list.csv", *ON)
    later = ("--on", "2036-06-01")
    kept.run("run", "--once", *later)
    assert "注意" not in kept.record("show", "1", *ON)
    assert f"出质专利 {number(1)} 期限届满终止" in kept.record("show", "1", *later)
    assert "专利状态有变化（1）" in kept.record("list", "pledge_loan", *later)
    (note,) = kept.told("show", "1", *later)["notes"]
    assert note["day"].startswith("2035")


def test_a_record_is_shown_from_both_ends(kept: Desk) -> None:
    write_csv(Path("list.csv"), [row(1)])
    kept.run("import", "list.csv", *ON)
    kept.record("link", "2", "--record", "1", *BY, *ON)
    first, second = kept.told("show", "1"), kept.told("show", "2")
    assert first["incoming"] == [
        {
            "link": "follows_from",
            "record": 2,
            "kind": "pledge_loan",
            "title": "乙公司",
        }
    ]
    assert first["patents"] == [
        {
            "application_no": number(1),
            "registered": True,
            "title": "一种第1号装置",
        }
    ]
    assert {(x["link"], x["to_kind"], x["to_key"]) for x in first["links"]} == {
        ("counts_for", "party", "甲公司"),
        ("held_by", "party", "某银行"),
        ("secures", "patent", number(1)),
        ("counts_for", "commitment", "puyang-2023/9.1"),
    }
    assert ("record", "1", True) in {
        (x["to_kind"], x["to_key"], x["by_hand"]) for x in second["links"]
    }
    said = kept.record("show", "1")
    assert "贷款金额（元）：5000000" in said
    assert "县区：华龙区" in said
    assert "一种第1号装置" in said
    assert "← 质押贷款 2 乙公司" in said


def test_a_link_by_hand_is_kept_until_it_is_removed(kept: Desk) -> None:
    def hand() -> set[tuple[str, str]]:
        links = kept.told("show", "2")["links"]
        return {(x["link"], x["to_key"]) for x in links if x["by_hand"]}

    for end in (
        ("--patent", number(2)),
        ("--party", "丙公司", "--as", "inspects"),
        ("--commitment", "puyang-2023/9.2"),
    ):
        assert kept.told("link", "2", *end, *BY, *ON)["new"]
        assert not kept.told("link", "2", *end, *BY, *ON)["new"]
    assert len(kept.rows("audit")) == 3
    every = {
        ("secures", number(2)),
        ("inspects", "丙公司"),
        ("counts_for", "puyang-2023/9.2"),
    }
    assert hand() == every
    kept.record("import", "pledge_loan", "loans.csv", *ON)
    assert hand() == every
    before = kept.stored()
    kept.record("link", "2", "--patent", number(2), "--remove", "--dry-run")
    assert kept.stored() == before
    kept.record("link", "2", "--patent", number(2), "--remove", *BY, *ON)
    assert hand() == every - {("secures", number(2))}
    actions = [one["action"] for one in kept.rows("audit")]
    assert actions[-1] == "record_unlinked"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("1",), "请写一个"),
        (("1", "--patent", number(2), "--party", "甲"), "请写一个"),
        (("1", "--record", "1"), "自己"),
        (("1", "--record", "9"), "没有编号为 9"),
        (("1", "--commitment", "puyang-2023/99.9"), "没有承诺"),
        (("1", "--patent", number(1), "--remove"), "来自导入的表格"),
        (("1", "--patent", number(2), "--remove"), "没有这一关联"),
        (("1", "--party", " ", "--remove"), "名称"),
    ],
)
def test_what_cannot_be_tied_is_a_usage_error(
    kept: Desk, arguments: Sequence[str], word: str
) -> None:
    before = kept.stored()
    assert word in kept.record("link", *arguments, *BY, *ON, status=2)
    assert kept.stored() == before


def test_every_way_to_be_tied_has_its_chinese_word() -> None:
    assert set(WORDS) == LINKS


def test_a_withdrawn_record_is_kept_with_its_reason(kept: Desk) -> None:
    why = ("--reason", "重复登记")
    before = kept.stored()
    kept.record("withdraw", "1", *BY, *why, "--dry-run", *ON)
    assert kept.stored() == before
    kept.record("withdraw", "1", *BY, status=2)
    kept.record("withdraw", "1", *BY, "--reason", " ", status=2)
    assert kept.told("withdraw", "1", *BY, *why, *ON)["new"]
    assert not kept.told("withdraw", "1", *BY, *why, *ON)["new"]
    assert [one["id"] for one in kept.loans()] == [2]
    assert [one["state"] for one in kept.loans("--withdrawn")] == [
        "withdrawn",
        "active",
    ]
    assert kept.told("show", "1")["changes"][0]["reason"] == "重复登记"
    (again,) = kept.told("import", "pledge_loan", "loans.csv", *ON)
    assert again["warnings"][0]["code"] == "record_withdrawn"
    kept.record("link", "1", "--party", "丁", *BY, status=2)
    assert kept.rows("audit")[-1]["reason"] == "重复登记"


def test_evidence_is_kept_by_name_size_and_hash(kept: Desk) -> None:
    content = b"%PDF-1.4 \xe5"
    Path("合同.pdf").write_bytes(content)
    before = kept.stored()
    kept.record("attach", "1", "合同.pdf", "--dry-run", *ON)
    assert kept.stored() == before
    found = kept.told("attach", "1", "合同.pdf", *BY, *ON)
    assert found["new"]
    assert (found["name"], found["size"], found["sha256"]) == (
        "合同.pdf",
        10,
        hashlib.sha256(content).hexdigest(),
    )
    assert not kept.told("attach", "1", "合同.pdf", *BY, *ON)["new"]
    (proof,) = kept.told("show", "1")["evidence"]
    assert proof["added_by"] == "李科长"
    Path("空.pdf").write_bytes(b"")
    kept.record("attach", "1", "空.pdf", status=1)
    kept.record("attach", "1", "没有.pdf", status=1)
    kept.record("attach", "9", "合同.pdf", status=2)


def test_an_exported_table_is_imported_again_without_a_change(kept: Desk) -> None:
    kept.record("link", "2", "--patent", number(2), *BY, *ON)
    tables = ("records", "record_links", "record_changes")
    before = {name: kept.rows(name) for name in tables}
    for name in ("out.xlsx", "out.csv"):
        assert kept.told("export", "pledge_loan", "--out", name)["records"] == 2
        (found,) = kept.told("import", "pledge_loan", name, *ON)
        assert (found["read"], found["unchanged"]) == (2, 2)
    kept.record("export", "--out", "all.xlsx")
    (found,) = kept.told("import", "pledge_loan", "all.xlsx", *ON)
    assert found["unchanged"] == 2
    assert {name: kept.rows(name) for name in tables} == before


def test_a_workbook_of_everything_has_a_sheet_a_kind(kept: Desk) -> None:
    write_csv(
        Path("award.csv"),
        [
            {
                "文号": "濮知〔2023〕5号",
                "文件名称": "推进计划",
                "用途": "年度推进计划",
                "印发单位": "市局",
                "印发日期": "2023-03-20",
            }
        ],
    )
    kept.record("import", "政策文件", "award.csv", *ON)
    kept.record("export", "--out", "all.xlsx")
    book = openpyxl.load_workbook("all.xlsx")
    assert book.sheetnames == ["政策文件", "质押贷款"]
    book.close()
    for kind, count in (("pledge_loan", 2), ("policy_document", 1)):
        (found,) = kept.told("import", kind, "all.xlsx", *ON)
        assert (found["read"], found["unchanged"]) == (count, count)


def test_the_json_has_everything_with_links_and_proofs(kept: Desk) -> None:
    Path("合同.pdf").write_bytes(b"x")
    kept.record("attach", "1", "合同.pdf", *ON)
    kept.record("withdraw", "2", *BY, "--reason", "错", *ON)
    kept.record("export", "--out", "all.json")
    found = json.loads(Path("all.json").read_text("utf-8"))
    assert [(one["id"], one["state"]) for one in found] == [
        (1, "active"),
        (2, "withdrawn"),
    ]
    assert found[0]["evidence"][0]["name"] == "合同.pdf"
    assert found[0]["fields"]["amount"] == 500_000_000
    assert {one["to_kind"] for one in found[0]["links"]} == {
        "party",
        "patent",
        "commitment",
    }


def test_formulas_are_text_in_every_export(desk: Desk) -> None:
    evil = "=cmd|' /C calc'!A0"
    write_csv(Path("loans.csv"), [loan(备注=evil)])
    desk.record("import", "pledge_loan", "loans.csv", *ON)
    desk.record("export", "pledge_loan", "--out", "out.csv")
    with Path("out.csv").open(encoding="utf-8-sig", newline="") as file:
        (line,) = csv.DictReader(file)
    assert line["备注"] == f"'{evil}"
    desk.record("export", "pledge_loan", "--out", "out.xlsx")
    book = openpyxl.load_workbook("out.xlsx")
    cells = [cell for row in book["质押贷款"].iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value} == {"s"}
    assert evil in {cell.value for cell in cells}
    book.close()


@pytest.mark.parametrize(
    "arguments",
    [
        ("--out", "out.csv"),
        ("pledge_loan", "--out", "out.doc"),
        ("pledge_loan", "--out", "nowhere/out.xlsx"),
        ("nothing", "--out", "out.xlsx"),
    ],
)
def test_what_cannot_be_exported_is_a_usage_error(
    kept: Desk, arguments: Sequence[str]
) -> None:
    kept.record("export", *arguments, status=2)
    assert "out" not in " ".join(kept.files())


def test_a_trial_of_an_export_writes_no_file(kept: Desk) -> None:
    found = kept.told("export", "pledge_loan", "--out", "out.xlsx", "--dry-run")
    assert (found["records"], found["written"]) == (2, False)
    assert not Path("out.xlsx").exists()


def test_an_empty_export_can_be_opened(desk: Desk) -> None:
    assert desk.told("export", "--out", "all.xlsx")["records"] == 0
    openpyxl.load_workbook("all.xlsx").close()
    desk.record("export", "--out", "all.json")
    assert json.loads(Path("all.json").read_text("utf-8")) == []
    assert desk.loans() == []


@pytest.mark.parametrize(
    "command", RECORD.commands.values(), ids=RECORD.commands.keys()
)
def test_every_command_is_explained_to_a_clerk(command: click.Command) -> None:
    options = [one for one in command.params if isinstance(one, click.Option)]
    assert command.help
    assert [one.name for one in options if not one.help] == []
