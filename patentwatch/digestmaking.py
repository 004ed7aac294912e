"""Making digests when their day has come, once each, and reading them back to send.

The key of the table is the guarantee: made twice, or by two processes, a digest is
there once, and its message with it.
"""

import logging
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy import Connection, Engine

from patentwatch import __version__, clock, digestmail, digestmaterial
from patentwatch.digests import windows
from patentwatch.digests.making import Material, of
from patentwatch.digests.values import CITY, Digest, Kind, Window
from patentwatch.errors import PatentwatchError
from patentwatch.model import Channel, Office
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.store import digests, directory, officials, runs
from patentwatch.store.engine import reading, transaction
from patentwatch.store.officials import OFFICIALS, Official
from patentwatch.store.vault import Vault

log = logging.getLogger(__name__)


def make_due(
    engine: Engine, vault: Vault, rules: Rules, settings: Settings, *, now: datetime
) -> int:
    """Make every digest whose time has come and that is not there; return how many.

    Of each kind only the newest window: what an older one would have said is in it.
    While observing digests are kept and not sent; once live, the newest leaves. Costs
    two short queries when there is nothing to do.
    """
    made = 0
    for kind in Kind:
        window = due_window(settings, kind, now=now)
        with reading(engine) as connection:
            missing, unsent = _undone(connection, rules, settings, window)
            found = None
            if missing:
                found = digestmaterial.material(
                    connection, vault, rules, settings, window=window, now=now
                )
        if found is not None:
            made += _make(engine, vault, rules, found, missing, now=now)
        if unsent:
            _post(engine, rules, window, unsent, now=now)
    return made


def due_window(settings: Settings, kind: Kind, *, now: datetime) -> Window:
    """Return the newest window whose day and hour have come."""
    plan, on = settings.digest, clock.today(now)
    window = windows.newest_due(
        kind, on, weekday=plan.weekday, month_day=plan.month_day
    )
    first_on = windows.told_on(window, weekday=plan.weekday, month_day=plan.month_day)
    return windows.before(window) if now < clock.at(first_on, plan.at) else window


def _undone(
    connection: Connection, rules: Rules, settings: Settings, window: Window
) -> tuple[list[Official], list[Official]]:
    """Return whose digest is not made yet, and whose was only observed and may go."""
    known = digests.of_window(connection, window)
    lawful = bool(settings.office.lawful_basis)
    readers = officials.writable(connection, lawful=lawful)
    missing = [one for one in readers if (one.recipient, one.county) not in known]
    unsent = [
        one
        for one in readers
        if known.get((one.recipient, one.county), 0) is None and _leaves(rules, one)
    ]
    return missing, unsent


def _leaves(rules: Rules, reader: Official) -> bool:
    """Whether a digest for this reader is sent and not only kept."""
    return not rules.observing or reader.recipient in rules.guests


def _make(
    engine: Engine,
    vault: Vault,
    rules: Rules,
    found: Material,
    missing: Sequence[Official],
    *,
    now: datetime,
) -> int:
    made = 0
    drawn = {county: of(found, county) for county in {one.county for one in missing}}
    with transaction(engine) as connection:
        for reader in missing:
            digest = drawn[reader.county]
            number = digests.keep(
                connection,
                vault,
                digest,
                reader.recipient,
                made_by=__version__,
                now=now,
            )
            if number is None:
                continue  # another process was faster
            made += 1
            _write_down_numbers(connection, digest, number, now=now)
            if _leaves(rules, reader):
                transport = rules.transports[Channel.EMAIL]
                digests.post(connection, number, transport=transport, now=now)
            log.info(
                "digest made id=%s kind=%s county=%s",
                number,
                found.window.kind,
                reader.county,
            )
    return made


def _write_down_numbers(
    connection: Connection, digest: Digest, number: int, *, now: datetime
) -> None:
    """Write down that full telephone numbers go to the official responsible."""
    count = sum(len(call.phones) for call in digest.calls)
    if count and digest.county != CITY:
        runs.write_down(
            connection,
            who="patentwatch",
            action="digest_written",
            subject=f"digest {number}",
            reason=f"今日电话含完整号码 {count} 个",
            now=now,
        )


def _post(
    engine: Engine,
    rules: Rules,
    window: Window,
    unsent: Sequence[Official],
    *,
    now: datetime,
) -> None:
    """Send what was kept while observing: it is still the newest there is."""
    transport = rules.transports[Channel.EMAIL]
    with transaction(engine) as connection:
        for one in unsent:
            stored = digests.find(
                connection, recipient=one.recipient, county=one.county, window=window
            )
            digests.post(connection, stored.id, transport=transport, now=now)


def mail_of(
    connection: Connection,
    vault: Vault,
    message_id: int,
    *,
    office: Office,
    sender: str,
    sent_at: datetime,
) -> tuple[str, bytes]:
    """Return to whom a message with a digest goes, and the mail: from what is kept.

    `office` signs the mail; its text is the one that was made. Raises
    `PatentwatchError` for a message without a digest and for an address that may not
    be used any more.
    """
    stored = digests.of_message(connection, message_id)
    if stored is None:
        raise PatentwatchError(
            f"消息 {message_id} 没有对应的报告，不能发送", code="digest_missing"
        )
    reader = Official(stored.recipient, stored.county)
    if reader not in officials.writable(connection, lawful=bool(office.lawful_basis)):
        raise PatentwatchError(
            f"报告 {stored.id} 的收件地址已不可用，请更新负责人的邮箱",
            code="bad_contact",
        )
    found = directory.by_recipients(connection, vault, [stored.recipient])
    contact = found[stored.recipient]
    raw = digestmail.mail(
        stored.open(vault),
        ref=stored.ref,
        sender=sender,
        sender_name=office.name,
        to=contact.address,
        to_name=contact.party if contact.role in OFFICIALS else "",
        sent_at=sent_at,
    )
    return contact.address, raw


def preview(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    settings: Settings,
    county: str,
    *,
    kind: Kind,
    now: datetime,
) -> Digest:
    """Return the digest of the last full window as it would be made now."""
    window = windows.last_full(kind, clock.today(now))
    found = digestmaterial.material(
        connection, vault, rules, settings, window=window, now=now
    )
    return of(found, county)
