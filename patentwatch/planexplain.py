"""Why a promise of the plan stands where it stands: what was counted and compared."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from sqlalchemy import Connection

from patentwatch import registermeasures
from patentwatch.plan.kinds import kinds
from patentwatch.plan.lights import expected
from patentwatch.plan.progress import Progress
from patentwatch.plan.values import (
    Commitment,
    CommitmentKind,
    MeasureType,
    Plan,
)
from patentwatch.planreading import Reading
from patentwatch.planstatus import progress_of
from patentwatch.registermeasures import CountedPatent
from patentwatch.settings import Settings
from patentwatch.store.countedrecords import CountedRecord, counted_records
from patentwatch.store.coverage import Entry, coverage

PATENTS_SHOWN = 10_000


@dataclass(frozen=True, slots=True)
class Explanation:
    """One promise as of a day and what it was made of.

    `expected` is what the straight line asks for, None without a line; `first` a
    level's value on the plan's first day. `missing` are the entries of a list of which
    nothing was found. `patents` are at most PATENTS_SHOWN. `records` is read once,
    while the connection is open.
    """

    progress: Progress
    expected: Decimal | None
    first: Decimal | None
    missing: tuple[Entry, ...]
    patents: tuple[CountedPatent, ...]
    records: Iterator[CountedRecord]


def explained(
    connection: Connection, settings: Settings, plan: Plan, id_: str, *, on: date
) -> Explanation | None:
    """Explain one promise, None when the plan has none of that id."""
    progress = progress_of(connection, settings, plan, id_, on=on)
    if progress is None:
        return None
    commitment = progress.commitment
    reading = Reading(connection, settings, plan, kinds())
    asked = reading.asked(commitment, on)
    first = reading.first(commitment).actual if commitment.level else None
    type_ = commitment.measure.type
    return Explanation(
        progress=progress,
        expected=_expected(plan, commitment, progress, first, on),
        first=first,
        missing=coverage(asked).missing if type_ is MeasureType.COVERAGE else (),
        patents=tuple(
            registermeasures.patents_counted(
                connection, settings, plan, commitment, on=on, limit=PATENTS_SHOWN
            )
            if type_ is MeasureType.REGISTER
            else ()
        ),
        records=counted_records(asked),
    )


def _expected(
    plan: Plan,
    commitment: Commitment,
    progress: Progress,
    first: Decimal | None,
    on: date,
) -> Decimal | None:
    if commitment.kind is not CommitmentKind.TARGET or progress.target is None:
        return None
    line = expected(
        commitment,
        progress.target,
        on=on,
        starts_on=plan.starts_on,
        due_on=progress.due_on,
        first=first,
    )
    return None if line is None else Decimal(line.numerator) / line.denominator
