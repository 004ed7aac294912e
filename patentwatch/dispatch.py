"""Sending what waits: claim, ask again whether it is still true, render, send, settle.

No transaction is open while the network is. What goes to a person is rendered from
facts re-read at that moment: paid meanwhile means cancelled, a tier that ended means
expired.
"""

import logging
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from typing import Any

from sqlalchemy import Connection, Engine, Row

from patentwatch import asking, clock, papers, settling
from patentwatch.circuits import Tries
from patentwatch.composing import Member, made, still_true
from patentwatch.delivery import Envelope, Outcome, OutcomeKind
from patentwatch.errors import PatentwatchError
from patentwatch.model import Channel, Reason, State
from patentwatch.post import Post
from patentwatch.store import attempts, circuits, claiming, halts, outbox, receipts
from patentwatch.store.attempts import Ended
from patentwatch.store.engine import transaction
from patentwatch.store.messages import (
    ALERTS,
    CANARY,
    LATE,
    LEASE,
    REPEATABLE,
    Claimed,
    reference,
)
from patentwatch.store.vault import Vault

log = logging.getLogger(__name__)

BATCH = 20
_STALE_AFTER = LEASE / 2
_A_DAY = timedelta(days=1)


@dataclass(slots=True)
class Delivered:
    """How many messages came to which end in one run.

    `unknown`: left, or may have; their provider is asked before anything else. `down`
    are the transports that are left alone for now: they failed too often. `halted`:
    why nothing is sent at all until a person has said so.
    """

    accepted: int = 0
    retry: int = 0
    refused: int = 0
    unknown: int = 0
    closed: int = 0
    waiting: int = 0
    broken: int = 0
    down: list[str] = field(default_factory=list)
    halted: list[str] = field(default_factory=list)

    @property
    def needs_a_person(self) -> bool:
        """Whether something did not get out that should have."""
        return bool(
            self.retry or self.refused or self.broken or self.down or self.halted
        )


def deliver(
    engine: Engine,
    vault: Vault,
    post: Post,
    *,
    on_message: Callable[[], None] = lambda: None,
) -> Delivered:
    """Send every message whose time has come, most urgent first, each once.

    What left earlier and has no known end is asked after first. Outside the send
    window messages wait, with that reason.
    """
    delivered = Delivered()
    with transaction(engine) as connection:
        for number in outbox.recover(connection, now=post.clock()):
            receipts.fold(connection, number)
        delivered.halted = [halt.kind.value for halt in halts.standing(connection)]
    if delivered.halted:
        return delivered
    asking.ask(engine, vault, post, on_asked=on_message)
    for channel, gateway in post.gateways.items():
        tries = _tries(engine, post, channel)
        if tries is Tries.NONE:
            delivered.down.append(post.rules.transports[channel])
            with transaction(engine) as connection:
                outbox.look_again_at_pressing(connection, channel)
        elif tries is not None:
            run = _Run(engine, vault, post, channel, delivered, on_message, tries)
            try:
                gateway.send(run.envelopes(), on_outcomes=run.settle, stop=post.stop)
            finally:
                run.give_back()
    return delivered


def _tries(engine: Engine, post: Post, channel: Channel) -> Tries | None:
    """Return how many messages may be tried; None: there is none, and none is asked.

    A probe is for whoever has something to try with it.
    """
    now, transport = post.clock(), post.rules.transports[channel]
    with transaction(engine) as connection:
        if claiming.any_waiting(connection, channel, now=now):
            return circuits.ask(connection, transport, now=now)
        return Tries.NONE if transport in circuits.down(connection) else None


_Finished = tuple[Claimed, Envelope] | PatentwatchError


