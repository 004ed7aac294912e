"""The shipped plan against the text of 濮知〔2023〕1号, read by hand."""

import re
from collections import Counter
from datetime import date
from decimal import Decimal
from functools import lru_cache
from pathlib import Path

import pytest

from patentwatch.plan.kinds import kinds
from patentwatch.plan.planfile import PlanFile, from_json, read, to_json
from patentwatch.plan.values import (
    REGISTER_MEASURES,
    Commitment,
    CommitmentKind,
    MeasureType,
    Plan,
)
from patentwatch.planintake import _text

HERE = Path(__file__).parent
EIGHT = (
    "410902", "410922", "410923", "410926", "410927", "410928", "410971", "410972",
)  # fmt: skip


@lru_cache
def shipped() -> PlanFile:
    file, text = _text("puyang-2023")
    return read(text, file=file, kinds=kinds(), counties=EIGHT)


@lru_cache
def lines() -> list[str]:
    """Return the paragraphs of the text; those that a page's end broke are whole."""
    whole: list[str] = []
    text = (HERE / "puyang-2023-work-plan.txt").read_text("utf-8")
    for line in filter(None, map(str.strip, text.splitlines())):
        if whole and re.match(r"\d+\. .*[^。]$", whole[-1]):
            whole[-1] += line
        else:
            whole.append(line)
    return whole


def sentences() -> list[str]:
    return [one for line in lines() for one in line.split("。")]


def plan() -> Plan:
    return shipped().plan


def promise(phrase: str) -> Commitment:
    """Return the commitment of a phrase; there must be one that holds it."""
    found = [one for one in plan().commitments if phrase in one.text]
    assert found, phrase
    return min(found, key=lambda one: len(one.text))


def test_the_broken_lines_of_the_text_are_whole_again() -> None:
    joined = "\n".join(lines())
    for phrase in (
        "推进高校和科研院所专利技术",
        "保持“严保护”的高压态势",
        "电商平台知识产权保护；进一步",
        "与海关、市商务局联手",
        "协作建立产业专利数据库",
    ):
        assert phrase in joined


def test_the_file_has_nothing_to_warn_of() -> None:
    assert shipped().warnings == ()


def test_the_plan_is_the_document_of_2023() -> None:
    found = plan()
    assert found.document_no in lines()
    assert found.title in lines()
    assert (found.name, found.year) == ("puyang-2023", 2023)
    assert (found.starts_on, found.ends_on) == (date(2023, 1, 1), date(2023, 12, 31))


def test_the_six_sections_are_the_headings_of_the_text() -> None:
    headings = [line for line in lines() if re.match(r"[一二三四五六]、", line)]
    assert len(headings) == 6
    assert list(plan().sections) == headings


def test_the_nineteen_items_are_in_their_sections_with_their_first_sentences() -> None:
    wanted, section = [], 0
    for line in lines():
        section += bool(re.match(r"[一二三四五六]、", line))
        if item := re.match(r"(\d+\.) ?(.+?)。", line):
            wanted.append((section, item[1], item[2]))
    assert len(wanted) == 19
    printed = [
        (item.section, item.printed_as or f"{item.number}.", item.title)
        for item in plan().items
    ]
    assert printed == wanted
    assert [item.number for item in plan().items] == list(range(1, 20))


def test_the_twelfth_item_is_printed_as_the_second() -> None:
    misprinted = [item for item in plan().items if item.printed_as]
    assert [(one.number, one.printed_as) for one in misprinted] == [(12, "2.")]
    assert sum(line.startswith("2. ") for line in lines()) == 2


def test_every_phrase_stands_in_one_sentence_of_its_item() -> None:
    whole = [line for line in lines() if re.match(r"\d+\. ", line)]
    strays = [
        one.id
        for item, line in zip(plan().items, whole, strict=True)
        for one in item.commitments
        if not any(one.text in sentence for sentence in line.split("。"))
    ]
    assert strays == []


def test_no_two_promises_are_worded_alike() -> None:
    words = Counter(one.text for one in plan().commitments)
    assert [text for text, times in words.items() if times > 1] == []


def test_ids_count_through_their_item() -> None:
    assert [one.id for one in plan().commitments] == [
        f"{item.number}.{at}"
        for item in plan().items
        for at in range(1, len(item.commitments) + 1)
    ]


