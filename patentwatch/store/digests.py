"""Digests as they are kept: once for each reader, county, kind and window, sealed."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import Connection, Row, insert, select, update

from patentwatch.digests.packing import packed, unpacked
from patentwatch.digests.values import Digest, Kind, Window
from patentwatch.model import Channel, State, Tier
from patentwatch.store.inserting import insert_into
from patentwatch.store.tables import digests, messages
from patentwatch.store.vault import Vault

SEVERITY = Tier.FINAL.severity - 1
"""The late tiers of patentees leave before a digest does."""

MESSAGE_KIND = "digest"


@dataclass(frozen=True, slots=True)
class Stored:
    """A digest of the database, still sealed; `message_id` None: only observed."""

    id: int
    recipient: str
    county: str
    window: Window
    as_of_on: date
    content: bytes
    made_at: datetime
    made_by: str
    message_id: int | None

    @property
    def ref(self) -> str:
        """Return the word in its Message-ID: dated, and one for each mailbox."""
        return reference(self.county, self.window, self.recipient)

    def open(self, vault: Vault) -> Digest:
        """Return the digest as it was made."""
        sealed_for = _context(self.recipient, self.county, self.window)
        return unpacked(vault.open(self.content, sealed_for))


def reference(county: str, window: Window, recipient: str) -> str:
    """Return the word by which a digest is recognised in the world."""
    return _word(county, window.kind.value, window.start_on, recipient)


def word_of(row: Row[tuple[object, ...]]) -> str:
    """Return that word for a row of the table, of whichever kind."""
    return _word(row.county, row.kind, row.window_start_on, row.recipient)


def _word(county: str, kind: str, start_on: date, recipient: str) -> str:
    return f"digest.{county or 'city'}.{start_on}.{kind}.{recipient[:8]}"


def of_window(
    connection: Connection, window: Window
) -> dict[tuple[str, str], int | None]:
    """Return the messages of the digests there are of a window, by reader and county.

    None where one was only observed.
    """
    query = select(digests.c.recipient, digests.c.county, digests.c.message_id).where(
        digests.c.kind == window.kind.value,
        digests.c.window_start_on == window.start_on,
    )
    rows = connection.execute(query)
    return {(row.recipient, row.county): row.message_id for row in rows}


def keep(
    connection: Connection,
    vault: Vault,
    digest: Digest,
    recipient: str,
    *,
    made_by: str,
    now: datetime,
) -> int | None:
    """Store a digest for a reader; return its number, None when it is there already."""
    window = digest.window
    statement = insert_into(connection, digests).values(
        recipient=recipient,
        county=digest.county,
        kind=window.kind.value,
        window_start_on=window.start_on,
        window_end_on=window.end_on,
        as_of_on=digest.as_of_on,
        content_sealed=vault.seal(
            packed(digest), _context(recipient, digest.county, window)
        ),
        made_at=now,
        made_by=made_by,
    )
    once = statement.on_conflict_do_nothing().returning(digests.c.id)
    return connection.execute(once).scalar_one_or_none()


def post(
    connection: Connection, digest_id: int, *, transport: str, now: datetime
) -> bool:
    """Put a digest into the outbox; False when it has a message already."""
    row = connection.execute(
        select(digests).where(digests.c.id == digest_id).with_for_update()
    ).one()
    if row.message_id is not None:
        return False
    key = connection.execute(
        insert(messages).values(
            kind=MESSAGE_KIND,
            recipient=row.recipient,
            channel=Channel.EMAIL.value,
            transport=transport,
            state=State.PENDING.value,
            severity=SEVERITY,
            created_at=now,
            not_before_at=now,
            ref=word_of(row),
        )
    ).inserted_primary_key
    assert key is not None  # noqa: S101 - every row of the table has one
    connection.execute(
        update(digests).where(digests.c.id == digest_id).values(message_id=key[0])
    )
    return True


def of_message(connection: Connection, message_id: int) -> Stored | None:
    """Return the digest that a message carries, None when it carries none."""
    query = select(digests).where(digests.c.message_id == message_id)
    row = connection.execute(query).one_or_none()
    return None if row is None else _stored(row)


def find(
    connection: Connection, *, recipient: str, county: str, window: Window
) -> Stored:
    """Return the digest of a key that is known to be there."""
    query = select(digests).where(
        digests.c.recipient == recipient,
        digests.c.county == county,
        digests.c.kind == window.kind.value,
        digests.c.window_start_on == window.start_on,
    )
    return _stored(connection.execute(query).one())


def past(
    connection: Connection, *, county: str, kind: Kind, start_on: date
) -> list[Stored]:
    """Return the digests that were made of a county's window, one for each reader."""
    query = select(digests).where(
        digests.c.county == county,
        digests.c.kind == kind.value,
        digests.c.window_start_on == start_on,
    )
    return [_stored(row) for row in connection.execute(query.order_by(digests.c.id))]


def windows_of(connection: Connection, *, county: str, kind: Kind) -> list[date]:
    """Return the first days of the windows of which digests were made, newest first."""
    query = (
        select(digests.c.window_start_on)
        .where(digests.c.county == county, digests.c.kind == kind.value)
        .distinct()
    )
    ordered = query.order_by(digests.c.window_start_on.desc())
    return list(connection.execute(ordered).scalars())


def _context(recipient: str, county: str, window: Window) -> str:
    """Return what a content is sealed for: it opens in no other reader's digest."""
    return f"digests.content|{recipient}|{county}|{window.kind}|{window.start_on}"


def _stored(row: Row[tuple[object, ...]]) -> Stored:
    return Stored(
        id=row.id,
        recipient=row.recipient,
        county=row.county,
        window=Window(Kind(row.kind), row.window_start_on, row.window_end_on),
        as_of_on=row.as_of_on,
        content=row.content_sealed,
        made_at=row.made_at,
        made_by=row.made_by,
        message_id=row.message_id,
    )
