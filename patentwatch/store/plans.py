"""Plans in every wording they ever had: a new one is a new row, the old one stays."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any, Literal

from sqlalchemy import Connection, Row, func, insert, select

from patentwatch.errors import InputError
from patentwatch.plan import planfile
from patentwatch.plan.values import Plan
from patentwatch.store.tables import plans

Saved = Literal["created", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Wording:
    """One wording of a plan, and who loaded it when from which file."""

    id: int
    name: str
    year: int
    title: str
    document_no: str
    in_force_on: date
    fingerprint: str
    commitments: int
    file: str
    loaded_at: datetime
    loaded_by: str


def fingerprint(plan: Plan) -> str:
    """Return what tells one wording from another; comments in the file do not."""
    content = json.dumps(
        planfile.to_json(plan),
        ensure_ascii=False,
        sort_keys=True,
        separators=(",", ":"),
    )
    return sha256(content.encode()).hexdigest()


def save(
    connection: Connection, plan: Plan, *, file: str, by: str, now: datetime
) -> Saved:
    """Keep a plan as its file says it; a wording that is known already is unchanged.

    Raises `InputError` for what would rewrite history: a name that belongs to another
    year, or an older wording again that a newer one of the same day has replaced.
    """
    known = _rows(connection, plan.name)
    saved = _would_save(plan, known)
    if saved != "unchanged":
        connection.execute(
            insert(plans).values(
                name=plan.name,
                year=plan.year,
                in_force_on=plan.in_force_on,
                fingerprint=fingerprint(plan),
                content=planfile.to_json(plan),
                file=file,
                loaded_at=now,
                loaded_by=by,
            )
        )
    return saved


def would_save(connection: Connection, plan: Plan) -> Saved:
    """Return what `save` would do, and write nothing; raises what it would raise."""
    return _would_save(plan, _rows(connection, plan.name))


def in_force(connection: Connection, name: str, *, on: date) -> Plan | None:
    """Return the wording that held on a day, before the first one that one.

    Of several of the same day it is the one loaded last. None: no such plan.
    """
    by_day = (plans.c.in_force_on.desc(), plans.c.id.desc())
    query = select(plans.c.content).where(plans.c.name == name).limit(1)
    found = connection.execute(
        query.where(plans.c.in_force_on <= on).order_by(*by_day)
    ).scalar()
    if found is None:
        first = (plans.c.in_force_on, plans.c.id.desc())
        found = connection.execute(query.order_by(*first)).scalar()
    return None if found is None else planfile.from_json(found)


def names(connection: Connection) -> tuple[str, ...]:
    """Return the names of the plans, the oldest year first."""
    query = (
        select(plans.c.name)
        .group_by(plans.c.name)
        .order_by(func.min(plans.c.year), plans.c.name)
    )
    return tuple(connection.execute(query).scalars())


def wordings(connection: Connection, name: str) -> tuple[Wording, ...]:
    """Return every wording of a plan, in the order in which they came into force."""
    return tuple(_wording(row) for row in _rows(connection, name))


def holding(wordings: Sequence[Wording], *, on: date) -> Wording:
    """Return which of a plan's wordings `in_force` takes on a day."""
    so_far = [one for one in wordings if one.in_force_on <= on]
    day = so_far[-1].in_force_on if so_far else wordings[0].in_force_on
    return [one for one in wordings if one.in_force_on == day][-1]


def _rows(connection: Connection, name: str) -> list[Row[Any]]:
    query = select(plans).where(plans.c.name == name)
    return list(connection.execute(query.order_by(plans.c.in_force_on, plans.c.id)))


def _would_save(plan: Plan, known: list[Row[Any]]) -> Saved:
    for row in known:
        if row.year != plan.year:
            raise InputError(
                f"计划名 {plan.name} 已用于 {row.year} 年；请给 {plan.year} 年的计划"
                "另起一个 name"
            )
    same_day = [row for row in known if row.in_force_on == plan.in_force_on]
    mark = fingerprint(plan)
    if all(row.fingerprint != mark for row in same_day):
        return "changed" if known else "created"
    if same_day[-1].fingerprint != mark:
        raise InputError(
            f"计划 {plan.name} 的这一文本早已载入，后来已被同一天（{plan.in_force_on}）"
            "生效的另一文本取代；要改回去，请写新的 in_force_on（恢复生效的日期）"
        )
    return "unchanged"


def _wording(row: Row[Any]) -> Wording:
    plan = planfile.from_json(row.content)
    return Wording(
        id=row.id,
        name=row.name,
        year=row.year,
        title=plan.title,
        document_no=plan.document_no,
        in_force_on=row.in_force_on,
        fingerprint=row.fingerprint,
        commitments=len(plan.commitments),
        file=row.file,
        loaded_at=row.loaded_at,
        loaded_by=row.loaded_by,
    )
