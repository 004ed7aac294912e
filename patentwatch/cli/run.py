"""`run`: the daemon, or the line once."""

import dataclasses
from datetime import datetime
from typing import TYPE_CHECKING

import click

from patentwatch.cli.options import (
    App,
    When,
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    refuse_damage,
)

if TYPE_CHECKING:
    from patentwatch.installation import Installation


@click.command(help="守护进程：导入、判断、发送；--once 只走一遍")
@click.option("--once", is_flag=True, help="导入收件夹、判断、发送，然后结束")
@click.option(
    "--on",
    "now",
    type=When(),
    metavar="WHEN",
    help="当作这一天或这一时刻（只与 --once 同用）；默认现在",
)
@dry_run_option
@json_option
@click.pass_context
def run(
    ctx: click.Context,
    once: bool,  # noqa: FBT001
    now: datetime | None,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> int:
    """Run until told to stop, or once."""
    from patentwatch import clock, daemon, installation, pipeline
    from patentwatch.store.engine import daemon_lock

    if now is not None and not once:
        raise click.UsageError("--on 只能与 --once 同用：守护进程只看真正的时钟")
    if dry_run and not once:
        raise click.UsageError("--dry-run 只能与 --once 同用")
    app = open_app(ctx)
    here = installation.put_together(app.settings, app.engine, app.vault)
    if dry_run:
        return _rehearse(app, here, now=now or clock.now(), as_json=as_json)
    with daemon_lock(app.settings.database.url):
        refuse_damage(app)
        if once and now is None:
            daemon.look_at_the_clock(here)
        if not once:
            daemon.run(here)
            return 0
        moment = now
        tell_time = clock.now if moment is None else lambda: moment
        with daemon.until_told_to_stop() as stop:
            tick = pipeline.tick(here, tell_time=tell_time, stop=stop)
    if as_json:
        emit_json(dataclasses.asdict(tick))
    else:
        click.echo(_told(tick))
    return int(tick.needs_a_person)


def _rehearse(app: App, here: "Installation", *, now: datetime, as_json: bool) -> int:
    """Say what a run would take and say; by the register as it is, nothing kept."""
    from patentwatch import clock, inbox, why
    from patentwatch.cli.deliver import ready
    from patentwatch.store.engine import reading

    taken = inbox.take_inbox(
        app.engine, app.vault, app.settings, here.rules, now=now, dry_run=True
    )
    with reading(app.engine) as connection:
        planned = why.planned(
            connection, app.vault, app.settings, here.rules, on=clock.today(now)
        )
        due = sum(1 for _ in planned)
    found = {
        "taken": [dataclasses.asdict(one) for one in taken],
        "due": due,
        "waiting": ready(app, now=now),
    }
    if as_json:
        emit_json(found)
    else:
        lines = [f"将导入 {one.summary}" for one in taken]
        lines.append(f"按现有登记应说 {due} 条；{found['waiting']} 条消息待发")
        click.echo("试算（什么也没有保存）\n" + "\n".join(lines))
    return int(any(one.needs_a_person for one in taken))


def _told(tick: object) -> str:
    from patentwatch.cli.deliver import why_not
    from patentwatch.pipeline import Tick

    assert isinstance(tick, Tick)  # noqa: S101 - the only caller is above
    looked, sent = tick.looked, tick.delivered
    lines = [
        f"导入 {one.file}：采用 {one.accepted}，退回 {one.rejected}"
        + (f"；{one.refusal}" if one.refused else "")
        for one in tick.taken
    ]
    lines.append(
        f"核对 {looked.looked_at} 件，应说 {looked.due} 条，观察 {looked.observed} 条，"
        f"待放行 {looked.braked} 条，电话任务 {looked.calls} 项"
    )
    if tick.tried.fit or tick.tried.unmade:
        lines.append(
            f"新短信 {tick.tried.fit} 条写成，计费 {tick.tried.parts} 条"
            + (f"；{tick.tried.unmade} 条不能发送" if tick.tried.unmade else "")
        )
    lines.append(
        f"发出 {sent.accepted}，稍后重试 {sent.retry}，被拒收 {sent.refused}，"
        f"结果待查 {sent.unknown}，等待时段或上限 {sent.waiting}" + why_not(sent)
    )
    return "\n".join(lines)
