"""Taking the files of a backfill: one transaction a file, and a checkpoint in it."""

from collections.abc import Callable, Sequence
from datetime import date, datetime
from typing import Any, assert_never

from sqlalchemy import Connection, Engine

from patentwatch import people_intake, registerintake, statusintake
from patentwatch.backfill.files import BackfillFile, FileKind
from patentwatch.errors import InputError
from patentwatch.register.result import Intake
from patentwatch.settings import Settings
from patentwatch.store import checkpoints, runs
from patentwatch.store.engine import transaction

Account = dict[str, Any]
"""What became of one file, as a plan tells it."""

_SHOWN = 20


def load(
    engine: Engine,
    settings: Settings,
    files: Sequence[BackfillFile],
    key: str,
    *,
    force: str,
    now: datetime,
    on_rows: Callable[[int], None],
) -> list[Account]:
    """Take files one by one; those that were taken before a kill are passed over."""
    accounts = []
    for file in files:
        with transaction(engine) as connection:
            account = checkpoints.account_of(connection, key, file.key)
            if account is None:
                account = take(
                    connection, settings, file, force=force, now=now, on_rows=on_rows
                )
                checkpoints.done(connection, key, file.key, account)
            else:
                on_rows(account["read"])
        accounts.append(account)
    return accounts


def take(
    connection: Connection,
    settings: Settings,
    file: BackfillFile,
    *,
    force: str,
    now: datetime,
    on_rows: Callable[[int], None],
) -> Account:
    """Take one file inside the caller's transaction; a refused one writes nothing.

    `force`: the reason for which refused lists are taken all the same, "" for none.
    """
    try:
        with connection.begin_nested():
            taken = _taken(
                connection, settings, file, force=force, now=now, on_rows=on_rows
            )
    except InputError as error:
        refusal = str(error)
    except OSError as error:
        refusal = f"{file.path.name}：无法读取（{error.strerror}）；请检查文件权限"
    else:
        return account_of(file, taken)
    return account_of(
        file, Intake(file.path.name, file.kind, refused=True, refusal=refusal)
    )


def _taken(
    connection: Connection,
    settings: Settings,
    file: BackfillFile,
    *,
    force: str,
    now: datetime,
    on_rows: Callable[[int], None],
) -> Intake:
    match file.kind:
        case FileKind.REGISTER:
            order = registerintake.Order(
                as_of_on=file.as_of_on, force=force, by="backfill"
            )
            register = registerintake.read_register(settings, file.path, order, now=now)
            registerintake.take_register(
                connection, settings, register, order, now=now, on_rows=on_rows
            )
            return register.intake
        case FileKind.STATUS:
            opened = statusintake.opened(
                connection, file.path, now=now, queried_on=file.as_of_on
            )
            return statusintake.take_status(
                connection, settings, opened, now=now, on_rows=on_rows
            )
        case FileKind.PAYMENTS | FileKind.CHECK_SHEET:
            sheet = file.kind is FileKind.CHECK_SHEET
            read = (
                people_intake.take_checksheet if sheet else people_intake.take_payments
            )
            found = read(connection, settings, file.path, now=now)
            on_rows(found.read)
            return found
        case _:
            assert_never(file.kind)


def account_of(file: BackfillFile, taken: Intake) -> Account:
    """Return what a plan tells of a file: its counts, and the first rows in trouble."""
    return {
        "file": str(file.path),
        "sha256": file.sha256,
        "kind": file.kind.value,
        "as_of": _iso(taken.as_of if file.as_of_on is None else file.as_of_on),
        **{name: getattr(taken, name) for name in runs.COUNTS},
        "refused": taken.refused,
        "refusal": taken.refusal,
        "rejects": [
            {"sheet": note.sheet, "row": note.row, "message": note.message}
            for note in taken.rejects[:_SHOWN]
        ],
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
