"""Case statuses of the query system: all that are known, and some that are not."""

from datetime import date
from pathlib import Path

import pytest

from patentwatch.model import Fact, FactKind, FactSource
from patentwatch.register.outcome import Outcome
from patentwatch.register.stated import Stated
from patentwatch.sources.casestatuses import Told, told_by
from patentwatch.sources.files import StatusFormat
from patentwatch.status.codes import Effect
from patentwatch.status.events import EventSource
from tests.lists import write_xlsx
from tests.sources.made import fates, number, opened, outcomes, sheet

HEADER = "申请号,案件状态,查询日,已缴年度"
DAY = date(2026, 11, 1)


def one(folder: Path, status: str, *, paid: str = "") -> Outcome[Stated]:
    row = f'{number(1)},"{status}",2026-11-01,{paid}'
    (outcome,) = outcomes(folder, sheet(HEADER, row))
    return outcome


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        ("专利权维持", FactKind.LISTED),
        ("等年费滞纳金", FactKind.UNPAID),
        ("未缴年费专利权终止,等恢复", FactKind.ENDED),
        ("未缴年费专利权终止，等恢复", FactKind.ENDED),
        ("未缴年费终止,等恢复补正", FactKind.ENDED),
        ("未缴年费终止，等恢复补正", FactKind.ENDED),
        ("未缴年费终止失效", FactKind.ENDED),
        ("　未缴年费终止失效 ", FactKind.ENDED),
        ("有效", FactKind.LISTED),
    ],
)
def test_a_status_in_force_late_or_ended_for_fees_is_a_fact(
    tmp_path: Path, status: str, kind: FactKind
) -> None:
    outcome = one(tmp_path, status)
    assert outcome.value is not None
    assert outcome.value.events == ()
    (fact,) = outcome.value.facts
    assert fact.kind is kind
    assert fact.source is FactSource.CASE_STATUS
    assert fact.dated_on == DAY


@pytest.mark.parametrize(
    ("status", "reason"),
    [
        ("届满终止,待失效", "term_expired"),
        ("届满终止，待失效", "term_expired"),
        ("届满终止失效", "term_expired"),
        ("放弃专利权（重复授权）", "abandoned_double_patenting"),
        ("放弃专利权(重复授权)", "abandoned_double_patenting"),
        ("放弃专利权（主动放弃）", "surrendered"),
        ("放弃专利权（同样发明创造）", "abandoned_double_patenting"),
        ("无效宣告失效", "fully_invalidated"),
        ("视为放弃,等恢复", "deemed_abandoned"),
        ("视为放弃，等恢复补正", "deemed_abandoned"),
        ("视为放弃失效", "deemed_abandoned"),
    ],
)
def test_an_end_for_another_reason_than_fees_is_an_event(
    tmp_path: Path, status: str, reason: str
) -> None:
    outcome = one(tmp_path, status, paid="9")
    assert outcome.value is not None
    assert outcome.value.facts == ()
    (event,) = outcome.value.events
    assert event.source is EventSource.CASE_STATUS
    assert event.code == ""
    assert event.text == status
    assert event.announced_on == DAY
    assert event.effect is Effect.END
    assert event.reason == reason
    assert not event.needs_review


NO_STATES = {
    "not_granted": (
        "驳回等复审请求", "等年登印费", "等待颁证公告", "准备颁证公告", "公告封卷",
        "等待实审提案", "进入实审", "一通出案待答复", "一通回案实审",
    ),
    "application_ended": (
        "逾期视撤失效", "无申请费视撤失效", "实审请求视撤失效", "驳回失效", "国优视撤",
        "撤回专利申请",
    ),
    "status_unclear": (
        "分案结案", "合议组审查", "失效", "无效", "终止", "专利权终止",
        "无效宣告请求撤回", "届满终止失效页面",
    ),
    "status_unknown": (
        "未知", "授权", "未授权", "专利权转移", "无滞纳金", "是否有效", "视撤，等恢复",
        "请登录", "500", "部分无效", "不予维持", "专利权人", "页面不存在",
    ),
    "status_empty": ("--", "N/A", " "),
}  # fmt: skip


@pytest.mark.parametrize(
    ("status", "fate"),
    [(status, fate) for fate, found in NO_STATES.items() for status in found],
)
def test_what_is_no_state_of_a_right_is_never_one(
    tmp_path: Path, status: str, fate: str
) -> None:
    assert fates([one(tmp_path, status)]) == [fate]


