"""`contacts`: patentees', agents' and officials' addresses and consents."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from patentwatch.cli.asked import by_option, by_recipient
from patentwatch.cli.imports import import_options, take_files
from patentwatch.cli.options import (
    App,
    Day,
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    say,
    when_option,
)

if TYPE_CHECKING:
    from patentwatch.register.contacts import ContactRow


@click.group(help="专利权人、代理机构、负责人的联系方式与同意情况")
def contacts() -> None:
    """Hold the commands about contacts."""


@contacts.command("import", help="导入联系方式表")
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
    """Take lists of contacts one by one."""
    from patentwatch import people_intake

    app = open_app(ctx)
    return take_files(
        app,
        files,
        "contacts",
        lambda path: people_intake.import_contacts(
            app.engine,
            app.vault,
            app.settings,
            path,
            now=now,
            dry_run=dry_run,
            encoding=encoding,
        ),
        now=now,
        dry_run=dry_run,
        as_json=as_json,
    )


_FIELDS = {
    "party": "名称",
    "role": "角色",
    "person": "联系人",
    "phone": "手机",
    "email": "邮箱",
    "county": "县区",
    "number": "申请号",
    "credit_code": "统一社会信用代码",
    "sms": "短信同意",
    "mail": "邮件同意",
    "consent_on": "同意日期",
    "reason": "依据",
    "standing": "常设指示",
}
"""Options in the order of the columns that a list would have for them."""

_ROLES = {
    "patentee": "专利权人",
    "agent": "代理机构",
    "county_official": "县区负责人",
    "city_official": "市级负责人",
    "pledgee": "质权人",
}


@contacts.command(help="登记一个联系方式，如同名单中的一行")
@click.argument("party")
@click.option(
    "--role",
    type=click.Choice([*_ROLES.values(), *_ROLES]),
    required=True,
    help="以什么身份",
)
@click.option("--email", default="", help="邮箱")
@click.option("--phone", default="", help="手机号")
@click.option("--person", default="", help="联系人")
@click.option("--number", default="", help="只用于这一件专利（个人必填）")
@click.option("--credit-code", default="", help="统一社会信用代码")
@click.option("--county", default="", help="县区代码或名称（负责人）")
@click.option("--consent", type=click.Choice(["是", "否"]), help="是否同意接收")
@click.option("--consent-on", type=Day(), help="同意日期")
@click.option("--standing", default="", help="代理机构缴费、只发短信 或 抄送本人")
@by_option
@click.option("--reason", default="", help="依据")
@when_option
@dry_run_option
@json_option
@click.pass_context
def add(
    ctx: click.Context,
    /,
    by: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
    consent: str | None,
    consent_on: date | None,
    **given: str,
) -> None:
    """Store one party's addresses, as one row of a list would."""
    from patentwatch import clock

    app = open_app(ctx)
    today = clock.today(now)
    given["role"] = _ROLES.get(given["role"], given["role"])
    given["sms"] = given["mail"] = consent or ""
    given["consent_on"] = consent_on.isoformat() if consent_on else ""
    row, warnings = _as_row(given, app, today=today)
    saved, matched = "", True
    if not dry_run:
        saved, matched = _saved(app, row, by=by, reason=given["reason"], now=now)
    if not matched:
        warnings.append("登记中还没有对应的专利，已先保存；导入清单后自动对应")
    for text in warnings:
        say(text)
    count = len(row.mobiles) + len(row.emails) + len(row.landlines)
    if as_json:
        emit_json({"party": row.party, "addresses": count, "saved": saved or None})
    else:
        head = "试算（未保存）" if dry_run else _SAVED[saved]
        click.echo(f"{head}：“{row.party}”的 {count} 个联系方式")


@contacts.command("opt-out", help="登记：此人不再接收邮件或短信，立即生效")
@click.option("--recipient", required=True, help="哪个邮箱或手机号")
@by_option
@click.option("--reason", default="", help="对方怎么说的")
@when_option
@dry_run_option
@json_option
@click.pass_context
def opt_out(
    ctx: click.Context,
    recipient: str,
    by: str,
    reason: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Send an address nothing more; `contacts add` with a newer consent lifts it."""
    from patentwatch import optingout
    from patentwatch.intake import TakeBack
    from patentwatch.register import masking
    from patentwatch.store.engine import transaction

    app = open_app(ctx)
    who = by_recipient(app, recipient)
    new = False
    with suppress(TakeBack), transaction(app.engine) as connection:
        new = optingout.opt_out_by_word(connection, who, by=by, reason=reason, now=now)
        if dry_run:
            raise TakeBack
    shown = masking.address(recipient)
    if as_json:
        emit_json({"recipient": shown, "new": new})
    else:
        told = "已登记退订" if new else "早已退订，没有变化"
        click.echo(f"{'试算（未保存）' if dry_run else told}：{shown}")


@contacts.command(help="读取退信（.eml，也可以是转发来的）：哪些邮箱不能用")
@click.argument(
    "files",
    nargs=-1,
    required=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
)
@when_option
@dry_run_option
@json_option
@click.pass_context
def bounces(
    ctx: click.Context,
    files: Sequence[Path],
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> int:
    """Take returned mails one by one; the files stay where they are."""
    import dataclasses

    from patentwatch.bounces import Bounces, take_file

    app = open_app(ctx)
    found = Bounces()
    for path in files:
        take_file(app.engine, app.vault, path, found, now=now, dry_run=dry_run)
    if as_json:
        emit_json(dataclasses.asdict(found))
        return int(found.needs_a_person)
    head = "试算（未保存）" if dry_run else "已读取"
    click.echo(
        f"{head} {found.read} 封：未送达 {found.undelivered}"
        f"（其中邮箱不能用 {found.bad_addresses}），已送达 {found.delivered}，"
        f"重复或尚无结果 {found.known}"
    )
    for one in found.left:
        click.echo(f"  退回 {one.file} {one.message}（{one.code}）")
    return int(found.needs_a_person)


_SAVED = {"created": "已登记", "changed": "已更新", "unchanged": "早已登记，没有变化"}


def _as_row(
    given: dict[str, str], app: App, *, today: date
) -> tuple["ContactRow", list[str]]:
    """Read the options as a row of a list; what it would reject is a usage error."""
    from patentwatch.errors import UsageError
    from patentwatch.register.cells import Row
    from patentwatch.register.columns import Kind, layout_of
    from patentwatch.register.contacts import ContactRows

    layout = layout_of([*_FIELDS.values()], Kind.CONTACTS)
    rows = ContactRows(layout, today=today, counties=app.settings.counties)
    outcome = rows.read(Row(1, [given[name] for name in _FIELDS]))
    if outcome.value is None:
        note = outcome.reject or outcome.skip
        raise UsageError(note.message if note else "没有可登记的内容")
    return outcome.value, [note.message for note in outcome.warnings]


def _saved(
    app: App, row: "ContactRow", *, by: str, reason: str, now: datetime
) -> tuple[str, bool]:
    from patentwatch import clock
    from patentwatch.people_intake import add_contact
    from patentwatch.store import runs
    from patentwatch.store.engine import transaction

    with transaction(app.engine) as connection:
        saved = add_contact(connection, app.vault, row, today=clock.today(now))
        runs.write_down(
            connection,
            who=by,
            action="contact_added",
            subject=row.role.value,
            reason=reason,
            now=now,
        )
    return saved
