"""`record attach`: a file that proves a record, by its name, size and hash."""

from contextlib import suppress
from datetime import datetime
from pathlib import Path

import click

from patentwatch.cli.options import (
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    when_option,
)


@click.command(help="登记一条记录的佐证文件（文件本身不保存，请另行归档）")
@click.argument("id_", metavar="ID", type=int)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--by", default="", help="经办人")
@when_option
@dry_run_option
@json_option
@click.pass_context
def attach(
    ctx: click.Context,
    id_: int,
    file: Path,
    by: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001 - click hands in every option by name
    as_json: bool,  # noqa: FBT001
) -> None:
    """Keep name, size and SHA-256 of a file; the same file again is known."""
    from patentwatch.cli.record_named import standing_record
    from patentwatch.intake import TakeBack
    from patentwatch.proofs import proof_of
    from patentwatch.recordexport import proof_document
    from patentwatch.store import recordlinks
    from patentwatch.store.engine import transaction

    proof = proof_of(file, by=by, now=now)
    app = open_app(ctx)
    new = False
    with suppress(TakeBack), transaction(app.engine) as connection:
        standing_record(connection, id_)
        new = recordlinks.prove(connection, id_, proof)
        if dry_run:
            raise TakeBack
    if as_json:
        emit_json({"record": id_, "new": new, **proof_document(proof)})
        return
    done = "已登记" if new else "早已登记，没有变化"
    click.echo(
        f"{'试算（未保存）' if dry_run else done}：记录 {id_} 的佐证 {proof.name}"
        f"（SHA-256 {proof.sha256}）"
    )
