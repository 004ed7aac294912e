"""The kinds of records: what the plan needs of them, and faults in their file."""

import tomllib
from typing import Any

import pytest

from patentwatch.errors import ConfigError, UsageError
from patentwatch.plan.kinds import FieldType, Kind, kind_named, kinds, read

# The kinds of the specification, item by item, written down by hand.
NAMED = {
    1: ("policy_document", "publicity_event"),
    2: ("work_task", "meeting"),
    3: ("patent_award", "trademark_statistic", "overseas_application"),
    4: ("enterprise_designation", "enterprise_filing", "cultivation_center"),
    5: ("brand_base", "gi_application", "brand_export_statistic"),
    7: ("industrialization_project",),
    8: (
        "open_licence",
        "technology_transfer",
        "transfer_reward",
        "patent_product_filing",
        "patent_intensive_product",
    ),
    9: ("pledge_loan", "whitelist_entry", "ip_insurance", "loan_subsidy"),
    10: ("navigation_project", "navigation_base"),
    11: ("enforcement_case", "handbook_distribution", "township"),
    12: (
        "workstation",
        "rights_aid_case",
        "protected_market",
        "standard_promotion",
        "mediation_case",
    ),
    13: (
        "case_referral",
        "cross_region_case",
        "credit_record",
        "infringement_appraisal",
        "complaint",
    ),
    14: ("cooperation_agreement", "overseas_aid_case", "customs_case"),
    15: ("platform_milestone",),
    16: ("agency_inspection", "service_outlet"),
    17: ("industry_analysis", "micro_navigation", "patent_database", "training"),
    18: (
        "county_assessment",
        "inspection",
        "supervision_slip",
        "published_indicator",
    ),
    19: ("school", "media_column", "five_places_event"),
}

# What a promise of the plan asks of records: kind, its day, and words to choose by.
ASKED: list[tuple[str, str, str, dict[str, tuple[str, ...]]]] = [
    ("1 推进计划", "policy_document", "issued_on", {"use": ("年度推进计划",)}),
    ("1 实施", "policy_document", "effective_on", {"use": ("年度推进计划",)}),
    ("1 学习宣传", "publicity_event", "held_on", {"occasion": ("强市规划学习宣传",)}),
    ("2 方案任务", "work_task", "finished_on", {"scheme": ("试点城市工作方案",)}),
    ("3 专利奖励办法", "policy_document", "issued_on", {"use": ("专利奖励办法",)}),
    ("3 专项政策", "policy_document", "issued_on", {"joint": ("是",)}),
    ("3 海外", "overseas_application", "filed_on", {"type": ("专利", "商标")}),
    ("4 市级", "enterprise_designation", "designated_on",
     {"level": ("市级",), "class": ("优势", "培育")}),
    ("4 省级以上", "enterprise_designation", "designated_on",
     {"level": ("国家级", "省级"), "class": ("示范", "优势")}),
    ("4 备案率", "enterprise_filing", "filed_on", {}),
    ("4 应备案", "enterprise_filing", "eligible_on", {}),
    ("4 培育中心", "cultivation_center", "built_on", {"level": ("省级",)}),
    ("5 基地", "brand_activity", "held_on", {"type": ("基地建设",)}),
    ("5 申报", "gi_application", "filed_on", {}),
    ("7 产业化率", "industrialization_project", "industrialized_on", {}),
    ("8 实施", "open_licence", "effective_on", {}),
    ("8 沉睡专利", "technology_transfer", "signed_on", {"dormant": ("是",)}),
    ("8 认定", "patent_intensive_product", "recognized_on", {}),
    ("9 混合质押", "pledge_loan", "from_on", {"mixed": ("是",)}),
    ("9 逾期", "pledge_loan", "overdue_on", {"overdue": ("是",)}),
    ("9 质押物", "pledge_loan", "settled_on",
     {"collateral": ("专利", "商标", "地理标志", "版权", "植物新品种")}),
    ("10 实验区", "navigation_base", "approved_on", {"type": ("产业专利导航实验区",)}),
    ("10 N", "navigation_project", "started_on", {"type": ("企业导航",)}),
    ("11 执法方案", "policy_document", "issued_on", {"use": ("专项执法行动方案",)}),
    ("11 全链条", "policy_document", "issued_on",
     {"use": ("全链条保护行动实施方案",)}),
    ("11 正增长", "enforcement_case", "closed_on",
     {"type": ("专利", "商标", "地理标志", "特殊标志")}),
    ("11 办案质量", "enforcement_case", "reviewed_on", {"quality": ("优秀",)}),
    ("11 3·15", "publicity_event", "held_on", {"occasion": ("3·15",)}),
    ("12 评比", "workstation_activity", "held_on",
     {"type": ("检查", "培训", "指导", "评比")}),
    ("12 覆盖", "publicity_event", "held_on",
     {"place_type": ("企业", "社区", "机关", "展会", "专业市场")}),
    ("12 标准", "standard_promotion", "held_on",
     {"standard": ("商品交易市场知识产权保护规范", "电子商务平台知识产权保护管理")}),
    ("12 市级市场", "protected_market", "started_on", {"level": ("市级",)}),
    ("13 受理", "enforcement_case", "accepted_on", {"simple": ("是",)}),
    ("13 举报投诉", "complaint", "closed_on", {"type": ("举报", "投诉")}),
    ("13 信用", "credit_record", "decided_on",
     {"type": ("信用评价", "诚信公示", "联合惩戒")}),
    ("14 受理处", "overseas_aid_case", "accepted_on", {"channel": ("濮阳受理处",)}),
    ("14 电商展会", "commerce_protection", "held_on", {"type": ("电商平台", "展会")}),
    ("15 上线", "platform_milestone", "finished_on",
     {"platform": ("信息服务平台",), "node": ("正式上线",)}),
    ("15 四化", "platform_milestone", "finished_on",
     {"aspect": ("项目申报网络化", "办事流程规范化", "公共服务标准化",
                 "数据资源信息化")}),
    ("16 蓝天", "agency_inspection", "inspected_on", {"action": ("检查", "培育指导")}),
    ("17 分析评议", "industry_analysis", "selected_on", {}),
    ("17 数据库", "patent_database", "built_on", {"type": ("产业专利数据库",)}),
    ("17 服务", "examiner_service", "served_on",
     {"type": ("人才服务", "专利信息服务", "专利质量提升")}),
    ("18 按期", "work_task", "due_on", {"on_time": ("是",)}),
    ("18 结果运用", "county_assessment", "used_on", {}),
    ("18 晋位", "upper_assessment", "published_on", {"advanced": ("是",)}),
    ("19 宣传周", "publicity_event", "held_on",
     {"occasion": ("知识产权宣传周", "中国专利周")}),
    ("19 学校", "school", "designated_on",
     {"level": ("市级",), "class": ("示范校", "试点校")}),
    ("19 五进", "five_places_event", "held_on",
     {"place": ("机关", "企业", "校园", "社区", "市场")}),
]  # fmt: skip

