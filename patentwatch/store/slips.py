"""Supervision slips: issued one by one through the year, answered, asked for by day.

A number is given once: slips are never deleted, and two who issue at once wait for each
other.
"""

import re
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, func, insert, or_, select, update

from patentwatch.errors import UsageError
from patentwatch.plan.acts import (
    Colour,
    Slip,
    check_county,
    commitment_of,
    followed,
)
from patentwatch.plan.values import Plan
from patentwatch.store.commitments import said
from patentwatch.store.tables import slips


def issue(
    connection: Connection,
    plan: Plan,
    commitment: str,
    *,
    colour: Colour,
    county: str,
    text: str,
    reply_by_on: date,
    by: str,
    on: date,
    follows: str = "",
    dry_run: bool = False,
) -> Slip:
    """Issue a slip about a commitment of the plan in force; return it with its number.

    `county` "": to the lead unit. `follows` names the milder slip whose answer was not
    enough. A trial returns the number that would come next.
    """
    check_county(commitment_of(plan, commitment), county)
    text, by = said(text, "--text"), said(by, "--by")
    if reply_by_on < on:
        raise UsageError(f"回复期限 {reply_by_on} 早于发出日 {on}；请改 --reply-by")
    _wait_for_others(connection)
    before = _of_plan(connection, plan.name)
    milder = followed(
        before, colour, commitment=commitment, county=county, on=on, follows=follows
    )
    slip = Slip(
        year=on.year,
        number=_next_number(connection, on.year),
        colour=colour,
        commitment=commitment,
        county=county,
        issued_on=on,
        reply_by_on=reply_by_on,
        text=text,
        issued_by=by,
        follows=milder.name if milder else "",
    )
    _refuse_twin(before, slip)
    if not dry_run:
        _add(connection, plan.name, slip)
    return slip


def reply(
    connection: Connection,
    name: str,
    *,
    text: str,
    by: str,
    on: date,
    dry_run: bool = False,
) -> Slip:
    """Write down the one reply to a slip, named as 2023-7; return it answered."""
    text, by = said(text, "--text"), said(by, "--by")
    _wait_for_others(connection)
    found = _named(connection, name)
    if found.replied_on is not None:
        raise UsageError(
            f"督办单 {name} 已于 {found.replied_on} 回复（{found.replied_by}），"
            "不能再改；有新情况请登记进展（plan note）"
        )
    if on < found.issued_on:
        raise UsageError(
            f"回复日 {on} 早于督办单 {name} 的发出日 {found.issued_on}；请核对 --on"
        )
    mine = (slips.c.year == found.year) & (slips.c.number == found.number)
    if not dry_run:
        answer = {"replied_on": on, "reply": text, "replied_by": by}
        connection.execute(update(slips).where(mine).values(answer))
    return replace(found, replied_on=on, reply=text, replied_by=by)


def slips_of(connection: Connection, plan_name: str, *, on: date) -> list[Slip]:
    """Return every slip of a plan as it was on a day, in the order of their numbers."""
    query = _slips().where(slips.c.plan == plan_name, slips.c.issued_on <= on)
    return [_slip(row, on=on) for row in connection.execute(query)]


def open_slips(connection: Connection, plan_name: str, *, on: date) -> list[Slip]:
    """Return the slips of a plan that nobody had answered by the end of a day."""
    query = _slips().where(
        slips.c.plan == plan_name,
        slips.c.issued_on <= on,
        or_(slips.c.replied_on.is_(None), slips.c.replied_on > on),
    )
    return [_slip(row, on=on) for row in connection.execute(query)]


def overdue_slips(connection: Connection, plan_name: str, *, on: date) -> list[Slip]:
    """Return the open slips of a plan whose last day for a reply is before `on`."""
    found = open_slips(connection, plan_name, on=on)
    return [slip for slip in found if slip.is_overdue(on)]


def _slips() -> Select[Any]:
    milder = slips.alias("milder")
    return (
        select(
            slips,
            milder.c.year.label("milder_year"),
            milder.c.number.label("milder_number"),
        )
        .outerjoin(milder, milder.c.id == slips.c.follows)
        .order_by(slips.c.year, slips.c.number)
    )


def _of_plan(connection: Connection, plan_name: str) -> list[Slip]:
    """Return every slip of a plan as it stands now, whatever day it was."""
    query = _slips().where(slips.c.plan == plan_name)
    return [_slip(row, on=date.max) for row in connection.execute(query)]


def _named(connection: Connection, name: str) -> Slip:
    year, number = _key(name)
    query = _slips().where(slips.c.year == year, slips.c.number == number)
    row = connection.execute(query).one_or_none()
    if row is None:
        raise UsageError(
            f"没有督办单 {name}；patentwatch plan slip list 可查编号",
            code="slip_unknown",
        )
    return _slip(row, on=date.max)


def _key(name: str) -> tuple[int, int]:
    found = re.fullmatch(r"([0-9]{4})-([0-9]{1,6})", name.strip())
    if found is None:
        raise UsageError(f"“{name}”不是督办单编号，应如 2023-7（年份-序号）")
    return int(found[1]), int(found[2])


def _refuse_twin(before: list[Slip], slip: Slip) -> None:
    """Refuse the same words to the same unit while they wait for a reply."""
    about = (slip.commitment, slip.county, slip.colour, slip.text)
    for one in before:
        if one.replied_on is None and about == (
            one.commitment,
            one.county,
            one.colour,
            one.text,
        ):
            raise UsageError(f"内容相同的督办单 {one.name} 还在等待回复，不重复发出")


def _next_number(connection: Connection, year: int) -> int:
    query = select(func.max(slips.c.number)).where(slips.c.year == year)
    last: int | None = connection.execute(query).scalar()
    return (last or 0) + 1


def _add(connection: Connection, plan_name: str, slip: Slip) -> None:
    milder = None
    if slip.follows:
        year, number = _key(slip.follows)
        milder = select(slips.c.id).where(
            slips.c.year == year, slips.c.number == number
        )
    connection.execute(
        insert(slips).values(
            year=slip.year,
            number=slip.number,
            colour=slip.colour.value,
            plan=plan_name,
            commitment=slip.commitment,
            county=slip.county,
            issued_on=slip.issued_on,
            reply_by_on=slip.reply_by_on,
            text=slip.text,
            issued_by=slip.issued_by,
            follows=milder.scalar_subquery() if milder is not None else None,
        )
    )


def _wait_for_others(connection: Connection) -> None:
    """Let nobody else issue before this transaction ends; SQLite does so by itself."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("LOCK TABLE slips IN SHARE ROW EXCLUSIVE MODE")


def _slip(row: Any, *, on: date) -> Slip:
    answered = row.replied_on is not None and row.replied_on <= on
    return Slip(
        year=row.year,
        number=row.number,
        colour=Colour(row.colour),
        commitment=row.commitment,
        county=row.county,
        issued_on=row.issued_on,
        reply_by_on=row.reply_by_on,
        text=row.text,
        issued_by=row.issued_by,
        follows=f"{row.milder_year}-{row.milder_number}" if row.milder_year else "",
        replied_on=row.replied_on if answered else None,
        reply=row.reply if answered else "",
        replied_by=row.replied_by if answered else "",
    )
