"""`why`: every message sent and not sent about one patent, with the reason."""

from datetime import datetime

import click

from patentwatch.cli.alerts import print_rows
from patentwatch.cli.asked import record_unmasking, registered, unmask_option
from patentwatch.cli.options import json_option, open_app, when_option


@click.command(help="一件专利为何发过、为何没有发过提醒")
@click.argument("number")
@click.option("--recipient", help="只看一个收件人（邮箱或手机号）")
@unmask_option
@when_option
@json_option
@click.pass_context
def why(
    ctx: click.Context,
    number: str,
    recipient: str | None,
    unmask: bool,  # noqa: FBT001
    now: datetime,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Show what was and is said and not said."""
    from patentwatch import clock, installation
    from patentwatch import why as reasons
    from patentwatch.errors import UsageError
    from patentwatch.store.engine import reading

    app = open_app(ctx)
    canonical = registered(app, number)
    rules = installation.rules_of(app.settings, app.vault)
    if unmask:
        record_unmasking(app, subject=canonical)
    with reading(app.engine) as connection:
        rows = reasons.why(
            connection,
            app.vault,
            app.settings,
            rules,
            canonical,
            on=clock.today(now),
            unmask=unmask,
        )
    if recipient:
        rows = reasons.addressed_to(rows, recipient)
        if not rows:
            raise UsageError(
                f"{canonical} 没有与该收件人有关的记录；请核对 --recipient"
                "（邮箱、手机号，或列表中显示的写法）"
            )
    print_rows(rows, as_json=as_json)
