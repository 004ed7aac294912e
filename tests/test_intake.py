"""Taking in a register: every row accounted for, refused or taken as a whole."""

import shutil
import tracemalloc
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Engine, select, update

from patentwatch import intake
from patentwatch.errors import InputError, UsageError
from patentwatch.model import FactKind
from patentwatch.register.columns import Kind
from patentwatch.register.result import Intake
from patentwatch.registerintake import Order
from patentwatch.settings import Settings
from patentwatch.store import facts
from patentwatch.store.engine import connect, reading, transaction
from patentwatch.store.tables import audit, listings, patents, run_notes, runs
from patentwatch.store.vault import Vault
from tests.lists import (
    NOW,
    ON,
    Cells,
    Desk,
    adds_up,
    codes,
    number,
    row,
    rows,
    write_csv,
    write_xlsx,
)

EARLIER = ON - timedelta(days=31)


@pytest.fixture
def desk(
    engine: Engine, vault: Vault, settings: Callable[..., Settings], tmp_path: Path
) -> Desk:
    return Desk(engine, vault, settings(), tmp_path)


@pytest.fixture
def sqlite_desk(
    sqlite_engine: Engine,
    vault: Vault,
    settings: Callable[..., Settings],
    tmp_path: Path,
) -> Desk:
    return Desk(sqlite_engine, vault, settings(), tmp_path)


def looked_at(desk: Desk) -> None:
    """Let the daemon have looked at everything."""
    with transaction(desk.engine) as connection:
        connection.execute(update(patents).values(next_look_on=date(2027, 1, 1)))


def test_a_list_fills_the_register(desk: Desk) -> None:
    found = desk.take(rows(3))
    assert (found.read, found.created, found.refused) == (3, 3, False)
    stored = desk.patent(1)
    assert (stored.title, stored.county) == ("一种第1号装置", "410902")
    assert (stored.filing_on, stored.grant_on) == (date(2015, 6, 1), date(2018, 3, 2))
    assert (stored.listed_on, stored.listed_run_id) == (ON, found.run)
    assert stored.next_look_on is None
    with reading(desk.engine) as connection:
        (fact,) = facts.of(connection, [number(1)])[number(1)]
    assert (fact.kind, fact.dated_on, fact.paid_through) == (FactKind.LISTED, ON, 11)


def test_a_listing_written_as_a_set_has_the_key_of_a_fact(desk: Desk) -> None:
    desk.take([row(1), row(2, 已缴年费年度=""), row(3, 法律状态="授权")])
    numbers = [number(serial) for serial in (1, 2, 3)]
    with transaction(desk.engine) as connection:
        known = facts.of(connection, numbers)
        again = [(name, fact) for name, some in known.items() for fact in some]
        assert len(again) == 3
        assert facts.add(connection, again, now=NOW) == 0


def test_the_same_file_again_changes_nothing_and_asks_for_no_look(desk: Desk) -> None:
    path = write_csv(desk.path(), rows(5))
    desk.take_file(path)
    looked_at(desk)
    before = desk.stored("patents", "holders", "facts")
    found = desk.take_file(path)
    assert (found.unchanged, found.created, found.changed) == (5, 0, 0)
    after = desk.stored("patents", "holders", "facts")
    assert after["facts"] == before["facts"]
    assert after["holders"] == before["holders"]
    with reading(desk.engine) as connection:
        looks = connection.execute(select(patents.c.next_look_on)).scalars().all()
    assert set(looks) == {date(2027, 1, 1)}


def test_a_newer_list_has_every_patent_looked_at_because_it_says_something(
    desk: Desk,
) -> None:
    desk.take(rows(2), EARLIER)
    looked_at(desk)
    desk.take(rows(2))
    assert desk.patent(1).next_look_on is None


def test_a_change_is_shown_and_told_as_old_and_new(desk: Desk) -> None:
    desk.take(rows(3), EARLIER)
    found = desk.take([row(1, 专利权人="新主人有限公司"), *rows(2, first=2)])
    assert (found.changed, found.unchanged) == (1, 2)
    assert found.changes == [
        {
            "application_no": number(1),
            "field": "patentee",
            "old": "第1机械有限公司",
            "new": "新主人有限公司",
        }
    ]
    assert desk.patent(1).patentees == "新主人有限公司"


