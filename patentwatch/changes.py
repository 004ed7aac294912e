"""What the verdicts of one case change: alerts to add, to make due again, to close.

Decides nothing about the law or the ladder, reads and writes nothing.
"""

import dataclasses
from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from patentwatch import ladder
from patentwatch.alerts import Verdict
from patentwatch.cases import Case
from patentwatch.model import Channel, Reason, State, Tier
from patentwatch.rules import Rules
from patentwatch.store.verdicts import OPEN, AlertRow, Closing, key_of

LastVerdicts = Mapping[tuple[str, int, str, str], tuple[str | None, str]]
"""The newest tier and reason by (number, fee year, channel, recipient)."""

_NO_NEWS = frozenset(
    {Reason.NOT_REACHED, Reason.PAID, Reason.ASSUMED_PAID, Reason.NOT_IN_FORCE}
)
"""Reasons that are logged only where they end something that was logged before."""

_ANOTHER_SPEAKS = frozenset({Reason.DUE, Reason.SAID})
_NO_TIER = frozenset({Reason.NOT_REACHED, Reason.NOT_CONFIRMED})
_SETTLED = frozenset({Reason.PAID, Reason.ASSUMED_PAID, Reason.NOT_IN_FORCE})

_COUNTED_AS = {
    State.PENDING.value: "due",
    State.SUPPRESSED.value: "observed",
    State.SUPERSEDED.value: "superseded",
}


@dataclass(slots=True)
class Changes:
    """What follows from one case, or from many together."""

    new: list[dict[str, Any]] = field(default_factory=list)
    again: list[dict[str, Any]] = field(default_factory=list)
    closed: list[Closing] = field(default_factory=list)
    log: list[Verdict] = field(default_factory=list)

    def add(self, other: "Changes") -> None:
        """Take in what follows from another case."""
        self.new += other.new
        self.again += other.again
        self.closed += other.closed
        self.log += other.log

    def tally(self) -> Counter[str]:
        """Count these changes by what `Looked` calls them."""
        found: Counter[str] = Counter(closed=len(self.closed))
        for row in (*self.new, *self.again):
            state = row.get("state") or row["new_state"]
            if row.get("channel") == Channel.CALL.value:
                found["calls"] += 1
            else:
                found[_COUNTED_AS[state]] += 1
        return found


def changes_of(case: Case, rules: Rules, last: LastVerdicts, *, on: date) -> Changes:
    """Return what the verdicts of a case change in the database."""
    changes = Changes()
    by_key = {row.key: row for row, _ in case.history}
    kept: set[str] = set()
    for verdict in case.verdicts:
        if verdict.tier is None:
            continue
        if verdict.channel is Channel.CALL or verdict.speaks:
            kept.add(verdict_key(verdict, verdict.tier))
        if verdict.speaks:
            _speak(changes, rules, verdict, verdict.tier, by_key, on=on)
            _pass_over(changes, case, rules, verdict, verdict.tier, by_key, on=on)
    _close_the_rest(changes, case, rules, kept, on=on)
    changes.log = [
        logged
        for logged in (_as_logged(rules, verdict) for verdict in case.verdicts)
        if _is_news(logged, last)
    ]
    return changes


def verdict_key(verdict: Verdict, tier: Tier) -> str:
    """Return the key of the alert that a verdict is about."""
    return key_of(
        verdict.application_no,
        verdict.fee_year,
        verdict.due_on,
        tier.value,
        verdict.channel.value,
        verdict.recipient,
    )


def beginning(rules: Rules, verdict: Verdict) -> tuple[State, Reason]:
    """Return how an alert begins: waiting, or only observed."""
    if verdict.channel is Channel.CALL:
        return State.PENDING, Reason.DUE
    if rules.observing and verdict.recipient not in rules.guests:
        return State.SUPPRESSED, Reason.OBSERVED
    return State.PENDING, Reason.DUE


def _speak(
    changes: Changes,
    rules: Rules,
    verdict: Verdict,
    tier: Tier,
    by_key: Mapping[str, AlertRow],
    *,
    on: date,
) -> None:
    key = verdict_key(verdict, tier)
    state, reason = beginning(rules, verdict)
    row = by_key.get(key)
    if row is None:
        changes.new.append(_new(rules, verdict, tier, state, reason, on=on))
    elif row.state is State.PENDING and state is State.SUPPRESSED:
        changes.closed.append(Closing(row.id, state, reason))
    elif row.state not in OPEN and row.state != state and not _hopeless(row):
        changes.again.append(_again(rules, verdict, row, state, reason, on=on))


def _hopeless(row: AlertRow) -> bool:
    """Whether the message itself came back, not the address: it would do so again."""
    came_back = row.state in (State.REFUSED, State.UNDELIVERED)
    return came_back and row.reason is not Reason.BAD_CONTACT


