"""Sending what waits: claim, ask again whether it is still true, render, send, settle.

No transaction is open while the network is. What goes to a person is rendered from
facts re-read at that moment: paid meanwhile means cancelled, a tier that ended means
expired.
"""

import dataclasses
import hashlib
import logging
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time, timedelta
from threading import Event
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row

from patentwatch import backoff, clock, render
from patentwatch.alerts import Verdict
from patentwatch.cases import Case, Rules
from patentwatch.changes import verdict_key
from patentwatch.delivery import Envelope, Outcome, OutcomeKind, Transport
from patentwatch.errors import PatentwatchError
from patentwatch.items import item_of
from patentwatch.letters import Item, Letter
from patentwatch.look import look_at
from patentwatch.model import Audience, Channel, Contact, Office, Reason, State, Tier
from patentwatch.store import outbox, people
from patentwatch.store.engine import transaction
from patentwatch.store.outbox import Claimed
from patentwatch.store.vault import Vault

log = logging.getLogger(__name__)

BATCH = 20
_STALE_AFTER = outbox.LEASE / 2
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


class _Member(NamedTuple):
    """One alert of a message, and the verdict that says it is true today."""

    alert: Row[Any]
    case: Case
    verdict: Verdict


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
        """Yield finished messages; claims a few at a time, only when asked for more.

        What was claimed long ago goes back untried: its lease must outlast the wire.
        """
        after: tuple[int, int] | None = None
        while not self._post.stop.is_set():
            now = self._post.clock()
            if self._wait_for_the_window(now):
                return
            with transaction(self._engine) as connection:
                rows = outbox.waiting(
                    connection, self._channel, now=now, limit=BATCH, after=after
                )
                if not rows:
                    return
                ready = self._claim(connection, rows, now=now)
            after = (rows[-1].severity, rows[-1].id)
            for envelope in ready:
                if self._post.clock() - now > _STALE_AFTER:
                    return
                yield envelope

    def settle(self, ref: str, outcome: Outcome) -> None:
        """Write what came of one message, in a transaction of its own."""
        claimed = self._claimed.pop(ref)
        now = self._post.clock()
        state, reason = _ENDS.get(outcome.kind, (State.PENDING, Reason.DUE))
        if outcome.bad_address:
            reason = Reason.BAD_CONTACT
        words = f"{outcome.code} {outcome.text}".strip()
        with transaction(self._engine) as connection:
            outbox.settle(
                connection,
                claimed,
                state=state,
                reason=reason,
                now=now,
                outcome=outcome.kind.value,
                detail=words,
                not_before_at=_try_again_at(claimed, outcome, now=now),
                untouched=outcome.kind is OutcomeKind.CHANNEL_DOWN,
            )
            if outcome.bad_address:
                people.flag(connection, claimed.recipient, word="bad", reason=words)
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
        with transaction(self._engine) as connection:
            for claimed in self._claimed.values():
                now = self._post.clock()
                outbox.settle(
                    connection,
                    claimed,
                    state=State.PENDING,
                    reason=Reason.DUE,
                    now=now,
                    outcome="not_tried",
                    not_before_at=now,
                    untouched=True,
                )
        self._claimed.clear()

    def _wait_for_the_window(self, now: datetime) -> bool:
        """Let everything wait while the send window is closed; say whether it is."""
        opens_at = _window_opens(self._post, now)
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
        members, unsure = self._still_true(connection, rows, now=now)
        said = [row for row in rows if row.id in members]
        nothing_left = [row.id for row in rows if row.id not in unsure | set(members)]
        self._put_off(connection, sorted(unsure), "undecided", now=now)
        outbox.close_messages(connection, nothing_left)
        self._delivered.closed += len(nothing_left)
        ready = []
        for row in self._within_the_cap(connection, said, members, now=now):
            made = self._made(row, members[row.id], now=now)
            if isinstance(made, PatentwatchError):
                self._put_off(connection, [row.id], made.code, now=now)
            else:
                ready.append(made)
        outbox.take(connection, [claimed for claimed, _ in ready], now=now)
        for claimed, _ in ready:
            self._claimed[claimed.ref] = claimed
        return [envelope for _, envelope in ready]

    def _still_true(
        self, connection: Connection, rows: Sequence[Row[Any]], *, now: datetime
    ) -> tuple[dict[int, list[_Member]], set[int]]:
        """Decide again about every patent in these messages.

        Returns what is true today by message, and the messages about nothing but
        patents that could not be decided.
        """
        ids = [row.id for row in rows]
        planned = outbox.alerts_in(connection, ids)
        numbers = {a.application_no for some in planned.values() for a in some}
        cases = look_at(
            connection, self._vault, self._post.rules, sorted(numbers), now=now
        )
        spoken = {
            verdict_key(verdict, verdict.tier): (case, verdict)
            for case in cases.values()
            for verdict in case.verdicts
            if verdict.speaks and verdict.tier is not None
        }
        members: dict[int, list[_Member]] = {}
        unsure: set[int] = set()
        for message, alerts in outbox.alerts_in(connection, ids).items():
            for alert in alerts:
                if alert.key in spoken:
                    member = _Member(alert, *spoken[alert.key])
                    members.setdefault(message, []).append(member)
                elif alert.application_no not in cases:
                    unsure.add(message)
        return members, unsure - set(members)

    def _within_the_cap(
        self,
        connection: Connection,
        rows: Sequence[Row[Any]],
        members: dict[int, list[_Member]],
        *,
        now: datetime,
    ) -> list[Row[Any]]:
        """Return what may go today; the rest waits for tomorrow, late tiers never."""
        sent = outbox.sent_since(
            connection,
            self._channel,
            {row.recipient for row in rows},
            from_at=clock.at(clock.today(now), time.min),
        )
        going, over = [], []
        for row in rows:
            count = sent.get(row.recipient, 0)
            late = any(Tier(m.alert.tier) in outbox.LATE for m in members[row.id])
            if late or count < self._post.daily_cap:
                going.append(row)
                sent[row.recipient] = count + 1
            else:
                over.append(row.id)
        tomorrow = _window_start(self._post, now + timedelta(days=1))
        outbox.postpone(connection, over, until_at=tomorrow, reason=Reason.CAPPED)
        self._delivered.waiting += len(over)
        return going

    def _made(
        self, row: Row[Any], members: Sequence[_Member], *, now: datetime
    ) -> tuple[Claimed, Envelope] | PatentwatchError:
        """Return the claim on a message and its finished text, or why there is none."""
        post = self._post
        claimed = outbox.lease(
            row,
            [member.alert for member in members],
            transport=post.rules.transports[self._channel],
            now=now,
        )
        contacts = [contact for member in members for contact in _contacts(member)]
        try:
            raw = render.message(
                _letter(members, contacts, post, claimed, now=now),
                sender=post.sender,
                to=contacts[0].address,
                sent_at=now,
            ).raw
        except PatentwatchError as error:
            log.error("message not rendered id=%s code=%s", row.id, error.code)  # noqa: TRY400
            return error
        claimed = dataclasses.replace(
            claimed,
            evidence=tuple(member.verdict.evidence for member in members),
            content_hash=hashlib.sha256(raw).hexdigest(),
        )
        to = contacts[0].address
        return claimed, Envelope(claimed.ref, claimed.channel, to, raw)

    def _put_off(
        self, connection: Connection, ids: Sequence[int], code: str, *, now: datetime
    ) -> None:
        """Let messages that cannot be made wait for a mended program or template."""
        outbox.postpone(
            connection,
            ids,
            until_at=now + _RENDER_AGAIN,
            reason=Reason.DUE,
            detail=code,
        )
        self._delivered.broken += len(ids)

    def _count(self, state: State) -> None:
        match state:
            case State.ACCEPTED:
                self._delivered.accepted += 1
            case State.REFUSED:
                self._delivered.refused += 1
            case _:
                self._delivered.retry += 1


