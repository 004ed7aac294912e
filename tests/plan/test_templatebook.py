"""The sheet to fill in, opened by two readers that are not its writer."""

import io
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from python_calamine import CalamineWorkbook

from patentwatch.model import County
from patentwatch.plan.kinds import FieldType, Kind, kinds
from patentwatch.plan.templatebook import write_template
from patentwatch.register import numbers

COUNTIES = (County("410902", "华龙区"), County("410922", "清丰县"))
COMMITMENTS = [("9.1", "=质押融资贷款额突破2亿元"), ("9.3", "混合质押和保险")]

Written = Callable[..., Path]


@pytest.fixture
def written(tmp_path: Path) -> Written:
    """Return a writer of one kind's workbook."""

    def write(kind: str = "pledge_loan", **given: Any) -> Path:
        out = tmp_path / "sheet.xlsx"
        write_template(kinds()[kind], out, **({"counties": COUNTIES} | given))
        return out

    return write


def drop_downs(sheet: Any) -> dict[str, Any]:
    """Return the rule of every column that has a list, by its heading."""
    heads = [cell.value for cell in sheet[1]]
    return {
        heads[area.min_col - 1]: rule
        for rule in sheet.data_validations.dataValidation
        if rule.type == "list"
        for area in rule.sqref.ranges
    }


EVERY = pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.key)


@EVERY
def test_a_template_has_a_column_for_every_field(kind: Kind, written: Written) -> None:
    book = CalamineWorkbook.from_path(written(kind.key))
    assert book.sheet_names[:2] == [kind.label, "说明"]
    head, example = book.get_sheet_by_name(kind.label).to_python()
    assert head[0] == "序号"
    assert head[-1] == "对应承诺"
    bare = [str(title).partition("（")[0] for title in head[1:-1]]
    assert bare == [field.label for field in kind.fields]
    assert example[0] == "示例"
    assert len(set(head)) == len(head)


@EVERY
def test_the_example_fills_in_all_that_is_required(
    kind: Kind, written: Written
) -> None:
    sheet = CalamineWorkbook.from_path(written(kind.key)).get_sheet_by_index(0)
    _, example = sheet.to_python()
    for field, cell in zip(kind.fields, example[1:-1], strict=True):
        assert cell or not field.required
        if field.type is FieldType.PATENTS:
            assert numbers.parse(str(cell)).valid
        if field.type is FieldType.CHOICE and cell:
            assert cell in field.choices


@EVERY
def test_every_cell_is_text_and_none_is_a_formula(kind: Kind, written: Written) -> None:
    book = openpyxl.load_workbook(written(kind.key, commitments=COMMITMENTS))
    cells = [cell for sheet in book for line in sheet for cell in line]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}


@EVERY
def test_every_choice_and_every_county_has_a_drop_down(
    kind: Kind, written: Written
) -> None:
    sheet = openpyxl.load_workbook(written(kind.key))[kind.label]
    found = {head: rule.formula1 for head, rule in drop_downs(sheet).items()}
    assert found == {
        field.label: f'"{",".join(field.choices)}"'
        for field in kind.fields
        if field.type is FieldType.CHOICE
    } | {"县区": '"华龙区,清丰县"'}


def test_the_unit_stands_in_full_width_brackets(written: Written) -> None:
    sheet = openpyxl.load_workbook(written())["质押贷款"]
    assert "贷款金额（元）" in [cell.value for cell in sheet[1]]


def test_required_columns_differ_by_colour_alone(written: Written) -> None:
    head = openpyxl.load_workbook(written())["质押贷款"][1]
    colours = {cell.value: cell.fill.fgColor.rgb for cell in head}
    assert colours["贷款金额（元）"] == colours["质权人"] != colours["结清日期"]
    assert colours["序号"] == colours["对应承诺"] == colours["结清日期"]


def test_what_is_typed_below_stays_text_and_is_checked(written: Written) -> None:
    sheet = openpyxl.load_workbook(written())["质押贷款"]
    assert {one.number_format for one in sheet[2]} == {"@"}
    columns = sheet.column_dimensions
    assert {columns[letter].number_format for letter in "ABCF"} == {"@"}
    rules = sheet.data_validations.dataValidation
    assert all(area.max_row >= 1000 for one in rules for area in one.sqref.ranges)


def test_a_wrong_choice_is_stopped_and_a_hint_is_shown(written: Written) -> None:
    rule = drop_downs(openpyxl.load_workbook(written())["质押贷款"])["质押物类型"]
    assert rule.showErrorMessage
    assert rule.errorStyle in (None, "stop")
    assert (rule.showInputMessage, rule.promptTitle) == (True, "质押物类型")
    assert rule.prompt == "混合质押的，选主要的一种"


def test_many_counties_are_listed_all_the_same(written: Written) -> None:
    many = [County(str(n), f"某某某某经济技术开发区{n}") for n in range(30)]
    book = openpyxl.load_workbook(written(counties=many))
    rule = drop_downs(book["质押贷款"])["县区"]
    assert rule.formula1 == "选项!$A$1:$A$30"
    assert book["选项"].sheet_state == "hidden"
    assert [line[0] for line in book["选项"].values] == [one.name for one in many]


def test_without_counties_the_column_is_free(written: Written) -> None:
    sheet = openpyxl.load_workbook(written(counties=()))["质押贷款"]
    assert "县区" not in drop_downs(sheet)
    assert "县区" in [cell.value for cell in sheet[1]]


def test_commitments_can_be_chosen_and_several_may_be_typed(written: Written) -> None:
    book = openpyxl.load_workbook(written(commitments=COMMITMENTS))
    rule = drop_downs(book["质押贷款"])["对应承诺"]
    assert rule.formula1 == "承诺!$A$2:$A$3"
    assert not rule.showErrorMessage
    assert [tuple(line) for line in book["承诺"].values][1:] == COMMITMENTS


def test_the_guide_says_what_identifies_and_what_proves(written: Written) -> None:
    guide = openpyxl.load_workbook(written())["说明"]
    said = "\n".join(str(line[0]) for line in guide.values if line[0])
    assert "按“质押登记号”识别同一条记录" in said
    assert "填了“结清日期”的，从那一天起不再算有效" in said
    assert "佐证材料：质押登记通知书" in said
    assert "patentwatch record import pledge_loan" in said
    lines = {str(line[0]): line for line in guide.values}
    assert lines["质押登记号"][2] == "必填"
    assert lines["质押登记号"][5] == "是"
    assert lines["贷款金额（元）"][4] == "元"
    assert not lines["贷款金额（元）"][5]
    assert lines["是否混合质押"][3] == "是、否"
    assert lines["县区"][3] == "华龙区、清丰县"


def test_equal_kinds_give_equal_bytes(written: Written) -> None:
    first = written().read_bytes()
    assert first == written().read_bytes()
    assert openpyxl.load_workbook(io.BytesIO(first)).properties.created is not None
