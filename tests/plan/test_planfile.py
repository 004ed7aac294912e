"""A plan's file: what is refused, on which line, and what is taken as it stands."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from functools import lru_cache

import pytest
from hypothesis import given
from hypothesis import strategies as st

from patentwatch.plan.kinds import Field, FieldType, Kind
from patentwatch.plan.planfile import (
    PlanFile,
    PlanRefused,
    from_json,
    read,
    to_json,
)
from patentwatch.plan.values import (
    CommitmentKind,
    MeasureType,
    Plan,
    Residents,
    Selection,
    Span,
)

LOAN = Kind(
    key="loan",
    label="贷款",
    fields=(
        Field("borrower", "企业", FieldType.PARTY, link="secures"),
        Field("county", "县区", FieldType.COUNTY),
        Field("from_on", "起始日", FieldType.DATE),
        Field("to_on", "到期日", FieldType.DATE),
        Field("amount", "金额", FieldType.YUAN),
        Field("mixed", "混合质押", FieldType.CHOICE, choices=("是", "否")),
    ),
    natural_key=("borrower",),
    title="borrower",
    dated="from_on",
)
PLACE = Kind(
    key="place",
    label="乡镇",
    fields=(Field("name", "名称", FieldType.TEXT),),
    natural_key=("name",),
    title="name",
    dated="listed_on",
)
KINDS = {"loan": LOAN, "place": PLACE}

TEXT = """\
name = "test-2024"
title = "某市工作要点"
document_no = "某知〔2024〕1号"
year = 2024
lead = "市知识产权局"
counties = ["410902", "410922"]
sections = ["一、创造", "二、运用"]

[lists]
places = ["机关", "企业"]

[[residents]]
county = ""
year = 2020
persons = 1000
source = "普查"

[[item]]
number = 1
section = 1
title = "第一项"

[[item.commitment]]
id = "1.1"
text = "贷款突破2亿元"
kind = "target"
target = 200000000
unit = "元"
more_than = true
measure.type = "sum"
measure.records.kinds = ["loan"]
measure.records.where.mixed = ["是"]
measure.field = "amount"

[[item]]
number = 2
section = 2
title = "第二项"
printed_as = "1."

[[item.commitment]]
id = "2.1"
text = "建立制度"
kind = "milestone"
due_on = 2024-04-30
support = ["市财政局"]
counties = ["410922"]
measure = { type = "linked" }

