"""Whether every short message the office may have to send would be taken, today.

A template that was never applied for, a name too long for a text: found by examples,
months before the tier comes that needs it.
"""

from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from functools import partial
from typing import NamedTuple

from patentwatch import alarms, clock, confirming, examples, render
from patentwatch.composing import templated
from patentwatch.delivery import Envelope, Fault
from patentwatch.delivery.sms import FAULTS
from patentwatch.errors import PatentwatchError
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
    return [
        Unfit(one.text, why, one.owed)
        for one in _texts(settings, rules, now=now)
        if (why := _refused(one.make, fault))
    ]


def owed(found: Iterable[Unfit]) -> list[Unfit]:
    """Keep the reminders."""
    return [one for one in found if one.owed]


def told(found: Iterable[Unfit]) -> str:
    """Return in one sentence which texts cannot leave, those of one fault together."""
    by_fault: dict[str, list[str]] = {}
    for one in found:
        by_fault.setdefault(one.fault, []).append(one.text)
    return "；".join(f"{'、'.join(texts)}：{why}" for why, texts in by_fault.items())


class _Text(NamedTuple):
    text: str
    make: Callable[[], Envelope]
    owed: bool = True


def _texts(settings: Settings, rules: Rules, *, now: datetime) -> Iterator[_Text]:
    on = clock.today(now)
    example = examples.patent(on, owner="示例单位", title="示例", county=None)
    said = list(examples.through_the_ladder(example, rules, channel=Channel.SMS))
    letter = partial(_letter, settings, now=now)
    for day, item in said:
        yield _Text(_name(item), partial(letter, item, on=day))
    if said:
        day, item = said[-1]
        yield _Text("多件合并", partial(letter, item, item, on=day))
    yield _Text("测试", partial(letter, on=on), owed=False)
    yield _Text("退订确认", partial(_opted_out, settings), owed=False)
    if settings.alarm.phones and settings.sms.provider != "sheet":
        alarm = partial(alarms.envelope, settings, _TO, "示例", now=now)
        yield _Text("告警", alarm, owed=False)


def _refused(make: Callable[[], Envelope], fault: Fault) -> str | None:
    try:
        return fault(make())
    except PatentwatchError as error:
        return str(error)


def _name(item: Item) -> str:
    presumed = item.evidence is Evidence.PRESUMED
    return f"{TIER_WORDS[item.tier]}（未核实）" if presumed else TIER_WORDS[item.tier]


def _letter(settings: Settings, *items: Item, on: date, now: datetime) -> Envelope:
    letter = Letter(
        channel=Channel.SMS,
        audience=Audience.PATENTEE,
        party="",
        items=items,
        office=settings.office,
        on=on,
        message_id="example",
        test=not items,
    )
    rendered = render.message(letter, sender="", sent_at=now)
    plain = Envelope("example", Channel.SMS, _TO, rendered.raw)
    return templated(rendered, plain, settings.sms.templates)


def _opted_out(settings: Settings) -> Envelope:
    paper = confirming.text(settings, to=_TO)
    return Envelope(
        "example", Channel.SMS, _TO, paper.raw, paper.template, paper.variables
    )
