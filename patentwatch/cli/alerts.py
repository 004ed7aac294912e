"""`alerts`: what would be said, what was said; a test message; letting the brake go."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import click

from patentwatch.cli.asked import (
    by_option,
    known_number,
    record_unmasking,
    unmask_option,
)
from patentwatch.cli.options import (
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    say,
    when_option,
)

_SHOWN = 200


@click.group(help="将要说什么、说过什么；测试、放行")
def alerts() -> None:
    """Hold the commands about alerts."""


@alerts.command(help="某一天将要说什么（只算，不写）")
@click.option("--county", help="只看一个县区（代码）")
@click.option("--all", "silent", is_flag=True, help="连同不说的，附原因")
@when_option
@json_option
@click.pass_context
def plan(
    ctx: click.Context,
    county: str | None,
    silent: bool,  # noqa: FBT001
    now: datetime,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Show what would be said on a day."""
    from patentwatch import clock, installation, why
    from patentwatch.intake import county_code
    from patentwatch.store.engine import reading

    app = open_app(ctx)
    rules = installation.rules_of(app.settings, app.vault)
    with reading(app.engine) as connection:
        rows = list(
            why.planned(
                connection,
                app.vault,
                app.settings,
                rules,
                on=clock.today(now),
                county=county_code(county, app.settings) if county else None,
                silent=silent,
            )
        )
    print_rows(rows, as_json=as_json)


@alerts.command("list", help="已有的提醒及其结果")
@click.option("--number", help="只看一件专利")
@unmask_option
@json_option
@click.pass_context
def list_(
    ctx: click.Context,
    number: str | None,
    unmask: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Show the alerts that exist."""
    from patentwatch import why
    from patentwatch.store.engine import reading

    app = open_app(ctx)
    if unmask:
        record_unmasking(app, subject=number or "alerts")
    with reading(app.engine) as connection:
        rows = list(
            why.said(
                connection,
                app.vault,
                app.settings,
                number=known_number(number) if number else None,
                unmask=unmask,
            )
        )
    print_rows(rows, as_json=as_json)


@alerts.command(help="给自己发一条测试消息；观察模式下也会发出")
@click.option("--to", "address", required=True, help="邮箱或手机号")
@when_option
@dry_run_option
@json_option
@click.pass_context
def test(
    ctx: click.Context,
    address: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> int:
    """Send one message that names no patent."""
    from patentwatch import installation, outgoing

    app = open_app(ctx)
    here = installation.put_together(app.settings, app.engine, app.vault)
    outcome = outgoing.send_test(here, address, now=now, dry_run=dry_run)
    if as_json:
        emit_json({"to": outcome.shown, "outcome": outcome.word, "text": outcome.text})
    else:
        click.echo(f"{outcome.shown}：{outcome.text}")
    return 0 if outcome.accepted else 1


@alerts.command(
    help="放行因数量异常而等待的消息（刹车）；--clock 确认时钟无误，"
    "--restored 确认恢复后的补录已完成"
)
@click.option("--clock", is_flag=True, help="时钟已校准，恢复发送")
@click.option("--restored", is_flag=True, help="备份恢复已处理完，恢复发送")
@by_option
@click.option("--reason", required=True, help="理由")
@when_option
@dry_run_option
@json_option
@click.pass_context
def release(
    ctx: click.Context,
    clock: bool,  # noqa: FBT001
    restored: bool,  # noqa: FBT001
    by: str,
    reason: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Let go what the brake holds, or lift a halt; it leaves with the next delivery."""
    from patentwatch.store import brake, halts, runs
    from patentwatch.store.engine import reading, transaction
    from patentwatch.store.halts import HaltKind

    app = open_app(ctx)
    asked = ((HaltKind.CLOCK, clock), (HaltKind.RESTORED, restored))
    kinds = [kind for kind, wanted in asked if wanted]
    if dry_run:
        with reading(app.engine) as connection:
            standing = [one for one in halts.standing(connection) if one.kind in kinds]
            count = len(standing) if kinds else brake.braked(connection)
    else:
        with transaction(app.engine) as connection:
            if kinds:
                count = sum(halts.lift(connection, kind) for kind in kinds)
            else:
                count = brake.release(connection, now=now)
            runs.write_down(
                connection,
                who=by,
                action="halt_lifted" if kinds else "brake_released",
                subject="、".join(kinds) or f"{count} messages",
                reason=reason,
                now=now,
            )
    if as_json:
        emit_json({"released": 0 if dry_run else count, "held": count})
    else:
        done = "将放行" if dry_run else "已放行"
        click.echo(f"{done} {count} {'项停发' if kinds else '条消息'}")


def print_rows(rows: Iterable[dict[str, Any]], *, as_json: bool) -> None:
    """Print alert rows as one document or as a table for a person."""
    from patentwatch import why

    rows = list(rows)
    if as_json:
        emit_json(rows)
        return
    if not rows:
        click.echo("没有提醒")
        return
    click.echo("  ".join(why.COLUMNS))
    for row in rows[:_SHOWN]:
        click.echo("  ".join(why.table_row(row)))
    if len(rows) > _SHOWN:
        say(f"…… 共 {len(rows)} 条，--json 可看全部")
