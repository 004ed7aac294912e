"""The inbox folder: every file is taken for what it is, once, and moved away."""

import json
from collections.abc import Callable
from pathlib import Path

import openpyxl
import pytest
from sqlalchemy import Engine, func, select

from patentwatch import inbox
from patentwatch.installation import rules_of
from patentwatch.model import FactKind
from patentwatch.plan.kinds import kinds
from patentwatch.plan.templatebook import write_template
from patentwatch.register.columns import Kind
from patentwatch.register.result import Intake
from patentwatch.settings import Settings
from patentwatch.store.engine import reading
from patentwatch.store.tables import contacts, facts, patents, records, runs
from patentwatch.store.vault import Vault
from tests.cli.test_status_import import lapse
from tests.lists import NOW, Desk, codes, number, row, rows, write_csv, write_xlsx
from tests.sources.made import prs
from tests.test_people_intake import FEE_PAGE, contact, looked_up, payment


@pytest.fixture
def desk(
    sqlite_engine: Engine,
    vault: Vault,
    settings: Callable[..., Settings],
    tmp_path: Path,
) -> Desk:
    desk = Desk(sqlite_engine, vault, settings(), tmp_path)
    desk.settings.register.inbox.mkdir()
    return desk


def box(desk: Desk) -> Path:
    return desk.settings.register.inbox


def take(desk: Desk, **more: bool) -> list[Intake]:
    rules = rules_of(desk.settings, desk.vault)
    return inbox.take_inbox(
        desk.engine, desk.vault, desk.settings, rules, now=NOW, **more
    )


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_every_kind_of_file_is_taken_for_what_it_is(desk: Desk) -> None:
    write_xlsx(box(desk) / "1名单.xlsx", {"华龙区": rows(2)})
    write_csv(box(desk) / "2联系.csv", [contact()], encoding="gb18030")
    write_csv(box(desk) / "3缴费.csv", [payment()])
    write_csv(box(desk) / "4核查.csv", [looked_up(2)])
    page = box(desk) / f"{number(1).replace('.', '')}.json"
    page.write_text(json.dumps(FEE_PAGE), encoding="utf-8")
    taken = take(desk)
    assert [one.kind for one in taken] == [
        Kind.REGISTER,
        Kind.PAYMENTS,  # the page is named 2015…
        Kind.CONTACTS,
        Kind.PAYMENTS,
        Kind.CHECK_SHEET,
    ]
    assert not any(one.needs_a_person for one in taken)
    with reading(desk.engine) as connection:
        kinds = set(connection.execute(select(facts.c.kind)).scalars())
        assert len(connection.execute(select(contacts)).all()) == 1
    assert {FactKind.LISTED, FactKind.PAYMENT, FactKind.UNPAID} <= kinds
    assert names(box(desk)) == ["done"]
    assert "20261122-090000-1名单.xlsx" in names(box(desk) / "done")


def test_a_taken_file_has_a_note_with_its_counts_and_rejects(desk: Desk) -> None:
    bad = row(2, 申请日="2015-02-30")
    write_csv(box(desk) / "list.csv", [row(1), bad])
    (found,) = take(desk)
    note = (box(desk) / "done" / "20261122-090000-list.csv.txt").read_text("utf-8-sig")
    assert "list.csv：读 2 行，采用 1（新增 1、变更 0、未变 0），略过 0，退回 1" in note
    assert f"导入编号 {found.run}" in note
    assert "退回：第 3 行 申请日“2015-02-30”不是存在的日期" in note


@pytest.mark.parametrize(
    ("content", "code"),
    [
        pytest.param("甲,乙\n1,2\n", "kind_unknown", id="another-table"),
        pytest.param("", "empty_file", id="empty"),
        pytest.param("<html><body>登录</body></html>", "wrong_format", id="login-page"),
        pytest.param('{"code": 401}', "unexpected_content", id="error-answer"),
        pytest.param("申请号,名称\n1,2\n", "kind_unknown", id="column-missing"),
    ],
)
def test_a_file_that_cannot_be_taken_fails_with_a_note_and_a_run(
    desk: Desk, content: str, code: str
) -> None:
    (box(desk) / "x.csv").write_text(content, encoding="utf-8")
    (found,) = take(desk)
    assert (found.refused, codes(found.warnings)) == (True, [code])
    failed = box(desk) / "failed"
    assert names(failed) == ["20261122-090000-x.csv", "20261122-090000-x.csv.txt"]
    note = (failed / "20261122-090000-x.csv.txt").read_text("utf-8-sig")
    assert note.startswith("未导入：x.csv：")
    assert note.count("\n") == 1
    with reading(desk.engine) as connection:
        run = connection.execute(select(runs)).one()
    assert (run.id, run.state, run.reason) == (found.run, "refused", found.refusal)


def test_a_refused_list_goes_to_failed_and_changes_nothing(desk: Desk) -> None:
    desk.take(rows(20))
    before = desk.stored("patents", "facts")
    write_csv(box(desk) / "short.csv", rows(3))
    (found,) = take(desk)
    assert found.refused
    assert desk.stored("patents", "facts") == before
    note = box(desk) / "failed" / "20261122-090000-short.csv.txt"
    assert "少了 17 件" in note.read_text("utf-8-sig")