def test_a_dry_run_shows_the_differences_and_stores_nothing(desk: Desk) -> None:
    desk.take(rows(3), EARLIER)
    before = desk.stored()
    found = desk.take([row(1, 发明名称="别的"), *rows(3, first=2)], dry_run=True)
    assert (found.created, found.changed, found.unchanged) == (1, 1, 2)
    assert found.changes[0]["new"] == "别的"
    assert found.run is None
    assert desk.stored() == before


def test_the_sheets_of_a_workbook_are_the_counties_they_are_named_after(
    desk: Desk,
) -> None:
    without = [{k: v for k, v in one.items() if k != "县区"} for one in rows(4)]
    path = write_xlsx(
        desk.path("xlsx"),
        {"华龙区": without[:1], "清丰县": without[1:3], "其他": without[3:]},
    )
    found = desk.take_file(path)
    assert found.created == 4
    assert [sheet["name"] for sheet in found.sheets] == ["华龙区", "清丰县", "其他"]
    assert [desk.patent(n).county for n in (1, 2, 3, 4)] == [
        "410902",
        "410922",
        "410922",
        None,
    ]
    assert codes(found.warnings) == ["county_unknown"]
    with reading(desk.engine) as connection:
        complete = connection.execute(select(listings.c.county)).scalars().all()
    assert sorted(complete) == ["410902", "410922"]


def test_the_county_of_the_command_line_is_that_of_rows_without_one(desk: Desk) -> None:
    found = desk.take([row(1, 县区=""), row(2, 县区="清丰县")], county="南乐县")
    assert (found.created, codes(found.warnings)) == (2, [])
    assert [desk.patent(n).county for n in (1, 2)] == ["410923", "410922"]


def test_an_unknown_county_on_the_command_line_is_wrong_usage(desk: Desk) -> None:
    before = desk.stored()
    with pytest.raises(UsageError, match=r"不认识“火星”.*410902 华龙区"):
        desk.take(rows(1), county="火星")
    assert desk.stored() == before


def test_a_list_of_tomorrow_is_refused(desk: Desk) -> None:
    tomorrow = ON + timedelta(days=1)
    with pytest.raises(UsageError, match="--as-of 2026-11-23 晚于今天 2026-11-22"):
        desk.take(rows(1), tomorrow)
    path = write_csv(desk.path(), rows(1), above=f"清单 截至日期：{tomorrow}")
    with pytest.raises(InputError, match="清单日期 2026-11-23 晚于今天"):
        desk.take_file(path)


def test_the_day_of_a_list_is_what_it_says_above_its_header(desk: Desk) -> None:
    path = write_csv(desk.path(), rows(1), above="有效专利清单 截至日期：2026-10-31")
    assert desk.take_file(path).as_of == date(2026, 10, 31)
    assert desk.take_file(path, Order(as_of_on=EARLIER)).as_of == EARLIER
    assert desk.take_file(write_csv(desk.path(), rows(1))).as_of == ON


# Vanished rows


def test_what_a_complete_list_lacks_is_missing_and_stays_in_the_register(
    desk: Desk,
) -> None:
    desk.take([*rows(5), *rows(5, first=6, 县区="清丰县")], EARLIER)
    found = desk.take(rows(4))
    assert (found.vanished, found.refused) == (1, False)
    assert desk.patent(5).missing_since_on == ON
    assert desk.patent(6).missing_since_on is None, "another county"
    assert desk.patent(5).listed_on == EARLIER


def test_what_is_missing_already_vanishes_only_once(desk: Desk) -> None:
    desk.take(rows(5), EARLIER)
    desk.take(rows(4), EARLIER + timedelta(days=10))
    found = desk.take(rows(4))
    assert found.vanished == 0
    assert desk.patent(5).missing_since_on == EARLIER + timedelta(days=10)


