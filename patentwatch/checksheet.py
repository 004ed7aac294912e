"""The check sheet: which numbers to look up in the national office's system.

Most people pay without telling the office, so a patent in its late period is usually
paid. A dozen numbers a month and county, looked up and brought back, are how an
office without an interface to that system learns who did not.
"""

import dataclasses
import io
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from sqlalchemy import Connection

from patentwatch.cases import Case, cases
from patentwatch.deadlines import doubtful_grant_year
from patentwatch.law.terms import months_after
from patentwatch.model import Evidence, Standing
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.standing import Situation, situation_of
from patentwatch.store import patents
from patentwatch.store.vault import Vault

COLUMNS = (
    ("县区", 14),
    ("专利号", 18),
    ("发明名称", 36),
    ("专利权人", 28),
    ("应缴年度", 9),
    ("缴费期限", 12),
    ("补缴期限", 12),
    ("案件状态", 22),
    ("已缴年度", 9),
    ("应缴金额", 10),
    ("查询日", 12),
    ("备注", 24),
)
_FIRST_FILLED = 7

STATUSES = (
    "专利权维持",
    "等年费滞纳金",
    "未缴年费专利权终止，等恢复",
    "未缴年费终止失效",
    "届满终止失效",
    "放弃专利权",
    "无效宣告失效",
)
"""The choices of 案件状态, in the words of the national office's system."""

FRESH_DAYS = 30
"""A number looked up this recently is not asked for again."""


@dataclass(frozen=True, slots=True)
class Line:
    """One number to look up; what people fill in stays empty."""

    county: str
    application_no: str
    title: str
    patentees: str
    fee_year: int
    due_on: date
    ends_on: date
    question: str


def lines(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    settings: Settings,
    *,
    on: date,
    county: str | None = None,
) -> Iterator[Line]:
    """Yield what should be looked up on a day, by county and urgency within a chunk."""
    names = {found.code: found.name for found in settings.counties}
    for numbers in patents.due_for_a_look(connection, on=on, everything=True):
        for case in cases(connection, vault, rules, numbers, on=on):
            if county is not None and case.patent.county != county:
                continue
            asked = [s for s in case.situations if wanted(s, on=on)]
            doubtful = doubtful_grant_year(case.patent, case.known_facts, on=on)
            if doubtful is not None:
                asked.insert(0, _in_doubt(case, doubtful, rules, on=on))
            for situation in asked:
                yield _line(case, situation, names, settings)


def wanted(situation: Situation, *, on: date) -> bool:
    """Return whether this annuity should be looked up on a day.

    From the day after the last day in time: presumed unpaid, contradicting itself, or
    confirmed longer than a month ago. What is only assumed paid stays until twelve
    months after the due day, because a termination is processed months later.
    """
    dates = situation.dates
    if on <= dates.last_in_time_on:
        return False
    year_after_on = months_after(dates.due_on, 12)
    until_on = max(year_after_on, dates.restoration_until_on)
    match situation.standing:
        case Standing.ON_HOLD:
            return True
        case Standing.ASSUMED_PAID:
            return on <= year_after_on
        case Standing.OPEN | Standing.ENDED:
            return on <= until_on and not _fresh(situation, on)
        case _:
            return False


def _in_doubt(case: Case, fee_year: int, rules: Rules, *, on: date) -> Situation:
    situation = situation_of(
        case.patent, fee_year, case.known_facts, on=on, rulebook=rules.rulebook
    )
    return dataclasses.replace(situation, question=_WHICH_YEAR_WAS_PAID)


_WHICH_YEAR_WAS_PAID = (
    "授权公告前不久刚过申请日周年，请核实办理登记时缴的是哪一年度的年费。"
)


def write(found: list[Line], out: Path, *, on: date) -> None:
    """Write the workbook: text forced, choices in drop-downs, explained on a sheet."""
    import xlsxwriter

    content = io.BytesIO()
    with xlsxwriter.Workbook(content, {"in_memory": True}) as book:
        sheet = book.add_worksheet("核查表")
        head = book.add_format({"bold": True, "bg_color": "#DDEBF7", "border": 1})
        text = book.add_format({"num_format": "@", "border": 1})
        ask = book.add_format({"num_format": "@", "border": 1, "bg_color": "#FFF9E5"})
        for column, (title, width) in enumerate(COLUMNS):
            sheet.set_column(column, column, width)
            sheet.write_string(0, column, title, head)
        for row, line in enumerate(found, start=1):
            for column, cell in enumerate(_cells(line)):
                style = text if column < _FIRST_FILLED else ask
                sheet.write_string(row, column, cell, style)
        last = max(len(found), 1)
        sheet.data_validation(
            1,
            _FIRST_FILLED,
            last,
            _FIRST_FILLED,
            {"validate": "list", "source": list(STATUSES), "ignore_blank": True},
        )
        sheet.freeze_panes(1, 2)
        sheet.set_landscape()
        sheet.fit_to_pages(1, 0)
        _explain(book.add_worksheet("填写说明"), on=on)
    out.write_bytes(content.getvalue())


def _explain(sheet: object, *, on: date) -> None:
    from xlsxwriter.worksheet import Worksheet

    assert isinstance(sheet, Worksheet)  # noqa: S101 - made by the caller
    sheet.set_column(0, 0, 100)
    day = on.isoformat()
    for row, sentence in enumerate((_MADE.format(day=day), *_GUIDE)):
        sheet.write_string(row, 0, sentence)


_MADE = "本表生成于 {day}。请在国家知识产权局专利业务办理系统中逐号查询。"
_GUIDE = (
    "只填黄色各列：案件状态（下拉选择）、已缴年度、应缴金额（元）、查询日、备注。",
    "查到未缴：选“等年费滞纳金”，或填应缴金额。",
    "查到已缴：选“专利权维持”，并填已缴年度（已缴到第几年，如 12）。",
    "每个填写过的行都要有查询日，如 2026-11-22；没有查的行留空即可。",
    "导入：patentwatch checksheet import 本文件；或放入收件夹。",
)


def _cells(line: Line) -> tuple[str, ...]:
    return (
        line.county,
        line.application_no,
        line.title,
        line.patentees,
        str(line.fee_year),
        line.due_on.isoformat(),
        line.ends_on.isoformat(),
        "",
        "",
        "",
        "",
        line.question,
    )


def _line(
    case: Case, situation: Situation, names: dict[str, str], settings: Settings
) -> Line:
    patent, dates = case.patent, situation.dates
    return Line(
        county=names.get(patent.county or "", patent.county or settings.office.name),
        application_no=patent.application_no,
        title=patent.title,
        patentees="；".join(patent.patentees),
        fee_year=dates.fee_year,
        due_on=dates.due_on,
        ends_on=dates.ends_on,
        question=situation.question,
    )


def _fresh(situation: Situation, on: date) -> bool:
    return (
        situation.evidence is Evidence.CONFIRMED
        and situation.unpaid_on is not None
        and on - situation.unpaid_on <= timedelta(days=FRESH_DAYS)
    )
