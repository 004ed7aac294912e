"""Patents in the database: rows to values and back, and who is due for a look."""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, TypeVar

from sqlalchemy import (
    Connection,
    Row,
    bindparam,
    func,
    or_,
    select,
    union,
    update,
)

from patentwatch.model import Patent, PatentNumber, PatentType
from patentwatch.store import damage
from patentwatch.store.tables import events, facts, patents

_NO_QUESTION = ("GRANT", "PENDING")

_Key = TypeVar("_Key", str, int)

CHUNK = 500
MANY = 20_000

ATTRIBUTES = (
    "patent_type",
    "filing_on",
    "grant_on",
    "grant_publication_no",
    "title",
    "patentees",
    "credit_codes",
    "address",
    "county",
    "ipc",
    "agency",
    "reduction",
    "paid_through",
    "legal_status",
    "queried_on",
    "high_value",
)
"""The columns a list fills, in the order of the table."""


def values_of(patent: Patent) -> tuple[str | int | None, ...]:
    """Return `ATTRIBUTES` of a patent as a list shows it; days as ISO text."""
    grant_on, queried_on = patent.grant_on, patent.queried_on
    return (
        patent.patent_type.value,
        patent.filing_on.isoformat(),
        grant_on.isoformat() if grant_on else None,
        patent.grant_publication_no,
        patent.title,
        "\n".join(patent.patentees),
        "\n".join(patent.credit_codes),
        patent.address,
        patent.county,
        patent.ipc,
        patent.agency,
        patent.reduction,
        patent.paid_through,
        patent.legal_status,
        queried_on.isoformat() if queried_on else None,
        patent.high_value,
    )


def row_of(patent: Patent) -> dict[str, Any]:
    """Return the columns of a patent as a list shows it, for an insert by name."""
    values = values_of(patent)
    days = ("filing_on", "grant_on", "queried_on")
    return {
        "application_no": patent.application_no,
        **dict(zip(ATTRIBUTES, values, strict=True)),
        **{name: getattr(patent, name) for name in days},
        "fingerprint": fingerprint(values),
    }


def fingerprint(values: tuple[str | int | None, ...]) -> str:
    """Return what tells whether two lists show the same columns.

    Stored with them, it also tells a row that was damaged: whoever changes how it is
    computed migrates those that are there.
    """
    return hashlib.blake2b(repr(values).encode(), digest_size=16).hexdigest()


def patent_of(row: Row[Any] | Mapping[str, Any]) -> Patent:
    """Return the patent that a row holds."""
    cell = row if isinstance(row, Mapping) else row._mapping  # noqa: SLF001 - documented
    return Patent(
        application_no=PatentNumber(cell["application_no"]),
        patent_type=PatentType(cell["patent_type"]),
        filing_on=cell["filing_on"],
        title=cell["title"],
        grant_on=cell["grant_on"],
        grant_publication_no=cell["grant_publication_no"],
        patentees=tuple(cell["patentees"].split("\n")) if cell["patentees"] else (),
        credit_codes=tuple(cell["credit_codes"].split("\n"))
        if cell["credit_codes"]
        else (),
        address=cell["address"],
        county=cell["county"],
        ipc=cell["ipc"],
        agency=cell["agency"],
        reduction=cell["reduction"],
        paid_through=cell["paid_through"],
        legal_status=cell["legal_status"],
        queried_on=cell["queried_on"],
        high_value=cell["high_value"],
    )


def one(connection: Connection, number: str) -> Patent | None:
    """Return one patent, None when the register does not have it."""
    row = connection.execute(
        select(patents).where(patents.c.application_no == number)
    ).one_or_none()
    return _intact(row) if row is not None else None


def many(connection: Connection, numbers: Iterable[str]) -> dict[str, Patent]:
    """Return the patents of the register among `numbers`."""
    found = {}
    for chunk in chunks(numbers):
        for row in connection.execute(
            select(patents).where(patents.c.application_no.in_(chunk))
        ):
            found[row.application_no] = _intact(row)
    return found


def _intact(row: Row[Any]) -> Patent:
    """Return the patent of a row; raises `RowDamaged` for one that nobody wrote so."""
    patent = patent_of(row)
    found = fingerprint(values_of(patent))
    damage.check("patents", row.application_no, written=row.fingerprint, found=found)
    return patent


def counties(connection: Connection, numbers: Iterable[str]) -> list[str | None]:
    """Return the county of each of these patents; None: it cannot be told."""
    found: list[str | None] = []
    for chunk in chunks(numbers):
        query = select(patents.c.county).where(patents.c.application_no.in_(chunk))
        found += connection.execute(query).scalars()
    return found


def due_for_a_look(
    connection: Connection, *, on: date, everything: bool = False
) -> Iterator[list[str]]:
    """Yield the numbers whose verdict may have changed by `on`, in chunks.

    Reads the index only, so its cost follows what is due. `everything`: the full
    pass, which looks at the whole register.
    """
    after: str | None = ""
    while after is not None:
        numbers = due_page(connection, on=on, everything=everything, after=after)
        if numbers:
            yield numbers
        after = numbers[-1] if numbers else None


