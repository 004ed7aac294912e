"""What a command line names of the work plan: the plan itself, and a county."""

from datetime import date
from typing import TYPE_CHECKING

import click

from patentwatch.settings import Settings

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from patentwatch.plan.values import Plan

_CODE_DIGITS = 6

plan_option = click.option(
    "--plan", "plan_name", metavar="NAME", help="哪个计划；默认当日正在执行的"
)
county_option = click.option("--county", help="县区（代码或名称）；不写为牵头单位")


def planned(connection: "Connection", name: str | None, *, on: date) -> "Plan":
    """Return the plan of that name as it was in force on a day.

    Without a name the one that began last; raises `UsageError` where there is none, or
    where several began on that day.
    """
    from patentwatch.errors import UsageError
    from patentwatch.spelling import did_you_mean
    from patentwatch.store import plans

    known = plans.names(connection)
    if not known:
        raise UsageError("还没有载入计划；请先执行 patentwatch plan load 文件")
    if name is not None:
        found = plans.in_force(connection, name, on=on)
        if found is None:
            raise UsageError(f"没有计划“{name}”{did_you_mean(name, known)}")
        return found
    held = [plans.in_force(connection, one, on=on) for one in known]
    begun = [one for one in held if one is not None and one.starts_on <= on]
    last_on = max((one.starts_on for one in begun), default=None)
    newest = [one for one in begun if one.starts_on == last_on]
    if not newest:
        raise UsageError(f"{on} 还没有计划在执行；请用 --plan 指明：{'、'.join(known)}")
    if len(newest) > 1:
        same = "、".join(one.name for one in newest)
        raise UsageError(f"有几个计划同时在执行，请用 --plan 指明：{same}")
    return newest[0]


def unit_code(county: str | None, settings: Settings) -> str:
    """Return the code of a county named by code or name; "" for the lead unit.

    A code that the configuration does not have may be one of the plan's, and is taken
    as it is.
    """
    from patentwatch.intake import county_code

    if not county:
        return ""
    if county.isascii() and county.isdigit() and len(county) == _CODE_DIGITS:
        return county
    return county_code(county, settings)