def test_one_bad_file_does_not_keep_the_next_from_being_taken(desk: Desk) -> None:
    (box(desk) / "a.csv").write_bytes(b"\xff\x00\xfe")
    write_csv(box(desk) / "b.csv", rows(2))
    assert [one.refused for one in take(desk)] == [True, False]


@pytest.mark.parametrize(
    "name", ["list.csv.part", ".list.csv", "~$list.xlsx", "x.tmp", "list.crdownload"]
)
def test_an_unfinished_file_is_left_alone(desk: Desk, name: str) -> None:
    write_csv(box(desk) / name, rows(1))
    assert take(desk) == []
    assert names(box(desk)) == [name]


def test_a_file_that_is_still_being_written_is_left_alone(desk: Desk) -> None:
    path = write_csv(box(desk) / "list.csv", rows(3))
    with path.open("a", encoding="utf-8") as copying:
        assert take(desk) == []
        copying.write(",".join(row(4).values()) + "\n")
    (found,) = take(desk)
    assert found.created == 4


def test_a_kill_between_the_commit_and_the_move_is_harmless(desk: Desk) -> None:
    path = write_csv(box(desk) / "list.csv", rows(3))
    content = path.read_bytes()
    take(desk)
    before = desk.stored("patents", "holders", "facts")
    path.write_bytes(content)
    (found,) = take(desk)
    assert (found.unchanged, found.created, found.changed) == (3, 0, 0)
    after = desk.stored("patents", "holders", "facts")
    assert after["facts"] == before["facts"]
    assert after["holders"] == before["holders"]
    assert len(names(box(desk) / "done")) == 4, "the first archive is not overwritten"


def test_folders_and_a_missing_inbox_are_no_files(desk: Desk) -> None:
    (box(desk) / "folder").mkdir()
    assert take(desk) == []
    (box(desk) / "folder").rmdir()
    box(desk).rmdir()
    assert take(desk) == []


def test_a_trial_takes_nothing_and_moves_nothing(desk: Desk) -> None:
    write_csv(box(desk) / "a.csv", rows(2))
    (box(desk) / "b.csv").write_text("甲,乙\n1,2\n", encoding="utf-8")
    before = desk.stored()
    assert [one.created for one in take(desk, dry_run=True)] == [2, 0]
    assert desk.stored() == before
    assert names(box(desk)) == ["a.csv", "b.csv"]


def test_a_status_file_is_taken_from_its_own_folder(desk: Desk) -> None:
    folder = box(desk) / inbox.STATUS
    folder.mkdir()
    (folder / "20261120-1.xml").write_bytes(prs(lapse(1), lapse(7)))
    write_csv(box(desk) / "list.csv", rows(2))
    register, status = take(desk)
    assert (register.kind, status.kind) == (Kind.REGISTER, Kind.STATUS)
    assert (status.created, status.skipped) == (1, 1), "the list was taken first"
    assert names(folder) == ["done"]
    assert names(folder / "done") == [
        "20261122-090000-20261120-1.xml",
        "20261122-090000-20261120-1.xml.txt",
    ]
    note = (folder / "done" / "20261122-090000-20261120-1.xml.txt").read_text(
        "utf-8-sig"
    )
    assert "读 2 行，采用 1（新增 1、变更 0、未变 0），略过 1，退回 0" in note
    assert f"导入编号 {status.run}" in note
    assert len(desk.stored("events")["events"]) == 1


def test_a_status_file_that_is_none_fails_beside_its_folder(desk: Desk) -> None:
    folder = box(desk) / inbox.STATUS
    folder.mkdir()
    (folder / "login.xml").write_text("<html><body>登录</body></html>", "utf-8")
    (found,) = take(desk)
    assert found.refused
    assert names(folder) == ["failed"]
    assert len(names(folder / "failed")) == 2


def test_a_trial_leaves_a_status_file_where_it_is(desk: Desk) -> None:
    folder = box(desk) / inbox.STATUS
    folder.mkdir()
    desk.take(rows(2))
    (folder / "a.xml").write_bytes(prs(lapse(1)))
    before = desk.stored()
    assert [one.created for one in take(desk, dry_run=True)] == [1]
    assert desk.stored() == before
    assert names(folder) == ["a.xml"]


@pytest.mark.parametrize("heading", ["对应承诺", "对应任务"], ids=["now", "former"])
def test_a_filled_template_of_records_is_taken_as_its_kind_and_as_no_register(
    desk: Desk, heading: str
) -> None:
    # Its columns would pass for a register: it has a number and a filing day.
    kind = kinds()["overseas_application"]
    path = box(desk) / "海外申请.xlsx"
    write_template(kind, path, counties=())
    book = openpyxl.load_workbook(path)
    sheet = book[kind.label]
    example = [cell.value for cell in sheet[2]]
    sheet.append(["1", *example[1:]])
    sheet.cell(1, sheet.max_column, heading)
    book.save(path)
    (taken,) = take(desk)
    assert (taken.kind, taken.read, taken.created, taken.skipped) == (
        "records",
        2,
        1,
        1,
    )
    assert names(box(desk)) == ["done"]
    with reading(desk.engine) as connection:
        assert connection.scalars(select(records.c.kind)).all() == [kind.key]
        assert connection.scalar(select(func.count()).select_from(patents)) == 0
