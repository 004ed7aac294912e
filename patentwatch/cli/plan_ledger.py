"""`plan ledger`, and what people do about a commitment of the plan."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patentwatch.cli.asked import by_option
from patentwatch.cli.options import (
    App,
    Day,
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    when_option,
)
from patentwatch.cli.plan_slips import slip
from patentwatch.cli.planned import county_option, plan_option, planned, unit_code

if TYPE_CHECKING:
    from patentwatch.plan.acts import Act, ActKind
    from patentwatch.plan.ledger import Ledger

__all__ = ["attach", "extend", "ledger", "note", "return_", "sign", "slip"]

reason_option = click.option("--reason", required=True, help="理由")


@click.command(help="导出工作台账（.xlsx）：每项承诺一行，附县区分解、督办单、办理记录")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写到哪个文件（.xlsx）；只看 --json 时可省略",
)
@plan_option
@click.option("--county", help="只要一个县区（代码或名称）承担的")
@when_option
@dry_run_option
@json_option
@click.pass_context
def ledger(
    ctx: click.Context,
    out: Path | None,
    plan_name: str | None,
    county: str | None,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Draw up the ledger as of a day."""
    from patentwatch.errors import UsageError
    from patentwatch.plan import ledgerbook, ledgerjson

    if out is None and not as_json:
        raise UsageError("请用 --out 指明写到哪个文件，如 --out 工作台账.xlsx")
    if out is not None and out.suffix.lower() != ".xlsx":
        raise UsageError(f"--out {out}：文件名应以 .xlsx 结尾")
    if out is not None and not out.parent.is_dir():
        raise UsageError(f"--out {out}：文件夹 {out.parent} 不存在")
    app = open_app(ctx)
    found = _ledger(app, plan_name, county, now=now)
    if out is not None and not dry_run:
        out.write_bytes(ledgerbook.workbook(found, author=app.settings.office.name))
    if as_json:
        emit_json(ledgerjson.document(found))
    else:
        done = "试算（未写出）" if dry_run else f"已写出 {out}"
        click.echo(f"{done}：{ledgerbook.subtitle(found)}")


def _ledger(
    app: App, plan_name: str | None, county: str | None, *, now: datetime
) -> "Ledger":
    from patentwatch import clock, planstatus
    from patentwatch.plan.ledger import ledger_of
    from patentwatch.store import commitments, slips
    from patentwatch.store.engine import reading

    on = clock.today(now)
    code = unit_code(county, app.settings)
    with reading(app.engine) as connection:
        plan = planned(connection, plan_name, on=on)
        return ledger_of(
            planstatus.status_of(connection, app.settings, plan, on=on),
            acts=commitments.acts_of(connection, plan.name, on=on),
            slips=slips.slips_of(connection, plan.name, on=on),
            evidence=commitments.evidence_counts(connection, plan.name, on=on),
            linked=commitments.linked_counts(connection, plan.name, on=on),
            names={one.code: one.name for one in app.settings.counties},
            county=code,
        )


@click.command(help="签收一项承诺：县区，或牵头单位（不写 --county）")
@click.argument("commitment", metavar="编号")
@county_option
@plan_option
@by_option
@when_option
@dry_run_option
@json_option
@click.pass_context
def sign(ctx: click.Context, /, commitment: str, **given: Any) -> None:
    """Sign for a commitment."""
    from patentwatch.plan.acts import ActKind

    _act(ctx, ActKind.SIGNED, commitment, **given)


@click.command("return", help="退办一项承诺，写明理由")
@click.argument("commitment", metavar="编号")
@county_option
@reason_option
@plan_option
@by_option
@when_option
@dry_run_option
@json_option
@click.pass_context
def return_(ctx: click.Context, /, commitment: str, reason: str, **given: Any) -> None:
    """Give a commitment back."""
    from patentwatch.plan.acts import ActKind

    _act(ctx, ActKind.RETURNED, commitment, text=reason, **given)


@click.command(help="延期：须在现行期限当日或之前提出，写明理由")
@click.argument("commitment", metavar="编号")
@click.option("--until", "until_on", type=Day(), required=True, help="新期限")
@reason_option
@plan_option
@by_option
@when_option
@dry_run_option
@json_option
@click.pass_context
def extend(
    ctx: click.Context, /, commitment: str, until_on: date, reason: str, **given: Any
) -> None:
    """Move the due day of a commitment."""
    from patentwatch.plan.acts import ActKind

    _act(
        ctx,
        ActKind.EXTENDED,
        commitment,
        text=reason,
        until_on=until_on,
        county=None,
        **given,
    )


