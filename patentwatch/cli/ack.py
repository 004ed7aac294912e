"""`ack`: what a patentee answered. Answers defer, they never close."""

from contextlib import suppress
from datetime import date, datetime
from typing import TYPE_CHECKING

import click

from patentwatch.cli.asked import by_recipient, registered
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
    from patentwatch.answering import Answered
    from patentwatch.answers import Given

_TOLD = {
    "paid": "已记下：对方说已缴费。在最后一月之前不再提醒；查得仍未缴时恢复提醒",
    "agent": "已记下：由代理机构办理",
    "abandon": "已记下：不再维持",
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
@click.option("--paid-on", type=Day(), help="对方说的缴费日期")
@click.option("--amount", type=click.IntRange(min=1), help="对方说的金额（元）")
@click.option(
    "--receipt", default="", help="经办人见到的票据号；与日期、金额一起即为缴费事实"
)
@click.option("--photo", default="", help="凭证照片的文件名")
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
    paid_on: date | None,
    amount: int | None,
    receipt: str,
    photo: str,
    by: str,
    reason: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Store an answer; what it forbids no longer waits when this ends."""
    from patentwatch import clock
    from patentwatch.answers import Given, Via, Word

    app = open_app(ctx)
    given = Given(
        application_no=registered(app, number),
        fee_year=fee_year,
        word=Word(answer),
        given_on=clock.today(now),
        via=Via.CLI,
        recipient=by_recipient(app, recipient) if recipient else None,
        by=by,
        reason=reason,
        paid_on=paid_on,
        amount_yuan=amount,
        receipt_no=receipt.strip(),
        photo=photo.strip(),
    )
    _refuse_what_does_not_fit(given)
    done = _taken(app, given, now=now, dry_run=dry_run)
    if as_json:
        emit_json(
            {
                "application_no": given.application_no,
                "fee_year": fee_year,
                "answer": answer,
                "payment": done.payment,
                "confirmed": done.confirmed,
                "cancelled": done.cancelled,
                "notes": [
                    {"code": note.code, "message": note.text} for note in done.notes
                ],
            }
        )
        return
    told = "已记下：凭票据登记为缴费事实" if done.payment else _TOLD[answer]
    click.echo(f"试算（未保存）。{told}" if dry_run else told)
    for note in done.notes:
        click.echo(f"  提示 {note.text}")
    if done.cancelled:
        click.echo(f"  取消了 {done.cancelled} 条待发消息")


_LONGEST_RECEIPT = 40


def _refuse_what_does_not_fit(given: "Given") -> None:
    """Refuse half a receipt here, where whoever types it can complete it."""
    from patentwatch.answers import Word

    if given.word is Word.WRONG_PERSON and given.recipient is None:
        raise click.UsageError("“不是我”要用 --recipient 指明是哪个地址")
    told = given.paid_on or given.amount_yuan or given.receipt_no or given.photo
    if told and given.word is not Word.PAID:
        raise click.UsageError(
            "--paid-on、--amount、--receipt、--photo 只与 --answer paid 同用"
        )
    if given.paid_on is not None and given.paid_on > given.given_on:
        raise click.UsageError(f"--paid-on {given.paid_on} 晚于今天 {given.given_on}")
    if len(given.receipt_no) > _LONGEST_RECEIPT:
        raise click.UsageError("--receipt 超过 40 个字符；请核对")
    if given.receipt_no and given.missing_for_a_fact:
        raise click.UsageError("--receipt 要与 --paid-on、--amount 和 --by 一起写")


def _taken(app: App, given: "Given", *, now: datetime, dry_run: bool) -> "Answered":
    from patentwatch import answering, installation
    from patentwatch.intake import TakeBack
    from patentwatch.store.engine import transaction

    rules = installation.rules_of(app.settings, app.vault)
    done = answering.Answered()
    with suppress(TakeBack), transaction(app.engine) as connection:
        done = answering.take(connection, app.vault, rules, given, now=now)
        if dry_run:
            raise TakeBack
    return done
