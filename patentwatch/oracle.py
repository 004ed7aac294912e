"""A second opinion: decides some patents anew and asks whether what must be said is.

The look writes what it decided; here the same law is asked again, from the facts, for
patents chosen by their dates alone. An index, a lost alert or a look that skipped
somebody shows as a verdict that speaks and nobody who waits to be told.
"""

from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import ColumnElement, Connection, and_, extract, func, or_, select

from patentwatch.alerts import Verdict
from patentwatch.cases import Case, cases
from patentwatch.changes import verdict_key
from patentwatch.model import Channel, Reason, State
from patentwatch.rules import Rules
from patentwatch.store.patents import chunks
from patentwatch.store.tables import patents
from patentwatch.store.vault import Vault
from patentwatch.store.verdicts import AlertRow

NEAREST = 200
"""How many patents are asked about whose tier begins today or began yesterday."""

ROTATING = 100
"""How many others, in turn, so that everybody is asked about in time."""

_WAITS = frozenset({State.PENDING, State.SENDING})


@dataclass(frozen=True, slots=True)
class Unsaid:
    """Something that must be said by law and that nobody is going to say.

    `state` None: there is no alert; else it has ended, and why.
    """

    application_no: str
    fee_year: int
    tier: str
    channel: str
    state: str | None


@dataclass(frozen=True, slots=True)
class Opinion:
    """How many patents were decided anew, and what was found missing or failed."""

    asked: int
    unsaid: tuple[Unsaid, ...]
    undecided: tuple[str, ...]


def opinion(connection: Connection, vault: Vault, rules: Rules, *, on: date) -> Opinion:
    """Decide today's sample anew and compare it with the alerts that exist.

    Only patents that are not due for a look are asked about: of the others the next
    look will know.
    """
    numbers = sample(connection, rules, on=on, rotating=ROTATING)
    unsaid: list[Unsaid] = []
    undecided: list[str] = []
    for some in chunks(numbers):
        for case in cases(
            connection,
            vault,
            rules,
            some,
            on=on,
            on_trouble=lambda number, _: undecided.append(number),
        ):
            unsaid += _unsaid(case, rules)
    return Opinion(len(numbers), tuple(unsaid), tuple(undecided))


def sample(
    connection: Connection, rules: Rules, *, on: date, rotating: int
) -> list[str]:
    """Return whom to ask about on a day: nothing of chance is in it.

    Those for whom a tier begins today or began yesterday, counted from the
    anniversary, and a stretch of `rotating` that moves on through the register every
    day.
    """
    looked_at = patents.c.next_look_on > on
    near = (
        select(patents.c.application_no)
        .where(looked_at, _anniversary_in(_days(rules, on)))
        .order_by(patents.c.application_no)
        .limit(NEAREST)
    )
    count = connection.execute(select(func.count()).where(looked_at)).scalar_one()
    turns = max(1, -(-count // rotating))
    turn = (
        select(patents.c.application_no)
        .where(looked_at)
        .order_by(patents.c.application_no)
        .offset(on.toordinal() % turns * rotating)
        .limit(rotating)
    )
    chosen = {*connection.execute(near).scalars(), *connection.execute(turn).scalars()}
    return sorted(chosen)


def _days(rules: Rules, on: date) -> set[tuple[int, int]]:
    """Return the anniversaries, as (month, day), at which something begins by now."""
    offsets = {rung.starts[1] for rung in rules.rungs if rung.starts[0] == "D"}
    days = {
        on - timedelta(days=ago) - timedelta(days=offset)
        for offset in offsets | {0}
        for ago in (0, 1)
    }
    return {(day.month, day.day) for day in days}


def _anniversary_in(days: set[tuple[int, int]]) -> ColumnElement[bool]:
    return or_(
        *(
            and_(
                extract("month", patents.c.filing_on) == month,
                extract("day", patents.c.filing_on) == day,
            )
            for month, day in sorted(days)
        )
    )


def _unsaid(case: Case, rules: Rules) -> list[Unsaid]:
    known = {row.key: row for row, _ in case.history}
    found = []
    for verdict in case.verdicts:
        if not verdict.speaks or verdict.tier is None:
            continue
        row = known.get(verdict_key(verdict, verdict.tier))
        if row is None or not _is_in_hand(row, verdict, rules):
            found.append(
                Unsaid(
                    verdict.application_no,
                    verdict.fee_year,
                    verdict.tier.value,
                    verdict.channel.value,
                    None if row is None else row.state.value,
                )
            )
    return found


def _is_in_hand(row: AlertRow, verdict: Verdict, rules: Rules) -> bool:
    """Whether an alert waits, or is only observed, or cannot be helped."""
    if row.state in _WAITS or verdict.channel is Channel.CALL:
        return True
    if row.state is State.SUPPRESSED and row.reason is Reason.OBSERVED:
        return rules.observing
    # The message itself was refused: it would be again, and a person was told.
    return row.state is State.REFUSED
