"""What a clerk is told about a row: which value, why, what to do. One sentence each.

{column} is the header as found, {value} what stands there; whoever prints a note says
the file, the sheet and the row.
"""

from collections.abc import Mapping
from typing import NamedTuple

from patentwatch.model import RowNote
from patentwatch.register import masking
from patentwatch.register.columns import Layout

_SHOWN = 60

REGISTER: Mapping[str, str] = {
    "number_empty": "{column}为空；请补填申请号",
    "check_digit": "{column}“{value}”校验位错误，应为 {expected}；请核对原件",
    "check_digit_missing": "{column}“{value}”缺少校验位；请补全小数点后一位",
    "check_digit_completed": (
        "{column}“{value}”缺少校验位，年份与申请日一致，已补为 {expected}；请核对"
    ),
    "number_damaged": (
        "{column}“{value}”被表格软件转成数字，已丢位；请把该列设为文本后重新导出"
    ),
    "number_repaired": "{column}“{value}”已损坏，按授权公告号认出为 {expected}；请核对",
    "number_length": "{column}“{value}”不是申请号：应为 8 位或 12 位数字加校验位",
    "number_year": "{column}“{value}”中的年份不合理；请核对原件",
    "number_type_digit": "{column}“{value}”的专利种类位不是 1、2、3、8、9；请核对原件",
    "number_is_publication": "{column}“{value}”是公告号，不是申请号；请填申请号",
    "year_mismatch": "申请日 {value} 晚于申请号中的年份；请核对两者",
    "date_empty": "{column}为空；请补填",
    "date_impossible": "{column}“{value}”不是存在的日期；请改成 2024-02-03 这样的写法",
    "date_implausible": "{column}“{value}”不合理，应在 1985-04-01 至今天之间；请核对",
    "date_ignored": "{column}“{value}”不是可用的日期，未采用；请核对",
    "filing_in_future": "{column}“{value}”晚于今天；请核对",
    "grant_before_filing": "{column}“{value}”早于申请日 {expected}；请核对两个日期",
    "formula_cell": "{column}“{value}”是公式；请复制后“粘贴为数值”",
    "formula_text": "{column}“{value}”以公式符号开头，已按文字保留",
    "control_removed": "{column}含有控制字符或换行，已去除；请核对显示",
    "hidden_removed": "{column}含有看不见的字符，已去除；请核对显示",
    "text_damaged": "{column}“{value}”含有无法识别的字符；请核对原文",
    "too_long": "{column}超过 500 字；请缩短或检查是否错列",
    "column_shift": "本行比表头多出单元格“{value}”，内容可能错列；请检查多余的分隔符",
    "type_mismatch": "{column}“{value}”与申请号所示种类（{expected}）不一致；请核对",
    "type_not_watched": "{value}不在监控的专利种类之内，已略过",
    "not_granted": "{column}“{value}”表示尚未授权，已略过",
    "not_in_force": "{column}“{value}”表示专利权已不存在，已略过",
    "status_ended": (
        "{column}“{value}”表示已终止，却在有效专利清单中；请到国家知识产权局系统核实"
    ),
    "total_row": "合计或备注行，已略过",
    "repeated_header": "重复的表头行，已略过",
    "county_unknown": "{column}“{value}”认不出属于哪个县区，暂由市局负责；请指定县区",
    "county_unknown_empty": "没有填写县区，暂由市局负责；请指定县区",
    "reduction_unknown": "{column}“{value}”不是 0、70% 或 85%，按未知处理；请核对",
    "paid_through_unknown": (
        "{column}“{value}”不是年度序号（第几年），未采用；请填 5 这样的数字"
    ),
    "publication_unknown": "{column}“{value}”不是授权公告号，未采用；请核对",
    "credit_code_invalid": "{column}“{value}”校验不通过，未采用；请核对",
}

