"""Asking gateways what became of what left: receipts, replies, and unknown fates.

A short message whose fate is not known is never sent again on a guess. Its provider is
asked after its grace; only when that one has no record of it, or when little time is
left and nobody can tell, does it go out once more.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial

from sqlalchemy import Connection, Engine

from patentwatch import clock, optingout
from patentwatch.delivery.gateway import Asked, Fate, Gateway, GatewayDown, Receipt
from patentwatch.model import Channel, Contact, State
from patentwatch.post import Post
from patentwatch.receipts import Report, key_of
from patentwatch.store import damage, directory, fates, receipts
from patentwatch.store.engine import transaction
from patentwatch.store.fates import Open
from patentwatch.store.messages import pressing
from patentwatch.store.vault import Vault

log = logging.getLogger(__name__)

AT_ONCE = 200
"""How many messages of one gateway are asked for in one run."""

PRESSING_WAIT = timedelta(minutes=10)
"""How long a pressing message waits for an answer before it goes out once more."""

NOBODY_CAN_TELL = "nobody can tell"

ASKING_SECONDS = 30.0

EARLY_WAIT = timedelta(hours=24)
"""How long the others wait; then they stay unknown, and the next tier covers them."""

_ASKING = (
    (timedelta(minutes=10), timedelta(minutes=2)),
    (timedelta(hours=1), timedelta(minutes=10)),
    (timedelta(hours=6), timedelta(hours=1)),
    (timedelta(hours=72), timedelta(hours=6)),
)
"""So long after it left, so long until a message is asked for again; then never."""

_STATES = {
    Fate.ACCEPTED: State.ACCEPTED,
    Fate.DELIVERED: State.DELIVERED,
    Fate.UNDELIVERED: State.UNDELIVERED,
    Fate.REFUSED: State.REFUSED,
}


_ENDS = frozenset({Fate.DELIVERED, Fate.UNDELIVERED, Fate.REFUSED})


def ask(
    engine: Engine,
    vault: Vault,
    post: Post,
    *,
    on_asked: Callable[[], None],
    seconds: float = ASKING_SECONDS,
) -> None:
    """Ask every gateway for what it has to say; one that is down is left alone.

    Opt-outs first. Asking has its `seconds`, so that sending gets its turn; whoever
    waits is asked for the next time.
    """
    until = clock.steady() + seconds
    for channel, gateway in post.gateways.items():
        for step in (
            partial(_take_replies, engine, vault, post, gateway),
            partial(_pull, engine, vault, post, channel, gateway, on_asked),
            partial(_ask_each, engine, vault, post, gateway, on_asked, until),
        ):
            try:
                step()
            except GatewayDown as error:
                log.warning("cannot be asked transport=%s: %s", gateway.name, error)
    _stop_waiting(engine, post)


def _pull(
    engine: Engine,
    vault: Vault,
    post: Post,
    channel: Channel,
    gateway: Gateway,
    on_asked: Callable[[], None],
) -> None:
    if gateway.pull is None:
        return
    for receipt in gateway.pull():
        now = post.clock()
        with transaction(engine) as connection:
            found = _meant(connection, vault, channel, gateway.name, receipt, now=now)
            if found is None:
                log.warning("receipt of no message of ours transport=%s", gateway.name)
            else:
                _hear(connection, found, receipt, now=now)
        on_asked()


def _take_replies(engine: Engine, vault: Vault, post: Post, gateway: Gateway) -> None:
    """Heed what people sent back, before anything more is sent to them."""
    if gateway.replies is not None:
        optingout.take_replies(engine, vault, gateway.replies(), now=post.clock())


def _meant(
    connection: Connection,
    vault: Vault,
    channel: Channel,
    transport: str,
    receipt: Receipt,
    *,
    now: datetime,
) -> Open | None:
    """Return the message of a receipt: by a name, else the only one of its number."""
    found = fates.find(
        connection,
        transport,
        ref=receipt.message_key,
        provider_ref=receipt.provider_ref,
    )
    if found is not None or not receipt.to or receipt.message_key:
        return found
    recipient = vault.recipient_id(channel, receipt.to)
    since_at = now - EARLY_WAIT
    some = fates.candidates(connection, transport, recipient, since_at=since_at)
    return some[0] if len(some) == 1 else None


def _ask_each(
    engine: Engine,
    vault: Vault,
    post: Post,
    gateway: Gateway,
    on_asked: Callable[[], None],
    until: float,
) -> None:
    if gateway.ask is None:
        return
    with transaction(engine) as connection:
        some = fates.to_ask(connection, gateway.name, now=post.clock(), limit=AT_ONCE)
        people = _people(connection, vault, some)
    for position, one in enumerate(some):
        if post.stop.is_set() or clock.steady() > until:
            _put_back(engine, some[position:], now=post.clock())
            return
        if one.recipient not in people:
            continue  # an address that is not known here; `_stop_waiting` decides
        asked = Asked(
            one.ref,
            people[one.recipient].address,
            clock.today(one.left_at),
            one.provider_ref,
        )
        receipt = gateway.ask(asked)
        with transaction(engine) as connection:
            _hear(connection, one, receipt, now=post.clock())
        on_asked()


def _people(
    connection: Connection, vault: Vault, some: Sequence[Open]
) -> dict[str, Contact]:
    """Return whom to ask about; a damaged row is nobody, and keeps no other waiting."""

    def untold(recipient: str, error: Exception) -> None:
        log.error(
            "contact not read recipient=%s error=%s",
            recipient[:12],
            type(error).__name__,
        )

    found: dict[str, Contact] = {}
    for part in damage.apart(
        partial(directory.by_recipients, connection, vault),
        sorted({one.recipient for one in some}),
        on_damage=untold,
    ):
        found |= part
    return found


def _put_back(engine: Engine, some: Sequence[Open], *, now: datetime) -> None:
    """Let those be asked next time whose turn did not come."""
    with transaction(engine) as connection:
        for one in some:
            fates.ask_again(connection, one, at=now)


def _hear(
    connection: Connection, found: Open, receipt: Receipt, *, now: datetime
) -> None:
    """Write what a provider says of one message; saying it twice changes nothing."""
    if receipt.fate is Fate.UNHEARD_OF and found.unknown:
        fates.send_again(connection, found, why="no record of it", now=now)
        return
    if receipt.fate not in _STATES:
        fates.ask_again(connection, found, at=_ask_again_at(found, now=now))
        return
    ended = receipt.fate is not Fate.ACCEPTED
    fates.ask_again(
        connection,
        found,
        at=None if ended else _ask_again_at(found, now=now),
        provider_ref=receipt.provider_ref,
    )
    receipts.add(connection, found.id, [_report(found, receipt, now=now)], now=now)


def _report(found: Open, receipt: Receipt, *, now: datetime) -> Report:
    when = receipt.reported_at
    return Report(
        key=key_of(found.ref, found.attempt, receipt.fate.value, receipt.code, when),
        state=_STATES[receipt.fate],
        reported_at=when or (now if receipt.fate in _ENDS else found.left_at),
        code=receipt.code,
        detail=receipt.text,
        bad_address=receipt.bad_address,
    )


def _ask_again_at(found: Open, *, now: datetime) -> datetime | None:
    """Return when to ask next: soon at first, seldom later, never after three days."""
    age = now - found.left_at
    return next((now + wait for until, wait in _ASKING if age < until), None)


def _stop_waiting(engine: Engine, post: Post) -> None:
    """Decide about messages of which nobody could say what became of them.

    One that presses goes out once more, and only once; never before its provider had
    its turn to be asked, where it can be.
    """
    now = post.clock()
    askable = [g.name for g in post.gateways.values() if g.ask is not None]
    with transaction(engine) as connection:
        for one in fates.unanswered(
            connection, askable, now=now, left_before_at=now - PRESSING_WAIT
        ):
            once = not fates.repeated(connection, one, why=NOBODY_CAN_TELL)
            if pressing(one.severity) and once:
                fates.send_again(connection, one, why=NOBODY_CAN_TELL, now=now)
            elif now - one.left_at >= EARLY_WAIT:
                fates.ask_again(connection, one, at=None)
