"""`answers`: what people answered, from a sheet; the list; a link to answer by."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

import click

from patentwatch.cli.asked import by_recipient, known_number, registered
from patentwatch.cli.imports import import_options, take_files
from patentwatch.cli.options import (
    App,
    emit_json,
    json_option,
    open_app,
    when_option,
)

_PURPOSES = {
    "paid": "ack.paid",
    "agent": "ack.agent",
    "abandon": "ack.abandon",
    "wrong-person": "ack.wrong_person",
    "unsubscribe": "unsubscribe",
}
_SHOWN = {
    "paid": "已缴费",
    "agent": "委托代理机构",
    "abandon": "不再维持",
    "wrong-person": "不是我",
}


@click.group(help="权利人的答复：导入答复表、列出、生成答复链接")
def answers() -> None:
    """Hold the commands about answers."""


@answers.command("import", help="导入答复表（专利号、年度、答复、日期、经办人……）")
@import_options
@click.pass_context
def import_(
    ctx: click.Context,
    files: Sequence[str],
    encoding: str | None,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> int:
    """Take lists of answers one by one."""
    from patentwatch import answersintake, installation

    app = open_app(ctx)
    rules = installation.rules_of(app.settings, app.vault)
    return take_files(
        app,
        files,
        "answers",
        lambda path: answersintake.import_answers(
            app.engine,
            app.vault,
            app.settings,
            rules,
            path,
            now=now,
            dry_run=dry_run,
            encoding=encoding,
        ),
        now=now,
        dry_run=dry_run,
        as_json=as_json,
    )


@answers.command("list", help="列出收到的答复，最新的在前")
@click.argument("number", required=False)
@when_option
@json_option
@click.pass_context
def list_(
    ctx: click.Context,
    number: str | None,
    now: datetime,
    as_json: bool,  # noqa: FBT001
) -> None:
    """List what was answered until a day; addresses are masked."""
    from patentwatch import clock

    app = open_app(ctx)
    canonical = known_number(number) if number else None
    found = _listed(app, canonical, on=clock.today(now))
    if as_json:
        emit_json(found)
        return
    if not found:
        click.echo("没有答复")
    for one in found:
        who = one["recipient"] or one["by"] or "未记名"
        click.echo(
            f"{one['answered_on']} {one['application_no']} 第{one['fee_year']}年 "
            f"{_SHOWN[one['answer']]}（{who}）{one['reason']}".rstrip()
        )


def _listed(app: App, number: str | None, *, on: date) -> list[dict[str, Any]]:
    from patentwatch.register import masking
    from patentwatch.store import answers as store
    from patentwatch.store import directory
    from patentwatch.store.engine import reading

    with reading(app.engine) as connection:
        rows = store.listed(connection, number, on=on)
        people = directory.by_recipients(
            connection, app.vault, {row.recipient for row in rows if row.recipient}
        )
    return [
        {
            "application_no": row.application_no,
            "fee_year": row.fee_year,
            "answer": row.answer,
            "answered_on": row.answered_on,
            "recipient": masking.address(people[row.recipient].address)
            if row.recipient in people
            else None,
            "via": row.via,
            "by": row.given_by,
            "paid_on": row.paid_on,
            "amount_yuan": row.amount_yuan,
            "receipt_no": row.receipt_no,
            "photo": row.photo,
            "reason": row.reason,
        }
        for row in rows
    ]


@answers.command(help="生成一个一次性的答复链接，用于核对或印在信上")
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
    type=click.Choice([*_PURPOSES]),
    required=True,
    help="链接用于哪一种答复；unsubscribe 为退订邮件",
)
@click.option("--recipient", required=True, help="发给谁（邮箱或手机号）")
@when_option
@json_option
@click.pass_context
def token(
    ctx: click.Context,
    number: str,
    fee_year: int,
    answer: str,
    recipient: str,
    now: datetime,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Print a link that answers one thing for one recipient; stores nothing."""
    import secrets

    from patentwatch.errors import ConfigError
    from patentwatch.signedlinks import links_of
    from patentwatch.tokens import MAX_AGE, Purpose, Subject

    app = open_app(ctx)
    links = links_of(app.settings.console)
    if links is None:
        raise ConfigError(
            "没有配置 console.base_url 和 console.secret_file，无法生成链接"
        )
    purpose, who = Purpose(_PURPOSES[answer]), by_recipient(app, recipient)
    subject = Subject(who, registered(app, number), fee_year)
    if purpose is Purpose.UNSUBSCRIBE:
        subject = Subject(who)
    url = links.url(purpose, subject, letter=secrets.token_hex(8), now=now)
    until_at = now + MAX_AGE[purpose]
    if as_json:
        emit_json({"url": url, "answer": answer, "valid_until": until_at})
    else:
        click.echo(url)
