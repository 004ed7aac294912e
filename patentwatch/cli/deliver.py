"""`deliver`: claims and sends what waits in the outbox."""

from datetime import datetime
from typing import TYPE_CHECKING

import click

from patentwatch.cli.options import (
    App,
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    refuse_damage,
    when_option,
)

if TYPE_CHECKING:
    from patentwatch.dispatch import Delivered


@click.command(help="领取并发送待发消息；发送前重新核对事实")
@click.option("--once", is_flag=True, help="只走一遍（默认即如此）")
@when_option
@dry_run_option
@json_option
@click.pass_context
def deliver(
    ctx: click.Context,
    once: bool,  # noqa: FBT001, ARG001 - other scripts say it; there is only one way
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> int:
    """Send every message whose time has come."""
    import dataclasses

    from patentwatch import installation, pipeline
    from patentwatch.dispatch import Delivered

    app = open_app(ctx)
    here = installation.put_together(app.settings, app.engine, app.vault)
    if dry_run:
        done = Delivered(waiting=ready(app, now=now))
    else:
        refuse_damage(app)
        done = pipeline.deliver_once(here, tell_time=lambda: now)
    if as_json:
        emit_json(dataclasses.asdict(done))
    elif dry_run:
        click.echo(f"试算（未发送）：{done.waiting} 条消息到了发送时间")
    else:
        click.echo(
            f"已发出 {done.accepted}，稍后重试 {done.retry}，被拒收 {done.refused}，"
            f"结果待查 {done.unknown}，已无须发送 {done.closed}，"
            f"等待时段或上限 {done.waiting}" + why_not(done)
        )
    return int(done.needs_a_person)


def why_not(done: "Delivered") -> str:
    """Return what keeps messages from leaving at all, as further lines; "" nothing."""
    lines = [f"通道 {name} 不通，暂停使用，稍后自动再试" for name in done.down]
    if done.halted:
        lines.append("已停止发送，原因见 patentwatch doctor")
    return "".join(f"\n{line}" for line in lines)


def ready(app: App, *, now: datetime) -> int:
    """Return how many messages wait whose time has come."""
    from sqlalchemy import func, select

    from patentwatch.model import State
    from patentwatch.store.engine import reading
    from patentwatch.store.tables import messages

    query = select(func.count()).where(
        messages.c.state == State.PENDING.value, messages.c.not_before_at <= now
    )
    with reading(app.engine) as connection:
        return connection.execute(query).scalar_one()
