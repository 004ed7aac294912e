"""The words that head columns; of a field's words the first is the best."""

from enum import StrEnum


class Kind(StrEnum):
    """The lists that people bring."""

    REGISTER = "register"
    CONTACTS = "contacts"
    PAYMENTS = "payments"
    ANSWERS = "answers"
    CHECK_SHEET = "check_sheet"
    CALL_SHEET = "call_sheet"
    STATUS = "status"
    CASE_STATUS = "case_status"
    SMS_REPORT = "sms_report"


_NUMBER = (
    "申请号", "专利申请号", "申请（专利）号", "专利申请号/专利号", "申请号/专利号",
    "专利号/申请号", "专利号（申请号）", "专利（申请）号", "zhuanlisqh",
    "ApplicationNumber", "appNumber", "filing_id", "AN", "APP_ID", "专利号",
    "专利授权号",
    "专利编号", "专利号码", "zlh",
)  # fmt: skip
_COUNTY = (
    "县区", "县（区）", "县/区", "县（市、区）", "县市区", "县（市）区", "区县",
    "区（县）",
    "所属县区", "所属区县", "所在县区", "所在区县", "县区名称", "县区代码", "辖区",
    "所属辖区",
    "行政区划", "行政区划代码", "区划代码", "当前申请（专利权）人区县", "申请人区县",
    "专利权人区县", "专利权人区", "区", "county",
)  # fmt: skip
_CREDIT_CODE = (
    "统一社会信用代码", "工商统一社会信用代码", "社会信用代码", "信用代码",
    "统一社会信用代码/身份证号",
)  # fmt: skip
_PAID_THROUGH = (
    "已缴年费年度", "已缴年度", "已缴至年度", "年费已缴至", "年费已缴年度",
    "已缴年费至",
    "已缴费年度", "缴至年度", "已缴纳年度", "年费缴至", "最近缴费年度", "paid_through",
)  # fmt: skip
_QUERIED_ON = ("查询日", "查询日期", "查询时间", "核查日期", "核查日", "核实日期")
_TITLE = (
    "发明名称", "专利名称", "名称", "标题", "专利名", "授权名称", "发明创造名称",
    "Patsnap专利标题", "zhuanlimc", "Title", "name", "TI",
)  # fmt: skip
_PATENTEE = (
    "专利权人", "当前专利权人", "当前权利人", "权利人", "专利权人名称", "专利权人姓名",
    "申请（专利权）人", "当前申请（专利权）人", "申请人/专利权人", "专利权人/申请人",
    "patentee", "申请人", "申请人名称", "shenqingrxm", "AssigneestringList", "PA",
    "原始申请（专利权）人", "第一专利权人", "第一权利人", "第一申请（专利权）人",
)  # fmt: skip

