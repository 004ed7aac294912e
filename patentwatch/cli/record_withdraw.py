"""`record withdraw`: a record that should not count; it is kept with its reason."""

from contextlib import suppress
from datetime import datetime

import click

from patentwatch.cli.asked import by_option
from patentwatch.cli.options import (
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    when_option,
)


@click.command(help="撤回一条记录：不再计入，但保留在案")
@click.argument("id_", metavar="ID", type=int)
@by_option
@click.option("--reason", required=True, help="撤回的理由")
@when_option
@dry_run_option
@json_option
@click.pass_context
def withdraw(
    ctx: click.Context,
    id_: int,
    by: str,
    reason: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001 - click hands in every option by name
    as_json: bool,  # noqa: FBT001
) -> None:
    """Withdraw one record for good."""
    from patentwatch.cli.record_named import record_named
    from patentwatch.errors import UsageError
    from patentwatch.intake import TakeBack
    from patentwatch.store import recordkeeping, runs
    from patentwatch.store.engine import transaction

    if not reason.strip():
        raise UsageError("--reason：请写明撤回的理由")
    app = open_app(ctx)
    new = False
    with suppress(TakeBack), transaction(app.engine) as connection:
        record_named(connection, id_)
        new = recordkeeping.withdraw(connection, id_, by=by, reason=reason, now=now)
        if new:
            runs.write_down(
                connection,
                who=by,
                action="record_withdrawn",
                subject=f"record {id_}",
                reason=reason,
                now=now,
            )
        if dry_run:
            raise TakeBack
    if as_json:
        emit_json({"record": id_, "state": "withdrawn", "new": new})
        return
    done = "已撤回" if new else "早已撤回，没有变化"
    click.echo(f"{'试算（未保存）' if dry_run else done}：记录 {id_}")
