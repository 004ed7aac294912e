"""What is unsettled now, found by the log of verdicts: numbers and counts, no cases.

A look writes a verdict when it changes, so the newest ones say how things stand since.
Whoever is due for another look (`patents.due_for_a_look`) has to be decided anew.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    exists,
    func,
    not_,
    or_,
    select,
)
from sqlalchemy.sql.expression import Subquery

from patentwatch.model import Channel, Evidence, Reason, Tier
from patentwatch.store.standings import AS_KNOWN
from patentwatch.store.tables import alerts, holds, patents, spells, verdicts

_SINCE = timedelta(days=400)
"""No fee is of any concern longer after its due day."""

_SETTLED = (Reason.PAID.value, Reason.ASSUMED_PAID.value, Reason.NOT_IN_FORCE.value)
_BEFORE_FINAL = tuple(t.value for t in Tier if t.severity < Tier.FINAL.severity)


def unsettled(
    connection: Connection, *, on: date, unheard: Iterable[Reason]
) -> set[str]:
    """Return the patents with a fee that is at some tier, or on hold.

    Without those that were only told early (`notice`), unless for a reason in
    `unheard` nobody heard it, and without those of which nobody knows more than that
    their day is over: `unlooked` counts these. With all about which an official was
    ever to ring: that a task is over is not in the log.
    """
    newest = _newest(on)
    early_and_told = and_(
        newest.c.tier == Tier.NOTICE.value,
        newest.c.reason.not_in([reason.value for reason in unheard]),
    )
    at_a_tier = and_(
        newest.c.tier.is_not(None),
        not_(early_and_told),
        not_(_is_unlooked(newest)),
    )
    query = select(newest.c.application_no).where(
        newest.c.reason.not_in(_SETTLED),
        or_(at_a_tier, newest.c.reason == Reason.ON_HOLD.value, _rung(newest)),
    )
    return set(connection.execute(query.distinct()).scalars())


def early(connection: Connection, *, on: date) -> dict[str | None, int]:
    """Return how many fees are at the tier `notice`, by county."""
    newest = _newest(on)
    at_notice = and_(
        newest.c.tier == Tier.NOTICE.value, newest.c.reason.not_in(_SETTLED)
    )
    return _fees_by_county(connection, newest, at_notice, on=on)


def unlooked(connection: Connection, *, on: date) -> dict[str | None, int]:
    """Return how many fees are past their day, and nobody knows more, by county.

    Not those about which an official was ever to ring: `unsettled` has them.
    """
    newest = _newest(on)
    test = and_(_is_unlooked(newest), not_(_rung(newest)))
    return _fees_by_county(connection, newest, test, on=on)


@dataclass(frozen=True, slots=True)
class StandingHold:
    """A hold that a person placed and that stands."""

    application_no: str
    reason: str
    from_on: date


def standing_holds(connection: Connection, *, on: date) -> list[StandingHold]:
    """Return the holds that stand on a day."""
    query = select(holds.c.application_no, holds.c.reason, holds.c.from_on).where(
        holds.c.from_on <= on,
        or_(holds.c.until_on.is_(None), holds.c.until_on >= on),
        or_(holds.c.ended_on.is_(None), holds.c.ended_on > on),
    )
    rows = connection.execute(query.order_by(holds.c.id))
    return [StandingHold(*row) for row in rows]


def _newest(on: date) -> Subquery:
    """Return the newest verdict about each fee for each recipient of messages."""
    key = ("application_no", "fee_year", "channel", "recipient")
    last = (
        select(func.max(verdicts.c.id))
        .where(
            verdicts.c.due_on > on - _SINCE,
            verdicts.c.channel != Channel.CALL.value,
        )
        .group_by(*(verdicts.c[name] for name in key))
    )
    return select(verdicts).where(verdicts.c.id.in_(last)).subquery()


def _rung(newest: Subquery) -> ColumnElement[bool]:
    return exists().where(
        alerts.c.application_no == newest.c.application_no,
        alerts.c.fee_year == newest.c.fee_year,
        alerts.c.channel == Channel.CALL.value,
    )


def _is_unlooked(newest: Subquery) -> ColumnElement[bool]:
    return and_(
        newest.c.evidence == Evidence.PRESUMED.value,
        newest.c.reason.not_in(_SETTLED),
        or_(
            newest.c.reason == Reason.NOT_CONFIRMED.value,
            newest.c.tier.in_(_BEFORE_FINAL),
        ),
    )


def _fees_by_county(
    connection: Connection, newest: Subquery, test: ColumnElement[bool], *, on: date
) -> dict[str | None, int]:
    """Count fees of rights in force; those due for another look are left out."""
    fees = (
        select(spells.c.county, newest.c.application_no, newest.c.fee_year)
        .select_from(newest)
        .join(spells, spells.c.application_no == newest.c.application_no)
        .join(patents, patents.c.application_no == newest.c.application_no)
        .where(
            test,
            spells.c.view == AS_KNOWN,
            spells.c.from_on <= on,
            or_(spells.c.until_on.is_(None), spells.c.until_on > on),
            patents.c.next_look_on > on,
        )
        .distinct()
        .subquery()
    )
    query = select(fees.c.county, func.count()).group_by(fees.c.county)
    return {row[0]: row[1] for row in connection.execute(query)}
