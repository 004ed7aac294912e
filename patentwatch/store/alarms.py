"""Alarms as stored: open while their cause stands, told once a day until it ends."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, insert, or_, select, update

from patentwatch.store.tables import alarms as table

TELL_AGAIN_AFTER = timedelta(days=1)

_DETAIL_LENGTH = 2000


@dataclass(frozen=True, slots=True)
class Alarm:
    """What the administrator has to know; no name, telephone or address is in it.

    `kind` is a stable word, `subject` which one of that kind ("" where there is only
    one), `detail` a Chinese sentence with the remedy. `told_at` is the last time.
    """

    kind: str
    subject: str
    detail: str
    raised_at: datetime
    told_at: datetime | None = None
    id: int = 0


def raise_alarm(
    connection: Connection,
    kind: str,
    *,
    subject: str = "",
    detail: str,
    now: datetime,
) -> None:
    """Open an alarm; while one of this kind and subject is open, only say it anew."""
    _alone(connection)
    detail = detail[:_DETAIL_LENGTH]
    known = connection.execute(
        update(table)
        .where(*_is_open(kind), table.c.subject == subject)
        .values(detail=detail)
    )
    if known.rowcount == 0:
        row = {"kind": kind, "subject": subject, "detail": detail, "raised_at": now}
        connection.execute(insert(table).values(row))


def clear(
    connection: Connection, kind: str, *, subject: str = "", now: datetime
) -> bool:
    """End an alarm whose cause is over; return whether there was one."""
    ended = connection.execute(
        update(table)
        .where(*_is_open(kind), table.c.subject == subject)
        .values(cleared_at=now)
    )
    return ended.rowcount > 0


def stand(
    connection: Connection,
    kind: str,
    details: Mapping[str, str],
    *,
    now: datetime,
) -> None:
    """Let the open alarms of a kind be these, by subject; all others are over."""
    for subject, detail in details.items():
        raise_alarm(connection, kind, subject=subject, detail=detail, now=now)
    connection.execute(
        update(table)
        .where(*_is_open(kind), table.c.subject.notin_(list(details)))
        .values(cleared_at=now)
    )


def standing(connection: Connection) -> list[Alarm]:
    """Return the open alarms, oldest first."""
    query = select(table).where(table.c.cleared_at.is_(None)).order_by(table.c.id)
    return [_alarm(row) for row in connection.execute(query)]


def untold(connection: Connection, *, now: datetime) -> list[Alarm]:
    """Return the open alarms that nobody was told of within a day, oldest first."""
    query = (
        select(table)
        .where(
            table.c.cleared_at.is_(None),
            or_(
                table.c.told_at.is_(None),
                table.c.told_at <= now - TELL_AGAIN_AFTER,
            ),
        )
        .order_by(table.c.id)
    )
    return [_alarm(row) for row in connection.execute(query)]


def mark_told(connection: Connection, ids: Collection[int], *, now: datetime) -> None:
    """Remember that somebody was told."""
    connection.execute(
        update(table).where(table.c.id.in_(list(ids))).values(told_at=now)
    )


def _is_open(kind: str) -> Sequence[Any]:
    return table.c.kind == kind, table.c.cleared_at.is_(None)


def _alone(connection: Connection) -> None:
    """Keep two daemons from opening the same alarm; SQLite has one writer anyway."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE alarms IN SHARE ROW EXCLUSIVE MODE")


def _alarm(row: Row[Any]) -> Alarm:
    return Alarm(
        row.kind,
        row.subject,
        row.detail,
        row.raised_at,
        told_at=row.told_at,
        id=row.id,
    )
