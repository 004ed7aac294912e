"""`status counts`: valid and high-value patents on any day, beside the province's."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from patentwatch.cli.options import Day, emit_json, json_option, open_app, when_option

if TYPE_CHECKING:
    from patentwatch.counts import Row
    from patentwatch.published import Difference


@click.command(
    help="某一天各县区有效、高价值发明专利的件数和每万人口拥有量。\n\n"
    "--published 给出上级公布的数字，--published-list 给出上级的清单，逐件列出差异。"
)
@click.option("--day", type=Day(), help="统计哪一天；默认今天")
@click.option("--published", type=int, help="上级公布的全市件数")
@click.option(
    "--published-list",
    type=click.Path(dir_okay=False, path_type=Path),
    help="上级的有效专利清单",
)
@when_option
@json_option
@click.pass_context
def counts(
    ctx: click.Context,
    day: date | None,
    published: int | None,
    published_list: Path | None,
    now: datetime,
    as_json: bool,  # noqa: FBT001 - click hands in every option by name
) -> None:
    """Count for a day, and name the differences from a published figure."""
    from patentwatch import clock
    from patentwatch import published as comparing
    from patentwatch.counts import counted
    from patentwatch.errors import UsageError
    from patentwatch.store.engine import reading

    app = open_app(ctx)
    today = clock.today(now)
    on = day or today
    if on > today:
        raise UsageError(f"--day {on} 晚于今天 {today}")
    with reading(app.engine) as connection:
        rows = counted(connection, app.settings, on)
        difference = comparing.difference(
            connection, app.settings, published, published_list, on, today=today
        )
    if as_json:
        emit_json(_document(on, rows, difference))
        return
    for line in _lines(on, rows):
        click.echo(line)
    if difference is not None:
        for line in difference.lines():
            click.echo(line)


def _document(
    on: date, rows: "list[Row]", difference: "Difference | None"
) -> dict[str, Any]:
    return {
        "day": on,
        "counties": [_shown(row) for row in rows[:-1]],
        "city": _shown(rows[-1]),
        "published": difference.document() if difference else None,
    }


def _shown(row: "Row") -> dict[str, Any]:
    from patentwatch.highvalue import Category

    return {
        "county": row.county,
        "name": row.name,
        "valid": row.valid,
        "valid_by_law": row.valid_by_law,
        "missing": row.missing,
        # null: nothing is known here of that category, which is not the same as none.
        "high_value": {name: row.high_value.get(name) for name in (*Category, "any")},
        "persons": row.persons,
        "persons_year": row.persons_year,
        "per_10k": None if row.per_10k is None else float(row.per_10k),
        "high_value_per_10k": None
        if row.high_value_per_10k is None
        else float(row.high_value_per_10k),
    }


def _lines(on: date, rows: "list[Row]") -> list[str]:
    found = [f"{on} 有效发明专利（按当日所知）"]
    for row in rows:
        high = row.high_value.get("any", 0)
        per = "未配置人口" if row.per_10k is None else f"每万人 {row.per_10k}"
        doubt = f"，其中 {row.missing} 件已不在清单上、待查" if row.missing else ""
        law = (
            f"，按法律溯及计 {row.valid_by_law}"
            if row.valid_by_law != row.valid
            else ""
        )
        found.append(
            f"{row.name}：有效 {row.valid}{law}{doubt}；高价值（已知）{high}；{per}"
        )
    return found
