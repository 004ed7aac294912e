from collections.abc import Mapping, Sequence
from datetime import date
from types import MappingProxyType

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.model import County, Patent, PatentNumber, PatentType
from patentwatch.register.cells import Row
from patentwatch.register.columns import Kind, layout_of
from patentwatch.register.numbercells import Known
from patentwatch.register.outcome import Outcome
from patentwatch.register.rows import RegisterRows

HUALONG = County("410902", "华龙区")
COUNTIES = (HUALONG, County("410928", "濮阳县", aliases=("濮县",)))
TODAY = date(2026, 11, 22)
GOOD = {"申请号": "201310199708.X", "申请日": "2013-05-24", "县区": "华龙区"}


def read(
    cells: Mapping[str, str] = MappingProxyType({}),
    *,
    sheet: str = "",
    numeric: Sequence[str] = (),
    types: Sequence[PatentType] = (PatentType.INVENTION,),
    known: Known | None = None,
    extra: Sequence[str] = (),
) -> Outcome[Patent]:
    fields = {**GOOD, **cells}
    layout = layout_of(list(fields), Kind.REGISTER, sheet=sheet)
    rows = RegisterRows(
        layout, counties=COUNTIES, types=types, today=TODAY, known=known
    )
    places = frozenset(i for i, header in enumerate(fields) if header in numeric)
    return rows.read(Row(5, [*fields.values(), *extra], places))


def rejected(outcome: Outcome[Patent]) -> str:
    assert outcome.reject is not None
    assert outcome.value is None
    assert outcome.reject.row == 5
    return outcome.reject.code


def skipped(outcome: Outcome[Patent]) -> str:
    assert outcome.skip is not None
    assert outcome.value is None
    return outcome.skip.code


def taken(outcome: Outcome[Patent]) -> Patent:
    assert outcome.value is not None, outcome
    return outcome.value


def warned(outcome: Outcome[Patent]) -> list[str]:
    assert outcome.value is not None, outcome
    return [note.code for note in outcome.warnings]


def test_a_full_row_becomes_a_patent() -> None:
    outcome = read(
        {
            "发明名称": "一种装置",
            "授权公告日": "2016.08.10",
            "授权公告号": "CN103294796B",
            "专利权人": "甲公司；乙大学;",
            "统一社会信用代码": "91330000712550473W",
            "地址": "457000 河南省濮阳市",
            "分类号": "G01C21/00(2006.01)I",
            "代理机构": "某代理所",
            "费减比例": "85%",
            "已缴年费年度": "第5年",
            "法律状态": "专利权维持",
            "查询日": "2026-10-01",
            "是否高价值": "是",
        }
    )
    assert outcome.warnings == ()
    assert taken(outcome) == Patent(
        application_no=PatentNumber("201310199708.X"),
        patent_type=PatentType.INVENTION,
        filing_on=date(2013, 5, 24),
        title="一种装置",
        grant_on=date(2016, 8, 10),
        grant_publication_no="CN103294796B",
        patentees=("甲公司", "乙大学"),
        credit_codes=("91330000712550473W",),
        address="457000 河南省濮阳市",
        county="410902",
        ipc="G01C21/00(2006.01)I",
        agency="某代理所",
        reduction=85,
        paid_through=5,
        legal_status="专利权维持",
        queried_on=date(2026, 10, 1),
        high_value=True,
    )


def test_two_required_cells_are_enough() -> None:
    patent = taken(read())
    assert (patent.title, patent.grant_on, patent.reduction) == ("", None, None)


@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param("", "number_empty", id="empty"),
        pytest.param("-", "number_empty", id="sign-of-nothing"),
        pytest.param("201310199708.3", "check_digit", id="I09"),
        pytest.param("2.01310E+12", "number_damaged", id="I10-scientific"),
        pytest.param("2013101997080.0", "number_damaged", id="I10-float"),
        pytest.param("2013000000000", "number_damaged", id="I10-rounded"),
        pytest.param("CN103294796B", "number_is_publication", id="publication"),
        pytest.param("=A1&B1", "formula_cell", id="I25"),
        pytest.param("12345", "number_damaged", id="digits-eaten"),
        pytest.param("X12345", "number_length", id="too-short"),
        pytest.param("201370199708.X", "number_type_digit", id="type-digit"),
        pytest.param("CN85102475", "check_digit_missing", id="text-without-check"),
    ],
)
def test_a_number_that_is_none_is_refused(number: str, code: str) -> None:
    assert rejected(read({"申请号": number})) == code


