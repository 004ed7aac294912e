"""`silence`: say nothing about a patent, a party or a county for a while."""

from datetime import date, datetime

import click

from patentwatch.cli.options import (
    Day,
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    when_option,
)


@click.group(help="对某专利、某单位或某县区静默一段时间")
def silence() -> None:
    """Hold the commands about silences."""


@silence.command(help="静默一段时间；必须写明到期日")
@click.option("--number", help="一件专利")
@click.option("--party", help="一个单位的全部专利")
@click.option("--county", help="一个县区（代码）的全部专利")
@click.option("--until", "until_on", type=Day(), required=True, help="到哪一天（含）")
@click.option("--by", required=True, help="经办人")
@click.option("--reason", required=True, help="理由")
@when_option
@dry_run_option
@json_option
@click.pass_context
def add(
    ctx: click.Context,
    number: str | None,
    party: str | None,
    county: str | None,
    until_on: date,
    by: str,
    reason: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Place a silence with author, reason and expiry."""
    from patentwatch import clock
    from patentwatch.cli.alerts import known_number
    from patentwatch.store import pauses
    from patentwatch.store.engine import transaction

    if sum(bool(one) for one in (number, party, county)) != 1:
        raise click.UsageError("--number、--party、--county 恰好写一个")
    app = open_app(ctx)
    on = clock.today(now)
    if until_on < on:
        raise click.UsageError(f"--until {until_on} 已经过去")
    scope = pauses.SilenceScope(
        application_no=known_number(number) if number else "",
        party=party or "",
        county=county or "",
    )
    key = None
    if not dry_run:
        with transaction(app.engine) as connection:
            key = pauses.add_silence(
                connection, scope, reason=reason, by=by, on=on, until_on=until_on
            )
    if as_json:
        emit_json({"silence": key, "from": on, "until": until_on})
    else:
        click.echo(f"已静默至 {until_on}（含）；编号 {key}")


@silence.command(help="提前结束静默")
@click.argument("silence_id", type=int)
@click.option("--by", required=True, help="经办人")
@click.option("--reason", default="", help="理由")
@when_option
@dry_run_option
@json_option
@click.pass_context
def remove(
    ctx: click.Context,
    silence_id: int,
    by: str,
    reason: str,  # noqa: ARG001 - kept for the same words everywhere
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> int:
    """End a silence before its day."""
    from patentwatch import clock
    from patentwatch.store import pauses
    from patentwatch.store.engine import transaction

    app = open_app(ctx)
    with transaction(app.engine) as connection:
        found = pauses.end_silence(
            connection, silence_id, by=by, on=clock.today(now), dry_run=dry_run
        )
    if as_json:
        emit_json({"silence": silence_id, "ended": found})
    else:
        click.echo("已结束静默" if found else f"没有静默 {silence_id}")
    return 0 if found else 1


@silence.command("list", help="目前的静默")
@when_option
@json_option
@click.pass_context
def list_(ctx: click.Context, now: datetime, as_json: bool) -> None:  # noqa: FBT001
    """Show the silences that stand."""
    from patentwatch import clock
    from patentwatch.store import pauses
    from patentwatch.store.engine import reading

    app = open_app(ctx)
    with reading(app.engine) as connection:
        rows = pauses.standing_silences(connection, on=clock.today(now))
    if as_json:
        emit_json(rows)
        return
    for row in rows:
        what = row["application_no"] or row["party"] or row["county"]
        until = f"至 {row['until']}"
        click.echo(f"{row['silence']}：{what} {until}：{row['reason']}（{row['by']}）")
    if not rows:
        click.echo("没有静默")