NUMBERS = [
    ("万人发明专利拥有量达到3件", "3", "件"),
    ("万人高价值发明专利拥有量达到1.1件", "1.1", "件"),
    ("商标有效注册量3.5万件", "35000", "件"),
    ("海外专利、商标申请量达到10件", "10", "件"),
    ("国家、省、市三级融合", "3", "级"),
    ("新增市级知识产权优势及培育企业5家", "5", "家"),
    ("省级以上知识产权优势企业5家", "5", "家"),
    ("南乐、清丰、华龙区三个省级产业商标品牌培育基地", "3", "个"),
    ("申报地理标志产品（商标）2件", "2", "件"),
    ("筛选支持5项", "5", "项"),
    ("质押融资贷款额突破2亿元", "200000000", "元"),
    ("华龙区、经开区两个产业专利导航实验区", "2", "个"),
    ("经开区国家级专利导航服务基地", "1", "个"),
    ("宣传乡镇全覆盖", "100", "%"),
    ("深入企业、社区、机关、展会、专业市场", "5", "类"),
    ("遴选1个支柱产业", "1", "个"),
    ("遴选2个企业", "2", "个"),
    ("新增市级示范（试点）校 10 所", "10", "所"),
    ("市场“五进”活动", "5", "个"),
]


@pytest.mark.parametrize(("phrase", "target", "unit"), NUMBERS)
def test_every_number_that_is_promised_is_a_target_in_its_unit(
    phrase: str, target: str, unit: str
) -> None:
    found = promise(phrase)
    assert found.kind is CommitmentKind.TARGET
    assert (found.target, found.unit) == (Decimal(target), unit)


# Numbers of the text that promise no amount: names, dates, and a month.
NAMES = {
    "《濮阳市知识产权强市建设规划（2022—2035年）》": ["2022", "2035"],
    "2023年，": ["2023"],
    "“1236”整体战略布局": ["1236"],
    "一高四新两能": [],
    "推进“2+1+N”专利导航服务模式": ["2", "1"],  # its numbers are targets of their own
    "制定 2023 年专利": ["2023"],
    "4.26、3.15 等重大活动": ["4.26", "3.15"],
    "晋冀鲁豫四省 18 市": ["18"],
    "确保4月份正式上线运行": ["4"],  # the due date of 15.2
}


def test_no_number_of_the_items_is_left_out() -> None:
    for line in lines():
        if not (item := re.match(r"\d+\. (.*)", line)):
            continue
        rest = item[1]
        for phrase in [*NAMES, *(one[0] for one in NUMBERS)]:
            rest = rest.replace(phrase, "")
        assert (
            re.findall(r"\d[\d.]*|[一二两三四五六七八九十]+[个家项件所级]", rest) == []
        )


EASY_TO_MISS = [
    "密切协作、运转顺畅的工作机制",
    "构建符合高质量发展的政策体系",
    "推荐申报国家知识产权示范及优势企业",
    "产出一批高价值专利及高价值专利组合",
    "加大商标品牌培育力度",
    "启动地理标志运用促进工程",
    "实施地理标志产品和地理标志商标培育计划",
    "提高其经济效益和品牌效益",
    "促进万人有效发明专利拥有量",
    "高价值发明专利拥有量不断提升",
    "提高专利技术产业化率",
    "提升经济效益和社会效益",
    "唤醒未充分实施的“沉睡”专利",
    "在市级以上知识产权优势企业开展专利产品备案",
    "大力推动专利密集型企业",
    "“入园惠企”行动",
    "稳步提高我市知识产权质押融资质量",
    "大力培育专利密集型产业",
    "特殊标志（官方标志）等执法检查",
    "提高办案质量和成效",
    "通过检查、培训、指导、评比活动，提高濮阳市知识产权工作站业务水平",
    "深入企业、社区、机关、展会、专业市场",
    "调动社会及专业人员力量",
    "构筑覆盖全市的知识产权维权援助网络",
    "快速受理、处理群众举报、投诉",
    "强化案件快速查办和督导机制",
    "推动简易案件快速处理",
    "建立健全知识产权信用评价",
    "诚信公示",
    "利用互联网等技术创新开展执法和监管实践",
    "规范电商平台知识产权保护",
    "展会知识产权保护",
    "国家海外知识产权纠纷应对指导中心河南分中心濮阳受理处",
    "实现项目申报网络化",
    "办事流程规范化",
    "公共服务标准化",
    "数据资源信息化",
    "代理机构的培育",
    "濮阳市科学技术情报研究所",
    "为我市企业提供知识产权人才",
    "专利信息和专利质量提升",
    "专利质量提升等服务",
    "知识产权重点目标管理责任制",
    "知识产权战略工作联席会议办公室",
    "检查考核和结果运用",
    "省政府知识产权保护考核",
    "省营商环境评价考核指标体系",
]


