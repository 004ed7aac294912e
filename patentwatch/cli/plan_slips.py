"""`plan slip`: supervision slips – issued, answered, listed."""

from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from patentwatch.cli.asked import by_option
from patentwatch.cli.options import (
    App,
    Day,
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    when_option,
)
from patentwatch.cli.planned import county_option, plan_option, planned, unit_code

if TYPE_CHECKING:
    from patentwatch.plan.acts import Slip

_COLOURS = {"蓝": "blue", "黄": "yellow", "红": "red"}


@click.group(help="督办单：发出（蓝、黄、红）、回复、列出")
def slip() -> None:
    """Hold the commands about supervision slips."""


@slip.command(help="发出一张督办单；先蓝，逾期未回复才能发黄，黄色之后才能发红")
@click.argument("commitment", metavar="编号")
@click.option(
    "--colour",
    type=click.Choice([*_COLOURS.values(), *_COLOURS]),
    required=True,
    help="颜色：blue 蓝、yellow 黄、red 红",
)
@county_option
@click.option("--text", required=True, help="督办内容")
@click.option("--reply-by", "reply_by_on", type=Day(), required=True, help="回复期限")
@click.option("--follows", default="", help="由哪一张升级，如 2023-7；回复不合要求时用")
@plan_option
@by_option
@when_option
@dry_run_option
@json_option
@click.pass_context
def issue(
    ctx: click.Context,
    commitment: str,
    colour: str,
    county: str | None,
    text: str,
    reply_by_on: date,
    follows: str,
    plan_name: str | None,
    by: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Issue a slip."""
    from patentwatch import clock
    from patentwatch.plan import ledgerjson
    from patentwatch.plan.acts import Colour
    from patentwatch.store import slips
    from patentwatch.store.engine import transaction

    app = open_app(ctx)
    on = clock.today(now)
    with transaction(app.engine) as connection:
        made = slips.issue(
            connection,
            planned(connection, plan_name, on=on),
            commitment.strip(),
            colour=Colour(_COLOURS.get(colour, colour)),
            county=unit_code(county, app.settings),
            text=text,
            reply_by_on=reply_by_on,
            by=by,
            on=on,
            follows=follows.strip(),
            dry_run=dry_run,
        )
    if as_json:
        emit_json(ledgerjson.slip(made, on=on))
    else:
        click.echo(f"{'将' if dry_run else '已'}发出{_sentence(made, app, on=on)}")


@slip.command(help="登记对一张督办单的回复")
@click.argument("name", metavar="编号")
@click.option("--text", required=True, help="回复内容")
@by_option
@when_option
@dry_run_option
@json_option
@click.pass_context
def reply(
    ctx: click.Context,
    name: str,
    text: str,
    by: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Write down the reply to a slip."""
    from patentwatch import clock
    from patentwatch.plan import ledgerjson
    from patentwatch.store import slips
    from patentwatch.store.engine import transaction

    app = open_app(ctx)
    on = clock.today(now)
    with transaction(app.engine) as connection:
        answered = slips.reply(
            connection, name, text=text, by=by, on=on, dry_run=dry_run
        )
    if as_json:
        emit_json(ledgerjson.slip(answered, on=on))
    else:
        click.echo(f"{'将' if dry_run else '已'}登记对督办单 {answered.name} 的回复")


@slip.command("list", help="列出督办单及回复情况")
@click.option("--overdue", is_flag=True, help="只要逾期未回复的")
@plan_option
@when_option
@json_option
@click.pass_context
def list_(
    ctx: click.Context,
    overdue: bool,  # noqa: FBT001
    plan_name: str | None,
    now: datetime,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Show the slips of a plan as they stood on a day."""
    from patentwatch import clock
    from patentwatch.plan import ledgerjson
    from patentwatch.store import slips
    from patentwatch.store.engine import reading

    app = open_app(ctx)
    on = clock.today(now)
    listed = slips.overdue_slips if overdue else slips.slips_of
    with reading(app.engine) as connection:
        plan = planned(connection, plan_name, on=on)
        found = listed(connection, plan.name, on=on)
    if as_json:
        emit_json([ledgerjson.slip(one, on=on) for one in found])
        return
    for one in found:
        click.echo(_sentence(one, app, on=on))
    if not found:
        click.echo("没有逾期未回复的督办单" if overdue else "没有督办单")


def _sentence(one: "Slip", app: App, *, on: date) -> str:
    from patentwatch.plan.acts import COLOUR_WORDS
    from patentwatch.plan.ledger import LEAD, situation

    names = {county.code: county.name for county in app.settings.counties}
    unit = names.get(one.county, one.county) if one.county else LEAD
    return (
        f"{COLOUR_WORDS[one.colour]}色督办单 {one.name}：承诺 {one.commitment}，"
        f"{unit}，"
        f"回复期限 {one.reply_by_on}，{situation(one, on)}：{one.text}"
    )
