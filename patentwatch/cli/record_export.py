"""`record export`: the template's table again, or everything with its links as JSON."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from patentwatch.cli.options import (
    App,
    dry_run_option,
    emit_json,
    json_option,
    open_app,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from patentwatch.plan.kinds import Kind
    from patentwatch.store.recordlinks import Proof
    from patentwatch.store.records import Record


@click.command(help="导出记录：.xlsx、.csv 可以再导入，.json 含全部关联和佐证")
@click.argument("kind", required=False)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="写到哪个文件：.xlsx、.csv 或 .json",
)
@dry_run_option
@json_option
@click.pass_context
def export(
    ctx: click.Context,
    kind: str | None,
    out: Path,
    dry_run: bool,  # noqa: FBT001 - click hands in every option by name
    as_json: bool,  # noqa: FBT001
) -> None:
    """Write the records of one kind or of all; withdrawn ones only as JSON."""
    from patentwatch.plan.kinds import kind_named
    from patentwatch.store.engine import reading

    named = kind_named(kind) if kind is not None else None
    _check(out, one_kind=named is not None)
    app = open_app(ctx)
    with reading(app.engine) as connection:
        if dry_run:
            count = _count(connection, named, ending=out.suffix.lower())
        else:
            count = _written(app, connection, named, out)
    if as_json:
        emit_json({"file": str(out), "records": count, "written": not dry_run})
        return
    click.echo(f"{'试算（未写出）' if dry_run else '已写出'} {out}：{count} 条记录")


def _check(out: Path, *, one_kind: bool) -> None:
    from patentwatch.errors import UsageError

    ending = out.suffix.lower()
    if ending not in {".xlsx", ".csv", ".json"}:
        raise UsageError(f"--out {out}：文件名应以 .xlsx、.csv 或 .json 结尾")
    if ending == ".csv" and not one_kind:
        raise UsageError("CSV 只能放一种记录；请写明种类，或导出为 .xlsx")
    if not out.absolute().parent.is_dir():
        raise UsageError(f"--out {out}：文件夹 {out.parent} 不存在")


def _written(
    app: App, connection: "Connection", named: "Kind | None", out: Path
) -> int:
    from patentwatch import recordexport
    from patentwatch.plan.kinds import kinds
    from patentwatch.store import records
    from patentwatch.store.records import Wanted

    counties = {county.code: county.name for county in app.settings.counties}
    if out.suffix.lower() == ".json":
        return recordexport.write_json(out, _proven(connection, named))
    if named is not None and out.suffix.lower() == ".csv":
        found = records.find(connection, Wanted(kinds=[named.key]))
        return recordexport.write_csv(out, named, found, counties)
    some = [named] if named else list(kinds().values())
    full = [one for one in some if named or records.any_of(connection, one.key)]
    return recordexport.write_xlsx(
        out,
        ((one, records.find(connection, Wanted(kinds=[one.key]))) for one in full),
        counties,
    )


def _proven(
    connection: "Connection", named: "Kind | None"
) -> "Iterator[tuple[Record, list[Proof]]]":
    from patentwatch.store import recordlinks, records
    from patentwatch.store.records import Wanted

    kinds = [named.key] if named else None
    for record in records.find(connection, Wanted(kinds=kinds, withdrawn=True)):
        proofs = recordlinks.proofs_of(connection, [record.id])
        yield record, proofs.get(record.id, [])


def _count(connection: "Connection", named: "Kind | None", *, ending: str) -> int:
    from patentwatch.store import records
    from patentwatch.store.records import Wanted

    kinds = [named.key] if named else None
    wanted = Wanted(kinds=kinds, withdrawn=ending == ".json")
    return sum(1 for _ in records.find(connection, wanted))