def test_a_missing_patent_reappears(desk: Desk) -> None:
    desk.take(rows(5), EARLIER)
    desk.take(rows(4), EARLIER + timedelta(days=10))
    found = desk.take(rows(5))
    assert (found.unchanged, found.vanished) == (5, 0)
    assert desk.patent(5).missing_since_on is None


def test_a_partial_list_makes_nothing_vanish(desk: Desk) -> None:
    desk.take(rows(30), EARLIER)
    found = desk.take(rows(1), partial=True)
    assert (found.vanished, found.refused) == (0, False)
    assert desk.patent(2).missing_since_on is None


def test_rows_without_a_county_make_nothing_vanish(desk: Desk) -> None:
    desk.take(rows(30), EARLIER)
    found = desk.take(rows(2, first=100, 县区=""))
    assert (found.vanished, found.created) == (0, 2)


def test_a_list_of_the_same_day_may_lack_a_patent_too(desk: Desk) -> None:
    desk.take(rows(5))
    assert desk.take(rows(4)).vanished == 1
    assert desk.patent(5).missing_since_on == ON


@pytest.mark.parametrize(
    ("known", "listed", "refused"),
    [
        pytest.param(50, 41, False, id="nine-are-too-few"),
        pytest.param(50, 40, False, id="ten-are-20-percent"),
        pytest.param(49, 39, True, id="ten-are-more-than-20-percent"),
        pytest.param(60, 48, False, id="twelve-are-20-percent"),
        pytest.param(60, 47, True, id="thirteen-are-more"),
        pytest.param(11, 2, False, id="nine-of-eleven"),
        pytest.param(11, 1, True, id="ten-of-eleven"),
    ],
)
def test_a_list_that_lacks_too_many_rows_of_a_county_is_refused(
    sqlite_desk: Desk, known: int, listed: int, *, refused: bool
) -> None:
    sqlite_desk.take(rows(known), EARLIER)
    assert sqlite_desk.take(rows(listed)).refused is refused


def test_counties_are_weighed_one_by_one(sqlite_desk: Desk) -> None:
    other = rows(400, first=1000, 县区="清丰县")
    sqlite_desk.take([*rows(40), *other], EARLIER)
    found = sqlite_desk.take([*rows(30), *other])
    assert found.refused, "10 of 40, though only 10 of 440"
    assert found.refusal is not None
    assert "华龙区原有 40 件，这份清单少了 10 件" in found.refusal
    assert "--force" in found.refusal
    assert codes(found.warnings) == ["refused_vanished"]


@pytest.mark.parametrize(
    ("known", "moved", "refused"),
    [
        pytest.param(100, 9, False, id="nine-are-too-few"),
        pytest.param(200, 10, False, id="ten-are-5-percent"),
        pytest.param(199, 10, True, id="ten-are-more-than-5-percent"),
        pytest.param(200, 11, True, id="eleven-are-more"),
    ],
)
def test_a_list_that_shifts_too_many_filing_dates_is_refused(
    sqlite_desk: Desk, known: int, moved: int, *, refused: bool
) -> None:
    sqlite_desk.take(rows(known), EARLIER)
    shifted = rows(moved, 申请日="2015-06-02") + rows(known - moved, first=moved + 1)
    found = sqlite_desk.take(shifted)
    assert found.refused is refused
    assert (codes(found.warnings) == ["refused_shifted"]) is refused


def test_a_refused_list_changes_nothing_and_its_run_says_why(desk: Desk) -> None:
    desk.take(rows(20), EARLIER)
    tables = ("patents", "holders", "facts", "listings", "run_changes")
    before = desk.stored(*tables)
    found = desk.take(rows(5))
    assert found.refused
    assert adds_up(found)
    assert desk.stored(*tables) == before
    with reading(desk.engine) as connection:
        run = connection.execute(select(runs).where(runs.c.id == found.run)).one()
    assert (run.state, run.reason, run.kind) == ("refused", found.refusal, "register")


