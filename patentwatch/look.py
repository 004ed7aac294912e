"""One look at the register: decide, write verdicts, alerts and messages. No rules here.

Looking again changes nothing: what to say is decided by `alerts`, what exists is
guarded by the keys of the tables. A look reads only the patents whose verdict can
have changed, unless it is asked for everything.
"""

import dataclasses
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from sqlalchemy import Connection

from patentwatch import clock, deadlines, ladder
from patentwatch.alerts import Verdict
from patentwatch.cases import Case, Rules, cases
from patentwatch.model import Channel, Reason, State, Tier
from patentwatch.store import outbox, patents, pauses, verdicts
from patentwatch.store.memory import forget, recall, remember
from patentwatch.store.vault import Vault
from patentwatch.store.verdicts import AlertRow, key_of

FAR = date(9999, 12, 31)
"""The next look at a patent about which time alone changes nothing."""

LAST_LOOK, LAST_RULES, WAKE = "look.last_on", "look.rules", "look.wake_on"

_NO_NEWS = frozenset(
    {Reason.NOT_REACHED, Reason.PAID, Reason.ASSUMED_PAID, Reason.NOT_IN_FORCE}
)
"""Reasons that are logged only where they end something that was logged before."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look did, in numbers."""

    looked_at: int = 0
    due: int = 0
    observed: int = 0
    superseded: int = 0
    closed: int = 0
    calls: int = 0
    messages: int = 0
    braked: int = 0


@dataclass(slots=True)
class Changes:
    """What follows from one case: alerts to add, to make due again, to close."""

    new: list[dict[str, Any]] = field(default_factory=list)
    again: list[dict[str, Any]] = field(default_factory=list)
    closed: dict[int, tuple[State, Reason, str | None]] = field(default_factory=dict)
    log: list[Verdict] = field(default_factory=list)

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


_COUNTED_AS = {
    State.PENDING.value: "due",
    State.SUPPRESSED.value: "observed",
    State.SUPERSEDED.value: "superseded",
}


def look(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    *,
    now: datetime,
    everything: bool = False,
) -> Looked:
    """Decide for every patent that is due for a look and write what follows.

    One transaction, the caller's: verdicts, alerts and messages appear together.
    """
    on = clock.today(now)
    for channel in sorted(rules.real_now):
        verdicts.mark_real(connection, channel, now=now)
    full = everything or _needs_full_pass(connection, rules, on=on)
    tally: Counter[str] = Counter()
    for numbers in patents.due_for_a_look(connection, on=on, everything=full):
        tally += _look_at(connection, vault, rules, numbers, now=now)
    grouped = outbox.group(connection, now=now, brake=rules.brake)
    _remember(connection, rules, on=on)
    tally += Counter(messages=grouped.messages, braked=grouped.braked)
    return Looked(**tally)


def look_at(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    numbers: Sequence[str],
    *,
    now: datetime,
) -> None:
    """Look at these patents alone, as just before a message about them leaves."""
    for some in patents.chunks(numbers):
        _look_at(connection, vault, rules, some, now=now)
    outbox.group(connection, now=now, brake=rules.brake)


def _look_at(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    numbers: Sequence[str],
    *,
    now: datetime,
) -> Counter[str]:
    on = clock.today(now)
    last = verdicts.last_verdicts(connection, numbers)
    waking = pauses.waking_days(connection, numbers, on=on)
    next_looks: dict[str, date] = {}
    tally: Counter[str] = Counter()
    for case in cases(connection, vault, rules, numbers, on=on):
        number = case.patent.application_no
        changes = changes_of(case, rules, last, on=on)
        _write(connection, rules, changes, on=on, now=now)
        tally += changes.tally()
        next_looks[number] = _next_look_on(case, rules, waking.get(number), on=on)
    patents.set_next_looks(connection, next_looks)
    return tally + Counter(looked_at=len(next_looks))