@pytest.mark.parametrize("comma", [",", "，", " ", "、", ""])
def test_a_comma_of_any_width_counts_the_same(comma: str) -> None:
    assert told_by(f"视为放弃{comma}等恢复") is Told.ENDED
    assert told_by(f"未缴年费专利权终止{comma}等恢复") is Told.FACTS


def test_years_paid_are_told_with_the_status(tmp_path: Path) -> None:
    listed, late = (
        one(tmp_path, "专利权维持", paid="9"),
        one(tmp_path, "等年费滞纳金", paid="第9年"),
    )
    assert listed.value is not None
    assert listed.value.facts == (
        Fact(FactKind.LISTED, FactSource.CASE_STATUS, DAY, paid_through=9),
    )
    assert late.value is not None
    assert late.value.facts == (
        Fact(FactKind.UNPAID, FactSource.CASE_STATUS, DAY, note="等年费滞纳金"),
        Fact(FactKind.PAID, FactSource.COLUMN, DAY, fee_year=9),
    )


def test_years_paid_that_are_no_year_are_left_out_with_a_warning(
    tmp_path: Path,
) -> None:
    outcome = one(tmp_path, "专利权维持", paid="2026")
    assert outcome.value is not None
    assert outcome.value.facts[0].paid_through is None
    assert [note.code for note in outcome.warnings] == ["paid_through_unknown"]


@pytest.mark.parametrize(
    ("above", "cell", "queried_on", "found"),
    [
        pytest.param("", "2026-11-01", None, DAY, id="row"),
        pytest.param("截至日期：2026-10-31", "2026-11-01", None, DAY, id="row-first"),
        pytest.param(
            "截至日期：2026-10-31", "", date(2026, 11, 20), date(2026, 10, 31),
            id="file-before-argument",
        ),
        pytest.param("", "", date(2026, 11, 20), date(2026, 11, 20), id="argument"),
        pytest.param("", "", None, "query_date_missing", id="none"),
        pytest.param("", "2026-11-22", None, date(2026, 11, 22), id="today"),
        pytest.param("", "2026-11-23", None, "date_implausible", id="tomorrow"),
        pytest.param("", "昨天", None, "date_impossible", id="no-day"),
        pytest.param("截至日期：2026-11-23", "", None, "date_implausible", id="file"),
    ],
)  # fmt: skip
def test_the_day_is_that_of_the_row_else_of_the_file(
    tmp_path: Path,
    above: str,
    cell: str,
    queried_on: date | None,
    found: date | str,
) -> None:
    before = [above] if above else []
    content = sheet(*before, HEADER, f"{number(1)},专利权维持,{cell},")
    (outcome,) = outcomes(tmp_path, content, queried_on=queried_on)
    if isinstance(found, str):
        assert fates([outcome]) == [found]
    else:
        assert outcome.value is not None
        assert outcome.value.facts[0].dated_on == found


@pytest.mark.parametrize(
    "header",
    [
        "申请号,案件状态",
        "专利号,法律状态,查询日期",
        "申请号,anjianywzt",
        "申请号,当前法律状态",
    ],
)
def test_a_list_of_case_statuses_is_known_by_its_columns(
    tmp_path: Path, header: str
) -> None:
    row = f"{number(1)},专利权维持" + (",2026-11-01" if header.count(",") > 1 else "")
    file = opened(tmp_path, sheet(header, row))
    assert file.format is StatusFormat.CASE_STATUS
    assert fates(file.rows()) == [""]


def test_a_workbook_of_case_statuses_is_read(tmp_path: Path) -> None:
    path = write_xlsx(
        tmp_path / "x.xlsx",
        {"表": [{"申请号": number(1), "案件状态": "专利权维持", "查询日": DAY}]},
    )
    assert fates(outcomes(tmp_path, path.read_bytes())) == [""]


@pytest.mark.parametrize(
    ("text", "fate"),
    [("2.01E+12", "number_damaged"), ("", "number_empty"), ("合计", "total_row")],
)
def test_numbers_are_judged_as_in_a_register(
    tmp_path: Path, text: str, fate: str
) -> None:
    content = sheet(HEADER, f"{text},专利权维持,2026-11-01,")
    assert fates(outcomes(tmp_path, content)) == [fate]
