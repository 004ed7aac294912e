"""The ledger as values: every column, worked out by hand from one small plan."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest

from patentwatch import clock
from patentwatch.plan.acts import Act, ActKind, Colour, Slip
from patentwatch.plan.ledger import Ledger, ledger_of
from patentwatch.plan.ledgercells import (
    ACT_COLUMNS,
    COUNTY_COLUMNS,
    LEDGER_COLUMNS,
    SLIP_COLUMNS,
    Value,
    act_rows,
    county_rows,
    ledger_rows,
    slip_rows,
)
from tests.make_ledgers import (
    HUALONG,
    NAMES,
    NANLE,
    ON,
    QINGFENG,
    YEAR_END,
    act,
    status,
)

ACTS = (
    act(ActKind.SIGNED, on=date(2023, 2, 1), by="张科"),
    act(ActKind.SIGNED, on=date(2023, 2, 2), county=HUALONG, by="王科"),
    act(ActKind.RETURNED, on=date(2023, 2, 3), county=QINGFENG, text="应由教育局办理"),
    act(
        ActKind.EXTENDED,
        "15.1",
        on=date(2023, 4, 28),
        until_on=date(2023, 6, 15),
        text="等保测评未完成",
    ),
    act(ActKind.PROGRESS, on=date(2023, 5, 20), text="已发创建通知"),
    act(ActKind.PROGRESS, on=date(2023, 6, 20), county=HUALONG, text="已评出2所"),
)
BLUE = Slip(
    2023, 1, Colour.BLUE, "19.3", QINGFENG, date(2023, 6, 1), date(2023, 6, 29),
    "示范校创建滞后，请说明", "督查科",
)  # fmt: skip
YELLOW = Slip(
    2023, 2, Colour.YELLOW, "19.3", QINGFENG, ON, ON, "再次督办", "督查科", "2023-1"
)
RED = Slip(
    2023, 3, Colour.RED, "15.1", "", date(2023, 6, 20), date(2023, 6, 25),
    "限期上线", "督查科", "2022-9", date(2023, 6, 25), "7月上线", "李工",
)  # fmt: skip


def ledger(county: str = "", *, more: Sequence[Act] = ()) -> Ledger:
    return ledger_of(
        status(),
        acts=(*ACTS, *more),
        slips=(BLUE, YELLOW, RED),
        evidence={"19.3": 2},
        linked={"15.1": 1},
        names=NAMES,
        county=county,
    )


def rows(county: str = "") -> dict[Value, dict[str, Value]]:
    titles = [title for title, _ in LEDGER_COLUMNS]
    return {
        row[0]: dict(zip(titles, row, strict=True))
        for row in ledger_rows(ledger(county))
    }


def shares(county: str = "") -> dict[tuple[Value, Value], dict[str, Value]]:
    titles = [title for title, _ in COUNTY_COLUMNS]
    return {
        (row[0], row[3]): dict(zip(titles, row, strict=True))
        for row in county_rows(ledger(county))
    }


def test_the_columns_are_a_contract() -> None:
    """Offices' own sheets refer to these: add at the right end, change nothing."""
    assert [title for title, _ in LEDGER_COLUMNS] == [
        "编号", "条目", "承诺", "类型", "牵头单位", "配合单位", "县区", "期限",
        "原期限", "目标", "单位", "实际", "完成率", "灯", "签收", "最新进展",
        "最近记录日", "证据数", "记录数", "督办单", "关联记录数", "说明",
    ]  # fmt: skip
    assert [title for title, _ in COUNTY_COLUMNS] == [
        "编号", "承诺", "县区代码", "县区", "目标", "单位", "实际", "完成率", "灯",
        "签收", "最新进展", "督办单",
    ]  # fmt: skip
    assert [title for title, _ in SLIP_COLUMNS] == [
        "督办单号", "颜色", "编号", "承诺", "发给", "发出日", "回复期限", "内容",
        "发出人", "上一张", "情况", "回复日", "回复", "回复人",
    ]  # fmt: skip
    assert [title for title, _ in ACT_COLUMNS] == [
        "日期", "编号", "办理单位", "办理", "内容", "新期限", "经办人", "登记日",
    ]  # fmt: skip


def test_a_line_for_each_commitment_in_the_order_of_the_text() -> None:
    assert list(rows()) == ["3.4", "9.3", "15.1", "19.3", "19.5"]


def test_every_column_of_a_target() -> None:
    assert rows()["19.3"] == {
        "编号": "19.3",
        "条目": "19. 营造知识产权文化浓厚氛围",
        "承诺": "新增市级示范（试点）校 10 所",
        "类型": "目标",
        "牵头单位": "市知识产权局",
        "配合单位": "市教育局",
        "县区": "各县区",
        "期限": YEAR_END,
        "原期限": None,
        "目标": Decimal(10),
        "单位": "所",
        "实际": Decimal(3),
        "完成率": Decimal("0.3"),
        "灯": "黄",
        "签收": "已签收 2/4；退办：清丰县（应由教育局办理）；未签收：南乐县",
        "最新进展": "2023-06-20 华龙区：已评出2所",
        "最近记录日": date(2023, 5, 18),
        "证据数": 2,
        "记录数": 3,
        "督办单": "蓝 2023-1（清丰县）逾期未回复；黄 2023-2（清丰县）待回复",
        "关联记录数": 0,
        "说明": "",
    }


