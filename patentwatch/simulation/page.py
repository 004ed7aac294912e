"""A simulation as one page with a picture of every day; needs nothing else."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

from patentwatch import clean, templates
from patentwatch.simulation import told
from patentwatch.simulation.figures import Amount, Load, Simulated, amount, grouped

_PAGE_LIMIT = 20_000_000
_WIDTH, _HEIGHT = 1000.0, 240.0
_STEPS = (1, 2, 5)


@dataclass(frozen=True, slots=True)
class Bar:
    """One day in the picture: mails below, short messages on top; all in its units."""

    x: str
    width: str
    mail_y: str
    mail_height: str
    sms_y: str
    sms_height: str
    title: str


@dataclass(frozen=True, slots=True)
class Mark:
    """A line of the grid, or the beginning of a month, with its word."""

    at: str
    text: str


def page(
    found: Simulated, names: Mapping[str, str], *, office: str, other: Simulated | None
) -> str:
    """Return the page; `names` of counties by code, `other` to compare with."""
    days = {day: amount(loads) for day, loads in _by_day(found).items()}
    top = _top(max((day.messages for day in days.values()), default=0))
    tables = list(told.tables(found, names))
    if other is not None:
        tables.append(told.changed(found, other))
    values = {
        "office": clean.line(office),
        "lines": tuple(told.summary(found)),
        "bars": tuple(_bar(found, day, total, top) for day, total in days.items()),
        "grid": tuple(_grid(top)),
        "months": tuple(_months(found)),
        "tables": tables,
    }
    return templates.fill("simulation/index.html", values, limit=_PAGE_LIMIT)


def _by_day(found: Simulated) -> dict[date, list[Load]]:
    return grouped(found.loads, lambda load: load.on)


def _bar(found: Simulated, day: date, total: Amount, top: int) -> Bar:
    step = _step(found)
    mail, sms = (count / top * _HEIGHT for count in (total.email, total.sms))
    return Bar(
        x=_units((day - found.from_on).days * step),
        width=_units(max(step * 0.8, 0.5)),
        mail_y=_units(_HEIGHT - mail),
        mail_height=_units(mail),
        sms_y=_units(_HEIGHT - mail - sms),
        sms_height=_units(sms),
        title=f"{day}：邮件 {total.email}，短信 {total.sms}，电话任务 {total.calls}",
    )


def _grid(top: int) -> list[Mark]:
    return [
        Mark(_units(_HEIGHT - part * _HEIGHT / 4), str(top * part // 4))
        for part in range(5)
        if top * part % 4 == 0
    ]


def _months(found: Simulated) -> list[Mark]:
    """Return where months begin; only as many words as there is room for."""
    days = (found.to_on - found.from_on).days + 1
    firsts = [
        day
        for day in (found.from_on + timedelta(days=n) for n in range(days))
        if day.day == 1
    ]
    every = len(firsts) // 24 + 1
    return [
        Mark(_units((day - found.from_on).days * _step(found)), f"{day:%Y-%m}")
        for day in firsts[::every]
    ]


def _step(found: Simulated) -> float:
    return _WIDTH / ((found.to_on - found.from_on).days + 1)


def _top(most: int) -> int:
    """Return the round number at the top of the scale, in four whole steps."""
    power = 4
    while True:
        for step in _STEPS:
            if step * power >= most:
                return step * power
        power *= 10


def _units(length: float) -> str:
    return f"{length:.2f}"
