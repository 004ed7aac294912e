"""`hold`: nobody is sent a guess until it is found out."""

from datetime import date, datetime

import click

from patentwatch.cli.asked import by_option, registered
from patentwatch.cli.options import (
    Day,
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    when_option,
)


@click.group(help="暂不提醒某一年费，直到查明")
def hold() -> None:
    """Hold the commands about holds."""


@hold.command(help="暂停一件专利的提醒")
@click.argument("number")
@click.option("--year", "fee_year", type=click.IntRange(1, 20), help="只暂停这一年")
@click.option("--until", "until_on", type=Day(), help="到哪一天（含）；默认到解除为止")
@by_option
@click.option("--reason", required=True, help="理由")
@when_option
@dry_run_option
@json_option
@click.pass_context
def add(
    ctx: click.Context,
    number: str,
    fee_year: int | None,
    until_on: date | None,
    by: str,
    reason: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Place a hold."""
    from patentwatch import clock
    from patentwatch.errors import UsageError
    from patentwatch.store import pauses
    from patentwatch.store.engine import transaction

    app = open_app(ctx)
    canonical = registered(app, number)
    on = clock.today(now)
    if until_on is not None and until_on < on:
        raise UsageError(f"--until {until_on} 已经过去")
    if not dry_run:
        with transaction(app.engine) as connection:
            pauses.add_hold(
                connection,
                canonical,
                fee_year=fee_year,
                reason=reason,
                by=by,
                on=on,
                until_on=until_on,
            )
    if as_json:
        emit_json({"application_no": canonical, "fee_year": fee_year, "from": on})
    else:
        click.echo(
            f"{'将' if dry_run else '已'}暂停 {canonical} 的提醒；"
            f"解除：patentwatch hold remove {canonical} --by 经办人"
        )


@hold.command(help="解除暂停")
@click.argument("number")
@click.option("--year", "fee_year", type=click.IntRange(1, 20), help="只解除这一年")
@by_option
@click.option("--reason", default="", help="理由")
@when_option
@dry_run_option
@json_option
@click.pass_context
def remove(
    ctx: click.Context,
    number: str,
    fee_year: int | None,
    by: str,
    reason: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> int:
    """End the holds of a patent."""
    from patentwatch import clock
    from patentwatch.store import pauses, runs
    from patentwatch.store.engine import transaction

    app = open_app(ctx)
    canonical = registered(app, number)
    with transaction(app.engine) as connection:
        count = pauses.end_holds(
            connection,
            canonical,
            fee_year=fee_year,
            by=by,
            on=clock.today(now),
            dry_run=dry_run,
        )
        if count and not dry_run:
            runs.write_down(
                connection,
                who=by,
                action="hold_removed",
                subject=canonical,
                reason=reason,
                now=now,
            )
    if as_json:
        emit_json({"application_no": canonical, "ended": count})
    elif count:
        click.echo(f"{'将' if dry_run else '已'}解除 {count} 项暂停")
    else:
        click.echo(f"{canonical} 没有正在生效的暂停；patentwatch hold list 可查")
    return 0 if count else 1


@hold.command("list", help="目前的暂停")
@when_option
@json_option
@click.pass_context
def list_(ctx: click.Context, now: datetime, as_json: bool) -> None:  # noqa: FBT001
    """Show the holds that stand."""
    from patentwatch import clock
    from patentwatch.store import pauses
    from patentwatch.store.engine import reading

    app = open_app(ctx)
    with reading(app.engine) as connection:
        rows = pauses.standing_holds(connection, on=clock.today(now))
    if as_json:
        emit_json(rows)
        return
    for row in rows:
        year = f"第{row['fee_year']}年" if row["fee_year"] else "各年"
        until = f"至 {row['until']}" if row["until"] else "至解除"
        click.echo(
            f"{row['application_no']} {year} {until}：{row['reason']}（{row['by']}）"
        )
    if not rows:
        click.echo("没有暂停")