CONTACTS: Mapping[str, str] = {
    "name_missing": "{column}为空；请填写单位或个人名称",
    "role_unknown": (
        "{column}“{value}”不认识；请填专利权人、代理机构、县区负责人、市级负责人或质权人"
    ),
    "person_ambiguous": "“{value}”是个人，可能重名；请填写申请号以便对应到专利",
    "county_missing": "县区负责人的{column}“{value}”认不出；请填县区名称或代码",
    "no_address": "既没有手机、电话也没有邮箱；请至少填一项",
    "phone_invalid": "{column}“{value}”不是有效号码；请核对",
    "contact_masked": "{column}“{value}”已被星号遮盖，无法使用；请填完整号码或地址",
    "landline_no_sms": "{column}“{value}”不是内地手机号，不能收短信，仅供电话联系",
    "phones_split": "{column}中有 {expected} 个号码，已分开登记；请核对",
    "email_invalid": "{column}“{value}”不是有效的邮箱地址；请核对",
    "emails_split": "{column}中有 {expected} 个邮箱，已分开登记；请核对",
    "consent_unknown": "{column}“{value}”应为 是、否 或留空",
    "consent_undated": "{column}为“是”，但没有同意日期；请补填",
    "standing_unknown": "{column}“{value}”应为 代理机构缴费、只发短信 或 抄送本人",
}

PAYMENTS: Mapping[str, str] = {
    "fee_year_invalid": "{column}“{value}”应为年费的年度序号（第几年，1 至 20）",
    "amount_invalid": "{column}“{value}”应为整数元；请核对票据",
}

ANSWERS: Mapping[str, str] = {
    "answer_unknown": (
        "{column}“{value}”不认识；请填 已缴费、委托代理机构、不再维持 或 不是我"
    ),
    "patent_unknown": "登记中没有专利 {value}；请核对，或先导入含有它的清单",
    "recipient_invalid": "{column}“{value}”不是一个邮箱或手机号；请核对",
    "recipient_unknown": "联系方式中没有{column}“{value}”；请核对，或先登记该联系方式",
    "recipient_missing": "答复“不是我”要在{column}写明是哪个邮箱或手机号",
    "recipient_not_theirs": (
        "{column}“{value}”不是这件专利的联系方式；请核对地址和专利号"
    ),
    "receipt_too_long": "{column}“{value}”超过 40 个字符；请核对",
    "said_twice": "同一次导入中重复的“不再维持”不作再次确认，已略过",
    "receipt_incomplete": (
        "有票据号但缺少{value}，只作答复，不作缴费事实；补全后请再导入"
    ),
}

CHECK_SHEET: Mapping[str, str] = {
    "not_filled": "尚未填写查询结果，已略过",
    "query_date_missing": "填写了查询结果但没有{column}；请补填查询当天的日期",
    "status_unknown": (
        "{column}“{value}”不认识；请从下拉选项中选择，或照抄查询系统中的案件状态"
    ),
    "nothing_found": "填了查询日，但没有填查得的结果；请填案件状态、已缴年度或应缴金额",
    "ended_otherwise": (
        "{column}“{value}”不是因未缴年费终止，不在此登记；请改用法律状态导入"
    ),
    "status_missing": "应缴金额为 0，但没有填写{column}；请补填",
    "status_contradicts": "{column}“{value}”与本行的{expected}矛盾；请重新查询后填写",
}

CALL_SHEET: Mapping[str, str] = {
    "not_called": "尚未填写通话结果，已略过",
    "result_missing": "填写了通话情况但没有{column}；请从下拉选项中选择",
    "result_unknown": (
        "{column}“{value}”不认识；请填 已通知、空号、拒接、已缴费 或 放弃"
    ),
    "caller_missing": "没有{column}；请填写打电话的人",
    "not_asked": "{expected} 及以前没有专利 {value} 该年度的电话任务；请核对",
    "telephone_missing": "结果为空号，但{column}为空；请写明是哪个号码",
    "telephone_unknown": (
        "{column}“{value}”不是该专利登记的号码；空号请保留原号码，"
        "新号码请用 contacts add 登记"
    ),
    "telephone_ambiguous": "{column}“{value}”对应几个号码；请写完整号码",
    "receipt_stray": "{column}“{value}”只与结果“已缴费”同填；请核对",
    "receipt_missing": "填写了缴费情况但没有{column}；没有票据的请只填结果“已缴费”",
}

