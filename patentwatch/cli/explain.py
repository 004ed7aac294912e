"""`explain`: every date and amount of one patent, with its source of law."""

from datetime import datetime
from typing import Any

import click

from patentwatch.cli.asked import registered
from patentwatch.cli.options import emit_json, json_option, open_app, when_option

_STATES = {
    "in_force": "有效",
    "late": "有效，缴费期限已过，未见缴费",
    "on_hold": "记录矛盾，待核实",
    "ended": "已终止",
    "expired": "期限届满",
    "pending": "尚未授权",
}


_FACTS = {
    "payment": "缴费",
    "paid": "已缴至",
    "unpaid": "查得未缴",
    "ended": "因未缴年费终止",
    "restored": "恢复权利",
    "notice": "终止通知书",
    "listed": "在有效专利清单上",
}
_SOURCES = {
    "receipt": "票据",
    "fee_page": "费用查询页",
    "check_sheet": "核查表",
    "column": "清单",
    "case_status": "案件状态",
    "word": "口头或书面告知",
    "event": "法律状态公告",
}


@click.command(help="一件专利的每个日期和金额，附规则与法律依据")
@click.argument("number")
@when_option
@json_option
@click.pass_context
def explain(
    ctx: click.Context,
    number: str,
    now: datetime,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Explain one patent."""
    from patentwatch import clock, installation
    from patentwatch.explain import explained
    from patentwatch.store.engine import reading

    app = open_app(ctx)
    canonical = registered(app, number)
    rules = installation.rules_of(app.settings, app.vault)
    with reading(app.engine) as connection:
        found = explained(
            connection,
            app.vault,
            app.settings,
            rules,
            canonical,
            on=clock.today(now),
        )
    assert found is not None  # noqa: S101 - nothing deletes a patent in between
    if as_json:
        emit_json(found)
    else:
        _show(found)


def _show(found: dict[str, Any]) -> None:
    click.echo(f"专利 {found['application_no']} {found['title']}")
    click.echo(f"专利权人：{'；'.join(found['patentees']) or '–'}")
    click.echo(
        f"状态：{_STATES[found['state']]}（自 {found['state_since'] or '不详'}）；"
        f"期满终止日 {found['term_ends_on']}"
    )
    following = found["next"]
    if following and "error" not in following:
        click.echo(
            f"下一笔：第{following['fee_year']}年，{following['due_rolled']} 前，"
            f"当日应缴 {following['amount_due']} 元"
        )
    for tie in found["linked"]:
        click.echo(f"关联：{tie['title']}（{_tie(tie)}）")
    click.echo("已知事实：")
    for fact in found["facts"]:
        words = (
            str(fact["as_of"]),
            _FACTS[fact["fact"]],
            _value(fact),
            f"（{_SOURCES[fact['source']]}）",
        )
        click.echo(f"  {words[0]} {''.join(words[1:])}")
    click.echo("依据：")
    for rule in found["rules"]:
        inputs = "，".join(f"{name} {value}" for name, value in rule["inputs"].items())
        click.echo(f"  {rule['rule']}：{rule['result']}（{inputs}）")
        click.echo(f"    {rule['citation']}")


def _tie(tie: dict[str, Any]) -> str:
    number = f"登记号 {tie['id']}，" if tie["id"] else ""
    record = f"，记录 {tie['record']}" if "record" in tie else ""
    until = f"，至 {tie['until']} 止" if tie["until"] else ""
    return f"{number}自 {tie['from']} 起{until}{record}"


def _value(fact: dict[str, Any]) -> str:
    value = fact["value"]
    if value is None or isinstance(value, str):
        return value or ""
    return f"{'，已缴至' if fact['fact'] == 'listed' else ''}第{value}年"
