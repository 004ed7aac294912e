"""`record list`, `record show`: what is recorded, and one record from both ends."""

import dataclasses
import sys
from collections.abc import Iterator
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any

import click

from patentwatch.cli.options import (
    App,
    Day,
    emit_json,
    json_option,
    open_app,
    prints_unicode,
    when_option,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from patentwatch.store.records import Record, Wanted


_PAGE = 500


@click.command("list", help="列出一种记录，按日期先后")
@click.argument("kind")
@click.option("--county", help="县区（代码或名称）")
@click.option("--from", "from_on", type=Day(), help="从哪一天起（含）")
@click.option("--to", "to_on", type=Day(), help="到哪一天止（含）")
@click.option("--patent", help="与这件专利关联的（申请号或专利号）")
@click.option("--party", help="与这个单位或个人关联的")
@click.option("--commitment", help="对应这一承诺的：计划名/编号")
@click.option("--withdrawn", is_flag=True, help="连同已撤回的")
@when_option
@json_option
@click.pass_context
def list_(
    ctx: click.Context,
    kind: str,
    county: str | None,
    from_on: date | None,
    to_on: date | None,
    patent: str | None,
    party: str | None,
    commitment: str | None,
    withdrawn: bool,  # noqa: FBT001 - click hands in every option by name
    now: datetime,
    as_json: bool,  # noqa: FBT001
) -> None:
    """Print the records that fit every option."""
    from patentwatch.cli.asked import known_number
    from patentwatch.intake import county_code
    from patentwatch.plan.kinds import kind_named
    from patentwatch.store.engine import reading
    from patentwatch.store.records import Wanted

    named = kind_named(kind)
    app = open_app(ctx)
    wanted = Wanted(
        kinds=[named.key],
        county=county_code(county, app.settings) if county else None,
        from_on=from_on,
        to_on=to_on,
        patent=known_number(patent) if patent else None,
        party=party,
        commitment=commitment,
        withdrawn=withdrawn,
    )
    with reading(app.engine) as connection:
        if as_json:
            _print_json(connection, wanted)
        else:
            _print_lines(app, connection, wanted, now=now)


def _print_json(connection: "Connection", wanted: "Wanted") -> None:
    from patentwatch.recordexport import document, write_list
    from patentwatch.store import records

    found = map(document, records.find(connection, wanted))
    write_list(sys.stdout, found, unicode=prints_unicode())


def _print_lines(
    app: App, connection: "Connection", wanted: "Wanted", *, now: datetime
) -> None:
    from patentwatch.register.messages import clipped
    from patentwatch.store import records

    names = {county.code: county.name for county in app.settings.counties}
    count, found = 0, records.find(connection, wanted)
    while page := list(islice(found, _PAGE)):
        count += len(page)
        notes = _notes(connection, [one.id for one in page], now=now)
        for one in page:
            county = names.get(one.county or "", one.county or "全市")
            state = "（已撤回）" if one.withdrawn else ""
            told = f"  注意：专利状态有变化（{len(notes.get(one.id, []))}）"
            click.echo(
                f"{one.id}  {one.occurred_on}  {county}  {clipped(one.title)}{state}"
                + (told if one.id in notes else "")
            )
    click.echo(f"共 {count} 条")


def _notes(
    connection: "Connection", ids: list[int], *, now: datetime
) -> dict[int, list[dict[str, Any]]]:
    """Return what became of the patents of records, by record."""
    from patentwatch import clock, recordnotes

    found = recordnotes.notes_of(connection, ids, on=clock.today(now))
    return {
        id_: [dataclasses.asdict(note) for note in notes]
        for id_, notes in found.items()
    }


@click.command(help="一条记录的内容、两端的关联、佐证和修改历史")
@click.argument("id_", metavar="ID", type=int)
@when_option
@json_option
@click.pass_context
def show(
    ctx: click.Context,
    id_: int,
    now: datetime,
    as_json: bool,  # noqa: FBT001 - click hands in every option by name
) -> None:
    """Print one record with everything that is tied to it."""
    from patentwatch.cli.record_named import record_named
    from patentwatch.plan.records import LinkTo
    from patentwatch.recordexport import document
    from patentwatch.store import patents, recordlinks, records
    from patentwatch.store.engine import reading

    app = open_app(ctx)
    with reading(app.engine) as connection:
        record = record_named(connection, id_)
        proofs = recordlinks.proofs_of(connection, [id_]).get(id_, [])
        numbers = [
            tie.link.to_key for tie in record.ties if tie.link.to_kind is LinkTo.PATENT
        ]
        here = patents.many(connection, numbers)
        whole = document(record, proofs) | {
            "incoming": [
                {"link": link, "record": other, "kind": kind, "title": title}
                for link, other, kind, title in recordlinks.pointing_at(
                    connection, LinkTo.RECORD, str(id_)
                )
            ],
            "patents": [
                {
                    "application_no": number,
                    "registered": number in here,
                    "title": here[number].title if number in here else "",
                }
                for number in dict.fromkeys(numbers)
            ],
            "changes": records.changes_of(connection, id_),
            "notes": _notes(connection, [id_], now=now).get(id_, []),
        }
    if as_json:
        emit_json(whole)
        return
    for line in _lines(app, record, whole):
        click.echo(line)


def _lines(app: App, record: "Record", whole: dict[str, Any]) -> Iterator[str]:
    from patentwatch.cli.record_named import label_of

    state = "（已撤回）" if record.withdrawn else ""
    yield f"{label_of(record.kind)} {record.id}{state}  {record.title}"
    yield from _field_lines(app, record)
    titles = {one["application_no"]: one["title"] for one in whole["patents"]}
    for one in whole["links"]:
        hand = "（手工）" if one["by_hand"] else ""
        what = _ENDS[one["to_kind"]]
        title = titles.get(one["to_key"], "")
        yield f"  → {what} {one['label'] or one['to_key']} {title}".rstrip() + hand
    for one in whole["incoming"]:
        yield f"  ← {label_of(one['kind'])} {one['record']} {one['title']}"
    for one in whole["evidence"]:
        yield f"  佐证 {one['name']}（{one['size']} 字节，SHA-256 {one['sha256']}）"
    for one in whole["notes"]:
        yield f"  注意 {one['day']} {one['text']}"
    for one in whole["changes"]:
        why = one["reason"] or "更新"
        yield f"  改动 {one['changed_at']:%Y-%m-%d} {one['changed_by']} {why}"


def _field_lines(app: App, record: "Record") -> Iterator[str]:
    from patentwatch.plan.kinds import kinds
    from patentwatch.plan.recordsheet import heading, shown_value

    counties = {county.code: county.name for county in app.settings.counties}
    kind = kinds().get(record.kind)
    for field in kind.fields if kind else ():
        if field.key in record.fields:
            value = shown_value(field, record.fields[field.key], counties)
            yield f"  {heading(field)}：{value}"


_ENDS = {"patent": "专利", "party": "单位", "record": "记录", "commitment": "承诺"}