EVERY = pytest.mark.parametrize("kind", kinds().values(), ids=lambda kind: kind.key)


@pytest.mark.parametrize("item", NAMED)
def test_every_kind_of_the_plan_is_there(item: int) -> None:
    assert set(NAMED[item]) - set(kinds()) == set()


@pytest.mark.parametrize(
    ("kind", "day", "where"), [pytest.param(*a[1:], id=a[0]) for a in ASKED]
)
def test_what_the_plan_promises_can_be_asked_of_records(
    kind: str, day: str, where: dict[str, tuple[str, ...]]
) -> None:
    asked = kinds()[kind]
    date = asked.field(day)
    assert date is not None
    assert date.type is FieldType.DATE
    for key, words in where.items():
        field = asked.field(key)
        assert field is not None
        assert set(words) <= set(field.choices)


@EVERY
def test_a_record_has_a_county_and_a_day_of_its_own(kind: Kind) -> None:
    county, dated = kind.field("county"), kind.field(kind.dated)
    assert county is not None
    assert county.type is FieldType.COUNTY
    assert dated is not None
    assert (dated.type, dated.required) == (FieldType.DATE, True)


@EVERY
def test_a_natural_key_is_required_and_names_no_amount(kind: Kind) -> None:
    for key in kind.natural_key:
        field = kind.field(key)
        assert field is not None
        assert field.required
        assert field.type is not FieldType.YUAN


@EVERY
def test_a_clerk_reads_chinese_and_sees_an_example_of_what_is_required(
    kind: Kind,
) -> None:
    assert all("\u4e00" <= one.label[0] <= "\u9fff" for one in kind.fields)
    assert kind.evidence
    shown_by_type = (FieldType.CHOICE, FieldType.COUNTY, FieldType.PATENTS)
    for field in kind.fields:
        if field.required and field.type not in shown_by_type:
            assert field.example, field.key


@EVERY
def test_money_is_in_yuan_and_counts_have_a_unit_or_are_years_and_ranks(
    kind: Kind,
) -> None:
    for field in kind.fields:
        if field.type is FieldType.YUAN:
            assert field.unit == "元"
        elif field.type is FieldType.INTEGER and not field.unit:
            assert field.key in {"year", "rank", "previous_rank"}


@pytest.mark.parametrize(
    ("key", "sort"),
    [
        ("enterprise", FieldType.PARTY),
        ("patents", FieldType.PATENTS),
        ("amount", FieldType.YUAN),
        ("township", FieldType.TEXT),
        ("case_no", FieldType.TEXT),
    ],
)
def test_what_is_compared_across_kinds_is_of_one_sort(
    key: str, sort: FieldType
) -> None:
    found = [field for kind in kinds().values() if (field := kind.field(key))]
    assert len(found) > 1
    assert {field.type for field in found} == {sort}


