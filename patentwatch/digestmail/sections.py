"""The sections of a mail: what of a digest is shown, in which order, in words.

A mail shows the most urgent; all of it stands in the workbook that goes with it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from patentwatch import clean, phrases
from patentwatch.digestmail import words
from patentwatch.digests.values import (
    AtRisk,
    Call,
    CountyLine,
    Digest,
    Ended,
    Indicator,
    PaidAfter,
    RiskCount,
    Unreachable,
)
from patentwatch.model import Tier
from patentwatch.why import CHANNEL_WORDS, STATE_WORDS

_CALLS_SHOWN, _RISKS_SHOWN, _OTHERS_SHOWN = 20, 15, 10
_GRAVE = (Tier.FINAL, Tier.LAST_WEEK, Tier.LAPSED, Tier.RESTORE)


@dataclass(frozen=True, slots=True)
class Entry:
    """One matter: what it is on the left, by when or how on the right."""

    position: str
    title: str
    lines: tuple[str, ...]
    right: str
    right_small: str = ""
    mark: str = ""
    grave: bool = False


@dataclass(frozen=True, slots=True)
class GridRow:
    """A row of figures; `text` says the same in one line without the table."""

    cells: tuple[str, ...]
    text: str
    strong: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A part of the mail; everything but the title may be empty."""

    title: str
    lead: str = ""
    head: tuple[str, ...] = ()
    rows: tuple[GridRow, ...] = ()
    entries: tuple[Entry, ...] = ()
    notes: tuple[str, ...] = ()


def sections(digest: Digest) -> tuple[list[Section], list[str]]:
    """Return the sections that have something to say, and the names of the others."""
    found, empty = [], []
    for name, section in (
        ("", _counties(digest)),
        ("要打的电话", _calls(digest)),
        ("", _counts(digest)),
        ("30天内到期或逾期的专利", _risks(digest)),
        ("联系不上的专利权人", _unreachable(digest)),
        ("已知的缴费", _paid(digest)),
        ("失效与恢复", _ended(digest)),
        ("需要核对的问题", _doubts(digest)),
        ("未送达的消息", _troubles(digest)),
        ("法律状态变化", _happened(digest)),
        ("", _indicators(digest)),
    ):
        if section is not None:
            found.append(section)
        elif name:
            empty.append(name)
    return found, empty


def _more(all_of_them: int, shown: int, sheet: str) -> tuple[str, ...]:
    rest = all_of_them - shown
    return (f"另有{rest}件，见附件表格“{sheet}”。",) if rest > 0 else ()


def _place(digest: Digest, county: str | None) -> str:
    """Return the county before a line of the city's digest, "" in a county's own."""
    if not digest.of_the_city:
        return ""
    names = {one.county: one.name for one in digest.counties}
    return f"{clean.name(names.get(county, county or words.COUNTY_UNKNOWN))}，"


def _counties(digest: Digest) -> Section | None:
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
        head=("县区", "待办", "已确认", "电话", "超期", "联系不上", "失效"),
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
        f"电话{line.calls}件（超期{line.overdue_calls}），"
        f"联系不上{line.unreachable}人，失效{line.lapsed}件"
    )
    return GridRow((name, *map(_or_dash, figures)), text, strong=line.overdue_calls > 0)


def _or_dash(figure: int) -> str:
    return str(figure) if figure else "–"


def _calls(digest: Digest) -> Section | None:
    calls = digest.calls
    if not calls:
        return None
    lead = "标“电话”的已确认欠费或尚在期限内，请告知；标“核实”的先问清是否已缴。"
    notes = _more(len(calls), _CALLS_SHOWN, "今日电话")
    if digest.of_the_city:
        title = "要打的电话：县区不详的，和县区超期未办的"
    else:
        title = "今日要打的电话"
        if any(call.phones for call in calls):
            notes = (*notes, "完整号码见附件表格“今日电话”，请勿转发。")
    entries = [
        _call(digest, position, call)
        for position, call in enumerate(calls[:_CALLS_SHOWN], 1)
    ]
    return Section(title, lead=lead, entries=tuple(entries), notes=notes)


