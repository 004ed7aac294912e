"""`audit`: does every obligation have an outcome? If not, somebody is told."""

import dataclasses
from datetime import datetime
from typing import TYPE_CHECKING

import click

from patentwatch.cli.options import (
    App,
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    when_option,
)

if TYPE_CHECKING:
    from patentwatch.audit import Audited
    from patentwatch.installation import Installation


@click.command(
    help="核对每一条该发的提醒都有结局；有问题时告警，退出码为 1。建议每小时一次。"
)
@click.option("--quiet", is_flag=True, help="没有问题时什么也不显示")
@when_option
@dry_run_option
@json_option
@click.pass_context
def audit(
    ctx: click.Context,
    quiet: bool,  # noqa: FBT001
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> int:
    """Audit, tell the administrator what is wrong and the watchman that nothing is."""
    from patentwatch import audit as auditing
    from patentwatch import installation, outgoing, smscontract

    app = open_app(ctx)
    here = installation.put_together(app.settings, app.engine, app.vault)
    found = auditing.audit(
        app.engine,
        app.vault,
        app.settings,
        here.rules,
        journal=here.journal,
        askable=outgoing.askable(app.settings, now=now),
        unfit=smscontract.told(
            smscontract.owed(smscontract.unfit(app.settings, here.rules, now=now))
        ),
        now=now,
    )
    heard = True
    if not dry_run:
        auditing.note(app.engine, found, now=now)
        heard = _told_outside(here, found, now=now)
    if as_json:
        emit_json(_document(app, found, heard=heard))
    else:
        _show(found, quiet=quiet, heard=heard)
    return 0 if found.sound and heard else 1


def _told_outside(here: "Installation", found: "Audited", *, now: datetime) -> bool:
    """Tell of open alarms, and the watchman if all is well; False: he is not there."""
    from patentwatch import alarms, outgoing, outside

    settings = here.settings
    alarms.tell_open(here.engine, outgoing.alarm_ways(here, now=now), now=now)
    url = settings.alarm.heartbeat_url
    return not (found.sound and url) or outside.ask(url)


def _document(app: App, found: "Audited", *, heard: bool) -> dict[str, object]:
    from patentwatch.store import alarms
    from patentwatch.store.engine import reading

    with reading(app.engine) as connection:
        standing = alarms.standing(connection)
    return {
        "at": found.at,
        "sound": found.sound,
        "heartbeat": heard,
        "accounts": [
            dataclasses.asdict(one) | {"missing": one.missing} for one in found.accounts
        ],
        "findings": [dataclasses.asdict(one) for one in found.findings],
        "remarks": [dataclasses.asdict(one) for one in found.remarks],
        "alarms": [dataclasses.asdict(one) for one in standing],
    }


def _show(found: "Audited", *, quiet: bool, heard: bool) -> None:
    from patentwatch.model import Channel
    from patentwatch.why import CHANNEL_WORDS

    if not quiet:
        for one in found.accounts:
            channel = CHANNEL_WORDS[Channel(one.channel)]
            click.echo(
                f"{channel}：应有 {one.planned}，已发 {one.sent}，"
                f"被更急的代替 {one.superseded}，不发 {one.suppressed}，"
                f"失败 {one.failed}，等待 {one.waiting}，下落不明 {one.missing}"
            )
        for remark in found.remarks:
            click.echo(f"· {remark.text}")
    for finding in found.findings:
        click.echo(f"✗ {finding.text}")
    if not heard:
        click.echo("✗ [alarm] heartbeat_url 没有应答，外部的值守服务可能因此报警")
    if not quiet and found.sound:
        click.echo("✓ 每一条该发的提醒都有结局")
