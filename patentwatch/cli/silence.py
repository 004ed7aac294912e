"""`silence`: say nothing about a patent, a party or a county for a while."""

from datetime import date, datetime

import click

from patentwatch.cli.asked import by_option, registered
from patentwatch.cli.options import (
    App,
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
@click.option("--county", help="一个县区（代码或名称）的全部专利")
@click.option("--until", "until_on", type=Day(), required=True, help="到哪一天（含）")
@by_option
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
    from patentwatch.intake import county_code
    from patentwatch.store import pauses
    from patentwatch.store.engine import transaction

    if sum(bool(one) for one in (number, party, county)) != 1:
        raise click.UsageError("--number、--party、--county 恰好写一个")
    app = open_app(ctx)
    on = clock.today(now)
    if until_on < on:
        raise click.UsageError(f"--until {until_on} 已经过去")
    scope = pauses.SilenceScope(
        application_no=registered(app, number) if number else "",
        party=_known_party(app, party) if party else "",
        county=county_code(county, app.settings) if county else "",
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
        done = "试算（未保存）：将静默" if dry_run else f"编号 {key}：已静默"
        click.echo(f"{done}至 {until_on}（含）")


@silence.command(help="提前结束静默")
@click.argument("silence_id", type=int)
@by_option
@click.option("--reason", default="", help="理由")
@when_option
@dry_run_option
@json_option
@click.pass_context
def remove(
    ctx: click.Context,
    silence_id: int,
    by: str,
    reason: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> int:
    """End a silence before its day."""
    from patentwatch import clock
    from patentwatch.store import pauses, runs
    from patentwatch.store.engine import transaction

    app = open_app(ctx)
    with transaction(app.engine) as connection:
        found = pauses.end_silence(
            connection, silence_id, by=by, on=clock.today(now), dry_run=dry_run
        )
        if found and not dry_run:
            runs.write_down(
                connection,
                who=by,
                action="silence_removed",
                subject=str(silence_id),
                reason=reason,
                now=now,
            )
    if as_json:
        emit_json({"silence": silence_id, "ended": found})
    else:
        done = "将结束静默" if dry_run else "已结束静默"
        lacking = f"没有编号为 {silence_id} 的静默；patentwatch silence list 可查"
        click.echo(done if found else lacking)
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


def _known_party(app: App, name: str) -> str:
    """Return the party's name; a usage error when no patent of the register is his."""
    from patentwatch.errors import UsageError
    from patentwatch.names import name_key
    from patentwatch.store import holders
    from patentwatch.store.engine import reading

    with reading(app.engine) as connection:
        if not holders.held_by(connection, name_keys=[name_key(name)[:500]]):
            raise UsageError(f"登记中没有“{name}”的专利；请核对名称（须与名单一致）")
    return name
