"""The files of a backfill: what they are, of which day, in which order."""

import itertools
import json
import os
import shutil
from datetime import date
from pathlib import Path

import pytest

from patentwatch import clock
from patentwatch.backfill.files import BackfillFile, FileKind, find, key_of
from patentwatch.errors import InputError, UsageError
from patentwatch.register.limits import DEFAULT
from tests.backfill.city import of, put_files, right, unpaid
from tests.lists import ON, rows, write_csv, write_xlsx
from tests.sources import made
from tests.test_people_intake import contact, payment

TO = date(2026, 1, 1)
NOTICE = {
    "申请号": of(2),
    "法律状态公告日": "2022-05-06",
    "法律状态": "专利权的终止",
    "法律状态信息": "未缴年费专利权终止",
}


def found(*sources: Path, to_on: date = TO) -> list[BackfillFile]:
    return find(sources, limits=DEFAULT, to_on=to_on, on=ON)[0]


def late(*sources: Path, to_on: date = TO) -> list[Path]:
    return find(sources, limits=DEFAULT, to_on=to_on, on=ON)[1]


def kind(path: Path) -> FileKind:
    (one,) = found(path)
    return one.kind


# What a file is


def test_each_kind_of_file_is_known_by_its_content(tmp_path: Path) -> None:
    a, b, c, d, e = (tmp_path / f"{name}_2021-01-01" for name in "abcde")
    assert kind(write_csv(a, rows(2))) is FileKind.REGISTER
    assert kind(write_csv(b, [payment()])) is FileKind.PAYMENTS
    assert kind(write_csv(c, [unpaid()])) is FileKind.CHECK_SHEET
    assert kind(write_csv(d, [NOTICE])) is FileKind.STATUS
    assert kind(write_csv(e, [{"申请号": of(1), "案件状态": "专利权维持"}])) is (
        FileKind.STATUS
    )


@pytest.mark.parametrize(
    "content",
    [
        made.prs(made.record()),
        made.zipped({"a.xml": made.prs(made.record())}),
        made.lines({"application_no": of(1), "code": "GR01"}),
        json.dumps(made.fee_page()).encode(),
        json.dumps(made.bibliographic()).encode(),
    ],
    ids=["xml", "zip", "json-lines", "fee-page", "bibliographic-page"],
)
def test_what_sources_of_legal_status_give_is_legal_status(
    content: bytes, tmp_path: Path
) -> None:
    (tmp_path / "x").write_bytes(content)
    assert kind(tmp_path / "x") is FileKind.STATUS


def test_a_workbook_is_a_list(tmp_path: Path) -> None:
    book = write_xlsx(tmp_path / "清单 2021.3.1.xlsx", {"清单": rows(1)})
    assert kind(book) is FileKind.REGISTER


def test_notices_with_filing_dates_are_no_list_of_patents(tmp_path: Path) -> None:
    dated = NOTICE | {"申请日": "2014-09-01"}
    assert kind(write_csv(tmp_path / "n.csv", [dated])) is FileKind.STATUS


def test_a_list_with_the_day_of_its_status_is_a_list_of_patents(tmp_path: Path) -> None:
    dated = right(1) | {"法律状态日期": "2021-03-01"}
    assert kind(write_csv(tmp_path / "2021-12-31.csv", [dated])) is FileKind.REGISTER


@pytest.mark.parametrize("line", [contact(), {"一": "1", "二": "2"}])
def test_what_cannot_fill_the_past_is_refused_by_name(
    line: dict[str, str], tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "x.csv", [line])
    with pytest.raises(InputError) as refused:
        found(path)
    assert refused.value.code == "kind_unknown"
    assert str(refused.value) == (
        "x.csv：不是清单、法律状态、缴费记录或核查表，不能用于回填；请从来源中去掉"
    )


def test_an_empty_file_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.csv").touch()
    with pytest.raises(InputError) as refused:
        found(tmp_path)
    assert refused.value.code == "empty_file"


def test_a_source_that_is_not_there_is_wrong_usage(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="不存在"):
        found(tmp_path / "nowhere")


# The day of a list


