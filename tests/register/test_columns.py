from datetime import date

import pytest

from patentwatch.errors import InputError
from patentwatch.register import columns
from patentwatch.register.columns import Kind

USUAL = ["申请号", "发明名称", "申请日", "授权公告日", "专利权人", "县区"]


@pytest.mark.parametrize(
    "headers",
    [
        ["申请号", "申请日"],
        ["专 利 号", "申请\n日期"],
        ["申请（专利）号", "申请日（年-月-日）"],
        ["filing_id", "filing_date"],
        ["*申请号：", "申请日*"],
        ["申請號", "申請日"],
        ["zhuanlisqh", "shenqingr"],
    ],
)
def test_a_register_is_known_by_any_of_its_words(headers: list[str]) -> None:
    layout = columns.layout_of(headers, Kind.REGISTER)
    assert layout.positions == {"application_no": 0, "filing_date": 1}
    assert columns.kind_of(headers) is Kind.REGISTER


def test_a_report_of_short_messages_is_no_list_for_the_inbox() -> None:
    headers = ["编号", "手机号码", "发送状态", "时间"]
    assert columns.kind_of(headers) is None
    assert columns.layout_of(headers, Kind.SMS_REPORT).positions == {
        "sms_key": 0,
        "sms_number": 1,
        "sms_status": 2,
        "sms_at": 3,
    }


def test_the_better_word_wins_and_the_other_is_reported() -> None:
    layout = columns.layout_of(["专利号", "申请号", "申请日"], Kind.REGISTER)
    assert layout.headers["application_no"] == "申请号"
    assert layout.ignored == ("专利号",)


def test_a_marked_synonym_is_no_duplicate() -> None:
    headers = ["申请号", "申请日", "[标]当前申请(专利权)人", "当前申请(专利权)人"]
    layout = columns.layout_of(headers, Kind.REGISTER)
    assert layout.positions["patentee"] == 3


def test_the_same_header_twice_is_refused() -> None:
    with pytest.raises(InputError, match="列“电话”出现 2 次") as caught:
        columns.layout_of(["名称", "电话", " 电话"], Kind.CONTACTS)
    assert caught.value.code == "duplicate_column"


def test_a_missing_required_column_is_named() -> None:
    with pytest.raises(InputError, match="缺少列：申请日") as caught:
        columns.layout_of(["申请号", "发明名称"], Kind.REGISTER)
    assert caught.value.code == "missing_column"


def test_the_header_is_found_below_a_title() -> None:
    rows = [
        ["濮阳市有效发明专利清单", "", ""],
        ["截至日期：2026-10-31"],
        USUAL,
        ["x"] * 6,
    ]
    assert columns.header_row(rows, Kind.REGISTER) == 2


def test_a_header_in_the_eleventh_row_is_not_found() -> None:
    rows = [["说明"]] * 10 + [USUAL]
    assert columns.header_row(rows, Kind.REGISTER) is None
    assert columns.header_row(rows[1:], Kind.REGISTER) == 9


@pytest.mark.parametrize(
    "row",
    [
        ["截至日期：2026-10-31"],
        ["截至日期", "2026-10-31"],
        ["数据截至2026年10月31日"],
        ["统计截止时间: 2026.10.31", "单位：件"],
    ],
)
def test_the_day_of_the_list_is_read_above_the_header(row: list[str]) -> None:
    assert columns.listed_on([["清单"], row]) == date(2026, 10, 31)


def test_other_days_above_the_header_are_not_the_day_of_the_list() -> None:
    assert columns.listed_on([["打印日期：2026-10-31"], ["2026年度"]]) is None


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (["名称", "角色", "手机", "邮箱"], Kind.CONTACTS),
        (["申请号", "年度", "缴费日期", "金额", "票据号"], Kind.PAYMENTS),
        (
            [
                "县区",
                "专利号",
                "应缴年度",
                "案件状态",
                "已缴年度",
                "应缴金额",
                "查询日",
            ],
            Kind.CHECK_SHEET,
        ),
        (
            [
                "专利号",
                "专利权人",
                "电话",
                "年度",
                "应缴金额",
                "结果",
                "通话日期",
                "通话人",
                "缴费日期",
                "缴费金额",
                "票据号",
            ],
            Kind.CALL_SHEET,
        ),
        ([*USUAL, "联系电话"], Kind.REGISTER),
        (["甲", "乙"], None),
    ],
)
def test_each_kind_of_list_is_told_by_its_headers(
    headers: list[str], kind: Kind | None
) -> None:
    assert columns.kind_of(headers) is kind


@pytest.mark.parametrize(
    ("headers", "kind"),
    [
        (("申请号", "法律状态公告日", "法律状态", "法律状态信息"), Kind.STATUS),
        (("申请号", "申请日", "法律状态公告日", "法律状态信息"), Kind.STATUS),
        (("申请号", "申请日", "公告日", "法律状态"), Kind.REGISTER),
        (("申请号", "法律状态公告日", "法律状态"), Kind.STATUS),
        (("申请号", "案件状态", "查询日"), Kind.CASE_STATUS),
        (("申请号", "申请日", "案件状态"), Kind.REGISTER),
    ],
)
def test_the_text_of_a_notice_tells_a_list_of_notices_from_a_register(
    headers: tuple[str, ...], kind: Kind
) -> None:
    assert columns.kind_of(headers) is kind
