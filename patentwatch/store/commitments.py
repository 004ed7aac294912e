"""What people did about the commitments of a plan, and the files that prove it.

Acts are only ever added. Everything is asked for as of a day.
"""

from dataclasses import replace
from datetime import date, time, timedelta
from typing import Any

from sqlalchemy import Connection, Select, func, insert, literal, select, union_all

from patentwatch import clean, clock
from patentwatch.errors import UsageError
from patentwatch.plan.acts import (
    Act,
    ActKind,
    check_county,
    check_extension,
    commitment_of,
)
from patentwatch.plan.values import Plan
from patentwatch.store.recordlinks import Proof
from patentwatch.store.tables import (
    commitment_acts,
    evidence,
    record_links,
    records,
)

TEXT_LIMIT = 2_000
"""How many characters of a text are kept; a longer one is refused."""


def extensions(connection: Connection, plan_name: str, *, on: date) -> dict[str, date]:
    """Return the newest due day of each commitment extended until `on`, inclusive."""
    acts = commitment_acts
    query = (
        select(acts.c.commitment, func.max(acts.c.until_on).label("until_on"))
        .where(acts.c.plan == plan_name, acts.c.act == ActKind.EXTENDED.value)
        .where(acts.c.acted_on <= on)
        .group_by(acts.c.commitment)
    )
    return {row.commitment: row.until_on for row in connection.execute(query)}


def acts_of(connection: Connection, plan_name: str, *, on: date) -> list[Act]:
    """Return every act of a plan until `on`, inclusive, oldest first."""
    query = _acts(plan_name).where(commitment_acts.c.acted_on <= on)
    return [_act(row) for row in connection.execute(query)]


def add(connection: Connection, plan: Plan, act: Act, *, dry_run: bool = False) -> bool:
    """Add an act about a commitment of the plan in force; False when it stands already.

    Raises `UsageError` for a commitment or county that the plan does not have, and for
    an extension asked for too late. Two at once wait for each other.
    """
    act = replace(
        act,
        acted_by=said(act.acted_by, "--by"),
        text=said(act.text, _TEXTS[act.kind]) if act.kind in _TEXTS else "",
    )
    commitment = commitment_of(plan, act.commitment)
    check_county(commitment, act.county)
    _wait_for_others(connection)
    query = _acts(plan.name).where(commitment_acts.c.commitment == act.commitment)
    before = [_act(row) for row in connection.execute(query)]
    if act.kind is ActKind.EXTENDED:
        if act.until_on is None:
            raise ValueError("an extension needs its new due day")
        check_extension(commitment, before, until_on=act.until_on, on=act.acted_on)
    elif _stands(before, act):
        return False
    if not dry_run:
        connection.execute(insert(commitment_acts).values(_row(plan.name, act)))
    return True


_TEXTS = {
    ActKind.RETURNED: "--reason",
    ActKind.EXTENDED: "--reason",
    ActKind.PROGRESS: "进展",
}


def said(text: str, what: str) -> str:
    """Return a text as it is kept: one visible line; raises `UsageError` for none."""
    seen = clean.line(text, limit=TEXT_LIMIT + 1)
    if not seen:
        raise UsageError(f"{what} 不能为空")
    if len(seen) > TEXT_LIMIT:
        raise UsageError(f"{what} 超过 {TEXT_LIMIT} 字；请写简短些，详情作为证据附上")
    return seen


def attach(
    connection: Connection,
    plan: Plan,
    commitment: str,
    proof: Proof,
    *,
    dry_run: bool = False,
) -> bool:
    """Add a file that proves progress; False when the same content is there already.

    Two at once wait for each other: no key of the table tells two files of a commitment
    apart, because their record is null.
    """
    commitment_of(plan, commitment)
    by = said(proof.added_by, "--by")
    _wait_for_others(connection)
    key = {"plan": plan.name, "commitment": commitment, "sha256": proof.sha256}
    query = select(evidence.c.id).filter_by(**key)
    if connection.execute(query.limit(1)).scalar() is not None:
        return False
    if not dry_run:
        name = clean.name(proof.name) or "未命名"
        connection.execute(
            insert(evidence).values(
                **key,
                name=name,
                size=proof.size,
                added_at=proof.added_at,
                added_by=by,
            )
        )
    return True


