"""People and their addresses: contacts are kept, flagged and replaced."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from sqlalchemy import (
    Connection,
    Row,
    and_,
    bindparam,
    insert,
    select,
    update,
)

from patentwatch.model import Channel, Patent
from patentwatch.names import name_key
from patentwatch.store import directory
from patentwatch.store.directory import ADDRESS, PERSON
from patentwatch.store.holders import held_by
from patentwatch.store.patents import look_again
from patentwatch.store.tables import contacts
from patentwatch.store.vault import Vault

_KEY = ("role", "name_key", "credit_code", "application_no")
_CONSENT = ("consent", "consent_on", "consent_basis")
_FLAG = ("flag", "flag_reason", "flagged_on")
_NO_FLAG = {"flag": "", "flag_reason": "", "flagged_on": None}


@dataclass(frozen=True, slots=True)
class NewContact:
    """One address of one party as a file or a person gives it, in clear."""

    role: str
    party: str
    channel: Channel
    address: str
    person: str = ""
    credit_code: str = ""
    application_no: str = ""
    county: str = ""
    consent: bool | None = None
    consent_on: date | None = None
    consent_basis: str = ""
    standing: frozenset[str] = field(default=frozenset())


def save_contact(
    connection: Connection,
    vault: Vault,
    found: NewContact,
    *,
    on: date,
    run_id: int | None = None,
) -> str:
    """Store one contact; return "created", "changed" or "unchanged".

    A consent that was refused is given again only by a word as new or newer: a blank
    changes nothing, and what was refused for an address is refused for it everywhere.
    A flag (bad, opted out) stays with the address until a consent newer than it.
    """
    recipient = vault.recipient_id(found.channel, found.address)
    kept = _kept(connection, recipient, found)
    key = _key(found) | {"channel": found.channel.value, "recipient": recipient}
    old = connection.execute(
        select(contacts).where(and_(*(contacts.c[k] == v for k, v in key.items())))
    ).one_or_none()
    values: dict[str, Any] = kept | {
        "party": found.party,
        "county": found.county,
        "standing": " ".join(sorted(found.standing)),
        "ended_on": None,
    }
    if old is not None:
        same = vault.open(old.person_sealed, PERSON) == found.person
        if same and all(getattr(old, name) == value for name, value in values.items()):
            connection.execute(
                update(contacts).where(contacts.c.id == old.id).values(run_id=run_id)
            )
            return "unchanged"
    values |= {"person_sealed": vault.seal(found.person, PERSON), "run_id": run_id}
    if old is not None:
        connection.execute(
            update(contacts).where(contacts.c.id == old.id).values(values)
        )
    else:
        sealed = vault.seal(found.address, ADDRESS)
        connection.execute(
            insert(contacts).values(
                **key, **values, address_sealed=sealed, valid_from_on=on
            )
        )
    look_again(connection, patents_of(connection, found))
    return "created" if old is None else "changed"


def end_replaced(
    connection: Connection, vault: Vault, run_id: int, *, on: date
) -> list[tuple[str, str]]:
    """End the addresses that a newly taken list replaces; return (party, address).

    Replaced is what an earlier list gave for the same person of the same party on the
    same channel. What somebody added by hand stays.
    """
    new, old = contacts.alias(), contacts.alias()
    pairs = connection.execute(
        select(old, new.c.person_sealed.label("new_person"))
        .join(new, and_(*(old.c[name] == new.c[name] for name in (*_KEY, "channel"))))
        .where(new.c.run_id == run_id, old.c.run_id < run_id, old.c.ended_on.is_(None))
    )
    replaced = {
        row.id: row
        for row in pairs
        if vault.open(row.person_sealed, PERSON) == vault.open(row.new_person, PERSON)
    }
    rows = [replaced[number] for number in sorted(replaced)]
    if rows:
        connection.execute(
            update(contacts)
            .where(contacts.c.id == bindparam("one"))
            .values(ended_on=on),
            [{"one": row.id} for row in rows],
        )
    look_again(connection, _told_of(connection, rows))
    return [(row.party, vault.open(row.address_sealed, ADDRESS)) for row in rows]


def _key(found: NewContact) -> dict[str, str]:
    """Return what tells one party of the address book from another."""
    return {
        "role": found.role,
        "name_key": name_key(found.party)[:500],
        "credit_code": found.credit_code,
        "application_no": found.application_no,
    }


def _kept(connection: Connection, recipient: str, found: NewContact) -> dict[str, Any]:
    """Return consent and flag of an address, given what is known of it already."""
    known = connection.execute(
        select(contacts)
        .where(contacts.c.recipient == recipient)
        .order_by(contacts.c.consent_on.desc().nulls_last(), contacts.c.id)
    ).all()
    values = {name: getattr(found, name) for name in _CONSENT}
    refusal = next((row for row in known if row.consent is False), None)
    own = next((row for row in known if _is_same(row, found)), None)
    before = own
    if refusal is not None and (own is None or not _speaks(own, refusal)):
        before = refusal
    if before is not None and not _speaks(found, before):
        values = {name: getattr(before, name) for name in _CONSENT}
    flagged = next(
        (
            row
            for row in known
            if row.flag in _OF_THE_ADDRESS or _is_flagged(row, found)
        ),
        None,
    )
    lifted = flagged is not None and (
        found.consent is True
        and found.consent_on is not None
        and (flagged.flagged_on is None or found.consent_on > flagged.flagged_on)
    )
    flag = {name: getattr(flagged, name) for name in _FLAG} if flagged else {}
    return values | (_NO_FLAG if lifted or not flag else flag)


_OF_THE_ADDRESS = frozenset({"bad", "opted_out"})


def _is_flagged(row: Row[Any], found: NewContact) -> bool:
    return bool(row.flag) and _is_same(row, found)


def _speaks(found: NewContact | Row[Any], before: Row[Any]) -> bool:
    """Return whether a word about consent goes before another that is known."""
    if found.consent is None:
        return False
    if found.consent is False or before.consent is not False:
        return True
    return found.consent_on is not None and (
        before.consent_on is None or found.consent_on >= before.consent_on
    )


def _is_same(row: Row[Any], found: NewContact) -> bool:
    return all(getattr(row, name) == value for name, value in _key(found).items())


def patents_of(connection: Connection, found: NewContact) -> set[str]:
    """Return the patents that a contact may be told about."""
    if found.application_no:
        return {found.application_no}
    return held_by(
        connection, name_keys=[name_key(found.party)[:500]], codes=[found.credit_code]
    )


def flag(
    connection: Connection,
    recipient: str,
    *,
    word: str,
    reason: str,
    on: date | None = None,
) -> int:
    """Flag every contact of a recipient as `bad` or `opted_out`; "" lifts the flag.

    An address that turns out bad stays opted out. `on`: since when; any dated consent
    lifts a flag without a day. Returns how many contacts that changed; their patents
    are looked at again.
    """
    stays = (word, "opted_out") if word == "bad" else (word,)
    rows = connection.execute(
        select(contacts).where(
            contacts.c.recipient == recipient, contacts.c.flag.not_in(stays)
        )
    ).all()
    return _flag(connection, rows, word=word, reason=reason, on=on)


def disown(connection: Connection, patent: Patent, recipient: str, *, on: date) -> int:
    """Note that an address is not that of this patent's people; return of how many.

    Who shares the mailbox with them and never denied it is still told about his own.
    """
    rows = [
        row
        for row in directory.rows_of(connection, [patent])[patent.application_no]
        if row.recipient == recipient and not row.flag
    ]
    return _flag(connection, rows, word="not_theirs", reason="不是我", on=on)


def _flag(
    connection: Connection,
    rows: Sequence[Row[Any]],
    *,
    word: str,
    reason: str,
    on: date | None,
) -> int:
    connection.execute(
        update(contacts)
        .where(contacts.c.id.in_([row.id for row in rows]))
        .values(flag=word, flag_reason=reason, flagged_on=on)
    )
    look_again(connection, _told_of(connection, rows))
    return len(rows)


def _told_of(connection: Connection, rows: Iterable[Row[Any]]) -> set[str]:
    """Return the patents that stored contacts may be told about."""
    numbers: set[str] = set()
    for row in rows:
        if row.application_no:
            numbers.add(row.application_no)
        else:
            numbers |= held_by(
                connection, name_keys=[row.name_key], codes=[row.credit_code]
            )
    return numbers
