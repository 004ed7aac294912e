"""Rows that are not what was written into them.

SQLite keeps no sums: a changed byte inside a value is found by nobody. Rows by which is
decided carry a hash or a key of their content, which is compared when they are read.
"""

from sqlalchemy.exc import OperationalError

from patentwatch.errors import RowDamaged

UNREADABLE = (RowDamaged, ValueError, OperationalError)
"""What reading a damaged row raises; see `is_damage`."""


def check(table: str, row_id: str | int, *, written: str, found: str) -> None:
    """Raise `RowDamaged` where a row is not the one whose hash or key it carries."""
    if found != written:
        raise RowDamaged(
            f"数据表 {table} 的一行（{row_id}）与写入时不同，可能已损坏；"
            "请停止守护进程，从备份恢复：patentwatch db restore 备份文件"
        )


def is_damage(error: Exception) -> bool:
    """Tell whether an error of `UNREADABLE` speaks of one row, not of the database."""
    if isinstance(error, OperationalError):
        return "Could not decode to UTF-8" in str(error.orig)
    return True