def _call(digest: Digest, position: int, call: Call) -> Entry:
    risk = call.risk
    numbers = "、".join(words.phone(one) for one in call.phones)
    since = f"自{phrases.day(call.since_on)}起待办"
    lines = [
        _place(digest, risk.patent.county) + _fee(risk),
        words.owner(risk.patent),
        f"{_standing(risk)}；{since}{'，已超期' if call.overdue else ''}",
        numbers or "没有电话号码，请先查找联系方式",
    ]
    if risk.question:
        lines.append(clean.line(risk.question))
    return _entry(position, risk, lines, mark=words.verb(call))


def _fee(risk: AtRisk) -> str:
    return f"{phrases.number(risk.patent.application_no)}，第{risk.fee_year}年年费"


def _standing(risk: AtRisk) -> str:
    parts = [words.tier(risk.tier), words.evidence(risk)]
    parts += ["高价值"] if risk.high_value else []
    return " · ".join([*parts, *(clean.name(tie) for tie in risk.ties)])


def _entry(position: int, risk: AtRisk, lines: Sequence[str], mark: str = "") -> Entry:
    return Entry(
        str(position),
        words.name(risk.patent),
        tuple(lines),
        right=words.act_by(risk),
        right_small="" if risk.amount_yuan is None else words.money(risk.amount_yuan),
        mark=mark,
        grave=risk.tier in _GRAVE and risk.confirmed,
    )


def _counts(digest: Digest) -> Section | None:
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
        head=("层级", "件数", "已确认", "应缴（元）", "高价值", "质押许可"),
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
        _or_dash(count.confirmed),
        f"{count.amount_yuan:,}" if count.amount_yuan else "–",
        _or_dash(count.high_value),
        _or_dash(count.consequential),
    )
    text = f"{name}：{count.number}件"
    for part, figure in (
        (f"已确认欠费{count.confirmed}", count.confirmed),
        (f"应缴{count.amount_yuan:,}元", count.amount_yuan),
        (f"高价值{count.high_value}", count.high_value),
        (f"质押或许可{count.consequential}", count.consequential),
    ):
        text += f"，{part}" if figure else ""
    return GridRow(cells, text)


def _risks(digest: Digest) -> Section | None:
    risks = digest.at_risk
    if not risks:
        return None
    entries = []
    for position, risk in enumerate(risks[:_RISKS_SHOWN], 1):
        where = _place(digest, risk.patent.county)
        said = words.told(risk)
        silent = f"现不发送：{words.reason(risk.untold)}" if risk.untold else ""
        lines = [
            where + _fee(risk),
            words.owner(risk.patent),
            _standing(risk),
            "；".join(
                part for part in (f"最近提醒：{said}" if said else "", silent) if part
            )
            or words.NEVER_TOLD,
        ]
        entries.append(_entry(position, risk, lines))
    return Section(
        "30天内到期或逾期的专利",
        lead="有质押或许可的在前，其余按紧急程度排列；金额按本报告生成之日计算。",
        entries=tuple(entries),
        notes=_more(len(risks), _RISKS_SHOWN, "风险清单"),
    )


def _unreachable(digest: Digest) -> Section | None:
    found = digest.unreachable
    if not found:
        return None
    return Section(
        "联系不上的专利权人",
        lead="以下专利权人没有可用的邮箱和手机，请查找并登记联系方式。",
        entries=tuple(
            _owner(digest, position, one)
            for position, one in enumerate(found[:_OTHERS_SHOWN], 1)
        ),
        notes=_more(len(found), _OTHERS_SHOWN, "联系不上"),
    )


