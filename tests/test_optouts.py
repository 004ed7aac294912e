"""What short replies mean (reliability: opt-out words T/TD/退订/R in any spelling)."""

import pytest

from patentwatch.optouts import Meaning, meaning

OPT_OUT = [
    "T", "t", "TD", "td", "Td", "R", "r", "退订", "退定",
    " T ", "t d", "退 订", "退\u3000订", "T\n", "\u200bTD\u200b",
    "\uff34", "\uff54\uff44", "\uff32", "\uff34\uff24\u3000",
    "T.", "TD!", "退订！", "退订。", "“退订”", "【退订】", "(T)", "-R-",
    "回复T", "回T", "回复TD", "回复 TD", "回复退订", "回复：T", "回复TD退订", "T退订",
    "请退订", "我要退订", "退订短信", "退订提醒", "退订吧", "退订了", "退订谢谢",
]  # fmt: skip
OTHER = [
    "", " ", "。", "T恤什么价", "TDS", "RT", "R恤", "TT", "T_T", "T.T", "NO", "N", "Y",
    "OK", "好的", "收到", "谢谢", "已缴", "已退订成功了吗", "不退订", "不要退订",
    "怎么退订", "退订？", "T?", "\uff34\uff1f", "退订费怎么退", "退款",
    "Tomorrow", "Thanks",
    "请不要退订", "我是T公司", "TD-LTE", "回复", "0", "1",
]  # fmt: skip


@pytest.mark.parametrize("text", OPT_OUT)
def test_this_says_no_more(text: str) -> None:
    assert meaning(text) is Meaning.OPT_OUT


@pytest.mark.parametrize("text", OTHER)
def test_this_is_for_a_person_to_read(text: str) -> None:
    assert meaning(text) is Meaning.OTHER
