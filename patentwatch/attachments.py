"""The files that go with a mail: a calendar of days that matter, a table of many.

Equal letters give equal bytes: nothing here reads a clock or draws a number.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from hashlib import sha256
from io import BytesIO

import xlsxwriter
from icalendar import Alarm, Calendar, Event

from patentwatch import clean
from patentwatch.letters import Item, Letter
from patentwatch.mime import Attachment
from patentwatch.model import Tier
from patentwatch.phrases import ENDED, IN_TIME, act_by_on, day, number

CALENDAR = "annuities.ics"
TABLE = "annuities.xlsx"

_PRODUCT = "-//patentwatch//annuities//ZH"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_EPOCH = date(2000, 1, 1)

# Alarms at nine in the morning: a week before, the day before, the day itself.
_ALARMS = (timedelta(days=-7, hours=9), timedelta(hours=-15), timedelta(hours=9))

_COLUMNS = (
    ("序号", 6), ("专利号", 21), ("发明名称", 36), ("年费年度", 9), ("情况", 46),
    ("最迟办理日（含）", 17), ("年费（元）", 11), ("滞纳金（元）", 12),
    ("应缴合计（元）", 14),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Entry:
    """An all-day event; a later one with the same `key` replaces it."""

    key: str
    on: date
    summary: str
    description: str


def calendar(letter: Letter) -> Attachment | None:
    """Return an ICS file with one event per item that has a last day, else None."""
    entries = [
        Entry(
            deadline_key(item.application_no, item.fee_year, item.tier),
            when,
            _summary(item),
            _description(item, letter),
        )
        for item in letter.items
        if (when := act_by_on(item))
    ]
    if not entries:
        return None
    content = agenda(entries, made_on=letter.on, alarms=_ALARMS)
    return Attachment(CALENDAR, "text/calendar", content)


def agenda(
    entries: Iterable[Entry], *, made_on: date, alarms: Sequence[timedelta] = ()
) -> bytes:
    """Return a calendar of all-day events; `alarms` are offsets from their midnight."""
    sheet = Calendar()
    sheet.add("prodid", _PRODUCT)
    sheet.add("version", "2.0")
    sheet.add("method", "PUBLISH")
    for entry in entries:
        sheet.add_component(_event(entry, made_on, alarms))
    return bytes(sheet.to_ical())


def _event(entry: Entry, made_on: date, alarms: Sequence[timedelta]) -> Event:
    event = Event()
    event.add("uid", f"{sha256(entry.key.encode()).hexdigest()[:32]}@patentwatch")
    event.add("sequence", (made_on - _EPOCH).days)
    event.add("dtstamp", datetime.combine(made_on, time(), UTC))
    event.add("dtstart", entry.on)
    event.add("dtend", entry.on + timedelta(days=1))
    event.add("transp", "TRANSPARENT")
    event.add("summary", entry.summary)
    event.add("description", entry.description)
    for trigger in alarms:
        alarm = Alarm()
        alarm.add("action", "DISPLAY")
        alarm.add("trigger", trigger)
        alarm.add("description", entry.summary)
        event.add_component(alarm)
    return event


def deadline_key(application_no: str, fee_year: int, tier: Tier) -> str:
    """Return the same key for everything that is said of the same day to act by."""
    stage = "due" if tier in IN_TIME else tier.value
    return f"{application_no}|{fee_year}|{stage}"


def _summary(item: Item) -> str:
    what = "请求恢复专利权期限" if item.tier in ENDED else "专利年费缴纳期限"
    return f"{what}：{number(item.application_no)}第{item.fee_year}年"


def _description(item: Item, letter: Letter) -> str:
    title = clean.name(item.title)
    about = f"{title}（{number(item.application_no)}）" if title else ""
    office = letter.office
    return "\n".join(
        part
        for part in (
            about,
            "已缴请忽略。缴费情况以国家知识产权局记录为准。",
            f"{clean.line(office.name)}不收取任何费用，咨询{clean.line(office.phone)}",
        )
        if part
    )


def table(letter: Letter, statuses: Sequence[str]) -> Attachment:
    """Return a workbook with one row per item; `statuses` are their words in order.

    Every cell but the amounts is text, whatever it begins with.
    """
    target = BytesIO()
    book = xlsxwriter.Workbook(target, {"in_memory": True})
    made_at = datetime.combine(letter.on, time())
    book.set_properties({"created": made_at, "author": clean.line(letter.office.name)})
    sheet = book.add_worksheet("年费清单")
    grid = {"border": 1, "valign": "vcenter"}
    head = book.add_format({**grid, "bold": True, "bg_color": "#E8EDF3"})
    text = book.add_format({**grid, "num_format": "@", "text_wrap": True})
    money = book.add_format({**grid, "num_format": "0"})
    for column, (name, width) in enumerate(_COLUMNS):
        sheet.set_column(column, column, width)
        sheet.write_string(0, column, name, head)
    for row, (item, status) in enumerate(zip(letter.items, statuses, strict=True), 1):
        cells = _cells(row, item, status)
        for column, cell in enumerate(cells):
            if isinstance(cell, int):
                sheet.write_number(row, column, cell, money)
            else:
                sheet.write_string(row, column, cell, text)
    sheet.freeze_panes(1, 2)
    sheet.autofilter(0, 0, len(letter.items), len(_COLUMNS) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)
    book.close()
    return Attachment(TABLE, XLSX, target.getvalue())


def _cells(row: int, item: Item, status: str) -> tuple[str | int, ...]:
    when = act_by_on(item)
    known = item.tier not in ENDED
    return (
        str(row),
        number(item.application_no),
        clean.name(item.title, limit=500),
        str(item.fee_year),
        status,
        day(when) if when else "立即",
        item.payable_fee_yuan if known else "",
        item.surcharge_yuan if known else "",
        item.amount_due_yuan if known else "",
    )
