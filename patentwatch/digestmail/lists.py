"""The sections that list matters: tasks, patents, owners, questions.

A mail shows the most urgent; all of it stands in the workbook that goes with it.
"""

from collections.abc import Sequence
from datetime import date

from patentwatch import clean, phrases
from patentwatch.digestmail import words
from patentwatch.digestmail.parts import Entry, Section, more, place
from patentwatch.digests.values import (
    AtRisk,
    Call,
    Digest,
    Ended,
    Unreachable,
)
from patentwatch.model import Tier
from patentwatch.why import CHANNEL_WORDS, STATE_WORDS

_CALLS_SHOWN, _RISKS_SHOWN, _OTHERS_SHOWN = 20, 15, 10
_NEAR_DAYS = 180
_GRAVE = (Tier.FINAL, Tier.LAST_WEEK, Tier.LAPSED, Tier.RESTORE)


def calls(digest: Digest) -> Section | None:
    """Show whom to ring today."""
    found = digest.calls
    if not found:
        return None
    lead = (
        "“电话”请告知专利权人；“核实”先到国家知识产权局系统查询是否已缴；"
        "“联系方式”没有可用号码，请先找到能联系上的人。"
    )
    notes = more(len(found), _CALLS_SHOWN, "今日电话")
    if digest.of_the_city:
        title = "要打的电话：县区不详的，和县区尚未办结的"
    else:
        title = "今日要打的电话"
        if any(call.phones for call in found):
            notes = (*notes, "完整号码见附件表格“今日电话”，请勿转发。")
    entries = [
        _call(digest, position, call)
        for position, call in enumerate(found[:_CALLS_SHOWN], 1)
    ]
    return Section(title, lead=lead, entries=tuple(entries), notes=notes)


def _call(digest: Digest, position: int, call: Call) -> Entry:
    risk = call.risk
    numbers = "、".join(words.phone(one) for one in call.phones)
    since = f"{_short(call.since_on, digest)}起待办"
    lines = [
        place(digest, risk.patent.county) + _fee(risk),
        words.owner(risk.patent),
        _standing(risk),
        f"{since}{'，已报市局' if call.overdue else ''}",
        numbers or "没有电话号码",
    ]
    if risk.question:
        lines.append(clean.line(risk.question))
    return _entry(digest, position, risk, lines, mark=words.verb(call))


def _short(when: date, digest: Digest) -> str:
    """Return a day of this year or the next months without its year."""
    on = digest.as_of_on
    near = when.year == on.year or 0 <= (when - on).days < _NEAR_DAYS
    return f"{when.month}月{when.day}日" if near else phrases.day(when)


def _fee(risk: AtRisk) -> str:
    return f"{phrases.number(risk.patent.application_no)}，第{risk.fee_year}年"


def _standing(risk: AtRisk) -> str:
    parts = [words.tier(risk.tier), words.evidence(risk)]
    parts += ["高价值"] if risk.high_value else []
    return " · ".join([*parts, *(clean.name(tie) for tie in risk.ties)])


def _entry(
    digest: Digest, position: int, risk: AtRisk, lines: Sequence[str], mark: str = ""
) -> Entry:
    return Entry(
        str(position),
        words.name(risk.patent),
        tuple(lines),
        right=_short(risk.act_by_on, digest) if risk.act_by_on else words.AT_ONCE,
        right_small="" if risk.amount_yuan is None else words.money(risk.amount_yuan),
        mark=mark,
        grave=risk.tier in _GRAVE and risk.confirmed,
    )


def risks(digest: Digest) -> Section | None:
    """Show the patents at risk, most urgent first; those to ring about stand above."""
    rung = {_key(call.risk) for call in digest.calls}
    found = [risk for risk in digest.at_risk if _key(risk) not in rung]
    if not found:
        return None
    lead = (
        "有质押、许可、获奖、案件等关联的在前，其余按紧急程度排列；"
        "金额按本报告生成之日计算。"
    )
    if rung:
        lead = f"要打电话的见上，这里不再列出。{lead}"
    entries = [
        _at_risk(digest, position, risk)
        for position, risk in enumerate(found[:_RISKS_SHOWN], 1)
    ]
    return Section(
        "其他临期或逾期的专利" if rung else "临期或逾期的专利",
        lead=lead,
        entries=tuple(entries),
        notes=more(len(found), _RISKS_SHOWN, "风险清单"),
    )