def evidence_counts(
    connection: Connection, plan_name: str, *, on: date
) -> dict[str, int]:
    """Return how many files prove each commitment, its linked records' among them.

    The same content counts once; what was added until the end of `on`.
    """
    before = clock.at(on + timedelta(days=1), time())
    own = select(evidence.c.commitment.label("commitment"), evidence.c.sha256).where(
        evidence.c.plan == plan_name,
        evidence.c.commitment != "",
        evidence.c.added_at < before,
    )
    linked = (
        _linked(plan_name, on=on)
        .add_columns(evidence.c.sha256)
        .join(evidence, evidence.c.record_id == records.c.id)
        .where(evidence.c.added_at < before)
    )
    both = union_all(own, linked).subquery()
    query = select(
        both.c.commitment, func.count(func.distinct(both.c.sha256)).label("total")
    ).group_by(both.c.commitment)
    return {row.commitment: row.total for row in connection.execute(query)}


def linked_counts(
    connection: Connection, plan_name: str, *, on: date
) -> dict[str, int]:
    """Return how many records that stand were tied to each commitment by a person."""
    linked = _linked(plan_name, on=on).add_columns(records.c.id).subquery()
    query = select(
        linked.c.commitment, func.count(func.distinct(linked.c.id)).label("total")
    ).group_by(linked.c.commitment)
    return {row.commitment: row.total for row in connection.execute(query)}


def _linked(plan_name: str, *, on: date) -> Select[Any]:
    key, prefix = record_links.c.to_key, f"{plan_name}/"
    id_ = func.substr(key, literal(len(prefix) + 1))
    return (
        select(id_.label("commitment"))
        .join_from(record_links, records, records.c.id == record_links.c.record_id)
        .where(
            record_links.c.to_kind == "commitment",
            key.startswith(prefix, autoescape=True),
            records.c.state == "active",
            records.c.occurred_on <= on,
        )
    )


def _stands(before: list[Act], act: Act) -> bool:
    """Whether the same is said already: a state by its last word, a note word by word.

    An act that is entered late is compared with what was before it.
    """
    same = [
        one
        for one in before
        if one.county == act.county and one.acted_on <= act.acted_on
    ]
    if act.kind is ActKind.PROGRESS:
        said_ = (act.acted_on, act.text, act.acted_by)
        return any(
            (one.acted_on, one.text, one.acted_by) == said_
            for one in same
            if one.kind is ActKind.PROGRESS
        )
    states = [one for one in same if one.kind in (ActKind.SIGNED, ActKind.RETURNED)]
    if not states or states[-1].kind is not act.kind:
        return False
    return act.kind is ActKind.SIGNED or states[-1].text == act.text


def _wait_for_others(connection: Connection) -> None:
    """Let nobody else add before this transaction ends; SQLite does so by itself."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(
            "LOCK TABLE commitment_acts IN SHARE ROW EXCLUSIVE MODE"
        )


def _acts(plan_name: str) -> Select[Any]:
    return (
        select(commitment_acts)
        .where(commitment_acts.c.plan == plan_name)
        .order_by(commitment_acts.c.acted_on, commitment_acts.c.id)
    )


def _act(row: Any) -> Act:
    return Act(
        commitment=row.commitment,
        kind=ActKind(row.act),
        acted_on=row.acted_on,
        acted_by=row.acted_by,
        recorded_at=row.recorded_at,
        county=row.county,
        text=row.text,
        until_on=row.until_on,
    )


def _row(plan_name: str, act: Act) -> dict[str, Any]:
    return {
        "plan": plan_name,
        "commitment": act.commitment,
        "county": act.county,
        "act": act.kind.value,
        "acted_on": act.acted_on,
        "until_on": act.until_on,
        "text": act.text,
        "acted_by": act.acted_by,
        "recorded_at": act.recorded_at,
    }
