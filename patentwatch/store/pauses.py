"""What keeps alerts back for a while: holds on a patent, silences on a scope."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from sqlalchemy import Connection, and_, insert, or_, select, update

from patentwatch.model import Hold, Patent
from patentwatch.names import name_key
from patentwatch.store.holders import held_by
from patentwatch.store.patents import chunks, look_again
from patentwatch.store.tables import holds, patents, silences


def holds_of(
    connection: Connection, numbers: Iterable[str], *, on: date
) -> dict[str, list[Hold]]:
    """Return the holds that stand on a day."""
    found: dict[str, list[Hold]] = {}
    for chunk in chunks(numbers):
        query = select(holds).where(
            holds.c.application_no.in_(chunk), _stands(holds, on)
        )
        for row in connection.execute(query):
            found.setdefault(row.application_no, []).append(
                Hold(row.reason, fee_year=row.fee_year, until_on=row.until_on)
            )
    return found


def add_hold(
    connection: Connection,
    number: str,
    *,
    fee_year: int | None,
    reason: str,
    by: str,
    on: date,
    until_on: date | None,
) -> None:
    """Hold a patent's alerts from `on` to `until_on`, both inclusive."""
    connection.execute(
        insert(holds).values(
            application_no=number,
            fee_year=fee_year,
            reason=reason,
            placed_by=by,
            from_on=on,
            until_on=until_on,
        )
    )
    look_again(connection, [number])


def end_holds(
    connection: Connection,
    number: str,
    *,
    fee_year: int | None,
    by: str,
    on: date,
    dry_run: bool = False,
) -> int:
    """End the holds of a patent from `on`; `fee_year` None: all. Return how many."""
    query = select(holds.c.id).where(
        holds.c.application_no == number, _stands(holds, on)
    )
    if fee_year is not None:
        query = query.where(holds.c.fee_year == fee_year)
    ids = list(connection.execute(query).scalars())
    if ids and not dry_run:
        connection.execute(
            update(holds).where(holds.c.id.in_(ids)).values(ended_on=on, ended_by=by)
        )
        look_again(connection, [number])
    return len(ids)


def standing_holds(connection: Connection, *, on: date) -> list[dict[str, Any]]:
    """Return the holds that stand on a day, as the command line shows them."""
    query = select(holds).where(_stands(holds, on)).order_by(holds.c.id)
    return [
        {
            "application_no": row.application_no,
            "fee_year": row.fee_year,
            "reason": row.reason,
            "by": row.placed_by,
            "from": row.from_on,
            "until": row.until_on,
        }
        for row in connection.execute(query)
    ]


@dataclass(frozen=True, slots=True)
class SilenceScope:
    """What a silence covers: exactly one of a patent, a party, a county."""

    application_no: str = ""
    party: str = ""
    county: str = ""


def add_silence(
    connection: Connection,
    scope: SilenceScope,
    *,
    reason: str,
    by: str,
    on: date,
    until_on: date,
) -> int:
    """Say nothing about a scope from `on` to `until_on`, both inclusive."""
    key = connection.execute(
        insert(silences).values(
            application_no=scope.application_no,
            name_key=name_key(scope.party)[:500],
            county=scope.county,
            reason=reason,
            placed_by=by,
            from_on=on,
            until_on=until_on,
        )
    ).inserted_primary_key
    assert key is not None  # noqa: S101 - every row of the table has one
    _look_again_at(connection, key[0])
    return int(key[0])


def end_silence(
    connection: Connection, number: int, *, by: str, on: date, dry_run: bool = False
) -> bool:
    """End a silence from `on`; False when there is none of that number standing."""
    query = silences.c.id == number, _stands(silences, on)
    if connection.execute(select(silences.c.id).where(*query)).first() is None:
        return False
    if not dry_run:
        connection.execute(
            update(silences).where(*query).values(ended_on=on, ended_by=by)
        )
        _look_again_at(connection, number)
    return True


def standing_silences(connection: Connection, *, on: date) -> list[dict[str, Any]]:
    """Return the silences that stand on a day, as the command line shows them."""
    query = select(silences).where(_stands(silences, on)).order_by(silences.c.id)
    return [
        {
            "silence": row.id,
            "application_no": row.application_no,
            "party": row.name_key,
            "county": row.county,
            "reason": row.reason,
            "by": row.placed_by,
            "from": row.from_on,
            "until": row.until_on,
        }
        for row in connection.execute(query)
    ]


def silences_on(
    connection: Connection, *, on: date
) -> tuple[set[str], set[str], set[str]]:
    """Return the patents, the parties' name keys and the counties silenced on a day."""
    rows = connection.execute(select(silences).where(_stands(silences, on))).all()
    return (
        {row.application_no for row in rows} - {""},
        {row.name_key for row in rows} - {""},
        {row.county for row in rows} - {""},
    )


def silenced(patent: Patent, standing: tuple[set[str], set[str], set[str]]) -> bool:
    """Return whether one of the silences of `silences_on` covers this patent."""
    numbers, parties, counties = standing
    return (
        patent.application_no in numbers
        or patent.county in counties
        or bool(parties & {name_key(name)[:500] for name in patent.patentees})
    )


def waking_days(
    connection: Connection, numbers: Iterable[str], *, on: date
) -> dict[str, date]:
    """Return, for each patent, the next day on which a hold begins or ends."""
    found: dict[str, date] = {}
    for chunk in chunks(numbers):
        query = select(holds).where(holds.c.application_no.in_(chunk))
        for row in connection.execute(query):
            over_on = row.until_on + timedelta(days=1) if row.until_on else None
            for day in (row.from_on, over_on, row.ended_on):
                if day is not None and day > on:
                    known = found.get(row.application_no)
                    found[row.application_no] = min(known, day) if known else day
    return found


def silence_waking_day(connection: Connection, *, on: date) -> date | None:
    """Return the next day after `on` on which any silence begins or ends."""
    days = []
    for row in connection.execute(select(silences)):
        days += [row.from_on, row.until_on + timedelta(days=1), row.ended_on]
    return min((day for day in days if day is not None and day > on), default=None)


def _look_again_at(connection: Connection, silence: int) -> None:
    row = connection.execute(select(silences).where(silences.c.id == silence)).one()
    if row.application_no:
        look_again(connection, [row.application_no])
    if row.name_key:
        look_again(connection, held_by(connection, name_keys=[row.name_key]))
    if row.county:
        connection.execute(
            update(patents)
            .where(patents.c.county == row.county)
            .values(next_look_on=None)
        )


def _stands(table: Any, on: date) -> Any:
    return and_(
        table.c.from_on <= on,
        or_(table.c.until_on.is_(None), table.c.until_on >= on),
        or_(table.c.ended_on.is_(None), table.c.ended_on > on),
    )