def test_a_refused_list_is_taken_by_force_and_that_is_recorded(desk: Desk) -> None:
    desk.take(rows(20), EARLIER)
    found = desk.take(rows(5), force="撤销一个园区", by="李")
    assert (found.refused, found.vanished) == (False, 15)
    assert desk.patent(20).missing_since_on == ON
    with reading(desk.engine) as connection:
        run = connection.execute(select(runs).where(runs.c.id == found.run)).one()
        trail = connection.execute(select(audit)).one()
    assert (run.state, run.reason) == ("done", "撤销一个园区")
    assert (trail.who, trail.action) == ("李", "import_forced")
    assert trail.reason == "撤销一个园区"


def test_a_dry_run_of_a_refused_list_leaves_no_run(desk: Desk) -> None:
    desk.take(rows(20), EARLIER)
    before = desk.stored()
    assert desk.take(rows(5), dry_run=True).refused
    assert desk.stored() == before


def test_a_file_that_cannot_be_read_is_a_run_with_its_reason(desk: Desk) -> None:
    path = desk.folder / "bad.csv"
    path.write_text("甲,乙\n1,2\n", encoding="utf-8")

    found = intake.told(desk.engine, path, Kind.REGISTER, desk.take_file, now=NOW)
    assert (found.refused, found.read) == (True, 0)
    assert codes(found.warnings) == ["header_not_found"]
    with reading(desk.engine) as connection:
        run = connection.execute(select(runs)).one()
        note = connection.execute(select(run_notes)).one()
    assert (run.state, run.file) == ("refused", "bad.csv")
    assert "找不到表头" in run.reason
    assert note.code == "header_not_found"


def test_a_file_that_the_system_does_not_hand_out_is_refused(desk: Desk) -> None:
    def take(path: Path) -> Intake:
        raise PermissionError(13, "Permission denied", str(path))

    path = write_csv(desk.path(), rows(1))
    found = intake.told(desk.engine, path, Kind.REGISTER, take, now=NOW)
    assert codes(found.warnings) == ["file_unreadable"]
    assert found.refusal == "list1.csv：无法读取（Permission denied）；请检查文件权限"


def test_a_file_that_is_not_there_is_no_run(desk: Desk) -> None:
    found = intake.told(
        desk.engine,
        desk.folder / "none.csv",
        Kind.REGISTER,
        desk.take_file,
        now=NOW,
    )
    assert codes(found.warnings) == ["file_missing"]
    assert desk.stored("runs")["runs"] == []


def test_a_fault_far_down_takes_back_the_rows_above_it(desk: Desk) -> None:
    path = write_csv(desk.path(), rows(50))
    with path.open("a", encoding="utf-8") as file:
        file.write('"' + "\n" * 50)
    before = desk.stored()
    with pytest.raises(InputError, match="引号没有配对"):
        desk.take_file(path)
    assert desk.stored() == before


# Two lists in any order


def test_an_older_list_taken_later_changes_no_column_but_its_facts_count(
    desk: Desk,
) -> None:
    desk.take([row(1, 专利权人="新主人有限公司")])
    found = desk.take([row(1, 专利权人="老主人有限公司")], EARLIER)
    assert (found.unchanged, found.changed) == (1, 0)
    assert desk.patent(1).patentees == "新主人有限公司"
    assert desk.patent(1).listed_on == ON
    with reading(desk.engine) as connection:
        known = facts.of(connection, [number(1)])[number(1)]
    assert [fact.dated_on for fact in known] == [EARLIER, ON]


FIRST_LIST: list[Cells] = [*rows(6), row(20, 县区="清丰县"), row(30)]
SECOND_LIST: list[Cells] = [
    row(1, 专利权人="甲公司;乙公司"),
    row(2, 法律状态="等年费滞纳金"),
    *rows(2, first=3),
    row(20, 县区="华龙区"),
    row(7, 县区=""),
]


def test_the_order_of_two_lists_does_not_matter(
    desk: Desk, sqlite_template: Path
) -> None:
    desk.take(FIRST_LIST, EARLIER)
    desk.take(SECOND_LIST, ON)
    in_order = desk.content()
    assert desk.patent(30).missing_since_on == ON
    other = _another(desk, sqlite_template)
    other.take(SECOND_LIST, ON)
    other.take(FIRST_LIST, EARLIER)
    assert other.content() == in_order
    other.engine.dispose()


