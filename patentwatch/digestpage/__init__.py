"""A digest on one page of A4, for print and for the office's chat group.

Whom to ring first; telephone numbers stay masked, because a group is no call sheet.
Always one page: what does not fit is counted and left to the workbook.
"""

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path

from patentwatch import clean, phrases
from patentwatch.digestmail import NOTHING_DUE, words
from patentwatch.digestpage import paper
from patentwatch.digestpage.paper import Cell, Column, Sheet
from patentwatch.digests.making import masked
from patentwatch.digests.values import AtRisk, Call, Digest, Indicator, Measure, Phone

_ROW, _SMALL_ROW = 28.0, 15.5
_REST = 16.0
_SOON_DAYS = 7
_NOTHING_TO_DO = "没有要打的电话，也没有待办的年费"
_FOOT = 34.0
_MOST_ROWS_BELOW = 13
_GAP = 14.0

_TASKS = (
    Column("事项", 80),
    Column("剩余", 60),
    Column("专利权人 / 专利", 182),
    Column("年费", 84, right=True),
    Column("电话 / 提醒情况", 105),
)
_COUNTS = (
    Column("层级", 96),
    Column("件数", 40, right=True),
    Column("已确认", 44, right=True),
    Column("应缴（元）", 68, right=True),
)
_FIGURES = (
    Column("指标", 148),
    Column("本期末", 50, right=True),
    Column("变化", 44, right=True),
)
_COUNTIES = (
    Column("县区", 72),
    Column("待办", 38, right=True),
    Column("电话", 38, right=True),
    Column("超期", 38, right=True),
    Column("有效", 46, right=True),
)
_RIGHT = paper.MARGIN + sum(column.width for column in _COUNTS) + 21


def page(digest: Digest, *, font: Path | None) -> bytes:
    """Return a digest as a PDF of one page.

    `font` is a TrueType file to embed; None leaves it to the reader's own Chinese one.
    Raises `ConfigError` for a font that cannot be used.
    """
    digest = masked(digest)
    sheet = Sheet(
        title=f"{words.title(digest)} {words.period(digest.window)}",
        author=clean.line(digest.office_name),
        font=font,
    )
    _head(sheet, digest)
    _tiles(sheet, digest)
    _banners(sheet, digest)
    _tasks(sheet, digest, below=paper.MARGIN + _FOOT + _height_below(digest))
    _tables(sheet, digest)
    _foot(sheet, digest)
    return sheet.finish()


def _head(sheet: Sheet, digest: Digest) -> None:
    sheet.y -= 12
    office, today = clean.line(digest.office_name), phrases.day(digest.as_of_on)
    sheet.text(office, y=sheet.y, size=10, color=paper.MUTE)
    sheet.text(today, y=sheet.y, size=10, color=paper.MUTE, right=True)
    sheet.y -= 28
    sheet.text(words.title(digest), y=sheet.y, size=21, width=paper.INNER - 150)
    period = words.period(digest.window)
    sheet.text(period, y=sheet.y, size=10.5, color=paper.MUTE, right=True)
    sheet.y -= 10
    sheet.box(x=paper.MARGIN, y=sheet.y, width=paper.INNER, height=2, fill=paper.CALM)


def _tiles(sheet: Sheet, digest: Digest) -> None:
    """Write the figures of which the rest is the detail."""
    confirmed = sum(risk.confirmed for risk in digest.at_risk)
    calls = len(digest.calls)
    tiles = [
        (str(len(digest.at_risk)), "待办年费（笔）", "", False),
        (str(confirmed), "已确认欠费（笔）", "", confirmed > 0),
        (str(calls), "要打的电话（件）", "", calls > 0),
        (*_valid(digest), False),
    ]
    width, height = (paper.INNER - 3 * 9) / 4, 58.0
    sheet.y -= height + 11
    for place, (figure, label, more, grave) in enumerate(tiles):
        x, y = paper.MARGIN + place * (width + 9), sheet.y
        sheet.box(x=x, y=y, width=width, height=height, fill=paper.TINT)
        inner = width - 16
        color = paper.GRAVE if grave else paper.CALM
        sheet.text(figure, x=x + 8, y=y + 34, size=19, width=inner, color=color)
        for line, told in ((20, label), (8, more)):
            sheet.text(
                told, x=x + 8, y=y + line, size=8.5, width=inner, color=paper.MUTE
            )


