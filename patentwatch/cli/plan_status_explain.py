"""`plan status --explain`: what a promise's number is made of."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

import click

from patentwatch.cli.options import App, emit_json
from patentwatch.cli.plan_status_lines import figure, heading, stand, word
from patentwatch.installation import rules_of
from patentwatch.plan.kinds import kinds
from patentwatch.plan.measures import number
from patentwatch.plan.values import KIND_WORDS, MeasureType, Plan
from patentwatch.planexplain import PATENTS_SHOWN, Explanation, explained
from patentwatch.registerforecast import Forecast, forecast
from patentwatch.store.countedrecords import DENOMINATOR, CountedRecord

if TYPE_CHECKING:
    from sqlalchemy import Connection

_MEASURES: Final = {
    MeasureType.COUNT: "符合条件的记录条数",
    MeasureType.SUM: "记录中数额的合计",
    MeasureType.DISTINCT: "不重复的个数",
    MeasureType.RATIO: "百分比：算入的 ÷ 分母",
    MeasureType.COVERAGE: "名单里已有记录的有几个",
    MeasureType.GROWTH: "今年的条数，要多于去年全年",
    MeasureType.MEDIAN_DAYS: "所用天数的中位数，和去年比",
    MeasureType.LATEST: "各县区最新的数字相加",
    MeasureType.LINKED: "指明算入这一条的记录",
    MeasureType.REGISTER: "由有效专利登记簿算出",
}


def explain(
    connection: "Connection",
    app: App,
    plan: Plan,
    id_: str,
    on: date,
    as_json: bool,  # noqa: FBT001 - handed on as click gave it
) -> None:
    """Print what a promise's number is made of; the plan has a promise of that id.

    Of a stock of rights also what it will be on the due day if nobody pays.
    """
    found = explained(connection, app.settings, plan, id_, on=on)
    assert found is not None  # noqa: S101 - looked up in this very plan
    coming = forecast(
        connection,
        app.vault,
        rules_of(app.settings, app.vault),
        app.settings,
        plan,
        replace(found.progress.commitment, due_on=found.progress.due_on),
        on=on,
    )
    if as_json:
        emit_json(_document(plan, found, coming, on))
        return
    names = {county.code: county.name for county in app.settings.counties}
    for line in _lines(plan, found, coming, on, names):
        click.echo(line)


def _document(
    plan: Plan, found: Explanation, coming: Forecast | None, on: date
) -> dict[str, Any]:
    from patentwatch.cli.plan_status import commitment_document

    progress = found.progress
    return {
        "plan": plan.name,
        "as_of": on,
        "item": {
            "number": progress.item.number,
            "title": progress.item.title,
            "printed_as": progress.item.printed_as or None,
        },
        "commitment": commitment_document(progress),
        "measure": progress.commitment.measure.type.value,
        "expected": number(found.expected),
        "first": number(found.first),
        "to_beat": number(progress.counted.target),
        "missing": [{"county": one.county, "entry": one.word} for one in found.missing],
        "counted": [
            {
                "id": one.id,
                "kind": one.kind,
                "title": one.title,
                "county": one.county,
                "day": one.day,
                "value": one.value if isinstance(one.value, str) else number(one.value),
                "part": one.part,
            }
            for one in found.records
        ],
        "patents": [
            {
                "application_no": one.application_no,
                "title": one.title,
                "county": one.county,
                "note": one.note,
            }
            for one in found.patents
        ],
        "forecast": None if coming is None else _forecast_document(coming),
    }


def _forecast_document(coming: Forecast) -> dict[str, Any]:
    return {
        "until_on": coming.until_on,
        "valid": coming.valid,
        "lapsing": coming.lapsing,
        "presumed": coming.presumed,
        "expiring": coming.expiring,
        "undecided": coming.undecided,
        "actual": number(coming.actual),
        "target": number(coming.target),
        "missed": coming.missed,
        "short": coming.short,
        "by_county": dict(coming.by_county),
        "unknown": coming.unknown or None,
    }


def _lines(
    plan: Plan,
    found: Explanation,
    coming: Forecast | None,
    on: date,
    names: dict[str, str],
) -> Iterator[str]:
    progress = found.progress
    commitment = progress.commitment
    yield f"{plan.title}　截至 {on}"
    yield heading(progress.item)
    yield f"{commitment.id} {commitment.text}"
    yield (
        f"  {word(progress.light)}灯　{KIND_WORDS[commitment.kind]}　"
        f"{stand(progress)}　期限 {progress.due_on}　牵头 {commitment.lead or '未写'}"
    )
    yield f"  怎么算：{_MEASURES[commitment.measure.type]}"
    yield from _compared(found)
    if progress.counted.unknown:
        yield f"  说明：{progress.counted.unknown}"
    for code, value in progress.counted.by_county.items():
        yield f"  {names.get(code, code)}：{figure(value)}"
    if found.missing:
        entries = [_entry(one.county, one.word, names) for one in found.missing]
        yield f"  还没有记录的：{'、'.join(entries)}"
    if coming is not None:
        yield from _forecast(coming, commitment.unit)
    yield from _counted(found, names)


def _compared(found: Explanation) -> Iterator[str]:
    counted, unit = found.progress.counted, found.progress.commitment.unit
    if counted.target is not None:
        yield f"  要超过的数（上年）：{figure(counted.target)}{unit}"
    if found.first is not None:
        yield f"  计划第一天：{figure(found.first)}{unit}"
    if found.expected is not None:
        yield f"  到这一天应达到：{figure(found.expected)}{unit}"


def _forecast(coming: Forecast, unit: str) -> Iterator[str]:
    if coming.lapsing is None:
        yield f"  预测：{coming.unknown}"
        return
    yield (
        f"  预测：如果从现在起都不缴费，到 {coming.until_on} 将失效 {coming.lapsing} 件"
        f"（其中 {coming.presumed} 件没有近期查询，可能已缴），"
        f"期限届满 {coming.expiring} 件"
    )
    if coming.actual is not None:
        missed = f"，离目标差 {coming.short} 件" if coming.missed else "，仍达到目标"
        yield f"  届时约为：{figure(coming.actual)}{unit}{missed}"


def _entry(county: str | None, entry: str, names: dict[str, str]) -> str:
    if county is None or county == entry:
        return names.get(entry, entry)
    return f"{names.get(county, county)} {entry}"


def _counted(found: Explanation, names: dict[str, str]) -> Iterator[str]:
    part = ""
    labels = {key: kind.label for key, kind in kinds().items()}
    for one in found.records:
        if one.part != part:
            part = one.part
            yield "  分母：" if part == DENOMINATOR else "  算入的记录："
        yield f"    {_record(one, labels, names)}"
    if found.patents:
        yield "  算入的专利："
    for patent in found.patents:
        place = names.get(patent.county or "", patent.county or "全市")
        note = f"　{patent.note}" if patent.note else ""
        yield f"    {patent.application_no}　{place}　{patent.title}{note}"
    if len(found.patents) == PATENTS_SHOWN:
        whole = found.progress.counted.records
        yield f"    ……共 {whole} 件，只列出前 {PATENTS_SHOWN} 件"
    elif not part and not found.patents:
        yield "  没有算入任何记录"


def _record(one: CountedRecord, labels: dict[str, str], names: dict[str, str]) -> str:
    place = "全市" if one.county is None else names.get(one.county, one.county)
    value = one.value if isinstance(one.value, str) else figure(one.value)
    shown = f"　{value}" if value else ""
    kind = labels.get(one.kind, one.kind)
    return f"{one.id}　{kind}　{one.day}　{place}　{one.title}{shown}"