def changes_of(
    case: Case,
    rules: Rules,
    last: Mapping[tuple[str, int, str, str], tuple[str | None, str]],
    *,
    on: date,
) -> Changes:
    """Return what the verdicts of a case change in the database; writes nothing."""
    changes = Changes()
    by_key = {row.key: row for row, _ in case.history}
    kept: set[str] = set()
    for verdict in case.verdicts:
        if verdict.tier is None:
            continue
        key = verdict_key(verdict, verdict.tier)
        if verdict.channel is Channel.CALL or verdict.speaks:
            kept.add(key)
        if verdict.speaks:
            _speak(changes, case, rules, verdict, by_key, on=on)
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


def _speak(
    changes: Changes,
    case: Case,
    rules: Rules,
    verdict: Verdict,
    by_key: Mapping[str, AlertRow],
    *,
    on: date,
) -> None:
    assert verdict.tier is not None  # noqa: S101 - the caller's filter
    key = verdict_key(verdict, verdict.tier)
    state, reason = beginning(rules, verdict)
    row = by_key.get(key)
    if row is None:
        changes.new.append(
            _new(
                rules, verdict, verdict.tier, key=key, state=state, reason=reason, on=on
            )
        )
    elif row.state is State.PENDING and state is State.SUPPRESSED:
        changes.closed[row.id] = (state, reason, None)
    elif row.state not in verdicts.OPEN and row.state != state:
        changes.again.append(_again(rules, verdict, row, state, reason, on=on))
    situation = case.situation(verdict.fee_year)
    assert situation is not None  # noqa: S101 - the verdict was made from it
    for tier in verdict.supersedes:
        milder = _at(verdict, tier, situation.dates)
        old_key = verdict_key(milder, tier)
        old = by_key.get(old_key)
        if old is None:
            changes.new.append(
                _new(
                    rules,
                    milder,
                    tier,
                    key=old_key,
                    state=State.SUPERSEDED,
                    reason=Reason.SUPERSEDED,
                    on=on,
                    by=key,
                )
            )
        elif old.state is State.PENDING:
            changes.closed[old.id] = (State.SUPERSEDED, Reason.SUPERSEDED, key)


def _close_the_rest(
    changes: Changes, case: Case, rules: Rules, kept: set[str], *, on: date
) -> None:
    """Give every waiting alert that is no longer to be said its outcome."""
    verdict_for: dict[tuple[int, Channel, str], Verdict] = {
        (v.fee_year, v.channel, v.recipient): v for v in case.verdicts
    }
    settled = {v.fee_year: v for v in case.verdicts if v.tier is None}
    for row, _ in case.history:
        if (
            row.state is not State.PENDING
            or row.key in kept
            or row.id in changes.closed
        ):
            continue
        verdict = verdict_for.get((row.fee_year, row.channel, row.recipient))
        verdict = verdict or settled.get(row.fee_year)
        changes.closed[row.id] = _fate(case, rules, row, verdict, on=on)


def _fate(
    case: Case, rules: Rules, row: AlertRow, verdict: Verdict | None, *, on: date
) -> tuple[State, Reason, str | None]:
    if verdict is not None and verdict.reason not in (
        Reason.DUE,
        Reason.SAID,
        Reason.NOT_REACHED,
    ):
        return State.CANCELLED, verdict.reason, None
    if (
        verdict is not None
        and verdict.tier is not None
        and verdict.tier.severity > row.tier.severity
    ):
        by = verdict_key(verdict, verdict.tier)
        return State.SUPERSEDED, Reason.SUPERSEDED, by
    situation = case.situation(row.fee_year)
    if situation is None or not _still_true(row.tier, situation, rules, on=on):
        return State.EXPIRED, Reason.SUPERSEDED, None
    return State.CANCELLED, Reason.NO_CONTACT, None