def test_the_message_names_value_reason_and_remedy() -> None:
    note = read({"申请号": "201310199708.3"}).reject
    assert note is not None
    assert (note.sheet, note.row, note.column) == ("", 5, "申请号")
    assert note.message == "申请号“201310199708.3”校验位错误，应为 X；请核对原件"


@pytest.mark.parametrize(
    "number",
    ["ZL201310199708X", "CN 201310199708.x", '="201310199708X"', "\t201310199708X"],
)
def test_i11_prefixes_blanks_and_literals_are_normalised(number: str) -> None:
    assert taken(read({"申请号": number})).application_no == "201310199708.X"


def test_a_lost_check_digit_is_completed_when_the_filing_year_agrees() -> None:
    outcome = read({"申请号": "201310199708"}, numeric=["申请号"])
    assert taken(outcome).application_no == "201310199708.X"
    assert warned(outcome) == ["check_digit_completed"]
    other_year = read(
        {"申请号": "201310199708", "申请日": "2012-05-24"}, numeric=["申请号"]
    )
    assert rejected(other_year) == "check_digit_missing"


def test_a_ruined_number_is_repaired_only_by_a_patent_of_the_register() -> None:
    ruined = {"申请号": "2.01E+12", "授权公告号": "CN103294796B"}
    assert rejected(read(ruined)) == "number_damaged"
    assert rejected(read(ruined, known=lambda _: None)) == "number_damaged"

    def known(publication: str) -> PatentNumber | None:
        assert publication == "CN103294796B"
        return PatentNumber("201310199708.X")

    outcome = read(ruined, known=known)
    assert taken(outcome).application_no == "201310199708.X"
    assert warned(outcome) == ["number_repaired"]


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        pytest.param({"申请日": ""}, "date_empty", id="empty"),
        pytest.param({"申请日": "2013-02-30"}, "date_impossible", id="I15"),
        pytest.param({"申请日": "1900-01-01"}, "date_implausible", id="I16-1900"),
        pytest.param({"申请日": "0001-01-01"}, "date_implausible", id="I16-0001"),
        pytest.param({"申请日": "9999-12-31"}, "date_implausible", id="I16-9999"),
        pytest.param({"申请日": "2026-11-23"}, "filing_in_future", id="I17-future"),
        pytest.param({"申请日": "=TODAY()"}, "formula_cell", id="I25"),
        pytest.param(
            {"授权公告日": "2013-05-23"}, "grant_before_filing", id="I17-grant"
        ),
        pytest.param({"授权公告日": "2016-02-30"}, "date_impossible", id="grant-never"),
        pytest.param(
            {"授权公告日": "2026-11-23"}, "date_implausible", id="grant-future"
        ),
        pytest.param({"专利类型": "外观设计"}, "type_mismatch", id="I18"),
        pytest.param({"授权公告号": "CN204373038U"}, "type_mismatch", id="I18-kind"),
        pytest.param({"发明名称": "长" * 501}, "too_long", id="I27"),
        pytest.param({"专利权人": "长" * 501}, "too_long", id="I27-name"),
    ],
)
def test_a_row_that_cannot_be_right_is_refused(
    cells: dict[str, str], code: str
) -> None:
    assert rejected(read(cells)) == code


def test_the_day_of_grant_may_be_the_day_of_filing_and_today() -> None:
    assert taken(read({"授权公告日": "2013-05-24"})).grant_on == date(2013, 5, 24)
    assert taken(read({"授权公告日": "2026-11-22"})).grant_on == TODAY


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"申请号": "201420717191.9"}, "type_not_watched"),
        ({"申请号": "2.01E+12", "专利类型": "实用新型"}, "type_not_watched"),
        ({"申请号": "2.01E+12", "授权公告号": "CN204373038U"}, "type_not_watched"),
        ({"申请号": "合计", "申请日": ""}, "total_row"),
        ({"申请号": "申请号", "申请日": "申请日"}, "repeated_header"),
        ({"法律状态": "实质审查"}, "not_granted"),
        ({"法律状态": "期限届满"}, "not_in_force"),
    ],
)
def test_a_row_that_is_not_for_us_is_passed_over(
    cells: dict[str, str], code: str
) -> None:
    assert skipped(read(cells)) == code


