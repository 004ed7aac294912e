"""Every text the office may need is tried with an example, long before it is due."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from patentwatch import smscontract
from patentwatch.ladder import RungChange
from patentwatch.model import Channel, Office, SmsText, Tier
from patentwatch.settings import AlarmSettings, SmsSettings
from patentwatch.smscontract import Unfit
from patentwatch.store.vault import Vault
from tests.line import DUE as TODAY
from tests.line import Line, at

TEMPLATES = {text: f"SMS_{number}" for number, text in enumerate(SmsText)}
TIERS = [
    "提醒", "临期", "逾期（免滞纳金）", "逾期（免滞纳金）（未核实）", "滞纳金10%",
    "滞纳金20%", "最后一月", "最后一月（未核实）", "最后一周", "补缴期满", "恢复期将满",
]  # fmt: skip
"""What the ladder of design.md says by short message, by hand."""


@pytest.fixture
def line(sqlite_engine: Engine, vault: Vault, settings: Any) -> Line:
    return Line(sqlite_engine, vault, settings())


def unfit(line: Line, **sms: Any) -> list[Unfit]:
    line.change(sms=SmsSettings(**sms))
    return smscontract.unfit(line.settings, line.here.rules, now=at(TODAY, 9))


def names(found: list[Unfit]) -> list[str]:
    return [one.text for one in found]


@pytest.mark.parametrize("provider", ["aliyun", "tencent"])
def test_without_any_template_no_text_can_leave(line: Line, provider: str) -> None:
    found = unfit(line, provider=provider)
    assert names(found) == [*TIERS, "多件合并", "测试", "退订确认"]
    assert names(smscontract.owed(found)) == [*TIERS, "多件合并"]
    assert all("没有模板编号" in one.fault for one in found)


@pytest.mark.parametrize("provider", ["aliyun", "tencent", "mas", "sheet"])
def test_with_all_templates_every_text_can_leave(line: Line, provider: str) -> None:
    assert unfit(line, provider=provider, templates=TEMPLATES) == []


def test_files_take_everything(line: Line) -> None:
    assert unfit(line) == []


def test_one_template_that_was_forgotten_is_named(line: Line) -> None:
    few = {text: code for text, code in TEMPLATES.items() if text is not SmsText.TEST}
    (found,) = unfit(line, provider="aliyun", templates=few)
    assert (found.text, found.owed) == ("测试", False)


def test_the_neutral_template_stands_in_for_a_missing_one(line: Line) -> None:
    few = {
        text: code for text, code in TEMPLATES.items() if text is not SmsText.RESTORE
    }
    assert unfit(line, provider="aliyun", templates=few) == []


def test_a_tier_that_the_office_muted_needs_no_template(line: Line) -> None:
    mute = {Tier.RESTORE: RungChange(channels=(Channel.EMAIL,))}
    line.change(alerts=replace(line.settings.alerts, ladder=mute))
    assert "恢复期将满" not in names(unfit(line, provider="aliyun"))


@pytest.mark.parametrize("provider", ["mas", "sheet"])
def test_a_website_as_telephone_is_refused_in_free_text(
    line: Line, provider: str
) -> None:
    line.settings = replace(line.settings, office=Office("某局", "www.puyang.example"))
    found = unfit(line, provider=provider)
    assert set(TIERS) <= set(names(found))
    assert all("网址" in one.fault for one in found)


def test_an_office_without_a_telephone_can_send_nothing(line: Line) -> None:
    line.settings = replace(line.settings, office=Office("某局", ""))
    found = unfit(line, provider="sheet")
    assert set(TIERS) <= set(names(smscontract.owed(found)))
    assert found[0].fault.startswith("消息缺少：")


def test_the_alarm_needs_a_template_only_where_somebody_is_alarmed(line: Line) -> None:
    few = {text: code for text, code in TEMPLATES.items() if text is not SmsText.ALARM}
    assert unfit(line, provider="aliyun", templates=few) == []
    line.change(alarm=AlarmSettings(phones=("13800000000",)))
    assert names(unfit(line, provider="aliyun", templates=few)) == ["告警"]


def test_texts_with_the_same_fault_are_told_together() -> None:
    found = [
        Unfit("提醒", "没有模板"),
        Unfit("临期", "太长"),
        Unfit("测试", "没有模板"),
    ]
    assert smscontract.told(found) == "提醒、测试：没有模板；临期：太长"
    assert smscontract.told([]) == ""