WORDS: dict[Kind, dict[str, tuple[str, ...]]] = {
    Kind.REGISTER: {
        "application_no": _NUMBER,
        "filing_date": (
            "申请日", "申请日期", "专利申请日", "申请时间", "shenqingr",
            "ApplicationDate", "filing_date",
        ),
        "title": _TITLE,
        "grant_date": (
            "授权公告日", "授权公告日期", "授权日", "授权日期", "授权时间", "颁证日",
            "授权（颁证）时间", "shouquanggr", "authorized_announcement_date",
        ),
        "grant_publication_no": (
            "授权公告号", "授权号", "公告号", "shouquanggh", "authorization_notice_id",
        ),
        "publication_no": (
            "公开（公告）号", "公开公告号", "公开（公布）号", "公开号", "gongkaiggh",
            "PublicationNumber", "PUB_ID",
        ),
        "publication_date": (
            "公开（公告）日", "公开公告日", "公开日", "公布日", "gongkaiggr",
            "PublicationDate",
        ),
        "patentee": _PATENTEE,
        "credit_code": _CREDIT_CODE,
        "address": (
            "地址", "专利权人地址", "当前专利权人地址", "当前地址", "申请人地址",
            "申请（专利权）人地址", "联系地址", "address", "shenqingrdz",
            "原始申请（专利权）人地址", "工商注册地址",
        ),
        "county": _COUNTY,
        "ipc": (
            "主分类号", "IPC主分类号", "IPC主分类号（小组）", "zhufenlh", "分类号",
            "IPC分类号", "IPC", "国际分类号", "Int.Cl.",
        ),
        "patent_type": (
            "专利类型", "类型", "专利种类", "种类", "zhuanlilx", "KindCodeDesc",
        ),
        "agency": (
            "代理机构", "专利代理机构", "代理机构名称", "当前专利代理机构", "dailijgdm",
        ),
        "reduction": (
            "费减比例", "减缴比例", "费用减缴比例", "年费减缴比例", "费减", "费减标识",
            "费用减缴", "减缴标记", "费减情况", "reduction",
        ),
        "paid_through": _PAID_THROUGH,
        "legal_status": (
            "法律状态", "当前法律状态", "最新法律状态", "案件状态", "专利权状态",
            "简单法律状态", "法律状态/事件", "专利有效性", "专利状态", "anjianywzt",
            "falvzt", "LegalStatusDesc",
        ),
        "queried_on": _QUERIED_ON,
        "high_value": (
            "是否高价值", "是否高价值专利", "是否高价值发明专利", "高价值发明专利",
            "高价值专利",
            "高价值",
        ),
    },
    Kind.CONTACTS: {
        "party": (
            "名称", "单位名称", "单位", "专利权人名称", "专利权人", "企业名称",
            "权利人",
            "机构名称", "名称/姓名", "单位/个人名称", "姓名/名称",
        ),
        "role": ("角色", "身份", "联系人角色", "类别"),
        "person": ("联系人", "联系人姓名", "姓名", "经办人", "负责人"),
        "phone": (
            "手机", "手机号", "手机号码", "联系手机", "移动电话", "联系电话", "电话",
            "联系方式", "电话号码", "短信号码",
        ),
        "landline": ("固定电话", "座机", "办公电话", "固话", "单位电话"),
        "email": (
            "邮箱", "电子邮箱", "电子邮件", "邮箱地址", "联系邮箱", "E-mail", "Email",
            "邮件",
        ),
        "county": _COUNTY,
        "sms_consent": ("短信同意", "同意短信", "是否同意短信", "短信通知同意"),
        "email_consent": ("邮件同意", "同意邮件", "是否同意邮件", "邮件通知同意"),
        "consent_date": ("同意日期", "同意日", "同意时间"),
        "consent_basis": ("依据", "同意依据", "合法性依据", "处理依据"),
        "standing": ("常设指示", "指示", "常设要求"),
        "application_no": _NUMBER,
        "credit_code": _CREDIT_CODE,
    },
    Kind.PAYMENTS: {
        "application_no": _NUMBER,
        "fee_year": (
            "年度", "年费年度", "缴费年度", "缴纳年度", "第几年度", "费用年度",
            "年费年次",
            "年次", "fee_year",
        ),
        "paid_on": (
            "缴费日期", "缴费日", "缴费时间", "缴纳日期", "缴款日期", "付款日期",
            "paid_on",
        ),
        "amount": (
            "金额", "缴费金额", "缴纳金额", "费用金额", "实缴金额", "已缴金额",
            "amount",
        ),
        "receipt_no": (
            "票据号", "票据号码", "电子票据号码", "收据号", "收据号码", "发票号",
            "缴费收据号",
        ),
    },
    Kind.ANSWERS: {
        "application_no": ("专利号", *_NUMBER),
        "fee_year": (
            "年度", "年费年度", "缴费年度", "缴纳年度", "第几年度", "费用年度",
            "年费年次", "年次", "fee_year",
        ),
        "answer": (
            "答复", "答复内容", "权利人答复", "回复", "回复内容", "反馈", "反馈内容",
            "反馈结果", "answer",
        ),
        "paid_on": (
            "缴费日期", "缴费日", "缴费时间", "缴纳日期", "缴款日期", "付款日期",
        ),
        "amount": ("金额", "缴费金额", "缴纳金额", "费用金额", "实缴金额", "已缴金额"),
        "receipt_no": (
            "票据号", "票据号码", "电子票据号码", "收据号", "收据号码", "发票号",
            "缴费收据号",
        ),
        "photo": ("凭证照片", "凭证照片文件名", "照片", "照片文件名", "凭证"),
        "answered_by": (
            "答复人", "答复人邮箱或手机", "答复人联系方式", "答复人地址", "回复人",
            "反馈人",
        ),
        "answered_on": ("日期", "答复日期", "答复日", "回复日期", "反馈日期"),
        "taken_by": ("经办人", "经办", "登记人", "记录人"),
        "note": ("备注", "说明"),
    },
    Kind.CHECK_SHEET: {
        "county": _COUNTY,
        "application_no": ("专利号", *_NUMBER),
        "title": _TITLE,
        "patentee": _PATENTEE,
        "fee_year": ("应缴年度", "应缴年费年度"),
        "due_on": ("缴费期限",),
        "late_until": ("补缴期限",),
        "case_status": ("案件状态", "法律状态"),
        "paid_through": _PAID_THROUGH,
        "amount_due": ("应缴金额", "应缴费用", "应缴费金额"),
        "queried_on": _QUERIED_ON,
        "note": ("备注", "说明"),
    },
    Kind.CALL_SHEET: {
        "application_no": ("专利号", *_NUMBER),
        "fee_year": ("年度", "年费年度", "应缴年度"),
        "telephone": ("电话", "联系电话", "电话号码"),
        "result": ("结果", "通话结果", "电话结果"),
        "called_on": ("通话日期", "通话日", "拨打日期", "联系日期"),
        "called_by": ("通话人", "拨打人"),
        "paid_on": ("缴费日期", "缴费日"),
        "amount": ("缴费金额", "实缴金额"),
        "receipt_no": ("票据号", "票据号码", "电子票据号码", "收据号"),
        "note": ("备注", "说明"),
    },
    Kind.STATUS: {
        "application_no": (*_NUMBER, "application_no"),
        "announced_on": (
            "法律状态公告日", "事务数据公告日", "公告日", "公告日期",
            "法律状态公告日期",
            "法律状态日", "法律状态日期", "法律状态时间", "法律状态更新日",
            "事务公告日", "announced_on", "LegalStatusDate", "LegalDate",
            "PRSPublicationDate",
        ),
        "legal_status": (
            "法律状态", "事务数据", "事务类型", "法律状态类型", "法律状态/事件",
            "法律事件", "事务数据类型", "lawStatus", "LegalStatusDesc", "PRSValue",
        ),
        "status_code": (
            "法律状态代码", "事务代码", "法律状态码", "事务数据代码", "code",
            "lawStatusCode", "PRSCode",
        ),
        "status_text": (
            "法律状态信息", "描述信息", "详细信息", "法律状态描述", "法律状态详情",
            "事务数据内容", "内容", "text", "lawStatusDetail", "LegalStatusInfo",
            "PRSInformation",
        ),
        "filing_date": ("申请日", "申请日期", "shenqingr"),
        "grant_publication_no": ("授权公告号", "授权号", "shouquanggh"),
    },
    Kind.CASE_STATUS: {
        "application_no": (*_NUMBER, "application_no"),
        "case_status": (
            "案件状态", "案件业务状态", "当前案件状态", "anjianywzt", "case_status",
            "法律状态", "当前法律状态", "最新法律状态", "专利权状态", "专利状态",
        ),
        "queried_on": (*_QUERIED_ON, "queried_on"),
        "paid_through": _PAID_THROUGH,
        "filing_date": ("申请日", "申请日期", "shenqingr"),
        "grant_publication_no": ("授权公告号", "授权号", "shouquanggh"),
    },
    Kind.SMS_REPORT: {
        "sms_number": (
            "手机号码", "手机号", "接收号码", "接收手机号", "接收手机", "接收人号码",
            "被叫号码", "目标号码", "手机", "号码", "mobile",
        ),
        "sms_status": (
            "发送状态", "状态", "接收状态", "回执状态", "短信状态", "状态报告",
            "发送结果", "接收结果", "结果", "status",
        ),
        "sms_at": (
            "回执时间", "状态时间", "报告时间", "接收时间", "完成时间", "时间",
            "发送时间", "提交时间",
        ),
        "sms_key": ("编号", "自定义编号", "客户编号", "业务编号"),
        "sms_reason": (
            "失败原因", "原因", "状态描述", "错误描述", "状态说明", "错误码", "状态码",
            "备注",
        ),
        "sms_parts": ("计费条数", "条数"),
    },
}  # fmt: skip

