"""What each rule rests on: the article by name and the official words."""

from dataclasses import dataclass
from typing import Final

_GUIDELINES = "专利审查指南（2023）"
_RULES = "专利法实施细则（2023年修订）"


@dataclass(frozen=True, slots=True)
class Citation:
    """A source of law. `text` is quoted; where it is not, `article` says what it is."""

    key: str
    title: str
    article: str
    text: str


_ALL: Final = (
    Citation(
        "YEAR",
        "专利年度",
        f"{_GUIDELINES}第五部分第九章第4.2.1.1节",
        "专利年度从申请日起算，与优先权日、授权日无关，与自然年度也没有必然联系。",
    ),
    Citation(
        "MONTHS",
        "期限的计算",
        f"{_RULES}第5条",
        "期限以年或者月计算的，以其最后一月的相应日为期限届满日；"
        "该月无相应日的，以该月最后一日为期限届满日。",
    ),
    Citation(
        "DUE",
        "年费缴费期限届满日",
        f"{_RULES}第115条；{_GUIDELINES}第五部分第九章第4.2.1节",
        "授予专利权当年以后的年费应当在上一年度期满前缴纳。"
        "缴费期限届满日是申请日在该年的相应日。",
    ),
    Citation(
        "ROLL",
        "届满日遇休息日的顺延",
        f"{_RULES}第5条；{_GUIDELINES}第五部分第七章第2.3节",
        "期限届满日是法定休假日或者移用周休息日的，以法定休假日或者移用周休息日后的"
        "第一个工作日为期限届满日，该第一个工作日为周休息日的，期限届满日顺延至星期一。",
    ),
    Citation(
        "GRANT_YEAR",
        "授权当年的年费",
        f"{_RULES}第114条；{_GUIDELINES}第五部分第九章第1.1.3节",
        "按照办理登记手续通知书的要求缴纳授权当年的年费。",
    ),
    Citation(
        "GRACE",
        "六个月的补缴期",
        f"{_RULES}第115条",
        "专利权人未缴纳或者未缴足的，国务院专利行政部门应当通知专利权人自应当缴纳年费"
        "期满之日起6个月内补缴，同时缴纳滞纳金。",
    ),
    Citation(
        "SURCHARGE",
        "滞纳金的比例",
        f"{_GUIDELINES}第五部分第九章第4.2.1.3节",
        "超过规定期限一个月（不含一整月）至两个月（含两个整月）的，缴纳数额为全额年费的5%。"
        "（以后每月依次为10%、15%、20%、25%）",
    ),
    Citation(
        "SURCHARGE_BASE",
        "滞纳金的基数",
        f"{_RULES}第115条",
        "滞纳金的金额按照每超过规定的缴费时间1个月，加收当年全额年费的5%计算。",
    ),
    Citation(
        "TOP_UP",
        "不足额的补缴",
        f"{_GUIDELINES}第五部分第九章第4.2.1.3节",
        "凡在六个月的滞纳期内补缴年费或者滞纳金不足需要再次补缴的，应当依照再次补缴年费或者"
        "滞纳金时所在滞纳金时段内的滞纳金标准，补足应当缴纳的全部年费和滞纳金。",
    ),
    Citation(
        "TERMINATION",
        "未缴年费的终止",
        f"{_RULES}第115条",
        "期满未缴纳的，专利权自应当缴纳年费期满之日起终止。",
    ),
    Citation(
        "NOTICE",
        "专利权终止通知书",
        f"{_GUIDELINES}第五部分第七章第5.2节、第九章第4.2.2节",
        "自期限届满日起满一个月后",
    ),
    Citation(
        "RECEIPT",
        "通知书的送达日",
        f"{_RULES}第4条；{_GUIDELINES}第五部分第六章第2.3.1节、第七章第2.3节（要旨）",
        "邮寄的，自文件发出之日起满15日推定为收到日，遇休假日不顺延；"
        "电子形式送达的，以进入当事人认可的电子系统的日期为送达日（2024年1月20日起）。",
    ),
    Citation(
        "RESTORATION",
        "请求恢复权利",
        f"{_RULES}第6条第2款、第3款（要旨）；{_GUIDELINES}第五部分第九章第4.2.1.3节",
        "自收到通知之日起2个月内说明理由请求恢复，缴纳恢复权利请求费。"
        "除补缴年费之外，还应当缴纳或者补足全额年费25%的滞纳金。",
    ),
    Citation(
        "FEE",
        "年费标准",
        "国家知识产权局公告第75号；国家知识产权局缴费服务指南（2026年3月30日）（要旨）",
        "发明1-3年900元，4-6年1200元，7-9年2000元，10-12年4000元，13-15年6000元，"
        "16-20年8000元；实用新型、外观设计1-3年600元，4-5年900元，6-8年1200元，"
        "9-10年2000元，外观设计11-15年3000元。",
    ),
    Citation(
        "REDUCTION",
        "年费的减缴",
        f"财税〔2016〕78号；财税〔2018〕37号；{_GUIDELINES}第五部分第二章第3.1节",
        "年费（自授予专利权当年起十年的年费、开放许可实施期间的年费）",
    ),
    Citation(
        "OPEN_LICENCE",
        "开放许可实施期间的减缴",
        f"财税〔2024〕23号；{_GUIDELINES}第五部分第十一章第8节",
        "专利权人同时符合两项专利年费减缴条件的，按照其中减缴比例较高的一项条件予以减缴。",
    ),
    Citation(
        "TERM",
        "专利权的期限",
        f"专利法第42条；{_GUIDELINES}第五部分第九章第4.1节",
        "发明专利权的期限为二十年，实用新型专利权的期限为十年，外观设计专利权的期限为十五年，"
        "均自申请日起计算。",
    ),
    Citation(
        "COMPENSATION",
        "专利权期限补偿",
        "专利法第42条；财税〔2024〕23号；国家知识产权局公告第594号（要旨）",
        "专利权补偿期年费每件每年8000元，不足一年部分不收取。",
    ),
    Citation(
        "EXTENSION",
        "公告延长的缴费期限",
        "国家知识产权局公告第486号（2022年6月10日）（要旨）",
        "2022年6月15日至12月31日到期的、已减缴的专利年费，缴费期限延长至2023年6月15日，"
        "不缴纳滞纳金。",
    ),
    Citation(
        "SUSPENSION",
        "中止与保全",
        f"{_RULES}第105条；{_GUIDELINES}第五部分第七章第7.2节（要旨）",
        "中止期间暂停未缴年费终止专利权等程序；费用仍应缴纳。",
    ),
)

SOURCES: Final = {citation.key: citation for citation in _ALL}


def cite(key: str) -> Citation:
    """Return the citation of `key`; an unknown key is a fault of ours (KeyError)."""
    return SOURCES[key]
