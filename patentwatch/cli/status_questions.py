"""`status review`, `mismatches`, `news`: what people must read, find out and know."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

import click

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
    from patentwatch.questions import Question
    from patentwatch.store.events import Waiting

_EFFECTS = ("END", "RESTORE", "LIMIT", "TERM", "GRANT", "NONE")
_SEVERITIES = {"high": "紧急", "medium": "一般", "low": "提示"}


@click.command(
    help="程序读不懂的公告：不带编号则列出；带编号则登记人工判读的结果。\n\n"
    "例：status review 12 --effect END --reason annual_fee_not_paid "
    "--effective-on 2025-03-01 --by 张三；不影响专利权的用 --effect NONE。"
)
@click.argument("event", type=int, required=False)
@click.option("--effect", type=click.Choice(_EFFECTS), help="公告的作用")
@click.option("--reason", default="", help="原因，如 annual_fee_not_paid；见代码表")
@click.option("--effective-on", type=Day(), help="生效日")
@click.option("--by", default="", help="判读人")
@click.option("--note", default="", help="依据")
@when_option
@dry_run_option
@json_option
@click.pass_context
def review(
    ctx: click.Context,
    event: int | None,
    effect: str | None,
    reason: str,
    effective_on: date | None,
    by: str,
    note: str,
    now: datetime,
    dry_run: bool,  # noqa: FBT001 - click hands in every option by name
    as_json: bool,  # noqa: FBT001
) -> int:
    """List what waits for a person, or store what one has read."""
    app = open_app(ctx)
    if event is None:
        return _show_waiting(app, as_json=as_json)
    if not effect or not by:
        raise click.UsageError("登记判读结果须写 --effect 和 --by")
    if effect == "END":
        _check_reason(reason)
    words = {"effect": effect, "reason": reason, "by": by, "note": note}
    number = _decide(app, event, words, effective_on, now=now, dry_run=dry_run)
    if as_json:
        emit_json({"event": event, "application_no": number, "effect": effect})
    else:
        click.echo(f"{'将' if dry_run else '已'}登记 {number} 的公告 {event}：{effect}")
    return 0


def _check_reason(reason: str) -> None:
    """Refuse a reason that is not in the table: another one silences other years."""
    from patentwatch.status.codes import Effect
    from patentwatch.statusfiles import load

    codes = load().codes.values()
    known = sorted({one.reason for one in codes if one.effect is Effect.END})
    if reason not in known:
        raise click.UsageError(f"终止须写 --reason，为下列之一：{'、'.join(known)}")


def _decide(
    app: App,
    event: int,
    words: dict[str, str],
    effective_on: date | None,
    *,
    now: datetime,
    dry_run: bool,
) -> str:
    from patentwatch.errors import UsageError
    from patentwatch.intake import TakeBack
    from patentwatch.status.codes import Effect
    from patentwatch.store import events
    from patentwatch.store.engine import transaction

    decision = events.Decision(
        Effect(words["effect"]),
        words["reason"] or "decided_by_person",
        effective_on,
        words["by"],
        words["note"],
    )
    number = None
    try:
        with transaction(app.engine) as connection:
            number = events.decide(connection, event, decision, now=now)
            if dry_run:
                raise TakeBack
    except TakeBack:
        pass
    if number is None:
        raise UsageError(f"没有编号为 {event} 的公告；patentwatch status review 可列出")
    return number


def _show_waiting(app: App, *, as_json: bool) -> int:
    from patentwatch.store import events
    from patentwatch.store.engine import reading

    with reading(app.engine) as connection:
        found = list(events.waiting(connection))
    if as_json:
        emit_json([_waiting(one) for one in found])
    else:
        if not found:
            click.echo("没有等待判读的公告")
        for one in found:
            shown = " ".join(one.event.text.split())[:80] or one.event.code
            day = one.event.known_on
            click.echo(f"{one.id}  {one.event.application_no}  {day}  {shown}")
    return int(bool(found))


def _waiting(one: "Waiting") -> dict[str, Any]:
    return {
        "event": one.id,
        "application_no": one.event.application_no,
        "title": one.title,
        "county": one.county,
        "code": one.event.code or None,
        "announced_on": one.event.announced_on,
        "effective_on": one.event.effective_on,
        "effect": one.event.effect.value,
        "source": one.event.source.value,
        "text": one.event.text,
    }


@click.command(help="登记、公告与缴费互相不符之处，最紧急的在前；有则退出码为 1")
@click.option("--county", help="只看这个县区（代码或名称）")
@click.option(
    "--severity", type=click.Choice(list(_SEVERITIES)), help="只看这一种紧急程度"
)
@when_option
@json_option
@click.pass_context
def mismatches(
    ctx: click.Context,
    county: str | None,
    severity: str | None,
    now: datetime,
    as_json: bool,  # noqa: FBT001
) -> int:
    """List what does not agree."""
    from patentwatch import clock, installation
    from patentwatch.intake import county_code
    from patentwatch.questions import questions
    from patentwatch.store.engine import reading

    app = open_app(ctx)
    code = county_code(county, app.settings) if county else None
    rules = installation.rules_of(app.settings, app.vault)
    with reading(app.engine) as connection:
        found = questions(
            connection, app.vault, rules, on=clock.today(now), county=code
        )
    shown = [q for q in found if severity in (None, q.mismatch.severity.value)]
    if as_json:
        emit_json([_question(one) for one in shown])
    else:
        if not shown:
            click.echo("没有不符之处")
        for one in shown:
            click.echo(_sentence(one))
    return int(bool(shown))


def _question(one: "Question") -> dict[str, Any]:
    return {
        "application_no": one.case.patent.application_no,
        "title": one.case.patent.title,
        "county": one.case.patent.county,
        "kind": one.mismatch.kind.value,
        "severity": one.mismatch.severity.value,
        "since": one.mismatch.since_on,
        "fee_year": one.mismatch.fee_year,
        "holds": one.mismatch.holds,
        "text": one.mismatch.text,
    }


def _sentence(one: "Question") -> str:
    word = _SEVERITIES[one.mismatch.severity.value]
    held = "（提醒已暂停）" if one.mismatch.holds else ""
    return f"[{word}] {one.case.patent.application_no} {one.mismatch.text}{held}"


@click.command(help="近来重要的状态变化：终止、恢复、转让、迁出、质押而未缴费")
@click.option("--since", type=Day(), help="从哪一天起；默认 30 天前")
@when_option
@json_option
@click.pass_context
def news(
    ctx: click.Context,
    since: date | None,
    now: datetime,
    as_json: bool,  # noqa: FBT001
) -> None:
    """List the status changes that officials and linked parties should know."""
    from patentwatch import clock
    from patentwatch.store import standings
    from patentwatch.store.engine import reading

    app = open_app(ctx)
    since_on = since or clock.today(now) - timedelta(days=30)
    with reading(app.engine) as connection:
        found = standings.news_since(connection, since_on)
    if as_json:
        emit_json(found)
        return
    if not found:
        click.echo(f"{since_on} 以来没有重要的状态变化")
    for one in found:
        click.echo(
            f"{one['happened_on']} {one['application_no']} {one['text']}"
            f"（告知 {one['recipient'].partition(':')[2]}）"
        )
