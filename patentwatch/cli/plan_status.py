"""`plan status`: every promise with its target, actual, rate and light as of a day."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

import click

from patentwatch.cli.options import App, emit_json, json_option, open_app, when_option

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from patentwatch.plan.progress import PlanStatus, Progress
    from patentwatch.plan.values import Plan


@click.command(
    help="每条承诺的目标、实际、完成率和灯色，按条目列出；实际数由记录和登记簿算出。\n\n"
    "--explain 3.4 列出这一条算进去的每条记录或专利，以及和什么比。"
)
@click.option("--plan", "name", metavar="NAME", help="只看这个计划；默认全部")
@click.option("--county", metavar="CODE", help="只看这个县区（代码或名称）的承诺和数字")
@click.option("--explain", "id_", metavar="ID", help="说明一条承诺的数是怎么来的")
@when_option
@json_option
@click.pass_context
def status(
    ctx: click.Context,
    name: str | None,
    county: str | None,
    id_: str | None,
    now: datetime,
    as_json: bool,  # noqa: FBT001 - click hands in every option by name
) -> None:
    """Print how far the plans are, or explain one promise."""
    from patentwatch import clock
    from patentwatch.cli.plan_status_explain import explain
    from patentwatch.planstatus import status_of
    from patentwatch.store.engine import reading

    app, on = open_app(ctx), clock.today(now)
    with reading(app.engine) as connection:
        plans = _plans(connection, name, on)
        if id_ is not None:
            explain(connection, app, _with(plans, id_, on), id_, on, as_json)
            return
        found = [status_of(connection, app.settings, plan, on=on) for plan in plans]
    if county is not None:
        found = _of_county(app, found, county)
    if as_json:
        emit_json([document(one) for one in found])
        return
    if not found:
        click.echo("还没有载入计划；请先执行 patentwatch plan load FILE")
    for one in found:
        _show(app, one, county)


def document(status: "PlanStatus") -> dict[str, Any]:
    """Return a plan's status in the types of JSON."""
    return {
        "plan": status.plan.name,
        "title": status.plan.title,
        "year": status.plan.year,
        "as_of": status.on,
        "items": [
            {
                "number": item.number,
                "title": item.title,
                "section": item.section,
                "printed_as": item.printed_as or None,
                "commitments": [
                    commitment_document(one)
                    for one in status.progress
                    if one.item.number == item.number
                ],
            }
            for item in status.plan.items
        ],
    }


def commitment_document(progress: "Progress") -> dict[str, Any]:
    """Return one promise in the types of JSON."""
    from patentwatch.plan.measures import number

    commitment, counted = progress.commitment, progress.counted
    return {
        "id": commitment.id,
        "text": commitment.text,
        "kind": commitment.kind.value,
        "lead": commitment.lead,
        "support": list(commitment.support),
        "counties": list(commitment.counties),
        "due_on": progress.due_on,
        "target": number(progress.target),
        "unit": commitment.unit or None,
        "actual": number(counted.actual),
        "rate": number(progress.rate),
        "light": progress.light.value,
        "records": counted.records,
        "latest_on": counted.latest_on,
        "by_county": {code: number(n) for code, n in counted.by_county.items()},
        "county_targets": {
            code: number(n) for code, n in commitment.county_targets.items()
        },
        "county_lights": {
            code: light.value for code, light in progress.county_lights.items()
        },
        "unknown": counted.unknown or None,
    }


def _plans(connection: "Connection", name: str | None, on: date) -> "list[Plan]":
    from patentwatch.errors import UsageError
    from patentwatch.store.plans import in_force, names

    known = names(connection)
    if name is not None and name not in known:
        listed = "、".join(known) or "（一个也没有）"
        raise UsageError(f"没有名为 {name} 的计划；已载入：{listed}")
    wanted = known if name is None else (name,)
    found = [in_force(connection, one, on=on) for one in wanted]
    return [plan for plan in found if plan is not None]


def _with(plans: "list[Plan]", id_: str, on: date) -> "Plan":
    """Return the plan that a promise belongs to: of several the one of that day."""
    from patentwatch.errors import UsageError

    found = [plan for plan in plans if plan.commitment(id_) is not None]
    if not found:
        raise UsageError(f"计划里没有编号为 {id_} 的承诺；编号见 plan status")
    running = [plan for plan in found if plan.starts_on <= on <= plan.ends_on]
    if len(found) > 1 and len(running) != 1:
        names = "、".join(plan.name for plan in found)
        raise UsageError(f"几个计划都有 {id_}：{names}；请用 --plan 指明")
    return found[0] if len(found) == 1 else running[0]


def _of_county(
    app: App, statuses: "list[PlanStatus]", county: str
) -> "list[PlanStatus]":
    """Keep what a county has to do, with its own numbers."""
    from patentwatch.errors import UsageError

    code = _code(app, county)
    found = [
        replace(one, progress=tuple(_county_only(one.progress, code)))
        for one in statuses
    ]
    if not any(one.progress for one in found):
        raise UsageError(f"计划里没有县区 {county} 的承诺；请写六位代码或县区名称")
    return found


def _county_only(progress: "tuple[Progress, ...]", code: str) -> "Iterator[Progress]":
    for one in progress:
        if code not in one.commitment.counties:
            continue
        by_county = {code: one.counted.by_county.get(code)}
        lights = {c: light for c, light in one.county_lights.items() if c == code}
        counted = replace(one.counted, by_county=by_county)
        yield replace(one, counted=counted, county_lights=lights)


def _code(app: App, county: str) -> str:
    from patentwatch.register.counties import CountyIndex

    return CountyIndex(app.settings.counties).find(county) or county


def _show(app: App, status: "PlanStatus", county: str | None) -> None:
    from patentwatch.cli.plan_status_lines import lines

    code = None if county is None else _code(app, county)
    for line in lines(status, code):
        click.echo(line)
