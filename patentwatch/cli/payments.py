"""`payments`: fees paid, from receipts or the office's fee query."""

from collections.abc import Sequence
from datetime import date, datetime

import click

from patentwatch.cli.asked import by_option, known_number
from patentwatch.cli.imports import import_options, take_files
from patentwatch.cli.options import (
    Day,
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    when_option,
)


@click.group(help="已缴费用：票据或缴费查询结果")
def payments() -> None:
    """Hold the commands about payments."""


@payments.command("import", help="导入缴费记录表，或保存下来的费用查询页（JSON）")
@import_options
@click.option("--as-of", type=Day(), help="查询页是哪一天查得的；默认文件的保存日期")
@click.option("--number", help="查询页属于哪一件专利；默认看页内和文件名")
@click.pass_context
def import_(
    ctx: click.Context,
    files: Sequence[str],
    encoding: str | None,
    as_of: date | None,
    number: str | None,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> int:
    """Take lists of payments one by one."""
    from patentwatch import people_intake

    if number is not None and len(files) > 1:
        raise click.UsageError("--number 一次只能配一个文件")
    canonical = known_number(number) if number is not None else None
    app = open_app(ctx)
    return take_files(
        app,
        files,
        "payments",
        lambda path: people_intake.import_payments(
            app.engine,
            app.settings,
            path,
            now=now,
            number=canonical,
            as_of=as_of,
            dry_run=dry_run,
            encoding=encoding,
        ),
        now=now,
        dry_run=dry_run,
        as_json=as_json,
    )


@payments.command(help="登记一笔缴费（凭票据）")
@click.argument("number")
@click.option(
    "--year",
    "fee_year",
    type=click.IntRange(1, 20),
    required=True,
    help="第几年的年费",
)
@click.option("--paid-on", type=Day(), required=True, help="缴费日期")
@click.option("--yuan", type=click.IntRange(min=1), required=True, help="金额（元）")
@click.option("--receipt", default="", help="票据号")
@by_option
@click.option("--reason", default="", help="备注")
@when_option
@dry_run_option
@json_option
@click.pass_context
def add(
    ctx: click.Context,
    number: str,
    fee_year: int,
    paid_on: date,
    yuan: int,
    receipt: str,
    by: str,
    reason: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Store one payment as a dated fact."""
    from patentwatch.cli.fact import done_word, store_fact
    from patentwatch.model import Fact, FactKind, FactSource

    app = open_app(ctx)
    fact = Fact(
        FactKind.PAYMENT,
        FactSource.RECEIPT,
        paid_on,
        fee_year=fee_year,
        amount_yuan=yuan,
        ref=receipt,
        note=reason,
    )
    stored = store_fact(app, number, fact, by=by, now=now, dry_run=dry_run)
    if as_json:
        emit_json(stored)
    else:
        head = done_word(new=stored["new"], dry_run=dry_run)
        click.echo(f"{head}：{stored['application_no']} 第{fee_year}年 {yuan} 元")
