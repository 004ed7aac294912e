"""Legal events: added once by report, read with what a person decided about them."""

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from types import MappingProxyType
from typing import Any

from sqlalchemy import Connection, Row, and_, exists, insert, select

from patentwatch.model import PatentNumber
from patentwatch.status.codes import Effect, StatusAfter
from patentwatch.status.events import Event, EventSource, tells_no_more, with_phase
from patentwatch.status.term import END_LABEL
from patentwatch.store import damage
from patentwatch.store.inserting import insert_once
from patentwatch.store.patents import chunks, look_again
from patentwatch.store.tables import events, patents, reviews


@dataclass(frozen=True, slots=True)
class Waiting:
    """A report that a person must read."""

    id: int
    event: Event
    title: str
    county: str | None


@dataclass(frozen=True, slots=True)
class Decision:
    """What a person read out of a notice."""

    effect: Effect
    reason: str
    effective_on: date | None
    by: str
    note: str


def row_of(event: Event, *, run_id: int | None, now: datetime) -> dict[str, Any]:
    """Return the row of an event."""
    return {
        "application_no": event.application_no,
        "report_key": key_of(event),
        "fact_key": event.fact_key[:200],
        "source": event.source.value,
        "code": event.code,
        "announced_on": event.announced_on,
        "effective_on": event.effective_on,
        "text": event.text,
        "event": event.event,
        "effect": event.effect.value,
        "status_after": event.status_after.value,
        "reason": event.reason,
        "fields": dict(event.fields),
        "needs_review": event.needs_review,
        "fingerprint": fingerprint(event),
        "run_id": run_id,
        "recorded_at": now,
    }


def key_of(event: Event) -> str:
    """Return the report's key as it is stored."""
    return hashlib.sha256(event.report_key.encode()).hexdigest()


def fingerprint(event: Event) -> str:
    """Return by what a row is known to be the one that was written."""
    fields = sorted(event.fields.items())
    content = repr(
        (
            event.application_no,
            event.source.value,
            event.code,
            *(str(day) for day in (event.announced_on, event.effective_on)),
            event.text,
            event.event,
            event.effect.value,
            event.status_after.value,
            event.reason,
            fields,
            event.needs_review,
        )
    )
    return hashlib.blake2b(content.encode(), digest_size=16).hexdigest()


def add(
    connection: Connection,
    found: Sequence[Event],
    *,
    now: datetime,
    run_id: int | None = None,
) -> list[bool]:
    """Add reports that are not known yet and have their patents looked at again.

    Returns for each whether it tells a new fact: a report of a fact that is known under
    another code or from another source is kept and tells nothing new. An event of a
    patent that no register has is kept and counts when the register brings it.
    """
    reports, known = _known(connection, found)
    rows: list[dict[str, Any]] = []
    tells: list[bool] = []
    for event in found:
        row = row_of(event, run_id=run_id, now=now)
        fact, told = row["fact_key"], known.setdefault(event.application_no, set())
        report = (row["application_no"], row["report_key"])
        less = any(tells_no_more(fact, other) for other in told)
        tells.append(fact not in told and not less)
        if report not in reports:
            rows.append(row)
        told.add(fact)
        reports.add(report)
    if rows:
        # Another process may have brought the same report meanwhile.
        insert_once(connection, events, rows)
        look_again(connection, sorted({row["application_no"] for row in rows}))
    return tells


def _known(
    connection: Connection, found: Sequence[Event]
) -> tuple[set[tuple[str, str]], dict[str, set[str]]]:
    """Return the keys of the reports and of the facts about these patents."""
    reports: set[tuple[str, str]] = set()
    known: dict[str, set[str]] = {}
    for chunk in chunks(sorted({event.application_no for event in found})):
        query = select(
            events.c.application_no, events.c.report_key, events.c.fact_key
        ).where(events.c.application_no.in_(chunk))
        for number, report_key, fact_key in connection.execute(query):
            reports.add((number, report_key))
            known.setdefault(number, set()).add(with_phase(fact_key))
    return reports, known


def of(connection: Connection, numbers: Iterable[str]) -> dict[str, list[Event]]:
    """Return all reports about these patents, with what was decided about them.

    Raises `RowDamaged` for one that nobody wrote so.
    """
    found: dict[str, list[Event]] = {}
    for chunk in chunks(numbers):
        decided = _decisions(connection, chunk)
        query = select(events).where(events.c.application_no.in_(chunk))
        for row in connection.execute(query.order_by(events.c.id)):
            event = event_of(row)
            if row.fingerprint:
                damage.check(
                    "events", row.id, written=row.fingerprint, found=fingerprint(event)
                )
            if decision := decided.get((row.application_no, row.report_key)):
                event = settled(event, decision)
            found.setdefault(row.application_no, []).append(event)
    return found


def waiting(connection: Connection) -> Iterator[Waiting]:
    """Yield the reports that nobody has decided about, oldest first."""
    query = (
        select(events, patents.c.title, patents.c.county)
        .outerjoin(patents, patents.c.application_no == events.c.application_no)
        .where(
            events.c.needs_review,
            ~exists().where(
                and_(
                    reviews.c.application_no == events.c.application_no,
                    reviews.c.report_key == events.c.report_key,
                )
            ),
        )
        .order_by(events.c.id)
    )
    for row in connection.execute(query):
        yield Waiting(row.id, event_of(row), row.title or "", row.county)


def decide(
    connection: Connection, event_id: int, decision: Decision, *, now: datetime
) -> str | None:
    """Store what a person read; return the patent's number, None without that event."""
    row = connection.execute(
        select(events.c.application_no, events.c.report_key).where(
            events.c.id == event_id
        )
    ).one_or_none()
    if row is None:
        return None
    connection.execute(
        insert(reviews).values(
            application_no=row.application_no,
            report_key=row.report_key,
            effect=decision.effect.value,
            reason=decision.reason,
            effective_on=decision.effective_on,
            decided_by=decision.by,
            note=decision.note,
            decided_at=now,
        )
    )
    look_again(connection, [row.application_no])
    return str(row.application_no)


def settled(event: Event, decision: Decision) -> Event:
    """Return an event as a person read it: it needs no review any more.

    The day a person gives for a decision on the term is 期满终止日.
    """
    if decision.effect is Effect.TERM and decision.effective_on is not None:
        fields = MappingProxyType({END_LABEL: decision.effective_on.isoformat()})
        event = replace(event, fields=fields)
        decision = replace(decision, effective_on=None)
    return replace(
        event,
        source=EventSource.PERSON,
        effect=decision.effect,
        reason=decision.reason,
        effective_on=decision.effective_on or event.effective_on,
        needs_review=False,
    )


def event_of(row: Row[Any]) -> Event:
    """Return the event that a row holds."""
    return Event(
        application_no=PatentNumber(row.application_no),
        source=EventSource(row.source),
        code=row.code,
        announced_on=row.announced_on,
        effective_on=row.effective_on,
        text=row.text,
        event=row.event,
        effect=Effect(row.effect),
        status_after=StatusAfter(row.status_after),
        reason=row.reason,
        fields=MappingProxyType(row.fields),
        needs_review=row.needs_review,
    )


def _decisions(
    connection: Connection, chunk: Sequence[str]
) -> dict[tuple[str, str], Decision]:
    query = select(reviews).where(reviews.c.application_no.in_(chunk))
    return {
        (row.application_no, row.report_key): Decision(
            Effect(row.effect), row.reason, row.effective_on, row.decided_by, row.note
        )
        for row in connection.execute(query.order_by(reviews.c.id))
    }
