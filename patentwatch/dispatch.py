"""Sending what waits: claim, ask again whether it is still true, render, send, settle.

No transaction is open while the network is. What goes to a person is rendered from
facts re-read at that moment: paid meanwhile means cancelled, a tier that ended means
expired.
"""

import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from threading import Event
from typing import Any

from sqlalchemy import Connection, Engine, Row

from patentwatch import backoff, clock, render
from patentwatch.cases import Case, Rules, cases
from patentwatch.delivery import Envelope, Outcome, OutcomeKind, Transport
from patentwatch.errors import PatentwatchError
from patentwatch.items import item_of
from patentwatch.letters import Letter
from patentwatch.look import look_at, verdict_key
from patentwatch.model import (
    Audience,
    Channel,
    Contact,
    Evidence,
    Office,
    Reason,
    State,
    Tier,
)
from patentwatch.store import outbox, people
from patentwatch.store.engine import transaction
from patentwatch.store.outbox import Claimed
from patentwatch.store.vault import Vault

log = logging.getLogger(__name__)

BATCH = 20
_RENDER_AGAIN = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Post:
    """Everything that sending needs besides the database.

    `clock` gives the instant of each step: the real one, or the one asked for by
    `--on`. `stop` ends the taking of messages; those on the wire are finished.
    """

    rules: Rules
    office: Office
    sender: str
    transports: dict[Channel, Transport]
    window: tuple[time, time]
    daily_cap: int
    clock: Callable[[], datetime]
    stop: Event = field(default_factory=Event)


@dataclass(slots=True)
class Delivered:
    """How many messages came to which end in one run."""

    accepted: int = 0
    retry: int = 0
    refused: int = 0
    closed: int = 0
    waiting: int = 0
    broken: int = 0

    @property
    def needs_a_person(self) -> bool:
        """Whether something did not get out that should have."""
        return bool(self.retry or self.refused or self.broken)


def deliver(
    engine: Engine,
    vault: Vault,
    post: Post,
    *,
    on_message: Callable[[], None] = lambda: None,
) -> Delivered:
    """Send every message whose time has come, most urgent first, each once.

    Outside the send window messages wait, with that reason.
    """
    delivered = Delivered()
    with transaction(engine) as connection:
        outbox.recover(connection, now=post.clock())
    for channel, transport in post.transports.items():
        run = _Run(engine, vault, post, channel, delivered, on_message)
        transport(run.envelopes(), on_outcome=run.settle, stop=post.stop)
        run.give_back()
    return delivered


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
    ) -> None:
        self._engine, self._vault, self._post = engine, vault, post
        self._channel, self._delivered = channel, delivered
        self._on_message = on_message
        self._claimed: dict[str, Claimed] = {}

    def envelopes(self) -> Iterator[Envelope]:
        """Yield finished messages; claims a few at a time, only when asked for more."""
        after: tuple[int, int] | None = None
        while not self._post.stop.is_set():
            now = self._post.clock()
            with transaction(self._engine) as connection:
                rows = outbox.waiting(
                    connection, self._channel, now=now, limit=BATCH, after=after
                )
                if not rows:
                    return
                after = (rows[-1].severity, rows[-1].id)
                ready = self._claim(connection, rows, now=now)
            yield from ready

    def settle(self, key: str, outcome: Outcome) -> None:
        """Write what came of one message, in a transaction of its own."""
        claimed = self._claimed.pop(key)
        state, not_before_at = _next_state(claimed, outcome, now=self._post.clock())
        with transaction(self._engine) as connection:
            outbox.settle(
                connection,
                claimed,
                state=state,
                now=self._post.clock(),
                outcome=outcome.kind.value,
                detail=f"{outcome.code} {outcome.text}".strip(),
                not_before_at=not_before_at,
            )
            if state is State.REFUSED:
                people.flag(
                    connection,
                    claimed.recipient,
                    word="bad",
                    reason=f"{outcome.code} {outcome.text}".strip(),
                )
        self._count(state)
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
        for claimed in self._claimed.values():
            with transaction(self._engine) as connection:
                outbox.settle(
                    connection,
                    claimed,
                    state=State.PENDING,
                    now=self._post.clock(),
                    outcome="not_tried",
                    detail="",
                    not_before_at=self._post.clock(),
                )
        self._claimed.clear()

    def _claim(
        self, connection: Connection, rows: Sequence[Row[Any]], *, now: datetime
    ) -> list[Envelope]:
        opens_at = _window_opens(self._post, now)
        if opens_at is not None:
            for row in rows:
                outbox.postpone(
                    connection, row.id, until_at=opens_at, reason=Reason.QUIET_HOURS
                )
            self._delivered.waiting += len(rows)
            return []
        true_now = self._still_true(connection, rows, now=now)
        addressees = people.by_recipients(
            connection, self._vault, [row.recipient for row in rows]
        )
        ready = []
        for row in rows:
            members = true_now.get(row.id, [])
            if not members:
                outbox.close_message(connection, row.id, state=State.CANCELLED)
                self._delivered.closed += 1
            elif self._capped(connection, row, members, now=now):
                self._delivered.waiting += 1
            else:
                envelope = self._envelope(
                    connection, row, members, addressees[row.recipient], now=now
                )
                if envelope is not None:
                    ready.append(envelope)
        return ready

    def _still_true(
        self, connection: Connection, rows: Sequence[Row[Any]], *, now: datetime
    ) -> dict[int, list[tuple[Row[Any], Case]]]:
        """Decide again about every patent in these messages; return what remains."""
        members = outbox.alerts_in(connection, [row.id for row in rows])
        numbers = sorted({a.application_no for some in members.values() for a in some})
        on = clock.today(now)
        look_at(connection, self._vault, self._post.rules, numbers, now=now)
        decided = {
            case.patent.application_no: case
            for case in cases(connection, self._vault, self._post.rules, numbers, on=on)
        }
        members = outbox.alerts_in(connection, [row.id for row in rows])
        return {
            message: [(alert, decided[alert.application_no]) for alert in some]
            for message, some in members.items()
        }

    def _capped(
        self,
        connection: Connection,
        row: Row[Any],
        members: Sequence[tuple[Row[Any], Case]],
        *,
        now: datetime,
    ) -> bool:
        if any(Tier(alert.tier) in outbox.LATE for alert, _ in members):
            return False
        midnight = clock.at(clock.today(now), time.min)
        sent = outbox.sent_on(connection, row.recipient, row.channel, from_at=midnight)
        if sent < self._post.daily_cap:
            return False
        outbox.postpone(
            connection,
            row.id,
            until_at=_window_start(self._post, now + timedelta(days=1)),
            reason=Reason.CAPPED,
        )
        return True

    def _envelope(
        self,
        connection: Connection,
        row: Row[Any],
        members: Sequence[tuple[Row[Any], Case]],
        contact: Contact,
        *,
        now: datetime,
    ) -> Envelope | None:
        claimed = outbox.take(
            connection,
            row,
            [alert for alert, _ in members],
            transport=self._post.rules.transports[self._channel],
            now=now,
        )
        try:
            rendered = render.message(
                _letter(members, contact, self._post, claimed, now=now),
                sender=self._post.sender,
                to=contact.address,
                sent_at=now,
            )
        except PatentwatchError as error:
            log.error("message not rendered id=%s code=%s", row.id, error.code)  # noqa: TRY400
            outbox.settle(
                connection,
                claimed,
                state=State.PENDING,
                now=now,
                outcome=error.code,
                detail=str(error),
                not_before_at=now + _RENDER_AGAIN,
            )
            self._delivered.broken += 1
            return None
        outbox.intend(connection, claimed, rendered.raw, now=now)
        self._claimed[claimed.ref] = claimed
        return Envelope(claimed.ref, claimed.channel, contact.address, rendered.raw)

    def _count(self, state: State) -> None:
        match state:
            case State.ACCEPTED:
                self._delivered.accepted += 1
            case State.REFUSED:
                self._delivered.refused += 1
            case _:
                self._delivered.retry += 1


