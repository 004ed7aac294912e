"""`plan bulletin`: the month's bulletin on the screen, as a page and as a paper."""

from collections.abc import Iterator
from dataclasses import asdict
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

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
    from patentwatch.plan.bulletinvalues import Bulletin

_ENDINGS = (".html", ".docx")
_SHOWN = 20


class Month(click.ParamType[date]):
    """A month, `2023-06`; its first day."""

    name = "month"

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> date:
        """Return the first day of the month."""
        if isinstance(value, date):
            return value
        try:
            if len(value) != len("2023-06"):
                raise ValueError(value)
            return date.fromisoformat(f"{value}-01")
        except ValueError:
            self.fail(f"“{value}” 不是月份，应如 2023-06", param, ctx)


@click.command(
    help="某月的通报：亮灯、变化、县区排名、督办、延期、下月到期。\n\n"
    "已结束的月份，首次制作即定稿，以后内容不变（--dry-run 只看不定稿）；"
    "本月的是草稿，不保存。"
)
@click.option(
    "--month", "month_on", type=Month(), required=True, help="哪个月，如 2023-06"
)
@click.option("--plan", "plan_name", help="哪份计划；该月只有一份时不用写")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="写到哪个文件（.html 或 .docx）；不写则显示摘要",
)
@click.option("--by", default="", help="制作人，印在通报末尾")
@when_option
@dry_run_option
@json_option
@click.pass_context
def bulletin(
    ctx: click.Context,
    month_on: date,
    plan_name: str | None,
    out: Path | None,
    by: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Make a month's bulletin, or show the one that was made."""
    _refuse_wrong(out)
    found = _made(
        open_app(ctx), month_on, plan_name, by=by.strip(), now=now, dry_run=dry_run
    )
    if out is not None and not dry_run:
        _write(out, _content(found, out.suffix.lower()))
    if as_json:
        emit_json(_document(found))
    else:
        click.echo("\n".join(_told(found, out, dry_run=dry_run)))


def _made(
    app: App,
    month_on: date,
    plan_name: str | None,
    *,
    by: str,
    now: datetime,
    dry_run: bool,
) -> "Bulletin":
    from patentwatch import bulletinmaking
    from patentwatch.store.engine import reading, transaction

    writes = bulletinmaking.is_over(month_on, now=now) and not dry_run
    with (transaction if writes else reading)(app.engine) as connection:
        plan = bulletinmaking.plan_of(connection, plan_name, month_on, now=now)
        return bulletinmaking.make(
            connection, app.settings, plan, month_on, by=by, now=now, dry_run=dry_run
        )


def _refuse_wrong(out: Path | None) -> None:
    from patentwatch.errors import UsageError

    if out is None:
        return
    if out.suffix.lower() not in _ENDINGS:
        raise UsageError(f"--out {out}：文件名应以 {'、'.join(_ENDINGS)} 结尾")
    if not out.parent.is_dir():
        raise UsageError(f"--out {out}：文件夹 {out.parent} 不存在")


def _content(found: "Bulletin", ending: str) -> bytes:
    if ending == ".html":
        from patentwatch import bulletinpage

        return bulletinpage.html(found).encode()
    from patentwatch.bulletinpage.document import docx

    return docx(found)


def _write(out: Path, content: bytes) -> None:
    from patentwatch.errors import UsageError

    try:
        out.write_bytes(content)
    except OSError as error:
        raise UsageError(f"--out {out}：无法写入（{error.strerror}）") from error


def _told(found: "Bulletin", out: Path | None, *, dry_run: bool) -> Iterator[str]:
    """Yield what the screen shows: what was done, else the month in short."""
    from patentwatch.bulletinpage import words

    title = f"{words.short_title(found)}（{words.issue(found)}）"
    if out is not None:
        yield f"{'试算（未写出）' if dry_run else f'已写出 {out}'}：{title}"
        return
    yield title
    yield from _summary(found)
    if found.draft:
        yield "草稿：本月尚未结束，没有保存。"
    elif dry_run:
        yield "试算：没有定稿。"
    else:
        yield f"已于{words.day(found.made_on)}定稿。要文件请加 --out 通报.docx"


def _summary(found: "Bulletin") -> Iterator[str]:
    from patentwatch.bulletinpage import parts, words

    yield from parts.summary(found)
    for turn in found.turned[:_SHOWN]:
        lights = f"{words.light(turn.before)}→{words.light(turn.light)}"
        yield f"  {lights} {words.text(turn.id)} {words.text(turn.text)}"
    if len(found.turned) > _SHOWN:
        yield f"  另有 {len(found.turned) - _SHOWN} 项变化"
    for place in found.counties:
        rank = "不排名" if place.rank is None else f"第{place.rank}名"
        score = "" if place.score is None else f" {place.score}分"
        lights = words.lights(place.tally)
        yield f"  {rank} {words.text(place.name)}{score}（{lights}）"


def _document(found: "Bulletin") -> dict[str, Any]:
    """Return all of the bulletin; numbers are numbers, months their first days."""
    return asdict(found, dict_factory=lambda pairs: {k: _number(v) for k, v in pairs})


def _number(value: object) -> object:
    from patentwatch.plan.measures import number

    return number(value) if isinstance(value, Decimal) else value