def _valid(digest: Digest) -> tuple[str, str, str]:
    """Return how many valid patents there are, and what is missing or has changed."""
    found = _indicator(digest, Measure.VALID)
    label = "有效发明专利（件）"
    if found is None or found.value is None:
        return "不详", label, ""
    valid = int(found.value)
    lacking = [part.lacking for part in digest.plans if part.lacking is not None]
    if lacking:
        short = max(lacking)
        told = f"距目标差{short:,}件" if short else "已达到目标"
    else:
        change = words.trend(found.value, found.before)
        told = "" if found.before is None else f"较上期末{change}"
    return f"{valid:,}", label, told


def _indicator(digest: Digest, measure: Measure) -> Indicator | None:
    return next((one for one in digest.indicators if one.measure is measure), None)


def _banners(sheet: Sheet, digest: Digest) -> None:
    """Say until when the data go, and what makes the figures doubtful."""
    sheet.y -= 2
    whose = "各县区清单最早的" if digest.of_the_city else "有效专利清单"
    told = "还没有导入"
    if digest.listed_on:
        told = f"截至{words.age(digest.listed_on, digest.as_of_on)}"
    notes = [f"{whose}{told}"]
    if digest.undecided:
        notes.append(f"有{digest.undecided}件专利无法判断，未计入")
    if digest.observing:
        notes.append("观察模式：没有向专利权人发送提醒")
    doubtful = bool(digest.undecided or digest.observing or digest.listed_on is None)
    color = paper.GRAVE if doubtful else paper.MUTE
    sheet.paragraph("；".join(notes) + "。", size=9, color=color, lines=2)


