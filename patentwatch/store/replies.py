"""What people sent back by SMS, each once, and who still has to be told he is heard."""

from datetime import date, datetime

from sqlalchemy import Connection, func, insert, select

from patentwatch.model import Channel, State
from patentwatch.optouts import Meaning
from patentwatch.store.inserting import insert_into
from patentwatch.store.memory import forget, remember
from patentwatch.store.tables import contacts, messages, meta, replies

TEXT = "replies.text"
"""What a reply's text is sealed for."""

_TO_CONFIRM = "optout.confirm."


def add(
    connection: Connection,
    reply_key: str,
    *,
    recipient: str,
    meaning: Meaning,
    text_sealed: bytes,
    replied_at: datetime,
    now: datetime,
) -> bool:
    """Store a reply; False when it had come before."""
    new = (
        insert_into(connection, replies)
        .values(
            reply_key=reply_key,
            recipient=recipient,
            meaning=meaning.value,
            text_sealed=text_sealed,
            replied_at=replied_at,
            received_at=now,
        )
        .on_conflict_do_nothing()
        .returning(replies.c.id)
    )
    return connection.execute(new).one_or_none() is not None


def consented_after(connection: Connection, recipient: str, day: date) -> bool:
    """Whether a recipient agreed on a later day than this one."""
    return bool(
        connection.execute(
            select(func.count())
            .select_from(contacts)
            .where(
                contacts.c.recipient == recipient,
                contacts.c.consent.is_(True),
                contacts.c.consent_on > day,
            )
        ).scalar_one()
    )


def ask_to_confirm(connection: Connection, recipient: str, *, at: datetime) -> None:
    """Note that a recipient is to be told, once, that his opt-out is heeded."""
    remember(connection, f"{_TO_CONFIRM}{recipient}", at.isoformat())


def to_confirm(connection: Connection) -> dict[str, datetime]:
    """Return who is still to be told that he is heeded, and since when."""
    rows = connection.execute(
        select(meta.c.key, meta.c.value).where(meta.c.key.startswith(_TO_CONFIRM))
    )
    return {
        key.removeprefix(_TO_CONFIRM): datetime.fromisoformat(value)
        for key, value in rows
    }


def confirmed(connection: Connection, recipient: str) -> bool:
    """Note that a recipient was told; False when another was faster."""
    return forget(connection, f"{_TO_CONFIRM}{recipient}")


def still_out(connection: Connection, recipient: str) -> bool:
    """Whether a recipient wants nothing more, for nobody at that number."""
    standing = select(contacts.c.flag).where(
        contacts.c.recipient == recipient, contacts.c.ended_on.is_(None)
    )
    flags = set(connection.execute(standing).scalars())
    return flags == {"opted_out"}


def queue_confirmation(
    connection: Connection,
    recipient: str,
    *,
    kind: str,
    ref: str,
    transport: str,
    now: datetime,
) -> bool:
    """Put into the outbox that he is heeded; False when that was said under `ref`."""
    said = select(messages.c.id).where(messages.c.ref == ref)
    if connection.execute(said.limit(1)).first() is not None:
        return False
    connection.execute(
        insert(messages).values(
            kind=kind,
            recipient=recipient,
            channel=Channel.SMS.value,
            transport=transport,
            state=State.PENDING.value,
            severity=0,
            created_at=now,
            not_before_at=now,
            ref=ref,  # from the start: no alert ever joins it
        )
    )
    return True