STATUS: Mapping[str, str] = {
    "number_disagrees": "{column}“{value}”与标准号所示的 {expected} 不一致；请核对原件",
    "number_from_standard": "没有原始申请号，已按标准号推算为 {expected}；请核对",
    "date_missing": "没有公告日，无法判断何时生效；请补填{column}",
    "status_empty": "没有填写法律状态、代码或说明；请补填{column}",
    "status_unclear": (
        "{column}“{value}”说明不了专利权是否有效；请人工查询后在核查表中登记"
    ),
    "application_ended": "{column}“{value}”表示申请已终结、从未授权，已略过",
    "record_withdrawn": "本记录标记为“{value}”，可能是撤销原公告，须由人核实后采用",
    "nothing_stated": "页面上没有年费的应缴或已缴记录，已略过",
    "file_left_out": "压缩包内的“{value}”{expected}，已略过；请核对是否下错文件",
}

SMS_REPORT: Mapping[str, str] = {
    "sms_number_invalid": (
        "{column}“{value}”不是完整的手机号，无法对应；请导出未隐藏的号码"
    ),
    "sms_number_invalid_empty": "没有{column}，也没有编号，无法对应；请补填",
    "sms_status_unknown": (
        "{column}“{value}”认不出是送达还是失败；请改成“成功”或“失败”"
    ),
    "sms_status_unknown_empty": "{column}为空；请等平台有结果后重新导出",
    "sms_unmatched": "{column}“{value}”不在本系统写出的短信中；请核对是否导错报告",
    "sms_ambiguous": (
        "{column}“{value}”近日有 {expected} 条短信，报告没有编号，分不清是哪一条"
    ),
}

RECORDS: Mapping[str, str] = {
    "required_missing": "{column}为空；请补填",
    "missing_with": "填了“{expected}”，{column}却为空；请补填",
    "bad_amount": (
        "{column}“{value}”不是金额；请写成 5000000 或 500万元，不为负，最多精确到分"
    ),
    "bad_number": "{column}“{value}”不是数字；请只填数字，最多六位小数",
    "bad_integer": "{column}“{value}”不是整数；请填 0 或正整数",
    "bad_choice": "{column}“{value}”不在可选项中；请填 {expected} 之一",
    "county_unknown_records": (
        "{column}“{value}”认不出属于哪个县区；请填配置文件中的县区名称或代码"
    ),
    "date_in_future": "{column}“{value}”晚于今天 {expected}；只登记已发生的，请核对",
    "date_out_of_range": "{column}“{value}”不合理，应在 {expected} 之间；请核对",
    "date_order": "{column}“{value}”早于{expected}；请核对两个日期",
    "commitment_unknown": (
        "{column}“{value}”不是已载入计划中的承诺编号；请按 3.1 或 计划名/3.1 填写，"
        "计划用 plan load 载入"
    ),
    "commitment_ambiguous": (
        "{column}“{value}”是数字格式，分不清是不是 {expected}；请设为文本后重填"
    ),
    "example_row": "填写示例，已略过",
    "blank_row": "只有序号，没有填写，已略过",
}

TEXTS: Mapping[str, str] = {
    **REGISTER,
    **CONTACTS,
    **PAYMENTS,
    **ANSWERS,
    **CHECK_SHEET,
    **CALL_SHEET,
    **STATUS,
    **SMS_REPORT,
    **RECORDS,
}

_MASKED = frozenset(
    {"phone", "landline", "email", "sms_number", "telephone", "answered_by"}
)


class Words(NamedTuple):
    """What a sentence needs beside its column."""

    value: str = ""
    expected: str = ""


_NO_WORDS = Words()


def note(
    layout: Layout, row: int, field: str, code: str, words: Words = _NO_WORDS
) -> RowNote:
    """Return the note `code` about `field`, "" for the whole row.

    A value that is a telephone number or an e-mail address is masked here.
    """
    column = layout.header(field) if field else ""
    value = clipped(words.value)
    if field in _MASKED:
        value = masking.address(value)
    text = TEXTS.get(f"{code}_empty") if not value else None
    text = TEXTS.get(f"{code}_{layout.kind}", text)
    message = (text or TEXTS[code]).format(
        column=column, value=value, expected=words.expected
    )
    return RowNote(layout.sheet, row, column, code, value, message)


def clipped(text: str) -> str:
    """Return `text` on one line and short enough to stand inside a sentence."""
    shown = "".join(
        c if c.isprintable() else f"⟨U+{ord(c):04X}⟩" for c in text[:_SHOWN]
    )
    return shown if len(text) <= _SHOWN else shown + "…"
