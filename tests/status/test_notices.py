"""Titles, labels, dates: what the words of a notice decide, and what they do not."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.status.codes import Effect
from patentwatch.status.notices import Notice, classify
from patentwatch.statusfiles import load


def said(text: str | None, code: str | None = None) -> Notice:
    return classify(code, text, table=load())


CLEAR = [
    ("专利权的终止（③未缴年费专利权终止）", "END", "annual_fee_not_paid"),
    ("专利权的终止((2)未缴纳年费专利权终止)", "END", "annual_fee_not_paid"),
    ("（1）专利权有效期届满", "END", "term_expired"),
    ("专利权的终止　专利权有效期届满", "END", "term_expired"),
    ("未缴年费专利权终止,等恢复", "END", "annual_fee_not_paid"),
    ("专利权的终止", "END", "terminated_reason_unstated"),
    ("专利权的主动放弃", "END", "surrendered"),
    ("放弃专利权（重复授权）", "END", "abandoned_double_patenting"),
    ("避重授权", "END", "abandoned_double_patenting"),
    ("其他有关事项；避免重复授权放弃专利权", "END", "abandoned_double_patenting"),
    ("其他有关事项:视为放弃专利权", "END", "deemed_abandoned"),
    ("视为放弃取得专利权", "APPLICATION_END", "deemed_abandoned"),
    ("专利权的无效宣告(专利权部分无效)", "LIMIT", "partially_invalidated"),
    ("专利权的无效、部分无效宣告 专利权部分无效", "LIMIT", "partially_invalidated"),
    ("专利权的无效、部分无效宣告 专利权全部无效", "END", "fully_invalidated"),
    ("专利权的撤销(专利权部分撤销)", "LIMIT", "partially_revoked"),
    ("专利权的撤销(专利权全部撤销)", "END", "fully_revoked"),
    ("专利权的部分放弃", "LIMIT", "partially_abandoned"),
    ("专利权的恢复", "RESTORE", "restored"),
    ("权利恢复", "RESTORE", "restored"),
    ("驳回", "APPLICATION_END", "application_rejected"),
    ("专利申请的视为撤回", "APPLICATION_END", "application_deemed_withdrawn"),
    ("发明专利申请公布后的撤回", "APPLICATION_END", "application_withdrawn"),
    ("撤回专利开放许可声明", "NONE", "open_licence"),
    ("专利权保全的解除", "NONE", "preservation"),
    ("专利申请权、专利权的转移", "NONE", "ownership"),
    ("专利申请权的转移", "NONE", "ownership_application"),
    ("药品专利权期限补偿", "TERM", "pharma_term_compensation"),
    ("公开", "PENDING", "published"),
    ("公布", "PENDING", "published"),
    ("序号 1 | 事务数据 授权", "GRANT", "granted"),
    ("&nbsp;授&nbsp;权", "GRANT", "granted"),
    ("审查结论：宣告专利权全部无效。", "END", "fully_invalidated"),
    (
        "审查结论:宣告发明专利权部分无效,在权利要求1-3的基础上继续维持专利权有效",
        "LIMIT",
        "partially_invalidated",
    ),
]


@pytest.mark.parametrize(("text", "effect", "reason"), CLEAR)
def test_words_that_are_known_decide(text: str, effect: str, reason: str) -> None:
    notice = said(text)
    assert (notice.effect, notice.reason) == (effect, reason)
    assert not notice.needs_review


@pytest.mark.parametrize(
    "text",
    [
        "驳回理由通知",
        "恢复权利请求审批通知书",
        "专利权的终止(未缴...",
        "专利权的恢…",
        "法律状态公告日:20220104;描述信息:专利权的终止(未缴…);",
        "撤销专利权终止的决定",
        "取消授权公告",
        "不予恢复专利权",
        "视为未放弃专利权",
        "专利权的终止;专利权的恢复",
        "专利权的无效宣告",
        "专利权的撤销",
        "其他有关事项",
        "通知事项",
        "复审请求的受理",
        "失效",
        "termination of right",
        "2020.05.08",
    ],
)
def test_words_that_do_not_decide_go_to_a_person(text: str) -> None:
    notice = said(text)
    assert notice.effect is Effect.AMBIGUOUS
    assert notice.needs_review


@pytest.mark.parametrize(
    ("code", "text", "effect", "looked_at"),
    [
        ("C35", "专利权部分无效", "LIMIT", False),
        ("C35", "专利权全部无效", "END", False),
        ("C32", "专利权的无效、部分无效宣告", "AMBIGUOUS", True),
        ("OR01", "其他有关事项(专利权全部撤销)", "END", False),
        ("C60", "其他有关事项", "AMBIGUOUS", True),
        ("C59", "视为放弃专利权", "END", False),
        ("C59", "驳回理由通知", "AMBIGUOUS", True),
        ("ERR", "专利权的终止", "END", True),
        ("RECT", "更正:专利权终止公告有误", "AMBIGUOUS", True),
        ("CF01", "专利权的恢复", "END", True),
        ("CF01", "取消专利权终止公告", "END", True),
        ("CF01", "(title)", "END", False),
        (
            "RR01",
            "原决定名称:未缴年费专利权终止\n原决定公告日:20200424",
            "RESTORE",
            False,
        ),
        ("DD01", "收件人:甲\n文件名称:视为放弃取得专利权通知书", "NONE", False),
    ],
)
def test_the_code_decides_and_the_words_only_where_it_does_not(
    code: str, text: str, effect: str, looked_at: object
) -> None:
    notice = said(text, code)
    assert (notice.effect, notice.needs_review) == (effect, looked_at)


@pytest.mark.parametrize("code", ["C17", "CE01", "EXPY"])
def test_a_wide_code_takes_its_reason_from_the_words(code: str) -> None:
    assert said("专利权的终止(未缴年费)", code).reason == "annual_fee_not_paid"
    assert said("专利权有效期届满", code).reason == "term_expired"
    assert said("甲乙丙", code).reason == "terminated_reason_unstated"


def test_a_restoration_of_application_or_right_is_clear_when_the_words_are() -> None:
    assert said("专利权的恢复", "C52").status_after == "IN_FORCE"
    assert said(None, "C52").needs_review


def test_two_ends_are_an_end_for_which_a_person_finds_the_reason() -> None:
    notice = said("未缴年费专利权终止;专利权有效期届满")
    assert (notice.effect, notice.reason, notice.needs_review) == (
        "END",
        "terminated_reason_unstated",
        True,
    )


def test_the_ipc_may_run_into_the_title_and_labels_may_mix_their_signs() -> None:
    notice = said(
        "未缴年费专利权终止IPC(主分类)：A41D   1/00；专利号:ZL201010263656.4;"
        "授权公告日：20120926;终止日期:20200424;"
    )
    assert notice.fields == {
        "IPC(主分类)": "A41D 1/00",
        "专利号": "ZL201010263656.4",
        "授权公告日": "20120926",
        "终止日期": "20200424",
    }
    assert notice.effective_on == date(2020, 4, 24)
    assert (notice.announced_on, notice.needs_review) == (None, False)


def test_a_repeated_label_keeps_every_value_in_order() -> None:
    notice = said(
        "专利权的转移\n登记生效日:20201130\n变更事项:专利权人\n变更前权利人:甲\n"
        "变更后权利人:乙\n变更事项:地址\n变更前权利人:一路\n变更后权利人:二路。"
    )
    assert notice.fields["变更事项"] == "专利权人 | 地址"
    assert notice.fields["变更后权利人"] == "乙 | 二路"
    assert (notice.effect, notice.effective_on) == ("NONE", date(2020, 11, 30))


def test_several_holders_stay_one_value_and_no_title() -> None:
    notice = said("专利权的转移;变更前权利人:甲;乙公司;变更后权利人:丙;丁")
    assert notice.fields == {"变更前权利人": "甲;乙公司", "变更后权利人": "丙;丁"}
    assert (notice.effect, notice.needs_review) == (Effect.NONE, False)


def test_a_title_behind_a_label_is_still_read() -> None:
    notice = said("专利号:ZL201010263656.4;未缴年费专利权终止;终止日期:20200424")
    assert (notice.reason, notice.needs_review) == ("annual_fee_not_paid", False)
    assert notice.fields["专利号"] == "ZL201010263656.4"


@pytest.mark.parametrize(
    ("label", "code"),
    [
        ("终止日期", "CF01"),
        ("登记生效日", "TR01"),
        ("恢复权利日期", "RR01"),
        ("放弃生效日", "AV01"),
        ("解除日", "PD01"),
        ("变更日", "PM01"),
    ],
)
@pytest.mark.parametrize(
    "written", ["20200508", "2020.05.08", "2020-5-8", "2020/05/08", "2020年5月8日"]
)
def test_the_day_of_effect_is_read_from_its_label(
    label: str, code: str, written: str
) -> None:
    notice = said(f"{label}：{written}", code)
    assert notice.effective_on == date(2020, 5, 8)
    assert not notice.needs_review


def test_the_day_of_announcement_is_read_with_and_without_a_colon() -> None:
    bare = said("序号 3 | 事务数据公告日 2018.09.25 | 事务数据 公布")
    assert (bare.effect, bare.announced_on) == ("PENDING", date(2018, 9, 25))
    block = said(
        "#法律状态公告日：20220104;\n法律状态：专利权有效期届满;\n描述信息：无;"
    )
    assert block.announced_on == date(2022, 1, 4)
    assert said("授权公告日:20120926", "GR01").announced_on == date(2012, 9, 26)


@pytest.mark.parametrize(
    "written", ["20201301", "0001-01-01", "9999-12-31", "…", "20200230"]
)
def test_a_day_that_is_none_goes_to_a_person(written: str) -> None:
    notice = said(f"终止日期:{written}", "CF01")
    assert (notice.effect, notice.effective_on) == ("END", None)
    assert notice.needs_review


def test_two_different_days_of_effect_go_to_a_person() -> None:
    notice = said("登记生效日:20200101;登记生效日:20200201", "TR01")
    assert (notice.effective_on, notice.needs_review) == (None, True)


def test_a_text_of_several_notices_is_not_read_as_one() -> None:
    block = "#法律状态公告日：{};\n法律状态：{};\n描述信息：{};\n\n"
    notice = said(
        block.format("20120926", "授权", "授权")
        + block.format("20220104", "专利权的终止", "专利权的终止")
    )
    assert (notice.effect, notice.needs_review) == (Effect.AMBIGUOUS, True)
    assert notice.announced_on is None
    assert notice.fields["法律状态"] == "授权 | 专利权的终止"


def test_a_text_cut_behind_its_title_is_understood_and_looked_at() -> None:
    notice = said("专利权的转移 IPC(主分类):H01L21/02 登记生效日:...")
    assert (notice.effect, notice.needs_review) == (Effect.NONE, True)


@given(st.none() | st.text(max_size=9), st.none() | st.text(max_size=60))
def test_nothing_whatever_fails(code: str | None, text: str | None) -> None:
    notice = said(text, code)
    assert notice.needs_review or notice.effect is not Effect.AMBIGUOUS


@given(st.text(alphabet="专利权的终止恢复部分全无效不;:(年费未缴)。", max_size=14))
def test_no_partial_invalidation_ends_a_right(text: str) -> None:
    assert said(f"专利权部分无效{text}").effect is not Effect.END