class _Run:
    """One channel's part of a delivery: what was claimed and what came of it."""

    def __init__(
        self,
        engine: Engine,
        vault: Vault,
        post: Post,
        channel: Channel,
        delivered: Delivered,
        on_message: Callable[[], None],
        tries: Tries,
    ) -> None:
        self._engine, self._vault, self._post = engine, vault, post
        self._channel, self._delivered = channel, delivered
        self._on_message = on_message
        self._transport = post.rules.transports[channel]
        self._asks = self._transport not in REPEATABLE
        self._probes = tries is Tries.ONE
        self._claimed: dict[str, Claimed] = {}
        self._handed: set[str] = set()

    def envelopes(self) -> Iterator[Envelope]:
        """Yield finished messages; claims a few at a time, only when asked for more.

        What was claimed long ago goes back untried: its lease must outlast the wire.
        """
        after: tuple[int, int] | None = None
        while not self._post.stop.is_set():
            now = self._post.clock()
            if self._wait_for_the_window(now):
                return
            with transaction(self._engine) as connection:
                rows = claiming.waiting(
                    connection,
                    self._channel,
                    now=now,
                    # What goes one at a time is claimed so: a kill leaves one unknown.
                    limit=1 if self._probes or self._asks else BATCH,
                    after=after,
                    least_tried=self._probes,
                )
                if not rows:
                    return
                ready = self._claim(connection, rows, now=now)
            after = (rows[-1].severity, rows[-1].id)
            for envelope in ready:
                if self._post.clock() - now > _STALE_AFTER:
                    return
                self._handed.add(envelope.message_key)
                yield envelope
                if self._probes:
                    return

    def settle(self, outcomes: Mapping[str, Outcome]) -> None:
        """Write what came of some messages, in a transaction of its own."""
        told = [(self._claimed.pop(ref), outcome) for ref, outcome in outcomes.items()]
        states = settling.settle(self._engine, self._post, told, probe=self._probes)
        for (claimed, outcome), state in zip(told, states, strict=True):
            self._count(state, outcome)
            self._on_message()
            log.info(
                "message settled id=%s channel=%s outcome=%s attempt=%s",
                claimed.id,
                claimed.channel,
                outcome.kind,
                claimed.attempt,
            )

    def give_back(self) -> None:
        """Return what was claimed and not tried: a stop came, or the relay went."""
        untried = [
            Ended(
                claimed, State.PENDING, Reason.DUE, outcome="not_tried", untouched=True
            )
            for claimed in self._claimed.values()
            # What was on the wire when something broke: its lease decides.
            if claimed.ref not in self._handed
        ]
        if untried:
            with transaction(self._engine) as connection:
                attempts.settle(connection, untried, now=self._post.clock())
        self._claimed.clear()

    def _wait_for_the_window(self, now: datetime) -> bool:
        """Let everything wait while the send window is closed; say whether it is."""
        opens_at = self._post.window_opens_at(now)
        if opens_at is None:
            return False
        with transaction(self._engine) as connection:
            self._delivered.waiting += outbox.postpone_all(
                connection,
                self._channel,
                now=now,
                until_at=opens_at,
                reason=Reason.QUIET_HOURS,
            )
        return True

    def _claim(
        self, connection: Connection, rows: Sequence[Row[Any]], *, now: datetime
    ) -> list[Envelope]:
        """Take the leases on what is still true and may go now; finish the mails."""
        ready = []
        for number, finished in (
            *self._letters(connection, rows, now=now),
            *self._papers(connection, rows, now=now),
        ):
            if isinstance(finished, PatentwatchError):
                settling.put_off_unmade(connection, number, finished, now=now)
                self._delivered.broken += 1
            else:
                ready.append(finished)
        claiming.take(connection, [claimed for claimed, _ in ready], now=now)
        for claimed, _ in ready:
            self._claimed[claimed.ref] = claimed
        return [envelope for _, envelope in ready]

    def _letters(
        self, connection: Connection, rows: Sequence[Row[Any]], *, now: datetime
    ) -> Iterator[tuple[int, _Finished]]:
        """Yield by message what is still true of its alerts and may go today."""
        letters = [row for row in rows if row.kind == ALERTS]
        ids = [row.id for row in letters]
        members, unsure = still_true(connection, self._vault, self._post, ids, now=now)
        nothing_left = [number for number in ids if number not in unsure | set(members)]
        self._put_off_undecided(connection, sorted(unsure), now=now)
        outbox.close_messages(connection, nothing_left)
        self._delivered.closed += len(nothing_left)
        said = [row for row in letters if row.id in members]
        names = {
            number: reference(member.alert.key for member in found)
            for number, found in members.items()
        }
        before = claiming.in_use(connection, set(names.values()))
        for row in self._within_the_caps(connection, said, members, now=now):
            again = names[row.id] in before
            yield (
                row.id,
                made(row, members[row.id], self._post, now=now, again=again),
            )

    def _leaves(self, row: Row[Any]) -> bool:
        """Whether a paper may leave: while observing only to guests."""
        rules = self._post.rules
        exempt = row.kind == CANARY or row.recipient in rules.guests
        return not rules.observing or exempt

    def _papers(
        self, connection: Connection, rows: Sequence[Row[Any]], *, now: datetime
    ) -> Iterator[tuple[int, _Finished]]:
        for row in rows:
            if row.kind != ALERTS and not self._leaves(row):
                later = now + settling.MEND_WAIT
                outbox.postpone(
                    connection, [row.id], until_at=later, reason=Reason.OBSERVED
                )
            elif row.kind != ALERTS:
                finished = papers.made(connection, row, self._post, now=now)
                if finished is None:
                    self._delivered.closed += 1
                else:
                    yield row.id, finished

    def _within_the_caps(
        self,
        connection: Connection,
        rows: Sequence[Row[Any]],
        members: dict[int, list[Member]],
        *,
        now: datetime,
    ) -> list[Row[Any]]:
        """Return what may go today; the rest waits for tomorrow.

        Our own cap never holds a late tier; what a provider takes for one number in
        24 hours holds everything, as it would be refused.
        """
        recipients = {row.recipient for row in rows}
        midnight = clock.at(clock.today(now), time.min)
        today = self._sent(connection, recipients, from_at=midnight)
        lately = self._sent(connection, recipients, from_at=now - _A_DAY)
        going, over = [], []
        for row in rows:
            late = any(m.verdict.tier in LATE for m in members[row.id])
            taken = (
                not self._asks or lately.get(row.recipient, 0) < self._post.number_cap
            )
            if taken and (late or today.get(row.recipient, 0) < self._post.daily_cap):
                going.append(row)
                for sent in (today, lately):
                    sent[row.recipient] = sent.get(row.recipient, 0) + 1
            else:
                over.append(row.id)
        tomorrow = self._post.window_start_at(now + _A_DAY)
        outbox.postpone(connection, over, until_at=tomorrow, reason=Reason.CAPPED)
        self._delivered.waiting += len(over)
        return going

    def _sent(
        self, connection: Connection, recipients: set[str], *, from_at: datetime
    ) -> dict[str, int]:
        return claiming.sent_since(
            connection, self._channel, recipients, from_at=from_at
        )

    def _put_off_undecided(
        self, connection: Connection, ids: Sequence[int], *, now: datetime
    ) -> None:
        """Let messages wait about nothing but patents that cannot be decided."""
        outbox.postpone(
            connection,
            ids,
            until_at=now + settling.MEND_WAIT,
            reason=Reason.DUE,
            detail="undecided",
        )
        self._delivered.broken += len(ids)

    def _count(self, state: State, outcome: Outcome) -> None:
        match state:
            case State.ACCEPTED:
                self._delivered.accepted += 1
            case State.REFUSED:
                self._delivered.refused += 1
            case State.UNKNOWN:
                self._delivered.unknown += 1
            case _ if outcome.kind is OutcomeKind.TEXT_REFUSED:
                self._delivered.broken += 1
            case _:
                self._delivered.retry += 1
