"""Lists of notices: their columns, their texts, their numbers and days."""

from datetime import date
from pathlib import Path

import pytest

from patentwatch.errors import InputError
from patentwatch.model import PatentNumber
from patentwatch.sources.files import StatusFormat
from patentwatch.status.codes import Effect
from patentwatch.status.events import EventSource
from tests.lists import write_xlsx
from tests.sources.made import (
    events,
    fates,
    lines,
    number,
    opened,
    outcomes,
    sheet,
)

HEADER = "申请号,法律状态公告日,法律状态,法律状态信息"
HISTORY = (
    "#法律状态公告日：20120926;\n法律状态：授权;\n描述信息：授权;\n\n"
    "#法律状态公告日：20121219;\n法律状态：专利申请权、专利权的转移;\n"
    "描述信息：专利权的转移IPC(主分类):A41D   1/00;变更事项:专利权人;"
    "变更前权利人:甲示例公司;变更后权利人:乙示例公司;登记生效日:20121116;\n\n"
    "#法律状态公告日：20220104;\n法律状态：专利权有效期届满;\n"
    "描述信息：专利权有效期届满IPC(主分类):A41D1/00;授权公告日:20120926;"
)


def test_a_row_becomes_an_event_with_its_words(tmp_path: Path) -> None:
    row = f"{number(1)},2024.01.05,专利权的终止,未缴年费专利权终止IPC(主分类):A41D1/00"
    (event,) = events(tmp_path, sheet(HEADER, row))
    assert event.application_no == number(1)
    assert event.source is EventSource.NOTICES
    assert event.announced_on == date(2024, 1, 5)
    assert event.text == "专利权的终止\n未缴年费专利权终止IPC(主分类):A41D1/00"
    assert event.reason == "annual_fee_not_paid"
    assert event.fields["IPC(主分类)"] == "A41D1/00"


@pytest.mark.parametrize(
    ("title", "text", "kept", "effect"),
    [
        ("授权", "授权", "授权", Effect.GRANT),
        ("授权", "授权公告日:20240105", "授权\n授权公告日:20240105", Effect.GRANT),
        (
            "授权",
            "授权IPC(主分类):A41D1/00",
            "授权\n授权IPC(主分类):A41D1/00",
            Effect.GRANT,
        ),
        ("", "权利恢复", "权利恢复", Effect.RESTORE),
        ("权利恢复", "", "权利恢复", Effect.RESTORE),
    ],
)
def test_title_and_text_are_kept_together_once(
    tmp_path: Path, title: str, text: str, kept: str, effect: Effect
) -> None:
    (event,) = events(tmp_path, sheet(HEADER, f"{number(1)},20240105,{title},{text}"))
    assert event.text == kept
    assert event.effect is effect
    assert not event.needs_review


def test_a_code_is_of_the_whole_cell(tmp_path: Path) -> None:
    header = "申请号,公告日,法律状态,法律状态代码"
    row = f"{number(1)},20240105,未缴年费 | 专利权的终止,CF01"
    (event,) = events(tmp_path, sheet(header, row))
    assert event.code == "CF01"
    assert event.effect is Effect.END


@pytest.mark.parametrize(
    "header",
    [
        "申请号,法律状态公告日,法律状态",
        "申请号,事务数据公告日,事务数据",
        "专利号,公告日,事务类型",
        "申请号,法律状态时间,法律状态",
        "申请号,法律状态公告日,法律状态信息",
        "申请号,公告日期,详细信息",
        "序号,名称,申请号,LegalDate,描述信息",
    ],
)
def test_columns_are_found_by_many_words(tmp_path: Path, header: str) -> None:
    before = "1,示例," if header.startswith("序号") else ""
    (event,) = events(tmp_path, sheet(header, f"{before}{number(1)},20240105,授权"))
    assert event.effect is Effect.GRANT
    assert event.announced_on == date(2024, 1, 5)


