"""The standing questions of all patents: what does not agree, the most urgent first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from sqlalchemy import Connection

from patentwatch.cases import Case, cases
from patentwatch.rules import Rules
from patentwatch.status.mismatches import Mismatch, Severity
from patentwatch.store import patents
from patentwatch.store.vault import Vault


@dataclass(frozen=True, slots=True)
class Question:
    """A question about one patent, with whom it concerns."""

    case: Case
    mismatch: Mismatch


def questions(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    *,
    on: date,
    county: str | None = None,
) -> list[Question]:
    """Return every question that stands on a day, of one county or of all."""
    found = [
        Question(case, mismatch)
        for case in _asked(connection, vault, rules, on=on)
        if county is None or case.patent.county == county
        for mismatch in case.mismatches
    ]
    order = list(Severity)
    return sorted(
        found,
        key=lambda q: (
            order.index(q.mismatch.severity),
            q.mismatch.since_on,
            q.case.patent.application_no,
        ),
    )


def _asked(
    connection: Connection, vault: Vault, rules: Rules, *, on: date
) -> Iterator[Case]:
    """Yield the patents about which there can be a question at all."""
    for chunk in patents.chunks(patents.questionable(connection)):
        yield from cases(connection, vault, rules, chunk, on=on)