def listings(
    connection: Connection, numbers: Iterable[str]
) -> dict[str, tuple[date, date | None]]:
    """Return the day of the newest list that has each patent, and of its absence."""
    found: dict[str, tuple[date, date | None]] = {}
    for chunk in chunks(numbers):
        query = select(
            patents.c.application_no, patents.c.listed_on, patents.c.missing_since_on
        ).where(patents.c.application_no.in_(chunk))
        for number, listed_on, missing_since_on in connection.execute(query):
            found[number] = listed_on, missing_since_on
    return found


def pages(connection: Connection) -> Iterator[list[str]]:
    """Yield the numbers of the whole register a few hundred at a time, in order."""
    page = [""]
    while page:
        query = select(patents.c.application_no).where(
            patents.c.application_no > page[-1]
        )
        ordered = query.order_by(patents.c.application_no).limit(CHUNK)
        page = list(connection.execute(ordered).scalars())
        if page:
            yield page


def questionable(connection: Connection) -> list[str]:
    """Return the patents of which lists, events or counties can disagree.

    What came before a right, and its grant, disagree with nothing while they are clear.
    """
    gone = select(patents.c.application_no).where(
        patents.c.missing_since_on.is_not(None)
    )
    reported = (
        select(events.c.application_no)
        .join(patents, patents.c.application_no == events.c.application_no)
        .where(
            or_(events.c.effect.not_in(_NO_QUESTION), events.c.needs_review.is_(True))
        )
        .distinct()
    )
    claimed_twice = (
        select(facts.c.application_no)
        .where(facts.c.county.is_not(None))
        .group_by(facts.c.application_no, facts.c.dated_on)
        .having(func.count(facts.c.county.distinct()) > 1)
    )
    found = union(gone, reported, claimed_twice).subquery()
    query = select(found.c.application_no).order_by(found.c.application_no)
    return list(connection.execute(query).scalars())


def due_few(connection: Connection, *, on: date) -> list[str] | None:
    """Return all who are due for a look, read from the index alone.

    None when they are so many that paging through the register is as good.
    """
    due = or_(patents.c.next_look_on.is_(None), patents.c.next_look_on <= on)
    query = select(patents.c.application_no).where(due).limit(MANY + 1)
    numbers = sorted(connection.execute(query).scalars())
    return numbers if len(numbers) <= MANY else None


def not_looked_at(connection: Connection, numbers: Sequence[str]) -> set[str]:
    """Return those of `numbers` about which no look has decided yet."""
    query = select(patents.c.application_no).where(
        patents.c.application_no.in_(numbers), patents.c.next_look_on.is_(None)
    )
    return set(connection.execute(query).scalars())


def due_page(
    connection: Connection, *, on: date, everything: bool, after: str
) -> list[str]:
    """Return the next numbers behind `after` that are due for a look, [] at the end."""
    query = select(patents.c.application_no).where(patents.c.application_no > after)
    if not everything:
        query = query.where(
            or_(patents.c.next_look_on.is_(None), patents.c.next_look_on <= on)
        )
    page = query.order_by(patents.c.application_no).limit(CHUNK)
    return list(connection.execute(page).scalars())


def lock(
    connection: Connection, numbers: Sequence[str], *, wait: bool = True
) -> list[str]:
    """Keep others from changing these patents until the transaction ends.

    Returns them in order; without `wait` those that nobody else is changing now.
    """
    query = select(patents.c.application_no).where(
        patents.c.application_no.in_(numbers)
    )
    ordered = query.order_by(patents.c.application_no)
    locked = ordered.with_for_update(skip_locked=not wait)
    return list(connection.execute(locked).scalars())


def set_next_looks(connection: Connection, days: Mapping[str, date]) -> None:
    """Set the first day on which each patent's verdict can change."""
    if days:
        connection.execute(
            update(patents)
            .where(patents.c.application_no == bindparam("number"))
            .values(next_look_on=bindparam("day")),
            [{"number": number, "day": day} for number, day in days.items()],
        )


def look_again(connection: Connection, numbers: Iterable[str]) -> None:
    """Make the next pass look at these patents: a fact about them has changed."""
    for chunk in chunks(numbers):
        connection.execute(
            update(patents)
            .where(patents.c.application_no.in_(chunk))
            .values(next_look_on=None)
        )


def registered(connection: Connection, numbers: Iterable[str]) -> set[str]:
    """Return those of `numbers` that the register has."""
    found: set[str] = set()
    for chunk in chunks(numbers):
        query = select(patents.c.application_no).where(
            patents.c.application_no.in_(chunk)
        )
        found |= set(connection.execute(query).scalars())
    return found


def known_by_publication(connection: Connection, number: str) -> PatentNumber | None:
    """Return the only patent with this grant publication number, if there is one."""
    found = list(
        connection.execute(
            select(patents.c.application_no)
            .where(patents.c.grant_publication_no == number)
            .limit(2)
        ).scalars()
    )
    return PatentNumber(found[0]) if len(found) == 1 else None


def chunks(keys: Iterable[_Key]) -> Iterator[list[_Key]]:
    """Yield `keys` in lists short enough for one IN."""
    batch: list[_Key] = []
    for key in keys:
        batch.append(key)
        if len(batch) == CHUNK:
            yield batch
            batch = []
    if batch:
        yield batch
