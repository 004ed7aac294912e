"""`digest`: a week or a month of a county or the city, new or as it was once made."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patentwatch.cli.asked import record_unmasking, unmask_option
from patentwatch.cli.options import (
    App,
    Day,
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    when_option,
)

if TYPE_CHECKING:
    from patentwatch.digests.values import Digest

_ENDINGS = (".html", ".txt", ".xlsx", ".ics", ".pdf")


@click.command(
    help="某县区或全市的年费周报、月报：风险、要打的电话、联系不上的人、缴费与失效。\n\n"
    "按当前数据现做上一整周（月）的报告；--window-start 原样再现当时做好的那一份。"
)
@click.option("--county", help="哪个县区（代码或名称）；不写为全市")
@click.option(
    "--period",
    type=click.Choice(["week", "month"]),
    default="week",
    help="周报或月报；默认周报",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写到哪个文件（.html、.txt、.xlsx、.ics 或 .pdf）；不写则显示文字",
)
@click.option(
    "--window-start",
    type=Day(),
    help="再现已经做好的一份：其所述期间的第一天",
)
@unmask_option
@when_option
@dry_run_option
@json_option
@click.pass_context
def digest(
    ctx: click.Context,
    county: str | None,
    period: str,
    out: Path | None,
    window_start: date | None,
    unmask: bool,  # noqa: FBT001
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Show a digest, or write it into a file of the kind that its ending names."""
    from patentwatch.digests.making import masked
    from patentwatch.intake import county_code

    _refuse_wrong(out, unmask=unmask)
    app = open_app(ctx)
    code = county_code(county, app.settings) if county else ""
    if window_start is None:
        found = _new(app, code, period, now=now)
    else:
        found = _stored(app, code, period, window_start)
    shown = masked(found)
    if out is not None and not dry_run:
        _write(out, _content(app, found if unmask else shown, out.suffix.lower()))
        if unmask:
            record_unmasking(app, subject=f"digest {code or 'city'}")
    if as_json:
        emit_json(_document(shown))
    else:
        click.echo(_told(shown, out, dry_run=dry_run), nl=out is not None)


def _write(out: Path, content: bytes) -> None:
    """Write a digest for the eyes of its owner alone."""
    from patentwatch.errors import UsageError

    try:
        out.touch(mode=0o600)
        out.chmod(0o600)
        out.write_bytes(content)
    except OSError as error:
        raise UsageError(f"--out {out}：无法写入（{error.strerror}）") from error


def _refuse_wrong(out: Path | None, *, unmask: bool) -> None:
    from patentwatch.errors import UsageError

    if unmask and (out is None or out.suffix.lower() != ".xlsx"):
        raise UsageError("--unmask 只与 --out 文件.xlsx 同用：完整号码不在屏幕上显示")
    if out is None:
        return
    if out.suffix.lower() not in _ENDINGS:
        raise UsageError(f"--out {out}：文件名应以 {'、'.join(_ENDINGS)} 结尾")
    if not out.parent.is_dir():
        raise UsageError(f"--out {out}：文件夹 {out.parent} 不存在")


def _new(app: App, code: str, period: str, *, now: datetime) -> "Digest":
    from patentwatch import digestmaking, installation
    from patentwatch.digests.values import Kind
    from patentwatch.store.engine import reading

    rules = installation.rules_of(app.settings, app.vault)
    with reading(app.engine) as connection:
        return digestmaking.preview(
            connection,
            app.vault,
            rules,
            app.settings,
            code,
            kind=Kind(period),
            now=now,
        )


def _stored(app: App, code: str, period: str, start_on: date) -> "Digest":
    from patentwatch.digests.values import Kind
    from patentwatch.errors import UsageError
    from patentwatch.store import digests
    from patentwatch.store.engine import reading

    with reading(app.engine) as connection:
        found = digests.past(
            connection, county=code, kind=Kind(period), start_on=start_on
        )
        days = digests.windows_of(connection, county=code, kind=Kind(period))
    if not found:
        known = "、".join(str(day) for day in days[:10]) or "还没有"
        raise UsageError(
            f"没有从 {start_on} 开始的这种报告；已经做好的期间从这些日子开始：{known}"
        )
    return found[0].open(app.vault)


def _content(app: App, found: "Digest", ending: str) -> bytes:
    from patentwatch import digestmail, digestpage
    from patentwatch.errors import UsageError

    if ending == ".pdf":
        return digestpage.page(found, font=app.settings.digest.font)
    if ending in (".html", ".txt"):
        page = digestmail.shown(found)
        return (page.html if ending == ".html" else page.text).encode()
    for file in digestmail.files(found):
        if file.name.endswith(ending):
            return file.content
    raise UsageError("没有今后的期限，不必写日历")


def _document(found: "Digest") -> dict[str, Any]:
    from patentwatch.digestmail import shown
    from patentwatch.digests.packing import plain

    return {"subject": shown(found).subject, **plain(found)}


def _told(found: "Digest", out: Path | None, *, dry_run: bool) -> str:
    from patentwatch.digestmail import shown

    page = shown(found)
    if out is None:
        return page.text
    return f"{'试算（未写出）' if dry_run else f'已写出 {out}'}：{page.subject}"