def test_a_milestone_is_done_or_not_and_shows_both_due_days() -> None:
    line = rows()["15.1"]
    assert (line["类型"], line["实际"], line["目标"]) == ("节点", "未完成", None)
    assert (line["期限"], line["原期限"]) == (date(2023, 6, 15), date(2023, 4, 30))
    assert (line["灯"], line["签收"], line["关联记录数"]) == ("红", "未签收", 1)
    assert line["督办单"] == "红 2023-3 已回复"


def test_what_is_unknown_is_said_to_be_so_never_zero() -> None:
    line = rows()["3.4"]
    assert (line["实际"], line["完成率"], line["灯"]) == ("未知", None, "黄")
    assert line["说明"] == "没有 2023 年的常住人口"


def test_counties_are_named_where_not_all_share_and_blank_where_none_does() -> None:
    found = rows()
    assert [found[id_]["县区"] for id_ in ("9.3", "19.5", "15.1")] == [
        "华龙区、清丰县",
        "南乐县",
        "",
    ]
    assert found["9.3"]["签收"] == "均未签收"


def test_an_activity_shows_its_count_and_last_day() -> None:
    line = rows()["19.5"]
    assert (line["类型"], line["实际"], line["最近记录日"]) == ("常态", Decimal(2), ON)


def test_the_shares_of_the_counties() -> None:
    found = shares()
    assert list(found) == [
        ("9.3", "华龙区"),
        ("9.3", "清丰县"),
        ("19.3", "华龙区"),
        ("19.3", "清丰县"),
        ("19.3", "南乐县"),
        ("19.5", "南乐县"),
    ]
    share = found["19.3", "华龙区"]
    assert (share["目标"], share["实际"], share["完成率"], share["灯"]) == (
        Decimal(4),
        Decimal(2),
        Decimal("0.5"),
        "绿",
    )
    assert share["签收"] == "2023-02-02 签收（王科）"
    assert share["最新进展"] == "2023-06-20：已评出2所"
    share = found["19.3", "清丰县"]
    assert share["签收"] == "2023-02-03 退办：应由教育局办理"
    assert share["督办单"] == "蓝 2023-1 逾期未回复；黄 2023-2 待回复"


def test_a_share_that_is_not_known_is_not_zero_and_none_given_is_blank() -> None:
    found = shares()
    unknown, without = found["19.3", "南乐县"], found["9.3", "清丰县"]
    assert (unknown["目标"], unknown["实际"], unknown["灯"]) == (None, "未知", None)
    assert (without["目标"], without["实际"], without["完成率"]) == (None, 0, None)


def test_a_county_sees_what_it_shares_and_nobody_elses_acts() -> None:
    found = rows(HUALONG)
    assert list(found) == ["9.3", "19.3"]
    assert found["19.3"]["签收"] == "全部签收"
    assert found["19.3"]["督办单"] == ""
    assert {name for _, name in shares(HUALONG)} == {"华龙区"}
    assert ledger(HUALONG).slips == ()
    assert {one.county for one in ledger(HUALONG).acts} == {"", HUALONG}


def test_a_county_sees_the_latest_word_of_its_own_or_of_the_lead_unit() -> None:
    assert rows(NANLE)["19.3"]["最新进展"] == "2023-05-20：已发创建通知"
    assert rows(HUALONG)["19.3"]["最新进展"] == "2023-06-20 华龙区：已评出2所"


def signed(*acts: Act) -> Value:
    found = ledger_of(
        status(), acts=acts, slips=(), evidence={}, linked={}, names=NAMES
    )
    return {row[0]: row[14] for row in ledger_rows(found)}["15.1"]


def test_the_last_word_counts_when_a_task_is_given_back_or_signed_again() -> None:
    taken = act(ActKind.SIGNED, "15.1", on=date(2023, 2, 1))
    given = act(ActKind.RETURNED, "15.1", on=date(2023, 2, 5), text="缺经费")
    again = replace(taken, acted_on=date(2023, 3, 1))
    assert signed() == "未签收"
    assert signed(taken) == "2023-02-01 签收（李工）"
    assert signed(taken, given) == "2023-02-05 退办：缺经费"
    assert signed(taken, given, again) == "2023-03-01 签收（李工）"


@pytest.mark.parametrize(
    ("slip", "words"),
    [
        (BLUE, "逾期未回复"),
        (YELLOW, "待回复"),  # today is its last day
        (RED, "已回复"),
        (replace(RED, replied_on=date(2023, 6, 26)), "逾期后回复"),
    ],
)
def test_a_slip_says_how_it_stands(slip: Slip, words: str) -> None:
    found = replace(ledger(), slips=(slip,))
    titles = [title for title, _ in SLIP_COLUMNS]
    (row,) = (dict(zip(titles, cells, strict=True)) for cells in slip_rows(found))
    assert row["情况"] == words


def test_a_slip_names_its_unit_and_the_one_before() -> None:
    blue, yellow, red = slip_rows(ledger())
    assert blue[:5] == (
        "2023-1", "蓝", "19.3", "新增市级示范（试点）校 10 所", "清丰县",
    )  # fmt: skip
    assert (yellow[9], red[4], red[11:]) == (
        "2023-1",
        "牵头单位",
        (date(2023, 6, 25), "7月上线", "李工"),
    )


def test_every_act_is_listed_with_its_reason() -> None:
    found = list(act_rows(ledger(), day=clock.today))
    assert found[3] == (
        date(2023, 4, 28),
        "15.1",
        "牵头单位",
        "延期",
        "等保测评未完成",
        date(2023, 6, 15),
        "李工",
        ON,
    )
    assert [row[3] for row in found] == [
        "签收", "签收", "退办", "延期", "进展", "进展",
    ]  # fmt: skip