def _still_true(
    tier: Tier, situation: deadlines.Situation, rules: Rules, *, on: date
) -> bool:
    return any(
        rung.tier is tier and on <= ladder.span(rung, situation.dates, soft=False)[1]
        for rung in rules.rungs
    )


def beginning(rules: Rules, verdict: Verdict) -> tuple[State, Reason]:
    """Return how an alert begins: waiting, or only observed."""
    if verdict.channel is Channel.CALL:
        return State.PENDING, Reason.DUE
    if rules.observing and verdict.recipient not in rules.guests:
        return State.SUPPRESSED, Reason.OBSERVED
    return State.PENDING, Reason.DUE


def _as_logged(rules: Rules, verdict: Verdict) -> Verdict:
    if verdict.speaks and verdict.channel is not Channel.CALL:
        return dataclasses.replace(verdict, reason=beginning(rules, verdict)[1])
    return verdict


def _is_news(
    verdict: Verdict,
    last: Mapping[tuple[str, int, str, str], tuple[str | None, str]],
) -> bool:
    before = last.get(
        (
            verdict.application_no,
            verdict.fee_year,
            verdict.channel.value,
            verdict.recipient,
        )
    )
    if before is None:
        return verdict.reason not in _NO_NEWS
    return before != (
        verdict.tier.value if verdict.tier else None,
        verdict.reason.value,
    )


def _at(verdict: Verdict, tier: Tier, dates: deadlines.FeeDates) -> Verdict:
    return dataclasses.replace(
        verdict,
        tier=tier,
        due_on=ladder.due_on(tier, dates),
        anchor_on=ladder.anchor_on(tier, dates),
    )


def _new(
    rules: Rules,
    verdict: Verdict,
    tier: Tier,
    *,
    key: str,
    state: State,
    reason: Reason,
    on: date,
    by: str | None = None,
) -> dict[str, Any]:
    return {
        "key": key,
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
        "superseded_by": by,
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
        "new_state": state.value,
        "new_reason": reason.value,
        "new_evidence": verdict.evidence.value,
        "new_transport": rules.transports.get(verdict.channel, "file"),
        "new_correction": verdict.correction,
        "new_day": on,
    }


def _write(
    connection: Connection, rules: Rules, changes: Changes, *, on: date, now: datetime
) -> None:
    verdicts.add_alerts(connection, changes.new)
    verdicts.rearm(connection, changes.again)
    for number, (state, reason, by) in changes.closed.items():
        verdicts.close(
            connection, [number], state=state, reason=reason, superseded_by=by
        )
    verdicts.add_verdicts(
        connection, changes.log, on=on, now=now, rulebook=rules.rulebook.fingerprint
    )


def _next_look_on(
    case: Case, rules: Rules, waking_on: date | None, *, on: date
) -> date:
    """Return the first day on which time alone can change a verdict of this patent."""
    days = {fact.dated_on for fact in case.facts}
    if waking_on is not None:
        days.add(waking_on)
    for dates in deadlines.change_days(
        case.patent, case.facts, on=on, rulebook=rules.rulebook
    ):
        days |= ladder.boundaries(rules.rungs, dates)
    return min((day for day in days if day > on), default=FAR)


def _needs_full_pass(connection: Connection, rules: Rules, *, on: date) -> bool:
    """Return whether time ran backwards, a rule changed or a silence wakes."""
    last, wake = recall(connection, LAST_LOOK), recall(connection, WAKE)
    return (
        recall(connection, LAST_RULES) != rules.fingerprint
        or (last is not None and on.isoformat() < last)
        or (wake is not None and wake <= on.isoformat())
    )


def _remember(connection: Connection, rules: Rules, *, on: date) -> None:
    remember(connection, LAST_LOOK, on.isoformat())
    remember(connection, LAST_RULES, rules.fingerprint)
    wake_on = pauses.silence_waking_day(connection, on=on)
    if wake_on is None:
        forget(connection, WAKE)
    else:
        remember(connection, WAKE, wake_on.isoformat())
