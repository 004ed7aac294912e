"""Circuits as stored: one row per transport, shared by every daemon."""

from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from patentwatch import circuits
from patentwatch.circuits import Circuit, Tries
from patentwatch.store.inserting import insert_once
from patentwatch.store.tables import circuits as table


def ask(connection: Connection, transport: str, *, now: datetime) -> Tries:
    """Return how many messages may be tried; ONE is given to one asker only.

    Whoever is given it tries one message and says with `record` what came of it.
    """
    found = _locked(connection, transport)
    if found is None:
        return Tries.ANY
    tries = circuits.tries(found, now=now)
    if tries is Tries.ONE:
        _write(connection, circuits.probing(found, now=now))
    return tries


def record(
    connection: Connection,
    transport: str,
    *,
    failure: str | None,
    probe: bool,
    now: datetime,
) -> Circuit:
    """Write what came of a try; `failure` None: the other side took or refused it.

    `failure` is what to tell the administrator: a code and a server's word without
    anybody's address. `probe`: `ask` had said ONE. Belongs into the transaction that
    settles the message, so that a try is counted once.
    """
    before = _locked(connection, transport)
    if before is None:
        if failure is None:
            return Circuit(transport)
        empty = {"transport": transport, "failures": 0, "detail": ""}
        insert_once(connection, table, [empty])
        before = _locked(connection, transport) or Circuit(transport)
    after = (
        circuits.answered(before)
        if failure is None
        else circuits.failed(before, probe=probe, detail=failure[:500], now=now)
    )
    if after != before:
        _write(connection, after)
    return after


def known(connection: Connection) -> list[Circuit]:
    """Return every circuit that ever saw a failure, by name."""
    return [
        _circuit(row)
        for row in connection.execute(select(table).order_by(table.c.transport))
    ]


def down(connection: Connection) -> frozenset[str]:
    """Return the transports that are left alone now, because they failed too often."""
    query = select(table.c.transport).where(table.c.open_until_at.is_not(None))
    return frozenset(connection.execute(query).scalars())


def _locked(connection: Connection, transport: str) -> Circuit | None:
    query = select(table).where(table.c.transport == transport).with_for_update()
    row = connection.execute(query).one_or_none()
    return None if row is None else _circuit(row)


def _write(connection: Connection, circuit: Circuit) -> None:
    connection.execute(
        update(table)
        .where(table.c.transport == circuit.transport)
        .values(
            failures=circuit.failures,
            down_since_at=circuit.down_since_at,
            open_until_at=circuit.open_until_at,
            detail=circuit.detail,
        )
    )


def _circuit(row: Row[Any]) -> Circuit:
    return Circuit(
        row.transport,
        row.failures,
        down_since_at=row.down_since_at,
        open_until_at=row.open_until_at,
        detail=row.detail,
    )
