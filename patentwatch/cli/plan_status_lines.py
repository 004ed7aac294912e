"""How far a plan is, as lines for a person at a terminal."""

import unicodedata
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal

import click

from patentwatch.plan.lights import LIGHT_WORDS, Light
from patentwatch.plan.measures import number, rate
from patentwatch.plan.progress import PlanStatus, Progress
from patentwatch.plan.quantities import readable
from patentwatch.plan.values import KIND_WORDS, CommitmentKind, Item

_COLOURS = {Light.GREEN: "green", Light.YELLOW: "yellow", Light.RED: "red"}
_ID, _STAND, _TEXT = 6, 30, 60


def lines(status: PlanStatus, county: str | None) -> Iterator[str]:
    """Yield a plan's status by item; of a county with its own numbers and lights."""
    plan = status.plan
    yield f"{plan.title}（{plan.document_no}）　截至 {status.on}"
    lights = Counter(_light(one, county) for one in status.progress)
    counts = [f"{word(light)} {lights[light]}" for light in Light]
    none = f"　未单独评灯 {lights[None]}" if lights[None] else ""
    yield f"共 {len(status.progress)} 条：{'　'.join(counts)}{none}"
    for item in plan.items:
        own = [one for one in status.progress if one.item.number == item.number]
        if not own:
            continue
        yield ""
        yield heading(item)
        for progress in own:
            yield from _lines(progress, county)


def heading(item: Item) -> str:
    """Return an item's number and title, and how the text prints it where it errs."""
    printed = f"（原文印作“{item.printed_as}”）" if item.printed_as else ""
    return f"{item.number}. {item.title}{printed}"


def word(light: Light) -> str:
    """Return a light as a word, in its colour where the terminal has any."""
    return click.style(LIGHT_WORDS[light], fg=_COLOURS[light])


def stand(progress: Progress) -> str:
    """Return a promise's actual beside its target, in the unit."""
    counted, commitment = progress.counted, progress.commitment
    if commitment.kind is CommitmentKind.MILESTONE and counted.actual is not None:
        return "已完成" if counted.actual else "未完成"
    return _numbers(counted.actual, progress.target, progress.rate, commitment.unit)


def figure(value: Decimal | None) -> str:
    """Return a number as a person reads it, and of one that nobody knows just that."""
    return "不详" if value is None else readable(value)


def _light(progress: Progress, county: str | None) -> Light | None:
    return progress.light if county is None else progress.county_lights.get(county)


def _lines(progress: Progress, county: str | None) -> Iterator[str]:
    light = _light(progress, county)
    shown = "－ " if light is None else word(light)
    stands = stand(progress) if county is None else _stand_of(progress, county)
    kind, commitment = KIND_WORDS[progress.commitment.kind], progress.commitment
    yield (
        f"  {_padded(commitment.id, _ID)}{shown}  {kind}  {progress.due_on}  "
        f"{_padded(stands, _STAND)}  {_cut(commitment.text, _TEXT)}"
    )
    if county is None and progress.counted.unknown:
        yield f"  {' ' * _ID}    （{progress.counted.unknown}）"


def _stand_of(progress: Progress, county: str) -> str:
    commitment = progress.commitment
    actual = progress.counted.by_county.get(county)
    if commitment.kind is CommitmentKind.MILESTONE and actual is not None:
        return "已完成" if actual else "未完成"
    target = commitment.county_targets.get(county)
    return _numbers(actual, target, rate(actual, target), commitment.unit)


def _numbers(
    actual: Decimal | None, target: Decimal | None, done: Decimal | None, unit: str
) -> str:
    if actual is None and target is None:
        return figure(None)
    of = "" if target is None else f" / {figure(target)}"
    percent = "" if done is None else f"（{number(done * 100)}%）"
    return f"{figure(actual)}{of}{unit}{percent}"


def _padded(text: str, width: int) -> str:
    return text + " " * (width - _width(text))


def _cut(text: str, width: int) -> str:
    if _width(text) <= width:
        return text
    kept = ""
    for character in text:
        if _width(kept + character) > width - 2:
            break
        kept += character
    return f"{kept}…"


def _width(text: str) -> int:
    return sum(2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)
