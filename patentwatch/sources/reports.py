"""A report as a source words it → the events that it tells of.

What it means `patentwatch.status` says; here it is only found out how many notices it
holds and of which day each is.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise

from patentwatch.model import PatentNumber
from patentwatch.register import cells, numbers
from patentwatch.register.columns import Kind, field_of
from patentwatch.register.fields import Fields
from patentwatch.register.numbercells import Doubt, Known, settled
from patentwatch.register.outcome import PassedOver, Refused, Warnings
from patentwatch.register.rows import TOTALS
from patentwatch.status.codes import StatusTable
from patentwatch.status.events import Event, EventSource, understood

_BLOCK = re.compile(r"#?[ \t]*(?:法律状态公告日|事务数据公告日)[ \t]*[:：]")
_BETWEEN = re.compile(r"[|｜]")


@dataclass(frozen=True, slots=True)
class Reading:
    """What every reader of a file is told.

    `today` is the office's. `queried_on` is the day of a look-up where the file names
    none, None when that is not known. `known` finds a patent by its grant number.
    """

    table: StatusTable
    today: date
    queried_on: date | None = None
    known: Known | None = None


@dataclass(frozen=True, slots=True)
class Report:
    """What one row says: `code`, `title` and `text` are "" where they are not there."""

    number: PatentNumber
    source: EventSource
    code: str
    title: str
    text: str
    announced_on: date | None


def number_in(
    fields: Fields, *, numeric: bool, known: Known | None, warnings: Warnings
) -> PatentNumber:
    """Return the number of a row, mended on evidence as in a register.

    `numeric`: a spreadsheet held it as a number. Raises Refused, or PassedOver for
    totals and repeated headers.
    """
    text = fields["application_no"]
    number = numbers.canonical(text)
    if number is not None:
        return number
    if text.startswith(TOTALS):
        raise PassedOver("", "total_row", text)
    if field_of(text, Kind.STATUS) == "application_no":
        raise PassedOver("", "repeated_header", text)
    grant = numbers.grant_publication(fields["grant_publication_no"])
    doubt = Doubt(
        text,
        numeric=numeric or text.isdecimal(),
        filing_on=cells.day(fields["filing_date"]),
        grant_publication_no=grant[0] if grant else None,
    )
    return settled(doubt, known, warnings)


def events(report: Report, reading: Reading) -> tuple[Event, ...]:
    """Return the events of a report, at least one; raises Refused.

    A history in one text is taken apart into its notices, each of its own day. Several
    words of one day, 未缴年费 | 许可, are several events only where each is clear.
    """
    if not (report.code or report.title or report.text):
        raise Refused("legal_status", "status_empty")
    blocks = _blocks(report.text)
    if len(blocks) > 1:
        return tuple(_event(one, reading) for one in _apart(report, blocks))
    titles = [one.strip() for one in _BETWEEN.split(report.title) if one.strip()]
    if len(titles) > 1 and not report.text and not report.code:
        found = tuple(_event(replace(report, title=one), reading) for one in titles)
        if not any(event.needs_review for event in found):
            return found
    return (_event(report, reading),)


def _blocks(text: str) -> list[str]:
    """Return the notices of a history; what stands before the first belongs to it."""
    starts = [match.start() for match in _BLOCK.finditer(text)]
    bounds = [0, *starts[1:], len(text)]
    return [text[a:b].strip() for a, b in pairwise(bounds)]


def _apart(report: Report, blocks: list[str]) -> Iterator[Report]:
    """Yield one report for each notice; the row's own day is that of the last one."""
    for block in blocks:
        yield replace(report, code="", title="", text=block, announced_on=None)


def _event(report: Report, reading: Reading) -> Event:
    code, title = report.code, report.title
    if not code and title.upper() in reading.table.codes:
        code, title = title.upper(), ""
    event = understood(
        report.number,
        source=report.source,
        code=code or None,
        text=_joined(title, report.text),
        announced_on=report.announced_on,
        table=reading.table,
    )
    if event is None:
        raise Refused("announced_on", "date_missing")
    known_on = event.known_on
    if known_on > reading.today:
        raise Refused("announced_on", "date_implausible", known_on.isoformat())
    return event


def _joined(title: str, text: str) -> str:
    """Return title and text as one notice; lists often repeat the one in the other."""
    return "\n".join(dict.fromkeys(one for one in (title, text) if one))