def _tasks(sheet: Sheet, digest: Digest, *, below: float) -> None:
    """List whom to ring, then what else is pressing, as far as there is room."""
    rung = {_key(call.risk) for call in digest.calls}
    others = [risk for risk in digest.at_risk if _key(risk) not in rung]
    rows = [
        *(_call(call, digest.as_of_on) for call in digest.calls),
        *(_risk(risk, digest.as_of_on) for risk in others),
    ]
    if not rows:
        _section(sheet, NOTHING_DUE if digest.nothing_due else _NOTHING_TO_DO)
        return
    parts = [f"请打电话{len(digest.calls)}件"] if digest.calls else []
    parts += [f"其他待办{len(others)}笔"] if others else []
    _section(sheet, "，".join(parts))
    room = sheet.room(below) - paper.HEAD - _REST
    shown = rows[: max(int(room // _ROW), 0)]
    sheet.y = sheet.table(_TASKS, shown, y=sheet.y, row_height=_ROW)
    if len(rows) > len(shown):
        sheet.y -= 13
        rest = f"另有 {len(rows) - len(shown)} 件见工作簿"
        sheet.text(rest, y=sheet.y, size=9.5, color=paper.GRAVE)


def _section(sheet: Sheet, words_: str) -> None:
    sheet.y -= 19
    sheet.text(words_, y=sheet.y, size=12.5, color=paper.CALM)
    sheet.y -= 7


def _key(risk: AtRisk) -> tuple[str, int]:
    return risk.patent.application_no, risk.fee_year


def _call(call: Call, on: date) -> tuple[Cell, ...]:
    task = Cell(words.verb(call), words.tier(call.risk.tier), grave=call.overdue)
    return (task, *_about(call.risk, on), _phones(call.phones))


def _risk(risk: AtRisk, on: date) -> tuple[Cell, ...]:
    said = Cell(words.reason(risk.untold) if risk.untold else "")
    if risk.told and risk.told_on:
        said = Cell(f"已发“{words.tier(risk.told)}”", phrases.day(risk.told_on))
    return (Cell(words.tier(risk.tier)), *_about(risk, on), said)


def _about(risk: AtRisk, on: date) -> tuple[Cell, ...]:
    number, title = phrases.number(risk.patent.application_no), risk.patent.title
    year, sure = f"第{risk.fee_year}年", words.evidence(risk)
    fee = Cell(year, sure)
    if risk.amount_yuan is not None:
        fee = Cell(words.money(risk.amount_yuan), f"{year}，{sure}")
    return (
        _left(risk.act_by_on, on),
        Cell(words.owner(risk.patent), f"{number} {clean.name(title)}"),
        fee,
    )


def _left(act_by_on: date | None, on: date) -> Cell:
    """Return how many days are left; both days count, so the last one is 今天."""
    if act_by_on is None:
        return Cell(words.AT_ONCE, grave=True)
    days = (act_by_on - on).days
    left = "今天" if days == 0 else f"剩{days}天"
    until = f"{act_by_on.month}月{act_by_on.day}日止"
    return Cell(left if days >= 0 else words.AT_ONCE, until, grave=days <= _SOON_DAYS)


def _phones(phones: Sequence[Phone]) -> Cell:
    if not phones:
        return Cell("没有电话，请查找", grave=True)
    return Cell(
        words.phone(phones[0]), f"另有{len(phones) - 1}个号码" if phones[1:] else ""
    )


def _height_below(digest: Digest) -> float:
    """Return how much the two tables at the bottom need."""
    rows = max(len(_counts(digest)), len(_beside(digest)))
    return _GAP + paper.HEAD + rows * _SMALL_ROW


def _tables(sheet: Sheet, digest: Digest) -> None:
    """Draw how much is at stake, and the county's figures or all counties."""
    top = paper.MARGIN + _FOOT + _height_below(digest) - _GAP
    columns = _COUNTIES if digest.of_the_city else _FIGURES
    x = paper.MARGIN
    for head, rows in ((_COUNTS, _counts(digest)), (columns, _beside(digest))):
        if rows:
            sheet.table(head, rows, x=x, y=top, row_height=_SMALL_ROW, size=9.0)
        x = _RIGHT


def _counts(digest: Digest) -> list[tuple[Cell, ...]]:
    return [
        (
            Cell(words.tier(one.tier)),
            Cell(str(one.number)),
            Cell(_or_dash(one.confirmed)),
            Cell(f"{one.amount_yuan:,}" if one.amount_yuan else "-"),
        )
        for one in digest.counts[:_MOST_ROWS_BELOW]
    ]


def _beside(digest: Digest) -> list[tuple[Cell, ...]]:
    found = _counties(digest) if digest.of_the_city else _figures(digest)
    return list(found)[:_MOST_ROWS_BELOW]


def _figures(digest: Digest) -> Iterator[tuple[Cell, ...]]:
    for one in digest.indicators:
        name, unit = words.MEASURES[one.measure]
        change = words.trend(one.value, one.before)
        yield Cell(f"{name}（{unit}）"), Cell(words.figure(one.value)), Cell(change)


def _counties(digest: Digest) -> Iterator[tuple[Cell, ...]]:
    """Yield the counties that have most at stake first: they may not all fit."""
    for line in sorted(
        digest.counties, key=lambda one: (-one.overdue_calls, -one.at_risk)
    ):
        yield (
            Cell(clean.name(line.name)),
            Cell(str(line.at_risk)),
            Cell(_or_dash(line.calls)),
            Cell(_or_dash(line.overdue_calls), grave=line.overdue_calls > 0),
            Cell("不详" if line.valid is None else f"{line.valid:,}"),
        )


def _or_dash(number: int) -> str:
    return str(number) if number else "-"


def _foot(sheet: Sheet, digest: Digest) -> None:
    y = paper.MARGIN + 14
    sheet.rule(y=y + 13)
    notes = ["缴费情况以国家知识产权局记录为准"]
    if any(one.tier is None for one in digest.counts):
        notes.insert(0, f"“{words.UNLOOKED}”的多数已经缴费，请按核查表查询")
    if digest.calls:
        notes.append("电话号码和联系人已部分隐去")
    office, phone = clean.line(digest.office_name), clean.line(digest.office_phone)
    sheet.text(f"{'；'.join(notes)}。", y=y, size=8.5, color=paper.MUTE)
    sheet.text(f"{office} {phone}", y=y - 13, size=8.5, color=paper.MUTE)
