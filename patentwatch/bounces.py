"""Returned mails: matched with the message they speak of, counted once, put away.

A notice is believed only where it names a message of ours and its recipient: the one
is a hash that nobody guesses, the other must be the address that it was sent to.
"""

import logging
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from sqlalchemy import Connection, Engine, Row

from patentwatch import droppedfiles
from patentwatch.delivery.outcome import scrubbed
from patentwatch.intake import TakeBack
from patentwatch.model import Channel, State
from patentwatch.receipts import Report, key_of
from patentwatch.settings import Settings
from patentwatch.sources import dsn
from patentwatch.sources.dsn import Action, Notice
from patentwatch.store import receipts
from patentwatch.store.engine import transaction
from patentwatch.store.vault import Vault

log = logging.getLogger(__name__)

_ENDS = {Action.FAILED: State.UNDELIVERED, Action.DELIVERED: State.DELIVERED}
"""What is an end; a mail that is late or went on to another server has none yet."""

_WHY = {
    "unreadable": "不是退信通知，或没有写明退的是哪一封邮件；请人工查看",
    "too_large": "文件过大，没有读取；请人工查看",
    "not_ours": "退信所说的邮件不是本系统发出的，未采用",
    "recipient_differs": "退信所说的收件人不是该邮件的收件人，可能是伪造或转发，未采用",
}


@dataclass(frozen=True, slots=True)
class Left:
    """A returned mail that nobody could use, by its file, and why."""

    file: str
    code: str
    message: str


@dataclass(slots=True)
class Bounces:
    """What came of returned mails. `known`: it had come before, or is no end yet."""

    read: int = 0
    undelivered: int = 0
    bad_addresses: int = 0
    delivered: int = 0
    known: int = 0
    left: list[Left] = field(default_factory=list)

    @property
    def needs_a_person(self) -> bool:
        """Whether somebody has to look at one."""
        return bool(self.left)


def take_bounces(
    engine: Engine, vault: Vault, settings: Settings, *, now: datetime
) -> Bounces:
    """Take what waits in the folder of returned mails, and put it away.

    A mail is moved only after its transaction is committed: a kill in between takes
    it a second time, which changes nothing.
    """
    found = Bounces()
    folder = settings.smtp.bounces
    if folder is None:
        return found
    for path in list(_waiting(folder)):
        already = len(found.left)
        take_file(engine, vault, path, found, now=now)
        why = [one.message for one in found.left[already:]]
        droppedfiles.put_away(
            path, why or ["已读取"], failed=bool(why), now=now, base=folder
        )
    return found


def take_file(
    engine: Engine,
    vault: Vault,
    path: Path,
    found: Bounces,
    *,
    now: datetime,
    dry_run: bool = False,
) -> None:
    """Take one returned mail, also one that was forwarded, and count it in `found`.

    The patents of a bad address are looked at again, so that an official is asked to
    ring where nobody else can be told.
    """
    found.read += 1
    notices, fault = _read(path)
    if fault:
        found.left.append(Left(path.name, fault, _WHY[fault]))
        return
    with suppress(TakeBack), transaction(engine) as connection:
        for notice in notices:
            _take(connection, vault, path, notice, found, now=now)
        if dry_run:
            raise TakeBack


def _waiting(folder: Path) -> Iterator[Path]:
    """Yield what a maildir holds, or what somebody saved as .eml."""
    yield from droppedfiles.waiting(folder / "new")
    yield from droppedfiles.waiting(folder / "cur")
    for path in droppedfiles.waiting(folder):
        if path.suffix.lower() == ".eml":
            yield path


def _read(path: Path) -> tuple[Sequence[Notice], str]:
    try:
        if path.stat().st_size > dsn.LARGEST:
            return (), "too_large"
        notices = dsn.read(path.read_bytes())
    except OSError:
        return (), "unreadable"
    return notices, "" if notices else "unreadable"


def _take(
    connection: Connection,
    vault: Vault,
    path: Path,
    notice: Notice,
    found: Bounces,
    *,
    now: datetime,
) -> None:
    reported_at = min(notice.reported_at or now, now)
    row = receipts.by_ref(connection, notice.ref, at=reported_at)
    if row is None or row.channel != Channel.EMAIL.value:
        found.left.append(Left(path.name, "not_ours", _WHY["not_ours"]))
        return
    if not _is_meant(vault, notice, row):
        why = _WHY["recipient_differs"]
        found.left.append(Left(path.name, "recipient_differs", why))
        log.warning("returned mail refused message=%s", row.id)
        return
    report = _report(notice, reported_at)
    if report is None or not receipts.add(connection, row.id, [report], now=now):
        found.known += 1
        return
    if report.state is State.DELIVERED:
        found.delivered += 1
    else:
        found.undelivered += 1
        found.bad_addresses += report.bad_address
    log.info(
        "returned mail taken message=%s state=%s status=%s bad_address=%s",
        row.id,
        report.state,
        notice.status,
        report.bad_address,
    )


def _is_meant(vault: Vault, notice: Notice, row: Row[tuple[object, ...]]) -> bool:
    return any(
        vault.recipient_id(Channel.EMAIL, address) == row.recipient
        for address in notice.addresses
    )


def _report(notice: Notice, reported_at: datetime) -> Report | None:
    state = _ENDS.get(notice.action)
    if state is None:
        return None
    return Report(
        key=key_of("dsn", notice.mark),
        state=state,
        reported_at=reported_at,
        code=notice.status,
        detail=scrubbed(notice.text),
        bad_address=state is State.UNDELIVERED and notice.bad_address,
    )