REQUIRED: dict[Kind, tuple[tuple[str, ...], ...]] = {
    Kind.REGISTER: (("application_no",), ("filing_date",)),
    Kind.CONTACTS: (("party",), ("phone", "landline", "email")),
    Kind.PAYMENTS: (("application_no",), ("fee_year",), ("paid_on",), ("amount",)),
    Kind.ANSWERS: (
        ("application_no",),
        ("fee_year",),
        ("answer",),
        ("answered_on",),
    ),
    Kind.CHECK_SHEET: (
        ("application_no",),
        ("fee_year",),
        ("queried_on",),
        ("case_status", "paid_through", "amount_due"),
    ),
    Kind.CALL_SHEET: (
        ("application_no",),
        ("fee_year",),
        ("result",),
        ("called_on",),
        ("called_by",),
    ),
    # A history in one cell has its days inside it.
    Kind.STATUS: (
        ("application_no",),
        ("announced_on", "status_text"),
        ("legal_status", "status_text", "status_code"),
    ),
    Kind.CASE_STATUS: (("application_no",), ("case_status",)),
    Kind.SMS_REPORT: (("sms_number", "sms_key"), ("sms_status",)),
}
"""Every group needs one of its columns."""

LABELS = {
    field: words[0] for fields in WORDS.values() for field, words in fields.items()
} | {"application_no": "申请号", "publication_no": "公开（公告）号"}
"""The usual header of a field, for messages about a column that is not there."""
