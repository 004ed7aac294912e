"""The inbox folder: files dropped there are taken by what they are, then moved away.

Taken files go to `done/`; files that could not be taken go to `failed/` with a note
for the clerk beside them. A file is moved only after its transaction is committed, so
a kill in between takes it a second time, which changes nothing.
"""

import logging
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from patentwatch import clock, people_intake
from patentwatch.config import Settings
from patentwatch.errors import InputError
from patentwatch.intake import (
    Order,
    import_register,
    limits_of,
    refused_file,
)
from patentwatch.register import readers
from patentwatch.register.columns import Kind
from patentwatch.register.result import Intake
from patentwatch.store.vault import Vault

log = logging.getLogger(__name__)

_UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart")


def take_inbox(
    engine: Engine, vault: Vault, settings: Settings, *, now: datetime
) -> list[Intake]:
    """Take every file that waits in the inbox, in the order of the names."""
    taken = []
    for path in _waiting(settings.register.inbox):
        try:
            intake = _take(engine, vault, settings, path, now=now)
        except InputError as error:
            intake = refused_file(path, error)
        _move(path, intake, now=now)
        log.info(
            "inbox file taken kind=%s run=%s rejected=%s refused=%s",
            intake.kind,
            intake.run,
            intake.rejected,
            intake.refused,
        )
        taken.append(intake)
    return taken


def _waiting(inbox: Path) -> Iterator[Path]:
    if not inbox.is_dir():
        return
    for path in sorted(inbox.iterdir()):
        unfinished = path.name.startswith((".", "~$")) or path.suffix in _UNFINISHED
        if path.is_file() and not unfinished:
            yield path


def _take(
    engine: Engine, vault: Vault, settings: Settings, path: Path, *, now: datetime
) -> Intake:
    kind = readers.kind_of(path, limits=limits_of(settings))
    match kind:
        case Kind.REGISTER:
            return import_register(engine, settings, path, Order(), now=now)
        case Kind.CONTACTS:
            return people_intake.import_contacts(engine, vault, settings, path, now=now)
        case Kind.PAYMENTS:
            return people_intake.import_payments(engine, settings, path, now=now)
        case Kind.CHECK_SHEET:
            return people_intake.import_checksheet(engine, settings, path, now=now)
        case None:
            raise InputError(
                f"{path.name}：认不出是哪种表（专利清单、联系方式、缴费记录或核查表）；"
                "请核对表头",
                code="kind_unknown",
            )


def _move(path: Path, intake: Intake, *, now: datetime) -> None:
    folder = path.parent / ("failed" if intake.refused else "done")
    folder.mkdir(exist_ok=True)
    stamp = now.astimezone(clock.SHANGHAI).strftime("%Y%m%d-%H%M%S")
    target = folder / f"{stamp}-{path.name}"
    path.replace(target)
    if intake.needs_a_person:
        lines = [intake.refusal] if intake.refusal else []
        lines += [
            " ".join(
                part for part in (note.sheet, f"第 {note.row} 行", note.message) if part
            )
            for note in intake.rejects
        ]
        target.with_name(f"{target.name}.txt").write_text(
            "\n".join(lines) + "\n", encoding="utf-8-sig"
        )