_ENDS = {
    OutcomeKind.ACCEPTED: (State.ACCEPTED, Reason.SAID),
    OutcomeKind.REFUSED: (State.REFUSED, Reason.DUE),
}
"""What ends a message, and the reason its alerts then bear; all else is tried again."""


def _contacts(member: _Member) -> Iterator[Contact]:
    """Yield who of this patent's people reads the mailbox of the alert."""
    for contact in member.case.contacts:
        if contact.recipient == member.alert.recipient:
            yield contact


def _letter(
    members: Sequence[_Member],
    contacts: Sequence[Contact],
    post: Post,
    claimed: Claimed,
    *,
    now: datetime,
) -> Letter:
    """Return the letter; a mailbox that several parties share is nobody's by name."""
    on = clock.today(now)
    items = [_item(member, post, now=now) for member in members]
    items.sort(key=lambda item: (-item.tier.severity, item.due_on, item.application_no))
    parties = {contact.party for contact in contacts}
    audiences = {member.verdict.audience for member in members}
    return Letter(
        channel=claimed.channel,
        audience=audiences.pop() if len(audiences) == 1 else Audience.PATENTEE,
        party=parties.pop() if len(parties) == 1 else "",
        items=tuple(items),
        office=post.office,
        on=on,
        message_id=claimed.ref,
    )


def _item(member: _Member, post: Post, *, now: datetime) -> Item:
    situation = member.case.situation(member.alert.fee_year)
    assert situation is not None  # noqa: S101 - a verdict was made from it
    return item_of(
        situation,
        tier=Tier(member.alert.tier),
        evidence=member.verdict.evidence,
        correction=member.alert.correction,
        on=clock.today(now),
        rulebook=post.rules.rulebook,
    )


def _try_again_at(
    claimed: Claimed, outcome: Outcome, *, now: datetime
) -> datetime | None:
    return backoff.after(
        claimed.attempt,
        key=claimed.ref,
        ambiguous=outcome.kind is OutcomeKind.UNKNOWN,
        late=claimed.severity >= Tier.FINAL.severity,
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