@pytest.mark.parametrize("phrase", EASY_TO_MISS)
def test_what_is_easy_to_miss_is_a_promise_too(phrase: str) -> None:
    assert any(phrase in sentence for sentence in sentences())
    assert phrase in promise(phrase).text


def test_what_is_easy_to_miss_is_counted_each_by_itself() -> None:
    assert len({promise(phrase).id for phrase in EASY_TO_MISS}) == len(EASY_TO_MISS)


def test_only_the_platform_is_due_before_the_years_end() -> None:
    early = {c.id: c.due_on for c in plan().commitments if c.due_on.month < 12}
    assert early == {promise("确保4月份正式上线运行").id: date(2023, 4, 30)}


def test_the_others_are_due_on_the_years_last_day() -> None:
    days = Counter(one.due_on for one in plan().commitments)
    assert days[date(2023, 12, 31)] == len(plan().commitments) - 1


NAMED_COUNTIES = {
    "南乐、清丰、华龙区三个": ("410902", "410922", "410923"),
    "华龙区、经开区两个": ("410902", "410972"),
    "经开区国家级专利导航服务基地": ("410972",),
    "经开区电子化学品新材料产业": ("410972",),
    "指导开发区": ("410971", "410972"),
}


def test_counties_are_those_named_else_all_eight() -> None:
    named = {promise(phrase).id: codes for phrase, codes in NAMED_COUNTIES.items()}
    for one in plan().commitments:
        assert one.counties == named.get(one.id, EIGHT), one.id


SUPPORT = {
    "联合市财政局": {"市财政局"},
    "与市司法局、市法院深入协作": {"市司法局", "市法院"},
    "加强与公检法司、宣传部门、商务部门合作": {"公检法司", "宣传部门", "商务部门"},
    "与海关、市商务局联手": {"海关", "市商务局"},
    "遴选1个支柱产业": {"审协河南中心"},
    "遴选2个企业": {"审协河南中心"},
}


@pytest.mark.parametrize(("phrase", "units"), SUPPORT.items())
def test_supporting_units_are_those_that_the_text_names(
    phrase: str, units: set[str]
) -> None:
    assert set(promise(phrase).support) == units
    assert promise(phrase).lead == "濮阳市知识产权局"


def test_no_supporting_unit_is_invented() -> None:
    text = "".join(lines())
    assert [u for one in plan().commitments for u in one.support if u not in text] == []


@pytest.mark.parametrize(
    ("phrase", "said"),
    [
        ("万人发明专利拥有量达到3件", {"level"}),
        ("商标有效注册量3.5万件", {"level"}),
        ("提高强企备案率", {"level", "more_than"}),
        ("突破2亿元", {"more_than"}),
        ("缩短办案时间", {"more_than", "at_most"}),
        ("实现专利、商标、地理标志等行政执法案件正增长", {"more_than"}),
        ("减少发明专利流失", {"more_than", "at_most"}),
        ("海外专利、商标申请量", set()),
    ],
)
def test_what_is_better_is_said(phrase: str, said: set[str]) -> None:
    one = promise(phrase)
    assert {n for n in ("more_than", "at_most", "level") if getattr(one, n)} == said


def test_cases_are_to_grow_as_a_whole_and_by_type() -> None:
    growing = [
        one.measure.records.where.get("type", ())
        for one in plan().commitments
        if one.measure.type is MeasureType.GROWTH and one.measure.records
    ]
    assert growing == [(), ("专利",), ("商标",), ("地理标志",)]


def test_the_sixth_item_is_answered_by_the_register() -> None:
    sixth = plan().items[5].commitments
    assert {one.measure.type for one in sixth} == {MeasureType.REGISTER}
    assert {one.measure.register for one in plan().commitments} - {""} <= set(
        REGISTER_MEASURES
    )


def test_the_cultural_five_places_are_those_of_the_text() -> None:
    text = promise("“五进”活动").text
    places = re.findall(r"进(\w\w)(?=[、“])|进(市场)", text)
    assert ["".join(one) for one in places] == list(plan().lists["five_places"])


def test_residents_are_the_citys_published_totals_and_of_no_county() -> None:
    assert [(one.county, one.year, one.persons) for one in plan().residents] == [
        ("", 2020, 3_772_088),
        ("", 2022, 3_743_000),
    ]


def test_the_plan_survives_its_journey_through_json() -> None:
    assert from_json(to_json(plan())) == plan()
