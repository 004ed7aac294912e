"""A year of records goes in by the templates; every promise of the plan comes out.

Each line of `EXPECTED` was worked out by hand from `RECORDS` and the rules of the
ledger, as of 31 December 2023, the day on which nearly everything is due. An activity
is green if its newest record is of 2 October or later, yellow from 4 July on.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import pytest

from patentwatch.plan.kinds import kinds
from tests.planoffice import EIGHT, PlanOffice, Row, alone_in, example, open_office

ON = "2023-12-31"
HUALONG, QINGFENG, NANLE, NEW_ZONE = "华龙区", "清丰县", "南乐县", "濮阳经济技术开发区"


def company(name: str, **more: object) -> Row:
    return {"enterprise": name, **more}


def policy(use: str, issued_on: str, **more: object) -> Row:
    return {"document_no": use, "use": use, "issued_on": issued_on, **more}


def meeting(type_: str, held_on: str) -> Row:
    return {"title": type_, "type": type_, "held_on": held_on}


def event(occasion: str, held_on: str, **more: object) -> Row:
    usual = {"title": occasion, "township": "", "county": "", "ended_on": ""}
    return {**usual, "occasion": occasion, "held_on": held_on, **more}


def task(scheme: str, number: str, given: str, due: str, done: str = "") -> Row:
    return {
        "scheme": scheme,
        "task_no": number,
        "assigned_on": given,
        "due_on": due,
        "finished_on": done,
        "county": "",
    }


def case(number: str, type_: str, accepted: str, closed: str, **more: object) -> Row:
    usual = {"case_no": number, "type": type_, "county": ""}
    return {**usual, "accepted_on": accepted, "closed_on": closed, **more}


PILOT = "试点城市工作方案"

RECORDS: Mapping[str, Sequence[Row]] = {
    "meeting": (
        meeting("领导小组会议", "2023-02-15"),
        meeting("部门协作会商", "2023-05-10"),
        meeting("联席会议", "2023-11-20"),
        meeting("联席会议办公室会议", "2023-12-05"),
    ),
    "policy_document": (
        policy("年度推进计划", "2023-03-20", effective_on="2023-04-01"),
        policy("专利奖励办法", "2023-05-20", effective_on="2023-06-01"),
        policy("创新发展专项政策", "2023-09-10", effective_on=""),
        policy("地理标志培育计划", "2023-03-01", effective_on=""),
        policy("专项执法行动方案", "2023-03-01", effective_on=""),
    ),
    "publicity_event": (
        event("知识产权宣传周", "2023-04-20"),
        event("维权援助", "2023-06-01", place_type="社区"),
        event("强市规划学习宣传", "2023-09-01"),
        event("维权援助", "2023-10-03", place_type="企业"),
        event("维权保护教育", "2023-11-05"),
        event("中国专利周", "2023-11-13"),
        event("其他", "2023-03-15", county=QINGFENG, township="城关镇"),
    ),
    "work_task": (
        # Of the year, though it was given out before; done on its last day.
        task(PILOT, "1", "2022-12-20", "2023-06-30", "2023-06-30"),
        task(PILOT, "2", "2023-01-20", "2023-11-30", "2023-12-10"),  # late
        task(PILOT, "3", "2023-01-20", "2023-12-31"),
        task(PILOT, "4", "2023-01-20", "2023-12-31", "2023-10-08"),
        # Of the year before: done this year, but not one of this year's tasks.
        {
            **task(PILOT, "9", "2022-01-20", "2022-12-31", "2023-02-01"),
            "year": "2022",
        },
        task("全链条保护行动实施方案", "1", "2023-02-01", "2023-12-31", "2023-08-01"),
        task("知识产权工作要点", "1", "2023-01-20", "2023-12-31"),
    ),
    "patent_award": ({"level": "市专利奖", "awarded_on": "2023-07-20"},),
    "trademark_statistic": tuple(
        {"county": county, "as_of_on": day, "registered": number}
        for day, number in (("2022-12-31", "4,000"), ("2023-11-30", "4375"))
        for county in EIGHT.values()
    ),
    "overseas_application": tuple(
        {"application_no": f"PCT/CN2023/{n:06}"} for n in range(10)
    ),
    "enterprise_designation": (
        *(
            company(f"市级{n}", level="市级", **{"class": word})
            for n, word in enumerate(("优势", "优势", "优势", "培育", "培育"), 1)
        ),
        *(
            company(
                f"{level}{n}",
                level=level,
                designated_on="2023-10-20",
                **{"class": "优势"},
            )
            for n, level in enumerate(("省级", "省级", "省级", "省级", "国家级"), 1)
        ),
        # The same company twice is one company.
        company("市级1", level="市级", **{"class": "培育"}),
    ),
    "enterprise_recommendation": (
        company("甲公司", level="国家级", recommended_on="2023-06-10"),
    ),
    "enterprise_filing": (
        company("甲", eligible_on="2022-03-01", filed_on="2022-11-01"),
        company("乙", eligible_on="2022-03-01", filed_on="2023-12-01"),
        company("丙", eligible_on="2023-03-01", filed_on="2023-04-01"),
        company("丁", eligible_on="2023-03-01"),
    ),
    "cultivation_center": (company("惠成电子", level="省级", built_on="2023-08-08"),),
    "patent_portfolio": ({"formed_on": "2023-08-30"},),
    "brand_activity": (
        {"type": "商标品牌培育", "held_on": "2023-10-10"},
        {"type": "地理标志运用促进", "held_on": "2023-03-15"},
    ),
    "brand_export_statistic": (
        {"scope": "全市", "as_of_on": "2022-12-31", "share": "30", "county": ""},
        {"scope": "全市", "as_of_on": "2023-12-01", "share": "32.5", "county": ""},
    ),
    "brand_base": tuple(
        {"title": f"{county}基地", "county": county, "level": "省级"}
        for county in (HUALONG, QINGFENG, NANLE)
    ),
    "gi_statistic": ({"output": "1.2亿元", "as_of_on": "2023-11-30"},),
    "gi_application": ({"title": "甲大蒜"}, {"title": "乙西瓜"}),
    "industrialization_project": (
        {"project_no": "2022-1", "approved_on": "2022-05-01"},
        {"project_no": "1", "industrialized_on": "2023-10-15", "output": "300万元"},
        {"project_no": "2", "industrialized_on": "2023-10-15", "output": "2000000.50"},
        *({"project_no": f"{n}"} for n in (3, 4, 5)),
    ),
    "open_licence": ({"declared_on": "2023-11-11", "effective_on": ""},),
    "technology_transfer": (
        {
            "contract_no": "1",
            "signed_on": "2023-10-12",
            "provider_type": "高校",
            "small_enterprise": "是",
            "dormant": "是",
            "from_outside": "否",
        },
        {
            "contract_no": "2",
            "signed_on": "2023-04-12",
            "provider_type": "个人",
            "from_outside": "是",
        },
    ),
    "transfer_reward": ({"rewarded_on": "2023-10-18"},),
    "patent_product_filing": (
        company("省级1", filing_no="1", designated="是"),
        company("省级2", filing_no="2", designated="是"),
        company("省级2", filing_no="3", designated="是"),
        company("丙", filing_no="4", designated="否"),
    ),
    "patent_intensive_product": ({"applied_on": "2023-08-01"},),
    "patent_intensive_enterprise": ({"recognized_on": "2023-09-01"},),
    "pledge_loan": (
        {
            "registration_no": "1",
            "county": HUALONG,
            "amount": "1.5亿元",
            "from_on": "2023-03-15",
            "overdue": "是",
            "overdue_on": "2023-12-15",
        },
        {
            "registration_no": "2",
            "county": QINGFENG,
            "amount": "5,000万元",
            "from_on": "2023-10-30",
        },
        {
            "registration_no": "3",
            "county": QINGFENG,
            "amount": "0.01",
            "from_on": "2023-11-01",
            "lender": "另一银行",
            "mixed": "是",
        },
        # Of another year.
        {"registration_no": "0", "amount": "9亿元", "from_on": "2022-12-31"},
    ),
    "finance_event": ({"held_on": "2023-05-30"},),
    "whitelist_entry": ({"listed_on": "2023-02-28"},),
    "ip_insurance": ({"from_on": "2023-06-01"},),
    "loan_subsidy": ({"paid_on": "2023-11-20"},),
    "navigation_project": (
        {
            "title": "企业",
            "type": "企业导航",
            "county": HUALONG,
            "started_on": "2023-04-01",
        },
        {
            "title": "产业",
            "type": "产业导航",
            "county": NEW_ZONE,
            "started_on": "2023-10-09",
        },
    ),
    "navigation_base": (
        *(
            {
                "title": f"{county}实验区",
                "type": "产业专利导航实验区",
                "county": county,
            }
            for county in (HUALONG, NEW_ZONE)
        ),
        {
            "title": "服务基地",
            "type": "专利导航服务基地",
            "level": "国家级",
            "county": NEW_ZONE,
        },
    ),
    "patent_intensive_industry": ({"taken_on": "2023-07-10"},),
    "law_inspection": (
        {"inspected_on": "2023-03-10"},
        {"inspected_on": "2023-10-05", "method": "网络监测"},
    ),
    "enforcement_case": (
        case(
            "1",
            "专利",
            "2022-03-01",
            "2022-03-31",  # 30 days
            reviewed_on="2022-11-01",
            quality="合格",
        ),
        case(
            "2",
            "商标",
            "2022-05-01",
            "2022-06-30",  # 60 days
            reviewed_on="2022-11-02",
            quality="不合格",
        ),
        case(
            "3",
            "专利",
            "2023-09-01",
            "2023-09-21",  # 20 days
            reviewed_on="2023-10-01",
            quality="优秀",
            place_type="商品市场",
        ),
        case(
            "4",
            "商标",
            "2023-03-02",
            "2023-04-01",  # 30 days
            reviewed_on="2023-10-01",
            quality="合格",
        ),
        case("5", "商标", "2023-10-01", "2023-10-11", simple="是"),  # 10 days
        case("6", "特殊标志", "2023-04-01", ""),  # open: neither closed nor fast
    ),
    "handbook_distribution": (
        {"county": HUALONG, "township": "城关镇", "copies": "300"},
        {
            "county": HUALONG,
            "township": "城关镇",
            "copies": "200",
            "distributed_on": "2023-10-26",
        },
    ),
    "township": tuple(
        {"county": county, "name": name}
        for county, name in (
            (HUALONG, "城关镇"),
            (HUALONG, "中原路街道"),
            (QINGFENG, "城关镇"),
            (NANLE, "城关镇"),
        )
    ),
    "workstation": (
        {"title": "甲站", "county": HUALONG, "set_up_on": "2022-05-10"},
        {"title": "乙站", "county": QINGFENG, "set_up_on": "2023-02-01"},
    ),
    "workstation_activity": (
        {"type": "检查", "held_on": "2023-06-15"},
        {"type": "培训", "held_on": "2023-06-16"},
        {"type": "指导", "held_on": "2023-10-20"},
    ),
    "rights_aid_case": ({"accepted_on": "2023-05-08", "closed_on": "2023-11-08"},),
    "aid_expert": ({"engaged_on": "2023-03-01"},),
    "standard_promotion": ({"standard": "商品交易市场知识产权保护规范"},),
    "protected_market": ({"level": "市级", "started_on": "2023-05-15"},),
    "market_guidance": ({"market": "濮阳银座商城", "held_on": "2023-07-05"},),
    "mediation_case": ({"accepted_on": "2023-04-18"},),
    "complaint": ({"received_on": "2023-03-16"},),
    "case_referral": ({"type": "线索移出", "referred_on": "2023-06-12"},),
    "cross_region_case": ({"requested_on": "2023-07-18"},),
    "credit_record": ({"type": "失信惩戒", "decided_on": "2023-08-08"},),
    "infringement_appraisal": ({"entrusted_on": "2023-05-22"},),
    "cooperation_agreement": ({"field": "行政与司法", "signed_on": "2023-04-24"},),
    "commerce_protection": ({"type": "展会", "held_on": "2023-09-20"},),
    "overseas_aid_case": (
        {
            "type": "纠纷应对指导",
            "channel": "濮阳受理处",
            "accepted_on": "2023-06-05",
        },
    ),
    "customs_case": ({"type": "出口查扣", "accepted_on": "2023-08-15"},),
    "platform_milestone": (
        {
            "node": "正式上线",
            "aspect": "项目申报网络化",
            "finished_on": "2023-04-26",
            "county": "",
        },
        {"node": "功能完善", "finished_on": "2023-11-11", "county": ""},
        {
            "platform": "开发区公共服务平台",
            "node": "功能完善",
            "finished_on": "2023-03-03",
            "county": NEW_ZONE,
        },
    ),
    "agency_inspection": (
        {"action": "检查", "inspected_on": "2023-05-16"},
        {"action": "培育指导", "inspected_on": "2023-11-16"},
    ),
    "service_outlet": ({"recognized_on": "2023-12-20"},),
    "outlet_service": (
        {"outlet": "濮阳市科学技术情报研究所", "served_on": "2023-06-21"},
    ),
    "industry_analysis": ({"selected_on": "2023-05-12"},),
    "micro_navigation": (company("甲公司"), company("乙公司")),
    "patent_database": ({"type": "产业专利数据库", "built_on": "2023-09-09"},),
    "examiner_service": ({"type": "人才服务", "served_on": "2023-06-09"},),
    "training": (
        {"type": "审协精准培训", "title": "一", "held_on": "2023-05-24"},
        {"type": "企业精准培训", "title": "二", "held_on": "2023-05-24"},
        {"type": "业务能力培训", "title": "三", "held_on": "2023-10-24"},
    ),
    "responsibility_letter": tuple({"county": county} for county in EIGHT.values()),
    "county_assessment": tuple(
        {
            "county": county,
            "assessed_on": "2023-12-20",
            "used_on": "2023-12-25" if county == HUALONG else "",
        }
        for county in EIGHT.values()
    ),
    "inspection": ({"inspected_on": "2023-07-12"},),
    "supervision_slip": ({"issued_on": "2023-08-01"},),
    "upper_assessment": (
        {
            "type": "省知识产权保护考核",
            "published_on": "2023-12-25",
            "advanced": "是",
            "county": "",
        },
    ),
    "school": tuple(
        {"title": f"第{n}小学", "level": "市级", "designated_on": "2023-10-10"}
        for n in range(10)
    ),
    "media_column": (
        {"type": "网站", "published_on": "2023-12-01"},
        {"type": "报纸", "published_on": "2023-04-21"},
    ),
    "five_places_event": tuple(
        {"place": place, "site": place}
        for place in ("机关", "企业", "校园", "社区", "市场")
    ),
}

UNKNOWN: tuple[Any, ...] = (None, None, "yellow")
"""Without a register: null, and yellow until the due day is over."""

EXPECTED: Mapping[str, tuple[Any, ...]] = {
    "1.1": (2, None, "green"),
    "1.2": (1, None, "yellow"),  # 1 September: 121 days ago
    "1.3": (1, None, "green"),
    "1.4": (1, None, "green"),
    "2.1": (1, None, "red"),
    "2.2": (0, None, "yellow"),  # not done on its last day
    "2.3": (4, None, "green"),
    "2.4": (75, 0.75, "yellow"),  # 3 of the 4 tasks of the year
    "3.1": (1, None, "green"),
    "3.2": (1, None, "green"),
    "3.3": (1, None, "green"),
    "3.4": (1, None, "green"),
    "3.5": (2, None, "yellow"),
    "3.6": UNKNOWN,
    "3.7": UNKNOWN,
    "3.8": (35_000, 1, "green"),  # 8 × 4375
    "3.9": (10, 1, "green"),
    "4.1": (12, None, "green"),
    "4.2": (2, None, "green"),
    "4.3": (75, 1.5, "green"),  # 3 of 4, after 1 of 2
    "4.4": (1, None, "red"),
    "4.5": (3, 1, "green"),
    "4.6": (1, None, "green"),
    "4.7": (1, None, "yellow"),
    "4.8": (5, 1, "green"),  # 6 designations of 5 companies
    "4.9": (5, 1, "green"),
    "5.1": (1, None, "green"),
    "5.2": (0, None, "red"),
    "5.3": (32.5, 1.0833, "green"),  # 32.5 after 30
    "5.4": (3, 1, "green"),
    "5.5": (1, None, "green"),
    "5.6": (0, None, "yellow"),  # issued, but not begun
    "5.7": (0, None, "red"),
    "5.8": (120_000_000, None, "green"),
    "5.9": (2, 1, "green"),
    "6.1": (8, 1, "green"),
    "6.2": UNKNOWN,
    "6.3": UNKNOWN,
    "6.4": UNKNOWN,
    "6.5": UNKNOWN,
    "6.6": UNKNOWN,
    "6.7": UNKNOWN,
    "7.1": (5, 1, "green"),
    "7.2": (2, None, "green"),
    "7.3": (33.33, None, "green"),  # 2 of 6, after 0 of 1: no share of nothing
    "7.4": (5_000_000.5, None, "green"),
    "8.1": (1, None, "green"),
    "8.2": (2, None, "green"),
    "8.3": (1, None, "green"),
    "8.4": (1, None, "green"),
    "8.5": (1, None, "green"),
    "8.6": (1, None, "red"),
    "8.7": (25, None, "yellow"),  # 2 of 8 companies; nobody knows of last year
    "8.8": (1, None, "yellow"),
    "8.9": (1, None, "yellow"),
    "9.1": (3, None, "green"),
    "9.2": (2, None, "green"),
    "9.3": (1, None, "red"),
    "9.4": (1, None, "red"),
    "9.5": (1, None, "green"),
    "9.6": (1, None, "red"),
    "9.7": (200_000_000.01, 1, "green"),  # a cent more than 2 亿元
    "9.8": (1, None, "green"),
    "9.9": (1, None, "red"),  # one loan overdue, none allowed
    "10.1": (2, None, "green"),
    "10.2": (1, None, "red"),
    "10.3": (2, 1, "green"),
    "10.4": (1, None, "yellow"),
    "10.5": (1, 1, "green"),
    "10.6": (1, None, "green"),
    "10.7": (2, None, "green"),
    "11.1": (1, None, "green"),
    "11.2": (2, None, "green"),
    "11.3": (100, 2, "green"),  # 2 of 2, after 1 of 2
    "11.4": (3, 1.5, "green"),
    "11.5": (1, 1, "green"),  # as many as last year: 0.9 of it on the last day
    "11.6": (2, 2, "green"),
    "11.7": (0, None, "green"),  # none, after none
    "11.8": (0, None, "yellow"),
    "11.9": (1, None, "yellow"),
    "11.10": (1, None, "green"),
    "11.11": (1, None, "red"),
    "11.12": (500, None, "green"),
    "11.13": (50, 0.5, "red"),  # of 4 townships two, both of them a 城关镇
    "12.1": (4, None, "green"),
    "12.2": (3, 0.75, "yellow"),
    "12.3": (2, None, "green"),
    "12.4": (1, None, "red"),
    "12.5": (2, None, "green"),
    "12.6": (2, 0.4, "red"),
    "12.7": (1, None, "red"),
    "12.8": (0, None, "red"),
    "12.9": (1, None, "yellow"),
    "12.10": (1, None, "yellow"),  # 5 July: 179 days ago
    "12.11": (1, None, "green"),
    "12.12": (0, None, "yellow"),
    "12.13": (1, None, "red"),
    "12.14": (1, None, "red"),
    "12.15": (1, None, "green"),
    "12.16": (25, 0.25, "red"),  # 2 of 8 counties
    "13.1": (0, None, "red"),
    "13.2": (1, None, "red"),
    "13.3": (20, 0.4444, "green"),  # of 10, 20, 30; last year 45, between 30 and 60
    "13.4": (1, None, "red"),
    "13.5": (0, None, "red"),
    "13.6": (1, None, "green"),
    "13.7": (1, None, "yellow"),
    "13.8": (0, None, "yellow"),
    "13.9": (0, None, "yellow"),
    "13.10": (1, None, "yellow"),
    "13.11": (1, None, "green"),
    "13.12": (1, None, "red"),
    "14.1": (1, None, "red"),
    "14.2": (0, None, "red"),
    "14.3": (1, None, "yellow"),
    "14.4": (1, None, "red"),
    "14.5": (0, None, "yellow"),
    "14.6": (1, None, "yellow"),
    "14.7": (0, None, "red"),
    "14.8": (1, None, "red"),
    "14.9": (1, None, "red"),
    "15.1": (1, None, "green"),
    "15.2": (1, None, "green"),
    "15.3": (1, None, "green"),
    "15.4": (0, None, "yellow"),
    "15.5": (0, None, "yellow"),
    "15.6": (0, None, "yellow"),
    "15.7": (2, None, "green"),
    "15.8": (1, None, "green"),
    "16.1": (1, None, "red"),
    "16.2": (1, None, "green"),
    "16.3": (1, None, "red"),
    "16.4": (1, None, "red"),
    "16.5": (1, None, "red"),
    "16.6": (2, None, "yellow"),  # red until 20 December: yellow for that month
    "17.1": (1, None, "red"),
    "17.2": (1, 1, "green"),
    "17.3": (2, 1, "green"),
    "17.4": (1, None, "green"),
    "17.5": (1, None, "red"),
    "17.6": (1, None, "red"),
    "17.7": (0, None, "red"),
    "17.8": (0, None, "red"),
    "18.1": (100, 1, "green"),
    "18.2": (1, None, "green"),
    "18.3": (2, None, "yellow"),
    "18.4": (50, 0.5, "red"),  # 3 of the 6 tasks of the year, one was late
    "18.5": (100, 1, "yellow"),  # red until 20 December
    "18.6": (1, None, "green"),
    "18.7": (1, None, "yellow"),
    "18.8": (2, None, "green"),
    "18.9": (1, None, "green"),
    "18.10": (0, None, "yellow"),
    "19.1": (7, None, "green"),
    "19.2": (1, None, "green"),
    "19.3": (1, None, "green"),
    "19.4": (1, None, "green"),
    "19.5": (1, None, "red"),
    "19.6": (1, None, "green"),
    "19.7": (1, None, "red"),
    "19.8": (10, None, "green"),
    "19.9": (10, 1, "green"),
    "19.10": (5, 1, "green"),
}

MILESTONES = {
    "1.3", "1.4", "2.2", "3.1", "3.2", "3.3", "3.4", "4.6", "5.5", "5.6", "6.2",
    "11.1", "11.8", "12.3", "12.11", "12.12", "13.8", "13.9", "14.5", "15.2", "15.3",
    "15.4", "15.5", "15.6", "15.8", "17.4", "18.2", "18.6", "18.9", "18.10", "19.2",
    "19.3",
}  # fmt: skip
LIGHTS = {"green": "绿", "yellow": "黄", "red": "红"}


@pytest.fixture(scope="module")
def office(
    tmp_path_factory: pytest.TempPathFactory, sqlite_template: Any
) -> Iterator[PlanOffice]:
    folder = tmp_path_factory.mktemp("year")
    with alone_in(folder):
        office = open_office(sqlite_template, folder)
        for kind, rows in RECORDS.items():
            plain = example(kinds()[kind])
            office.take(kind, *({**plain, **row} for row in rows))
        yield office


@pytest.fixture(scope="module")
def promises(office: PlanOffice) -> dict[str, dict[str, Any]]:
    return office.promises(ON)


@pytest.fixture(scope="module")
def ledger(office: PlanOffice) -> dict[str, dict[str, Any]]:
    return office.ledger(ON)


def test_every_kind_that_a_promise_counts_has_a_record() -> None:
    assert set(kinds()) - set(RECORDS) == {"published_indicator"}


def test_every_promise_has_its_line(
    promises: dict[str, Any], ledger: dict[str, Any]
) -> None:
    assert list(promises) == list(ledger) == list(EXPECTED)
    found = {id_ for id_, one in promises.items() if one["kind"] == "milestone"}
    assert found == MILESTONES


@pytest.mark.parametrize("id_", EXPECTED)
def test_the_records_move_the_promise_as_reckoned(
    promises: dict[str, dict[str, Any]], ledger: dict[str, dict[str, Any]], id_: str
) -> None:
    actual, rate, light = EXPECTED[id_]
    found = promises[id_]
    assert (found["actual"], found["rate"], found["light"]) == (actual, rate, light)
    line = ledger[id_]
    if actual is None:
        shown: object = "未知"
    elif id_ in MILESTONES:
        shown = "已完成" if actual else "未完成"
    else:
        shown = actual
    assert line["实际"] == shown
    assert line["完成率"] == rate
    assert line["灯"] == LIGHTS[light]
    assert line["承诺"] == found["text"]
    assert line["记录数"] == found["records"]
    assert line["期限"].date().isoformat() == found["due_on"]
    assert line["目标"] == found["target"]


def test_the_numbers_of_the_counties_are_their_own(
    promises: dict[str, dict[str, Any]],
) -> None:
    loans = promises["9.7"]["by_county"]
    assert (loans["410902"], loans["410922"]) == (150_000_000, 50_000_000.01)
    assert set(promises["3.8"]["by_county"].values()) == {4375}
    assert promises["11.13"]["by_county"] == dict.fromkeys(EIGHT) | {
        "410902": 50,
        "410922": 100,
        "410923": 0,
    }
    assert promises["18.5"]["by_county"] == dict.fromkeys(EIGHT, 100)


def test_one_promise_explained_is_the_same_as_among_all(
    office: PlanOffice, promises: dict[str, dict[str, Any]]
) -> None:
    for id_ in ("2.4", "9.7", "11.13", "16.6", "3.6"):
        assert office.promise(id_, ON) == promises[id_]