def _owner(digest: Digest, position: int, one: Unreachable) -> Entry:
    numbers = [phrases.number(number) for number in one.numbers[:3]]
    rest = len(one.numbers) - len(numbers)
    listed = "、".join(numbers) + (f"等{len(one.numbers)}件" if rest else "")
    return Entry(
        str(position),
        clean.name(one.owner) or "专利权人不详",
        (_place(digest, one.county) + listed, words.reason(one.reason)),
        right=phrases.day(one.nearest_on) if one.nearest_on else words.AT_ONCE,
        right_small=f"{len(one.numbers)}件",
    )


def _paid(digest: Digest) -> Section | None:
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


def _ended(digest: Digest) -> Section | None:
    found = digest.ended
    if not found:
        return None
    return Section(
        "失效与恢复",
        lead="按本期内公布或查明的日期列出。",
        entries=tuple(
            _end(digest, position, one)
            for position, one in enumerate(found[:_OTHERS_SHOWN], 1)
        ),
        notes=_more(len(found), _OTHERS_SHOWN, "失效"),
    )


def _end(digest: Digest, position: int, one: Ended) -> Entry:
    number = phrases.number(one.patent.application_no)
    lines = [_place(digest, one.patent.county) + number, words.owner(one.patent)]
    if said := words.told(one):
        lines.append(f"最近提醒：{said}")
    return Entry(
        str(position),
        words.name(one.patent),
        tuple(lines),
        right=words.ending(one),
        right_small=phrases.day(one.happened_on),
    )


def _doubts(digest: Digest) -> Section | None:
    found = digest.doubts
    if not found:
        return None
    entries = [
        Entry(
            str(position),
            words.name(one.patent),
            (
                _place(digest, one.patent.county)
                + phrases.number(one.patent.application_no),
                clean.line(one.text),
            ),
            right=phrases.day(one.since_on),
            right_small="查明前不提醒" if one.holds else "",
        )
        for position, one in enumerate(found[:_OTHERS_SHOWN], 1)
    ]
    return Section(
        "需要核对的问题",
        lead="名单、公告、缴费记录之间不一致，请查明。",
        entries=tuple(entries),
        notes=_more(len(found), _OTHERS_SHOWN, "核对问题"),
    )


def _troubles(digest: Digest) -> Section | None:
    found = digest.troubles
    if not found:
        return None
    entries = [
        Entry(
            str(position),
            words.name(one.patent),
            (
                _place(digest, one.patent.county)
                + f"{phrases.number(one.patent.application_no)}，第{one.fee_year}年",
                words.owner(one.patent),
                f"{words.tier(one.tier)}，{CHANNEL_WORDS[one.channel]}",
            ),
            right=STATE_WORDS[one.state],
            right_small=phrases.day(one.decided_on),
        )
        for position, one in enumerate(found[:_OTHERS_SHOWN], 1)
    ]
    return Section(
        "未送达的消息",
        lead="被拒收、退回或结果未知，专利权人可能没有看到。",
        entries=tuple(entries),
        notes=_more(len(found), _OTHERS_SHOWN, "核对问题"),
    )


def _happened(digest: Digest) -> Section | None:
    found = digest.happened
    if not found:
        return None
    entries = [
        Entry(
            str(position),
            words.name(one.patent),
            (
                _place(digest, one.patent.county)
                + phrases.number(one.patent.application_no),
                clean.line(one.text),
            ),
            right=phrases.day(one.happened_on),
        )
        for position, one in enumerate(found[:_OTHERS_SHOWN], 1)
    ]
    return Section(
        "法律状态变化",
        lead="本期得知的变化。",
        entries=tuple(entries),
        notes=_more(len(found), _OTHERS_SHOWN, "失效"),
    )


def _indicators(digest: Digest) -> Section | None:
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
    now, before = words.figure(one.value, unit), words.figure(one.before, unit)
    changed = words.trend(one.value, one.before, unit)
    text = f"{name}：{now}（上期末{before}，{changed}）"
    return GridRow((name, now, before, changed), text)
