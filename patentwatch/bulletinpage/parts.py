"""What a bulletin says, part by part: headings, sentences and tables of text.

Page and paper show the same parts; only the pictures are the page's own.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from patentwatch.bulletinpage import words
from patentwatch.plan.acts import COLOUR_WORDS
from patentwatch.plan.bulletinvalues import Bulletin, Line
from patentwatch.plan.lights import Light

_NUMERALS = "一二三四五六七八九十"

RULE = (
    "排名办法：只计落实到本县区的承诺，绿灯计1分、黄灯计0.5分、红灯不计分，"
    "得分为所得分数占亮灯总数的百分比。得分相同的，本年度记录多的在前；"
    "仍相同的名次并列，按行政区划代码排列。没有亮灯的县区不排名。"
)


@dataclass(frozen=True, slots=True)
class Cell:
    """One text of a table; `light` is "" or the colour that it speaks of."""

    text: str
    light: str = ""


@dataclass(frozen=True, slots=True)
class Column:
    """A column: its title and its share of the width, in percent."""

    title: str
    share: int


@dataclass(frozen=True, slots=True)
class Table:
    """A table whose head is repeated on every page."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[Cell, ...], ...]

    @property
    def titled(self) -> tuple[tuple[tuple[str, Cell], ...], ...]:
        """Return the rows with each cell's title, for where there is no head."""
        titles = [column.title for column in self.columns]
        return tuple(tuple(zip(titles, row, strict=True)) for row in self.rows)


@dataclass(frozen=True, slots=True)
class Part:
    """A heading with its sentences and tables; `key` says which pictures go with it."""

    key: str
    heading: str
    lines: tuple[str, ...] = ()
    table: Table | None = None
    note: str = ""


def parts(found: Bulletin) -> tuple[Part, ...]:
    """Return the numbered parts of the body, in order."""
    made = [
        _overall(found),
        _turned(found),
        _counties(found),
        *_indicators(found),
        _slips(found),
        _extensions(found),
        _due(found),
    ]
    return tuple(
        Part(
            key=part.key,
            heading=f"{_NUMERALS[position]}、{part.heading}",
            lines=part.lines,
            table=part.table,
            note=part.note,
        )
        for position, part in enumerate(made)
    )


def annex(found: Bulletin) -> tuple[Part, ...]:
    """Return every commitment, one part for each section of the plan's text."""
    columns = (
        Column("编号", 8),
        Column("承诺", 36),
        Column("牵头单位", 15),
        Column("目标", 13),
        Column("完成情况", 11),
        Column("完成率", 9),
        Column("亮灯", 8),
    )
    return tuple(
        Part(
            key="section",
            heading=words.text(section.title),
            lines=(f"共{section.tally.total}项：{words.lights(section.tally)}。",),
            table=Table(
                columns, tuple(_line(one, found.year) for one in section.lines)
            ),
        )
        for section in found.sections
    )


def _line(line: Line, year: int) -> tuple[Cell, ...]:
    return (
        Cell(words.text(line.id)),
        Cell(words.promise(line)),
        Cell(words.text(line.lead)),
        Cell(words.target(line, year=year)),
        Cell(words.actual(line)),
        Cell(words.rate(line.rate)),
        _light(line.light),
    )


def _light(light: Light) -> Cell:
    return Cell(words.light(light), light.value)


def _overall(found: Bulletin) -> Part:
    return Part("overall", "总体情况", tuple(summary(found)))


def summary(found: Bulletin) -> Iterator[str]:
    """Yield what the month comes to in sentences; the screen shows them too."""
    plan = f"《{words.text(found.title)}》（{words.text(found.document_no)}）"
    lights = found.tally
    yield (
        f"截至{words.day(found.as_of_on)}，{plan}共有承诺{lights.total}项，"
        f"其中绿灯{lights.green}项、黄灯{lights.yellow}项、红灯{lights.red}项。"
    )
    if found.compared and not found.turned:
        yield "与上月相比，亮灯没有变化。"
    elif found.compared:
        turned = {
            light: sum(turn.light is light for turn in found.turned) for light in Light
        }
        yield (
            f"与上月相比，转为红灯{turned[Light.RED]}项、转为黄灯"
            f"{turned[Light.YELLOW]}项、转为绿灯{turned[Light.GREEN]}项。"
        )
    if found.slips:
        yield f"有{len(found.slips)}张督办单逾期未回复。"
    if found.due:
        yield f"下月到期、尚未完成的有{len(found.due)}项。"