def _pass_over(
    changes: Changes,
    case: Case,
    rules: Rules,
    verdict: Verdict,
    tier: Tier,
    by_key: Mapping[str, AlertRow],
    *,
    on: date,
) -> None:
    """Give the milder tiers that deserve no message of their own this outcome."""
    situation = case.situation(verdict.fee_year)
    assert situation is not None  # noqa: S101 - the verdict was made from it
    by = verdict_key(verdict, tier)
    for milder in verdict.supersedes:
        passed = dataclasses.replace(
            verdict,
            tier=milder,
            due_on=ladder.due_on(milder, situation.dates),
            anchor_on=ladder.anchor_on(milder, situation.dates),
        )
        old = by_key.get(verdict_key(passed, milder))
        if old is None:
            row = _new(
                rules, passed, milder, State.SUPERSEDED, Reason.SUPERSEDED, on=on
            )
            changes.new.append(row | {"superseded_by": by})
        elif old.state is State.PENDING:
            changes.closed.append(
                Closing(old.id, State.SUPERSEDED, Reason.SUPERSEDED, by)
            )


def _close_the_rest(
    changes: Changes, case: Case, rules: Rules, kept: Collection[str], *, on: date
) -> None:
    """Give every waiting alert that is no longer to be said its outcome."""
    verdict_for: dict[tuple[int, Channel, str], Verdict] = {
        (v.fee_year, v.channel, v.recipient): v for v in case.verdicts
    }
    settled = {v.fee_year: v for v in case.verdicts if v.reason in _SETTLED}
    closed = {closing.row for closing in changes.closed}
    for row, _ in case.history:
        if row.state is not State.PENDING or row.key in kept or row.id in closed:
            continue
        verdict = verdict_for.get((row.fee_year, row.channel, row.recipient))
        verdict = verdict or settled.get(row.fee_year)
        if not _is_the_call_meant(row, verdict):
            changes.closed.append(_fate(case, rules, row, verdict, on=on))


def _is_the_call_meant(row: AlertRow, verdict: Verdict | None) -> bool:
    """Whether this is the task an official has already, with a day since corrected."""
    return (
        verdict is not None
        and verdict.tier is not None
        and verdict.channel is Channel.CALL
        and verdict.reason is Reason.SAID
        and row.tier.severity >= verdict.tier.severity
    )


def _fate(
    case: Case, rules: Rules, row: AlertRow, verdict: Verdict | None, *, on: date
) -> Closing:
    """Return why an alert is not said: forbidden, replaced, or over."""
    if verdict is None:
        state = State.EXPIRED if _over(case, rules, row, on=on) else State.CANCELLED
        there = row.channel is Channel.CALL or any(
            contact.recipient == row.recipient for contact in case.contacts
        )
        reason = Reason.SUPERSEDED if there else Reason.NO_CONTACT
        return Closing(row.id, state, reason)
    if verdict.reason in _ANOTHER_SPEAKS and verdict.tier is not None:
        by = verdict_key(verdict, verdict.tier) if verdict.speaks else None
        return Closing(row.id, State.SUPERSEDED, Reason.SUPERSEDED, by)
    if verdict.reason in _NO_TIER and _over(case, rules, row, on=on):
        unsure = verdict.reason is Reason.NOT_CONFIRMED
        reason = Reason.NOT_CONFIRMED if unsure else Reason.SUPERSEDED
        return Closing(row.id, State.EXPIRED, reason)
    return Closing(row.id, State.CANCELLED, verdict.reason)


def _over(case: Case, rules: Rules, row: AlertRow, *, on: date) -> bool:
    situation = case.situation(row.fee_year)
    return situation is None or not any(
        rung.tier is row.tier
        and on <= ladder.span(rung, situation.dates, soft=False)[1]
        for rung in rules.rungs
    )


def _as_logged(rules: Rules, verdict: Verdict) -> Verdict:
    if verdict.speaks and verdict.channel is not Channel.CALL:
        return dataclasses.replace(verdict, reason=beginning(rules, verdict)[1])
    return verdict


def _is_news(verdict: Verdict, last: LastVerdicts) -> bool:
    number, channel = verdict.application_no, verdict.channel.value
    before = last.get((number, verdict.fee_year, channel, verdict.recipient))
    if before is None:
        return verdict.reason not in _NO_NEWS
    tier = verdict.tier.value if verdict.tier else None
    return before != (tier, verdict.reason.value)


def _new(
    rules: Rules,
    verdict: Verdict,
    tier: Tier,
    state: State,
    reason: Reason,
    *,
    on: date,
) -> dict[str, Any]:
    return {
        "key": verdict_key(verdict, tier),
        "application_no": verdict.application_no,
        "fee_year": verdict.fee_year,
        "due_on": verdict.due_on,
        "anchor_on": verdict.anchor_on,
        "tier": tier.value,
        "audience": verdict.audience.value,
        "channel": verdict.channel.value,
        "transport": rules.transports.get(verdict.channel, "file"),
        "recipient": verdict.recipient,
        "state": state.value,
        "reason": reason.value,
        "evidence": verdict.evidence.value,
        "correction": verdict.correction,
        "decided_on": on,
        "superseded_by": None,
        "rulebook": rules.rulebook.fingerprint,
    }


def _again(
    rules: Rules,
    verdict: Verdict,
    row: AlertRow,
    state: State,
    reason: Reason,
    *,
    on: date,
) -> dict[str, Any]:
    return {
        "row": row.id,
        "channel": row.channel.value,
        "old_state": row.state.value,
        "new_state": state.value,
        "new_reason": reason.value,
        "new_evidence": verdict.evidence.value,
        "new_transport": rules.transports.get(verdict.channel, "file"),
        "new_correction": verdict.correction,
        "new_day": on,
    }
