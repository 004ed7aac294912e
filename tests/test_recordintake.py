"""Files of records: in, the same again, out and in again, and what is refused."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import openpyxl
import pytest
import xlsxwriter
from hypothesis import HealthCheck, example, given
from hypothesis import settings as tries
from hypothesis import strategies as st
from sqlalchemy import Engine

from patentwatch import recordexport, recordintake
from patentwatch.errors import InputError
from patentwatch.plan.kinds import Kind, kinds
from patentwatch.plan.records import Link, LinkTo
from patentwatch.plan.recordsheet import columns, headings_of
from patentwatch.plan.templatebook import write_template
from patentwatch.recordintake import Order
from patentwatch.register.columns import layout_of
from patentwatch.register.result import Intake
from patentwatch.settings import Settings
from patentwatch.store import recordkeeping, recordlinks, records
from patentwatch.store.engine import reading, transaction
from patentwatch.store.records import Record, Wanted
from patentwatch.store.vault import Vault
from tests.lists import (
    COUNTIES,
    NOW,
    Desk,
    adds_up,
    codes,
    number,
    write_csv,
    write_xlsx,
)
from tests.lists import rows as patents
from tests.make_records import LOAN, loan, plan

NAMES = {county.code: county.name for county in COUNTIES}
KEPT = ("records", "record_links", "record_changes")


class Office(Desk):
    """A desk at which records are brought and taken away."""

    def bring(
        self,
        lines: Sequence[Mapping[str, str]] | Path,
        kind: Kind = LOAN,
        **order: Any,
    ) -> Intake:
        """Take rows, or a file, as records; the account always adds up."""
        path = lines if isinstance(lines, Path) else write_csv(self.path(), lines)
        found = recordintake.import_records(
            self.engine, self.settings, kind, path, Order(**order), now=NOW
        )
        adds_up(found)
        return found

    def records(self, **wanted: Any) -> list[Record]:
        """Return the stored records."""
        with reading(self.engine) as connection:
            return list(records.find(connection, Wanted(**wanted)))

    def export(self, ending: str) -> Path:
        """Write the loans as a table."""
        out = self.path(ending)
        with reading(self.engine) as connection:
            found = records.find(connection, Wanted(kinds=["loan"]))
            if ending == "csv":
                recordexport.write_csv(out, LOAN, found, NAMES)
            else:
                recordexport.write_xlsx(out, [(LOAN, found)], NAMES)
        return out


@pytest.fixture
def office(
    engine: Engine, vault: Vault, settings: Callable[..., Settings], tmp_path: Path
) -> Office:
    return Office(engine, vault, settings(), tmp_path)


@pytest.fixture
def sqlite_office(
    sqlite_engine: Engine,
    vault: Vault,
    settings: Callable[..., Settings],
    tmp_path: Path,
) -> Office:
    return Office(sqlite_engine, vault, settings(), tmp_path)


def test_a_file_is_taken_and_counted_and_noted(office: Office) -> None:
    lines = [loan(序号="示例"), loan(), loan(登记号="Y2", 质押物="房")]
    found = office.bring(lines, by="李")
    assert (found.read, found.accepted, found.skipped, found.rejected) == (3, 1, 1, 1)
    assert (found.created, found.needs_a_person) == (1, True)
    (note,) = found.rejects
    assert (note.row, note.column, note.code, note.value) == (
        4,
        "质押物",
        "bad_choice",
        "房",
    )
    (kept,) = office.records()
    assert (kept.run_id, kept.row, kept.recorded_by) == (found.run, 3, "李")
    (run,) = office.stored("runs")["runs"]
    assert "records" in run
    assert len(office.stored("run_notes")["run_notes"]) == 2


def test_the_same_file_again_changes_nothing(office: Office) -> None:
    lines = [loan(专利号=number(1)), loan(登记号="Y2", 备注="=1+1")]
    office.bring(lines)
    before = office.stored(*KEPT)
    again = office.bring(lines)
    assert (again.accepted, again.unchanged, again.changed) == (2, 2, 0)
    assert office.stored(*KEPT) == before
    assert len(before["records"]) == 2


def test_a_trial_tells_every_difference_and_stores_nothing(office: Office) -> None:
    with transaction(office.engine) as connection:
        plan(connection)
    office.bring([loan(), loan(登记号="Y2")])
    before = office.stored()
    lines = [
        loan(**{"贷款金额（元）": "600万元"}, 县区="清丰县", 对应承诺="3.1"),
        loan(登记号="Y2"),
        loan(登记号="Y3"),
    ]
    trial = office.bring(lines, dry_run=True)
    assert office.stored() == before
    assert trial.run is None
    assert (trial.created, trial.changed, trial.unchanged) == (1, 1, 1)
    assert [(one["row"], one["word"]) for one in trial.changes] == [
        (2, "changed"),
        (3, "unchanged"),
        (4, "created"),
    ]
    changed, unchanged, created = trial.changes
    assert changed["fields"] == [
        {"field": "county", "label": "县区", "old": "华龙区", "new": "清丰县"},
        {"field": "amount", "label": "贷款金额", "old": "5000000", "new": "6000000"},
        {
            "field": "commitments",
            "label": "对应承诺",
            "old": "",
            "new": "city-2026/3.1",
        },
    ]
    assert unchanged["fields"] == created["fields"] == []
    assert created["record"] is None
    real = office.bring(lines)
    assert (real.created, real.changed, real.unchanged) == (1, 1, 1)


def test_an_emptied_cell_empties_the_field(office: Office) -> None:
    office.bring([loan(备注="旧")])
    found = office.bring([loan()])
    assert found.changes[0]["fields"] == [
        {"field": "note", "label": "备注", "old": "旧", "new": ""}
    ]
    assert "note" not in office.records()[0].fields


def test_the_same_record_twice_in_a_file_counts_once(office: Office) -> None:
    found = office.bring([loan(), loan(登记号="ｙ １", 序号="2"), loan()])
    # The first row and the last say the same, the second another number text.
    assert (found.accepted, found.rejected) == (0, 3)
    assert codes(found.rejects) == ["duplicate_conflict"] * 3
    assert "第 2 行、第 3 行、第 4 行" in found.rejects[0].message
    same = office.bring([loan(), loan(序号="2")])
    assert (same.created, same.skipped) == (1, 1)
    assert codes(same.skips) == ["duplicate_row"]


def test_a_withdrawn_record_is_not_brought_back_by_its_file(office: Office) -> None:
    office.bring([loan()])
    (kept,) = office.records()
    with transaction(office.engine) as connection:
        recordkeeping.withdraw(connection, kept.id, by="王", reason="错", now=NOW)
    found = office.bring([loan(备注="新")])
    assert (found.unchanged, found.changed) == (1, 0)
    assert codes(found.warnings) == ["record_withdrawn"]
    assert office.records() == []


def test_an_unknown_patent_is_kept_and_said(office: Office) -> None:
    office.take(patents(1))
    found = office.bring([loan(专利号=f"{number(1)}；{number(2)}")])
    assert codes(found.warnings) == ["patent_unknown"]
    assert found.warnings[0].value == number(2)
    with reading(office.engine) as connection:
        (kept,) = records.find(connection, Wanted(patent=number(2)))
    assert [one.link.to_key for one in kept.ties if one.link.link == "secures"] == [
        number(1),
        number(2),
    ]


def test_columns_that_name_nothing_are_warned_of_once(office: Office) -> None:
    lines = [loan(登记号=f"Y{n}") | {"奇怪列": "x"} for n in range(3)]
    found = office.bring(lines)
    assert codes(found.warnings) == ["column_unknown"]
    assert (found.warnings[0].row, found.warnings[0].column) == (1, "奇怪列")
    assert found.created == 3


def test_every_sheet_with_the_header_is_read_and_names_its_county(
    office: Office,
) -> None:
    path = write_xlsx(
        office.path("xlsx"),
        {
            "清丰县": [loan(登记号="A", 县区="")],
            "南乐县": [loan(登记号="B", 县区="")],
            "说明": [{"列名": "登记号", "怎么填": "文字"}],
        },
    )
    assert office.bring(path).created == 2
    assert {one.natural_key: one.county for one in office.records()} == {
        "a": "410922",
        "b": "410923",
    }


def test_a_sheet_of_another_kind_is_left_alone(office: Office) -> None:
    path = write_xlsx(
        office.path("xlsx"),
        {"贷款": [loan()], "政策文件": [loan(登记号="Y2")]},
    )
    found = office.bring(path)
    assert (found.created, codes(found.warnings)) == (1, ["sheet_left_out"])
    only = write_xlsx(office.path("xlsx"), {"政策文件": [loan(登记号="Y2")]})
    with pytest.raises(InputError) as caught:
        office.bring(only)
    assert caught.value.code == "wrong_kind"
    assert len(office.records()) == 1


def test_nothing_of_a_file_in_a_strange_currency_is_taken(office: Office) -> None:
    line = loan()
    del line["贷款金额（元）"]
    before = office.stored()
    with pytest.raises(InputError) as caught:
        office.bring([line | {"贷款金额（美元）": "5"}])
    assert caught.value.code == "unit_unknown"
    assert office.stored() == before


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_text_files_are_read_in_the_encodings_of_offices(
    sqlite_office: Office, encoding: str
) -> None:
    path = write_csv(sqlite_office.path(), [loan(备注="龙")], encoding=encoding)
    found = sqlite_office.bring(path)
    assert (found.created, found.warnings) == (1, [])
    assert sqlite_office.records()[0].fields["note"] == "龙"


def test_a_header_is_found_below_a_title(sqlite_office: Office) -> None:
    path = write_csv(sqlite_office.path(), [loan()], above="2026年贷款汇总表,,,")
    found = sqlite_office.bring(path)
    assert (found.created, found.sheets[0]["header_row"]) == (1, 2)
    assert found.sheets[0]["kind"] == "loan"


def test_cells_of_a_workbook_may_be_days_and_numbers(sqlite_office: Office) -> None:
    path = sqlite_office.path("xlsx")
    line: dict[str, Any] = dict(loan())
    line |= {"贷款金额（元）": 1234.56, "登记号": 2026000000001, "利率（%）": 3.5}
    write_xlsx(path, {"贷款": [line]})
    sqlite_office.bring(path)
    (kept,) = sqlite_office.records()
    assert kept.fields["amount"] == 123_456
    assert kept.fields["number"] == "2026000000001"
    assert kept.fields["rate"] == "3.5"


def test_digits_that_a_spreadsheet_has_eaten_are_not_taken(
    sqlite_office: Office,
) -> None:
    path = sqlite_office.path("xlsx")
    write_xlsx(path, {"贷款": [dict(loan()) | {"登记号": 20260000000000012345}]})
    found = sqlite_office.bring(path)
    assert codes(found.rejects) == ["number_damaged"]


def test_a_long_file_is_taken_in_pieces(sqlite_office: Office) -> None:
    lines = [loan(登记号=f"Y{n}", 专利号=number(n)) for n in range(1, 1203)]
    assert sqlite_office.bring(lines).created == 1202
    assert sqlite_office.bring(lines).unchanged == 1202


# --- out and in again

TRICKY = [
    "=cmd|' /C calc'!A0", '=HYPERLINK("http://x")', "+1", "-1", "@SUM(A1)", "\t=1",
    "＝１", "＋1", "－1", "＠x", "'=1", "''=1", "'", '"', 'a"b', "一\n二", "\r", "🎉𠮷",
    "　全角　空格　", "ｆｕｌｌ", "_x0041_", "_x005F_x0041_", '="1"', '="="1""', "-",
    "\u200b", "\u202e倒", "\ufeff", "\ufffe", "\x00", "=?utf-8?q?x?=", "1E+20", "<&>",
    "a,b;c|d、e；f", "1.甲 2.乙", "?甲", "合计", "示例", "None", "2026-01-01", "５００",
    "\u2028", "—", "e\u0301", "=" * 500, "字" * 500, "''＝", "'-",
]  # fmt: skip
anything = st.one_of(
    st.sampled_from(TRICKY),
    st.text(max_size=40),
    st.text("=+-@'\"＝＋－＠ \n\t,;；、|?_x0041\u200b甲1.", max_size=20),
    st.lists(st.sampled_from(TRICKY), min_size=2, max_size=3).map("".join),
)


def _round_trips(office: Office, lines: Sequence[Mapping[str, str]]) -> None:
    """Let rows go in and out by both tables; nothing may change on the way."""
    path = write_xlsx_of(office.path("xlsx"), lines)
    office.bring(path)
    before = office.stored(*KEPT)
    for ending in ("xlsx", "csv"):
        again = office.bring(office.export(ending))
        assert again.unchanged == again.read == len(before["records"])
        assert office.stored(*KEPT) == before


def write_xlsx_of(path: Path, lines: Sequence[Mapping[str, str]]) -> Path:
    """Write rows as text, as far as a workbook can hold them."""
    with xlsxwriter.Workbook(str(path)) as book:
        sheet = book.add_worksheet("表")
        for row, cells in enumerate((list(lines[0]), *(x.values() for x in lines))):
            for place, cell in enumerate(cells):
                kept = "".join(c for c in cell if c not in "\ufffe\uffff\x00")
                sheet.write_string(row, place, kept)
    return path


@tries(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(anything, anything)
@example("=cmd|' /C calc'!A0", "_x0041_")
@example("''=1", "一\n二")
def test_any_text_survives_export_and_import(
    sqlite_office: Office, note: str, borrower: str
) -> None:
    with transaction(sqlite_office.engine) as connection:
        connection.exec_driver_sql("DELETE FROM records")
    lines = [loan(备注=note, 借款人=f"甲{borrower}"), loan(登记号="Y2", 备注="满")]
    _round_trips(sqlite_office, lines)


def test_tricky_texts_survive_on_both_databases(office: Office) -> None:
    lines = [
        loan(登记号=f"乙{place}{text[:480]}", 备注=text, 借款人=f"甲{text[:480]}")
        for place, text in enumerate(TRICKY)
    ]
    _round_trips(office, lines)
    assert len(office.records()) == len(TRICKY) - 1  # a ruined number is refused


def test_everything_a_record_says_survives(office: Office) -> None:
    with transaction(office.engine) as connection:
        plan(connection)
        plan(connection, "other-2026", ids=["1.1"])
    full = loan(
        专利号=f"{number(1)}、{number(2)}",
        结清日期="2026-09-01",
        质押物="商标",
        对应承诺="city-2026/3.1、other-2026/1.1",
        **{
            "就业人数（人）": "12",
            "利率（%）": "-0.125",
            "贷款金额（元）": "0.01",
        },
    )
    _round_trips(office, [full, loan(登记号="Y2", 县区="", 质权人="")])
    assert {one.county for one in office.records()} == {"410902", None}


def test_a_formula_in_an_exported_table_is_text(sqlite_office: Office) -> None:
    path = write_xlsx_of(sqlite_office.path("xlsx"), [loan(备注="=1+1")])
    sqlite_office.bring(path)
    book = openpyxl.load_workbook(sqlite_office.export("xlsx"))
    cells = [cell for row in book["贷款"].iter_rows() for cell in row]
    assert [cell.value for cell in cells if cell.data_type == "f"] == []
    assert "=1+1" in [cell.value for cell in cells]
    book.close()
    assert "'=1+1" in sqlite_office.export("csv").read_text("utf-8-sig")


def test_the_exported_table_has_the_columns_of_the_template(
    sqlite_office: Office,
) -> None:
    sqlite_office.bring([loan()])
    book = openpyxl.load_workbook(sqlite_office.export("xlsx"))
    head = [cell.value for cell in next(book["贷款"].iter_rows())]
    book.close()
    assert head == list(columns(LOAN))


def test_what_was_tied_by_hand_is_not_exported_as_the_rows_own(
    sqlite_office: Office,
) -> None:
    sqlite_office.bring([loan()])
    (kept,) = sqlite_office.records()
    by_hand = Link("counts_for", LinkTo.COMMITMENT, "city-2026/3.1")
    with transaction(sqlite_office.engine) as connection:
        recordlinks.tie_by_hand(connection, kept.id, by_hand)
    before = sqlite_office.stored(*KEPT)
    assert sqlite_office.bring(sqlite_office.export("xlsx")).unchanged == 1
    assert sqlite_office.stored(*KEPT) == before


@pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.key)
def test_the_example_of_every_template_can_be_imported(
    sqlite_office: Office, kind: Kind
) -> None:
    """Once the clerk has put a number in place of the word that marks the example."""
    with transaction(sqlite_office.engine) as connection:
        plan(connection)
    path = sqlite_office.path("xlsx")
    write_template(kind, path, counties=COUNTIES, commitments=[("3.1", "原文")])
    untouched = sqlite_office.bring(path, kind)
    assert (untouched.read, untouched.skipped) == (1, 1)
    assert codes(untouched.skips) == ["example_row"]
    book = openpyxl.load_workbook(path)
    book[kind.label].cell(row=2, column=1).value = "1"
    book.save(path)
    book.close()
    filled = sqlite_office.bring(path, kind)
    assert (filled.rejects, filled.created) == ([], 1)
    assert set(codes(filled.warnings)) <= {"patent_unknown"}
    (kept,) = sqlite_office.records()
    assert (kept.kind, kept.title != "") == (kind.key, True)
    assert all(kept.fields.get(f.key) for f in kind.fields if f.required)


def test_two_kinds_with_the_same_label_word_do_not_steal_columns() -> None:
    for kind in kinds().values():
        found = headings_of(kind)
        heads = list(columns(kind))
        fields = ["serial", *(f.key for f in kind.fields), "commitments"]
        layout = layout_of(heads, found)
        assert [layout.positions[f] for f in fields] == list(range(len(heads)))
        assert layout.unknown == layout.ignored == ()


def test_a_kind_without_patents_has_no_column_for_them() -> None:
    bare = replace(LOAN, fields=tuple(f for f in LOAN.fields if f.key != "patents"))
    layout = layout_of(list(loan()), headings_of(bare))
    assert layout.unknown == ("专利号",)