def _another(desk: Desk, template: Path) -> Desk:
    path = desk.folder / "another.db"
    shutil.copyfile(template, path)
    return Desk(
        connect(f"sqlite:///{path}"), desk.vault, desk.settings, desk.folder, 100
    )


# Undo


def test_an_undone_run_leaves_the_register_as_it_was(desk: Desk) -> None:
    desk.take([*rows(6), *rows(2, first=40, 县区="清丰县")], EARLIER)
    desk.take(rows(5), EARLIER + timedelta(days=5))
    tables = ("patents", "holders", "facts", "listings", "run_changes")
    looked_at(desk)
    before = desk.stored(*tables)
    found = desk.take(
        [
            row(1, 专利权人="甲公司;乙公司", 申请日="2015-06-03"),
            row(2, 法律状态="等年费滞纳金"),
            *rows(1, first=6),
            row(8),
            row(40, 县区="清丰县"),
        ]
    )
    assert (found.created, found.changed, found.vanished) == (1, 2, 4)
    assert desk.undo(found.run) == 5
    with transaction(desk.engine) as connection:
        unlooked = connection.execute(
            select(patents.c.application_no).where(patents.c.next_look_on.is_(None))
        ).scalars()
        assert {number(n) for n in (1, 2, 6, 40)} <= set(unlooked)
    looked_at(desk)
    assert desk.stored(*tables) == before


def test_an_undo_tried_only_changes_nothing(desk: Desk) -> None:
    found = desk.take(rows(2))
    before = desk.stored()
    assert desk.undo(found.run, dry_run=True) == 2
    assert desk.stored() == before


def test_an_undone_run_is_kept_with_who_and_why(desk: Desk) -> None:
    found = desk.take(rows(2))
    desk.undo(found.run)
    assert desk.patent(1) is None
    with reading(desk.engine) as connection:
        run = connection.execute(select(runs)).one()
        trail = connection.execute(select(audit)).one()
    assert (run.state, run.reason) == ("undone", "错")
    assert (trail.who, trail.action, trail.reason) == ("张", "import_undone", "错")


def test_a_run_is_undone_once_and_only_if_it_took_effect(desk: Desk) -> None:
    with pytest.raises(UsageError, match="没有编号为 9 的导入"):
        desk.undo(9)
    found = desk.take(rows(20), EARLIER)
    refused = desk.take(rows(1))
    with pytest.raises(UsageError, match="已被拒绝"):
        desk.undo(refused.run)
    desk.undo(found.run)
    with pytest.raises(UsageError, match="已经撤回"):
        desk.undo(found.run)


def test_a_run_on_which_a_later_list_was_built_is_undone_after_it(desk: Desk) -> None:
    first = desk.take(rows(3), EARLIER)
    elsewhere = desk.take(rows(3, first=50, 县区="清丰县"))
    later = desk.take(rows(3))
    with pytest.raises(UsageError, match=f"import undo {later.run}"):
        desk.undo(first.run)
    desk.undo(elsewhere.run)
    desk.undo(later.run)
    desk.undo(first.run)
    content = desk.content()
    assert content == {"patents": [], "holders": [], "facts": []}


def test_an_undone_list_lets_the_missing_be_missing_since_the_list_before(
    desk: Desk,
) -> None:
    day = EARLIER + timedelta(days=5)
    desk.take(rows(5), EARLIER)
    desk.take(rows(4), day)
    found = desk.take(rows(5))
    assert desk.patent(5).missing_since_on is None
    desk.undo(found.run)
    assert desk.patent(5).missing_since_on == day


# Rows


def test_a_row_twice_with_the_same_data_counts_once(desk: Desk) -> None:
    found = desk.take([row(1), row(2), row(1)])
    assert (found.read, found.accepted, found.skipped) == (3, 2, 1)
    (skip,) = found.skips
    assert (skip.code, skip.row) == ("duplicate_row", 4)
    assert "第 2、4 行" in skip.message


