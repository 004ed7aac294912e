"""Looking at the register: decide, write verdicts, alerts and messages. No rules here.

Looking again changes nothing: what to say is decided by `alerts`, what exists is
guarded by the keys of the tables. A look reads only the patents whose verdict can
have changed, unless it is asked for everything.
"""

import logging
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from sqlalchemy import Connection, Engine

from patentwatch import clock, deadlines, ladder, past
from patentwatch.cases import Case, cases
from patentwatch.changes import Changes, changes_of
from patentwatch.rules import Rules
from patentwatch.store import grouping, patents, pauses, verdicts
from patentwatch.store.engine import reading, transaction
from patentwatch.store.memory import forget, recall, remember
from patentwatch.store.vault import Vault

log = logging.getLogger(__name__)

FAR = date(9999, 12, 31)
"""The next look at a patent about which time alone changes nothing."""

LAST_LOOK, LAST_FULL = "look.last_on", "look.full_on"
LAST_RULES, WAKE = "look.rules", "look.wake_on"

FULL_EVERY = timedelta(days=7)
"""How often everything is looked at, to prove that the index missed nothing."""


@dataclass(frozen=True, slots=True)
class Looked:
    """What a look did, in numbers. `failed`: patents that could not be decided."""

    looked_at: int = 0
    failed: int = 0
    due: int = 0
    observed: int = 0
    superseded: int = 0
    closed: int = 0
    calls: int = 0
    messages: int = 0
    braked: int = 0


def look(
    engine: Engine,
    vault: Vault,
    rules: Rules,
    *,
    now: datetime,
    everything: bool = False,
    only_due: bool = False,
    on_looked: Callable[[int], None] = lambda _: None,
) -> Looked:
    """Decide for every patent that is due for a look and write what follows.

    `everything`: also for the others; `only_due`: not even when a week is over. A few
    hundred patents are one transaction, their grouping into messages the last
    one: nobody waits long, and a kill leaves alerts that the next look groups.
    """
    on = clock.today(now)
    with transaction(engine) as connection:
        _mark_real(connection, rules, now=now)
        full = everything or (
            not only_due and _needs_full_pass(connection, rules, on=on)
        )
    tally: Counter[str] = Counter()
    for page in _pages(engine, on=on, full=full):
        with transaction(engine) as connection:
            # Who is being changed just now is due again when that is done.
            free = patents.lock(connection, page, wait=False)
            tally += _look_at(connection, vault, rules, free, now=now)[1]
        on_looked(len(page))
    with transaction(engine) as connection:
        grouped = grouping.group(connection, now=now, brake=rules.brake)
        _remember(connection, rules, on=on, full=full)
    tally += Counter(messages=grouped.messages, braked=grouped.braked)
    return Looked(**tally)


def look_in(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    *,
    now: datetime,
    on_looked: Callable[[int], None] = lambda _: None,
) -> Looked:
    """Look at everybody who is due inside the caller's transaction, and group.

    For one who must see all of it or take all of it back.
    """
    on = clock.today(now)
    _mark_real(connection, rules, now=now)
    tally: Counter[str] = Counter()
    page = [""]
    while page:
        page = patents.due_page(connection, on=on, everything=False, after=page[-1])
        if page:
            patents.lock(connection, page)
            tally += _look_at(connection, vault, rules, page, now=now)[1]
            on_looked(len(page))
    grouped = grouping.group(connection, now=now, brake=rules.brake)
    return Looked(**(tally + Counter(messages=grouped.messages, braked=grouped.braked)))


def look_at(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    numbers: Sequence[str],
    *,
    now: datetime,
) -> dict[str, Case]:
    """Look at these patents alone, as just before a message about them leaves.

    Returns the cases by number; one that could not be decided is missing.
    """
    found: dict[str, Case] = {}
    for some in patents.chunks(sorted(numbers)):
        # A fact that comes in meanwhile waits for us, and then asks for another look.
        patents.lock(connection, some)
        found |= _look_at(connection, vault, rules, some, now=now)[0]
    grouping.group(connection, now=now, brake=rules.brake, numbers=numbers)
    return found


