"""Taking what came of calls: each result with all that follows from it, or nothing.

What an owner says on the telephone defers as any answer does; what it changes is
decided again before the transaction ends.
"""

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from sqlalchemy import Connection, Engine

from patentwatch import calls, clock
from patentwatch.answers import Given, Via, Word
from patentwatch.calls import Called, CallResult
from patentwatch.cases import cases
from patentwatch.errors import UsageError
from patentwatch.intake import TakeBack
from patentwatch.listintake import Rows, Taken, opened, take_rows
from patentwatch.look import look_at
from patentwatch.model import Channel, Contact, RowNote, Tier
from patentwatch.register.callsheet import CallSheetRows
from patentwatch.register.columns import Kind
from patentwatch.register.readers import Sheet
from patentwatch.register.result import Intake
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.store import answers, facts, people
from patentwatch.store import calls as store
from patentwatch.store.engine import transaction
from patentwatch.store.vault import Vault

RUNG = frozenset({Channel.SMS, Channel.CALL})
"""The channels whose addresses are telephone numbers."""


def import_calls(
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
    """Take a filled call sheet; a second time it changes nothing."""
    intake = Intake(path.name, Kind.CALL_SHEET)
    try:
        with transaction(engine) as connection:
            intake = take_sheet(
                connection, vault, settings, rules, path, now=now, encoding=encoding
            )
            if dry_run:
                raise TakeBack
    except TakeBack:
        intake.run = None
    return intake


def take_sheet(
    connection: Connection,
    vault: Vault,
    settings: Settings,
    rules: Rules,
    path: Path,
    *,
    now: datetime,
    encoding: str | None = None,
) -> Intake:
    """Take a filled call sheet inside the caller's transaction."""
    today = clock.today(now)
    spoken_of: set[str] = set()

    def parser(sheet: Sheet) -> Rows[Called]:
        return CallSheetRows(
            sheet.layout,
            today=today,
            asked=lambda number, year, on: (
                store.asked_at(connection, number, year, on=on) is not None
            ),
            telephones=lambda number: telephones(
                connection, vault, rules, number, on=today
            ),
        )

    def take(connection: Connection, called: Called, run_id: int) -> Taken:
        spoken_of.add(called.application_no)
        new = record(connection, called, now=now, run_id=run_id)
        return Taken("created" if new else "unchanged")

    def after(connection: Connection, _: int) -> Iterator[RowNote]:
        look_at(connection, vault, rules, sorted(spoken_of), now=now)
        yield from ()

    intake, rows = opened(settings, path, Kind.CALL_SHEET, parser, encoding, now=now)
    take_rows(connection, intake, rows, take, after, now=now)
    return intake


def report(
    connection: Connection, vault: Vault, rules: Rules, called: Called, *, now: datetime
) -> bool:
    """Take the result of one call and decide again; return whether it was new.

    Raises `UsageError` where nobody was asked to ring.
    """
    new = record(connection, called, now=now)
    look_at(connection, vault, rules, [called.application_no], now=now)
    return new


def record(
    connection: Connection, called: Called, *, now: datetime, run_id: int | None = None
) -> bool:
    """Store what came of a call with its effects; return whether it was new.

    The caller decides again about the patent.
    """
    number, year = called.application_no, called.fee_year
    task = store.asked_at(connection, number, year, on=called.called_on)
    if task is None:
        raise UsageError(
            f"{called.called_on} 及以前没有专利 {number} 第{year}年的电话任务；"
            "calls list 可看有哪些"
        )
    new = store.add_result(connection, called, alert_id=task.id, now=now)
    gave_up_on = _gave_up_on(connection, called)
    effect = calls.effect(
        called.result,
        tier=Tier(task.tier),
        given_up=gave_up_on not in (None, called.called_on),
    )
    if effect.bad_number and called.recipient is not None:
        new |= _flag(connection, called) > 0
    if not new:
        return False
    if effect.answer and not (
        called.result is CallResult.ABANDON and gave_up_on == called.called_on
    ):
        _answer(connection, called, effect.answer, now=now)
    if called.payment is not None:
        found = [(number, called.payment)]
        facts.add(connection, found, now=now, run_id=run_id, by=called.called_by)
    if effect.settles:
        store.settle(connection, task.id, now=now)
    return True


def telephones(
    connection: Connection, vault: Vault, rules: Rules, number: str, *, on: date
) -> list[Contact]:
    """Return whom one can ring about a patent, numbers known to be wrong included."""
    for case in cases(connection, vault, rules, [number], on=on):
        return [contact for contact in case.contacts if contact.channel in RUNG]
    return []


def _flag(connection: Connection, called: Called) -> int:
    assert called.recipient is not None  # noqa: S101 - the caller has looked
    return people.flag(
        connection,
        called.recipient,
        word="bad",
        reason=calls.RESULT_WORDS[called.result],
        on=called.called_on,
    )


def _answer(
    connection: Connection, called: Called, answer: str, *, now: datetime
) -> None:
    given = Given(
        called.application_no,
        called.fee_year,
        Word(answer),
        called.called_on,
        Via.CALL,
        recipient=called.recipient,
        by=called.called_by,
        reason=called.note,
    )
    answers.add(connection, given, now=now)


def _gave_up_on(connection: Connection, called: Called) -> date | None:
    """Return the day of the newest word that the owner gives the patent up."""
    number = called.application_no
    given = answers.of(connection, [number], on=called.called_on).get(number, [])
    return next(
        (
            answer.answered_on
            for answer in given
            if answer.fee_year == called.fee_year and answer.answer == "abandon"
        ),
        None,
    )
