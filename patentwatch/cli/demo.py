"""`demo`: a sample city, the whole line once, and where to look."""

import tempfile
from datetime import datetime
from pathlib import Path

import click

from patentwatch.cli.options import (
    emit_json,
    json_option,
    progress,
    say,
    when_option,
)


@click.command(
    help="用一座示例城市走完整条流程，并指出结果在哪里",
    epilog="单位、专利和联系方式都是虚构的；不需要服务器、密钥或账号，什么也不会发出去。"
    "在同一文件夹再执行一次，不会重复写消息；加 --on 和以后的日期，可看那天的新消息。",
)
@click.option(
    "--dir",
    "folder",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="放在这个文件夹（空的，或以前的示例城市）；默认新建一个临时文件夹",
)
@when_option
@json_option
def demo(folder: Path | None, *, now: datetime, as_json: bool) -> None:
    """Make the city, walk the line once as at nine that morning, say where to look."""
    from patentwatch import clock
    from patentwatch.demo import gallery, papers, planpapers, shown, walk
    from patentwatch.demo.report import report
    from patentwatch.store.engine import reading
    from patentwatch.texttables import show

    folder = (folder or Path(tempfile.mkdtemp(prefix="patentwatch-demo-"))).resolve()
    today = clock.today(now)
    here = walk.open_city(walk.prepare(folder, today=today))
    try:
        with progress("写出消息", total=None) as advance:
            done = walk.walk(
                here,
                folder,
                now=walk.opening_hour(now),
                on_step=say,
                on_message=lambda: advance(1),
            )
        with reading(here.engine) as connection:
            found = report(connection)
        say("写出周报、任务表、一览表和以后三十天的模拟")
        made = papers.write(here, folder, county=found.busiest, now=done.now)
        quarters = []
        if done.records:
            say("写出工作台账和通报")
            quarters = planpapers.lights(here)
            made += planpapers.write(here, folder, at_year_end=quarters[-1])
        lights = [planpapers.shown(status) for status in quarters]
        with reading(here.engine) as connection:
            gallery.write_index(
                connection,
                here.vault,
                here.settings,
                folder,
                papers=made,
                lights=lights,
                subtitle=f"示例城市，{today}；单位、专利和联系方式均为虚构",
            )
    finally:
        here.engine.dispose()
    if as_json:
        emit_json(shown.document(here.settings, folder, done, found, lights))
        return
    for table in shown.tables(here.settings, done, found, lights):
        show(table)
        click.echo()
    for line in shown.where_to_look(here.settings, folder, done, found):
        click.echo(line)
