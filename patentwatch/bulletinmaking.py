"""Making the bulletin of a month: as it was made before, or now for the first time."""

from collections.abc import Iterator
from datetime import date, datetime

from sqlalchemy import Connection

from patentwatch import clock, monthsealing, planstatus
from patentwatch.errors import UsageError
from patentwatch.plan.bulletin import Material, bulletin
from patentwatch.plan.bulletinvalues import Bulletin
from patentwatch.plan.progress import PlanStatus
from patentwatch.plan.sealing import as_sealed, last_day
from patentwatch.plan.values import Plan
from patentwatch.settings import Settings
from patentwatch.store import bulletins, commitments, lights, plans, slips


def is_over(month_on: date, *, now: datetime) -> bool:
    """Whether a month is over, so that its bulletin is kept as it is first made."""
    return last_day(month_on) < clock.today(now)


def plan_of(
    connection: Connection, name: str | None, month_on: date, *, now: datetime
) -> Plan:
    """Return the plan of a month in the wording that held at its end, or holds today.

    Without a `name` it is the only plan of that month. Raises `UsageError` for a month
    that has not begun, for a plan that is not known or is not of that month, and where
    several are.
    """
    today = clock.today(now)
    if month_on > today:
        raise UsageError(f"{month_on:%Y-%m} 还没有开始；请写本月（出草稿）或以前的月份")
    on = min(last_day(month_on), today)
    known = plans.names(connection)
    if name is not None and name not in known:
        raise UsageError(
            f"没有名为 {name} 的计划；已载入：{'、'.join(known) or '还没有'}"
        )
    found = [
        plan
        for plan in _in_force(connection, [name] if name else known, on=on)
        if plan.starts_on.replace(day=1) <= month_on <= plan.ends_on
    ]
    if not found:
        raise UsageError(
            f"{month_on:%Y-%m} 不在任何已载入计划的期间内；"
            "plan list 可查已载入的计划，plan load 可载入"
            if name is None
            else f"{month_on:%Y-%m} 不在计划 {name} 的期间内"
        )
    if len(found) > 1:
        names = "、".join(plan.name for plan in found)
        raise UsageError(f"{month_on:%Y-%m} 有几份计划：{names}；请用 --plan 指明")
    return found[0]


def _in_force(
    connection: Connection, names: list[str] | tuple[str, ...], *, on: date
) -> Iterator[Plan]:
    for name in names:
        plan = plans.in_force(connection, name, on=on)
        if plan is not None:
            yield plan


def make(
    connection: Connection,
    settings: Settings,
    plan: Plan,
    month_on: date,
    *,
    by: str,
    now: datetime,
    dry_run: bool = False,
) -> Bulletin:
    """Return the bulletin of a month: the one that was made, else one made now.

    That of a month that is over is kept, and the month is sealed; nothing is with
    `dry_run`. That of the running month is a draft of today, and kept nowhere.
    """
    if not is_over(month_on, now=now):
        on = clock.today(now)
        status = planstatus.status_of(connection, settings, plan, on=on)
        return _made(connection, settings, status, draft=True, by=by, now=now)
    found = bulletins.find(connection, plan.name, month_on)
    if found is not None:
        return found
    on = last_day(month_on)
    status = planstatus.status_of(connection, settings, plan, on=on)
    if not dry_run:
        lights.seal(connection, status, now=now)
    sealed = lights.month(connection, plan.name, month_on)
    if sealed is not None:
        status = as_sealed(status, sealed)
    made = _made(connection, settings, status, draft=False, by=by, now=now)
    return made if dry_run else bulletins.keep(connection, made, now=now)


def _made(
    connection: Connection,
    settings: Settings,
    status: PlanStatus,
    *,
    draft: bool,
    by: str,
    now: datetime,
) -> Bulletin:
    plan, on = status.plan, status.on
    material = Material(
        office=settings.office.name,
        status=status,
        before=monthsealing.months_before(
            connection, settings, plan, on.replace(day=1)
        ),
        names={county.code: county.name for county in settings.counties},
        records=bulletins.records_by_county(connection, plan, on=on),
        slips=slips.slips_of(connection, plan.name, on=on),
        acts=commitments.acts_of(connection, plan.name, on=on),
    )
    return bulletin(material, draft=draft, made_on=clock.today(now), made_by=by)