[[item.commitment]]
id = "2.2"
text = "密度达到1.1件"
kind = "target"
target = 1.1
unit = "件"
level = true
measure = { type = "register", register = "valid_per_10k" }
"""


@lru_cache
def taken(text: str = TEXT, counties: tuple[str, ...] = ("410902", "410922")) -> Plan:
    return parsed(text, counties).plan


def parsed(
    text: str = TEXT, counties: tuple[str, ...] = ("410902", "410922")
) -> PlanFile:
    return read(text, file="计划.toml", kinds=KINDS, counties=counties)


def refused(text: str) -> PlanRefused:
    with pytest.raises(PlanRefused) as raised:
        taken(text)
    assert "计划.toml" in str(raised.value)
    assert raised.value.exit_status == 1
    return raised.value


def line(words: str, text: str = TEXT) -> int:
    """Return the only line that has these words, counted from 1."""
    (found,) = [n for n, one in enumerate(text.splitlines(), 1) if words in one]
    return found


def test_what_a_commitment_leaves_out_is_the_plans() -> None:
    plan = taken()
    first, second, third = plan.commitments
    assert (first.lead, first.counties) == ("市知识产权局", ("410902", "410922"))
    assert (first.due_on, second.due_on) == (date(2024, 12, 31), date(2024, 4, 30))
    assert (second.counties, second.support) == (("410922",), ("市财政局",))
    assert (plan.starts_on, plan.ends_on) == (date(2024, 1, 1), date(2024, 12, 31))
    assert plan.in_force_on == date(2024, 1, 1)
    assert first.target == Decimal(200_000_000)
    assert third.target == Decimal("1.1")


def test_a_measure_is_what_the_file_says() -> None:
    first = taken().commitments[0]
    assert first.kind is CommitmentKind.TARGET
    assert first.measure.type is MeasureType.SUM
    assert first.measure.records == Selection(
        ("loan",), {"mixed": ("是",)}, dated="occurred_on", span=Span.YEAR
    )


def test_items_lists_and_residents_are_taken() -> None:
    plan = taken()
    assert [(i.number, i.section, i.printed_as) for i in plan.items] == [
        (1, 1, ""),
        (2, 2, "1."),
    ]
    assert plan.lists == {"places": ("机关", "企业")}
    assert plan.residents == (Residents("", 2020, 1000, "普查"),)


def test_days_of_the_plan_may_be_others() -> None:
    head = "starts_on = 2024-03-01\nends_on = 2025-02-28\nin_force_on = 2024-05-01\n"
    plan = taken(head + TEXT)
    assert (plan.starts_on, plan.ends_on) == (date(2024, 3, 1), date(2025, 2, 28))
    assert plan.in_force_on == date(2024, 5, 1)
    assert plan.commitments[0].due_on == date(2025, 2, 28)


SUM = 'measure.type = "sum"'
WHERE = 'measure.records.where.mixed = ["是"]'
FIELD = 'measure.field = "amount"'
LOANS = 'records = { kinds = ["loan"] }'


def measure(type_: str, *keys: str) -> str:
    """Return a measure in one line."""
    return f"measure = {{ {', '.join([f'type = {chr(34)}{type_}{chr(34)}', *keys])} }}"


LINKED = measure("linked")
REGISTER = measure("register", 'register = "valid_per_10k"')
FAULTS = [
    pytest.param(
        'kind = "milestone"',
        'kind = "promise"',
        "kind",
        "“promise” 无效",
        "milestone",
        id="kind-of-commitment",
    ),
    pytest.param(
        '["loan"]',
        '["laon"]',
        "measure.records.kinds",
        "没有这个记录类型：“laon”",
        "loan",
        id="kind-of-record",
    ),
    pytest.param(
        WHERE,
        'measure.records.where.mixt = ["是"]',
        "measure.records.where.mixt",
        "没有这个字段：“mixt”",
        "mixed",
        id="where-field",
    ),
    pytest.param(
        WHERE,
        'measure.records.where.mixed = ["对"]',
        "measure.records.where.mixed",
        "“对”无效",
        "是、否",
        id="where-value",
    ),
    pytest.param(
        WHERE,
        "measure.records.where.mixed = []",
        "measure.records.where.mixed",
        "是空的",
        "至少一个值",
        id="where-nothing",
    ),
    pytest.param(
        WHERE,
        'measure.records.dated = "mixed"',
        "measure.records.dated",
        "不是日期",
        "日期字段",
        id="dated-no-date",
    ),
    pytest.param(
        WHERE,
        'measure.records.until = "over_on"',
        "measure.records.until",
        "“over_on”",
        "to_on",
        id="until-unknown",
    ),
    pytest.param(
        WHERE,
        'measure.records.by = "due"',
        "measure.records.by",
        "“due”无效",
        "from_on",
        id="by-unknown",
    ),
    pytest.param(
        WHERE,
        'measure.records.span = "month"',
        "measure.records.span",
        "“month” 无效",
        "year",
        id="span",
    ),
    pytest.param(
        SUM,
        'measure.type = "total"',
        "measure.type",
        "“total” 无效",
        "sum",
        id="measure-type",
    ),
    pytest.param(
        FIELD,
        'measure.field = "sum"',
        "measure.field",
        "“sum”",
        "amount",
        id="field-unknown",
    ),
    pytest.param(
        FIELD,
        'measure.field = "mixed"',
        "measure.field",
        "不是数字",
        "数字字段",
        id="field-no-number",
    ),
    pytest.param(
        REGISTER,
        measure("linked", 'entries = "places"'),
        "measure.entries",
        "没有这一项",
        "请删去",
        id="measure-too-much",
    ),
    pytest.param(
        REGISTER,
        measure("register", 'register = "valid_per_10"'),
        "measure.register",
        "“valid_per_10”无效",
        "是不是 valid_per_10k",
        id="register",
    ),
    pytest.param(
        REGISTER,
        measure("register"),
        "measure.register",
        "缺少这一项",
        "必须写明",
        id="register-missing",
    ),
    pytest.param(
        REGISTER,
        measure("count"),
        "measure.records",
        "缺少这一项",
        "必须写明",
        id="count-of-nothing",
    ),
    pytest.param(
        REGISTER,
        measure("ratio", LOANS),
        "measure.of",
        "缺少这一项",
        "必须写明",
        id="ratio-of-nothing",
    ),
    pytest.param(
        REGISTER,
        measure("median_days", LOANS, 'field = "amount"'),
        "measure.field",
        "不是日期",
        "日期字段",
        id="days-from-no-date",
    ),
    pytest.param(
        REGISTER,
        measure("coverage", LOANS, 'entries = "counties"', 'field = "x"'),
        "measure.field",
        "“x”",
        "borrower",
        id="coverage-field",
    ),
    pytest.param(
        REGISTER,
        measure("coverage", LOANS, 'entries = "places"'),
        "measure.field",
        "缺少这一项",
        "必须写明",
        id="coverage-without-field",
    ),
    pytest.param(
        REGISTER,
        measure("coverage", LOANS, 'entries = "town"', 'field = "mixed"'),
        "measure.entries",
        "没有这份名单：“town”",
        "places",
        id="coverage-list",
    ),
    pytest.param(
        REGISTER,
        measure("coverage", LOANS, 'entries = "kind:town"', 'field = "mixed"'),
        "measure.entries",
        "没有这个记录类型：“town”",
        "place",
        id="coverage-kind",
    ),
    pytest.param(
        'counties = ["410922"]',
        'counties = ["41092"]',
        "counties",
        "“41092”不是县区代码",
        "六位数字",
        id="county-too-short",
    ),
    pytest.param(
        'counties = ["410922"]',
        'counties = ["４１０９２２"]',
        "counties",
        "不是县区代码",
        "六位数字",
        id="county-full-width",
    ),
    pytest.param(
        'counties = ["410922"]',
        'counties = ["410922", "410922"]',
        "counties",
        "410922 写了 2 次",
        "请只留一次",
        id="county-twice",
    ),
    pytest.param(
        'counties = ["410902", "410922"]',
        'counties = ["华龙区"]',
        "counties",
        "“华龙区”不是县区代码",
        "六位数字",
        id="default-county",
    ),
    pytest.param(
        'id = "2.1"', 'id = "1.1"', "id", "“1.1”", "2.1", id="id-of-another-item"
    ),
    pytest.param(
        'id = "2.2"', 'id = "2.1"', "id", "“2.1”用了两次", "一个编号", id="id-twice"
    ),
    pytest.param(
        "number = 2",
        "number = 1",
        "number",
        "1 用了不止一次",
        "一个序号",
        id="item-twice",
    ),
    pytest.param(
        "target = 200000000",
        'target = "两亿"',
        "target",
        "现为 “两亿”",
        "须为数字",
        id="target-no-number",
    ),
    pytest.param(
        "target = 200000000",
        "target = true",
        "target",
        "现为 true",
        "须为数字",
        id="target-true",
    ),
    pytest.param(
        "target = 200000000",
        "target = inf",
        "target",
        "须为数字",
        "如 3 或 1.1",
        id="target-without-end",
    ),
    pytest.param(
        "target = 1.1",
        "target = 1e999999999",
        "target",
        "1e+999999999 不行",
        "至多 6 位小数",
        id="target-endless",
    ),
    pytest.param(
        "target = 1.1",
        "target = 1e-99999999",
        "target",
        "1e-99999999 不行",
        "至多 6 位小数",
        id="target-endlessly-small",
    ),
    pytest.param(
        "target = 1.1",
        "target = -1",
        "target",
        "-1 不行",
        "须在 0 至",
        id="target-negative",
    ),
    pytest.param(
        "target = 1.1",
        "",
        "target",
        "缺少这一项",
        "more_than = true",
        id="target-missing",
    ),
    pytest.param(
        'unit = "元"', "", "unit", "缺少目标数的单位", "如 件", id="unit-missing"
    ),
    pytest.param(
        "due_on = 2024-04-30",
        "due_on = 2025-01-01",
        "due_on",
        "2025-01-01 不在计划期",
        "请核对",
        id="due-too-late",
    ),
    pytest.param(
        "due_on = 2024-04-30",
        "due_on = 2023-12-31",
        "due_on",
        "2023-12-31 不在计划期",
        "请核对",
        id="due-too-early",
    ),
    pytest.param(
        "due_on = 2024-04-30",
        "due_on = 2024-04-30T00:00:00",
        "due_on",
        "须为日期",
        "如 2023-12-31",
        id="due-an-instant",
    ),
    pytest.param(
        'text = "建立制度"', "", "text", "缺少这一项", "缺少", id="text-missing"
    ),
    pytest.param(
        'text = "建立制度"',
        'text = " "',
        "text",
        "是空的",
        "照抄文件的原话",
        id="text-empty",
    ),
    pytest.param(
        LINKED,
        LINKED + "\ntarget = 3",
        "target",
        "没有目标数",
        "请删去",
        id="milestone-with-target",
    ),
    pytest.param(
        LINKED,
        measure("growth", LOANS),
        "measure.type",
        "“growth”判断不了",
        "linked",
        id="milestone-that-grows",
    ),
    pytest.param(
        LINKED,
        LINKED + "\ntarget_on = 3",
        "target_on",
        "没有这个设置",
        "target",
        id="key-unknown",
    ),
    pytest.param(
        LINKED,
        "measure.type = 'linked'\nmeasure.fields = 'x'",
        "measure.fields",
        "没有这个设置",
        "field",
        id="measure-key-unknown",
    ),
    pytest.param(
        "section = 2",
        "section = 3",
        "section",
        "没有第 3 部分",
        "有 2 个",
        id="section",
    ),
    pytest.param(
        'title = "第二项"',
        'title = ""',
        "title",
        "是空的",
        "请照文件填写",
        id="item-title",
    ),
    pytest.param(
        'name = "test-2024"',
        'name = "2024年计划"',
        "name",
        "“2024年计划”不行",
        "如 puyang-2023",
        id="name",
    ),
    pytest.param(
        "year = 2024", 'year = "2024"', "year", "须为整数", "2024", id="year-a-text"
    ),
    pytest.param(
        "year = 2024", "year = 24", "year", "现为 24", "四位数", id="year-short"
    ),
    pytest.param(
        "persons = 1000", "persons = 0", "persons", "0 不行", "人口数", id="persons"
    ),
    pytest.param(
        'source = "普查"', 'source = ""', "source", "是空的", "出处", id="source"
    ),
    pytest.param(
        '["机关", "企业"]',
        '["机关", "机关"]',
        "lists.places",
        "“机关”写了 2 次",
        "请只留一次",
        id="list-twice",
    ),
]


@pytest.mark.parametrize(("old", "new", "key", "value", "remedy"), FAULTS)
def test_a_mistake_is_told_with_line_key_value_and_remedy(
    old: str, new: str, key: str, value: str, remedy: str
) -> None:
    assert TEXT.count(old) == 1
    text = TEXT.replace(old, new)
    (fault, *_) = refused(text).faults
    assert fault.key == key
    assert value in fault.message
    assert remedy in fault.message
    told = str(refused(text))
    assert f"第 {fault.line} 行" in told
    if new and "\n" not in new:
        assert new in text.splitlines()[(fault.line or 0) - 1]


@pytest.mark.parametrize(
    ("old", "new", "at"),
    [
        ('id = "2.2"', 'id = "2.1"', 'text = "密度'),
        ('["loan"]', '["laon"]', '["laon"]'),
        ("target = 1.1", 'target = "x"', 'target = "x"'),
        (REGISTER, measure("register"), measure("register")),
        ('text = "建立制度"\n', "", 'id = "2.1"'),
        ("persons = 1000", "persons = -1", "persons = -1"),
    ],
)
def test_the_line_is_that_of_the_key_or_of_the_table_it_is_missing_in(
    old: str, new: str, at: str
) -> None:
    text = TEXT.replace(old, new)
    if new.startswith("measure"):
        wanted = line(new, text)
    elif at.startswith(("text", "id")):
        wanted = line(at, text) - 1
    else:
        wanted = line(at, text)
    assert refused(text).faults[0].line == wanted


def test_the_commitment_is_named_with_its_fault() -> None:
    told = str(refused(TEXT.replace("target = 1.1", 'target = "x"')))
    assert "2.2 的 target：须为数字" in told


def test_every_mistake_is_told_at_once_in_the_order_of_the_file() -> None:
    text = TEXT.replace("due_on = 2024-04-30", "due_on = 2026-01-01")
    text = text.replace('["loan"]', '["laon"]').replace("section = 2", "section = 9")
    faults = refused(text).faults
    assert [fault.key for fault in faults] == [
        "measure.records.kinds",
        "section",
        "due_on",
    ]
    assert [fault.line for fault in faults] == sorted(
        fault.line or 0 for fault in faults
    )


def test_a_county_of_the_plans_own_list_is_told_once() -> None:
    text = TEXT.replace('counties = ["410902", "410922"]', 'counties = ["41"]')
    assert [(f.line, f.commitment) for f in refused(text).faults] == [(6, "")]


@pytest.mark.parametrize(
    "text", ["", "name = ", "[[item]", "\x00", "a = " + "[" * 3000]
)
def test_what_is_no_plan_is_refused(text: str) -> None:
    assert refused(text).faults


def test_a_plan_without_items_or_promises_is_refused() -> None:
    head = TEXT.partition("[[item]]")[0]
    assert "一项任务也没有" in str(refused(head))
    bare = head + '[[item]]\nnumber = 1\nsection = 1\ntitle = "甲"\n'
    assert "一条承诺也没有" in str(refused(bare))
    table = head + "[item]\nnumber = 1\n"
    assert "须为表的列表" in str(refused(table))


def test_a_county_that_the_configuration_does_not_describe_is_warned_of_once() -> None:
    (warning,) = parsed(counties=("410902",)).warnings
    assert "410922" in warning.message
    assert "[[county]]" in warning.message
    assert (warning.line, warning.key) == (6, "counties")
    assert parsed().warnings == ()


def test_a_target_may_be_shared_out_among_its_counties_only() -> None:
    shared = TEXT.replace("target = 1.1", "target = 1.1\ncounty_targets.410902 = 0.7")
    assert taken(shared).commitments[2].county_targets == {"410902": Decimal("0.7")}
    other = shared.replace("county_targets.410902", "county_targets.410926")
    assert "“410926”不在 counties 之中" in str(refused(other))


@pytest.mark.parametrize("type_", ["growth", "median_days"])
def test_a_number_to_beat_may_come_from_the_year_before(type_: str) -> None:
    field = ['field = "from_on"'] if type_ == "median_days" else []
    text = TEXT.replace(REGISTER, measure(type_, LOANS, *field))
    text = text.replace("target = 1.1", "more_than = true")
    assert taken(text).commitments[2].target is None


def test_coverage_of_counties_needs_no_field() -> None:
    covered = measure("coverage", LOANS, 'entries = "counties"')
    assert taken(TEXT.replace(REGISTER, covered)).commitments[2].measure.field == ""


def test_a_plan_survives_its_journey_through_json() -> None:
    assert from_json(to_json(taken())) == taken()


@given(
    target=st.decimals(0, 10**15, places=6),
    text=st.text(min_size=1),
    days=st.tuples(st.dates(), st.dates()),
    entries=st.dictionaries(st.text(), st.lists(st.text()).map(tuple)),
)
def test_any_values_survive_their_journey_through_json(
    target: Decimal,
    text: str,
    days: tuple[date, date],
    entries: dict[str, tuple[str, ...]],
) -> None:
    plan = taken()
    one = replace(
        plan.commitments[0], target=target, text=text, county_targets={text: target}
    )
    item = replace(plan.items[0], commitments=(one,))
    changed = replace(
        plan, items=(item,), lists=entries, starts_on=days[0], in_force_on=days[1]
    )
    assert from_json(to_json(changed)) == changed


def test_equal_numbers_give_equal_documents() -> None:
    assert to_json(taken(TEXT.replace("target = 1.1", "target = 1.10"))) == to_json(
        taken()
    )
