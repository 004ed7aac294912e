"""Running the days: the line itself, on a copy, with a transport that takes everything.

Nobody pays and nothing becomes known meanwhile: no look-up, no list, no answer. What
would leave if the office were live is counted, whether or not it is, and whether or not
something keeps it today: a dead relay, a text without a template. Digests and lists for
officials and banks are not counted.
"""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from threading import Event
from typing import Any

from sqlalchemy import Engine

from patentwatch import clock, dispatch, render, smscontract
from patentwatch.delivery import Envelope, Gateway, OnOutcomes, Outcome, OutcomeKind
from patentwatch.errors import UsageError
from patentwatch.letters import Letter
from patentwatch.look import look
from patentwatch.model import Channel, Tier
from patentwatch.post import Post
from patentwatch.render import Rendered
from patentwatch.rules import Rules
from patentwatch.settings import Settings
from patentwatch.simulation.figures import Load, Simulated
from patentwatch.store import brake, daily
from patentwatch.store.daily import CallTask, Next, SentAlert
from patentwatch.store.engine import reading, transaction
from patentwatch.store.shadow import Work, throwaway
from patentwatch.store.vault import Vault

_TAKEN = Outcome(OutcomeKind.ACCEPTED, "simulated")
_TOGETHER = 20


@dataclass(frozen=True, slots=True)
class Plan:
    """By what is simulated: the settings and rules, and which days are counted.

    The settings need not be those of the database; its address is not taken from them.
    """

    settings: Settings
    rules: Rules
    from_on: date
    to_on: date


def simulate(
    engine: Engine,
    vault: Vault,
    url: str,
    plan: Plan,
    *,
    now: datetime,
    on_days: Callable[[int], None] = lambda _: None,
) -> Simulated:
    """Return what would leave from `from_on` to `to_on`, both inclusive.

    The days from `now` until then are run, too: what is said in them is not said
    again. The database is only read; `url` is its address. Raises `UsageError` for
    days that cannot be meant.
    """
    today = clock.today(now)
    if plan.from_on > plan.to_on:
        raise UsageError(f"--from {plan.from_on} 晚于 --to {plan.to_on}")
    if plan.from_on < today:
        raise UsageError(
            f"--from {plan.from_on} 早于今天 {today}：只能模拟今天和以后的日子，"
            "过去的见 alerts list"
        )
    with throwaway(engine, url, work=Work.SIMULATION) as copy:
        with transaction(copy) as connection:
            daily.clear_the_way(connection)  # a relay that is down will come back
        run = _Run(copy, vault, plan, now)
        run.days(on_days)
        with reading(copy) as connection:
            held = brake.braked(connection)
    return Simulated(
        began_on=today,
        from_on=plan.from_on,
        to_on=plan.to_on,
        loads=tuple(run.loads),
        held=held,
        undecided=run.undecided,
        price=plan.settings.sms.price_per_thousand_yuan,
        unfit=smscontract.told(
            smscontract.owed(smscontract.unfit(plan.settings, plan.rules, now=now))
        ),
    )


class _Run:
    """One simulation: the copy, the day, and what was counted so far."""

    def __init__(self, copy: Engine, vault: Vault, plan: Plan, now: datetime) -> None:
        self._copy, self._vault, self._plan, self._now = copy, vault, plan, now
        self._rules = replace(plan.rules, observing=False)
        self.loads: list[Load] = []
        self.undecided = 0

    def days(self, on_days: Callable[[int], None]) -> None:
        """Run one day after another; those with nothing to do are passed over."""
        plan, day = self._plan, clock.today(self._now)
        came = Next(on=day, waking_on=None)
        first = True
        while day <= plan.to_on:
            self._day(day, first=first, woken=_woken(came, day))
            with reading(self._copy) as connection:
                came = daily.next_day(connection, after=day)
            last = plan.to_on + timedelta(days=1)
            following = min(max(came.on or last, day + timedelta(days=1)), last)
            on_days((following - day).days)
            day, first = following, False

    def _day(self, day: date, *, first: bool, woken: bool) -> None:
        """Look and deliver when the send window opens; on the first day not before now.

        A week's full look would only prove that none was forgotten.
        """
        opens_at = clock.at(day, self._plan.settings.alerts.send_window[0])
        now = max(self._now, opens_at)
        with reading(self._copy) as connection:
            known = {call.id for call in daily.calls(connection, on=day)}
        looked = look(
            self._copy,
            self._vault,
            self._rules,
            now=now,
            everything=woken,
            only_due=not first,
        )
        taker = _Taker()
        done = dispatch.deliver(self._copy, self._vault, self._post(taker, now))
        self.undecided = looked.failed + done.broken
        if day < self._plan.from_on:
            return
        with reading(self._copy) as connection:
            said = daily.sent(connection, taker.refs, on=day)
            calls = daily.calls(connection, on=day)
        new = [call for call in calls if call.id not in known]
        self.loads += _loads(day, said.values(), new)

    def _post(self, taker: "_Taker", now: datetime) -> Post:
        settings = self._plan.settings
        return Post(
            rules=self._rules,
            office=settings.office,
            sender=settings.smtp.sender or "patentwatch@localhost",
            gateways={
                channel: Gateway(name, taker)
                for channel, name in self._rules.transports.items()
            },
            window=settings.alerts.send_window,
            daily_cap=settings.alerts.daily_cap_per_recipient,
            clock=lambda: now,
            compose=_composed,
        )


def _woken(came: Next, day: date) -> bool:
    return came.waking_on is not None and came.waking_on <= day


@dataclass(slots=True)
class _Taker:
    """A transport that takes everything and remembers what; nothing leaves."""

    refs: list[str] = field(default_factory=list)

    def __call__(
        self,
        envelopes: Iterable[Envelope],
        *,
        on_outcomes: OnOutcomes,
        stop: Event | None = None,  # noqa: ARG002 - nobody can tell it to
    ) -> None:
        """See `Transport`."""
        taken: list[str] = []
        for envelope in envelopes:
            taken.append(envelope.message_key)
            if len(taken) == _TOGETHER:
                on_outcomes(dict.fromkeys(taken, _TAKEN))
                self.refs += taken
                taken = []
        if taken:
            on_outcomes(dict.fromkeys(taken, _TAKEN))
            self.refs += taken


def _composed(letter: Letter, **posting: Any) -> Rendered:
    """Render a short message, whose length is its price; of a mail nobody asks that."""
    if letter.channel is Channel.EMAIL:
        return Rendered("", Channel.EMAIL, "", "", "", b"")
    return render.message(letter, **posting)


def _loads(
    day: date,
    said: Iterable[list[SentAlert]],
    calls: Iterable[CallTask],
) -> Iterator[Load]:
    """Yield the loads of a day: tier by tier, and in it by channel and county."""
    messages: Counter[_Place] = Counter()
    alerts: Counter[_Place] = Counter()
    billed: Counter[_Place] = Counter()
    for some in said:
        places = [(alert.tier, alert.channel, alert.county) for alert in some]
        alerts.update(places)
        if places:
            gravest = max(places, key=lambda place: Tier(place[0]).severity)
            messages[gravest] += 1
            billed[gravest] += some[0].parts
    alerts.update((call.tier, Channel.CALL, call.county) for call in calls)
    for place in sorted(alerts, key=_order):
        yield Load(day, *place, messages[place], alerts[place], billed[place])


_Place = tuple[str, Channel, str | None]


def _order(place: _Place) -> tuple[int, int, str]:
    tier, channel, county = place
    return Tier(tier).severity, list(Channel).index(channel), county or ""
