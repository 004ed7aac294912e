"""Whether every short message the office may have to send would be taken, today.

A template that was never applied for, a name too long for a text: found by examples,
months before the tier comes that needs it.
"""

from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import NamedTuple

from patentwatch import alarms, clock, confirming, examples, render
from patentwatch.composing import TextFault, fitted
from patentwatch.delivery import Envelope, Fault
from patentwatch.delivery.sms import FAULTS
from patentwatch.letters import Item, Letter
from patentwatch.model import Audience, Channel, Evidence
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.why import TIER_WORDS

_TO = "13800000000"


class Unfit(NamedTuple):
    """A text that would not be taken: what it says, and why not, both in Chinese.

    `owed`: it is a reminder, which somebody must get; the others do without.
    """

    text: str
    fault: str
    owed: bool = True


def unfit(settings: Settings, rules: Rules, *, now: datetime) -> list[Unfit]:
    """Return which texts the office's provider would refuse; [] without a provider.

    First the reminders, then what is sent besides.
    """
    if not settings.real_sms:
        return []
    fault = FAULTS[settings.sms.provider]
    found = [
        Unfit(name, why, owed=not letter.test)
        for name, letter in _letters(settings, rules, on=clock.today(now))
        if (why := _refused(letter, settings, fault, now=now))
    ]
    found += [
        Unfit(name, why, owed=False)
        for name, envelope in _papers(settings, now=now)
        if (why := fault(envelope))
    ]
    return found


def owed(found: Iterable[Unfit]) -> list[Unfit]:
    """Keep the reminders."""
    return [one for one in found if one.owed]


def told(found: Iterable[Unfit]) -> str:
    """Return in one sentence which texts cannot leave, those of one fault together."""
    by_fault: dict[str, list[str]] = {}
    for one in found:
        by_fault.setdefault(one.fault, []).append(one.text)
    return "；".join(f"{'、'.join(texts)}：{why}" for why, texts in by_fault.items())


def _letters(
    settings: Settings, rules: Rules, *, on: date
) -> Iterator[tuple[str, Letter]]:
    example = examples.patent(on, owner="示例单位", title="示例", county=None)
    said = list(examples.through_the_ladder(example, rules, channel=Channel.SMS))
    for day, item in said:
        yield _name(item), _letter(settings, item, on=day)
    if said:
        day, item = said[-1]
        yield "多件合并", _letter(settings, item, item, on=day)
    yield "测试", _letter(settings, on=on)


def _name(item: Item) -> str:
    presumed = item.evidence is Evidence.PRESUMED
    return f"{TIER_WORDS[item.tier]}（未核实）" if presumed else TIER_WORDS[item.tier]


def _letter(settings: Settings, *items: Item, on: date) -> Letter:
    return Letter(
        channel=Channel.SMS,
        audience=Audience.PATENTEE,
        party="",
        items=items,
        office=settings.office,
        on=on,
        message_id="example",
        test=not items,
    )


def _refused(
    letter: Letter, settings: Settings, fault: Fault, *, now: datetime
) -> str | None:
    rendered = render.message(letter, sender="", sent_at=now)
    envelope = Envelope("example", Channel.SMS, _TO, rendered.raw)
    try:
        fitted(rendered, envelope, templates=settings.sms.templates, fault=fault)
    except TextFault as error:
        return str(error)
    return None


def _papers(settings: Settings, *, now: datetime) -> Iterator[tuple[str, Envelope]]:
    told = confirming.text(settings, to=_TO)
    yield (
        "退订确认",
        Envelope("example", Channel.SMS, _TO, told.raw, told.template, told.variables),
    )
    if settings.alarm.phones and settings.sms.provider != "sheet":
        yield "告警", alarms.envelope(settings, _TO, "示例", now=now)
