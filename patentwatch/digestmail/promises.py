"""The sections about the work plan: what is behind, what is due, who owes a reply."""

from patentwatch import clean, phrases
from patentwatch.digestmail import words
from patentwatch.digestmail.parts import Entry, Section
from patentwatch.digests.values import Digest, OpenSlip, PlanPart, Promise
from patentwatch.plan.lights import Light
from patentwatch.plan.quantities import readable
from patentwatch.plan.values import CommitmentKind

SHEET, SLIP_SHEET = "工作要点", "督办单"
_SHOWN = 10


def plan(part: PlanPart) -> Section | None:
    """Show the promises of a plan that ask for something; None when none does."""
    if not part.promises:
        return None
    rest = len(part.promises) - _SHOWN
    return Section(
        f"工作要点：{clean.line(part.title)}",
        lead=f"绿灯{part.green}项，黄灯{part.yellow}项，红灯{part.red}项。"
        "以下为红灯、黄灯和30日内到期的承诺。",
        entries=tuple(_promise(one) for one in part.promises[:_SHOWN]),
        notes=(f"另有{rest}项，见附件表格“{SHEET}”。",) if rest > 0 else (),
    )


def slips(digest: Digest) -> Section | None:
    """Show the supervision slips that wait for a reply."""
    found = [slip for part in digest.plans for slip in part.slips]
    if not found:
        return None
    rest = len(found) - _SHOWN
    return Section(
        "待回复的督办单",
        lead="请按期书面回复；逾期未复的将升级督办。",
        entries=tuple(_slip(one) for one in found[:_SHOWN]),
        notes=(f"另有{rest}张，见附件表格“{SLIP_SHEET}”。",) if rest > 0 else (),
    )


def _promise(one: Promise) -> Entry:
    return Entry(
        one.number,
        clean.line(one.text),
        (progress(one),),
        right=phrases.day(one.due_on),
        right_small="即将到期" if one.due_soon else "",
        mark=light(one),
        grave=one.light == Light.RED,
    )


def _slip(one: OpenSlip) -> Entry:
    where = f"{clean.name(one.county)}，" if one.county else ""
    return Entry(
        one.name,
        clean.line(one.text),
        (f"{where}{one.colour}色督办单，承诺{one.number}",),
        right=phrases.day(one.reply_by_on),
        right_small="逾期未复" if one.overdue else "请回复",
        grave=one.overdue,
    )


def light(one: Promise) -> str:
    """Return the light in a word, and which it was before the window."""
    now = words.LIGHTS[Light(one.light)]
    return now if one.before is None else f"{words.LIGHTS[Light(one.before)]}→{now}"


def progress(one: Promise) -> str:
    """Return how far a promise is, in its own unit."""
    if one.actual is None:
        return "实际不详"
    if one.kind == CommitmentKind.MILESTONE:
        return "已完成" if one.actual else "尚未完成"
    unit = clean.name(one.unit)
    if one.kind == CommitmentKind.ACTIVITY and not one.actual:
        return "本年还没有记录"
    if one.kind == CommitmentKind.ACTIVITY:
        return f"本年已有{readable(one.actual, unit or '条记录')}"
    done = f"实际{readable(one.actual, unit)}"
    return done if one.target is None else f"{done}，目标{readable(one.target, unit)}"