def test_consequential_are_loans_awards_licences_cases_and_portfolios() -> None:
    assert {key for key, kind in kinds().items() if kind.holds} == {
        "pledge_loan",
        "patent_award",
        "open_licence",
        "technology_transfer",
        "enforcement_case",
        "cultivation_center",
        "patent_portfolio",
    }


@pytest.mark.parametrize(
    ("kind", "field", "link"),
    [
        ("pledge_loan", "patents", "secures"),
        ("pledge_loan", "lender", "held_by"),
        ("patent_award", "patents", "awarded_to"),
        ("patent_award", "winner", "awarded_to"),
        ("open_licence", "patents", "licensed_to"),
        ("open_licence", "licensee", "licensed_to"),
        ("technology_transfer", "patents", "licensed_to"),
        ("enforcement_case", "patents", "inspects"),
        ("industrialization_project", "patents", "counts_for"),
    ],
)
def test_a_patent_and_a_party_are_tied_by_what_the_record_is(
    kind: str, field: str, link: str
) -> None:
    found = kinds()[kind].field(field)
    assert found is not None
    assert found.link == link


@pytest.mark.parametrize(
    ("kind", "until"),
    [
        ("pledge_loan", "settled_on"),
        ("open_licence", "ended_on"),
        ("enforcement_case", "closed_on"),
    ],
)
def test_a_record_stands_until_it_is_settled(kind: str, until: str) -> None:
    assert kinds()[kind].until == until


def test_a_kind_is_found_by_its_chinese_name_too() -> None:
    assert kind_named("质押贷款") is kind_named("pledge_loan") is kinds()["pledge_loan"]


def test_a_mistyped_kind_is_told_the_nearest() -> None:
    with pytest.raises(UsageError, match="是不是 pledge_loan"):
        kind_named("pledge_laon")
    with pytest.raises(UsageError, match="是不是 质押贷款"):
        kind_named("质押货款")


SMALL = """
[[kind]]
key = "visit"
label = "走访"
natural_key = ["visited_on", "unit"]
title = "unit"
dated = "visited_on"
fields = [
  { key = "unit", label = "单位", type = "party", required = true, link = "inspects" },
  { key = "visited_on", label = "日期", type = "date", required = true },
  { key = "way", label = "方式", type = "choice", choices = ["上门", "电话"] },
]
"""


def taken(text: str) -> Any:
    return read(tomllib.loads(text))


def test_a_new_kind_is_a_new_entry() -> None:
    visit = taken(SMALL)["visit"]
    assert visit.natural_key == ("visited_on", "unit")
    assert [field.label for field in visit.fields] == ["单位", "日期", "方式"]
    assert not visit.holds


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        ('type = "date"', 'type = "day"', "visit.fields.*day.*无效"),
        ('["visited_on", "unit"]', '["number"]', "natural_key 中的 number"),
        ('["visited_on", "unit"]', '["way"]', "natural_key 中的 way"),
        ('["visited_on", "unit"]', "[]", "natural_key 不能为空"),
        ('dated = "visited_on"', 'dated = "unit"', "dated unit"),
        ('dated = "visited_on"', 'dated = "gone_on"', "dated gone_on"),
        ('dated = "visited_on"', 'dated = "visited_on"\nuntil = "way"', "until way"),
        ('title = "unit"', 'title = "name"', "title name"),
        ('key = "way"', 'key = "unit"', "key unit 写了两次"),
        ('label = "方式"', 'label = "单位"', "label 单位 写了两次"),
        ('label = "方式"', 'label = "方式（上门）"', "不能有括号"),
        ('key = "way"', 'key = "Way"', "字段 Way"),
        ('key = "way"', 'key = "occurred_on"', "字段 occurred_on"),
        (', choices = ["上门", "电话"]', "", "choice 须有 choices"),
        ('"电话"', '"上门"', "choices 有重复"),
        ('"电话"', '"电话、短信"', "不能有逗号"),
        ('"inspects"', '"looks_at"', "字段 unit"),
        (', link = "inspects"', "", "字段 unit"),
        ('title = "unit"', 'title = "unit"\nholds = true', "须有 patents 字段"),
        ('title = "unit"', 'title = "unit"\ntitel = "x"', "visit.titel: 没有这个设置"),
        ('label = "走访"', "", "visit.label: 缺少这一项"),
        ('"上门", "电话"]', '"上门", "电话"], needs = "why"', "way 的 needs why"),
    ],
)
def test_a_fault_of_the_file_is_named(old: str, new: str, told: str) -> None:
    assert old in SMALL
    with pytest.raises(ConfigError, match=told):
        taken(SMALL.replace(old, new, 1))


def test_a_kind_that_stands_twice_is_a_fault() -> None:
    with pytest.raises(ConfigError, match="visit: 这一种类写了两次"):
        taken(SMALL + SMALL)


def test_the_day_of_a_record_must_be_filled_in() -> None:
    text = SMALL.replace('["visited_on", "unit"]', '["unit"]')
    assert taken(text)
    with pytest.raises(ConfigError, match="dated visited_on 须为本种类的必填日期"):
        taken(text.replace('type = "date", required = true', 'type = "date"'))
