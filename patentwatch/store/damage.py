"""Rows that are not what was written into them.

SQLite keeps no sums: a changed byte inside a value is found by nobody. Rows by which is
decided carry a hash or a key of their content, which is compared when they are read.
"""

from collections.abc import Callable, Iterator, Sequence
from typing import TypeVar

from sqlalchemy.exc import OperationalError

from patentwatch.errors import RowDamaged

_Key = TypeVar("_Key", str, int)
_Found = TypeVar("_Found")

_UNREADABLE = (RowDamaged, ValueError, OperationalError)
"""What reading a damaged row raises; see `_is_damage`."""


def check(table: str, row_id: str | int, *, written: str, found: str) -> None:
    """Raise `RowDamaged` where a row is not the one whose hash or key it carries."""
    if found != written:
        raise RowDamaged(
            f"数据表 {table} 的一行（{row_id}）与写入时不同，可能已损坏；"
            "请停止守护进程，从备份恢复：patentwatch db restore 备份文件"
        )


def apart(
    read: Callable[[Sequence[_Key]], _Found],
    keys: Sequence[_Key],
    *,
    on_damage: Callable[[_Key, Exception], object],
) -> Iterator[_Found]:
    """Yield what is read under keys, in parts where rows are damaged.

    All at once where none is. `on_damage` is told of each key whose rows are.
    """
    try:
        found = read(keys)
    except _UNREADABLE as error:
        if not _is_damage(error):
            raise
        if len(keys) == 1:
            on_damage(keys[0], error)
            return
        middle = len(keys) // 2
        yield from apart(read, keys[:middle], on_damage=on_damage)
        yield from apart(read, keys[middle:], on_damage=on_damage)
    else:
        yield found


def _is_damage(error: Exception) -> bool:
    """Tell whether an error speaks of one row, not of the database."""
    if isinstance(error, OperationalError):
        return "Could not decode to UTF-8" in str(error.orig)
    return True