@click.command(help="登记一项承诺的进展")
@click.argument("commitment", metavar="编号")
@click.argument("text", metavar="进展")
@county_option
@plan_option
@by_option
@when_option
@dry_run_option
@json_option
@click.pass_context
def note(ctx: click.Context, /, commitment: str, text: str, **given: Any) -> None:
    """Say how far a commitment is."""
    from patentwatch.plan.acts import ActKind

    _act(ctx, ActKind.PROGRESS, commitment, text=text, **given)


def _act(
    ctx: click.Context,
    kind: "ActKind",
    commitment: str,
    *,
    county: str | None,
    plan_name: str | None,
    by: str,
    now: datetime,
    dry_run: bool,
    as_json: bool,
    text: str = "",
    until_on: date | None = None,
) -> None:
    from patentwatch import clock
    from patentwatch.plan.acts import Act
    from patentwatch.store import commitments
    from patentwatch.store.engine import transaction

    app = open_app(ctx)
    act = Act(
        commitment=commitment.strip(),
        kind=kind,
        acted_on=clock.today(now),
        acted_by=by,
        recorded_at=clock.now(),  # the true one, so that what is entered late shows
        county=unit_code(county, app.settings),
        text=text,
        until_on=until_on,
    )
    with transaction(app.engine) as connection:
        plan = planned(connection, plan_name, on=act.acted_on)
        added = commitments.add(connection, plan, act, dry_run=dry_run)
    if as_json:
        emit_json(_document(plan.name, act, added=added))
    else:
        names = {one.code: one.name for one in app.settings.counties}
        click.echo(_told(act, names, added=added, dry_run=dry_run))


def _document(plan_name: str, act: "Act", *, added: bool) -> dict[str, object]:
    return {
        "plan": plan_name,
        "commitment": act.commitment,
        "county": act.county,
        "act": act.kind.value,
        "acted_on": act.acted_on,
        "until_on": act.until_on,
        "text": act.text,
        "by": act.acted_by,
        "added": added,
    }


def _told(act: "Act", names: dict[str, str], *, added: bool, dry_run: bool) -> str:
    from patentwatch.plan.ledger import ACT_WORDS, LEAD

    unit = names.get(act.county, act.county) if act.county else LEAD
    what = f"{ACT_WORDS[act.kind]} {act.commitment}（{unit}）"
    if not added:
        return f"早已登记，没有重复登记：{what}"
    until = f"，新期限 {act.until_on}" if act.until_on else ""
    return f"{'将' if dry_run else '已'}登记：{act.acted_on} {what}{until}"


@click.command(help="登记一项承诺的证据文件：名称、大小、SHA-256；文件请自行保管")
@click.argument("commitment", metavar="编号")
@click.argument("file", metavar="文件", type=click.Path(path_type=Path))
@plan_option
@by_option
@when_option
@dry_run_option
@json_option
@click.pass_context
def attach(
    ctx: click.Context,
    commitment: str,
    file: Path,
    plan_name: str | None,
    by: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Keep what a file is that proves a commitment."""
    from patentwatch import clock
    from patentwatch.proofs import proof_of
    from patentwatch.store import commitments
    from patentwatch.store.engine import transaction

    found = proof_of(file, by=by, now=now)
    app = open_app(ctx)
    with transaction(app.engine) as connection:
        plan = planned(connection, plan_name, on=clock.today(now))
        added = commitments.attach(
            connection, plan, commitment.strip(), found, dry_run=dry_run
        )
    if as_json:
        emit_json(
            {
                "plan": plan.name,
                "commitment": commitment.strip(),
                "name": found.name,
                "size": found.size,
                "sha256": found.sha256,
                "added": added,
            }
        )
        return
    done = f"{'将' if dry_run else '已'}登记证据" if added else "同一文件早已登记"
    click.echo(
        f"{done}：{commitment} {found.name}（{found.size} 字节，"
        f"SHA-256 {found.sha256[:16]}…）"
    )
