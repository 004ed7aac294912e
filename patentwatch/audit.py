"""Does every obligation have an outcome? Asked of the database, not of the daemon.

The sums must come out: planned = sent + superseded + suppressed + failed + waiting.
What waits is in a message that will be tried; what is on the wire has a lease; whoever
is due was looked at; and a second opinion finds nobody whom the look has forgotten. A
finding names what breaks the promise and what to do; a remark only tells.
"""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Engine

from patentwatch import alarms
from patentwatch.auditchecks import CHECKS, REMARKS, Asked, Finding
from patentwatch.journal import Journal
from patentwatch.model import State
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.store import alarms as stored_alarms
from patentwatch.store import auditing
from patentwatch.store.engine import reading, transaction
from patentwatch.store.vault import Vault

ALARM = "audit"
"""The kind of the alarms; their subject is the check."""

_TOLD_OTHERWISE = frozenset({"halted", "transport_down", "alarm_untold"})
"""Checks that have alarms of their own, or are about alarms."""

_ENDS: Mapping[str, tuple[State, ...]] = {
    "sent": (State.ACCEPTED, State.DELIVERED),
    "superseded": (State.SUPERSEDED,),
    "suppressed": (State.SUPPRESSED, State.CANCELLED, State.EXPIRED),
    "failed": (State.REFUSED, State.UNDELIVERED),
    "waiting": (State.PENDING, State.SENDING, State.UNKNOWN),
}
_END_OF = {state.value: end for end, states in _ENDS.items() for state in states}


@dataclass(frozen=True, slots=True)
class Account:
    """The sum of one channel: every alert, and what became of them."""

    channel: str
    planned: int
    sent: int
    superseded: int
    suppressed: int
    failed: int
    waiting: int

    @property
    def missing(self) -> int:
        """Return how many alerts are in no state that is known."""
        ended = self.sent + self.superseded + self.suppressed + self.failed
        return self.planned - ended - self.waiting


@dataclass(frozen=True, slots=True)
class Audited:
    """What an audit found; `remarks` are to be known and break nothing."""

    at: datetime
    accounts: tuple[Account, ...]
    findings: tuple[Finding, ...]
    remarks: tuple[Finding, ...]

    @property
    def sound(self) -> bool:
        """Whether every promise holds."""
        return not self.findings


def audit(
    engine: Engine,
    vault: Vault,
    settings: Settings,
    rules: Rules,
    *,
    journal: Journal | None,
    askable: Collection[str] = (),
    unfit: str = "",
    now: datetime,
) -> Audited:
    """Ask every question; changes nothing.

    `askable` are the transports whose providers can be asked about a message; `unfit`
    names the short messages that would not be taken, "" for none.

    Between two questions others may write, so that nobody waits long for the audit.
    """
    with reading(engine) as connection:
        accounts = tuple(_accounts(auditing.states(connection)))
    accounted = not any(account.missing for account in accounts)
    asked = Asked(
        vault,
        settings,
        rules,
        journal,
        askable=frozenset(askable),
        unfit=unfit,
        accounted=accounted,
        now=now,
    )
    answers: dict[bool, list[Finding]] = {True: [*_unaccounted(accounts)], False: []}
    for grave, checks in ((True, CHECKS), (False, REMARKS)):
        for check in checks:
            with reading(engine) as connection:
                answers[grave] += check(connection, asked)
    return Audited(now, accounts, tuple(answers[True]), tuple(answers[False]))


def note(engine: Engine, audited: Audited, *, now: datetime) -> None:
    """Raise an alarm for each check that found something; end those that did not."""
    details: dict[str, str] = {}
    for finding in audited.findings:
        if finding.check in _TOLD_OTHERWISE:
            continue
        before = details.get(finding.check)
        details[finding.check] = f"{before}；{finding.text}" if before else finding.text
    with transaction(engine) as connection:
        stored_alarms.stand(connection, ALARM, details, now=now)
        alarms.watch(connection, now=now)


def _accounts(states: Mapping[str, Counter[str]]) -> Iterator[Account]:
    for channel, counts in sorted(states.items()):
        ends: Counter[str] = Counter()
        for state, count in counts.items():
            ends[_END_OF.get(state, "unknown")] += count
        yield Account(
            channel=channel,
            planned=counts.total(),
            **{end: ends[end] for end in _ENDS},
        )


def _unaccounted(accounts: tuple[Account, ...]) -> Iterator[Finding]:
    for account in accounts:
        if account.missing:
            yield Finding(
                "unaccounted",
                f"{account.channel}：应有 {account.planned} 条提醒，"
                f"{account.missing} 条没有任何已知的结局；请保留数据库并联系维护者",
                account.missing,
            )
