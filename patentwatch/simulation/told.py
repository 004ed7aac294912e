"""How a simulation is told: one JSON document, or small tables in Chinese."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict
from typing import Any

from patentwatch.model import Channel, Tier
from patentwatch.simulation.figures import (
    Amount,
    Load,
    Simulated,
    amount,
    busiest,
    cost_fen,
    differences,
    grouped,
)
from patentwatch.texttables import TextTable
from patentwatch.why import CHANNEL_WORDS, TIER_WORDS

ASSUMED = (
    "假定期间无人缴费，没有新的清单、查询结果和答复，联系方式不变；"
    "不含给工作人员的简报和清单"
)
_UNKNOWN_COUNTY = "县区不详"
_HEADERS = ("邮件", "短信", "计费条数", "短信费（元）", "电话任务")


def document(found: Simulated) -> dict[str, Any]:
    """Return what `--json` tells; a cost is that of the sum of the parts."""
    price = found.price
    day = busiest(found.loads)
    return {
        "on": found.began_on,
        "from": found.from_on,
        "to": found.to_on,
        "totals": _sums(found.loads, price),
        "busiest": {"day": day[0], "messages": day[1]} if day else None,
        "months": [
            {"month": month, **_sums(loads, price)} for month, loads in months(found)
        ],
        "tiers": [
            {"tier": tier.value, **_sums(loads, price)} for tier, loads in tiers(found)
        ],
        "counties": [
            {"county": county, **_sums(loads, price)}
            for county, loads in counties(found)
        ],
        "held": found.held,
        "undecided": found.undecided,
        "unfit": found.unfit,
        "rows": [
            {
                "day": load.on,
                "tier": load.tier,
                "channel": load.channel.value,
                "county": load.county,
                "messages": load.messages,
                "alerts": load.alerts,
                "sms_parts": load.sms_parts,
                "cost_fen": cost_fen(load.sms_parts, price),
            }
            for load in found.loads
        ],
    }


def comparison(here: Simulated, other: Simulated) -> dict[str, Any]:
    """Return what another configuration would change, for `--json`."""
    return {
        "totals": _sums(other.loads, other.price),
        "held": other.held,
        "undecided": other.undecided,
        "differences": [asdict(one) for one in differences(here.loads, other.loads)],
    }


def tables(found: Simulated, names: Mapping[str, str]) -> Iterator[TextTable]:
    """Yield what leaves by month, tier and county; `names` of counties by code."""
    yield _table(
        "每月", "月份", found, [*months(found), ("合计", found.loads)], str,
        busy=True,
    )  # fmt: skip
    yield _table("各阶段", "阶段", found, tiers(found), lambda tier: TIER_WORDS[tier])
    yield _table(
        "各县区",
        "县区",
        found,
        counties(found),
        lambda code: county_name(code, names),
    )


def changed(here: Simulated, other: Simulated) -> TextTable:
    """Return where another configuration says more or less, month by month."""
    rows = tuple(
        (
            f"{one.month} {TIER_WORDS[one.tier]} {CHANNEL_WORDS[one.channel]}",
            str(one.alerts),
            str(one.other_alerts),
            f"{one.other_alerts - one.alerts:+}",
            f"{one.other_messages - one.messages:+}",
        )
        for one in differences(here.loads, other.loads)
    )
    headers = ("月份、阶段、渠道", "现配置提醒", "另一配置提醒", "提醒增减", "消息增减")
    return TextTable("另一配置的不同", headers, rows)


def summary(found: Simulated) -> Iterator[str]:
    """Yield in a few lines how much it is, and what it rests on."""
    total = amount(found.loads)
    yield f"模拟 {found.from_on} 至 {found.to_on}（什么也没有发出）。{ASSUMED}。"
    yield (
        f"共 {total.email} 封邮件、{total.sms} 条短信（计费 {total.sms_parts} 条，"
        f"约 {yuan(found, total)} 元），电话任务 {total.calls} 项"
    )
    if (day := busiest(found.loads)) is not None:
        yield f"最忙的一天：{day[0]}，{day[1]} 条消息"
    if found.held:
        yield (f"刹车会拦住 {found.held} 条消息，要等人用 alerts release 放行；未计入")
    if found.unfit:
        yield f"现在还发不出去、但已计入的短信——{found.unfit}"
    if found.undecided:
        yield f"有 {found.undecided} 件专利或消息无法处理，请看日志"


def months(found: Simulated) -> list[tuple[str, list[Load]]]:
    """Return the loads by month."""
    return list(grouped(found.loads, lambda load: load.month).items())


def tiers(found: Simulated) -> list[tuple[Tier, list[Load]]]:
    """Return the loads by tier, mildest first."""
    by = grouped(found.loads, lambda load: Tier(load.tier))
    return sorted(by.items(), key=lambda item: item[0].severity)


def counties(found: Simulated) -> list[tuple[str | None, list[Load]]]:
    """Return the loads by county, those that cannot be told last."""
    by = grouped(found.loads, lambda load: load.county)
    return sorted(by.items(), key=lambda item: (item[0] is None, item[0] or ""))


def county_name(code: str | None, names: Mapping[str, str]) -> str:
    """Return what people call a county."""
    return _UNKNOWN_COUNTY if code is None else names.get(code, code)


def yuan(found: Simulated, total: Amount) -> str:
    """Return what the short messages cost, as 12.35."""
    fen = cost_fen(total.sms_parts, found.price)
    return f"{fen // 100}.{fen % 100:02}"


def _table(
    title: str,
    first: str,
    found: Simulated,
    parts: Sequence[tuple[Any, Sequence[Load]]],
    name: Callable[[Any], str],
    *,
    busy: bool = False,
) -> TextTable:
    rows = []
    for key, loads in parts:
        total = amount(loads)
        day = busiest(loads) if busy else None
        rows.append(
            (
                name(key),
                str(total.email),
                str(total.sms),
                str(total.sms_parts),
                yuan(found, total),
                str(total.calls),
                *([f"{day[0]:%m-%d}（{day[1]}）" if day else "–"] if busy else []),
            )
        )
    headers = (first, *_HEADERS, *(["最忙一天"] if busy else []))
    return TextTable(title, headers, tuple(rows))


def _sums(loads: Sequence[Load], price: int) -> dict[str, int]:
    total = amount(loads)
    return {
        "messages": total.messages,
        "alerts": sum(
            load.alerts for load in loads if load.channel is not Channel.CALL
        ),
        **asdict(total),
        "cost_fen": cost_fen(total.sms_parts, price),
    }