def _key(risk: AtRisk) -> tuple[str, int]:
    return risk.patent.application_no, risk.fee_year


def _at_risk(digest: Digest, position: int, risk: AtRisk) -> Entry:
    said = words.told(risk)
    silent = f"现不发送：{words.reason(risk.untold)}" if risk.untold else ""
    heard = [f"最近提醒：{said}"] if said else [words.NEVER_TOLD]
    lines = [
        place(digest, risk.patent.county) + _fee(risk),
        words.owner(risk.patent),
        _standing(risk),
        "；".join([*heard, *([silent] if silent else [])]),
    ]
    return _entry(digest, position, risk, lines)


def unreachable(digest: Digest) -> Section | None:
    """Show the owners whom no message reaches."""
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
        notes=more(len(found), _OTHERS_SHOWN, "联系不上"),
    )


def _owner(digest: Digest, position: int, one: Unreachable) -> Entry:
    numbers = [phrases.number(number) for number in one.numbers[:3]]
    rest = len(one.numbers) - len(numbers)
    listed = "、".join(numbers) + (f"等{len(one.numbers)}件" if rest else "")
    return Entry(
        str(position),
        clean.name(one.owner) or "专利权人不详",
        (place(digest, one.county) + listed, words.reason(one.reason)),
        right=_short(one.nearest_on, digest) if one.nearest_on else words.AT_ONCE,
        right_small=f"{len(one.numbers)}件",
    )


def ended(digest: Digest) -> Section | None:
    """Show which rights ended or were restored."""
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
        notes=more(len(found), _OTHERS_SHOWN, "失效"),
    )


def _end(digest: Digest, position: int, one: Ended) -> Entry:
    number = phrases.number(one.patent.application_no)
    lines = [place(digest, one.patent.county) + number, words.owner(one.patent)]
    if said := words.told(one):
        lines.append(f"最近提醒：{said}")
    return Entry(
        str(position),
        words.name(one.patent),
        tuple(lines),
        right=words.ending(one),
        right_small=_short(one.happened_on, digest),
    )


def doubts(digest: Digest) -> Section | None:
    """Show what does not agree."""
    found = digest.doubts
    if not found:
        return None
    entries = [
        Entry(
            str(position),
            words.name(one.patent),
            (
                place(digest, one.patent.county)
                + phrases.number(one.patent.application_no),
                clean.line(one.text),
            ),
            right=_short(one.since_on, digest),
            right_small="查明前不提醒" if one.holds else "",
        )
        for position, one in enumerate(found[:_OTHERS_SHOWN], 1)
    ]
    return Section(
        "需要核对的问题",
        lead="名单、公告、缴费记录之间不一致，请查明。",
        entries=tuple(entries),
        notes=more(len(found), _OTHERS_SHOWN, "核对问题"),
    )


def troubles(digest: Digest) -> Section | None:
    """Show which messages did not arrive, or may not have."""
    found = digest.troubles
    if not found:
        return None
    entries = [
        Entry(
            str(position),
            words.name(one.patent),
            (
                place(digest, one.patent.county)
                + f"{phrases.number(one.patent.application_no)}，第{one.fee_year}年",
                words.owner(one.patent),
                f"{words.tier(one.tier)}，{CHANNEL_WORDS[one.channel]}",
            ),
            right=STATE_WORDS[one.state],
            right_small=_short(one.decided_on, digest),
        )
        for position, one in enumerate(found[:_OTHERS_SHOWN], 1)
    ]
    return Section(
        "未送达的消息",
        lead="被拒收、退回或结果未知，专利权人可能没有看到。",
        entries=tuple(entries),
        notes=more(len(found), _OTHERS_SHOWN, "核对问题"),
    )


def happened(digest: Digest) -> Section | None:
    """Show what was learnt of legal status."""
    found = digest.happened
    if not found:
        return None
    entries = [
        Entry(
            str(position),
            words.name(one.patent),
            (
                place(digest, one.patent.county)
                + phrases.number(one.patent.application_no),
                clean.line(one.text),
            ),
            right=_short(one.happened_on, digest),
        )
        for position, one in enumerate(found[:_OTHERS_SHOWN], 1)
    ]
    return Section(
        "法律状态变化",
        lead="本期得知的变化。",
        entries=tuple(entries),
        notes=more(len(found), _OTHERS_SHOWN, "失效"),
    )
