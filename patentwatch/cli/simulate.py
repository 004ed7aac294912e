"""`simulate`: what would leave on days to come; sends nothing."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from patentwatch.cli.options import (
    App,
    Day,
    emit_json,
    json_option,
    open_app,
    progress,
    say,
    when_option,
)

if TYPE_CHECKING:
    from patentwatch.settings import Settings
    from patentwatch.simulation.figures import Simulated

_ENDINGS = (".html", ".xlsx")


@click.command(
    help="在副本上把以后的日子走一遍：每天、每阶段、每渠道、每县区会有多少消息，"
    "短信要多少钱。什么也不发出，数据库不变。",
    epilog="例：simulate --from 2027-01-01 --to 2027-12-31 --out 明年.html。"
    "假定期间无人缴费，也没有新的清单、查询结果和答复；观察模式也按正式发送计算。",
)
@click.option("--from", "from_on", type=Day(), required=True, help="从哪一天起计数")
@click.option("--to", "to_on", type=Day(), required=True, help="到哪一天为止（含）")
@click.option(
    "--compare",
    "other_file",
    type=click.Path(dir_okay=False, exists=True, path_type=Path),
    metavar="FILE",
    help="再按另一个配置文件走一遍（数据库不变），列出差别",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    metavar="FILE",
    help="写成网页（.html，有图）或表格（.xlsx）",
)
@when_option
@json_option
@click.pass_context
def simulate(
    ctx: click.Context,
    from_on: date,
    to_on: date,
    other_file: Path | None,
    out: Path | None,
    now: datetime,
    as_json: bool,  # noqa: FBT001 - click hands in every option by name
) -> int:
    """Run the days on a copy, once or by two configurations, and tell what leaves."""
    from patentwatch import config

    if out is not None:
        _refuse_place(out)
    app = open_app(ctx)
    days = (from_on, to_on)
    other = config.load(other_file) if other_file else None
    found = _run(app, app.settings, days, now=now, label="模拟")
    compared = None
    if other is not None:
        compared = _run(app, other, days, now=now, label="另一配置")
    if out is not None:
        _write(out, app, found, compared)
        say(f"已写入 {out}")
    _tell(app, found, compared, as_json=as_json)
    return int(found.undecided > 0)


def _refuse_place(out: Path) -> None:
    """Say before a minute of work that its result could not be kept there."""
    if out.suffix.lower() not in _ENDINGS:
        raise click.UsageError(f"--out {out}：文件名须以 {' 或 '.join(_ENDINGS)} 结尾")
    if not out.resolve().parent.is_dir():
        raise click.UsageError(f"--out：文件夹 {out.resolve().parent} 不存在")


def _run(
    app: App,
    settings: "Settings",
    days: tuple[date, date],
    *,
    now: datetime,
    label: str,
) -> "Simulated":
    from patentwatch import clock, installation
    from patentwatch.simulation import running

    rules = installation.rules_of(settings, app.vault)
    plan = running.Plan(settings, rules, *days)
    total = (days[1] - clock.today(now)).days + 1
    with progress(label, total=total) as advance:
        return running.simulate(
            app.engine,
            app.vault,
            app.settings.database.url,
            plan,
            now=now,
            on_days=advance,
        )


def _write(
    out: Path, app: App, found: "Simulated", compared: "Simulated | None"
) -> None:
    from patentwatch.simulation import book, page

    names = _names(app)
    if out.suffix.lower() == ".xlsx":
        written = book.workbook(found, names, other=compared)
    else:
        office = app.settings.office.name
        written = page.page(found, names, office=office, other=compared).encode()
    part = out.with_name(f".{out.name}.part")
    part.write_bytes(written)
    part.replace(out)


def _tell(
    app: App, found: "Simulated", compared: "Simulated | None", *, as_json: bool
) -> None:
    from patentwatch.simulation import told
    from patentwatch.texttables import show

    if as_json:
        more = {"compare": told.comparison(found, compared)} if compared else {}
        emit_json(told.document(found) | more)
        return
    for line in told.summary(found):
        click.echo(line)
    for table in told.tables(found, _names(app)):
        click.echo()
        show(table)
    if compared is not None:
        click.echo()
        show(told.changed(found, compared))


def _names(app: App) -> dict[str, str]:
    return {county.code: county.name for county in app.settings.counties}