def _mark_real(connection: Connection, rules: Rules, *, now: datetime) -> None:
    for channel in sorted(rules.real_now):
        verdicts.mark_real(connection, channel, now=now)


def _pages(engine: Engine, *, on: date, full: bool) -> Iterator[list[str]]:
    """Yield who is due a few hundred at a time; no transaction is open meanwhile."""
    few = None
    if not full:
        with reading(engine) as connection:
            few = patents.due_few(connection, on=on)
    if few is not None:
        yield from patents.chunks(few)
        return
    page = [""]
    while page:
        with reading(engine) as connection:
            page = patents.due_page(connection, on=on, everything=full, after=page[-1])
        if page:
            yield page


def _look_at(
    connection: Connection,
    vault: Vault,
    rules: Rules,
    numbers: Sequence[str],
    *,
    now: datetime,
) -> tuple[dict[str, Case], Counter[str]]:
    on = clock.today(now)
    last = verdicts.last_verdicts(connection, numbers)
    waking = pauses.waking_days(connection, numbers, on=on)
    found: dict[str, Case] = {}
    tally: Counter[str] = Counter()
    changes = Changes()

    def trouble(number: str, error: Exception) -> None:
        log.error("patent not decided number=%s error=%s", number, type(error).__name__)
        tally["failed"] += 1

    for case in cases(connection, vault, rules, numbers, on=on, on_trouble=trouble):
        found[case.patent.application_no] = case
        changes.add(changes_of(case, rules, last, on=on))
    verdicts.add_alerts(connection, changes.new)
    verdicts.rearm(connection, changes.again)
    verdicts.close(connection, changes.closed)
    fingerprint = rules.rulebook.fingerprint
    verdicts.add_verdicts(connection, changes.log, on=on, now=now, rulebook=fingerprint)
    patents.set_next_looks(
        connection,
        {
            number: _next_look_on(case, rules, waking.get(number), on=on)
            for number, case in found.items()
        },
    )
    past.write(connection, found, rules, on=on)
    tally["looked_at"] = len(found)
    return found, tally + changes.tally()


def _next_look_on(
    case: Case, rules: Rules, waking_on: date | None, *, on: date
) -> date:
    """Return the first day on which time alone can change a verdict of this patent."""
    days = {fact.dated_on for fact in case.known_facts}
    days |= past.waking_days(case, rules)
    for link in case.recorded:
        days.add(link.from_on)
        days |= {link.until_on} if link.until_on else set()
    days |= {answer.answered_on for answer in case.answers}
    if waking_on is not None:
        days.add(waking_on)
    for dates in deadlines.change_days(
        case.patent,
        case.known_facts,
        on=on,
        rulebook=rules.rulebook,
        known_dates=[situation.dates for situation in case.situations],
    ):
        days |= ladder.boundaries(rules.rungs, dates)
    return min((day for day in days if day > on), default=FAR)


def _needs_full_pass(connection: Connection, rules: Rules, *, on: date) -> bool:
    """Whether a week is over, time ran back, a rule changed, or a silence wakes."""
    last, full = recall(connection, LAST_LOOK), recall(connection, LAST_FULL)
    wake = recall(connection, WAKE)
    return (
        full is None
        or last is None
        or recall(connection, LAST_RULES) != rules.fingerprint
        or on < date.fromisoformat(last)
        or on >= date.fromisoformat(full) + FULL_EVERY
        or (wake is not None and on >= date.fromisoformat(wake))
    )


def _remember(connection: Connection, rules: Rules, *, on: date, full: bool) -> None:
    remember(connection, LAST_LOOK, on.isoformat())
    remember(connection, LAST_RULES, rules.fingerprint)
    if full:
        remember(connection, LAST_FULL, on.isoformat())
    wake_on = pauses.silence_waking_day(connection, on=on)
    if wake_on is None:
        forget(connection, WAKE)
    else:
        remember(connection, WAKE, wake_on.isoformat())
