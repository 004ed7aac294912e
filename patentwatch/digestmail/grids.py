"""The sections that are tables of figures: counties, risks, payments, indicators."""

from collections.abc import Iterator, Sequence

from patentwatch import clean
from patentwatch.digestmail import words
from patentwatch.digestmail.parts import GridRow, Section, or_dash
from patentwatch.digests.values import (
    CountyLine,
    Digest,
    Indicator,
    PaidAfter,
    RiskCount,
)
from patentwatch.model import Tier


def counties(digest: Digest) -> Section | None:
    """Show the counties side by side; only the city has them."""
    if not digest.counties:
        return None
    lonely = [
        clean.name(one.name)
        for one in digest.counties
        if one.county is not None and not one.officials
    ]
    note = f"没有可用负责人邮箱、收不到本报告的县区：{'、'.join(lonely)}。"
    return Section(
        "各县区情况",
        head=("县区", "待办", "已确认", "电话", "报市局", "联系不上", "失效"),
        rows=tuple(_county(one) for one in digest.counties),
        notes=(note,) if lonely else (),
    )


def _county(line: CountyLine) -> GridRow:
    figures = (
        line.at_risk,
        line.confirmed,
        line.calls,
        line.overdue_calls,
        line.unreachable,
        line.lapsed,
    )
    name = clean.name(line.name)
    text = (
        f"{name}：待办{line.at_risk}件（已确认欠费{line.confirmed}），"
        f"电话{line.calls}件（报市局{line.overdue_calls}），"
        f"联系不上{line.unreachable}人，失效{line.lapsed}件"
    )
    return GridRow((name, *map(or_dash, figures)), text, strong=line.overdue_calls > 0)


def counts(digest: Digest) -> Section | None:
    """Show how much is at stake at each tier."""
    if not digest.counts:
        return None
    listed = [one for one in digest.counts if one.tier not in (None, Tier.NOTICE)]
    rows = [_count(one) for one in digest.counts]
    if len(listed) > 1:
        total = RiskCount(
            tier=None,
            number=sum(one.number for one in listed),
            confirmed=sum(one.confirmed for one in listed),
            amount_yuan=sum(one.amount_yuan for one in listed),
            high_value=sum(one.high_value for one in listed),
            consequential=sum(one.consequential for one in listed),
        )
        row = _figures("合计", total)
        rows.insert(len(listed), GridRow(row.cells, row.text, strong=True))
    return Section(
        "风险概况",
        head=("层级", "件数", "已确认", "应缴（元）", "高价值", "有关联"),
        rows=tuple(rows),
        notes=tuple(_remarks(digest)),
    )


def _remarks(digest: Digest) -> Iterator[str]:
    tiers = {one.tier for one in digest.counts}
    if None in tiers:
        yield (
            f"“{words.UNLOOKED}”的多数已经缴费，只是我局尚不掌握；"
            "请按每月核查表查询，不计入合计。"
        )
    if Tier.NOTICE in tiers:
        yield "“预告”距到期还有30至90天，不计入合计。"


def _count(count: RiskCount) -> GridRow:
    if count.tier in (None, Tier.NOTICE):
        name = words.tier(count.tier)
        cells = (name, str(count.number), "–", "–", "–", "–")
        return GridRow(cells, f"{name}：{count.number}件")
    return _figures(words.tier(count.tier), count)


def _figures(name: str, count: RiskCount) -> GridRow:
    cells = (
        name,
        str(count.number),
        or_dash(count.confirmed),
        f"{count.amount_yuan:,}" if count.amount_yuan else "–",
        or_dash(count.high_value),
        or_dash(count.consequential),
    )
    text = f"{name}：{count.number}件"
    for part, figure in (
        (f"已确认欠费{count.confirmed}", count.confirmed),
        (f"应缴{count.amount_yuan:,}元", count.amount_yuan),
        (f"高价值{count.high_value}", count.high_value),
        (f"有关联{count.consequential}", count.consequential),
    ):
        text += f"，{part}" if figure else ""
    return GridRow(cells, text)


def paid(digest: Digest) -> Section | None:
    """Show after which reminders was paid, beside those who paid without any."""
    if not digest.paid and not digest.paid_year:
        return None
    return Section(
        "缴费与提醒",
        lead=_paid_lead("本期", digest.paid_after),
        head=("缴费前最后一次提醒", "件数", "间隔（天）"),
        rows=tuple(_paid_row(one) for one in digest.paid_after),
        notes=(
            _paid_lead("本年累计", digest.paid_year),
            (
                "间隔为从该次提醒到缴费的天数（中位数）。没有提醒也缴费的比例是对照，"
                "用来比较，不能证明其余各件是因提醒而缴；以票据载明的缴费日为准，"
                "只有名单或查询结果而不知缴费日的不计。"
            ),
        ),
    )


def _paid_lead(when: str, counts: Sequence[PaidAfter]) -> str:
    total = sum(one.number for one in counts)
    if not total:
        return f"{when}没有已知缴费日的缴费。"
    alone = sum(one.number for one in counts if one.tier is None)
    share = round(100 * alone / total)
    return (
        f"{when}缴费{total}件：{total - alone}件在提醒之后，"
        f"{alone}件此前没有任何提醒（占{share}%）。"
    )


def _paid_row(one: PaidAfter) -> GridRow:
    name = words.tier(one.tier) if one.tier else "没有提醒"
    days = "–" if one.median_days is None else str(one.median_days)
    text = f"{name}：{one.number}件"
    text += "" if one.median_days is None else f"，间隔{days}天"
    return GridRow((name, str(one.number), days), text)


def indicators(digest: Digest) -> Section | None:
    """Show the county's figures and how they have changed."""
    if not digest.indicators:
        return None
    return Section(
        "指标",
        head=("指标", "本期末", "上期末", "变化"),
        rows=tuple(_indicator(one) for one in digest.indicators),
        notes=(
            (
                "送达率：本期到期且应提醒的年费中，消息已送达的比例。"
                "可联系率：有效专利中，专利权人或代理机构有可用邮箱或手机的比例。"
            ),
        ),
    )


def _indicator(one: Indicator) -> GridRow:
    name, unit = words.MEASURES[one.measure]
    now, before = words.figure(one.value), words.figure(one.before)
    changed = words.trend(one.value, one.before)
    text = f"{name}（{unit}）：{now}（上期末{before}，{changed}）"
    return GridRow((f"{name}（{unit}）", now, before, changed), text)
