"""Reading every row by which is decided, to find those that nobody wrote so."""

from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import Connection, select

from patentwatch.errors import ConfigError
from patentwatch.store import damage, directory, events, facts, patents
from patentwatch.store.tables import contacts
from patentwatch.store.vault import Vault

_Key = TypeVar("_Key", str, int)
_Read = Callable[[Sequence[_Key]], Any]


def damaged(connection: Connection, vault: Vault) -> Iterator[str]:
    """Yield what is wrong with patents, facts, events and contacts, in Chinese."""
    for page in patents.pages(connection):
        for table in (patents.many, facts.of, events.of):
            yield from _damaged(partial(table, connection), page)
    ids = connection.execute(select(contacts.c.id).order_by(contacts.c.id)).scalars()
    for chunk in patents.chunks(list(ids)):
        yield from _damaged(partial(_opened, connection, vault), chunk)


def _damaged(
    read: Callable[[Sequence[_Key]], Any], keys: Sequence[_Key]
) -> Iterator[str]:
    """Read what stands under keys; where that fails, look for the rows that do."""
    try:
        read(keys)
    except (ConfigError, *damage.UNREADABLE) as error:
        if not damage.is_damage(error):
            raise
        if len(keys) == 1:
            yield f"{keys[0]}：{error}"
            return
        middle = len(keys) // 2
        yield from _damaged(read, keys[:middle])
        yield from _damaged(read, keys[middle:])


def _opened(connection: Connection, vault: Vault, ids: Sequence[int]) -> None:
    for row in connection.execute(select(contacts).where(contacts.c.id.in_(ids))):
        directory.contact_of(row, vault)