@pytest.mark.parametrize("delimiter", [",", "\t", ";"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
def test_a_text_file_may_be_in_any_usual_form(
    tmp_path: Path, delimiter: str, encoding: str
) -> None:
    text = sheet(HEADER, f"{number(1)},20240105,授权,").decode()
    content = text.replace(",", delimiter).encode(encoding)
    file = opened(tmp_path, content)
    assert file.format is StatusFormat.NOTICES
    assert fates(file.rows()) == [""]


def test_a_workbook_is_read_too(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "x.xlsx",
        {
            "公报": [
                {"申请号": number(1), "公告日": date(2024, 1, 5), "事务数据": "授权"}
            ]
        },
    )
    file = opened(tmp_path, path.read_bytes())
    (outcome,) = file.rows()
    assert outcome.value is not None
    assert outcome.value.events[0].announced_on == date(2024, 1, 5)
    assert [one.name for one in file.sheets] == ["公报"]


@pytest.mark.parametrize("column", ["法律状态代码", "事务数据", "法律状态"])
def test_a_code_is_known_in_its_own_column_or_in_another(
    tmp_path: Path, column: str
) -> None:
    row = f"{number(1)},20240105,CF01"
    (event,) = events(tmp_path, sheet(f"申请号,公告日,{column}", row + ","))
    assert event.code == "CF01"
    assert event.reason == "annual_fee_not_paid"


def test_a_history_in_one_cell_is_one_event_for_each_day(tmp_path: Path) -> None:
    found = events(tmp_path, lines({"申请号": number(1), "描述信息": HISTORY}))
    assert [(one.announced_on, one.effect) for one in found] == [
        (date(2012, 9, 26), Effect.GRANT),
        (date(2012, 12, 19), Effect.NONE),
        (date(2022, 1, 4), Effect.END),
    ]
    assert [one.reason for one in found] == ["granted", "ownership", "term_expired"]
    assert not any(one.needs_review for one in found)
    assert found[1].effective_on == date(2012, 11, 16)
    assert found[1].fields["变更后权利人"] == "乙示例公司"
    assert found[2].text.startswith("#法律状态公告日：20220104")


def test_the_day_of_the_row_is_not_that_of_all_its_history(tmp_path: Path) -> None:
    one = {"申请号": number(1), "公告日": "20220104", "描述信息": HISTORY}
    found = events(tmp_path, lines(one))
    assert found == events(tmp_path, lines({"申请号": number(1), "描述信息": HISTORY}))


def test_a_history_with_a_day_that_cannot_be_is_refused(tmp_path: Path) -> None:
    for day, fate in (("20230230", "date_missing"), ("20270104", "date_implausible")):
        text = HISTORY.replace("20220104", day)
        found = outcomes(tmp_path, lines({"申请号": number(1), "描述信息": text}))
        assert fates(found) == [fate]


@pytest.mark.parametrize("between", ["|", "｜", " | "])
def test_several_clear_words_of_one_day_are_several_events(
    tmp_path: Path, between: str
) -> None:
    row = f"{number(1)},20240105,未缴年费{between}专利权质押合同登记的注销,"
    found = events(tmp_path, sheet(HEADER, row))
    assert [one.event for one in found] == ["termination", "pledge"]
    assert [one.text for one in found] == ["未缴年费", "专利权质押合同登记的注销"]


def test_several_words_of_which_one_is_not_clear_are_one_for_a_person(
    tmp_path: Path,
) -> None:
    row = f"{number(1)},20240105,未缴年费 | 奇怪的词,"
    (event,) = events(tmp_path, sheet(HEADER, row))
    assert event.needs_review
    assert event.text == "未缴年费 | 奇怪的词"


@pytest.mark.parametrize(
    ("cells", "fate"),
    [
        ("{n},2026-11-21,授权,", ""),
        ("{n},2026-11-22,授权,", ""),
        ("{n},2026-11-23,授权,", "date_implausible"),
        ("{n},2024-02-30,授权,", "date_impossible"),
        ("{n},0001-01-01,授权,", "date_implausible"),
        ("{n},,授权,", "date_missing"),
        ("{n},--,授权,", "date_missing"),
        ("{n},,授权,登记生效日:20240105", ""),
        ("{n},,专利权的主动放弃,放弃生效日:20270105", "date_implausible"),
        ("{n},20240105,,", "status_empty"),
        ("{n},20240105,=A1,", ""),
        ("2.01E+12,20240105,授权,", "number_damaged"),
        ("201610000001.1,20240105,授权,", "check_digit"),
        ("201610000001,20240105,授权,", "check_digit_missing"),
        ("CN105000001B,20240105,授权,", "number_is_publication"),
        (",20240105,授权,", "number_empty"),
        ("=A2,20240105,授权,", "formula_cell"),
        ("{n},20240105,授权,说明,多出", "column_shift"),
        ("合计,1,,", "total_row"),
        ("申请号,法律状态公告日,法律状态,法律状态信息", "repeated_header"),
    ],
)
def test_each_row_has_its_own_fate(tmp_path: Path, cells: str, fate: str) -> None:
    content = sheet(HEADER, cells.format(n=number(1)), f"{number(2)},20240105,授权,")
    assert fates(outcomes(tmp_path, content)) == [fate, ""]


def test_a_ruined_number_is_mended_by_the_grant_number(tmp_path: Path) -> None:
    def known(grant: str) -> PatentNumber | None:
        return PatentNumber(number(7)) if grant == "CN105000007B" else None

    content = sheet(
        "申请号,授权公告号,公告日,法律状态", "2.01E+12,CN105000007B,20240105,授权"
    )
    assert fates(outcomes(tmp_path, content)) == ["number_damaged"]
    (outcome,) = outcomes(tmp_path, content, known=known)
    assert outcome.value is not None
    assert outcome.value.application_no == number(7)
    assert [one.code for one in outcome.warnings] == ["number_repaired"]


def test_a_lost_check_digit_is_completed_as_in_a_register(tmp_path: Path) -> None:
    content = sheet(
        "申请号,申请日,公告日,法律状态", f"{number(1)[:-2]},2016-05-01,20240105,授权"
    )
    (outcome,) = outcomes(tmp_path, content)
    assert outcome.value is not None
    assert outcome.value.application_no == number(1)
    assert [one.code for one in outcome.warnings] == ["check_digit_completed"]


def test_a_word_that_nobody_knows_goes_to_a_person(tmp_path: Path) -> None:
    (event,) = events(tmp_path, sheet(HEADER, f"{number(1)},20240105,奇怪的词,"))
    assert event.effect is Effect.AMBIGUOUS
    assert event.needs_review


@pytest.mark.parametrize(
    "one",
    [
        {"application_no": number(1), "code": "CF01", "announced_on": "2024-01-05",
         "text": "未缴年费专利权终止\n终止日期:20230101"},
        {"申请号": number(1), "法律状态公告日": 20240105, "法律状态": "专利权的终止",
         "法律状态信息": "未缴年费专利权终止\n终止日期:20230101"},
    ],
    ids=["english", "chinese"],
)  # fmt: skip
def test_an_object_on_a_line_is_a_row(tmp_path: Path, one: dict[str, object]) -> None:
    file = opened(tmp_path, b"\n" + lines(one))
    assert file.format is StatusFormat.NOTICES_JSONL
    (outcome,) = file.rows()
    assert outcome.value is not None
    (event,) = outcome.value.events
    assert event.announced_on == date(2024, 1, 5)
    assert event.effective_on == date(2023, 1, 1)
    assert event.reason == "annual_fee_not_paid"


def test_objects_may_have_different_keys(tmp_path: Path) -> None:
    content = lines(
        {"申请号": number(1), "公告日": "20240105", "事务数据": "授权"},
        {"code": "GR01", "announced_on": "20240105", "appNumber": number(2)},
        {"text": "授权", "announced_on": "20240105"},
        {"application_no": number(3), "announced_on": None, "text": "授权"},
        {"application_no": 2.01e12, "announced_on": "20240105", "text": "授权"},
        {"code": 500, "msg": "系统繁忙"},
    )
    assert fates(outcomes(tmp_path, content)) == [
        "", "", "number_empty", "date_missing", "number_damaged", "number_empty",
    ]  # fmt: skip


@pytest.mark.parametrize("last", ["公布", None, ""])
@pytest.mark.parametrize("first", [None, ""])
def test_of_two_keys_for_one_field_the_first_that_is_filled_counts(
    tmp_path: Path, first: str | None, last: str | None
) -> None:
    one = {"申请号": number(1), "公告日": "20240105"}
    words = {"法律状态": first, "事务数据": "授权", "事务类型": last}
    (event,) = events(tmp_path, lines(one | words))
    assert event.text == "授权"


def test_lines_in_gb18030_are_read(tmp_path: Path) -> None:
    one = {"申请号": number(1), "公告日": "20240105", "事务数据": "授权"}
    file = opened(tmp_path, lines(one).decode().encode("gb18030"))
    assert file.encoding == "gb18030"
    assert fates(file.rows()) == [""]


@pytest.mark.parametrize(
    "bad", [b'{"application_no": "2016', b"[1]\n", b"null\n", b"<html>\n", b"[" * 10**5]
)
def test_a_line_that_is_no_object_refuses_the_file(tmp_path: Path, bad: bytes) -> None:
    good = lines(
        {"application_no": number(1), "announced_on": "20240105", "text": "授权"}
    )
    file = opened(tmp_path, good + bad)
    with pytest.raises(InputError, match="第 2 行") as refused:
        list(file.rows())
    assert refused.value.code == "unexpected_content"
