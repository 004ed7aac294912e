"""What came of an attempt, written: where it leaves the message, and what follows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from sqlalchemy import Connection, Engine

from patentwatch import backoff, clock
from patentwatch.delivery import Outcome, OutcomeKind
from patentwatch.errors import PatentwatchError, StoreUnavailable
from patentwatch.model import Reason, State
from patentwatch.post import Post
from patentwatch.store import attempts, circuits, outbox, people, receipts
from patentwatch.store.attempts import Ended
from patentwatch.store.engine import again_where_keyed, transaction
from patentwatch.store.messages import (
    LEASE,
    REPEATABLE,
    UNMADE,
    Claimed,
    Taken,
    pressing,
)

MEND_WAIT = timedelta(hours=1)
"""How long a message waits that needs a mended program, template or contract."""

_FAILING = frozenset({OutcomeKind.CHANNEL_DOWN, OutcomeKind.UNKNOWN})
_TELLING = _FAILING | {OutcomeKind.ACCEPTED, OutcomeKind.REFUSED}
"""What says whether a transport is worth trying; the others speak of one message."""


def settle(
    engine: Engine,
    post: Post,
    told: Sequence[tuple[Claimed, Outcome]],
    *,
    probe: bool,
) -> list[State]:
    """Write outcomes durably and return where each leaves its message.

    All in one transaction: what arrives together costs one flush. Writing it again
    changes nothing. What was taken is settled even when the journal cannot keep it, or
    it would be sent again; then nothing more may be sent, and the journal's error is
    raised.
    """
    ends = [_end_of(claimed, outcome) for claimed, outcome in told]
    unkept = again_where_keyed(engine, lambda: _write(engine, post, ends, probe=probe))
    if unkept is not None:
        raise unkept
    return [end.state for end in ends]


def put_off_unmade(
    connection: Connection, message_id: int, error: PatentwatchError, *, now: datetime
) -> None:
    """Let a message that cannot be made wait for a mended program or template.

    Its recipient cannot be told as things stand: another look says who is to ring.
    """
    outbox.postpone(
        connection,
        [message_id],
        until_at=now + MEND_WAIT,
        reason=Reason.DUE,
        detail=f"{UNMADE}{error}（{error.code}）",
    )
    outbox.look_again(connection, message_id)


@dataclass(frozen=True, slots=True)
class _End:
    """Where an attempt leaves a message; `reason` is for its alerts."""

    claimed: Claimed
    outcome: Outcome
    state: State
    reason: Reason
    asks: bool  # its provider is asked what became of it

    @property
    def words(self) -> str:
        return f"{self.outcome.code} {self.outcome.text}".strip()

    @property
    def unmade(self) -> bool:
        """Whether the text itself was not taken: it waits to be mended."""
        return self.outcome.kind is OutcomeKind.TEXT_REFUSED


def _end_of(claimed: Claimed, outcome: Outcome) -> _End:
    """Return where an attempt leaves a message, and the reason of its alerts.

    A mail that may have arrived is sent again: its copy bears the same name. A short
    message is not: its provider is asked first.
    """
    asks = claimed.transport not in REPEATABLE
    state = State.PENDING
    reason = Reason.BAD_CONTACT if outcome.bad_address else Reason.DUE
    match outcome.kind:
        case OutcomeKind.ACCEPTED:
            state, reason = State.ACCEPTED, Reason.SAID
        case OutcomeKind.REFUSED:
            state = State.REFUSED
        case OutcomeKind.UNKNOWN if asks:
            state = State.UNKNOWN
    return _End(claimed, outcome, state, reason, asks)


def _write(
    engine: Engine, post: Post, ends: Sequence[_End], *, probe: bool
) -> StoreUnavailable | None:
    now = post.clock()
    ended = [_ended(end, post, now=now) for end in ends]
    with transaction(engine) as connection:
        unkept = _kept(connection, post, ends, now=now)
        settled = attempts.settle(connection, ended, now=now)
        held = [end for end in ends if end.claimed.id in settled]
        _fold_what_was_faster(connection, held)
        for end in held:
            _follow_up(connection, end, now=now)
        # The one row that every daemon waits for comes last.
        _tell_circuits(connection, held, probe=probe, now=now)
    return unkept


def _kept(
    connection: Connection, post: Post, ends: Sequence[_End], *, now: datetime
) -> StoreUnavailable | None:
    """Write into the journal what was taken, or may have been; return why it cannot."""
    taken = [
        Taken(end.claimed, end.state, end.outcome.provider_ref)
        for end in ends
        if end.state in (State.ACCEPTED, State.UNKNOWN)
    ]
    if not taken:
        return None
    try:
        post.write_down(connection, taken, now=now)
    except StoreUnavailable as error:
        return error
    return None


def _ended(end: _End, post: Post, *, now: datetime) -> Ended:
    """Return the end of one attempt as it is written."""
    return Ended(
        end.claimed,
        end.state,
        end.reason,
        outcome=end.outcome.kind.value,
        detail=f"{UNMADE}{end.words}" if end.unmade else end.words,
        not_before_at=_try_again_at(end.claimed, end.outcome, now=now),
        untouched=end.outcome.kind is OutcomeKind.CHANNEL_DOWN,
        provider_ref=end.outcome.provider_ref,
        ask_at=_ask_at(end, post, now=now),
    )


def _fold_what_was_faster(connection: Connection, held: Sequence[_End]) -> None:
    """Heed the reports that came in before the answer to the attempt itself."""
    sent_at = {end.claimed.id: end.claimed.lease_until_at - LEASE for end in held}
    for message in receipts.came_since(connection, sent_at):
        receipts.fold(connection, message)


def _follow_up(connection: Connection, end: _End, *, now: datetime) -> None:
    """Write what an outcome says of the message and its address."""
    claimed, outcome = end.claimed, end.outcome
    if end.state in (State.REFUSED, State.UNKNOWN) or end.unmade:
        outbox.look_again(connection, claimed.id)
    if outcome.bad_address:
        people.flag(
            connection,
            claimed.recipient,
            word="bad",
            reason=end.words,
            on=clock.today(now),
        )


def _tell_circuits(
    connection: Connection, held: Sequence[_End], *, probe: bool, now: datetime
) -> None:
    """Write what outcomes say of their transports, in their order, if they do.

    That something was taken is said once, however often in a row.
    """
    told = [
        (end.claimed.transport, end.words if end.outcome.kind in _FAILING else None)
        for end in held
        if end.outcome.kind in _TELLING
    ]
    for (transport, failure), same in groupby(told):
        for _ in same if failure is not None else ("once",):
            circuits.record(
                connection, transport, failure=failure, probe=probe, now=now
            )


def _ask_at(end: _End, post: Post, *, now: datetime) -> datetime | None:
    if end.asks and end.state in (State.ACCEPTED, State.UNKNOWN):
        return now + post.grace
    return None


def _try_again_at(
    claimed: Claimed, outcome: Outcome, *, now: datetime
) -> datetime | None:
    if outcome.wait is not None:
        return now + outcome.wait
    if outcome.kind is OutcomeKind.TEXT_REFUSED:
        return now + MEND_WAIT
    return backoff.after(
        claimed.attempt,
        key=claimed.ref,
        ambiguous=outcome.kind is OutcomeKind.UNKNOWN,
        late=pressing(claimed.severity),
        now=now,
    )
