"""Reading every row by which is decided, to find those that nobody wrote so."""

from collections.abc import Iterator, Sequence
from functools import partial

from sqlalchemy import Connection, select

from patentwatch.errors import ConfigError, RowDamaged
from patentwatch.store import damage, directory, events, facts, patents
from patentwatch.store.tables import contacts
from patentwatch.store.vault import Vault


def damaged(connection: Connection, vault: Vault) -> Iterator[str]:
    """Yield what is wrong with patents, facts, events and contacts, in Chinese."""
    told: list[str] = []

    def tell(key: str | int, error: Exception) -> None:
        told.append(f"{key}：{error}")

    for page in patents.pages(connection):
        for table in (patents.many, facts.of, events.of):
            for _ in damage.apart(partial(table, connection), page, on_damage=tell):
                pass
        yield from told
        told.clear()
    ids = connection.execute(select(contacts.c.id).order_by(contacts.c.id)).scalars()
    for chunk in patents.chunks(list(ids)):
        opened = partial(_opened, connection, vault)
        for _ in damage.apart(opened, chunk, on_damage=tell):
            pass
    yield from told


def _opened(connection: Connection, vault: Vault, ids: Sequence[int]) -> None:
    for row in connection.execute(select(contacts).where(contacts.c.id.in_(ids))):
        try:
            directory.contact_of(row, vault)
        except ConfigError as error:  # its head names a key that is not here
            raise RowDamaged(str(error)) from error
