"""`contacts`: patentees', agents' and officials' addresses and consents."""

from collections.abc import Sequence
from datetime import date, datetime

import click

from patentwatch.cli.imports import import_options, take_files
from patentwatch.cli.options import (
    Day,
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    when_option,
)


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
        files,
        lambda path: people_intake.import_contacts(
            app.engine,
            app.vault,
            app.settings,
            path,
            now=now,
            dry_run=dry_run,
            encoding=encoding,
        ),
        dry_run=dry_run,
        as_json=as_json,
    )


_ROLES = {
    "专利权人": "patentee",
    "代理机构": "agent",
    "县区负责人": "county_official",
    "市级负责人": "city_official",
    "质权人": "pledgee",
}
_YES_NO = {"是": True, "否": False}


@contacts.command(help="登记一个联系方式")
@click.argument("party")
@click.option("--role", type=click.Choice([*_ROLES, *_ROLES.values()]), required=True)
@click.option("--email", help="邮箱")
@click.option("--phone", help="手机号")
@click.option("--person", default="", help="联系人")
@click.option("--number", help="只用于这一件专利（个人必填）")
@click.option("--credit-code", default="", help="统一社会信用代码")
@click.option("--county", default="", help="县区代码（负责人）")
@click.option("--consent", type=click.Choice([*_YES_NO]), help="是否同意接收")
@click.option("--consent-on", type=Day(), help="同意日期")
@click.option("--by", required=True, help="经办人")
@click.option("--reason", default="", help="依据")
@when_option
@dry_run_option
@json_option
@click.pass_context
def add(
    ctx: click.Context,
    party: str,
    role: str,
    email: str | None,
    phone: str | None,
    person: str,
    number: str | None,
    credit_code: str,
    county: str,
    consent: str | None,
    consent_on: date | None,
    by: str,
    reason: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Store one party's addresses, as one row of a list would."""
    from patentwatch import clock
    from patentwatch.cli.alerts import known_number
    from patentwatch.model import Channel
    from patentwatch.register import addresses, names
    from patentwatch.store import people, runs
    from patentwatch.store.engine import transaction

    app = open_app(ctx)
    found = addresses.phones(phone or "").joined(addresses.emails(email or ""))
    if found.fault or not found.count:
        raise click.UsageError("--email 和 --phone 至少填一个有效的")
    word = _ROLES.get(role, role)
    if word == "patentee" and names.is_person(party) and not (number or credit_code):
        raise click.UsageError(f"“{party}”是个人，可能重名；请用 --number 指明专利")
    saved = []
    if not dry_run:
        with transaction(app.engine) as connection:
            for channel, address in (
                *((Channel.SMS, one) for one in found.mobiles),
                *((Channel.EMAIL, one) for one in found.emails),
                *((Channel.CALL, one) for one in found.landlines),
            ):
                new = people.NewContact(
                    role=word,
                    party=party,
                    channel=channel,
                    address=address,
                    person=person,
                    credit_code=credit_code,
                    application_no=known_number(number) if number else "",
                    county=county,
                    consent=_YES_NO[consent] if consent else None,
                    consent_on=consent_on,
                    consent_basis=reason,
                )
                saved.append(
                    people.save_contact(connection, app.vault, new, on=clock.today(now))
                )
            runs.write_down(
                connection,
                who=by,
                action="contact_added",
                subject=word,
                reason=reason,
                now=now,
            )
    if as_json:
        emit_json({"party": party, "saved": saved})
    else:
        click.echo(f"已登记“{party}”的 {len(saved)} 个联系方式")