def test_a_row_twice_with_different_data_counts_not_at_all(desk: Desk) -> None:
    found = desk.take([row(1), row(2), row(1, 专利权人="别人", 申请日="2015-06-09")])
    assert (found.accepted, found.rejected) == (1, 2)
    assert [note.row for note in found.rejects] == [2, 4]
    assert set(codes(found.rejects)) == {"duplicate_conflict"}
    assert "（申请日、专利权人）" in found.rejects[0].message
    assert desk.patent(1) is None


def test_a_row_on_two_sheets_is_named_with_them(desk: Desk) -> None:
    path = write_xlsx(
        desk.path("xlsx"), {"甲": rows(2), "乙": [row(2, 发明名称="别的")]}
    )
    found = desk.take_file(path)
    assert (found.accepted, found.rejected) == (1, 2)
    assert [(note.sheet, note.row) for note in found.rejects] == [("甲", 3), ("乙", 2)]
    assert "工作表“甲”第 3 行、工作表“乙”第 2 行" in found.rejects[0].message


def test_a_ruined_number_is_known_by_its_grant_publication(desk: Desk) -> None:
    desk.take(rows(2), EARLIER)
    found = desk.take(
        [row(1, 申请号="2.01510E+11"), row(2), row(9, 申请号="2.01510E+11")]
    )
    assert (found.unchanged, found.rejected) == (2, 1)
    assert "number_repaired" in codes(found.warnings)
    assert codes(found.rejects) == ["number_damaged"]


def test_a_ruined_number_of_two_patents_is_not_guessed(desk: Desk) -> None:
    desk.take([row(1), row(2, 授权公告号="CN105000001B")], EARLIER)
    found = desk.take([row(1, 申请号="2.01510E+11")], partial=True)
    assert codes(found.rejects) == ["number_damaged"]


STATUSES = st.sampled_from(
    ["", "授权", "等年费滞纳金", "未缴年费专利权终止，等恢复", "放弃"]
)
NUMBERS = st.one_of(
    st.integers(1, 8).map(number),
    st.integers(1, 4).map(lambda n: number(n).replace(".", "")),
    st.sampled_from(["", "201510000001.0", "201520000001.1", "合计"]),
)
LINES = st.fixed_dictionaries(
    {
        "申请号": NUMBERS,
        "申请日": st.sampled_from(["2015-06-01", "2015.6.2", "2015-02-30", ""]),
        "专利权人": st.sampled_from(["甲公司", "甲公司;乙厂", "=1+1", ""]),
        "县区": st.sampled_from(["华龙区", "清丰县", "", "火星"]),
        "授权公告号": st.sampled_from(["CN105000001B", "CN105000002B", ""]),
        "已缴年费年度": st.sampled_from(["", "11", "九", "99"]),
        "查询日": st.sampled_from(["", "2026-11-01", "昨天"]),
        "法律状态": STATUSES,
    }
)


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(lists=st.lists(st.lists(LINES, min_size=1, max_size=12), min_size=1, max_size=3))
def test_every_row_of_any_file_is_accounted_for(
    desk: Desk, lists: list[list[Cells]]
) -> None:
    for offset, lines in enumerate(lists):
        on = EARLIER + timedelta(days=offset)
        found = desk.take(lines, on, force="试")
        assert adds_up(found)
        assert (found.read, found.refused) == (len(lines), False)
        assert len(found.rejects) == found.rejected
        again = desk.take(lines, on)
        assert adds_up(again)
        assert again.accepted == found.accepted
        assert (again.created, again.changed, again.vanished) == (0, 0, 0)


# Memory


def test_memory_does_not_grow_with_a_list(sqlite_desk: Desk) -> None:
    peaks = []
    for first, count in ((1, 20_000), (100_001, 60_000)):
        path = sqlite_desk.path()
        write_csv(path, [row(1)])
        with path.open("a", encoding="utf-8") as file:
            for serial in range(first, first + count):
                line = row(serial, 专利权人=f"第{serial % 500}机械有限公司")
                file.write(",".join(line.values()) + "\n")
        tracemalloc.start()
        found = sqlite_desk.take_file(path, Order(partial=True))
        peaks.append(tracemalloc.get_traced_memory()[1])
        tracemalloc.stop()
        assert found.created >= count
    assert peaks[1] < 1.3 * peaks[0], peaks
