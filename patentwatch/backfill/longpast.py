"""Which annuities of a register are long past: in a backfill nobody is told of them."""

from collections.abc import Iterator
from datetime import date

from sqlalchemy import Connection

from patentwatch.longpast import PastAnnuity, over
from patentwatch.model import FactKind
from patentwatch.rules import Rules
from patentwatch.store import counting, facts, patents, verdicts


def long_past(
    connection: Connection, rules: Rules, *, from_on: date, to_on: date, on: date
) -> Iterator[PastAnnuity]:
    """Yield the annuities due in a time, both days inclusive, that are over on `on`.

    Only while the right was in force, and only where nothing was ever said: what was
    said is no matter of a backfill. Of a patent that could not be decided nothing is.
    """
    for chunk in patents.pages(connection):
        undecided = patents.not_looked_at(connection, chunk)
        said = verdicts.spoken_years(connection, chunk)
        ends = counting.in_force_until(connection, chunk)
        notices = facts.of(connection, chunk, kind=FactKind.NOTICE)
        for number, patent in patents.many(connection, chunk).items():
            if number in undecided:
                continue
            until_on = ends.get(number, date.min)
            for annuity in over(
                patent,
                notices.get(number, []),
                from_on=from_on,
                to_on=min(to_on, until_on),
                on=on,
                rulebook=rules.rulebook,
            ):
                if (number, annuity.fee_year) not in said:
                    yield annuity
