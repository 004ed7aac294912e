"""The workbook of a digest: everything, one sheet a matter, every cell text or a sum.

Text is written as text whatever it begins with, and without what a sheet cannot hold.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time
from io import BytesIO

import xlsxwriter

from patentwatch import clean, phrases
from patentwatch.attachments import XLSX
from patentwatch.digestmail import promises, words
from patentwatch.digests.values import AtRisk, Call, Digest, Subject
from patentwatch.mime import Attachment
from patentwatch.plan.lights import Light
from patentwatch.why import CHANNEL_WORDS, STATE_WORDS

Cell = str | int
Columns = Sequence[tuple[str, int]]

_NUMBER, _TITLE, _OWNER = ("专利号", 20), ("发明名称", 34), ("专利权人", 28)
_RISKS: Columns = (
    ("县区", 12), _NUMBER, _TITLE, _OWNER, ("年度", 7), ("层级", 14), ("情况", 11),
    ("最迟日期", 12), ("应缴（元）", 11), ("高价值", 16), ("关联事项", 22),
    ("最近提醒", 14), ("提醒日", 12), ("现不发送的原因", 20), ("待查问题", 30),
)  # fmt: skip
_CALLS: Columns = (
    ("县区", 12), ("任务", 10), _NUMBER, _TITLE, _OWNER, ("年度", 7),
    ("层级", 14), ("情况", 11), ("最迟日期", 12), ("应缴（元）", 11), ("电话", 34),
    ("待办起", 12), ("已报市局", 9), ("关联事项", 22), ("待查问题", 30), ("结果", 24),
)  # fmt: skip
_UNREACHABLE: Columns = (
    ("县区", 12), _OWNER, ("原因", 16), ("件数", 7), ("最近期限", 12),
    ("专利号", 60),
)  # fmt: skip
_PAID: Columns = (
    ("县区", 12), _NUMBER, _TITLE, _OWNER, ("年度", 7), ("缴费日", 12),
    ("缴费前最后一次提醒", 20), ("间隔（天）", 10),
)  # fmt: skip
_ENDED: Columns = (
    ("县区", 12), _NUMBER, _TITLE, _OWNER, ("变化", 24), ("日期", 12),
    ("最近提醒", 14), ("提醒日", 12),
)  # fmt: skip
_DOUBTS: Columns = (
    ("县区", 12), _NUMBER, _TITLE, _OWNER, ("类别", 12), ("自", 12), ("问题", 60),
    ("查明前不提醒", 13),
)  # fmt: skip
_INDICATORS: Columns = (("指标", 30), ("本期末", 14), ("上期末", 14), ("变化", 16))
_COUNTIES: Columns = (
    ("县区", 18), ("有效", 9), ("待办", 8), ("已确认欠费", 11), ("应缴（元）", 12),
    ("高价值", 9), ("有关联", 10), ("电话", 8), ("报市局电话", 11),
    ("联系不上（人）", 14), ("本期缴费", 10), ("本期失效", 10), ("清单截至", 12),
    ("负责人邮箱", 11),
)  # fmt: skip
_PROMISES: Columns = (
    ("计划", 30), ("编号", 8), ("承诺", 60), ("灯", 8), ("上期", 8), ("期限", 12),
    ("进度", 30), ("30日内到期", 11),
)  # fmt: skip
_SLIPS: Columns = (
    ("编号", 12), ("颜色", 8), ("承诺", 8), ("县区", 14), ("内容", 60),
    ("回复期限", 12), ("逾期", 8),
)  # fmt: skip
_NOTES: Columns = (("说明", 110),)


def attachment(digest: Digest, name: str) -> Attachment:
    """Return the workbook as a file."""
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    made_at = datetime.combine(digest.as_of_on, time())
    author = clean.line(digest.office_name)
    book.set_properties({"created": made_at, "author": author})
    styles = _Styles(book)
    for sheet_name, columns, rows in _sheets(digest):
        styles.sheet(sheet_name, columns, rows)
    book.close()
    return Attachment(name, XLSX, target.getvalue())


class _Styles:
    """Writes sheets that all look alike."""

    def __init__(self, book: xlsxwriter.Workbook) -> None:
        grid = {"border": 1, "border_color": "#BFC6CE", "valign": "vcenter"}
        self._book = book
        self._head = book.add_format({**grid, "bold": True, "bg_color": "#E8EDF3"})
        self._text = book.add_format({**grid, "num_format": "@", "text_wrap": True})
        self._sum = book.add_format({**grid, "num_format": "#,##0"})

    def sheet(
        self, name: str, columns: Columns, rows: Sequence[Sequence[Cell]]
    ) -> None:
        sheet = self._book.add_worksheet(name)
        for column, (title, width) in enumerate(columns):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, self._head)
        for number, row in enumerate(rows, 1):
            for column, cell in enumerate(row):
                if isinstance(cell, int):
                    sheet.write_number(number, column, cell, self._sum)
                else:
                    sheet.write_string(number, column, clean.line(cell), self._text)
        sheet.freeze_panes(1, 0)
        if rows and len(columns) > 1:
            sheet.autofilter(0, 0, len(rows), len(columns) - 1)
        sheet.set_landscape()
        sheet.set_paper(9)
        sheet.fit_to_pages(1, 0)
        sheet.repeat_rows(0)


_Sheet = tuple[str, Columns, list[tuple[Cell, ...]]]


def _sheets(digest: Digest) -> Iterator[_Sheet]:
    place = _Places(digest)
    if digest.of_the_city:
        yield "各县区", _COUNTIES, list(_counties(digest))
    yield "风险清单", _RISKS, [_risk(place, one) for one in digest.at_risk]
    yield "今日电话", _CALLS, [_call(place, one) for one in digest.calls]
    yield "联系不上", _UNREACHABLE, list(_unreachable(place, digest))
    yield "已缴", _PAID, list(_paid(place, digest))
    yield "失效", _ENDED, list(_ended(place, digest))
    yield "核对问题", _DOUBTS, list(_doubts(place, digest))
    if digest.plans:
        yield promises.SHEET, _PROMISES, list(_promises(digest))
        yield promises.SLIP_SHEET, _SLIPS, list(_slips(digest))
    yield "指标", _INDICATORS, list(_indicators(digest))
    yield "说明", _NOTES, [(line,) for line in _notes(digest)]


class _Places:
    """Names counties."""

    def __init__(self, digest: Digest) -> None:
        self._names: dict[str | None, str] = {digest.county: digest.name}
        self._names |= {line.county: line.name for line in digest.counties}

    def __call__(self, county: str | None) -> str:
        return self._names.get(county, county or words.COUNTY_UNKNOWN)

    def about(self, patent: Subject) -> tuple[str, str, str, str]:
        return (
            self(patent.county),
            phrases.number(patent.application_no),
            patent.title,
            patent.patentees,
        )


def _day(day: date | None) -> str:
    return day.isoformat() if day else ""


def _yes(word: str, so: object) -> str:
    return word if so else ""


def _amount(yuan: int | None) -> Cell:
    return "" if yuan is None else yuan


def _counties(digest: Digest) -> Iterator[tuple[Cell, ...]]:
    for line in digest.counties:
        yield (
            line.name,
            _amount(line.valid),
            line.at_risk,
            line.confirmed,
            line.amount_yuan,
            line.high_value,
            line.consequential,
            line.calls,
            line.overdue_calls,
            line.unreachable,
            line.paid,
            line.lapsed,
            _day(line.listed_on),
            line.officials,
        )


def _risk(place: _Places, risk: AtRisk) -> tuple[Cell, ...]:
    return (
        *place.about(risk.patent),
        risk.fee_year,
        words.tier(risk.tier),
        words.evidence(risk),
        _day(risk.act_by_on) or words.AT_ONCE,
        _amount(risk.amount_yuan),
        "；".join(risk.high_value),
        "；".join(risk.ties),
        words.tier(risk.told) if risk.told else "",
        _day(risk.told_on),
        words.reason(risk.untold) if risk.untold else "",
        risk.question,
    )


def _call(place: _Places, call: Call) -> tuple[Cell, ...]:
    risk = call.risk
    county, *patent = place.about(risk.patent)
    return (
        county,
        words.verb(call),
        *patent,
        risk.fee_year,
        words.tier(risk.tier),
        words.evidence(risk),
        _day(risk.act_by_on) or words.AT_ONCE,
        _amount(risk.amount_yuan),
        "；".join(words.phone(one) for one in call.phones),
        _day(call.since_on),
        _yes("是", call.overdue),
        "；".join(risk.ties),
        risk.question,
        "",
    )


def _unreachable(place: _Places, digest: Digest) -> Iterator[tuple[Cell, ...]]:
    for one in digest.unreachable:
        yield (
            place(one.county),
            one.owner,
            words.reason(one.reason),
            len(one.numbers),
            _day(one.nearest_on) or words.AT_ONCE,
            "、".join(phrases.number(number) for number in one.numbers),
        )


def _paid(place: _Places, digest: Digest) -> Iterator[tuple[Cell, ...]]:
    for one in digest.paid:
        yield (
            *place.about(one.patent),
            one.fee_year,
            _day(one.paid_on),
            words.tier(one.tier) if one.tier else "没有提醒",
            _amount(one.days),
        )


def _ended(place: _Places, digest: Digest) -> Iterator[tuple[Cell, ...]]:
    for one in digest.ended:
        yield (
            *place.about(one.patent),
            words.ending(one),
            _day(one.happened_on),
            words.tier(one.told) if one.told else "",
            _day(one.told_on),
        )
    for news in digest.happened:
        yield (*place.about(news.patent), news.text, _day(news.happened_on), "", "")


def _doubts(place: _Places, digest: Digest) -> Iterator[tuple[Cell, ...]]:
    for one in digest.doubts:
        holds = _yes("是", one.holds)
        about = place.about(one.patent)
        yield (*about, "核对", _day(one.since_on), one.text, holds)
    for lost in digest.troubles:
        text = (
            f"第{lost.fee_year}年{words.tier(lost.tier)}，"
            f"{CHANNEL_WORDS[lost.channel]}：{STATE_WORDS[lost.state]}"
        )
        yield (*place.about(lost.patent), "消息", _day(lost.decided_on), text, "")


def _indicators(digest: Digest) -> Iterator[tuple[Cell, ...]]:
    for one in digest.indicators:
        name, unit = words.MEASURES[one.measure]
        yield (
            f"{name}（{unit}）",
            words.figure(one.value),
            words.figure(one.before),
            words.trend(one.value, one.before),
        )


def _promises(digest: Digest) -> Iterator[tuple[Cell, ...]]:
    for part in digest.plans:
        for one in part.promises:
            yield (
                part.title,
                one.number,
                one.text,
                words.LIGHTS[Light(one.light)],
                words.LIGHTS[Light(one.before)] if one.before else "",
                _day(one.due_on),
                promises.progress(one),
                _yes("是", one.due_soon),
            )


def _slips(digest: Digest) -> Iterator[tuple[Cell, ...]]:
    for part in digest.plans:
        for one in part.slips:
            yield (
                one.name,
                one.colour,
                one.number,
                one.county,
                one.text,
                _day(one.reply_by_on),
                _yes("是", one.overdue),
            )


def _notes(digest: Digest) -> Iterator[str]:
    yield f"{words.title(digest)}，{words.period(digest.window)}"
    yield f"待办和电话按{phrases.day(digest.as_of_on)}列出，金额按当日缴纳计算。"
    yield "“已确认欠费”有查询或名单为据；“待核实”只是没有掌握缴费信息，多数已经缴费。"
    yield "缴费情况以国家知识产权局记录为准；我局不收取、不代收任何费用。"
    yield "“今日电话”含个人信息，只供负责人联系专利权人使用，请勿转发。"
    if digest.listed_on:
        yield f"有效专利清单截至{words.age(digest.listed_on, digest.as_of_on)}。"
    office = clean.line(digest.office_name)
    yield f"{office} {clean.line(digest.office_phone)}".strip()
