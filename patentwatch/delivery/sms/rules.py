"""What each provider takes: lengths, characters and words, said before anything leaves.

Every fault is a sentence for the operator: which variable or text, why, what to do.
"""

import re

from patentwatch.delivery.gateway import Fault
from patentwatch.delivery.outcome import Envelope, Outcome, OutcomeKind
from patentwatch.delivery.sms import answers

LONGEST_TEXT = 500
LONGEST_VARIABLE = 35
"""Aliyun's limit for notices; Tencent's is set for each account and not published."""

_NAMES = {"number": "专利号", "year": "年度", "day": "日期", "count": "件数"}

_SIGNATURE = re.compile(r"【[^【】]*】")
_LINK = re.compile(r"https?:|www\.|[a-z0-9-]+\.[a-z]{2,}", re.IGNORECASE)
_OPT_OUT = re.compile(r"(?:拒收|退订).{0,4}回|回复?\s*(?:TD|T|R|N)(?![A-Za-z])|拒收请")
# A gateway takes brackets for a signature, others for a placeholder or a tag.
_FORBIDDEN = "【】[]［］{}<>'’‘"
# In a variable the stop passes for a part of a link; so does the dot of a number.
_FORBIDDEN_IN_VARIABLE = _FORBIDDEN + ".。．"
_NUMBER_WITH_DOT = re.compile(r"[0-9]\.[0-9Xx]")


def unfit(envelope: Envelope, fault: Fault) -> Outcome | None:
    """Return the outcome of a message that must not be tried, None when it may be."""
    if not answers.mobile(envelope.to):
        text = "不是内地手机号"
        return Outcome(OutcomeKind.REFUSED, "address", text, bad_address=True)
    said = fault(envelope)
    return Outcome(OutcomeKind.TEXT_REFUSED, "rule", said) if said else None


def unsigned(text: str) -> str:
    """Return `text` without the signature in front, where a provider adds its own."""
    found = _SIGNATURE.match(text)
    return text[found.end() :] if found else text


def aliyun(envelope: Envelope) -> str | None:
    """Return what Aliyun would refuse."""
    return _of_template(envelope, longest=LONGEST_VARIABLE)


def tencent(envelope: Envelope) -> str | None:
    """Return what Tencent Cloud would refuse."""
    return _of_template(envelope, longest=LONGEST_TEXT)


def mas(envelope: Envelope) -> str | None:
    """Return what cloud MAS would refuse, as a template or as free text."""
    if envelope.template:
        return _of_template(envelope, longest=LONGEST_VARIABLE)
    return _of_text(_text(envelope))


def sheet(envelope: Envelope) -> str | None:
    """Return what an SMS portal would refuse."""
    return _of_text(_text(envelope))


def _of_template(envelope: Envelope, *, longest: int) -> str | None:
    if not envelope.template:
        return (
            "这条内容没有模板编号；请在平台申请模板，审核通过后填入 [sms] 的 templates"
        )
    for name, value in envelope.variables:
        fault = _of_variable(value, longest=longest)
        if fault:
            return f"模板变量 {name}（{_NAMES.get(name, name)}）{fault}"
    return _of_length(_text(envelope))


def _of_variable(value: str, *, longest: int) -> str | None:
    if not value.strip():
        return "为空；请补全该专利的资料"
    if len(value) > longest:
        return f"有 {len(value)} 个字，最多 {longest} 个；请缩短"
    bad = _first(value, _FORBIDDEN_IN_VARIABLE)
    if bad:
        return f"含有平台不收的字符“{bad}”；请去掉"
    if _LINK.search(value):
        return "含有网址，平台不收；请去掉"
    if _OPT_OUT.search(value):
        return "含有拒收、退订字样，通知短信不能带；请去掉"
    return _of_characters(value)


def _of_text(text: str) -> str | None:
    """Return what is wrong with a whole text; one signature may stand in front."""
    body = unsigned(text)
    bad = _first(body, _FORBIDDEN)
    fault = None
    if not body.strip():
        fault = "没有正文；请检查模板"
    elif bad:
        fault = f"含有平台不收的字符“{bad}”；请从模板或资料中去掉"
    elif _NUMBER_WITH_DOT.search(body):
        fault = "号码中有小数点，平台会拒收；请在模板中用不带点的专利号"
    elif _LINK.search(body):
        fault = "含有网址，平台不收；请从模板中去掉"
    elif _OPT_OUT.search(body):
        fault = "含有拒收、退订字样，通知短信不能带；请从模板中去掉"
    fault = fault or _of_characters(text)
    return f"短信内容{fault}" if fault else _of_length(text)


def _of_length(text: str) -> str | None:
    if len(text) <= LONGEST_TEXT:
        return None
    return f"短信内容有 {len(text)} 个字，连签名最多 {LONGEST_TEXT} 个；请缩短模板"


def _of_characters(text: str) -> str | None:
    for character in text:
        if not character.isprintable():
            return f"含有看不见的字符 U+{ord(character):04X}；请去掉"
        if ord(character) > 0xFFFF:
            return f"含有许多手机显示不了的字“{character}”；请换成常用字"
    return None


def _first(text: str, forbidden: str) -> str:
    return next((character for character in text if character in forbidden), "")


def _text(envelope: Envelope) -> str:
    return envelope.raw.decode("utf-8", "replace")
