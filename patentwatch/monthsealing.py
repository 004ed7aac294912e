"""Sealing the months of plans when they are over: for the daemon, once for each."""

from collections.abc import Sequence
from datetime import date, datetime

from sqlalchemy import Connection

from patentwatch import clock, planstatus
from patentwatch.plan.sealing import Month, last_day, lights_of, months_over
from patentwatch.plan.values import Plan
from patentwatch.settings import Settings
from patentwatch.store import lights
from patentwatch.store import plans as kept
from patentwatch.store.memory import recall, remember

_SEALED = "plans.sealed"


def seal_once_a_month(
    connection: Connection, settings: Settings, *, now: datetime
) -> int:
    """Seal what is due of every plan, the first time in a month that it is asked for.

    A plan that is loaded later in the month has no month before it to seal.
    """
    on = clock.today(now)
    month = f"{on:%Y-%m}"
    if recall(connection, _SEALED) == month:
        return 0
    found = [
        plan
        for name in kept.names(connection)
        if (plan := kept.in_force(connection, name, on=on)) is not None
    ]
    done = seal_due(connection, settings, found, now=now)
    remember(connection, _SEALED, month)
    return done


def seal_due(
    connection: Connection, settings: Settings, plans: Sequence[Plan], *, now: datetime
) -> int:
    """Seal every month of the plans that is over and not sealed; return how many.

    None before the month in which a plan was loaded: until then nobody could record
    anything, and what is brought up later would come too late. Two short queries where
    nothing is to be done.
    """
    names = [plan.name for plan in plans]
    if not names:
        return 0
    loaded = lights.loaded_at(connection, names)
    sealed = lights.sealed_months(connection, names)
    done = 0
    for plan in plans:
        if plan.name not in loaded:
            continue
        first_on = clock.today(loaded[plan.name]).replace(day=1)
        for month_on in months_over(plan, on=clock.today(now)):
            if month_on >= first_on and (plan.name, month_on) not in sealed:
                done += seal(connection, settings, plan, month_on, now=now)
    return done


def seal(
    connection: Connection,
    settings: Settings,
    plan: Plan,
    month_on: date,
    *,
    now: datetime,
) -> bool:
    """Seal one month that is over; False when it was sealed before."""
    on = last_day(month_on)
    wording = kept.in_force(connection, plan.name, on=on) or plan
    status = planstatus.status_of(connection, settings, wording, on=on)
    return lights.seal(connection, status, now=now)


def months_before(
    connection: Connection, settings: Settings, plan: Plan, month_on: date
) -> tuple[Month, ...]:
    """Return the plan's months before one, oldest first.

    One that was never sealed is reckoned from the records there are, and says so.
    """
    sealed = {one.month_on: one for one in lights.months(connection, plan.name)}
    return tuple(
        sealed.get(earlier_on) or _reckoned(connection, settings, plan, earlier_on)
        for earlier_on in months_over(plan, on=month_on)
    )


def _reckoned(
    connection: Connection, settings: Settings, plan: Plan, month_on: date
) -> Month:
    on = last_day(month_on)
    wording = kept.in_force(connection, plan.name, on=on) or plan
    status = planstatus.status_of(connection, settings, wording, on=on)
    whole = tuple(one for one in lights_of(status) if not one.county)
    return Month(month_on, whole, sealed=False)
