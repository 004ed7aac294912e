"""`calls done`: what came of one call."""

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
    from patentwatch.calls import Called
    from patentwatch.model import Fact, PatentNumber, RecipientId
    from patentwatch.rules import Rules

_RESULTS = ("notified", "wrong_number", "refused", "paid", "abandon")


@click.command(help="登记一次通话的结果")
@click.argument("number")
@click.option(
    "--year", "fee_year", type=click.IntRange(1, 20), required=True, help="第几年的年费"
)
@click.option(
    "--result",
    type=click.Choice(_RESULTS),
    required=True,
    help="已通知 / 空号 / 拒接或无人接听 / 已缴费 / 放弃",
)
@click.option("--telephone", default="", help="拨打的号码；“空号”必填")
@click.option("--called-on", type=Day(), help="通话日期；默认今天")
@click.option("--paid-on", type=Day(), help="对方报出的缴费日期（与金额、票据号同填）")
@click.option("--yuan", type=click.IntRange(1), help="对方报出的缴费金额")
@click.option("--receipt", default="", help="对方报出的票据号")
@by_option
@click.option("--reason", default="", help="说明")
@when_option
@dry_run_option
@json_option
@click.pass_context
def done(
    ctx: click.Context,
    number: str,
    fee_year: int,
    result: str,
    telephone: str,
    called_on: date | None,
    paid_on: date | None,
    yuan: int | None,
    receipt: str,
    by: str,
    reason: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Store what came of one call, with all that follows."""
    from patentwatch import calling, clock, installation
    from patentwatch.calls import RESULT_WORDS, Called, CallResult
    from patentwatch.errors import UsageError
    from patentwatch.intake import TakeBack
    from patentwatch.register.callsheet import noted
    from patentwatch.store.engine import transaction

    app = open_app(ctx)
    on = called_on or clock.today(now)
    if on > clock.today(now):
        raise UsageError(f"--called-on {on} 晚于今天")
    payment = _payment(fee_year, result, paid_on, yuan, receipt, now=now)
    rules = installation.rules_of(app.settings, app.vault)
    canonical = registered(app, number)
    who, note = None, reason
    if result == CallResult.WRONG_NUMBER.value:
        who = _wrong(app, rules, canonical, telephone, on=clock.today(now))
        note = noted(telephone, reason)
    called = Called(canonical, fee_year, CallResult(result), on, by, note, who, payment)
    new = False
    try:
        with transaction(app.engine) as connection:
            new = calling.report(connection, app.vault, rules, called, now=now)
            if dry_run:
                raise TakeBack
    except TakeBack:
        pass
    if as_json:
        emit_json(_reported(called, new=new))
        return
    head = "试算（未保存）" if dry_run else "已登记" if new else "早已登记"
    word = RESULT_WORDS[called.result]
    click.echo(f"{head}：{canonical} 第{fee_year}年 {word}（{on}）")


def _reported(called: "Called", *, new: bool) -> dict[str, Any]:
    return {
        "application_no": called.application_no,
        "fee_year": called.fee_year,
        "result": called.result,
        "called_on": called.called_on,
        "new": new,
    }


def _wrong(
    app: App,
    rules: "Rules",
    number: "PatentNumber",
    telephone: str,
    *,
    on: date,
) -> "RecipientId":
    """Return whose number is out of use."""
    from patentwatch import calling
    from patentwatch.errors import UsageError
    from patentwatch.register import masking
    from patentwatch.register.callsheet import ringing
    from patentwatch.store.engine import reading

    if not telephone:
        raise UsageError("“空号”要用 --telephone 写明是哪个号码")
    with reading(app.engine) as connection:
        known = calling.telephones(connection, app.vault, rules, number, on=on)
    found = {contact.recipient for contact in ringing(telephone, known)}
    if len(found) != 1:
        what = "对应几个号码；请写完整号码" if found else "不是该专利登记的号码；请核对"
        raise UsageError(f"--telephone {masking.phone(telephone)} {what}")
    return found.pop()


def _payment(
    fee_year: int,
    result: str,
    paid_on: date | None,
    yuan: int | None,
    receipt: str,
    *,
    now: datetime,
) -> "Fact | None":
    from patentwatch import clock
    from patentwatch.errors import UsageError
    from patentwatch.model import Fact, FactKind, FactSource

    given = (paid_on, yuan, receipt)
    if not any(given):
        return None
    if result != "paid" or paid_on is None or yuan is None or not receipt:
        raise UsageError(
            "--paid-on、--yuan、--receipt 须一起写，且只与 --result paid 同用"
        )
    if paid_on > clock.today(now):
        raise UsageError(f"--paid-on {paid_on} 晚于今天")
    return Fact(
        FactKind.PAYMENT,
        FactSource.RECEIPT,
        paid_on,
        fee_year=fee_year,
        amount_yuan=yuan,
        ref=receipt,
    )
