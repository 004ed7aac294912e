"""Taking in a list of answers that officials wrote down: one file, one transaction.

Every row is accounted for as in any other list. All rows are stored first and heeded
together: nothing that they forbid waits in the outbox when the transaction ends.
"""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from patentwatch import answering, clock
from patentwatch.answers import Given, Word
from patentwatch.cases import cases
from patentwatch.intake import TakeBack, begun, limits_of
from patentwatch.model import Channel, PatentNumber, RecipientId, RowNote
from patentwatch.register import readers
from patentwatch.register.answers import AnswerRows, Known
from patentwatch.register.columns import Kind
from patentwatch.register.messages import note
from patentwatch.register.readers import ListFile
from patentwatch.register.result import Intake
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.store import directory, patents, runs, taking
from patentwatch.store.engine import transaction
from patentwatch.store.vault import Vault


def import_answers(
    engine: Engine,
    vault: Vault,
    settings: Settings,
    rules: Rules,
    path: Path,
    *,
    now: datetime,
    dry_run: bool = False,
    encoding: str | None = None,
) -> Intake:
    """Take a list of answers. The same file again changes nothing."""
    listed = readers.read(
        path, Kind.ANSWERS, encoding=encoding, limits=limits_of(settings)
    )
    intake = begun(listed, Kind.ANSWERS, as_of=clock.today(now))
    try:
        with transaction(engine) as connection:
            intake.run = _take(connection, vault, rules, listed, intake, now=now)
            if dry_run:
                raise TakeBack
    except TakeBack:
        intake.run = None
    return intake


def _take(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    listed: ListFile,
    intake: Intake,
    *,
    now: datetime,
) -> int:
    runs.no_time_limit(connection)
    run_id = runs.begin(connection, intake, now=now)
    taken = []
    for sheet, row, given in _rows(connection, vault, rules, listed, intake, now=now):
        done = answering.record(connection, vault, rules, given, now=now)
        intake.accepted += 1
        if not done.new:
            intake.unchanged += 1
        elif done.extended:
            intake.changed += 1
        else:
            intake.created += 1
        intake.note(
            intake.warnings,
            (
                RowNote(sheet, row, "", one.code, "", one.text)
                for one in done.notes
                if one.code != "receipt_incomplete"  # said with its column already
            ),
        )
        taken.append(given)
    answering.heed(connection, vault, rules, taken, now=now)
    taking.touch(connection, run_id, {given.application_no for given in taken})
    runs.finish(connection, run_id, intake, now=now)
    return run_id


def _rows(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    listed: ListFile,
    intake: Intake,
    *,
    now: datetime,
) -> Iterator[tuple[str, int, Given]]:
    """Yield the answers that are taken.

    A second "abandon" in one file is no second word, whenever the file is taken.
    """
    known = _known(connection, vault, rules, on=clock.today(now))
    given_up: set[tuple[str, int]] = set()
    for sheet in listed.sheets:
        parser = AnswerRows(sheet.layout, today=clock.today(now), known=known)
        for row in sheet.rows():
            given = intake.count(parser.read(row))
            if given is None:
                continue
            annuity = (given.application_no, given.fee_year)
            if given.word is Word.ABANDON and annuity in given_up:
                intake.skipped += 1
                skip = note(sheet.layout, row.number, "answer", "said_twice")
                intake.note(intake.skips, [skip])
                continue
            if given.word is Word.ABANDON:
                given_up.add(annuity)
            yield sheet.name, row.number, given


def _known(connection: Connection, vault: Vault, rules: Rules, *, on: date) -> Known:
    def recipient(channel: Channel, address: str) -> RecipientId | None:
        found = vault.recipient_id(channel, address)
        there = directory.by_recipients(connection, vault, [found])
        return found if there else None

    def theirs(number: PatentNumber, found: RecipientId) -> bool:
        return any(
            contact.recipient == found
            for case in cases(connection, vault, rules, [number], on=on)
            for contact in case.contacts
        )

    return Known(
        registered=lambda number: patents.one(connection, number) is not None,
        recipient=recipient,
        theirs=theirs,
    )