def _letter(
    members: Sequence[tuple[Row[Any], Case]],
    contact: Contact,
    post: Post,
    claimed: Claimed,
    *,
    now: datetime,
) -> Letter:
    on = clock.today(now)
    items = []
    for alert, case in members:
        situation = case.situation(alert.fee_year)
        assert situation is not None  # noqa: S101 - the alert was found true on this day
        evidence = next(
            (
                verdict.evidence
                for verdict in case.verdicts
                if verdict.tier is not None
                and verdict_key(verdict, verdict.tier) == alert.key
            ),
            Evidence(alert.evidence),
        )
        items.append(
            item_of(
                situation,
                tier=Tier(alert.tier),
                evidence=evidence,
                correction=alert.correction,
                on=on,
                rulebook=post.rules.rulebook,
            )
        )
    items.sort(key=lambda item: (-item.tier.severity, item.due_on, item.application_no))
    return Letter(
        channel=claimed.channel,
        audience=Audience(members[0][0].audience),
        party=contact.party,
        items=tuple(items),
        office=post.office,
        on=on,
        message_id=claimed.ref,
    )


def _next_state(
    claimed: Claimed, outcome: Outcome, *, now: datetime
) -> tuple[State, datetime | None]:
    if outcome.kind is OutcomeKind.ACCEPTED:
        return State.ACCEPTED, None
    if outcome.kind is OutcomeKind.REFUSED:
        return State.REFUSED, None
    late = claimed.severity >= Tier.FINAL.severity
    return State.PENDING, backoff.after(
        claimed.attempt,
        key=claimed.ref,
        ambiguous=outcome.kind is OutcomeKind.UNKNOWN,
        late=late,
        now=now,
    )


def _window_opens(post: Post, now: datetime) -> datetime | None:
    """Return the instant the send window opens next, None while it is open."""
    first, last = post.window
    local = now.astimezone(clock.SHANGHAI)
    if first <= local.time() <= last:
        return None
    days = 1 if local.time() > last else 0
    return _window_start(post, now + timedelta(days=days))


def _window_start(post: Post, day: datetime) -> datetime:
    return clock.at(clock.today(day), post.window[0])
