"""`ack`: what a patentee answered. Answers defer, they never close."""

from datetime import datetime

import click

from patentwatch.cli.asked import registered
from patentwatch.cli.options import (
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    when_option,
)

_TOLD = {
    "paid": "已记下：对方说已缴费。在最后一月之前不再提醒；查得仍未缴时恢复提醒",
    "agent": "已记下：由代理机构办理。此后提醒代理机构，最后一月抄送本人",
    "abandon": "已记下：不再维持。需要再登记一次以确认",
    "wrong-person": "已记下：联系方式有误，不再向该地址发送；请补充正确的联系方式",
}


@click.command(help="登记权利人的答复：已缴、委托代理、放弃、不是我")
@click.argument("number")
@click.option(
    "--year",
    "fee_year",
    type=click.IntRange(1, 20),
    required=True,
    help="第几年的年费",
)
@click.option(
    "--answer",
    type=click.Choice([*_TOLD]),
    required=True,
    help="已缴费 / 由代理机构办理 / 不再维持 / 不是我",
)
@click.option("--recipient", help="谁答复的（邮箱或手机号）；“不是我”必填")
@click.option("--by", default="", help="经办人")
@click.option("--reason", default="", help="说明")
@when_option
@dry_run_option
@json_option
@click.pass_context
def ack(
    ctx: click.Context,
    number: str,
    fee_year: int,
    answer: str,
    recipient: str | None,
    by: str,
    reason: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Store an answer; what waits is decided again before anything leaves."""
    from patentwatch import clock
    from patentwatch.errors import UsageError
    from patentwatch.model import Channel
    from patentwatch.store import directory, patents, people
    from patentwatch.store.engine import transaction

    app = open_app(ctx)
    canonical = registered(app, number)
    if answer == "wrong-person" and not recipient:
        raise click.UsageError("“不是我”要用 --recipient 指明是哪个地址")
    who = None
    if recipient:
        channel = Channel.EMAIL if "@" in recipient else Channel.SMS
        who = app.vault.recipient_id(channel, recipient)
    on = clock.today(now)
    with transaction(app.engine) as connection:
        if who is not None and not directory.by_recipients(
            connection, app.vault, [who]
        ):
            raise UsageError("联系方式中没有这个地址；请核对 --recipient")
        if not dry_run:
            people.add_answer(
                connection,
                canonical,
                fee_year=fee_year,
                answer=answer,
                answered_on=on,
                recipient=who,
                by=by,
                reason=reason,
                now=now,
            )
            patent = patents.one(connection, canonical)
            if answer == "wrong-person" and who is not None and patent is not None:
                people.disown(connection, patent, who, on=on)
    if as_json:
        emit_json({"application_no": canonical, "fee_year": fee_year, "answer": answer})
    else:
        click.echo(f"试算（未保存）。{_TOLD[answer]}" if dry_run else _TOLD[answer])
