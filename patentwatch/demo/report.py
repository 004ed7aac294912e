"""What a walk found and said, counted from the database as it stands."""

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, Row, func, select

from patentwatch.model import Channel, Evidence, Reason, State, Tier
from patentwatch.store.digests import MESSAGE_KIND
from patentwatch.store.messages import ALERTS
from patentwatch.store.tables import alerts, messages, patents, verdicts

_SOON = (Tier.NOTICE, Tier.REMINDER, Tier.URGENT)
_LAST = (Tier.FINAL, Tier.LAST_WEEK)
_ENDED = (Tier.LAPSED, Tier.RESTORE)
_LATE = tuple(tier for tier in Tier if tier not in (*_SOON, *_LAST, *_ENDED))

_SAID = (State.ACCEPTED.value, State.DELIVERED.value)
_SILENT = frozenset(
    {
        Reason.NOT_CONFIRMED,
        Reason.ON_HOLD,
        Reason.NO_CONTACT,
        Reason.NO_CONSENT,
        Reason.OPTED_OUT,
        Reason.BAD_CONTACT,
        Reason.ACKNOWLEDGED,
        Reason.QUIET_HOURS,
        Reason.CAPPED,
    }
)


@dataclass(frozen=True, slots=True)
class CountyRow:
    """Of one county: patents listed, told about by how urgent it is, calls to make.

    `code` None: patents whose county cannot be told.
    """

    code: str | None
    patents: int
    soon: int
    late: int
    last: int
    ended: int
    calls: int


@dataclass(frozen=True, slots=True)
class TierRow:
    """Of one tier: how many alerts went by each channel. `soft`: only presumed."""

    tier: Tier
    soft: bool
    email: int
    sms: int


@dataclass(frozen=True, slots=True)
class Report:
    """The whole count. `silent`: annuities by the reason for which nothing was said.

    `messages` go to patentees and agents, `reports` to officials and a bank.
    `loudest` is a patent of the most urgent tier, `quietest` one left alone because
    nobody confirmed its debt; "" where there is none.
    """

    counties: tuple[CountyRow, ...]
    tiers: tuple[TierRow, ...]
    messages: dict[Channel, int]
    reports: int
    calls: int
    silent: dict[Reason, int]
    loudest: str = ""
    quietest: str = ""

    @property
    def busiest(self) -> str:
        """Return the county with most calls to make, the first of several."""
        known = [county for county in self.counties if county.code]
        return max(known, key=lambda county: county.calls).code or ""


def report(connection: Connection) -> Report:
    """Return what was found and said so far."""
    rows = connection.execute(
        select(alerts, patents.c.county).join(
            patents, patents.c.application_no == alerts.c.application_no
        )
    ).all()
    said = [row for row in rows if row.state in _SAID]
    calls = Counter(
        row.county
        for row in rows
        if row.channel == Channel.CALL.value and row.state == State.PENDING.value
    )
    silent = _silent(connection)
    loudest = max(said, key=lambda row: Tier(row.tier).severity, default=None)
    return Report(
        _counties(connection, said, calls),
        _tiers(said),
        _messages(connection),
        _reports(connection),
        calls.total(),
        {reason: len(silent[reason]) for reason in Reason if reason in silent},
        loudest=loudest.application_no if loudest else "",
        quietest=min(silent.get(Reason.NOT_CONFIRMED, ()), default=("", 0))[0],
    )


def _counties(
    connection: Connection, said: Sequence[Row[Any]], calls: Counter[str | None]
) -> tuple[CountyRow, ...]:
    listed = Counter(connection.execute(select(patents.c.county)).scalars())
    gravest: dict[str | None, dict[str, Tier]] = defaultdict(dict)
    for row in sorted(said, key=lambda row: Tier(row.tier).severity):
        gravest[row.county][row.application_no] = Tier(row.tier)
    found = []
    for code in sorted(listed, key=lambda code: code or "~"):
        told = Counter(gravest[code].values())
        soon, late, last, ended = (
            sum(told[tier] for tier in tiers) for tiers in (_SOON, _LATE, _LAST, _ENDED)
        )
        found.append(
            CountyRow(code, listed[code], soon, late, last, ended, calls[code])
        )
    return tuple(found)


def _tiers(said: Sequence[Row[Any]]) -> tuple[TierRow, ...]:
    counted = Counter(
        (row.tier, row.evidence == Evidence.PRESUMED.value, row.channel) for row in said
    )
    return tuple(
        TierRow(tier, soft, email, sms)
        for tier in Tier
        for soft in (False, True)
        if (email := counted[tier.value, soft, Channel.EMAIL.value])
        + (sms := counted[tier.value, soft, Channel.SMS.value])
    )


def _messages(connection: Connection) -> dict[Channel, int]:
    query = (
        select(messages.c.channel, func.count())
        .where(messages.c.state.in_(_SAID), messages.c.kind == ALERTS)
        .group_by(messages.c.channel)
    )
    return {Channel(channel): count for channel, count in connection.execute(query)}


def _reports(connection: Connection) -> int:
    query = select(func.count()).where(
        messages.c.state.in_(_SAID), messages.c.kind == MESSAGE_KIND
    )
    return connection.execute(query).scalar_one()


def _silent(connection: Connection) -> dict[Reason, set[tuple[str, int]]]:
    """Return annuities by the last reason of each recipient who was told nothing."""
    last: dict[tuple[str, int, str, str], str] = {}
    for row in connection.execute(select(verdicts).order_by(verdicts.c.id)):
        if row.channel != Channel.CALL.value:
            key = (row.application_no, row.fee_year, row.channel, row.recipient)
            last[key] = row.reason
    annuities: dict[Reason, set[tuple[str, int]]] = defaultdict(set)
    for (number, fee_year, _, _), reason in last.items():
        if reason in _SILENT:
            annuities[Reason(reason)].add((number, fee_year))
    return annuities
