"""The pictures of a bulletin as places and lengths; a template draws them.

Every picture also says its numbers in words, and each light has a pattern of its own:
nothing is told by colour alone.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from patentwatch.bulletinpage import words
from patentwatch.plan.bulletinvalues import Bulletin, MonthTally
from patentwatch.plan.lights import Light
from patentwatch.plan.ranking import Tally

WIDTH: Final = 360.0
"""About a telephone's, so that the letters are as large there as on paper."""

_ROW = 36.0
_BAR_TOP, _BAR_HEIGHT = 18.0, 12.0
_LONGEST_NAME = 16
_TREND_HEIGHT, _TREND_TOP = 150.0, 6.0
_LEAST_HEIGHT, _LEAST_WIDTH = 12.0, 14.0
_LIGHTS = (Light.GREEN, Light.YELLOW, Light.RED)


@dataclass(frozen=True, slots=True)
class Piece:
    """One rectangle; `text` in its middle is "" where there is no room for it."""

    x: str
    y: str
    width: str
    height: str
    light: str
    text: str = ""
    text_x: str = ""
    text_y: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """One bar with its name and its numbers above it."""

    name: str
    figures: str
    text_y: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Mark:
    """A word below a column."""

    x: str
    text: str


@dataclass(frozen=True, slots=True)
class Bars:
    """Horizontal bars below each other."""

    label: str
    height: str
    rows: tuple[Row, ...]


@dataclass(frozen=True, slots=True)
class Trend:
    """One column for each month."""

    label: str
    pieces: tuple[Piece, ...]
    marks: tuple[Mark, ...]
    reckoned: bool


def counties(found: Bulletin) -> Bars | None:
    """Return the scores of the ranked counties, None where there are none."""
    ranked = [place for place in found.counties if place.score is not None]
    if not ranked:
        return None
    rows = []
    for position, place in enumerate(ranked):
        score = float(place.score or 0)
        bar = _piece(0, _top(position), score / 100 * WIDTH, _BAR_HEIGHT, "score")
        name = words.text(place.name, limit=_LONGEST_NAME)
        figures = f"{place.score}分（{words.lights(place.tally)}）"
        rows.append(_row(position, f"{place.rank} {name}", figures, (bar,)))
    return _bars("各县区得分", rows)


def sections(found: Bulletin) -> Bars | None:
    """Return the lights of each section, None for a plan without any."""
    if not found.sections:
        return None
    return _bars(
        "各部分亮灯",
        [
            _row(
                position,
                words.text(section.title, limit=_LONGEST_NAME),
                words.lights(section.tally),
                tuple(_side_by_side(section.tally, _top(position))),
            )
            for position, section in enumerate(found.sections)
        ],
    )


def trend(found: Bulletin) -> Trend | None:
    """Return the lights month by month, None where there is but one month."""
    if len(found.trend) < 2:
        return None
    step = WIDTH / len(found.trend)
    most = max((month.tally.total for month in found.trend), default=0) or 1
    said = "；".join(
        f"{words.month(month.month_on)}{words.lights(month.tally)}"
        for month in found.trend
    )
    return Trend(
        label=f"每月亮灯：{said}",
        pieces=tuple(_columns(found.trend, step, most)),
        marks=tuple(
            Mark(_units((position + 0.5) * step), _month_mark(month))
            for position, month in enumerate(found.trend)
        ),
        reckoned=not all(month.sealed for month in found.trend[:-1]),
    )


def _month_mark(month: MonthTally) -> str:
    return f"{month.month_on.month}月{'' if month.sealed else '*'}"


def _columns(months: Sequence[MonthTally], step: float, most: int) -> Iterator[Piece]:
    width = min(step * 0.72, 44.0)
    for position, month in enumerate(months):
        x, bottom = (position + 0.5) * step - width / 2, _TREND_TOP + _TREND_HEIGHT
        for light, count in _counts(month.tally):
            height = count / most * _TREND_HEIGHT
            bottom -= height
            said = str(count) if height >= _LEAST_HEIGHT else ""
            yield _piece(x, bottom, width, height, light.value, said)


def _side_by_side(tally: Tally, y: float) -> Iterator[Piece]:
    x = 0.0
    for light, count in _counts(tally):
        width = count / tally.total * WIDTH
        said = str(count) if width >= _LEAST_WIDTH else ""
        yield _piece(x, y, width, _BAR_HEIGHT, light.value, said)
        x += width


def _counts(tally: Tally) -> Iterator[tuple[Light, int]]:
    counts = (tally.green, tally.yellow, tally.red)
    return ((light, n) for light, n in zip(_LIGHTS, counts, strict=True) if n)


def _top(position: int) -> float:
    return position * _ROW + _BAR_TOP


def _bars(label: str, rows: Sequence[Row]) -> Bars:
    said = "；".join(f"{row.name} {row.figures}" for row in rows)
    return Bars(f"{label}：{said}", _units(len(rows) * _ROW), tuple(rows))


def _row(position: int, name: str, figures: str, pieces: tuple[Piece, ...]) -> Row:
    return Row(name, figures, _units(_top(position) - 5), pieces)


def _piece(
    x: float, y: float, width: float, height: float, light: str, text: str = ""
) -> Piece:
    return Piece(
        x=_units(x),
        y=_units(y),
        width=_units(width),
        height=_units(height),
        light=light,
        text=text,
        text_x=_units(x + width / 2),
        text_y=_units(y + height / 2 + 3.6),
    )


def _units(length: float) -> str:
    return f"{length:.1f}"
