"""The inbox folder: files dropped there are taken by what they are, then moved away.

Its folder `status/` is for legal-status files, which a mirror tool may fill.

Taken files go to `done/`, files that could not be taken to `failed/`; a note beside
them tells the clerk what became of them. A file is moved only after its transaction
is committed, so a kill in between takes it a second time, which changes nothing.
"""

import fcntl
import logging
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

from sqlalchemy import Engine

from patentwatch import calling, clock, intake, people_intake, statusintake
from patentwatch.cases import Rules
from patentwatch.config import Settings
from patentwatch.errors import InputError
from patentwatch.register import readers
from patentwatch.register.columns import Kind
from patentwatch.register.result import Intake
from patentwatch.store.vault import Vault

log = logging.getLogger(__name__)

STATUS = "status"
"""The folder for legal-status files inside the inbox."""

_UNFINISHED = (".part", ".tmp", ".crdownload", ".filepart", ".partial", ".swp")


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
    waiting = [(path, take) for path in _waiting(inbox)]
    # Lists first: events of a nationwide file are kept for patents that are known.
    waiting += [(path, take_status) for path in _waiting(inbox / STATUS)]
    taken = []
    for path, take_it in waiting:
        found = intake.told(engine, path, None, take_it, now=now, dry_run=dry_run)
        if not dry_run:
            _move(path, found, now=now)
        log.info(
            "inbox file taken kind=%s run=%s rejected=%s refused=%s",
            found.kind,
            found.run,
            found.rejected,
            found.refused,
        )
        taken.append(found)
    return taken


def _waiting(inbox: Path) -> Iterator[Path]:
    if not inbox.is_dir():
        return
    for path in sorted(inbox.iterdir()):
        hidden = path.name.startswith((".", "~$")) or path.suffix in _UNFINISHED
        if path.is_file() and not hidden and not _being_written(path):
            yield path


def _being_written(path: Path) -> bool:
    """Return whether some process has the file open for writing.

    A read lease is granted only when nobody has; where the file system knows no
    leases nothing can be told.
    """
    try:
        descriptor = os.open(path, os.O_RDONLY)
    except OSError:
        return False  # reading it will say what is wrong
    try:
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_RDLCK)
        fcntl.fcntl(descriptor, fcntl.F_SETLEASE, fcntl.F_UNLCK)
    except BlockingIOError:
        return True
    except OSError:
        return False
    finally:
        os.close(descriptor)
    return False


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
    kind = readers.kind_of(path, limits=intake.limits_of(settings))
    match kind:
        case Kind.REGISTER:
            order = intake.Order(dry_run=dry_run)
            return intake.import_register(engine, settings, path, order, now=now)
        case Kind.CONTACTS:
            return people_intake.import_contacts(
                engine, vault, settings, path, now=now, dry_run=dry_run
            )
        case Kind.PAYMENTS:
            return people_intake.import_payments(
                engine, settings, path, now=now, dry_run=dry_run
            )
        case Kind.CHECK_SHEET:
            return people_intake.import_checksheet(
                engine, settings, path, now=now, dry_run=dry_run
            )
        case Kind.CALL_SHEET:
            return calling.import_calls(
                engine, vault, settings, rules, path, now=now, dry_run=dry_run
            )
        case Kind.STATUS | Kind.CASE_STATUS:
            return statusintake.import_status(
                engine, settings, path, now=now, dry_run=dry_run
            )
        case None:
            raise InputError(
                f"{path.name}：认不出是哪种表（专利清单、联系方式、缴费记录、核查表或电话任务表）；"
                "请核对表头",
                code="kind_unknown",
            )


def _move(path: Path, found: Intake, *, now: datetime) -> None:
    folder = path.parent / ("failed" if found.refused else "done")
    folder.mkdir(exist_ok=True)
    stamp = now.astimezone(clock.SHANGHAI).strftime("%Y%m%d-%H%M%S")
    target, again = folder / f"{stamp}-{path.name}", 1
    while target.exists():
        again += 1
        target = folder / f"{stamp}-{again}-{path.name}"
    path.replace(target)
    note = target.with_name(f"{target.name}.txt")
    note.write_text("\n".join(_note(found)) + "\n", encoding="utf-8-sig")


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
