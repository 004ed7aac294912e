"""`statement`: what one party owns and owes, on paper; its sheet for paying."""

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from patentwatch.cli.options import (
    Day,
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    say,
    when_option,
)

if TYPE_CHECKING:
    from patentwatch.paymentsheet import PaymentSheet
    from patentwatch.statements import Statement

_WHY = {
    "held": "缴费记录正在核实",
    "answered": "权利人曾告知已缴费、已委托代理机构或不再维持",
    "too_late": "补缴期已过，须先核实或请求恢复",
}


@click.command(
    help="某专利权人的年费一览表（HTML、文本、XLSX）；--payment-sheet 为网上缴费清单"
)
@click.option("--party", required=True, help="专利权人名称，与清单完全一致")
@click.option("--credit-code", default="", help="统一社会信用代码；给出时据此对应专利")
@click.option(
    "--number", "texts", multiple=True, help="只要这件专利（可多次；个人必填）"
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写到哪个文件（.html、.txt、.xlsx）；不给则显示文本",
)
@click.option("--payment-sheet", is_flag=True, help="网上缴费清单：九列，可交缴费系统")
@click.option(
    "--until",
    "until_on",
    type=Day(),
    help="缴费清单列到哪天到期的年费；默认今后 90 天，逾期未缴的总在内",
)
@when_option
@dry_run_option
@json_option
@click.pass_context
def statement(
    ctx: click.Context,
    party: str,
    credit_code: str,
    texts: Sequence[str],
    out: Path | None,
    until_on: date | None,
    now: datetime,
    payment_sheet: bool,  # noqa: FBT001
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """State one party's rights, or fill in its sheet for paying."""
    _check(out, payment_sheet=payment_sheet, until_on=until_on, as_json=as_json)
    found = _stated(ctx, party, credit_code, texts, now=now)
    if payment_sheet:
        _pay(found, out, until_on, dry_run=dry_run, as_json=as_json)
        return
    from patentwatch import requested, statementbooks, statementpage

    if out is not None and not dry_run:
        made = {
            ".html": lambda: statementpage.html(found).encode(),
            ".txt": lambda: statementpage.text(found).encode(),
            ".xlsx": lambda: statementbooks.statement_xlsx(found),
        }
        _write(out, made[out.suffix.lower()]())
    if as_json:
        emit_json(requested.document(found))
    elif out is None:
        click.echo(statementpage.text(found), nl=False)
    else:
        done = "试算（未写出）" if dry_run else f"已写出 {out}"
        click.echo(f"{done}：{len(found.holdings)} 件专利")


def _stated(
    ctx: click.Context,
    party: str,
    credit_code: str,
    texts: Sequence[str],
    *,
    now: datetime,
) -> "Statement":
    from patentwatch import clock, installation, requested
    from patentwatch.cli.asked import registered
    from patentwatch.store.engine import reading

    app = open_app(ctx)
    numbers = [registered(app, text) for text in texts]
    rules = installation.rules_of(app.settings, app.vault)
    with reading(app.engine) as connection:
        return requested.stated(
            connection,
            app.vault,
            app.settings,
            rules,
            party,
            credit_code=credit_code.strip().upper(),
            numbers=numbers,
            on=clock.today(now),
        )


def _check(
    out: Path | None, *, payment_sheet: bool, until_on: date | None, as_json: bool
) -> None:
    from patentwatch.errors import UsageError

    endings = (".xlsx",) if payment_sheet else (".html", ".txt", ".xlsx")
    if until_on is not None and not payment_sheet:
        raise UsageError("--until 只与 --payment-sheet 同用")
    if out is None:
        if payment_sheet and not as_json:
            raise UsageError("--payment-sheet 要用 --out 指明写到哪个 .xlsx 文件")
        return
    if out.suffix.lower() not in endings:
        raise UsageError(f"--out {out}：文件名应以 {'、'.join(endings)} 结尾")
    if not out.parent.is_dir():
        raise UsageError(f"--out {out}：文件夹 {out.parent} 不存在")


def _pay(
    found: "Statement",
    out: Path | None,
    until_on: date | None,
    *,
    dry_run: bool,
    as_json: bool,
) -> None:
    from patentwatch import paymentsheet, statementbooks

    sheet = paymentsheet.payment_sheet(
        found, until_on=until_on or found.on + paymentsheet.AHEAD
    )
    if out is not None and not dry_run:
        _write(out, statementbooks.payment_xlsx(sheet, author=found.office.name))
    if as_json:
        emit_json(paymentsheet.document(sheet))
    else:
        done = "试算（未写出）" if dry_run else f"已写出 {out}"
        click.echo(f"{done}：{len(sheet.rows)} 笔，合计 {sheet.total_yuan} 元")
    _tell_left_out(sheet)


def _tell_left_out(sheet: "PaymentSheet") -> None:
    for number, year, why in sheet.left_out:
        say(f"  未列入 {number} 第{year}年：{_WHY[why]}")


def _write(out: Path, content: bytes) -> None:
    from patentwatch.errors import UsageError

    try:
        out.write_bytes(content)
    except OSError as error:
        raise UsageError(f"--out {out}：无法写入（{error.strerror}）") from error
