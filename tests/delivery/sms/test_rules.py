"""What providers refuse is found before anything leaves, and said in Chinese."""

from collections.abc import Callable

import pytest

from patentwatch.delivery.outcome import Envelope
from patentwatch.delivery.sms import rules
from tests.delivery.sms.lines import TEXT, envelope

TEMPLATES = [rules.aliyun, rules.tencent, rules.mas]
TEXTS = [rules.mas, rules.sheet]
Fault = Callable[[Envelope], str | None]


def with_number(value: str) -> Envelope:
    return envelope(variables=(("number", value), ("day", "12月31日")))


@pytest.mark.parametrize("fault", TEMPLATES)
def test_an_ordinary_message_may_go(fault: Fault) -> None:
    assert fault(envelope()) is None


@pytest.mark.parametrize("fault", TEXTS)
def test_an_ordinary_text_may_go(fault: Fault) -> None:
    assert fault(envelope(template="")) is None


@pytest.mark.parametrize("fault", [rules.aliyun, rules.tencent])
def test_without_a_template_nothing_can_go(fault: Fault) -> None:
    told = fault(envelope(template=""))
    assert told is not None
    assert "没有模板编号" in told


@pytest.mark.parametrize("length", [1, 34, 35])
def test_a_variable_of_up_to_35_characters_may_go(length: int) -> None:
    assert rules.aliyun(with_number("号" * length)) is None


def test_a_variable_of_36_characters_is_named() -> None:
    assert rules.aliyun(with_number("号" * 36)) == (
        "模板变量 number（专利号）有 36 个字，最多 35 个；请缩短"
    )


@pytest.mark.parametrize("fault", TEMPLATES)
@pytest.mark.parametrize(
    ("value", "told"),
    [
        ("", "为空"),
        ("  ", "为空"),
        ("【局】", "“【”"),
        ("a]", "“]”"),
        ("ZL202010123456.7", "“.”"),
        ("号。", "“。”"),
        ("it's", "“'”"),
        ("<b>", "“<”"),
        ("{x}", "“{”"),
        ("https://a", "网址"),
        ("拒收请回复R", "拒收"),
        ("退订回T", "拒收"),
        ("a\nb", "U+000A"),
        ("a\u200bb", "U+200B"),
        ("𠮷", "“𠮷”"),
    ],
)
def test_what_a_variable_must_not_hold_is_named(
    fault: Fault, value: str, told: str
) -> None:
    found = fault(with_number(value))
    assert found is not None
    assert found.startswith("模板变量 number（专利号）")
    assert told in found


@pytest.mark.parametrize("fault", TEXTS)
@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("【某局】", "没有正文"),
        ("【某局】【另】请缴费", "“【”"),
        ("请缴费【某局】", "“【”"),
        ("【某局】专利ZL202010123456.7", "小数点"),
        ("【某局】专利ZL202010123456.X", "小数点"),
        ("【某局】见 www.example.cn", "网址"),
        ("【某局】见 example.gov.cn/a", "网址"),
        ("【某局】年费。拒收请回复R", "拒收"),
        ("【某局】年费，回T退订", "拒收"),
        ("【某局】a\x00b", "U+0000"),
        ("【某局】" + "年" * 497, "最多 500"),
    ],
)
def test_what_a_text_must_not_hold_is_named(fault: Fault, text: str, told: str) -> None:
    found = fault(envelope(template="", text=text))
    assert found is not None
    assert told in found


@pytest.mark.parametrize("length", [495, 496])
def test_a_text_may_have_500_characters_with_its_signature(length: int) -> None:
    assert rules.sheet(envelope(template="", text="【某局】" + "年" * length)) is None


def test_only_the_signature_in_front_is_taken_off() -> None:
    assert rules.unsigned(TEXT).startswith("专利ZL")
    assert rules.unsigned("年费【某局】") == "年费【某局】"
