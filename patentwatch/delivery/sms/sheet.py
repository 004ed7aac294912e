"""Workbooks of numbers and texts for an SMS portal, and its reports read back.

A workbook is the record: it is on the disk, whole, before anybody hears that its
messages were taken. A message that comes again, because the process was killed in
between, is found there and not written twice.
"""

import logging
from collections.abc import Iterable, Iterator
from functools import partial
from itertools import islice
from pathlib import Path
from threading import Event

from patentwatch import droppedfiles
from patentwatch.delivery.gateway import Gateway, GatewayDown, Receipt
from patentwatch.delivery.outcome import (
    Envelope,
    OnOutcomes,
    Outcome,
    OutcomeKind,
    until,
)
from patentwatch.delivery.sms import reports, rules, sheetrows
from patentwatch.delivery.sms.line import SmsLine
from patentwatch.delivery.sms.sheetrows import Written
from patentwatch.errors import InputError

log = logging.getLogger(__name__)

NAME = "sheet"
REPORTS = "reports"
"""The folder, inside that of the workbooks, for the portal's delivery reports."""

# What a portal takes at once, and few enough that none is long in hand.
_ROWS = 1000

_TAKEN = Outcome(OutcomeKind.ACCEPTED, NAME)


def gateway(line: SmsLine) -> Gateway:
    """Return what can be done by way of files; nothing can be asked."""

    def send(
        envelopes: Iterable[Envelope],
        *,
        on_outcomes: OnOutcomes,
        stop: Event | None = None,
    ) -> None:
        _send(line, until(stop, envelopes), on_outcomes)

    return Gateway(NAME, send, pull=partial(_pull, line), fault=rules.sheet)


def _send(line: SmsLine, waiting: Iterator[Envelope], on_outcomes: OnOutcomes) -> None:
    """Write what waits, a workbook at a time, and tell what became of each.

    What was taken when the iterator failed is written and told all the same.
    """
    taken = True
    while taken:
        batch: list[Envelope] = []
        try:
            for envelope in islice(waiting, _ROWS):
                batch.append(envelope)  # noqa: PERF402 - kept when the next one raises
        finally:
            if batch:
                on_outcomes(_outcomes(line, batch))
        taken = len(batch) == _ROWS


def _outcomes(line: SmsLine, batch: list[Envelope]) -> dict[str, Outcome]:
    """Write `batch` and return the outcomes; one that cannot go stays out of it."""
    outcomes = {envelope.message_key: _TAKEN for envelope in batch}
    fit: dict[str, Envelope] = {}
    for envelope in batch:
        unfit = rules.unfit(envelope, rules.sheet)
        if unfit is None:
            fit[envelope.message_key] = envelope
        else:
            outcomes[envelope.message_key] = unfit
    try:
        _write(line, fit)
    except OSError as error:
        why = error.strerror or type(error).__name__
        down = Outcome(OutcomeKind.CHANNEL_DOWN, NAME, why)
        outcomes |= dict.fromkeys(fit, down)
    return outcomes


def _write(line: SmsLine, fit: dict[str, Envelope]) -> None:
    if not fit:
        return
    before = sheetrows.written(line.sheets)
    new = [envelope for key, envelope in fit.items() if key not in before]
    if new:
        book = sheetrows.write(line.sheets, new, day=line.today())
        log.info("sms sheet written file=%s rows=%s", book.name, len(new))


def _pull(line: SmsLine) -> Iterator[Receipt]:
    """Yield what the portal's reports say; a report is put away after its last row.

    So whoever keeps each receipt before asking for the next loses none to a kill.
    """
    try:
        yield from _reported(line)
    except OSError as error:
        raise GatewayDown(error.strerror or type(error).__name__) from error


def _reported(line: SmsLine) -> Iterator[Receipt]:
    folder = line.sheets / REPORTS
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    waiting = list(droppedfiles.waiting(folder))
    rows = sheetrows.written(line.sheets) if waiting else {}
    for path in waiting:
        yield from _report(line, path, rows)


def _report(line: SmsLine, path: Path, rows: dict[str, Written]) -> Iterator[Receipt]:
    try:
        report = reports.read(path, rows, today=line.today())
    except InputError as why:
        note = [f"未读取：{why}"]
        droppedfiles.put_away(path, note, failed=True, now=line.tell_time())
        return
    yield from report.receipts
    failed = not report.receipts
    droppedfiles.put_away(path, report.note, failed=failed, now=line.tell_time())
    log.info(
        "sms report read receipts=%s rejected=%s",
        len(report.receipts),
        len(report.rejects),
    )