def _turned(found: Bulletin) -> Part:
    if not found.compared:
        return Part("turned", "亮灯变化", ("没有上月的亮灯记录，本月不作比较。",))
    if not found.turned:
        return Part("turned", "亮灯变化", ("无。",))
    columns = (
        Column("编号", 10),
        Column("承诺", 48),
        Column("牵头单位", 18),
        Column("上月", 12),
        Column("本月", 12),
    )
    rows = tuple(
        (
            Cell(words.text(turn.id)),
            Cell(words.text(turn.text)),
            Cell(words.text(turn.lead)),
            _light(turn.before),
            _light(turn.light),
        )
        for turn in found.turned
    )
    return Part("turned", "亮灯变化", (), Table(columns, rows))


def _counties(found: Bulletin) -> Part:
    if not found.counties:
        return Part("counties", "县区排名", ("没有落实到县区的承诺，不排名。",))
    columns = (
        Column("名次", 12),
        Column("县区", 32),
        Column("得分", 14),
        Column("绿灯", 10),
        Column("黄灯", 10),
        Column("红灯", 10),
        Column("记录", 12),
    )
    rows = tuple(
        (
            Cell("不排名" if place.rank is None else str(place.rank)),
            Cell(words.text(place.name)),
            Cell(words.NOTHING if place.score is None else str(place.score)),
            Cell(str(place.tally.green)),
            Cell(str(place.tally.yellow)),
            Cell(str(place.tally.red)),
            Cell(str(place.records)),
        )
        for place in found.counties
    )
    return Part("counties", "县区排名", (), Table(columns, rows), RULE)


def _indicators(found: Bulletin) -> Iterable[Part]:
    if not found.indicators:
        return
    columns = (
        Column("编号", 10),
        Column("指标", 40),
        Column("目标", 14),
        Column("本月末", 14),
        Column("较上月末", 12),
        Column("亮灯", 10),
    )
    rows = tuple(
        (
            Cell(words.text(one.line.id)),
            Cell(words.promise(one.line)),
            Cell(words.target(one.line, year=found.year)),
            Cell(words.actual(one.line)),
            Cell(words.change(one.line.actual, one.before)),
            _light(one.line.light),
        )
        for one in found.indicators
    )
    yield Part("indicators", "专利指标", (), Table(columns, rows))


def _slips(found: Bulletin) -> Part:
    if not found.slips:
        return Part("slips", "逾期未回复的督办单", ("无。",))
    columns = (
        Column("编号", 16),
        Column("督办事项", 36),
        Column("发给", 18),
        Column("应回复日", 18),
        Column("逾期", 12),
    )
    rows = tuple(
        (
            Cell(f"{slip.year}-{slip.number}（{COLOUR_WORDS[slip.colour]}）"),
            Cell(f"{words.text(slip.id)} {words.text(slip.text)}"),
            Cell(words.text(slip.to)),
            Cell(words.day(slip.reply_by_on)),
            Cell(f"{slip.days}天"),
        )
        for slip in found.slips
    )
    return Part("slips", "逾期未回复的督办单", (), Table(columns, rows))


def _extensions(found: Bulletin) -> Part:
    if not found.extensions:
        return Part("extensions", "本月延期", ("无。",))
    columns = (
        Column("承诺", 32),
        Column("单位", 16),
        Column("原期限", 16),
        Column("延至", 16),
        Column("理由", 20),
    )
    rows = tuple(
        (
            Cell(f"{words.text(one.id)} {words.text(one.text)}"),
            Cell(words.text(one.to)),
            Cell(words.day(one.from_on)),
            Cell(words.day(one.until_on)),
            Cell(words.text(one.reason)),
        )
        for one in found.extensions
    )
    return Part("extensions", "本月延期", (), Table(columns, rows))


def _due(found: Bulletin) -> Part:
    if not found.due:
        return Part("due", "下月到期事项", ("无。",))
    columns = (
        Column("编号", 10),
        Column("承诺", 42),
        Column("牵头单位", 18),
        Column("期限", 18),
        Column("亮灯", 12),
    )
    rows = tuple(
        (
            Cell(words.text(line.id)),
            Cell(words.text(line.text)),
            Cell(words.text(line.lead)),
            Cell(words.day(line.due_on)),
            _light(line.light),
        )
        for line in found.due
    )
    return Part("due", "下月到期事项", (), Table(columns, rows))
