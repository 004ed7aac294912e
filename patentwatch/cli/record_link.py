"""`record link`: what a person ties to a record by hand, and takes back again."""

from contextlib import suppress
from datetime import datetime
from typing import TYPE_CHECKING, Final

import click

from patentwatch.cli.options import (
    dry_run_option,
    emit_json,
    json_option,
    open_app,
    when_option,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from patentwatch.plan.records import Link
    from patentwatch.store.records import Record

WORDS: Final = {
    "secures": "质押",
    "awarded_to": "获奖",
    "licensed_to": "许可",
    "held_by": "持有",
    "counts_for": "对应",
    "inspects": "查处",
    "follows_from": "承接",
}


@click.command(help="把记录与专利、单位、另一条记录或承诺关联；--remove 取消")
@click.argument("id_", metavar="ID", type=int)
@click.option("--patent", help="申请号或专利号")
@click.option("--party", help="单位或个人名称")
@click.option("--record", "other", type=int, help="另一条记录的编号")
@click.option("--commitment", help="承诺：计划名/编号，如 puyang-2023/3.1")
@click.option("--as", "link", type=click.Choice([*WORDS]), help="怎样关联；默认按种类")
@click.option("--remove", is_flag=True, help="取消手工加的关联")
@click.option("--by", default="", help="经办人")
@click.option("--reason", default="", help="说明")
@when_option
@dry_run_option
@json_option
@click.pass_context
def link(
    ctx: click.Context,
    id_: int,
    patent: str | None,
    party: str | None,
    other: int | None,
    commitment: str | None,
    link: str | None,
    by: str,
    reason: str,
    now: datetime,
    remove: bool,  # noqa: FBT001 - click hands in every option by name
    dry_run: bool,  # noqa: FBT001
    as_json: bool,  # noqa: FBT001
) -> None:
    """Tie one thing to a record; the next import of its row lets that stand."""
    from patentwatch.cli.record_named import standing_record
    from patentwatch.intake import TakeBack
    from patentwatch.store import recordlinks, runs
    from patentwatch.store.engine import transaction

    app = open_app(ctx)
    with suppress(TakeBack), transaction(app.engine) as connection:
        record = standing_record(connection, id_)
        wanted = _wanted(
            connection,
            record,
            patent=patent,
            party=party,
            other=other,
            commitment=commitment,
            link=link,
        )
        if remove:
            new = _untied(connection, id_, wanted)
        else:
            new = recordlinks.tie_by_hand(connection, id_, wanted)
        if new:
            runs.write_down(
                connection,
                who=by,
                action="record_unlinked" if remove else "record_linked",
                subject=f"record {id_} {wanted.link} {wanted.to_kind} {wanted.to_key}",
                reason=reason,
                now=now,
            )
        if dry_run:
            raise TakeBack
    if as_json:
        emit_json(
            {
                "record": id_,
                "link": wanted.link,
                "to_kind": wanted.to_kind.value,
                "to_key": wanted.to_key,
                "removed": remove,
                "new": new,
            }
        )
        return
    head = "试算（未保存）" if dry_run else _done(new=new, remove=remove)
    click.echo(f"{head}：记录 {id_} {WORDS[wanted.link]} {wanted.label}")


def _done(*, new: bool, remove: bool) -> str:
    if remove:
        return "已取消关联"
    return "已关联" if new else "早已关联，没有变化"


def _untied(connection: "Connection", id_: int, wanted: "Link") -> bool:
    from patentwatch.errors import UsageError
    from patentwatch.store import recordlinks

    before = recordlinks.untie_by_hand(connection, id_, wanted)
    if before is None:
        raise UsageError(f"记录 {id_} 没有这一关联；record show {id_} 可查")
    if not before.by_hand:
        raise UsageError("这一关联来自导入的表格，请在表格中改正后重新导入")
    return True


def _wanted(
    connection: "Connection",
    record: "Record",
    *,
    patent: str | None,
    party: str | None,
    other: int | None,
    commitment: str | None,
    link: str | None,
) -> "Link":
    """Return the link that the options name; exactly one end must be given."""
    from patentwatch.errors import UsageError

    given = [one for one in (patent, party, other, commitment) if one is not None]
    if len(given) != 1:
        raise UsageError("请写一个：--patent、--party、--record 或 --commitment")
    if patent is not None:
        return _to_patent(record, patent, link)
    if party is not None:
        return _to_party(record, party, link)
    if other is not None:
        return _to_record(connection, record, other, link)
    return _to_commitment(connection, record, commitment or "", link)


def _to_patent(record: "Record", text: str, link: str | None) -> "Link":
    from patentwatch.cli.asked import known_number
    from patentwatch.plan.kinds import FieldType
    from patentwatch.plan.records import Link, LinkTo

    number = known_number(text)
    usual = _usual(record.kind, FieldType.PATENTS)
    return Link(link or usual, LinkTo.PATENT, number, number)


def _to_party(record: "Record", text: str, link: str | None) -> "Link":
    from patentwatch.errors import UsageError
    from patentwatch.names import name_key
    from patentwatch.plan.kinds import FieldType
    from patentwatch.plan.records import Link, LinkTo
    from patentwatch.register import cells

    name = cells.line(text).text
    key = name_key(name)[:500]
    if not key:
        raise UsageError("--party：请写单位或个人名称")
    usual = _usual(record.kind, FieldType.PARTY)
    return Link(link or usual, LinkTo.PARTY, key, name)


def _to_record(
    connection: "Connection", record: "Record", other: int, link: str | None
) -> "Link":
    from patentwatch.cli.record_named import standing_record
    from patentwatch.errors import UsageError
    from patentwatch.plan.records import FOLLOWS_FROM, Link, LinkTo

    if other == record.id:
        raise UsageError("一条记录不能与自己关联")
    title = standing_record(connection, other).title
    return Link(link or FOLLOWS_FROM, LinkTo.RECORD, str(other), title)


def _to_commitment(
    connection: "Connection", record: "Record", text: str, link: str | None
) -> "Link":
    from patentwatch.errors import UsageError
    from patentwatch.plan.records import COUNTS_FOR, Link, LinkTo
    from patentwatch.store.promises import promises

    key = promises(connection).find(text.strip(), record.occurred_on)
    if key is None:
        raise UsageError(
            f"--commitment：没有承诺“{text}”；应如 puyang-2023/3.1，"
            "计划用 plan load 载入"
        )
    return Link(link or COUNTS_FOR, LinkTo.COMMITMENT, key, key)


def _usual(kind: str, type_: str) -> str:
    """Return how the kind's own field ties a patent or a party."""
    from patentwatch.plan.kinds import kinds
    from patentwatch.plan.records import COUNTS_FOR

    found = kinds().get(kind)
    links = [one.link for one in found.fields if one.type == type_] if found else []
    return next(filter(None, links), COUNTS_FOR)
