"""A staged list written into the register, set by set.

What a run spoke of is remembered beside it, so that `takingback` can undo it: null for
a patent it created, else the columns it changed as they were.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import (
    JSON,
    ColumnElement,
    Connection,
    Date,
    Select,
    Text,
    Update,
    and_,
    cast,
    delete,
    exists,
    func,
    insert,
    literal,
    null,
    or_,
    select,
    text,
    tuple_,
    union,
    update,
)

from patentwatch.model import FactKind, PatentType
from patentwatch.status.fold import EXPIRY
from patentwatch.store.facts import insert_new
from patentwatch.store.patents import ATTRIBUTES
from patentwatch.store.staging import (
    FACT_COLUMNS,
    Fate,
    Scope,
    absent,
    staged,
    staged_facts,
    staged_holders,
)
from patentwatch.store.standings import AS_KNOWN, BY_LAW
from patentwatch.store.tables import (
    events,
    facts,
    holders,
    listings,
    patents,
    run_changes,
    spells,
)

_CONTENT = (*ATTRIBUTES, "fingerprint")
_LISTING = ("listed_on", "listed_run_id")
_SETTLED = (Fate.CREATED.value, Fate.CHANGED.value)


def take(
    connection: Connection, scope: Scope, run_id: int, *, term_years: int, now: datetime
) -> None:
    """Write the staged list into the register, remembering what it changes.

    `term_years`: how long an invention's right lasts, from its filing day.
    """
    _remember(connection, run_id)
    _write_patents(connection, scope, run_id)
    _write_holders(connection)
    _write_listings(connection, scope, run_id)
    _write_facts(connection, scope, run_id, now=now)
    _write_spells(connection, scope, term_years)


def touch(connection: Connection, run_id: int, numbers: Iterable[str]) -> None:
    """Remember that a run spoke of patents whose columns it does not change."""
    rows = [
        {"run_id": run_id, "application_no": number, "before": {}}
        for number in sorted(set(numbers))
    ]
    if rows:
        connection.execute(insert(run_changes), rows)


def touch_told(connection: Connection, run_id: int) -> None:
    """Remember of which patents a run has told facts or events."""
    told = union(
        select(facts.c.application_no).where(facts.c.run_id == run_id),
        select(events.c.application_no).where(events.c.run_id == run_id),
    ).subquery()
    spoken_of = select(literal(run_id), told.c.application_no, literal({}, JSON))
    names = ["run_id", "application_no", "before"]
    connection.execute(insert(run_changes).from_select(names, spoken_of))


def settle_missing() -> Update:
    """Set since when each patent is missing: the first newer list that lacks it."""
    lacking = (
        select(listings.c.as_of_on)
        .where(
            listings.c.county == patents.c.county,
            tuple_(listings.c.as_of_on, listings.c.run_id)
            > tuple_(patents.c.listed_on, patents.c.listed_run_id),
        )
        .order_by(listings.c.as_of_on, listings.c.run_id)
        .limit(1)
        .scalar_subquery()
    )
    return (
        update(patents)
        .where(patents.c.missing_since_on.is_distinct_from(lacking))
        .values(missing_since_on=lacking)
    )


def _remember(connection: Connection, run_id: int) -> None:
    names = ["run_id", "application_no", "before"]
    new = select(literal(run_id), staged.c.application_no, null()).where(
        staged.c.fate == Fate.CREATED.value
    )
    connection.execute(insert(run_changes).from_select(names, new))
    for fate, columns in (
        (Fate.CHANGED, (*_CONTENT, *_LISTING)),
        (Fate.UNCHANGED, _LISTING),
        (Fate.OLDER, ()),
    ):
        known = select(
            literal(run_id), patents.c.application_no, _as_json(connection, columns)
        ).where(
            patents.c.application_no == staged.c.application_no,
            staged.c.fate == fate.value,
        )
        connection.execute(insert(run_changes).from_select(names, known))


def _as_json(connection: Connection, columns: Iterable[str]) -> ColumnElement[Any]:
    postgres = connection.dialect.name == "postgresql"
    make = func.json_build_object if postgres else func.json_object
    pairs = [part for name in columns for part in (literal(name), patents.c[name])]
    return make(*pairs)


def _write_patents(connection: Connection, scope: Scope, run_id: int) -> None:
    new = select(
        staged.c.application_no,
        *(staged.c[name] for name in _CONTENT),
        literal(scope.as_of_on, patents.c.listed_on.type),
        literal(run_id),
    ).where(staged.c.fate == Fate.CREATED.value)
    names = ["application_no", *_CONTENT, *_LISTING]
    connection.execute(
        insert(patents).from_select(names, new.order_by(staged.c.application_no))
    )
    same = patents.c.application_no == staged.c.application_no
    connection.execute(
        update(patents)
        .where(same, staged.c.fate == Fate.CHANGED.value)
        .values({name: staged.c[name] for name in _CONTENT} | {"next_look_on": None})
    )
    connection.execute(
        update(patents)
        .where(same, staged.c.fate.in_((Fate.CHANGED.value, Fate.UNCHANGED.value)))
        .values(listed_on=scope.as_of_on, listed_run_id=run_id)
    )


def _write_holders(connection: Connection) -> None:
    changed = select(staged.c.application_no).where(staged.c.fate == Fate.CHANGED.value)
    connection.execute(delete(holders).where(holders.c.application_no.in_(changed)))
    keys = select(staged.c.application_no, staged_holders.c.name_key).where(
        staged.c.seq == staged_holders.c.seq, staged.c.fate.in_(_SETTLED)
    )
    connection.execute(
        insert(holders).from_select(["application_no", "name_key"], keys)
    )


def _write_listings(connection: Connection, scope: Scope, run_id: int) -> None:
    """Note for which counties the list is complete; settle who is missing since when.

    Whoever this list has is not missing, unless a newer list was there before it.
    """
    if scope.counties:
        connection.execute(
            insert(listings),
            [
                {"county": county, "as_of_on": scope.as_of_on, "run_id": run_id}
                for county in sorted(scope.counties)
            ],
        )
    newest_on = connection.execute(select(func.max(listings.c.as_of_on))).scalar()
    statement = settle_missing()
    if newest_on is None or newest_on <= scope.as_of_on:
        statement = statement.where(
            or_(
                patents.c.missing_since_on.is_not(None),
                and_(patents.c.county.in_(sorted(scope.counties)), absent()),
            )
        )
    connection.execute(statement)


def _write_spells(connection: Connection, scope: Scope, term_years: int) -> None:
    """Count new rights at once as the list shows them: from grant to the end of term.

    A look writes the same for whoever has no more to tell; until then a register that
    was just imported is not an empty one. Nothing is assumed where the list does not
    say when a right was granted, or where notices have come before it.
    """
    ends_on = _term_ends_on(connection, patents.c.filing_on, term_years)
    told = exists().where(events.c.application_no == patents.c.application_no)
    new = select(
        patents.c.application_no,
        literal("").label("view"),
        patents.c.grant_on,
        ends_on,
        patents.c.county,
        literal("granted"),
        literal(EXPIRY),
    ).where(
        patents.c.application_no == staged.c.application_no,
        staged.c.fate == Fate.CREATED.value,
        patents.c.patent_type == PatentType.INVENTION.value,
        patents.c.grant_on <= scope.as_of_on,
        patents.c.grant_on < ends_on,
        ~told,
    )
    names = [column.name for column in spells.c]
    for view in (BY_LAW, AS_KNOWN):
        columns = [*new.selected_columns]
        columns[1] = literal(view)
        connection.execute(
            insert(spells).from_select(names, new.with_only_columns(*columns))
        )


def _term_ends_on(
    connection: Connection, filing_on: ColumnElement[Any], years: int
) -> ColumnElement[Any]:
    """Return in SQL when a term ends: the same day so many years later.

    Over a multiple of four years no leap day is lost; a look corrects any other.
    """
    if connection.dialect.name == "postgresql":
        return cast(filing_on + text(f"interval '{years:d} years'"), Date)
    return func.date(filing_on, f"+{years:d} years", type_=Date)


def _write_facts(
    connection: Connection, scope: Scope, run_id: int, *, now: datetime
) -> None:
    common = {"run_id": run_id, "recorded_by": "", "recorded_at": now, "ref": ""}
    for said in (_listings_said(scope), _other_facts()):
        names = [*said.selected_columns.keys(), *common]
        values = [literal(v, facts.c[n].type) for n, v in common.items()]
        insert_new(connection, names, said.add_columns(*values))
    connection.execute(
        update(patents)
        .where(
            patents.c.next_look_on.is_not(None),
            patents.c.application_no.in_(
                select(facts.c.application_no).where(facts.c.run_id == run_id)
            ),
        )
        .values(next_look_on=None)
    )


def _listings_said(scope: Scope) -> Select[Any]:
    """Return the facts of rows that say no more than: listed as valid on that day."""
    day = literal(scope.as_of_on, facts.c.dated_on.type)
    key = (
        literal(f"{FactKind.LISTED.value}|")
        + staged.c.listed_by
        + f"|{scope.as_of_on.isoformat()}|||"
        + func.coalesce(cast(staged.c.paid_through, Text), "")
        + "||"
        + func.coalesce("|" + staged.c.county, "")
    )
    return select(
        staged.c.application_no,
        key.label("natural_key"),
        literal(FactKind.LISTED.value).label("kind"),
        staged.c.listed_by.label("source"),
        day.label("dated_on"),
        staged.c.paid_through,
        staged.c.county,
        literal("").label("note"),
    ).where(staged.c.listed_by.is_not(None))


def _other_facts() -> Select[Any]:
    return select(
        staged.c.application_no, *(staged_facts.c[name] for name in FACT_COLUMNS)
    ).where(staged.c.seq == staged_facts.c.seq)
