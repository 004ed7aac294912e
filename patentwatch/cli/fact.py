"""`fact`: what an official found out about one annuity, with the day it was true."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

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

if TYPE_CHECKING:
    from patentwatch.model import Fact


_SAYS = {
    "unpaid": "未缴",
    "ended": "因未缴年费终止",
    "notice": "终止通知书已发",
    "paid": "已缴",
}


@click.group(help="登记一件查到的事实：未缴、终止、终止通知书")
def fact() -> None:
    """Hold the commands about facts."""


@fact.command(help="登记一件事实")
@click.argument("number")
@click.option(
    "--year",
    "fee_year",
    type=click.IntRange(1, 20),
    required=True,
    help="第几年的年费",
)
@click.option(
    "--says",
    type=click.Choice([*_SAYS]),
    required=True,
    help="未缴 / 因未缴费终止 / 终止通知书已发 / 已缴",
)
@click.option("--dated", "dated_on", type=Day(), required=True, help="查得或发文的日期")
@click.option(
    "--delivery",
    type=click.Choice(["electronic", "paper"]),
    help="终止通知书的送达方式；不知道就不填（按电子送达，期限较早）",
)
@by_option
@click.option("--reason", default="", help="说明")
@when_option
@dry_run_option
@json_option
@click.pass_context
def add(
    ctx: click.Context,
    number: str,
    fee_year: int,
    says: str,
    dated_on: date,
    delivery: str | None,
    by: str,
    reason: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Store what an official's word says about one annuity."""
    from patentwatch.model import Fact, FactKind, FactSource

    if delivery and says != "notice":
        raise click.UsageError("--delivery 只与 --says notice 同用")
    found = Fact(
        FactKind(says),
        FactSource.WORD,
        dated_on,
        fee_year=fee_year,
        delivery=delivery,
        note=reason,
    )
    stored = store_fact(open_app(ctx), number, found, by=by, now=now, dry_run=dry_run)
    if as_json:
        emit_json(stored)
    else:
        head = done_word(new=stored["new"], dry_run=dry_run)
        click.echo(
            f"{head}：{stored['application_no']} 第{fee_year}年 {_SAYS[says]}"
            f"（{dated_on}）"
        )


def done_word(*, new: bool, dry_run: bool) -> str:
    """Say whether something was stored."""
    if dry_run:
        return "试算（未保存）"
    return "已登记" if new else "早已登记"


def store_fact(
    app: App, number: str, found: "Fact", *, by: str, now: datetime, dry_run: bool
) -> dict[str, Any]:
    """Store one fact about a known patent; return what `--json` tells."""
    from patentwatch import clock
    from patentwatch.errors import UsageError
    from patentwatch.store import facts
    from patentwatch.store.engine import transaction

    canonical = registered(app, number)
    if found.dated_on > clock.today(now):
        raise UsageError(f"日期 {found.dated_on} 晚于今天；事实只能是已经发生的")
    added = 0
    if not dry_run:
        with transaction(app.engine) as connection:
            added = facts.add(connection, [(canonical, found)], now=now, by=by)
    return {
        "application_no": canonical,
        "fee_year": found.fee_year,
        "says": found.kind.value,
        "dated": found.dated_on,
        "new": bool(added),
    }
