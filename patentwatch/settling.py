"""What came of an attempt, written: where it leaves the message, and what follows."""

from datetime import datetime, timedelta

from sqlalchemy import Connection, Engine

from patentwatch import backoff, clock
from patentwatch.delivery import Outcome, OutcomeKind
from patentwatch.errors import StoreUnavailable
from patentwatch.model import Reason, State
from patentwatch.post import Post
from patentwatch.store import circuits, outbox, people, receipts
from patentwatch.store.engine import again_where_keyed, transaction
from patentwatch.store.outbox import Claimed

MEND_WAIT = timedelta(hours=1)
"""How long a message waits that needs a mended program, template or contract."""

_FAILING = frozenset({OutcomeKind.CHANNEL_DOWN, OutcomeKind.UNKNOWN})
_TELLING = _FAILING | {OutcomeKind.ACCEPTED, OutcomeKind.REFUSED}
"""What says whether a transport is worth trying; the others speak of one message."""


def settle(
    engine: Engine, post: Post, claimed: Claimed, outcome: Outcome, *, probe: bool
) -> State:
    """Write an outcome durably and return where it leaves the message.

    Writing it again changes nothing. What was taken is settled even when the journal
    cannot keep it, or it would be sent again; then nothing more may be sent, and the
    journal's error is raised.
    """
    state, unkept = again_where_keyed(
        engine, lambda: _write(engine, post, claimed, outcome, probe=probe)
    )
    if unkept is not None:
        raise unkept
    return state


def _write(
    engine: Engine, post: Post, claimed: Claimed, outcome: Outcome, *, probe: bool
) -> tuple[State, StoreUnavailable | None]:
    now = post.clock()
    asks = claimed.transport not in outbox.REPEATABLE
    state, reason = _end(outcome, asks=asks)
    words = f"{outcome.code} {outcome.text}".strip()
    with transaction(engine) as connection:
        unkept = _kept(connection, post, claimed, outcome, state, now=now)
        held = outbox.settle(
            connection,
            claimed,
            state=state,
            reason=reason,
            now=now,
            outcome=outcome.kind.value,
            detail=words,
            not_before_at=_try_again_at(claimed, outcome, now=now),
            untouched=outcome.kind is OutcomeKind.CHANNEL_DOWN,
            provider_ref=outcome.provider_ref,
            ask_at=_ask_at(state, post, asks=asks, now=now),
        )
        sent_at = claimed.lease_until_at - outbox.LEASE
        if held and receipts.came_since(connection, claimed.id, sent_at):
            receipts.fold(connection, claimed.id)  # it was faster than the answer
        if held and state in (State.REFUSED, State.UNKNOWN):
            outbox.look_again(connection, claimed.id)
        if held and outcome.bad_address:
            people.flag(
                connection,
                claimed.recipient,
                word="bad",
                reason=words,
                on=clock.today(now),
            )
        if held and outcome.kind in _TELLING:
            failure = words if outcome.kind in _FAILING else None
            circuits.record(
                connection, claimed.transport, failure=failure, probe=probe, now=now
            )
    return state, unkept


def _kept(
    connection: Connection,
    post: Post,
    claimed: Claimed,
    outcome: Outcome,
    state: State,
    *,
    now: datetime,
) -> StoreUnavailable | None:
    """Write into the journal what was taken, or may have been; return why it cannot."""
    if state not in (State.ACCEPTED, State.UNKNOWN):
        return None
    try:
        post.write_down(
            connection,
            claimed=claimed,
            state=state,
            provider_ref=outcome.provider_ref,
            now=now,
        )
    except StoreUnavailable as error:
        return error
    return None


def _end(outcome: Outcome, *, asks: bool) -> tuple[State, Reason]:
    """Return where an attempt leaves a message, and the reason of its alerts.

    A mail that may have arrived is sent again: its copy bears the same name. A short
    message is not: its provider is asked first.
    """
    reason = Reason.BAD_CONTACT if outcome.bad_address else Reason.DUE
    match outcome.kind:
        case OutcomeKind.ACCEPTED:
            return State.ACCEPTED, Reason.SAID
        case OutcomeKind.REFUSED:
            return State.REFUSED, reason
        case OutcomeKind.UNKNOWN if asks:
            return State.UNKNOWN, reason
    return State.PENDING, reason


def _ask_at(state: State, post: Post, *, asks: bool, now: datetime) -> datetime | None:
    if asks and state in (State.ACCEPTED, State.UNKNOWN):
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
        late=outbox.pressing(claimed.severity),
        now=now,
    )