def test_other_types_are_taken_when_they_are_wanted() -> None:
    outcome = read(
        {"申请号": "201420717191.9", "申请日": "2014-11-25"}, types=list(PatentType)
    )
    assert taken(outcome).patent_type is PatentType.UTILITY_MODEL


def test_an_examination_event_of_a_granted_patent_is_no_obstacle() -> None:
    taken(read({"法律状态": "实质审查", "授权公告日": "2016-08-10"}))


@pytest.mark.parametrize(
    ("cells", "code"),
    [
        ({"县区": "洛阳市"}, "county_unknown"),
        ({"县区": ""}, "county_unknown"),
        ({"费减比例": "50%"}, "reduction_unknown"),
        ({"已缴年费年度": "2026"}, "paid_through_unknown"),
        ({"授权公告号": "CN1"}, "publication_unknown"),
        ({"统一社会信用代码": "91330000712550473Y"}, "credit_code_invalid"),
        ({"查询日": "昨天"}, "date_ignored"),
        ({"申请日": "2014-05-24"}, "year_mismatch"),
        ({"法律状态": "未缴年费终止"}, "status_ended"),
        ({"发明名称": "=HYPERLINK(1)"}, "formula_text"),
        ({"发明名称": "甲\x00乙"}, "control_removed"),
        ({"专利权人": "甲\u202e乙公司"}, "hidden_removed"),
        ({"发明名称": "甲\ufffd乙"}, "text_damaged"),
    ],
)
def test_a_doubtful_cell_is_warned_of_and_the_row_taken(
    cells: dict[str, str], code: str
) -> None:
    assert warned(read(cells)) == [code]


@pytest.mark.parametrize(
    ("cell", "sheet", "code"),
    [
        ("410902", "", "410902"),
        ("410902.0", "", "410902"),
        ("华龙", "", "410902"),
        ("河南省濮阳市华龙区", "", "410902"),
        ("濮县", "", "410928"),
        ("", "濮阳县", "410928"),
        ("华龙区", "濮阳县", "410902"),
        ("华龙区和濮阳县", "", None),
        ("", "汇总", None),
    ],
)
def test_the_county_is_told_by_code_name_or_sheet(
    cell: str, sheet: str, code: str | None
) -> None:
    assert taken(read({"县区": cell}, sheet=sheet)).county == code


def test_a_list_of_grants_shows_the_grant_as_its_publication() -> None:
    patent = taken(
        read({"公开（公告）号": "CN103294796B", "公开（公告）日": "2016-08-10"})
    )
    assert patent.grant_publication_no == "CN103294796B"
    assert patent.grant_on == date(2016, 8, 10)
    applied = taken(
        read({"公开（公告）号": "CN103294796A", "公开（公告）日": "2013-09-11"})
    )
    assert (applied.grant_publication_no, applied.grant_on) == (None, None)


def test_cells_right_of_the_header_mean_that_the_row_is_shifted() -> None:
    assert rejected(read(extra=["华龙区"])) == "column_shift"
    taken(read(extra=["", " "]))


def test_a_short_row_reads_as_empty_cells() -> None:
    layout = layout_of(["申请号", "申请日", "县区"], Kind.REGISTER)
    rows = RegisterRows(
        layout, counties=COUNTIES, types=[PatentType.INVENTION], today=TODAY
    )
    patent = rows.read(Row(2, ["201310199708.X", "2013-05-24"])).value
    assert patent is not None
    assert patent.county is None


@given(
    st.lists(
        st.text(max_size=20)
        | st.sampled_from(["201310199708.X", "2013-05-24", "2.01E+12", "=1", "发明"]),
        max_size=22,
    ),
    st.frozensets(st.integers(0, 20)),
)
def test_no_input_makes_the_parser_raise(
    cells: list[str], numeric: frozenset[int]
) -> None:
    headers = ["申请号", "申请日", "发明名称", "授权公告日", "授权公告号", "专利权人"]
    headers += ["地址", "县区", "费减比例", "已缴年费年度", "法律状态", "专利类型"]
    headers += ["查询日", "统一社会信用代码", "公开号", "公开日", "是否高价值"]
    rows = RegisterRows(
        layout_of(headers, Kind.REGISTER),
        counties=COUNTIES,
        types=list(PatentType),
        today=TODAY,
        known=lambda _: None,
    )
    outcome = rows.read(Row(2, cells, numeric))
    ends = [outcome.value, outcome.reject, outcome.skip]
    assert sum(end is not None for end in ends) == 1