@pytest.mark.parametrize(
    ("name", "above", "day"),
    [
        pytest.param("x.csv", "截至日期：2021-12-31", "2021-12-31", id="inside"),
        pytest.param("2020-01-01.csv", "截至日期：2021-12-31", "2021-12-31", id="both"),
        pytest.param("清单_2021-12-31.csv", "", "2021-12-31", id="dashes"),
        pytest.param("清单20211231.csv", "", "2021-12-31", id="digits"),
        pytest.param("清单2021年12月31日.csv", "", "2021-12-31", id="words"),
        pytest.param("2021.3.1清单.csv", "", "2021-03-01", id="short"),
        pytest.param("20240229.csv", "", "2024-02-29", id="leap-day"),
        pytest.param("a20211231_b2021-12-31.csv", "", "2021-12-31", id="twice"),
    ],
)
def test_a_list_has_the_day_that_it_says_or_that_its_name_says(
    name: str, above: str, day: str, tmp_path: Path
) -> None:
    (one,) = found(write_csv(tmp_path / name, rows(1), above=above))
    assert one.as_of_on == date.fromisoformat(day)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("清单.csv", id="none"),
        pytest.param("清单2021.csv", id="a-year"),
        pytest.param("2020-12-31至2021-12-31.csv", id="two"),
        pytest.param("20210229.csv", id="no-such-day"),
        pytest.param("120211231.csv", id="a-number"),
    ],
)
def test_a_list_of_which_no_day_is_known_is_refused(name: str, tmp_path: Path) -> None:
    path = write_csv(tmp_path / name, rows(1))
    with pytest.raises(InputError) as refused:
        found(path)
    assert refused.value.code == "as_of_unknown"
    assert str(refused.value) == (
        f"{name}：看不出清单的截至日期；请在表头上方写明“截至日期”，"
        "或把日期写进文件名，如 清单_2023-12-31.csv"
    )


@pytest.mark.parametrize(
    ("to_on", "left_out"),
    [(date(2021, 12, 30), 1), (date(2021, 12, 31), 0), (TO, 0)],
)
def test_a_list_newer_than_the_period_is_left_out(
    to_on: date, left_out: int, tmp_path: Path
) -> None:
    path = write_csv(tmp_path / "2021-12-31.csv", rows(1))
    assert late(tmp_path, to_on=to_on) == [path] * left_out
    assert len(found(tmp_path, to_on=to_on)) == 1 - left_out


def test_only_lists_can_be_too_new(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "n.csv", [NOTICE])
    assert found(path, to_on=date(2020, 1, 1))


# Which files are the same


def test_a_folder_stands_for_all_that_is_in_it_and_below(tmp_path: Path) -> None:
    files = put_files(tmp_path / "past" / "deep")
    (tmp_path / "past" / ".hidden").write_text("x")
    (tmp_path / "past" / "~$清单.xlsx").write_text("x")
    assert {one.path for one in found(tmp_path / "past")} == set(files)


def test_the_same_file_twice_counts_once(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "2021-12-31.csv", rows(1))
    shutil.copy(path, tmp_path / "copy 20211231.csv")
    assert len(found(tmp_path, path)) == 1


def test_the_same_list_on_two_days_is_two(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "2021-12-31.csv", rows(1))
    shutil.copy(path, tmp_path / "2022-12-31.csv")
    first, second = found(tmp_path)
    assert first.sha256 == second.sha256
    assert first.key != second.key


def test_the_same_page_saved_for_two_patents_is_two(tmp_path: Path) -> None:
    page = json.dumps(made.fee_page())
    for serial in (1, 2):
        (tmp_path / f"{of(serial)}.json").write_text(page)
    assert len(found(tmp_path)) == 2


def written_on(path: Path, day: date) -> None:
    seconds = clock.at_nine(day).timestamp()
    os.utime(path, (seconds, seconds))


def test_what_was_looked_up_has_the_day_on_which_it_was_first_written(
    tmp_path: Path,
) -> None:
    line = [{"申请号": of(1), "案件状态": "专利权维持"}]
    for name, day in (("a", 3), ("b", 1), ("c", 2)):
        written_on(write_csv(tmp_path / name, line), date(2022, 1, day))
    (one,) = found(tmp_path)
    assert one.as_of_on == date(2022, 1, 1)


def test_nothing_was_looked_up_after_today(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "a", [NOTICE])
    written_on(path, date(2027, 1, 1))
    assert found(path)[0].as_of_on == ON


# Their order


def test_lists_come_by_their_days_then_events_then_payments_then_check_sheets(
    tmp_path: Path,
) -> None:
    put_files(tmp_path)
    assert [one.kind.value for one in found(tmp_path)] == (
        ["register"] * 4 + ["status"] * 2 + ["payments", "check_sheet"]
    )
    days = [one.as_of_on for one in found(tmp_path)][:4]
    assert days == [date(year, 12, 31) for year in (2021, 2022, 2023, 2024)]


def test_the_order_does_not_depend_on_how_files_are_named(tmp_path: Path) -> None:
    files = put_files(tmp_path)
    wanted = [one.key for one in found(tmp_path)]
    for some in itertools.islice(itertools.permutations(files), 0, 40320, 4999):
        assert [one.key for one in found(*some)] == wanted


def test_a_backfill_is_another_with_another_file_or_day_or_rule(tmp_path: Path) -> None:
    path = write_csv(tmp_path / "2021-12-31.csv", rows(1))
    before = found(path)
    keys = {key_of(before, *parts) for parts in ((), ("a",), ("b",), ("a", "b"))}
    write_csv(path, rows(2))
    assert len(keys | {key_of(found(path))}) == 5


def test_a_backfill_is_the_same_wherever_its_files_lie(tmp_path: Path) -> None:
    keys = set()
    for folder in ("here", "there"):
        put_files(tmp_path / folder)
        keys.add(key_of(found(tmp_path / folder)))
    assert len(keys) == 1
