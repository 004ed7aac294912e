"""The inbox folder: files dropped there are taken by what they are, then moved away.

Its folder `status/` is for legal-status files, which a mirror tool may fill.

Taken files go to `done/`, files that could not be taken to `failed/`; a note beside
them tells the clerk what became of them. A file is moved only after its transaction
is committed, so a kill in between takes it a second time, which changes nothing.
"""

import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from patentwatch import (
    answersintake,
    calling,
    droppedfiles,
    intake,
    people_intake,
    recordintake,
    registerintake,
    statusintake,
)
from patentwatch.errors import InputError
from patentwatch.register import readers
from patentwatch.register.columns import Kind
from patentwatch.register.result import Intake
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.store.vault import Vault

log = logging.getLogger(__name__)

STATUS = "status"
"""The folder for legal-status files inside the inbox."""


def take_inbox(
    engine: Engine,
    vault: Vault,
    settings: Settings,
    rules: Rules,
    *,
    now: datetime,
    dry_run: bool = False,
) -> list[Intake]:
    """Take every file that waits in the inbox, in the order of the names."""

    def take(path: Path) -> Intake:
        return _take(engine, vault, settings, rules, path, now=now, dry_run=dry_run)

    def take_status(path: Path) -> Intake:
        return statusintake.import_status(
            engine, settings, path, now=now, dry_run=dry_run
        )

    inbox = settings.register.inbox
    waiting = [(path, take) for path in droppedfiles.waiting(inbox)]
    # Lists first: events of a nationwide file are kept for patents that are known.
    waiting += [(path, take_status) for path in droppedfiles.waiting(inbox / STATUS)]
    taken = []
    for path, take_it in waiting:
        found = intake.told(engine, path, None, take_it, now=now, dry_run=dry_run)
        if not dry_run:
            note = _note(found)
            droppedfiles.put_away(path, note, failed=found.refused, now=now)
        log.info(
            "inbox file taken kind=%s run=%s rejected=%s refused=%s",
            found.kind,
            found.run,
            found.rejected,
            found.refused,
        )
        taken.append(found)
    return taken


def _take(
    engine: Engine,
    vault: Vault,
    settings: Settings,
    rules: Rules,
    path: Path,
    *,
    now: datetime,
    dry_run: bool,
) -> Intake:
    limits = intake.limits_of(settings)
    if record := recordintake.kind_in(path, limits=limits):
        trial = recordintake.Order(dry_run=dry_run)
        return recordintake.import_records(
            engine, settings, record, path, trial, now=now
        )
    kind = readers.kind_of(path, limits=limits)
    match kind:
        case Kind.REGISTER:
            order = registerintake.Order(dry_run=dry_run)
            return registerintake.import_register(
                engine, settings, path, order, now=now
            )
        case Kind.PAYMENTS:
            return people_intake.import_payments(
                engine, settings, path, now=now, dry_run=dry_run
            )
        case Kind.CHECK_SHEET:
            return people_intake.import_checksheet(
                engine, settings, path, now=now, dry_run=dry_run
            )
        case Kind.STATUS | Kind.CASE_STATUS:
            return statusintake.import_status(
                engine, settings, path, now=now, dry_run=dry_run
            )
        case Kind.CONTACTS | Kind.CALL_SHEET | Kind.ANSWERS:
            return _take_of_people(
                engine, vault, settings, rules, path, kind, now=now, dry_run=dry_run
            )
        case Kind.SMS_REPORT | None:
            raise InputError(
                f"{path.name}：认不出是哪种表（专利清单、联系方式、缴费记录、核查表、"
                "电话任务表、答复表或记录模板）；请核对表头",
                code="kind_unknown",
            )


def _take_of_people(
    engine: Engine,
    vault: Vault,
    settings: Settings,
    rules: Rules,
    path: Path,
    kind: Kind,
    *,
    now: datetime,
    dry_run: bool,
) -> Intake:
    """Take who people are, or what they said."""
    if kind is Kind.CONTACTS:
        return people_intake.import_contacts(
            engine, vault, settings, path, now=now, dry_run=dry_run
        )
    take = (
        calling.import_calls
        if kind is Kind.CALL_SHEET
        else answersintake.import_answers
    )
    return take(engine, vault, settings, rules, path, now=now, dry_run=dry_run)


def _note(found: Intake) -> Iterator[str]:
    """Yield what became of a file, for the clerk who dropped it."""
    if found.refused:
        yield f"未导入：{found.refusal}"
    if found.read:
        yield found.summary
    if found.run is not None and not found.refused:
        yield f"导入编号 {found.run}"
    for title, notes in (("退回", found.rejects), ("提示", found.warnings)):
        if found.refused and title == "提示":
            continue
        for note in notes:
            row = f"第 {note.row} 行" if note.row else ""
            place = " ".join(word for word in (note.sheet, row) if word)
            yield f"{title}：{place} {note.message}"
