"""What happened in a time: payments, ends, failures, who was reached. Set queries."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from sqlalchemy import (
    Column,
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    exists,
    func,
    or_,
    select,
)

from patentwatch.model import Audience, Channel, FactKind, State, Tier
from patentwatch.store.counting import MOVED, RESTORED, Counts
from patentwatch.store.patents import chunks
from patentwatch.store.standings import AS_KNOWN
from patentwatch.store.tables import (
    alerts,
    contacts,
    facts,
    holders,
    news,
    patents,
    spells,
    verdicts,
)

_FAILED = (State.UNKNOWN.value, State.REFUSED.value, State.UNDELIVERED.value)
_ARRIVED = (State.ACCEPTED.value, State.DELIVERED.value)
_LEFT = (*_ARRIVED, State.UNKNOWN.value)
_AFTER_THE_END = (Tier.LAPSED.value, Tier.RESTORE.value)
_TOLD_ROLES = ("patentee", "agent")
_ABOUT = (patents.c.application_no, patents.c.title, patents.c.patentees)


@dataclass(frozen=True, slots=True)
class LastSaid:
    """What was said of a fee last: which tier, and when it left."""

    fee_year: int
    tier: Tier
    sent_at: datetime


def payments(connection: Connection, from_on: date, to_on: date) -> list[Row[Any]]:
    """Return the fees with a payment in a time, both days inclusive.

    Each once, with the patent's columns, `fee_year` and `paid_on`, its first payment
    of that time.
    """
    paid_on = func.min(facts.c.dated_on).label("paid_on")
    fees = (
        select(facts.c.application_no, facts.c.fee_year, paid_on)
        .where(
            facts.c.kind == FactKind.PAYMENT.value,
            facts.c.fee_year.is_not(None),
            facts.c.dated_on >= from_on,
            facts.c.dated_on <= to_on,
        )
        .group_by(facts.c.application_no, facts.c.fee_year)
        .subquery()
    )
    query: Select[Any] = select(
        *_ABOUT, patents.c.county, fees.c.fee_year, fees.c.paid_on
    ).join(fees, fees.c.application_no == patents.c.application_no)
    return list(connection.execute(query).all())


def said_about(
    connection: Connection, numbers: Iterable[str], *, real: Collection[Channel]
) -> dict[str, list[LastSaid]]:
    """Return what left about these patents, oldest first; trials do not count.

    `real` names the channels on which a real transport was ever live.
    """
    trial = and_(
        alerts.c.transport == "file",
        alerts.c.channel.in_(sorted(channel.value for channel in real)),
    )
    found: dict[str, list[LastSaid]] = {}
    for chunk in chunks(sorted(numbers)):
        query = select(alerts).where(
            alerts.c.application_no.in_(chunk),
            alerts.c.channel != Channel.CALL.value,
            alerts.c.state.in_(_LEFT),
            alerts.c.sent_at.is_not(None),
            ~trial,
        )
        for row in connection.execute(query.order_by(alerts.c.sent_at, alerts.c.id)):
            said = LastSaid(row.fee_year, Tier(row.tier), row.sent_at)
            found.setdefault(row.application_no, []).append(said)
    return found


def endings(connection: Connection, from_on: date, to_on: date) -> list[Row[Any]]:
    """Return the rights that ended or began again, as known, both days inclusive.

    With the patent's columns, the county it was in, `happened_on` and `how`: by what
    it ended, or `RESTORED`.
    """
    ended = _spelled(spells.c.until_on, spells.c.ended_by).where(
        spells.c.until_on >= from_on,
        spells.c.until_on <= to_on,
        spells.c.ended_by != MOVED,
    )
    restored = _spelled(spells.c.from_on, spells.c.began_by).where(
        spells.c.from_on >= from_on,
        spells.c.from_on <= to_on,
        spells.c.began_by == RESTORED,
    )
    found = (connection.execute(query).all() for query in (ended, restored))
    return [row for rows in found for row in rows]


def failures(connection: Connection, from_on: date) -> list[Row[Any]]:
    """Return what was decided since a day and did not arrive, or may not have."""
    query: Select[Any] = (
        select(
            *_ABOUT,
            patents.c.county,
            alerts.c.fee_year,
            alerts.c.tier,
            alerts.c.channel,
            alerts.c.state,
            alerts.c.decided_on,
        )
        .join(alerts, alerts.c.application_no == patents.c.application_no)
        .where(
            alerts.c.state.in_(_FAILED),
            alerts.c.channel != Channel.CALL.value,
            alerts.c.decided_on >= from_on,
        )
    )
    return list(connection.execute(query).all())


def told(connection: Connection, from_on: date, to_on: date) -> list[Row[Any]]:
    """Return the news for officials that became known in a time."""
    query: Select[Any] = (
        select(*_ABOUT, news.c.recipient, news.c.happened_on, news.c.text)
        .join(news, news.c.application_no == patents.c.application_no)
        .where(
            news.c.audience == Audience.OFFICIAL.value,
            news.c.decided_on >= from_on,
            news.c.decided_on <= to_on,
        )
    )
    return list(connection.execute(query).all())


def coming_due(connection: Connection, from_on: date, to_on: date) -> Counts:
    """Return how many fees fell due of which somebody was to be told, by county."""
    return _fees(connection, _due(from_on, to_on))


def reached(connection: Connection, from_on: date, to_on: date) -> Counts:
    """Return of how many of them a message arrived, as far as that is known."""
    arrived = exists().where(
        alerts.c.application_no == verdicts.c.application_no,
        alerts.c.fee_year == verdicts.c.fee_year,
        alerts.c.channel != Channel.CALL.value,
        alerts.c.state.in_(_ARRIVED),
    )
    return _fees(connection, and_(_due(from_on, to_on), arrived))


def contactable(connection: Connection, day: date, *, lawful: bool) -> Counts:
    """Return of how many rights in force on a day somebody could be written to.

    `lawful`: an address whose owner was not asked may be used.
    """
    consent = contacts.c.consent.is_(True)
    usable = and_(
        contacts.c.role.in_(_TOLD_ROLES),
        contacts.c.channel != Channel.CALL.value,
        contacts.c.valid_from_on <= day,
        or_(contacts.c.ended_on.is_(None), contacts.c.ended_on > day),
        or_(contacts.c.flag == "", contacts.c.flagged_on > day),
        or_(consent, contacts.c.consent.is_(None)) if lawful else consent,
    )
    mine = spells.c.application_no
    by_number = select(contacts.c.id).where(usable, contacts.c.application_no == mine)
    held = and_(holders.c.application_no == mine, contacts.c.application_no == "")
    by_name, by_code = (
        select(contacts.c.id)
        .join(holders, holders.c.name_key == key)
        .where(usable, held)
        for key in (contacts.c.name_key, contacts.c.credit_code)
    )
    query = select(spells.c.county, func.count()).where(
        spells.c.view == AS_KNOWN,
        spells.c.from_on <= day,
        or_(spells.c.until_on.is_(None), spells.c.until_on > day),
        or_(by_number.exists(), by_name.exists(), by_code.exists()),
    )
    found = connection.execute(query.group_by(spells.c.county))
    return {row[0]: row[1] for row in found}


def newest_lists(connection: Connection) -> dict[str | None, date]:
    """Return the day of the newest list that had a patent of each county."""
    query = select(patents.c.county, func.max(patents.c.listed_on))
    found = connection.execute(query.group_by(patents.c.county))
    return {row[0]: row[1] for row in found}


def _spelled(day: Column[Any], how: Column[Any]) -> Select[Any]:
    return (
        select(*_ABOUT, spells.c.county, day.label("happened_on"), how.label("how"))
        .join(spells, spells.c.application_no == patents.c.application_no)
        .where(spells.c.view == AS_KNOWN)
    )


def _due(from_on: date, to_on: date) -> ColumnElement[bool]:
    return and_(
        verdicts.c.due_on >= from_on,
        verdicts.c.due_on <= to_on,
        verdicts.c.tier.is_not(None),
        verdicts.c.tier.not_in(_AFTER_THE_END),
    )


def _fees(connection: Connection, test: ColumnElement[bool]) -> Counts:
    fees = (
        select(patents.c.county, verdicts.c.application_no, verdicts.c.fee_year)
        .join(patents, patents.c.application_no == verdicts.c.application_no)
        .where(test)
        .distinct()
        .subquery()
    )
    query = select(fees.c.county, func.count()).group_by(fees.c.county)
    return {row[0]: row[1] for row in connection.execute(query)}
